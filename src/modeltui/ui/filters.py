"""The grammar of `/`: what a user types to a predicate over rows. Pure; imports no screen.

    llama 8b             rows whose visible text matches both (case-insensitive regular expressions)
    "two words"          quotes keep a space inside one term
    !failed              rows that do not match
    status:failed        a column's value, by key, title, or the beginning of one; hidden columns too (type:s3)
    tag:chat             a whole tag (* is a wildcard)
    ready:<1  age:>2d    comparisons: < <= > >= = !=; ages take s m h d w y, sizes take Ki Mi Gi Ti
    -l app=x,tier in (a,b),!canary    Kubernetes label selector
    -f lm8b              fuzzy: the letters in this order, in the name

Several terms must all be true. An expression that is not a valid regular expression is taken literally, and the
description says so. Ages are left out of free text: they would change the matches while one reads them.
"""

from __future__ import annotations

import re
import warnings
from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from fnmatch import fnmatchcase
from typing import Final

from modeltui import cells
from modeltui.domain import Column, ColumnKind, Row, Status, Value
from modeltui.ui import label_selector
from modeltui.ui.label_selector import SelectorError

Predicate = Callable[[Row], bool]


class FilterError(ValueError):
    """What is wrong, in one sentence, and at which character of the text."""

    def __init__(self, sentence: str, position: int) -> None:
        super().__init__(sentence)
        self.sentence, self.position = sentence, position


@dataclass(frozen=True, slots=True)
class Asked:
    """One term, for a source that can look for it before rows are made of anything."""

    column: str
    """Its key; "" for free text."""
    sign: str
    """ ":" for a regular expression, else a comparison."""
    word: str


@dataclass(frozen=True, slots=True)
class Filter:
    predicate: Predicate
    description: str
    """What is filtered, in words; empty when nothing is."""
    server_selector: str = ""
    """The `-l` terms as one label selector that the API server understands; empty when there is none."""
    timed: bool = False
    """The answer changes as time passes: ask again now and then."""
    asked: tuple[Asked, ...] = ()
    """The terms that are not turned round, all of which must be true; label selectors and fuzzy ones are not among them."""

    def __bool__(self) -> bool:
        return bool(self.description)


@dataclass(frozen=True, slots=True)
class _Term:
    predicate: Predicate
    description: str
    selector: str = ""
    timed: bool = False
    asked: Asked | None = None


Now = Callable[[], datetime]


def compile(  # noqa: A001 - filters.compile reads like re.compile
    text: str,
    columns: Sequence[Column],
    *,
    visible: Collection[str] | None = None,
    now: Now = lambda: datetime.now(UTC),
) -> Filter:
    """The filter that the text describes. Raises FilterError.

    `columns`: the view's columns, in the order of a row's values. `visible`: keys of the columns that free text looks
    at; by default all but the hidden ones.
    """
    grammar = _Grammar(columns, visible, now)
    terms: list[_Term] = []
    position = _skip(text, 0)
    while position < len(text):
        term, position = grammar.term(text, position)
        terms.append(term)
        position = _skip(text, position)
    predicates = [term.predicate for term in terms]
    return Filter(
        predicate=predicates[0] if len(predicates) == 1 else lambda row: all(passes(row) for passes in predicates),
        description=" and ".join(term.description for term in terms),
        server_selector=",".join(term.selector for term in terms if term.selector),
        timed=any(term.timed for term in terms),
        asked=tuple(term.asked for term in terms if term.asked is not None),
    )


# ---- terms ------------------------------------------------------------------------------------------------------

_COLUMN_TERM: Final = re.compile(r"([^\W\d][\w.-]*):")
_OPTION: Final = re.compile(r"-([lf])(?=\s|\Z)")


class _Grammar:
    def __init__(self, columns: Sequence[Column], visible: Collection[str] | None, now: Now) -> None:
        self._columns = columns
        self._now = now
        self._text_columns = tuple(
            (index, column)
            for index, column in enumerate(columns)
            if column.kind is not ColumnKind.AGE and (not column.hidden if visible is None else column.key in visible)
        )

    def term(self, text: str, start: int) -> tuple[_Term, int]:
        if option := _OPTION.match(text, start):
            return self._labels(text, option.end()) if option[1] == "l" else self._fuzzy(text, option.end())
        if text[start] == "!":
            if start + 1 >= len(text) or text[start + 1].isspace():
                raise FilterError('"!" turns the term after it round; write it without a space, as in !failed.', start)
            term, end = self.term(text, start + 1)
            return _inverse(term, start), end
        if (named := _COLUMN_TERM.match(text, start)) and (index := self._column(named[1], start)) is not None:
            value, end = _word(text, named.end())
            if not value:
                raise FilterError(f'Say a value after "{named[0]}", as in {named[0]}failed.', named.end())
            return self._value(index, value, named.end()), end
        word, end = _word(text, start)
        if not word:
            raise FilterError("There is nothing between the quotes.", start)
        return self._text(word), end

    # free text

    def _text(self, word: str) -> _Term:
        pattern, how = expression(word)
        search, columns = pattern.search, self._text_columns

        def matches(row: Row) -> bool:
            return search(_haystack(row, columns)) is not None

        return _Term(matches, how, asked=Asked("", ":", word))

    def _fuzzy(self, text: str, start: int) -> tuple[_Term, int]:
        begin = _skip(text, start)
        word, end = _word(text, begin) if begin < len(text) else ("", begin)
        if not word:
            raise FilterError('Say letters of the name after "-f", as in -f lm8b.', start)
        search = re.compile(".*?".join(map(re.escape, word)), re.IGNORECASE).search
        return _Term(lambda row: search(str(_at(row, 0))) is not None, f'name like "{word}"'), end

    def _labels(self, text: str, start: int) -> tuple[_Term, int]:
        if not text[start:].strip():
            raise FilterError('Say a label selector after "-l", as in -l app=x,tier in (a,b).', start)
        try:
            requirements, end = label_selector.parse_at(text, start)
        except SelectorError as error:
            raise FilterError(error.sentence, error.position) from None
        if end < len(text) and not text[end].isspace():
            raise FilterError(f'Label selector: did not expect "{text[end]}" here; separate requirements by commas.', end)
        selector = ",".join(map(str, requirements))
        return _Term(lambda row: label_selector.matches(requirements, row.labels), f"labels {selector}", selector), end

    # columns

    def _column(self, word: str, position: int) -> int | None:
        """The column meant by a word: key or title, "phase" for the status, a part of a key, or a unique beginning."""
        wanted = word.casefold().replace("-", "_")
        names = [(index, column.key.casefold(), column.title.casefold()) for index, column in enumerate(self._columns)]
        for index, key, title in names:
            if wanted in (key, title.replace(" ", "_")):
                return index
        if wanted == "phase":
            return next((index for index, column in enumerate(self._columns) if column.kind is ColumnKind.STATUS), None)
        for found in (
            [(index, key) for index, key, _ in names if key.startswith(wanted)],
            [(index, key) for index, key, _ in names if wanted in key.split("_")],
        ):
            if len(found) > 1:
                raise FilterError(f'"{word}:" could be {_either([key for _, key in found])}; write more of it.', position)
            if found:
                return found[0][0]
        return None

    def _value(self, index: int, word: str, position: int) -> _Term:
        column = self._columns[index]
        if compared := _COMPARISON.match(word):
            sign, operand = compared[1], word[compared.end() :]
            return replace(self._comparison(index, sign, operand, position + compared.end()), asked=Asked(column.key, sign, operand))
        if word == cells.DASH:
            return _Term(lambda row: _at(row, index) is None, f"{column.key} does not apply")
        pattern, _ = expression(word)
        wanted = _alternatives(word)
        search, now = pattern.search, self._now

        def matches(row: Row) -> bool:
            value = _at(row, index)
            if isinstance(value, Status):
                return any(value.phase.casefold().startswith(one) or one in value.raw.casefold() for one in wanted)
            if isinstance(value, tuple):
                return any(fnmatchcase(item.casefold(), one) for item in value for one in wanted)
            return value is not None and search(cells.text(column, value, now())) is not None

        return _Term(matches, f"{column.key} {word}", timed=column.kind is ColumnKind.AGE, asked=Asked(column.key, ":", word))

    def _comparison(self, index: int, sign: str, operand: str, position: int) -> _Term:
        column = self._columns[index]
        if not operand:
            raise FilterError(f"Say a value after {column.key}:{sign}.", position)
        description = f"{column.key} {sign} {operand}"
        now = self._now
        if sign in ("=", "!="):
            wanted = _alternatives(operand)

            def equals(row: Row) -> bool:
                return any(one in wanted for one in _spellings(column, _at(row, index), now()))

            return _Term(equals if sign == "=" else lambda row: not equals(row), description, timed=column.kind is ColumnKind.AGE)
        compare = _SIGNS[sign]
        if column.kind is ColumnKind.AGE:
            seconds = duration(operand)
            if seconds is None:
                raise FilterError(f'{column.key}:{sign} wants a time such as 30m, 2d or 1d12h, not "{operand}".', position)

            def older(row: Row) -> bool:
                value = _at(row, index)
                return isinstance(value, datetime) and compare((now() - value).total_seconds(), seconds)

            return _Term(older, description, timed=True)
        limit = _number(operand)
        if limit is None:
            raise FilterError(f'{column.key}:{sign} wants a number such as 3, 0.5, 80% or 10Gi, not "{operand}".', position)

        def beyond(row: Row) -> bool:
            number = _number(_at(row, index))
            return number is not None and compare(number, limit)

        return _Term(beyond, description)


def _inverse(term: _Term, position: int) -> _Term:
    if term.selector:
        raise FilterError("Turn round a label selector inside it: -l !app, app!=x or app notin (x).", position)
    passes = term.predicate
    return _Term(lambda row: not passes(row), f"not {term.description}", timed=term.timed)


def expression(word: str) -> tuple[re.Pattern[str], str]:
    """The word as a regular expression, or literally when it is none; and how to say it."""
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # a doubtful pattern such as "[[" would write its warning across the screen
            return re.compile(word, re.IGNORECASE), f'"{word}"'
    except (re.error, OverflowError, RecursionError):
        return re.compile(re.escape(word), re.IGNORECASE), f'"{word}" (literally: not a valid regular expression)'


def _haystack(row: Row, columns: Sequence[tuple[int, Column]]) -> str:
    """What free text is looked for in: the name and the cells, one space apart."""
    if row.problem:
        return f"{row.key[1]} {row.key[0]} {row.problem}"
    values, last = row.values, len(row.values)
    return " ".join(
        value if type(value := values[index]) is str else cells.text(column, value, _EPOCH) for index, column in columns if index < last
    )


_EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)
"""Ages are not looked at, so no text depends on the time."""


# ---- values -----------------------------------------------------------------------------------------------------

_COMPARISON: Final = re.compile(r"(<=|>=|!=|<|>|=)\s*")
_SIGNS: Final[dict[str, Callable[[float, float], bool]]] = {
    "<": lambda left, right: left < right,
    "<=": lambda left, right: left <= right,
    ">": lambda left, right: left > right,
    ">=": lambda left, right: left >= right,
}
_DURATION: Final = re.compile(r"(\d+(?:\.\d+)?)([smhdwy])", re.IGNORECASE | re.ASCII)
_SECONDS: Final = {"s": 1, "m": 60, "h": 3600, "d": 86400, "w": 604800, "y": 31536000}
_NUMBER: Final = re.compile(r"([+-]?\d+(?:\.\d+)?)\s*(%|[kKMGTPE]i?|m)?[Bb]?", re.ASCII)
_FACTORS: Final = (
    {"": 1.0, "%": 0.01, "m": 0.001}
    | {unit + suffix: base ** (power + 1) for power, unit in enumerate("KMGTPE") for suffix, base in (("", 1000.0), ("i", 1024.0))}
    | {"k": 1000.0, "ki": 1024.0}
)


def _at(row: Row, index: int) -> Value:
    return row.values[index] if index < len(row.values) else None


def duration(word: str) -> float | None:
    """Seconds: "2d", "1d12h"."""
    parts = _DURATION.findall(word)
    if not parts or "".join(number + unit for number, unit in parts) != word:
        return None
    return sum(float(number) * _SECONDS[unit.lower()] for number, unit in parts)


def _number(value: Value) -> float | None:
    """A number, a ratio as its fraction ("2/3"), a percentage, or a Kubernetes quantity ("10Gi"); else None."""
    if isinstance(value, bool) or not isinstance(value, str | int | float):
        return None
    if not isinstance(value, str):
        return float(value)
    if (ratio := cells.ratio_of(value)) is not None:
        return ratio[0]
    found = _NUMBER.fullmatch(value.strip())
    return None if found is None else float(found[1]) * _FACTORS[found[2] or ""]


def _alternatives(word: str) -> list[str]:
    """The word itself, and as in a regular expression each that "|" parts, in lower case."""
    folded = word.casefold()
    return [folded, *(one for one in folded.split("|") if one and one != folded)]


def _spellings(column: Column, value: Value, now: datetime) -> tuple[str, ...]:
    """Everything that `column:=word` may equal."""
    if isinstance(value, Status):
        return (value.phase.casefold(), value.raw.casefold())
    if isinstance(value, tuple):
        return tuple(item.casefold() for item in value)
    return (cells.text(column, value, now).casefold(),)


# ---- words ------------------------------------------------------------------------------------------------------


def _skip(text: str, start: int) -> int:
    while start < len(text) and text[start].isspace():
        start += 1
    return start


def _word(text: str, start: int) -> tuple[str, int]:
    """The word from `start` on, without its quotes, and where it ends."""
    quote = text[start : start + 1]
    if quote in ('"', "'") and quote:
        end = text.find(quote, start + 1)
        if end < 0:
            raise FilterError(f"The quote {quote} is not closed.", start)
        return text[start + 1 : end], end + 1
    end = start
    while end < len(text) and not text[end].isspace():
        end += 1
    return text[start:end], end


def _either(keys: Sequence[str]) -> str:
    return f"{', '.join(keys[:-1])} or {keys[-1]}"
