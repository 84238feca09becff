"""The small changes of a Model that have a key of their own: a version added, taken out, paused, resumed or shared. Pure.

Each takes the live Model and answers with the whole object as it shall become. A version's name stands for the first of that
name. All raise NoVersion when it is not there.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import msgspec

from modeltui.systems.manifest import Manifest
from modeltui.systems.modelfs import manifests
from modeltui.systems.modelfs.answers import ModelAnswers, ShareAnswers, VersionAnswers
from modeltui.systems.modelfs.types import ABSENT, PRESENT
from modeltui.systems.operations import NotPossible


class NoVersion(NotPossible):
    """The Model has no such version (any more); `str(error)` is one sentence."""


def with_version(live: Mapping[str, Any], version: VersionAnswers) -> Manifest:
    """One more version, or one of that name with these answers."""
    answers = manifests.answers_of(live)
    names = [entry.name for entry in answers.versions]
    versions = list(answers.versions)
    if version.name in names:
        versions[names.index(version.name)] = version
    else:
        versions.append(version)
    return manifests.model(msgspec.structs.replace(answers, versions=tuple(versions)), live=live)


def without_version(live: Mapping[str, Any], name: str) -> Manifest:
    """The entry gone. modelfs then forgets the version; it removes the Dataset only of one that it saw ABSENT."""
    answers = manifests.answers_of(live)
    place = _place(answers, name)
    return manifests.model(
        msgspec.structs.replace(answers, versions=answers.versions[:place] + answers.versions[place + 1 :]),
        live=live,
    )


def paused(live: Mapping[str, Any], name: str) -> Manifest:
    """state ABSENT: modelfs deletes the Dataset, and its volume with it."""
    return _with(live, name, state=ABSENT)


def resumed(live: Mapping[str, Any], name: str) -> Manifest:
    """state PRESENT: modelfs makes the Dataset, and fetches everything anew."""
    return _with(live, name, state=PRESENT)


def shared(live: Mapping[str, Any], name: str, *, enabled: bool) -> Manifest:
    """The selector and the opt-in label stay what they are."""
    answers = manifests.answers_of(live)
    share = answers.versions[_place(answers, name)].share or ShareAnswers()
    return _with(live, name, share=msgspec.structs.replace(share, enabled=enabled))


def _with(live: Mapping[str, Any], name: str, **changes: Any) -> Manifest:
    answers = manifests.answers_of(live)
    versions = list(answers.versions)
    place = _place(answers, name)
    versions[place] = msgspec.structs.replace(versions[place], **changes)
    return manifests.model(msgspec.structs.replace(answers, versions=tuple(versions)), live=live)


def _place(answers: ModelAnswers, name: str) -> int:
    for place, entry in enumerate(answers.versions):
        if entry.name == name:
            return place
    raise NoVersion(f'Model {answers.name} has no version "{name}" (any more).')
