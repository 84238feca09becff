"""AIMServiceTemplate and AIMClusterServiceTemplate: the profile is found out, and whether this cluster has the GPUs for it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Final

from modeltui.demo import clock
from modeltui.demo.api import Api
from modeltui.demo.controllers.controller import Mapper, deleting, find, itself, key_of, status_of, write_status
from modeltui.demo.controllers.kinds import NODES
from modeltui.demo.controllers.loader import size_of
from modeltui.demo.controllers.queue import Key
from modeltui.demo.controllers.serving import aim_gpu
from modeltui.demo.controllers.serving.aim_health import FAILED, NOT_AVAILABLE, PROGRESSING, READY, Health, paused, reference, status
from modeltui.demo.controllers.serving.kinds import AIM_CLUSTER_MODELS, AIM_CLUSTER_TEMPLATES, AIM_MODELS, AIM_TEMPLATES
from modeltui.demo.errors import Object

DISCOVERY: Final = 8.0
"""Seconds that finding out an image's profile takes; of weights of one's own there is nothing to find out."""


class Templates:
    name = "aimservicetemplate-controller"

    def __init__(self, *, cluster: bool, pace: float) -> None:
        self._resource = AIM_CLUSTER_TEMPLATES if cluster else AIM_TEMPLATES
        self._cluster, self._pace = cluster, pace

    @property
    def watches(self) -> Mapping[str, Mapper]:
        return {self._resource: itself, AIM_MODELS: self._of_model, AIM_CLUSTER_MODELS: self._of_model, NODES: self._all}

    def _of_model(self, api: Api, model: Object) -> Iterable[Key]:
        name = model["metadata"]["name"]
        return [key_of(each) for each in self._there(api) if each["spec"].get("modelName") == name]

    def _all(self, api: Api, _node: Object) -> Iterable[Key]:
        return [key_of(each) for each in self._there(api)]

    def _there(self, api: Api) -> list[Object]:
        return api.list(self._resource) if api.served(self._resource) else []

    def reconcile(self, api: Api, key: Key) -> float | None:
        template = find(api, self._resource, key)
        if template is None or deleting(template) or paused(template):
            return None
        old, spec = status_of(template), template["spec"]
        namespace = template["metadata"].get("namespace")
        model = self._model(api, spec["modelName"], namespace)
        if model is None:
            message = f"Model {spec['modelName']} not found"
            missing = Health("Model", FAILED, "ModelNotFound", message, wrong="config", category="ReferenceNotFound")
            self._write(api, template, status(old, template, [missing]))
            return None
        new = {**old, "resolvedModel": reference(model), "hardwareSummary": aim_gpu.summary(spec.get("hardware") or {})}
        found = Health("Model", READY, "ModelResolved", f"{model['kind']} {model['metadata']['name']} is there")
        hardware = spec.get("hardware") or {}
        if not aim_gpu.available(hardware, aim_gpu.present(api.list(NODES))):
            wanted = (hardware.get("gpu") or {}).get("model") or "a GPU with enough memory"
            missing = Health("Hardware", NOT_AVAILABLE, "GPUNotAvailable", f"No node in the cluster has {wanted}")
            self._write(api, template, status(new, template, [found, missing]))
            return None
        if left := self._left(template, old):
            looking = Health("Discovery", PROGRESSING, "DiscoveryRunning", "The profile is being found out")
            self._write(api, template, status({**new, "discovery": {"attempts": 1}}, template, [found, looking]))
            return left
        new |= resolved(template, model)
        healths = [
            found,
            Health("Hardware", READY, "GPUAvailable", "The cluster has the hardware"),
            Health("Discovery", READY, "ProfilesDiscovered", "The profile is known"),
        ]
        self._write(api, template, status(new, template, healths))
        return None

    def _model(self, api: Api, name: str, namespace: str | None) -> Object | None:
        if not self._cluster and api.served(AIM_MODELS) and (own := api.find(AIM_MODELS, name, namespace=namespace)) is not None:
            return own
        return api.find(AIM_CLUSTER_MODELS, name) if api.served(AIM_CLUSTER_MODELS) else None

    def _left(self, template: Object, old: Object) -> float:
        """Seconds of discovery that are left."""
        if template["spec"].get("modelSources") or old.get("profile"):
            return 0.0
        began = clock.parse(template["metadata"]["creationTimestamp"])
        return max(0.0, DISCOVERY - (clock.now() - began).total_seconds() * self._pace)

    def _write(self, api: Api, template: Object, new: Object) -> None:
        write_status(api, self._resource, template, new, manager=self.name)


def resolved(template: Object, model: Object) -> Object:
    """What discovery adds to a template's status. Pure."""
    spec, gpu = template["spec"], (template["spec"].get("hardware") or {}).get("gpu") or {}
    about = {
        "engine": "vllm",
        "gpu": gpu.get("model", ""),
        "gpuCount": gpu.get("requests", 1 if gpu else 0),
        "metric": spec.get("metric", "latency"),
        "precision": spec.get("precision", "auto"),
        "type": spec.get("type", "unoptimized"),
    }
    sources = spec.get("modelSources") or (model["spec"].get("modelSources") or [])
    canonical = (((model.get("status") or {}).get("imageMetadata") or {}).get("model") or {}).get("canonicalName", "")
    if not sources and canonical.count("/") == 1:
        sources = [{"modelId": canonical, "sourceUri": f"hf://{canonical}", "size": f"{int(size_of(canonical) / 1e9) + 1}G"}]
    found: Object = {"profile": {"metadata": about, "env_vars": {}, "engine_args": {}}, "modelSources": sources}
    return found | ({"resolvedHardware": spec["hardware"]} if spec.get("hardware") else {})
