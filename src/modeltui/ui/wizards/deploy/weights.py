"""Which claims of a namespace hold the weights of a Model, as modelfs keeps them. Asked once; without the right to, nobody knows."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

import msgspec

from modeltui.kube.client import Client
from modeltui.kube.errors import KubeError
from modeltui.systems.modelfs.types import MODELS, Model
from modeltui.ui.wizards.names import LONGEST, MOST

READY = "READY"


@dataclass(frozen=True, slots=True)
class Weights:
    """What lies in one claim."""

    claim: str
    model: str
    """Name of the Model."""
    version: str
    repo: str
    phase: str
    """The Dataset's word in upper case; only READY is worth deploying."""

    def __str__(self) -> str:
        of = f" ({self.repo})" if self.repo else ""
        return f"Version {self.version} of Model {self.model}{of}: {self.phase or 'nobody has told how far it is'}"


class _Models(msgspec.Struct, frozen=True):
    items: list[Model] = []


def weights_of(models: Iterable[Model]) -> dict[str, Weights]:
    """By claim. Pure."""
    found = {}
    for model in models:
        repos = {version.name: version.repo for version in model.spec.versions}
        for synced in model.status.synced_versions:
            if synced.pvc_name:
                of = Weights(synced.pvc_name, model.metadata.name, synced.name, repos.get(synced.name, ""), synced.phase.upper())
                found[synced.pvc_name] = of
    return found


async def look(client: Client, namespace: str) -> Mapping[str, Weights] | None:
    """None when that cannot be read: not allowed, not installed, not there."""
    try:
        answer = await client.request("GET", MODELS.path(namespace or None), params={"limit": MOST}, timeout=LONGEST)
        return weights_of(msgspec.json.decode(answer, type=_Models).items)
    except (KubeError, msgspec.DecodeError):
        return None
