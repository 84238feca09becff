"""What the ledger has of a change made on a cluster."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from objects import CONFIGMAPS, SECRETS, by_other, config_map, secret
from tests.changes.mortal import Death, Mortal

from modeltui.changes.execute import execute
from modeltui.changes.plan import Change, Step
from modeltui.changes.recording import LedgerRecorder
from modeltui.changes.review import review
from modeltui.changes.writing import Patience
from modeltui.kube.access import Access
from modeltui.kube.client import Client
from modeltui.ledger.ledger import Ledger
from modeltui.ledger.records import State

SHORT = Patience(find_out=0.2, look_again=0.02)


@pytest.fixture
def ledger(tmp_path: Path) -> Iterator[Ledger]:
    opened = Ledger.open(tmp_path / "ledger" / "ledger.db")
    yield opened
    opened.close()


async def test_steps_are_kept_in_pairs_without_secrets(cluster: Client, namespace: str, ledger: Ledger, tmp_path: Path) -> None:
    marker = "marker-of-a-secret-value"
    live = await by_other(cluster, SECRETS, secret(namespace, "s", token=marker), manager="modeltui")
    steps = (
        Step.apply(SECRETS, {**live, "stringData": {"token": f"{marker}-new"}}, live),
        Step.create(CONFIGMAPS, config_map(namespace, "a", k="1")),
    )
    recorder = await LedgerRecorder.of(ledger, cluster, Access(cluster))
    account = await execute(cluster, await review(cluster, Change("two", steps)), recorder=recorder)
    assert account.complete
    assert recorder.problems == []
    whole = list(reversed(ledger.query(every=True, limit=10).entries))
    kept = [entry for entry in whole if entry.change_id == recorder.change_id]
    assert [(entry.kind, entry.name, entry.verb, entry.state) for entry in kept] == [
        ("Secret", "s", "apply", State.BEGUN),
        ("Secret", "s", "apply", State.DONE),
        ("ConfigMap", "a", "create", State.BEGUN),
        ("ConfigMap", "a", "create", State.DONE),
    ]
    assert {entry.user for entry in kept} == {(await Access(cluster).whoami()).name}
    assert {entry.context for entry in kept} == {cluster.connection.context}
    assert [tuple(field) for field in kept[0].difference] == [("data.token", "changed", "<masked>", "<masked>")]
    first = ledger.get(kept[0].id)
    assert first is not None
    assert first.before is not None
    assert first.before["metadata"]["uid"] == live["metadata"]["uid"]
    ledger.close()
    written = b"".join(path.read_bytes() for path in (tmp_path / "ledger").iterdir())
    assert b"data.token" in written
    for value in (marker, live["data"]["token"]):
        assert value.encode() not in written


async def test_an_unknown_end_is_kept_as_such(dying: Mortal, cluster: Client, namespace: str, ledger: Ledger) -> None:
    found = await review(dying.client, Change("one", (Step.apply(CONFIGMAPS, config_map(namespace, "a"), None),)))
    recorder = LedgerRecorder(ledger, user="u", context="c", server="s", verb="revert")
    dying.stays_dead = True
    dying.strikes = lambda _, request: Death.AFTER if request.method == "PATCH" else None
    await execute(dying.client, found, recorder=recorder, patience=SHORT)
    last = ledger.query().entries[0]
    assert (last.verb, last.state) == ("revert", State.UNKNOWN)
    assert "could not be found out" in last.result


async def test_a_ledger_that_cannot_be_written_stops_nothing_and_says_so(cluster: Client, namespace: str, tmp_path: Path) -> None:
    (tmp_path / "file").write_text("not a directory")
    lost = Ledger.open(tmp_path / "file" / "ledger.db")
    recorder = LedgerRecorder(lost, user="u", context="c", server="s")
    found = await review(cluster, Change("one", (Step.apply(CONFIGMAPS, config_map(namespace, "a"), None),)))
    account = await execute(cluster, found, recorder=recorder)
    assert account.complete
    assert len(recorder.problems) >= 1
    assert "NOT RECORDED" in recorder.problems[0]
