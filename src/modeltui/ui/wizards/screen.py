"""The frame of every wizard: the outline, one step at a time, and the sentence beside the field. What is asked is a `Form`."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import ClassVar, Final

from textual import on
from textual.binding import BindingType
from textual.containers import VerticalScroll
from textual.events import DescendantFocus, Mount
from textual.widget import Widget
from textual.widgets import Static

from modeltui.changes import yaml_text
from modeltui.changes.account import Account
from modeltui.changes.plan import Change
from modeltui.changes.yaml_text import TextError
from modeltui.document import Line, Span, line
from modeltui.kube.apply import Manifest
from modeltui.kube.errors import KubeError
from modeltui.kube.resource import Resource
from modeltui.redaction import redact_object
from modeltui.systems.answer_file import AnswersError
from modeltui.ui import keys
from modeltui.ui.connection import Cluster, raw_words
from modeltui.ui.screens.base import ConsoleScreen
from modeltui.ui.screens.review import ReviewScreen
from modeltui.ui.theme import block
from modeltui.ui.wizards import draft as drafts
from modeltui.ui.wizards import saved, unfinished
from modeltui.ui.wizards.controls import Answered, Names
from modeltui.ui.wizards.draft import Draft, Group
from modeltui.ui.wizards.form import Form, Kind, Problem, Step
from modeltui.ui.wizards.keeper import Keeper
from modeltui.ui.wizards.rows import FieldRow, GroupRows
from modeltui.ui.wizards.saving import Saving

REVIEW: Final = "Review"
MOST_OFFERED: Final = 6
"""Names below a field."""
OF_CARDS: Final = frozenset({"add", "copy_card", "take_away", "take_back", "move"})
"""Actions."""
Spot = tuple[str, int, str]
"""A field: key of the step, number of the group, key of the field."""


class WizardScreen(ConsoleScreen):
    """Subclasses give the form, the names to suggest, the answers that an object stands for (`draft_of`) and the change that answers
    mean (`change`), and may say more (`about`, `spot`)."""

    resource: ClassVar[Resource]
    """What is made or edited."""
    BINDING_GROUP_TITLE = "Form"
    BINDINGS: ClassVar[list[BindingType]] = keys.WIZARD

    def __init__(
        self, form: Form, answers: Draft, *, cluster: Cluster, namespace: str, live: Manifest | None = None, file: str = ""
    ) -> None:
        """`answers`: to begin with, but for an object to edit: `live`. That may hold secrets: the form is filled in from `shown`, and
        `become` puts them back. `file`: where the answers come from. Raises what `draft_of` raises."""
        super().__init__(form.title)
        self.live = live
        self.heading = form.title
        self.form = form
        self.answers = answers if live is None else self.draft_of(redact_object(live))
        self.at = 0
        """The step that is shown."""
        self.begins_at = 0
        """The card of it that is gone to first."""
        self.outline = Static(markup=False, classes="outline")
        self.trouble = Static(markup=False, classes="trouble")
        self.intro = Static(markup=False, classes="intro-step")
        self.page = VerticalScroll(classes="form", can_focus=False)
        self.help_line = Static(markup=False, classes="field-help")
        self._cluster = cluster
        self._fresh = self.answers
        self._place = saved.Place(form.name, cluster.context, namespace, live["metadata"]["name"] if live is not None else file)
        self._keeper = Keeper(self, self._place, self._typed)
        self._saving = Saving(
            self, file=file, told=f":new {form.name} FILE opens it, modeltui render {form.name} -f FILE prints the manifest."
        )
        self._last_row: FieldRow | None = None
        self._over = False
        self._told: set[Spot] = set()
        """Fields whose problem is shown: those that were answered, and all once the review was asked for."""
        self._refused: dict[Spot, str] = {}
        """What the last review said of a field that was not answered anew since then."""
        self._reviewing: ReviewScreen | None = None
        self._taken_away: tuple[str, int, Group] | None = None

    # ---- for subclasses

    def names(self) -> Mapping[str, Names]:
        """By `Field.suggests`."""
        return {}

    def about(self, step: Step, group: int) -> list[Line]:
        """What the answers of a group mean, shown below it and kept up to date."""
        return []

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

    # ---- for them to use

    @property
    def shown(self) -> Manifest | None:
        """The object to edit, as people may see it."""
        return redact_object(self.live) if self.live is not None else None

    def become(self, desired: Manifest) -> Manifest:
        """What was made of `shown`, with what is masked there as it is. Raises TextError for a mask that stands for nothing."""
        return yaml_text.unmasked(desired, self.live) if self.live is not None else desired

    # ---- what is shown

    @property
    def step(self) -> Step:
        return self.form.steps[self.at]

    def body(self) -> Iterable[Widget]:
        self.trouble.display = False
        yield self.outline
        yield self.trouble
        yield self.intro
        yield self.page
        yield self.help_line

    @on(Mount)
    async def _begin(self) -> None:
        """Whole before the next key is taken: what is typed at once is meant for the first field."""
        self.run_worker(self._ask_whether_allowed(), group="rights")
        if self._keeper.kept is None or not await self._asked_whether_to_go_on(self._keeper.kept):
            await self._show_step(group=self.begins_at)

    async def _ask_whether_allowed(self) -> None:
        """Better known before the first answer than after the last."""
        verb = "create" if self.live is None else "patch"
        if not (namespace := self._place.namespace):
            return
        try:
            verdict = await self._cluster.session.access.allowed(verb, self.resource, namespace)
        except KubeError:
            return  # the review will tell
        if verdict.allowed is False:
            why = verdict.reason or f"you may not {verb} {self.resource.group_resource} in namespace {namespace}"
            self._say_trouble([f"This can be filled in and saved, but not applied: {why}."])

    def _say_trouble(self, sentences: list[str]) -> None:
        """Above the step; none takes it away."""
        self.trouble.update(block([line(f"✕ {sentence}", "bad") for sentence in sentences]))
        self.trouble.display = bool(sentences)

    async def _show_step(self, *, group: int = 0, field: str = "") -> None:
        """The step from its start, or at one of its fields."""
        step, names = self.step, self.names()
        groups = self.answers.groups[step.key]
        await self.page.remove_children()
        shown = [GroupRows(step, values, number, of=len(groups), names=names) for number, values in enumerate(groups)]
        await self.page.mount_all(shown)
        self._introduce(step)
        self.show_answers()
        self._go(group, field)
        self.refresh_bindings()

    def _introduce(self, step: Step) -> None:
        add, copy, away, up, down = (self._key(f"wizard.{one}") for one in ("add", "copy", "take_away", "up", "down"))
        cards = f"{add} adds a {step.card}, {copy} copies, {away} takes away, {up} and {down} move it." if step.card else ""
        told = [text for text in (step.intro, cards) if text]
        self.intro.update(" ".join(told))
        self.intro.display = bool(told)

    def _key(self, binding: str) -> str:
        """The last of those that are bound to it now: the one that every terminal has."""
        found = [active.binding.key for active in self.active_bindings.values() if active.binding.id == binding]
        return keys.shown(found[-1]) if found else "(no key)"

    def _go(self, group: int, field: str) -> None:
        rows = [row for row in self._rows() if row.display and not row.control.disabled]
        chosen = next((row for row in rows if row.group == group and field in ("", row.field.key)), rows[0] if rows else None)
        if chosen is not None:
            self._last_row = chosen
            self.set_focus(chosen.control, scroll_visible=False)
            self.call_after_refresh(self._bring_into_sight, chosen, heading=not field)

    def _bring_into_sight(self, row: FieldRow, *, heading: bool = False) -> None:
        """With what is wrong with the answer; `heading`: and from the beginning of its card, or of the step."""
        if not row.is_attached:
            return
        group = row.parent
        if heading and isinstance(group, GroupRows):
            self.page.scroll_to_widget(group, top=True, animate=False, force=True, immediate=True)
        else:
            self.page.scroll_to_widget(row, animate=False, force=True, immediate=True)

    def _rows(self) -> list[FieldRow]:
        return list(self.page.query(FieldRow))

    def show_answers(self) -> None:
        """Problems, outline and meaning, after an answer."""
        found = drafts.problems(self.form, self.answers)
        by_field = {(problem.step, problem.group, problem.field): problem.sentence for problem in reversed(found)}
        for row in self._rows():
            key = (row.step, row.group, row.field.key)
            row.complain((by_field.get(key, "") if key in self._told else "") or self._refused.get(key, ""))
        for group in self.page.query(GroupRows):
            group.show_wanted(self.answers.around(self.form, group.step, group.number))
            group.tell(self.about(group.step, group.number))
        self.outline.update(block([self._outline(found)]))

    def _outline(self, found: tuple[Problem, ...]) -> Line:
        wrong = {problem.step for problem in found} | {step for step, _, _ in self._refused}
        told = {step for step, _, _ in (*self._told, *self._refused)}
        spans: list[Span] = []
        for place, step in enumerate(self.form.steps):
            mark = "✓" if step.key not in wrong else "✕" if step.key in told else "…"
            here = place == self.at
            spans.append((f" {'▸' if here else ''}{place + 1} {step.title} {mark} ", "accent" if here else "dim"))
            spans.append(("›", "dim"))
        return (*spans, (f" {len(self.form.steps) + 1} {REVIEW}", "dim"))

    @on(DescendantFocus)
    def _focused(self) -> None:
        if self.prompt_open:
            return  # what is asked there stands where the help is
        row = self._row_in_focus()
        if row is not None and row is not self._last_row:
            self._last_row = row
            self.call_after_refresh(self._bring_into_sight, row)
        self.help_line.update(block([line(self._help(row), "dim")]) if row is not None else "")

    def _help(self, row: FieldRow) -> str:
        """What the field is for, and what is known that fits it."""
        field = row.field
        if field.kind is Kind.CHOICE:
            return f"{field.help} {', '.join(choice or '(none)' for choice in field.choices)}."
        known = self.names().get(field.suggests)
        if known is None:
            return field.help
        if (names := known()) is None:
            return f"{field.help} Known ones cannot be listed, so type it whole.".strip()
        typed = self.answers.answer(row.step, field.key, group=row.group).rpartition(",")[2].strip()
        fitting = [name for name in names if name.startswith(typed)] if typed not in names else []
        more = f" and {len(fitting) - MOST_OFFERED} more" if len(fitting) > MOST_OFFERED else ""
        offered = f"{'tab takes' if typed else 'Known:'} {', '.join(fitting[:MOST_OFFERED])}{more}" if fitting else ""
        return f"{field.help} {offered}".strip()

    def _row_in_focus(self) -> FieldRow | None:
        node = self.focused
        while node is not None and not isinstance(node, FieldRow):
            node = node.parent if isinstance(node.parent, Widget) else None
        return node

    def focus_body(self) -> None:
        if self._last_row is not None and self._last_row.is_attached:
            self.set_focus(self._last_row.control, scroll_visible=False)
        else:
            super().focus_body()

    # ---- answers

    @on(Answered)
    def _answered(self, event: Answered) -> None:
        event.stop()
        row = next((row for row in self._rows() if row.control is event.sender), None)
        if row is None or self.answers.answer(row.step, row.field.key, group=row.group) == event.value:
            return
        self.answers = self.answers.with_answer(row.step, row.field.key, event.value, group=row.group)
        spot = (row.step, row.group, row.field.key)
        self._told.add(spot)
        self._refused.pop(spot, None)
        self.show_answers()
        self._focused()
        self._keeper.typed()

    # ---- what was typed is not lost

    def _typed(self) -> saved.Typed:
        answers, lacking = drafts.saved(self.form, self.answers)
        return saved.Typed(answers, self._begun, lacking)

    @property
    def _begun(self) -> str:
        return yaml_text.to_edit(self.live) if self.live is not None else ""

    async def _asked_whether_to_go_on(self, kept: saved.Kept) -> bool:
        """False when what was kept is nothing else than what is shown anyhow."""
        answers = drafts.restored(self.form, kept.typed.answers)
        then = self._as_it_was(kept.typed)
        told = drafts.told(self.form, self.draft_of(redact_object(then)) if then is not None else self._fresh, answers)
        if not told:
            return False
        place = self._place
        named = f"{self.resource.kind} {place.namespace}/{place.name}" if self.live is not None else place.name or place.namespace
        where = f"{named or 'any namespace'} in context {place.context}"
        moved = self.live is not None and kept.typed.begun != self._begun
        about = unfinished.about(self.form.title, where, kept, told, now=self.console.now(), moved=moved)
        question = unfinished.UnfinishedScreen(about, go_on=lambda: self._go_on(then, answers), anew=self._anew, leave=self._close)
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

    async def _go_on(self, then: Manifest | None, answers: Draft) -> None:
        """From the object as it was then: the review finds out what others did to it since."""
        self.live = then
        self.answers = answers
        await self._show_step()

    async def _anew(self) -> None:
        self._keeper.forget()
        await self._show_step()

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
            step, group, field = min(self._refused, key=lambda spot: [one.key for one in self.form.steps].index(spot[0]))
            self.at = next(place for place, one in enumerate(self.form.steps) if one.key == step)
            await self._show_step(group=group, field=field)

    def _asks(self, spot: Spot) -> bool:
        step, group, field = self.form.step(spot[0]), spot[1], spot[2]
        there = group < len(self.answers.groups[step.key])
        return there and field in {one.key for one in step.asked(self.answers.around(self.form, step, group))}

    def on_unmount(self) -> None:
        self._keeper.now()

    def action_back(self) -> None:
        if self.answers != self._fresh and not self._over:
            self.console.note(f"{self.form.title}: what you typed is kept, and offered when this is opened again.", error=False)
        super().action_back()

    # ---- actions

    async def action_step(self, by: int) -> None:
        self._told |= {(self.step.key, row.group, row.field.key) for row in self._rows()}
        to = self.at + by
        if to >= len(self.form.steps):
            await self._to_review()
        elif to >= 0:
            self.at = to
            await self._show_step()

    async def _to_review(self) -> None:
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
        name = self.answers.answer(self.form.steps[0].key, "name").strip() or self.form.name
        self.help_line.update(block([line("Save the answers, without secrets, in this file: enter saves them, esc does not.", "accent")]))
        await self._saving.ask(self.answers_text(draft), name=f"{name}.yaml")

    def _wrong(self, problem: Problem) -> bool:
        """Rather than missing."""
        return bool(problem.field and self.answers.answer(problem.step, problem.field, group=problem.group).strip())

    async def _show_problem(self, problem: Problem) -> None:
        self._told.add((problem.step, problem.group, problem.field))
        self.at = next(place for place, step in enumerate(self.form.steps) if step.key == problem.step)
        await self._show_step(group=problem.group, field=problem.field)

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

    # ---- cards

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """What is done to cards is offered where there are some."""
        return bool(super().check_action(action, parameters)) and (bool(self.step.card) or action not in OF_CARDS)

    async def action_add(self, *, like: bool = False) -> None:
        """`like`: as the one with the cursor, but for what has to differ."""
        step, row = self.step, self._row_in_focus()
        if not step.card:
            self.console.say(f"{step.title} is asked once.", error=True)
            return
        model = self.answers.group(step.key, row.group) if like and row is not None else None
        if model is not None:
            model = {**model, step.fields[0].key: ""}
        self._changed_cards(self.answers.with_group(step, like=model))
        await self._show_step(group=len(self.answers.groups[step.key]) - 1)

    async def action_copy_card(self) -> None:
        await self.action_add(like=True)

    async def action_take_away(self) -> None:
        step, row = self.step, self._row_in_focus()
        if not step.card or row is None:
            self.console.say("There is nothing to take away here.", error=True)
            return
        self._taken_away = (step.key, row.group, self.answers.group(step.key, row.group))
        self._changed_cards(self.answers.without_group(step.key, row.group))
        await self._show_step(group=max(row.group - 1, 0))
        self.console.say(f"The {step.card} is taken away; ctrl-y puts it back.")

    async def action_take_back(self) -> None:
        if self._taken_away is None or self._taken_away[0] != self.step.key:
            self.console.say("Nothing was taken away here.", error=True)
            return
        (step, number, group), self._taken_away = self._taken_away, None
        self._changed_cards(self.answers.with_group_at(step, number, group))
        await self._show_step(group=number)

    async def action_move(self, by: int) -> None:
        step, row = self.step, self._row_in_focus()
        if not step.card or row is None or not 0 <= row.group + by < len(self.answers.groups[step.key]):
            self.console.say("It cannot be moved further." if step.card else f"{step.title} has no order.", error=True)
            return
        self._changed_cards(self.answers.with_groups_swapped(step.key, row.group, row.group + by))
        await self._show_step(group=row.group + by)

    def _changed_cards(self, answers: Draft) -> None:
        """Groups are known by their numbers, which mean others now."""
        key = self.step.key
        self._told = {spot for spot in self._told if spot[0] != key}
        self._refused = {spot: sentence for spot, sentence in self._refused.items() if spot[0] != key}
        self.answers = answers
        self._keeper.typed()
