"""Which template is chosen, and which model is meant."""

from __future__ import annotations

from typing import Any

import pytest
from tests.systems.aim.aiming import custom, facts, manifest, model, node, service, template, there

from modeltui.systems.aim import hardware, matching
from modeltui.systems.aim.selection import Selection, select
from modeltui.systems.aim.service_types import AIMService


def chosen(*templates: dict[str, Any], of: tuple[str, ...] = (), spec: dict[str, Any] | None = None) -> Selection:
    made: AIMService = there(service(**(spec or {})))
    found = select(made.spec, "team", "qwen-model", facts(templates, of=("AIMServiceTemplate", "AIMClusterServiceTemplate", *of)))
    assert found is not None
    return found


def names(found: Selection) -> list[str]:
    return [one.metadata.name for one in found.best]


def test_unknown_templates_are_not_judged() -> None:
    made: AIMService = there(service())
    assert select(made.spec, "team", "qwen-model", facts([template()])) is None


@pytest.mark.parametrize(
    ("templates", "spec", "best"),
    [
        ([template("a")], {}, ["a"]),
        ([template("a", of="other")], {}, []),
        ([template("a", status="Progressing")], {}, []),
        ([template("a", kind="unoptimized")], {}, []),
        ([template("a", kind="preview")], {}, []),
        ([template("a", kind="unoptimized")], {"template": {"allowUnoptimized": True}}, ["a"]),
        ([template("a"), template("b", kind="preview")], {"template": {"allowUnoptimized": True}}, ["a"]),
        ([template("a", metric="latency"), template("b", metric="throughput")], {"overrides": {"metric": "throughput"}}, ["b"]),
        ([template("a", precision="fp16"), template("b", precision="fp8")], {}, ["b"]),
        ([template("a", precision="fp16"), template("b", precision="fp8")], {"overrides": {"precision": "fp16"}}, ["a"]),
        ([template("a", gpu="MI300X"), template("b", gpu="MI325X")], {}, ["b"]),
        ([template("a", gpu="MI300X"), template("b", gpu="MI325X")], {"overrides": {"hardware": {"gpu": {"model": "mi300x"}}}}, ["a"]),
        ([template("a", count=1), template("b", count=4)], {"overrides": {"hardware": {"gpu": {"requests": 4}}}}, ["b"]),
        ([template("a"), template("b", cluster=True, precision="fp4")], {}, ["a"]),
        ([template("a"), template("b")], {}, ["a", "b"]),
        ([template("a", count=1), template("b", count=4)], {}, ["a", "b"]),
        ([template("a"), node("n", "740f")], {}, []),
        ([template("a"), node("n", "74a9")], {}, ["a"]),
    ],
)
def test_the_choice(templates: list[dict[str, Any]], spec: dict[str, Any], best: list[str]) -> None:
    assert names(chosen(*templates, spec=spec)) == best


def test_why_not_the_others() -> None:
    found = chosen(
        template("a", status="NotAvailable"),
        template("b", kind="unoptimized"),
        template("c", metric="throughput"),
        template("d", gpu="MI325X"),
        node("n"),
        spec={"overrides": {"metric": "latency"}},
    )
    told = "a is NotAvailable, it wants MI300X; b is not optimized; c is for throughput, not latency; d wants MI325X, which no node has"
    assert found.why == told
    assert found.only_unoptimized
    assert not found.waits
    assert chosen(template("a", status="Pending")).waits


@pytest.mark.parametrize(
    ("name", "means"),
    [
        ("MI300X", "MI300X"),
        ("Instinct-MI300X (rev 2)", "MI300X"),
        ("AMD_Instinct_MI325X", "MI325X"),
        ("mi210", "MI210"),
        ("odd", "ODD"),
        ("", ""),
    ],
)
def test_names_of_gpus_are_compared_as_one(name: str, means: str) -> None:
    assert hardware.model_of_name(name) == means


@pytest.mark.parametrize(
    ("labels", "means"),
    [
        ({"amd.com/gpu.device-id": "74a1"}, "MI300X"),
        ({"beta.amd.com/gpu.device-id": "0x74A5"}, "MI325X"),
        ({"amd.com/gpu.device-id.74b5": "8"}, "MI300X"),
        ({"amd.com/gpu.device-id.74b5": "0"}, ""),
        ({"amd.com/gpu.device-id": "ffff"}, "AMD-FFFF"),
        ({"nvidia.com/gpu.product": "H100"}, ""),
    ],
)
def test_the_gpu_of_a_node_is_told_by_its_labels(labels: dict[str, str], means: str) -> None:
    assert hardware.model_of_node(labels) == means


def test_what_no_node_has() -> None:
    wanted = there(service(model=custom(hardware={"gpu": {"requests": 1, "minVram": "200Gi"}}))).spec.model.custom.hardware
    assert hardware.missing(wanted, facts([node("n")])) == "GPU with 200Gi of memory"
    assert hardware.missing(wanted, facts([node("n"), node("m", "74a5")])) == ""
    assert hardware.missing(wanted, facts([node("n", **{"amd.com/gpu.vram": "288G"})])) == ""
    assert hardware.missing(wanted, facts()) == ""
    named = there(service(model=custom(hardware={"gpu": {"requests": 1, "model": "MI355X"}}))).spec.model.custom.hardware
    assert hardware.missing(named, facts([node("n")])) == "GPU MI355X"
    assert hardware.missing(named, facts([node("n", "75b3")])) == ""


def test_a_model_of_the_namespace_is_meant_before_one_of_the_cluster() -> None:
    known = facts([model(), model(cluster=True)])
    assert [one.metadata.namespace for one in matching.named("qwen-model", "team", known)] == ["team", ""]
    assert matching.named("qwen-model", "other", facts([model()])) == []


def test_models_are_found_by_their_image_in_both_scopes() -> None:
    spec = there(service(model={"image": "amdenterpriseai/aim-qwen-qwen3-32b:0.8.5"})).spec
    known = facts([model("a"), model("b", cluster=True), model("c", image="other:1")])
    assert [one.metadata.name for one in matching.candidates(spec, "team", known)] == ["a", "b"]


@pytest.mark.parametrize(
    ("source", "found"),
    [
        ({}, True),
        ({"modelId": "a/b"}, False),
        ({"sourceUri": "hf://a/b"}, False),
        ({"env": [{"name": "AWS_ENDPOINT_URL", "value": "https://minio"}]}, False),
        ({"env": [{"name": "HF_TOKEN", "value": "x"}]}, True),
        ({"size": "2Gi"}, True),
    ],
)
def test_a_model_of_the_same_weights_is_used_again_whatever_its_hardware(source: dict[str, Any], found: bool) -> None:
    wanted = custom(hardware={"gpu": {"requests": 8}})["custom"]
    first = {"modelId": "Qwen/Qwen2-0.5B", "sourceUri": "hf://Qwen/Qwen2-0.5B", **source}
    made = manifest(
        "AIMModel",
        "made",
        spec={"image": wanted["baseImage"], "modelSources": [first], "custom": {"hardware": {"gpu": {"requests": 1}}}},
    )
    spec = there(service(model={"custom": wanted})).spec
    assert bool(matching.candidates(spec, "team", facts([made]))) == found
