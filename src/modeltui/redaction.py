"""Masking of secrets in objects (YAML view, JSON output) and in text (log lines, errors, crash files).

Pure, and on the safe side: what is not known to be harmless is masked where secrets are known to end up. The lists are
code, not data files, so that no edited file can open them.
"""

from __future__ import annotations

import base64
import contextlib
import json
import re
from collections.abc import Callable, Iterable, Mapping
from itertools import pairwise
from typing import Any, Final

MASK: Final = "<masked>"

_SHORTEST_SECRET: Final = 8
"""Shorter values are masked where they stand, but not hunted for elsewhere: "main" or "default" would hit everywhere."""

_PLACE_OPTIONS: Final = frozenset({"url", "uri", "path", "pvcName", "server"})
"""Keys of a ModelSource's config that say where the data is; modelfs copies them into the Dataset's options."""

HARMLESS_OPTIONS: Final[Mapping[str, frozenset[str]]] = {
    "GIT": frozenset({"branch", "commit", "depth", "submodules"}),
    "S3": frozenset({"region", "endpoint", "provider", "syncMode"}),
    "HTTP": frozenset({"Accept", "Accept-Encoding", "Accept-Language", "User-Agent"}),
    "HUGGING_FACE": frozenset({"repoType", "endpoint", "include", "exclude", "offline", "revision"}),
    "MODEL_SCOPE": frozenset({"repoType", "endpoint", "include", "exclude", "revision"}),
    "CONDA": frozenset({"condaEnvironmentYml", "pipRequirementsTxt", "pythonVersion", "gpuType"}),
    "DATABASE": frozenset({"type", "host", "port", "dbName", "tables", "exportFormat"}),
    "HADOOP": frozenset({"hdfsConfigName", "sourcePath"}),
    "PVC": frozenset(),
    "NFS": frozenset({"version"}),
    "REFERENCE": frozenset(),
    "MANUAL": frozenset(),
}
"""Per source type, the options that are settings by the Dataset's documentation. All other options may be Secret values."""

_ALL_HARMLESS: Final = _PLACE_OPTIONS.union(*HARMLESS_OPTIONS.values())
_IDENTITY: Final = frozenset({"apiVersion", "kind", "name", "namespace", "uid"})
_ASSIGNMENT: Final = re.compile(r"(?P<before>(?:--?[\w-]+=)?-{0,2}(?P<key>[\w.-]+)=)(?P<value>.*)", re.DOTALL)

_OPTION: Final = re.compile(r"""(?P<before>(?<![^\s"'])(?P<name>--?[A-Za-z][\w-]*)\s+)(?P<value>'[^']*'|"[^"]*"|[^\s'"-]\S*)""")
_LINES: Final = ("args", "arguments", "command")
"""What a field or a variable ends in that holds a command line."""

_SECRET_WORDS: Final = frozenset(
    {
        *("password", "passwd", "pwd", "passphrase", "token", "secret", "credential", "credentials", "authorization", "cookie"),
        *("signature", "apikey", "accesskey", "secretkey", "privatekey", "sshkey", "authtoken", "accesstoken"),
    }
)
_SECRET_PAIRS: Final = frozenset(
    {("api", "key"), ("access", "key"), ("private", "key"), ("ssh", "key"), ("ssh", "privatekey"), ("auth", "key")}
)
_REFERENCE_WORDS: Final = frozenset({"ref", "refs", "name", "namespace", "path", "file", "dir", "type", "mode", "seconds", "enabled"})
"""A key that ends so names or describes a secret ("secretName", "tokenPath"); it does not hold one."""

_SECRETS_NAMES: Final = frozenset(
    {"accessSecret", "authSecret", "envFromSecret", "huggingFaceToken", "imagePushSecret", "modelAccessSecret", "pullSecret"}
)
"""Fields of systems' own kinds that hold the name of a Secret of the namespace, and sound as if they held what is in it."""
_OBJECT_NAME: Final = re.compile(r"[a-z0-9]([a-z0-9.-]{0,251}[a-z0-9])?")
"""As Kubernetes has it. A token that was put there by mistake has other letters."""

_WORD: Final = re.compile(r"[A-Z]+(?![a-z])|[A-Z]?[a-z]+|\d+")

_NAMES: Final = (
    r"(?:password|passwd|passphrase|token|secret|api[_-]?key|access[_-]?key(?:[_-]?id)?|secret[_-]?key|private[_-]?key|credential)"
)
_HARMLESS_PARAMETERS: Final = frozenset(
    {
        *("labelSelector", "fieldSelector", "resourceVersion", "resourceVersionMatch", "continue", "fieldManager", "fieldValidation"),
        *("timeoutSeconds", "allowWatchBookmarks", "ref", "branch", "revision", "commit", "path", "prefix", "filename"),
        *("X-Amz-Algorithm", "X-Amz-Date", "X-Goog-Algorithm", "X-Goog-Date"),
    }
)
"""Parameters of a URL's query that are no secret however long they are."""
_SHORTEST_PARAMETER: Final = 12
"""Of any other parameter, a longer value is as likely as not a key to something; a shorter one is a number or a word."""


def _query_without_keys(url: re.Match[str]) -> str:
    parameters = re.split("([&;])", url["query"])
    return url["address"] + "".join(_parameter(one) for one in parameters)


def _parameter(text: str) -> str:
    name, equals, value = text.partition("=")
    return f"{name}={MASK}" if equals and len(value) >= _SHORTEST_PARAMETER and name not in _HARMLESS_PARAMETERS else text


_NAMED_BY: Final = ("passw", "passphrase", "token", "secret", "key", "credential")
"""One of these is in whatever `_NAMES` matches."""

_TEXT_PATTERNS: Final[tuple[tuple[tuple[str, ...], re.Pattern[str], str | Callable[[re.Match[str]], str]], ...]] = (
    # a private key in PEM form, even when it was cut off
    (("-----begin",), re.compile(r"-----BEGIN ([A-Z ]*PRIVATE KEY)-----.*?(?:-----END \1-----|\Z)", re.DOTALL), MASK),
    # user:password@ in a URL; the `@` of a model's URI names a revision
    (
        ("@",),
        re.compile(r"\b(?!(?:huggingface|modelscope|conda|dataset)://)([a-z][a-z0-9+.-]*://)(?:[^\s/@\"']+@)+", re.IGNORECASE),
        rf"\1{MASK}@",
    ),
    # what stands in a URL's query
    (
        ("?",),
        re.compile(rf"(?P<address>\b[a-z][a-z0-9+.-]*://[^\s\"'<>?#]*\?)(?P<query>(?:[^\s\"'<>#]|{MASK})+)", re.IGNORECASE),
        _query_without_keys,
    ),
    # headers
    (
        ("authorization",),
        re.compile(r"(authorization[\"']?\s*[:=]\s*[\"']?)(?:[A-Za-z]+\s+)?[^\s\"',]+", re.IGNORECASE),
        rf"\1{MASK}",
    ),
    (("bearer",), re.compile(r"\bBearer\s+[A-Za-z0-9._~+/=-]{6,}", re.IGNORECASE), f"Bearer {MASK}"),
    (("basic",), re.compile(r"\bBasic\s+(?=[A-Za-z]*[0-9+/=])[A-Za-z0-9+/=]{6,}"), f"Basic {MASK}"),
    # a signed or keyed URL
    (
        ("=",),
        re.compile(
            rf"([?&;](?:X-(?:Amz|Goog)-(?:Signature|Credential|Security-Token)|AWSAccessKeyId|Signature|sig|key|[\w-]*{_NAMES}[\w-]*)=)"
            r"[^&#\s\"'<>]+",
            re.IGNORECASE,
        ),
        rf"\1{MASK}",
    ),
    # name: value, name=value, "name": "value"
    (
        _NAMED_BY,
        re.compile(
            rf"((?<![\w-])[\"']?[\w-]*{_NAMES}[\"']?\s*[:=]\s*)(\"(?:[^\"\\\n]|\\.)*\"|'[^'\n]*'|[^\s,;&\"'{{}}\[\]<>]+)",
            re.IGNORECASE,
        ),
        rf"\1{MASK}",
    ),
    # the shapes of well-known tokens: JWT, Hugging Face, GitHub, GitLab, NVIDIA, OpenAI, AWS, Slack
    (("eyj",), re.compile(r"\beyJ[A-Za-z0-9_-]{8,}\.[A-Za-z0-9_-]{8,}(?:\.[A-Za-z0-9_-]*)?"), MASK),
    (
        ("hf_", "ghp_", "gho_", "ghu_", "ghs_", "ghr_", "github_pat_", "glpat-", "nvapi-", "sk-", "akia", "asia", "xox"),
        re.compile(
            r"\b(?:hf_[A-Za-z0-9]{16,}|gh[pousr]_[A-Za-z0-9]{20,}|github_pat_\w{20,}|glpat-[\w-]{16,}|nvapi-[\w-]{16,}|"
            r"sk-[A-Za-z0-9_-]{20,}|(?:AKIA|ASIA)[0-9A-Z]{16}|xox[abprs]-[\w-]{10,})"
        ),
        MASK,
    ),
)
"""What a secret looks like in running text: a text in lower case has one of the marks where the pattern matches; looking for those is
cheaper than trying the pattern, and most cells of a table have none."""
_MARKS: Final = tuple(mark for marks, _, _ in _TEXT_PATTERNS for mark in marks)


def is_secret_key(key: str) -> bool:
    """Whether a field, header or variable of this name holds a secret: "HF_TOKEN", "accessKey", but not "max_tokens", "secretName"."""
    words = [word.lower() for word in _WORD.findall(key)]
    if not words or words[-1] in _REFERENCE_WORDS:
        return False
    return not _SECRET_WORDS.isdisjoint(words) or any(pair in _SECRET_PAIRS for pair in pairwise(words))


def redact_text(text: str, *, known: Iterable[str] = ()) -> str:
    """`text` with everything that looks like a secret masked, and each of the `known` secret values wherever it stands."""
    for secret in sorted(known, key=len, reverse=True):
        if len(secret) >= _SHORTEST_SECRET:
            text = text.replace(secret, MASK)
    low = text.lower()
    foreign = not low.isascii()  # letters that a pattern takes for others, which no mark does
    if not foreign and not any(map(low.__contains__, _MARKS)):
        return text
    for marks, pattern, replacement in _TEXT_PATTERNS:
        if foreign or any(map(low.__contains__, marks)):
            text = pattern.sub(replacement, text)
    return text


def redact_command_line(text: str) -> str:
    """As `redact_text`, of a text that is a command line: there the value of an option may stand behind a blank."""
    return _command_line(text, set())


def _command_line(text: str, found: set[str]) -> str:
    def masked(option: re.Match[str]) -> str:
        value = option["value"].strip("\"'")
        return option["before"] + _mask(value, found) if is_secret_key(option["name"]) and not value.startswith("$") else option[0]

    return redact_text(_OPTION.sub(masked, text))


def mask_options(source_type: str, options: Mapping[str, Any]) -> dict[str, str]:
    """A Dataset's `spec.source.options`, or an HTTP source's headers: only what is known to be harmless stays readable."""
    harmless = HARMLESS_OPTIONS.get(source_type, frozenset()) | _PLACE_OPTIONS
    return {key: redact_text(str(value)) if key in harmless else MASK for key, value in options.items()}


def mask_config(source_type: str, config: Mapping[str, Any]) -> dict[str, str]:
    """A ModelSource's `spec.config`: keys that sound like a secret are masked, and all but harmless headers for HTTP."""
    if source_type == "HTTP":
        return mask_options(source_type, config)
    return {key: MASK if is_secret_key(key) else redact_text(str(value)) for key, value in config.items()}


def redact_object(obj: Mapping[str, Any]) -> dict[str, Any]:
    """A copy of a Kubernetes object (or a List of them) without its secrets, for people to read. Never for writing back.

    Copies of what was masked (an annotation that repeats it, an argument of a Job) are masked wherever they stand.
    """
    found: set[str] = set()
    cleaned: dict[str, Any] = _mapping(obj, found)
    copies = sorted((secret for secret in found if len(secret) >= _SHORTEST_SECRET), key=len, reverse=True)
    return {key: _without(value, copies, key) for key, value in cleaned.items()} if copies else cleaned


def _value(value: Any, key: str, found: set[str]) -> Any:
    """One field's value, cleaned; secret values met are added to `found`."""
    match value:
        case Mapping():
            return _mapping(value, found)
        case list() | tuple() if key.lower().endswith(_LINES):
            return _arguments(value, found)
        case list() | tuple():
            return [_value(entry, key, found) for entry in value]
        case str() if key in _SECRETS_NAMES and _OBJECT_NAME.fullmatch(value):
            return redact_text(value)
        case str() if is_secret_key(key):
            return _mask(value, found)
        case str() if value[:1] in ("{", "["):
            return _embedded(value, found)
        case str():
            return redact_text(value)
    return value


def _mapping(value: Mapping[str, Any], found: set[str]) -> dict[str, Any]:
    result = {key: _value(entry, key, found) for key, entry in value.items()}
    if value.get("kind") == "Secret":
        for field in ("data", "stringData"):
            if isinstance(value.get(field), Mapping):
                result[field] = {key: _mask(str(secret), found) for key, secret in value[field].items()}
    config = value["spec"].get("config") if value.get("kind") == "ModelSource" and isinstance(value.get("spec"), Mapping) else None
    if isinstance(config, Mapping):
        result["spec"]["config"] = _noted(config, mask_config(str(value["spec"].get("type", "")), config), found)
    options = value.get("options")
    if isinstance(options, Mapping) and ("type" in value or "uri" in value):  # a Dataset's spec.source
        result["options"] = _noted(options, mask_options(str(value.get("type", "")), options), found)
    name, setting = value.get("name"), value.get("value")
    if isinstance(name, str) and isinstance(setting, str) and is_secret_key(name):  # an environment variable or header
        result["value"] = _mask(setting, found)
    elif isinstance(name, str) and isinstance(setting, str) and name.lower().endswith(_LINES) and setting[:1] not in ("{", "["):
        result["value"] = _command_line(setting, found)
    return result


def _arguments(values: Iterable[Any], found: set[str]) -> list[Any]:
    """Command-line arguments: `--token X`, `--token=X`, and the options that the Job of a Dataset is given as `key=value`."""
    values = list(values)
    strict = any(isinstance(entry, str) and entry.startswith("--options") for entry in values)
    result: list[Any] = []
    mask_next = False
    for entry in values:
        assignment = _ASSIGNMENT.fullmatch(entry) if isinstance(entry, str) else None
        if not isinstance(entry, str):
            result.append(_value(entry, "", found))
        elif mask_next:
            result.append(_mask(entry, found))
        elif assignment and (is_secret_key(assignment["key"]) or (strict and assignment["key"] not in _ALL_HARMLESS)):
            result.append(assignment["before"] + _mask(assignment["value"], found))
        else:
            result.append(_command_line(entry, found) if " " in entry else redact_text(entry))
        mask_next = isinstance(entry, str) and entry.startswith("-") and assignment is None and is_secret_key(entry)
    return result


def _embedded(text: str, found: set[str]) -> str:
    """JSON inside a string, such as the annotation `kubectl.kubernetes.io/last-applied-configuration`, is an object too."""
    try:
        parsed = json.loads(text)
    except ValueError:
        return redact_text(text)
    return json.dumps(_value(parsed, "", found), ensure_ascii=False)


def _noted(original: Mapping[str, Any], masked: dict[str, str], found: set[str]) -> dict[str, str]:
    for key, value in original.items():
        if masked[key] == MASK:
            _mask(str(value), found)
    return masked


def _mask(secret: str, found: set[str]) -> str:
    """The mask; the secret, and what it says if it is base64 as in a Secret's data, will be looked for elsewhere."""
    if secret and secret != MASK:
        found.add(secret)
        with contextlib.suppress(ValueError):
            found.add(base64.b64decode(secret, validate=True).decode())
    return MASK


def _without(value: Any, secrets: list[str], key: str) -> Any:
    """`value` with every copy of the secrets masked; what identifies the object stays."""
    match value:
        case Mapping():
            return {name: _without(entry, secrets, name) for name, entry in value.items()}
        case list():
            return [_without(entry, secrets, key) for entry in value]
        case str() if key not in _IDENTITY:
            for secret in secrets:
                value = value.replace(secret, MASK)
    return value
