"""What was answered so far, as typed. Immutable: a step back, a crash or a refused apply loses nothing."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

from modeltui.ui.wizards.form import Form, Kind, Problem, Step

Group = Mapping[str, str]
MOST_GROUPS: Final = 100
"""Groups that are read back of one step: a file that somebody has edited may hold anything."""


@dataclass(frozen=True, slots=True)
class Draft:
    """By step: the groups of answers. A step without cards has exactly one."""

    groups: Mapping[str, tuple[Group, ...]]

    def group(self, step: str, number: int = 0) -> Group:
        """Raises KeyError or IndexError."""
        return self.groups[step][number]

    def answer(self, step: str, field: str, *, group: int = 0) -> str:
        return self.groups[step][group].get(field, "")

    def around(self, form: Form, step: Step, number: int) -> Group:
        """The answers that a question of that group may depend on: its own, and those of all steps without cards."""
        found: dict[str, str] = {}
        for other in form.steps:
            if not other.card:
                found |= self.groups[other.key][0]
        return found | dict(self.groups[step.key][number])

    def with_answer(self, step: str, field: str, value: str, *, group: int = 0) -> Draft:
        groups = list(self.groups[step])
        groups[group] = {**groups[group], field: value}
        return self._with(step, groups)

    def with_group(self, step: Step, *, like: Group | None = None) -> Draft:
        """One more card, at the end."""
        return self._with(step.key, [*self.groups[step.key], dict(like) if like is not None else step.blank()])

    def without_group(self, step: str, number: int) -> Draft:
        return self._with(step, [group for index, group in enumerate(self.groups[step]) if index != number])

    def _with(self, step: str, groups: list[Group]) -> Draft:
        return Draft({**self.groups, step: tuple(groups)})


def blank(form: Form) -> Draft:
    return Draft({step.key: (step.blank(),) for step in form.steps})


def problems(form: Form, draft: Draft) -> tuple[Problem, ...]:
    """Everything that is wrong, in the order of the form."""
    found = [
        Problem(step.key, number, field.key, sentence)
        for step in form.steps
        for number, group in enumerate(draft.groups[step.key])
        for field in step.asked(draft.around(form, step, number))
        if (sentence := field.problem(group.get(field.key, "")))
    ]
    order = {step.key: place for place, step in enumerate(form.steps)}
    return tuple(sorted([*found, *form.across(draft.groups)], key=lambda problem: (order[problem.step], problem.group)))


def saved(form: Form, draft: Draft) -> dict[str, Any]:
    """For a file: everything but secrets."""
    secret = {step.key: {field.key for field in step.fields if field.kind is Kind.SECRET} for step in form.steps}
    return {
        step: [{key: value for key, value in group.items() if key not in secret[step]} for group in groups]
        for step, groups in draft.groups.items()
    }


def restored(form: Form, content: object) -> Draft:
    """From a file of any content: what fits the form is taken, what does not is left out, what is missing is blank."""
    known = content if isinstance(content, Mapping) else {}
    groups = {}
    for step in form.steps:
        kept = known.get(step.key)
        kept = [one for one in kept if isinstance(one, Mapping)][:MOST_GROUPS] if isinstance(kept, list) else []
        if not step.card:
            kept = kept[:1] or [{}]
        groups[step.key] = tuple(_restored(step, one) for one in kept)
    return Draft(groups)


def _restored(step: Step, kept: Mapping[Any, Any]) -> dict[str, str]:
    group = step.blank()
    for field in step.fields:
        value = kept.get(field.key)
        if isinstance(value, str) and field.kind is not Kind.SECRET:
            group[field.key] = value
    return group
