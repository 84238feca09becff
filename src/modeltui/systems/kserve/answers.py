"""What a person says of an InferenceService, or of an LLMInferenceService: the answers of the form, and of `modeltui render deployment`.

Any answer may be missing.
"""

from __future__ import annotations

from typing import Literal

from modeltui.systems.serving.answers import Answers, EnvAnswers, PlacementAnswers, ResourceAnswers


class ServingAnswers(Answers, frozen=True, kw_only=True):
    """What both kinds are told."""

    name: str = ""
    namespace: str = ""
    uri: str = ""
    """Where the weights are: hf://organisation/model[:revision], pvc://claim/path, s3://bucket/path, oci://image."""
    served_name: str = ""
    context_length: int | None = None
    """None takes what the model says."""
    prefix_caching: bool | None = None
    """None leaves it to the engine."""
    eager: bool = False
    trust_remote_code: bool = False
    extra_args: tuple[str, ...] = ()
    image: str = ""
    """"" takes that of the runtime, or of KServe's preset."""
    token_secret: str = ""
    """A Secret with what fetching takes: HF_TOKEN, or AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY."""
    service_account: str = ""
    """Its Secrets are used for fetching, too."""
    image_pull_secrets: tuple[str, ...] = ()
    env: tuple[EnvAnswers, ...] = ()
    resources: ResourceAnswers = ResourceAnswers()
    placement: PlacementAnswers = PlacementAnswers()


class InferenceAnswers(ServingAnswers, frozen=True, kw_only=True):
    """An InferenceService: a model on a runtime that somebody has set up."""

    format: str = "huggingface"
    """Of the model, in the words of the runtimes."""
    format_version: str = ""
    runtime: str = ""
    """A ServingRuntime of the namespace, or a ClusterServingRuntime; "" has KServe choose one by the format."""
    engine: Literal["", "huggingface", "vllm", "sglang", "trtllm", "llamacpp"] = ""
    """Whose flags the runtime takes; "" goes by the format: KServe's own server for huggingface, sglang for sglang, else vLLM."""
    tensor_parallel: int | None = None
    """GPUs that the engine splits the model over; None says nothing, which is one."""
    min_replicas: int | None = None
    """None is one; 0 lets Knative take the last one away while nobody asks."""
    max_replicas: int | None = None
    scale_metric: Literal["", "cpu", "memory", "concurrency", "rps"] = ""
    """What the autoscaler goes by: the first two of Kubernetes, the others of Knative."""
    scale_target: int | None = None
    """Percent, or requests."""
    autoscaler: Literal["", "hpa", "keda", "external", "none"] = ""
    mode: Literal["", "Standard", "RawDeployment", "Knative", "Serverless"] = ""
    """"" takes KServe's default. RawDeployment and Serverless are what Standard and Knative were called."""


class ParallelismAnswers(Answers, frozen=True, kw_only=True):
    """How one replica is split. With data over dataLocal, or with a pipeline, it has several nodes."""

    tensor: int | None = None
    pipeline: int | None = None
    data: int | None = None
    data_local: int | None = None
    expert: bool = False


class PrefillAnswers(Answers, frozen=True, kw_only=True):
    """Pods of their own that work prompts out; the others then only decode."""

    replicas: int | None = None
    parallelism: ParallelismAnswers = ParallelismAnswers()
    resources: ResourceAnswers = ResourceAnswers()


class LlmAnswers(ServingAnswers, frozen=True, kw_only=True):
    """An LLMInferenceService: vLLM as KServe's presets run it, with a router in front."""

    replicas: int | None = None
    """None is one, or what a base says."""
    parallelism: ParallelismAnswers = ParallelismAnswers()
    prefill: PrefillAnswers | None = None
    router: Literal["scheduler", "gateway", "none"] = "scheduler"
    """scheduler: a gateway that asks KServe's scheduler which pod has the prompt cached; gateway: any pod; none: a Service only."""
    gateway: str = ""
    """A Gateway of somebody; "" takes KServe's."""
    gateway_namespace: str = ""
    base_refs: tuple[str, ...] = ()
    """LLMInferenceServiceConfigs that it is laid over, later ones over earlier ones."""
