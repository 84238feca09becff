"""Of the fields that a create made ours, those that were asked for. Pure.

A server fills in the defaults of a custom resource before it notes who owns what, so a create owns them, too; an apply owns what it
sends. Who owns a default keeps its value when the default changes, and is in conflict with whoever sets it. How FieldsV1 is written
is told in the API reference under ObjectMeta.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any, Final

_NOT: Final = object()


def asked_fields(owned: Mapping[str, Any], sent: Any) -> dict[str, Any]:
    """`owned` (FieldsV1) without what `sent` does not say. A key of a list's item may be left to the server, too."""
    found = {name: (inner, sent if name == "." else _at(name, sent)) for name, inner in owned.items()}
    return {name: asked_fields(inner, there) for name, (inner, there) in found.items() if there is not _NOT}


def _at(name: str, sent: Any) -> Any:
    kind, _, rest = name.partition(":")
    match kind, sent:
        case "f", dict():
            return sent.get(rest, _NOT)
        case "k", list():
            keys: dict[str, Any] = json.loads(rest)
            alike = [item for item in sent if isinstance(item, dict) and all(item.get(key, value) == value for key, value in keys.items())]
            return max(alike, key=lambda item: len(keys.keys() & item.keys()), default=_NOT)
        case "v", list():
            return next((item for item in sent if item == json.loads(rest)), _NOT)
    return _NOT
