"""What a person says of a graph, or of a request for one: the answers of the form, and of `modeltui render deployment`."""

from __future__ import annotations

from typing import Literal

from modeltui.systems.serving.answers import Answers, EnvAnswers, MountAnswers, PlacementAnswers


class GraphAnswers(Answers, frozen=True, kw_only=True):
    name: str = ""
    namespace: str = ""
    model: str = ""
    """A Hub id, or a path in the claim."""
    engine: Literal["vllm", "sglang", "trtllm"] = "vllm"
    mode: Literal["aggregated", "disaggregated"] = "aggregated"
    replicas: int = 1
    """Of the worker; of an aggregated graph."""
    prefill_replicas: int = 1
    decode_replicas: int = 1
    frontend_replicas: int = 1
    gpus: int = 1
    """Of each worker; the model is split over them."""
    router_mode: Literal["", "kv", "round-robin", "random"] = ""
    served_name: str = ""
    context_length: int | None = None
    """None takes what the model says."""
    prefix_caching: bool | None = None
    """None leaves it to the engine."""
    eager: bool = False
    trust_remote_code: bool = False
    extra_args: tuple[str, ...] = ()
    image: str = ""
    """"" takes the runtime image of the catalog."""
    runtime_version: str = ""
    """MAJOR.MINOR.PATCH; needed when the tag of the image is none."""
    token_secret: str = ""
    """A Secret with HF_TOKEN."""
    cache: MountAnswers | None = None
    """A claim in which fetched models are kept."""
    env: tuple[EnvAnswers, ...] = ()
    """Of the workers."""
    placement: PlacementAnswers = PlacementAnswers()


class RequestAnswers(Answers, frozen=True, kw_only=True):
    """A graph that Dynamo finds by itself, for a goal."""

    name: str = ""
    namespace: str = ""
    model: str = ""
    engine: Literal["auto", "vllm", "sglang", "trtllm"] = "auto"
    image: str = ""
    gpu_sku: str = ""
    gpus_per_node: int | None = None
    total_gpus: int | None = None
    input_tokens: int | None = None
    output_tokens: int | None = None
    ttft: float | None = None
    """Milliseconds until the first token."""
    itl: float | None = None
    """Milliseconds between tokens."""
    search: Literal["rapid", "thorough"] = "rapid"
    apply: bool = True
    """False: the graph is only proposed."""
    cache_claim: str = ""
