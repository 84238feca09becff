"""ctrl-s in a form: where the answers go is asked in the line below, and no file is replaced unasked."""

from __future__ import annotations

from pathlib import Path

from modeltui.ui.screens.base import ConsoleScreen
from modeltui.ui.wizards import files
from modeltui.ui.wizards.files import FileProblem


class Saving:
    """For one form. `told`: how such a file is used, in one sentence."""

    def __init__(self, screen: ConsoleScreen, *, file: str, told: str) -> None:
        self._screen = screen
        self._file = file
        """Where they came from, or went the last time."""
        self._told = told

    async def ask(self, text: str, *, name: str) -> None:
        """`name`: of the file, when none was named yet."""
        await self._screen.ask(
            "file to save the answers in, without secrets",
            lambda typed: self._named(typed, text),
            value=self._file or name,
            suggest=lambda typed: next((one for one in files.completions(typed) if typed and one != typed), None),
        )

    def _named(self, typed: str, text: str) -> None:
        if not typed.strip():
            self._screen.console.say("Nothing was saved.")
            return
        try:
            path = files.path_of(typed)
            self._write(path, text, replace=False)
        except FileExistsError:
            self._screen.call_later(self._ask_whether_to_replace, path, text)
        except FileProblem as error:
            self._screen.console.say(str(error), error=True)

    async def _ask_whether_to_replace(self, path: Path, text: str) -> None:
        await self._screen.ask(f"{path.name} is there already: type yes to replace it", lambda typed: self._replace(typed, path, text))

    def _replace(self, typed: str, path: Path, text: str) -> None:
        if typed.strip().lower() not in ("y", "yes"):
            self._screen.console.say(f"{path} stays as it is; nothing was saved.")
            return
        try:
            self._write(path, text, replace=True)
        except FileProblem as error:
            self._screen.console.say(str(error), error=True)

    def _write(self, path: Path, text: str, *, replace: bool) -> None:
        files.write(path, text, replace=replace)
        self._file = str(path)
        self._screen.console.say(f"Saved as {path}; {self._told}")
