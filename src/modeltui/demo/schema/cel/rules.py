"""Walking an object and its schema, running the rules on the way, and what stands in the answer when one says no."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any

from modeltui.demo.schema import structural
from modeltui.demo.schema.correlation import Old, equal
from modeltui.demo.schema.errors import UNSHOWN, ErrorType, FieldError
from modeltui.demo.schema.structural import Schema

_REASONS = {kind.reason: kind for kind in (ErrorType.INVALID, ErrorType.FORBIDDEN, ErrorType.REQUIRED, ErrorType.DUPLICATE)}
_PATH_PART = re.compile(r"\.?([A-Za-z_][\w-]*)|\['((?:[^'\\]|\\.)*)'\]")


def check(schema: Schema, value: Any, path: str, old: Old) -> Iterator[FieldError]:
    """An error for every rule that says no, or that cannot be evaluated. Rules with oldSelf run only where there is an old value."""
    if value is None:
        return
    for rule in schema.get(structural.RULES) or ():
        error = _run(rule, schema, value, path, old)
        if error is not None:
            yield error
    if isinstance(value, list):
        item = structural.items(schema)
        for index, entry in enumerate(value):
            yield from check(item, entry, f"{path}[{index}]", old.entry(schema, entry))
    elif isinstance(value, dict):
        for name in sorted(value):
            below = structural.field_schema(schema, name)
            if below is not None and below is not structural.ANYTHING:
                known = name in structural.properties(schema)
                yield from check(below, value[name], _child(path, name, known=known), old.field(name))


def wrong_rules(schema: Schema, path: str = "openAPIV3Schema") -> Iterator[FieldError]:
    """The rules of a schema that do not compile, by the path of the rule in the CRD."""
    from modeltui.demo.schema.cel import program

    for index, rule in enumerate(schema.get(structural.RULES) or ()):
        at = f"{path}.{structural.RULES}[{index}]"
        yield from _wrong_form(rule, schema, at)
        for key in ("rule", "messageExpression"):
            text = rule.get(key)
            wrong = program.syntax_error(text) if text else None
            if wrong:
                yield FieldError(ErrorType.INVALID, f"{at}.{key}", text, f"compilation failed: {wrong}")
    for name, below in structural.properties(schema).items():
        yield from wrong_rules(below, f"{path}.properties[{name}]")
    for key in ("additionalProperties", "items"):
        if isinstance(schema.get(key), Mapping):
            yield from wrong_rules(schema[key], f"{path}.{key}")


def _wrong_form(rule: Mapping[str, Any], schema: Schema, at: str) -> Iterator[FieldError]:
    """What a rule gets wrong around its expression."""
    text, message, reason, below = (rule.get(key) or "" for key in ("rule", "message", "reason", "fieldPath"))
    if not text.strip():
        yield FieldError(ErrorType.REQUIRED, f"{at}.rule", None, "rule is not specified")
    if "\n" in message.strip():
        yield FieldError(ErrorType.INVALID, f"{at}.message", message, "must not contain line breaks")
    if "\n" in text.strip() and not message:
        yield FieldError(ErrorType.REQUIRED, f"{at}.message", None, "message must be specified if rule contains line breaks")
    if reason and reason not in _REASONS:
        listed = ", ".join(f'"{known}"' for known in sorted(_REASONS))
        yield FieldError(ErrorType.NOT_SUPPORTED, f"{at}.reason", reason, f"supported values: {listed}")
    if below and not _leads_somewhere(schema, below):
        yield FieldError(ErrorType.INVALID, f"{at}.fieldPath", below, "must be a valid path")
    if rule.get("optionalOldSelf") is not None and not re.search(r"\boldSelf\b", text):
        yield FieldError(ErrorType.INVALID, f"{at}.optionalOldSelf", True, "may not be set if oldSelf is not used in rule")


def _leads_somewhere(schema: Schema, path: str) -> bool:
    parts = [name or quoted for name, quoted in _PATH_PART.findall(path)]
    if not path.startswith((".", "[")) or _PATH_PART.sub("", path):
        return False
    for part in parts:
        below = structural.field_schema(schema, part)
        if below is None:
            return False
        schema = below
    return bool(parts)


def _run(rule: Mapping[str, Any], schema: Schema, value: Any, path: str, old: Old) -> FieldError | None:
    from modeltui.demo.schema.cel import program, values

    if wrong := program.syntax_error(rule["rule"]):
        return FieldError(ErrorType.INVALID, path or "<nil>", schema.get("type", ""), f"rule compile error: {wrong}")
    compiled = program.compiled(rule["rule"])
    optional = rule.get("optionalOldSelf") is True
    if compiled.uses_old and not old.present and not optional:
        return None
    if not compiled.uses_old and old.known and equal(old.value, value):
        return None
    variables = {"self": values.to_cel(schema, value)}
    if optional:
        variables["oldSelf"] = program.optional(values.to_cel(schema, old.value) if old.present else None)
    elif old.present:
        variables["oldSelf"] = values.to_cel(schema, old.value)
    told = (rule.get("message") or rule["rule"]).strip()
    try:
        if compiled.evaluate(variables) is True:
            return None
    except program.EvaluationError as error:
        shape = "'{}': call arguments did not match a supported operator, function or macro signature for rule: {}"
        detail = (shape if error.is_overload else "{} evaluating rule: {}").format(error, told)
        return FieldError(ErrorType.INVALID, path or "<nil>", schema.get("type", ""), detail)
    kind = _REASONS.get(rule.get("reason", ""), ErrorType.INVALID)
    shown = UNSHOWN if isinstance(value, dict | list) else value
    detail = "" if kind is ErrorType.DUPLICATE else _message(rule, variables)
    return FieldError(kind, _field(path, rule.get("fieldPath", "")), shown, detail)


def _message(rule: Mapping[str, Any], variables: Mapping[str, Any]) -> str:
    from modeltui.demo.schema.cel import program

    if text := rule.get("messageExpression"):
        try:
            made = program.compiled(text).evaluate(variables)
        except program.EvaluationError:
            made = None  # the API server falls back to the fixed message, too
        if isinstance(made, str) and made.strip() and "\n" not in made:
            return str(made).strip()
    return str(rule.get("message") or f"failed rule: {rule['rule'].strip()}").strip()


def _field(path: str, below: str) -> str:
    """The path of the error: the rule's own place, and what its fieldPath (`.spec.x`, `['a.b']`) adds to it."""
    for found in _PATH_PART.finditer(below):
        name, quoted = found.groups()
        path = _child(path, name, known=True) if name else f"{path}[{quoted}]"
    return path or "<nil>"


def _child(path: str, name: str, *, known: bool) -> str:
    if not known:
        return f"{path}[{name}]"
    return f"{path}.{name}" if path else name
