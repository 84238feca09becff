"""Which template serves a model, or in AIM Engine's words why none does. Pure.

Order of the filters and texts: internal/aimservice/selection.go of AIM Engine.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from modeltui.demo.controllers.serving.aim_gpu import normal
from modeltui.demo.controllers.serving.aim_health import FAILED, PENDING, PROGRESSING, READY
from modeltui.demo.errors import Object

_TYPES: Final = ("optimized", "preview", "unoptimized")
_CARDS: Final = ("MI355X", "MI350X", "MI325X", "MI300X", "MI300A", "MI250X", "MI210")
_METRICS: Final = ("latency", "throughput")
_PRECISIONS: Final = ("fp4", "int4", "fp8", "int8", "bf16", "fp16", "fp32", "auto")


@dataclass(frozen=True, slots=True)
class Selection:
    template: Object | None
    state: str = READY
    reason: str = "Resolved"
    message: str = ""


def select(model: str, candidates: Sequence[Object], service: Object, cards: Mapping[str, int]) -> Selection:
    """`candidates`: all templates of the model, of both scopes."""
    if not candidates:
        return Selection(None, PENDING, "TemplateNotFound", "No template found for service")
    ready = [each for each in candidates if (each.get("status") or {}).get("status") == READY]
    if not ready:
        if all((each.get("status") or {}).get("status") == FAILED for each in candidates):
            return Selection(None, FAILED, "TemplateNotReady", f"All templates of model {model} failed")
        return Selection(None, PROGRESSING, "TemplateNotReady", "Templates exist but are not ready yet")
    allowed = [each for each in ready if _profile(each).get("type") == "optimized" or _unoptimized_too(service)]
    if not allowed:
        told = (
            f'No available templates match requirements for model "{model}": {len(ready)} unoptimized template(s) filtered out. '
            "Set allowUnoptimized to use them."
        )
        return Selection(None, FAILED, "TemplateNotFound", told)
    fitting = [each for each in allowed if _as_asked(each, service["spec"].get("overrides") or {}) and _card_there(each, cards)]
    if not fitting:
        return Selection(None, FAILED, "TemplateNotFound", f'No available templates match requirements for model "{model}"')
    own = [each for each in fitting if each["metadata"].get("namespace")] or fitting
    best = min(map(_rank, own))
    first = [each for each in own if _rank(each) == best]
    if len(first) > 1:
        return Selection(None, FAILED, "TemplateSelectionAmbiguous", f'Multiple templates ({len(first)}) satisfy model "{model}"')
    return Selection(first[0], message=f"{first[0]['kind']} {first[0]['metadata']['name']} is ready")


def _profile(template: Object) -> Object:
    found: Object = ((template.get("status") or {}).get("profile") or {}).get("metadata") or {}
    return found


def _unoptimized_too(service: Object) -> bool:
    return bool((service["spec"].get("template") or {}).get("allowUnoptimized"))


def _as_asked(template: Object, overrides: Object) -> bool:
    profile, gpu = _profile(template), (overrides.get("hardware") or {}).get("gpu") or {}
    same = all(not overrides.get(key) or profile.get(key) == overrides[key] for key in ("metric", "precision"))
    card = not gpu.get("model") or not profile.get("gpu") or normal(gpu["model"]) == normal(profile["gpu"])
    return same and card and (not gpu.get("requests") or not profile.get("gpuCount") or profile["gpuCount"] == gpu["requests"])


def _card_there(template: Object, cards: Mapping[str, int]) -> bool:
    card = _profile(template).get("gpu", "")
    return not card or normal(card) in cards


def _rank(template: Object) -> tuple[int, ...]:
    profile = _profile(template)
    told = (
        (_TYPES, profile.get("type", "")),
        (_CARDS, normal(profile.get("gpu", ""))),
        (_METRICS, profile.get("metric", "")),
        (_PRECISIONS, profile.get("precision", "")),
    )
    return tuple(words.index(word) if word in words else len(words) for words, word in told)
