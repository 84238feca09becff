"""Numbers of replicas as they are typed, and what is remembered of them while a deployment is stopped. Pure.

A system that has no way to stop is stopped by zero replicas. What they were before stands in an annotation, so that whoever starts it
again, from whichever machine, gets the same number.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any, Final

from modeltui.systems.manifest import Manifest, part
from modeltui.systems.operations import Operation, Question, Stage

REMEMBERED: Final = "modeltui/replicas-before-stop"
"""Annotation: the replicas of each part as they were when it was stopped, as JSON."""
MOST: Final = 10_000
"""More is a slip of the finger."""


def problem(text: str, *, least: int = 0, most: int = MOST) -> str:
    """What is wrong with a number of replicas; "" when it is good."""
    if not (text.isascii() and text.isdecimal()):
        return "Replicas are a whole number, 0 or more."
    if len(text) > len(str(most)) or not least <= int(text) <= most:  # Python reads no endless number
        return f"At least {least} and at most {most} replicas."
    return ""


def scaling(*, name: str, now: int, become: Any, whole: str, most: int = MOST, why_not: str = "") -> Operation:
    """The operation that asks for a number. `name`: of the part; "" when there is only one. `become`: (live, number) -> the object.
    `whole`: what becomes of it in words, for the title."""
    return Operation(
        title=f"Scale {name}" if name else "Scale",
        change=f"Scale {name} of" if name else "Scale",
        word="scale",
        asks=Question(
            label=whole,
            default=str(now),
            problem=lambda text: problem(text, most=most),
            stages=lambda text: (Stage(become=lambda live: become(live, int(text))),),
            part=name,
            help="0 takes all of its pods away." if now else "",
        ),
        why_not=why_not,
    )


def remember(desired: Manifest, numbers: Mapping[str, int]) -> None:
    annotations = part(part(desired, "metadata"), "annotations")
    annotations[REMEMBERED] = json.dumps(dict(numbers), sort_keys=True)


def recall(desired: Manifest) -> dict[str, int]:
    """What was remembered, which is then forgotten; {} when nothing was, or somebody has written something else there."""
    metadata = part(desired, "metadata")
    annotations = metadata.get("annotations")
    said = annotations.pop(REMEMBERED, None) if isinstance(annotations, dict) else None
    if isinstance(annotations, dict) and not annotations:
        del metadata["annotations"]
    try:
        numbers = json.loads(said) if isinstance(said, str) else {}
    except ValueError:
        return {}
    if not isinstance(numbers, dict):
        return {}
    return {str(name): number for name, number in numbers.items() if type(number) is int and 0 < number <= MOST}
