"""Live rows are, after any sequence of events, the rows that would be made from scratch."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st
from tests.systems.builders import dataset, model, source, synced, version

from modeltui.domain import UNKNOWN, Phase
from modeltui.kube.objects import Object, ObjectMeta, Undecodable
from modeltui.kube.resource import Resource
from modeltui.kube.state import Sync, SyncState
from modeltui.kube.store import Scope, Store
from modeltui.systems.dataset.types import DATASETS
from modeltui.systems.facts import FactTable
from modeltui.systems.live import LiveRows, row_of
from modeltui.systems.modelfs.types import MODELS, SOURCES
from modeltui.systems.modelfs.views import MODELS_VIEW, SOURCES_VIEW
from modeltui.systems.protocol import View

NOW = datetime(2025, 11, 1, tzinfo=UTC)


class Cluster:
    """Scopes that a test fills as reflectors would; stands for a session."""

    def __init__(self) -> None:
        self.scopes: dict[tuple[Resource, str], Scope[Any]] = {}
        self.released: list[Store[Any]] = []

    def scope(self, resource: Resource, namespace: str = "team") -> Scope[Any]:
        return self.scopes.setdefault((resource, namespace), Scope(namespace, state=SyncState(Sync.SYNCING, NOW)))

    def watch(self, resource: Resource, kind: Any, namespaces: Sequence[str] = (), selector: str = "") -> Store[Any]:
        wanted = namespaces if resource.namespaced else ()
        return Store(resource, kind, [self.scope(resource, namespace) for namespace in wanted or ("",)])

    def release(self, store: Store[Any]) -> None:
        self.released.append(store)

    def all_live(self) -> None:
        for scope in self.scopes.values():
            scope.state(SyncState(Sync.LIVE, NOW))


def started(cluster: Cluster, view: View = MODELS_VIEW, namespaces: Sequence[str] = ("team",)) -> LiveRows:
    live = LiveRows(cluster, view, namespaces)
    live.start()
    return live


def cell(live: LiveRows, name: str, column: str, namespace: str = "team") -> Any:
    place = [entry.key for entry in live.view.columns].index(column)
    return next(row for row in live.rows() if row.key == (namespace, name)).values[place]


def test_rows_come_before_the_joined_kinds_and_are_made_anew_with_them() -> None:
    cluster = Cluster()
    live = started(cluster)
    cluster.scope(MODELS).upsert(model(version("v1"), status=[synced("v1", "FAILED")]))
    assert [row.key for row in live.take().upserts] == [("team", "qwen")]
    assert cell(live, "qwen", "source_type") is UNKNOWN
    cluster.scope(SOURCES).upsert(source())
    assert [row.key for row in live.take().upserts] == [("team", "qwen")]
    assert cell(live, "qwen", "source_type") == "HUGGING_FACE"
    cluster.scope(DATASETS).upsert(dataset("mdl-qwen-v1", "FAILED", lastSyncTime="2025-11-01T08:00:00Z"))
    live.take()
    assert cell(live, "qwen", "last_sync") == "never"


def test_a_joined_object_that_touches_no_row_makes_no_row() -> None:
    cluster = Cluster()
    live = started(cluster)
    cluster.scope(MODELS).upsert(model(version("v1")))
    live.take()
    cluster.scope(SOURCES).upsert(source("another"))
    assert live.take().upserts == []


def test_a_model_that_changes_its_source_touches_both_sources() -> None:
    cluster = Cluster()
    live = started(cluster, SOURCES_VIEW)
    cluster.scope(SOURCES).page([source("a"), source("b")])
    cluster.scope(MODELS).upsert(model(version("v1"), source="a"))
    cluster.all_live()
    live.take()
    assert (cell(live, "a", "models"), cell(live, "b", "models")) == (1, 0)
    cluster.scope(MODELS).upsert(model(version("v1"), source="b"))
    assert {row.key[1] for row in live.take().upserts} == {"a", "b"}
    assert (cell(live, "a", "models"), cell(live, "b", "models")) == (0, 1)


def test_a_count_is_unknown_until_the_list_is_complete_and_after_a_denial() -> None:
    cluster = Cluster()
    live = started(cluster, SOURCES_VIEW)
    cluster.scope(SOURCES).upsert(source("a"))
    live.take()
    assert cell(live, "a", "models") is UNKNOWN
    cluster.scope(MODELS).state(SyncState(Sync.LIVE, NOW))
    live.take()
    assert cell(live, "a", "models") == 0
    cluster.scope(MODELS).state(SyncState(Sync.STALE, NOW))
    live.take()
    assert cell(live, "a", "models") == 0, "what was complete stays readable"
    cluster.scope(MODELS).state(SyncState(Sync.DENIED, NOW))
    live.take()
    assert cell(live, "a", "models") is UNKNOWN


def test_removed_rows_are_told_once_and_only_if_they_were_shown() -> None:
    cluster = Cluster()
    live = started(cluster)
    wanted = model(version("v1"))
    cluster.scope(MODELS).upsert(wanted)
    live.take()
    cluster.scope(MODELS).remove(wanted)
    cluster.scope(MODELS).upsert(model(version("v1"), name="brief"))
    cluster.scope(MODELS).remove(model(version("v1"), name="brief"))
    changes = live.take()
    assert (changes.upserts, changes.removed) == ([], [("team", "qwen")])
    assert live.rows() == []
    assert live.take().removed == []


def test_an_object_made_anew_under_its_name_is_told_as_such() -> None:
    cluster = Cluster()
    live = started(cluster)
    old, new = model(version("v1")), model(version("v1"), metadata={"uid": "another"})
    cluster.scope(MODELS).upsert(old)
    live.take()
    cluster.scope(MODELS).remove(old)
    cluster.scope(MODELS).upsert(new)
    assert live.take().recreated == {("team", "qwen")}


def test_an_object_that_cannot_be_read_becomes_a_row_that_says_so() -> None:
    cluster = Cluster()
    live = started(cluster)
    cluster.scope(MODELS).upsert(Undecodable(metadata=ObjectMeta(name="odd", namespace="team"), problem="This Model cannot be read: x"))
    (row,) = live.take().upserts
    assert row.problem == "This Model cannot be read: x"
    assert row.values[:2] == ("odd", "team")
    assert set(row.values[2:]) == {UNKNOWN}


def test_a_source_that_cannot_be_read_leaves_the_models_readable() -> None:
    cluster = Cluster()
    live = started(cluster)
    cluster.scope(MODELS).upsert(model(version("v1"), status=[synced("v1", "READY")]))
    cluster.scope(SOURCES).upsert(Undecodable(metadata=ObjectMeta(name="hf", namespace="team"), problem="x"))
    cluster.all_live()
    live.take()
    assert cell(live, "qwen", "source_type") is UNKNOWN
    assert cell(live, "qwen", "status").phase is Phase.READY


def test_ten_thousand_rows_come_in_batches_and_all_of_them() -> None:
    cluster = Cluster()
    live = started(cluster)
    cluster.scope(MODELS).page([model(version("v1"), name=f"m{number}") for number in range(10_000)])
    sizes = []
    while batch := live.take(limit=4000).upserts:
        sizes.append(len(batch))
    assert sizes == [4000, 4000, 2000]
    assert len(live.rows()) == 10_000


def test_states_are_those_of_the_views_own_resource() -> None:
    cluster = Cluster()
    live = started(cluster, namespaces=("team", "other"))
    assert live.take().states
    cluster.scope(DATASETS).state(SyncState(Sync.DENIED, NOW))
    assert not live.take().states
    cluster.scope(MODELS, "other").state(SyncState(Sync.DENIED, NOW, "no"))
    assert live.take().states
    assert {name: state.sync for name, state in live.states.items()} == {"team": Sync.SYNCING, "other": Sync.DENIED}


async def test_wait_ends_with_news_of_any_store_and_not_before() -> None:
    cluster = Cluster()
    live = started(cluster)
    await asyncio.wait_for(live.wait(), 1)
    live.take()
    waiting = asyncio.ensure_future(live.wait())
    await asyncio.sleep(0)
    assert not waiting.done()
    cluster.scope(DATASETS).upsert(dataset("d"))
    await asyncio.wait_for(waiting, 1)


def test_closing_gives_every_watch_back() -> None:
    cluster = Cluster()
    live = started(cluster)
    live.close()
    assert {store.resource for store in cluster.released} == {MODELS, SOURCES, DATASETS}
    assert not any(scope.readers for scope in cluster.scopes.values())


NAMES = st.sampled_from(["a", "b", "c"])
WORDS = st.sampled_from(["READY", "FAILED", "PROCESSING", ""])
EVENTS = st.one_of(
    st.builds(
        lambda name, of, word: (MODELS, model(version("v1"), name=name, source=of, status=[synced("v1", word, activeDataset="")])),
        NAMES,
        NAMES,
        WORDS,
    ),
    st.builds(lambda name: (SOURCES, source(name)), NAMES),
    st.builds(lambda name: (SOURCES, source(name, ready="False", spec={"type": "S3"})), NAMES),
    st.builds(lambda name, word: (DATASETS, dataset(f"mdl-{name}-v1", word)), NAMES, WORDS),
    st.builds(lambda resource, name: (resource, name), st.sampled_from([MODELS, SOURCES]), NAMES),
    st.builds(lambda name: (DATASETS, f"mdl-{name}-v1"), NAMES),
    st.builds(
        lambda resource, sync: (resource, sync), st.sampled_from([MODELS, SOURCES, DATASETS]), st.sampled_from([Sync.LIVE, Sync.DENIED])
    ),
    st.just("look"),
)


@settings(max_examples=200, deadline=None)
@given(st.sampled_from([MODELS_VIEW, SOURCES_VIEW]), st.lists(EVENTS, max_size=30))
def test_after_any_events_the_rows_are_those_made_from_scratch(view: View, events: list[Any]) -> None:
    cluster = Cluster()
    live = started(cluster, view)
    for event in events:
        if event == "look":
            live.take(limit=1)
            continue
        resource, what = event
        scope = cluster.scope(resource)
        match what:
            case Sync():
                scope.state(SyncState(what, NOW))
            case str():
                if (now := scope.objects.get(("team", what))) is not None:
                    scope.remove(now)
            case Object():
                scope.upsert(what)
    live.take(limit=None)
    scratch = FactTable()
    for (resource, namespace), scope in cluster.scopes.items():
        scratch.set_known(resource, namespace, known=scope.sync.sync is Sync.LIVE)
        for obj in scope.objects.values():
            scratch.put(resource, obj)
    expected = [row_of(view, obj, scratch) for obj in cluster.scope(view.resource).objects.values()]
    assert sorted(live.rows(), key=lambda row: row.key) == sorted(expected, key=lambda row: row.key)
