"""A deployment: what stands in its way first, then what it is, its components, what it is made of, and one of its pods closely."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from modeltui.document import BLANK, Line, Span, Tone, facts, grid, heading, line, plain
from modeltui.domain import Finding, RowKey
from modeltui.kube.events import Event
from modeltui.kube.objects import Object
from modeltui.kube.resource import Resource
from modeltui.pages import common
from modeltui.redaction import redact_text
from modeltui.systems.core.types import Pod
from modeltui.systems.protocol import Serves
from modeltui.systems.serving import gpus, lineage
from modeltui.systems.serving.deployment import Component, Deployment
from modeltui.systems.serving.pods import Container, containers, restarts, status
from modeltui.systems.serving.standing import standing
from modeltui.systems.shell import word


@dataclass(frozen=True, slots=True, kw_only=True)
class Shown:
    """All that the page is made of. `None` is what is not known."""

    obj: Object
    kind: str
    system: str
    serves: Serves
    deployment: Deployment
    pods: Sequence[Pod] | None
    causes: Sequence[Finding]
    """Why it is not well, the first cause first."""
    others: Sequence[Finding] = ()
    """What else there is to know of it."""
    events: Sequence[Event] | None = None
    why_no_events: str = ""
    tree: Sequence[lineage.Node] = ()
    commands: Sequence[tuple[str, str]] = ()


def about(shown: Shown, now: datetime) -> list[Line]:
    deployment = shown.deployment
    lines: list[Line] = []
    for finding in shown.causes:
        lines += common.finding_lines(finding)
    lines += [BLANK] if lines else []
    lines += facts(_pairs(shown), indent=1)
    lines += _components(deployment.components)
    lines += common.conditions_by(shown.serves.conditions(shown.obj), shown.serves.good_when, now)
    lines += common.findings(shown.others)
    lines += tree(shown.tree)
    lines += common.events(shown.events, now, why_not=shown.why_no_events)
    lines += common.commands(shown.commands)
    return [*lines, *heading("Metadata"), *facts(common.identity(shown.obj.metadata, now), indent=1)]


def _pairs(shown: Shown) -> list[tuple[str, str | Line]]:
    deployment = shown.deployment
    held = None if shown.pods is None else [gpus.held_by(pod) for pod in shown.pods]
    told = [number for number in held or () if number is not None]
    holds = "unknown" if held is None or len(told) < len(held) else str(sum(told))
    asks = "unknown" if deployment.gpus is None else str(deployment.gpus)
    raw = f"  ({shown.system} says {plain(deployment.status.raw)})" if deployment.status.raw else f"  ({shown.system} says nothing)"
    pairs: list[tuple[str, str | Line]] = [
        ("Status", (*common.status(replace(standing(deployment, shown.pods), raw="")), (raw, "dim"))),
        ("Model", redact_text(", ".join(deployment.models)) or "unknown"),
    ]
    if deployment.activated:
        pairs.append(("Activated as", redact_text(deployment.activated)))
    if deployment.served:
        pairs.append(("Served as", redact_text(", ".join(deployment.served))))
    pairs += [
        ("System", f"{shown.system}, {shown.kind}"),
        ("Engine", deployment.engine or "unknown"),
        ("Replicas", f"{_number(deployment.ready)} ready of {_number(deployment.desired)}"),
        ("GPUs", f"holds {holds}, asks for {asks}" + (f" {deployment.gpu_resource}" if deployment.gpu_resource else "")),
        ("Endpoint", _endpoint(deployment)),
    ]
    return pairs


def _number(number: int | None) -> str:
    return "unknown" if number is None else str(number)


def _endpoint(deployment: Deployment) -> str:
    endpoint = deployment.endpoint
    if endpoint is None:
        return "-"
    service = f"Service {endpoint.service}" + (f", port {endpoint.port}" if endpoint.port else "") if endpoint.service else ""
    pods = f"port {endpoint.port} of its pods" if endpoint.port and not (service or endpoint.url) else ""
    return redact_text(", ".join(part for part in (endpoint.url, service or pods) if part)) or "unknown"


def _components(components: Sequence[Component]) -> list[Line]:
    if not components:
        return []
    rows: list[tuple[Span, ...]] = []
    for component in components:
        short = component.ready is not None and component.desired is not None and component.ready < component.desired
        rows.append(
            (
                (plain(component.name), ""),
                (plain(component.role) or "-", "dim"),
                (f"{_short(component.ready)}/{_short(component.desired)}", "warn" if short else ""),
                (_short(component.gpus), ""),
                (component.engine or "-", "dim"),
                (redact_text(component.image) or "-", "dim"),
            )
        )
    return [*heading("Components"), *grid(("NAME", "ROLE", "READY", "GPUS EACH", "ENGINE", "IMAGE"), rows)]


def _short(number: int | None) -> str:
    return "?" if number is None else str(number)


def tree(nodes: Sequence[lineage.Node]) -> list[Line]:
    """Where it comes from and what came of it, one under the other."""
    if not nodes:
        return []
    lines = heading("Lineage")
    for node in nodes:
        glyph, tone = common.PHASES[node.status.phase] if node.status is not None else ("·", "dim")
        spans: list[Span] = [
            ("  " + "   " * node.depth + ("└─ " if node.depth else ""), "dim"),
            (f"{glyph} ", tone),
            (plain(node.kind), "dim"),
        ]
        spans.append((f" {plain(node.name)}", "title" if node.this else ""))
        if node.note:
            spans.append((f"  {plain(redact_text(node.note))}", "dim"))
        lines.append(tuple(spans))
    return lines


# ---- one pod -----------------------------------------------------------------------------------------------------------


def pod_page(pod: Pod, *, events: Sequence[Event] | None, why_no_events: str, now: datetime) -> list[Line]:
    """One pod closely: its containers, conditions and events."""
    asked = gpus.of_containers(pod.spec.containers, pod.spec.init_containers)
    pairs: list[tuple[str, str | Line]] = [
        ("Status", common.status(status(pod))),
        ("Node", pod.spec.node_name or "none yet"),
        ("GPUs", ", ".join(f"{number} {name}" for name, number in asked.items()) or ("by a claim" if pod.spec.resource_claims else "-")),
        ("Restarts", str(restarts(pod))),
        ("Age", common.shown(pod.metadata.creation_timestamp, now)),
    ]
    lines = facts(pairs, indent=1)
    lines += _containers([*containers(pod)], now)
    lines += common.conditions_by(pod.status.conditions, lambda _: True, now)
    return [*lines, *common.events(events, now, why_not=why_no_events)]


def whole_pod(pod: Pod, why: Sequence[Finding], *, events: Sequence[Event] | None, why_no_events: str, now: datetime) -> list[Line]:
    """As a page of its own: what stands in its way first."""
    lines = [one for finding in why for one in common.finding_lines(replace(finding, about=""))]
    lines += [BLANK] if lines else []
    lines += pod_page(pod, events=events, why_no_events=why_no_events, now=now)
    return [*lines, *heading("Metadata"), *facts(common.identity(pod.metadata, now), indent=1)]


def no_pods(*, known: bool, why_not: str) -> list[Line]:
    if not known:
        told = why_not.rstrip(" .") or "loading"
        return [line(f"  Pods are not known: {told}{'' if told.endswith('?') else '.'}", "warn")]
    return [line("  There are no pods.", "dim")]


def commands(resource: Resource, key: RowKey, pod: Pod | None) -> list[tuple[str, str]]:
    """For a shell: what it is for, and the command."""
    namespace = f" -n {word(key[0])}" if key[0] else ""
    found = [("describe it", f"kubectl describe {resource.group_resource} {word(key[1])}{namespace}")]
    if pod is not None:
        found.append(("log of the pod", f"kubectl logs {word(pod.metadata.name)}{namespace} --all-containers --prefix -f"))
    return found


def _containers(found: Sequence[Container], now: datetime) -> list[Line]:
    lines = heading("Containers")
    for one in found:
        word, tone = _state(one)
        times = one.status.restart_count if one.status is not None else 0
        kind = "sidecar" if one.sidecar else "init" if one.init else ""
        spans: list[Span] = [(f"  {plain(one.spec.name)}", ""), (f"  {kind}" if kind else "", "dim"), (f"  {word}", tone)]
        spans.append((f"  {times} restart{'s' if times != 1 else ''}", "warn" if times else "dim"))
        lines.append(tuple(spans))
        lines.append(line(f"    {redact_text(one.spec.image)}", "dim"))
        last = one.status.last_state.terminated if one.status is not None else None
        if last is not None:
            when = f", {common.shown(last.finished_at, now)}" if last.finished_at else ""
            lines.append(line(f"    before: {last.reason or 'ended'}, exit code {last.exit_code}{when}", "warn"))
        told = one.state.waiting or one.state.terminated
        if told is not None and told.message:
            lines.append(line(f"    {redact_text(told.message)}", "dim"))
    return lines


def _state(one: Container) -> tuple[str, Tone]:
    state = one.state
    if state.running is not None:
        ready = one.status is not None and one.status.ready
        return ("running, ready", "good") if ready else ("running, not ready", "warn")
    if state.waiting is not None:
        return f"waiting: {plain(state.waiting.reason) or 'no reason given'}", "warn"
    if state.terminated is not None:
        good = state.terminated.exit_code == 0
        return f"ended: {plain(state.terminated.reason) or 'exit code'} ({state.terminated.exit_code})", "dim" if good else "bad"
    return "not started", "dim"
