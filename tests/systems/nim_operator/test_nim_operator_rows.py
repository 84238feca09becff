"""NIMServices as deployments, NIMCaches as rows."""

from __future__ import annotations

from typing import Any

import pytest
from tests.systems.kserve.kserving import Manifest, conditions, decoded, facts, pod, samples

from modeltui.domain import UNKNOWN, Phase
from modeltui.systems.facts import FactTable
from modeltui.systems.nim_operator import reading
from modeltui.systems.nim_operator.types import CACHES, NIMCache, NIMService
from modeltui.systems.nim_operator.views import CACHES_VIEW, SERVICES_VIEW
from modeltui.systems.serving.deployment import Deployment

EXPECTED: dict[str, tuple[tuple[str, ...], int | None, int | None]] = {
    # folder: models, replicas, GPUs of all
    "example0/llm": (("meta/llama-3.2-1b-instruct",), 1, None),
    "example2/llm": (("meta/llama-3.2-1b-instruct",), 1, None),
    "epp/nimservice": (("nvcr.io/nvstaging/nim-internal/vllm-oss-nim-llm-4-devel-llama3.1-8b-instruct",), 2, 2),
    "multi-node/multi-node-nimservice": (("deepseek-ai/deepseek-r1",), 1, 16),
    "knative/multi-llm": ((), None, None),
    "standard/multi-llm": ((), 1, 1),
    "autoscaling/multi-llm": ((), None, None),
    "basic/multi-llm": ((), 1, 1),
    "full/llm": (("meta/llama-3.2-1b-instruct",), None, None),
    "lora/llm": (("meta/llama-3.2-1b-instruct",), 1, 1),
    "no-precaching/llm-emptydir": (("meta/llama-3.2-1b-instruct",), 1, 1),
    "no-precaching/multi-llm-hf": (("meta-llama/Llama-3.2-1B-Instruct",), 1, 1),
    "grpcroutes/llm": (("nvidia/riva-tts",), 1, 1),
    "httproutes/multi-llm": ((), 1, 1),
    "ingress/multi-llm": ((), 1, 1),
}


def read(obj: NIMService, known: FactTable | None = None) -> Deployment:
    return reading.read(obj, known or facts())


def nim(status: Manifest | None = None, **spec: Any) -> NIMService:
    own = {"image": {"repository": "nvcr.io/nim/meta/llama", "tag": "1"}, "authSecret": "ngc"} | spec
    found: NIMService = decoded(NIMService, {"metadata": {"name": "llama"}, "spec": own}, status)
    return found


def cache(status: Manifest | None = None, **source: Any) -> NIMCache:
    manifest = {"metadata": {"name": "c"}, "spec": {"source": source, "storage": {"pvc": {"create": True, "size": "50Gi"}}}}
    found: NIMCache = decoded(NIMCache, manifest, status)
    return found


HUB = {"namespace": "meta-llama", "modelName": "Llama-3.2-1B", "authSecret": "hf", "pullSecret": "pull", "modelPuller": "x"}


def test_every_real_manifest_is_read_as_it_is_written() -> None:
    found = {}
    for name, sample in samples("nim-operator", "NIMService").items():
        one = read(decoded(NIMService, sample))
        found["/".join(name.partition("#")[0].split("/")[-2:])] = (one.models, one.desired, one.gpus)
        assert one.engine == "nim"
    assert found == EXPECTED


def test_the_cache_says_which_model_an_image_for_any_runs() -> None:
    service = nim(image={"repository": "nvcr.io/nim/nvidia/llm-nim", "tag": "1"}, storage={"nimCache": {"name": "c"}})
    assert read(service).models == ()
    one = read(service, facts((CACHES, cache(hf=HUB))))
    assert one.models == ("meta-llama/Llama-3.2-1B",)
    assert [str(ref) for ref in one.uses] == ["NIMCache c", "Secret ngc"]
    assert list(SERVICES_VIEW.dependents(CACHES, cache(hf=HUB), FactTable())) == []


def test_gpus_nobody_asks_for_are_unknown_when_a_profile_decides() -> None:
    assert read(nim(storage={"nimCache": {"name": "c"}})).gpus is None
    assert read(nim(storage={"emptyDir": {}})).gpus == 0
    assert read(nim(draResources=[{"resourceClaimName": "x"}], resources={"limits": {"nvidia.com/gpu": 1}})).gpus is None


LABELS = {"app.kubernetes.io/managed-by": "k8s-nim-operator", "app.kubernetes.io/name": "llama"}


def test_replicas_of_an_autoscaler_show_in_the_pods() -> None:
    scaled = nim(scale={"enabled": True, "hpa": {"minReplicas": 1, "maxReplicas": 4}})
    assert read(scaled).desired is None
    assert read(scaled, facts(pods=[pod("a", LABELS), pod("b", LABELS, ready=False)])).desired == 2
    assert read(scaled, facts(pods=[pod("a", LABELS), pod("b", LABELS, ready=False)])).ready == 1
    assert list(reading.pods(pod("llama-0", {"app.kubernetes.io/name": "llama"}))) == []


STOP = {"serving.kserve.io/stop": "true"}


@pytest.mark.parametrize(
    ("spec", "status", "phase", "says"),
    [
        ({}, None, Phase.PENDING, "not taken it up"),
        ({}, {"state": "Ready", "availableReplicas": 1}, Phase.READY, ""),
        ({"replicas": 2}, {"state": "Ready", "availableReplicas": 1}, Phase.DEGRADED, "1 of 2"),
        (
            {},
            {"state": "NotReady", "conditions": conditions(NIM_SERVICE_READY=("False", "NotReady", "no pod"))},
            Phase.PROCESSING,
            "no pod",
        ),
        (
            {},
            {"state": "Failed", "conditions": conditions(NIM_SERVICE_FAILED=("True", "Cache", "is gone"))},
            Phase.FAILED,
            "Cache: is gone",
        ),
        ({}, {"state": "NotReady", "conditions": conditions(NIM_SERVICE_FAILED=("True", "Cache", "gone"))}, Phase.FAILED, "gone"),
        ({"replicas": 0}, {"state": "Ready"}, Phase.PAUSED, "No replicas"),
        ({"inferencePlatform": "kserve", "annotations": STOP}, {"state": "NotReady"}, Phase.PAUSED, "stopped"),
        ({"annotations": STOP}, {"state": "Ready", "availableReplicas": 1}, Phase.READY, ""),
        ({}, {"state": "Dreaming"}, Phase.UNKNOWN, ""),
    ],
)
def test_the_status_of_a_service(spec: Manifest, status: Manifest | None, phase: Phase, says: str) -> None:
    one = read(nim(status, **spec))
    assert (one.status.phase, says in one.status.reason) == (phase, True), one.status
    assert one.status.raw == (status or {}).get("state", "")
    assert one.stopped == (phase is Phase.PAUSED)


def test_the_endpoint_is_what_the_operator_reports() -> None:
    status = {"state": "Ready", "model": {"name": "meta/llama", "clusterEndpoint": "10.0.0.1:8000", "externalEndpoint": ""}}
    one = read(nim(status, expose={"service": {"name": "own", "port": 9000}}))
    assert one.endpoint is not None
    assert (one.endpoint.url, one.endpoint.service, one.endpoint.port) == ("http://10.0.0.1:8000", "own", 9000)
    assert one.served == ("meta/llama",)


@pytest.mark.parametrize(
    ("status", "phase", "says"),
    [
        (None, Phase.PENDING, "not taken it up"),
        ({"state": "Ready"}, Phase.READY, ""),
        ({"state": "InProgress"}, Phase.PROCESSING, ""),
        ({"state": "Pending", "conditions": conditions(NIM_CACHE_JOB_PENDING=("True", "Pending", "no node"))}, Phase.PENDING, "no node"),
        ({"state": "Failed"}, Phase.FAILED, "log"),
        ({"state": "NotReady", "conditions": conditions(NIM_CACHE_RECONCILE_FAILED=("True", "Bad", "pvc"))}, Phase.FAILED, "Bad: pvc"),
    ],
)
def test_the_status_of_a_cache(status: Manifest | None, phase: Phase, says: str) -> None:
    told = reading.cache_status(cache(status, hf=HUB))
    assert (told.phase, says in told.reason) == (phase, True)


def test_a_cache_as_a_row() -> None:
    row = dict(zip((column.key for column in CACHES_VIEW.columns), CACHES_VIEW.row(cache(hf=HUB), facts()).values, strict=True))
    assert (row["model"], row["source"], row["size"], row["used_by"], row["profiles"]) == (
        "meta-llama/Llama-3.2-1B",
        "Hugging Face",
        "50Gi",
        UNKNOWN,
        UNKNOWN,
    )
    assert reading.cache_secrets(cache(hf=HUB)) == ("hf", "pull")
