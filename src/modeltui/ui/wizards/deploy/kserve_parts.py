"""What the forms of both kinds of KServe have in common. Pure."""

from __future__ import annotations

from collections.abc import Set
from typing import Any, Final

from modeltui.systems.kserve import arguments
from modeltui.systems.kserve.types import SERVICE_ACCOUNTS
from modeltui.ui.wizards import answering
from modeltui.ui.wizards.deploy import resource_step, serving_step, shared
from modeltui.ui.wizards.draft import Group
from modeltui.ui.wizards.form import Field, Values
from modeltui.ui.wizards.frame import Spot

_ACCOUNTS: Final = "service accounts"
LISTED: Final = {_ACCOUNTS: SERVICE_ACCOUNTS}
_FLAGS: Final = ("context_length", "eager", "trust_remote_code")


def account(key: str) -> Field:
    return Field(
        key=key,
        label="ServiceAccount",
        suggests=_ACCOUNTS,
        check=answering.object_name,
        help="Of its pods; its Secrets are used for fetching, too. Empty: default.",
    )


def pull_secrets(key: str) -> Field:
    return Field(key=key, label="Pull Secrets", check=object_names, help="Secrets for the registry of the image, with commas between.")


def object_names(text: str) -> str:
    return next((problem for name in answering.words(text) if (problem := answering.object_name(name))), "")


def split(values: Values, gpus: str = "gpus") -> str:
    """A model on several GPUs of one replica is split over them, or all but one stay idle. `gpus`: the question how many there are."""
    told = values.get(gpus, "").strip()
    return told if told.isascii() and told.isdecimal() and told.lstrip("0") not in ("", "1") else ""


def asked(engine: str) -> frozenset[str]:
    """The questions of `shared.serving` that an engine has flags for, but for the served name."""
    ways = [way for way in (shared.ON, shared.OFF) if arguments.has(engine, f"prefix_caching_{way}")]
    spoken = [flag for flag in _FLAGS if arguments.has(engine, flag)]
    return frozenset((*spoken, *(["prefix_caching"] if ways else []), "extra_args", "token_secret"))


def serving_answers(group: Group, keys: Set[str]) -> dict[str, Any]:
    """Of the shared step, what is asked: what was typed for another system or engine means nothing here."""
    found: dict[str, Any] = {**serving_step.answers(group), "prefix_caching": shared.on_off(group["prefix_caching"])}
    return {key: value for key, value in found.items() if key in keys}


def spot_of(key: str, own: str) -> Spot:
    """Where a question stands; `own`: the step of the system."""
    if key in serving_step.KEYS:
        return (serving_step.STEP, 0, key)
    return (resource_step.STEP, 0, key) if key in resource_step.KEYS else (own, 0, key)
