"""The traps of a graph in v1beta1."""

from __future__ import annotations

from typing import Final

from tests.systems.dynamo import graph_samples as made
from tests.systems.dynamo.graph_trapping import (
    INFO,
    WARNING,
    Trap,
    annotated,
    changed,
    claim,
    epp,
    gated,
    good,
    halves,
    known,
    live,
    main,
    mount,
    noted,
    router,
    secret,
    take,
    thing,
    with_first,
    worker,
)

from modeltui.systems.core.secrets import SECRETS
from modeltui.systems.core.types import CLAIMS
from modeltui.systems.dynamo.types import GRAPHS, GROVE_SETS, PRIORITY_CLASSES, QUEUES

ROLLING = made.status("successful", rolling_update={"phase": "InProgress"})

GRAPH: Final = [
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
    Trap("router none", lambda m: main(m, 0).update(env=[router("none")]), '"none" is no mode of the router'),
    Trap("router", lambda m: main(m, 0).update(env=[router("new")]), '"new" is no mode', WARNING),
    Trap("events", lambda m: main(m, 0).update(env=[router("kv")]), "it may have to guess", INFO),
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
    # what else would be dropped, refused or ignored
    Trap("one node", lambda m: worker(m).update(multinode={"nodeCount": 1}), "and not of 1"),
    Trap("field of v1alpha1 in a component", lambda m: worker(m).update(extraPodSpec={}), "extraPodSpec is a field of v1alpha1"),
    Trap("GPUs as in v1alpha1", lambda m: worker(m).update(resources={"limits": {"gpu": "1"}}), "resources is a field of v1alpha1"),
    Trap("ingress", lambda m: m["spec"]["components"][0].update(ingress={"enabled": True}), "ingress is a field of v1alpha1"),
    Trap("namespace", lambda m: worker(m).update(dynamoNamespace="x"), "dynamoNamespace is a field of v1alpha1"),
    Trap("autoscaling", lambda m: worker(m).update(autoscaling={"enabled": True}), "autoscaling is a field of v1alpha1"),
    Trap("adapter that is off", lambda m: worker(m).update(scalingAdapter={"enabled": False}), "gives the replicas away by being there"),
    Trap("claims of the graph", lambda m: m["spec"].update(pvcs=[]), "spec.pvcs is a field of v1alpha1"),
    Trap("variables of the graph", lambda m: m["spec"].update(envs=[]), "spec.envs is a field of v1alpha1"),
    Trap("a number as a name", lambda m: m["spec"].update(components=[{"name": 1}]), "The API server will refuse it"),
    Trap("volume", lambda m: main(m).update(volumeMounts=[{"name": "w", "mountPath": "/w"}]), "mounts volume w"),
    Trap("grove by another word", lambda m: noted(m, "enable-grove", "no"), 'everything but "false" for true', WARNING),
    Trap("restart without id", lambda m: m["spec"].update(restart={"id": ""}), "told from the one before by its id"),
    Trap("restart strategy", lambda m: m["spec"].update(restart={"id": "1", "strategy": {"type": "Rolling"}}), 'strategy "Rolling"'),
    Trap("router at a worker", lambda m: main(m).update(env=[router("kv")]), "does nothing at a worker", WARNING),
    Trap("transfer that is no JSON", lambda m: main(m)["args"].__setitem__(3, "NixlConnector"), "is not JSON with fields", base=halves),
    Trap(
        "image of another engine",
        lambda m: main(m).update(image="nvcr.io/nvidia/ai-dynamo/sglang-runtime:1.1.1"),
        "starts vllm in an image that holds sglang",
        WARNING,
    ),
    Trap("option of another engine", lambda m: main(m)["args"].__setitem__(0, "--model-path"), "which vLLM does not know"),
    Trap("type changed", lambda m: worker(m).update(type="decode"), "newer releases of Dynamo refuse that", WARNING, facts=live(good())),
    Trap(
        "minAvailable changed",
        lambda m: worker(m).update(minAvailable=2, replicas=2),
        "minAvailable cannot be changed",
        base=lambda: changed(good(), minAvailable=1),
        facts=live(changed(good(), minAvailable=1)),
    ),
    Trap(
        "minAvailable taken out",
        lambda m: worker(m).pop("minAvailable"),
        "minAvailable cannot be changed",
        base=lambda: changed(good(), minAvailable=1),
        facts=live(changed(good(), minAvailable=1)),
    ),
    Trap(
        "replicas of an adapter",
        lambda m: worker(m).update(replicas=3),
        "belong to its DynamoGraphDeploymentScalingAdapter",
        base=lambda: changed(good(), scalingAdapter={}),
        facts=live(changed(good(), scalingAdapter={})),
    ),
    # what the cluster has not
    Trap(
        "nobody for several nodes",
        lambda m: worker(m).update(multinode={"nodeCount": 2}),
        "neither Grove nor LeaderWorkerSet",
        WARNING,
        facts=known(of=(GRAPHS,)),
    ),
    Trap("no pool", with_first(epp()), "has no such kind, or does not let you list it", WARNING, facts=known(of=(GRAPHS,))),
    Trap(
        "queue",
        lambda m: noted(m, "kai-scheduler-queue", "gone"),
        'no queue "gone"',
        WARNING,
        facts=known((QUEUES, thing("dynamo")), of=(GROVE_SETS,)),
    ),
    Trap(
        "default queue",
        lambda m: m["metadata"].pop("annotations"),
        'no queue "dynamo", which graphs get',
        WARNING,
        base=lambda: annotated("kai-scheduler-queue", "own"),
        facts=known((QUEUES, thing("own")), of=(GROVE_SETS,)),
    ),
    Trap(
        "priority",
        lambda m: m["spec"].update(priorityClassName="high"),
        "There is no PriorityClass high",
        facts=known(of=(PRIORITY_CLASSES,)),
    ),
]
