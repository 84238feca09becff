"""What goes with whatever serves when it is deleted, and what stays behind: the same for all systems. Pure."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator

from modeltui.domain import Finding, Severity
from modeltui.kube.objects import Object
from modeltui.systems.core.types import CLAIMS, PODS, PersistentVolumeClaim, Pod
from modeltui.systems.protocol import Facts, Unseen
from modeltui.systems.serving import owners
from modeltui.systems.serving.deployment import Ref
from modeltui.systems.serving.rows import pods_of
from modeltui.systems.unseen import listed, why_not


def gone(obj: Object, names: Callable[[Pod], Iterable[str]], uses: Iterable[Ref], facts: Facts, unseen: Unseen) -> Iterator[Finding]:
    """`names`: as `Serves.pods`. `uses`: what it names and leaves behind, but for claims that belong to it."""
    yield Finding(Severity.WARNING, "What it serves is not served any more.")
    if owner := owners.controller(obj):
        yield Finding(Severity.WARNING, f"{owner} made it and makes it again.", f"Delete {owner} instead.")
    pods = pods_of(facts, names, obj)
    if pods:
        told = listed(sorted(pod.metadata.name for pod in pods))
        yield Finding(Severity.WARNING, f"{f'Its {len(pods)} pods go' if len(pods) > 1 else 'Its pod goes'}: {told}.")
    elif pods is None:
        yield Finding(Severity.WARNING, f"Which pods go with it is unknown: {why_not(unseen, PODS, obj.metadata.namespace)}.")
    yield from claims(obj, [ref.name for ref in uses if ref.resource == CLAIMS], facts)


def claims(obj: Object, named: Iterable[str], facts: Facts) -> Iterator[Finding]:
    """Claims that it owns go, with their data; those that it only names stay."""
    namespace, uid = obj.metadata.namespace, obj.metadata.uid
    known = [one for one in facts.all(CLAIMS, namespace) if isinstance(one, PersistentVolumeClaim)]
    own = [one.metadata.name for one in known if uid and any(owner.uid == uid for owner in one.metadata.owner_references)]
    if own:
        plural = len(own) > 1
        goes = f"Claim{'s' if plural else ''} {listed(sorted(own))} go{'' if plural else 'es'} with it"
        yield Finding(Severity.WARNING, f"{goes}, and the data: it has to be fetched again.")
    stay = [name for name in dict.fromkeys(named) if name not in own]
    if stay:
        plural = len(stay) > 1
        yield Finding(Severity.INFO, f"Claim{'s' if plural else ''} {listed(stay)} stay{'' if plural else 's'}, with the data.")
