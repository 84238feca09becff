"""What waits beside the ledger until it can be written: whole or told, never twice."""

from __future__ import annotations

import resource
import sqlite3
import threading
from pathlib import Path

import pytest
from tests.ledger.builders import record
from tests.ledger.witnesses import fits, names, run

from modeltui.ledger.files import Files
from modeltui.ledger.ledger import Ledger
from modeltui.ledger.records import Place
from modeltui.ledger.spool import Spool


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
