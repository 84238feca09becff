"""What can be done with an object beyond editing and deleting it, as data: a system lists it, the console asks, reviews and begins.

Nothing here writes or asks anybody. An operation says what the live object shall become; how that is written is for `changes`.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from modeltui.kube.resource import Resource
from modeltui.systems.manifest import Manifest

Become = Callable[[Mapping[str, Any]], Manifest]
"""The live object -> the whole object as it shall become. Raises NotPossible when it is not such any more that this makes sense."""


class NotPossible(Exception):
    """`str(error)` is one sentence."""


@dataclass(frozen=True, slots=True)
class Going:
    """An object that has to be gone before something is done."""

    resource: Resource
    namespace: str
    name: str
    sure: bool = False
    """It goes, although nobody may have asked for that yet: what is done before brings it about. Otherwise it is in the way only
    when it is being deleted."""
    uid: str = ""
    """Another one of that name is not in the way; "" takes the first that is seen for it."""

    def __str__(self) -> str:
        return f"{self.resource.kind} {self.namespace + '/' if self.namespace else ''}{self.name}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Stage:
    """One write of an operation."""

    become: Become
    note: str = ""
    """What it does, where there are several: "Version one ABSENT: modelfs removes its weights."."""
    once_gone: tuple[Going, ...] = ()
    """What has to be gone before."""
    otherwise: str = ""
    """What is so as long as this stage has not been done, and how to finish by hand; one or two sentences."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Question:
    """The one thing that an operation has to be told, such as a number of replicas."""

    label: str
    default: str
    problem: Callable[[str], str]
    """What is wrong with an answer, in a sentence; "" when it is good."""
    stages: Callable[[str], tuple[Stage, ...]]
    """A good answer -> what is written."""
    part: str = ""
    """Which part of the object is meant, when it has several, such as a component of a graph."""
    help: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Operation:
    """One thing that can be done with one object."""

    title: str
    """As a menu lists it: "Pause version one (removes its weights)"."""
    change: str
    """Title of the change that comes of it, which ends in the object's kind and name: "Pause version one of"."""
    stages: tuple[Stage, ...] = ()
    """Of one that asks nothing."""
    word: str = ""
    """What is typed for it on the command line: "scale", "stop", "start", "restart"; "" when it has no word."""
    asks: Question | None = None
    chooses: str = ""
    """What has to be chosen from a list first, in a word that the console has a screen for ("activation"). Of what was chosen the system
    then makes the operation that is done."""
    why_not: str = ""
    """Why it is of no use on this object, as a menu shows it beside the title; "" when it is."""
