"""Whether an InferenceService serves the model that was activated on it: its pods carry the same note, since KServe hands it on to them."""

from __future__ import annotations

from collections.abc import AsyncIterator

from modeltui.kube.client import Client
from modeltui.systems.core.types import Pod
from modeltui.systems.kserve.types import InferenceService, ServiceMeta
from modeltui.systems.kserve.views import SERVICES_VIEW
from modeltui.systems.serving import arriving
from modeltui.systems.serving.arriving import Look


class ServicePod(Pod, frozen=True, kw_only=True):
    """A pod of one, with what was noted on the service as it was made."""

    metadata: ServiceMeta = ServiceMeta()


def runs(service: InferenceService, pod: ServicePod) -> bool:
    return pod.metadata.annotations.model_id == service.metadata.annotations.model_id


def looks(client: Client, namespace: str, name: str) -> AsyncIterator[Look]:
    """Until it serves or is stopped, or it is plain that it will not."""
    return arriving.looks(client, SERVICES_VIEW, namespace, name, pod=ServicePod, runs=runs)
