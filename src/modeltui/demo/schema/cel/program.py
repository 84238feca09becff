"""Compiled CEL programs. A rule is compiled when it is first met, and once."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from typing import Any

import celpy
import lark
from celpy import celtypes
from celpy.celparser import CELParseError
from celpy.evaluation import CELEvalError, CELUnsupportedError, base_functions

from modeltui.demo.schema.cel.functions import FUNCTIONS, NAMESPACES, Optional

_MACROS = {"has", "all", "exists", "exists_one", "map", "filter", "dyn", "type", "existsOne"}


class EvaluationError(Exception):
    """A rule that came to no answer: no such key, index out of bounds, division by zero, an overload that does not exist."""

    def __init__(self, said: str, *, is_overload: bool = False) -> None:
        self.is_overload = is_overload
        super().__init__(said)


@dataclass(frozen=True, slots=True)
class Program:
    runner: Any
    uses_old: bool

    def evaluate(self, variables: Mapping[str, Any]) -> Any:
        """A Python bool or str, or a CEL value of another type. Raises EvaluationError."""
        try:
            value = self.runner.evaluate({**NAMESPACES, **variables})
        except CELEvalError as error:
            raise _told(error) from error
        except (CELUnsupportedError, TypeError, ValueError, KeyError, AttributeError, IndexError) as error:
            # What the library does not catch itself when an extension function meets a value of the wrong type.
            raise EvaluationError("no such overload", is_overload=True) from error
        return bool(value) if isinstance(value, celtypes.BoolType | bool) else value


@cache
def compiled(text: str) -> Program:
    """Raises CELParseError for text that is no CEL; CRDs with such rules are refused when they are created."""
    tree = _environment().compile(text)
    names = {token.value for token in tree.scan_values(lambda value: isinstance(value, lark.Token) and value.type == "IDENT")}
    return Program(_environment().program(tree, functions=FUNCTIONS), "oldSelf" in names)


@cache
def syntax_error(text: str) -> str | None:
    """What is wrong with a rule: its syntax, or a function that nobody knows; None for a rule that compiles."""
    try:
        program = compiled(text)
    except CELParseError as error:
        return f"ERROR: <input>:{error.line or 1}:{error.column or 1}: Syntax error in {text!r}"
    for call in program.runner.ast.find_pred(lambda tree: tree.data in ("ident_arg", "member_dot_arg")):
        name = next(token.value for token in call.children if isinstance(token, lark.Token))
        if name not in FUNCTIONS and name not in base_functions and name not in _MACROS:
            return f"ERROR: <input>:1:1: undeclared reference to '{name}' (in container '')"
    return None


def optional(value: Any) -> Optional:
    """oldSelf under optionalOldSelf."""
    return Optional(value)


@cache
def _environment() -> Any:
    return celpy.Environment()


def _told(error: Any) -> EvaluationError:
    said = str(error.args[0]) if error.args else "evaluation failed"
    if said.startswith("no such member in mapping: "):
        return EvaluationError("no such key: " + said.partition(": ")[2].strip("'\""))
    if "divide by zero" in said:
        return EvaluationError("division by zero")
    if "no such overload" in said or "found no matching overload" in said:
        return EvaluationError("no such overload", is_overload=True)
    return EvaluationError(said)
