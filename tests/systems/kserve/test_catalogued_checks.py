"""What a catalog knows of a model against what is about to run it: engine, GPUs, their memory, the context."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import msgspec
import pytest
from tests.systems.kserve.kserving import Manifest, Trap, facts, live, model, runtime, service, tell_apart

from modeltui.catalog.activations import Activation, VllmSettings
from modeltui.catalog.merged import Catalogs, Found
from modeltui.domain import Severity
from modeltui.kube.resource import Resource
from modeltui.systems.core.types import NODES, Node
from modeltui.systems.kserve import model_manager
from modeltui.systems.kserve.checks import check_service
from modeltui.systems.kserve.types import CLUSTER_RUNTIMES, RUNTIMES
from modeltui.systems.serving import known as serving_known

QWEN, PHI, MISTRAL = "Qwen/Qwen3-0.6B", "microsoft/Phi-3-mini-4k-instruct", "mistralai/Mistral-7B-Instruct-v0.3"
WARNING = Severity.WARNING
KNOWN = (RUNTIMES, CLUSTER_RUNTIMES)


def of(id_: str, *args: str, gpus: int | None = 1, name: str = "vllm-runtime", **more: Any) -> Manifest:
    return service(model(uri=f"hf://{id_}", runtime=name, gpus=gpus, args=list(args), **more))


def card(name: str, **labels: str) -> tuple[Resource, Node]:
    resource = "amd.com/gpu" if "amd.com/gpu.vram" in labels else "nvidia.com/gpu"
    document = {"metadata": {"name": name, "labels": labels}, "status": {"allocatable": {resource: "8"}}}
    return NODES, msgspec.convert(document, Node)


T4 = card("t4", **{"nvidia.com/gpu.memory": "15360"})
H100 = card("h100", **{"nvidia.com/gpu.memory": "81559", "size": "large"})
VLLM, TRT = runtime(), runtime("trt", container={"image": "nvcr.io/nvidia/tensorrt-llm/release:1.0"})

TRAPS = [
    Trap(
        "an engine that the catalog does not know for it",
        of(PHI, name="trt"),
        of(PHI),
        f"The catalog knows {PHI} to run on vllm, sglang, llamacpp, and this runtime is trtllm",
        "spec.predictor.model.runtime",
        WARNING,
        facts(VLLM, TRT, known=KNOWN),
    ),
    Trap(
        "no GPU",
        of(QWEN, gpus=None),
        of(QWEN),
        f"It asks for no GPU, and {QWEN} needs about 5 GiB",
        "spec.predictor.model.resources",
        WARNING,
        facts(VLLM, known=KNOWN),
    ),
    Trap(
        "too small a GPU",
        of(MISTRAL),
        of(QWEN),
        f"{MISTRAL} needs about 18 GiB of GPU memory, and the largest GPU it can get has 15 GiB",
        "spec.predictor.model.resources",
        WARNING,
        facts(VLLM, T4, known=(*KNOWN, NODES)),
    ),
    Trap(
        "too small a GPU where the node selector leads",
        of(MISTRAL, nodeSelector={"size": "small"}),
        of(MISTRAL, nodeSelector={"size": "large"}),
        "the largest GPU it can get has 15 GiB",
        "spec.predictor.model.resources",
        WARNING,
        facts(VLLM, card("t4", **{"nvidia.com/gpu.memory": "15360", "size": "small"}), H100, known=(*KNOWN, NODES)),
    ),
    Trap(
        "more context than the model takes",
        of(PHI, "--max-model-len", "8192"),
        of(PHI, "--max-model-len", "4096"),
        "--max-model-len 8192 is more than the 4,096 tokens",
        "spec.predictor.model.args",
        Severity.ERROR,
        facts(VLLM, known=KNOWN),
    ),
]


@pytest.mark.parametrize("trap", TRAPS, ids=lambda trap: trap.name)
def test_a_trap(trap: Trap) -> None:
    tell_apart(trap, check_service)


def said(manifest: Manifest, *objects: Any, known: tuple[Resource, ...] = (*KNOWN, NODES)) -> list[str]:
    found = check_service(manifest, facts(VLLM, *objects, known=known))
    return [finding.reason for finding in found if "GPU memory" in finding.reason or "max-model-len" in finding.reason]


def test_several_gpus_together_hold_it() -> None:
    assert said(of(MISTRAL, gpus=2), T4) == []
    (told,) = said(of(MISTRAL, gpus=2), card("small", **{"nvidia.com/gpu.memory": "8192"}))
    assert "2 GPUs of at most 8 GiB each" in told


def test_what_nobody_says_is_not_held_against_it() -> None:
    assert said(of(MISTRAL), card("bare")) == []
    assert said(of(MISTRAL), T4, known=KNOWN) == []
    assert said(of("org/in-no-catalog", gpus=None)) == []
    assert said(of(PHI, "--max-model-len", "8192", env=[{"name": "VLLM_ALLOW_LONG_MAX_MODEL_LEN", "value": "1"}])) == []


def test_an_amd_node_says_it_in_its_own_label() -> None:
    manifest = of(MISTRAL)
    manifest["spec"]["predictor"]["model"]["resources"] = {"limits": {"amd.com/gpu": "1"}}
    assert said(manifest, card("mi", **{"amd.com/gpu.vram": "192G"})) == []
    (told,) = said(manifest, card("small", **{"amd.com/gpu.vram": "16G"}))
    assert "has 16 GiB" in told


def test_what_runs_already_is_not_told_what_a_catalog_thinks() -> None:
    found = check_service(live(of(MISTRAL)), facts(VLLM, T4, known=(*KNOWN, NODES)))
    assert [finding for finding in found if "GPU memory" in finding.reason] == []


ENTRY = Activation(
    id="tiny", hf_model_id="org/tiny", vllm=VllmSettings(extra_args=("--model-impl", "transformers", "--port=9000", "--swap-space", "4"))
)


def test_an_argument_of_an_entry_that_is_dropped_for_how_it_begins_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    """Of the entry's arguments those that name model, host, port and served name are dropped; others that begin so are, too."""
    found = Catalogs(activations={"tiny": Found(ENTRY, Path("tiny.json"), shipped=False)})
    monkeypatch.setattr(serving_known, "catalogs", lambda: found)
    desired = model_manager.activated(ENTRY, name="active-llm", namespace="team")
    assert desired["spec"]["predictor"]["model"]["args"] == ["--served-model-name", "org/tiny", "--swap-space", "4"]
    (finding,) = [one for one in check_service(desired, facts()) if "is left out" in one.reason]
    assert (finding.severity, finding.field) == (WARNING, "spec.predictor.model.args")
    assert "has the argument --model-impl" in finding.reason
    assert finding.remedy
    desired["spec"]["predictor"]["model"]["args"] += ["--model-impl", "transformers"]
    assert [one for one in check_service(desired, facts()) if "is left out" in one.reason] == []
