"""Which program a container runs: a model server that loads and then serves, a download, or something of which nothing is known. Pure."""

from __future__ import annotations

import random
from typing import Final

from modeltui.demo.controllers import footprint, loader, server_logs
from modeltui.demo.controllers.failures import Failure, failure, told
from modeltui.demo.controllers.model_server import FRONTEND, ModelServer
from modeltui.demo.controllers.program import Ending, Lines, Program, Situation
from modeltui.demo.controllers.scheduling import number

RUNS_FOR: Final = "demo.modeltui.dev/runs-for"
"""Annotation of a Pod: seconds until its containers end well, for those that are to end."""
LOADER: Final = "dataset-loader"
_TASK, _INIT = 15.0, 2.0
"""Seconds that a task takes, and an init container, of which nothing else is known."""
_SLOW: Final = 20.0


def program(situation: Situation, *, seed: str) -> Program:
    """What the container does from its start on. The same for the same seed, which names the container and its try."""
    if situation.container["name"] == LOADER:
        return _loader(situation, random.Random(seed))
    server = situation.server
    seconds = _seconds(situation, server)
    found = failure(situation)
    if found is not None:
        return _failing(situation, found, server, seconds)
    if server is not None and not _is_init(situation):
        return _serving(situation, server, seconds)
    if _is_init(situation) and situation.container.get("restartPolicy") == "Always":
        return Program()
    if _is_init(situation) or situation.pod["spec"].get("restartPolicy", "Always") != "Always":
        return Program(end=Ending(seconds, 0, "Completed"))
    return Program(ready=None if told(situation.pod, situation.container["name"]) == "unready" else 0.0)


def _is_init(situation: Situation) -> bool:
    return any(each["name"] == situation.container["name"] for each in situation.pod["spec"].get("initContainers") or [])


def _seconds(situation: Situation, server: ModelServer | None) -> float:
    """Of loading, or of the whole task."""
    told_seconds = str((situation.pod["metadata"].get("annotations") or {}).get(RUNS_FOR, ""))
    if server is None:
        if told_seconds.replace(".", "", 1).isdecimal():
            return number(told_seconds)
        return _INIT if _is_init(situation) else _TASK
    if server.engine == FRONTEND:
        return 4.0
    slow = _SLOW if told(situation.pod, situation.container["name"]) == "slow" else 1.0
    return slow * footprint.load_seconds(server.model)


def _startup(situation: Situation, server: ModelServer, seconds: float) -> Lines:
    return server_logs.startup(server, seconds=seconds, gpus=situation.gpus, card=situation.card)


def _serving(situation: Situation, server: ModelServer, seconds: float) -> Program:
    word = told(situation.pod, situation.container["name"])
    lines = _startup(situation, server, seconds)
    return Program(lines, None if word == "unready" else seconds, stubborn=word == "hang", talks=word not in ("hang", "unready"))


def _failing(situation: Situation, found: Failure, server: ModelServer | None, seconds: float) -> Program:
    at = max(1.0, found.at * seconds)
    before = [line for line in (_startup(situation, server, seconds) if server is not None else ()) if line[0] < at]
    return Program((*before, *((at, text) for text in found.text)), None, Ending(at, found.code, found.reason))


def _loader(situation: Situation, rng: random.Random) -> Program:
    token = any(volume.get("secret") for volume in situation.pod["spec"].get("volumes") or [])
    run = loader.run(situation.container["args"], room=situation.room, token=token, rng=rng)
    lines = tuple((at, f'time="{{%Y-%m-%dT%H:%M:%SZ}}" {text}' if text.startswith("level=") else text) for at, text in run.lines)
    return Program(lines, end=Ending(run.seconds, run.exit_code, "Completed" if run.exit_code == 0 else "Error"))
