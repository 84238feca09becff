"""A deployment of each system from a shell: applied, scaled, stopped, started, restarted, its logs, deleted; all on one cluster."""

from __future__ import annotations

import asyncio
import json
import threading
import time
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
import yaml
from tests import serving_objects as objects
from tests.cli.running import Run
from tests.living import NS, Living, living

WITHIN = 30.0
"""Seconds in which everything comes about, on a busy machine."""


class World:
    """A cluster in a thread of its own, so that verbs may run as they do from a shell: each in a loop of its own."""

    def __init__(self, folder: Path) -> None:
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._loop.run_forever, daemon=True)
        self._thread.start()
        self._living = living(folder)
        self.town: Living = self._call(self._living.__aenter__())
        self.kubeconfig = str(self.town.kubeconfig)
        self.do(lambda: (objects.nodes(self.town), objects.providers(self.town)))

    def _call(self, work: Any) -> Any:
        return asyncio.run_coroutine_threadsafe(work, self._loop).result(WITHIN)

    def do(self, work: Callable[[], Any]) -> Any:
        """In the cluster's own thread."""

        async def run() -> Any:
            return work()

        return self._call(run())

    def stop(self) -> None:
        self._call(self._living.__aexit__(None, None, None))
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join(10)
        self._loop.close()


@pytest.fixture(scope="module")
def world(tmp_path_factory: pytest.TempPathFactory) -> Iterator[World]:
    world = World(tmp_path_factory.mktemp("operating"))
    yield world
    world.stop()


@dataclass(frozen=True)
class Case:
    system: str
    name: str
    manifests: tuple[objects.Manifest, ...]
    running: tuple[str, str]
    """Ready, and GPUs, before anything is done; then with one more replica."""
    more: tuple[str, str]
    component: str = ""
    refused: Mapping[str, str] = field(default_factory=dict)
    """Words that this system cannot be told, each with what is said."""


CASES = [
    Case("KServe", "isvc", (objects.serving_runtime(), objects.inference_service("isvc")), ("1/1", "1/1"), ("2/2", "2/2")),
    Case("KServe", "llm", (objects.llm_service("llm"),), ("1/1", "1/1"), ("2/2", "2/2")),
    Case("Dynamo", "graph", (objects.graph("graph"),), ("2/2", "2/2"), ("3/3", "4/4"), component="Worker"),
    Case("AI Runway", "own", (objects.model_deployment("own", provider="llmd"),), ("1/1", "1/1"), ("2/2", "2/2")),
    Case(
        "AI Runway",
        "onto",
        (objects.model_deployment("onto", provider="dynamo"),),
        ("2/2", "1/1"),
        ("3/3", "2/2"),
        refused={"stop": "takes 0 replicas for 1", "restart": "delete the pods of its graph onto"},
    ),
    Case("AIM", "aim", (objects.aim_service("aim"),), ("1/1", "1/1"), ("2/2", "2/2")),
    Case(
        "KAITO", "set", (objects.inference_set("set"),), ("1/1", "1/?"), ("2/2", "2/?"), refused={"restart": "KAITO has no way to restart"}
    ),
]


class Verbs:
    """`modeltui` against that world, of one deployment in it."""

    def __init__(self, modeltui: Run, world: World, case: Case) -> None:
        self._modeltui, self._world, self._case = modeltui, world, case

    def __call__(self, *argv: str) -> tuple[int, str, str]:
        return self._modeltui("--kubeconfig", self._world.kubeconfig, "--context", "admin", "-n", NS, *argv)

    def done(self, *argv: str) -> str:
        code, out, err = self(*argv)
        assert code == 0, (argv, out, err)
        return out

    def row(self) -> dict[str, Any]:
        """As `get deployments` has it; {} when it is not there."""
        code, out, err = self("get", "deployments", self._case.name, "-o", "json")
        rows = json.loads(out)
        assert code == 0 or (code, rows) == (1, []), err
        return next((row for row in rows if row["system"] == self._case.system), {})

    def pods(self) -> set[str]:
        """As `get pods` has them, those that are being deleted excepted."""
        rows = json.loads(self.done("get", "pods", "-o", "json"))
        return {row["name"] for row in rows if self._case.name in row["deployment"].split(", ") and row["status"] != "Deleting"}

    def refuses(self, word: str) -> bool:
        """Whether its system cannot be told that; it is said why, and nothing is written."""
        if word not in self._case.refused:
            return False
        code, _, err = self(word, self._case.name, "--yes")
        assert (code, self._case.refused[word] in err) == (2, True), err
        return True

    def until(self, true: Callable[[], object]) -> None:
        end = time.monotonic() + WITHIN
        while not true():
            assert time.monotonic() < end, (self.row(), self.pods())
            time.sleep(0.1)

    def shows(self, status: str, ready: str, gpus: str | None) -> None:
        self.until(lambda: (row := self.row()) and (row["status"], row["ready"], row["gpus"]) == (status, ready, gpus))


@pytest.mark.parametrize("case", CASES, ids=[case.name for case in CASES])
def test_a_deployment_is_operated_from_a_shell(modeltui: Run, world: World, case: Case, tmp_path: Path) -> None:
    verbs = Verbs(modeltui, world, case)
    file = tmp_path / "it.yaml"
    file.write_text(yaml.safe_dump_all(case.manifests))
    verbs.done("apply", "-f", str(file), "--yes")
    verbs.shows("Ready", *case.running)

    component = ("--component", case.component) if case.component else ()
    before = int(case.more[0].partition("/")[0])
    assert "eplicas" in verbs.done("scale", case.name, "--replicas", "2", *component, "--yes")
    verbs.shows("Ready", *case.more)
    verbs.until(lambda: len(verbs.pods()) == before)
    assert verbs.done("logs", case.name, "--tail", "5").strip()

    if not verbs.refuses("stop"):
        verbs.done("stop", case.name, "--yes")
        verbs.until(lambda: verbs.row()["status"] == "Paused" and not verbs.pods())
        assert "it is stopped" in verbs("stop", case.name, "--yes")[2]
        verbs.done("start", case.name, "--yes")
        verbs.shows("Ready", *case.more)
    if not verbs.refuses("restart"):
        pods = verbs.pods()
        verbs.done("restart", case.name, "--yes")
        verbs.until(lambda: len(now := verbs.pods()) == len(pods) and not now & pods)
        verbs.shows("Ready", *case.more)

    verbs.done("delete", case.manifests[-1]["kind"], case.name, "--yes")
    verbs.until(lambda: not verbs.row() and not verbs.pods())


def test_replicas_of_another_are_taken_only_when_told_to(modeltui: Run, world: World, tmp_path: Path) -> None:
    resource = "inferenceservices.serving.kserve.io"
    theirs = objects.inference_service("theirs")
    theirs["metadata"]["namespace"] = NS
    theirs["spec"]["predictor"]["minReplicas"] = 1
    world.do(lambda: world.town.api.apply(resource, theirs, manager="argocd-controller", force=True))
    verbs = Verbs(modeltui, world, Case("KServe", "theirs", (theirs,), ("", ""), ("", "")))

    code, out, err = verbs("scale", "theirs", "--replicas", "2", "--yes")
    assert code == 1
    assert "argocd-controller" in out
    assert "take them over with --force-conflicts" in err
    verbs.done("scale", "theirs", "--replicas", "2", "--yes", "--force-conflicts")
    live = world.do(lambda: world.town.find(resource, "theirs"))
    assert live["spec"]["predictor"]["minReplicas"] == 2
    verbs.done("delete", "isvc", "theirs", "--yes")


def test_one_that_is_not_there_is_an_error_as_for_kubectl(modeltui: Run, world: World) -> None:
    asked = ("--kubeconfig", world.kubeconfig, "--context", "admin", "-n", NS, "get", "deployments")
    assert modeltui(*asked, "nope") == (1, "", 'modeltui: deployments "nope" not found\n')
    code, _, err = modeltui(*asked, "-l", "app=none")
    assert (code, err) == (0, f"No deployments found matching app=none in {NS} namespace.\n")
