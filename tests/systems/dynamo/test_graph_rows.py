"""What a graph's row says: of every real manifest, by a table that was written from reading them; and where its Service is found."""

from __future__ import annotations

from dataclasses import dataclass

import msgspec
import pytest
from tests.systems.dynamo import graph_samples as made

from modeltui.domain import Phase
from modeltui.systems.core.types import Pod
from modeltui.systems.dynamo.parts import parts_of
from modeltui.systems.dynamo.reading import graphs_of_pod, graphs_of_service, read, router_of
from modeltui.systems.dynamo.views import GRAPHS_VIEW
from modeltui.systems.facts import FactTable
from modeltui.systems.live import row_of

QWEN = "Qwen/Qwen3-0.6B"
LLAMA = "nvidia/Llama-3.1-8B-Instruct-FP8"


@dataclass(frozen=True)
class Expected:
    file: str
    engine: str
    model: str
    components: tuple[tuple[str, str, int, int], ...]
    """Name, role, replicas, GPUs of one."""
    router: str = ""
    secret: bool = True

    @property
    def gpus(self) -> int:
        return sum(replicas * gpus for _, _, replicas, gpus in self.components)


EXPECTED = (
    Expected("vllm__deploy__agg", "vllm", QWEN, (("Frontend", "frontend", 1, 0), ("VllmDecodeWorker", "worker", 1, 1))),
    Expected("vllm__deploy__agg_router", "vllm", QWEN, (("Frontend", "frontend", 1, 0), ("VllmDecodeWorker", "worker", 2, 1)), "kv"),
    Expected(
        "vllm__deploy__disagg",
        "vllm",
        QWEN,
        (("Frontend", "frontend", 1, 0), ("VllmDecodeWorker", "decode", 1, 1), ("VllmPrefillWorker", "prefill", 1, 1)),
    ),
    Expected(
        "vllm__deploy__disagg_router",
        "vllm",
        QWEN,
        (("Frontend", "frontend", 1, 0), ("VllmDecodeWorker", "decode", 2, 1), ("VllmPrefillWorker", "prefill", 2, 1)),
        "kv",
    ),
    Expected("sglang__deploy__agg_router", "sglang", QWEN, (("Frontend", "frontend", 1, 0), ("decode", "worker", 1, 1)), "kv"),
    Expected("trtllm__deploy__agg-with-config", "trtllm", QWEN, (("Frontend", "frontend", 1, 0), ("TRTLLMWorker", "worker", 1, 1))),
    Expected(
        "trtllm__deploy__disagg", "trtllm", QWEN, (("Frontend", "frontend", 1, 0), ("decode", "decode", 1, 1), ("prefill", "prefill", 1, 1))
    ),
    Expected(
        "mocker__deploy__disagg",
        "mocker",
        LLAMA,
        (("Frontend", "frontend", 1, 0), ("decode", "decode", 1, 0), ("prefill", "prefill", 1, 0)),
    ),
    Expected(
        "fixtures__v1alpha1__disagg",
        "vllm",
        QWEN,
        (("Frontend", "frontend", 1, 0), ("VllmDecodeWorker", "decode", 1, 1), ("VllmPrefillWorker", "prefill", 1, 1)),
    ),
    Expected(
        "fixtures__v1alpha1__disagg_router",
        "vllm",
        QWEN,
        (("Frontend", "frontend", 1, 0), ("VllmDecodeWorker", "decode", 2, 1), ("VllmPrefillWorker", "prefill", 2, 1)),
        "kv",
    ),
)


@pytest.mark.parametrize("expected", EXPECTED, ids=lambda expected: expected.file)
def test_the_rows_of_real_graphs(expected: Expected) -> None:
    manifest = made.sample("dynamo", expected.file, "DynamoGraphDeployment")
    graph = made.graph(manifest)
    deployment = read(graph, FactTable())
    assert deployment.models == (expected.model,)
    assert deployment.served == (expected.model,)
    assert deployment.engine == expected.engine
    assert tuple((one.name, one.role, one.desired, one.gpus) for one in deployment.components) == expected.components
    assert (deployment.gpus, deployment.gpu_resource) == (expected.gpus, "nvidia.com/gpu" if expected.gpus else "")
    assert router_of(parts_of(graph)) == expected.router
    assert deployment.status.phase is Phase.PENDING
    assert [ref.name for ref in deployment.uses if ref.resource.kind == "Secret"] == ["hf-token-secret"]


@pytest.mark.parametrize("expected", EXPECTED, ids=lambda expected: expected.file)
@pytest.mark.parametrize("kind", ["PodClique", "PodCliqueScalingGroup", "Deployment"])
def test_real_graphs_that_run(expected: Expected, kind: str) -> None:
    manifest = made.sample("dynamo", expected.file, "DynamoGraphDeployment")
    told = {name: made.told(replicas, replicas, kind=kind) for name, _, replicas, _ in expected.components}
    status = made.status("successful", ready="True", reason="all_resources_are_ready", **told)
    if manifest["apiVersion"].endswith("v1alpha1"):
        status["services"] = status.pop("components")
    deployment = read(made.graph(manifest, status), FactTable())
    assert (deployment.status.phase, deployment.status.raw) == (Phase.READY, "successful")
    assert deployment.ready == deployment.desired == sum(replicas for _, _, replicas, _ in expected.components)


def test_the_cells_of_a_row() -> None:
    status = made.status("successful", Frontend=made.told(1, 1), VllmWorker=made.told(2, 2))
    row = row_of(GRAPHS_VIEW, made.graph(made.aggregated(2), status), FactTable())
    cells = dict(zip((column.key for column in GRAPHS_VIEW.columns), row.values, strict=True))
    assert (cells["model"], cells["engine"], cells["ready"], cells["system"]) == (QWEN, "vllm", "3/3", "Dynamo")
    assert cells["components"] == ("Frontend 1/1", "VllmWorker 2/2")


# ---- what is asked for ----------------------------------------------------------------------------------------------


def test_a_replica_of_several_nodes_has_the_gpus_of_all_of_them() -> None:
    worker = made.component("W", "worker", replicas=2, gpus=8, args=("--model", "m"), multinode={"nodeCount": 3})
    deployment = read(made.graph(made.manifest(worker)), FactTable())
    assert (deployment.components[0].gpus, deployment.gpus) == (24, 48)


def test_devices_that_are_claimed_are_not_counted_as_none() -> None:
    worker = made.component("W", "worker")
    worker["podTemplate"]["spec"]["resourceClaims"] = [{"name": "gpu", "resourceClaimTemplateName": "eight"}]
    assert read(made.graph(made.manifest(worker)), FactTable()).gpus is None


OLD_WORKER = {"componentType": "worker", "replicas": 2}


@pytest.mark.parametrize(
    ("resources", "gpus", "name"),
    [
        ({"limits": {"gpu": "4"}}, 4, "nvidia.com/gpu"),
        ({"requests": {"gpu": "2"}}, 2, "nvidia.com/gpu"),
        ({"limits": {"gpu": "1", "gpuType": "gpu.intel.com/xe"}}, 1, "gpu.intel.com/xe"),
        ({"limits": {"custom": {"amd.com/gpu": "8", "rdma/ib": "1"}}}, 8, "amd.com/gpu"),
        ({"limits": {"cpu": "4"}}, 0, ""),
        ({"claims": [{"name": "gpus"}]}, None, ""),
    ],
)
def test_gpus_of_the_older_version(resources: made.Manifest, gpus: int | None, name: str) -> None:
    manifest = {
        "apiVersion": "nvidia.com/v1alpha1",
        "kind": "DynamoGraphDeployment",
        "metadata": {"name": "old"},
        "spec": {"services": {"Worker": {**OLD_WORKER, "resources": resources}}},
    }
    deployment = read(made.graph(manifest), FactTable())
    assert (deployment.components[0].gpus, deployment.gpu_resource) == (gpus, name)


def test_the_older_main_container_has_the_last_word() -> None:
    service = {**OLD_WORKER, "resources": {"limits": {"gpu": "1"}}, "multinode": {"nodeCount": 2}, "subComponentType": "decode"}
    service["extraPodSpec"] = {"mainContainer": {"resources": {"limits": {"nvidia.com/gpu": 8}}}}
    manifest = {"apiVersion": "nvidia.com/v1alpha1", "metadata": {"name": "old"}, "spec": {"services": {"W": service}}}
    found = read(made.graph(manifest), FactTable()).components[0]
    assert (found.gpus, found.role, found.desired) == (16, "decode", 2)


def test_a_model_that_a_script_and_a_variable_name() -> None:
    worker = made.component("W", "worker")
    main = worker["podTemplate"]["spec"]["containers"][0]
    main |= {"image": "corp/own:1", "command": ["/bin/sh", "-c"], "args": ["exec python3 -m dynamo.sglang --model-path $MODEL --tp 2"]}
    deployment = read(made.graph(made.manifest(worker, env=[{"name": "MODEL", "value": "org/m"}])), FactTable())
    assert (deployment.models, deployment.engine) == (("org/m",), "sglang")


def test_the_framework_speaks_where_no_worker_does() -> None:
    worker = made.component("W", "worker")
    worker["podTemplate"]["spec"]["containers"][0]["image"] = "corp/own:1"
    assert read(made.graph(made.manifest(worker, backendFramework="trtllm")), FactTable()).engine == "trtllm"


# ---- where it answers -----------------------------------------------------------------------------------------------

FRONT = {"nvidia.com/dynamo-component-type": "frontend"}


@pytest.mark.parametrize(
    "service",
    [
        made.service("named-otherwise", labels={"nvidia.com/dynamo-graph-deployment-name": "qwen"}, selector=FRONT),
        made.service("named-otherwise", selector={**FRONT, "nvidia.com/dynamo-graph-deployment-name": "qwen"}),
        made.service("named-otherwise", selector={**FRONT, "nvidia.com/dynamo-namespace": "team-qwen"}),
        made.service("named-otherwise", selector=FRONT, owner="qwen"),
    ],
    ids=["label", "selector", "dynamo namespace", "owner"],
)
def test_its_service_is_found_whatever_it_is_called(service: made.Service) -> None:
    workers = made.service("qwen-worker", selector={"nvidia.com/dynamo-component-type": "worker"}, owner="qwen", port=9090)
    endpoint = read(made.graph(made.aggregated()), made.knowing(workers, service)).endpoint
    assert endpoint is not None
    assert (endpoint.service, endpoint.port) == ("named-otherwise", 8000)


def test_a_service_that_is_not_in_sight_is_not_made_up() -> None:
    endpoint = read(made.graph(made.aggregated()), made.knowing(made.service("qwen-frontend", selector=FRONT))).endpoint
    assert endpoint is not None
    assert (endpoint.service, endpoint.port, str(endpoint)) == ("", 8000, "pods:8000")
    assert endpoint.pods == {"nvidia.com/dynamo-graph-deployment-name": "qwen", "nvidia.com/dynamo-component-type": "frontend"}


def test_a_graph_behind_an_endpoint_picker_answers_in_its_decode_workers() -> None:
    prefill = made.component("P", "prefill", frontendSidecar="front")
    decode = made.component("D", "decode", frontendSidecar="front")
    endpoint = read(made.graph(made.manifest(made.component("Epp", "epp"), prefill, decode)), FactTable()).endpoint
    assert endpoint is not None
    assert endpoint.pods["nvidia.com/dynamo-component"] == "D"


def test_a_graph_without_anything_in_front_has_no_endpoint() -> None:
    assert read(made.graph(made.manifest(made.component("W", "worker"))), FactTable()).endpoint is None


def test_another_graphs_service_is_not_taken() -> None:
    assert set(graphs_of_service(made.service("x", selector={"nvidia.com/dynamo-namespace": "other-qwen"}))) == set()


def test_pods_are_told_by_label_or_owner() -> None:
    pods = [
        {"metadata": {"labels": {"nvidia.com/dynamo-graph-deployment-name": "qwen"}}},
        {"metadata": {"ownerReferences": [{"kind": "DynamoGraphDeployment", "name": "qwen"}]}},
        {"metadata": {"name": "qwen-frontend-0"}},
    ]

    assert [set(graphs_of_pod(msgspec.convert(pod, Pod))) for pod in pods] == [{"qwen"}, {"qwen"}, set()]
