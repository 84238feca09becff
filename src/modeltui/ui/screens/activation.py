"""The review of an activation: after it is applied, how it goes, until it serves or it is plain why it will not."""

from __future__ import annotations

from modeltui.changes.account import Account
from modeltui.changes.plan import Change
from modeltui.document import BLANK, Line, Tone, line
from modeltui.pages import common
from modeltui.systems.kserve.arrival import looks
from modeltui.systems.serving.arriving import Look, State
from modeltui.ui.connection import Cluster
from modeltui.ui.screens.review import ReviewScreen

_TONES: dict[State, Tone] = {State.SERVES: "good", State.STOPPED: "dim", State.WAITING: "busy", State.FAILS: "bad", State.GONE: "bad"}


class ActivationReview(ReviewScreen):
    def __init__(self, cluster: Cluster, change: Change) -> None:
        super().__init__(cluster, change, done=self._follow)
        self.look: Look | None = None

    def _follow(self, account: Account) -> None:
        if account.complete and account.written and self.is_attached:
            self.run_worker(self._looked(), group="arrival", exclusive=True)

    async def _looked(self) -> None:
        step = self._change.steps[-1]
        client = self._cluster.session.client
        async for found in looks(client, step.namespace, step.name):
            self.look = found
            self._paint()
        if self.look is not None:
            self.console.note(f"{step.namespace}/{step.name}: {self.look.sentence}", error=self.look.state is State.FAILS)

    def _paint(self) -> None:
        super()._paint()
        if self.account is not None and self.look is not None:
            self.text.show([*self.text.whole, BLANK, *arrival_lines(self.look)])


def arrival_lines(look: Look) -> list[Line]:
    lines = [line("And since then", "title"), line(f"  {look.sentence}", _TONES[look.state])]
    for cause in look.causes:
        lines += common.finding_lines(cause)
    if look.state is State.FAILS:
        lines.append(line("  u shows how to go back to what it served before.", "dim"))
    return lines
