"""What the loader makes of a Dataset's options, which a ModelSource's config becomes: what stops it, and what it does not read. Pure.

Every sentence is the predicate of "option X"; who asks knows whether it is an option or a setting, and where it stands.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from difflib import get_close_matches
from typing import Any, Final

from modeltui.domain import Finding, Severity
from modeltui.redaction import redact_text
from modeltui.systems.source_types import source_types

READABLE_KEY: Final = re.compile(r"\w+", re.ASCII)
"""The loader takes its options as key=value and stops at a key of anything else."""
S3_PROVIDERS: Final = ("AWS", "MINIO")
_CHOICES: Final = {
    ("HUGGING_FACE", "repoType"): ("MODEL", "DATASET"),
    ("MODEL_SCOPE", "repoType"): ("MODEL", "DATASET"),
    ("S3", "syncMode"): ("copy", "sync"),
    ("CONDA", "gpuType"): ("nvidia-gpu", "nvidia-vgpu", "metax-gpu"),
    ("DATABASE", "type"): ("mysql",),
    ("DATABASE", "exportFormat"): ("csv",),
}
"""The words that an option takes; any other is passed over or refused."""
_FREE_KEYS: Final = ("HTTP",)
"""Types whose keys are names of headers."""
_ALWAYS: Final = frozenset({"uri", "url", "path", "pvcName", "server"})
"""Settings that modelfs reads itself, and copies into the options of every type."""


@dataclass(frozen=True, slots=True)
class Trouble:
    key: str
    severity: Severity
    predicate: str
    remedy: str = ""

    def finding(self, noun: str, path: str) -> Finding:
        """`noun`: what a key is called there, "option" or "setting"; `path`: of the mapping."""
        return Finding(self.severity, f"The {noun} {self.key} {self.predicate}.", self.remedy, f"{path}.{self.key}")


def troubles(source_type: str, options: Mapping[str, Any]) -> Iterator[Trouble]:
    for key, value in sorted(options.items()):
        yield from _of_key(source_type, key, str(value))
    if source_type == "S3":
        yield from _s3(options)


def unreadable(keys: Mapping[str, Any] | tuple[str, ...]) -> list[str]:
    """The keys that stop the loader."""
    return sorted(key for key in keys if not READABLE_KEY.fullmatch(key))


def _of_key(source_type: str, key: str, value: str) -> Iterator[Trouble]:
    if not READABLE_KEY.fullmatch(key):
        yield Trouble(
            key,
            Severity.ERROR,
            'stops the loader: it takes only letters, digits and "_" in a key',
            "Rename it, or take it out.",
        )
    if source_type == "HUGGING_FACE" and key == "offline":
        yield Trouble(key, Severity.ERROR, "stops the loader: it wants true or false, and every option reaches it as text", "Take it out.")
    if source_type == "GIT" and key == "depth" and value and not re.fullmatch(r"[+-]?\d+", value):
        yield Trouble(key, Severity.ERROR, "stops the loader: it is not a whole number", "Give the number of commits to fetch, such as 1.")
    if source_type in ("HUGGING_FACE", "MODEL_SCOPE") and key == "revision":
        yield Trouble(
            key, Severity.WARNING, "is read, but not passed to the download: only the default branch is ever fetched", "Take it out."
        )
    choices = _CHOICES.get((source_type, key))
    if choices is not None and value and value not in choices and value.upper() not in choices:
        told = f'is "{redact_text(value)}", which the loader does not know'
        yield Trouble(key, Severity.WARNING, told, f"Write {' or '.join(choices)}.")
    known = source_types().get(source_type)
    if known is None or source_type in _FREE_KEYS or key in known.config or key in _ALWAYS:
        return
    near = get_close_matches(key, known.config, n=1, cutoff=0.75)
    if near:
        yield Trouble(key, Severity.WARNING, f"is not one that type {source_type} reads", f'Did you mean "{near[0]}"?')


def _s3(options: Mapping[str, Any]) -> Iterator[Trouble]:
    provider = str(options.get("provider") or "")
    if provider not in S3_PROVIDERS:
        told = f'is "{provider}", which the loader does not know' if provider else "is missing, so the loader does not know the service"
        yield Trouble("provider", Severity.ERROR, told, f"Write {' or '.join(S3_PROVIDERS)}, in capitals.")
    elif provider == "AWS" and not options.get("region"):
        yield Trouble("region", Severity.ERROR, "is missing, and provider AWS needs it, so the download fails", "Set the bucket's region.")
    elif provider == "MINIO" and not options.get("endpoint"):
        yield Trouble(
            "endpoint", Severity.WARNING, "is missing, and provider MINIO is looked for at Amazon then", "Set the address of the service."
        )
