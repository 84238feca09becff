"""Answers of a form as YAML: read strictly, with one sentence for what is wrong where, and written without secrets."""

from __future__ import annotations

import os
import re
from collections.abc import Mapping
from difflib import get_close_matches
from pathlib import Path
from typing import Any, Final, TypeVar

import msgspec

from modeltui.redaction import MASK
from modeltui.systems.secret_value import UNSET, SecretValue
from modeltui.yaml_output import dump

T = TypeVar("T", bound=msgspec.Struct)

_PLACE: Final = re.compile(r"^(?P<what>.*?)(?: - at `\$(?P<path>.*)`)?$", re.DOTALL)
_STEP: Final = re.compile(r"[^.\[\]]+|\.\.\.")
_UNKNOWN: Final = re.compile(r"Object contains unknown field `(?P<name>.*)`", re.DOTALL)
_MISSING: Final = re.compile(r"Object missing required field `(?P<name>.*)`", re.DOTALL)
_MISFIT: Final = re.compile(r"Expected `(?P<wanted>.*?)`, got `(?P<got>.*)`", re.DOTALL)
_ENUM: Final = re.compile(r"Invalid enum value '(?P<value>.*)'", re.DOTALL)

_KINDS: Final = {
    **{"str": "text", "int": "a whole number", "float": "a number", "bool": "true or false", "null": "nothing"},
    **{"array": "a list", "object": "a mapping", "date": "a date", "datetime": "a time"},
}


class AnswersError(Exception):
    """Answers cannot be read; `str(error)` is one sentence that says what is wrong where. No value of a secret is in it."""


def load(path: Path, kind: type[T]) -> T:
    """Raises AnswersError, its sentence beginning with the file's name."""
    try:
        text = path.read_text(encoding="utf-8")
    except OSError as error:
        raise AnswersError(f"{path}: cannot be read: {error.strerror}.") from error
    except UnicodeDecodeError as error:
        raise AnswersError(f"{path}: is not text in UTF-8.") from error
    try:
        return read(text, kind, beside=path.parent)
    except AnswersError as error:
        raise AnswersError(f"{path}: {error}") from error


def read(text: str, kind: type[T], *, beside: Path = Path(), environ: Mapping[str, str] | None = None) -> T:
    """`kind` is a Struct that forbids unknown fields. Secrets may be given as {env: NAME} or {file: PATH, relative to `beside`},
    or as they are; a masked one reads as unset. Raises AnswersError."""
    document = _parsed(text)
    variables = os.environ if environ is None else environ

    def hook(wanted: type, value: Any) -> Any:
        if wanted is SecretValue:
            return _secret(value, beside, variables)
        raise NotImplementedError(wanted)

    try:
        return msgspec.convert(document, type=kind, dec_hook=hook)
    except msgspec.ValidationError as error:
        raise AnswersError(_sentence(str(error), kind)) from error


def write(answers: msgspec.Struct) -> str:
    """As `read` takes it. Of secrets only the keys are kept: a value that was given reads as unset the next time."""
    return dump(msgspec.to_builtins(answers, enc_hook=_masked))


def _masked(value: Any) -> Any:
    if isinstance(value, SecretValue):
        return MASK
    raise NotImplementedError(type(value))


def _secret(value: Any, beside: Path, environ: Mapping[str, str]) -> SecretValue:
    """Its sentences name places, never the value."""
    match value:
        case None | "":
            return UNSET
        case str():
            return UNSET if value == MASK else SecretValue(value)
        case {"env": str(name)} if len(value) == 1:
            if name not in environ:
                raise ValueError(f"the variable {name} is not set")
            return SecretValue(environ[name])
        case {"file": str(name)} if len(value) == 1:
            try:
                return SecretValue((beside / name).expanduser().read_text(encoding="utf-8").removesuffix("\n"))
            except OSError as error:
                raise ValueError(f"the file {name} cannot be read: {error.strerror}") from error
            except UnicodeDecodeError as error:
                raise ValueError(f"the file {name} is not text in UTF-8") from error
    raise ValueError("a secret is text, {env: NAME} or {file: PATH}; put a number in quotes")


def _parsed(text: str) -> Any:
    import yaml

    class Strict(yaml.SafeLoader):
        """Refuses a key that stands twice, of which YAML would silently take the last."""

        def construct_mapping(self, node: yaml.MappingNode, deep: bool = False) -> dict[Any, Any]:
            keys = [self.construct_object(key, deep=True) for key, _ in node.value]
            for place, key in enumerate(keys):
                if key in keys[:place]:
                    raise AnswersError(f"line {node.value[place][0].start_mark.line + 1}: {key!r} stands there twice.")
            return super().construct_mapping(node, deep)

    try:
        return yaml.load(text, Loader=Strict)  # a SafeLoader
    except yaml.MarkedYAMLError as error:
        line = f"line {error.problem_mark.line + 1}: " if error.problem_mark else ""
        raise AnswersError(f"{line}not valid YAML: {error.problem or error.context or 'it cannot be parsed'}.") from error
    except (yaml.YAMLError, TypeError, ValueError, RecursionError) as error:
        raise AnswersError(f"not valid YAML: {' '.join(str(error).split())}.") from error


def _sentence(message: str, kind: type[msgspec.Struct]) -> str:
    match = _PLACE.match(message)
    what, path = (match["what"], match["path"] or "") if match else (message, "")
    place = path.removeprefix(".").replace("[...]", " (one of its keys)") or "the answers"
    there = _type_at(kind, path)
    if found := _UNKNOWN.fullmatch(what):
        known = [entry.encode_name for entry in there.fields] if isinstance(there, msgspec.inspect.StructType) else []
        near = get_close_matches(found["name"], known, n=1)
        hint = f'did you mean "{near[0]}"?' if near else f"there are {', '.join(known)}."
        return f'{place}: there is no "{found["name"]}": {hint}'
    if found := _MISSING.fullmatch(what):
        return f'{place}: "{found["name"]}" is missing.'
    if found := _MISFIT.fullmatch(what):
        wanted = " or ".join(_KINDS.get(part, part) for part in found["wanted"].split(" | "))
        quotes = "; put it in quotes" if "str" in found["wanted"] and found["got"] not in ("object", "array", "null") else ""
        return f"{place}: wants {wanted}, got {_KINDS.get(found['got'], found['got'])}{quotes}."
    if (found := _ENUM.fullmatch(what)) and isinstance(there, msgspec.inspect.LiteralType):
        return f'{place}: "{found["value"]}" is none of {", ".join(map(str, there.values))}.'
    return f"{place}: {what}."


def _type_at(kind: type[msgspec.Struct], path: str) -> msgspec.inspect.Type:
    """What msgspec expects at a path such as ".versions[0].state"."""
    there: msgspec.inspect.Type = msgspec.inspect.type_info(kind)
    for name in _STEP.findall(path):
        if isinstance(there, msgspec.inspect.StructType):
            there = next(entry.type for entry in there.fields if entry.encode_name == name)
        elif isinstance(there, msgspec.inspect.VarTupleType):
            there = there.item_type
        elif isinstance(there, msgspec.inspect.DictType):
            there = there.value_type
        if isinstance(there, msgspec.inspect.UnionType):  # every optional part is this or nothing
            there = next(part for part in there.types if not isinstance(part, msgspec.inspect.NoneType))
    return there
