"""What was answered so far, as typed. Immutable: a step back, a crash or a refused apply loses nothing."""

from __future__ import annotations

from collections.abc import Container, Mapping
from dataclasses import dataclass
from typing import Any, Final

from modeltui.ui.wizards.form import Field, Form, Kind, Problem, Step, nothing_proposed

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
        return {**self.plain(form), **self.groups[step.key][number]}

    def plain(self, form: Form) -> Group:
        """The answers of all steps without cards, those too that are not asked."""
        found: dict[str, str] = {}
        for step in form.steps:
            if not step.card:
                found |= self.groups[step.key][0]
        return found

    def asked(self, form: Form) -> tuple[Step, ...]:
        """The steps that make sense, given the answers so far."""
        plain = self.plain(form)
        return tuple(step for step in form.steps if step.wanted(plain))

    def with_answer(self, step: str, field: str, value: str, *, group: int = 0) -> Draft:
        groups = list(self.groups[step])
        groups[group] = {**groups[group], field: value}
        return self._with(step, groups)

    def with_group(self, step: Step, *, like: Group | None = None) -> Draft:
        """One more card, at the end."""
        return self._with(step.key, [*self.groups[step.key], dict(like) if like is not None else step.blank()])

    def with_group_at(self, step: str, number: int, group: Group) -> Draft:
        groups = list(self.groups[step])
        groups.insert(number, dict(group))
        return self._with(step, groups)

    def with_groups_swapped(self, step: str, one: int, other: int) -> Draft:
        groups = list(self.groups[step])
        groups[one], groups[other] = groups[other], groups[one]
        return self._with(step, groups)

    def without_group(self, step: str, number: int) -> Draft:
        return self._with(step, [group for index, group in enumerate(self.groups[step]) if index != number])

    def _with(self, step: str, groups: list[Group]) -> Draft:
        return Draft({**self.groups, step: tuple(groups)})


def blank(form: Form) -> Draft:
    return proposed(form, Draft({step.key: (step.blank(),) * step.begins for step in form.steps}))


def proposed(form: Form, draft: Draft, *, before: Draft | None = None, by: Form | None = None) -> Draft:
    """With what the answers propose for others, wherever nobody typed anything else: where there is nothing, or what was proposed
    `before` (by the form `by`, when the form has changed as well). In the order of the form, since one proposal may follow another."""
    for step in form.steps:
        for place, field in enumerate(step.fields):
            if field.proposes is not nothing_proposed:
                old = by.step(step.key).fields[place] if by is not None else field
                for number in range(len(draft.groups[step.key])):
                    draft = _with_proposal(form, draft, step, number, (old, field), before)
    return draft


def _with_proposal(form: Form, draft: Draft, step: Step, number: int, fields: tuple[Field, Field], before: Draft | None) -> Draft:
    """`fields`: as it was, and as it is."""
    was, field = fields
    new = field.proposes(draft.around(form, step, number))
    there = draft.answer(step.key, field.key, group=number)
    if new == there:
        return draft
    known = before is not None and number < len(before.groups[step.key])
    old = was.proposes(before.around(form, step, number)) if before is not None and known else step.blank()[field.key]
    return draft.with_answer(step.key, field.key, new, group=number) if there == old and new != old else draft


def problems(form: Form, draft: Draft) -> tuple[Problem, ...]:
    """Everything that is wrong, in the order of the form."""
    found = [
        Problem(step.key, number, field.key, sentence)
        for step in draft.asked(form)
        for number, group in enumerate(draft.groups[step.key])
        for field in step.asked(draft.around(form, step, number))
        if (sentence := field.problem(group.get(field.key, "")))
    ]
    order = {step.key: place for place, step in enumerate(form.steps)}
    return tuple(sorted([*found, *form.across(draft.groups)], key=lambda problem: (order[problem.step], problem.group)))


def saved(form: Form, draft: Draft) -> tuple[dict[str, Any], tuple[str, ...]]:
    """For a file: everything but secrets; and the labels of the answers that lack something therefore."""
    content: dict[str, list[dict[str, str]]] = {}
    lacking: dict[str, None] = {}
    asked = draft.asked(form)
    for step in form.steps:
        content[step.key] = []
        for number, group in enumerate(draft.groups[step.key]):
            around = draft.around(form, step, number)
            kept = {field.key: field.kept(group.get(field.key, ""), around) for field in step.fields}
            meant = step.asked(around) if step in asked else ()
            lacking |= {field.label: None for field in meant if kept[field.key] != group.get(field.key, "")}
            content[step.key].append(kept)
    return content, tuple(lacking)


def untouched(form: Form, draft: Draft) -> tuple[str, ...]:
    """The answers, as "step.field", that stand as the form proposes them."""
    return tuple(
        f"{step.key}.{field.key}"
        for step in form.steps
        if not step.card
        for field in step.fields
        if field.proposes is not nothing_proposed and field.proposes(draft.around(form, step, 0)) == draft.answer(step.key, field.key)
    )


def told(form: Form, before: Draft, after: Draft, *, proposed: Container[str] = ()) -> list[tuple[str, str]]:
    """What was answered otherwise than `before`: labels, and the answers without secrets. A step of cards is told by their names.
    `proposed`: those that nobody typed, as `untouched` names them."""
    found: list[tuple[str, str]] = []
    for step in after.asked(form):
        if step.card:
            if before.groups[step.key] != after.groups[step.key]:
                names = [group.get(step.fields[0].key, "") or "(no name)" for group in after.groups[step.key]]
                found.append((step.title, ", ".join(names) or "none"))
            continue
        around, then = after.around(form, step, 0), before.group(step.key)
        for field in step.asked(around):
            value = after.answer(step.key, field.key)
            if value != then.get(field.key, "") and f"{step.key}.{field.key}" not in proposed:
                found.append((field.label, field.kept(value, around).replace("\n", ", ") or "(empty)"))
    return found


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
