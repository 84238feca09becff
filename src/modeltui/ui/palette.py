"""What ctrl-p finds: the tables, the choices, and whatever this screen can do."""

from __future__ import annotations

from collections.abc import Iterable
from functools import partial
from typing import TYPE_CHECKING, Any

from textual.app import SystemCommand
from textual.screen import Screen

from modeltui.ui import keys

if TYPE_CHECKING:
    from modeltui.ui.console import ConsoleApp


def commands(app: ConsoleApp, screen: Screen[Any]) -> Iterable[SystemCommand]:
    if app.cluster is not None:
        for table in app.cluster.tables:
            yield SystemCommand(f"Show {table.title}", f":{table.name}", partial(app.navigator.run_line, table.name))
        yield SystemCommand("Show port-forwards", ":forwards", app.navigator.open_forwards)
        yield SystemCommand("Choose namespaces", ":ns", app.navigator.choose_namespaces)
        for name in app.favourites():
            yield SystemCommand(f"Use namespace {name}", f":ns {name}", partial(app.navigator.use_namespaces, (name,)))
    yield SystemCommand("Show History", ":history", partial(app.navigator.run_line, "history"))
    yield SystemCommand("Choose a context", ":ctx", app.navigator.choose_context)
    for active in screen.active_bindings.values():
        binding = active.binding
        if binding.id and binding.description and active.enabled and not binding.id.startswith(("table.", "text.", "namespace.")):
            run = partial(app.run_action, binding.action, active.node)
            yield SystemCommand(binding.description, keys.shown(binding.key), run)
    yield SystemCommand("Messages", "what was said, with the raw words", app.navigator.open_messages)
    yield SystemCommand("Change the theme", "until the end of this run; theme = in config.toml for good", app.action_change_theme)
    yield SystemCommand("Quit", ":q", app.action_quit)
