"""The tables of the NIM operator's kinds."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, Final

from modeltui.domain import RowKey
from modeltui.kube.resource import Resource
from modeltui.systems.checking import in_turn
from modeltui.systems.core.types import CLAIMS, NODES, Node, PersistentVolumeClaim
from modeltui.systems.nim_operator import consequences, observed, operations, reading, rows
from modeltui.systems.nim_operator.checks import check_cache, check_service
from modeltui.systems.nim_operator.types import CACHES, SERVICES, NIMCache, NIMService
from modeltui.systems.protocol import Facts, Serves, View
from modeltui.systems.serving.views import serving_view


def services_touched(resource: Resource, obj: Any, facts: Facts) -> Iterable[RowKey]:
    """The NIMServices that read from a NIMCache."""
    namespace, name = obj.metadata.key
    return [service.metadata.key for service in facts.where(SERVICES, namespace, rows.cache_of, name)]


def caches_touched(resource: Resource, obj: Any, facts: Facts) -> Iterable[RowKey]:
    """The NIMCache that a NIMService reads from."""
    return [(obj.metadata.namespace, name) for name in rows.cache_of(obj)]


SERVICES_VIEW: Final = serving_view(
    name="nimservices",
    title="NIMServices",
    aliases=("nimservice", "nims"),
    system="NIM",
    resource=SERVICES,
    kind=NIMService,
    serves=Serves(read=reading.read, pods=reading.pods, good_when=reading.good_when),
    joins={CACHES: NIMCache},
    dependents=services_touched,
    secrets=reading.secrets,
    examine=in_turn(observed.of_service, check_service),
    check=check_service,
    consequences=consequences.of_service,
    operations=operations.of_service,
    evidence={CLAIMS: PersistentVolumeClaim, NODES: Node},
)

CACHES_VIEW: Final = View(
    name="nimcaches",
    title="NIMCaches",
    aliases=("nimcache",),
    resource=CACHES,
    type=NIMCache,
    joins={SERVICES: NIMService},
    columns=rows.CACHE_COLUMNS,
    row=rows.cache_row,
    dependents=caches_touched,
    secrets=reading.cache_secrets,
    examine=in_turn(observed.of_cache, check_cache),
    check=check_cache,
    consequences=consequences.of_cache,
    evidence={CLAIMS: PersistentVolumeClaim},
)
