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

from textual.app import SuspendNotSupported
from textual.binding import BindingType
from textual.widget import Widget
from textual.widgets import Static, TextArea

from modeltui.changes import yaml_text
from modeltui.changes.account import Account
from modeltui.changes.plan import Change, Step
from modeltui.changes.yaml_text import TextError
from modeltui.document import line
from modeltui.kube.apply import Manifest
from modeltui.kube.resource import Resource
from modeltui.ui import keys
from modeltui.ui.connection import Cluster
from modeltui.ui.screens.base import ConsoleScreen
from modeltui.ui.screens.review import ReviewScreen
from modeltui.ui.theme import block

_HINT: Final = "ctrl-n goes on to the review, where nothing is written yet; ctrl-g opens it in $EDITOR."


class EditScreen(ConsoleScreen):
    BINDING_GROUP_TITLE = "Editing"
    BINDINGS: ClassVar[list[BindingType]] = keys.EDIT

    def __init__(self, cluster: Cluster, resource: Resource, live: Manifest) -> None:
        super().__init__("edit")
        where = "/".join(part for part in (live["metadata"].get("namespace", ""), live["metadata"]["name"]) if part)
        self.heading = f"Edit {resource.kind} {where}"
        self.text = TextArea(yaml_text.to_edit(live), soft_wrap=False, tab_behavior="indent", show_line_numbers=True, compact=True)
        self.text.cursor_blink = False
        self.sentence = Static(markup=False, classes="notes")
        self._cluster = cluster
        self._resource = resource
        self._live = live
        self._begun = self.text.text
        self._over = False

    def body(self) -> Iterable[Widget]:
        yield self.sentence
        yield self.text

    def on_mount(self) -> None:
        super().on_mount()
        self.sentence.update(block([line(_HINT, "dim")]))
        self.set_focus(self.text)
        if editor():
            self.run_worker(self._edit_outside(), exclusive=True)

    def on_screen_resume(self) -> None:
        super().on_screen_resume()
        if self._over:
            self.call_later(self.console.navigator.close, self)

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
            self.console.say(f"{editor()} cannot be run: {error.strerror or error}; edit it here.", error=True)
            return
        self.text.text = text
        if text == self._begun:
            self.console.say("Nothing was changed.")
        else:
            await self.action_review()

    # ---- on to the review

    async def action_review(self) -> None:
        try:
            desired = yaml_text.edited(self.text.text, self._live)
        except TextError as error:
            self.sentence.update(block([line(f"✕ {error}", "bad")]))
            self._go_to_line(str(error))
            return
        self.sentence.update(block([line(_HINT, "dim")]))
        change = Change(self.heading, (Step.apply(self._resource, desired, self._live),))
        await self.app.push_screen(ReviewScreen(self._cluster, change, done=self._finished))

    def _finished(self, account: Account) -> None:
        self._over = account.complete

    def _go_to_line(self, sentence: str) -> None:
        word, _, rest = sentence.partition(" ")
        number = rest.partition(":")[0]
        if word == "Line" and number.isdecimal():
            self.text.move_cursor((int(number) - 1, 0), center=True)

    def action_back(self) -> None:
        """What was typed goes only when that is said twice."""
        if self.text.text == self._begun or self._over:
            super().action_back()
        else:
            self._begun = self.text.text
            self.console.say("What you typed is not written anywhere yet: esc again leaves it, ctrl-n goes on to the review.", error=True)


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
