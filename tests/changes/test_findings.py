"""The checks see a change as it will be: a source and its secret that are made with a model are there for it."""

from __future__ import annotations

from typing import Any

from modeltui.changes import findings
from modeltui.changes.plan import Change, Step
from modeltui.domain import Severity
from modeltui.kube.resource import Resource
from modeltui.systems.core.secrets import SECRETS
from modeltui.systems.dataset.types import DATASETS
from modeltui.systems.facts import FactTable
from modeltui.systems.modelfs.types import MODELS, SOURCES


def obj(resource: Resource, name: str, **content: Any) -> dict[str, Any]:
    return {"apiVersion": resource.api_version, "kind": resource.kind, "metadata": {"name": name, "namespace": "a"}, **content}


VERSION = {"name": "v1", "repo": "Qwen/Qwen2", "storage": {"accessModes": ["ReadWriteMany"], "resources": {"requests": {"storage": "1Gi"}}}}
MODEL = Step.apply(MODELS, obj(MODELS, "m", spec={"sourceRef": "hub", "versions": [VERSION]}), None)
SOURCE = Step.apply(SOURCES, obj(SOURCES, "hub", spec={"type": "HUGGING_FACE", "secretRef": "hf"}), None)
SECRET = Step.apply(SECRETS, obj(SECRETS, "hf", data={"access-key": "eA=="}), None)
NOTHING = FactTable.of({MODELS: [], SOURCES: [], SECRETS: [], DATASETS: []})


def errors(change: Change) -> list[list[str]]:
    return [[one.reason for one in found if one.severity is Severity.ERROR] for found in findings.of(change, NOTHING)]


def test_a_model_alone_misses_its_source() -> None:
    (found,) = errors(Change("x", (MODEL,)))
    assert any("hub" in reason for reason in found)


def test_a_source_of_the_same_change_is_there() -> None:
    source = Step.apply(SOURCES, obj(SOURCES, "hub", spec={"type": "HUGGING_FACE"}), None)
    assert errors(Change("x", (source, MODEL))) == [[], []]


def test_the_keys_of_a_secret_of_the_same_change_are_looked_at() -> None:
    _, of_source, of_model = errors(Change("x", (SECRET, SOURCE, MODEL)))
    assert any("access-key" in reason for reason in of_source)
    assert any("access-key" in reason for reason in of_model)


def test_a_deletion_has_no_findings() -> None:
    live = obj(MODELS, "m", spec={}) | {"metadata": {"name": "m", "namespace": "a", "uid": "1", "resourceVersion": "1"}}
    assert findings.of(Change("x", (Step.delete(MODELS, live),)), NOTHING) == ((),)
