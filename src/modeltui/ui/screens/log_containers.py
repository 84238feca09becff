"""Which containers' logs to read, of the pods at hand."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Final

from modeltui.document import line
from modeltui.domain import Column, Row
from modeltui.kube.log_targets import ALL, containers
from modeltui.kube.pod_facts import LogPod
from modeltui.ui.screens.picker import PickerScreen

_COLUMNS: Final = (
    Column("name", "CONTAINER", max_width=60),
    Column("kind", "KIND", max_width=12),
    Column("pods", "PODS"),
    Column("state", "STATE", max_width=40),
    Column("chosen", "READ NOW"),
)
MATTERING: Final = "(those that matter)"
EVERY: Final = "(all)"


class ContainersScreen(PickerScreen):
    def __init__(self, pods: Sequence[LogPod], chosen: str, choose: Callable[[str], None]) -> None:
        super().__init__("containers", _COLUMNS)
        self.heading = "Containers"
        self._pods = pods
        self._chosen = chosen
        self._choose = choose

    def on_mount(self) -> None:
        super().on_mount()
        self.explain(
            [
                line("Choose the containers whose logs to read.", "title"),
                line("enter reads it; the logs of all pods at hand are read together."),
            ]
        )
        self.rows(rows(self._pods, self._chosen))

    def read(self, text: str) -> tuple[str, ...] | str:
        name = text.strip()
        known = {row.key[1] for row in rows(self._pods, self._chosen)}
        return (name,) if name in known else f"None of the pods has a container {name}."

    async def choose(self, names: tuple[str, ...]) -> None:
        self.console.navigator.close(self)
        self._choose({MATTERING: "", EVERY: ALL}.get(names[0], names[0]))


def rows(pods: Sequence[LogPod], chosen: str) -> list[Row]:
    found: dict[str, list[LogPod]] = {}
    for pod in pods:
        for name in pod.containers:
            found.setdefault(name, []).append(pod)
    mattering = sorted({name for pod in pods for name in containers(pod)})
    every = "1 container" if len(found) == 1 else f"{len(found):,} containers"
    general = [
        (MATTERING, "", None, ", ".join(mattering), "yes" if not chosen else ""),
        (EVERY, "", None, f"{every}, those that have done their part too", "yes" if chosen == ALL else ""),
    ]
    single = [
        (name, _kind(owners[0], name), f"{len(owners):,}", _state(owners, name), "yes" if chosen == name else "")
        for name, owners in found.items()
    ]
    return [Row(("", values[0]), values) for values in (*general, *single)]


def _kind(pod: LogPod, name: str) -> str:
    if any(one.name == name for one in pod.spec.containers):
        return "main"
    return "init" if any(one.name == name for one in pod.spec.init_containers) else "ephemeral"


def _state(pods: Sequence[LogPod], name: str) -> str:
    """Each state once, with how many are in it when they differ."""
    words: dict[str, int] = {}
    for pod in pods:
        status = pod.container(name)
        state = status.state if status is not None else None
        if state is None:
            word = "unknown"
        elif state.running is not None:
            word = "running"
        elif state.waiting is not None:
            word = state.waiting.reason or "waiting"
        else:
            word = (state.terminated.reason or f"exit code {state.terminated.exit_code}") if state.terminated is not None else "unknown"
        words[word] = words.get(word, 0) + 1
    return ", ".join(words) if len(words) == 1 else ", ".join(f"{count} {word}" for word, count in words.items())
