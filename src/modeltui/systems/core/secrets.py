"""Secrets: which keys one has, and the manifest of one. No value is ever kept but that which somebody has just typed."""

from __future__ import annotations

import base64
from collections.abc import Mapping
from typing import Any, Final

import msgspec

from modeltui.kube.objects import Object
from modeltui.kube.resource import Resource
from modeltui.systems.manifest import Manifest, begun
from modeltui.systems.secret_value import UNSET, SecretValue

SECRETS: Final = Resource(group="", version="v1", plural="secrets", kind="Secret")


class Secret(Object, frozen=True, kw_only=True):
    """The names of a Secret's keys: the values are dropped before anybody gets hold of the object."""

    type: str = ""
    data: dict[str, msgspec.Raw] | None = None
    """After decoding always None; ask `keys`."""
    keys: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        msgspec.structs.force_setattr(self, "keys", tuple(sorted(self.data or ())))
        msgspec.structs.force_setattr(self, "data", None)


def secret(*, name: str, namespace: str, values: Mapping[str, SecretValue], live: Mapping[str, Any] | None = None) -> Manifest:
    """The whole Secret with exactly these keys, its values in `data` (base64). An unset value stays what it is in the live one,
    and is left out where there is none."""
    desired = begun(SECRETS, name=name, namespace=namespace, live=live)
    if live is None:
        desired["type"] = "Opaque"
    there = desired.pop("data", None) or {}
    desired["data"] = {
        key: base64.b64encode(value.reveal().encode()).decode() if value else there[key]
        for key, value in values.items()
        if value or key in there
    }
    return desired


def values_of(live: Mapping[str, Any]) -> dict[str, SecretValue]:
    """What a form begins with: every key of a live Secret, unset, so that each stays what it is."""
    return dict.fromkeys(sorted(live.get("data") or ()), UNSET)
