"""The audit of sharing: each reason for which a reference is stale, and that what is not in sight is unknown."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.systems.test_live import NOW, Cluster, cell, started
from tests.systems.traps import RESOURCES

from modeltui.domain import UNKNOWN
from modeltui.kube.client import Client
from modeltui.kube.objects import Object
from modeltui.kube.resource import Resource
from modeltui.kube.state import Sync, SyncState
from modeltui.systems.core.types import NAMESPACES, Namespace
from modeltui.systems.dataset.references import is_reference
from modeltui.systems.dataset.types import DATASETS, Dataset
from modeltui.systems.facts import FactTable
from modeltui.systems.live import LiveRows
from modeltui.systems.modelfs import audit
from modeltui.systems.modelfs.types import MODELS, Model
from modeltui.systems.modelfs.views import SHARES_VIEW
from modeltui.systems.once import list_rows

SHARED = {"enabled": True, "namespaceSelector": {"matchLabels": {"env": "prod"}}}


def made(kind: type[Any], namespace: str, name: str, spec: dict[str, Any], **more: Any) -> Any:
    metadata = {"name": name, "namespace": namespace, "uid": f"{namespace}-{name}", **more.pop("metadata", {})}
    return msgspec.convert({"metadata": metadata, "spec": spec, **more}, kind)


def reference(namespace: str = "b", name: str = "copy", uri: str = "dataset://a/mdl-qwen-v1", **more: Any) -> Dataset:
    found: Dataset = made(Dataset, namespace, name, {"source": {"type": "REFERENCE", "uri": uri}}, **more)
    return found


def source(*, owner: str = "qwen", share: bool = True, selector: dict[str, str] | None = None, **metadata: Any) -> Dataset:
    owners = [{"kind": "Model", "name": owner}] if owner else []
    spec: dict[str, Any] = {"source": {"type": "HUGGING_FACE", "uri": "huggingface://Qwen/Qwen2"}, "share": share}
    if selector is not None:
        spec["shareToNamespaceSelector"] = {"matchLabels": selector}
    found: Dataset = made(Dataset, "a", "mdl-qwen-v1", spec, metadata={"ownerReferences": owners, **metadata})
    return found


def model(share: dict[str, Any] | None = None, *, version: str = "v1", state: str = "PRESENT", **metadata: Any) -> Model:
    entry: dict[str, Any] = {"name": version, "repo": "Qwen/Qwen2", "state": state}
    spec = {"sourceRef": "hf", "versions": [entry | ({"share": share} if share else {})]}
    found: Model = made(Model, "a", "qwen", spec, metadata=metadata)
    return found


def namespace(name: str, **labels: str) -> Namespace:
    return msgspec.convert({"metadata": {"name": name, "labels": labels}}, Namespace)


BY_MODELFS = reference(name="share-a-qwen-v1")
EVERYTHING = (DATASETS, MODELS, NAMESPACES)


def facts(*objects: Object, known: Sequence[Resource] = EVERYTHING) -> FactTable:
    table = FactTable()
    for resource in known:
        table.set_known(resource, "", known=True)
    for obj in objects:
        table.put(RESOURCES[type(obj)], obj)
    return table


STALE = {
    "no address": (reference(uri="dataset://a"), [], "names no Dataset"),
    "source gone": (reference(), [], "Dataset a/mdl-qwen-v1 does not exist"),
    "source going": (reference(), [source(deletionTimestamp="2025-11-01T08:00:00Z"), model()], "Dataset a/mdl-qwen-v1 is being deleted"),
    "not shared": (reference(), [source(share=False), model()], "is not shared"),
    "namespace does not match": (
        reference(),
        [source(selector={"env": "prod"}), model(), namespace("b", env="test")],
        "match env=prod, and b does not",
    ),
    "model gone": (reference(), [source()], "Model a/qwen does not exist"),
    "model going": (reference(), [source(), model(deletionTimestamp="2025-11-01T08:00:00Z")], "Model a/qwen is being deleted"),
    "version gone": (reference(), [source(), model(version="v2")], "has no version"),
    "version absent": (reference(), [source(), model(state="ABSENT")], "wanted ABSENT"),
    "not shared by modelfs": (BY_MODELFS, [source(), model()], "is not shared any more"),
    "other namespaces by modelfs": (BY_MODELFS, [source(), model(SHARED), namespace("b")], "with other namespaces only"),
}


@pytest.mark.parametrize(("shared", "known", "says"), STALE.values(), ids=STALE)
def test_what_has_lost_its_ground_is_stale_and_says_why(shared: Dataset, known: list[Object], says: str) -> None:
    found = audit.standing(shared, facts(shared, *known))
    assert found.stale is True
    assert says in found.why
    assert audit.row(shared, facts(shared, *known)).fault


FRESH = {
    "by hand": (reference(), [source(), model()]),
    "of no model": (reference(), [source(owner="")]),
    "matching": (reference(), [source(selector={"env": "prod"}), model(), namespace("b", env="prod")]),
    "by modelfs": (BY_MODELFS, [source(), model(SHARED), namespace("b", env="prod")]),
}


@pytest.mark.parametrize(("shared", "known"), FRESH.values(), ids=FRESH)
def test_what_stands_is_not_stale(shared: Dataset, known: list[Object]) -> None:
    assert audit.standing(shared, facts(shared, *known)) == audit.Standing(stale=False)
    assert not audit.row(shared, facts(shared, *known)).fault


UNSEEN: dict[str, tuple[Dataset, list[Object], tuple[Resource, ...], str]] = {
    "source": (reference(), [], (MODELS, NAMESPACES), "Dataset a/mdl-qwen-v1 is not in sight"),
    "model": (reference(), [source()], (DATASETS, NAMESPACES), "Model a/qwen is not in sight"),
    "labels": (reference(), [source(selector={"env": "prod"}), model()], (DATASETS, MODELS), "labels of namespace b"),
    "namespaces": (BY_MODELFS, [source(), model(SHARED)], (DATASETS, MODELS), "namespaces cannot be listed"),
}


@pytest.mark.parametrize(("shared", "objects", "known", "says"), UNSEEN.values(), ids=UNSEEN)
def test_what_is_not_in_sight_makes_it_unknown(shared: Dataset, objects: list[Object], known: tuple[Resource, ...], says: str) -> None:
    found = audit.standing(shared, facts(shared, *objects, known=known))
    assert found.stale is None
    assert says in found.why
    assert not audit.row(shared, facts(shared, *objects, known=known)).fault


def test_one_certain_reason_is_enough_whatever_else_is_unknown() -> None:
    found = audit.standing(reference(), facts(source(selector={"env": "prod"}), model(state="ABSENT"), known=(MODELS, DATASETS)))
    assert found.stale is True


def test_the_controllers_word_stands_in_for_what_is_not_in_sight_with_secrets_masked() -> None:
    message = "source dataset dataset://a/x is not shared; token=hf_abcdefghijklmnopqrstuvwxyz012345"
    told = reference(status={"conditions": [{"type": "Config", "status": "False", "message": message}]})
    why = audit.standing(told, facts(known=())).why
    assert "The controller last said: source dataset dataset://a/x is not shared" in why
    assert "hf_abc" not in why


def test_model_and_version_come_from_the_model_then_the_owner_then_the_labels() -> None:
    assert audit.origin(reference(), facts(source(), model())) == ("qwen", "v1")
    assert audit.origin(reference(), facts(source(), known=(DATASETS,))) == ("qwen", "v1")
    assert audit.origin(reference(), facts(source(owner=""))) == (None, None)
    assert audit.origin(reference(), facts()) == (UNKNOWN, UNKNOWN)
    labelled = reference(metadata={"labels": {audit.MODEL_LABEL: "qwen", audit.VERSION_LABEL: "v1"}})
    assert audit.origin(labelled, facts()) == ("qwen", "v1")


# ---- as a table -----------------------------------------------------------------------------------------------------


def test_only_references_are_rows_and_they_follow_objects_of_other_namespaces() -> None:
    cluster = Cluster()
    live = started(cluster, SHARES_VIEW, ["a", "b"])
    cluster.scope(DATASETS, "a").upsert(source())
    cluster.scope(DATASETS, "b").upsert(reference())
    assert [row.key for row in live.take().upserts] == [("b", "copy")]
    assert cell(live, "copy", "stale", "b") is UNKNOWN
    cluster.scope(MODELS, "a").upsert(model())
    live.take()
    assert (cell(live, "copy", "model", "b"), cell(live, "copy", "stale", "b")) == ("qwen", False)
    cluster.scope(DATASETS, "a").upsert(source(share=False))
    assert [row.key for row in live.take().upserts] == [("b", "copy")]
    assert cell(live, "copy", "stale", "b") is True
    cluster.scope(DATASETS, "a").upsert(source())
    cluster.scope(MODELS, "a").remove(model())
    cluster.all_live()
    live.take()
    assert "Model a/qwen does not exist" in str(cell(live, "copy", "why", "b"))
    cluster.scope(DATASETS, "b").remove(reference())
    assert live.take().removed == [("b", "copy")]


def test_a_model_that_does_not_name_its_dataset_any_more_makes_the_share_stale_at_once() -> None:
    cluster = Cluster()
    live = started(cluster, SHARES_VIEW, ["a", "b"])
    cluster.scope(DATASETS, "a").upsert(source())
    cluster.scope(DATASETS, "b").upsert(reference())
    live.take()
    cluster.scope(MODELS, "a").upsert(model(version="v2"))
    live.take()
    assert "has no version any more" in str(cell(live, "copy", "why", "b"))


def test_the_label_of_a_namespace_decides_as_soon_as_it_is_seen() -> None:
    cluster = Cluster()
    live = started(cluster, SHARES_VIEW, ["a", "b"])
    cluster.scope(DATASETS, "a").upsert(source(owner="", selector={"env": "prod"}))
    cluster.scope(DATASETS, "b").upsert(reference())
    live.take()
    assert cell(live, "copy", "stale", "b") is UNKNOWN
    namespaces = cluster.scope(NAMESPACES, "")
    namespaces.upsert(namespace("b", env="prod"))
    live.take()
    assert cell(live, "copy", "stale", "b") is False
    namespaces.upsert(namespace("b", env="test"))
    live.take()
    assert cell(live, "copy", "stale", "b") is True


def test_a_source_namespace_that_becomes_known_elsewhere_decides() -> None:
    cluster = Cluster()
    live = started(cluster, SHARES_VIEW, ["a", "b"])
    cluster.scope(DATASETS, "b").upsert(reference())
    live.take()
    assert cell(live, "copy", "stale", "b") is UNKNOWN
    cluster.all_live()
    assert [row.key for row in live.take().upserts] == [("b", "copy")]
    assert "does not exist" in str(cell(live, "copy", "why", "b"))


def test_behind_a_selector_nobody_is_called_gone() -> None:
    cluster = Cluster()
    live = LiveRows(cluster, SHARES_VIEW, ["a"], "team=nlp")
    live.start()
    cluster.scope(DATASETS, "a").upsert(reference("a"))
    cluster.all_live()
    live.take()
    assert cell(live, "copy", "stale", "a") is UNKNOWN


SOURCES_OF_SHARES = st.builds(
    lambda owner, share, selector: (DATASETS, source(owner=owner, share=share, selector=selector)),
    st.sampled_from(["", "qwen"]),
    st.booleans(),
    st.sampled_from([None, {"env": "prod"}]),
)
REFERENCES = st.builds(
    lambda place, name, uri: (DATASETS, reference(place, name, uri)),
    st.sampled_from(["a", "b"]),
    st.sampled_from(["copy", "share-a-qwen-v1", "mdl-qwen-v1"]),
    st.sampled_from(["dataset://a/mdl-qwen-v1", "dataset://b/copy", "dataset://a"]),
)
OTHERS = st.builds(
    lambda share, word: (MODELS, model(share, version=word)), st.sampled_from([None, SHARED]), st.sampled_from(["v1", "v2"])
) | st.builds(lambda place, env: (NAMESPACES, namespace(place, env=env)), st.sampled_from(["a", "b"]), st.sampled_from(["prod", "test"]))
WRITES = SOURCES_OF_SHARES | REFERENCES | OTHERS
SYNCS = st.tuples(st.sampled_from(EVERYTHING), st.sampled_from(["a", "b"]), st.sampled_from([Sync.LIVE, Sync.DENIED, Sync.STALE]))
EVENTS = st.lists(
    st.tuples(st.sampled_from(["put", "drop"]), WRITES) | st.tuples(st.just("sync"), SYNCS) | st.just(("look", None)), max_size=30
)


@settings(max_examples=200, deadline=None)
@given(EVENTS, st.booleans())
def test_after_any_events_the_rows_are_those_made_from_scratch(events: list[tuple[str, Any]], attentive: bool) -> None:
    """`attentive`: looks after every event, so that each row that an event touches has been made before."""
    cluster = Cluster()
    live = started(cluster, SHARES_VIEW, ["a", "b"])
    complete: dict[tuple[Resource, str], bool] = {}
    for what, event in [("put", (DATASETS, reference())), *events]:
        if attentive:
            live.take(limit=None)
        if what == "look":
            live.take(limit=1)
            continue
        resource = event[0]
        if what == "sync":
            place = event[1] if resource.namespaced else ""
            cluster.scope(resource, place).state(SyncState(event[2], NOW))
            live.take(limit=0)  # whether a stale list was complete before is remembered from look to look
            complete[resource, place] = event[2] is Sync.LIVE or (event[2] is Sync.STALE and complete.get((resource, place), False))
            continue
        obj = event[1]
        scope = cluster.scope(resource, obj.metadata.namespace)
        if what == "put":
            scope.upsert(obj)
        elif (now := scope.objects.get(obj.metadata.key)) is not None:
            scope.remove(now)
    live.take(limit=None)
    scratch = FactTable()
    for (resource, place), scope in cluster.scopes.items():
        scratch.set_known(resource, place, known=complete.get((resource, place), False))
        for obj in scope.objects.values():
            scratch.put(resource, obj)
    expected = [audit.row(found, scratch) for found in scratch.every(DATASETS) if isinstance(found, Dataset) and is_reference(found)]
    assert sorted(live.rows(), key=lambda row: row.key) == sorted(expected, key=lambda row: row.key)


async def test_get_calls_nothing_gone_that_it_did_not_ask_for(cluster: Client, namespace: str) -> None:
    """Asked for by name, or by a selector, the rest of the namespace is not known."""
    spec = {"source": {"type": "REFERENCE", "uri": f"dataset://{namespace}/gone"}}
    body = {"metadata": {"name": "copy", "labels": {"team": "nlp"}}, "spec": spec}
    await cluster.request("POST", DATASETS.path(namespace), body={"apiVersion": DATASETS.api_version, "kind": "Dataset", **body})
    try:
        stale = audit.COLUMNS.index(next(column for column in audit.COLUMNS if column.key == "stale"))
        for narrowed in ({"name": "copy"}, {"selector": "team=nlp"}):
            listed = await list_rows(cluster, SHARES_VIEW, [namespace], **narrowed)
            assert {row.key[1]: row.values[stale] for row in listed.rows}["copy"] is UNKNOWN
        listed = await list_rows(cluster, SHARES_VIEW, [namespace])  # what other tests left there is listed, too
        assert {row.key[1]: row.values[stale] for row in listed.rows}["copy"] is True
    finally:
        await cluster.request("DELETE", DATASETS.path(namespace, "copy"))


def test_every_column_has_a_value() -> None:
    row = audit.row(reference(), facts(source(), model()))
    assert len(row.values) == len(audit.COLUMNS)
