"""The whole form: the model, the system, and what that system asks. Pure both ways between a draft and the answers of a system."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Final

from modeltui.catalog.merged import Catalogs
from modeltui.systems.deploying import Version
from modeltui.systems.serving import uris
from modeltui.systems.serving.answers import Answers
from modeltui.ui.wizards.deploy import model_step, resource_step, serving_step, shared, system_step
from modeltui.ui.wizards.deploy.installed import Installed
from modeltui.ui.wizards.deploy.surroundings import Surroundings
from modeltui.ui.wizards.deploy.system_form import SystemForm
from modeltui.ui.wizards.draft import Draft, Group
from modeltui.ui.wizards.form import Form, Problem, Step, Values
from modeltui.ui.wizards.frame import Spot

NAME: Final = "deployment"


@dataclass(frozen=True, slots=True, kw_only=True)
class Deploying:
    """What the form is made of."""

    systems: tuple[SystemForm, ...]
    catalogs: Catalogs
    installed: Installed = field(default_factory=Installed)
    """What is known of the cluster; nothing yet: all of them are there, in their newest version."""
    surroundings: Surroundings = field(default_factory=Surroundings)
    """What the cluster itself says about good answers; nothing as long as it was not asked."""
    editing: str = ""
    """Word of the system of the object that is edited; "" when one is made."""

    # ---- the questions

    def form(self) -> Form:
        editing = bool(self.editing)
        return Form(
            name=NAME,
            title="Edit deployment" if editing else "New deployment",
            steps=(
                model_step.step(editing=editing),
                system_step.step(self.choices, self.installed.absent, editing=editing),
                shared.basics(self._proposed_name, editing=editing),
                *(step for system in self.systems for step in system.steps_in(self.surroundings)),
                serving_step.step(self._asks, self.catalogs),
                resource_step.step(self._asks, self.surroundings),
            ),
            across=self._across,
        )

    @property
    def _plain(self) -> tuple[str, ...]:
        """Keys of the steps without cards."""
        own = (step.key for system in self.systems for step in system.steps if not step.card)
        return (model_step.STEP, system_step.STEP, shared.BASICS, *own, serving_step.STEP, resource_step.STEP)

    @property
    def choices(self) -> tuple[system_step.Choice, ...]:
        return tuple(system_step.Choice(word=one.of.word, title=one.of.title, refuses=one.refused) for one in self.systems)

    def system(self, values: Values) -> SystemForm:
        """The one that is chosen; the first one for a text that names none, which is a problem of its own."""
        return next((one for one in self.systems if one.of.word == values.get("system")), self.systems[0])

    def version(self, values: Values) -> Version:
        """Of the system that is chosen, as this cluster is written to."""
        chosen = self.system(values).of
        return self.installed.older.get(chosen.word, chosen)

    def _asks(self, values: Values, key: str) -> bool:
        return key in self.system(values).asks(values)

    def _proposed_name(self, values: Values) -> str:
        model = model_step.named(values)
        return self.surroundings.free(self.system(values).of.propose, model) if model else ""

    def _across(self, groups: Mapping[str, Sequence[Values]]) -> tuple[Problem, ...]:
        """What is wrong with a name depends on the system, and some answers do not fit each other."""
        values = {key: text for step in self._plain for key, text in groups[step][0].items()}
        chosen = self.system(values)
        found = [*chosen.problems(values)]
        if reason := chosen.refused.get(model_step.origin(values), ""):
            found.append(Problem(system_step.STEP, 0, "system", f"{chosen.of.title} cannot take it: {reason}."))
        elif model_step.origin(values) == model_step.URI and (scheme := uris.scheme(values["uri"])) and scheme not in chosen.schemes:
            sentence = f"{chosen.of.title} fetches from {', '.join(f'{one}://' for one in chosen.schemes)} and not from {scheme}://."
            found.append(Problem(model_step.STEP, 0, "uri", sentence))
        name = values.get("name", "").strip()
        if name and not self.editing and (sentence := chosen.of.name_problem(name)):
            found.append(Problem(shared.BASICS, 0, "name", sentence))
        return tuple(found)

    # ---- both ways

    def answers(self, draft: Draft) -> Answers:
        """What answers without problems mean, in the words of the system that is chosen."""
        found: Answers = self.system(draft.group(system_step.STEP)).answers(draft)
        return found

    def spot(self, draft: Draft, path: str) -> Spot | None:
        """Which field (step, group, key) answers for what stands at `path` of the object; None when none does."""
        if path.startswith("metadata.namespace"):
            return (shared.BASICS, 0, "namespace")
        if path in ("metadata", "metadata.name"):
            return (shared.BASICS, 0, "name")
        return self.system(draft.group(system_step.STEP)).spot(draft, path)

    def draft(self, word: str, found: Any) -> Draft:
        """The inverse of `answers`, of the system `word`. Raises AnswersError for what the form cannot show."""
        system = next(one for one in self.systems if one.of.word == word)
        texts = system.texts(found)
        groups = {step.key: _groups(step, texts.get(step.key)) for step in self.form().steps}
        return Draft(groups).with_answer(system_step.STEP, "system", word)


def _groups(step: Step, said: Group | Sequence[Group] | None) -> tuple[Group, ...]:
    """Whole groups, of what is said of them; None: nothing."""
    if said is None:
        return (step.blank(),) * step.begins
    return tuple({**step.blank(), **one} for one in ((said,) if isinstance(said, Mapping) else said))
