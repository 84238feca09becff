"""Why ModelDeployments of AI Runway do not run: each failure with its cause first, and what helps."""

from __future__ import annotations

from typing import Any

import pytest
from tests.demo.serving.yard import Obj, Yard
from tests.failing.failing_world import look, until_told, view_of
from tests.failing.pod_failures import BY_NAME, MODES, Mode, Wish, annotations, judge

from modeltui.domain import Phase

UPSTREAM = ("airunway",)
MD, PROVIDERS = "modeldeployments.airunway.ai", "inferenceproviderconfigs.airunway.ai"
VIEW = view_of("ModelDeployment")
_VLLM = {"name": "vllm", "gpuSupport": True, "servingModes": ["aggregated", "disaggregated"]}
_CAPABLE = {
    "dynamo": {"engines": [_VLLM]},
    "kuberay": {"engines": [_VLLM]},
    "llmd": {"engines": [{**_VLLM, "requiresCRD": False}]},
}


@pytest.fixture
def providers(yard: Yard) -> None:
    for name, capabilities in _CAPABLE.items():
        if yard.api.find(PROVIDERS, name) is None:
            rules = [{"condition": "spec.engine.type == 'vllm'", "priority": 50}] if name == "dynamo" else []
            yard.make(PROVIDERS, name, namespace="", spec={"capabilities": capabilities, "selectionRules": rules})
    yard.passes(seconds=1)


@pytest.fixture
def no_providers(yard: Yard) -> None:
    for name in _CAPABLE:
        if yard.api.find(PROVIDERS, name) is not None:
            yard.api.delete(PROVIDERS, name)
    yard.passes(seconds=1)


def deploy(yard: Yard, wish: Wish, provider: str = "", **spec: Any) -> Obj:
    arguments = dict(zip((word.lstrip("-") for word in wish.args[::2]), wish.args[1::2], strict=True))
    wanted: Obj = {
        "model": {"id": wish.model},
        "engine": {"type": "vllm", "args": arguments},
        "gateway": {"enabled": False},
        "resources": {"gpu": {"count": wish.gpus}},
        "env": list(wish.env),
        "nodeSelector": dict(wish.nodes),
        "podTemplate": {"metadata": {"annotations": annotations(wish)}},
        **({"provider": {"name": provider}} if provider else {}),
        **spec,
    }
    return yard.make(MD, "llama", spec=wanted)


# AI Runway mounts claims by itself: what is wrong with them, it says in conditions
@pytest.mark.parametrize("mode", [mode for mode in MODES if not mode.wish.claim], ids=str)
def test_what_its_pods_die_of(yard: Yard, providers: None, mode: Mode) -> None:
    mode.before(yard)
    deploy(yard, mode.wish, "llmd")
    judge(until_told(yard, VIEW, "llama", mode.says), mode)


@pytest.mark.parametrize(
    "name", ["more GPUs than a node has", "no such GPU model", "gated, and no token", "a Secret that is not there", "the quota is used up"]
)
def test_what_the_pods_of_its_graph_die_of(yard: Yard, providers: None, name: str) -> None:
    mode = BY_NAME[name]
    mode.before(yard)
    deploy(yard, mode.wish)
    told = until_told(yard, VIEW, "llama", mode.says)
    assert yard.status(MD, "llama")["provider"]["resourceKind"] == "DynamoGraphDeployment"
    judge(told, mode)


def test_the_token_that_it_names_is_not_there(yard: Yard, providers: None) -> None:
    deploy(yard, Wish(), secrets={"huggingFaceToken": "hf-token"})
    until_told(yard, VIEW, "llama", 'secret "hf-token" not found').is_an_error(
        'secret "hf-token" not found', "Make the Secret here", "Pod "
    )


def test_no_provider_is_registered(yard: Yard, no_providers: None) -> None:
    deploy(yard, Wish())
    yard.passes(seconds=10)
    told = look(yard, VIEW, "llama")
    assert told.phase in (Phase.PENDING, Phase.FAILED)
    told.is_an_error("No provider is registered", "Install one of AI Runway's providers", "spec.provider.name")


def test_a_provider_that_is_not_there(yard: Yard, providers: None) -> None:
    deploy(yard, Wish(), "dinamo")
    yard.passes(seconds=10)
    look(yard, VIEW, "llama").is_an_error('There is no provider "dinamo"', "dynamo", "spec.provider.name")


def test_a_provider_whose_kind_is_not_installed(yard: Yard, providers: None) -> None:
    deploy(yard, Wish(), "kuberay")
    yard.passes(seconds=10)
    look(yard, VIEW, "llama").is_an_error("Provider kuberay, which it waits for, is not ready", "rayservices.ray.io", "spec.provider.name")


def test_an_engine_that_its_provider_cannot_run(yard: Yard, providers: None) -> None:
    deploy(yard, Wish(), "dynamo", engine={"type": "trtllm"})
    yard.passes(seconds=10)
    look(yard, VIEW, "llama").is_an_error("trtllm", "provider", "spec.engine.type")


def test_an_engine_that_nobody_runs(yard: Yard, providers: None) -> None:
    deploy(yard, Wish(), engine={"type": "trtllm"})
    yard.passes(seconds=10)
    look(yard, VIEW, "llama").is_an_error("No provider that is ready can carry it out", "install another", "spec.provider.name")


def test_another_provider_afterwards(yard: Yard, providers: None) -> None:
    deploy(yard, Wish())
    yard.until(lambda: yard.status(MD, "llama").get("phase") == "Running")
    change = {"spec": {"provider": {"name": "llmd"}}}
    obj = {**yard.get(MD, "llama")}
    assert obj["status"]["provider"]["name"] == "dynamo"
    yard.change(MD, "llama", change)
    yard.passes(seconds=5)
    told = look(yard, VIEW, "llama")
    assert told.phase is Phase.FAILED
    told.is_an_error("dynamo", "make it anew", "spec.provider.name")


def test_the_gateway_wants_kinds_that_are_not_there(yard: Yard, providers: None) -> None:
    deploy(yard, Wish(), gateway={"enabled": True})
    yard.passes(seconds=10)
    told = look(yard, VIEW, "llama")
    assert told.phase is Phase.FAILED
    told.is_an_error("InferencePool", "gateway", "")


def test_a_claim_that_is_not_bound(yard: Yard, providers: None) -> None:
    volume = {"name": "weights", "purpose": "modelCache", "size": "20Gi", "storageClassName": "fast"}
    deploy(yard, Wish(), "llmd", model={"id": "Qwen/Qwen3-0.6B", "storage": {"volumes": [volume]}})
    yard.passes(seconds=30)
    told = look(yard, VIEW, "llama")
    assert "fast" in told.first.reason or "llama-weights" in told.first.reason, told
    assert "StorageClass" in told.first.remedy


def test_what_its_webhook_refuses(yard: Yard, providers: None) -> None:
    deploy(yard, Wish(), serving={"mode": "disaggregated"})
    yard.passes(seconds=5)
    told = look(yard, VIEW, "llama")
    assert told.phase is Phase.FAILED
    told.is_an_error("disaggregated", "", "spec")
