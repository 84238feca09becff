"""What a k9s user counts on: a title that counts deployments and not what stands under them, and filters that take one of several words."""

from __future__ import annotations

from typing import Any

import pytest
import serving_world
from driving import until
from fake import NOW, FakeSession
from test_snapshots import settled
from textual.pilot import Pilot

from modeltui.domain import UNKNOWN, Column, ColumnKind, Phase, Row, Status, Value
from modeltui.kube.state import Sync, SyncState
from modeltui.systems import registry
from modeltui.systems.merged import UNDER
from modeltui.ui import filters, merged_sights
from modeltui.ui.screens.deployment_detail import DeploymentDetail
from modeltui.ui.sight import Kind

COLUMNS = (Column("name", "NAME"), Column("status", "STATUS", ColumnKind.STATUS), Column("tags", "TAGS", ColumnKind.TAGS))


def passes(text: str, *values: Value) -> bool:
    return filters.compile(text, COLUMNS).predicate(Row(("team", str(values[0])), values))


@pytest.mark.parametrize(
    ("text", "status", "yes"),
    [
        ("phase:failed|degraded", Phase.FAILED, True),
        ("phase:failed|degraded", Phase.DEGRADED, True),
        ("phase:failed|degraded", Phase.READY, False),
        ("status:deg|ready", Phase.READY, True),
        ("phase:=failed|ready", Phase.READY, True),
        ("phase:=failed|ready", Phase.PENDING, False),
        ("!phase:ready|paused", Phase.PAUSED, False),
        ("phase:!=ready|paused", Phase.FAILED, True),
        ("phase:|", Phase.READY, False),
    ],
)
def test_one_of_several_phases(text: str, status: Phase, yes: bool) -> None:
    assert passes(text, "a", Status(status), ()) is yes


def test_one_of_several_tags_and_the_bar_itself() -> None:
    assert passes("tags:chat|code", "a", UNKNOWN, ("code",))
    assert not passes("tags:chat|code", "a", UNKNOWN, ("vision",))
    assert passes("tags:=chat|code", "a", UNKNOWN, ("chat|code",)), "a tag that is spelled so"


async def app_on(pilot: Pilot[int]) -> Any:
    app: Any = pilot.app
    await until(pilot, lambda: app.cluster is not None and len(app.screen_stack) > 1)
    await settled(pilot)
    await app.navigator.run_line("deployments")
    await until(pilot, lambda: app.screen.crumb == "deployments" and app.screen.live.joined and app.screen.live.states)
    return app


async def on_deployments(pilot: Pilot[int]) -> Any:
    app = await app_on(pilot)
    await until(pilot, lambda: app.screen.table.counts.total == 4)
    return app


async def test_unfolding_makes_no_more_deployments(console: Any) -> None:
    app = console(serving_world.session())
    async with app.run_test(size=(120, 40)) as pilot:
        await on_deployments(pilot)
        assert (app.screen.bar().counts.total, app.screen.bar().counts.shown) == (4, 4)
        await pilot.press("X")
        await until(pilot, lambda: app.screen.table.counts.total == 5)
        assert (app.screen.bar().counts.total, app.screen.bar().counts.shown) == (4, 4)
        await pilot.press("slash", *"kind", "colon", *"AIMService|DynamoGraphDeployment", "enter")
        await until(pilot, lambda: app.screen.table.counts.shown < 5)
        under = {row.key for row in app.screen.live.rows() if row.lead == UNDER}
        tops = set(app.screen.table.keys()) - under
        assert (app.screen.bar().counts.total, app.screen.bar().counts.shown) == (4, len(tops))


async def test_what_is_known_of_a_row_opens_while_there_is_no_connection(console: Any) -> None:
    """From the table of all namespaces too, which the page would otherwise ask for anew."""
    session = serving_world.session()
    app = console(session, all_namespaces=True)
    async with app.run_test(size=(120, 40)) as pilot:
        await on_deployments(pilot)
        gone = SyncState(Sync.STALE, NOW, "connection refused", data_from=NOW)
        for namespace in ("", "team-a"):
            session.become(namespace, gone)
            session.states[namespace] = SyncState(Sync.SYNCING, NOW)  # what is asked for from now on is not answered
        await pilot.press("enter")
        await until(pilot, lambda: isinstance(app.screen, DeploymentDetail) and app.screen.about.display and app.screen.about.text.lines)
        assert not app.screen.pane.display
        assert app.screen.bar().connection[1].startswith("disconnected, data from")


async def test_without_rights_every_kind_that_is_denied_is_named_and_those_that_are_shown(console: Any) -> None:
    denied = SyncState(Sync.DENIED, NOW, "forbidden")
    session = serving_world.session(nvidia_com=denied, kaito_sh=denied)
    app = console(session)
    async with app.run_test(size=(80, 24)) as pilot:
        await app_on(pilot)
        told = " ".join(note.text for note in merged_sights.notes(app.screen.live, merged_sights.Shown(3, 3)))
        assert "denied to list dynamographdeployments, dynamographdeploymentrequests" in told
        assert "inferencesets and workspaces; you may list aimservices, modeldeployments, inferenceservices" in told


async def test_who_may_list_none_of_them_is_told_of_all(console: Any) -> None:
    denied = SyncState(Sync.DENIED, NOW, "forbidden")
    absent = SyncState(Sync.NOT_INSTALLED, NOW)
    groups = {view.resource.group: denied for view in registry.serving()} | {"kaito.sh": absent}
    app = console(FakeSession(of_group=groups))
    async with app.run_test(size=(80, 24)) as pilot:
        await app_on(pilot)
        found = merged_sights.sight(app.screen.live, merged_sights.Shown(0, 0))
        assert found is not None
        assert (found.kind, found.title) == (Kind.DENIED, "You may not list any deployments in team-a")
        assert found.lines[0].startswith("Denied: aimservices, dynamographdeployments, dynamographdeploymentrequests, modeldeployments, ")
        assert "Not installed in this cluster: InferenceSets, Workspaces." in found.lines
        assert any("kubectl auth can-i list aimservices.aim.eai.amd.com -n team-a" in line for line in found.lines)
        assert merged_sights.notes(app.screen.live, merged_sights.Shown(0, 0)) == ()


async def test_what_may_not_be_seen_is_not_called_empty(console: Any) -> None:
    groups = {"nvidia.com": SyncState(Sync.DENIED, NOW, "forbidden")}
    app = console(FakeSession(of_group=groups))
    async with app.run_test(size=(80, 24)) as pilot:
        await app_on(pilot)
        found = merged_sights.sight(app.screen.live, merged_sights.Shown(0, 0))
        assert found is not None
        assert found.lines[0].startswith("The lists that you may see are complete, and empty: AIM services")
        assert "Dynamo" not in found.lines[0]


def on_the_terminal(app: Any) -> str:
    return "\n".join(strip.text for strip in app.screen._compositor.render_strips())


@pytest.mark.parametrize("keys", [("escape",), ("enter", "escape"), ("enter", "slash", "ctrl+u", "enter")])
async def test_rows_come_back_to_the_terminal_after_a_filter_that_hid_them_all(console: Any, keys: tuple[str, ...]) -> None:
    app = console(serving_world.session())
    async with app.run_test(size=(80, 24)) as pilot:
        await on_deployments(pilot)
        await until(pilot, lambda: "reranker" in on_the_terminal(app))
        await pilot.press("slash", *"zzz")
        await until(pilot, lambda: "None of the 4 deployments match" in on_the_terminal(app))
        await pilot.press(*keys)
        await until(pilot, lambda: "reranker" in on_the_terminal(app))
        assert all(name in on_the_terminal(app) for name in ("chat", "huge", "mi-llama"))
