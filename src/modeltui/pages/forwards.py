"""Open forwards: as rows, and each in full. Pure."""

from __future__ import annotations

from datetime import datetime
from typing import Final

from modeltui import cells
from modeltui.document import BLANK, Line, facts, line
from modeltui.domain import Column, ColumnKind, Phase, Row, RowKey, Status
from modeltui.kube.forward import Forward, State
from modeltui.prompting.equivalents import curl

COLUMNS: Final = (
    Column("local", "LOCAL", min_width=15, max_width=21, help="The address on this machine; nothing else can reach it."),
    Column("state", "STATE", ColumnKind.STATUS, max_width=20),
    Column("target", "TARGET", max_width=40),
    Column("namespace", "NAMESPACE", max_width=24),
    Column("port", "PORT", max_width=12, help="Of the pod."),
    Column("pod", "POD", max_width=40, help="Where new connections go to now."),
    Column("connections", "OPEN", ColumnKind.NUMBER, help="Connections that are open now."),
    Column("sent", "SENT", max_width=10, help="To pods, since it was opened."),
    Column("received", "RECEIVED", max_width=10, help="From pods, since it was opened."),
    Column("age", "AGE", ColumnKind.AGE),
)
_PHASES: Final = {
    State.LOOKING: Phase.PROCESSING,
    State.WAITING: Phase.PENDING,
    State.LISTENING: Phase.READY,
    State.BROKEN: Phase.FAILED,
    State.CLOSED: Phase.COMPLETED,
}
_WORDS: Final = {**dict.fromkeys(State, ""), State.WAITING: "no pod", State.LOOKING: "looking"}
"""Beside the phase, where that says too little."""


def key(forward: Forward) -> RowKey:
    return ("", str(forward.port))


def row(forward: Forward) -> Row:
    target = forward.target
    return Row(
        key(forward),
        (
            forward.address,
            Status(_PHASES[forward.state], _WORDS[forward.state], forward.reason),
            target.title,
            target.namespace,
            str(target.port),
            forward.pod or None,
            forward.connections,
            size(forward.sent),
            size(forward.received),
            forward.opened,
        ),
        fault=forward.state is State.BROKEN or forward.problem is not None,
    )


def size(number: int) -> str:
    """Bytes in few characters: "0 B", "1.2 kB", "35 MB"."""
    value, unit = float(number), "B"
    for unit in ("B", "kB", "MB", "GB", "TB"):
        if value < 1000 or unit == "TB":
            break
        value /= 1000
    return f"{value:.0f} {unit}" if unit == "B" or value >= 10 else f"{value:.1f} {unit}"


def told(forward: Forward) -> list[Line]:
    """What the row has no room for."""
    found: list[Line] = []
    if forward.reason:
        found.append(line(forward.reason, "bad" if forward.state is State.BROKEN else "warn"))
    if forward.problem is not None:
        found.append(line(f"The last connection failed at {cells.clock(forward.problem.at)}: {forward.problem.text}", "bad"))
        if forward.problem.said not in ("", forward.problem.text):
            found.append(line(f"The kubelet said: {forward.problem.said}", "dim"))
    if found:
        found.append(BLANK)
    pairs = [("Use it", curl(f"http://{forward.address}", "/v1/models")), ("Connections", _connections(forward))]
    return [*found, *facts(pairs, indent=0)]


def _connections(forward: Forward) -> str:
    return f"{forward.connections} open, {forward.accepted} since it was opened"


def nothing() -> list[Line]:
    how = "On a deployment, shift-f opens one; it leads to whichever of its pods is ready."
    return [line("No port is forwarded.", "title"), line(how, "dim")]


def text(forward: Forward, now: datetime) -> str:
    """To paste into a ticket."""
    opened = cells.since(forward.opened, now)
    return f"http://{forward.address} -> {forward.target.title} in {forward.target.namespace}, port {forward.target.port}, opened {opened}"
