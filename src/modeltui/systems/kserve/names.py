"""Names of InferenceServices and LLMInferenceServices: one for a model, and what is wrong with one that is typed. Pure."""

from __future__ import annotations

import re
from collections.abc import Iterable

from modeltui.domain import Finding, Severity
from modeltui.systems.kserve.checks import naming
from modeltui.systems.kserve.types import InferenceService, ServiceMeta


def propose(model: str) -> str:
    """From a Hub id, a path or a URI: "meta-llama/Llama-3.1-8B" is "llama-3-1-8b". Short enough for every version of KServe."""
    last = model.strip().rstrip("/").rpartition("/")[2]
    name = re.sub(r"[^a-z0-9]+", "-", last.partition("@")[0].partition(":")[0].lower()).strip("-")
    if not name or not name[0].isalpha():
        name = f"m-{name}".rstrip("-")
    return name[: naming.LONGEST_EVERYWHERE].rstrip("-")


def service_problem(name: str) -> str:
    """In a sentence; "" when an InferenceService may be called so."""
    return _first(naming.of_service(InferenceService(metadata=ServiceMeta(name=name))))


def llm_problem(name: str) -> str:
    return _first(naming.of_llm(name))


def _first(found: Iterable[Finding]) -> str:
    """The checks' own word, so that the form and the review say the same."""
    return next((f"{one.reason} {one.remedy}" for one in found if one.severity is Severity.ERROR), "")
