"""Versions as cards: one open, the others a line each; adding, copying, moving and taking away loses nothing and keeps its problems."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

from driving import Console, models, until
from test_snapshots_changes import session
from textual.pilot import Pilot

from modeltui.systems.modelfs.answers import ModelAnswers, StorageAnswers, VersionAnswers
from modeltui.ui.wizards.model import ModelWizard
from modeltui.ui.wizards.rows import ClosedCard, GroupRows


class Cards:
    def __init__(self, app: Any, pilot: Pilot[int], wizard: ModelWizard) -> None:
        self.app, self.pilot, self.wizard = app, pilot, wizard

    @property
    def names(self) -> list[str]:
        return [group["name"] for group in self.wizard.answers.groups["versions"]]

    @property
    def open(self) -> int:
        (group,) = self.wizard.query(GroupRows)
        return group.number

    @property
    def closed(self) -> list[str]:
        return [str(card.content) for card in self.wizard.query(ClosedCard)]

    @property
    def field(self) -> str:
        row = self.wizard._row_in_focus()
        return row.field.key if row is not None else ""

    async def press(self, *keys: str, then: int, field: str = "name") -> None:
        await self.pilot.press(*keys)
        await until(self.pilot, lambda: self.open == then and self.field == field, f"{keys}: {self.open} {self.field}")


@asynccontextmanager
async def cards(console: Console, *sizes: str) -> AsyncIterator[Cards]:
    app = console(session())
    async with app.run_test(size=(80, 24)) as pilot:
        await models(pilot, app)
        versions = tuple(
            VersionAnswers(name=f"v{number}", repo=f"org/{number}", storage=StorageAnswers(size=size)) for number, size in enumerate(sizes)
        )
        answers = ModelAnswers(name="m", namespace="team-a", source_ref="hub", versions=versions)
        wizard = ModelWizard(app.cluster, "team-a", answers=answers, file="x.yaml")
        await app.push_screen(wizard)
        made = Cards(app, pilot, wizard)
        await made.press("ctrl+n", then=0)
        yield made


async def test_the_cursor_goes_through_all_of_them(console: Console) -> None:
    async with cards(console, "1Gi", "2Gi", "3Gi") as one:
        assert one.closed == ["▸ version 2 of 3  v1  org/1  2Gi", "▸ version 3 of 3  v2  org/2  3Gi"]
        await one.press(*["down"] * 9, then=0, field="metadata")
        await one.press("down", then=1)
        await one.press("up", then=0, field="metadata")
        await one.press("down", then=1)
        await one.press(*["tab"] * 10, then=2)
        assert one.closed == ["▸ version 1 of 3  v0  org/0  1Gi", "▸ version 2 of 3  v1  org/1  2Gi"]


async def test_several_lines_are_gone_through_and_left(console: Console) -> None:
    async with cards(console, "1Gi", "2Gi") as one:
        await one.press(*["down"] * 9, then=0, field="metadata")
        await one.pilot.press(*"ab", "enter", *"cd")
        await one.press("up", then=0, field="metadata")
        await one.press("up", then=0, field="share")
        await one.press("down", "down", then=0, field="metadata")
        await one.press("down", then=1)
        assert one.wizard.answers.answer("versions", "metadata") == "ab\ncd"


async def test_adding_copying_moving_taking_away_and_putting_back(console: Console) -> None:
    async with cards(console, "1Gi", "2Gi") as one:
        await one.press("ctrl+t", then=2)
        assert one.names == ["v0", "v1", ""]
        assert one.wizard.answers.answer("versions", "repo", group=2) == "org/0"
        await one.pilot.press(*"copy")
        await one.press("f7", then=1)
        assert one.names == ["v0", "copy", "v1"]
        await one.press("ctrl+down", then=2)
        assert one.names == ["v0", "v1", "copy"]
        await one.pilot.press("f8")
        assert one.names == ["v0", "v1", "copy"]
        assert "cannot be moved further" in one.app.messages[-1][1].text
        await one.press("ctrl+x", then=1)
        assert one.names == ["v0", "v1"]
        await one.press("ctrl+y", then=2)
        assert one.names == ["v0", "v1", "copy"]
        await one.pilot.press("ctrl+y")
        assert one.names == ["v0", "v1", "copy"]
        await one.press("ctrl+o", then=3)
        assert one.names == ["v0", "v1", "copy", ""]


async def test_problems_go_where_their_cards_go(console: Console) -> None:
    async with cards(console, "1Gi", "2Gi") as one:
        await one.press("down", "down", "down", "down", then=0, field="size")
        await one.pilot.press("x")
        row = one.wizard._row_in_focus()
        assert row is not None
        assert "is not a quantity" in row.sentence
        await one.press("f8", then=1)
        assert [row.sentence != "" for row in one.wizard._rows() if row.field.key == "size"] == [True]
        await one.press("up", then=0, field="metadata")
        assert one.closed == ["✕ version 2 of 2  v0  org/0  1Gix"]
        await one.press("ctrl+x", then=0)
        assert [row.sentence for row in one.wizard._rows() if row.sentence] != []


async def test_what_is_missing_anywhere_is_gone_to(console: Console) -> None:
    async with cards(console, "1Gi", "2Gi") as one:
        await one.press("ctrl+o", then=2)
        await one.press("up", then=1, field="metadata")
        await one.press("ctrl+n", then=2)
        row = one.wizard._row_in_focus()
        assert row is not None
        assert row.sentence == "Name is needed."


async def test_the_last_card_taken_away_can_be_put_back(console: Console) -> None:
    async with cards(console, "1Gi") as one:
        await one.pilot.press("ctrl+x")
        await until(one.pilot, lambda: one.names == [])
        await one.pilot.press("ctrl+n")
        assert "at least one version" in one.app.messages[-1][1].text
        await one.press("ctrl+y", then=0)
        assert one.names == ["v0"]


async def test_thirty_versions_are_as_many_widgets_as_one_and_a_line_each(console: Console) -> None:
    async with cards(console, *["1Gi"] * 30) as one:
        many = len(list(one.wizard.page.walk_children()))
        assert len(one.closed) == 29
        assert many < 29 + 100
        await one.press("ctrl+o", then=30)
        assert one.wizard.page.scroll_offset.y > 0
