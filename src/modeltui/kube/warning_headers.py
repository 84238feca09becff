"""What the server warns of: `Warning: 299 - "text"` headers (RFC 7234, section 5.5; code 299 is all that API servers send)."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Final

from modeltui.kube.sentences import sentence

_WARNING: Final = re.compile(r'299 \S+ "((?:[^"\\]|\\.)*)"')
_ESCAPED: Final = re.compile(r"\\(.)")


def warnings(headers: Iterable[str]) -> tuple[str, ...]:
    """The texts of `headers`, each one printable line, each once. A header may hold several; what is no warning is left out."""
    texts = (_ESCAPED.sub(r"\1", text) for header in headers for text in _WARNING.findall(header))
    return tuple(dict.fromkeys(sentence(text, limit=500) for text in texts))
