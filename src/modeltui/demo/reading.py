"""get and list: selectors, pages with continue tokens, and the resourceVersion semantics of each."""

from __future__ import annotations

import base64
import binascii
import json
from collections.abc import Callable, Iterable
from dataclasses import dataclass

from modeltui.demo import errors, selectors
from modeltui.demo.columns import dig
from modeltui.demo.core import Core, item_bytes, object_at
from modeltui.demo.errors import Object
from modeltui.demo.kinds import Target
from modeltui.demo.schema.errors import ErrorType, FieldError
from modeltui.demo.storage import Compacted, Stored

Predicate = Callable[[Stored], bool]

_TOKEN_EXPIRED = (
    "The provided continue parameter is too old to display a consistent list result. You can start a new list without the continue "
    "parameter, or use the continue token in this response to retrieve the remainder of the results. Continuing with the provided token "
    "results in an inconsistent list - objects that were created, modified, or deleted between the time the first chunk was returned and "
    "now may show up in the list."
)
_VERSION_EXPIRED = "The resourceVersion for the provided list is too old."


@dataclass(frozen=True, slots=True)
class ListOptions:
    """The query of a list or watch, as text. `version` is resourceVersion, `match` resourceVersionMatch."""

    labels: str = ""
    fields: str = ""
    version: str = ""
    match: str = ""
    limit: int = 0
    token: str = ""
    initial: bool = False
    """Is sendInitialEvents given? Lists refuse it, watches look at it themselves."""


@dataclass(frozen=True, slots=True)
class Page:
    target: Target
    items: list[Stored]
    revision: int
    token: str = ""
    remaining: int | None = None

    def data(self) -> bytes:
        """The List object as JSON: a join of what is stored."""
        meta: Object = {"continue": self.token, "resourceVersion": str(self.revision)}
        if self.remaining is not None:
            meta["remainingItemCount"] = self.remaining
        if not self.target.kind.custom and not self.token:
            del meta["continue"]
        head = {"apiVersion": self.target.api_version, "kind": self.target.kind.list_name, "metadata": meta}
        items = b",".join(item_bytes(self.target, stored) for stored in self.items)
        return json.dumps(head, separators=(",", ":")).encode()[:-1] + b',"items":[' + items + b"]}"


def prefix(target: Target, namespace: str | None) -> str:
    return f"{namespace}/" if target.kind.namespaced and namespace else ""


def parse_version(text: str, *, listing: bool = False) -> int:
    """A resourceVersion as a number; "" is 0. Of a list raises 400, else 500 without a reason: upstream takes the mistake for its own."""
    if not text:
        return 0
    if not text.isdecimal():
        told = f'resourceVersion: Invalid value: "{text}": strconv.ParseUint: parsing "{text}": invalid syntax'
        raise errors.bad_request(f"invalid resource version: {told}") if listing else errors.untyped(told)
    return int(text)


def get(core: Core, target: Target, namespace: str | None, name: str, *, version: str = "") -> Stored:
    _refuse_future(core, parse_version(version))
    return core.required(target, namespace, name)


def _refuse_future(core: Core, revision: int) -> None:
    if revision > core.storage.revision:
        raise errors.version_too_large(revision, core.storage.revision)


def predicate(target: Target, options: ListOptions) -> Predicate | None:
    """What the selectors ask of an object; None when they ask nothing. Raises 400."""
    requirements = selectors.parse_labels(options.labels)
    terms = selectors.parse_fields(options.fields, lambda path: _refusal(target, path))
    if not requirements and not terms:
        return None
    cheap = {"metadata.name", "metadata.namespace"}
    needs_object = any(term.path not in cheap for term in terms)

    def matches(stored: Stored) -> bool:
        if not selectors.labels_match(requirements, stored.labels):
            return False
        obj = object_at(target, stored) if needs_object else {}
        return selectors.fields_match(terms, lambda path: _field(target, stored, obj, path))

    return matches


def _refusal(target: Target, path: str) -> str | None:
    # Kinds at the cluster scope that name fields of their own leave the namespace out of them.
    scoped = target.kind.namespaced or not target.kind.strategy.fields
    if path == "metadata.name" or (path == "metadata.namespace" and scoped):
        return None
    if target.kind.custom:
        return None if f".{path}" in target.version.selectable else f"field label not supported: {path}"
    known = target.kind.strategy.fields
    if path in known:
        return None
    if known:
        return f"field label not supported: {path}"
    return f'"{path}" is not a known field selector: only "metadata.name", "metadata.namespace"'


def _field(target: Target, stored: Stored, obj: Object, path: str) -> str:
    if path == "metadata.name":
        return stored.name
    if path == "metadata.namespace":
        return stored.namespace
    if path in target.kind.strategy.fields:
        return target.kind.strategy.fields[path](obj)
    value = dig(obj, *path.split("."), default="")
    return str(value).lower() if isinstance(value, bool) else str(value)


def check_options(options: ListOptions) -> None:
    """The combinations that upstream's validation of ListOptions refuses, as 422."""
    at = "resourceVersionMatch"
    wrong: list[FieldError] = []
    if options.initial:
        wrong.append(FieldError(ErrorType.FORBIDDEN, "sendInitialEvents", None, "sendInitialEvents is forbidden for list"))
    if options.match:
        if not options.version:
            wrong.append(FieldError(ErrorType.FORBIDDEN, at, None, "resourceVersionMatch is forbidden unless resourceVersion is provided"))
        if options.token:
            wrong.append(FieldError(ErrorType.FORBIDDEN, at, None, "resourceVersionMatch is forbidden when continue is provided"))
        if options.match not in ("Exact", "NotOlderThan"):
            listed = 'supported values: "Exact", "NotOlderThan", ""'
            wrong.append(FieldError(ErrorType.NOT_SUPPORTED, at, options.match, listed))
        if options.match == "Exact" and options.version == "0":
            told = 'resourceVersionMatch "exact" is forbidden for resourceVersion "0"'
            wrong.append(FieldError(ErrorType.FORBIDDEN, at, None, told))
    if wrong:
        raise errors.invalid_options("ListOptions", wrong)


def page(core: Core, target: Target, namespace: str | None, options: ListOptions) -> Page:
    """One list request. Raises 400, 410, 422 or 504."""
    check_options(options)
    wanted = predicate(target, options)
    under = prefix(target, namespace)
    after = ""
    exact = False
    if options.token:
        if options.version not in ("", "0"):
            raise errors.bad_request("specifying resource version is not allowed when using continue")
        revision, after = _read_token(options.token, under)
        exact = revision > 0
    else:
        revision = parse_version(options.version, listing=True)
        _refuse_future(core, revision)
        exact = options.match == "Exact" or (revision > 0 and options.limit > 0 and options.match == "")
    if not exact:
        revision = core.storage.revision
    try:
        items = list(_state(core, target, under, revision, after))
    except Compacted:
        if not options.token:
            raise errors.expired(_VERSION_EXPIRED) from None
        raise errors.expired(_TOKEN_EXPIRED, continue_token=_token(-1, after, under)) from None
    # "Any version" is answered from the cache, which knows no pages.
    paged = options.limit > 0 and (options.token or options.version != "0" or options.match == "Exact")
    kept: list[Stored] = []
    for number, stored in enumerate(items, 1):
        if wanted is None or wanted(stored):
            kept.append(stored)
        if paged and len(kept) == options.limit and number < len(items):
            # Behind a selector nobody has looked at the rest: upstream does not count it, and what follows may be an empty page.
            remaining = len(items) - number if wanted is None else None
            return Page(target, kept, revision, _token(revision, stored.key + "\x00", under), remaining)
    return Page(target, kept, revision)


def _state(core: Core, target: Target, under: str, revision: int, after: str) -> Iterable[Stored]:
    bucket = core.storage.bucket(target.kind.resource)
    if revision >= core.storage.revision:
        return [bucket.objects[key] for key in bucket.under(under, after=after)]
    state = core.storage.snapshot(target.kind.resource, under, revision)
    return [stored for key, stored in state.items() if key >= after]


def _token(revision: int, start: str, under: str) -> str:
    told = {"v": "meta.k8s.io/v1", "rv": revision, "start": start.removeprefix(under)}
    return base64.urlsafe_b64encode(json.dumps(told, separators=(",", ":")).encode()).decode().rstrip("=")


def _read_token(token: str, under: str) -> tuple[int, str]:
    """The revision (-1 for an inconsistent continuation) and the first key of the next page."""
    try:
        text = base64.urlsafe_b64decode(token + "=" * (-len(token) % 4))
        told = json.loads(text)
        if told["v"] != "meta.k8s.io/v1":
            raise errors.bad_request(
                f'invalid continue token: continue key is not valid: server does not recognize this encoded version "{told["v"]}"'
            )
        return int(told["rv"]), under + str(told["start"])
    except (binascii.Error, ValueError, KeyError, TypeError) as error:
        raise errors.bad_request(f"invalid continue token: continue key is not valid: {error}") from None
