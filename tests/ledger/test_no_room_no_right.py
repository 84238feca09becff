"""A full disk and a file that may not be written, done for real."""

from __future__ import annotations

import os
import resource
import shutil
import tempfile
import textwrap
from collections.abc import Iterator
from pathlib import Path

import pytest
from tests.ledger.builders import record
from tests.ledger.witnesses import fits, names, run

from modeltui.ledger.ledger import Ledger

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
