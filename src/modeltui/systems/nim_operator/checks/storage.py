"""Where a NIMService has its weights, and a NIMCache puts them: a cache, a claim, a directory."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from modeltui.domain import Finding, Phase, Severity
from modeltui.redaction import redact_text
from modeltui.systems.core import quantity
from modeltui.systems.nim_operator import reading
from modeltui.systems.nim_operator.types import CACHES, NIMCache, NIMService, PvcSpec
from modeltui.systems.protocol import Facts
from modeltui.systems.serving import needs

_MODES: Final = ("ReadWriteOnce", "ReadOnlyMany", "ReadWriteMany", "ReadWriteOncePod")
_OF_ONE_NODE: Final = ("ReadWriteOnce", "ReadWriteOncePod")
_CACHE: Final = "spec.storage.nimCache"
_CLAIM: Final = "spec.storage.pvc"


def of_service(service: NIMService, facts: Facts) -> Iterator[Finding]:
    found, namespace = service.spec.storage, service.metadata.namespace
    told = [
        name
        for name, one in (("nimCache", found.nim_cache), ("pvc", found.pvc), ("hostPath", found.host_path), ("emptyDir", found.empty_dir))
        if one is not None and one != type(one)()
    ]
    if found.empty_dir is not None and "emptyDir" not in told:
        told.append("emptyDir")  # without a limit it is one, too
    if len(told) != 1:
        yield Finding(
            Severity.ERROR,
            f"Its storage is {' and '.join(told) if told else 'missing'}: the NIM operator takes exactly one of nimCache, pvc, hostPath "
            "and emptyDir.",
            "Keep one." if told else "Name the NIMCache that holds the model, or a claim.",
            "spec.storage",
        )
    if found.nim_cache is not None:
        yield from _cached(service, found.nim_cache.name, found.nim_cache.profile, facts)
    if found.pvc is not None and "pvc" in told:
        yield from _claim(found.pvc, _CLAIM)
        if found.pvc.name and not found.pvc.create:
            yield from needs.claims((found.pvc.name,), namespace, facts, f"{_CLAIM}.name", pods=_pods(service))


def _cached(service: NIMService, name: str, profile: str, facts: Facts) -> Iterator[Finding]:
    namespace = service.metadata.namespace
    cache = facts.get(CACHES, namespace, name)
    if profile and not name:
        yield Finding(Severity.ERROR, "A profile of a NIMCache without a name is refused.", "Name the NIMCache.", f"{_CACHE}.name")
    elif cache is None and name and facts.known(CACHES, namespace):
        yield Finding(
            Severity.ERROR,
            f'There is no NIMCache "{name}" in namespace {namespace}: it is not started.',
            "Create it, or correct the name.",
            f"{_CACHE}.name",
        )
    if not isinstance(cache, NIMCache):
        return
    holds = [one.name for one in cache.status.profiles if one.name]
    if profile and holds and cache.spec.source.ngc is not None and profile not in holds:
        yield Finding(
            Severity.ERROR,
            f'NIMCache {name} holds no profile "{profile}": it holds {", ".join(holds[:3])}{" and others" if len(holds) > 3 else ""}.',
            "Choose one of those, or leave the profile out.",
            f"{_CACHE}.profile",
        )
    pods, mode = _pods(service), cache.spec.storage.pvc.volume_access_mode
    if pods is not None and pods > 1 and mode in _OF_ONE_NODE:
        yield Finding(
            Severity.WARNING,
            f"{pods} pods share the claim of NIMCache {name}, which only one node may use at a time ({mode}).",
            "Use a NIMCache whose volumeAccessMode is ReadWriteMany.",
            f"{_CACHE}.name",
        )


def _pods(service: NIMService) -> int | None:
    """That there may be at once."""
    spec = service.spec
    nodes = (spec.multi_node.parallelism.pipeline or 1) if spec.multi_node else 1
    replicas = spec.scale.hpa.max_replicas if spec.scale.enabled else spec.replicas
    return None if replicas is None and spec.scale.enabled else (1 if replicas is None else replicas) * nodes


def not_ready(service: NIMService, facts: Facts) -> Iterator[Finding]:
    """Of what is to be written; of one that is there, what became of it says so."""
    named = service.spec.storage.nim_cache
    cache = facts.get(CACHES, service.metadata.namespace, named.name) if named is not None else None
    if isinstance(cache, NIMCache) and (told := reading.cache_status(cache)).phase is Phase.FAILED:
        why = redact_text(told.reason).rstrip(".") or told.raw
        yield Finding(
            Severity.WARNING,
            f"NIMCache {cache.metadata.name} has failed ({why}): it is not started before that is put right.",
            "Look at the log of its Job, and make it anew; or name another.",
            f"{_CACHE}.name",
        )


def of_cache(cache: NIMCache, facts: Facts) -> Iterator[Finding]:
    found = cache.spec.storage
    if found.pvc == PvcSpec() and not found.host_path:
        yield Finding(
            Severity.ERROR,
            "It says no storage: the NIM operator's webhook refuses a NIMCache that has nowhere to put the model.",
            "Set storage.pvc, with create and a size.",
            _CLAIM,
        )
        return
    yield from _claim(found.pvc, _CLAIM)
    if found.pvc.name and not found.pvc.create:
        yield from needs.claims((found.pvc.name,), cache.metadata.namespace, facts, f"{_CLAIM}.name")


def _claim(claim: PvcSpec, field: str) -> Iterator[Finding]:
    if claim == PvcSpec():
        return
    size = quantity.parse(claim.size) if claim.size else None
    if claim.create and (size is None or size <= 0):
        yield Finding(
            Severity.ERROR,
            f'"{claim.size}" is no size for a claim.'
            if claim.size
            else "The claim to be made has no size: the NIM operator cannot make it.",
            "A quantity such as 50Gi, larger than the model.",
            f"{field}.size",
        )
    if not claim.create and not claim.name:
        yield Finding(
            Severity.ERROR,
            "It names no claim, and none is to be made: the NIM operator's webhook refuses that.",
            "Name a claim, or set create and a size.",
            f"{field}.name",
        )
    if claim.volume_access_mode and claim.volume_access_mode not in _MODES:
        yield Finding(
            Severity.ERROR,
            f'"{claim.volume_access_mode}" is no access mode.',
            f"One of {', '.join(_MODES)}.",
            f"{field}.volumeAccessMode",
        )


def fixed(live: NIMService | None, wanted: NIMService) -> Iterator[Finding]:
    """A claim that the operator has made."""
    before = live.spec.storage.pvc if live is not None else None
    if before is not None and before.create and before != (wanted.spec.storage.pvc or PvcSpec()):
        yield Finding(
            Severity.ERROR,
            "storage.pvc cannot be changed once the NIM operator has made the claim: its webhook refuses it.",
            "Keep it as it is; for other storage make a second NIMService, and delete this one when that serves.",
            _CLAIM,
        )
