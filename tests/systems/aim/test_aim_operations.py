"""Scale, stop, start, restart of an AIMService, and what a change or a deletion costs."""

from __future__ import annotations

from typing import Any

import pytest
from tests.systems.aim.aiming import KINDS, Manifest, custom, facts, manifest, model, pod, service, template, there

from modeltui.domain import Finding, Severity
from modeltui.kube.errors import Forbidden
from modeltui.systems.aim import types
from modeltui.systems.aim.edits import RESTARTS
from modeltui.systems.aim.operations import of_service, range_problem
from modeltui.systems.aim.views import VIEWS
from modeltui.systems.core.types import PODS
from modeltui.systems.facts import FactTable
from modeltui.systems.operations import NotPossible, Operation
from modeltui.systems.serving.replicas import REMEMBERED

OF_KIND = {kind: view for kind, (resource, _) in KINDS.items() for view in VIEWS if view.resource == resource}


def operation(document: Manifest, word: str) -> Operation:
    return next(one for one in of_service(there(document), "", FactTable()) if one.word == word)


def become(document: Manifest, word: str, answer: str = "") -> Manifest:
    chosen = operation(document, word)
    stages = chosen.stages
    if chosen.asks is not None:
        assert chosen.asks.problem(answer) == ""
        stages = chosen.asks.stages(answer)
    (stage,) = stages
    return stage.become(document)


def test_the_operations_of_a_service() -> None:
    assert [one.word for one in of_service(there(service()), "", FactTable())] == ["scale", "stop", "start", "restart"]


def test_scaled_to_a_fixed_number() -> None:
    document = service(replicas=2)
    assert operation(document, "scale").asks is not None
    found = become(document, "scale", "3")
    assert found["spec"] == {"model": {"name": "qwen-model"}, "replicas": 3}
    assert document["spec"]["replicas"] == 2


@pytest.mark.parametrize(
    ("answer", "spec"),
    [
        ("2-6", {"minReplicas": 2, "maxReplicas": 6, "autoScaling": {"metrics": []}}),
        ("4", {"replicas": 4}),
    ],
)
def test_scaled_between_two_numbers_or_taken_from_the_autoscaler(answer: str, spec: Manifest) -> None:
    document = service(minReplicas=1, maxReplicas=3, autoScaling={"metrics": []})
    chosen = operation(document, "scale")
    assert chosen.asks is not None
    assert chosen.asks.default == "1-3"
    assert become(document, "scale", answer)["spec"] == {"model": {"name": "qwen-model"}, **spec}


@pytest.mark.parametrize(
    ("answer", "says"),
    [
        *(("1-5", ""), ("1 - 5", ""), ("3", ""), ("7-7", "")),
        *(
            ("5-1", "5 is more than 1."),
            ("0-3", "does not scale to zero"),
            ("0", "At least 1"),
            ("many", "two numbers"),
            ("1-2-3", "two numbers"),
        ),
        *(("", "two numbers"), ("1-99999", "at most"), ("-1", "two numbers"), ("٣", "two numbers")),
    ],
)
def test_what_is_typed_for_an_autoscaled_one(answer: str, says: str) -> None:
    found = range_problem(answer)
    assert bool(found) == bool(says)
    assert says in found


def test_stopped_and_started_with_as_many_as_before() -> None:
    stopped = become(service(replicas=3), "stop")
    assert stopped["spec"]["replicas"] == 0
    assert REMEMBERED in stopped["metadata"]["annotations"]
    started = become(stopped, "start")
    assert started["spec"]["replicas"] == 3
    assert "annotations" not in started["metadata"]
    assert become(service(replicas=0), "start")["spec"]["replicas"] == 1
    assert REMEMBERED not in become(stopped, "scale", "2")["metadata"].get("annotations", {})


@pytest.mark.parametrize(
    ("document", "word", "says"),
    [
        (service(replicas=0), "stop", "it is stopped"),
        (service(replicas=0), "restart", "it is stopped"),
        (service(), "start", "it is not stopped"),
        (service(minReplicas=1, maxReplicas=3), "stop", "does not scale to zero: scale it to a fixed number first"),
        (manifest("AIMService", annotations={types.PAUSED: "true"}), "stop", "told to leave it alone"),
        (manifest("AIMService", annotations={types.PAUSED: "true"}), "scale", "told to leave it alone"),
        (manifest("AIMService", annotations={types.PAUSED: "true"}), "restart", "told to leave it alone"),
    ],
)
def test_why_not(document: Manifest, word: str, says: str) -> None:
    assert says in operation(document, word).why_not
    assert operation(service(replicas=0 if word == "start" else 1), word).why_not == ""


@pytest.mark.parametrize(
    ("was", "now", "word"),
    [
        (service(), service(replicas=0), "stop"),
        (service(), service(minReplicas=1), "stop"),
        (service(replicas=0), service(replicas=2), "start"),
    ],
)
def test_what_somebody_else_has_done_meanwhile_is_not_overrun(was: Manifest, now: Manifest, word: str) -> None:
    (stage,) = operation(was, word).stages
    with pytest.raises(NotPossible):
        stage.become(now)


def test_each_restart_is_another_one() -> None:
    once = become(service(env=[{"name": "A", "value": "b"}]), "restart")
    assert once["spec"]["env"] == [{"name": "A", "value": "b"}, {"name": RESTARTS, "value": "1"}]
    twice = become(once, "restart")
    assert twice["spec"]["env"][1] == {"name": RESTARTS, "value": "2"}
    odd = become(service(env=[{"name": RESTARTS, "value": "often"}]), "restart")
    assert odd["spec"]["env"] == [{"name": RESTARTS, "value": "1"}]


# ---- what it costs --------------------------------------------------------------------------------------------------


def costs(
    before: Manifest, after: Manifest | None = None, *others: Manifest, of: tuple[str, ...] = (), unseen: Any = None
) -> list[Finding]:
    tell = OF_KIND[before["kind"]].consequences
    assert tell is not None
    return list(tell(there(before), None if after is None else there(after), facts(others, of=of), unseen or {}))


def said(found: list[Finding]) -> str:
    return "\n".join(f"{one.severity}: {one.reason} {one.remedy}" for one in found)


def deployed(mode: str = "Shared", **spec: Any) -> Manifest:
    status = {"cache": {"templateCacheRef": {"name": "c"}}, "resolvedModel": {"name": "made", "scope": "Namespace"}}
    return manifest("AIMService", spec={"model": custom(), "caching": {"mode": mode}, **spec}, status=status)


def cache(state: str = "Ready") -> Manifest:
    artifacts = {"w": {"name": "w-1", "model": "a/b", "status": state, "uid": "1", "persistentVolumeClaim": "w-pvc"}}
    spec = {"templateName": "t", "templateScope": "Namespace"}
    return manifest("AIMTemplateCache", "c", spec=spec, status={"status": state, "artifacts": artifacts})


def made(**labels: str) -> Manifest:
    return manifest("AIMModel", "made", labels={types.ORIGIN_LABEL: types.AUTO_GENERATED, **labels}, spec={"image": "a:1"})


def test_a_shared_cache_and_a_model_that_was_made_stay() -> None:
    found = said(costs(deployed(), None, pod("p-1"), cache(), made(), of=("AIMService",)))
    assert "warning: Its InferenceService goes with it, and its route, and its pods p-1: Qwen/Qwen2-0.5B does not answer" in found
    assert "info: AIMTemplateCache c stays, and what it holds (AIMArtifact w-1; claim w-pvc)" in found
    assert "info: AIMModel made, which AIM Engine made for it, stays" in found
    assert "Delete AIMModel made too" in found


def test_a_dedicated_cache_goes_with_its_data() -> None:
    for mode in ("Dedicated", "Never"):
        found = said(costs(deployed(mode), None, cache()))
        assert "warning: AIMTemplateCache c goes with it, and what it holds (AIMArtifact w-1; claim w-pvc)" in found
    assert "it has no pods" in said(costs(deployed(), None, of=("Pod",)))
    unresolved = manifest("AIMService", spec={"model": custom(), "caching": {"mode": "Dedicated"}})
    assert "weights that it has fetched go with it" in said(costs(unresolved))


def test_a_cache_that_is_not_ready_is_removed() -> None:
    assert "AIMTemplateCache c is not ready, and is removed with it" in said(costs(deployed(), None, cache("Progressing")))


def test_a_model_that_others_use_too() -> None:
    other = manifest("AIMService", "other", spec={"model": custom()}, status={"resolvedModel": {"name": "made", "scope": "Namespace"}})
    assert "AIMModel made stays: other uses it too." in said(costs(deployed(), None, made(), deployed(), other))
    assert "AIMModel" not in said(costs(service(), None, made()))
    by_label = manifest("AIMService", spec={"model": custom()})
    assert "AIMModel made, which" in said(costs(by_label, None, made(**{types.MAKER_LABELS[0]: "qwen"})))
    assert "AIMModel" not in said(costs(by_label, None, made(**{types.MAKER_LABELS[0]: "other"})))


def test_what_may_not_be_seen_is_said() -> None:
    denied = {(resource, "team"): Forbidden("no", status=403) for resource in (PODS, types.TEMPLATE_CACHES, types.MODELS)}
    found = said(costs(deployed(), None, unseen=denied))
    assert "Which pods go is unknown: pods in namespace team may not be listed." in found
    assert "on which claims is unknown: aimtemplatecaches in namespace team may not be listed" in found
    assert "which one is unknown: aimmodels in namespace team may not be listed" in found


def test_secrets_and_derived_templates() -> None:
    env = [{"name": "HF_TOKEN", "valueFrom": {"secretKeyRef": {"name": "hf", "key": "token"}}}]
    document = deployed(env=env)
    document["status"]["resolvedTemplate"] = {"name": "t", "scope": "Namespace"}
    derived = template("t")
    derived["metadata"]["ownerReferences"] = [{"kind": "AIMService", "name": "qwen", "controller": True}]
    found = said(costs(document, None, derived))
    assert "Secret hf stays." in found
    assert "Template t, which its overrides brought about, goes with it." in found
    assert "brought about" not in said(costs(document, None, template("t")))


@pytest.mark.parametrize(
    ("before", "after", "says", "severity"),
    [
        (service(replicas=2), service(replicas=0), "All its pods go: qwen-model does not answer", Severity.WARNING),
        (service(replicas=3), service(replicas=1), "2 of 3 replicas go.", Severity.INFO),
        (service(minReplicas=1, maxReplicas=2), service(replicas=1), "The autoscaling goes", Severity.INFO),
        (service(), service(env=[{"name": "A", "value": "b"}]), "Its pods are replaced one after another", Severity.INFO),
        (service(), service(resources={"limits": {"cpu": "8"}}), "Its pods are replaced one after another", Severity.INFO),
    ],
)
def test_a_change_says_what_it_costs(before: Manifest, after: Manifest, says: str, severity: Severity) -> None:
    (found,) = costs(before, after)
    assert (says in found.reason, found.severity) == (True, severity)


def test_a_change_that_costs_nothing() -> None:
    assert costs(service(replicas=1), service(replicas=2)) == []
    assert costs(service(replicas=0), service(replicas=0, env=[{"name": "A"}])) == []


# ---- what services are made of --------------------------------------------------------------------------------------


def user(**status: Any) -> Manifest:
    return manifest("AIMService", spec={"model": {"name": "qwen-model"}}, status=status)


def owned(document: Manifest, kind: str, name: str) -> Manifest:
    document["metadata"]["ownerReferences"] = [{"kind": kind, "name": name, "controller": True}]
    return document


def test_a_model_takes_its_templates_along() -> None:
    found = said(costs(model(), None, user(), owned(template("a"), "AIMModel", "qwen-model"), template("b")))
    assert "AIMService team/qwen uses this model: goes on as it is, and cannot be made anew" in found
    assert "Its template a goes with it." in found
    assert "b" in found
    assert "without a model" in found
    denied = said(costs(model(), None))
    assert "Which services use this model is unknown" in denied
    assert "Which templates go with it is unknown" in denied


def test_a_template_and_its_caches() -> None:
    using = user(resolvedTemplate={"name": "qwen-template", "scope": "Namespace"})
    held = manifest("AIMTemplateCache", "c", spec={"templateName": "qwen-template", "templateScope": "Namespace"})
    held["metadata"]["ownerReferences"] = [{"kind": "AIMServiceTemplate", "name": "qwen-template"}]
    found = said(costs(owned(template(), "AIMModel", "qwen-model"), None, using, held))
    assert "AIMService team/qwen uses this template" in found
    assert "AIMTemplateCache c goes with it" in found
    assert "AIMModel qwen-model made it, and makes it again." in found


def test_a_cache() -> None:
    using = user(cache={"templateCacheRef": {"name": "c"}})
    found = said(costs(cache(), None, using))
    assert "What is ready of it stays (AIMArtifact w-1; claim w-pvc)" in found
    assert "AIMService team/qwen uses this cache: may lose the volume" in found
    dedicated = cache()
    dedicated["spec"]["mode"] = "Dedicated"
    assert "What it holds goes with it (AIMArtifact w-1; claim w-pvc)" in said(costs(dedicated, None, of=("AIMService",)))


def test_an_artifact() -> None:
    document = manifest("AIMArtifact", "w-1", spec={"sourceUri": "hf://a/b"}, status={"persistentVolumeClaim": "w-pvc"})
    found = said(costs(document, None, cache()))
    assert "warning: Its weights go with it, and claim w-pvc" in found
    assert "AIMTemplateCache c needs it" in found
    assert "Which caches need it is unknown" in said(costs(document))


def test_a_runtime_config() -> None:
    named = manifest("AIMService", spec={"runtimeConfigName": "team-config"})
    document = manifest("AIMRuntimeConfig", "team-config")
    assert "AIMService team/qwen names it" in said(costs(document, None, named))
    assert costs(document, None, service()) == []
    assert "Which services name it is unknown" in said(costs(document))
    assert "It applies to everything that names no runtime config" in said(costs(manifest("AIMRuntimeConfig", "default"), None, service()))


def test_a_model_source() -> None:
    document = manifest("AIMClusterModelSource", "s")
    own = owned(model(cluster=True), "AIMClusterModelSource", "s")
    assert "AIMClusterModel qwen-model goes with it." in said(costs(document, None, own))
    assert "AIMClusterModels that it made stay" in said(costs(document, None, model(cluster=True)))
    assert "Which AIMClusterModels go with it is unknown" in said(costs(document))


@pytest.mark.parametrize("kind", sorted({*OF_KIND}))
def test_whoever_knows_nothing_is_told_something_too(kind: str) -> None:
    """A deletion without a word would not be asked about."""
    assert costs(manifest(kind))
