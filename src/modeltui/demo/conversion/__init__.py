"""What a kind's conversion webhook does, for the kinds whose versions say the same in different fields.

Of every other kind the versions are the same but for their name, as with conversion strategy None.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

from modeltui.demo.conversion import dynamo
from modeltui.demo.errors import Object

_BY_KIND: Final[dict[tuple[str, str], Callable[[Object, str], Object]]] = {
    ("nvidia.com", "DynamoGraphDeployment"): dynamo.graph,
}


def converted(obj: Object, api_version: str) -> Object:
    """`obj` as that version of its kind says it. Pure; what is handed in is not changed."""
    group, _, version = api_version.rpartition("/")
    convert = _BY_KIND.get((group, str(obj.get("kind", ""))))
    moved = {**obj, "apiVersion": api_version}
    return moved if convert is None else convert(moved, version)
