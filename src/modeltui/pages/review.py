"""A change before it is confirmed, and the account of it afterwards, as lines. Pure."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from modeltui.changes.account import Account, StepState
from modeltui.changes.findings import destroys
from modeltui.changes.paths import spelled
from modeltui.changes.plan import Action, Choice
from modeltui.changes.refusals import FOR_EVER
from modeltui.changes.reviewed import Review, Reviewed
from modeltui.document import BLANK, Line, Tone, line, plain
from modeltui.domain import Finding
from modeltui.pages import difference
from modeltui.pages.common import finding_lines
from modeltui.pages.yaml_lines import colour
from modeltui.redaction import redact_object
from modeltui.systems.operations import Going
from modeltui.yaml_output import dump_object

Choices = Mapping[int, Choice]
_VERBS = {Action.APPLY: "Apply", Action.CREATE: "Make", Action.DELETE: "Delete"}


def lines(review: Review, choices: Choices, findings: Sequence[Sequence[Finding]] = (), *, by_keys: bool = True) -> list[Line]:
    """What will be done to each object. `findings`: of the checks, by step. `by_keys`: say which keys decide a conflict."""
    out = plan = _plan(review)
    for number, step in enumerate(review.steps):
        told = findings[number] if number < len(findings) else ()
        out = [*out, *([BLANK] if out else []), *_step(number, step, choices.get(number), told, by_keys=by_keys, planned=bool(plan))]
    return out


def _plan(review: Review) -> list[Line]:
    """The order of things where one waits for another, before all that there is to say of each."""
    if len(review.steps) == 1 or not any(_waits(step) for step in review.steps):
        return []
    out: list[Line] = []
    for number, reviewed in enumerate(review.steps):
        step = reviewed.step
        told = step.note or f"{_VERBS[step.action]} {step.resource.kind} {step.name}."
        waits = _waits(reviewed)
        out.append(line(f"{number + 1}. {f'{waits[:1].upper()}{waits[1:]}; then: ' if waits else ''}{told}", "warn"))
    return out


def title(number: int, reviewed: Reviewed) -> str:
    step = reviewed.step
    where = f"{step.namespace}/{step.name}" if step.namespace else step.name
    return f"{number + 1}. {_VERBS[step.action]} {step.resource.kind} {where}"


def _step(
    number: int, reviewed: Reviewed, choice: Choice | None, findings: Sequence[Finding], *, by_keys: bool, planned: bool
) -> list[Line]:
    """`planned`: what it is for, and what it waits for, has been told already."""
    outcome = reviewed.chosen(choice) or reviewed.outcome
    told = difference.count(outcome.difference) if outcome and reviewed.step.action is not Action.DELETE else ""
    if reviewed.step.action is not Action.DELETE and reviewed.step.live is None and told == difference.count(()):
        told = "is made"
    if reviewed.unchanged:
        told = "is not there" if reviewed.step.action is Action.DELETE else "is so already"
    out: list[Line] = [((plain(title(number, reviewed)), "title"), (f"  {told}" if told else "", "dim"))]
    if reviewed.step.note and not planned:
        out.append(line(f"  {reviewed.step.note}", "warn"))
    for refusal in reviewed.refusals:
        out.append((("  ✕ ", "bad"), (f"{plain(refusal.field)}: " if refusal.field else "", "key"), (plain(refusal.sentence), "bad")))
        if refusal.raw and refusal.raw != refusal.sentence:
            out.append(line(f"      {refusal.raw}", "dim"))
    for finding in findings:
        out += finding_lines(finding)
    if reviewed.hidden:
        told = f"{_all(reviewed.hidden)} may not be looked at, so whether what is there has gone by then is unknown."
        out.append(line(f"  ▲ {told}", "warn"))
    if (waits := _waits(reviewed)) and not planned:
        out.append(line(f"  … {waits}.", "warn"))
    if reviewed.pending:
        out.append(line(f"  … {reviewed.pending}", "warn"))
    if reviewed.drift:
        changed = ", ".join(spelled(change.path) for change in reviewed.drift[:5])
        more = f" and {len(reviewed.drift) - 5} more" if len(reviewed.drift) > 5 else ""
        out.append(line(f"  ▲ Others have changed this since you began: {changed}{more}. Your change is laid over theirs.", "warn"))
    out += _conflicts(reviewed, choice, by_keys=by_keys)
    if outcome is None:
        return out
    for warning in outcome.warnings:
        out.append(line(f"  ▲ The server warns: {warning}", "warn"))
    for removal in outcome.removals:
        whose = f"owned by {', '.join(removal.owners)}" if removal.owners else "owned by nobody"
        out.append(line(f"  ▲ {spelled(removal.path)} is taken away although it is {whose}.", "warn"))
    if reviewed.step.action is not Action.DELETE:
        out += difference.lines(outcome.difference)
    return out


def _waits(reviewed: Reviewed) -> str:
    """What is waited for before the step, and what else would be, should it be on its way out by then."""
    if not reviewed.awaited and not any(one.sure for one in reviewed.step.once_gone):
        return ""
    later = [one for one in reviewed.step.once_gone if one not in reviewed.awaited + reviewed.hidden]
    first = [f"waits until {_all(reviewed.awaited)} {'is' if len(reviewed.awaited) == 1 else 'are'} gone"] if reviewed.awaited else []
    also = f"{', and for' if first else 'waits for'} {_all(later)} should {'it' if len(later) == 1 else 'they'} go too" if later else ""
    return "".join([*first, also])


def _all(going: Sequence[Going]) -> str:
    return " and ".join(str(one) for one in going)


def _conflicts(reviewed: Reviewed, choice: Choice | None, *, by_keys: bool) -> list[Line]:
    if not reviewed.conflicts:
        return []
    out: list[Line] = []
    for manager, fields in reviewed.conflicts.items():
        out.append((("  ≠ Conflict: ", "bad"), (plain(manager), "accent"), (" owns ", ""), (plain(", ".join(fields)), "key")))
    if choice is None and not by_keys:
        return out
    if choice is None:
        leave = ", l leaves theirs as it is" if reviewed.leaving is not None else " (leaving theirs is not possible here)"
        out.append(line(f"    t takes those fields over{leave}, esc cancels.", "warn"))
    else:
        said = "are taken over" if choice is Choice.TAKE_OVER else "are left as they are"
        out.append(line(f"    Those fields {said}.{' backspace asks again.' if by_keys else ''}", "good"))
    return out


def manifest_lines(review: Review, choices: Choices) -> list[Line]:
    """What is sent, secrets masked."""
    out: list[Line] = []
    for number, reviewed in enumerate(review.steps):
        outcome = reviewed.chosen(choices.get(number)) or reviewed.outcome
        out += [line("---", "dim")] if out else []
        out.append(line(f"# {title(number, reviewed)}", "comment"))
        if outcome is not None and outcome.manifest is not None:
            out += [colour(text) for text in dump_object(redact_object(outcome.manifest)).splitlines()]
    return out


def idle(review: Review, choices: Choices) -> bool:
    """Whether nothing would be written, as it was decided."""
    if review.unchanged:
        return True
    chosen = [(step, step.chosen(choices.get(number))) for number, step in enumerate(review.steps)]
    return all(
        step.unchanged
        or (outcome is not None and outcome.result is not None and not outcome.changes and step.step.live is not None and not step.pending)
        for step, outcome in chosen
    )


def state(review: Review, choices: Choices, blocked: int) -> tuple[str, Tone]:
    """One sentence: what is to be decided next. `blocked`: findings that stop it and were not overridden."""
    refused = sum(1 for step in review.steps if step.refusals)
    undecided = sum(1 for number, step in enumerate(review.steps) if step.conflicts and number not in choices)
    if refused and all(refusal.sentence.startswith(FOR_EVER) for step in review.steps for refusal in step.refusals):
        return "That never changes once the object exists: shift-r begins to replace the object, esc goes back.", "bad"
    if refused and all(refusal.denied for step in review.steps for refusal in step.refusals):
        return "You may not do this, so nothing can be written: esc goes back.", "bad"
    if refused:
        return "The server would not take it: go back with esc and correct what is marked.", "bad"
    if undecided:
        return "Others own fields of this: decide what becomes of them.", "warn"
    if idle(review, choices):
        return "There is nothing to do: the cluster is so already.", "good"
    deletes = any(step.step.action is Action.DELETE for step in review.steps)
    if blocked:
        several = f"{blocked} findings (✕) speak" if blocked > 1 else "A finding (✕) speaks"
        if deletes:
            return f"{several} against deleting this: esc goes back, o overrides.", "bad"
        return f"{several} against this: esc goes back to correct, o overrides.", "bad"
    later = ", after a few seconds in which esc stops it" if destroys(step.step for step in review.steps) else ""
    return f"Nothing has been written yet. a {'deletes' if deletes else 'applies'} it{later}.", "accent"


_STATES: dict[StepState, tuple[str, Tone]] = {
    StepState.DONE: ("✓", "good"),
    StepState.UNCHANGED: ("=", "dim"),
    StepState.FAILED: ("✗", "bad"),
    StepState.PARTLY: ("▲", "bad"),
    StepState.UNKNOWN: ("?", "warn"),
    StepState.NOT_DONE: ("□", "dim"),
}


def account_lines(account: Account) -> list[Line]:
    """What was and was not done, in order."""
    out: list[Line] = []
    for executed in account.steps:
        sign, tone = _STATES[executed.state]
        out.append(((f"  {sign} ", tone), (plain(str(executed.step)), ""), (f"  {executed.state}", tone)))
        again = sum(1 for other in account.steps if other.step.place == executed.step.place) > 1
        if again and executed.step.note:  # else two lines say the same
            out.append(line(f"      {executed.step.note}", "dim"))
        if executed.sentence:
            out.append(line(f"      {executed.sentence}", "bad" if executed.state in (StepState.FAILED, StepState.PARTLY) else "dim"))
        out += [line(f"      The server warns: {warning}", "warn") for warning in executed.warnings]
    return out
