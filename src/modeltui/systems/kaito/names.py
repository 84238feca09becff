"""Names of Workspaces and InferenceSets: one for a model, and what is wrong with one that is typed. Pure."""

from __future__ import annotations

import re
from typing import Final

from modeltui.systems.core.names import LONGEST_LABEL, is_namespace

LONGEST: Final = LONGEST_LABEL - len("-headless")
"""Its Service, and the headless one beside it, are named after it, and a Service's name is a DNS label."""
LONGEST_OF_SET: Final = LONGEST - len("-00000")
"""Its Workspaces are named after it, with something behind."""


def propose(model: str, *, longest: int = LONGEST) -> str:
    """The last part of a preset's name or of a Hub id: "microsoft/Phi-3.5-mini" is "phi-3-5-mini"; a Service begins with a letter."""
    kept = re.sub(r"[^a-z0-9]+", "-", model.strip().rstrip("/").rpartition("/")[2].lower()).strip("-")
    if not kept or not kept[0].isalpha():
        kept = f"model-{kept}"
    return kept[:longest].strip("-")


def propose_set(model: str) -> str:
    return propose(model, longest=LONGEST_OF_SET)


def name_problem(name: str, *, longest: int = LONGEST) -> str:
    """In a sentence; "" when it is good."""
    if not name:
        return "Give it a name."
    if len(name) > longest:
        return f"The name has {len(name)} characters; with more than {longest}, what KAITO names after it gets too long."
    if not is_namespace(name) or not name[0].isalpha():
        return 'The name may hold lower-case letters, digits and "-", begins with a letter and ends with a letter or digit.'
    return ""


def set_name_problem(name: str) -> str:
    return name_problem(name, longest=LONGEST_OF_SET)
