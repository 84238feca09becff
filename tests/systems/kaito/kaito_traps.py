"""Every trap of a Workspace and of an InferenceSet, each beside one that is sound."""

from __future__ import annotations

from typing import Any, Final

from tests.systems.kserve.kserving import Manifest, Trap, decoded, facts, secret

from modeltui.domain import Severity
from modeltui.kube.objects import ObjectMeta
from modeltui.kube.resource import Resource
from modeltui.systems.core.secrets import SECRETS
from modeltui.systems.core.types import NODES, Node, NodeStatus
from modeltui.systems.facts import FactTable
from modeltui.systems.kaito.types import CONFIG_MAPS, SETS, InferenceSet, Workspace
from modeltui.systems.kaito.types import WORKSPACES as WORKSPACES_RESOURCE

LABELS: Final = {"matchLabels": {"apps": "phi"}}
PRESET: Final = {"preset": {"name": "phi-4"}}


def W(*, name: str = "phi", labels: Any = LABELS, **top: Any) -> Manifest:
    resource = {"instanceType": "Standard_NC24ads_A100_v4", **({"labelSelector": labels} if labels is not None else {})}
    found = {"apiVersion": "kaito.sh/v1beta1", "kind": "Workspace", "metadata": {"name": name, "namespace": "team"}, "resource": resource}
    return found | ({"inference": PRESET} | top)


def I(inference: Any = PRESET, *, labels: Any = LABELS, resource: Any = None, **spec: Any) -> Manifest:  # noqa: E743
    template = {"inference": inference} | ({"resource": resource} if resource else {})
    own = {"template": template, **({"labelSelector": labels} if labels is not None else {})}
    return {
        "apiVersion": "kaito.sh/v1beta1",
        "kind": "InferenceSet",
        "metadata": {"name": "phi", "namespace": "team"},
        "spec": own | spec,
    }


def gated(name: str) -> Manifest:
    return {"preset": {"name": "phi-4", "presetOptions": {"modelAccessSecret": name}}}


def R(runtime: str) -> Manifest:
    found = W()
    return {**found, "metadata": {**found["metadata"], "annotations": {"kaito.sh/runtime": runtime}}}


def P(partition: Any, **resource: Any) -> Manifest:
    """On nodes that are there, unless `resource` has an instance type."""
    return {**W(), "resource": {"labelSelector": LABELS, **resource, **({"partition": partition} if partition else {})}}


def preset(name: str) -> Manifest:
    return W(inference={"preset": {"name": name}})


def adapters(*names: str, image: str = "r/i:1", strength: str = "") -> Manifest:
    made = [{"source": {"name": name, "image": image}, **({"strength": strength} if strength else {})} for name in names]
    return W(inference={**PRESET, "adapters": made})


def named(manifest: Manifest, name: str) -> Manifest:
    return {**manifest, "metadata": {**manifest["metadata"], "name": name}}


def live(kind: Any, manifest: Manifest) -> FactTable:
    table = FactTable()
    table.put(SETS if kind is InferenceSet else WORKSPACES_RESOURCE, decoded(kind, manifest))
    return table


def labelled_node(name: str = "n", *, gpus: int = 8, **labels: str) -> tuple[Resource, Node]:
    allocatable = {"nvidia.com/gpu": str(gpus)} if gpus else {}
    return NODES, Node(metadata=ObjectMeta(name=name, labels=labels), status=NodeStatus(allocatable=allocatable))


CONTAINER: Final = {"containers": [{"name": "a", "image": "i"}]}
TOKEN_FIELD: Final = "inference.preset.presetOptions.modelAccessSecret"
WORKSPACE = [
    Trap("no name", W(name=""), W(), "The name is missing", "metadata.name"),
    Trap("a spec", {**W(), "spec": {"inference": PRESET}}, W(), "A Workspace has no spec", "spec"),
    Trap("nothing", {**W(), "inference": None}, W(), "neither inference nor tuning", "inference"),
    Trap("both", W(tuning={"preset": {"name": "x"}}), W(), "inference and tuning", "tuning"),
    Trap("no selector", W(labels=None), W(), "labelSelector is missing", "resource.labelSelector"),
    Trap("an empty selector", W(labels={}), W(), "has no matchLabels", "resource.labelSelector.matchLabels"),
    Trap("a bad label", W(labels={"matchLabels": {"a": "x y"}}), W(), "cannot be the value of a label", "resource.labelSelector"),
    Trap("no preset", W(inference={}), W(), "neither a preset nor a template", "inference.preset"),
    Trap("two ways", W(inference={**PRESET, "template": {"spec": CONTAINER}}), W(), "a preset and a template", "inference.template"),
    Trap("a nameless preset", W(inference={"preset": {"name": ""}}), W(), "The preset has no name", "inference.preset.name"),
    Trap(
        "no config", W(inference={**PRESET, "config": "c"}), W(), 'no ConfigMap "c"', "inference.config", known=facts(known=(CONFIG_MAPS,))
    ),
    Trap(
        "no Secret",
        W(inference=gated("hf")),
        W(inference=gated("hf")),
        'no Secret "hf"',
        "inference",
        known=facts(known=(SECRETS,)),
        otherwise=facts(secret("hf", "HF_TOKEN"), known=(SECRETS,)),
    ),
    Trap("a name of two parts", W(name="phi.4"), W(), 'The name "phi.4" is no good', "metadata.name"),
    Trap("a name too long", W(name="p" * 55), W(name="p" * 54), "has 55 characters", "metadata.name"),
    Trap("a runtime of tomorrow", R("tgi"), R("transformers"), "it runs vllm, and says nothing", "metadata.annotations", Severity.WARNING),
    Trap(
        "two values of a label",
        W(labels={**LABELS, "matchExpressions": [{"key": "a", "operator": "In", "values": ["b", "c"]}]}),
        W(labels={**LABELS, "matchExpressions": [{"key": "a", "operator": "In", "values": ["b"]}]}),
        "say more than one value",
        "resource.labelSelector.matchExpressions",
    ),
    Trap(
        "its own label",
        W(labels={"matchLabels": {"kaito.sh/workspace": "a"}}),
        W(),
        "keeps for itself",
        "resource.labelSelector.matchLabels",
    ),
    Trap(
        "a part of a node to be made",
        P({"mode": "mig", "profile": "1g.10gb"}, instanceType="x"),
        P({"mode": "mig", "profile": "1g.10gb"}),
        "and for nodes to be made",
        "resource.partition",
    ),
    Trap("no way to divide", P({"mode": "mps"}), P(None), '"mps" is no way', "resource.partition.mode"),
    Trap("slices counted", P({"mode": "mig", "profile": "1g.10gb", "count": 2}), P(None), "named by its profile", "resource.partition"),
    Trap("no number of GPUs", P({"mode": "accelerator"}), P({"mode": "accelerator", "count": 2}), "by their count", "resource.partition"),
    Trap(
        "no node",
        P(None),
        P(None),
        "No node has the labels apps=phi, and without an instance type none is made",
        "resource.labelSelector",
        Severity.WARNING,
        known=facts(known=(NODES,)),
        otherwise=facts(labelled_node(apps="phi"), known=(NODES,)),
    ),
    Trap(
        "too few nodes",
        P(None, count=2),
        P(None, count=1),
        "1 of the 2 nodes that it wants are there (apps=phi)",
        "resource.count",
        Severity.WARNING,
        known=facts(labelled_node(apps="phi"), known=(NODES,)),
    ),
    Trap(
        "nodes without GPUs",
        P(None),
        P(None),
        "The nodes with the labels apps=phi offer no GPU",
        "resource.labelSelector",
        Severity.WARNING,
        known=facts(labelled_node(gpus=0, apps="phi"), known=(NODES,)),
        otherwise=facts(labelled_node(apps="phi"), known=(NODES,)),
    ),
    Trap("an unknown preset", preset("phi-44"), preset("phi-4"), "known here", "inference.preset.name", Severity.WARNING),
    Trap(
        "a reserved preset", preset("custom-1"), preset("custom"), "keeps names that begin with custom- for itself", "inference.preset.name"
    ),
    Trap("gated", preset("llama-3.1-8b-instruct"), preset("phi-4"), "is gated", TOKEN_FIELD),
    Trap("gated on the Hub", preset("meta-llama/Llama-3.2-1B-Instruct"), W(), "is gated", TOKEN_FIELD),
    Trap(
        "a token of another name",
        W(inference=gated("hf")),
        W(inference=gated("hf")),
        'Secret "hf" has no key HF_TOKEN',
        "inference.preset.presetOptions.modelAccessSecret",
        known=facts(secret("hf", "token"), known=(SECRETS,)),
        otherwise=facts(secret("hf", "HF_TOKEN"), known=(SECRETS,)),
    ),
    Trap("eleven adapters", adapters(*"abcdefghijk"), adapters(*"abcdefghij"), "11 adapters", "inference.adapters"),
    Trap("two of a name", adapters("a", "a"), adapters("a", "b"), 'called "a"', "inference.adapters[1].source.name"),
    Trap("a nameless adapter", adapters(""), adapters("a"), "An adapter has no name", "inference.adapters[0].source.name"),
    Trap("an adapter from nowhere", adapters("a", image=""), adapters("a"), "does not come from an image", "inference.adapters[0].source"),
    Trap("too strong", adapters("a", strength="1.5"), adapters("a", strength="0.5"), "from 0 to 1", "inference.adapters[0].strength"),
    Trap("no strength", adapters("a", strength="much"), adapters("a"), "from 0 to 1", "inference.adapters[0].strength"),
    *(
        Trap(f"{field} changed", was, there, says, field, known=live(Workspace, there), otherwise=live(Workspace, there))
        for field, was, there, says in (
            ("resource.count", P(None, count=2), P(None, count=1), "The number of nodes cannot be changed"),
            ("resource.instanceType", P(None, instanceType="y"), P(None, instanceType="x"), "The instance type cannot be changed"),
            ("resource.partition", P({"mode": "accelerator", "count": 2}), P(None), "The partition cannot be changed"),
            ("resource.labelSelector", W(labels={"matchLabels": {"apps": "b"}}), W(), "The labels of its nodes cannot be changed"),
            ("inference.preset", preset("phi-4"), preset("phi-2"), "The preset cannot be changed"),
            ("inference.template", W(inference={"template": {"spec": CONTAINER}}), W(), "A preset cannot become pods"),
            ("inference", {**W(tuning={}), "inference": None}, W(), "inference or tuning, cannot be changed"),
        )
    ),
]
SET = [
    Trap("a long name", named(I(), "p" * 49), named(I(), "p" * 48), "has 49 characters", "metadata.name"),
    Trap(
        "the partition changed",
        I(resource={"partition": {"mode": "accelerator", "count": 2}}),
        I(),
        "The partition cannot be changed",
        "spec.template.resource.partition",
        known=live(InferenceSet, I()),
        otherwise=live(InferenceSet, I()),
    ),
    Trap(
        "two parts of a node",
        I(resource={"partition": {"mode": "mig"}}),
        I(),
        "named by its profile",
        "spec.template.resource.partition",
    ),
    Trap(
        "replicas for which there are no nodes",
        I(replicas=3),
        I(replicas=2),
        "2 of the 3 nodes that it wants are there (apps=phi)",
        "spec.replicas",
        Severity.WARNING,
        known=facts(labelled_node("a", apps="phi"), labelled_node("b", apps="phi"), known=(NODES,)),
    ),
    Trap(
        "nodes of a set without GPUs",
        I(),
        I(),
        "offer no GPU",
        "spec.labelSelector",
        Severity.WARNING,
        known=facts(labelled_node(gpus=0, apps="phi"), known=(NODES,)),
        otherwise=facts(labelled_node(apps="phi"), known=(NODES,)),
    ),
    Trap("less than none", I(replicas=-1), I(replicas=0), "replicas is -1", "spec.replicas"),
    Trap(
        "a limit too low",
        I(replicas=3, nodeCountLimit=2),
        I(replicas=2, nodeCountLimit=2),
        "nodeCountLimit is 2",
        "spec.nodeCountLimit",
        Severity.WARNING,
    ),
    Trap("no selector", I(labels=None), I(), "labelSelector is missing", "spec.labelSelector"),
    Trap("no preset", I({}), I(), "neither a preset nor a template", "spec.template.inference.preset"),
]
