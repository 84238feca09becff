"""What tests of a ledger file ask it afterwards, and processes of their own that write to one."""

from __future__ import annotations

import subprocess
import sys
import textwrap
from pathlib import Path

from modeltui.ledger import verification
from modeltui.ledger.files import Files
from modeltui.ledger.ledger import Ledger
from modeltui.ledger.records import Filter, State

CHECKOUT = Path(__file__).resolve().parents[2]
WITHIN = 60.0
"""Seconds that any process may take on a busy machine."""

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
