"""Deployments, ReplicaSets, StatefulSets, Services and quotas, held against what a real cluster's controllers made of the same deeds."""

from __future__ import annotations

import json
import re
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from stories import FILE, NS, play

from modeltui.demo import clock
from modeltui.demo.api import Api
from modeltui.demo.controllers.controller import Controller
from modeltui.demo.controllers.deployments import Deployments
from modeltui.demo.controllers.endpoints import Services
from modeltui.demo.controllers.manager import Manager
from modeltui.demo.controllers.quota import Quotas
from modeltui.demo.controllers.replicas import ReplicaSets
from modeltui.demo.controllers.statefulset import StatefulSets

Object = dict[str, Any]
STORIES = json.loads(FILE.read_text())


class Embedded:
    """The Api and these controllers, at a time that only `rest` moves."""

    def __init__(self) -> None:
        self.api = Api()
        self.now = datetime(2026, 11, 1, 12, tzinfo=UTC)
        working: list[Controller] = [
            Deployments(pace=1.0),
            ReplicaSets(seed=1, pace=1.0),
            StatefulSets(pace=1.0),
            Services(),
            Quotas(),
        ]
        self.manager = Manager(self.api, working)
        self.api.create("namespaces", {"metadata": {"name": NS}}, manager="test")

    def create(self, resource: str, obj: Object) -> None:
        with clock.at(self.now):
            self.api.create(resource, obj, namespace=NS, manager="test")

    def patch(self, resource: str, name: str, change: Object, *, subresource: str = "") -> None:
        kind = "strategic" if subresource else "merge"
        with clock.at(self.now):
            self.api.patch(resource, name, change, namespace=NS, manager="test", subresource=subresource, type=kind)

    def delete(self, resource: str, name: str) -> None:
        with clock.at(self.now):
            self.api.delete(resource, name, namespace=NS)

    def list(self, resource: str) -> list[Object]:
        return self.api.list(resource, namespace=NS)

    def rest(self, seconds: float) -> None:
        until = self.now + timedelta(seconds=seconds + 1.5)
        self.manager.advance(self.now, until)
        self.now = until


@pytest.mark.parametrize("story", STORIES, ids=lambda story: story["name"])
def test_as_a_real_cluster_has_it(story: Object) -> None:
    for number, (step, after) in enumerate(zip(story["steps"], play(Embedded(), story), strict=True), 1):
        told = {key: value for key, value in step.items() if key != "after"}
        wanted, found = (
            {line for line in _lines(each) if not (story.get("loosely") and _PASSING.search(line))} for each in (step["after"], after)
        )
        differ = [f"  wanted {each}" for each in sorted(wanted - found)] + [f"  got    {each}" for each in sorted(found - wanted)]
        if differ:
            pytest.fail("\n".join((f"step {number}, {json.dumps(told)[:200]}", *differ)), pytrace=False)


_PASSING = re.compile(r"ScalingReplicaSet|SuccessfulCreate|SuccessfulDelete|observedGeneration")
_GONE = re.compile(r"\bweb-[b-z0-9]{6,10}(-[b-z0-9]{5})?\b")
"""ReplicaSets that are gone with their history, and their Pods."""


def _lines(value: Any, path: str = "") -> set[str]:
    if isinstance(value, dict):
        return {line for key, each in value.items() for line in _lines(each, f"{path}.{key}")}
    if isinstance(value, list) and value and not path.endswith(".events"):
        return {line for index, each in enumerate(value) for line in _lines(each, f"{path}[{index}]")}
    if isinstance(value, list):
        # client-go folds events that are alike into one; here the same ones are only counted.
        return {f"{path}: {_GONE.sub('gone', str(each))}" for each in value if "(combined from similar events)" not in str(each)}
    return {f"{path} = {value!r}"}
