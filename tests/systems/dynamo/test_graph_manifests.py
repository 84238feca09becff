"""Answers to graphs and back: fit for the API server in both versions, without a trap, and nothing that no answer speaks of is touched."""

from __future__ import annotations

import copy
from typing import Any

import msgspec
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from tests.upstream import unfit

from modeltui.domain import Severity
from modeltui.systems.answer_file import AnswersError
from modeltui.systems.dynamo import manifests, names, older_manifests
from modeltui.systems.dynamo.answers import GraphAnswers, RequestAnswers
from modeltui.systems.dynamo.checks import check_graph, check_older
from modeltui.systems.dynamo.checks.requests import GPU_SKUS, check_request
from modeltui.systems.dynamo.older import OlderGraph
from modeltui.systems.dynamo.reading import read
from modeltui.systems.dynamo.types import Graph
from modeltui.systems.facts import FactTable
from modeltui.systems.serving.answers import EnvAnswers, KeyAnswers, MountAnswers, PlacementAnswers, TolerationAnswers

MODELS = st.sampled_from(["Qwen/Qwen3-0.6B", "org/m", "meta-llama/Llama-3.2-1B-Instruct"])
NAMES = st.from_regex(r"[a-z][a-z0-9]{0,10}", fullmatch=True)
ENV = st.builds(EnvAnswers, name=st.sampled_from(["A", "B"]), value=st.sampled_from(["", "x"])) | st.builds(
    EnvAnswers, name=st.just("C"), secret=st.just(KeyAnswers(name="s", key="k"))
)
GRAPHS = st.builds(
    GraphAnswers,
    name=NAMES,
    namespace=st.just("team"),
    model=MODELS,
    engine=st.sampled_from(["vllm", "sglang", "trtllm"]),
    mode=st.sampled_from(["aggregated", "disaggregated"]),
    replicas=st.integers(0, 3),
    prefill_replicas=st.integers(1, 3),
    decode_replicas=st.integers(1, 3),
    gpus=st.integers(1, 8),
    router_mode=st.sampled_from(["", "kv", "round-robin", "random"]),
    served_name=st.sampled_from(["", "chat"]),
    context_length=st.none() | st.integers(1, 100_000),
    prefix_caching=st.none() | st.booleans(),
    eager=st.booleans(),
    trust_remote_code=st.booleans(),
    extra_args=st.lists(st.sampled_from([("--max-num-seqs", "8"), ("--own",)]), max_size=2).map(lambda found: sum(found, ())),
    image=st.sampled_from(["", "corp/own:1.2.3"]),
    runtime_version=st.sampled_from(["", "1.1.1"]),
    token_secret=st.just("hf-token-secret"),
    cache=st.none()
    | st.builds(
        MountAnswers,
        claim=NAMES,
        path=st.sampled_from(["/cache", "/m"]),
        sub_path=st.sampled_from(["", "base"]),
        read_only=st.booleans(),
    ),
    env=st.lists(ENV, max_size=2, unique_by=lambda one: one.name).map(tuple),
    placement=st.builds(
        PlacementAnswers,
        node_selector=st.dictionaries(NAMES, NAMES, max_size=1),
        tolerations=st.lists(st.just(TolerationAnswers(key="gpu", operator="Exists")), max_size=1).map(tuple),
    ),
)


def errors(found: Any) -> list[str]:
    return [finding.reason for finding in found if finding.severity is Severity.ERROR]


MANY = settings(deadline=None, max_examples=60, suppress_health_check=[HealthCheck.too_slow])


@MANY
@given(answers=GRAPHS)
def test_any_graph_is_fit_for_the_server_in_both_versions(answers: GraphAnswers) -> None:
    newer, older = manifests.graph(answers), older_manifests.graph(answers)
    assert unfit(newer) == unfit(older) == []
    assert errors(check_graph(newer, FactTable())) == errors(check_older(older, FactTable())) == []
    one, other = (read(msgspec.convert(manifest, kind), FactTable()) for manifest, kind in ((newer, Graph), (older, OlderGraph)))
    assert (one.models, one.engine, one.gpus, one.desired) == (other.models, other.engine, other.gpus, other.desired)
    assert (one.models, one.engine) == ((answers.model,), answers.engine)
    assert one.served == ((answers.served_name or answers.model),)


@MANY
@given(answers=GRAPHS)
def test_a_graph_comes_back_as_its_answers(answers: GraphAnswers) -> None:
    live = manifests.graph(answers)
    again = manifests.graph(manifests.answers_of(live))
    assert again == live


@MANY
@given(answers=GRAPHS)
def test_an_older_graph_comes_back_as_its_answers(answers: GraphAnswers) -> None:
    live = older_manifests.graph(answers)
    assert older_manifests.answers_of(live) == manifests.answers_of(manifests.graph(answers))
    assert older_manifests.graph(older_manifests.answers_of(live)) == live


@MANY
@given(before=GRAPHS, after=GRAPHS)
def test_what_no_answer_speaks_of_stays_in_an_older_graph(before: GraphAnswers, after: GraphAnswers) -> None:
    after = msgspec.structs.replace(after, name=before.name, mode=before.mode)
    live = older_manifests.graph(before)
    live["metadata"]["labels"] = {"team": "nlp"}
    for service in live["spec"]["services"].values():
        service["sharedMemory"] = {"size": "16Gi"}
        service["extraPodSpec"]["mainContainer"]["livenessProbe"] = {"periodSeconds": 3}
    wanted = older_manifests.graph(after, live=live)
    assert wanted["metadata"]["labels"] == {"team": "nlp"}
    fresh = older_manifests.graph(after)["spec"]["services"]
    for name, service in wanted["spec"]["services"].items():
        assert service.pop("sharedMemory") == {"size": "16Gi"}
        assert service["extraPodSpec"]["mainContainer"].pop("livenessProbe") == {"periodSeconds": 3}
        for one in (service, fresh[name]):
            one["envs"] = sorted(one.get("envs", ()), key=str)  # those that were there keep their place
        assert service == fresh[name]


@pytest.mark.parametrize("broken", ["services", "args", "framework", "env", "secret"])
def test_an_older_graph_of_another_build_is_not_shown_as_a_form(broken: str) -> None:
    live = older_manifests.graph(GraphAnswers(name="q", model="m/m", served_name="s", token_secret="hf"))
    services = live["spec"]["services"]
    match broken:
        case "services":
            services["Planner"] = {"componentType": "planner"}
        case "args":
            del services["worker"]["extraPodSpec"]["mainContainer"]["args"]
        case "framework":
            live["spec"]["backendFramework"] = "sglang"
        case "env":
            services["worker"]["envs"] = [{"name": "IP", "valueFrom": {"fieldRef": {"fieldPath": "status.podIP"}}}]
        case "secret":
            del services["Frontend"]["envFromSecret"]
    with pytest.raises(AnswersError, match="cannot be shown as a form"):
        older_manifests.answers_of(live)


@MANY
@given(before=GRAPHS, after=GRAPHS)
def test_what_no_answer_speaks_of_stays(before: GraphAnswers, after: GraphAnswers) -> None:
    after = msgspec.structs.replace(after, name=before.name, mode=before.mode)
    live = manifests.graph(before)
    live["metadata"] |= {"labels": {"team": "nlp"}, "resourceVersion": "3"}
    live["spec"]["labels"] = {"kept": "yes"}
    for component in live["spec"]["components"]:
        component["sharedMemorySize"] = "16Gi"
        component["podTemplate"]["spec"]["containers"][0]["livenessProbe"] = {"periodSeconds": 3}
        component["podTemplate"]["spec"]["containers"].append({"name": "beside", "image": "x"})
    wanted = manifests.graph(after, live=live)
    assert wanted["metadata"]["labels"] == {"team": "nlp"}
    assert wanted["spec"]["labels"] == {"kept": "yes"}
    fresh = {one["name"]: one for one in manifests.graph(after)["spec"]["components"]}
    for component in wanted["spec"]["components"]:
        main, beside = component["podTemplate"]["spec"]["containers"]
        assert (component["sharedMemorySize"], beside["name"], main["livenessProbe"]) == ("16Gi", "beside", {"periodSeconds": 3})
        assert main.get("args") == fresh[component["name"]]["podTemplate"]["spec"]["containers"][0].get("args")
        assert component["replicas"] == fresh[component["name"]]["replicas"]


def test_the_expected_graph() -> None:
    answers = GraphAnswers(name="qwen", namespace="team", model="Qwen/Qwen3-0.6B", replicas=2, router_mode="kv", token_secret="hf", gpus=2)
    front, worker = manifests.graph(answers)["spec"]["components"]
    image = "nvcr.io/nvidia/ai-dynamo/vllm-runtime:1.1.1"
    secret = [{"secretRef": {"name": "hf"}}]
    main = {"name": "main", "image": image, "envFrom": secret, "env": [{"name": "DYN_ROUTER_MODE", "value": "kv"}]}
    assert front == {"name": "Frontend", "type": "frontend", "replicas": 1, "podTemplate": {"spec": {"containers": [main]}}}
    container = worker["podTemplate"]["spec"]["containers"][0]
    assert (worker["type"], worker["replicas"], container["command"]) == ("worker", 2, ["python3", "-m", "dynamo.vllm"])
    assert container["args"][:5] == ["--model", "Qwen/Qwen3-0.6B", "--tensor-parallel-size", "2", "--kv-events-config"]
    assert container["resources"] == {"limits": {"nvidia.com/gpu": "2"}}


def test_a_model_in_a_claim_is_seen_by_the_frontend_too_and_nothing_is_fetched() -> None:
    cache = MountAnswers(claim="weights", path="/models", sub_path="team", read_only=True)
    answers = GraphAnswers(name="q", namespace="team", model="/models/llama/base", served_name="llama", cache=cache)
    live = manifests.graph(answers)
    for component in live["spec"]["components"]:
        pod = component["podTemplate"]["spec"]
        (main,) = pod["containers"]
        assert main["volumeMounts"] == [{"name": "model-cache", "mountPath": "/models", "subPath": "team", "readOnly": True}]
        assert pod["volumes"] == [{"name": "model-cache", "persistentVolumeClaim": {"claimName": "weights"}}]
        assert "env" not in main
    assert manifests.answers_of(live) == answers
    assert older_manifests.answers_of(older_manifests.graph(answers)) == answers


def test_the_halves_of_each_engine() -> None:
    for engine, flags in (
        ("vllm", ["--kv-transfer-config"]),
        ("sglang", ["--disaggregation-transfer-backend", "nixl"]),
        ("trtllm", ["--override-engine-args"]),
    ):
        answers = GraphAnswers(name="q", model="m/m", engine=engine, mode="disaggregated")  # type: ignore[arg-type]  # words of a tuple
        for component in manifests.graph(answers)["spec"]["components"][1:]:
            args = component["podTemplate"]["spec"]["containers"][0]["args"]
            assert args[args.index("--disaggregation-mode") + 1] == component["name"]
            assert all(flag in args for flag in flags)


def test_the_server_may_put_the_keys_of_a_toleration_in_another_order() -> None:
    tolerated = TolerationAnswers(key="gpu", operator="Exists", effect="NoSchedule")
    answers = GraphAnswers(name="q", model="m/m", placement=PlacementAnswers(tolerations=(tolerated,)))
    live = manifests.graph(answers)
    pod = live["spec"]["components"][1]["podTemplate"]["spec"]
    pod["tolerations"] = [{"effect": "NoSchedule", "key": "gpu", "operator": "Exists"}]
    assert manifests.answers_of(live) == answers
    pod["tolerations"].append({"key": "other", "operator": "Exists"})
    assert len(manifests.answers_of(live).placement.tolerations) == 2


@pytest.mark.parametrize("broken", ["components", "args", "order", "framework", "env"])
def test_a_graph_of_another_build_is_not_shown_as_a_form(broken: str) -> None:
    live = copy.deepcopy(manifests.graph(GraphAnswers(name="q", model="m/m", served_name="s")))
    components = live["spec"]["components"]
    main = components[1]["podTemplate"]["spec"]["containers"][0]
    match broken:
        case "components":
            components.append({"name": "Planner", "type": "planner"})
        case "args":
            del main["args"]
        case "order":
            main["args"] = [*main["args"][2:], *main["args"][:2]]
        case "framework":
            live["spec"]["backendFramework"] = "sglang"
        case "env":
            main["env"] = [{"name": "IP", "valueFrom": {"fieldRef": {"fieldPath": "status.podIP"}}}]
    with pytest.raises(AnswersError, match="cannot be shown as a form"):
        manifests.answers_of(live)


@MANY
@given(
    answers=st.builds(
        RequestAnswers,
        name=NAMES,
        namespace=st.just("team"),
        model=st.just("Qwen/Qwen3-0.6B"),
        engine=st.sampled_from(["auto", "vllm", "sglang", "trtllm"]),
        image=st.sampled_from(["", "nvcr.io/nvidia/ai-dynamo/dynamo-planner:1.4.0"]),
        gpu_sku=st.sampled_from(["", *GPU_SKUS]),
        gpus_per_node=st.none() | st.integers(1, 8),
        total_gpus=st.none() | st.integers(1, 64),
        input_tokens=st.none() | st.integers(1, 9000),
        output_tokens=st.none() | st.integers(1, 9000),
        ttft=st.none() | st.floats(1, 1000),
        itl=st.none() | st.floats(1, 1000),
        search=st.sampled_from(["rapid", "thorough"]),
        apply=st.booleans(),
        cache_claim=st.sampled_from(["", "cache"]),
    ).filter(lambda answers: (answers.engine, answers.search) != ("auto", "thorough"))
)
def test_any_request_is_fit_and_comes_back(answers: RequestAnswers) -> None:
    manifest = manifests.request(answers)
    assert unfit(manifest) == []
    assert errors(check_request(manifest, FactTable())) == []
    assert manifests.request_of(manifest) == answers
    live = manifest | {"spec": {**manifest["spec"], "overrides": {"dgd": {}}}}
    assert manifests.request(msgspec.structs.replace(answers, apply=not answers.apply), live=live)["spec"]["overrides"] == {"dgd": {}}


@given(model=st.text(max_size=60))
def test_a_proposed_name_is_a_good_one(model: str) -> None:
    assert names.name_problem(names.propose(model)) == ""


@pytest.mark.parametrize("name", ["", "Qwen", "3b", "a.b", "a" * 38, "-a"])
def test_a_name_that_is_not_taken(name: str) -> None:
    assert names.name_problem(name)
