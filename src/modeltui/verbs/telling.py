"""What is said to people while a verb prints: on stderr, so that the output stays what it is."""

from __future__ import annotations

import sys

from modeltui.characters import printable
from modeltui.redaction import redact_text


def complain(sentence: str) -> None:
    """Of what went wrong, as every other error of the command is put."""
    say(f"modeltui: {sentence}")


def say(sentence: str) -> None:
    """A line without secrets, and safe to print."""
    print(printable(redact_text(sentence)), file=sys.stderr)
