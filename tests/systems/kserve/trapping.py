"""What the traps of an InferenceService are made of."""

from __future__ import annotations

from typing import Any, Final

from tests.systems.kserve.kserving import Manifest, decoded, facts, model, runtime, service

from modeltui.domain import Severity
from modeltui.systems.facts import FactTable
from modeltui.systems.kserve.types import CLUSTER_RUNTIMES, RUNTIMES, SERVICE_ACCOUNTS, ServiceAccount

WARNING: Final = Severity.WARNING
KNOWN: Final = (RUNTIMES, CLUSTER_RUNTIMES)
P: Final = "spec.predictor"
M: Final = f"{P}.model"
RAW: Final = {"serving.kserve.io/deploymentMode": "Standard"}
FETCHED: Final = {"serving.kserve.io/storageSecretName": "hf"}
STOP: Final = {"serving.kserve.io/stop": "true"}
NO_SCALING: Final = {"serving.kserve.io/autoscalerClass": "none"}
VLLM: Final = runtime()
SMALL: Final = runtime("small", container={"resources": {"limits": {"cpu": "1", "memory": "2Gi"}}})
WITH_VLLM: Final = facts(VLLM, known=KNOWN)


def S(predictor: Manifest | None = None, **more: Any) -> Manifest:
    return service(predictor, **more)


def accounts(*names: str, secrets: tuple[str, ...] = ()) -> FactTable:
    found = [
        (SERVICE_ACCOUNTS, decoded(ServiceAccount, {"metadata": {"name": name}, "secrets": [{"name": one} for one in secrets]}))
        for name in names
    ]
    return facts(*found, known=(SERVICE_ACCOUNTS,))


def from_secret(key: str = "token", **more: Any) -> Manifest:
    return model(env=[{"name": "HF_TOKEN", "valueFrom": {"secretKeyRef": {"name": "hf", "key": key, **more}}}])


def gpus(requests: Any, limits: Any) -> Manifest:
    return model(
        gpus=None,
        resources={"requests": {"nvidia.com/gpu": requests} if requests else {}, "limits": {"nvidia.com/gpu": limits} if limits else {}},
    )
