"""A form from its first answer to the object: what was typed is kept, goes to a review, to a file, and comes back from both."""

from __future__ import annotations

from textual import on
from textual.events import Mount

from modeltui.changes import yaml_text
from modeltui.changes.account import Account
from modeltui.changes.plan import Change
from modeltui.changes.yaml_text import TextError
from modeltui.document import line
from modeltui.kube.apply import Manifest
from modeltui.kube.errors import KubeError
from modeltui.kube.resource import Resource
from modeltui.redaction import redact_object
from modeltui.systems.answer_file import AnswersError
from modeltui.ui import rights
from modeltui.ui.connection import Cluster, raw_words
from modeltui.ui.screens.review import ReviewScreen
from modeltui.ui.theme import block
from modeltui.ui.wizards import draft as drafts
from modeltui.ui.wizards import saved, unfinished
from modeltui.ui.wizards.cards import CardsScreen
from modeltui.ui.wizards.draft import Draft
from modeltui.ui.wizards.form import Form, Problem
from modeltui.ui.wizards.frame import Spot
from modeltui.ui.wizards.keeper import Keeper
from modeltui.ui.wizards.saving import Saving


class WizardScreen(CardsScreen):
    """Subclasses give the form, the answers that an object stands for (`draft_of`), the change that answers mean (`change`) and the
    file they are (`answers_text`); they may say more (`names`, `about`, `spot`)."""

    def __init__(
        self, form: Form, answers: Draft, *, cluster: Cluster, namespace: str, live: Manifest | None = None, file: str = ""
    ) -> None:
        """`answers`: to begin with, but for an object to edit: `live`. That may hold secrets: the form is filled in from `shown`, and
        `become` puts them back. `file`: where the answers come from. Raises what `draft_of` raises."""
        super().__init__(form, answers if live is None else self.draft_of(redact_object(live)))
        self.live = live
        self.begins_at = 0
        """The card that is gone to first."""
        self._cluster = cluster
        self._fresh = self.answers
        self._place = saved.Place(form.name, cluster.context, namespace, live["metadata"]["name"] if live is not None else file)
        self._keeper = Keeper(self, self._place, self._typed)
        told = f":new {form.name} FILE opens it, modeltui render {form.name} -f FILE prints the manifest."
        self._saving = Saving(self, file=file, told=told)
        self._over = False
        self._reviewing: ReviewScreen | None = None

    # ---- for subclasses

    @property
    def resource(self) -> Resource:
        """What is made or edited."""
        raise NotImplementedError

    def spot(self, position: int, path: str) -> Spot | None:
        """Which field is answered for by `path` of the object that step `position` of the change writes."""
        return None

    def draft_of(self, live: Manifest) -> Draft:
        """The answers that this object stands for, as it is shown to people. Raises AnswersError when the form cannot show it."""
        raise NotImplementedError

    async def change(self) -> Change:
        """What answers without problems mean. Raises AnswersError, TextError, or KubeError when the server had to be asked."""
        raise NotImplementedError

    def answers_text(self, without_secrets: Draft) -> str:
        """For a file, as `modeltui render` reads it. `without_secrets`: the answers, with what may not be in a file masked."""
        raise NotImplementedError

    def file_name(self) -> str:
        """What a file with these answers is called, without its ending; "" when nothing says."""
        return self.answers.answer(self.form.steps[0].key, "name").strip()

    # ---- for them to use

    @property
    def shown(self) -> Manifest | None:
        """The object to edit, as people may see it."""
        return redact_object(self.live) if self.live is not None else None

    def become(self, desired: Manifest) -> Manifest:
        """What was made of `shown`, with what is masked there as it is. Raises TextError for a mask that stands for nothing."""
        return yaml_text.unmasked(desired, self.live) if self.live is not None else desired

    # ---- how it begins

    @on(Mount)
    async def _begin(self) -> None:
        """Whole before the next key is taken: what is typed at once is meant for the first field."""
        self.ask_whether_allowed()
        if self._keeper.kept is None or not await self._asked_whether_to_go_on(self._keeper.kept):
            await self._show_step(group=self.begins_at)

    def ask_whether_allowed(self) -> None:
        """Again, when something else is to be made than before."""
        self.run_worker(self._ask_whether_allowed(), group="rights", exclusive=True)

    async def _ask_whether_allowed(self) -> None:
        verb, namespace = "create" if self.live is None else "patch", self._place.namespace
        if namespace and (why := await rights.why_not(self._cluster, verb, self.resource, namespace)):
            self._say_trouble([f"This can be filled in and saved, but not applied: {why}."])

    # ---- what was typed is not lost

    def answered(self) -> None:
        self._keeper.typed()

    def _typed(self) -> saved.Typed:
        answers, lacking = drafts.saved(self.form, self.answers)
        proposed = drafts.untouched(self.form, self.answers) if self.live is None else ()
        return saved.Typed(answers, self._begun, lacking, proposed)

    @property
    def _begun(self) -> str:
        return yaml_text.to_edit(self.live) if self.live is not None else ""

    async def _asked_whether_to_go_on(self, kept: saved.Kept) -> bool:
        """False when what was kept is nothing else than what is shown anyhow."""
        answers = drafts.restored(self.form, kept.typed.answers)
        then = self._as_it_was(kept.typed)
        before = self.draft_of(redact_object(then)) if then is not None else self._fresh
        told = drafts.told(self.form, before, answers, proposed=kept.typed.proposed)
        if not told:
            return False
        place = self._place
        named = f"{self.resource.kind} {place.namespace}/{place.name}" if self.live is not None else place.name or place.namespace
        where = f"{named or 'any namespace'} in context {place.context}"
        moved = self.live is not None and kept.typed.begun != self._begun
        about = unfinished.about(self.form.title, where, kept, told, now=self.console.now(), moved=moved)
        question = unfinished.UnfinishedScreen(about, go_on=lambda: self.go_on(then, answers), anew=self._anew, leave=self._close)
        await self.app.push_screen(question)
        return True

    def _as_it_was(self, typed: saved.Typed) -> Manifest | None:
        """The object that was edited then. A file that somebody has changed may say anything: then the object as it is."""
        if self.live is None or not typed.begun:
            return self.live
        try:
            was = yaml_text.edited(typed.begun, self.live)
            self.draft_of(was)
        except (TextError, AnswersError):
            return self.live
        return was

    async def go_on(self, then: Manifest | None, answers: Draft) -> None:
        """From the object as it was then: the review finds out what others did to it since."""
        self.live = then
        self.answers = answers
        await self._show_step()

    async def _anew(self) -> None:
        self._keeper.forget()
        await self._show_step(group=self.begins_at)

    def _finished(self, account: Account) -> None:
        """What was answered has become an object: back behind the review, the form is over."""
        if account.complete:
            self._over = True
            self._keeper.forget()

    def _close(self) -> None:
        """Once what lies over it is gone."""
        self.call_later(self.console.navigator.close, self)

    def on_screen_resume(self) -> None:
        if self._over:
            self._close()
        elif self._reviewing is not None:
            reviewed, self._reviewing = self._reviewing, None
            self.call_later(self._hear, reviewed)

    async def _hear(self, reviewed: ReviewScreen) -> None:
        """Back from a review: what it had against this stands beside the fields that it speaks of."""
        self._refused, unplaced = {}, []
        for position, path, sentence in reviewed.complaints:
            spot = self.spot(position, path) if path else None
            if spot is None or not self._asks(spot):
                unplaced.append(f"{path}: {sentence}" if path else sentence)
            else:
                self._refused.setdefault(spot, sentence)
        self._say_trouble(unplaced)
        if self._refused:
            step, group, field = min(self._refused, key=lambda spot: self._index(spot[0]))
            self.at = self._index(step)
            await self._show_step(group=group, field=field)

    def _asks(self, spot: Spot) -> bool:
        step, group, field = self.form.step(spot[0]), spot[1], spot[2]
        there = step in self.steps and group < len(self.answers.groups[step.key])
        return there and field in {one.key for one in step.asked(self.answers.around(self.form, step, group))}

    def on_unmount(self) -> None:
        self._keeper.now()

    def action_back(self) -> None:
        if self._keeper.touched and not self._over:
            self.console.note(f"{self.form.title}: what you typed is kept, and offered when this is opened again.", error=False)
        super().action_back()

    # ---- where it goes

    async def finish(self) -> None:
        """To the review, when nothing is missing."""
        found = drafts.problems(self.form, self.answers)
        if not found:
            await self._review()
            return
        first = found[0]
        self._told |= {(problem.step, problem.group, problem.field) for problem in found}
        await self._show_problem(first)
        more = f" ({len(found) - 1} more)" if len(found) > 1 else ""
        self.console.say(first.sentence + more, error=True)

    async def action_save_answers(self) -> None:
        """What is still missing may be missing in the file, too; what cannot be read cannot be in it."""
        unread = next((one for one in drafts.problems(self.form, self.answers) if self._wrong(one)), None)
        if unread is not None:
            await self._show_problem(unread)
            self.console.say(f"Nothing was saved: {unread.sentence}", error=True)
            return
        draft = drafts.restored(self.form, drafts.saved(self.form, self.answers)[0])
        name = self.file_name() or self.form.name
        self.help_line.update(block([line("Save the answers, without secrets, in this file: enter saves them, esc does not.", "accent")]))
        await self._saving.ask(self.answers_text(draft), name=f"{name}.yaml")

    def _wrong(self, problem: Problem) -> bool:
        """Rather than missing."""
        return bool(problem.field and self.answers.answer(problem.step, problem.field, group=problem.group).strip())

    async def _review(self) -> None:
        self._keeper.now()
        try:
            change = await self.change()
        except (AnswersError, TextError) as error:
            self.console.say(str(error), error=True)
            return
        except KubeError as error:
            self.console.say(f"The server cannot be asked: {error} What you typed is kept.", error=True, raw=raw_words(error))
            return
        self._reviewing = ReviewScreen(self._cluster, change, done=self._finished, form=self.form.name)
        await self.app.push_screen(self._reviewing)
