"""The probes of a container, as far as they decide something: when a server that is not there yet is given up and killed. Pure."""

from __future__ import annotations

from typing import NamedTuple

from modeltui.demo.controllers.program import Program
from modeltui.demo.errors import Object


class Kill(NamedTuple):
    """`probe`: "startup" or "liveness"."""

    after: float
    probe: str


def kill(container: Object, program: Program) -> Kill | None:
    """When the kubelet kills this container for a probe that fails; None when it does not.

    A startup probe is waited for first; without one, liveness is asked from the start, which a server that loads for minutes may not
    survive.
    """
    ready = program.ready if program.ready is not None else float("inf")
    found: Kill | None = None
    startup, liveness = container.get("startupProbe"), container.get("livenessProbe")
    if startup and _asks_server(startup) and ready > _budget(startup):
        found = Kill(_budget(startup), "startup")
    elif liveness and _asks_server(liveness):
        if not startup and ready > _budget(liveness):
            found = Kill(_budget(liveness), "liveness")
        elif program.stubborn and ready != float("inf"):
            found = Kill(ready + _patience(liveness), "liveness")
    if found is None or (program.end is not None and program.end.after <= found.after):
        return None
    return found


def _asks_server(probe: Object) -> bool:
    return "httpGet" in probe or "tcpSocket" in probe or "grpc" in probe


def _patience(probe: Object) -> float:
    return float(probe.get("failureThreshold", 3) * probe.get("periodSeconds", 10))


def _budget(probe: Object) -> float:
    return float(probe.get("initialDelaySeconds", 0)) + _patience(probe)


def first_readiness(container: Object) -> float | None:
    """Seconds after the start when the first readiness probe asks; None without one."""
    probe = container.get("readinessProbe")
    if not probe or not _asks_server(probe):
        return None
    return float(max(1, probe.get("initialDelaySeconds", 0)))


def refused(container: Object, probe: str, address: str) -> str:
    """The sentence of an Unhealthy event: nothing listens yet."""
    asked = container.get(f"{probe}Probe") or {}
    ports = {each.get("name"): each["containerPort"] for each in container.get("ports") or []}
    handler = asked.get("httpGet") or asked.get("tcpSocket") or asked.get("grpc") or {}
    port = handler.get("port", 8000)
    where = f"{address}:{ports.get(port, port)}"
    because = f"dial tcp {where}: connect: connection refused"
    if "httpGet" in asked:
        path = str(handler.get("path", "/")).lstrip("/")
        because = f'Get "{str(handler.get("scheme", "HTTP")).lower()}://{where}/{path}": {because}'
    return f"{probe.capitalize()} probe failed: {because}"
