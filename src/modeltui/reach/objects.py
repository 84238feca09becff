"""What a source stands on inside the cluster: its Secret, of which only the names of the keys are looked at, and a claim."""

from __future__ import annotations

from modeltui.kube.errors import NotFound
from modeltui.reach.asking import Asker
from modeltui.reach.failures import shown
from modeltui.reach.verdict import Verdict, no, unknown, yes
from modeltui.systems.core.secrets import SECRETS, Secret
from modeltui.systems.core.types import CLAIMS, PersistentVolumeClaim
from modeltui.systems.once import decoded
from modeltui.systems.secrets import keys_read, respelled


async def secret(asker: Asker, name: str, source_type: str) -> Verdict:
    """Whether it is there, and has a key that this type of source reads. Raises KubeError."""
    try:
        answer = await asker.client.request("GET", SECRETS.path(asker.namespace, name), timeout=asker.within)
    except NotFound:
        return no(f"There is no Secret {shown(name)} in namespace {asker.namespace}.")
    found = decoded(Secret, answer, namespace=asker.namespace, name=name)
    if not isinstance(found, Secret):
        return unknown(f"Secret {shown(name)} cannot be read.")
    read, there = keys_read(source_type), [shown(key) for key in found.keys]
    if not there:
        return no("It is empty.")
    if not read:
        return no(f"It has {', '.join(there)}, but a source of type {source_type} reads no Secret.")
    if used := [key for key in read if key in found.keys]:
        return yes(f"It has {', '.join(used)}, which a source of type {source_type} reads.")
    said = respelled(found.keys, read)
    hint = f" Spell {shown(said[0])} as {said[1]}." if said else ""
    return no(f"It has {', '.join(there)}, and none of what a source of type {source_type} reads: {', '.join(read)}.{hint}")


async def claim(asker: Asker, name: str) -> Verdict:
    """Raises KubeError."""
    if not name:
        return no("The setting pvcName is missing.")
    try:
        answer = await asker.client.request("GET", CLAIMS.path(asker.namespace, name), timeout=asker.within)
    except NotFound:
        return no(f"There is no claim {shown(name)} in namespace {asker.namespace}.")
    found = decoded(PersistentVolumeClaim, answer, namespace=asker.namespace, name=name)
    if not isinstance(found, PersistentVolumeClaim):
        return unknown(f"claim {shown(name)} cannot be read.")
    phase = found.status.phase
    if phase == "Bound":
        return yes("It is there and Bound; what is on it can be seen by its pods only.")
    return no(f"It is there, but {phase or 'its phase is not reported'}, not Bound.")
