"""An object as YAML lines with tones: secrets masked, managedFields folded. Pure."""

from __future__ import annotations

import re
from typing import Any, Final

from modeltui.document import Line, Span, Tone, plain
from modeltui.redaction import redact_object
from modeltui.yaml_output import dump_object

_KEY: Final = re.compile(r"^(\s*(?:- )*)([^\s#:\"'][^:]*|\"[^\"]*\"|'[^']*')(:)(\s+|$)(.*)$")
_NUMBER: Final = re.compile(r"^-?\d+(\.\d+)?$|^(true|false|null)$")


def prepared(obj: dict[str, Any], *, managed_fields: bool) -> tuple[dict[str, Any], int]:
    """The object as it may be shown, and how many managers' entries were folded away."""
    shown = redact_object(obj)
    metadata = shown.get("metadata")
    entries = metadata.get("managedFields") if isinstance(metadata, dict) else None
    if managed_fields or not isinstance(metadata, dict) or not isinstance(entries, list) or not entries:
        return shown, 0
    return {**shown, "metadata": {key: value for key, value in metadata.items() if key != "managedFields"}}, len(entries)


def lines(obj: dict[str, Any], *, managed_fields: bool = False) -> list[Line]:
    """The whole object, each line with its tones; a fold is marked in its place."""
    shown, folded = prepared(obj, managed_fields=managed_fields)
    out: list[Line] = []
    in_metadata = False
    for text in dump_object(shown).splitlines():
        if folded and in_metadata and not text.startswith((" ", "-")):
            out.append(_fold(folded))
            folded = 0
        in_metadata = (in_metadata and text.startswith((" ", "-"))) or text == "metadata:"
        out.append(colour(text))
    if folded:
        out.append(_fold(folded))
    return out


def colour(text: str) -> Line:
    """One line of YAML: its key and its value."""
    found = _KEY.match(text)
    if found is None:
        bare = text.lstrip(" -")
        head = text[: len(text) - len(bare)]
        return ((plain(head), "dim"), (plain(bare), _tone(bare)))
    indent, key, colon, gap, value = found.groups()
    spans: list[Span] = [(plain(indent), "dim"), (plain(key), "key"), (colon + gap, "dim")]
    if value:
        spans.append((plain(value), _tone(value)))
    return tuple(spans)


def _tone(value: str) -> Tone:
    if value == "<masked>" or "<masked>" in value:
        return "warn"
    return "number" if _NUMBER.match(value) else "string"


def _fold(count: int) -> Line:
    return (("  # managedFields: ", "comment"), (f"{count} entries folded; m unfolds them", "comment"))
