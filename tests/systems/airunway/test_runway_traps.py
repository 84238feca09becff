"""Every trap of a ModelDeployment: a manifest that has it, and one that has not."""

from __future__ import annotations

import copy
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import msgspec
import pytest
from tests.systems.airunway import runway_samples as made

from modeltui.domain import Severity
from modeltui.systems.airunway.checks import check_deployment
from modeltui.systems.airunway.types import DEPLOYMENTS, GATEWAYS, PROVIDERS, ROUTES
from modeltui.systems.core.secrets import SECRETS, Secret
from modeltui.systems.core.types import CLAIMS, STORAGE_CLASSES, StorageClass
from modeltui.systems.dynamo.types import GRAPHS, GROVE_SETS
from modeltui.systems.facts import FactTable

Manifest = dict[str, Any]
ERROR, WARNING, INFO = Severity.ERROR, Severity.WARNING, Severity.INFO
GATED = {"id": "meta-llama/Llama-3.2-1B-Instruct"}


def facts(*objects: Any, of: tuple[Any, ...] = ()) -> Callable[[], FactTable]:
    return lambda: made.knowing(*objects, of=of)


def secret(*keys: str) -> Callable[[], FactTable]:
    def make() -> FactTable:
        document = {"metadata": {"name": "hf", "namespace": "team"}, "data": dict.fromkeys(keys, "")}
        return FactTable.of({SECRETS: [msgspec.json.decode(msgspec.json.encode(document), type=Secret)]})

    return make


def classes() -> FactTable:
    return FactTable.of({STORAGE_CLASSES: [msgspec.convert({"metadata": {"name": "fast"}}, StorageClass)]})


def spec(**fields: Any) -> Callable[[Manifest], Any]:
    return lambda manifest: manifest["spec"].update(fields)


def name(text: str, **fields: Any) -> Callable[[Manifest], Any]:
    return lambda manifest: (manifest["metadata"].update(name=text), manifest["spec"].update(fields))


def volumes(*entries: Manifest) -> Callable[[Manifest], Any]:
    return lambda manifest: manifest["spec"]["model"].update(storage={"volumes": list(entries)})


def volume(**fields: Any) -> Manifest:
    return {"name": "v", "purpose": "modelCache", "size": "1Gi", "storageClassName": "fast"} | fields


def live(**fields: Any) -> Callable[[], FactTable]:
    document = made.manifest(**fields)
    return lambda: made.knowing(made.deployment(document, {"provider": {"name": "dynamo"}}))


DYNAMO = {"name": "dynamo"}
HALVES = {"prefill": {"gpu": {"count": 1}}, "decode": {"gpu": {"count": 1}}}


@dataclass(frozen=True)
class Trap:
    name: str
    change: Callable[[Manifest], Any]
    says: str
    severity: Severity = ERROR
    facts: Callable[[], FactTable] = field(default=FactTable)


TRAPS = [
    Trap("name", name("A"), 'The name "A"'),
    Trap("dot", name("a.b"), "has a dot"),
    Trap("digit", name("3b"), "begins with a digit"),
    Trap("label", name("a" * 64), "carries it as a label"),
    Trap("grove", name("a" * 22, provider=DYNAMO), "Grove takes 21", facts=facts(of=(GROVE_SETS,))),
    Trap("grove perhaps", name("a" * 22), "Where Dynamo runs it on Grove", WARNING),
    # the model and its engine
    Trap("word", spec(serving={"mode": "both"}), '"both" is refused'),
    Trap("no model", spec(model={}), "names no model"),
    Trap("custom without image", spec(model={"source": "custom"}), "names none"),
    Trap("served name of custom", spec(model={"source": "custom", "servedName": "x"}), "servedName is ignored for a custom", WARNING),
    Trap("two images", spec(image="a", engine={"type": "vllm", "image": "b"}), "two images", WARNING),
    Trap("remote code", spec(engine={"type": "vllm", "trustRemoteCode": True}), "trustRemoteCode", WARNING),
    Trap("context of trtllm", spec(engine={"type": "trtllm", "contextLength": 9}), "ignored for TensorRT-LLM", WARNING),
    Trap("no context", spec(engine={"type": "vllm", "contextLength": 0}), "A context of 0"),
    Trap("option", spec(engine={"type": "vllm", "args": {"--x": "1"}}), "cannot be the name of an option"),
    Trap(
        "served name in vain",
        lambda m: (m["spec"].update(provider={"name": "kaito"}), m["spec"]["model"].update(servedName="x")),
        "ignores servedName",
        WARNING,
        facts(made.provider("kaito", made.engine("vllm", gateway={"ignoresServedName": True}))),
    ),
    Trap("another GPU", spec(provider=DYNAMO, resources={"gpu": {"count": 1, "type": "amd.com/gpu"}}), "whatever the type says", WARNING),
    Trap("env in vain", spec(provider=DYNAMO, env=[{"name": "A", "value": "b"}]), "does not hand spec.env on", WARNING),
    # scaling
    Trap("resources.gpu", spec(serving={"mode": "disaggregated"}, scaling=HALVES), "may not have resources.gpu"),
    Trap("no prefill", spec(serving={"mode": "disaggregated"}, scaling={}), "needs scaling.prefill"),
    Trap("no GPU", spec(serving={"mode": "disaggregated"}, scaling={"prefill": {}, "decode": {}}), "scaling.prefill has no GPU"),
    Trap("halves of one", spec(scaling=HALVES), "ignores it", WARNING),
    Trap("0 is 1", spec(provider=DYNAMO, scaling={"replicas": 0}), "takes 0 replicas for 1", WARNING),
    Trap("GPUs", spec(resources={"gpu": {"count": 65}}), "65 GPUs"),
    Trap("replicas", spec(scaling={"replicas": 33}), "33 replicas"),
    Trap("CPU", spec(resources={"cpu": "513"}), "AI Runway takes 512"),
    Trap("memory", spec(resources={"memory": "5Ti"}), "AI Runway takes 4Ti"),
    Trap("memory of a half", spec(scaling={"decode": {"memory": "much"}}), '"much" is not a quantity'),
    # overrides
    Trap("overrides", spec(provider={"overrides": [1]}), "has to be a mapping"),
    Trap("replicas deep in", spec(provider={"overrides": {"spec": {"services": [{"W": {"replicas": 2}}]}}}), 'may not hold "replicas"'),
    Trap("blocked deep in", spec(provider={"overrides": {"spec": {"a": [{"hostNetwork": True}]}}}), 'may not hold "hostNetwork"'),
    Trap("identity", spec(provider={"overrides": {"metadata": {}}}), 'may not change "metadata"'),
    Trap("no such override", spec(provider=DYNAMO | {"overrides": {"router": 1}}), 'knows no override "router"', WARNING),
    # volumes
    Trap("nine", volumes(*(volume(name=f"v{n}", purpose="custom", mountPath=f"/{n}") for n in range(9))), "at most 8"),
    Trap("two caches", volumes(volume(), volume(name="w", mountPath="/w")), "Several volumes are for modelCache"),
    Trap("same path", volumes(volume(), volume(name="w", purpose="custom", mountPath="/model-cache")), 'the mountPath "/model-cache"'),
    Trap("volume's name", volumes(volume(name="A")), '"A" cannot be the name of a volume'),
    Trap("purpose", volumes(volume(purpose="x", mountPath="/x")), 'no purpose "x"'),
    Trap("neither", volumes({"name": "v", "purpose": "modelCache"}), "neither a size"),
    Trap(
        "mode of another's",
        volumes({"name": "v", "purpose": "modelCache", "claimName": "c", "accessMode": "ReadWriteOnce"}),
        "accessMode is for",
    ),
    Trap("size", volumes(volume(size="0")), '"0" is not a size'),
    Trap("its own name", volumes(volume(claimName="c")), "is called qwen-v"),
    Trap("read-only and made", volumes(volume(readOnly=True)), "readOnly is refused"),
    Trap("access mode", volumes(volume(accessMode="Any")), 'no access mode "Any"'),
    Trap("no path", volumes(volume(purpose="custom")), "does not say where it is mounted"),
    Trap("relative", volumes(volume(mountPath="x")), 'does not begin with "/"'),
    Trap("system's path", volumes(volume(mountPath="/etc/x")), "since /etc is the system's"),
    Trap("compilation", volumes(volume(purpose="compilationCache", readOnly=True)), "it stays empty", WARNING),
    Trap("nothing fetched", volumes(volume(readOnly=True)), "nothing is fetched into it", WARNING),
    Trap("claim", volumes({"name": "v", "purpose": "modelCache", "claimName": "c"}), "there is no claim c", facts=facts(of=(CLAIMS,))),
    Trap("class", volumes(volume(storageClassName="x")), 'no StorageClass "x"', WARNING, classes),
    Trap("no default", volumes({"name": "v", "purpose": "modelCache", "size": "1Gi"}), "has no default one", WARNING, classes),
    # providers
    Trap("unknown provider", spec(provider={"name": "x"}), 'no provider "x"', facts=facts(made.provider("dynamo"))),
    Trap(
        "not ready",
        spec(provider=DYNAMO),
        "does not say that it is ready",
        WARNING,
        facts(made.provider(ready=False), made.provider("llmd")),
    ),
    Trap("engine", spec(provider=DYNAMO, engine={"type": "llamacpp"}), "does not run llamacpp", facts=facts(made.provider())),
    Trap(
        "mode",
        lambda m: m["spec"].update(provider=DYNAMO, engine={"type": "trtllm"}, serving={"mode": "disaggregated"}, scaling=HALVES),
        "does not serve trtllm disaggregated",
        facts=facts(made.provider()),
    ),
    Trap("without GPU", spec(provider=DYNAMO, resources={}), "does not run vllm without a GPU", facts=facts(made.provider())),
    Trap("kind", spec(provider=DYNAMO), "this cluster has no such kind", WARNING, facts(made.provider())),
    Trap("nobody can", spec(engine={"type": "llamacpp"}), "No provider that is ready can carry it out", facts=facts(made.provider())),
    Trap("no engine", spec(engine={}, resources={}), "runs any engine aggregated without GPUs", facts=facts(made.provider())),
    # credentials
    Trap("secret", spec(secrets={"huggingFaceToken": "hf"}), "There is no Secret hf", facts=facts(of=(SECRETS,))),
    Trap("key", spec(secrets={"huggingFaceToken": "hf"}), "has no key HF_TOKEN", WARNING, secret("token")),
    Trap("key of a gated one", spec(model=GATED, secrets={"huggingFaceToken": "hf"}), "has no key HF_TOKEN", ERROR, secret("token")),
    Trap("gated", spec(model=GATED), "is gated on the Hub"),
    Trap("in clear", spec(env=[{"name": "HF_TOKEN", "value": "x"}]), "stands in the deployment itself", WARNING),
    # the way in
    Trap("no frontend", spec(provider=DYNAMO), "no Frontend", INFO),
    Trap("route", spec(gateway={"httpRouteRef": "r"}), "no HTTPRoute r", facts=facts(of=(ROUTES,))),
    # what is there
    Trap("model changed", spec(model={"id": "o/m"}), "model.id cannot be changed", facts=live()),
    Trap("source changed", spec(model={"id": "Qwen/Qwen3-0.6B", "source": "custom"}), "model.source cannot be changed", facts=live()),
    Trap("engine changed", spec(engine={"type": "sglang"}), "engine.type cannot be changed", facts=live()),
    Trap("mode changed", spec(serving={"mode": "disaggregated"}), "serving.mode cannot be changed", facts=live()),
    Trap("provider changed", spec(provider={"name": "kaito"}), "provider.name cannot be changed", facts=live(provider=DYNAMO)),
    Trap("provider too late", spec(provider={"name": "kaito"}), "given it to provider dynamo already", facts=live()),
    Trap("gateway changed", spec(gateway={"enabled": False}), "gateway.enabled cannot be changed", facts=live()),
]


@pytest.mark.parametrize("trap", TRAPS, ids=lambda trap: trap.name)
def test_a_trap_is_found_where_it_is(trap: Trap) -> None:
    manifest = copy.deepcopy(made.manifest())
    if trap.name != "provider changed":  # what is there is of the same provider before
        assert not [
            one for one in check_deployment(manifest, trap.facts()) if trap.says in one.reason and one.severity is trap.severity
        ] or (trap.name in ("gateway changed",))
    trap.change(manifest)
    found = [one for one in check_deployment(manifest, trap.facts()) if trap.says in one.reason]
    assert trap.severity in [one.severity for one in found]
    assert all(one.remedy and one.field for one in found)


@pytest.mark.parametrize("known", [facts(of=(PROVIDERS,)), facts(made.provider(ready=False))])
def test_nobody_who_could(known: Callable[[], FactTable]) -> None:
    found = check_deployment(made.manifest(), known())
    assert any("provider" in one.reason.lower() and one.severity is ERROR for one in found)


def test_no_gateway() -> None:
    assert any("has no Gateway" in one.reason for one in check_deployment(made.manifest(), made.knowing(of=(GATEWAYS,))))
    off = made.manifest(gateway={"enabled": False})
    assert not any("has no Gateway" in one.reason for one in check_deployment(off, made.knowing(of=(GATEWAYS,))))


@pytest.mark.parametrize(
    ("after", "says"),
    [
        ([], "cannot be taken out"),
        ([volume(size="2Gi")], "AI Runway has made its claim"),
        ([volume(size="1024Mi", claimName="qwen-v", accessMode="ReadWriteMany", mountPath="/model-cache")], ""),
    ],
)
def test_a_volume_that_was_made(after: list[Manifest], says: str) -> None:
    model = {"id": "Qwen/Qwen3-0.6B", "storage": {"volumes": [volume()]}}
    there = made.knowing(made.deployment(made.manifest(model=model)))
    found = check_deployment(made.manifest(model=model | {"storage": {"volumes": after}}), there)
    assert any("Volume v cannot" in one.reason for one in found) is bool(says)
    assert not says or any(says in one.reason for one in found)


def test_what_is_good_has_no_finding() -> None:
    known = made.knowing(made.provider("llmd", made.engine("vllm")), of=(GRAPHS, DEPLOYMENTS, SECRETS, CLAIMS))
    assert check_deployment(made.manifest(), known) == ()
    assert check_deployment(made.disaggregated(), FactTable()) == ()
