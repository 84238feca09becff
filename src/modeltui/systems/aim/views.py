"""The tables of AIM Engine's kinds."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, Final

from modeltui.domain import RowKey
from modeltui.kube.resource import Resource
from modeltui.systems.aim import reading
from modeltui.systems.aim.service_types import AIMService
from modeltui.systems.aim.types import SERVICES
from modeltui.systems.protocol import Facts, Serves
from modeltui.systems.serving.views import serving_view


def services_touched(resource: Resource, obj: Any, facts: Facts) -> Iterable[RowKey]:
    """The services that a model, a template or a cache is behind."""
    namespace, name = obj.metadata.key
    index = reading.INDEXES.get(resource)
    return () if index is None else [service.metadata.key for service in facts.where(SERVICES, namespace, index, name)]


SERVICES_VIEW: Final = serving_view(
    name="aimservices",
    title="AIM services",
    aliases=("aimservice", "aimsvc"),
    system="AIM",
    resource=SERVICES,
    kind=AIMService,
    serves=Serves(read=reading.read, pods=reading.service_of_pod),
    joins=reading.JOINS,
    dependents=services_touched,
)
