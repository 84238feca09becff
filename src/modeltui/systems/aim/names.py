"""Names of AIMServices: one for a model, and what is wrong with one that is typed. Pure."""

from __future__ import annotations

import re
from typing import Final

from modeltui.systems.core.names import LONGEST_LABEL, is_namespace

LONGEST: Final = LONGEST_LABEL
"""It stands in a label, by which its InferenceService and pods are found; AIM Engine shortens what it derives from it by itself."""


def propose(model: str) -> str:
    """From a Hub id, an image, a URI or the name of a model: "amdenterpriseai/aim-qwen-qwen3-32b:0.8.5" is "qwen-qwen3-32b"."""
    last = model.strip().rstrip("/").rpartition("/")[2]
    name = last.partition("@")[0].partition(":")[0].lower().removeprefix("aim-")
    kept = re.sub(r"[^a-z0-9]+", "-", name).strip("-")[:LONGEST].strip("-")
    return kept or "model"


def name_problem(name: str) -> str:
    """In a sentence; "" when it is good."""
    if not name:
        return "Give it a name."
    if len(name) > LONGEST:
        return f"The name has {len(name)} characters, at most {LONGEST} have room in the label that its pods carry."
    if not is_namespace(name):
        return 'The name may hold lower-case letters, digits and "-", and begins and ends with a letter or digit.'
    return ""
