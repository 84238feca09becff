"""LoRA adapters that KAITO loads beside the model: a card each. Pure both ways."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final

from modeltui.systems.kaito.answers import AdapterAnswers
from modeltui.systems.kaito.checks.serving import is_strength
from modeltui.ui.wizards import answering
from modeltui.ui.wizards.deploy import spelling
from modeltui.ui.wizards.deploy.system_form import chosen
from modeltui.ui.wizards.draft import Draft, Group
from modeltui.ui.wizards.form import Field, Step

_SPOTS: Final = {"source": "image", "source.name": "name", "source.imagePullSecrets": "pull_secrets", "strength": "strength"}


def key(word: str) -> str:
    """Of the step, in the form of the system `word`."""
    return f"{word}.adapters"


def _strength(text: str) -> str:
    return "" if is_strength(text) else "A number from 0 to 1."


def step(word: str) -> Step:
    return Step(
        key=key(word),
        title="Adapters",
        card="LoRA adapter",
        begins=0,
        intro="They are served beside the model, each under its name. There may be none.",
        wanted=chosen(word),
        fields=(
            Field(
                key=f"{word}.adapter.name",
                label="Name",
                required=True,
                check=answering.object_name,
                help="Clients write it as the model.",
            ),
            Field(
                key=f"{word}.adapter.image",
                label="Image",
                required=True,
                check=spelling.image,
                help="It holds the adapter in its folder data.",
            ),
            Field(
                key=f"{word}.adapter.strength",
                label="Strength",
                check=_strength,
                help="From 0 to 1: how much of it is added to the model's own weights. Empty: 1.",
            ),
            Field(
                key=f"{word}.adapter.pull_secrets",
                label="Pull Secrets",
                check=_names,
                help="Secrets of the namespace that let the image be pulled, with spaces between.",
            ),
        ),
    )


def _names(text: str) -> str:
    return next(filter(None, map(answering.object_name, text.split())), "")


def answers(draft: Draft, word: str) -> tuple[AdapterAnswers, ...]:
    return tuple(
        AdapterAnswers(
            name=group[f"{word}.adapter.name"].strip(),
            image=group[f"{word}.adapter.image"].strip(),
            strength=group[f"{word}.adapter.strength"].strip(),
            pull_secrets=tuple(group[f"{word}.adapter.pull_secrets"].split()),
        )
        for group in draft.groups[key(word)]
    )


def texts(found: Iterable[AdapterAnswers], word: str) -> tuple[Group, ...]:
    return tuple(
        {
            f"{word}.adapter.name": one.name,
            f"{word}.adapter.image": one.image,
            f"{word}.adapter.strength": one.strength,
            f"{word}.adapter.pull_secrets": " ".join(one.pull_secrets),
        }
        for one in found
    )


def field(word: str, path: str) -> str:
    """Which question answers for what stands at `path` of an adapter."""
    return f"{word}.adapter.{answering.longest(_SPOTS, path) or 'name'}"
