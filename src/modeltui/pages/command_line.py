"""A change as what somebody would type for it. Pure.

All that is not a command is a comment, so that the whole can be pasted into a shell.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from shlex import quote
from typing import Final

from modeltui.changes.plan import Action, Choice, Step
from modeltui.changes.reviewed import Outcome, Review
from modeltui.document import Line, line
from modeltui.kube.apply import Manifest, Pointer
from modeltui.pages.yaml_lines import colour
from modeltui.redaction import MASK, redact_object
from modeltui.yaml_output import dump_object

_FILE: Final = "change.yaml"
_ANSWERS: Final = "answers.yaml"


def lines(review: Review, choices: Mapping[int, Choice], *, context: str, manager: str, form: str = "") -> list[Line]:
    """`form`: "model" or "source" when the change comes from answers, that `modeltui render` takes too."""
    kubectl = f"kubectl --context {quote(context)}" if context else "kubectl"
    applied: list[Outcome] = []
    own = False
    out: list[Line] = []
    for number, reviewed in enumerate(review.steps):
        step, outcome = reviewed.step, reviewed.chosen(choices.get(number)) or reviewed.outcome
        if step.action is Action.DELETE:
            out.append(line(f"{kubectl} delete {_target(step)} --cascade={step.propagation.lower()}", "code"))
        elif outcome is not None and outcome.manifest is not None:
            out += _taken_away(kubectl, step, outcome, manager=manager)
            applied.append(outcome)
            own = own or _updated_by(manager, step.live)
    return [*out, *_applied(kubectl, applied, context=context, manager=manager, form=form, own=own)] or [
        line("# There is nothing to do.", "comment")
    ]


def _target(step: Step) -> str:
    where = f" -n {quote(step.namespace)}" if step.namespace else ""
    return f"{step.resource.group_resource} {quote(step.name)}{where}"


def _updated_by(manager: str, live: Manifest | None) -> bool:
    """Whether it has written to the object other than by apply: such fields are its own to the console, and a conflict to kubectl."""
    entries = (live or {}).get("metadata", {}).get("managedFields") or []
    return any(entry.get("manager") == manager and entry.get("operation") == "Update" and not entry.get("subresource") for entry in entries)


def _taken_away(kubectl: str, step: Step, outcome: Outcome, *, manager: str) -> list[Line]:
    """What an apply does not remove, since others, or nobody, own it."""
    if not outcome.removals:
        return []
    last_first = sorted(
        (one.pointer for one in outcome.removals), key=lambda one: [(isinstance(part, int), part) for part in one], reverse=True
    )
    operations = json.dumps([{"op": "remove", "path": _json_pointer(pointer)} for pointer in last_first])
    return [line(f"{kubectl} patch {_target(step)} --field-manager={manager} --type=json -p {quote(operations)}", "code")]


def _json_pointer(pointer: Pointer) -> str:
    """RFC 6901."""
    return "".join("/" + str(part).replace("~", "~0").replace("/", "~1") for part in pointer)


def _applied(kubectl: str, outcomes: Sequence[Outcome], *, context: str, manager: str, form: str, own: bool) -> list[Line]:
    if not outcomes:
        return []
    taking_over = any(outcome.force for outcome in outcomes)
    force = " --force-conflicts" if taking_over or own else ""
    apply = f"{kubectl} apply --server-side --field-manager={manager}{force} --validate=strict -f"
    text = "---\n".join(dump_object(redact_object(outcome.manifest or {})) for outcome in outcomes)
    if MASK in text:
        out = [
            line(f"# {_FILE}: what the manifest view shows, with the secrets put in for {MASK}", "comment"),
            line(f"{apply} {_FILE}", "code"),
        ]
    else:
        end = "MANIFEST"
        while end in text.splitlines():
            end += "_"
        out = [line(f"{apply} - <<'{end}'", "code"), *(colour(one) for one in text.splitlines()), line(end, "code")]
    if own and not taking_over:
        out.insert(
            0, line(f"# --force-conflicts, since {manager} wrote to it by an update, too, which kubectl takes for somebody else", "comment")
        )
    modeltui = f"modeltui --context {quote(context)}" if context else "modeltui"
    taking = " --force-conflicts" if taking_over else ""
    out += [
        line("# Or, with the same review as here, from a file:", "comment"),
        line(f"#   {modeltui} apply{taking} -f {_FILE}", "comment"),
    ]
    if form:
        with_secret = " --with-secret" if len(outcomes) > 1 else ""
        out += [
            line(f"# Or, from the answers, that ctrl-s in the form saves as {_ANSWERS}:", "comment"),
            line(f"#   modeltui render {form} -f {_ANSWERS}{with_secret} | {apply} -", "comment"),
        ]
    return out
