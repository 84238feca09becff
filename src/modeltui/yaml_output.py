"""YAML as it is written everywhere: it means the same to PyYAML, to kubectl and to people. Pure.

Text that YAML 1.2 may take for a number stands in quotes, text of several lines is a block, and whatever ends a line, steers
a terminal or reorders its neighbours is an escape. Nothing is folded, and nothing refers to what stands elsewhere.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import cache
from typing import Any, Final

from modeltui.characters import REORDERING

_FIRST: Final = ("apiVersion", "kind", "metadata", "spec", "data", "status")
_WIDTH: Final = 1_000_000_000
_REORDERING: Final = re.compile(f"[{REORDERING}]")
_ESCAPED: Final = re.compile(
    f"[^\t\n\x20-\x7e\xa0-\ud7ff\ue000-\ufefe\uff00-\ufffd\U00010000-\U0010ffff]|[\u2028\u2029]|{_REORDERING.pattern}"
)
"""Characters that a reader may refuse, fold into a line's end, or show as something else."""
_NUMERIC: Final = re.compile(r"[-+.\d][-+.:_\dA-FXOa-fxo]*")
"""What YAML 1.2 may take for a number where YAML 1.1 takes it for text: 1e3, 0o14."""
_TRAILING: Final = re.compile(r"[ \t](?:\n|\Z)")
_ASTRAL: Final = r"\U000"


def dump(document: Any) -> str:
    """In the order of the keys; ends with a line's end."""
    text = _dumped(document, fast=True)
    if _ASTRAL in text:
        text = _dumped(document, fast=False)  # libyaml escapes every emoji; PyYAML's own emitter is slower, and does not
    # both write these as they are; in double quotes, where they are bound to stand, each has an escape
    return _REORDERING.sub(lambda mark: f"\\u{ord(mark[0]):04X}", text)


def dump_object(obj: Mapping[str, Any]) -> str:
    """In the order in which people read objects: apiVersion, kind, metadata, spec, and the rest as it comes."""
    return dump({key: obj[key] for key in (*_FIRST, *obj) if key in obj})


def _dumped(document: Any, *, fast: bool) -> str:
    import yaml  # only who prints YAML pays for it

    text: str = yaml.dump(document, Dumper=_dumper(fast=fast), sort_keys=False, allow_unicode=True, default_flow_style=False, width=_WIDTH)
    return text


@cache
def _dumper(*, fast: bool) -> Any:
    import yaml

    base: Any = getattr(yaml, "CSafeDumper", yaml.SafeDumper) if fast else yaml.SafeDumper

    class Dumper(base):  # type: ignore[misc]  # one of two classes
        def ignore_aliases(self, data: Any) -> bool:
            return True

    Dumper.add_representer(str, _represented)
    return Dumper


def _represented(dumper: Any, text: str) -> Any:
    style = None
    if _ESCAPED.search(text):
        style = '"'
    elif "\n" in text:
        style = '"' if _TRAILING.search(text) else "|"
    elif _NUMERIC.fullmatch(text):
        style = "'"
    return dumper.represent_scalar("tag:yaml.org,2002:str", text, style=style)
