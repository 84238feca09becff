"""What goes wrong with a file, done for real: processes that are killed, full disks, rights that are missing, damage."""

from __future__ import annotations

import os
import random
import resource
import shutil
import signal
import sqlite3
import subprocess
import sys
import tempfile
import textwrap
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest
from tests.ledger.builders import record, tamper

from modeltui.ledger import schema, verification
from modeltui.ledger.book import Book
from modeltui.ledger.files import Files
from modeltui.ledger.ledger import Ledger
from modeltui.ledger.records import Filter, Place, Receipt, State
from modeltui.ledger.spool import Spool
from modeltui.ledger.trouble import Cannot

CHECKOUT = Path(__file__).resolve().parents[2]
WITHIN = 60.0
"""Seconds that any process may take on a busy machine."""


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "ledger.sqlite3"


HEAD = """
import sys, pathlib
sys.path.insert(0, sys.argv[-1])
from tests.ledger.builders import record
from modeltui.ledger.ledger import Ledger
"""


def python(script: str, *arguments: object) -> list[str]:
    return [sys.executable, "-c", HEAD + textwrap.dedent(script), *map(str, arguments), str(CHECKOUT)]


def run(script: str, *arguments: object) -> list[str]:
    """The lines that it prints."""
    done = subprocess.run(python(script, *arguments), capture_output=True, text=True, timeout=WITHIN, check=False)
    assert done.returncode == 0, done.stderr
    return done.stdout.splitlines()


def names(path: Path, wanted: Filter | None = None) -> list[str]:
    """Of what is in the ledger, the oldest first, without its notes."""
    ledger = Ledger.open(path)
    entries = ledger.query(wanted or Filter(), limit=100_000, every=True).entries
    ledger.close()
    return [entry.name for entry in sorted(entries, key=lambda it: it.id) if entry.state is not State.NOTE]


def fits(path: Path) -> bool:
    verdict = verification.verify(Files(path))
    assert verdict.problem == ""
    return verdict.entries > 0


# ---- processes that end or meet ---------------------------------------------------------------------------------

WRITER = """
    ledger = Ledger.open(pathlib.Path(sys.argv[1]))
    first = int(sys.argv[2])
    for number in range(first, first + int(sys.argv[3])):
        receipt = ledger.append(record(number))
        print(number, receipt.place.name, flush=True)
"""


def test_what_was_acknowledged_survives_kill_9(path: Path) -> None:
    """Killed anywhere, five times over: nothing that a receipt was given for is missing, and the chain fits."""
    dice = random.Random(3)
    acknowledged: list[int] = []
    for round_ in range(5):
        first = round_ * 100_000
        with subprocess.Popen(python(WRITER, path, first, 100_000), stdout=subprocess.PIPE, text=True) as process:
            assert process.stdout is not None
            for _ in range(dice.randrange(1, 60)):
                acknowledged.append(int(process.stdout.readline().split()[0]))
            process.send_signal(signal.SIGKILL)
            acknowledged += [int(line.split()[0]) for line in process.stdout if line.endswith("LEDGER\n")]
    kept = names(path)
    assert [name for name in kept if int(name.removeprefix("qwen-")) in set(acknowledged)] == [f"qwen-{number}" for number in acknowledged]
    assert len(kept) <= len(acknowledged) + 5, "at most the one that each was at"
    assert fits(path)


def test_two_writers_share_one_chain(path: Path) -> None:
    processes = [subprocess.Popen(python(WRITER, path, first, 150), stdout=subprocess.PIPE, text=True) for first in (0, 1000, 2000)]
    said = [process.communicate(timeout=WITHIN)[0].splitlines() for process in processes]
    assert [len(lines) for lines in said] == [150, 150, 150]
    ledger = Ledger.open(path)  # whoever had to wait too long is in the side file, and taken in now
    assert ledger.count(every=True) == 451
    ledger.close()
    for first in (0, 1000, 2000):
        own = [name for name in names(path) if first <= int(name.removeprefix("qwen-")) < first + 1000]
        assert own == [f"qwen-{number}" for number in range(first, first + 150)]
    assert fits(path)
    assert not Files(path).spool.exists()


def test_following_the_chain_while_others_write_finds_nothing_wrong(path: Path) -> None:
    Ledger.open(path).close()
    processes = [subprocess.Popen(python(WRITER, path, first, 150), stdout=subprocess.DEVNULL) for first in (0, 1000)]
    followed = []
    while any(process.poll() is None for process in processes):
        verdict = verification.verify(Files(path))
        assert verdict.problem == ""
        followed.append(verdict.entries)
    assert [process.wait(WITHIN) for process in processes] == [0, 0]
    assert len(set(followed)) > 1, "it was followed while it grew"
    Ledger.open(path).close()
    assert verification.verify(Files(path)).entries == 301


def test_two_that_find_it_damaged_set_it_aside_once(path: Path) -> None:
    path.write_bytes(b"not a database, not at all. " * 500)
    processes = [subprocess.Popen(python(WRITER, path, first, 20), stdout=subprocess.PIPE, text=True) for first in (0, 1000, 2000)]
    for process in processes:
        process.communicate(timeout=WITHIN)
    assert len(names(path)) == 60
    assert len([entry for entry in path.parent.iterdir() if ".damaged-" in entry.name]) == 1
    assert fits(path)


def test_the_lock_of_another_program_holds_nobody_up_and_loses_nothing(path: Path) -> None:
    ledger = Ledger.open(path, busy=0.1)
    other = sqlite3.connect(path)
    other.execute("BEGIN IMMEDIATE")
    receipt = ledger.append(record(1))
    assert receipt.place is Place.SPOOL
    assert receipt.problem == f"{path} is locked by another program; the change is kept in {path}.waiting until it can be written"
    assert [entry.name for entry in ledger.query().entries] == [""], "it can still be read"
    assert ledger.append(record(2)).place is Place.SPOOL
    other.rollback()
    assert ledger.append(record(3)).place is Place.LEDGER
    assert ledger.notices == [f"2 changes are taken in from {path}.waiting"]
    assert (ledger.problem, ledger.close()) == ("", "")
    assert names(path) == ["qwen-1", "qwen-2", "qwen-3"]
    assert fits(path)


def test_who_waits_for_the_lock_goes_on_from_what_was_written_meanwhile(path: Path) -> None:
    ledger = Ledger.open(path, busy=WITHIN)
    other = Ledger.open(path)
    holder = sqlite3.connect(path, isolation_level=None, check_same_thread=False)
    holder.execute("BEGIN IMMEDIATE")
    holder.execute("INSERT INTO deeds (digest, user, verb, words) VALUES (x'00', '', '', '')")
    letting_go = threading.Timer(0.3, lambda: holder.execute("COMMIT"))
    letting_go.start()
    assert ledger.append(record(1)) == Receipt(Place.LEDGER)
    letting_go.join()
    holder.close()
    assert other.append(record(2)).place is Place.LEDGER
    assert fits(path)


def test_a_ledger_that_is_locked_when_it_is_opened(path: Path) -> None:
    Ledger.open(path).close()
    other = sqlite3.connect(path)
    other.execute("PRAGMA locking_mode = EXCLUSIVE")
    other.execute("BEGIN EXCLUSIVE")
    ledger = Ledger.open(path, busy=0.1)
    assert ledger.problem == f"{path} is locked by another program"
    assert ledger.append(record(1)).place is Place.SPOOL
    with pytest.raises(Cannot, match=f"^{path} is locked by another program$"):
        ledger.query()
    other.close()
    assert ledger.append(record(2)).place is Place.LEDGER
    assert names(path) == ["qwen-1", "qwen-2"]


def test_a_ledger_that_is_removed_under_us_is_begun_anew(path: Path) -> None:
    ledger = Ledger.open(path)
    ledger.append(record(1))
    for file in path.parent.iterdir():
        if not file.name.endswith(".head"):
            file.unlink()
    assert ledger.append(record(2)).place is Place.LEDGER
    assert "the one before it reached entry 2" in ledger.query().entries[0].result + ledger.query().entries[-1].result
    assert names(path) == ["qwen-2"]
    assert fits(path)


# ---- no room ----------------------------------------------------------------------------------------------------

FULL = """
    import resource

    def allow(size):
        resource.setrlimit(resource.RLIMIT_FSIZE, (size, resource.RLIM_INFINITY))

    path = pathlib.Path(sys.argv[1])
    ledger = Ledger.open(path)
    print(ledger.append(record(1)).place.name)
    allow(path.with_name(path.name + "-wal").stat().st_size)
    receipt = ledger.append(record(2))
    print(receipt.place.name, receipt.problem)
    allow(0)
    receipt = ledger.append(record(3))
    print(receipt.place.name, receipt.problem)
    print(len(ledger.query().entries))
    if sys.argv[2] == "close":
        print(ledger.close())
    else:
        allow(resource.RLIM_INFINITY)
        print(ledger.append(record(4)).place.name, ledger.notices)
"""


@pytest.mark.skipif(not hasattr(resource, "RLIMIT_FSIZE"), reason="needs a limit on the size of files")
def test_a_full_disk(path: Path) -> None:
    """First there is room for a small file only, then for nothing, then for all."""
    first, second, third, readable, last = run(FULL, path, "go on")
    assert first == "LEDGER"
    assert second.startswith(f"SPOOL {path} ")
    assert third.startswith(f"MEMORY NOT RECORDED: {path} ")
    assert third.endswith(f"; {path}.waiting cannot be written: the disk is full; 1 change is kept in memory only")
    assert readable == "2"
    taken_in, recorded = f"1 change is taken in from {path}.waiting", "1 change is recorded now that could only be kept in memory"
    assert last == f"LEDGER {[taken_in, recorded]}"
    assert names(path) == ["qwen-1", "qwen-2", "qwen-3", "qwen-4"]
    assert fits(path)


@pytest.mark.skipif(not hasattr(resource, "RLIMIT_FSIZE"), reason="needs a limit on the size of files")
def test_what_is_lost_at_the_end_is_said(path: Path) -> None:
    *_, last = run(FULL, path, "close")
    assert last.startswith("NOT RECORDED: ")
    assert names(path) == ["qwen-1", "qwen-2"]


# ---- no right ---------------------------------------------------------------------------------------------------

NOBODY = 65534


@pytest.fixture
def foreign() -> Iterator[Path]:
    """A folder that an ordinary user can reach and owns, even if the tests run as root, for whom nothing is read-only."""
    folder = Path(tempfile.mkdtemp(prefix="ledger-"))
    yield folder
    shutil.rmtree(folder)


def become_ordinary(folder: Path) -> str:
    """For the head of a script."""
    if os.getuid() != 0:
        return ""
    for entry in (folder, *folder.iterdir()):
        os.chown(entry, NOBODY, NOBODY)
    return f"import os; os.setgid({NOBODY}); os.setuid({NOBODY})\n"


READ_ONLY = """
    ledger = Ledger.open(pathlib.Path(sys.argv[1]))
    receipt = ledger.append(record(2))
    print(receipt.place.name, receipt.problem)
    print([entry.name for entry in ledger.query().entries])
    print(ledger.close())
"""


def test_a_read_only_file_is_read_and_the_change_waits_beside_it(foreign: Path) -> None:
    path = foreign / "ledger.sqlite3"
    ledger = Ledger.open(path)
    ledger.append(record(1))
    ledger.close()
    path.chmod(0o400)
    place, found, lost = run(become_ordinary(foreign) + textwrap.dedent(READ_ONLY), path)
    assert place == f"SPOOL {path} cannot be written: it is read-only; the change is kept in {path}.waiting until it can be written"
    assert "'qwen-1'" in found
    assert lost == ""
    path.chmod(0o600)
    assert names(path) == ["qwen-1", "qwen-2"]
    assert fits(path)


def test_a_read_only_folder_is_read_and_the_loss_is_said(foreign: Path) -> None:
    path = foreign / "ledger.sqlite3"
    ledger = Ledger.open(path)
    ledger.append(record(1))
    ledger.close()
    path.chmod(0o400)
    foreign.chmod(0o500)
    try:
        place, found, lost = run(become_ordinary(foreign) + textwrap.dedent(READ_ONLY), path)
    finally:
        foreign.chmod(0o700)
    assert place.startswith(
        f"MEMORY NOT RECORDED: {path} cannot be written: it is read-only; {path}.waiting cannot be written: it is read-only; "
    )
    assert "'qwen-1'" in found
    assert lost.startswith("NOT RECORDED: ")


# ---- other versions ---------------------------------------------------------------------------------------------

NEWER = (*schema.MIGRATIONS, "ALTER TABLE entries ADD COLUMN mood TEXT NOT NULL DEFAULT 'calm';")


def test_a_newer_schema_is_only_read_and_its_owner_takes_in_what_waits(path: Path) -> None:
    newer = Ledger.open(path, migrations=NEWER)
    newer.append(record(1))
    newer.close()
    ledger = Ledger.open(path)
    assert ledger.problem == f"{path} was written by a newer modeltui and is only read by this one"
    assert [entry.name for entry in ledger.query(Filter(kind="Model")).entries] == ["qwen-1"]
    assert ledger.append(record(2)).place is Place.SPOOL
    assert ledger.close() == ""
    assert fits(path)
    newer = Ledger.open(path, migrations=NEWER)
    assert newer.count() == 3
    newer.close()
    assert schema.version(sqlite3.connect(path)) == len(NEWER)


def test_a_newer_schema_that_cannot_even_be_read_is_left_alone(path: Path) -> None:
    """It looks damaged to this version, but it is not."""
    stranger = (*schema.MIGRATIONS, "ALTER TABLE entries RENAME TO chained;")
    Ledger.open(path).close()
    with pytest.raises(sqlite3.OperationalError, match="no such table"):
        Book.open(path, migrations=stranger)
    ledger = Ledger.open(path)
    assert ledger.append(record(1)).place is Place.SPOOL
    assert "was written by a newer modeltui" in ledger.problem
    with pytest.raises(Cannot):
        ledger.query()
    ledger.close()
    assert sorted(entry.name for entry in path.parent.iterdir() if "damaged" in entry.name) == []


def test_an_older_schema_is_brought_up_to_date_and_keeps_its_chain(path: Path) -> None:
    older = Ledger.open(path)
    older.append(record(1))
    older.close()
    newer = Ledger.open(path, migrations=NEWER)
    assert newer.append(record(2)).place is Place.LEDGER
    newer.close()
    assert fits(path)


def test_a_migration_that_fails_changes_nothing(path: Path) -> None:
    Ledger.open(path).close()
    before = path.read_bytes()
    broken = (*schema.MIGRATIONS, "CREATE TABLE half (a);\nCREATE TABLE entries (a);")
    ledger = Ledger.open(path, migrations=broken)
    assert "table entries already exists" in ledger.problem
    assert ledger.append(record(1)).place is Place.SPOOL
    assert len(ledger.query().entries) == 1
    ledger.close()
    assert path.read_bytes() == before
    assert names(path) == ["qwen-1"], "the old version takes it in"


# ---- damage -----------------------------------------------------------------------------------------------------


def overwrite(path: Path, start: int, content: bytes) -> None:
    with path.open("r+b") as file:
        file.seek(start)
        file.write(content)


@pytest.mark.parametrize("how", ["no database", "a damaged page", "cut off", "another program's", "a table is gone"])
def test_a_damaged_ledger_is_set_aside_by_name_and_a_new_one_begun(path: Path, how: str) -> None:
    ledger = Ledger.open(path)
    for number in range(200):
        ledger.append(record(number))
    ledger.close()
    match how:
        case "no database":
            overwrite(path, 0, os.urandom(4096))
        case "a damaged page":
            overwrite(path, 4096, os.urandom(8 * 4096))
        case "cut off":
            os.truncate(path, 3 * 4096 + 100)
        case "another program's":
            path.unlink()
            tamper(path, "CREATE TABLE entries (id INTEGER)")
            tamper(path, f"PRAGMA user_version = {len(schema.MIGRATIONS)}")
        case _:
            tamper(path, "DROP TABLE deeds")
    content = path.read_bytes()
    ledger = Ledger.open(path)
    assert ledger.append(record(999)).place is Place.LEDGER
    (aside,) = [entry for entry in path.parent.iterdir() if ".damaged-" in entry.name and not entry.name.endswith(("-wal", "-shm"))]
    assert aside.read_bytes()[: len(content)] == content, "nothing of it is thrown away"
    (notice,) = ledger.notices
    assert notice.endswith(f"it was set aside as {aside.name} and a new one begun")
    note = ledger.get(1)
    assert note is not None
    assert aside.name in note.result
    assert "the one before it reached entry 201, whose hash is " in note.result
    ledger.close()
    assert names(path) == ["qwen-999"]
    assert fits(path)


def test_damage_that_comes_while_it_is_open(path: Path) -> None:
    ledger = Ledger.open(path)
    for number in range(200):
        ledger.append(record(number))
    checkpoint = sqlite3.connect(path)
    checkpoint.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    checkpoint.close()
    overwrite(path, 0, os.urandom(path.stat().st_size))
    # what SQLite still has in its memory it goes on with; it sees the damage at the latest when it opens the file anew
    receipts = [ledger.append(record(number)) for number in range(1000, 1050)]
    assert {receipt.place for receipt in receipts} <= {Place.LEDGER, Place.SPOOL}
    ledger.close()
    assert "qwen-1049" in names(path)
    assert any(".damaged-" in entry.name for entry in path.parent.iterdir())


def test_a_damaged_ledger_is_not_touched_by_verifying(path: Path) -> None:
    path.write_bytes(b"no database " * 1000)
    with pytest.raises(Cannot, match="is damaged"):
        verification.verify(Files(path))
    assert [entry.name for entry in path.parent.iterdir()] == [path.name]


def test_damage_in_the_middle_is_named_by_verifying(path: Path) -> None:
    ledger = Ledger.open(path)
    for number in range(300):
        ledger.append(record(number, difference=(("spec.note", "changed", "a" * 3000, "b"),)))
    ledger.close()
    size = path.stat().st_size // 4096
    for page in range(size // 3, 2 * size // 3):
        overwrite(path, page * 4096, b"\xff" * 4096)
    verdict = verification.verify(Files(path))
    assert verdict.first_bad > 1
    assert verdict.problem


# ---- the side file ----------------------------------------------------------------------------------------------


def spooled(path: Path, *numbers: int) -> bytes:
    """Lets these records wait in the side file; what it then holds."""
    Ledger.open(path).close()
    other = sqlite3.connect(path)
    other.execute("BEGIN IMMEDIATE")
    ledger = Ledger.open(path, busy=0.05)
    for number in numbers:
        assert ledger.append(record(number)).place is Place.SPOOL
    ledger.close()
    other.close()
    return Files(path).spool.read_bytes()


def test_only_one_at_a_time_touches_the_side_file(path: Path) -> None:
    files = Files(path)
    spool = Spool(files.spool, files.lock)
    adding = threading.Thread(target=spool.add, args=([record(1)],))
    with spool.locked():
        adding.start()
        adding.join(0.3)
        assert adding.is_alive(), "it waits"
        assert not files.spool.exists()
    adding.join()
    assert [waiting.name for waiting in spool.read().records] == ["qwen-1"]


HALF = """
    import resource
    from modeltui.ledger.files import Files
    from modeltui.ledger.spool import Spool

    files = Files(pathlib.Path(sys.argv[1]))
    spool = Spool(files.spool, files.lock)
    spool.add([record(1)])
    resource.setrlimit(resource.RLIMIT_FSIZE, (files.spool.stat().st_size + 20, resource.RLIM_INFINITY))
    try:
        spool.add([record(2)])
    except OSError as error:
        print(error.strerror)
    resource.setrlimit(resource.RLIMIT_FSIZE, (resource.RLIM_INFINITY, resource.RLIM_INFINITY))
    spool.add([record(3)])
    waiting = spool.read()
    print([waiting.name for waiting in waiting.records], waiting.unreadable)
"""


@pytest.mark.skipif(not hasattr(resource, "RLIMIT_FSIZE"), reason="needs a limit on the size of files")
def test_half_a_line_is_taken_back_when_the_disk_is_full(path: Path) -> None:
    assert run(HALF, path) == ["File too large", "['qwen-1', 'qwen-3'] ()"]


def test_what_is_taken_in_twice_is_there_once(path: Path) -> None:
    """Killed after the ledger had it and before the side file was removed."""
    content = spooled(path, 1, 2)
    assert names(path) == ["qwen-1", "qwen-2"]
    Files(path).spool.write_bytes(content)
    assert names(path) == ["qwen-1", "qwen-2"]
    assert fits(path)


def test_a_line_that_was_cut_off_is_kept_and_noted(path: Path) -> None:
    content = spooled(path, 1, 2)
    Files(path).spool.write_bytes(content[:-40])
    ledger = Ledger.open(path)
    (kept,) = [entry for entry in path.parent.iterdir() if ".damaged-" in entry.name]
    assert kept.read_bytes() == content[:-40]
    assert kept.stat().st_mode & 0o777 == 0o600
    assert f"1 line of the side file could not be read; the whole file is kept as {kept.name}" in ledger.notices
    assert any(kept.name in entry.result for entry in ledger.query().entries)
    ledger.close()
    assert names(path) == ["qwen-1"]
    assert fits(path)


@pytest.mark.parametrize(
    "line", [b"{}", b"[]", b"null", b'{"format": 2}', b"\xff\xfe", b'{"format": 1, "at": 1e400}', b"[" * 5000], ids=range(7)
)
def test_no_line_is_too_strange(path: Path, line: bytes) -> None:
    content = spooled(path, 1)
    Files(path).spool.write_bytes(line + b"\n\n" + content)
    assert names(path) == ["qwen-1"]
    assert not Files(path).spool.exists()


def test_a_witness_that_is_damaged_proves_nothing_and_harms_nothing(path: Path) -> None:
    Ledger.open(path).close()
    for content in ("", "{", "1:", f"{10**30}:{'a' * 64}", f"0:{'a' * 64}", "é"):
        Files(path).witness.write_text(content)
        ledger = Ledger.open(path)
        assert ledger.append(record(1)).place is Place.LEDGER
        ledger.close()
        assert fits(path)
