"""The names that Kubernetes gives to what it makes: hashes of templates, and five letters that are another each time."""

from __future__ import annotations

import json
import random
import zlib
from typing import Final

from modeltui.demo.errors import Object

LETTERS: Final = "bcdfghjklmnpqrstvwxz2456789"
"""Without vowels, and without what looks like another letter, so that no word comes about."""
_GENERATED: Final = 58
"""Characters of a base that five more are put behind."""


def template_hash(template: Object, collisions: int = 0) -> str:
    """A number of 32 bits in those letters, as the controllers write theirs; the number itself is another than theirs."""
    printed = json.dumps(template, sort_keys=True).encode() + str(collisions or "").encode()
    return "".join(LETTERS[ord(digit) % len(LETTERS)] for digit in str(zlib.crc32(printed)))


def generated(base: str, rng: random.Random) -> str:
    return base[:_GENERATED] + "".join(rng.choices(LETTERS, k=5))
