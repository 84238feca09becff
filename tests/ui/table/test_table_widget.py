"""The table by its keys, on a clock of the test's own."""

from __future__ import annotations

from datetime import datetime, timedelta
from itertools import pairwise

import pytest
from tests.ui.table.sample import COLUMNS, NOW, TableApp, row, zoo
from textual.geometry import Region
from textual.pilot import Pilot

from modeltui import characters
from modeltui.domain import UNKNOWN, Column, Phase, Row, Status
from modeltui.ui import filters
from modeltui.ui.table import widget as widget_module
from modeltui.ui.table.cursor import SETTLING
from modeltui.ui.widgets.resource_table import Counts, ResourceTable

SIZE = (100, 12)


def many(count: int) -> list[Row]:
    return [row(f"m{index}") for index in range(count)]


def names(app: TableApp) -> list[str]:
    return [line.split()[0] for line in app.lines()[1:] if line.strip()]


async def until_seen(pilot: Pilot[None], app: TableApp, text: str) -> None:
    for _ in range(200):
        if any(text in line for line in app.lines()):
            return
        await pilot.pause(0.01)
    raise AssertionError(f"{text!r} is not on the screen:\n" + "\n".join(app.lines()))


async def test_rows_come_sorted_and_the_cursor_stands_on_the_first() -> None:
    app = TableApp([row("v10"), row("v2"), row("v1", namespace="team-b")])
    async with app.run_test(size=SIZE) as pilot:
        await pilot.pause()
        assert names(app) == ["v1", "v2", "v10"]
        assert app.table.cursor_key == ("team-b", "v1")
        assert app.table.counts == Counts(3, 3, 0)
        assert app.lines()[0].split() == ["NAME", "↑", "NAMESPACE", "STATUS", "READY", "TAGS", "AGE"]


async def test_moving() -> None:
    app = TableApp(many(100))
    async with app.run_test(size=SIZE) as pilot:
        table = app.table
        steps = [("j", "m1"), ("down", "m2"), ("k", "m1"), ("G", "m99"), ("j", "m99"), ("g", "m0"), ("up", "m0")]
        steps += [("pagedown", "m11"), ("ctrl+f", "m22"), ("pageup", "m11"), ("end", "m99"), ("home", "m0")]
        for key, expected in steps:
            await pilot.press(key)
            assert table.cursor_key == ("team-a", expected), key
            assert any(line.split()[:1] == [expected] for line in app.lines()), key
        await pilot.press("enter")
        assert ("opened", ("team-a", "m0")) in app.messages


async def test_moving_in_an_empty_table_does_nothing() -> None:
    app = TableApp([])
    async with app.run_test(size=SIZE) as pilot:
        await pilot.press("j", "G", "enter", "space", "ctrl+@", "pagedown", "right", "S", "shift+right", "O")
        assert app.table.cursor_key is None
        assert [message for message in app.messages if message[0] in ("opened", "cursor", "marks")] == []  # type: ignore[index]


async def test_a_cursor_move_repaints_two_lines(monkeypatch: pytest.MonkeyPatch) -> None:
    app = TableApp(many(100))
    async with app.run_test(size=SIZE) as pilot:
        await pilot.press("j")
        regions: list[Region] = []
        monkeypatch.setattr(app.table, "refresh", lambda *dirty, **_: regions.extend(dirty))
        await pilot.press("j")
        assert {region.y for region in regions} == {2, 3}
        assert all(region.height == 1 for region in regions)


async def test_a_changed_row_repaints_the_changed_cell_alone(monkeypatch: pytest.MonkeyPatch) -> None:
    app = TableApp([row("a"), row("b", ready="1/3")])
    async with app.run_test(size=SIZE) as pilot:
        await pilot.pause()
        regions: list[Region] = []
        monkeypatch.setattr(app.table, "refresh", lambda *dirty, **_: regions.extend(dirty))
        app.table.upsert([row("b", ready="2/3")])
        await pilot.pause(0.3)
        assert {(region.y, region.width) for region in regions} == {(2, 3)}
        text = app.lines()[2]
        assert text[regions[0].x : regions[0].right] == "2/3"
        regions.clear()
        app.table.upsert([row("b", ready="2/3")])  # nothing reads differently
        await pilot.pause(0.3)
        assert regions == []


async def test_a_changed_cell_is_marked_for_a_while_and_not_on_first_fill(monkeypatch: pytest.MonkeyPatch) -> None:
    clock = [1000.0]
    app = TableApp([row("a", ready=UNKNOWN), row("b")], clock=lambda: clock[0])

    def underlined(y: int) -> str:
        return "".join(segment.text for segment in app.table.render_line(y) if segment.style is not None and segment.style.underline)

    async with app.run_test(size=SIZE) as pilot:
        await pilot.pause()
        assert underlined(1) == underlined(2) == ""
        clock[0] += 1
        app.table.upsert([row("a", ready="3/3"), row("b", status=Status(Phase.FAILED)), row("c")])
        assert underlined(1) == ""  # it was unknown: learning it is not a change
        assert underlined(2) == "✗ Failed"
        assert underlined(3) == ""
        clock[0] += 2
        app.table.upsert([row("d")])
        assert underlined(2) == ""


async def test_the_cursor_follows_its_key_and_a_removed_key_leaves_it_to_the_neighbour() -> None:
    clock = [0.0]
    app = TableApp(many(5), clock=lambda: clock[0])
    async with app.run_test(size=SIZE) as pilot:
        await pilot.press("j", "j")
        clock[0] += 1
        app.table.upsert([row("a-first")])
        assert app.table.cursor_key == ("team-a", "m2")
        clock[0] += 1
        app.table.discard([("team-a", "m2"), ("team-a", "m0")])
        assert app.table.cursor_key == ("team-a", "m3")
        clock[0] += 1
        app.table.discard([("team-a", "m3"), ("team-a", "m4")])
        assert app.table.cursor_key == ("team-a", "m1")
        clock[0] += 1
        app.table.clear()
        await pilot.pause()
        assert app.table.cursor_key is None
        assert app.lines()[1].strip() == ""


async def test_the_line_under_the_cursor_stays_in_place_while_rows_come_above() -> None:
    clock = [0.0]
    app = TableApp(many(100), clock=lambda: clock[0])
    async with app.run_test(size=SIZE) as pilot:
        await pilot.press("G", "k", "k")
        before = app.lines()[1:]
        clock[0] += 1
        app.table.upsert([row(f"a{index}") for index in range(7)])
        assert [line[:20] for line in app.lines()[1:]] == [line[:20] for line in before]


async def test_rows_that_arrive_at_the_start_do_not_drag_the_cursor_along() -> None:
    clock = [0.0]
    app = TableApp([row("z")], clock=lambda: clock[0])
    async with app.run_test(size=SIZE) as pilot:
        await pilot.pause()
        clock[0] += 1
        app.table.upsert(many(50))
        assert app.table.cursor_key == ("team-a", "m0")
        clock[0] += SETTLING
        app.table.upsert([row("a")])
        assert app.table.cursor_key == ("team-a", "m0")


async def test_nothing_is_resorted_under_a_moving_cursor() -> None:
    clock = [0.0]
    app = TableApp(many(5), clock=lambda: clock[0], sort="ready")
    async with app.run_test(size=SIZE) as pilot:
        clock[0] += 5
        await pilot.press("j")
        app.table.upsert([row("m4", ready="0/3")])
        assert names(app) == ["m0", "m1", "m2", "m3", "m4"]
        clock[0] += widget_module.RESORT_EVERY
        app.table.upsert([row("m4", ready="0/3")])
        assert names(app) == ["m4", "m0", "m1", "m2", "m3"]
        assert app.table.cursor_key == ("team-a", "m1")


async def test_a_resort_that_had_to_wait_comes_by_itself() -> None:
    app = TableApp(many(3), sort="ready")
    async with app.run_test(size=SIZE) as pilot:
        await pilot.press("j")
        app.table.upsert([row("m2", ready="0/3")])
        for _ in range(300):
            if names(app)[0] == "m2":
                break
            await pilot.pause(0.01)
        assert names(app) == ["m2", "m0", "m1"]


async def test_sorting_by_keys() -> None:
    app = TableApp([row("b", status=Status(Phase.FAILED), age=NOW), row("a"), row("c", namespace="aa", age=None)])
    async with app.run_test(size=SIZE) as pilot:
        await pilot.press("S")
        assert names(app)[0] == "b"
        assert "STATUS ↑" in app.lines()[0]
        await pilot.press("N", "N")
        assert names(app) == ["c", "b", "a"]
        assert "NAME ↓" in app.lines()[0]
        await pilot.press("A")
        assert names(app) == ["b", "a", "c"]
        await pilot.press("A")
        assert names(app) == ["a", "b", "c"]  # what does not apply is last in both directions
        await pilot.press("P")
        assert names(app) == ["c", "a", "b"]
        await pilot.press("shift+right", "O")
        assert app.table.sort == ("status", False)
        await pilot.press("shift+left", "shift+left", "O")
        assert app.table.sort == ("name", False)
        assert [message[1:] for message in app.messages if message[0] == "sorted"] == [  # type: ignore[index]
            ("status", False),
            ("name", False),
            ("name", True),
            ("age", False),
            ("age", True),
            ("namespace", False),
            ("status", False),
            ("name", False),
        ]


async def test_a_sort_key_without_its_column_is_no_key() -> None:
    class Bare(TableApp):
        def compose(self):  # type: ignore[no-untyped-def]
            self.table = ResourceTable((Column("name", "NAME"), Column("kind", "KIND")))
            yield self.table

    app = Bare([Row(("", "x"), ("x", "y"))])
    async with app.run_test(size=SIZE):
        actions = {binding.binding.action for binding in app.screen.active_bindings.values()}
        assert "sort('name')" in actions
        assert not actions & {"sort('age')", "sort('status')", "sort('namespace')"}


async def test_marks_and_ranges() -> None:
    app = TableApp(many(20))
    async with app.run_test(size=SIZE) as pilot:
        await pilot.press("j", "space", "j", "j", "j", "ctrl+@")
        assert [name for _, name in app.table.marked_keys] == ["m1", "m2", "m3", "m4"]
        assert app.lines()[2].startswith("●")
        await pilot.press("k", "space")
        assert [name for _, name in app.table.marked_keys] == ["m1", "m2", "m4"]
        assert app.table.counts.marked == 3
        assert app.table.target_keys == app.table.marked_keys
        app.table.discard([("team-a", "m1")])
        app.table.set_filter(filters.compile("!m4", COLUMNS).predicate)
        assert [name for _, name in app.table.marked_keys] == ["m2"]  # what is hidden is never acted on
        app.table.upsert([row("m1")])
        await pilot.press("ctrl+backslash")
        app.table.set_filter(None)
        assert app.table.marked_keys == []
        assert app.table.target_keys == [app.table.cursor_key]
        assert ("marks", []) in app.messages


async def test_filtering_keeps_the_cursor_where_it_can() -> None:
    app = TableApp(many(100))
    async with app.run_test(size=SIZE) as pilot:
        assert app.table.move_to(("team-a", "m55"))
        app.table.set_filter(filters.compile("5$|m5", COLUMNS).predicate)
        assert app.table.cursor_key == ("team-a", "m55")
        app.table.set_filter(filters.compile("m7", COLUMNS).predicate)
        assert app.table.cursor_key == ("team-a", "m7")
        assert app.table.counts == Counts(100, 11, 0)
        assert not app.table.move_to(("team-a", "m55"))
        app.table.set_filter(filters.compile("nothing", COLUMNS).predicate)
        assert app.table.cursor_key is None
        app.table.set_filter(None)
        assert app.table.cursor_key == ("team-a", "m0")
        await pilot.pause()
        assert app.messages[-1] == ("counts", Counts(100, 100, 0)) or app.messages[-1][0] == "cursor"  # type: ignore[index]


async def test_wide_mode_column_choice_and_horizontal_scroll() -> None:
    app = TableApp(many(3))
    async with app.run_test(size=(44, 8)) as pilot:
        await pilot.pause()
        assert "›" in app.lines()[0]
        await pilot.press("right")
        assert app.lines()[0].split()[:4] == ["NAME", "↑", "‹", "STATUS"] or "‹" in app.lines()[0]
        assert names(app) == ["m0", "m1", "m2"]  # the name stays
        await pilot.press(*["right"] * 9)
        assert "AGE" in app.lines()[0]
        assert "›" not in app.lines()[0]
        await pilot.press(*["left"] * 9)
        assert "‹" not in app.lines()[0]
    app = TableApp(many(3))
    async with app.run_test(size=SIZE) as pilot:
        await pilot.press("ctrl+w")
        assert "PATH" in app.lines()[0]
        app.table.choose_columns({"namespace", "status", "ready", "age"})
        assert app.lines()[0].split() == ["NAME", "↑", "NAMESPACE", "STATUS", "READY", "AGE"]
        assert [column.key for column in app.table.shown_columns] == ["name", "namespace", "status", "ready", "age"]


async def test_ages_turn_over_by_themselves_and_only_they_are_repainted(monkeypatch: pytest.MonkeyPatch) -> None:
    now = [NOW]
    app = TableApp([])
    app.table = ResourceTable(COLUMNS, now=lambda: now[0])
    monkeypatch.setattr(widget_module, "AGE_TICK", 0.05)
    app.rows = [row("young", age=NOW), row("old", age=datetime(2020, 1, 1, tzinfo=NOW.tzinfo))]
    async with app.run_test(size=SIZE) as pilot:
        await pilot.pause()
        regions: list[Region] = []
        monkeypatch.setattr(app.table, "refresh", lambda *dirty, **_: regions.extend(dirty))
        now[0] += timedelta(seconds=30)
        await pilot.pause(0.2)
        assert regions == []
        now[0] += timedelta(seconds=40)
        await until_seen(pilot, app, " 1m")
        assert {region.y for region in regions} == {2}
        assert regions[0].width <= 3


async def test_text_from_the_cluster_stays_text_and_columns_stay_straight() -> None:
    app = TableApp(zoo())
    async with app.run_test(size=(120, 24)) as pilot:
        await pilot.press("ctrl+w")
        lines = app.lines()
        assert not any(character in line for line in lines for character in "\x1b\x07\n\u202e")
        assert {characters.width(line) for line in lines} == {120}
        assert any("…" in line for line in lines)
        (broken,) = (line for line in lines if "broken" in line)
        assert "⚠ status.phase: expected str, got int�[2J" in broken
        position = lines[0].index("NAMESPACE")
        for line in lines[1:]:
            if "team-a" in line:
                assert characters.width(line[: line.index("team-a")]) == position


async def test_replace_all_keeps_cursor_and_marks_of_rows_that_stay() -> None:
    app = TableApp(many(5))
    async with app.run_test(size=SIZE) as pilot:
        await pilot.press("j", "j", "space")
        app.table.replace_all([row("m2"), row("m9")])
        for _ in range(100):
            if app.table.counts.total == 2:
                break
            await pilot.pause(0.01)
        assert app.table.keys() == [("team-a", "m2"), ("team-a", "m9")]
        assert app.table.cursor_key == ("team-a", "m2")
        assert app.table.marked_keys == [("team-a", "m2")]


async def test_the_mouse_moves_sorts_and_opens() -> None:
    app = TableApp(many(30))
    async with app.run_test(size=SIZE) as pilot:
        await pilot.pause()
        await pilot.click(app.table, offset=(4, 3))
        assert app.table.cursor_key == ("team-a", "m2")
        await pilot.double_click(app.table, offset=(4, 5))
        assert ("opened", ("team-a", "m4")) in app.messages
        await pilot.click(app.table, offset=(app.lines()[0].index("STATUS"), 0))
        assert app.table.sort == ("status", False)


async def test_resizing_keeps_the_cursor_in_sight() -> None:
    app = TableApp(many(100))
    async with app.run_test(size=(100, 40)) as pilot:
        await pilot.press(*["j"] * 30)
        await pilot.resize_terminal(60, 10)
        await pilot.pause()
        assert "m30" in names(app)
        assert {len(line) for line in app.lines()} == {60}


async def test_keys_follow_the_users_keymap() -> None:
    app = TableApp(many(3))
    async with app.run_test(size=SIZE) as pilot:
        app.set_keymap({"table.down": "x"})
        await pilot.press("x")
        assert app.table.cursor_key == ("team-a", "m1")


async def test_a_theme_change_is_painted() -> None:
    app = TableApp(many(3))
    async with app.run_test(size=SIZE) as pilot:
        await pilot.pause()
        before = app.table.render_line(1)
        app.theme = "textual-light"
        await pilot.pause()
        assert app.table.render_line(1).text == before.text
        assert list(app.table.render_line(1)) != list(before)


async def test_a_filter_on_ages_is_asked_again_as_time_passes(monkeypatch: pytest.MonkeyPatch) -> None:
    now = [NOW]
    app = TableApp([])
    app.table = ResourceTable(COLUMNS, now=lambda: now[0])
    monkeypatch.setattr(widget_module, "AGE_TICK", 0.05)
    app.rows = [row("a", age=NOW), row("b", age=NOW - timedelta(days=1)), row("c", age=NOW)]
    async with app.run_test(size=SIZE) as pilot:
        found = filters.compile("age:<2d", COLUMNS, now=lambda: now[0])
        app.table.set_filter(found.predicate, timed=found.timed)
        await pilot.press("j")
        assert names(app) == ["a", "b", "c"]
        now[0] += timedelta(days=1)
        for _ in range(200):
            if app.table.counts.shown == 2:
                break
            await pilot.pause(0.01)
        assert names(app) == ["a", "c"]
        assert app.table.cursor_key == ("team-a", "c")


async def test_losing_the_focus_repaints_the_cursor_alone(monkeypatch: pytest.MonkeyPatch) -> None:
    app = TableApp(many(30))
    async with app.run_test(size=SIZE) as pilot:
        await pilot.press("j")
        regions: list[Region] = []
        whole = list[bool]()

        def refresh(*dirty: Region, **_: object) -> None:
            regions.extend(dirty)
            whole.append(not dirty)

        monkeypatch.setattr(app.table, "refresh", refresh)
        app.table.blur()
        await pilot.pause()
        app.table.focus()
        await pilot.pause()
        assert app.focused is app.table
        assert {region.y for region in regions} == {2}
        assert not any(whole)


async def test_a_row_that_left_a_moment_ago_is_no_obstacle_to_a_frame() -> None:
    """Such as that of losing the focus, while the next frame of the rows is not due yet."""
    app = TableApp([row("a"), row("b")])
    async with app.run_test(size=SIZE) as pilot:
        await pilot.pause()
        app.table.discard([row("b").key])
        app.table.paint()
        assert names(app) == ["a"]


async def test_a_storm_is_painted_a_few_times_a_second(monkeypatch: pytest.MonkeyPatch) -> None:
    clock = [0.0]
    app = TableApp(many(5), clock=lambda: clock[0], fps=4)
    async with app.run_test(size=SIZE) as pilot:
        await pilot.pause()
        frames = []
        clock[0] += 10
        paint = app.table.paint
        monkeypatch.setattr(app.table, "paint", lambda: (frames.append(clock[0]), paint()))
        for index in range(50):
            app.table.upsert([row("m1", ready=f"{index}/99")])
        assert frames == [10.0]
        assert "0/99" in app.lines()[2]
        await until_seen(pilot, app, "49/99")
        assert len(frames) == 2


async def test_a_storm_of_new_places_resorts_once_a_second() -> None:
    clock = [100.0]
    app = TableApp(many(4), clock=lambda: clock[0], sort="ready", fps=1000)
    async with app.run_test(size=SIZE) as pilot:
        await pilot.pause()
        orders = []
        for step in range(40):
            clock[0] += 0.1
            app.table.upsert([row(f"m{step % 4}", ready=f"{step}/99")])
            orders.append(names(app))
        changes = sum(before != after for before, after in pairwise(orders))
        assert 2 <= changes <= 4
