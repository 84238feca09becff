"""Every trap of a ModelDeployment: a manifest that has it, and one that has not."""

from __future__ import annotations

import copy
import re
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Final

import msgspec
import pytest
import yaml
from tests.systems.airunway import runway_samples as made
from tests.systems.kserve.kserving import reviewed
from tests.systems.linked import assert_linked
from tests.systems.traps import reasons_in

from modeltui.domain import Severity
from modeltui.systems import doctor
from modeltui.systems.airunway import checks, observed
from modeltui.systems.airunway.checks import check_deployment, overrides
from modeltui.systems.airunway.types import DEPLOYMENTS, GATEWAYS, PROVIDERS, ROUTES, ProviderConfig
from modeltui.systems.airunway.views import DEPLOYMENTS_VIEW
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


def blocks() -> FactTable:
    found = {"metadata": {"name": "block"}, "provisioner": "ebs.csi.aws.com"}
    return FactTable.of({STORAGE_CLASSES: [msgspec.convert(found, StorageClass)]})


def reporting(provider: ProviderConfig, hour: int) -> ProviderConfig:
    beat = datetime(2026, 1, 1, hour, tzinfo=UTC)
    return msgspec.structs.replace(provider, status=msgspec.structs.replace(provider.status, last_heartbeat=beat))


WITH_VOLUME = {"id": "Qwen/Qwen3-0.6B", "storage": {"volumes": [volume()]}}
DYNAMO = {"name": "dynamo"}
HALVES = {"prefill": {"gpu": {"count": 1}}, "decode": {"gpu": {"count": 1}}}


@dataclass(frozen=True)
class Trap:
    name: str
    change: Callable[[Manifest], Any]
    says: str
    severity: Severity = ERROR
    facts: Callable[[], FactTable] = field(default=FactTable)


TRAPS: list[Trap] = [
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
    # what counts for nothing, and what nobody follows
    Trap("replicas of the whole", spec(serving={"mode": "disaggregated"}, scaling={**HALVES, "replicas": 3}), "count for nothing", WARNING),
    Trap(
        "silent provider",
        spec(provider=DYNAMO),
        "has not reported since 2026-01-01 00:00 UTC, 5 hours before",
        WARNING,
        facts(reporting(made.provider(), 0), reporting(made.provider("llmd"), 5)),
    ),
    Trap("volume for one node", volumes(volume(storageClassName="block")), "makes volumes for one node (ebs.csi.aws.com)", WARNING, blocks),
    Trap(
        "mode of a volume that says so",
        volumes(volume(storageClassName="block", accessMode="ReadWriteMany")),
        "makes volumes for one node",
        WARNING,
        blocks,
    ),
    Trap("no pool", spec(provider=DYNAMO), "The picker picks from an InferencePool", WARNING, facts(made.provider())),
    Trap("no Gateway", spec(gateway={"enabled": True}), "has no Gateway", WARNING, facts(of=(GATEWAYS,))),
    Trap("no provider", spec(), "No provider is registered", facts=facts(of=(PROVIDERS,))),
    Trap("none ready", spec(), "None of the providers says that it is ready", facts=facts(made.provider(ready=False))),
    Trap("volume taken out", spec(model={"id": "Qwen/Qwen3-0.6B"}), "Volume v cannot be taken out", facts=live(model=WITH_VOLUME)),
    Trap("volume changed", volumes(volume(size="2Gi")), "AI Runway has made its claim", facts=live(model=WITH_VOLUME)),
    Trap("a number for a name", spec(model={"id": 1}), "The API server will refuse it"),
]


def _nested(key: str) -> Trap:
    return Trap(f"blocked {key}", spec(provider={"overrides": {"spec": {"a": [{"b": {key: 1}}]}}}), f'may not hold "{key}"')


TRAPS += [_nested(key) for key in sorted(overrides.SCALING | overrides.BLOCKED)]
TRAPS += [Trap(f"identity {key}", spec(provider={"overrides": {key: {}}}), f'may not change "{key}"') for key in sorted(overrides.IDENTITY)]
TRAPS += [
    Trap(
        f"ceiling of {half}'s {what}",
        spec(serving={"mode": "disaggregated"}, scaling={**HALVES, half: {"gpu": {"count": 1}, **said}}),
        says,
    )
    for half in ("prefill", "decode")
    for what, said, says in (
        ("GPUs", {"gpu": {"count": 65}}, "65 GPUs"),
        ("replicas", {"replicas": 33}, "33 replicas"),
        ("memory", {"memory": "4097Gi"}, "4097Gi of memory"),
    )
]
BY_NAME: Final = {trap.name: trap for trap in TRAPS}


ALWAYS: Final = ("gateway changed", "provider changed", "no Gateway", "no provider", "none ready", "volume taken out", "volume changed")
"""What is known around these is not right for the good manifest either: it is held against another, or something is not there."""
_PATH: Final = re.compile(r"metadata\.name|spec(\.[\w-]+(\[[^\]]+\])?)*")
_CHANGES: Final = ("cannot be changed", "cannot be taken out", "already", "has made its claim", "will refuse it")


@pytest.mark.parametrize("trap", TRAPS, ids=lambda trap: trap.name)
def test_the_review_tells_it_with_what_to_do(trap: Trap) -> None:
    good, known = made.manifest(), trap.facts()
    if trap.name not in ALWAYS:
        assert [one.reason for one in reviewed(good, known) if trap.says in one.reason and one.severity is trap.severity] == []
    manifest = copy.deepcopy(good)
    trap.change(manifest)
    found = [one for one in reviewed(manifest, known) if trap.says in one.reason]
    assert {one.severity for one in found} == {trap.severity}
    assert all(one.remedy and _PATH.fullmatch(one.field) for one in found), [one.field for one in found]
    assert len({(one.field, one.reason) for one in found}) == len(found), "nothing is said twice"
    assert_linked(found)


@pytest.mark.parametrize("trap", [one for one in TRAPS if not any(words in one.says for words in _CHANGES)], ids=lambda trap: trap.name)
def test_the_doctor_tells_it_of_the_object_that_is_there(trap: Trap) -> None:
    manifest, known = made.manifest(), trap.facts()
    trap.change(manifest)
    there = made.deployment(manifest)
    told = [one for one in doctor.diagnoses_of(DEPLOYMENTS_VIEW, there, known) if trap.says in one.finding.reason]
    assert {one.finding.severity for one in told} == {trap.severity}
    assert {(one.kind, one.name) for one in told} == {("ModelDeployment", manifest["metadata"]["name"])}
    assert all(one.finding.remedy for one in told)


def test_every_sentence_of_the_checks_is_told_by_a_trap() -> None:
    told = []
    for trap in TRAPS:
        manifest = made.manifest()
        trap.change(manifest)
        told += [one.reason for one in reviewed(manifest, trap.facts())]
    files = sorted(Path(str(checks.__file__)).parent.glob("*.py"))
    assert [part for part in reasons_in(*files) if not any(part in reason for reason in told)] == []


def test_no_real_manifest_is_called_wrong() -> None:
    folder = made.SHARED / "samples" / "airunway"
    if not folder.is_dir():
        pytest.skip("the reference material is not beside the checkout")
    documents = [one for path in sorted(folder.glob("*.yaml")) for one in yaml.safe_load_all(path.read_text()) if one]
    real = [one for one in documents if one["kind"] == "ModelDeployment"]
    assert len(real) > 4
    found = [(one["metadata"]["name"], told.reason) for one in real for told in reviewed(one, FactTable()) if told.severity is ERROR]
    assert found == []


def test_a_provider_that_others_outlive_is_told_by_the_doctor() -> None:
    early, late = reporting(made.provider(), 0), reporting(made.provider("llmd", made.engine("vllm")), 5)
    known = made.knowing(early, late)
    assert [one.field for one in observed.of_provider(early, known)] == ["status.lastHeartbeat"]
    assert list(observed.of_provider(late, known)) == list(observed.of_provider(early, made.knowing(early))) == []


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
