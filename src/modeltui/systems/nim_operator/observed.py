"""What became of a NIMService, or of a NIMCache, that is in the cluster, beyond what its spec asks for. Pure."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from modeltui.domain import Finding, Phase, Severity
from modeltui.redaction import redact_text
from modeltui.systems.nim_operator import reading
from modeltui.systems.nim_operator.types import CACHES, NIMCache, NIMService
from modeltui.systems.protocol import Facts

_REMEDIES: Final = (
    ("LeaderWorkerSet", "Have LeaderWorkerSet installed (leaderworkersets.leaderworkerset.x-k8s.io), or take multiNode out."),
    ("ServiceMonitor", "Have the Prometheus operator installed, or take metrics.serviceMonitor out."),
    ("InferenceService", "Have KServe installed, or set inferencePlatform to standalone."),
)
"""By the kind that the operator's words name."""
_OPERATOR: Final = "Look at the log of the NIM operator, which tries again by itself."
_DOWNLOAD: Final = "Look at the log of its Job: the key, the licence of the model, or room on the claim may be missing; then make it anew."


def of_service(service: NIMService, facts: Facts) -> Iterator[Finding]:
    status = reading.status_of(service, desired=service.spec.replicas)
    if status.phase in (Phase.READY, Phase.PAUSED):
        return
    yield from _waits_for_cache(service, facts)
    if status.phase is Phase.FAILED and "NIMCache" not in status.reason:
        said = redact_text(status.reason).rstrip(".") or "it gives no reason"
        remedy = next((remedy for word, remedy in _REMEDIES if word in said), _OPERATOR)
        yield Finding(Severity.ERROR, f"The NIM operator says that it failed: {said}.", remedy, "status.state")


def _waits_for_cache(service: NIMService, facts: Facts) -> Iterator[Finding]:
    named = service.spec.storage.nim_cache
    cache = facts.get(CACHES, service.metadata.namespace, named.name) if named is not None else None
    if not isinstance(cache, NIMCache):
        return  # that it is not there, the checks say
    told = reading.cache_status(cache)
    if told.phase is Phase.READY:
        return
    failed = told.phase is Phase.FAILED
    why = redact_text(told.reason).rstrip(".") or told.raw
    yield Finding(
        Severity.ERROR if failed else Severity.WARNING,
        f"NIMCache {cache.metadata.name}, which its weights are in, {'has failed' if failed else 'is not ready'}: {why}.",
        _DOWNLOAD if failed else "It goes on by itself when the download is done; the log of its Job shows how far it is.",
        "spec.storage.nimCache.name",
    )


def of_cache(cache: NIMCache, facts: Facts) -> Iterator[Finding]:
    told = reading.cache_status(cache)
    if told.phase is Phase.FAILED:
        said = redact_text(told.reason).rstrip(".")
        yield Finding(Severity.ERROR, f"The download failed: {said}.", _DOWNLOAD, "status.state")
