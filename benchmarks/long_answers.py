"""`python -m benchmarks.long_answers demo ...`: the embedded cluster, with models that have 10,000 tokens to say to anything."""

from __future__ import annotations

import sys

from modeltui.cli import main
from modeltui.demo.inference import text

TOKENS = 10_000


def _length(prompt: str) -> int:
    return TOKENS


if __name__ == "__main__":
    text.length = _length
    sys.exit(main(sys.argv[1:]))
