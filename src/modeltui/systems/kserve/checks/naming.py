"""Names: KServe makes others of them, with limits of their own."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final

from modeltui.domain import Finding, Severity
from modeltui.systems.core.names import LONGEST_LABEL, name_sentence
from modeltui.systems.kserve.types import KNATIVE_MODES, InferenceService

_NAME: Final = re.compile(r"[a-z]([-a-z0-9]*[a-z0-9])?")
"""What KServe's webhook takes; a DNS label of a Service begins with a letter, too."""
LONGEST: Final = LONGEST_LABEL - len("-predictor")
"""Of an InferenceService: a Service NAME-predictor is made for it."""
LONGEST_EVERYWHERE: Final = LONGEST_LABEL - len("isvc.") - len("-predictor")
"""Older versions of KServe write this into a label of the pods and do not cut it."""
LONGEST_LLM: Final = LONGEST_LABEL
"""Of an LLMInferenceService: it is a label of its pods; longer names of children are cut."""


def of_service(service: InferenceService) -> Iterator[Finding]:
    name = service.metadata.name
    if found := list(_shape(name, "InferenceService")):
        yield from found
    elif len(name) > LONGEST:
        yield Finding(
            Severity.ERROR,
            f"The name has {len(name)} characters: KServe makes a Service {name}-predictor of it, which may have at most {LONGEST_LABEL}, "
            "so that nothing would be reached.",
            f"Use at most {LONGEST} characters.",
            "metadata.name",
        )
    elif len(name) > LONGEST_EVERYWHERE and service.mode not in KNATIVE_MODES:
        yield Finding(
            Severity.WARNING,
            f"The name has {len(name)} characters: versions of KServe before 0.16 make a label isvc.{name}-predictor of it, which is too "
            "long, and no pod starts.",
            f"Use at most {LONGEST_EVERYWHERE} characters.",
            "metadata.name",
        )


def of_llm(name: str) -> Iterator[Finding]:
    if found := list(_shape(name, "LLMInferenceService")):
        yield from found
    elif len(name) > LONGEST_LLM:
        yield Finding(
            Severity.ERROR,
            f"The name has {len(name)} characters: it becomes a label of its pods, which may have at most {LONGEST_LLM}.",
            f"Use at most {LONGEST_LLM} characters.",
            "metadata.name",
        )


def of_other(name: str) -> Iterator[Finding]:
    if problem := name_sentence(name):
        yield Finding(Severity.ERROR, problem, "Correct it.", "metadata.name")


def _shape(name: str, kind: str) -> Iterator[Finding]:
    if not name:
        yield Finding(Severity.ERROR, "The name is missing.", "Give it a name such as llama-3-8b.", "metadata.name")
    elif not _NAME.fullmatch(name):
        yield Finding(
            Severity.ERROR,
            f'"{name}" cannot be the name of an {kind}: it begins with a letter, and holds only lower-case letters, digits and "-".',
            "Correct it; a dot becomes a dash: llama-3-1-8b.",
            "metadata.name",
        )
