"""What the API server would refuse, in a manifest that has not been sent yet."""

from __future__ import annotations

from collections.abc import Iterator

from modeltui.domain import Finding, Severity
from modeltui.systems.core import selector
from modeltui.systems.modelfs.checks.asked import Asked
from modeltui.systems.modelfs.types import ABSENT, PRECISIONS, PRESENT, Model


def completeness(model: Model) -> Iterator[Finding]:
    if not model.spec.source_ref:
        yield Finding(Severity.ERROR, "It names no ModelSource.", "Set spec.sourceRef to one of this namespace.", "spec.sourceRef")
    if not model.spec.versions:
        yield Finding(Severity.ERROR, "It has no versions, and needs at least one.", "Add a version.", "spec.versions")


def words(asked: Asked) -> Iterator[Finding]:
    version = asked.version
    if version.precision and version.precision not in PRECISIONS:
        yield Finding(
            Severity.ERROR,
            f'Version {version.name}: precision "{version.precision}" is none of {", ".join(PRECISIONS)}, so the API server refuses it, '
            "unless its CRD is newer than this console.",
            "Choose one of them, or leave it out.",
            f"{asked.field}.precision",
        )
    if version.state not in (PRESENT, ABSENT):
        yield Finding(
            Severity.ERROR,
            f'Version {version.name}: state "{version.state}" is neither {PRESENT} nor {ABSENT}.',
            f"Write {PRESENT} or {ABSENT}.",
            f"{asked.field}.state",
        )


def namespace_selector(asked: Asked) -> Iterator[Finding]:
    share = asked.version.share
    if share is None or share.namespace_selector is None:
        return
    if problem := selector.problem(share.namespace_selector):
        yield Finding(
            Severity.ERROR if share.enabled else Severity.WARNING,
            f"Version {asked.version.name}: the namespace selector cannot be evaluated: {problem}.",
            "Correct the selector.",
            f"{asked.field}.share.namespaceSelector",
        )
