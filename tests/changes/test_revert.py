"""Bringing an object back to a state that the ledger knows: as pure functions, and on a cluster, object by object."""

from __future__ import annotations

import copy
import json
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from objects import CONFIGMAPS, SECRETS, Kept, by_other, config_map, patched, secret, there
from ownership_model import apply, edits, histories, normal, obj, update

from modeltui.changes.bringing_back import brought_back
from modeltui.changes.comparing import changed_fields
from modeltui.changes.difference import difference
from modeltui.changes.execute import execute
from modeltui.changes.ownership import entries, owners
from modeltui.changes.past import CannotRevert, When, state
from modeltui.changes.paths import Key
from modeltui.changes.plan import Action, Change, Choice, Step
from modeltui.changes.recording import LedgerRecorder
from modeltui.changes.revert import reversion, step
from modeltui.changes.review import review
from modeltui.kube.access import Access
from modeltui.kube.apply import FIELD_MANAGER, Manifest, read, writable
from modeltui.kube.client import Client
from modeltui.kube.discovery import Discovery
from modeltui.kube.resource import Resource
from modeltui.ledger.ledger import Ledger
from modeltui.ledger.masking import masked
from modeltui.ledger.records import ChangedField, Entry, Record
from modeltui.redaction import MASK

PAIRS = histories().flatmap(lambda live: st.tuples(st.just(live), edits(live)))
KIND = Resource("g", "v1", "ks", "K")


def entry(before: Manifest | None, after: Manifest | None, *, verb: str = "apply", result: str = "done", **said: Any) -> Entry:
    """What the ledger has of a change that made `after` of `before`."""
    one = before or after or {}
    told = {
        **{"user": "jane", "context": "staging", "server": "https://a", "verb": verb, "result": result},
        **{"namespace": one["metadata"].get("namespace", ""), "name": one["metadata"]["name"]},
        **{"api_version": one["apiVersion"], "kind": one["kind"], **said},
    }
    changes = tuple(ChangedField(one.path, str(one.kind), one.before, one.after) for one in difference(before, after, asked=after))
    kept = masked(Record(**told, before=before, difference=changes))
    fields = {name: getattr(kept, name) for name in Record.__slots__}
    return Entry(**fields, id=1, before_hash="ab" if before else "", previous_hash="", hash="")


def plain(spec: Mapping[str, Any], **metadata: Any) -> Manifest:
    return {"apiVersion": "g/v1", "kind": "K", "metadata": {"name": "o", "namespace": "ns", **metadata}, "spec": dict(spec)}


def unordered(spec: Mapping[str, Any]) -> Any:
    """Where in a list something was added is not told."""
    return normal({**spec, "plain": sorted(spec.get("plain", ()), key=lambda item: json.dumps(item, sort_keys=True))})


# ---- what the object was ----------------------------------------------------------------------------------------


@settings(max_examples=200, deadline=None)
@given(PAIRS)
def test_the_state_after_is_told_right_or_not_at_all(pair: tuple[Manifest, Manifest]) -> None:
    before, after = pair
    try:
        told = state(entry(before, after), When.AFTER)
    except CannotRevert:
        return
    assert told is not None
    assert unordered(told.get("spec", {})) == unordered(after["spec"])
    assert told["metadata"].get("labels", {}) == after["metadata"].get("labels", {})


@settings(max_examples=100, deadline=None)
@given(histories())
def test_the_state_after_a_creation_is_what_was_made(made: Manifest) -> None:
    bare = obj(made["spec"], made["metadata"].get("labels"))
    told = state(entry(None, bare, verb="create"), When.AFTER)
    assert told is not None
    assert normal(told.get("spec", {})) == normal(bare["spec"])
    assert told["metadata"] == {key: value for key, value in bare["metadata"].items() if value}


def test_items_that_came_went_and_changed_places() -> None:
    before = plain({"versions": [{"name": "a", "v": 1}, {"name": "b", "v": 1}, {"name": "c"}], "gone": {"x": {"y": 1}}, "tags": ["p"]})
    after = plain({"versions": [{"name": "c"}, {"name": "a", "v": 2}, {"name": "new", "m": {"k.l": "v"}}], "tags": []})
    told = state(entry(before, after), When.AFTER)
    assert told is not None
    assert told["spec"] == after["spec"]
    assert state(entry(before, after), When.BEFORE) == before


def test_a_deletion_and_a_creation() -> None:
    there = plain({"a": 1})
    assert state(entry(there, None, verb="delete"), When.AFTER) is None
    assert state(entry(None, there, verb="create"), When.BEFORE) is None


@pytest.mark.parametrize(
    ("said", "when", "why"),
    [
        ({"result": "failed: no"}, When.AFTER, "nothing was written"),
        ({"result": "unknown: no answer"}, When.AFTER, "nobody knows whether it was written"),
        ({"result": "begun"}, When.AFTER, "nobody knows whether it was written"),
        ({"result": "note: x"}, When.BEFORE, "no change of an object"),
        ({"kind": ""}, When.BEFORE, "was changed and cannot be read"),
    ],
)
def test_what_the_ledger_does_not_tell_is_said(said: dict[str, Any], when: When, why: str) -> None:
    with pytest.raises(CannotRevert, match=why):
        state(entry(plain({"a": 1}), plain({"a": 2}), **said), when)


def test_an_object_that_is_missing_or_of_another_name_is_not_taken_for_it() -> None:
    one = entry(plain({"a": 1}), plain({"a": 2}))
    fields = {name: getattr(one, name) for name in (*Record.__slots__, *Entry.__slots__)}
    with pytest.raises(CannotRevert, match="missing from the ledger"):
        state(Entry(**{**fields, "before": None}), When.BEFORE)
    for wrong in (
        plain({}, name="other"),
        plain({}, namespace="elsewhere"),
        {**plain({}), "kind": "Other"},
        {**plain({}), "metadata": []},
        {"kind": "K"},
    ):
        with pytest.raises(CannotRevert, match="was changed since it was written"):
            state(Entry(**{**fields, "before": wrong}), When.BEFORE)


@given(st.recursive(st.none() | st.text() | st.integers(), lambda below: st.lists(below) | st.dictionaries(st.text(), below)))
def test_whatever_somebody_wrote_into_the_file_is_a_sentence(anything: Any) -> None:
    one = entry(plain({"a": 1}), plain({"a": 2}))
    fields = {name: getattr(one, name) for name in (*Record.__slots__, *Entry.__slots__)}
    before = {**plain({"a": 1}), "spec": anything, "status": anything}
    for changed in (
        {"before": {**before, "metadata": anything}},
        {"before": {**before, "metadata": {"name": "o", "namespace": "ns", "labels": anything, "ownerReferences": anything}}},
        {"difference": ((anything, "changed", anything, anything),)},
        {"before": before, "difference": (("metadata", "changed", anything, anything), ("spec.a[0][k=v]", "removed", anything, None))},
    ):
        try:
            state(Entry(**{**fields, **changed}), When.AFTER)
            step(Entry(**{**fields, **changed}), When.BEFORE, KIND, plain({"a": {"b": [1]}}, uid="u"))
            step(Entry(**{**fields, **changed}), When.BEFORE, KIND, None)
        except CannotRevert as why:
            assert str(why)  # noqa: PT017  # either is right


# ---- what is made of what is there ------------------------------------------------------------------------------


@settings(max_examples=100, deadline=None)
@given(PAIRS)
def test_what_is_brought_back_is_as_it_was_but_for_what_others_own(pair: tuple[Manifest, Manifest]) -> None:
    live, was = pair
    back = brought_back(was, live)
    listed = [one for one in entries(live) if one.manager != FIELD_MANAGER and not one.subresource]
    marked = {**back.desired, "metadata": {**back.desired["metadata"], "managedFields": live["metadata"].get("managedFields", [])}}
    for change in changed_fields(was, marked):
        item = next((at + 1 for at, element in enumerate(change.path) if isinstance(element, Key)), len(change.path))  # stays whole
        assert owners(listed, change.path[:item]), f"{change} is nobody's but ours"
        there_then = change.pointer_before is not None and change.path[-1] != "set"
        assert change.path[0] == "metadata" or not there_then, f"{change} was there then: a conflict, for the user to decide"
    for path, owned_by in back.staying:
        assert owned_by == owners(listed, path)
        assert FIELD_MANAGER not in owned_by
    unmoved = brought_back(live, live)
    assert unmoved.desired["spec"] == writable(live)["spec"]
    assert unmoved.staying == []  # what is as it was is nothing to tell


def test_what_others_added_since_stays_and_ours_goes() -> None:
    ours = apply(None, obj({"keyed": [{"name": "p", "port": 1}], "map": {"p": 1}}), FIELD_MANAGER)
    both = apply(ours, obj({"keyed": [{"name": "r", "port": 1}], "map": {"r": 1}, "set": ["r"]}, {"l": "p"}), "other")
    live = apply(
        both,
        obj({"keyed": [{"name": "p", "port": 1}, {"name": "q", "port": 1}], "map": {"p": 1, "q": 1}, "set": ["q"], "a": 1}),
        FIELD_MANAGER,
    )
    back = brought_back(ours, live)
    assert back.desired["spec"] == {"keyed": [{"name": "p", "port": 1}, {"name": "r", "port": 1}], "map": {"p": 1, "r": 1}, "set": ["r"]}
    assert back.desired["metadata"]["labels"] == {"l": "p"}
    noted = step(entry(ours, live), When.BEFORE, KIND, {**live, "metadata": {**live["metadata"], "uid": "u"}}).note
    assert "spec.keyed[name=r,port=1] stays, owned by other" in noted
    assert "spec.map.r stays, owned by other" in noted
    assert "spec.a" not in noted


def test_what_we_added_goes_where_another_has_no_field_left() -> None:
    """The server leaves `f:deep: {}` to whom the last field of `deep` was taken from: that is no claim on all of it."""
    theirs = update(None, obj({"deep": {"x": 1}}), "kubectl")
    back = brought_back(theirs, apply(theirs, obj({"deep": {"x": 2, "y": 1}}), "modeltui"))
    assert back.desired["spec"] == {"deep": {"x": 1}}
    assert back.staying == []


def test_secrets_stay_as_they_are_now_or_are_left_out() -> None:
    was = {
        **plain({"type": "S3", "config": {"region": "eu", "accessKey": MASK}}, annotations={"token": MASK}),
        **{"apiVersion": "model.samzong.dev/v1", "kind": "ModelSource"},
    }
    live = {**was, "metadata": {"name": "o", "namespace": "ns", "uid": "u"}, "spec": {"type": "S3", "config": {"accessKey": "new"}}}
    found = step(entry(was, live), When.BEFORE, KIND, live)
    assert found.desired is not None
    assert found.desired["spec"] == {"type": "S3", "config": {"region": "eu", "accessKey": "new"}}
    assert "annotations" not in found.desired["metadata"] or found.desired["metadata"]["annotations"] == {}
    assert "secrets stay as they are now: spec.config.accessKey" in found.note
    assert "without its secrets, which nobody kept: metadata.annotations.token" in found.note
    assert MASK not in str(found.desired)


def test_a_secret_that_a_change_wrote_is_no_reason_not_to_know_the_rest() -> None:
    def source(token: str, region: str) -> Manifest:
        spec = {"type": "S3", "config": {"region": region, "accessKey": token}}
        return {**plain(spec, uid="u"), "apiVersion": "model.samzong.dev/v1", "kind": "ModelSource"}

    changed = entry(source("the-old-secret-value", "eu"), source("the-new-secret-value", "us"))
    told = state(changed, When.AFTER)
    assert told is not None
    assert told["spec"]["config"] == {"region": "us", "accessKey": MASK}
    found = step(changed, When.AFTER, KIND, source("the-one-in-force", "asia"))
    assert found.desired is not None
    assert found.desired["spec"]["config"] == {"region": "us", "accessKey": "the-one-in-force"}
    anew = step(changed, When.AFTER, KIND, None)
    assert anew.desired is not None
    assert anew.desired["spec"]["config"] == {"region": "us"}
    assert "without its secrets, which nobody kept: spec.config.accessKey" in anew.note


def test_finalizers_and_owners_are_never_taken_from_the_past() -> None:
    was = plain({"a": 1}, finalizers=["old"], ownerReferences=[{"uid": "dead"}])
    live = plain({"a": 2}, finalizers=["new"], uid="u")
    desired = brought_back(was, live).desired
    assert desired["metadata"] == {"name": "o", "namespace": "ns", "finalizers": ["new"]}
    assert desired["spec"] == {"a": 1}


def test_another_object_of_the_name_is_said_to_be_one() -> None:
    was, live = plain({"a": 1}, uid="one"), plain({"a": 2}, uid="two")
    assert "another one of its name" in step(entry(was, live), When.BEFORE, KIND, live).note
    made = entry(None, plain({"a": 2}), verb="create")
    later = {**live, "metadata": {**live["metadata"], "creationTimestamp": "2099-01-01T00:00:00Z"}}
    assert step(made, When.BEFORE, KIND, live).note == ""
    assert step(made, When.BEFORE, KIND, later).note == "it was made anew since"
    worked = plain({"a": 2, "b": 3}, uid="two")
    assert step(made, When.BEFORE, KIND, worked).note == "it was changed since it was made: spec.b"


def test_there_is_nothing_to_bring_back() -> None:
    with pytest.raises(CannotRevert, match="does not exist, as before this change"):
        step(entry(None, plain({}), verb="create"), When.BEFORE, KIND, None)


# ---- on a cluster -----------------------------------------------------------------------------------------------


@pytest.fixture
def ledger(tmp_path: Path) -> Iterator[Ledger]:
    opened = Ledger.open(tmp_path / "ledger.sqlite3")
    yield opened
    opened.close()


async def recorded(cluster: Client, ledger: Ledger, *steps: Step) -> list[Entry]:
    """Carries the steps out and gives their entries, with their objects before."""
    recorder = await LedgerRecorder.of(ledger, cluster, Access(cluster))
    account = await execute(cluster, await review(cluster, Change("it", steps)), recorder=recorder)
    assert account.complete, account.sentence()
    found = [one for one in reversed(ledger.query().entries) if one.change_id == recorder.change_id]
    return [whole for one in found if (whole := ledger.get(one.id)) is not None]


async def carried_out(cluster: Client, one: Entry, when: When, *, choice: Choice | None = None) -> Step:
    change = await reversion(cluster, Discovery(cluster), one, when)
    account = await execute(cluster, await review(cluster, change), choices={0: choice} if choice else {}, recorder=Kept())
    assert account.complete, account.sentence()
    (found,) = change.steps
    return found


def content(live: Manifest | None) -> Manifest:
    assert live is not None
    return writable(live)


async def test_back_to_each_state_of_its_life(cluster: Client, namespace: str, ledger: Ledger) -> None:
    (made,) = await recorded(cluster, ledger, Step.create(CONFIGMAPS, config_map(namespace, "a", k="1", keep="x")))
    first = await there(cluster, CONFIGMAPS, namespace, "a")
    wanted = {**first, "data": {"k": "2", "new": "y"}, "metadata": {**first["metadata"], "labels": {"l": "1"}}}
    (changed,) = await recorded(cluster, ledger, Step.apply(CONFIGMAPS, wanted, first))
    second = await there(cluster, CONFIGMAPS, namespace, "a")
    (deleted,) = await recorded(cluster, ledger, Step.delete(CONFIGMAPS, second))

    await carried_out(cluster, deleted, When.BEFORE)
    assert content(await read(cluster, CONFIGMAPS, namespace, "a")) == content(second)
    await carried_out(cluster, changed, When.BEFORE)
    assert content(await read(cluster, CONFIGMAPS, namespace, "a")) == content(first)
    await carried_out(cluster, changed, When.AFTER)
    assert content(await read(cluster, CONFIGMAPS, namespace, "a")) == content(second)
    await carried_out(cluster, made, When.AFTER)
    assert content(await read(cluster, CONFIGMAPS, namespace, "a")) == content(first)
    await carried_out(cluster, made, When.BEFORE)
    assert await read(cluster, CONFIGMAPS, namespace, "a") is None
    with pytest.raises(CannotRevert, match="nothing to bring back"):
        await reversion(cluster, Discovery(cluster), made, When.BEFORE)
    await carried_out(cluster, made, When.AFTER)
    assert content(await read(cluster, CONFIGMAPS, namespace, "a")) == content(first)


async def test_the_fields_of_others_are_theirs(cluster: Client, namespace: str, ledger: Ledger) -> None:
    live = await by_other(cluster, CONFIGMAPS, config_map(namespace, "a", k="1", both="1"), manager=FIELD_MANAGER)
    (one,) = await recorded(cluster, ledger, Step.apply(CONFIGMAPS, {**live, "data": {"k": "2", "both": "2"}}, live))
    await patched(cluster, CONFIGMAPS, namespace, "a", {"data": {"theirs": "new", "both": "3"}})
    change = await reversion(cluster, Discovery(cluster), one, When.BEFORE)
    assert change.steps[0].note == "data.theirs stays, owned by controller"
    found = await review(cluster, change)
    assert found.steps[0].conflicts == {"controller": ("data.both",)}
    assert {(told.path, told.before, told.after) for told in found.steps[0].difference} == {("data.k", "2", "1"), ("data.both", "3", "1")}
    await carried_out(cluster, one, When.BEFORE, choice=Choice.LEAVE)
    assert (await there(cluster, CONFIGMAPS, namespace, "a"))["data"] == {"k": "1", "both": "3", "theirs": "new"}
    await carried_out(cluster, one, When.BEFORE, choice=Choice.TAKE_OVER)
    assert (await there(cluster, CONFIGMAPS, namespace, "a"))["data"] == {"k": "1", "both": "1", "theirs": "new"}


async def test_a_secret_cannot_be_brought_back_but_taken_away(cluster: Client, namespace: str, ledger: Ledger) -> None:
    (made,) = await recorded(cluster, ledger, Step.create(SECRETS, secret(namespace, "s", token="marker-of-a-secret")))
    live = await there(cluster, SECRETS, namespace, "s")
    (changed,) = await recorded(cluster, ledger, Step.apply(SECRETS, {**live, "stringData": {"token": "another-secret"}}, live))
    for one, when in ((changed, When.BEFORE), (changed, When.AFTER), (made, When.AFTER)):
        with pytest.raises(CannotRevert, match="keeps no secrets"):
            await reversion(cluster, Discovery(cluster), one, when)
    assert (await carried_out(cluster, made, When.BEFORE)).action is Action.DELETE
    assert await read(cluster, SECRETS, namespace, "s") is None


async def test_an_owner_that_is_gone_does_not_take_it_along(cluster: Client, namespace: str, ledger: Ledger) -> None:
    owner = await by_other(cluster, CONFIGMAPS, config_map(namespace, "owner"))
    other = await by_other(cluster, CONFIGMAPS, config_map(namespace, "other"))
    references = [
        {"apiVersion": "v1", "kind": "ConfigMap", "name": one["metadata"]["name"], "uid": one["metadata"]["uid"]} for one in (owner, other)
    ]
    owned = config_map(namespace, "a", k="1")
    owned["metadata"]["ownerReferences"] = references
    live = await by_other(cluster, CONFIGMAPS, owned, manager=FIELD_MANAGER)
    (deleted,) = await recorded(cluster, ledger, Step.delete(CONFIGMAPS, live))
    await recorded(cluster, ledger, Step.delete(CONFIGMAPS, owner))
    await by_other(cluster, CONFIGMAPS, config_map(namespace, "owner"))
    await carried_out(cluster, deleted, When.BEFORE)
    assert (await there(cluster, CONFIGMAPS, namespace, "a"))["metadata"]["ownerReferences"] == references[1:]


async def test_a_kind_that_is_not_served_any_more(cluster: Client, namespace: str) -> None:
    one = entry(copy.deepcopy(plain({"a": 1})), plain({"a": 2}))
    with pytest.raises(CannotRevert, match="does not serve K of g/v1"):
        await reversion(cluster, Discovery(cluster), one, When.BEFORE)
