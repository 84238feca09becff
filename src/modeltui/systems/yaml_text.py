"""Documents as YAML that every reader takes for the same: PyYAML's, kubectl's, and people."""

from __future__ import annotations

import re
from functools import cache
from typing import Any, Final

_REORDERING: Final = re.compile("[\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069]")
_ESCAPED: Final = re.compile(
    f"[^\t\n\x20-\x7e\xa0-\ud7ff\ue000-\ufefe\uff00-\ufffd\U00010000-\U0010ffff]|[\u2028\u2029]|{_REORDERING.pattern}"
)
"""Characters that a reader may refuse, fold into a line's end, or show as something else: text with one is written in quotes."""
_NUMERIC: Final = re.compile(r"[-+.\d][-+.:_\dA-FXOa-fxo]*")
"""What YAML 1.2 may take for a number where YAML 1.1 takes it for text: 1e3, 0o14."""


def dump(document: Any) -> str:
    """In the order of the keys, without aliases. Ends without a line's end."""
    import yaml  # only who prints YAML pays for it

    text: str = yaml.dump(document, Dumper=_dumper(), sort_keys=False, allow_unicode=True, default_flow_style=False, width=1000)
    # PyYAML writes these as they are; in double quotes, where they are bound to stand, each has an escape
    return _REORDERING.sub(lambda mark: f"\\u{ord(mark[0]):04X}", text.rstrip("\n"))


@cache
def _dumper() -> Any:
    import yaml

    class Dumper(yaml.SafeDumper):
        def ignore_aliases(self, data: Any) -> bool:
            return True

    def represent(dumper: yaml.SafeDumper, text: str) -> yaml.ScalarNode:
        style = '"' if _ESCAPED.search(text) else "'" if _NUMERIC.fullmatch(text) else None
        return dumper.represent_scalar("tag:yaml.org,2002:str", text, style=style)

    Dumper.add_representer(str, represent)
    return Dumper
