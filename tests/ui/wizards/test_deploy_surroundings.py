"""What the cluster itself says about good answers is proposed: the tolerations that its GPUs need, and names that nobody has."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import Any

import msgspec
import pytest

from modeltui.catalog.merged import shipped
from modeltui.document import text_of
from modeltui.kube.discovery import ServedResource
from modeltui.kube.errors import Forbidden
from modeltui.kube.resource import Resource
from modeltui.systems.kserve.llm_types import GATEWAYS
from modeltui.systems.kserve.types import SERVICES
from modeltui.ui.wizards import draft as drafts
from modeltui.ui.wizards.deploy import kaito_form, kserve_form, model_step
from modeltui.ui.wizards.deploy.form import Deploying
from modeltui.ui.wizards.deploy.surroundings import Node, Surroundings, look
from modeltui.ui.wizards.draft import Draft

NVIDIA, AMD = "nvidia.com/gpu", "amd.com/gpu"


def node(name: str, *taints: str, gpu: str = NVIDIA, count: str = "8", labels: dict[str, str] | None = None, **spec: Any) -> dict[str, Any]:
    """Taints as kubectl spells them."""
    parts = [(*taint.rpartition(":")[0].partition("=")[::2], taint.rpartition(":")[2]) for taint in taints]
    told = [{"key": key, **({"value": value} if value else {}), "effect": effect} for key, value, effect in parts]
    return {
        "metadata": {"name": name, "labels": labels or {}},
        "spec": {"taints": told, **spec},
        "status": {"allocatable": {"cpu": "64", gpu: count}},
    }


def around(*nodes: dict[str, Any], **more: Any) -> Surroundings:
    return Surroundings(nodes=msgspec.convert(nodes, tuple[Node, ...]), **more)


@pytest.mark.parametrize(
    ("taints", "tolerated"),
    [
        (("nvidia.com/gpu=present:NoSchedule",), "nvidia.com/gpu:NoSchedule"),
        (("sku=gpu:NoSchedule", "nvidia.com/gpu:NoExecute"), "sku=gpu:NoSchedule\nnvidia.com/gpu:NoExecute"),
        (("gpu=true:NoSchedule",), "gpu:NoSchedule"),
        (("dedicated=research:NoSchedule",), ""),
        (("node.kubernetes.io/unreachable:NoExecute",), ""),
        (("nvidia.com/gpu=present:PreferNoSchedule",), ""),
        ((), ""),
    ],
)
def test_a_taint_that_says_no_more_than_that_there_are_gpus_is_tolerated(taints: tuple[str, ...], tolerated: str) -> None:
    assert around(node("gpu-1", *taints)).tolerations(NVIDIA) == tolerated
    assert around(node("gpu-1", *taints)).tolerations(AMD) == "", "it has none of these"
    assert around(node("gpu-1", *taints, count="0"), node("gpu-2", *taints, unschedulable=True)).tolerations(NVIDIA) == ""


def test_nodes_are_found_by_the_label_that_tells_their_gpus() -> None:
    assert around(node("cpu-1", count="0", labels={"nvidia.com/gpu.present": "true"})).gpu_labels() == ""
    assert around(node("gpu-1", labels={"nvidia.com/gpu.present": "true"}), node("gpu-2")).gpu_labels() == "nvidia.com/gpu.present=true"


def test_a_name_that_is_taken_is_counted_on() -> None:
    def short(text: str) -> str:
        return text[:8]

    assert Surroundings().free(short, "qwen") == "qwen"
    assert Surroundings(taken=frozenset({"qwen", "qwen-2"})).free(short, "qwen") == "qwen-3"
    assert Surroundings(taken=frozenset({"qwen3-lo"})).free(short, "qwen3-long") == "qwen3-lo", "no room to count"


DEPLOYING = Deploying(systems=(kserve_form.FORM, kaito_form.WORKSPACE_FORM), catalogs=shipped())
FORM = DEPLOYING.form()
HERE = around(
    node("gpu-1", "nvidia.com/gpu=present:NoSchedule", labels={"nvidia.com/gpu.present": "true"}), taken=frozenset({"qwen3-0-6b"})
)
LEARNED = replace(DEPLOYING, surroundings=HERE).form()


def _answered(draft: Draft, step: str, key: str, value: str) -> Draft:
    return drafts.proposed(LEARNED, draft.with_answer(step, key, value), before=draft)


def test_what_is_learned_is_proposed_and_what_was_typed_stays() -> None:
    begun = drafts.blank(FORM)
    draft = _answered(drafts.proposed(LEARNED, begun, before=begun, by=FORM), "model", "model", "Qwen/Qwen3-0.6B")
    assert draft.answer("basics", "name") == "qwen3-0-6b-2"
    assert draft.answer("resources", "tolerations") == "nvidia.com/gpu:NoSchedule"
    assert _answered(draft, "resources", "gpus", "0").answer("resources", "tolerations") == "", "without GPUs none are needed"
    assert _answered(draft, "system", "system", "kaito").answer("resources", "tolerations") == "", "KAITO does that itself"
    typed = begun.with_answer("resources", "tolerations", "*").with_answer("basics", "name", "mine")
    kept = drafts.proposed(LEARNED, typed, before=typed, by=FORM)
    assert (kept.answer("resources", "tolerations"), kept.answer("basics", "name")) == ("*", "mine")


def test_a_gated_model_in_no_catalog_gets_a_secret_proposed_and_is_told() -> None:
    draft = _answered(drafts.blank(LEARNED), "model", "model", "meta-llama/Llama-3.3-70B-Instruct")
    assert draft.answer("serving", "token_secret") == "hf-token-secret"
    told = model_step.about(DEPLOYING.catalogs, draft.group("model"))
    assert [text_of(one) for one in told][-1].startswith("▲ Gated: its terms have to be accepted")
    assert _answered(draft, "model", "model", "Qwen/Qwen3-4B-Base").answer("serving", "token_secret") == ""


def test_kaito_is_ready_for_the_review_where_a_label_tells_the_nodes() -> None:
    draft = drafts.blank(LEARNED)
    for step, key, value in (("model", "model", "Qwen/Qwen3-0.6B"), ("system", "system", "kaito"), ("basics", "namespace", "team")):
        draft = _answered(draft, step, key, value)
    assert drafts.problems(LEARNED, draft) == ()
    assert draft.answer("kaito", "kaito.nodes") == "nvidia.com/gpu.present=true"
    made = _answered(draft, "kaito", "kaito.place", kaito_form.MADE)
    assert made.answer("kaito", "kaito.nodes") == "", "labels of nodes that are made are KAITO's own"


class Answers:
    """A client, and what is served, of lists by path; any other is forbidden."""

    def __init__(self, *kinds: tuple[str, str], **lists: list[dict[str, Any]]) -> None:
        self._kinds, self._lists = kinds, lists

    async def request(self, method: str, path: str, **more: Any) -> bytes:
        assert method == "GET"
        items = self._lists.get(path.rpartition("/")[2])
        if items is None:
            raise Forbidden(f"you may not list {path}", status=403)
        return json.dumps({"items": items}).encode()

    async def versions(self, group: str, plural: str) -> tuple[ServedResource, ...]:
        found = Resource(group=group, version="v1", plural=plural, kind=plural)
        return (ServedResource(found, frozenset()),) if (group, plural) in self._kinds else ()


ROUTING = (("inference.networking.k8s.io", "inferencepools"), (GATEWAYS.group, "httproutes"), (GATEWAYS.group, "gateways"))


async def test_the_cluster_is_asked_once_for_nodes_names_and_routes() -> None:
    there = Answers(*ROUTING, nodes=[node("gpu-1")], inferenceservices=[{"metadata": {"name": "chat"}}], gateways=[{"metadata": {}}])
    found = await look(there, there, "team", [SERVICES])  # type: ignore[arg-type]  # as much of them as is asked
    assert (len(found.nodes), found.taken, found.routes) == (1, {"chat"}, True)


@pytest.mark.parametrize(
    "there",
    [
        Answers(*ROUTING),
        Answers(*ROUTING, gateways=[]),
        Answers(*ROUTING[1:], gateways=[{"metadata": {}}]),
    ],
)
async def test_what_may_not_be_known_or_is_not_there_proposes_nothing(there: Answers) -> None:
    assert await look(there, there, "team", [SERVICES]) == Surroundings()  # type: ignore[arg-type]
