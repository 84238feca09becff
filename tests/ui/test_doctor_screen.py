"""The doctor on the screen: every finding, live, and never "no findings" when something was not seen."""

from __future__ import annotations

import copy
from typing import Any

import world
from driving import Console, until
from fake import NOW, FakeSession, forbidden, meta
from reading import painted, read
from test_snapshots import settled, typed
from textual.pilot import Pilot

from modeltui.document import text_of
from modeltui.domain import Severity
from modeltui.kube.state import Sync, SyncState
from modeltui.systems.core.secrets import SECRETS
from modeltui.systems.dataset.types import DATASETS
from modeltui.systems.modelfs.types import MODELS, SOURCES
from modeltui.ui.screens.actions import ActionsScreen
from modeltui.ui.screens.doctor import DoctorScreen
from modeltui.ui.screens.source_detail import SourceDetail
from modeltui.ui.screens.yaml_view import YamlScreen
from modeltui.ui.sight import Kind

MARK = "hf_very_secret_value"


async def to_doctor(pilot: Pilot[int], app: Any, line: str = ":doctor") -> DoctorScreen:
    await until(pilot, lambda: app.cluster is not None and len(app.screen_stack) > 1)
    await settled(pilot)
    for key in (*typed(line), "enter"):
        await pilot.press(key)
    await until(pilot, lambda: isinstance(app.screen, DoctorScreen) and app.screen.live.settled)
    await until(pilot, lambda: app.screen.table.counts.total == len(app.screen.live))
    screen: DoctorScreen = app.screen
    return screen


def sound() -> FakeSession:
    """One source that nothing is wrong with."""
    source = {"metadata": meta("hub"), "spec": {"type": "HUGGING_FACE"}, "status": {}}
    return FakeSession({SOURCES: [source]})


def severities(screen: DoctorScreen) -> list[Any]:
    rows = [screen.table.row(key) for key in screen.table.keys()]  # noqa: SIM118 - not a mapping
    return [row.values[2] for row in rows if row is not None]


def squeezed(text: str) -> str:
    return "".join(text.split())


def told(screen: DoctorScreen) -> str:
    """What the pane below says, however it is wrapped: without spaces."""
    return squeezed("".join(map(text_of, screen.told.text.lines)))


async def test_errors_come_first_and_each_is_told_in_full_below(console: Console) -> None:
    app = console(world.session())
    async with app.run_test(size=(80, 24)) as pilot:
        screen = await to_doctor(pilot, app)
        shown = severities(screen)
        assert shown == sorted(shown, key=list(Severity).index)
        assert {Severity.ERROR, Severity.WARNING} <= set(shown)
        for _ in range(len(shown)):
            key = screen.table.cursor_key
            found = screen.live.diagnosis(key) if key else None
            assert found is not None
            await until(pilot, lambda found=found: squeezed(found.finding.reason) in told(screen))
            assert squeezed(found.finding.remedy) in told(screen)
            await pilot.press("down")
        assert MARK not in "".join(str(row.values) for row in screen.live._rows.values())


async def test_it_follows_what_happens(console: Console) -> None:
    session = world.session()
    app = console(session)
    async with app.run_test(size=(120, 40)) as pilot:
        screen = await to_doctor(pilot, app)
        before = len(screen.live)
        broken = copy.deepcopy(next(obj for obj in session.objects[MODELS] if obj["metadata"]["name"] == "llama-3-8b"))
        broken["metadata"]["resourceVersion"] = "2"
        broken["spec"]["sourceRef"] = "nobody"
        session.change(MODELS, broken)
        await until(pilot, lambda: any("nobody" in found.finding.reason for found in screen.live._by_key.values()))
        await until(pilot, lambda: screen.table.counts.total == len(screen.live) > before)


async def test_enter_goes_to_the_object_and_y_to_its_yaml(console: Console) -> None:
    app = console(world.session())
    async with app.run_test(size=(120, 40)) as pilot:
        screen = await to_doctor(pilot, app, ":doctor /kind:source secretRef")
        key = screen.table.cursor_key
        assert key is not None
        await pilot.press("enter")
        await until(pilot, lambda: isinstance(app.screen, SourceDetail))
        assert isinstance(app.screen, SourceDetail)
        assert app.screen.key == (key[0], key[1].split("\n")[0])
        await pilot.press("escape")
        await until(pilot, lambda: app.screen is screen)
        assert screen.table.cursor_key == key
        await pilot.press("y")
        await until(pilot, lambda: isinstance(app.screen, YamlScreen))


async def test_the_filter_grammar_holds_here_too(console: Console) -> None:
    app = console(world.session())
    async with app.run_test(size=(120, 40)) as pilot:
        screen = await to_doctor(pilot, app)
        for line, only in (("severity:error", {Severity.ERROR}), ("severity:warn !secret", {Severity.WARNING}), ("severity:>1", None)):
            for key in (*typed(f"/{line}"), "enter"):
                await pilot.press(key)
            if only is not None:
                await until(pilot, lambda only=only: set(severities(screen)) == only)
            await pilot.press("escape")
        for key in (*typed("/-f hub"), "enter"):
            await pilot.press(key)
        await until(pilot, lambda: {key[1].split("\n")[0] for key in screen.table.keys()} == {"hub"})  # noqa: SIM118
        for key in ("escape", *typed("/there_is_no_such_text"), "enter"):
            await pilot.press(key)
        await until(pilot, lambda: screen.pane.sight is not None and screen.pane.sight.kind is Kind.FILTERED)
        assert not screen.told.display


async def test_no_findings_is_said_when_all_was_looked_at(console: Console) -> None:
    app = console(sound())
    async with app.run_test(size=(80, 24)) as pilot:
        screen = await to_doctor(pilot, app)
        await until(pilot, lambda: screen.pane.display and screen.pane.sight is not None and screen.pane.sight.kind is Kind.EMPTY)
        assert screen.pane.sight is not None
        assert screen.pane.sight.title == "No findings in 1 object"
        assert "Everything was looked at." in screen.pane.sight.lines[0]


async def test_no_findings_is_never_said_of_what_was_not_seen(console: Console) -> None:
    session = sound()
    app = console(session)
    async with app.run_test(size=(80, 24)) as pilot:
        screen = await to_doctor(pilot, app)
        for (resource, _, _), scope in session.scopes.items():
            if resource in (MODELS, DATASETS):
                scope.state(SyncState(Sync.DENIED, NOW, "no"))
        await until(pilot, lambda: screen.pane.sight is not None and "could be looked at" in screen.pane.sight.title)
        assert screen.pane.sight is not None
        assert screen.pane.sight.lines == ("Not looked at in team-a: you may not list models, datasets.",)
        for namespace in ("team-a", ""):  # kinds without a namespace, too
            session.become(namespace, SyncState(Sync.DENIED, NOW, "no"))
        await until(pilot, lambda: screen.pane.sight is not None and screen.pane.sight.kind is Kind.DENIED)
        await until(pilot, lambda: any("you may not list" in message.text for _, message in app.messages))


async def test_a_secret_that_may_not_be_read_is_not_missing(console: Console) -> None:
    answers = {SECRETS.path("team-a", name): forbidden("secrets") for name in ("hf-token", "minio")}
    app = console(world.session(**answers))
    async with app.run_test(size=(120, 40)) as pilot:
        screen = await to_doctor(pilot, app)
        assert not any("There is no Secret" in found.finding.reason for found in screen.live._by_key.values())
        await until(pilot, lambda: screen.notes.display)
        assert "what depends on secrets, since you may not read them" in str(screen.notes.render())
        assert screen.bar().counts.missing == "not all looked at"


async def test_secrets_are_read_again_when_asked_and_not_before(console: Console) -> None:
    session = world.session()
    app = console(session)
    path = SECRETS.path("team-a", "hf-token")
    async with app.run_test(size=(120, 40)) as pilot:
        screen = await to_doctor(pilot, app)
        assert any('no Secret "hf-token"' in found.finding.reason for found in screen.live._by_key.values())
        session.answers[path] = {"metadata": meta("hf-token"), "data": {"token": "aGY="}}
        await pilot.press("ctrl+r")
        await until(pilot, lambda: not any('no Secret "hf-token"' in found.finding.reason for found in screen.live._by_key.values()))
        asked = [path for _, path in session.requests].count(path)
        await pilot.pause(0.3)
        assert [path for _, path in session.requests].count(path) == asked


async def test_nothing_is_looked_at_while_another_screen_lies_over_it(console: Console) -> None:
    session = world.session()
    app = console(session)
    async with app.run_test(size=(120, 40)) as pilot:
        screen = await to_doctor(pilot, app)
        await pilot.press("y")
        await until(pilot, lambda: isinstance(app.screen, YamlScreen))
        taken: list[object] = []
        take = screen.live.take
        screen.live.take = lambda *given: (taken.append(1), take(*given))[1]  # type: ignore[method-assign]
        broken = copy.deepcopy(session.objects[MODELS][0])
        broken["metadata"]["resourceVersion"] = "2"
        broken["spec"]["sourceRef"] = "nobody"
        session.change(MODELS, broken)
        await pilot.pause(0.4)
        assert taken == []
        await pilot.press("escape")
        await until(pilot, lambda: any("nobody" in found.finding.reason for found in screen.live._by_key.values()))


async def test_what_is_found_can_be_repaired_from_here(console: Console) -> None:
    app = console(world.session())
    async with app.run_test(size=(120, 40)) as pilot:
        await to_doctor(pilot, app, ":doctor /kind:=modelsource name:=hub")
        await pilot.press("a")
        await until(pilot, lambda: isinstance(app.screen, ActionsScreen))
        assert "ModelSource hub" in str(app.screen.intro.render())


async def test_a_label_selector_becomes_a_filter(console: Console) -> None:
    app = console(world.session())
    async with app.run_test(size=(120, 40)) as pilot:
        screen = await to_doctor(pilot, app, ":doctor -l app=chat")
        await until(pilot, lambda: screen.table.counts.shown and screen.table.counts.shown < screen.table.counts.total)
        assert screen.place.filter == "-l app=chat"
        shown = screen.table.keys()
        assert {key[1].split("\n")[1] for key in shown} == {"Model"}


async def test_hostile_text_is_harmless(console: Console) -> None:
    evil = "a[red]b\x1b[31m\u202eevil\nnext" + "x" * 300
    session = world.session()
    session.objects[SOURCES].append(
        {"metadata": meta("evil"), "spec": {"type": evil, "config": {evil: evil}}, "status": {"conditions": []}}
    )
    session = FakeSession(session.objects)
    app = console(session)
    async with app.run_test(size=(80, 24)) as pilot:
        screen = await to_doctor(pilot, app, ":doctor /name:evil")
        await until(pilot, lambda: "evil" in told(screen))
        screen_text = "\n".join(strip.text for strip in screen._compositor.render_strips())
        for harm in ("\x1b", "\u202e"):
            assert harm not in told(screen)
            assert harm not in screen_text
        assert "a[red]b" in told(screen)


async def test_it_is_a_place_like_any_table(console: Console) -> None:
    app = console(world.session())
    async with app.run_test(size=(120, 40)) as pilot:
        await to_doctor(pilot, app, ":findings team-a /severity:error")
        await pilot.press("left_square_bracket")
        await until(pilot, lambda: not isinstance(app.screen, DoctorScreen))
        await pilot.press("right_square_bracket")
        await until(pilot, lambda: isinstance(app.screen, DoctorScreen))
        assert app.memory.views["staging"] == "doctor"
        assert app.screen.place.filter == "severity:error"  # type: ignore[attr-defined]


async def test_a_long_finding_can_be_read_to_its_end_at_80x24(console: Console) -> None:
    session = world.session()
    condition = session.objects[SOURCES][1]["status"]["conditions"][0]
    condition["message"] = " ".join(f"word{number:03}" for number in range(120))
    app = console(FakeSession(session.objects))
    async with app.run_test(size=(80, 24)) as pilot:
        screen = await to_doctor(pilot, app, ":doctor /word119")
        await until(pilot, lambda: "word119" in told(screen))
        assert f"{screen.told.text.extent.sign} · tab" in "\n".join(painted(app)), "that there is more is said, and the key that goes there"
        read_so = await read(pilot, app, screen.told.text)
        assert all(f"word{number:03}" in read_so for number in range(120))
        assert "modelfs does not watch Secrets" in " ".join(read_so.split())


async def test_until_all_is_looked_at_the_number_is_not_the_last_word(console: Console) -> None:
    session = world.session()
    app = console(session)
    async with app.run_test(size=(120, 40)) as pilot:
        screen = await to_doctor(pilot, app)
        assert screen.bar().counts.missing == ""
        for (resource, _, _), scope in session.scopes.items():
            if resource == DATASETS:
                scope.state(SyncState(Sync.SYNCING, NOW))
        await until(pilot, lambda: screen.bar().counts.missing == "still looking")
