"""A merged table, such as that of deployments: after any sequence of events it is what would be made from scratch."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.systems.serving.made_up import BREWS, BREWS_VIEW, CUPS, CUPS_VIEW, TEA, brew, cup, pod
from tests.systems.test_live import NOW, Cluster

from modeltui.domain import Row
from modeltui.kube.state import Sync, SyncState
from modeltui.systems import registry
from modeltui.systems.core.types import PODS
from modeltui.systems.merged import UNDER, UNFOLDED, UNFOLDS, LiveMerged
from modeltui.systems.serving.rows import DEPLOYMENT_COLUMNS
from modeltui.ui.table.order import RowOrder

TEAS = replace(registry.deployments(), parts=(BREWS_VIEW, CUPS_VIEW))
BREW, CUP = ("team", "earl", "brews.tea.example"), ("team", "earl", "cups.tea.example")


def started(cluster: Cluster, namespaces: Sequence[str] = ("team",)) -> LiveMerged:
    live = LiveMerged(cluster, TEAS, namespaces)
    live.start()
    return live


def cell(row: Row, column: str) -> Any:
    return row.values[[entry.key for entry in DEPLOYMENT_COLUMNS].index(column)]


def shown(live: LiveMerged) -> dict[Any, Row]:
    live.take(limit=None)
    return {row.key: row for row in live.rows()}


def test_kinds_stand_in_one_table_though_their_names_are_the_same() -> None:
    cluster = Cluster()
    live = started(cluster)
    cluster.scope(BREWS).upsert(brew(spec={"model": "tea/earl-grey"}, status={"phase": "drinkable", "ready": 1}))
    cluster.scope(CUPS).upsert(cup())
    rows = shown(live)
    assert set(rows) == {BREW, CUP}
    assert cell(rows[BREW], "model") == "tea/earl-grey"
    assert (cell(rows[BREW], "kind"), cell(rows[CUP], "kind")) == ("Brew", "Cup")
    assert live.obj(CUP) is not None
    assert live.view_of(CUP) is CUPS_VIEW


def test_what_one_made_of_another_stands_under_it_when_that_is_unfolded() -> None:
    cluster = Cluster()
    live = started(cluster)
    cluster.scope(BREWS).upsert(brew())
    cluster.scope(CUPS).upsert(cup(of="earl"))
    rows = shown(live)
    assert set(rows) == {BREW}
    assert rows[BREW].lead == UNFOLDS
    live.toggle(BREW)
    rows = shown(live)
    assert set(rows) == {BREW, CUP}
    assert (rows[BREW].lead, rows[CUP].lead) == (UNFOLDED, UNDER)
    assert live.unfolds(CUP)
    live.toggle(CUP)  # from the row under it
    changes = live.take(limit=None)
    assert changes.removed == [CUP]
    assert live.toggle_all()
    assert set(shown(live)) == {BREW, CUP}


def test_what_lost_its_parent_stands_for_itself() -> None:
    cluster = Cluster()
    live = started(cluster)
    cluster.scope(CUPS).upsert(cup(of="earl"))
    assert set(shown(live)) == {CUP}
    cluster.scope(BREWS).upsert(brew())
    changes = live.take(limit=None)
    assert changes.removed == [CUP]
    assert [row.lead for row in changes.upserts] == [UNFOLDS]
    cluster.scope(BREWS).remove(brew())
    changes = live.take(limit=None)
    assert changes.removed == [BREW]
    assert [row.key for row in changes.upserts] == [CUP]
    assert changes.upserts[0].lead == ""


def test_gpus_are_those_of_its_pods_and_unknown_while_pods_are() -> None:
    cluster = Cluster()
    live = started(cluster)
    cluster.scope(BREWS).upsert(brew(spec={"replicas": 2, "gpus": 4}))
    assert cell(shown(live)[BREW], "gpus") == "?/8"
    cluster.scope(PODS).upsert(pod("earl-1", gpus=4, brew="earl"))
    cluster.all_live()
    assert cell(shown(live)[BREW], "gpus") == "4/8"
    cluster.scope(PODS).upsert(pod("earl-2", gpus=4, node="", brew="earl"))
    assert cell(shown(live)[BREW], "gpus") == "4/8", "a pod without a node holds none"
    cluster.scope(PODS).remove(pod("earl-1"))
    assert cell(shown(live)[BREW], "gpus") == "0/8"


def test_a_system_that_is_not_installed_is_no_trouble_to_the_others() -> None:
    cluster = Cluster()
    live = started(cluster)
    cluster.scope(BREWS).upsert(brew())
    cluster.all_live()
    cluster.scope(CUPS).state(SyncState(Sync.NOT_INSTALLED, NOW))
    live.take()
    assert live.installed == (BREWS_VIEW,)
    assert live.absent == (CUPS_VIEW,)
    assert live.states["team"].sync is Sync.LIVE


def test_a_denied_kind_leaves_the_table_live() -> None:
    cluster = Cluster()
    live = started(cluster)
    cluster.all_live()
    cluster.scope(CUPS).state(SyncState(Sync.DENIED, NOW, "no"))
    assert live.states["team"].sync is Sync.LIVE
    cluster.scope(BREWS).state(SyncState(Sync.SYNCING, NOW))
    assert live.states["team"].sync is Sync.SYNCING


def test_a_recreated_object_is_told_as_another() -> None:
    cluster = Cluster()
    live = started(cluster)
    cluster.scope(CUPS).upsert(cup(metadata={"name": "earl", "namespace": "team", "uid": "one"}))
    live.take()
    cluster.scope(CUPS).upsert(cup(metadata={"name": "earl", "namespace": "team", "uid": "two"}))
    assert live.take().recreated == {CUP}


NAMES = st.sampled_from(["a", "b", "c"])
EVENTS = st.one_of(
    st.tuples(st.just("brew"), NAMES, st.integers(0, 3)),
    st.tuples(st.just("cup"), NAMES, st.sampled_from(["", "a", "b", "c"])),
    st.tuples(st.just("pod"), NAMES, NAMES),
    st.tuples(st.sampled_from(["no brew", "no cup", "no pod"]), NAMES, st.none()),
    st.tuples(st.just("toggle"), NAMES, st.none()),
    st.tuples(st.just("take"), st.just(""), st.sampled_from([1, 2, None])),
)


def happen(cluster: Cluster, event: tuple[str, str, Any]) -> None:
    what, name, more = event
    match what:
        case "brew":
            cluster.scope(BREWS).upsert(brew(name, spec={"replicas": more}))
        case "cup":
            cluster.scope(CUPS).upsert(cup(name, of=more))
        case "pod":
            cluster.scope(PODS).upsert(pod(name, brew=more, cup=more))
        case "no brew":
            cluster.scope(BREWS).remove(brew(name))
        case "no cup":
            cluster.scope(CUPS).remove(cup(name))
        case "no pod":
            cluster.scope(PODS).remove(pod(name))


@given(st.lists(EVENTS, max_size=30))
def test_any_sequence_of_events_ends_where_a_new_start_would(events: list[tuple[str, str, Any]]) -> None:
    cluster = Cluster()
    live = started(cluster)
    table: dict[Any, Row] = {}
    opened: list[Any] = []

    def look(limit: int | None) -> None:
        changes = live.take(limit)
        for key in changes.removed:
            assert table.pop(key, None) is not None
        table.update({row.key: row for row in changes.upserts})

    cluster.all_live()
    for event in events:
        if event[0] == "take":
            look(event[2])
        elif event[0] == "toggle":
            key = ("team", event[1], BREWS.group_resource)
            opened.append(key)
            live.toggle(key)
        else:
            happen(cluster, event)
    for _ in range(10):
        look(3)
    look(None)

    anew = started(cluster)
    anew.take(limit=None)
    for key in opened:
        anew.toggle(key)
    anew.take(limit=None)
    assert table == {row.key: row for row in anew.rows()}
    assert table == {row.key: row for row in live.rows()}


@given(st.lists(EVENTS, max_size=20), st.sampled_from([column.key for column in DEPLOYMENT_COLUMNS if not column.hidden]), st.booleans())
def test_nobody_stands_apart_from_the_row_that_he_stands_under(events: list[tuple[str, str, Any]], sort: str, reverse: bool) -> None:
    cluster = Cluster()
    live = started(cluster)
    for event in events:
        if event[0] not in ("take", "toggle"):
            happen(cluster, event)
    live.take(limit=None)
    live.toggle_all()
    live.take(limit=None)
    order = RowOrder(DEPLOYMENT_COLUMNS, sort=sort, reverse=reverse)
    order.upsert(live.rows())
    order.settle(resort=True)
    leader = None
    for key in order:
        row = order.rows[key]
        assert row.leader is not None
        if row.lead == UNDER:
            assert row.leader.key == leader, "it stands right under its own leader"
        else:
            leader = row.key


def test_one_line_in_the_registry_adds_a_system(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(registry, "SYSTEMS", (*registry.SYSTEMS, TEA))
    assert registry.find("brew") is BREWS_VIEW
    assert registry.find("cups.tea.example") is CUPS_VIEW
    assert BREWS_VIEW in registry.deployments().parts
    assert registry.system_of(CUPS_VIEW) is TEA
    assert registry.table("deploy") == registry.deployments()


def test_of_many_rows_some_are_left_for_the_next_look() -> None:
    cluster = Cluster()
    live = started(cluster)
    for number in range(250):
        cluster.scope(CUPS).upsert(cup(metadata={"name": f"cup-{number:03}", "namespace": "team"}))
    looks = [live.take() for _ in range(3)]
    assert [(len(look.upserts), look.more) for look in looks] == [(100, True), (100, True), (50, False)]
    assert len(live.rows()) == 250
