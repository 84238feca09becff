"""What a change would do, asked of the server before anything is written: a strict dry run of every object."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import replace
from typing import Final

from modeltui.changes.applyset import Removal, apply_set, left_behind
from modeltui.changes.comparing import Changed, changed_fields
from modeltui.changes.difference import difference
from modeltui.changes.lookup import pointer_to, without
from modeltui.changes.paths import Path, spelled
from modeltui.changes.plan import Action, Change, Step
from modeltui.changes.rebase import rebase
from modeltui.changes.refusals import Refusal, refusals
from modeltui.changes.reviewed import Outcome, Review, Reviewed
from modeltui.changes.secret_values import masked_paths, secret_values
from modeltui.changes.theirs import with_theirs
from modeltui.changes.waiting import in_the_way
from modeltui.kube import errors
from modeltui.kube.apply import Manifest, Stale, apply, create_only, delete, read, take_away, writable
from modeltui.kube.client import Client

__all__ = ["Outcome", "Review", "Reviewed", "all_refusals", "review", "review_step"]

_TRIES: Final = 3
_SHORT: Final = 60
"""Characters of a value that fits into a sentence."""
_NO_DRY_RUN: Final = "does not support dry run"
"""Of a webhook with side effects: every dry run of what it looks at is refused."""
_NAMESPACE: Final = "Namespace"
_CRD: Final = "CustomResourceDefinition"


async def review(client: Client, change: Change) -> Review:
    """Nothing is written. Raises KubeError only when the server cannot be asked; what it refuses is in the review."""
    found = [await review_step(client, step, change.steps[:at]) for at, step in enumerate(change.steps)]
    return Review(change.title, tuple(_goes_on(reviewed, change.steps[at + 1 :]) for at, reviewed in enumerate(found)))


def _goes_on(reviewed: Reviewed, later: Sequence[Step]) -> Reviewed:
    """What a later step goes on from cannot be left out."""
    on = any(step.once_gone and step.place == reviewed.step.place for step in later)
    return replace(reviewed, leaving=None) if on else reviewed


async def review_step(client: Client, step: Step, before: Sequence[Step] = ()) -> Reviewed:
    """One step. `before`: those of the change that will be done by then."""
    for _ in range(_TRIES):
        try:
            return await _reviewed(client, step, before)
        except Stale:
            continue
        except (errors.Unreachable, errors.Unauthorized):
            raise
        except errors.KubeError as error:
            return Reviewed(step, None, refusals=await all_refusals(client, step, error))
    return Reviewed(step, None, refusals=(Refusal("", "somebody else keeps changing it: try again when that is over", ""),))


async def _reviewed(client: Client, step: Step, before: Sequence[Step]) -> Reviewed:
    try:
        awaited, hidden = await in_the_way(client, step.once_gone)
    except errors.Forbidden as error:
        unseen = [replace(one, sentence=f"could not be waited for: {one.sentence}") for one in refusals(error)]
        return Reviewed(step, None, refusals=tuple(unseen))
    if step.once_gone and any(earlier.place == step.place for earlier in before):
        found = _unchecked(step, "it goes on from the step before: the server checks it then", step.desired)
    else:
        found = await _alone(client, step, before)
    return replace(found, awaited=awaited, hidden=hidden)


async def _alone(client: Client, step: Step, before: Sequence[Step]) -> Reviewed:
    current = await _current(client, step, before)
    drift = changed_fields(step.live, current) if step.live is not None and current is not None else ()
    now = replace(step, live=current, whole=step.whole and (step.live is not None or current is None))
    if step.action == Action.DELETE:
        return await _deletion(client, step, now, drift)
    if refused := _impossible(step, current):
        return Reviewed(now, None, refusals=refused, drift=drift)
    assert step.desired is not None
    if now.whole and step.live is not None and current is not None:
        moved = rebase(step.live, step.desired, current)
        now = replace(now, desired=moved.desired)
        if moved.overtaken:
            return Reviewed(now, None, refusals=_overtaken(step.live, current, moved.overtaken), drift=drift)
    try:
        return replace(await _writing(client, now, before), drift=drift)
    except errors.BadRequest as error:
        if _NO_DRY_RUN not in error.message:
            raise
        asked = now.desired if now.whole or current is None else rebase({"metadata": {}}, step.desired, current).desired
        return replace(_unchecked(now, f"{error.message}: nobody can tell beforehand what it makes of this", asked), drift=drift)


def _overtaken(base: Manifest, current: Manifest, paths: Sequence[Path]) -> tuple[Refusal, ...]:
    """Who says the same as others can go on with all the rest, so what they said is told where it is one plain value and no secret."""
    theirs = {one.path: one for one in difference(base, current, asked=None)}
    found = []
    for path in map(spelled, paths):
        one = theirs.get(path)
        told = one is not None and not one.hidden and isinstance(one.after, str | int | float) and len(str(one.after)) <= _SHORT
        to = f", to {json.dumps(one.after, ensure_ascii=False)}" if one is not None and told else ""
        out = "say the same, or begin again" if to else "begin again"
        found.append(Refusal(path, f"was changed by somebody else since this was begun{to}: {out} with what it is now", ""))
    return tuple(found)


async def _current(client: Client, step: Step, before: Sequence[Step]) -> Manifest | None:
    """The object as it will be found: gone, when it is deleted first."""
    if any(earlier.action == Action.DELETE and earlier.place == step.place for earlier in before):
        return None
    try:
        return await read(client, step.resource, step.namespace, step.name)
    except errors.NotFound:  # the whole kind is not served: the dry run will tell, or an earlier step makes it
        return None


def _impossible(step: Step, current: Manifest | None) -> tuple[Refusal, ...]:
    """What no server needs to be asked for."""
    assert step.desired is not None
    there = set(masked_paths(current)) if current is not None else set()
    if hidden := [path for path in masked_paths(step.desired) if path not in there]:
        said = "is masked here, and the mask must not be written: give the value, or leave the field out"
        return tuple(Refusal(spelled(path), said, "") for path in hidden)
    if step.action == Action.APPLY and step.live is not None:
        if current is None:
            return (Refusal("", "was deleted by somebody else since this was begun: begin again", ""),)
        if current["metadata"].get("uid") != step.live["metadata"].get("uid", current["metadata"].get("uid")):
            return (Refusal("", "was deleted and made anew by somebody else since this was begun: begin again", ""),)
    if current is not None and current["metadata"].get("deletionTimestamp"):
        return (Refusal("", "is being deleted: wait until it is gone", ""),)
    return ()


async def _writing(client: Client, step: Step, before: Sequence[Step]) -> Reviewed:
    assert step.desired is not None
    if any(earlier.action == Action.DELETE and earlier.place == step.place for earlier in before):
        elsewhere = {key: value for key, value in step.desired["metadata"].items() if key != "name"} | {"generateName": "modeltui-review-"}
        made = await create_only(client, step.resource, step.desired | {"metadata": elsewhere}, dry_run=True)
        return _unchecked(step, f"{step} comes after its deletion: what the name alone decides is checked then", made.object, made.warnings)
    try:
        if step.live is None and step.action == Action.CREATE:
            made = await create_only(client, step.resource, step.desired, dry_run=True)
            return Reviewed(step, _outcome(step, step.desired, made.object, warnings=made.warnings))
        return await _applying(client, step)
    except errors.NotFound as error:
        if reason := _made_before(step, before, error):
            return _unchecked(step, reason, step.desired)
        raise
    except errors.AlreadyExists as error:
        return Reviewed(step, None, refusals=refusals(error))


async def _applying(client: Client, step: Step) -> Reviewed:
    assert step.desired is not None
    try:
        outcome = await _dry_run(client, step, step.desired, force=False)
    except errors.Conflict as conflict:
        if not conflict.managers:
            raise
        fields = [name for owned in conflict.managers.values() for name in owned]
        theirs, spelling = with_theirs(step.live or {}, step.desired, fields)
        conflicts = {
            manager: tuple(spelling.get(name, name.removeprefix(".")) for name in owned) for manager, owned in conflict.managers.items()
        }
        taking = await _dry_run(client, step, step.desired, force=True)
        leaving = await _leaving(client, step, theirs) if set(fields) == set(spelling) else None
        return _if_new(Reviewed(step, taking, leaving, conflicts))
    return _if_new(Reviewed(step, outcome))


def _if_new(reviewed: Reviewed) -> Reviewed:
    """An object that must not exist, but does, is only right when it is as it should be: then this was done before."""
    if reviewed.step.action == Action.CREATE and reviewed.outcome and (reviewed.outcome.changes or reviewed.conflicts):
        said = "exists already: choose another name, or change the one that is there"
        return Reviewed(reviewed.step, None, refusals=(Refusal("metadata.name", said, ""),))
    return reviewed


async def _leaving(client: Client, step: Step, theirs: Manifest) -> Outcome | None:
    try:
        return await _dry_run(client, step, theirs, force=False)
    except (errors.Unreachable, errors.Unauthorized):
        raise
    except errors.KubeError:
        return None  # what is left of it is refused, such as a reference to what was not added


async def _dry_run(client: Client, step: Step, desired: Manifest, *, force: bool) -> Outcome:
    manifest = apply_set(step.live, desired) if step.whole else writable(desired)
    would = await apply(client, step.resource, manifest, dry_run=True, force=force)
    removals = left_behind(step.live, desired, would.object) if step.live is not None and step.whole else ()
    if step.live is None or not removals:
        return _outcome(step, manifest, would.object, warnings=would.warnings, force=force, asked=desired)
    less = await take_away(
        client,
        step.resource,
        step.namespace,
        step.name,
        [removal.pointer for removal in removals],
        resource_version=step.live["metadata"]["resourceVersion"],
        dry_run=True,
    )
    stay = tuple(f"{spelled(removal.path)} stays: the server puts it there again" for removal in removals if pointer_to(less, removal.path))
    gone = tuple(removal for removal in removals if pointer_to(less, removal.path) is None)
    result = without(would.object, [pointer for removal in gone if (pointer := pointer_to(would.object, removal.path)) is not None])
    return _outcome(step, manifest, result, warnings=would.warnings + stay, force=force, asked=desired, removals=gone)


def _outcome(
    step: Step,
    manifest: Manifest | None,
    result: Manifest | None,
    *,
    warnings: tuple[str, ...] = (),
    force: bool = False,
    asked: Manifest | None = None,
    removals: tuple[Removal, ...] = (),
) -> Outcome:
    shown = difference(step.live, result, asked=asked if asked is not None else step.desired)
    return Outcome(manifest, force, removals, result, shown, warnings, changed_fields(step.live, result))


async def _deletion(client: Client, asked: Step, step: Step, drift: tuple[Changed, ...]) -> Reviewed:
    if step.live is None:
        return Reviewed(step, _outcome(step, None, None))
    uid = step.live["metadata"]["uid"]
    if asked.live is not None and asked.live["metadata"].get("uid", uid) != uid:
        said = "the one that was meant is gone, and another one has its name: look at that first"
        return Reviewed(step, None, refusals=(Refusal("", said, ""),))
    outcome = _outcome(step, None, None)
    try:
        await delete(client, step.resource, step.namespace, step.name, uid=uid, propagation=step.propagation, dry_run=True)
    except errors.NotFound as error:
        raise Stale(error.message) from error
    except errors.BadRequest as error:
        if _NO_DRY_RUN not in error.message:
            raise
        return Reviewed(step, outcome, pending=f"{error.message}: nobody can tell beforehand whether it agrees", drift=drift)
    return Reviewed(step, outcome, drift=drift)


def _unchecked(step: Step, reason: str, result: Manifest | None, warnings: tuple[str, ...] = ()) -> Reviewed:
    assert step.desired is not None
    manifest = apply_set(step.live, step.desired) if step.whole else writable(step.desired)
    return Reviewed(step, _outcome(step, manifest, result, warnings=warnings), pending=reason)


def _made_before(step: Step, before: Sequence[Step], error: errors.NotFound) -> str:
    """Why it is no wonder that something is missing: an earlier step makes it."""
    for earlier in before:
        if earlier.action == Action.DELETE:
            continue
        if earlier.resource.kind == _NAMESPACE and not error.missing_resource and earlier.name == step.namespace:
            return f"namespace {step.namespace} is made by this change: the server checks {step.resource.kind} {step.name} after that"
        if earlier.resource.kind == _CRD and error.missing_resource and earlier.name == step.resource.group_resource:
            return f"the kind {step.resource.kind} is installed by this change: the server checks {step.name} after that"
    return ""


async def all_refusals(client: Client, step: Step, error: errors.KubeError) -> tuple[Refusal, ...]:
    """An apply names one field only that it does not know, now this one, now that; what checks a new object names them all, in order."""
    secrets = secret_values(step.desired, step.live)
    found = refusals(error, secrets=secrets)
    if isinstance(error, errors.ServerError) and step.desired is not None:
        try:
            await create_only(client, step.resource, step.desired, dry_run=True)
        except errors.BadRequest as unknown:
            everything = refusals(unknown, secrets=secrets)
            named = {refusal.field for refusal in everything}
            found = (*(refusal for refusal in found if refusal.field not in named), *everything)
        except errors.KubeError:
            pass  # other complaints are about its being there already
    return found
