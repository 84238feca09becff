"""Printer columns: the cells of a Table answer, from the JSONPaths in a CRD."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from functools import lru_cache
from typing import Any

import jsonpath

_NAME = re.compile(r"(\.\.?)((?:\\.|[^.\[\]\\])+)")
_BRACKET = re.compile(r"""\[((?:'(?:\\.|[^'\\])*'|"(?:\\.|[^"\\])*"|[^\]'"])*)\]""")


class BadPath(ValueError):
    """A jsonPath that cannot be read."""


def cell(column: Mapping[str, Any], obj: Mapping[str, Any], *, now: datetime) -> Any:
    """The cell of an additionalPrinterColumn (`type`, `jsonPath`) for one object, as a real API server fills it.

    None where nothing is found, or what is found is not of the column's type. Of several matches the first counts. A column of type
    "string" shows whatever it finds as text (objects and lists as JSON), one of type "date" the age at `now` (an aware datetime).
    """
    found = _compiled(column["jsonPath"]).findall(obj)
    if not found:
        return None
    value = found[0]
    if column["type"] == "string":
        return _text(value)
    convert = _CONVERT.get(column["type"])
    return None if convert is None or value is None else convert(value, now)


def check_path(path: str) -> None:
    """Raises BadPath, with what is wrong, for a jsonPath of a CRD that is none."""
    _compiled(path)


def find(path: str, obj: Mapping[str, Any]) -> Any:
    """The first value at a Kubernetes JSONPath (`.spec.replicas`), None when there is none."""
    found = _compiled(path).findall(obj)
    return found[0] if found else None


def age(since: datetime, *, now: datetime) -> str:
    """A duration as kubectl shows ages: `42s`, `5m10s`, `3h`, `2d4h`, `1y20d`; a second unit only while the first is small."""
    seconds = int((now - since).total_seconds())
    if seconds < -1:
        return "<invalid>"
    minutes, hours, days = seconds // 60, seconds // 3600, seconds // 86400
    if seconds < 120:
        return f"{max(seconds, 0)}s"
    if minutes < 10:
        return _two(minutes, "m", seconds % 60, "s")
    if minutes < 180:
        return f"{minutes}m"
    if hours < 8:
        return _two(hours, "h", minutes % 60, "m")
    if hours < 48:
        return f"{hours}h"
    if days < 8:
        return _two(days, "d", hours % 24, "h")
    if days < 730:
        return f"{days}d"
    return _two(days // 365, "y", days % 365, "d") if days < 8 * 365 else f"{days // 365}y"


def _two(big: int, big_unit: str, small: int, small_unit: str) -> str:
    return f"{big}{big_unit}{small}{small_unit}" if small else f"{big}{big_unit}"


@lru_cache(maxsize=1024)
def _compiled(path: str) -> Any:
    try:
        return jsonpath.compile(_standard(path))
    except jsonpath.JSONPathError as error:
        raise BadPath(f"{path}: {error}") from error


def _standard(path: str) -> str:
    """Kubernetes' simple path as a standard one: names quoted, so that `.metadata.labels.a\\.b/c` is one key."""
    text = path.strip().removeprefix("{").removesuffix("}").removeprefix("$")
    if not text.startswith((".", "[")):
        text = f".{text}"
    out, at = "$", 0
    while at < len(text):
        if named := _NAME.match(text, at):
            dots, name = named.groups()
            out += (".." if dots == ".." else "") + ("[*]" if name == "*" else f"[{json.dumps(_unescaped(name))}]")
            at = named.end()
        elif bracket := _BRACKET.match(text, at):
            inside = bracket[1].strip()
            quoted = len(inside) > 1 and inside[0] == inside[-1] and inside[0] in "'\""
            out += f"[{json.dumps(_unescaped(inside[1:-1])) if quoted else inside}]"
            at = bracket.end()
        elif text[at] == "." and text[at + 1 : at + 2] in ("[", ""):
            at += 1  # `.items.[0]`, and the lone `.` that means the object itself
        else:
            raise BadPath(f"{path}: cannot read {text[at:]!r}")
    return out


def _unescaped(name: str) -> str:
    return re.sub(r"\\(.)", r"\1", name)


def _text(value: Any) -> str:
    if isinstance(value, str):
        return value
    if value is None:
        return "<no value>"
    if isinstance(value, dict | list | bool):
        return json.dumps(value, ensure_ascii=False, separators=(",", ":"), sort_keys=True)
    return str(int(value)) if isinstance(value, float) and value.is_integer() else str(value)


def _is_number(value: Any) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool)


def _date(value: Any, now: datetime) -> str | None:
    if not isinstance(value, str):
        return None
    try:
        since = datetime.fromisoformat(value)
    except ValueError:
        return "<invalid>"
    return age(since if since.tzinfo else since.replace(tzinfo=UTC), now=now)


_CONVERT: dict[str, Callable[[Any, datetime], Any]] = {
    "integer": lambda value, _: int(value) if _is_number(value) else None,
    "number": lambda value, _: value if _is_number(value) else None,
    "boolean": lambda value, _: value if isinstance(value, bool) else None,
    "date": _date,
}
