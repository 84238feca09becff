"""Names for graphs, within what Dynamo and Grove take. Pure."""

from __future__ import annotations

import re
from typing import Final

from modeltui.systems.core.names import is_namespace
from modeltui.systems.dynamo.types import LONGEST_COMBINED

LONGEST: Final = LONGEST_COMBINED - len("Frontend")
"""The longest component that the form makes is the frontend."""


def slug(model: str, *, longest: int) -> str:
    """The last part of a model's id as a DNS label that begins with a letter: "Qwen/Qwen3-0.6B" is "qwen3-0-6b"."""
    text = re.sub(r"[^a-z0-9]+", "-", model.rstrip("/").rpartition("/")[2].lower()).strip("-")
    if not text or not text[0].isalpha():
        text = f"m-{text}".rstrip("-")
    return text[:longest].rstrip("-")


def propose(model: str) -> str:
    return slug(model, longest=LONGEST)


def name_problem(name: str) -> str:
    """What is wrong with a name, in a sentence; "" when it is good."""
    return problem(name, longest=LONGEST)


def problem(name: str, *, longest: int) -> str:
    if not is_namespace(name) or not name[0].isalpha():
        return 'Lower-case letters, digits and "-"; it begins with a letter and ends with a letter or digit.'
    return f"At most {longest} characters: what is made of it is named after it." if len(name) > longest else ""
