"""YAML that people write: parsed strictly, and what does not fit told in one sentence that says what is wrong where."""

from __future__ import annotations

import re
from difflib import get_close_matches
from typing import Any, Final

import msgspec

_PLACE: Final = re.compile(r"^(?P<what>.*?)(?: - at `\$(?P<path>.*)`)?$", re.DOTALL)
_STEP: Final = re.compile(r"[^.\[\]]+|\.\.\.")
_UNKNOWN: Final = re.compile(r"Object contains unknown field `(?P<name>.*)`", re.DOTALL)
_MISSING: Final = re.compile(r"Object missing required field `(?P<name>.*)`", re.DOTALL)
_MISFIT: Final = re.compile(r"Expected `(?P<wanted>.*?)`, got `(?P<got>.*)`", re.DOTALL)
_LEAST: Final = re.compile(r"Expected `(?P<wanted>.*?)` (?:>= (?P<least>.*)|of length >= (?P<length>.*))", re.DOTALL)
_ENUM: Final = re.compile(r"Invalid enum value '(?P<value>.*)'", re.DOTALL)

_KINDS: Final = {
    **{"str": "text", "int": "a whole number", "float": "a number", "bool": "true or false", "null": "nothing"},
    **{"array": "a list", "object": "a mapping", "date": "a date", "datetime": "a time"},
}


class YamlError(Exception):
    """`str(error)` is one sentence; it names a line where there is one."""


def parse(text: str) -> Any:
    """One document. Raises YamlError, for a key that stands twice as well."""
    import yaml  # costs more than the rest of this module

    class Strict(yaml.SafeLoader):
        """Refuses a key that stands twice, of which YAML would silently take the last."""

        def construct_mapping(self, node: yaml.MappingNode, deep: bool = False) -> dict[Any, Any]:
            keys = [self.construct_object(key, deep=True) for key, _ in node.value]
            for place, key in enumerate(keys):
                if key in keys[:place]:
                    raise YamlError(f"line {node.value[place][0].start_mark.line + 1}: {key!r} stands there twice.")
            return super().construct_mapping(node, deep)

    try:
        return yaml.load(text, Loader=Strict)  # a SafeLoader
    except yaml.MarkedYAMLError as error:
        line = f"line {error.problem_mark.line + 1}: " if error.problem_mark else ""
        raise YamlError(f"{line}not valid YAML: {error.problem or error.context or 'it cannot be parsed'}.") from error
    except (yaml.YAMLError, TypeError, ValueError, RecursionError) as error:
        raise YamlError(f"not valid YAML: {' '.join(str(error).split())}.") from error


def misfit(error: msgspec.ValidationError, kind: type[msgspec.Struct], *, whole: str) -> str:
    """What `msgspec.convert` into `kind` has against a document, as one sentence. `whole`: what the document itself is called."""
    message = str(error)
    match = _PLACE.match(message)
    what, path = (match["what"], match["path"] or "") if match else (message, "")
    place = path.removeprefix(".").replace("[...]", " (one of its keys)") or whole
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
    if found := _LEAST.fullmatch(what):
        if found["length"]:
            return f"{place}: is empty; it wants at least {found['length']}."
        return f"{place}: wants {_KINDS.get(found['wanted'], found['wanted'])} of at least {found['least']}."
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
