"""What the questions of several systems have in common, and those about the object itself. Pure."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Final

from modeltui.ui.wizards import answering
from modeltui.ui.wizards.form import Field, Step, Values, nothing_proposed

BASICS: Final = "basics"
DEFAULT: Final = "default"
"""Of a choice: nothing is said, and the engine does what it does by itself."""
ON, OFF = "on", "off"

Asks = Callable[[Values, str], bool]
"""(answers, key of a field) -> whether the system that is chosen wants to know it."""


def asked_by(asks: Asks, *fields: Field) -> tuple[Field, ...]:
    """Each is asked, and proposes something, only where the system that is chosen wants to know it."""
    return tuple(_asked_by(asks, one) for one in fields)


def _asked_by(asks: Asks, one: Field) -> Field:
    def proposes(values: Values) -> str:
        return one.proposes(values) if asks(values, one.key) else ""

    asked = replace(one, wanted=lambda values: asks(values, one.key) and one.wanted(values))
    return asked if one.proposes is nothing_proposed else replace(asked, proposes=proposes)


def basics(propose: Callable[[Values], str], *, editing: bool) -> Step:
    """`propose`: a name within the limits of the system that is chosen."""
    return Step(
        key=BASICS,
        title="Name",
        fields=(
            Field(
                key="name",
                label="Name",
                required=True,
                check=answering.object_name,
                proposes=propose,
                fixed=editing,
                help="Of the object. It is proposed within the limits of the system.",
            ),
            Field(key="namespace", label="Namespace", required=True, suggests="namespaces", check=answering.label_name, fixed=editing),
        ),
    )


def one_word(text: str) -> str:
    return "One word, without spaces." if any(character.isspace() for character in text) else ""


def said(text: str) -> str:
    """What a choice with a default means; "" where nothing is said."""
    return "" if text.strip() == DEFAULT else text.strip()


def on_off(text: str) -> bool | None:
    """What a choice of on, off and default means; None: nothing is said."""
    return {ON: True, OFF: False}.get(text)


def on_off_text(found: bool | None) -> str:
    return {True: ON, False: OFF, None: DEFAULT}[found]


def resource_name(text: str) -> str:
    head, slash, tail = text.partition("/")
    return "" if slash and head and tail and " " not in text else "Of the form vendor.com/gpu."
