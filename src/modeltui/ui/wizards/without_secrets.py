"""A text that is being edited, as it may be kept on disk. Pure."""

from __future__ import annotations

import re
from typing import Final

from modeltui.changes import yaml_text
from modeltui.changes.yaml_text import TextError
from modeltui.redaction import is_secret_key, redact_object, redact_text
from modeltui.yaml_output import dump_object

_KEY: Final = re.compile(r"""^[\s-]*["']?(?P<key>[\w./-]+)["']?\s*:""")
_SECRET: Final = re.compile(r"""^["']?kind["']?\s*:\s*["']?Secret\b""", re.MULTILINE)


def of_text(text: str) -> tuple[str, bool] | None:
    """The text, and whether something in it had to be masked. None for a text half typed of which nobody can tell where a
    secret in it ends: then what was kept before is better."""
    try:
        found = yaml_text.documents(text)
    except TextError:
        suspicious = _SECRET.search(text) or any((key := _KEY.match(one)) and is_secret_key(key["key"]) for one in text.splitlines())
        return None if suspicious or redact_text(text) != text else (text, False)
    masked = [redact_object(obj) for obj in found]
    spoken = text.replace("\n", "\n\n")  # comments too; a line end, so that no pattern takes the next line for a value
    if masked == list(found) and redact_text(spoken) == spoken:
        return text, False
    return "---\n".join(map(dump_object, masked)), True
