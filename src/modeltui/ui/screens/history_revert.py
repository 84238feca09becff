"""From an entry of the ledger to its object: bringing it back to a state of then, or looking at it as it is now."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from modeltui.cells import moment
from modeltui.changes.past import CannotRevert, When, named, state
from modeltui.changes.revert import reversion
from modeltui.document import Line, line
from modeltui.domain import Column, Row
from modeltui.kube.errors import KubeError
from modeltui.ledger.records import Entry, State
from modeltui.systems import registry
from modeltui.systems.core.secrets import SECRETS
from modeltui.ui.connection import Cluster, raw_words
from modeltui.ui.screens.picker import PickerScreen
from modeltui.ui.screens.review import ReviewScreen

if TYPE_CHECKING:
    from modeltui.ui.console import ConsoleApp

_COLUMNS: Final = (
    Column("name", "STATE", min_width=20),
    Column("becomes", "WHAT BECOMES OF IT", min_width=24, max_width=60),
    Column("why_not", "NOT POSSIBLE, SINCE", max_width=120),
)
_KEYS: Final = {When.BEFORE: ("", "1"), When.AFTER: ("", "2")}


async def begin(console: ConsoleApp, entry: Entry) -> None:
    """The choice of a state; a sentence where there is nothing to choose. `entry` has its object before."""
    cluster = console.cluster
    if entry.state is State.NOTE or not entry.kind:
        console.say("This entry is no change of an object.", error=True)
    elif cluster is None:
        console.say("There is no connection, so nothing can be brought back; ctrl-r tries again, :ctx chooses another context.", error=True)
    elif elsewhere := _elsewhere(entry, cluster):
        console.say(elsewhere, error=True)
    else:
        await console.push_screen(RevertScreen(cluster, entry))


async def open_object(console: ConsoleApp, entry: Entry) -> None:
    """As it is now, if it is there."""
    cluster = console.cluster
    kind = (entry.api_version, entry.kind)
    every = (one for view in registry.kinds() for one in (view, *view.older))
    view = next((view for view in every if (view.resource.api_version, view.resource.kind) == kind), None)
    if cluster is None:
        console.say("There is no connection; :ctx chooses a context.", error=True)
    elif elsewhere := _elsewhere(entry, cluster):
        console.say(elsewhere, error=True)
    elif view is not None:
        await console.navigator.open_detail(view, (entry.namespace, entry.name))
    elif kind == (SECRETS.api_version, SECRETS.kind):
        await console.navigator.open_yaml(SECRETS, (entry.namespace, entry.name))
    else:
        console.say(f"The console has no page for {entry.kind or 'this'}.", error=True)


def _elsewhere(entry: Entry, cluster: Cluster) -> str:
    """What to do when the entry is of another context than the one that is connected."""
    if entry.context == cluster.context:
        return ""
    return (
        f"{named(entry)} was changed in context {entry.context}, and this is {cluster.context}: go there with :ctx {entry.context} first."
    )


class RevertScreen(PickerScreen):
    heading = "Bring back"

    def __init__(self, cluster: Cluster, entry: Entry) -> None:
        super().__init__("bring back", _COLUMNS)
        self._cluster = cluster
        self._entry = entry
        self._why_not: dict[When, str] = {}

    def on_mount(self) -> None:
        super().on_mount()
        lines: list[Line] = [
            line(f"Bring {named(self._entry)} back to what it was", "title"),
            line("All of it, but for what others own by now. It ends in a review before anything is written.", "dim"),
        ]
        if self._entry.server != self._cluster.server:
            told = f"This was recorded at {self._entry.server}; context {self._cluster.context} leads to {self._cluster.server} now."
            lines.append(line(told, "warn"))
        self.explain(lines)
        self.rows([self._row(when) for when in When])

    def _row(self, when: When) -> Row:
        name = f"{when} this change".capitalize()
        try:
            wanted = state(self._entry, when)
        except CannotRevert as why:
            self._why_not[when] = str(why)
            return Row(_KEYS[when], (name, None, str(why)))
        then = f"as it was {when} {moment(self._entry.at)}"
        return Row(_KEYS[when], (name, f"it is deleted: it did not exist {when} it" if wanted is None else then, None))

    def read(self, text: str) -> tuple[str, ...] | str:
        found = next((key[1] for when, key in _KEYS.items() if when.startswith(text.strip().lower())), None)
        return (found,) if found else "Type before or after."

    async def choose(self, names: tuple[str, ...]) -> None:
        if len(names) > 1:
            self.console.say("One state at a time: clear the marks with ctrl-\\.", error=True)
            return
        when = next(when for when, key in _KEYS.items() if key[1] == names[0])
        if why := self._why_not.get(when):
            self.console.say(why, error=True)
            return
        session = self._cluster.session
        try:
            change = await reversion(session.client, session.discovery, self._entry, when)
        except CannotRevert as why_not:
            self.console.say(str(why_not), error=True)
        except KubeError as error:
            self.console.say(str(error), error=True, raw=raw_words(error))
        else:
            self.console.navigator.close(self)
            await self.console.push_screen(ReviewScreen(self._cluster, change))
