"""Where weights come from: the id under which they are served, the address, the size, the credentials that fetching them takes."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Iterator, Sequence
from typing import Final

from modeltui.domain import Finding, Severity
from modeltui.redaction import redact_text
from modeltui.systems.aim.checks.variables import AWS_KEYS, FORMER_HUB_TOKEN, HUB_TOKEN
from modeltui.systems.aim.types import Source
from modeltui.systems.core import quantity
from modeltui.systems.core.types import Env, RawQuantity

_MODEL_ID: Final = re.compile(r"[a-zA-Z0-9_-]+/[a-zA-Z0-9._-]+")
_SOURCE_URI: Final = re.compile(r"(hf|s3)://[^ \t\r\n]+")
_REVISION: Final = re.compile(r"@|#|\?|/(tree|blob|resolve)/")
"""How a revision is written elsewhere: org/name@rev, .../tree/rev, ?revision=rev."""

_DEEPEST: Final = 2
"""Parts of a repository's name: organisation/name, or the name alone of those from before there were organisations."""


def sources(found: Sequence[Source], field: str) -> Iterator[Finding]:
    if len(found) > 1:
        reason = f"There are {len(found)} model sources: AIM Engine takes one, so the API server refuses them."
        yield Finding(Severity.ERROR, reason, "Leave one.", field)
    for place, source in enumerate(found):
        yield from model_id(source.model_id, f"{field}[{place}].modelId")
        yield from uri(source.source_uri, f"{field}[{place}].sourceUri")
        yield from size(source.size, f"{field}[{place}].size")


def model_id(said: str, field: str, *, needed: bool = True) -> Iterator[Finding]:
    if not said and needed:
        yield Finding(Severity.ERROR, "The weights have no modelId, under which they are stored and served.", "Write org/name.", field)
    elif said and not _MODEL_ID.fullmatch(said):
        shown = redact_text(said)
        yield Finding(
            Severity.ERROR, f'modelId "{shown}" is not of the form org/name, so the API server refuses it.', "Write org/name.", field
        )


def uri(said: str, field: str) -> Iterator[Finding]:
    shown = redact_text(said)
    if not _SOURCE_URI.fullmatch(said):
        told = f'sourceUri "{shown}" is no address of weights' if said else "The weights have no sourceUri"
        remedy = "Write hf://org/name or s3://bucket/path."
        yield Finding(Severity.ERROR, f"{told}, so the API server refuses it.", remedy, field)
        return
    if said.startswith("hf://") and _REVISION.search(said.removeprefix("hf://")):
        yield Finding(
            Severity.ERROR,
            f'sourceUri "{shown}" names a revision, and AIM Engine has no way to: it would be taken for a part of the repository\'s name.',
            "Write hf://org/name: the default branch is fetched. A fixed revision can be served from a copy in S3.",
            field,
        )
    elif said.startswith("hf://") and not _is_repository(said.removeprefix("hf://")):
        reason = f'sourceUri "{shown}" is no repository of the Hub: it has a name, and before it one organisation.'
        yield Finding(Severity.ERROR, reason, "Write hf://org/name. Of a repository all is fetched, no folder or file of it.", field)
    elif shown != said:
        reason = "sourceUri holds a secret, readable by whoever may read the object."
        yield Finding(Severity.WARNING, reason, "Take it out of the address, and put it into env, from a Secret.", field)


def _is_repository(path: str) -> bool:
    parts = path.split("/")
    return len(parts) <= _DEEPEST and all(parts)


def size(said: RawQuantity | None, field: str) -> Iterator[Finding]:
    if said is None:
        return
    bytes_told = quantity.parse(said)
    if bytes_told is None:
        yield Finding(Severity.ERROR, f'size "{said}" is not a quantity, so the API server refuses it.', "Write 16Gi.", field)
    elif bytes_told < 1024**2:
        yield Finding(Severity.WARNING, f'size "{said}" is less than a mebibyte.', "Write the unit: 16Gi, not 16. Or leave it out.", field)


def credentials(found: Iterable[Source], env: Iterable[Env], field: str, *, gated: bool | None, certain: bool = True) -> Iterator[Finding]:
    """`env`: what else reaches the download. `gated`: None when nobody says. `certain`: whether `env` is all of it."""
    around = {variable.name for variable in env}
    for place, source in enumerate(found):
        names = around | {variable.name for variable in source.env}
        where = f"{field}[{place}].env"
        if source.source_uri.startswith("hf://"):
            yield from hub_token(gated, names, where, what=redact_text(source.source_uri.removeprefix("hf://")), certain=certain)
        if source.source_uri.startswith("s3://") and (missing := [name for name in AWS_KEYS if name not in names]):
            yield Finding(
                Severity.WARNING,
                f"{' and '.join(missing)} {'is' if len(missing) == 1 else 'are'} not set: only a public bucket can be read so.",
                "Set them from a Secret; with another endpoint than Amazon's AWS_ENDPOINT_URL too.",
                where,
            )


def hub_token(gated: bool | None, names: Collection[str], field: str, *, what: str, certain: bool) -> Iterator[Finding]:
    """`names`: of the variables that reach the download."""
    if HUB_TOKEN in names or FORMER_HUB_TOKEN in names:
        return
    remedy = f"Set env {HUB_TOKEN} from a Secret with a token whose owner has accepted the terms."
    if gated:
        known = "" if certain else "; whether a runtime config sets it is not known"
        reason = f"{what} needs a token of the Hub, and {HUB_TOKEN} is not set: it cannot be fetched{known}."
        yield Finding(Severity.ERROR if certain else Severity.WARNING, reason, remedy, field)
    elif gated is None:
        reason = f"{HUB_TOKEN} is not set: if {what} is gated or private, it cannot be fetched."
        yield Finding(Severity.INFO, reason, remedy, field)
