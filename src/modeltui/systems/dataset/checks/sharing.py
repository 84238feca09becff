"""Who else may have it, and what it has of others."""

from __future__ import annotations

from collections.abc import Iterator

from modeltui.domain import Finding, Severity
from modeltui.systems.core import selector
from modeltui.systems.core.types import NAMESPACES, Namespace
from modeltui.systems.dataset.rows import model_of
from modeltui.systems.dataset.types import DATASETS, Dataset
from modeltui.systems.dataset.uris import referred
from modeltui.systems.protocol import Facts


def sharing(dataset: Dataset) -> Iterator[Finding]:
    spec = dataset.spec
    chosen = spec.share_to_namespace_selector
    if chosen is not None and (problem := selector.problem(chosen)):
        yield Finding(
            Severity.ERROR,
            f"The namespace selector cannot be evaluated: {problem}.",
            "Correct the selector.",
            "spec.shareToNamespaceSelector",
        )
    if chosen is not None and not spec.share:
        yield Finding(
            Severity.WARNING,
            "shareToNamespaceSelector does nothing while share is false.",
            "Set share, or take the selector out.",
            "spec.shareToNamespaceSelector",
        )
    if spec.share and chosen is None:
        yield Finding(
            Severity.WARNING,
            "It is shared with every namespace: whoever may make Datasets anywhere can read it.",
            "Set shareToNamespaceSelector.",
            "spec.share",
        )
    if spec.share and model_of(dataset):
        yield Finding(
            Severity.WARNING,
            "modelfs owns it, and its next reconcile takes share and shareToNamespaceSelector away.",
            "Make the references right after sharing it; they keep their volume.",
            "spec.share",
        )


def reference(dataset: Dataset, facts: Facts) -> Iterator[Finding]:
    """The controller's own conditions for a Dataset that refers to another one."""
    if dataset.spec.source.type != "REFERENCE":
        return
    place, other = referred(dataset.spec.source.uri)
    if not place or not other:
        return
    found = facts.get(DATASETS, place, other)
    if found is None and facts.known(DATASETS, place):
        yield Finding(
            Severity.ERROR,
            f"Dataset {place}/{other} does not exist, so there is nothing to show.",
            "Correct the address, or delete this Dataset.",
            "spec.source.uri",
        )
    if not isinstance(found, Dataset):
        return
    if not found.spec.share:
        yield Finding(
            Severity.ERROR,
            f"Dataset {place}/{other} is not shared, so it may not be referred to.",
            f"Set spec.share of Dataset {place}/{other}.",
            "spec.source.uri",
        )
    elif (chosen := found.spec.share_to_namespace_selector) is not None:
        own = facts.get(NAMESPACES, "", dataset.metadata.namespace)
        if isinstance(own, Namespace) and not selector.matches(chosen, own.metadata.labels):
            yield Finding(
                Severity.ERROR,
                f"Dataset {place}/{other} is shared with namespaces that match {selector.text(chosen)}; {own.metadata.name} does not.",
                "Label this namespace, or change shareToNamespaceSelector there.",
                "spec.source.uri",
            )
