"""How variables, tolerations and lists of words are typed, and what is wrong with a text. Pure; each check gives a sentence or ""."""

from __future__ import annotations

import re
import shlex
from collections.abc import Callable, Iterable, Sequence
from functools import partial
from typing import Final

from modeltui.redaction import redact_command_line
from modeltui.systems.core import quantity
from modeltui.systems.core.names import name_problem
from modeltui.systems.serving.answers import EnvAnswers, KeyAnswers, TolerationAnswers
from modeltui.systems.showing import unshowable
from modeltui.ui.wizards import answering

# ---- variables: NAME=value, NAME <- secret NAME/KEY, NAME <- configmap NAME/KEY

_TAKEN: Final = re.compile(r"(?P<name>[^=\s]+)\s*<-\s*(?P<kind>secret|configmap)\s+(?P<of>[^\s/]+)/(?P<key>\S+)\s*", re.IGNORECASE)
_PLAIN: Final = re.compile(r"(?P<name>[^=\s]+)=(?P<value>.*)", re.DOTALL)
ENV_HELP: Final = "One a line: NAME=value, or NAME <- secret NAME/KEY, or NAME <- configmap NAME/KEY."


def env_problem(text: str) -> str:
    seen: set[str] = set()
    for number, one in enumerate(text.split("\n"), 1):
        if not one.strip():
            continue
        found = _TAKEN.fullmatch(one.strip()) or _PLAIN.fullmatch(one.lstrip())
        if found is None:
            return f"Line {number}: write NAME=value, or NAME <- secret NAME/KEY."
        if found["name"] in seen:
            return f"Line {number}: {found['name']} stands there twice."
        seen.add(found["name"])
    return ""


def env(text: str) -> tuple[EnvAnswers, ...]:
    """What a text means that `env_problem` has found good."""
    return tuple(_variable(one) for one in text.split("\n") if one.strip())


def _variable(one: str) -> EnvAnswers:
    if found := _TAKEN.fullmatch(one.strip()):
        taken = KeyAnswers(name=found["of"], key=found["key"])
        of_secret = found["kind"].lower() == "secret"
        return EnvAnswers(name=found["name"], secret=taken if of_secret else None, config_map=None if of_secret else taken)
    name, _, value = one.lstrip().partition("=")
    return EnvAnswers(name=name, value=value)


def env_text(variables: Iterable[EnvAnswers]) -> str:
    """The inverse of `env`. Raises AnswersError for a variable that one line cannot spell."""
    lines = []
    for one in variables:
        source = ("secret", one.secret) if one.secret is not None else ("configmap", one.config_map)
        kind, taken = source
        text = f"{one.name}={one.value}" if taken is None else f"{one.name} <- {kind} {taken.name}/{taken.key}"
        if env_problem(text) or env(text) != (one,):
            raise unshowable(f"the variable {one.name!r} cannot be spelled in one line")
        lines.append(text)
    return "\n".join(lines)


def env_kept(text: str) -> str:
    """What of it may be written to a file."""
    return "\n".join(_line_kept(one) for one in text.split("\n"))


def _line_kept(one: str) -> str:
    """What is taken from a Secret names it and holds nothing."""
    if _TAKEN.fullmatch(one.strip()):
        return one
    return answering.masked_pairs(one, answering.masked_value)


# ---- tolerations, as kubectl spells taints: key=value:effect, key:effect, key; * is every taint; "for 300" are seconds

_TOLERATION: Final = re.compile(
    r"(?P<key>\*|[^\s=:]+)(?:(?P<equals>=)(?P<value>[^\s:]*))?(?::(?P<effect>NoSchedule|PreferNoSchedule|NoExecute))?(?:\s+for\s+(?P<seconds>-?[0-9]{1,18}))?"
)
TOLERATIONS_HELP: Final = "One a line, as taints are spelled: key=value:NoSchedule, key:NoSchedule, key; * tolerates all."


def tolerations_problem(text: str) -> str:
    for number, one in enumerate(text.splitlines(), 1):
        if not one.strip():
            continue
        found = _TOLERATION.fullmatch(one.strip())
        if found is None:
            return f"Line {number}: write key=value:NoSchedule, key:NoSchedule or key; effects are NoSchedule, PreferNoSchedule, NoExecute."
        if found["key"] == "*" and found["equals"]:
            return f"Line {number}: * tolerates all taints, so it has no value."
        if found["seconds"] and found["effect"] != "NoExecute":
            return f'Line {number}: "for" is about NoExecute.'
    return ""


def tolerations(text: str) -> tuple[TolerationAnswers, ...]:
    """What a text means that `tolerations_problem` has found good."""
    return tuple(_toleration(one.strip()) for one in text.splitlines() if one.strip())


def _toleration(one: str) -> TolerationAnswers:
    found = _TOLERATION.fullmatch(one)
    assert found is not None  # found good before
    return TolerationAnswers(
        key="" if found["key"] == "*" else found["key"],
        operator="Equal" if found["equals"] else "Exists",
        value=found["value"] or "",
        effect=found["effect"] or "",  # type: ignore[arg-type]  # one of the words of the pattern
        toleration_seconds=int(found["seconds"]) if found["seconds"] else None,
    )


def tolerations_text(tolerated: Iterable[TolerationAnswers]) -> str:
    """The inverse of `tolerations`. Raises AnswersError for one that cannot be spelled so."""
    lines = []
    for one in tolerated:
        text = (one.key or "*") + (f"={one.value}" if one.operator == "Equal" else "") + (f":{one.effect}" if one.effect else "")
        text += f" for {one.toleration_seconds}" if one.toleration_seconds is not None else ""
        if tolerations_problem(text) or tolerations(text) != (one,):
            raise unshowable(f"the toleration of {one.key!r} cannot be spelled in one line")
        lines.append(text)
    return "\n".join(lines)


# ---- arguments of an engine, as in a shell: words, quoted where they have spaces


def words_problem(text: str) -> str:
    try:
        shlex.split(text)
    except ValueError as error:
        return f"{str(error).capitalize()}: quote as in a shell."
    return ""


def words(text: str) -> tuple[str, ...]:
    return tuple(shlex.split(text))


def words_text(found: Sequence[str]) -> str:
    return shlex.join(found)


def words_kept(text: str) -> str:
    """Without what looks like a secret: `--api-key VALUE` as well as `--api-key=VALUE`."""
    return redact_command_line(text)


# ---- numbers and amounts

LARGEST: Final = 2**31 - 1
"""Of an int32, as replicas and counts are in every API here."""


def number(text: str, *, least: int, most: int | None = None) -> str:
    """A check: whole numbers from `least` to `most`, or as many as the API's integers hold."""
    digits = text.removeprefix("-")
    if not (digits.isascii() and digits.isdecimal()):
        return f'"{text}" is no whole number.'
    highest = LARGEST if most is None else most
    if digits == text and (len(text) > len(str(highest)) or int(text) > highest):  # Python reads no endless one
        return f"At most {highest}."
    return f"At least {least}." if digits != text or int(text) < least else ""


def at_least(least: int, most: int | None = None) -> Callable[[str], str]:
    return partial(number, least=least, most=most)


def amount(text: str) -> str:
    """Of memory or of CPU."""
    found = quantity.parse(text)
    if found is None:
        return f'"{text}" is not a quantity; write 16Gi, 4 or 500m.'
    return "" if found > 0 else "More than nothing is needed."


def name(text: str) -> str:
    """Of an object that is referred to."""
    problem = name_problem(text)
    return f"A name {problem}." if problem else ""


def image(text: str) -> str:
    """Of a container."""
    return "" if re.fullmatch(_IMAGE, text) else "An image is written registry/name:tag, or with @sha256: and its digest."


_IMAGE: Final = r"[a-zA-Z0-9][a-zA-Z0-9._:/-]*(@sha256:[0-9a-f]{64})?"


def version(text: str) -> str:
    return "" if re.fullmatch(r"\d+\.\d+\.\d+", text) else "A version is written MAJOR.MINOR.PATCH, such as 1.1.1."


def absolute_path(text: str) -> str:
    return _path(text) if text.startswith("/") else 'A path in the container begins with "/".'


def relative_path(text: str) -> str:
    return 'A folder of the claim does not begin with "/".' if text.startswith("/") else _path(text)


def _path(text: str) -> str:
    if {".", ".."} & set(text.split("/")):
        return "No part of a path is a dot or two."
    return 'A path of a mount has no ":".' if ":" in text else ""


def positive(text: str) -> str:
    """A check: a number above 0, perhaps with a fraction."""
    if not re.fullmatch(_DECIMAL, text):
        return f'"{text}" is no number; write 50 or 12.5.'
    return "" if float(text) > 0 else "More than 0."


_DECIMAL: Final = r"[0-9]{1,9}(\.[0-9]{1,21})?"
"""As many decimals as Python writes of a small number before it takes to exponents."""


def decimal(text: str) -> float | None:
    """What a text means that is a number, perhaps with a fraction, or nothing."""
    return float(text) if text.strip() else None


def decimal_text(found: float | None) -> str:
    return "" if found is None else str(found).removesuffix(".0")


def count_or(text: str, otherwise: int) -> int:
    """What a text means that is a number; nothing is `otherwise`."""
    return int(text) if text.strip() else otherwise


def count(text: str) -> int | None:
    """What a text means that is a number or nothing."""
    return int(text) if text.strip() else None


def count_text(found: int | None) -> str:
    return "" if found is None else str(found)
