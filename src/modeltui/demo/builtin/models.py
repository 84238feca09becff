"""Field names, types and descriptions of the built-in kinds, read from the `kubernetes` package's generated models.

They are read as text: importing the generated classes costs half a second for Pod alone, reading what Pod needs 20 ms. The text form is
the generator's (one field a line, two dictionaries), and `Model.read` says so when a newer package writes another.
"""

from __future__ import annotations

import ast
import re
from dataclasses import dataclass
from functools import cache
from importlib.util import find_spec
from pathlib import Path

_FIELD = re.compile(r"^    (\w+): (.+?) = (?:None|Field\((.*)\))$|^    (\w+): ([^=]+)$", re.MULTILINE)
_ALIAS = re.compile(r'(?:serialization_)?alias="([^"]+)"')
_DESCRIPTION = re.compile(r'description=("(?:[^"\\]|\\.)*")')
_TITLE = re.compile(r'"""\s*(.*?)\s*(?:Attributes:|""")', re.DOTALL)


class UnreadableModel(RuntimeError):
    """The installed `kubernetes` package writes its models in a form that is not known here."""


@dataclass(frozen=True, slots=True)
class Field:
    """`type` is the generator's word: "str", "int", "List[V1Container]", "Dict[str, str]", "object"; `annotation` the Python type."""

    type: str
    annotation: str
    description: str
    required: bool


@dataclass(frozen=True, slots=True)
class Model:
    description: str
    fields: dict[str, Field]
    """By JSON name."""

    @classmethod
    def read(cls, name: str) -> Model:
        """Raises UnreadableModel."""
        path = _directory() / f"{_snake(name)}.py"
        if not path.exists():
            raise UnreadableModel(f"the kubernetes package has no model {name} ({path})")
        text = path.read_text(encoding="utf-8")
        types, names = _literal(text, "openapi_types"), _literal(text, "attribute_map")
        start = text.index(f"\nclass {name}(")
        head = text[start : text.index("openapi_types: ClassVar", start)]
        title = _TITLE.search(head)
        described = _described(head)
        fields = {}
        for attribute, kind in types.items():
            json_name = names[attribute]
            annotation, said, required = described.get(json_name, ("", "", False))
            fields[json_name] = Field(kind, annotation, said, required)
        return cls(title[1] if title else "", fields)


def _described(head: str) -> dict[str, tuple[str, str, bool]]:
    found = {}
    for match in _FIELD.finditer(head):
        attribute, annotation = match[1] or match[4], match[2] or match[5]
        arguments = match[3] or ""
        # The last alias is the one on the wire; earlier ones are what the generator also reads.
        aliases = _ALIAS.findall(arguments)
        wire = next((alias for alias in aliases if alias != attribute), attribute)
        said = _DESCRIPTION.search(arguments)
        required = not annotation.startswith(("Optional", "Any"))
        found[wire] = (annotation, ast.literal_eval(said[1]) if said else "", required)
    return found


def _literal(text: str, name: str) -> dict[str, str]:
    start = text.find(f"\n    {name}: ClassVar")
    if start < 0:
        raise UnreadableModel(f"no {name} in a model of the kubernetes package: version 37 is needed")
    opening = text.index("{", start)
    return dict(ast.literal_eval(text[opening : text.index("}", opening) + 1]))


def _snake(name: str) -> str:
    split = re.sub(r"(.)([A-Z][a-z]+)", r"\1_\2", name)
    return re.sub(r"([a-z0-9])([A-Z])", r"\1_\2", split).lower()


@cache
def _directory() -> Path:
    spec = find_spec("kubernetes")
    if spec is None or spec.origin is None:
        raise UnreadableModel("the kubernetes package is not installed")
    return Path(spec.origin).parent / "client" / "models"
