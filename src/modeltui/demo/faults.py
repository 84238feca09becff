"""Faults on demand, for tests: what a real API server, its load balancer and the network do on bad days.

In process: `server.faults.add(Fault("drop", path="/apis/model", count=2))`. Over HTTP, admin only:

    POST   /-/faults   {"kind": "drop", "method": "GET", "path": "/api/v1/pods", "watch": true, "count": 1, ...}
    GET    /-/faults   those that are left, and how often each struck
    DELETE /-/faults   no more faults
    POST   /-/compact  forget the history of changes, as etcd's compaction does
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import asdict, dataclass, fields
from typing import Any

KINDS = (
    "status",  # answer with `code` (and Retry-After: `retry_after` seconds, when given)
    "close",  # close the connection without an answer
    "delay",  # wait `seconds` before the answer
    "drop",  # a stream or answer breaks off in the middle of a line after `after` events (a plain answer: half-way)
    "stall",  # the stream opens, gives `after` events, and then nothing: no byte, no end
    "end",  # the stream ends cleanly after `after` events, at once by default
    "gone",  # 410: a list by status, a watch by an ERROR event
    "error-event",  # the watch gets an ERROR event with `code` (0: a Status without a code)
    "expired-token",  # 401, as when the token has run out
    "garbage",  # a line that is no JSON in the watch
)


class FaultProblem(ValueError):
    """A fault that cannot be, in one sentence."""


@dataclass(slots=True)
class Fault:
    """Strikes requests whose method, path prefix and kind match, `count` times (0: always)."""

    kind: str
    method: str = ""
    path: str = ""
    watch: bool | None = None
    """True: only watches; False: only others."""
    user: str = ""
    count: int = 1
    code: int = 500
    retry_after: int = 0
    seconds: float = 0.0
    after: int = 0
    struck: int = 0

    def matches(self, *, method: str, path: str, watch: bool, user: str) -> bool:
        return (
            self.method in ("", method)
            and path.startswith(self.path)
            and self.watch in (None, watch)
            and self.user in ("", user)
            and (self.count == 0 or self.struck < self.count)
        )

    @classmethod
    def parse(cls, body: Any) -> Fault:
        """Of a JSON body. Raises FaultProblem."""
        if not isinstance(body, dict):
            raise FaultProblem("a fault is a JSON object")
        known = {each.name for each in fields(cls)} - {"struck"}
        unknown = sorted(set(body) - known)
        if unknown:
            raise FaultProblem(f"unknown field {unknown[0]!r}; a fault has {', '.join(sorted(known))}")
        if body.get("kind") not in KINDS:
            raise FaultProblem(f"kind {body.get('kind')!r} is none of {', '.join(KINDS)}")
        return cls(**body)


class Faults:
    def __init__(self) -> None:
        self._faults: list[Fault] = []

    def __iter__(self) -> Iterator[Fault]:
        return iter(self._faults)

    def add(self, fault: Fault) -> Fault:
        self._faults.append(fault)
        return fault

    def clear(self) -> None:
        self._faults.clear()

    def strike(self, *, method: str, path: str, watch: bool, user: str) -> Fault | None:
        """The fault that this request meets, if any; it counts as struck."""
        for fault in self._faults:
            if fault.matches(method=method, path=path, watch=watch, user=user):
                fault.struck += 1
                return fault
        return None

    def report(self) -> list[dict[str, Any]]:
        return [asdict(fault) for fault in self._faults]
