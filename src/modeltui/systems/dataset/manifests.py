"""Datasets as they shall become: a round asked for, shared, or one that refers to another. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from modeltui.systems.dataset.types import DATASETS
from modeltui.systems.manifest import Manifest, begun, part


def synced_anew(live: Mapping[str, Any]) -> Manifest:
    """One more round. The API server refuses a step of more than one; of a Dataset that modelfs owns it does not last."""
    desired = begun(DATASETS, name="", namespace="", live=live)
    spec = part(desired, "spec")
    spec["dataSyncRound"] = int(spec.get("dataSyncRound", 1)) + 1
    return desired


def shared(live: Mapping[str, Any], *, selector: Mapping[str, Any] | None) -> Manifest:
    """Other namespaces may refer to it: those that the LabelSelector matches, all for None."""
    desired = begun(DATASETS, name="", namespace="", live=live)
    spec = part(desired, "spec")
    spec["share"] = True
    spec.pop("shareToNamespaceSelector", None)
    if selector is not None:
        spec["shareToNamespaceSelector"] = dict(selector)
    return desired


def unshared(live: Mapping[str, Any]) -> Manifest:
    """Nobody may refer to it any more; what refers to it already keeps its volume."""
    desired = begun(DATASETS, name="", namespace="", live=live)
    spec = part(desired, "spec")
    spec["share"] = False
    spec.pop("shareToNamespaceSelector", None)
    return desired


def reference(*, name: str, namespace: str, to: tuple[str, str]) -> Manifest:
    """A Dataset that shows in `namespace` what another one, `to` (namespace, name), holds. That one has to be shared first."""
    desired = begun(DATASETS, name=name, namespace=namespace, live=None)
    desired["spec"] = {"source": {"type": "REFERENCE", "uri": reference_uri(to)}}
    return desired


def reference_uri(to: tuple[str, str]) -> str:
    namespace, name = to
    return f"dataset://{namespace}/{name}"
