"""The last step of every change: what the server would make of it, what is to be decided, and after it the account.

Nothing is written before `a` is pressed here, and a deletion only after some seconds in which escape stops it.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Iterable
from enum import StrEnum
from typing import ClassVar, Final

from textual.binding import BindingType
from textual.widget import Widget
from textual.widgets import Static

from modeltui import cells
from modeltui.changes import findings
from modeltui.changes.account import Account
from modeltui.changes.delay import Delay
from modeltui.changes.execute import execute
from modeltui.changes.plan import Action, Change, Choice, Step
from modeltui.changes.refusals import FOR_EVER
from modeltui.changes.review import review
from modeltui.changes.reviewed import Review, Reviewed
from modeltui.changes.undo import reversal, review_undo
from modeltui.changes.waiting import Waiting
from modeltui.document import Line, line, text_of
from modeltui.domain import Severity
from modeltui.kube.apply import FIELD_MANAGER, writable
from modeltui.kube.client import Client
from modeltui.kube.errors import KubeError
from modeltui.pages import command_line
from modeltui.pages import review as page
from modeltui.systems import registry
from modeltui.systems.facts import FactTable
from modeltui.systems.protocol import Facts, Unseen
from modeltui.ui import keys
from modeltui.ui.connection import Cluster, raw_words
from modeltui.ui.screens.base import ConsoleScreen
from modeltui.ui.theme import block
from modeltui.ui.widgets.line_view import LineView

BEFORE_DELETING: Final = 5.0
"""Seconds before anything that costs somebody something."""


Reviewer = Callable[[Client, Change], Awaitable[Review]]


class State(StrEnum):
    CHECKING = "checking"
    DECIDING = "deciding"
    WAITING = "waiting"
    """The seconds before a deletion, or for what has to be gone before the next step."""
    WRITING = "writing"
    DONE = "done"


class Shown(StrEnum):
    DIFFERENCE = "Difference"
    MANIFEST = "Manifest"
    COMMAND = "Command line"


class ReviewScreen(ConsoleScreen):
    BINDING_GROUP_TITLE = "Review"
    BINDINGS: ClassVar[list[BindingType]] = keys.REVIEW

    def __init__(
        self,
        cluster: Cluster,
        change: Change,
        *,
        reviewer: Reviewer = review,
        done: Callable[[Account], None] = lambda account: None,
        form: str = "",
    ) -> None:
        """`done` is told of every account in which something was written or nothing was left to do. `form`: the word for the form
        that the change comes from, as `modeltui render` has it."""
        super().__init__("review")
        self.heading = change.title
        self.sentence = Static(markup=False, classes="verdict")
        self.text = LineView(wrapped=True)
        self.state = State.CHECKING
        self.review: Review | None = None
        self.account: Account | None = None
        self._cluster = cluster
        self._change = change
        self._reviewer = reviewer
        self._done = done
        self._form = form
        self._choices: dict[int, Choice] = {}
        self._around: tuple[Facts, Unseen] = (FactTable(), {})
        self._findings: findings.Findings = ()
        self._overridden = False
        self._shown = Shown.DIFFERENCE
        self._delay: Delay | None = None
        self._wait: Waiting | None = None
        self._writing = False

    def body(self) -> Iterable[Widget]:
        yield self.sentence
        yield self.text

    def on_mount(self) -> None:
        super().on_mount()
        self.set_focus(self.text, scroll_visible=False)
        self._begin_check()

    def on_unmount(self) -> None:
        if self._delay is not None:
            self._delay.cancel()
        if self._writing:
            self.console.say(f"{self.heading} goes on; what came of it is told when it is done.")

    # ---- checking

    def _begin_check(self) -> None:
        self.state = State.CHECKING
        self._tell(line("Asking the server what would become of it; nothing is written.", "busy"))
        self.run_worker(self._ask(), group="review", exclusive=True)

    async def _ask(self) -> None:
        try:
            self.review = await self._reviewer(self._cluster.session.client, self._change)
            self._around = await findings.around(self._cluster.session.client, self._change)
        except KubeError as error:
            self._tell(line(f"{error}  r asks again, esc goes back; nothing was written.", "bad"))
            self.console.note(str(error), raw=raw_words(error))
            return
        self.state = State.DECIDING
        self._find()
        self._paint()

    def _find(self) -> None:
        """What is to be known of the change depends on what becomes of the fields that others own."""
        if self.review is not None:
            taken = {at for at, step in enumerate(self.review.steps) if _is_taken(step)}
            found = findings.of(self.review.change(self._choices), *self._around)
            self._findings = tuple(() if at in taken else told for at, told in enumerate(found))

    @property
    def _stopped_by(self) -> int:
        """Errors among the findings that nobody has overridden."""
        errors = sum(1 for found in self._findings for finding in found if finding.severity is Severity.ERROR)
        return 0 if self._overridden else errors

    # ---- what is shown

    def _paint(self) -> None:
        if self.review is None:
            return
        if self.account is not None:
            self.text.show(page.account_lines(self.account))
            return
        match self._shown:
            case Shown.DIFFERENCE:
                self.text.show(page.lines(self.review, self._choices, self._findings))
            case Shown.MANIFEST:
                self.text.show(page.manifest_lines(self.review, self._choices))
            case Shown.COMMAND:
                told = command_line.lines(self.review, self._choices, context=self._cluster.context, manager=FIELD_MANAGER, form=self._form)
                self.text.show(told)
        self._tell((page.state(self.review, self._choices, self._stopped_by),))

    def _tell(self, one: Line) -> None:
        if not self.is_attached:
            return
        self.sentence.update(block([one]))
        self.refresh_bindings()

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """Only what would do something now is offered."""
        if not super().check_action(action, parameters):
            return False
        deciding = self.review is not None and self.state is State.DECIDING
        match action:
            case "apply":
                return deciding and self.review is not None and self.review.ready(self._choices) and not self._stopped_by
            case "decide":
                return deciding and self.review is not None and any(step.conflicts for step in self.review.steps)
            case "override":
                refused = self.review is not None and any(step.refusals for step in self.review.steps)
                return deciding and self._stopped_by > 0 and not refused
            case "undo":
                return self.account is not None and bool(self.account.written)
            case "object":
                return self._made is not None
            case "view":
                return deciding
            case "replace":
                return self._replaceable is not None
            case "check_again":
                done = self.account is not None and self.account.complete  # what was looked at again would be our own change
                return self.state not in (State.WAITING, State.WRITING) and not done
        return True

    @property
    def complaints(self) -> list[tuple[int, str, str]]:
        """What stands against this, for a form or an editor to show beside its fields: position of the step, path, sentence."""
        if self.account is not None:
            failed = [(self.account.steps.index(step), "", step.sentence) for step in self.account.failed]
            return [] if self.account.complete else failed
        found = [(at, one.field, one.sentence) for at, step in enumerate(self.review.steps if self.review else ()) for one in step.refusals]
        errors = [(at, one) for at, many in enumerate(self._findings) for one in many if one.severity is Severity.ERROR]
        return [*found, *((at, one.field, f"{one.reason} {one.remedy}".strip()) for at, one in errors)]

    # ---- deciding

    def action_decide(self, choice: str) -> None:
        """About the first conflict that is undecided."""
        if self.review is None or self.state is not State.DECIDING:
            return
        wanted = Choice(choice)
        for number, step in enumerate(self.review.steps):
            if step.conflicts and number not in self._choices:
                if wanted is Choice.LEAVE and step.leaving is None:
                    self.console.say("Theirs cannot be left as it is here: the rest would not make sense without those fields.", error=True)
                    return
                self._choices[number] = wanted
                self._find()
                self._paint()
                return
        self.console.say("There is no conflict to decide.")

    def action_ask_again(self) -> None:
        if self.state is State.DECIDING and self._choices:
            self._choices.clear()
            self._find()
            self._paint()

    def action_view(self) -> None:
        if self.account is None:
            every = list(Shown)
            self._shown = every[(every.index(self._shown) + 1) % len(every)]
            self._paint()
            self.console.say(f"{self._shown}; c copies it, v shows the next.")

    def action_check_again(self) -> None:
        if self.state in (State.CHECKING, State.DECIDING, State.DONE):
            self.account = None
            self._choices.clear()
            self._begin_check()

    async def action_override(self) -> None:
        """By typing: a finding that stops a change is no obstacle to be pressed away."""
        if self.state is not State.DECIDING or not self._stopped_by:
            self.console.say("No finding stops this.")
            return
        word = self._change.steps[-1].name
        does = "delete" if self._deletes else "apply"
        await self.ask(f"type {word} to {does} it in spite of that", self._override)

    def _override(self, typed: str) -> None:
        if typed.strip() == self._change.steps[-1].name:
            self._overridden = True
            self._paint()
        else:
            self.console.say("That was another word; nothing is overridden.", error=True)

    # ---- writing

    def action_apply(self) -> None:
        if self.review is None or self.state is not State.DECIDING:
            return
        idle = page.idle(self.review, self._choices)
        if idle or not self.review.ready(self._choices) or self._stopped_by:
            self.console.say(page.state(self.review, self._choices, self._stopped_by)[0], error=not idle)
            return
        wait = BEFORE_DELETING if findings.destroys(self.review.change(self._choices).steps) else 0.0
        self.state = State.WAITING if wait else State.WRITING
        self.console.run_worker(self._write(self.review, wait=wait), group="write")  # whoever leaves this screen is told there

    @property
    def _deletes(self) -> bool:
        return any(step.action is Action.DELETE for step in self._change.steps)

    async def _write(self, agreed: Review, *, wait: float) -> None:
        if wait:
            self._delay = Delay(wait)
            does = "Deleting" if self._deletes else "Applying"
            if not await self._delay.over(lambda left: self._tell(line(f"{does} in {left} s; esc stops it.", "warn"))):
                self._delay = None
                self.state = State.DECIDING
                self._paint()
                return
            self._delay = None
            self.state = State.WRITING
        self._tell(line("Writing ...", "busy"))
        self._wait, self._writing = Waiting(self._tell_wait), True
        recorder = self.console.recorder(self._cluster)
        try:
            account = await execute(self._cluster.session.client, agreed, choices=self._choices, recorder=recorder, waiting=self._wait)
        except asyncio.CancelledError:  # the console is left
            left = next((step.otherwise for step in self._change.steps if step.otherwise and self._wait.active), "")
            unsure = "the console was left before it was known what came of it; `modeltui history` has what was done."
            self.console.failed_sentence = f"{self.heading} was not finished. {left}" if left else f"{self.heading}: {unsure}"
            raise
        finally:
            self._writing = False
        self._finished(account)

    def _tell_wait(self, standing: str) -> None:
        """Between two steps, which may take as long as somebody else's finalizers do."""
        if standing:
            self.state = State.WAITING
            begun = cells.clock(self.console.now())
            self._tell(line(f"Waiting for what has to be gone first (seen {begun}): {standing}. esc stops waiting.", "warn"))
        else:
            self.state = State.WRITING
            self._tell(line("Writing ...", "busy"))

    def _finished(self, account: Account) -> None:
        self.state, self.account = State.DONE, account
        if not self.is_attached:
            self.console.say(account.sentence(), error=not account.complete)
            return
        after = "o opens it, " if self._made is not None else ""
        after += "u shows how to undo it, esc goes back." if account.written else "esc goes back."
        if not account.complete:
            after += " r begins the review again."
        self._tell(line(f"{account.sentence()} {after}", "good" if account.complete else "bad"))
        self._paint()
        self.console.note(account.sentence())
        if account.written or account.complete:
            self._done(account)

    async def action_undo(self) -> None:
        """The way back is a change like any other, with a review of its own."""
        if self.account is None or not self.account.written:
            self.console.say("Nothing was written that could be undone.")
            return
        account = self.account
        change = reversal(account)
        back = ReviewScreen(self._cluster, change, reviewer=lambda client, _: review_undo(client, account))
        await self.app.push_screen(back)

    @property
    def _made(self) -> Step | None:
        """What it was all about, once it is there: the first step that did not delete, of a kind that has a table."""
        if self.account is None or not self.account.complete:
            return None
        there = (step for step in self._change.steps if step.action is not Action.DELETE)
        return next((step for step in there if registry.kind_of(step.resource) is not None), None)

    async def action_object(self) -> None:
        if (step := self._made) is not None and (view := registry.kind_of(step.resource)) is not None:
            await self.console.navigator.open_detail(view, (step.namespace, step.name), leaving=ReviewScreen)

    @property
    def _replaceable(self) -> Reviewed | None:
        """The only step of the change, when all that keeps it from being done is that fields of the object never change."""
        if self.review is None or len(self.review.steps) != 1 or self.state is not State.DECIDING:
            return None
        (only,) = self.review.steps
        for_ever = only.refusals and all(refusal.sentence.startswith(FOR_EVER) for refusal in only.refusals)
        return only if for_ever and only.step.live is not None and only.step.desired is not None else None

    async def action_replace(self) -> None:
        """Delete the object and make it anew: a change of its own, with everything that goes with the deletion told first."""
        found = self._replaceable
        if found is None or found.step.live is None or found.step.desired is None:
            self.console.say("Nothing here asks for the object to be replaced.")
            return
        step = found.step
        steps = (Step.delete(step.resource, found.step.live), Step.create(step.resource, writable(found.step.desired)))
        change = Change(f"Replace {step.resource.kind} {step.namespace}/{step.name}", steps)
        await self.app.push_screen(ReviewScreen(self._cluster, change, done=self._done))

    def action_copy(self, what: str) -> None:
        self.console.copy("\n".join(text_of(one) for one in self.text.whole), what="the review")

    def action_back(self) -> None:
        """First stops what has not begun; never leaves while something is written."""
        if self._delay is not None:
            self._delay.cancel()
        elif self._wait is not None and self._wait.active:
            self._wait.stop()
        elif self.state is State.WRITING:
            self.console.say("It is being written; the account comes in a moment.", error=True)
        else:
            super().action_back()

    def refresh_now(self) -> None:
        self.action_check_again()


def _is_taken(step: Reviewed) -> bool:
    """Whether another object has its name: what the checks find then is a difference from that one, and not what is wrong."""
    named = any(one.field == "metadata.name" and one.sentence.startswith("exists already") for one in step.refusals)
    return step.step.action is Action.CREATE and named
