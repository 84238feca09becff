"""Names: the NIM operator gives them to what it makes."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final

from modeltui.domain import Finding, Severity
from modeltui.systems.core.names import LONGEST_LABEL, name_sentence
from modeltui.systems.kserve.checks.naming import LONGEST as LONGEST_ON_KSERVE
from modeltui.systems.nim_operator.reading import on_kserve
from modeltui.systems.nim_operator.types import NIMCache, NIMService

_SERVICE: Final = re.compile(r"[a-z]([-a-z0-9]*[a-z0-9])?")


def of_service(service: NIMService) -> Iterator[Finding]:
    name = service.metadata.name
    longest = LONGEST_ON_KSERVE if on_kserve(service) else LONGEST_LABEL
    if not name:
        yield Finding(Severity.ERROR, "The name is missing.", "Give it a name such as llama-3-8b.", "metadata.name")
    elif not _SERVICE.fullmatch(name):
        yield Finding(
            Severity.ERROR,
            f'A Service is made with the name "{name}", which begins with a letter and holds only lower-case letters, digits and "-".',
            "Correct it; a dot becomes a dash: llama-3-1-8b.",
            "metadata.name",
        )
    elif len(name) > longest:
        made = "an InferenceService and its Services" if on_kserve(service) else "a Service and a label"
        yield Finding(
            Severity.ERROR,
            f"The name has {len(name)} characters: {made} are made with it, which may have at most {longest}.",
            f"Use at most {longest} characters.",
            "metadata.name",
        )


def of_cache(cache: NIMCache) -> Iterator[Finding]:
    name = cache.metadata.name
    if problem := name_sentence(name):
        yield Finding(Severity.ERROR, problem, "Correct it.", "metadata.name")
