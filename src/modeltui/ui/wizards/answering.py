"""Between text as typed and what it means: names, quantities, lists, maps and selectors. Pure; each check gives a sentence or ""."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Final, TypeVar

from modeltui.redaction import MASK, is_secret_key, redact_text
from modeltui.systems.core import names, quantity
from modeltui.systems.modelfs.answers import RequirementAnswers, SelectorAnswers
from modeltui.ui import label_selector
from modeltui.ui.label_selector import Operator, Requirement, SelectorError

T = TypeVar("T")


def object_name(text: str) -> str:
    """RFC 1123 subdomain, as the API server wants the name of an object."""
    problem = names.name_problem(text)
    return f"A name {problem}." if problem else ""


def label_name(text: str) -> str:
    """RFC 1123 label: a namespace."""
    if len(text) > names.LONGEST_LABEL:
        return f"At most {names.LONGEST_LABEL} characters; this has {len(text)}."
    return "" if names.is_namespace(text) else 'Lower-case letters, digits and "-", beginning and ending with a letter or digit.'


def size(text: str) -> str:
    found = quantity.parse(text)
    if found is None:
        return f'"{text}" is not a quantity; write it as 10Gi or 1.5Ti.'
    return "" if found > 0 else "A volume is larger than nothing."


def selector(text: str) -> str:
    try:
        requirements = label_selector.parse(text)
    except SelectorError as error:
        return error.sentence
    if any(one.operator in (Operator.GREATER, Operator.LESS) for one in requirements):
        return "A namespace selector knows =, !=, in, notin, a key alone and !key, but not < and >."
    return ""


def pairs(text: str) -> str:
    """Lines of key=value."""
    keys: set[str] = set()
    for number, line in enumerate(text.splitlines(), 1):
        key, equals, _ = line.strip().partition("=")
        if line.strip() and (not equals or not key.strip()):
            return f"Line {number}: write key=value."
        if key.strip() in keys and line.strip():
            return f'Line {number}: the key "{key.strip()}" stands there twice.'
        keys.add(key.strip())
    return ""


def words(text: str) -> tuple[str, ...]:
    """A list with commas; empty entries and repetitions are left out."""
    return tuple(dict.fromkeys(word for part in text.split(",") if (word := part.strip())))


def mapping(text: str) -> dict[str, str]:
    """Lines of key=value that `pairs` has found good."""
    found = (line.partition("=") for line in text.splitlines() if line.strip())
    return {key.strip(): value.strip() for key, _, value in found}


def lines(values: Mapping[str, str]) -> str:
    return "\n".join(f"{key}={value}" for key, value in values.items())


def masked_value(key: str, value: str) -> str:
    """What may be written to a file of a setting."""
    return MASK if is_secret_key(key) and value else redact_text(value)


def masked_pairs(text: str, masked: Callable[[str, str], str]) -> str:
    """Lines of key=value, and lines that are none yet, without what `masked` says is a secret."""
    found = []
    for one in text.split("\n"):
        key, equals, value = one.partition("=")
        found.append(f"{key}={masked(key.strip(), value)}" if equals else redact_text(one))
    return "\n".join(found)


def longest(known: Mapping[str, T], path: str) -> T | None:
    """What stands for the longest part that `path` begins with; None when nothing does."""
    fitting = [start for start in known if path == start or path.startswith((f"{start}.", f"{start}["))]
    return known[max(fitting, key=len)] if fitting else None


_OPERATORS: Final[Mapping[Operator, str]] = {
    Operator.IN: "In",
    Operator.NOT_IN: "NotIn",
    Operator.DIFFERS: "NotIn",
    Operator.EXISTS: "Exists",
    Operator.ABSENT: "DoesNotExist",
}


def selector_answers(text: str) -> SelectorAnswers | None:
    """What a text means that `selector` has found good; None for no text: all namespaces."""
    if not text.strip():
        return None
    labels: dict[str, str] = {}
    expressions: list[RequirementAnswers] = []
    for one in label_selector.parse(text):
        if one.operator is Operator.EQUALS and one.key not in labels:
            labels[one.key] = one.values[0]
        else:
            operator = "In" if one.operator is Operator.EQUALS else _OPERATORS[one.operator]
            expressions.append(RequirementAnswers(key=one.key, operator=operator, values=one.values))  # type: ignore[arg-type]  # a Literal
    return SelectorAnswers(match_labels=labels, match_expressions=tuple(expressions))


def selector_text(selected: SelectorAnswers | None) -> str:
    """The inverse of `selector_answers`, as far as text can say it."""
    if selected is None:
        return ""
    spoken = {"In": Operator.IN, "NotIn": Operator.NOT_IN, "Exists": Operator.EXISTS, "DoesNotExist": Operator.ABSENT}
    requirements = [Requirement(key, Operator.EQUALS, (value,)) for key, value in selected.match_labels.items()]
    requirements += [Requirement(one.key, spoken[one.operator], one.values) for one in selected.match_expressions]
    return ",".join(map(str, requirements))
