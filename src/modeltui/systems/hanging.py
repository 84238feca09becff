"""What `consequences` ask for beyond what the checks do: who uses the data, in whatever namespace."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass

from modeltui.kube.client import Client
from modeltui.systems import registry
from modeltui.systems.core.types import PODS, VOLUMES, PersistentVolume, Pod
from modeltui.systems.dataset.references import referred_to
from modeltui.systems.dataset.types import DATASETS, Dataset
from modeltui.systems.dataset.uris import referred
from modeltui.systems.doctor import Looked
from modeltui.systems.facts import ALL_NAMESPACES
from modeltui.systems.layered import Layered
from modeltui.systems.once import Read, read
from modeltui.systems.protocol import Facts, Unseen


@dataclass(frozen=True, slots=True)
class Hanging:
    facts: Facts
    unseen: Unseen


async def look(client: Client, namespaces: Sequence[str], near: Looked) -> Hanging:
    """`near`: what `doctor.look` found in `namespaces`. Adds their pods, the volumes, Datasets wherever they are, the pods of the
    namespaces whose Datasets refer to one of `namespaces`, and of those that are referred to from there what views want of
    elsewhere. Never raises KubeError: what could not be read is in `unseen`."""
    wide, pods = await asyncio.gather(
        read(client, {DATASETS: Dataset, VOLUMES: PersistentVolume}, ()),
        read(client, {PODS: Pod}, namespaces),
    )
    reads = [wide, pods]
    if referring := sorted(_referring(wide.facts, namespaces) - set(namespaces)):
        reads.append(await read(client, {PODS: Pod}, referring))
    elsewhere = {resource: view.joins[resource] for view in registry.views() for resource in view.elsewhere}
    if sources := sorted(_referred_from(near.facts, namespaces) - set(namespaces)):
        reads.append(await read(client, elsewhere, sources))
    facts: Facts = near.facts
    unseen = dict(near.unseen)
    for one in reads:
        facts = Layered(one.facts, facts)
        unseen |= _unseen(one)
    return Hanging(facts, unseen)


def _referring(facts: Facts, namespaces: Sequence[str]) -> set[str]:
    """Namespaces with a Dataset that refers to one in `namespaces`."""
    found = [dataset for dataset in facts.all(DATASETS, ALL_NAMESPACES) if isinstance(dataset, Dataset)]
    return {
        dataset.metadata.namespace for dataset in found if any(referred_to(dataset)) and referred(dataset.spec.source.uri)[0] in namespaces
    }


def _referred_from(facts: Facts, namespaces: Sequence[str]) -> set[str]:
    """Namespaces that Datasets in `namespaces` refer to."""
    found = [dataset for namespace in namespaces for dataset in facts.all(DATASETS, namespace) if isinstance(dataset, Dataset)]
    return {place for dataset in found if any(referred_to(dataset)) and (place := referred(dataset.spec.source.uri)[0])}


def _unseen(found: Read) -> Unseen:
    return {(resource, namespace): error for resource, failed in found.failures.items() for namespace, error in failed.items()}
