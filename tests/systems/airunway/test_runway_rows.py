"""What a ModelDeployment's row says: of every real manifest, by a table that was written from reading them; and beside its graph."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.systems.airunway import runway_samples as made
from tests.systems.dynamo import graph_samples as graphs

from modeltui.domain import UNKNOWN, Phase
from modeltui.kube.objects import Object
from modeltui.systems.airunway.reading import read
from modeltui.systems.airunway.types import DEPLOYMENTS, ModelDeployment
from modeltui.systems.airunway.views import DEPLOYMENTS_VIEW, PROVIDERS_VIEW, deployments_touched
from modeltui.systems.core.types import PODS, SERVICES, Pod, Service
from modeltui.systems.dynamo.types import GRAPHS
from modeltui.systems.facts import FactTable
from modeltui.systems.live import row_of

QWEN = "Qwen/Qwen3-0.6B"
AIKIT = "ghcr.io/kaito-project/aikit/llama3.2:1b"


@dataclass(frozen=True)
class Expected:
    file: str
    name: str
    engine: str
    model: str
    served: tuple[str, ...]
    components: tuple[tuple[str, int, int], ...]
    """Name, replicas, GPUs of one."""
    uses: tuple[str, ...] = ()

    @property
    def gpus(self) -> int:
        return sum(replicas * gpus for _, replicas, gpus in self.components)


EXPECTED = (
    Expected(
        "controller__config__samples__airunway_v1alpha1_modeldeployment_llmd",
        "llama-8b-llmd",
        "vllm",
        "meta-llama/Llama-3.1-8B-Instruct",
        ("meta-llama/Llama-3.1-8B-Instruct",),
        (("worker", 2, 1),),
        ("llmd", "llm-d-hf-token"),
    ),
    Expected(
        "controller__config__samples__airunway_v1alpha1_modeldeployment_llmd",
        "llama-70b-llmd-pd",
        "vllm",
        "meta-llama/Llama-3.1-70B-Instruct",
        ("meta-llama/Llama-3.1-70B-Instruct",),
        (("prefill", 4, 1), ("decode", 1, 4)),
        ("llmd", "llm-d-hf-token"),
    ),
    Expected("controller__test__e2e__testdata__gateway-modeldeployment", "llama-gw-e2e", "llamacpp", AIKIT, (), (("worker", 1, 0),)),
    Expected("demos__gateway-bbr__manifests__model-a", "model-a", "llamacpp", AIKIT, ("llama-3.2-1b-instruct",), (("worker", 1, 0),)),
    Expected(
        "demos__observability__sample-modeldeployment",
        "test-observability",
        "vllm",
        "microsoft/Phi-4-mini-instruct",
        ("microsoft/Phi-4-mini-instruct",),
        (("worker", 1, 1),),
        ("kaito",),
    ),
    Expected(
        "providers__dynamo__test__e2e__testdata__dynamo-modeldeployment",
        "qwen3-0-6b",
        "vllm",
        QWEN,
        (QWEN,),
        (("worker", 1, 1),),
        ("dynamo",),
    ),
    Expected(
        "test__e2e__gpu__testdata__dynamo-modeldeployment", "qwen3-0-6b-dynamo", "vllm", QWEN, (QWEN,), (("worker", 1, 1),), ("dynamo",)
    ),
    Expected(
        "test__e2e__gpu__testdata__vllm-modeldeployment",
        "qwen3-0-6b-vllm",
        "vllm",
        QWEN,
        ("vllm-qwen3-06b",),
        (("worker", 1, 1),),
        ("vllm",),
    ),
)


def running(replicas: int, ready: int, phase: str = "Running", **more: Any) -> made.Manifest:
    return {"phase": phase, "observedGeneration": 1, "replicas": {"desired": replicas, "ready": ready, "available": ready}, **more}


@pytest.mark.parametrize("expected", EXPECTED, ids=lambda expected: expected.name)
def test_the_rows_of_real_deployments(expected: Expected) -> None:
    manifest = made.sample(expected.file, expected.name)
    found = read(made.deployment(manifest), FactTable())
    assert (found.models, found.served, found.engine) == ((expected.model,), expected.served, expected.engine)
    assert tuple((one.name, one.desired, one.gpus) for one in found.components) == expected.components
    assert (found.gpus, found.gpu_resource) == (expected.gpus, "nvidia.com/gpu" if expected.gpus else "")
    assert tuple(ref.name for ref in found.uses) == expected.uses
    assert found.status.phase is Phase.PENDING
    total = sum(replicas for _, replicas, _ in expected.components)
    runs = read(made.deployment(manifest, running(total, total)), FactTable())
    assert (runs.status.phase, runs.ready, runs.desired) == (Phase.READY, total, total)
    waits = read(made.deployment(manifest, running(total, 0, "Deploying", message="pods pend")), FactTable())
    assert (waits.status.phase, waits.status.reason, waits.ready) == (Phase.PROCESSING, "pods pend", 0)


# ---- status ---------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("status", "phase", "says"),
    [
        (None, Phase.PENDING, "has not looked"),
        (
            {"phase": "Pending", "conditions": [{"type": "ProviderSelected", "status": "False", "message": "no one"}]},
            Phase.PENDING,
            "ProviderSelected: no one",
        ),
        ({"phase": "Failed", "message": "CRDs are missing"}, Phase.FAILED, "CRDs are missing"),
        ({"phase": "Failed"}, Phase.FAILED, "gives no reason"),
        ({"phase": "Terminating"}, Phase.PROCESSING, ""),
        ({"phase": "Running", "observedGeneration": 1, "replicas": {"desired": 2, "ready": 1}}, Phase.DEGRADED, "1 of 2"),
        ({"phase": "Running", "replicas": {"desired": 2, "ready": 0, "available": 2}}, Phase.READY, ""),
        ({"phase": "Newer"}, Phase.UNKNOWN, ""),
    ],
)
def test_the_status(status: made.Manifest | None, phase: Phase, says: str) -> None:
    found = read(made.deployment(made.manifest(), status), FactTable()).status
    assert found.phase is phase
    assert says in found.reason


def test_running_of_the_generation_before() -> None:
    found = read(made.deployment(made.manifest(), running(1, 1), generation=2), FactTable()).status
    assert found.phase is Phase.PROCESSING


def test_stopped() -> None:
    found = read(made.deployment(made.manifest(scaling={"replicas": 0}), running(0, 0)), FactTable())
    assert (found.status.phase, found.stopped, found.ready) == (Phase.PAUSED, True, 0)
    halves = read(made.deployment(made.disaggregated(0, 0), running(0, 0)), FactTable())
    assert (halves.status.phase, halves.desired) == (Phase.PAUSED, 0)


def test_replicas_of_a_half_are_not_known_from_the_sum() -> None:
    found = read(made.deployment(made.disaggregated(2, 1), running(4, 3, "Deploying")), FactTable())
    assert [one.ready for one in found.components] == [None, None]
    assert found.ready is None


def test_who_says_nothing_of_resources_gets_one_gpu() -> None:
    manifest = made.manifest()
    del manifest["spec"]["resources"]
    assert read(made.deployment(manifest), FactTable()).gpus == 1
    manifest["spec"]["engine"] = {"type": "llamacpp"}
    assert read(made.deployment(manifest), FactTable()).gpus == 0


# ---- beside its graph -----------------------------------------------------------------------------------------------


def graph(name: str, status: made.Manifest, *, owner: str = "", label: str = "", workers: int = 2) -> Any:
    meta: dict[str, Any] = {"name": name, "namespace": "team"}
    if owner:
        meta["ownerReferences"] = [{"kind": "ModelDeployment", "name": owner, "controller": True}]
    if label:
        meta["labels"] = {"airunway.ai/model-deployment": label}
    return graphs.graph({**graphs.aggregated(workers), "metadata": meta}, status)


GOOD = graphs.status("successful", Frontend=graphs.told(1, 1), VllmWorker=graphs.told(2, 2, kind="PodCliqueScalingGroup"))
BAD = graphs.status("failed", ready="False", message="quota exceeded")


@pytest.mark.parametrize("tie", [{"owner": "qwen"}, {"label": "qwen"}, {}], ids=["owner", "label", "status"])
def test_the_graph_is_believed_more_than_the_report(tie: dict[str, str]) -> None:
    told = running(
        3, 1, "Deploying", provider={"name": "dynamo", "resourceKind": "DynamoGraphDeployment", "resourceName": "of-another-name"}
    )
    if tie:
        del told["provider"]
    known = made.knowing(graph("of-another-name", GOOD, **tie))
    found = read(made.deployment(made.manifest(scaling={"replicas": 2}), told), known)
    assert found.status.phase is Phase.READY
    assert 'AI Runway still says "Deploying"' in found.status.reason
    assert (found.ready, found.desired, found.gpus) == (3, 3, 2)
    failed = read(made.deployment(made.manifest(), running(3, 3)), made.knowing(graph("qwen", BAD, owner="qwen")))
    assert (failed.status.phase, failed.status.raw) == (Phase.FAILED, "Running")
    assert "quota exceeded" in failed.status.reason


def test_a_stopped_one_whose_graph_goes_on_is_not_paused() -> None:
    found = read(made.deployment(made.manifest(scaling={"replicas": 0}), running(3, 3)), made.knowing(graph("qwen", GOOD, owner="qwen")))
    assert found.status.phase is Phase.READY


def pod(name: str, **labels: str) -> Pod:
    spec = {"nodeName": "n1", "containers": [{"name": "main", "resources": {"limits": {"nvidia.com/gpu": "1"}}}]}
    return msgspec.convert({"metadata": {"name": name, "namespace": "team", "labels": labels}, "spec": spec}, Pod)


def cells(deployment: ModelDeployment, known: FactTable) -> dict[str, Any]:
    row = row_of(DEPLOYMENTS_VIEW, deployment, known)
    return dict(zip((column.key for column in DEPLOYMENTS_VIEW.columns), row.values, strict=True))


def test_the_pods_of_its_graph_are_its_pods() -> None:
    child = graph("g", GOOD, owner="qwen")
    ours, other = pod("a", **{"nvidia.com/dynamo-graph-deployment-name": "g"}), pod("b", **{"nvidia.com/dynamo-graph-deployment-name": "x"})
    known = made.knowing(child, ours, other)
    deployment = made.deployment(made.manifest(), running(3, 3))
    known.put(DEPLOYMENTS, deployment)
    found = cells(deployment, known)
    assert (found["pods"], found["gpus"]) == (1, "1/2")
    assert set(DEPLOYMENTS_VIEW.dependents(PODS, ours, known)) == {("team", "qwen")}
    assert not set(DEPLOYMENTS_VIEW.dependents(PODS, other, known))
    assert set(deployments_touched(GRAPHS, child, known)) == {("team", "qwen")}


def test_pods_that_carry_its_label_are_its_pods() -> None:
    known = made.knowing(pod("a", **{"airunway.ai/model-deployment": "qwen"}))
    assert cells(made.deployment(made.manifest(), running(1, 1)), known)["pods"] == 1


def service(name: str) -> Service:
    return msgspec.convert({"metadata": {"name": name, "namespace": "team"}}, Service)


def test_a_service_that_is_named_and_not_there_is_not_shown() -> None:
    told = running(1, 1, endpoint={"service": "qwen-frontend", "port": 8000}, gateway={"endpoint": "10.0.0.9", "modelName": "q"})
    deployment = made.deployment(made.manifest(), told)
    unseen = read(deployment, FactTable()).endpoint
    there = read(deployment, made.knowing(service("qwen-frontend"))).endpoint
    gone = read(deployment, made.knowing(service("other"))).endpoint
    assert [(one.service, one.port, one.url) for one in (unseen, there, gone) if one] == [
        ("qwen-frontend", 8000, "10.0.0.9"),
        ("qwen-frontend", 8000, "10.0.0.9"),
        ("", 0, "10.0.0.9"),
    ]
    known = made.knowing(service("qwen-frontend"))
    known.put(DEPLOYMENTS, deployment)
    assert set(deployments_touched(SERVICES, service("qwen-frontend"), known)) == {("team", "qwen")}
    assert read(deployment, FactTable()).served == ("q", QWEN)


# ---- providers ------------------------------------------------------------------------------------------------------


def provider_cells(obj: Object, known: FactTable) -> dict[str, Any]:
    return dict(zip((column.key for column in PROVIDERS_VIEW.columns), row_of(PROVIDERS_VIEW, obj, known).values, strict=True))


def test_the_real_providers() -> None:
    expected = {
        "kaito": (("vllm", "llamacpp"), None, ("llamacpp",), 2),
        "dynamo": (("vllm", "sglang", "trtllm"), ("vllm", "sglang"), None, 4),
        "kuberay": (("vllm",), ("vllm",), None, 1),
        "llmd": (("vllm",), ("vllm",), None, 0),
    }
    file = "controller__config__samples__airunway_v1alpha1_inferenceproviderconfig"
    for name, (engines, halves, without, rules) in expected.items():
        manifest = made.sample(file, name, "InferenceProviderConfig")
        found = provider_cells(msgspec.convert(manifest, made.ProviderConfig), FactTable())
        assert (found["engines"], found["disaggregated"], found["cpu"]) == (engines, halves, without)
        assert len(found["rules"] or ()) == rules
        assert (found["status"].phase, found["deployments"]) == (Phase.UNKNOWN, UNKNOWN)


@pytest.mark.parametrize(("ready", "phase"), [(True, Phase.READY), (False, Phase.FAILED), (None, Phase.UNKNOWN)])
def test_the_status_of_a_provider(ready: bool | None, phase: Phase) -> None:
    known = made.knowing(made.deployment(made.manifest(provider={"name": "dynamo"})), made.deployment(made.manifest("other")))
    found = provider_cells(made.provider(ready=ready), known)
    assert (found["status"].phase, found["deployments"]) == (phase, 1)


# ---- any ------------------------------------------------------------------------------------------------------------

GPU = st.none() | st.fixed_dictionaries(
    {}, optional={"count": st.integers(0, 4), "type": st.sampled_from(["nvidia.com/gpu", "amd.com/gpu"])}
)
HALF = st.none() | st.fixed_dictionaries({}, optional={"replicas": st.integers(0, 3), "gpu": GPU})
SPECS = st.fixed_dictionaries(
    {},
    optional={
        "model": st.fixed_dictionaries({}, optional={"id": st.text(max_size=4), "source": st.sampled_from(["huggingface", "custom"])}),
        "engine": st.fixed_dictionaries({}, optional={"type": st.sampled_from(["vllm", "llamacpp"]), "image": st.text(max_size=4)}),
        "serving": st.fixed_dictionaries({}, optional={"mode": st.sampled_from(["aggregated", "disaggregated"])}),
        "scaling": st.fixed_dictionaries({}, optional={"replicas": st.integers(0, 3), "prefill": HALF, "decode": HALF}),
        "resources": st.none() | st.fixed_dictionaries({}, optional={"gpu": GPU}),
    },
)
NUMBER = st.none() | st.integers(0, 4)
TOLD = st.fixed_dictionaries(
    {},
    optional={
        "phase": st.sampled_from(["Pending", "Deploying", "Running", "Failed", "Terminating", "New"]),
        "replicas": st.none() | st.fixed_dictionaries({}, optional={"desired": NUMBER, "ready": NUMBER, "available": NUMBER}),
        "endpoint": st.none() | st.fixed_dictionaries({}, optional={"service": st.text(max_size=3)}),
    },
)


@given(spec=SPECS, told=TOLD)
def test_a_deployment_of_any_shape_is_read(spec: made.Manifest, told: made.Manifest) -> None:
    obj = msgspec.convert({"metadata": {"name": "q", "namespace": "team"}, "spec": spec, "status": told}, ModelDeployment)
    found = read(obj, made.knowing(of=[GRAPHS]))
    for one in found.components:
        assert one.ready is None or one.desired is None or 0 <= one.ready <= one.desired
