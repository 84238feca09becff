"""The live doctor says, after any sequence of events, what a doctor would say who looked at everything anew; and runs few checks for it."""

from __future__ import annotations

import asyncio
from collections import Counter
from typing import Any

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.systems.builders import dataset, decode, meta, model, namespace, source, synced, version
from tests.systems.test_live import NOW, Cluster

from modeltui.domain import Severity
from modeltui.kube.errors import Forbidden, NotFound
from modeltui.kube.objects import Object, ObjectMeta, Undecodable
from modeltui.kube.resource import Resource
from modeltui.kube.state import Sync, SyncState
from modeltui.systems import live_doctor
from modeltui.systems.core.secrets import SECRETS, Secret
from modeltui.systems.core.types import CLAIMS, NAMESPACES, STORAGE_CLASSES, PersistentVolumeClaim, StorageClass
from modeltui.systems.dataset.types import DATASETS
from modeltui.systems.doctor import diagnose
from modeltui.systems.facts import FactTable
from modeltui.systems.live_doctor import LiveDoctor
from modeltui.systems.modelfs.types import MODELS, SOURCES

MARK = "s3cr3t-m4rk3r"


class Secrets:
    """Stands for a client that is asked for Secrets by name."""

    def __init__(self) -> None:
        self.there: dict[tuple[str, str], dict[str, str]] = {}
        self.denied: set[str] = set()
        self.asked: Counter[str] = Counter()

    async def request(self, method: str, path: str, **_: Any) -> bytes:
        assert method == "GET"
        parts = path.split("/")
        place, name = parts[4], parts[6]
        self.asked[name] += 1
        if place in self.denied:
            raise Forbidden("secrets is forbidden", status=403)
        if (place, name) not in self.there:
            raise NotFound("not found", status=404)
        return msgspec.json.encode({"metadata": meta(name, namespace=place), "data": self.there[place, name]})


def started(cluster: Cluster, client: Secrets | None = None, *namespaces: str) -> LiveDoctor:
    live = LiveDoctor(cluster, client or Secrets(), namespaces or ("team",))  # type: ignore[arg-type]  # a client that is asked for Secrets only
    live.start()
    return live


async def settle(live: LiveDoctor) -> None:
    async with asyncio.timeout(10):
        live.take()
        while live._due or not live._secrets.settled:
            await asyncio.sleep(0)
            live.take()


def reasons(live: LiveDoctor, severity: Severity | None = None) -> set[str]:
    return {found.finding.reason for found in live._by_key.values() if severity in (None, found.finding.severity)}


async def test_a_finding_comes_with_its_cause_and_goes_with_it() -> None:
    cluster, client = Cluster(), Secrets()
    live = started(cluster, client)
    cluster.scope(SOURCES).upsert(source("hf", spec={"secretRef": "token"}))
    cluster.all_live()
    await settle(live)
    assert 'There is no Secret "token" in namespace team.' in reasons(live)
    client.there["team", "token"] = {"token": MARK}
    live.read_secrets_again()
    await settle(live)
    assert not any("There is no Secret" in reason for reason in reasons(live))
    assert MARK not in repr(live._facts._objects), "of a Secret only the names of its keys are kept"
    cluster.scope(SOURCES).remove(source("hf"))
    gone = set(live._rows)
    assert set(live.take().removed) == gone
    assert len(live) == 0


async def test_a_secret_is_asked_for_once_however_often_its_source_changes() -> None:
    cluster, client = Cluster(), Secrets()
    live = started(cluster, client)
    for number in range(50):
        cluster.scope(SOURCES).upsert(source("hf", spec={"secretRef": "token", "config": {"x": str(number)}}))
        await settle(live)
    assert client.asked == {"token": 1}
    cluster.scope(SOURCES).upsert(source("hf", spec={"secretRef": "another"}))
    await settle(live)
    assert client.asked["another"] == 1


async def test_a_denied_secret_is_unknown_and_told() -> None:
    cluster, client = Cluster(), Secrets()
    client.denied.add("team")
    live = started(cluster, client)
    cluster.scope(SOURCES).upsert(source("hf", spec={"secretRef": "token"}))
    await settle(live)
    assert not any("There is no Secret" in reason for reason in reasons(live))
    assert isinstance(live.secrets_unread["team"], Forbidden)


async def test_a_secret_nobody_refers_to_any_more_is_no_reason_to_complain() -> None:
    cluster, client = Cluster(), Secrets()
    client.denied.add("team")
    live = started(cluster, client)
    cluster.scope(SOURCES).upsert(source("hf", spec={"secretRef": "token"}))
    await settle(live)
    cluster.scope(SOURCES).upsert(source("hf"))
    await settle(live)
    assert live.secrets_unread == {}


async def test_a_storm_runs_only_the_checks_that_it_concerns(monkeypatch: pytest.MonkeyPatch) -> None:
    examined: Counter[str] = Counter()
    plain = live_doctor.diagnoses_of

    def counted(view: Any, obj: Object, facts: Any, **more: Any) -> Any:
        examined[f"{view.resource.kind} {obj.metadata.name}"] += 1
        return plain(view, obj, facts, **more)

    monkeypatch.setattr(live_doctor, "diagnoses_of", counted)
    cluster = Cluster()
    live = started(cluster)
    cluster.scope(SOURCES).upsert(source())
    cluster.scope(MODELS).page([model(version("v1"), name=f"m{number}") for number in range(1000)])
    cluster.scope(DATASETS).page([dataset(f"mdl-m{number}-v1", "PROCESSING") for number in range(1000)])
    cluster.all_live()
    await settle(live)
    examined.clear()
    for turn in range(200):  # one Dataset changes often, between two looks
        cluster.scope(DATASETS).upsert(dataset("mdl-m7-v1", "PROCESSING", pvcName=f"p{turn}"))
    await settle(live)
    assert examined == {"Dataset mdl-m7-v1": 1, "Model m7": 1, "ModelSource hf": 1}, "the source asks which Datasets it left behind"
    examined.clear()
    cluster.scope(CLAIMS).upsert(claim("mdl-m7-v1", "Pending"))
    await settle(live)
    assert set(examined) <= {"Dataset mdl-m7-v1", "Model m7"}


async def test_nothing_is_examined_until_somebody_looks(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(live_doctor, "diagnoses_of", lambda *_: pytest.fail("examined"))
    cluster = Cluster()
    live = started(cluster)
    cluster.scope(MODELS).upsert(model(version("v1", storage=None)))
    await asyncio.wait_for(live.wait(), 1)
    assert live.objects == 0


async def test_many_objects_come_in_batches() -> None:
    cluster = Cluster()
    live = started(cluster)
    cluster.scope(MODELS).page([model(version("v1", storage=None), name=f"m{number}") for number in range(1000)])
    first = live.take(limit=100)
    assert first.upserts
    assert first.more
    assert len(live._diagnoses) == 100
    assert live.objects == 1000
    assert not live.settled
    await settle(live)
    assert len(live._diagnoses) == 1000
    assert not live.take().more


async def test_an_object_that_cannot_be_read_is_a_finding_of_its_own() -> None:
    cluster = Cluster()
    live = started(cluster)
    cluster.scope(MODELS).upsert(Undecodable(metadata=ObjectMeta(name="odd", namespace="team"), problem="This Model cannot be read: x"))
    (row,) = live.take().upserts
    assert row.values[0] == "odd"
    assert row.fault
    assert live.diagnosis(row.key) is not None


async def test_an_unchanged_finding_is_not_told_again() -> None:
    cluster = Cluster()
    live = started(cluster)
    cluster.scope(MODELS).upsert(model(version("v1", storage=None)))
    assert live.take().upserts
    cluster.scope(MODELS).upsert(model(version("v1", storage=None), spec={"display": {"description": "new"}}))
    assert live.take().upserts == []


async def test_closing_gives_every_watch_back() -> None:
    cluster = Cluster()
    live = started(cluster)
    live.close()
    assert len(cluster.released) == len({store.resource for store in cluster.released}) >= 6
    assert not any(scope.readers for scope in cluster.scopes.values())


# ---- after any events -----------------------------------------------------------------------------------------------


def claim(name: str, phase: str) -> PersistentVolumeClaim:
    return decode(PersistentVolumeClaim, {"metadata": meta(name), "status": {"phase": phase}})


def storage_class(name: str, default: bool) -> StorageClass:
    annotations = {"storageclass.kubernetes.io/is-default-class": str(default).lower()}
    return decode(StorageClass, {"metadata": {"name": name, "annotations": annotations}, "provisioner": "x"})


NAMES = st.sampled_from(["a", "b"])
WORDS = st.sampled_from(["READY", "FAILED", "PROCESSING"])
KINDS = st.sampled_from([MODELS, SOURCES, DATASETS, CLAIMS, STORAGE_CLASSES, NAMESPACES])
SHARES = st.sampled_from([{}, {"share": {"enabled": True, "requireOptInLabel": "share"}}])
EVENTS = st.one_of(
    st.builds(
        lambda name, of, word, extra: (
            MODELS,
            model(version("v1", **extra), name=name, source=of, status=[synced("v1", word, activeDataset=f"mdl-{name}-v1")]),
        ),
        *(NAMES, NAMES, WORDS, SHARES | st.just({"storage": None}) | st.just({"repo": ""})),
    ),
    st.builds(
        lambda name, kind, secret: (SOURCES, source(name, spec={"type": kind, "secretRef": secret, "config": {"pvcName": "a"}})),
        *(NAMES, st.sampled_from(["S3", "PVC", "HUGGING_FACE", "CONDA"]), st.sampled_from(["", "a", "b"])),
    ),
    st.builds(
        lambda name, word, secret: (DATASETS, dataset(f"mdl-{name}-v1", word, spec={"secretRef": secret}, pvcName=name)),
        *(NAMES, WORDS, st.sampled_from(["", "a"])),
    ),
    st.builds(lambda name, word: (CLAIMS, claim(name, word)), NAMES, st.sampled_from(["Bound", "Pending"])),
    st.builds(lambda name, default: (STORAGE_CLASSES, storage_class(name, default)), NAMES, st.booleans()),
    st.builds(lambda name, label: (NAMESPACES, namespace(name, **label)), NAMES, st.sampled_from([{}, {"share": "yes"}])),
    st.builds(lambda resource, name: (resource, name), KINDS, st.sampled_from(["a", "b", "mdl-a-v1"])),
    st.builds(lambda resource, sync: (resource, sync), KINDS, st.sampled_from([Sync.LIVE, Sync.DENIED])),
    st.builds(lambda name, keys: (SECRETS, name, keys), NAMES, st.none() | st.sampled_from([{}, {"token": MARK}, {"access-key": MARK}])),
    st.sampled_from(["look", "secrets", "deny", "allow"]),
)


async def after(events: list[Any]) -> tuple[LiveDoctor, Cluster, Secrets]:
    cluster, client = Cluster(), Secrets()
    live = started(cluster, client)
    for event in events:
        match event:
            case "look":
                live.take(limit=1)
                await asyncio.sleep(0)
            case "secrets":
                live.read_secrets_again()
            case "deny":
                client.denied.add("team")
            case "allow":
                client.denied.clear()
            case (resource, name, keys) if resource == SECRETS:
                client.there.pop(("team", name), None)
                if keys is not None:
                    client.there["team", name] = keys
            case (resource, what):
                change(cluster, resource, what)
    live.read_secrets_again()
    await settle(live)
    return live, cluster, client


def change(cluster: Cluster, resource: Resource, what: Any) -> None:
    place = "team" if resource.namespaced else ""
    scope = cluster.scope(resource, place)
    match what:
        case Sync():
            scope.state(SyncState(what, NOW))
        case str():
            for key in [key for key in scope.objects if key[1] == what]:
                scope.remove(scope.objects[key])
        case Object():
            scope.upsert(what)


@settings(max_examples=150, deadline=None)
@given(st.lists(EVENTS, max_size=30))
def test_after_any_events_the_findings_are_those_of_a_fresh_look(events: list[Any]) -> None:
    live, cluster, client = asyncio.run(after(events))
    scratch = FactTable()
    for (resource, place), scope in cluster.scopes.items():
        scratch.set_known(resource, place, known=scope.sync.sync is Sync.LIVE)
        for obj in scope.objects.values():
            scratch.put(resource, obj)
    wanted = {name for place in live._secrets._places.values() for name in +place.wanted}
    denied = bool(client.denied) and bool(wanted)
    scratch.set_known(SECRETS, "team", known=bool(wanted) and not denied)
    for name in wanted:
        if not denied and ("team", name) in client.there:
            scratch.put(SECRETS, decode(Secret, {"metadata": meta(name), "data": client.there["team", name]}))
    expected = Counter(diagnose(scratch, ["team"]))
    assert Counter(live._by_key.values()) == expected
    assert {row.key for row in live._rows.values()} == set(live._by_key)
    assert MARK not in repr(live._rows)
