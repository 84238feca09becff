"""Datasets that show another Dataset's data, which may be in another namespace. Pure."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final

from modeltui.systems.core import selector
from modeltui.systems.core.types import NAMESPACES, Namespace
from modeltui.systems.dataset.types import DATASETS, Dataset
from modeltui.systems.dataset.uris import referred
from modeltui.systems.protocol import Facts

REFERENCE: Final = "REFERENCE"


def is_reference(dataset: Dataset) -> bool:
    return dataset.spec.source.type == REFERENCE


def referred_to(dataset: Dataset) -> Iterable[str]:
    """ "namespace/name" of the Dataset whose data a REFERENCE shows; an index function."""
    namespace, name = referred(dataset.spec.source.uri) if is_reference(dataset) else ("", "")
    return (f"{namespace}/{name}",) if namespace and name else ()


def references_to(namespace: str, name: str, facts: Facts) -> list[Dataset]:
    """Those that are known, in whatever namespace, by namespace and name."""
    found = facts.where(DATASETS, "", referred_to, f"{namespace}/{name}")
    return [dataset for dataset in found if isinstance(dataset, Dataset)]


def barred(source: Dataset, namespace: str, facts: Facts) -> str | None:
    """Why the controller does not let a Dataset of that namespace refer to `source`, as the end of a sentence about `source`;
    "" when it does, None when that is not known."""
    if not source.spec.share:
        return "is not shared"
    chosen = source.spec.share_to_namespace_selector
    if chosen is None:
        return ""
    own = facts.get(NAMESPACES, "", namespace)
    if not isinstance(own, Namespace):
        return None
    if selector.matches(chosen, own.metadata.labels):
        return ""
    return f"is shared with namespaces that match {selector.text(chosen)}, and {namespace} does not"
