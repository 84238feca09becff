"""Label and field selectors: the grammar of apimachinery, and its sentences when a selector does not parse."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass

from modeltui.demo import errors

Labels = Mapping[str, str]

_TOKEN = re.compile(r"\s*(?:(==|!=|=|!|,|\(|\)|<|>)|([^\s=!,()<>]+))")
_OPERATORS = "in, notin, =, ==, !=, gt, lt"


@dataclass(frozen=True, slots=True)
class Requirement:
    key: str
    operator: str
    """One of: in, notin, exists, absent, gt, lt."""
    values: frozenset[str] = frozenset()

    def matches(self, labels: Labels) -> bool:
        value = labels.get(self.key)
        match self.operator:
            case "in":
                return value in self.values
            case "notin":
                return value not in self.values
            case "exists":
                return value is not None
            case "absent":
                return value is None
        bound = int(next(iter(self.values)))
        if value is None or not re.fullmatch(r"[+-]?\d+", value):
            return False
        return int(value) > bound if self.operator == "gt" else int(value) < bound


def labels_match(requirements: tuple[Requirement, ...], labels: Labels) -> bool:
    return all(requirement.matches(labels) for requirement in requirements)


def parse_labels(text: str) -> tuple[Requirement, ...]:
    """Of "app=x,tier in (a, b),!old". Raises 400 with upstream's sentence."""
    return tuple(_Parser(text).requirements()) if text.strip() else ()


class _Parser:
    def __init__(self, text: str) -> None:
        self.tokens: list[str] = []
        position, end = 0, len(text.rstrip())
        while position < end:
            found = _TOKEN.match(text, position)
            if found is None:
                raise errors.bad_request(f"unable to parse requirement: found '{text[position:]}', expected: identifier")
            self.tokens.append(found[1] or found[2])
            position = found.end()

    def peek(self) -> str:
        return self.tokens[0] if self.tokens else ""

    def next(self) -> str:
        return self.tokens.pop(0) if self.tokens else ""

    def requirements(self) -> list[Requirement]:
        found: list[Requirement] = []
        while True:
            token = self.peek()
            if not token or _is_symbol(token, but="!"):
                raise _expected(token, "!, identifier, or 'end of string'" if not token or token == "," else "!, identifier")
            found.append(self.requirement())
            token = self.next()
            if not token:
                return found
            if token != ",":
                raise _expected(token, "',' or 'end of string'")
            if not self.peek():
                raise _expected("", "identifier after ','")

    def requirement(self) -> Requirement:
        negated = self.peek() == "!"
        if negated:
            self.next()
        key = self.next()
        if not key or _is_symbol(key):
            raise _expected(key, "identifier")
        _check_key(key)
        if negated:
            return Requirement(key, "absent")
        operator = self.peek()
        if operator in ("", ","):
            return Requirement(key, "exists")
        self.next()
        match operator:
            case "=" | "==":
                return Requirement(key, "in", self.exact_value())
            case "!=":
                return Requirement(key, "notin", self.exact_value())
            case "in" | "notin":
                return Requirement(key, operator, self.value_set())
            case "<" | ">":
                values = self.exact_value()
                if not re.fullmatch(r"[+-]?\d+", next(iter(values))):
                    raise errors.bad_request(
                        f"values[0][{key}]: Invalid value: {next(iter(values))!r}: for 'Gt', 'Lt' operators, the value must be an integer"
                    )
                return Requirement(key, "gt" if operator == ">" else "lt", values)
        raise _expected(operator, _OPERATORS)

    def exact_value(self) -> frozenset[str]:
        if self.peek() in ("", ","):
            return frozenset({""})
        value = self.next()
        if _is_symbol(value):
            raise _expected(value, "identifier")
        _check_value(value)
        return frozenset({value})

    def value_set(self) -> frozenset[str]:
        if self.next() != "(":
            raise _expected(self.peek(), "'('")
        values: set[str] = set()
        wants_value = True
        while (token := self.next()) != ")":
            if not token:
                raise _expected("", "',', or ')'")
            if token == ",":
                if wants_value:
                    values.add("")
                wants_value = True
                continue
            if _is_symbol(token) or not wants_value:
                raise _expected(token, "',', ')' or identifier" if wants_value else "',', or ')'")
            _check_value(token)
            values.add(token)
            wants_value = False
        if wants_value:
            values.add("")
        return frozenset(values)


def _is_symbol(token: str, *, but: str = "") -> bool:
    return token != but and token in ("==", "!=", "=", "!", ",", "(", ")", "<", ">")


def _expected(found: str, wanted: str) -> errors.StatusError:
    return errors.bad_request(f"unable to parse requirement: found '{found}', expected: {wanted}")


_NAME = re.compile(r"(?:[A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9]")
_DOMAIN = re.compile(r"[a-z0-9](?:[-a-z0-9]*[a-z0-9])?(?:\.[a-z0-9](?:[-a-z0-9]*[a-z0-9])?)*")


def _check_key(key: str) -> None:
    prefix, _, name = key.rpartition("/")
    if not _NAME.fullmatch(name) or len(name) > 63 or ("/" in key and not _DOMAIN.fullmatch(prefix)):
        raise errors.bad_request(
            f'unable to parse requirement: <nil>: Invalid value: "{key}": name part must consist of alphanumeric '
            "characters, '-', '_' or '.', and must start and end with an alphanumeric character (e.g. 'MyName',  or 'my.name',  "
            "or '123-abc', regex used for validation is '([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9]')"
        )


def _check_value(value: str) -> None:
    if value and (not _NAME.fullmatch(value) or len(value) > 63):
        raise errors.bad_request(
            f'unable to parse requirement: values[0]: Invalid value: "{value}": a valid label must be an empty string or consist of '
            "alphanumeric characters, '-', '_' or '.', and must start and end with an alphanumeric character (e.g. 'MyValue',  or "
            "'my_value',  or '12345', regex used for validation is '(([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9])?')"
        )


@dataclass(frozen=True, slots=True)
class FieldTerm:
    path: str
    value: str
    equal: bool = True


def parse_fields(text: str, supported: Callable[[str], str | None]) -> tuple[FieldTerm, ...]:
    """Of "metadata.name=a,status.phase!=Running". `supported(path)` returns None, or the sentence that refuses the path."""
    terms: list[FieldTerm] = []
    for part in filter(None, _split(text)):
        found = re.match(r"^(.*?)(==|!=|=)(.*)$", part, re.DOTALL)
        if found is None:
            raise errors.bad_request(f"invalid selector: '{part}'; can't understand '{part}'")
        path, operator, value = found[1], found[2], _unescaped(found[3])
        refusal = supported(path)
        if refusal:
            raise errors.bad_request(refusal)
        terms.append(FieldTerm(path, value, operator != "!="))
    return tuple(terms)


def _unescaped(value: str) -> str:
    r"""Only `\\`, `\,` and `\=` are escapes; a bare comma or equals sign is none of a value. Raises 400."""
    for part in re.findall(r"\\.?|[,=]", value, re.DOTALL):
        if part in (",", "="):
            raise errors.bad_request(f"invalid field selector: unescaped character in value: {ord(part)}")
        if part not in ("\\\\", "\\,", "\\="):
            raise errors.bad_request(f"invalid field selector: invalid escape sequence: {part}")
    return re.sub(r"\\(.)", r"\1", value)


def _split(text: str) -> list[str]:
    """At the commas that no backslash escapes."""
    return re.split(r"(?<!\\),", text)


def fields_match(terms: tuple[FieldTerm, ...], value_of: Callable[[str], str]) -> bool:
    return all((value_of(term.path) == term.value) is term.equal for term in terms)
