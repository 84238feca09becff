"""What a person says of a ModelDeployment: the answers of the form, and of `modeltui render deployment`."""

from __future__ import annotations

from typing import Literal

from modeltui.systems.serving.answers import NVIDIA, Answers, EnvAnswers, PlacementAnswers


class VolumeAnswers(Answers, frozen=True, kw_only=True):
    """A claim that is there (`claim`), or one that AI Runway makes (`size`)."""

    name: str = ""
    purpose: Literal["modelCache", "compilationCache", "custom"] = "modelCache"
    claim: str = ""
    size: str = ""
    storage_class_name: str | None = None
    access_mode: Literal["", "ReadWriteOnce", "ReadWriteMany", "ReadOnlyMany", "ReadWriteOncePod"] = ""
    path: str = ""
    """"" takes that of the purpose."""
    read_only: bool = False


class DeploymentAnswers(Answers, frozen=True, kw_only=True):
    name: str = ""
    namespace: str = ""
    model: str = ""
    """A Hub id; "" for an image that brings its model."""
    image: str = ""
    provider: str = ""
    """"" lets AI Runway choose."""
    engine: Literal["", "vllm", "sglang", "trtllm", "llamacpp"] = "vllm"
    mode: Literal["aggregated", "disaggregated"] = "aggregated"
    replicas: int = 1
    gpus: int = 1
    gpu_resource: str = NVIDIA
    prefill_replicas: int = 1
    prefill_gpus: int = 1
    decode_replicas: int = 1
    decode_gpus: int = 1
    memory: str = ""
    cpu: str = ""
    served_name: str = ""
    context_length: int | None = None
    prefix_caching: bool = True
    eager: bool = False
    trust_remote_code: bool = False
    extra_args: tuple[str, ...] = ()
    token_secret: str = ""
    gateway: bool | None = None
    """None is true."""
    gateway_model: str = ""
    volumes: tuple[VolumeAnswers, ...] = ()
    env: tuple[EnvAnswers, ...] = ()
    placement: PlacementAnswers = PlacementAnswers()
