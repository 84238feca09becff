"""Objects as YAML that people edit, and back. Pure; as strict as a person who mistypes needs it to be.

YAML is read as the API server reads it: `on` and `no` are text, so are dates, and only `true` and `false` are booleans.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any, Final

import yaml

from modeltui.kube.apply import Manifest
from modeltui.redaction import MASK, redact_object
from modeltui.yaml_output import dump_object

MOST_CHARACTERS: Final = 3_000_000
"""What etcd would not take anyway."""
_SERVERS: Final = ("managedFields", "uid", "resourceVersion", "generation", "creationTimestamp", "selfLink")
"""Of metadata: not the user's to edit."""


class TextError(ValueError):
    """One sentence: what is wrong, and on which line."""


class _Loader(yaml.SafeLoader):
    def construct_mapping(self, node: yaml.MappingNode, deep: bool = False) -> dict[Any, Any]:
        seen: set[Any] = set()
        for key, _ in node.value:
            name = self.construct_object(key, deep=True)
            where = key.start_mark.line + 1
            if not isinstance(name, str):
                raise TextError(f"Line {where}: the key {name!r} is not text; put it in quotes.")
            if name in seen:
                raise TextError(f'Line {where}: "{name}" stands there twice.')
            seen.add(name)
        return super().construct_mapping(node, deep)


_Loader.yaml_implicit_resolvers = {
    first: [(tag, pattern) for tag, pattern in resolvers if tag.rsplit(":", 1)[-1] not in ("timestamp", "bool", "int", "value")]
    for first, resolvers in yaml.SafeLoader.yaml_implicit_resolvers.items()
}
_Loader.add_implicit_resolver("tag:yaml.org,2002:bool", re.compile(r"^(?:true|True|TRUE|false|False|FALSE)$"), list("tTfF"))
_Loader.add_implicit_resolver("tag:yaml.org,2002:int", re.compile(r"^[-+]?(?:0|[1-9][0-9]*)$"), list("-+0123456789"))


def documents(text: str) -> tuple[Manifest, ...]:
    """Every object of a text of one or several documents; members of a List one by one. Raises TextError."""
    if len(text) > MOST_CHARACTERS:
        raise TextError(f"This is {len(text):,} characters long; a cluster takes objects of about a megabyte.")
    try:
        found = [document for document in yaml.load_all(text, Loader=_Loader) if document is not None]
    except yaml.MarkedYAMLError as error:
        where = f"Line {error.problem_mark.line + 1}: " if error.problem_mark else ""
        raise TextError(f"{where}not valid YAML: {error.problem or error.context or 'it cannot be read'}.") from error
    except (yaml.YAMLError, RecursionError, ValueError) as error:
        if isinstance(error, TextError):
            raise
        raise TextError(f"Not valid YAML: {' '.join(str(error).split())}.") from error
    return tuple(obj for document in found for obj in _objects(document))


def _objects(document: Any) -> Iterator[Manifest]:
    if not isinstance(document, dict):
        raise TextError("A document is not an object: it has no fields.")
    if document.get("kind") == "List" and isinstance(document.get("items"), list):
        for item in document["items"]:
            yield from _objects(item)
        return
    for key in ("apiVersion", "kind"):
        if not isinstance(document.get(key), str) or not document[key]:
            raise TextError(f'An object has no "{key}".')
    metadata = document.get("metadata")
    if not isinstance(metadata, dict) or not isinstance(metadata.get("name"), str) or not metadata["name"]:
        raise TextError(f'A {document["kind"]} has no "metadata.name".')
    yield document


def to_edit(live: Mapping[str, Any]) -> str:
    """What a person may change of an object: no status, nothing of the server's, secrets masked."""
    shown = redact_object({key: value for key, value in live.items() if key != "status"})
    metadata = {key: value for key, value in shown["metadata"].items() if key not in _SERVERS}
    return dump_object({**shown, "metadata": metadata})


def edited(text: str, live: Mapping[str, Any]) -> Manifest:
    """The whole object as it should become: what was edited, with what was masked or left out as it is. Raises TextError."""
    found = documents(text)
    if len(found) != 1:
        raise TextError("There is no object in it." if not found else f"There are {len(found)} objects in it; edit one at a time.")
    (wanted,) = found
    for path in (("apiVersion",), ("kind",), ("metadata", "name"), ("metadata", "namespace")):
        if _at(wanted, path) != _at(live, path):
            raise TextError(f'"{".".join(path)}" says which object this is and stays "{_at(live, path)}"; make a new object instead.')
    restored = unmasked(wanted, live)
    restored["metadata"] |= {key: live["metadata"][key] for key in _SERVERS if key in live["metadata"]}
    return restored | ({"status": live["status"]} if "status" in live else {})


def unmasked(wanted: Manifest, live: Mapping[str, Any]) -> Manifest:
    """What was made of `live` as it is shown to people, with what is masked there as it is. Raises TextError for a mask elsewhere."""
    restored: Manifest = _restored(wanted, redact_object(dict(live)), live, "")
    return restored


def _at(obj: Mapping[str, Any], path: tuple[str, ...]) -> Any:
    value: Any = obj
    for part in path:
        value = value.get(part) if isinstance(value, Mapping) else None
    return value


def _restored(value: Any, masked: Any, live: Any, path: str) -> Any:
    """`value` with every mask that was left alone replaced by what it stands for."""
    match value:
        case dict():
            below = [masked if isinstance(masked, dict) else {}, live if isinstance(live, Mapping) else {}]
            return {key: _restored(item, below[0].get(key), below[1].get(key), f"{path}.{key}") for key, item in value.items()}
        case list():
            pairs = _pairs(value, masked, live)
            return [_restored(item, *pair, f"{path}[{index}]") for index, (item, pair) in enumerate(zip(value, pairs, strict=True))]
        case str() if value == masked:
            return live  # masking spells the JSON that is in a text its own way, also where it masks nothing
        case str() if MASK in value:
            raise TextError(
                f'"{path.removeprefix(".")}": {MASK} stands for a secret that is not shown; leave the whole value alone or write a new one.'
            )
    return value


def _pairs(value: list[Any], masked: Any, live: Any) -> list[tuple[Any, Any]]:
    """For each item, the one that it was: the same by name, else the same text, else the one at its place."""
    if not isinstance(masked, list) or not isinstance(live, list):
        return [(None, None)] * len(value)
    there = list(zip(masked, live, strict=True))
    return [
        next((pair for pair in there if _alike(item, pair[0])), there[place] if place < len(there) else (None, None))
        for place, item in enumerate(value)
    ]


def _alike(one: Any, other: Any) -> bool:
    if isinstance(one, dict) and isinstance(other, dict) and "name" in one:
        return bool(one["name"] == other.get("name"))
    return bool(one == other)
