"""How the address of a Dataset is written, type by type. Pure."""

from __future__ import annotations

import re
from typing import Final

from modeltui.redaction import redact_text
from modeltui.systems.source_types import source_types

_PATTERNS: Final = {
    "GIT": r"(?:https?|ssh)://[^/\s]+/\S+|[\w.-]+@[\w.-]+:\S+",
    "S3": r"s3://[^/\s]+(?:/\S*)?",
    "HTTP": r"https?://[^/\s]+(?:/\S*)?",
    "PVC": r"pvc://[^/\s]+(?:/\S*)?",
    "NFS": r"nfs://[^/\s]+/\S*",
    "CONDA": r"conda://\S+",
    "REFERENCE": r"dataset://[^/\s]+/[^/\s]+/?",
    "HUGGING_FACE": r"huggingface://[^\s@]+",
    "MODEL_SCOPE": r"modelscope://[^\s@]+",
    "DATABASE": r"database://[^/\s]+",
    "HADOOP": r"hdfs://[^/\s]+(?:/\S*)?",
    "MANUAL": r"manual://",
}


def uri_problem(source_type: str, uri: str) -> str:
    """What is wrong with an address, as a sentence without its end; "" when nothing is, or when the type is not known."""
    pattern = _PATTERNS.get(source_type)
    if pattern is None or re.fullmatch(pattern, uri):
        return ""
    if not uri:
        return "the address is missing"
    shown = redact_text(uri)
    if source_type in ("HUGGING_FACE", "MODEL_SCOPE") and "@" in uri:
        return f'"{shown}" carries a revision, which the loader takes for a part of the repository id'
    return f'"{shown}" is not an address of type {source_type}, which is written {source_types()[source_type].uri}'


def referred(uri: str) -> tuple[str, str]:
    """(namespace, name) of the Dataset that dataset://namespace/name means; empty where it is not written so."""
    place = uri.removeprefix("dataset://") if uri.startswith("dataset://") else ""
    namespace, _, name = place.partition("/")
    return namespace, name.strip("/")
