"""LLMInferenceServices as deployments: what the real manifests say, configs put together, and status."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.systems.kserve.kserving import Manifest, conditions, decoded, facts, pod, samples

from modeltui.domain import Phase
from modeltui.systems.facts import FactTable
from modeltui.systems.kserve import llm_reading
from modeltui.systems.kserve.llm_types import (
    LLM_CONFIGS,
    LLMInferenceService,
    LLMInferenceServiceConfig,
    Parallelism,
)
from modeltui.systems.kserve.views import LLM_VIEW
from modeltui.systems.serving.deployment import Deployment

QWEN = "Qwen/Qwen2.5-7B-Instruct"
OPT = "facebook/opt-125m"
CODER = "deepseek-ai/DeepSeek-Coder-V2-Lite-Instruct"
NEMOTRON = "RedHatAI/NVIDIA-Nemotron-3-Ultra-550B-A55B-FP8-block"

EXPECTED: dict[str, tuple[str, tuple[str, ...], str, list[tuple[str, int | None, int | None]], int | None]] = {
    # name: model, served as, engine, (role, replicas, GPUs of each), GPUs of all
    "nemotron-ultra-pd": (NEMOTRON, (NEMOTRON,), "vllm", [("decode", 1, 8), ("prefill", 1, 8), ("epp", 1, 0)], 16),
    "deepseek-coder-v2": (CODER, (CODER,), "vllm", [("worker", 1, 16), ("epp", 1, 0)], 16),
    "deepseek-r1-0528-pd": (
        "pvc://llm-test-pvc-deepseek",
        ("deepseek-ai/DeepSeek-R1-0528",),
        "vllm",
        [("decode", 1, 16), ("prefill", 1, 16), ("epp", 1, 0)],
        32,
    ),
    "gpt-oss-20b": ("pvc://gpt-oss-20b-pvc", ("RedHatAI/gpt-oss-20b",), "vllm", [("worker", 2, 1), ("epp", 1, 0)], 2),
    "qwen2-7b-latency-predictor": (QWEN, (QWEN,), "vllm", [("worker", 3, 1), ("epp", 1, 0)], 3),
    "lora-multi-hf-test": (OPT, (OPT, "adapter-1", "adapter-2"), "vllm", [("worker", 1, 0), ("epp", 1, 0)], 0),
    "lora-pvc-test": (OPT, (OPT, "pvc-adapter"), "vllm", [("worker", 1, 0), ("epp", 1, 0)], 0),
    "qwen2-7b-instruct-dra-multi": (QWEN, (QWEN,), "vllm", [("worker", 1, None), ("epp", 1, 0)], None),
    "qwen2-7b-instruct-nvidia": (QWEN, (QWEN,), "vllm", [("worker", 3, 1), ("epp", 1, 0)], 3),
    "facebook-opt-125m-single": (OPT, (OPT,), "vllm", [("worker", 1, 0), ("epp", 1, 0)], 0),
    "precise-prefix-test": (OPT, ("opt-125m",), "simulator", [("worker", 2, 0), ("epp", 1, 0)], 0),
    "qwen2-7b-instruct-pd": (QWEN, (QWEN,), "vllm", [("decode", 1, 1), ("prefill", 2, 1), ("epp", 1, 0)], 3),
    "qwen2-7b-instruct-single": (QWEN, (QWEN,), "vllm", [("worker", 3, 1), ("epp", 1, 0)], 3),
}


def read(obj: LLMInferenceService, known: FactTable | None = None) -> Deployment:
    return llm_reading.reader(LLM_CONFIGS)(obj, known or facts())


def llm(status: Manifest | None = None, *, annotations: Manifest | None = None, generation: int = 1, **spec: Any) -> LLMInferenceService:
    manifest = {"metadata": {"name": "qwen", "annotations": annotations or {}}, "spec": {"model": {"uri": f"hf://{QWEN}"}, **spec}}
    found: LLMInferenceService = decoded(LLMInferenceService, manifest, status, generation=generation)
    return found


def template(gpus: int = 0, **container: Any) -> Manifest:
    limits = {"limits": {"nvidia.com/gpu": str(gpus)}} if gpus else {}
    return {"containers": [{"name": "main", "resources": limits, **container}]}


def test_every_real_manifest_is_read_as_it_is_written() -> None:
    found = {}
    for sample in samples("kserve", "LLMInferenceService").values():
        one = read(decoded(LLMInferenceService, sample))
        parts = [(part.role, part.desired, part.gpus) for part in one.components]
        found[sample["metadata"]["name"]] = (one.models[0], one.served, one.engine, parts, one.gpus)
    assert found == EXPECTED


def test_configs_are_laid_under_the_spec_in_their_order() -> None:
    first = {"replicas": 4, "template": template(gpus=2, image="team/sglang:1"), "router": {"scheduler": {}}}
    second = {"replicas": 3, "prefill": {"replicas": 2, "template": template(gpus=1)}}
    known = facts(config("base", first), config("pd", second))
    one = read(llm(baseRefs=[{"name": "base"}, {"name": "pd"}], template=template(image="vllm/vllm-openai:1")), known)
    assert [(part.role, part.desired, part.gpus) for part in one.components] == [("decode", 3, 2), ("prefill", 2, 1), ("epp", 1, 0)]
    assert one.engine == "vllm"
    assert one.gpus == 8
    assert [str(ref) for ref in one.uses] == ["LLMInferenceServiceConfig base", "LLMInferenceServiceConfig pd"]


def test_what_a_config_that_is_not_known_may_say_is_unknown() -> None:
    one = read(llm(baseRefs=[{"name": "theirs"}]))
    assert (one.components[0].desired, one.components[0].gpus) == (None, None)


def config(name: str, spec: Manifest) -> tuple[Any, Any]:
    return LLM_CONFIGS, decoded(LLMInferenceServiceConfig, {"metadata": {"name": name}, "spec": spec})


def test_workers_of_further_nodes_count() -> None:
    piped = llm(parallelism={"pipeline": 3}, template=template(gpus=8), worker=template(gpus=4))
    assert read(piped).gpus == 16
    alone = llm(parallelism={"pipeline": 3}, template=template(gpus=8))
    assert read(alone).gpus == 8, "without a worker there is one node"


@given(
    st.builds(
        Parallelism, pipeline=st.none() | st.integers(1, 8), data=st.none() | st.integers(1, 64), data_local=st.none() | st.integers(1, 8)
    )
)
def test_a_replica_has_at_least_one_node_and_data_goes_before_pipeline(parallelism: Parallelism) -> None:
    assert parallelism.nodes >= 1
    if parallelism.data and parallelism.data_local and parallelism.data >= parallelism.data_local:
        assert parallelism.nodes == parallelism.data // parallelism.data_local
    elif not parallelism.data and not parallelism.data_local:
        assert parallelism.nodes == (parallelism.pipeline or 1)


def test_claims_for_devices_make_gpus_unknown() -> None:
    claimed = llm(template={**template(), "resourceClaims": [{"name": "gpu", "resourceClaimTemplateName": "t"}]})
    assert read(claimed).gpus is None


LABELS = {"app.kubernetes.io/part-of": "llminferenceservice", "app.kubernetes.io/name": "qwen"}
MAIN = {**LABELS, "app.kubernetes.io/component": "llminferenceservice-workload"}
PREFILL = {**LABELS, "app.kubernetes.io/component": "llminferenceservice-workload-prefill"}


def test_pods_are_told_apart_by_their_labels() -> None:
    own = [pod("a", MAIN), pod("b", MAIN, ready=False), pod("c", PREFILL), pod("d", {**MAIN, "app.kubernetes.io/name": "other"})]
    one = read(llm(replicas=2, template=template(), prefill={"replicas": 1, "template": template()}), facts(pods=own))
    assert [(part.ready, part.desired) for part in one.components] == [(1, 2), (1, 1)]
    assert list(llm_reading.pods(own[0])) == ["qwen"]
    assert list(llm_reading.pods(pod("x", {"app.kubernetes.io/name": "qwen"}))) == []


def test_what_the_status_counts_goes_before_the_pods() -> None:
    status = {
        "workloads": {"primary": {"kind": "Deployment", "name": "x", "readyReplicas": 2}, "service": {"kind": "Service", "name": "svc"}}
    }
    one = read(llm(status, replicas=2, template=template()), facts(pods=[]))
    assert one.ready == 2
    assert one.endpoint is not None
    assert (one.endpoint.service, one.endpoint.port) == ("svc", 8000)


def test_an_autoscalers_wish_shows_in_the_pods() -> None:
    scaled = llm(scaling={"minReplicas": 1, "maxReplicas": 5}, template=template())
    assert read(scaled).desired is None
    assert read(scaled, facts(pods=[pod(f"p{n}", MAIN) for n in range(3)])).desired == 3


READY = conditions(PresetsCombined="True", WorkloadsReady="True", RouterReady="True", Ready="True")
BAD = ("False", "x", "")


@pytest.mark.parametrize(
    ("status", "annotations", "ready", "phase", "says"),
    [
        (None, {}, 0, Phase.PENDING, "not taken it up"),
        ({"conditions": READY}, {}, 1, Phase.READY, ""),
        ({"conditions": READY}, {}, 0, Phase.DEGRADED, "none of its replicas"),
        ({"conditions": READY, "observedGeneration": 1}, {}, 1, Phase.PROCESSING, "latest change"),
        ({"conditions": READY}, {"serving.kserve.io/stop": "true"}, 0, Phase.PAUSED, "stopped"),
        ({"conditions": READY}, {"serving.kserve.io/stop": "true"}, 1, Phase.PROCESSING, "being stopped"),
        (
            {"conditions": conditions(PresetsCombined=("False", "ConfigNotFound", "no base"), Ready=BAD)},
            {},
            0,
            Phase.FAILED,
            "PresetsCombined is False: ConfigNotFound: no base",
        ),
        (
            {"conditions": conditions(PresetsCombined="True", MainWorkloadReady=("False", "MinimumReplicasUnavailable", ""), Ready=BAD)},
            {},
            0,
            Phase.PROCESSING,
            "MainWorkloadReady is False",
        ),
        (
            {"conditions": conditions(WorkloadsReady="True", HTTPRoutesReady=("False", "NotAccepted", "no listener"), Ready=BAD)},
            {},
            1,
            Phase.DEGRADED,
            "requests do not reach them: HTTPRoutesReady is False: NotAccepted: no listener",
        ),
        (
            {"conditions": conditions(MainWorkloadReady=("False", "Stopped", ""), Ready=("False", "Stopped", ""))},
            {},
            0,
            Phase.PROCESSING,
            "started",
        ),
        (
            {"conditions": [*READY, *conditions(GroupDegraded=("True", "Partial", "one is gone"))]},
            {},
            1,
            Phase.READY,
            "group is not complete",
        ),
    ],
)
def test_the_status_is_right(status: Any, annotations: Manifest, ready: int, phase: Phase, says: str) -> None:
    generation = 2 if status and "observedGeneration" in status else 1
    obj = llm(status, annotations=annotations, generation=generation, replicas=1, template=template())
    told = read(obj, facts(pods=[pod("a", MAIN)] * ready)).status
    assert (told.phase, says in told.reason) == (phase, True), told


def test_the_older_version_has_a_view_of_its_own_and_reads_the_same() -> None:
    (older,) = LLM_VIEW.older
    assert (LLM_VIEW.resource.version, older.resource.version) == ("v1alpha2", "v1alpha1")
    assert older.serves is not None
    assert LLM_VIEW.serves is not None
    obj = llm(replicas=2, template=template(gpus=1))
    assert older.serves.read(obj, facts()) == LLM_VIEW.serves.read(obj, facts())
