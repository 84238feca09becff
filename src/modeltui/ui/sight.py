"""The full-pane message of a pane that has nothing else to show, and those of a console that is not connected yet. Pure.

Apart from `sights`, because the first frame shows one: nothing that a cluster's state needs is imported here.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Final

from modeltui.document import Tone, plain


class Kind(StrEnum):
    LOADING = "loading"
    EMPTY = "empty"
    FILTERED = "filtered"
    DENIED = "denied"
    NOT_INSTALLED = "not-installed"
    NO_NAMESPACE = "no-namespace"
    STALE = "stale"
    ERROR = "error"
    """The console could not start talking to the cluster at all."""


GLYPHS: Final[Mapping[Kind, str]] = {
    Kind.LOADING: "…",
    Kind.EMPTY: "∅",
    Kind.FILTERED: "▽",
    Kind.DENIED: "⊘",
    Kind.NOT_INSTALLED: "◌",
    Kind.NO_NAMESPACE: "?",
    Kind.STALE: "≠",
    Kind.ERROR: "✕",
}


CONNECTING: Final[tuple[str, str, Tone]] = ("…", "connecting", "busy")
"""Glyph, words and tone for the top bar while nothing is known of the server."""


@dataclass(frozen=True, slots=True)
class Sight:
    """A full-pane message: what is the case, why, and what can be done."""

    kind: Kind
    title: str
    lines: tuple[str, ...] = ()
    keys: tuple[tuple[str, str], ...] = ()
    """Key or command, and what it does."""


def start_failed(sentence: str, *, context: str, plugin: bool = False) -> Sight:
    """The context cannot be used: said in the error's own sentence. `plugin`: it may need a login that no file tells of."""
    again = "Tried again by itself when the kubeconfig, or a file that it names, changes"
    again += "; after a login in another terminal press ctrl-r." if plugin else "."
    return Sight(
        Kind.ERROR,
        f"Cannot use context {context}" if context else "Cannot connect",
        (plain(sentence[:1].upper() + sentence[1:]), again),
        (("ctrl-r", "try again now"), *_ELSEWHERE),
    )


def connecting(context: str, *, plugin: str = "", since: datetime | None = None) -> Sight:
    """`plugin`: the command of the credential plugin that is waited for, `since` when."""
    title = f"Connecting to {context or 'the cluster'}"
    if not plugin or since is None:
        return Sight(Kind.LOADING, title, ("Reading the kubeconfig and its credentials.",))
    from modeltui.cells import clock

    lines = (
        f"The credential plugin {plain(plugin)} runs since {clock(since)}.",
        "It may wait for a login in a browser or on a device; a login in another terminal may help it, too.",
    )
    return Sight(Kind.LOADING, title, lines, (("ctrl-r", "end it and start it again"), *_ELSEWHERE))


_ELSEWHERE: Final = ((":ctx", "use another context"), (":q", "quit"))
