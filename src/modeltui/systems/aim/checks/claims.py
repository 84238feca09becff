"""The claim that weights are fetched to: which StorageClass makes its volume, and whether pods of several nodes can read that."""

from __future__ import annotations

from collections.abc import Iterator

from modeltui.domain import Finding, Severity
from modeltui.systems.aim.checks import configs
from modeltui.systems.core import provisioners
from modeltui.systems.core.types import STORAGE_CLASSES, StorageClass
from modeltui.systems.protocol import Facts


def own(named: str, config: str, namespace: str, facts: Facts, field: str, *, certain: bool) -> Iterator[Finding]:
    """`named`: the class that the object itself asks for. `config`: the runtime config that it names. `certain`: whether a claim is made
    of it in any case; otherwise weights that are here already may be used again."""
    if not facts.known(STORAGE_CLASSES, ""):
        return
    said = named or next((one for one in map(configs.storage_class, configs.applied(config, namespace, facts)) if one), "")
    if not said and not configs.known(namespace, facts):
        return
    classes = [one for one in facts.all(STORAGE_CLASSES, "") if isinstance(one, StorageClass)]
    found = next((one for one in classes if (one.metadata.name == said if said else one.is_default)), None)
    unless = "" if certain else ", unless its weights are here already"
    if found is None and not said:
        reason = f"No StorageClass is named, and the cluster has no default: the claim for its weights is never bound{unless}."
        remedy = "Name one that can make ReadWriteMany volumes."
        yield Finding(Severity.ERROR if certain else Severity.WARNING, reason, remedy, field)
    elif found is not None and provisioners.for_one_node(found.provisioner):
        reason = (
            f"Weights are kept in a ReadWriteMany claim, and StorageClass {found.metadata.name} makes volumes for one node "
            f"({found.provisioner}): the claim is never bound{unless}."
        )
        yield Finding(Severity.WARNING, reason, "Name a class of shared file systems, such as NFS or CephFS.", field)
