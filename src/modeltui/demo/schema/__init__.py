"""Schemas of CRDs and built-in kinds: pruning, defaulting, validation, printer columns. Pure functions over plain dicts.

A write goes `decode` -> `prune` -> `default` -> `validate`. Every function takes the schema that `root` (or `builtin.schema`) made.
"""

from modeltui.demo.schema.cel import wrong_rules
from modeltui.demo.schema.decoding import DecodeError, decode
from modeltui.demo.schema.defaulting import default
from modeltui.demo.schema.errors import NOT_CHECKED, ErrorType, FieldError, invalid_message, invalid_status
from modeltui.demo.schema.printer import BadPath, age, cell, check_path, find
from modeltui.demo.schema.pruning import prune
from modeltui.demo.schema.scale import validate_scale
from modeltui.demo.schema.structural import Schema, root
from modeltui.demo.schema.validation import validate

__all__ = [
    "NOT_CHECKED",
    "BadPath",
    "DecodeError",
    "ErrorType",
    "FieldError",
    "Schema",
    "age",
    "cell",
    "check_path",
    "decode",
    "default",
    "find",
    "invalid_message",
    "invalid_status",
    "prune",
    "root",
    "validate",
    "validate_scale",
    "wrong_rules",
]
