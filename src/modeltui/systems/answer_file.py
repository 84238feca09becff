"""Answers of a form as YAML: read strictly, with one sentence for what is wrong where, and written without secrets."""

from __future__ import annotations

import os
from collections.abc import Mapping
from pathlib import Path
from typing import Any, TypeVar

import msgspec

from modeltui import strict_yaml
from modeltui.redaction import MASK
from modeltui.systems.secret_value import UNSET, SecretValue
from modeltui.yaml_output import dump

T = TypeVar("T", bound=msgspec.Struct)


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
    try:
        document = strict_yaml.parse(text)
    except strict_yaml.YamlError as error:
        raise AnswersError(str(error)) from error
    variables = os.environ if environ is None else environ

    def hook(wanted: type, value: Any) -> Any:
        if wanted is SecretValue:
            return _secret(value, beside, variables)
        raise NotImplementedError(wanted)

    try:
        return msgspec.convert(document, type=kind, dec_hook=hook)
    except msgspec.ValidationError as error:
        raise AnswersError(strict_yaml.misfit(error, kind, whole="the answers")) from error


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
