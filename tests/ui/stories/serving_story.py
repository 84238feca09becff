"""A deployment's life by keyboard, on an embedded cluster whose controllers work on the upstream projects' definitions.

One driver for every system: what differs between them (which object, how it stops, what stays behind) stands in each system's story.
"""

from __future__ import annotations

import asyncio
import re
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import pytest
import yaml
from driving import until
from reading import painted
from telling import Story
from tests.living import NS, Living, living
from tests.serving_objects import Manifest, nodes

from modeltui.cli import main
from modeltui.options import ConsoleOptions
from modeltui.remembered import Remembered
from modeltui.settings import Settings
from modeltui.ui.console import ConsoleApp
from modeltui.ui.screens.browse import BrowseScreen
from modeltui.ui.screens.edit import EditScreen
from modeltui.ui.screens.history import HistoryScreen
from modeltui.ui.screens.history_revert import RevertScreen
from modeltui.ui.screens.review import ReviewScreen
from modeltui.ui.wizards.unfinished import UnfinishedScreen

UPSTREAM = Path(__file__).resolve().parents[3].parent / "shared" / "crds"
SIZE = (200, 40)
"""Wide enough for every column that a row is compared by."""


def upstream(*names: str) -> list[Path]:
    """The definitions of these projects ("dynamo") or kinds ("kserve/serving.kserve.io_inferenceservices.yaml"), or the test is skipped."""
    found = [UPSTREAM / name for name in names]
    if not all(path.exists() for path in found):
        pytest.skip("the upstream CRDs are not here")
    return found


class ServingStory(Story):
    """The deployments screen of a user who may do everything, and beside it what the server holds."""

    def __init__(self, app: ConsoleApp, pilot: Any, town: Living) -> None:
        super().__init__(app, pilot)
        self.town = town

    # ---- what the server holds

    def get(self, resource: str, name: str) -> Manifest:
        return self.town.api.get(resource, name, namespace=NS)

    def names(self, resource: str, **selectors: str) -> list[str]:
        """Of all that are there and not on their way out."""
        found = self.town.api.list(resource, namespace=NS, **selectors)
        return sorted(each["metadata"]["name"] for each in found if "deletionTimestamp" not in each["metadata"])

    def pods(self, **selectors: str) -> dict[str, str]:
        """Names and uids of those that are there and not on their way out."""
        found = self.town.api.list("pods", namespace=NS, **selectors)
        return {each["metadata"]["name"]: each["metadata"]["uid"] for each in found if "deletionTimestamp" not in each["metadata"]}

    async def run(self, count: int, word: str, **selectors: str) -> None:
        """Until so many pods are there, and all of them run their engine with this word in the arguments."""

        def so() -> bool:
            found = self.town.api.list("pods", namespace=NS, **selectors)
            words = [each["spec"]["containers"][0].get("args") or [] for each in found]
            return len(words) == count and all(word in each for each in words)

        await self.comes(so, f"{count} pods with {word} never ran")

    async def all_anew(self, before: dict[str, str], **selectors: str) -> None:
        """Until as many pods as before are there, none of which was."""
        uids = set(before.values())
        await self.comes(
            lambda: len(now := self.pods(**selectors)) == len(uids) and not uids & set(now.values()), "its pods were never made anew"
        )

    async def comes(self, true: Callable[[], object], what: str = "") -> None:
        await self.town.until(true, what)

    # ---- the deployments screen

    @property
    def lines(self) -> list[str]:
        """Of the terminal, those that say something."""
        return [each.rstrip() for each in painted(self.app) if each.strip()]

    def line(self, name: str) -> str:
        """The table's line of that deployment as it is painted; "" when there is none."""
        return next((each for each in self.lines if re.match(rf"\W*{re.escape(name)}\s", each)), "")

    async def shows(self, name: str, *words: str) -> str:
        """Waits until its line says these words in this order."""
        wanted = re.compile(r"\s.*?".join(re.escape(word) for word in words))
        try:
            await self.town.until(lambda: wanted.search(self.line(name)))
        except AssertionError:
            raise AssertionError(f"{name} never showed {words}:\n" + "\n".join(self.lines)) from None
        return self.line(name)

    async def vanishes(self, name: str) -> None:
        await self.town.until(lambda: not self.line(name), f"{name} is still shown")

    async def choose(self, name: str, kind: str = "") -> None:
        """The cursor onto it. `kind`: which of two of one name, of which one made the other."""
        table = await self.screen(BrowseScreen)
        found = (row.key for row in table.live.rows() if row.key[1] == name and kind in ("", table.view_of(row.key).resource.kind))
        table.table.move_to(next(found))

    async def back(self) -> None:
        """To the table, from wherever."""
        for _ in range(6):
            if isinstance(self.app.screen, BrowseScreen):
                return
            await self.press("escape")
        await self.screen(BrowseScreen)

    # ---- acting

    async def confirmed(self, *sentences: str) -> str:
        """The review at hand says these, is applied and left: all that it said."""
        review = await self.reviewed()
        told = self.told(review)
        for sentence in sentences:
            assert sentence in told, told
        await self.confirm()
        await self.back()
        return told

    async def begin_scale(self, name: str, number: str, *, component: str = "") -> ReviewScreen:
        await self.choose(name)
        await self.press("s")
        if component:
            await self._pick(f"Scale {component}")
        await until(self.pilot, lambda: self.app.screen.prompt_open, "nothing is asked")
        await self.press("ctrl+u", *number, "enter")
        return await self.reviewed()

    async def scale(self, name: str, number: str, *sentences: str, component: str = "") -> str:
        await self.begin_scale(name, number, component=component)
        return await self.confirmed(*sentences)

    async def _pick(self, title: str) -> None:
        from modeltui.ui.screens.actions import ActionsScreen

        menu = await self.screen(ActionsScreen)
        await until(self.pilot, lambda: menu.table.counts.total > 0)
        shown = [offer.title for offer in menu._offers]
        menu.table.move_to(("", f"{shown.index(title):02}"))
        await self.press("enter")

    async def restart(self, name: str, *sentences: str) -> str:
        await self.choose(name)
        await self.press("r")
        return await self.confirmed(*sentences)

    async def do(self, name: str, title: str, *sentences: str) -> str:
        """Something of the menu of actions."""
        await self.choose(name)
        await self.act(title)
        return await self.confirmed(*sentences)

    async def edit(self, name: str, old: str, new: str, *, kind: str = "") -> ReviewScreen:
        """As YAML, in the console's own editor, to the review."""
        await self.choose(name, kind)
        await self.press("e")
        await until(self.pilot, lambda: isinstance(self.app.screen, EditScreen | UnfinishedScreen))
        if isinstance(self.app.screen, UnfinishedScreen):
            await self.press("G", "enter")
        screen = await self.screen(EditScreen)
        await until(self.pilot, lambda: screen.text.text and screen.focused is screen.text)
        assert old in screen.text.text, screen.text.text
        await self.press("f7")
        await self.paste(screen.text.text.replace(old, new, 1))
        await self.press("ctrl+n")
        return await self.reviewed()

    async def roll_back(self, name: str, *sentences: str) -> str:
        """From the object's history: to what it was before its last change."""
        await self.choose(name)
        await self.press("h")
        history = await self.screen(HistoryScreen)
        await until(self.pilot, lambda: history.table.counts.total > 0 and history.table.cursor_key is not None)
        await self.press("g", "r")
        choice = await self.screen(RevertScreen)
        await until(self.pilot, lambda: choice.table.counts.total == 2)
        await self.press("g", "enter")
        return await self.confirmed(*sentences)

    async def undone(self, *sentences: str) -> str:
        """The review at hand is applied, and its `u` taken: back to what was there before."""
        review = await self.confirm()
        await self.press("u")
        await until(self.pilot, lambda: self.app.screen is not review)
        return await self.confirmed(*sentences)

    async def delete(self, name: str, *sentences: str, kind: str = "") -> str:
        await self.choose(name, kind)
        await self.press("ctrl+d")
        return await self.confirmed(*sentences)

    async def apply(self, *manifests: Manifest) -> None:
        """`modeltui apply -f`, so that the ledger knows of it."""
        path = self.town.kubeconfig.with_name("applied.yaml")
        path.write_text(yaml.safe_dump_all(manifests))
        code = await asyncio.to_thread(
            main, ["--kubeconfig", str(self.town.kubeconfig), "--context", "admin", "-n", NS, "apply", "-f", str(path), "--yes"]
        )
        assert code == 0

    def applied_by(self, resource: str, manifest: Manifest, *, manager: str) -> None:
        """By somebody else, server-side."""
        self.town.api.apply(resource, {**manifest, "metadata": {**manifest["metadata"], "namespace": NS}}, manager=manager)


@asynccontextmanager
async def deployments(
    folder: Path, crds: Sequence[Path], *, prepare: Callable[[Living], None] = lambda town: None
) -> AsyncIterator[ServingStory]:
    """A cluster with GPUs of both makers, and the console on its deployments. `prepare`: what is there before."""
    async with living(folder, crds=crds) as town:
        nodes(town)
        prepare(town)
        options = ConsoleOptions(kubeconfig=str(town.kubeconfig), context="admin", namespaces=(NS,), view="deployments")
        app = ConsoleApp(options, settings=Settings(), memory=Remembered())
        async with app.run_test(size=SIZE) as pilot:
            story = ServingStory(app, pilot, town)
            await story.screen(BrowseScreen)
            yield story
