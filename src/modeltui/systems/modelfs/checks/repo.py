"""How `repo` and `revision` are written, which differs from type to type."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final

from modeltui.domain import Finding, Severity
from modeltui.redaction import redact_text
from modeltui.systems.dataset.uris import uri_problem
from modeltui.systems.modelfs.checks.asked import Asked
from modeltui.systems.modelfs.types import ModelSource
from modeltui.systems.modelfs.uri import DEFAULT_REVISIONS, HUBS
from modeltui.systems.source_types import source_types

_PART: Final = r"[A-Za-z0-9](?:[A-Za-z0-9._-]*[A-Za-z0-9])?"
_REPO_ID: Final = re.compile(rf"{_PART}(?:/{_PART})?")
"""As the Hub takes it: letters, digits, "-", "_" and ".", neither "--" nor "..", at most 96 characters."""
_LONGEST_REPO_ID: Final = 96


def repo(asked: Asked) -> Iterator[Finding]:
    said, field = asked.version.repo, f"{asked.field}.repo"
    if not asked.wanted:
        return
    if asked.source is not None and "uri" not in asked.source.spec.config and (problem := repo_problem(said, asked.source)):
        known = source_types().get(asked.source.spec.type)
        remedy = f"Write {known.repo}." if known and known.repo else ""
        yield Finding(Severity.ERROR, f"Version {asked.version.name}: {problem}.", remedy, field)
    if redact_text(said) != said:
        yield Finding(
            Severity.WARNING,
            f"Version {asked.version.name}: repo holds a secret, readable by whoever may read Models or Datasets.",
            "Take it out of the address.",
            field,
        )


def repo_problem(said: str, source: ModelSource) -> str:
    """What is wrong with a repo of this source, as a sentence without its end; "" when nothing is, or when it is not known."""
    kind, config, shown = source.spec.type, source.spec.config, redact_text(said)
    match kind:
        case "HUGGING_FACE" | "MODEL_SCOPE" if not said:
            return "repo is missing"
        case "HUGGING_FACE" | "MODEL_SCOPE":
            if "@" in said:
                return f'"{shown}" carries a revision, which makes the repository id invalid'
            if not _REPO_ID.fullmatch(said) or "--" in said or ".." in said or len(said) > _LONGEST_REPO_ID:
                return f'"{shown}" is not a repository id'
        case "S3" | "HTTP" | "GIT" if not said:
            return "" if config.get("url") else f'repo is missing, and ModelSource "{source.metadata.name}" has no setting url'
        case "S3" | "HTTP" | "GIT":
            return uri_problem(kind, said)
        case "PVC" | "NFS" if said and not said.startswith("/"):
            return f'"{shown}" does not begin with "/", so it runs into the name before it'
    return ""


def revision(asked: Asked) -> Iterator[Finding]:
    said, name, field = asked.version.revision, asked.version.name, f"{asked.field}.revision"
    if not asked.wanted or said in DEFAULT_REVISIONS:
        return
    told = f'Version {name} asks for revision "{redact_text(said)}", which is not honoured'
    if asked.source_type in HUBS:
        yield Finding(
            Severity.ERROR,
            f"{told}: only the default branch is ever fetched, and the revision makes the repository id invalid, so the download fails.",
            'Leave revision empty or "main".',
            field,
        )
    elif asked.source_type == "GIT":
        yield Finding(Severity.WARNING, f"{told}: modelfs leaves it out.", "Set branch or commit in the config of the ModelSource.", field)
    elif asked.source_type:
        yield Finding(
            Severity.WARNING,
            f"{told}: type {asked.source_type} has no revisions.",
            "Leave revision empty, and name what is wanted in repo.",
            field,
        )
    else:
        yield Finding(Severity.WARNING, f"{told} by modelfs.", 'Leave revision empty or "main".', field)
