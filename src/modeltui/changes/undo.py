"""Bringing back what was before a change: by a change of its own, which goes the same way as any other."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

from modeltui.changes.account import Account, Executed
from modeltui.changes.execute import Recorder, execute
from modeltui.changes.lookup import without
from modeltui.changes.paths import spelled
from modeltui.changes.plan import Action, Change, Step
from modeltui.changes.refusals import Refusal
from modeltui.changes.review import Review, Reviewed, review
from modeltui.changes.secret_values import masked_paths
from modeltui.changes.writing import Patience
from modeltui.kube.apply import Manifest, writable
from modeltui.kube.client import Client
from modeltui.kube.resource import Resource


def reversal(account: Account) -> Change:
    """The last step first: what was made is deleted, what was changed gets its old values, what was deleted is made anew.

    What others changed since then stays: only what the change itself did is taken back.
    """
    gone = {
        executed.step.live["metadata"].get("uid")
        for executed in account.written
        if executed.step.action == Action.DELETE and executed.step.live is not None
    }
    back = [_back(executed, gone) for executed in reversed(_together(account.written))]
    going = {later.step.place: tuple(replace(one, sure=False) for one in later.step.once_gone) for later in account.not_done}
    return Change(f"Undo: {account.title}", tuple(replace(step, once_gone=going.get(step.place, ())) for step in back))


def restored(resource: Resource, before: Mapping[str, Any], *, dead_owners: frozenset[str] = frozenset()) -> Step:
    """What makes a deleted object anew. Secrets that are masked in `before` are left out, and the step's note says so."""
    lost = list(masked_paths(writable(before)))
    manifest = without(writable(before), lost)
    owners = [owner for owner in manifest["metadata"].get("ownerReferences", ()) if owner.get("uid") not in dead_owners]
    manifest["metadata"] = {key: value for key, value in manifest["metadata"].items() if key != "ownerReferences"}
    if owners:
        manifest["metadata"]["ownerReferences"] = owners
    notes = ["what hung on it and went with it does not come back"]
    if lost:
        notes.append(f"without its secrets, which nobody kept: {', '.join(spelled(path) for path in lost)}")
    return Step.create(resource, manifest, note="; ".join(notes))


async def review_undo(client: Client, account: Account) -> Review:
    """The review of the reversal. What was made and has been changed by others since is not deleted: that step is refused."""
    found = await review(client, reversal(account))
    return replace(found, steps=tuple(_unless_changed(step) for step in found.steps))


async def undo(client: Client, account: Account, *, recorder: Recorder, patience: Patience | None = None) -> Account:
    """Undo without a question in between. Nothing at all is written when a step of it is refused or in conflict (ValueError)."""
    return await execute(client, await review_undo(client, account), recorder=recorder, patience=patience)


def _together(written: Sequence[Executed]) -> list[Executed]:
    """Several changes of one object, one after the other, are one: from what it was before them to what it was after."""
    found: list[Executed] = []
    for executed in written:
        before = found[-1] if found else None
        if before is not None and before.step.place == executed.step.place and before.result is not None and executed.result is not None:
            found[-1] = replace(executed, step=replace(executed.step, live=before.step.live))
        else:
            found.append(executed)
    return found


def _back(executed: Executed, gone: set[Any]) -> Step:
    step, before, after = executed.step, executed.step.live, executed.result
    if step.action == Action.DELETE:
        assert before is not None
        return restored(step.resource, before, dead_owners=frozenset(gone))
    assert after is not None
    if before is None:
        return Step.delete(step.resource, after, note="it was made by the change that is undone")
    return Step.apply(step.resource, _with_identity(before, after), after)


def _with_identity(before: Manifest, after: Manifest) -> Manifest:
    return {**before, "apiVersion": after["apiVersion"], "kind": after["kind"]}


def _unless_changed(reviewed: Reviewed) -> Reviewed:
    """Deleting what others have put their work into since is no undo. Metadata does not count: controllers leave their marks there."""
    changed = [change.path for change in reviewed.drift if change.path[0] != "metadata"]
    if reviewed.step.action != Action.DELETE or not changed:
        return reviewed
    said = "was changed by somebody else since it was made: delete it yourself if that is meant"
    return replace(reviewed, outcome=None, refusals=tuple(Refusal(spelled(path), said, "") for path in changed))
