"""NIMServices and NIMCaches, sound and with a field more or less, of which the traps are made."""

from __future__ import annotations

from typing import Any, Final

from tests.systems.kserve.kserving import Manifest, decoded

from modeltui.domain import Severity
from modeltui.systems.nim_operator.types import CACHES, SERVICES, NIMCache, NIMService

WARNING: Final = Severity.WARNING
STOP: Final = {"serving.kserve.io/stop": "true"}
STANDARD: Final = {"serving.kserve.io/deploymentMode": "Standard"}
KSERVE: Final = {"inferencePlatform": "kserve"}


def N(*, name: str = "llama", metadata: Manifest | None = None, **spec: Any) -> Manifest:
    own = {"image": {"repository": "nvcr.io/nim/meta/llama", "tag": "1"}, "authSecret": "ngc", "replicas": 2, **CACHED} | spec
    return {
        "apiVersion": "apps.nvidia.com/v1alpha1",
        "kind": "NIMService",
        "metadata": {"name": name, "namespace": "team", **(metadata or {})},
        "spec": own,
    }


def without(manifest: Manifest, field: str) -> Manifest:
    return {**manifest, "spec": {key: value for key, value in manifest["spec"].items() if key != field}}


def C(*, name: str = "c", storage: Any = None, env: Any = None, **source: Any) -> Manifest:
    own = {
        "source": source or {"ngc": {"modelPuller": "x:1", "authSecret": "ngc"}},
        "storage": {"pvc": {"create": True, "size": "50Gi"}} if storage is None else storage,
        **({"env": env} if env else {}),
    }
    return {"apiVersion": "apps.nvidia.com/v1alpha1", "kind": "NIMCache", "metadata": {"name": name, "namespace": "team"}, "spec": own}


def ngc(**more: Any) -> Manifest:
    return C(ngc={"modelPuller": "x:1", "authSecret": "ngc", **more})


def hub(**more: Any) -> Manifest:
    own = {"endpoint": "https://huggingface.co", "namespace": "meta-llama", "modelName": "Llama-3.2-1B", "authSecret": "hf"}
    return C(hf={**own, "modelPuller": "x:1", "pullSecret": "pull", **more})


def there(manifest: Manifest, **status: Any) -> Any:
    return SERVICES, decoded(NIMService, manifest, status)


def cached(manifest: Manifest | None = None, **status: Any) -> Any:
    return CACHES, decoded(NIMCache, manifest or C(), status)


CACHED: Final = {"storage": {"nimCache": {"name": "c"}}}
ON_CLAIM: Final = {"storage": {"pvc": {"name": "w"}}}
GPU: Final = {"resources": {"limits": {"nvidia.com/gpu": 4}}}
SCALED: Final = {"scale": {"enabled": True, "hpa": {"maxReplicas": 4}}}
ALONE: Final = without(N(**SCALED), "replicas")
CLAIMED: Final = {"resourceClaimTemplateName": "t"}
OF_THE_HUB: Final = {"env": [{"name": "NIM_MODEL_NAME", "value": "hf://meta-llama/Llama-3.2-1B"}]}
MIRRORED: Final = [{"name": "NIM_REPOSITORY_OVERRIDE", "value": "s3://bucket/"}]
KEY: Final = [{"name": "NGC_API_KEY", "value": "nvapi-x"}]
FROM: Final = [{"name": "NGC_API_KEY", "valueFrom": {"secretKeyRef": {"name": "ngc", "key": "NGC_API_KEY"}}}]
FAILED: Final = {
    "state": "Failed",
    "conditions": [{"type": "NIM_CACHE_JOB_COMPLETED", "status": "False", "message": "402 Payment Required"}],
}


def router(**ways: Any) -> Manifest:
    return {"expose": {"router": ways}}
