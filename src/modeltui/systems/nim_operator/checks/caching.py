"""Where a NIMCache has its model from, and which of its profiles."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, Final

from modeltui.domain import Finding, Severity
from modeltui.systems.nim_operator.checks.shape import at
from modeltui.systems.nim_operator.types import HubSource, NIMCache

_NGC: Final = "spec.source.ngc"
_QOS: Final = ("latency", "throughput")


def source(cache: NIMCache) -> Iterator[Finding]:
    found = cache.spec.source
    told = [name for name, one in (("ngc", found.ngc), ("hf", found.hf), ("dataStore", found.data_store)) if one is not None]
    if len(told) != 1:
        yield Finding(
            Severity.ERROR,
            f"Its source is {' and '.join(told) if told else 'missing'}: exactly one of ngc, hf and dataStore may stand there.",
            "Keep one.",
            "spec.source",
        )
    if found.ngc is not None and not found.ngc.model_puller:
        yield _no_puller("ngc")
    for name, hub in (("hf", found.hf), ("dataStore", found.data_store)):
        if hub is not None:
            yield from _hub(hub, name)


def _no_puller(name: str) -> Finding:
    return Finding(
        Severity.ERROR,
        "It names no modelPuller: there is no image that could download anything.",
        "Set it, such as nvcr.io/nim/meta/llama-3.1-8b-instruct:1.8.",
        f"spec.source.{name}.modelPuller",
    )


def _hub(hub: HubSource, name: str) -> Iterator[Finding]:
    field = f"spec.source.{name}"
    if bool(hub.model_name) == bool(hub.dataset_name):
        said = "both modelName and datasetName" if hub.model_name else "neither modelName nor datasetName"
        yield Finding(Severity.ERROR, f"The source names {said}: the API server wants exactly one of them.", "Keep one.", field)
    if not hub.model_puller:
        yield _no_puller(name)
    if not hub.pull_secret:
        yield Finding(
            Severity.ERROR,
            "It names no pullSecret, which the API server refuses, also for an image that everybody may pull.",
            "Name the Secret for nvcr.io.",
            f"{field}.pullSecret",
        )
    if name == "hf" and not hub.namespace:
        yield Finding(
            Severity.ERROR,
            "It names no namespace: of the Hub, that is the organisation, and the API server refuses a model without.",
            "Set it, such as meta-llama.",
            f"{field}.namespace",
        )
    if "/" in hub.model_name:
        yield Finding(
            Severity.ERROR,
            f'modelName "{hub.model_name}" has the organisation in it, which namespace says already: {hub.name} is on no Hub.',
            f"Write modelName: {hub.model_name.rpartition('/')[2]}.",
            f"{field}.modelName",
        )


def chosen(manifest: Mapping[str, Any]) -> Iterator[Finding]:
    """Profiles are named, or chosen by what they are for."""
    ngc = at(manifest, _NGC)
    model = at(ngc, "model")
    if model and ngc.get("modelEndpoint"):
        yield Finding(
            Severity.ERROR,
            "model and modelEndpoint stand side by side: the API server takes one of them.",
            "Keep one.",
            f"{_NGC}.modelEndpoint",
        )
    profiles = model.get("profiles")
    others = sorted(name for name, value in model.items() if name != "profiles" and value not in (None, "", []))
    if profiles and others:
        yield Finding(
            Severity.ERROR,
            f"It names profiles, and chooses by {', '.join(others)}, too: the NIM operator's webhook refuses that.",
            "Keep the profiles, or what they are chosen by.",
            f"{_NGC}.model.profiles",
        )
    if isinstance(profiles, list) and "all" in profiles and len(profiles) > 1:
        yield Finding(
            Severity.ERROR,
            'The profile "all" stands beside others: the NIM operator\'s webhook refuses that.',
            'Write "all" alone, or the names only.',
            f"{_NGC}.model.profiles",
        )
    wanted = model.get("qosProfile")
    if wanted and wanted not in _QOS:
        yield Finding(Severity.ERROR, f'"{wanted}" is no qosProfile.', f"One of {', '.join(_QOS)}, or none.", f"{_NGC}.model.qosProfile")


def fixed(live: NIMCache | None, wanted: NIMCache) -> Iterator[Finding]:
    before, after = (one.spec.source.ngc if one is not None else None for one in (live, wanted))
    if before is not None and after is not None and before.model_puller != after.model_puller:
        yield Finding(
            Severity.ERROR,
            f"modelPuller is immutable: it is {before.model_puller}.",
            "Make another NIMCache, and delete this one when nothing uses it.",
            f"{_NGC}.modelPuller",
        )
