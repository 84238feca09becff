"""Any answers about an InferenceService and an LLMInferenceService, for tests that hold for all of them."""

from __future__ import annotations

from typing import Any, Final

import msgspec
from hypothesis import strategies as st

from modeltui.systems.kserve import arguments
from modeltui.systems.kserve.answers import InferenceAnswers, LlmAnswers, ParallelismAnswers, PrefillAnswers
from modeltui.systems.serving.answers import EnvAnswers, KeyAnswers, PlacementAnswers, ResourceAnswers, TolerationAnswers

NAMES: Final = st.from_regex(r"[a-z][a-z0-9]{0,10}", fullmatch=True)
_ENV: Final = st.builds(EnvAnswers, name=st.sampled_from(["A", "B"]), value=st.sampled_from(["", "x"])) | st.builds(
    EnvAnswers, name=st.just("C"), secret=st.just(KeyAnswers(name="s", key="k"))
)
_AMOUNT: Final = st.sampled_from(["", "8", "500m"])
_MEMORY: Final = st.sampled_from(["", "64Gi"])


def resources(*, least: int = 0) -> st.SearchStrategy[ResourceAnswers]:
    """GPUs of some make from `least` on, or none, or nothing said of them."""
    nothing = st.none() if least == 0 else st.integers(least, 8)
    of_gpus = st.builds(
        ResourceAnswers,
        gpus=st.integers(least, 8),
        gpu_resource=st.sampled_from(["nvidia.com/gpu", "amd.com/gpu"]),
        cpu=_AMOUNT,
        memory=_MEMORY,
        cpu_limit=st.sampled_from(["", "8"]),
        memory_limit=_MEMORY,
    )
    return of_gpus | st.builds(ResourceAnswers, gpus=nothing, cpu=_AMOUNT, memory=_MEMORY)


_SHARED: Final[dict[str, Any]] = {
    "name": NAMES,
    "namespace": st.just("team"),
    "uri": st.sampled_from(["hf://Qwen/Qwen3-8B", "hf://Qwen/Qwen3-8B:main", "pvc://weights/llama/base", "pvc://w", "s3://bucket/a/b"]),
    "served_name": st.sampled_from(["", "chat"]),
    "context_length": st.none() | st.integers(1, 100_000),
    "trust_remote_code": st.booleans(),
    "extra_args": st.lists(st.sampled_from(["--max-num-seqs", "8", "--own", "a b", "--x=y"]), max_size=3).map(tuple),
    "image": st.sampled_from(["", "corp/own:1.2.3"]),
    "token_secret": st.sampled_from(["", "hf-token-secret"]),
    "service_account": st.sampled_from(["", "runner"]),
    "image_pull_secrets": st.sampled_from([(), ("regcred",), ("regcred", "other")]),
    "env": st.lists(_ENV, max_size=2, unique_by=lambda one: one.name).map(tuple),
    "placement": st.builds(
        PlacementAnswers,
        node_selector=st.dictionaries(NAMES, NAMES, max_size=1),
        tolerations=st.lists(st.just(TolerationAnswers(key="gpu", operator="Exists")), max_size=1).map(tuple),
    ),
}
_OF_VLLM: Final = {"prefix_caching": st.none() | st.booleans(), "eager": st.booleans()}
_OWN: Final[dict[str, Any]] = {
    "format_version": st.sampled_from(["", "1"]),
    "runtime": st.sampled_from(["", "vllm-runtime"]),
    "resources": resources(),
    "min_replicas": st.none() | st.integers(0, 2),
    "max_replicas": st.none() | st.integers(2, 4),
    "scale_metric": st.sampled_from(["", "cpu", "memory", "concurrency", "rps"]),
    "scale_target": st.none() | st.integers(1, 90),
    "autoscaler": st.sampled_from(["", "hpa", "keda", "external", "none"]),
    "mode": st.sampled_from(["", "Standard", "RawDeployment", "Knative", "Serverless"]),
}
_SPLIT_BY_TENSOR: Final = {"tensor_parallel": st.none() | st.integers(1, 8)}


def _with_room(answers: InferenceAnswers) -> InferenceAnswers:
    """Split over no more GPUs than it has."""
    gpus, ways = answers.resources.gpus, answers.tensor_parallel
    return answers if not gpus or not ways or ways <= gpus else msgspec.structs.replace(answers, tensor_parallel=gpus)


SERVICES: Final = (
    st.builds(
        InferenceAnswers, format=st.sampled_from(["huggingface", "vLLM", "custom"]), **_SHARED, **_OWN, **_OF_VLLM, **_SPLIT_BY_TENSOR
    )
    | st.builds(InferenceAnswers, format=st.just("sglang"), eager=st.booleans(), **_SHARED, **_OWN, **_SPLIT_BY_TENSOR)
    | st.builds(InferenceAnswers, format=st.just("custom"), engine=st.just("trtllm"), **_SHARED, **_OWN, **_SPLIT_BY_TENSOR)
).map(_with_room)
"""Of each engine only what it has flags for."""


def settled(answers: InferenceAnswers) -> InferenceAnswers:
    """Without an engine that no flag tells from that of the format: nothing in a manifest says it then."""
    if not answers.engine:
        return answers
    return msgspec.structs.replace(answers, engine=arguments.likeliest(arguments.words(answers, named=True), answers.format))


SPLIT: Final = (
    st.builds(ParallelismAnswers, tensor=st.none() | st.integers(1, 4))
    | st.builds(ParallelismAnswers, tensor=st.none() | st.just(1), pipeline=st.integers(1, 4))
    | st.builds(
        ParallelismAnswers,
        tensor=st.none() | st.just(1),
        data=st.sampled_from([2, 4, 8]),
        data_local=st.sampled_from([1, 2]),
        expert=st.booleans(),
    )
)
_GATEWAYS: Final = st.sampled_from(
    [
        {"router": "scheduler"},
        {"router": "gateway"},
        {"router": "none"},
        {"router": "scheduler", "gateway": "gw", "gateway_namespace": "infra"},
        {"router": "gateway", "gateway": "gw"},
    ]
)
LLM_SERVICES: Final = st.builds(
    lambda routed, **more: LlmAnswers(**routed, **more),
    _GATEWAYS,
    replicas=st.none() | st.integers(0, 3),
    parallelism=SPLIT,
    resources=resources(least=4),
    prefill=st.none() | st.builds(PrefillAnswers, replicas=st.none() | st.integers(0, 3), parallelism=SPLIT, resources=resources(least=4)),
    base_refs=st.lists(NAMES, max_size=2, unique=True).map(tuple),
    **{key: value for key, value in _SHARED.items() if key != "trust_remote_code"},
    trust_remote_code=st.booleans(),
    **_OF_VLLM,
)
"""With GPUs enough for what they are split over."""


# ---- the strict check of the reference material ---------------------------------------------------------------------
