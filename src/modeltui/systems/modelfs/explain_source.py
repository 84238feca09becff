"""The text behind a ModelSource: its settings with secrets masked, who refers to it, whether its credentials work. Pure."""

from __future__ import annotations

from collections.abc import Iterator

from modeltui.domain import Finding, Severity
from modeltui.redaction import mask_config
from modeltui.systems.checking import errors_first
from modeltui.systems.modelfs import observed
from modeltui.systems.modelfs.checks import check_source
from modeltui.systems.modelfs.observed import credentials_sentence, referring_models
from modeltui.systems.modelfs.types import CREDENTIALS_READY, ModelSource
from modeltui.systems.protocol import Facts
from modeltui.systems.shell import word
from modeltui.systems.source_types import source_types

__all__ = ("config_lines", "credentials_sentence", "findings", "referring_models", "snippets")


def config_lines(source: ModelSource) -> list[tuple[str, str, str]]:
    """(key, value with secrets masked, what the setting does or "")."""
    known = source_types().get(source.spec.type)
    masked = mask_config(source.spec.type, source.spec.config)
    return [(key, value, known.config.get(key, "") if known else "") for key, value in sorted(masked.items())]


def findings(source: ModelSource, facts: Facts) -> list[Finding]:
    """What to know about it, errors first."""
    return list(errors_first((*check_source(source, facts), *observed.of_source(source, facts), *_notes(source))))


def _notes(source: ModelSource) -> Iterator[Finding]:
    """What is no trouble in itself."""
    checked = any(entry.type == CREDENTIALS_READY and entry.status != "False" for entry in source.status.conditions)
    if checked and source.spec.secret_ref:
        yield Finding(Severity.INFO, "modelfs does not watch Secrets: the Secret may have changed or gone since it was checked.")
    known = source_types().get(source.spec.type)
    if known is not None:
        yield from (Finding(Severity.INFO, limit) for limit in known.limits)


def snippets(source: ModelSource) -> list[tuple[str, str]]:
    """(what it shows, the kubectl command). The Secret's values are not among it."""
    namespace = source.metadata.namespace
    found = [("its conditions", f"kubectl -n {namespace} describe modelsource {source.metadata.name}")]
    if source.spec.secret_ref:
        found.append(("the keys of its Secret, without values", f"kubectl -n {namespace} describe secret {word(source.spec.secret_ref)}"))
    return found
