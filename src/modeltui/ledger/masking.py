"""No secret gets into the ledger, whoever hands it over: the last check before anything is written. Pure.

A difference is a list of paths and values, and whether a value is a secret depends on what stands around it (the kind, the
source's type, the variable's name). So the values are laid into objects again, those are masked by `redaction` as any object
is, and the values are read back from where they were laid.
"""

from __future__ import annotations

import base64
from collections.abc import Iterable, Iterator
from copy import deepcopy
from dataclasses import replace
from typing import Any

from modeltui.ledger.field_paths import Where, lay, steps
from modeltui.ledger.records import ChangedField, Manifest, Record
from modeltui.redaction import MASK, redact_object, redact_text


def masked(record: Record, *, secrets: Iterable[str] = ()) -> Record:
    """The record without secrets, and without the bookkeeping of field owners in the object before.

    `secrets` are values that are masked wherever they stand, as they are and in base64.
    """
    live = None if record.before is None else _without_owners(record.before)
    identity = {"apiVersion": record.api_version, "kind": record.kind}
    objects = {"was": deepcopy(live or {}) | identity, "after": deepcopy(live or {}) | identity}
    laid: dict[tuple[str, int], Where] = {}
    for number, (path, _, *values) in sorted(enumerate(record.difference), key=lambda entry: len(entry[1][0])):  # parents first
        for side, value in zip(objects, values, strict=True):
            if value is not None:
                laid[side, number] = lay(objects[side], steps(path), deepcopy(value))
    known = {"kind": "Secret", "data": {str(number): value for number, value in enumerate(_spellings(secrets))}}
    clean = redact_object(
        {"known": known, "live": live, **objects, "sentences": [record.result, *(field.path for field in record.difference)]}
    )
    result, *spellings = clean["sentences"]
    return replace(
        record,
        server=redact_text(record.server),
        result=result,
        before=clean["live"],
        difference=tuple(
            ChangedField(
                path,
                field.kind,
                *(
                    _as_given(_found(clean[side], laid.get((side, number))), value)
                    for side, value in zip(objects, (field.before, field.after), strict=True)
                ),
            )
            for number, (path, field) in enumerate(zip(spellings, record.difference, strict=True))
        ),
    )


def _spellings(secrets: Iterable[str]) -> Iterator[str]:
    for secret in secrets:
        yield secret
        yield base64.b64encode(secret.encode("utf-8", "surrogatepass")).decode()


def _without_owners(manifest: Manifest) -> Manifest:
    metadata = manifest.get("metadata")
    if not isinstance(metadata, dict) or "managedFields" not in metadata:
        return manifest
    return manifest | {"metadata": {key: value for key, value in metadata.items() if key != "managedFields"}}


def _found(root: Any, where: Where | None) -> Any:
    """None for what was not laid; the mask when it is not where it was laid, since then nobody has looked at it."""
    if where is None:
        return None
    for place in where:
        try:
            root = root[place]
        except (KeyError, IndexError, TypeError):
            return MASK
    return root


def _as_given(found: Any, given: Any) -> Any:
    """Without what was laid below it by other fields: of a list whose order changed, only what its items are known by was given."""
    match found, given:
        case dict(), dict():
            return {name: _as_given(found[name], value) for name, value in given.items() if name in found}
        case list(), list():
            return [_as_given(one, value) for one, value in zip(found, given, strict=False)]
    return found
