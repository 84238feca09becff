"""With which namespaces a version asks to be shared. Pure.

modelfs shares by making a REFERENCE Dataset in every namespace that matches both the selector and the opt-in label.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Final

from modeltui.domain import Finding, Severity
from modeltui.systems.core import selector
from modeltui.systems.core.types import Namespace
from modeltui.systems.modelfs.types import Share

CANNOT_WORK: Final = (
    'Sharing does not work in modelfs v0.0.2: it puts a label with a "/" in its value on the shared Dataset, which the API server refuses, '
    "and it never marks the source Dataset as shared."
)
REMEDY: Final = (
    "Create a Dataset of type REFERENCE in the other namespace, and set spec.share and spec.shareToNamespaceSelector on this one."
)


@dataclass(frozen=True, slots=True)
class ShareTargets:
    enabled: bool
    selector: str = ""
    """As `kubectl get namespaces -l` takes it; "" selects all."""
    opt_in: str = ""
    """The label that a namespace has to carry, "key" or "key=value"; "" when none is asked for."""
    namespaces: tuple[str, ...] | None = ()
    """Names of those that match, without the Model's own; None when namespaces cannot be listed."""

    @property
    def summary(self) -> str:
        """One phrase for a table: "no", "3 namespaces", "no namespace matches", "unknown"."""
        if not self.enabled:
            return "no"
        if self.namespaces is None:
            return "unknown"
        if not self.namespaces:
            return "no namespace matches"
        return f"{len(self.namespaces)} namespace{'s' if len(self.namespaces) > 1 else ''}"


def share_targets(share: Share | None, own_namespace: str, namespaces: Iterable[Namespace] | None) -> ShareTargets:
    """`namespaces` is None when the user may not list them."""
    if share is None or not share.enabled:
        return ShareTargets(enabled=False)
    wanted = share.namespace_selector
    matching = None
    if namespaces is not None:
        matching = tuple(
            sorted(
                namespace.metadata.name
                for namespace in namespaces
                if namespace.metadata.name != own_namespace
                and (wanted is None or selector.matches(wanted, namespace.metadata.labels))
                and _opted_in(share.require_opt_in_label, namespace.metadata.labels)
            )
        )
    return ShareTargets(True, selector.text(wanted) if wanted else "", share.require_opt_in_label, matching)


def _opted_in(label: str, labels: Mapping[str, str]) -> bool:
    key, separator, value = label.partition("=")
    return not key or (labels.get(key) == value if separator and value else key in labels)


def share_findings(targets: ShareTargets, field: str) -> list[Finding]:
    """What to know before relying on it."""
    if not targets.enabled:
        return []
    found = [Finding(Severity.WARNING, CANNOT_WORK, REMEDY, field)]
    if "=" in targets.opt_in.rstrip("="):
        found.append(
            Finding(
                Severity.WARNING,
                f'modelfs reads the whole "{targets.opt_in}" as a key, which no label can have, so no namespace ever matches.',
                'Give the key alone; modelfs then wants the value "true".',
                f"{field}.requireOptInLabel",
            )
        )
    if targets.namespaces is None:
        found.append(Finding(Severity.INFO, "Which namespaces match is unknown, since namespaces cannot be listed.", field=field))
    elif not targets.namespaces:
        asked = " and ".join(
            part
            for part in (f"selector {targets.selector}" if targets.selector else "", f"label {targets.opt_in}" if targets.opt_in else "")
            if part
        )
        found.append(
            Finding(
                Severity.WARNING, f"No other namespace matches {asked or 'it'}.", "Label the namespaces, or correct the selector.", field
            )
        )
    return found
