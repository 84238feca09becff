"""Why the server would not have it, in sentences beside the fields that they speak of. Pure.

The shapes are those of a kube-apiserver 1.36; what has none of them is shown as the server said it.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass, replace
from typing import Final

from modeltui.kube import errors
from modeltui.kube.sentences import one_line
from modeltui.redaction import MASK, is_secret_key, redact_text


@dataclass(frozen=True, slots=True)
class Refusal:
    field: str
    """`spec.versions[0].precision`; "" when it is about the whole object."""
    sentence: str
    raw: str
    """The server's own words."""
    denied: bool = False
    """The user lacks the right, whatever the object looks like."""


FOR_EVER: Final = "cannot be changed once the object exists"
"""How every refusal of a change to an immutable field begins: only deleting the object and making it anew helps."""

_UNKNOWN: Final = re.compile(r'unknown field "((?:[^"\\]|\\.)+)"')
_DUPLICATE: Final = re.compile(r'duplicate field "((?:[^"\\]|\\.)+)"')
_TYPED: Final = re.compile(r"failed to create typed patch object \([^)]*\): (?:errors: )?(\..*)")
_TYPED_ENTRY: Final = re.compile(r"\.(?P<field>\S+?): (?P<what>.*?)(?= \.[A-Za-z]\S*: |$)")
_WRONG_TYPE: Final = re.compile(r"expected (\w+), got &value\.valueUnstructured\{Value:(.*)\}")
_TWICE: Final = re.compile(r"duplicate entries for key \[(.*)\]")
_NO_KEY: Final = re.compile(r'associative list with keys has an element that omits key field "(\w+)"')
_CONVERSION: Final = re.compile(
    r"failed to convert new object .*?: unable to convert unstructured object to [^:]*: (?:error decoding from json: )?(.*)"
)
_WEBHOOK: Final = re.compile(r'admission webhook "([^"]+)" denied the request(?:: (.*)| without explanation)')
_WEBHOOK_DEAD: Final = re.compile(r'failed calling webhook "([^"]+)": (?:failed to call webhook: )?(.*)')
_CONVERTER_DEAD: Final = re.compile(r"conversion webhook for (\S+), Kind=(\w+) failed: (.*)")
_POLICY: Final = re.compile(r"ValidatingAdmissionPolicy '([^']+)' with binding '[^']+' denied request: (.*)")
_QUOTA: Final = re.compile(r"exceeded quota: ([^,]+), requested: (.*), used: (.*), limited: (.*)")
_QUOTA_NEEDS: Final = re.compile(r"failed quota: ([^:]+): must specify (.*)")
_POD_SECURITY: Final = re.compile(r'violates PodSecurity "([^"]+)": (.*)')
_NO_NAMESPACE: Final = re.compile(r'namespaces "([^"]+)" not found')
_TERMINATING: Final = re.compile(r"unable to create new content in namespace (\S+) because it is being terminated")

_UNSUPPORTED: Final = re.compile(r"Unsupported value: (.*): supported values: (.*)")
_IN_BODY: Final = re.compile(r"\S+ in body (should|must) ")
_MUST_BE_TYPE: Final = re.compile(r'must be of type (\w+): "(\w+)"$')
_INVALID: Final = re.compile(
    r'Invalid value: (?:(?P<value>"(?:[^"\\]|\\.)*"|-?\d+(?:\.\d+)?|true|false|null|\{.*?\}|\[.*?\]): )?(?P<why>.*)'
)
_EXAMPLES: Final = re.compile(r" \(e\.g\. .*|, regex used for validation is .*")
_NAME_RULE: Final = re.compile(r"a(?:n)? (?:lowercase )?RFC \d+ (?:sub)?(?:label|domain)(?: name)? must consist of ")
_IMMUTABLE: Final = re.compile(r"\bimmutable\b|may not be changed|field can not be changed")


def refusals(error: errors.KubeError, *, secrets: Iterable[str] = ()) -> tuple[Refusal, ...]:
    """At least one. `secrets` are values that must not be shown: the server repeats what it does not like."""
    found = _of_api(error) if isinstance(error, errors.ApiError) else [("", str(error), str(error))]
    denied = isinstance(error, errors.Forbidden) and _lacks_right(error)
    return tuple(dict.fromkeys(replace(_safe(*refusal, secrets=tuple(secrets)), denied=denied) for refusal in found))


def _lacks_right(error: errors.Forbidden) -> bool:
    """Admission answers 403, too."""
    return bool(error.verb) and "cannot" in error.message


Found = tuple[str, str, str]
"""Field, sentence, the server's words."""


def _of_api(error: errors.ApiError) -> list[Found]:
    message = error.message
    if isinstance(error, errors.AlreadyExists):
        return [("metadata.name", "exists already: choose another name, or change the one that is there", message)]
    if isinstance(error, errors.NotFound):
        return [_not_found(error)]
    if listed := _listed(message):
        return listed
    causes = [cause for cause in error.causes if cause.field or not _whole(cause.message)]
    if causes:
        return [_of_cause(cause) for cause in causes]
    if (whole := _whole(message)) is not None:
        return [("metadata.namespace" if _TERMINATING.search(message) else "", whole, message)]
    if isinstance(error, errors.Forbidden) and _lacks_right(error):
        where = f" in namespace {error.namespace}" if error.namespace else ""
        return [("", f"you may not {error.verb} {error.resource}{where}: ask whoever grants the rights", message)]
    if error.status == 413 or "request is too large" in message:
        return [("", "the object is too large for the cluster", message)]
    return [("", message, message)]


def _not_found(error: errors.NotFound) -> Found:
    if namespace := _NO_NAMESPACE.search(error.message):
        return "metadata.namespace", f'there is no namespace "{namespace[1]}": make it first', error.message
    if error.missing_resource:
        return "", "the cluster does not serve this kind: is its operator (its CRD) installed?", error.message
    return "", f"{error.message}: it was deleted meanwhile", error.message


def _listed(message: str) -> list[Found]:
    """Complaints that name their fields in the message itself: strict decoding (400) and apply patches (500)."""
    if "strict decoding error" in message:
        unknown = [
            (field, "is no field of this kind in this version: is it spelled right?", message) for field in _UNKNOWN.findall(message)
        ]
        return unknown + [(field, "is there twice", message) for field in _DUPLICATE.findall(message)]
    if typed := _TYPED.search(message):
        return [(entry["field"], _of_patch(entry["what"]), message) for entry in _TYPED_ENTRY.finditer(typed[1])]
    if conversion := _CONVERSION.search(message):
        why = conversion[1]
        if why.startswith("quantities must match"):
            return [("", 'a quantity is not written as a number with a unit, such as "10Gi" or "500m"', message)]
        if why.startswith("illegal base64 data"):
            return [("data", "a value is not base64: use stringData for plain text", message)]
        return [("", why, message)]
    return []


def _of_patch(what: str) -> str:
    if what == "field not declared in schema":
        return "is no field of this kind in this version: is it spelled right?"
    if wrong := _WRONG_TYPE.search(what):
        return f"must be {_a(wrong[1])}"
    if twice := _TWICE.search(what):
        return f"has two items with {twice[1]}"
    if key := _NO_KEY.search(what):
        return f"has an item without {key[1]}"
    return what


def _whole(message: str) -> str | None:
    """The sentence for what is about no field: admission of one sort or another. None when it is none of them."""
    if found := _WEBHOOK.search(message):
        return f'refused by "{found[1]}" (a webhook of this cluster): {found[2] or "it gives no reason"}'
    if found := _WEBHOOK_DEAD.search(message):
        return f'"{found[1]}" (a webhook of this cluster) has to agree and could not be asked: {found[2]}'
    if found := _CONVERTER_DEAD.search(message):
        return f"{found[2]} is stored in another version, and the webhook that turns {found[1]} into it failed: {found[3]}"
    if found := _POLICY.search(message):
        return f'refused by the policy "{found[1]}": {found[2]}'
    if found := _QUOTA.search(message):
        return f'the quota "{found[1]}" of the namespace is used up: {found[2]} asked for, {found[3]} used, {found[4]} allowed'
    if found := _QUOTA_NEEDS.search(message):
        return f'the quota "{found[1]}" of the namespace demands that these are given: {found[2]}'
    if found := _POD_SECURITY.search(message):
        return f'the namespace enforces the Pod Security Standard "{found[1]}": {found[2]}'
    if found := _TERMINATING.search(message):
        return f"namespace {found[1]} is being deleted: nothing can be made in it"
    return None


def _of_cause(cause: errors.Cause) -> Found:
    field = cause.field if cause.field not in ("<nil>", "[]") else ""
    if cause.reason == "NamespaceTerminating":
        return field, "the namespace is being deleted: nothing can be made in it", cause.message
    return field, _reworded(cause.message), cause.message


def _reworded(message: str) -> str:
    if message.startswith("Required value"):
        return "is required" + message.removeprefix("Required value")
    if unsupported := _UNSUPPORTED.match(message):
        return f"{unsupported[1]} is not one of {unsupported[2].replace(chr(34), '')}"
    if message == "Duplicate value":
        return "is there twice"
    if message.startswith("Duplicate value: "):
        return f"{message.removeprefix('Duplicate value: ')} is there twice"
    if message.startswith("Forbidden: ") and not _IMMUTABLE.search(message):
        return f"may not be set so: {message.removeprefix('Forbidden: ')}"
    if _IMMUTABLE.search(message):
        said = re.sub(r"^(?:Invalid value|Forbidden): ", "", message)
        return f"{FOR_EVER}: replace the object (the server says: {said})"
    if message.startswith("Too long: "):
        return f"is too long: {message.removeprefix('Too long: ')}"
    if invalid := _INVALID.match(message):
        return _why(invalid["value"] or "", invalid["why"])
    return message


def _why(value: str, why: str) -> str:
    why = _IN_BODY.sub("must ", why)
    if wrong := _MUST_BE_TYPE.search(why):
        return f"must be {_a(wrong[1])}, not {_a(wrong[2])}"
    why = _EXAMPLES.sub("", _NAME_RULE.sub("must consist of ", why)).replace("must match '", "must match the pattern '")
    plain = value not in ("", '"object"', '"array"', '"string"', '"integer"', "null") and not value.startswith(("{", "["))
    return f"{value}: {why}" if plain else why


_WORDS: Final = {"map": "object", "numeric": "number", "float": "number"}


def _a(kind: str) -> str:
    word = _WORDS.get(kind, kind)
    return f"{'an' if word[0] in 'aeiou' else 'a'} {word}"


def _safe(field: str, sentence: str, raw: str, *, secrets: tuple[str, ...]) -> Refusal:
    if is_secret_key(re.split(r"[.\[\]\"]+", field.rstrip('"]'))[-1]):
        sentence, raw = (re.sub(r'"(?:[^"\\]|\\.)*"', f'"{MASK}"', text) for text in (sentence, raw))
    sentence = one_line(sentence) or "is refused, without a reason"
    return Refusal(one_line(field), redact_text(sentence, known=secrets), redact_text(one_line(raw), known=secrets))
