"""An object as YAML, to be edited: in $EDITOR, or here when there is none. What was typed is never lost to a mistake."""

from __future__ import annotations

import asyncio
import contextlib
import os
import shlex
import shutil
import tempfile
from collections.abc import Iterable
from pathlib import Path
from typing import ClassVar, Final

from textual import on
from textual.app import SuspendNotSupported
from textual.binding import BindingType
from textual.events import Key, Mount
from textual.widget import Widget
from textual.widgets import Static, TextArea

from modeltui.changes import yaml_text
from modeltui.changes.account import Account
from modeltui.changes.plan import Change, Step
from modeltui.changes.text_place import line_of
from modeltui.changes.yaml_text import TextError
from modeltui.document import Line, line
from modeltui.kube.apply import Manifest
from modeltui.kube.resource import Resource
from modeltui.ui import keys, rights
from modeltui.ui.connection import Cluster
from modeltui.ui.screens.base import ConsoleScreen
from modeltui.ui.screens.review import ReviewScreen
from modeltui.ui.theme import block
from modeltui.ui.widgets.fields import TextField
from modeltui.ui.wizards import saved, unfinished, without_secrets
from modeltui.ui.wizards.keeper import Keeper

MOST_TOLD: Final = 5
"""Complaints that are shown above the text."""
_HINT: Final = line("Nothing is written before the review (ctrl-n) is confirmed.", "dim")


class YamlText(TextField):
    """Where tab indents, TextArea lets escape move the focus; here it leaves, as everywhere."""

    def on_key(self, event: Key) -> None:
        if event.key == "escape":
            event.prevent_default()


class EditScreen(ConsoleScreen):
    BINDING_GROUP_TITLE = "Editing"
    BINDINGS: ClassVar[list[BindingType]] = keys.EDIT

    def __init__(self, cluster: Cluster, resource: Resource, live: Manifest) -> None:
        super().__init__("edit")
        where = "/".join(part for part in (live["metadata"].get("namespace", ""), live["metadata"]["name"]) if part)
        self.heading = f"Edit {resource.kind} {where}"
        self.text = YamlText(yaml_text.to_edit(live), soft_wrap=False, tab_behavior="indent", show_line_numbers=True, compact=True)
        self.text.cursor_blink = False
        self.sentence = Static(markup=False, classes="verdict")
        self._cluster = cluster
        self._resource = resource
        self._live = live
        self._begun = self.text.text
        """As it is without anything typed."""
        self._hint: Line = _HINT
        self._over = False
        self._reviewing: ReviewScreen | None = None
        place = saved.Place(
            f"yaml-{resource.group_resource}", cluster.context, live["metadata"].get("namespace", ""), live["metadata"]["name"]
        )
        self._place = place
        self._keeper = Keeper(self, place, self._typed)

    def body(self) -> Iterable[Widget]:
        yield self.sentence
        yield self.text

    @on(Mount)
    async def _begin(self) -> None:
        self._tell([self._hint])
        self.run_worker(self._ask_whether_allowed(), group="rights")
        self.set_focus(self.text)
        kept = self._keeper.kept
        if kept is not None and isinstance(kept.typed.answers, str) and kept.typed.answers != kept.typed.begun:
            await self._ask_whether_to_go_on(kept, kept.typed.answers)
        else:
            self._open()

    async def _ask_whether_allowed(self) -> None:
        if why := await rights.why_not(self._cluster, "patch", self._resource, self._live["metadata"].get("namespace")):
            self._hint = line(f"This can be edited, but not applied: {why}.", "warn")
            self._tell([self._hint])

    def _open(self) -> None:
        if editor():
            self.run_worker(self._edit_outside(), exclusive=True)

    def _tell(self, lines: list[Line]) -> None:
        self.sentence.update(block(lines))

    # ---- what was typed is not lost

    @on(TextArea.Changed)
    def _changed(self) -> None:
        if self.text.text != self._begun:
            self._keeper.typed()

    def _typed(self) -> saved.Typed | None:
        found = without_secrets.of_text(self.text.text)
        return None if found is None else saved.Typed(found[0], self._begun, ("what is masked in it",) if found[1] else ())

    async def _ask_whether_to_go_on(self, kept: saved.Kept, text: str) -> None:
        lines = [one for one in text.splitlines() if one not in kept.typed.begun.splitlines()]
        told = [("Lines that are not in the object", f"{len(lines)}"), *(("", one.strip()) for one in lines)]
        where = f"{self.heading.removeprefix('Edit ')} in context {self._cluster.context}"
        about = unfinished.about("Edit as YAML", where, kept, told, now=self.console.now(), moved=kept.typed.begun != self._begun)

        async def go_on() -> None:
            """From the object as it was then: the review finds out what others did to it since."""
            with contextlib.suppress(TextError):  # a file that somebody has changed may say anything: then from the object as it is
                self._live = yaml_text.edited(kept.typed.begun, self._live)
                self._begun = kept.typed.begun
            self.text.text = text
            self._open()

        async def anew() -> None:
            self._keeper.forget()
            self._open()

        await self.app.push_screen(unfinished.UnfinishedScreen(about, go_on=go_on, anew=anew, leave=self._close))

    def _close(self) -> None:
        """Once what lies over it is gone."""
        self.call_later(self.console.navigator.close, self)

    def on_unmount(self) -> None:
        self._keeper.now()

    # ---- $EDITOR

    async def action_outside(self) -> None:
        if not editor():
            self.console.say("There is no editor: set EDITOR or VISUAL to its command.", error=True)
            return
        await self._edit_outside()

    async def _edit_outside(self) -> None:
        """The console steps aside while the editor has the terminal."""
        try:
            with self.app.suspend():
                text = await asyncio.to_thread(edited_outside, self.text.text)
        except SuspendNotSupported:
            self.console.say("An editor cannot be opened in this terminal; edit it here.", error=True)
            return
        except OSError as error:
            self.console.say(f"{editor()[0]} cannot be run: {error.strerror or error}; edit it here.", error=True)
            return
        self.text.text = text
        if text == self._begun:
            self.console.say("Nothing was changed.")
        else:
            await self.action_review()

    # ---- on to the review, and back

    async def action_review(self) -> None:
        try:
            desired = yaml_text.edited(self.text.text, self._live)
        except TextError as error:
            self._tell([line(f"✕ {error}", "bad")])
            self._go_to_line(str(error))
            return
        self._tell([self._hint])
        self._keeper.typed()
        self._keeper.now()
        change = Change(self.heading, (Step.apply(self._resource, desired, self._live),))
        self._reviewing = ReviewScreen(self._cluster, change, done=self._finished)
        await self.app.push_screen(self._reviewing)

    def _finished(self, account: Account) -> None:
        if account.complete:
            self._over = True
            self._keeper.forget()

    def on_screen_resume(self) -> None:
        if self._over:
            self._close()
        elif self._reviewing is not None:
            reviewed, self._reviewing = self._reviewing, None
            self._hear(reviewed.complaints)

    def _hear(self, complaints: list[tuple[int, str, str]]) -> None:
        """What the review had against it, with the cursor on the line of the first."""
        if not complaints:
            return
        self._tell([line(f"✕ {path}: {sentence}" if path else f"✕ {sentence}", "bad") for _, path, sentence in complaints[:MOST_TOLD]])
        if path := next((path for _, path, _ in complaints if path), ""):
            self.text.move_cursor((line_of(self.text.text, path), 0), center=True)

    def _go_to_line(self, sentence: str) -> None:
        word, _, rest = sentence.partition(" ")
        number = rest.partition(":")[0]
        if word == "Line" and number.isdecimal():
            self.text.move_cursor((int(number) - 1, 0), center=True)

    def action_back(self) -> None:
        if self.text.text != self._begun and not self._over:
            self.console.note(f"{self.heading}: what you typed is kept, and offered when it is edited again.", error=False)
        super().action_back()


def editor() -> list[str]:
    """The user's editor as a command; empty when none is set, or it is not there."""
    for name in ("MODELTUI_EDITOR", "KUBE_EDITOR", "VISUAL", "EDITOR"):
        command = shlex.split(os.environ.get(name, ""))
        if command and shutil.which(command[0]):
            return command
    return []


def edited_outside(text: str) -> str:
    """The text as the editor left it. The file is the user's alone, and gone afterwards. Raises OSError."""
    import subprocess

    folder = Path(tempfile.mkdtemp(prefix="modeltui-"))
    file = folder / "object.yaml"
    try:
        descriptor = os.open(file, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(descriptor, "w", encoding="utf-8") as opened:
            opened.write(text)
        subprocess.run([*editor(), str(file)], check=False)
        return file.read_text(encoding="utf-8", errors="replace")
    finally:
        with contextlib.suppress(OSError):
            shutil.rmtree(folder)
