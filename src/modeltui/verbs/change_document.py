"""A review, and what came of it, for programs. Pure; secrets are masked, as in the review itself."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from modeltui.changes.account import Account
from modeltui.changes.difference import FieldChange
from modeltui.changes.paths import spelled
from modeltui.changes.plan import Choice
from modeltui.changes.reviewed import Review, Reviewed
from modeltui.domain import Finding
from modeltui.verbs import printing


def text(
    review: Review, findings: Sequence[Sequence[Finding]], choices: Mapping[int, Choice], account: Account | None, *, output: str
) -> str:
    found = document(review, findings, choices, account)
    return printing.as_json_document(found) if output == "json" else printing.as_yaml(found)


def document(
    review: Review, findings: Sequence[Sequence[Finding]], choices: Mapping[int, Choice], account: Account | None
) -> dict[str, Any]:
    """`done` is null when nothing was written; else whether all was, with the state of each step."""
    steps = [
        _step(reviewed, choices.get(at), findings[at] if at < len(findings) else (), account.steps[at] if account else None)
        for at, reviewed in enumerate(review.steps)
    ]
    return {"title": review.title, "unchanged": review.unchanged, "done": account.complete if account else None, "steps": steps}


def _step(reviewed: Reviewed, choice: Choice | None, findings: Sequence[Finding], executed: Any) -> dict[str, Any]:
    step = reviewed.step
    outcome = reviewed.chosen(choice) or reviewed.outcome
    return {
        "action": str(step.action),
        "apiVersion": step.resource.api_version,
        "kind": step.resource.kind,
        "namespace": step.namespace,
        "name": step.name,
        "note": step.note,
        "unchanged": reviewed.unchanged,
        "pending": reviewed.pending,
        "difference": [_change(change) for change in outcome.difference] if outcome else [],
        "removals": [{"path": spelled(removal.path), "owners": list(removal.owners)} for removal in outcome.removals] if outcome else [],
        "conflicts": [{"manager": manager, "fields": list(fields)} for manager, fields in reviewed.conflicts.items()],
        "takeOver": choice is Choice.TAKE_OVER,
        "refusals": [{"field": refusal.field, "reason": refusal.sentence, "server": refusal.raw} for refusal in reviewed.refusals],
        "findings": list(_findings(findings)),
        "warnings": list(outcome.warnings) if outcome else [],
        "state": str(executed.state) if executed else None,
        "sentence": executed.sentence if executed else "",
    }


def _change(change: FieldChange) -> dict[str, Any]:
    return {
        "path": change.path,
        "kind": str(change.kind),
        "before": change.before,
        "after": change.after,
        "owners": list(change.owners),
        "secret": change.hidden,
    }


def _findings(findings: Sequence[Finding]) -> Iterator[dict[str, str]]:
    for finding in findings:
        yield {"severity": finding.severity.value, "field": finding.field, "reason": finding.reason, "remedy": finding.remedy}
