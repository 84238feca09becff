"""Every trap of a graph: a manifest that has it, and one that has not."""

from __future__ import annotations

import copy
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import msgspec
import pytest
from tests.systems.dynamo import graph_samples as made

from modeltui.domain import Finding, Severity
from modeltui.kube.objects import Object
from modeltui.systems.core.secrets import SECRETS, Secret
from modeltui.systems.core.types import CLAIMS, PersistentVolumeClaim
from modeltui.systems.dynamo.checks import check_graph, check_older
from modeltui.systems.dynamo.types import GRAPHS, GROVE_SETS
from modeltui.systems.facts import FactTable

Manifest = dict[str, Any]
Change = Callable[[Manifest], Any]
ERROR, WARNING, INFO = Severity.ERROR, Severity.WARNING, Severity.INFO


def good() -> Manifest:
    return made.aggregated(1, backendFramework="vllm")


def halves() -> Manifest:
    told = ("--model", "m/m", "--kv-transfer-config", "{}")
    workers = [made.component(role, role, args=(*told, "--disaggregation-mode", role), gpus=1) for role in ("prefill", "decode")]
    return made.manifest(made.component("Frontend", "frontend"), *workers)


def worker(manifest: Manifest) -> Manifest:
    found: Manifest = manifest["spec"]["components"][1]
    return found


def main(manifest: Manifest, place: int = 1) -> Manifest:
    found: Manifest = manifest["spec"]["components"][place]["podTemplate"]["spec"]["containers"][0]
    return found


@dataclass(frozen=True)
class Trap:
    name: str
    change: Change
    says: str
    severity: Severity = ERROR
    base: Callable[[], Manifest] = good
    facts: Callable[[], FactTable] = field(default=FactTable)


def known(*objects: tuple[Any, Object], of: tuple[Any, ...] = ()) -> Callable[[], FactTable]:
    def make() -> FactTable:
        table = FactTable.of({resource: () for resource in of})
        for resource, obj in objects:
            table.put(resource, obj)
            table.set_known(resource, "", known=True)
        return table

    return make


def secret(name: str, *keys: str) -> tuple[Any, Object]:
    document = {"metadata": {"name": name, "namespace": "team"}, "data": dict.fromkeys(keys, "")}
    return SECRETS, msgspec.json.decode(msgspec.json.encode(document), type=Secret)


def claim(mode: str) -> tuple[Any, Object]:
    spec = {"accessModes": [mode]}
    return CLAIMS, msgspec.convert({"metadata": {"name": "c", "namespace": "team"}, "spec": spec}, PersistentVolumeClaim)


def live(manifest: Manifest, status: Manifest | None = None) -> Callable[[], FactTable]:
    return known((GRAPHS, made.graph(manifest, status)))


def mount(manifest: Manifest) -> None:
    worker(manifest)["podTemplate"]["spec"]["volumes"] = [{"name": "v", "persistentVolumeClaim": {"claimName": "c"}}]


def gated(manifest: Manifest) -> None:
    main(manifest)["args"] = ["--model", "meta-llama/Llama-3.2-1B-Instruct"]


def take(manifest: Manifest, name: str) -> None:
    main(manifest)["envFrom"] = [{"secretRef": {"name": name}}]


def epp(**extra: Any) -> Manifest:
    return made.component("Epp", "epp", eppConfig={"config": {}}) | extra


def with_first(first: Manifest) -> Change:
    return lambda manifest: manifest["spec"]["components"].__setitem__(0, first)


ROLLING = made.status("successful", rolling_update={"phase": "InProgress"})

TRAPS = [
    Trap("group", lambda m: m.update(apiVersion="dynamo.nvidia.com/v1beta1"), "is served by no cluster"),
    Trap("a component in the spec itself", lambda m: m["spec"].update(VllmWorker={}), 'spec has no field "VllmWorker"'),
    Trap("the other version's field", lambda m: m["spec"].update(services={}), "spec.services is a field of v1alpha1"),
    Trap("empty", lambda m: m["spec"].update(components=[]), "calls that"),
    Trap("too many", lambda m: m["spec"]["components"].extend(made.component(f"w{n}", "worker") for n in range(24)), "at most 25"),
    Trap("least", lambda m: worker(m).update(minAvailable=2), "minAvailable 2 is more than its 1 replicas"),
    Trap("nodes", lambda m: worker(m).update(multinode={"nodeCount": 0}), "and not of 0"),
    Trap(
        "nodes of a frontend", lambda m: m["spec"]["components"][0].update(multinode={"nodeCount": 2}), "only workers run on several nodes"
    ),
    Trap("two pickers of one", with_first(epp(replicas=2)), "exactly one endpoint picker"),
    Trap("no main container", lambda m: main(m).update(name="server"), 'has no container "main"'),
    Trap("several pickers", lambda m: m["spec"]["components"].extend([epp(), epp(name="E2")]), "several endpoint pickers"),
    Trap("component's name", lambda m: worker(m).update(name="a_b"), "cannot be the name of a component"),
    Trap("same name", lambda m: worker(m).update(name="FRONTEND"), "the name of several components"),
    Trap("no type", lambda m: worker(m).pop("type"), "has no type", WARNING),
    Trap("type", lambda m: worker(m).update(type="router"), 'there is no type "router"'),
    Trap("picker without configuration", with_first({k: v for k, v in epp().items() if k != "eppConfig"}), "needs its configuration"),
    Trap("configuration of no picker", lambda m: worker(m).update(eppConfig={"config": {}}), "for an endpoint picker only"),
    Trap("two configurations", with_first(epp(eppConfig={"config": {}, "configMapRef": {}})), "exactly one of config and configMapRef"),
    Trap("sidecar", lambda m: worker(m).update(frontendSidecar="front"), 'frontendSidecar names container "front"'),
    Trap(
        "sidecar without image", lambda m: worker(m)["podTemplate"]["spec"]["containers"].append({"name": "x"}), "container x has no image"
    ),
    # names
    Trap("name", lambda m: m["metadata"].update(name="A"), 'The name "A"'),
    Trap("long name", lambda m: m["metadata"].update(name="a" * 64), "carry it as a label"),
    Trap("digit", lambda m: m["metadata"].update(name="3b"), "begins with a digit"),
    Trap("service", lambda m: m["metadata"].update(name="a" * 56), "The Service of"),
    Trap("grove", lambda m: m["metadata"].update(name="a" * 40), "Grove refuses it", facts=known(of=(GROVE_SETS,))),
    Trap("grove perhaps", lambda m: m["metadata"].update(name="a" * 40), "Grove, where it is installed,", WARNING),
    # roles
    Trap("no front", lambda m: m["spec"]["components"].pop(0), "Nothing in it takes requests", WARNING),
    Trap("no worker", lambda m: m["spec"]["components"].pop(1), "has no worker", WARNING),
    Trap("picker in front of nothing", with_first(epp()), "none of the workers has a frontendSidecar", WARNING),
    Trap("half", lambda m: m["spec"]["components"].pop(2), "none that does decode", base=halves),
    Trap("other half", lambda m: m["spec"]["components"].pop(1), "none that does prefill", base=halves),
    Trap("type without mode", lambda m: main(m).update(args=["--model", "m/m"]), "it would do both halves", base=halves),
    Trap(
        "mode of the other",
        lambda m: main(m)["args"].__setitem__(-1, "decode"),
        "is started with --disaggregation-mode decode",
        base=halves,
    ),
    Trap("no hand over", lambda m: main(m)["args"].__delitem__(slice(2, 4)), "how to hand the cache over", base=halves),
    Trap("router none", lambda m: main(m, 0).update(env=[{"name": "DYN_ROUTER_MODE", "value": "none"}]), '"none" is no mode of the router'),
    Trap("router", lambda m: main(m, 0).update(env=[{"name": "DYN_ROUTER_MODE", "value": "new"}]), '"new" is no mode', WARNING),
    Trap("events", lambda m: main(m, 0).update(env=[{"name": "DYN_ROUTER_MODE", "value": "kv"}]), "it may have to guess", INFO),
    # engines
    Trap("framework", lambda m: m["spec"].update(backendFramework="tgi"), 'backendFramework "tgi"'),
    Trap("another engine", lambda m: m["spec"].update(backendFramework="sglang"), "but its workers run vllm", WARNING),
    Trap(
        "nodes without framework",
        lambda m: (worker(m).update(multinode={"nodeCount": 2}), m["spec"].pop("backendFramework")),
        "need backendFramework",
        WARNING,
    ),
    Trap(
        "executor",
        lambda m: m["metadata"].update(annotations={"nvidia.com/vllm-distributed-executor-backend": "dask"}),
        "which Dynamo refuses",
    ),
    Trap("two models", lambda m: main(m)["args"].__setitem__(1, "n/n"), "load different models", base=halves),
    Trap("no model", lambda m: main(m).update(args=["--tp", "1"]), "not told which model", WARNING),
    Trap("override", lambda m: worker(m).update(runtimeVersionOverride="1.1"), "is not MAJOR.MINOR.PATCH"),
    Trap("tag", lambda m: main(m).update(image="corp/vllm-runtime:my-tag"), 'tag "my-tag"', WARNING),
    # resources
    Trap("no GPU", lambda m: main(m).pop("resources"), "asks for no GPU", WARNING),
    Trap("split too far", lambda m: main(m)["args"].extend(["--tensor-parallel-size", "4"]), "splits the model 4 ways and has 1 GPU"),
    Trap("idle GPUs", lambda m: main(m).update(resources={"limits": {"nvidia.com/gpu": 4}}), "held and not used", WARNING),
    Trap("request only", lambda m: main(m).update(resources={"requests": {"nvidia.com/gpu": 1}}), "without a limit"),
    Trap(
        "shared memory",
        lambda m: (worker(m).update(sharedMemorySize="0"), main(m)["args"].extend(["--tensor-parallel-size", "4"])),
        "has no shared memory",
        WARNING,
    ),
    Trap("claim", mount, "which namespace team does not have", facts=known(of=(CLAIMS,))),
    Trap(
        "one node's claim",
        lambda m: (mount(m), worker(m).update(replicas=2)),
        "only one node may use",
        WARNING,
        facts=known(claim("ReadWriteOnce")),
    ),
    # credentials
    Trap("secret", lambda m: take(m, "hf"), "There is no Secret hf", facts=known(of=(SECRETS,))),
    Trap("gated", gated, "is gated on the Hub"),
    Trap("gated with another key", lambda m: (gated(m), take(m, "hf")), "holds neither HF_TOKEN", facts=known(secret("hf", "token"))),
    Trap("token in clear", lambda m: main(m).update(env=[{"name": "HF_TOKEN", "value": "abc"}]), "stands in the graph itself", WARNING),
    # what is there
    Trap("restart of nothing", lambda m: m["spec"].update(restart={"id": "1"}), "does not exist yet", facts=known(of=(GRAPHS,))),
    Trap(
        "framework changed", lambda m: m["spec"].update(backendFramework="sglang"), "backendFramework cannot be changed", facts=live(good())
    ),
    Trap("component changed", lambda m: worker(m).update(name="Other"), "without VllmWorker; with Other", facts=live(good())),
    Trap("nodes changed", lambda m: worker(m).update(multinode={"nodeCount": 2}), "between one node and several", facts=live(good())),
    Trap("restart in an update", lambda m: m["spec"].update(restart={"id": "1"}), "while a rolling update", facts=live(good(), ROLLING)),
    Trap("order", lambda m: m["spec"].update(restart={"id": "1", "strategy": {"order": ["x"]}}), "names every component once"),
    Trap(
        "order of all at once",
        lambda m: m["spec"].update(restart={"id": "1", "strategy": {"type": "Parallel", "order": ["x"]}}),
        "makes no sense",
    ),
]


def matching(found: tuple[Finding, ...], trap: Trap) -> list[Finding]:
    return [one for one in found if trap.says in one.reason]


@pytest.mark.parametrize("trap", TRAPS, ids=lambda trap: trap.name)
def test_a_trap_is_found_where_it_is(trap: Trap) -> None:
    manifest = copy.deepcopy(trap.base())
    assert not matching(check_graph(manifest, trap.facts()), trap)
    trap.change(manifest)
    found = matching(check_graph(manifest, trap.facts()), trap)
    assert [one.severity for one in found[:1]] == [trap.severity]
    assert found[0].remedy
    assert found[0].field


def test_what_is_good_has_no_finding() -> None:
    assert check_graph(good(), FactTable()) == check_graph(halves(), FactTable()) == ()
    take(manifest := good(), "hf")
    gated(manifest)
    assert check_graph(manifest, known(secret("hf", "HF_TOKEN"))()) == ()


@pytest.mark.parametrize(
    ("before", "after", "says"),
    [
        ({"scalingAdapter": {}}, {"replicas": 3}, "belong to its DynamoGraphDeploymentScalingAdapter"),
        ({"minAvailable": 1}, {"minAvailable": 2, "replicas": 2}, "minAvailable cannot be changed"),
    ],
)
def test_fields_that_stay_as_they_are(before: Manifest, after: Manifest, says: str) -> None:
    was = good()
    worker(was).update(before)
    known_graph = live(was)()
    assert not any(says in one.reason for one in check_graph(was, known_graph))
    worker(was).update(after)
    assert any(says in one.reason and one.severity is ERROR for one in check_graph(was, known_graph))


def test_a_graph_that_is_looked_at_itself_is_not_held_against_itself() -> None:
    there = made.graph(good() | {"spec": {**good()["spec"], "restart": {"id": "1"}}})
    assert check_graph(there, known((GRAPHS, there))()) == ()  # type: ignore[arg-type]  # v1beta1, as the manifest says


OLD: Manifest = {
    "apiVersion": "nvidia.com/v1alpha1",
    "kind": "DynamoGraphDeployment",
    "metadata": {"name": "old", "namespace": "team"},
    "spec": {
        "pvcs": [{"name": "c", "create": False}],
        "services": {
            "Frontend": {"componentType": "frontend", "extraPodSpec": {"mainContainer": {"image": "i:1.0.0"}}},
            "Worker": {
                "componentType": "worker",
                "resources": {"limits": {"gpu": "1"}},
                "extraPodSpec": {
                    "mainContainer": {"image": "i:1.0.0", "command": ["python3", "-m", "dynamo.vllm"], "args": ["--model", "m/m"]}
                },
            },
        },
    },
}


def of_worker(**extra: Any) -> Change:
    return lambda manifest: manifest["spec"]["services"]["Worker"].update(extra)


@pytest.mark.parametrize(
    ("change", "says"),
    [
        (lambda m: m["spec"].update(components=[]), "spec.components is a field of v1beta1"),
        (lambda m: m["spec"].update(services={}), "It has no components"),
        (lambda m: m["spec"]["pvcs"][0].update(create=True), "does not say size, storageClass, volumeAccessMode"),
        (of_worker(volumeMounts=[{"name": "x", "mountPoint": "/x"}]), "which spec.pvcs does not list"),
        (of_worker(volumeMounts=[{"name": "c"}]), "has no mountPoint"),
        (of_worker(autoscaling={"enabled": True}), "autoscaling is ignored"),
        (of_worker(dynamoNamespace="x"), "dynamoNamespace is ignored"),
        (of_worker(sharedMemory={}), "sharedMemory has no size"),
        (of_worker(componentType="epp"), "needs its configuration"),
        (of_worker(subComponentType="both"), "neither prefill nor decode"),
        (of_worker(extraPodSpec={}), "has no image"),
    ],
)
def test_traps_of_the_older_version(change: Change, says: str) -> None:
    manifest = copy.deepcopy(OLD)
    assert check_older(manifest, FactTable()) == ()
    change(manifest)
    assert any(says in one.reason and one.remedy for one in check_older(manifest, FactTable()))
