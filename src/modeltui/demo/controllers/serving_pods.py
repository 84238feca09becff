"""What a Pod serves, for whoever answers in its place: `served(pod)`. Pure.

The kubelet here decides from the same command line how long loading takes and what is logged; the pod's own status then says whether it
is done. So what a port-forward or a proxy reaches follows from the Pod object alone:

    served(pod) is None            nothing in it speaks HTTP of an inference API: connections are refused
    found.port(8000) is False      nothing listens on this port: connections are refused
    not found.ready                it still loads (or has crashed, or never gets ready): connections are refused
    found.failure                  it is ready, and yet: see FAILURES

Annotations, for tests and for the controllers of serving systems that know better than a command line:

    demo.modeltui.dev/answer: hang | error | reset | slow      how a ready server fails (FAILURES)
    demo.modeltui.dev/serves: "a,b"                            model names, instead of those from the command line; "" for none.
                                                               A frontend (Dynamo's) serves what its workers registered.
    demo.modeltui.dev/port: "8000"                             listens there, instead
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from modeltui.demo.controllers.model_server import TRITON, ModelServer, model_server
from modeltui.demo.errors import Object

ANSWER: Final = "demo.modeltui.dev/answer"
SERVES: Final = "demo.modeltui.dev/serves"
PORT: Final = "demo.modeltui.dev/port"
FAIL: Final = "demo.modeltui.dev/fail"
"""How the container itself fails: see failures.py. "hang" there also means that the server takes requests and never answers."""

FAILURES: Final = {
    "hang": "takes the request and never answers",
    "error": "answers every completion with 500",
    "reset": "resets the connection midway through a stream",
    "slow": "answers, a token a second",
}


@dataclass(frozen=True, slots=True)
class Served:
    """`models` as /v1/models lists them; the first is the one that requests are meant for. `ports` are all that this pod listens on."""

    engine: str
    container: str
    models: tuple[str, ...]
    ports: tuple[int, ...]
    ready: bool
    failure: str = ""
    """A key of FAILURES, or ""."""
    context: int | None = None
    """Tokens that prompt and answer may have together; None when the command line does not say."""

    def port(self, number: int) -> bool:
        """Does something listen there, once ready?"""
        return number in self.ports


def served(pod: Object) -> Served | None:
    """The inference API of this Pod, or None when it has none (no such server in it; a Dynamo worker; Triton without OpenAI's API)."""
    annotations = pod["metadata"].get("annotations") or {}
    for container in pod["spec"].get("containers") or []:
        server = model_server(container)
        if server is None or server.worker or server.engine == TRITON:
            continue
        told = annotations.get(ANSWER, "")
        failure = told or ("hang" if annotations.get(FAIL) == "hang" else "")
        port = annotations.get(PORT, "")
        return Served(
            engine=server.engine,
            container=container["name"],
            models=_models(server, annotations.get(SERVES)),
            ports=(int(port) if port.isdecimal() else server.port,),
            ready=_ready(pod, container["name"]),
            failure=failure if failure in FAILURES else "",
            context=server.context,
        )
    return None


def _models(server: ModelServer, told: str | None) -> tuple[str, ...]:
    return server.names if told is None else tuple(filter(None, (each.strip() for each in told.split(","))))


def _ready(pod: Object, container: str) -> bool:
    """The server of a pod that is going still answers until its container ends."""
    status = pod.get("status") or {}
    return status.get("phase") == "Running" and any(
        each["name"] == container and each.get("ready") and "running" in (each.get("state") or {})
        for each in status.get("containerStatuses") or []
    )
