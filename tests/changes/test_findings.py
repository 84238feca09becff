"""The checks see a change as it will be: a source and its secret that are made with a model are there for it."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from typing import Any

import msgspec
import pytest

from modeltui.changes import findings
from modeltui.changes.plan import Change, Choice, Step
from modeltui.changes.reviewed import Outcome, Review, Reviewed
from modeltui.domain import Finding, Severity
from modeltui.kube.errors import Forbidden
from modeltui.kube.resource import Resource
from modeltui.systems.core.secrets import SECRETS
from modeltui.systems.core.types import CLAIMS, PODS, VOLUMES
from modeltui.systems.dataset.types import DATASETS, Dataset
from modeltui.systems.facts import FactTable
from modeltui.systems.kserve.types import SERVICES
from modeltui.systems.modelfs.types import MODELS, SOURCES, Model, ModelSource


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


# ---- what was so before ---------------------------------------------------------------------------------------------

BARE = {"name": "old", "repo": "Qwen/old"}


def live(*versions: dict[str, Any]) -> dict[str, Any]:
    return obj(MODELS, "m", spec={"sourceRef": "hub", "versions": list(versions)})


def severities(change: Change, about: str) -> list[Severity]:
    facts = FactTable.of({MODELS: [], SOURCES: [typed_source("hub")], SECRETS: [], DATASETS: []})
    return [one.severity for one in findings.of(change, facts)[0] if about in one.reason]


def typed_source(name: str) -> ModelSource:
    return msgspec.convert(obj(SOURCES, name, spec={"type": "HUGGING_FACE"}), ModelSource)


NO_STORAGE = "how much storage"


def test_an_error_that_the_object_has_already_stops_nothing() -> None:
    before, paused = live(BARE, VERSION), live(BARE, VERSION | {"state": "ABSENT"})
    change = Change("x", (Step.apply(MODELS, paused, before),))
    assert severities(change, NO_STORAGE) == [Severity.WARNING]
    assert severities(change, "That is so already, without this change.") == [Severity.WARNING]


def test_it_is_the_same_error_at_another_place_of_the_list() -> None:
    assert severities(Change("x", (Step.apply(MODELS, live(BARE), live(VERSION, BARE)),)), NO_STORAGE) == [Severity.WARNING]


@pytest.mark.parametrize(
    "before",
    [None, live(VERSION), live(BARE | {"state": "ABSENT"})],
    ids=["made anew", "added", "resumed"],
)
def test_an_error_that_the_change_makes_stops_it(before: dict[str, Any] | None) -> None:
    step = Step.apply(MODELS, live(VERSION, BARE), before)
    assert severities(Change("x", (step,)), NO_STORAGE) == [Severity.ERROR]


def test_an_error_that_a_source_of_the_same_change_makes_in_a_model_stops_it() -> None:
    """The Model is the same before and after; what it refers to is not."""
    broken = Step.apply(SOURCES, obj(SOURCES, "hub", spec={"type": "CONDA"}), obj(SOURCES, "hub", spec={"type": "HUGGING_FACE"}))
    touched = live(VERSION) | {"metadata": {"name": "m", "namespace": "a", "labels": {"x": "y"}}}
    facts = FactTable.of({MODELS: [], SOURCES: [typed_source("hub")], SECRETS: [], DATASETS: []})
    _, of_model = findings.of(Change("x", (broken, Step.apply(MODELS, touched, live(VERSION)))), facts)
    assert any("CONDA" in one.reason for one in of_model if one.severity is Severity.ERROR)


# ---- what hangs on it -----------------------------------------------------------------------------------------------


def deletion(resource: Resource, name: str, **content: Any) -> Step:
    live = obj(resource, name, **content)
    return Step.delete(resource, live | {"metadata": live["metadata"] | {"uid": f"uid-{name}", "resourceVersion": "1"}})


def typed(step: Step) -> Any:
    kind = {MODELS: Model, SOURCES: ModelSource, DATASETS: Dataset}[step.resource]
    return msgspec.convert(step.live, kind)


DELETED_SOURCE = deletion(SOURCES, "hub", spec={"type": "HUGGING_FACE"})
DELETED_MODEL = deletion(MODELS, "m", spec={"sourceRef": "hub", "versions": [VERSION]})
COPY = {"source": {"type": "REFERENCE", "uri": "dataset://a/d"}}
DELETED_DATASET = deletion(DATASETS, "d", spec={"source": {"type": "GIT", "uri": "https://host/x.git"}}, status={"pvcName": "d"})


def cluster(*steps: Step, known: tuple[Resource, ...] = (MODELS, SOURCES, DATASETS, CLAIMS, PODS, VOLUMES)) -> FactTable:
    """What is about to be deleted, and that there is nothing else."""
    table = FactTable()
    for resource in known:
        table.set_known(resource, "", known=True)
    for step in steps:
        table.put(step.resource, typed(step))
    return table


def said(found: Iterable[Finding], severity: Severity) -> list[str]:
    return [one.reason for one in found if one.severity is severity]


def test_a_deletion_tells_what_hangs_on_the_object() -> None:
    (found,) = findings.of(Change("x", (DELETED_SOURCE,)), cluster(DELETED_SOURCE, DELETED_MODEL))
    assert "Model m refers to it" in said(found, Severity.ERROR)[0]


@pytest.mark.parametrize("order", [(DELETED_MODEL, DELETED_SOURCE), (DELETED_SOURCE, DELETED_MODEL)], ids=["model first", "source first"])
def test_what_is_deleted_in_the_same_change_does_not_hang_on_it(order: tuple[Step, ...]) -> None:
    found = findings.of(Change("x", order), cluster(DELETED_SOURCE, DELETED_MODEL))
    assert [said(one, Severity.ERROR) for one in found] == [[], []]


def test_a_model_that_turns_to_another_source_in_the_same_change_does_not_hang_on_it() -> None:
    other = Step.apply(SOURCES, obj(SOURCES, "other", spec={"type": "HUGGING_FACE"}), None)
    spec = {"sourceRef": "other", "versions": [VERSION]}
    turned = Step.apply(MODELS, obj(MODELS, "m", spec=spec), DELETED_MODEL.live)
    found = findings.of(Change("x", (other, turned, DELETED_SOURCE)), cluster(DELETED_SOURCE, DELETED_MODEL))
    assert said(found[2], Severity.ERROR) == []


def test_references_that_go_too_are_not_told_of() -> None:
    reference = deletion(DATASETS, "copy", spec=COPY)
    there = cluster(DELETED_DATASET, reference)
    (alone,) = findings.of(Change("x", (DELETED_DATASET,)), there)
    assert any("a/copy refers to it" in reason for reason in said(alone, Severity.WARNING))
    both = findings.of(Change("x", (reference, DELETED_DATASET)), there)
    assert not any("refers to it" in reason for reason in said(both[1], Severity.WARNING))


def test_a_version_that_an_edit_pauses_costs_what_its_dataset_does() -> None:
    owned = deletion(DATASETS, "mdl-m-v1", spec={"source": {"type": "GIT", "uri": "https://host/x.git"}})
    paused = obj(MODELS, "m", spec={"sourceRef": "hub", "versions": [VERSION | {"state": "ABSENT"}]})
    (found,) = findings.of(Change("x", (Step.apply(MODELS, paused, DELETED_MODEL.live),)), cluster(DELETED_SOURCE, DELETED_MODEL, owned))
    assert "Version v1: modelfs deletes Dataset mdl-m-v1." in said(found, Severity.WARNING)


def test_what_is_deleted_and_made_anew_is_not_held_to_what_it_was() -> None:
    """A guided replace: the address of a Dataset is immutable, of the same one only."""
    other = obj(DATASETS, "d", spec={"source": {"type": "GIT", "uri": "https://host/other.git"}})
    (changed,) = findings.of(Change("x", (Step.apply(DATASETS, other, DELETED_DATASET.live),)), cluster(DELETED_DATASET))
    assert any("spec.source.uri is immutable" in reason for reason in said(changed, Severity.ERROR))
    _, replaced = findings.of(Change("x", (DELETED_DATASET, Step.create(DATASETS, other))), cluster(DELETED_DATASET))
    assert said(replaced, Severity.ERROR) == []


def test_why_something_is_unknown_is_told() -> None:
    denied = Forbidden("no", status=403)
    nobody = cluster(DELETED_SOURCE, known=())
    (found,) = findings.of(Change("x", (DELETED_SOURCE,)), nobody, {(MODELS, "a"): denied})
    assert any("models in namespace a may not be listed" in reason for reason in said(found, Severity.WARNING))


def test_what_cannot_be_read_is_deleted_with_a_warning() -> None:
    odd = deletion(MODELS, "m", spec={"sourceRef": 7})
    (found,) = findings.of(Change("x", (odd,)), NOTHING)
    assert any("What hangs on it is unknown" in reason for reason in said(found, Severity.WARNING))


def test_a_kind_that_no_system_knows_has_no_findings() -> None:
    config_maps = Resource("", "v1", "configmaps", "ConfigMap")
    assert findings.of(Change("x", (deletion(config_maps, "c"),)), NOTHING) == ((),)


# ---- as it was reviewed ---------------------------------------------------------------------------------------------


def predictor(resource_version: str, replicas: int, **more: Any) -> dict[str, Any]:
    model = {"modelFormat": {"name": "huggingface"}, "storageUri": "hf://Qwen/Qwen3-8B"}
    found = obj(SERVICES, "chat", spec={"predictor": {"minReplicas": replicas, "model": model, **more}})
    return {**found, "metadata": {**found["metadata"], "resourceVersion": resource_version}}


def gone(review: Review, choices: dict[int, Choice]) -> list[str]:
    (found,) = findings.of(review.change(choices), FactTable.of({}))
    return [one.reason for one in found if "replicas go" in one.reason]


def test_what_is_left_as_others_have_it_costs_nothing() -> None:
    """Scaled by an autoscaler since the form was opened with 2, which is 5 by now; the form says 1."""
    began, now = predictor("1", 2), predictor("2", 5)
    wanted, left = predictor("2", 1, maxReplicas=7), predictor("2", 5, maxReplicas=7)
    taking, leaving = (Outcome(wanted, force, (), result, ()) for force, result in ((True, wanted), (False, left)))
    reviewed = Reviewed(Step.apply(SERVICES, wanted, now), taking, leaving, {"keda": ("spec.predictor.minReplicas",)})
    assert gone(Review("x", (replace(reviewed, step=Step.apply(SERVICES, wanted, began)),)), {}) == ["1 of 2 replicas go."]
    assert gone(Review("x", (reviewed,)), {}) == gone(Review("x", (reviewed,)), {0: Choice.TAKE_OVER}) == ["4 of 5 replicas go."]
    assert gone(Review("x", (reviewed,)), {0: Choice.LEAVE}) == []
