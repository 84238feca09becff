"""What to know before a reference is deleted: whether it has lost its ground, and whether its deletion would last. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from modeltui.domain import Finding, Severity
from modeltui.systems.dataset.types import Dataset
from modeltui.systems.dataset.uris import referred
from modeltui.systems.modelfs import audit
from modeltui.systems.modelfs.types import MODELS
from modeltui.systems.protocol import Facts, Unseen
from modeltui.systems.unseen import why_not


def of_reference(before: Dataset, after: Dataset | None, facts: Facts, unseen: Unseen) -> Iterable[Finding]:
    """Beside what the deletion of any Dataset costs. A change of a reference costs nothing."""
    return _of_deletion(before, facts, unseen) if after is None else ()


def examine(reference: Dataset, facts: Facts) -> Iterable[Finding]:
    """For whoever looks at it: what is wrong with it, and what would have to go first."""
    found = audit.standing(reference, facts)
    if found.stale:
        yield Finding(Severity.WARNING, f"Stale: {found.why}", "Delete it where nobody needs the data any more.")
    elif found.stale is None:
        yield Finding(Severity.INFO, f"Whether it is stale is unknown: {found.why}")
    yield from _made_again(reference, facts)


def _of_deletion(reference: Dataset, facts: Facts, unseen: Unseen) -> Iterator[Finding]:
    found = audit.standing(reference, facts)
    if found.stale:
        yield Finding(Severity.INFO, f"It is stale: {found.why}")
    elif found.stale is None:
        yield Finding(Severity.WARNING, f"Whether it is stale is unknown: {found.why}", "Look at the Dataset that it refers to first.")
    else:
        place = "/".join(referred(reference.spec.source.uri))
        yield Finding(
            Severity.WARNING,
            f"It is not stale: Dataset {place} is there, and shared with namespace {reference.metadata.namespace}.",
            "Ask those who work in that namespace.",
        )
    yield from _made_again(reference, facts)
    namespace = referred(reference.spec.source.uri)[0]
    if reference.metadata.name.startswith(f"share-{namespace}-") and not facts.known(MODELS, namespace):
        told = why_not(unseen, MODELS, namespace)
        yield Finding(Severity.WARNING, f"Whether a Model would have it made again is unknown: {told}.")


def _made_again(reference: Dataset, facts: Facts) -> Iterator[Finding]:
    if (keeper := audit.keeper(reference, facts)) is not None:
        yield Finding(
            Severity.WARNING,
            f"Its deletion does not last: {keeper.told} is shared with namespace {reference.metadata.namespace}, so that modelfs makes it "
            "again whenever it can.",
            f"Change the Model first: stop sharing version {keeper.version.name}, or choose other namespaces for it.",
        )
