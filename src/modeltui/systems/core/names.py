"""Which names Kubernetes takes. Pure.

Source: https://kubernetes.io/docs/concepts/overview/working-with-objects/names/ and ".../labels/".
"""

from __future__ import annotations

import json
import re
from typing import Final

LONGEST_NAME: Final = 253
LONGEST_LABEL: Final = 63
"""Of a label's value, and so of a Job's name, which its pods carry as a label."""

_LABEL: Final = re.compile(r"[a-z0-9]([-a-z0-9]{0,61}[a-z0-9])?")
_SUBDOMAIN: Final = re.compile(r"[a-z0-9]([-a-z0-9]*[a-z0-9])?(\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*")
_LABEL_VALUE: Final = re.compile(r"([A-Za-z0-9]([-A-Za-z0-9_.]{0,61}[A-Za-z0-9])?)?")
_LABEL_NAME: Final = re.compile(r"[A-Za-z0-9]([-A-Za-z0-9_.]{0,61}[A-Za-z0-9])?")


def name_problem(name: str) -> str:
    """Why an object cannot have this name, as the end of a sentence; "" when it can (a DNS subdomain of RFC 1123)."""
    if not name:
        return "is missing"
    if len(name) > LONGEST_NAME:
        return f"has {len(name)} characters, at most {LONGEST_NAME} are allowed"
    if not _SUBDOMAIN.fullmatch(name):
        return 'may hold lower-case letters, digits, "-" and ".", and begins and ends with a letter or digit'
    return ""


def name_sentence(name: str) -> str:
    """The same as a sentence about the object's name."""
    problem = name_problem(name)
    return f"The name {f'{quoted(name)} ' if name else ''}{problem}." if problem else ""


def quoted(text: str) -> str:
    """What is no name may hold anything: its line ends and the like are spelled out."""
    return json.dumps(text, ensure_ascii=False)


def is_namespace(name: str) -> bool:
    """Whether a namespace can have this name: a DNS label of RFC 1123, without dots."""
    return _LABEL.fullmatch(name) is not None


def is_label_value(value: str) -> bool:
    return _LABEL_VALUE.fullmatch(value) is not None


def is_label_key(key: str) -> bool:
    """ "name" or "prefix.example/name"."""
    prefix, slash, name = key.rpartition("/")
    return _LABEL_NAME.fullmatch(name) is not None and (not slash or not name_problem(prefix))
