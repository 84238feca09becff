"""What is known of a system, sentence by sentence, and what in the console shows each: the table that keeps the checks complete."""

from __future__ import annotations

import ast
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path

TESTS: Path = Path(__file__).resolve().parents[1]


@dataclass(frozen=True)
class Said:
    """One rule, limit, rename or trap, in our own words: what shows it, or why nothing can."""

    section: str
    says: str
    traps: tuple[str, ...] = ()
    """Names of traps: manifests that have it, of which the checks make a finding before anything is sent."""
    tests: tuple[str, ...] = ()
    """Tests that show it where it shows elsewhere: in a row, a status, a manifest, what a deletion costs. "test_file.test_name"."""
    why_not: str = ""
    """Why neither a manifest nor the cluster can show it."""


def gaps(rows: Sequence[Said], traps: Iterable[str], sections: Iterable[str]) -> Iterator[str]:
    """One sentence for each row that nothing stands behind, for each trap of which no row speaks, and for each section left out."""
    known, told = set(traps), {name for row in rows for name in row.traps}
    for row in rows:
        ways = [bool(row.traps), bool(row.tests), bool(row.why_not)]
        if not any(ways) or (ways[2] and any(ways[:2])):
            yield f"{row.says}: what shows it, or why nothing does?"
        yield from (f"{row.says}: there is no trap {name}" for name in row.traps if name not in known)
        yield from (f"{row.says}: there is no test {name}" for name in row.tests if not is_test(name))
    yield from (f"no row speaks of trap {name}" for name in sorted(known - told))
    yield from (f"section {name} has no rows" for name in sections if all(row.section != name for row in rows))
    yield from (f"said twice: {says}" for says, times in Counter(row.says for row in rows).items() if times > 1)


def is_test(name: str) -> bool:
    file, _, function = name.partition(".")
    return function in _functions(file)


@cache
def _functions(file: str) -> frozenset[str]:
    """Names of the test functions of a file: names of test files are unique."""
    found = next(TESTS.rglob(f"{file}.py"), None)
    if found is None:
        return frozenset()
    tree = ast.parse(found.read_text(encoding="utf-8"))
    return frozenset(
        node.name for node in tree.body if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef) and node.name.startswith("test_")
    )
