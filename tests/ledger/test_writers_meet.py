"""Processes that are killed, write at once, or lock each other out, done for real."""

from __future__ import annotations

import random
import signal
import sqlite3
import subprocess
import threading
from pathlib import Path

import pytest
from tests.ledger.builders import record
from tests.ledger.witnesses import WITHIN, fits, names, python

from modeltui.ledger import verification
from modeltui.ledger.files import Files
from modeltui.ledger.ledger import Ledger
from modeltui.ledger.records import Place, Receipt
from modeltui.ledger.trouble import Cannot

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
