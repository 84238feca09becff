"""The ledger while all is well: what is appended is found, in pages, by every filter, from any thread."""

from __future__ import annotations

import stat
import threading
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.ledger.builders import NOW, record, tamper

from modeltui.ledger import search, verification
from modeltui.ledger.book import Book
from modeltui.ledger.files import Files
from modeltui.ledger.ledger import Ledger
from modeltui.ledger.records import Cursor, Entry, Filter, Place, Receipt, Record, State


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "state" / "ledger.sqlite3"


@pytest.fixture
def ledger(path: Path) -> Iterator[Ledger]:
    ledger = Ledger.open(path)
    yield ledger
    assert ledger.close() == ""


def names(entries: tuple[Entry, ...]) -> list[str]:
    return [entry.name for entry in entries]


def test_the_first_entry_says_that_the_ledger_was_begun(ledger: Ledger) -> None:
    (entry,) = ledger.query().entries
    assert (entry.id, entry.verb, entry.result) == (1, "note", "note: this ledger was begun")
    assert (ledger.problem, ledger.notices) == ("", [])


def test_an_intention_and_its_outcome_are_two_entries_and_one_step(ledger: Ledger) -> None:
    begun = record(1, at=datetime.now(UTC))
    assert ledger.append(begun) == Receipt(Place.LEDGER)
    (entry,) = ledger.query(Filter(name="qwen-1")).entries
    assert entry.state is State.BEGUN, "nobody knows yet what became of it"
    ledger.append(begun.ended("failed: the server said no"))
    (entry,) = ledger.query(Filter(name="qwen-1")).entries
    assert (entry.state, entry.result) == (State.FAILED, "failed: the server said no")
    assert [entry.state for entry in ledger.query(Filter(name="qwen-1"), every=True).entries] == [State.FAILED, State.BEGUN]
    assert (ledger.count(), ledger.count(every=True), ledger.count(Filter(state=State.BEGUN))) == (2, 3, 0)


def test_an_outcome_without_its_intention_and_one_before_it(ledger: Ledger) -> None:
    """The side file of another console may bring them in the wrong order."""
    begun = record(1)
    ledger.append(begun.ended("done"))
    ledger.append(begun)
    assert [entry.state for entry in ledger.query(Filter(name="qwen-1")).entries] == [State.DONE]


def test_an_entry_has_all_that_the_record_had(ledger: Ledger) -> None:
    given_ = record(1)
    ledger.append(given_)
    entry = ledger.get(2)
    assert entry is not None
    facts = ("user", "context", "server", "namespace", "api_version", "kind", "name", "verb", "result", "change_id", "step_id", "at")
    assert [getattr(entry, fact) for fact in facts] == [getattr(given_, fact) for fact in facts]
    assert (entry.before, entry.difference) == (given_.before, given_.difference)
    listed = ledger.query().entries[0]
    assert listed == replace(entry, before=None), "a page does not carry the objects"
    assert ledger.get(99) is None


def test_everything_is_readable_by_its_owner_only(ledger: Ledger, path: Path) -> None:
    ledger.append(record())
    found = {entry.name: stat.S_IMODE(entry.stat().st_mode) for entry in path.parent.iterdir()}
    assert set(found) >= {"ledger.sqlite3", "ledger.sqlite3-wal", "ledger.sqlite3.head"}
    assert set(found.values()) == {0o600}
    assert stat.S_IMODE(path.parent.stat().st_mode) == 0o700


def test_a_file_that_others_could_read_is_closed_to_them(path: Path) -> None:
    path.parent.mkdir()
    path.touch(0o644)
    path.chmod(0o644)
    Ledger.open(path).close()
    assert stat.S_IMODE(path.stat().st_mode) == 0o600


def test_equal_objects_are_kept_once(ledger: Ledger, path: Path) -> None:
    begun = record(1)
    ledger.append(begun)
    ledger.append(begun.ended("done"))
    book = Book.read(path)
    assert book._connection.execute("SELECT count(*) FROM objects").fetchone() == (1,)
    book.close()


def test_pages_go_back_in_time_without_gap_or_repeat(path: Path) -> None:
    book = Book.open(path)
    # every third of the same second, so that the cursor must tell entries of one moment apart
    book.append(record(number, at=NOW + timedelta(seconds=number // 3), result="done") for number in range(50))
    whole = [entry.id for entry in book.query(limit=1000).entries]
    assert whole == sorted(whole, reverse=True)
    for size in (1, 7, 50, 51):
        found: list[int] = []
        after: Cursor | None = None
        while True:
            page = book.query(limit=size, after=after)
            found += [entry.id for entry in page.entries]
            if (after := page.next) is None:
                break
        assert found == whole
    book.close()


def test_what_is_new_does_not_move_the_next_page(ledger: Ledger) -> None:
    for number in range(5):
        ledger.append(record(number, result="done"))
    page = ledger.query(limit=2)
    ledger.append(record(9, result="done"))
    assert names(ledger.query(limit=2, after=page.next).entries) == ["qwen-2", "qwen-1"]


def test_many_threads_may_use_one_ledger(ledger: Ledger, path: Path) -> None:
    def work(base: int) -> None:
        for number in range(base, base + 20):
            assert ledger.append(record(number)).place is Place.LEDGER
            ledger.query(limit=5)

    threads = [threading.Thread(target=work, args=(base,)) for base in (0, 100, 200, 300)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert ledger.count() == 81
    assert verification.verify(Files(path)).problem == ""


# ---- filters ----------------------------------------------------------------------------------------------------

WORLD = [
    record(1, user="jane", namespace="a", name="qwen", result="done"),
    record(2, user="joe", namespace="b", name="llama", kind="ModelSource", verb="delete", result="failed: hooks said No"),
    record(3, user="jane", namespace="b", name="ÄÖ-modell", context="prod", result="unknown: timeout", change_id="c"),
    record(
        4, user="jane", namespace="a", name="qwen", result="begun", difference=(("spec.display.tags", "added", None, "x"),), change_id="c"
    ),
]


@pytest.mark.parametrize(
    ("wanted", "found"),
    [
        (Filter(), [4, 3, 2, 1]),
        (Filter(user="jane"), [4, 3, 1]),
        (Filter(namespaces=("a",)), [4, 1]),
        (Filter(namespaces=("a", "b"), user="joe"), [2]),
        (Filter(kind="modelsource"), [2]),
        (Filter(name="qwe"), []),
        (Filter(name="qwen", verb="apply"), [4, 1]),
        (Filter(context="prod"), [3]),
        (Filter(state=State.FAILED), [2]),
        (Filter(state=State.BEGUN), [4]),
        (Filter(change_id="c"), [4, 3]),
        (Filter(change_id="c", user="jane", state=State.UNKNOWN), [3]),
        (Filter(text="QWEN"), [4, 1]),
        (Filter(text="äö"), [3]),
        (Filter(text="hooks no"), [2]),
        (Filter(text="display"), [4]),
        (Filter(text="jane storage"), [3, 1]),
        (Filter(text="100%_"), []),
        (Filter(since=NOW + timedelta(seconds=2)), [4, 3, 2]),
        (Filter(until=NOW + timedelta(seconds=2)), [1]),
        (Filter(text="qwen", since=NOW + timedelta(seconds=2), until=NOW + timedelta(seconds=4)), []),
    ],
)
@pytest.mark.parametrize("few", [0, 5000])
def test_filters(wanted: Filter, found: list[int], few: int, path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(search, "_FEW", few)  # both ways of searching find the same
    book = Book.open(path)
    book.append(WORLD)
    assert [entry.id for entry in book.query(wanted).entries] == found
    assert book.count(wanted) == len(found)
    assert book.count(wanted, at_most=1) == min(1, len(found))
    book.close()


few_texts = st.sampled_from(["", "a", "ab", "Model", "é", "\udc80", "x y", "%"])
some_records = st.lists(
    st.builds(
        lambda number, said: record(number, **said),
        st.integers(0, 5),
        st.fixed_dictionaries({key: few_texts for key in ("user", "context", "namespace", "kind", "name", "verb", "change_id", "step_id")})
        | st.fixed_dictionaries({"result": st.sampled_from(["begun", "done", "failed: a b", "unknown"]), "step_id": few_texts}),
    ),
    max_size=8,
)
some_filter = st.builds(
    Filter,
    text=few_texts,
    user=few_texts,
    namespaces=st.lists(few_texts.filter(bool), max_size=2).map(tuple),
    kind=few_texts,
    state=st.none() | st.sampled_from(State),
    since=st.none() | st.integers(0, 5).map(lambda seconds: NOW + timedelta(seconds=seconds)),
    until=st.none() | st.integers(0, 5).map(lambda seconds: NOW + timedelta(seconds=seconds)),
)


def matches(entry: Entry, wanted: Filter, all_entries: list[Entry], *, every: bool) -> bool:
    """The meaning of a filter, in plain words."""

    def kept(text: str) -> str:
        return text.encode("utf-8", "replace").decode()

    sentence = entry.result if entry.state not in (State.BEGUN, State.DONE) else ""
    texts = [
        entry.user,
        entry.context,
        entry.namespace,
        entry.kind,
        entry.name,
        entry.verb,
        sentence,
        *(field[0] for field in entry.difference),
    ]
    superseded = entry.state is State.BEGUN and any(
        kept(other.step_id) == kept(entry.step_id) and other.state is not State.BEGUN for other in all_entries
    )
    return (
        all(any(kept(word) in kept(text.casefold()) for text in texts) for word in wanted.text.casefold().split())
        and wanted.user in ("", entry.user)
        and (not wanted.namespaces or kept(entry.namespace) in map(kept, wanted.namespaces))
        and (not wanted.kind or kept(wanted.kind).lower() == kept(entry.kind).lower())
        and (wanted.state is None or wanted.state is entry.state)
        and (wanted.since is None or entry.at >= wanted.since)
        and (wanted.until is None or entry.at < wanted.until)
        and (every or not superseded)
    )


@settings(deadline=None)
@given(some_records, some_filter, st.booleans(), st.sampled_from([0, 5000]))
def test_any_filter_finds_what_it_means(
    tmp_path_factory: pytest.TempPathFactory, records: list[Record], wanted: Filter, every: bool, few: int
) -> None:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(search, "_FEW", few)
        book = Book.open(tmp_path_factory.mktemp("filter") / "ledger.sqlite3")
        book.append(records)
        everything = [found for number in range(1, len(records) + 1) if (found := book.get(number)) is not None]
        expected = sorted(
            (entry for entry in everything if matches(entry, wanted, everything, every=every)), key=lambda it: (it.at, it.id), reverse=True
        )
        assert [entry.id for entry in book.query(wanted, every=every).entries] == [entry.id for entry in expected]
        assert book.count(wanted, every=every) == len(expected)
        book.close()


# ---- verifying what is on disk ----------------------------------------------------------------------------------


@pytest.fixture
def three(path: Path) -> Path:
    """A ledger of four entries, the first a note."""
    ledger = Ledger.open(path)
    for number in (1, 2, 3):
        ledger.append(record(number, result="done"))
    ledger.close()
    assert verification.verify(Files(path)).problem == ""
    return path


@pytest.mark.parametrize(
    ("statement", "sentence"),
    [
        ("UPDATE entries SET body = replace(body, '20Gi', '21Gi') WHERE id = 3", "entry 3 was changed: its hash does not fit what it says"),
        ("UPDATE entries SET body = 'x' WHERE id = 2", "entry 2 was changed: its hash does not fit what it says"),
        ("UPDATE entries SET hash = zeroblob(32) WHERE id = 2", "entry 2 was changed: its hash does not fit what it says"),
        ("UPDATE entries SET previous_hash = zeroblob(32) WHERE id = 3", "entry 3 was changed: its hash does not fit what it says"),
        ("UPDATE entries SET at = at + 1 WHERE id = 3", "entry 3 was changed: what it is found by does not agree with what it says"),
        ("UPDATE entries SET state = 'failed' WHERE id = 3", "entry 3 was changed: what it is found by does not agree with what it says"),
        (
            "UPDATE subjects SET context = 'prod' WHERE name = 'qwen-2'",
            "entry 3 was changed: what it is found by does not agree with what it says",
        ),
        ("UPDATE objects SET body = '{}' WHERE instr(body, 'qwen-1')", "entry 2 was changed: its object before is missing or another one"),
        ("INSERT INTO unfinished VALUES (3)", "entry 3 was changed: what it is found by does not agree with what it says"),
        ("UPDATE entries SET hash = 'x' WHERE id = 2", "entry 2 was changed: its hash does not fit what it says"),
        ("UPDATE entries SET subject = 99 WHERE id = 2", "entry 2 was changed: what it is found by does not agree with what it says"),
        ("DELETE FROM objects", "entry 2 was changed: its object before is missing or another one"),
        ("DELETE FROM entries WHERE id = 2", "entry 2 was removed: after entry 1 comes entry 3"),
        ("DELETE FROM entries WHERE id < 3", "entries 1 to 2 were removed: the first comes entry 3"),
        ("DELETE FROM entries WHERE id = 4", "entry 4 was removed: the ledger ends with entry 3"),
        ("DELETE FROM entries", "entries 1 to 4 were removed: the ledger is empty"),
    ],
)
def test_tampering_is_named(three: Path, statement: str, sentence: str) -> None:
    tamper(three, statement)
    assert verification.verify(Files(three)).problem == sentence


def test_a_changed_subject_is_seen(three: Path) -> None:
    """A search would no longer find its entries."""
    tamper(three, "UPDATE subjects SET words = 'nothing' WHERE name = 'qwen-3'")
    assert verification.verify(Files(three)).first_bad == 4


def test_what_is_unfinished_cannot_be_hidden(path: Path) -> None:
    ledger = Ledger.open(path)
    ledger.append(record(1))
    ledger.close()
    assert verification.verify(Files(path)).problem == ""
    tamper(path, "DELETE FROM unfinished")
    assert verification.verify(Files(path)).first_bad == 2


def test_an_end_cut_off_with_its_traces_in_the_database_is_seen_by_the_witness(three: Path) -> None:
    tamper(three, "DELETE FROM entries WHERE id > 2")
    tamper(three, "UPDATE sqlite_sequence SET seq = 2")
    assert verification.verify(Files(three)).problem == "entries 3 to 4 were removed: the ledger ends with entry 2"


def test_what_was_removed_from_the_end_leaves_a_gap_for_ever(three: Path) -> None:
    tamper(three, "DELETE FROM entries WHERE id = 4")
    tamper(three, "UPDATE sqlite_sequence SET seq = 3")
    ledger = Ledger.open(three)
    ledger.append(record(5))
    ledger.close()
    assert verification.verify(Files(three)).problem == "entry 4 was removed: after entry 3 comes entry 5"


def test_a_ledger_that_was_brought_back_from_an_older_copy_is_seen(three: Path) -> None:
    older = three.read_bytes()
    ledger = Ledger.open(three)
    ledger.append(record(4))
    ledger.close()
    three.write_bytes(older)
    assert verification.verify(Files(three)).problem == "entry 5 was removed: the ledger ends with entry 4"


def test_a_ledger_that_is_gone_is_seen_and_the_next_one_says_so(three: Path) -> None:
    three.unlink()
    assert verification.verify(Files(three)).problem == "entries 1 to 4 were removed: the ledger is empty"
    ledger = Ledger.open(three)
    (note,) = ledger.query().entries
    assert note.result.startswith("note: this ledger was begun; the one before it reached entry 4, whose hash is ")
    ledger.append(record(1))
    ledger.close()
    assert verification.verify(Files(three)).problem == ""


def test_no_ledger_is_no_problem(path: Path) -> None:
    verdict = verification.verify(Files(path))
    assert (verdict.problem, verdict.entries) == ("", 0)
    assert not path.parent.exists(), "verifying makes nothing"
