"""A Model: what it is, what is wrong and why, its versions, and one of them closely."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import datetime
from typing import Final

from modeltui.document import BLANK, Line, bounded, facts, heading, plain
from modeltui.domain import Column, ColumnKind, Row, RowKey, Status
from modeltui.kube.events import Event
from modeltui.pages import common
from modeltui.redaction import redact_text
from modeltui.systems.core.types import Namespace, PersistentVolumeClaim
from modeltui.systems.modelfs import explain
from modeltui.systems.modelfs.explain import VersionDetail
from modeltui.systems.modelfs.rows import model_row
from modeltui.systems.modelfs.types import RECONCILE_ERROR, SOURCES, Model, ModelSource
from modeltui.systems.protocol import Facts

VERSION_COLUMNS: Final = (
    Column("name", "VERSION", max_width=24),
    Column("status", "STATUS", ColumnKind.STATUS, max_width=28),
    Column("repo", "REPO@REVISION", max_width=44),
    Column("precision", "PRECISION"),
    Column("state", "STATE", wide=True),
    Column("requested", "REQUESTED"),
    Column("observed", "OBSERVED"),
    Column("shared", "SHARED"),
    Column("last_sync", "LAST SYNC", ColumnKind.AGE),
    Column("pvc", "PVC", wide=True),
    Column("hash", "HASH", wide=True),
)


def about(model: Model, known: Facts, namespaces: Iterable[Namespace] | None, now: datetime) -> list[Line]:
    """Banner first: what keeps it from being synced is more than what it is called."""
    listed = None if namespaces is None else list(namespaces)
    lines: list[Line] = []
    banner = explain.banner(model, known)
    if banner is not None:
        lines += [*common.finding_lines(banner), BLANK]
    source = known.get(SOURCES, model.metadata.namespace, model.spec.source_ref)
    kind = f" ({source.spec.type})" if isinstance(source, ModelSource) else ""
    display = model.spec.display
    pairs = _status(model, known)
    if display.description:
        pairs.append(("Description", redact_text(bounded(display.description))))
    pairs += [
        ("Source", (model.spec.source_ref or "unknown") + kind),
        ("Tags", redact_text(", ".join(display.tags)) or "-"),
        ("Sharing", _sharing(explain.version_details(model, known, listed))),
    ]
    lines += facts(pairs, indent=1)
    lines += common.findings(explain.findings(model, known, listed))
    lines += common.conditions(model.status.conditions, now, inverted=frozenset({RECONCILE_ERROR}))
    return [*lines, *heading("Metadata"), *facts(common.identity(model.metadata, now), indent=1)]


def _status(model: Model, known: Facts) -> list[tuple[str, str | Line]]:
    """The phase with the rule behind it, then a sentence for each version that is not ready."""
    status = next((value for value in model_row(model, known).values if isinstance(value, Status)), None)
    if status is None:
        return [("Status", "unknown")]
    rule, *versions = explain.why_this_status(model, known)
    pill = common.status(replace(status, reason=""))
    pairs: list[tuple[str, str | Line]] = [("Status", (*pill, ("  ", ""), (plain(rule.removeprefix(f"{status.phase}: ")), "dim")))]
    return [*pairs, *(("", ((plain(sentence), "dim"),)) for sentence in versions)]


def _sharing(details: Sequence[VersionDetail]) -> str:
    return ", ".join(f"{detail.name}: {detail.share.summary}" for detail in details if detail.share.enabled) or "no"


def version_rows(namespace: str, details: Sequence[VersionDetail]) -> list[Row]:
    """One row a version. Duplicate names are accepted by the API, so the second gets a mark of its own."""
    rows: list[Row] = []
    taken: dict[RowKey, int] = {}
    for detail in details:
        key = (namespace, detail.name)
        taken[key] = taken.get(key, 0) + 1
        if taken[key] > 1:
            key = (namespace, f"{detail.name} (again, {taken[key]})")
        rows.append(
            Row(
                key,
                (
                    key[1],
                    detail.status,
                    detail.source or None,
                    detail.precision,
                    detail.wanted,
                    detail.requested,
                    detail.observed,
                    detail.share.summary,
                    detail.last_sync,
                    detail.pvc,
                    detail.hash,
                ),
            )
        )
    return rows


def version(
    namespace: str,
    detail: VersionDetail,
    *,
    events: Sequence[Event] | None,
    why_no_events: str,
    claim: PersistentVolumeClaim | None,
    now: datetime,
) -> list[Line]:
    """One version closely: its Dataset, claim and events."""
    share = detail.share
    pairs: list[tuple[str, str | Line]] = [
        ("Status", common.status(detail.status)),
        ("Dataset", f"{detail.dataset}  (enter opens it)"),
        ("Repo", detail.source or "not in spec"),
        ("Precision", common.shown(detail.precision, now)),
        ("State", detail.wanted),
        ("PVC", common.shown(detail.pvc, now) + (_claim(claim) if claim else "")),
        ("Storage", f"requested {common.shown(detail.requested, now)}, observed {common.shown(detail.observed, now)}"),
        ("Hash", common.shown(detail.hash, now)),
        ("Last sync", common.shown(detail.last_sync, now)),
    ]
    if share.enabled:
        targets = "unknown: namespaces cannot be listed" if share.namespaces is None else ", ".join(share.namespaces)
        pairs.append(("Shared with", ((f"{plain(targets)}", ""),) if targets else (("▲ no namespace matches", "warn"),)))
        if share.selector or share.opt_in:
            pairs.append(("Selector", " and ".join(part for part in (share.selector, share.opt_in and f"opt-in {share.opt_in}") if part)))
    lines = facts(pairs, indent=1)
    lines += common.conditions(detail.conditions, now, title="Conditions of the Dataset")
    lines += common.events(events, now, why_not=why_no_events)
    lines += common.commands(explain.snippets(namespace, detail))
    return lines


def _claim(claim: PersistentVolumeClaim) -> str:
    size = claim.status.capacity.get("storage")
    return f"  {claim.status.phase or 'phase unknown'}" + (f", capacity {size}" if size else "")
