"""What a person says of a Workspace or of an InferenceSet: the answers of the form, and of `modeltui render deployment`."""

from __future__ import annotations

from typing import Literal

from modeltui.systems.serving.answers import Answers


class AdapterAnswers(Answers, frozen=True, kw_only=True):
    """A LoRA adapter, in an image."""

    name: str = ""
    image: str = ""
    strength: str = ""
    """"0" to "1"; "" takes 1."""
    pull_secrets: tuple[str, ...] = ()


class ServingAnswers(Answers, frozen=True, kw_only=True):
    """What is asked for either kind."""

    name: str = ""
    namespace: str = ""
    model: str = ""
    """A preset of KAITO, or a Hub id."""
    runtime: Literal["", "vllm", "transformers"] = ""
    """"" takes what KAITO does by itself, which is vllm."""
    config: str = ""
    """A ConfigMap with inference_config.yaml: where the engine's own arguments stand."""
    token_secret: str = ""
    """A Secret with HF_TOKEN."""
    adapters: tuple[AdapterAnswers, ...] = ()
    instance_type: str = ""
    """Of nodes that KAITO shall make; "" takes nodes that are there."""
    nodes: dict[str, str] = {}
    """Labels of the nodes that it runs on, and of those that are made for it; {} is `apps` and its name."""
    gpus: int | None = None
    """Whole GPUs of a node; None leaves it to KAITO. For nodes that are there only."""
    mig_profile: str = ""
    """A slice of a GPU, "3g.40gb", in place of `gpus`. For nodes that are there only."""


class WorkspaceAnswers(ServingAnswers, frozen=True, kw_only=True):
    """One of it."""


class SetAnswers(ServingAnswers, frozen=True, kw_only=True):
    """Several of the same, each a Workspace."""

    replicas: int = 1
    node_limit: int | None = None
    """How many nodes all of them may come to; None: as many as they need."""
