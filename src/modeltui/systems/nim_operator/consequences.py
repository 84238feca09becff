"""What hangs on the NIM operator's objects, told before they are changed or deleted. Pure."""

from __future__ import annotations

from collections.abc import Iterator

from modeltui.domain import Finding, Severity
from modeltui.systems.checking import errors_first
from modeltui.systems.nim_operator import reading, rows
from modeltui.systems.nim_operator.types import SERVICES, NIMCache, NIMService
from modeltui.systems.protocol import Facts, Unseen
from modeltui.systems.serving import leaving, owners
from modeltui.systems.unseen import listed, why_not

Found = tuple[Finding, ...]


def of_service(before: NIMService, after: NIMService | None, facts: Facts, unseen: Unseen) -> Found:
    return errors_first(_service_gone(before, facts, unseen) if after is None else _service_changed(before, after))


def _service_gone(service: NIMService, facts: Facts, unseen: Unseen) -> Iterator[Finding]:
    yield from leaving.gone(service, reading.pods, reading.read(service, facts).uses, facts, unseen)
    if reading.on_kserve(service):
        yield Finding(Severity.WARNING, "The InferenceService that the NIM operator made of it goes with it.")
    for name in rows.cache_of(service):
        yield Finding(Severity.INFO, f"NIMCache {name} stays, with the weights.")


def _service_changed(before: NIMService, after: NIMService) -> Iterator[Finding]:
    was, now = (1 if one.spec.replicas is None else one.spec.replicas for one in (before, after))
    stops = (reading.is_stopped(after) and not reading.is_stopped(before)) or (was and not now)
    if stops:
        yield Finding(Severity.WARNING, "All of its pods go: what it serves does not answer until it is started again.")
    elif now < was:
        yield Finding(Severity.WARNING, f"{was - now} of its {was} replicas go.", field="spec.replicas")
    if not stops and (before.spec.image, before.spec.env, before.spec.args) != (after.spec.image, after.spec.env, after.spec.args):
        yield Finding(Severity.WARNING, "Its pods are replaced; until the new ones are ready, GPUs for both are needed.")
    if owner := owners.controller(before):
        yield Finding(Severity.WARNING, f"{owner} made it and sets the change back.", f"Change {owner} instead.")


def of_cache(before: NIMCache, after: NIMCache | None, facts: Facts, unseen: Unseen) -> Found:
    if after is not None:
        return ()
    using, namespace = sorted(rows.users(before, facts)), before.metadata.namespace
    found = list(leaving.claims(before, [name for name in (before.status.pvc or before.spec.storage.pvc.name,) if name], facts))
    if using:
        plural = len(using) > 1
        reason = f"NIMService{'s' if plural else ''} {listed(using)} read{'' if plural else 's'} from it: new pods of theirs do not start."
        found.append(Finding(Severity.WARNING, reason, "Give them another cache first."))
    elif not facts.known(SERVICES, namespace):
        found.append(Finding(Severity.WARNING, f"Which NIMServices read from it is unknown: {why_not(unseen, SERVICES, namespace)}."))
    else:
        found.append(Finding(Severity.INFO, "No NIMService reads from it."))
    return errors_first(found)
