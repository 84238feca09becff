"""AIMModel and AIMClusterModel: what an image holds is found out, and templates are made for it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Final

from modeltui.demo import clock
from modeltui.demo.api import Api
from modeltui.demo.controllers.controller import Mapper, deleting, find, itself, owned_by, status_of, write_status
from modeltui.demo.controllers.queue import Key
from modeltui.demo.controllers.serving import aim_images
from modeltui.demo.controllers.serving.aim_health import (
    DEGRADED,
    FAILED,
    NOT_AVAILABLE,
    PREFIX,
    PROGRESSING,
    READY,
    Health,
    derived,
    label,
    paused,
    status,
)
from modeltui.demo.controllers.serving.children import Children, owned
from modeltui.demo.controllers.serving.kinds import AIM_CLUSTER_MODELS, AIM_CLUSTER_TEMPLATES, AIM_MODELS, AIM_TEMPLATES
from modeltui.demo.errors import Object

LOOKING: Final = 3.0
"""Seconds until an image's labels are read."""


class Models:
    """Of one scope: the templates are of the same."""

    name = "aimmodel-controller"

    def __init__(self, *, cluster: bool, pace: float) -> None:
        self._pace = pace
        self._resource, self._templates = (AIM_CLUSTER_MODELS, AIM_CLUSTER_TEMPLATES) if cluster else (AIM_MODELS, AIM_TEMPLATES)
        self._kind = "AIMClusterModel" if cluster else "AIMModel"
        self._children = Children(self.name)

    @property
    def watches(self) -> Mapping[str, Mapper]:
        return {self._resource: itself, self._templates: owned_by(self._kind)}

    def reconcile(self, api: Api, key: Key) -> float | None:
        model = find(api, self._resource, key)
        if model is None or deleting(model) or paused(model):
            return None
        old = status_of(model)
        spec = model["spec"]
        custom = bool(spec.get("modelSources"))
        new = {**old, "sourceType": "Custom" if custom else "Image"}
        left = LOOKING - (clock.now() - clock.parse(model["metadata"]["creationTimestamp"])).total_seconds() * self._pace
        found, looked = _metadata(model, looking=left > 0)
        if looked is not None and looked.state == PROGRESSING:
            self._write(api, model, status(new, model, [looked]))
            return left
        if found is not None:
            new["imageMetadata"] = found
        healths = [] if looked is None else [looked]
        if not any(each.state == FAILED for each in healths):
            for wanted in templates(model, found):
                self._children.keep(api, self._templates, wanted, owner=model)
        made = owned(api, self._templates, model) if api.served(self._templates) else []
        expected = bool(templates(model, found))
        if not any(each.state == FAILED for each in healths):
            healths.append(of_templates(made, expected=expected))
        self._write(api, model, status(new, model, healths))
        return None

    def _write(self, api: Api, model: Object, new: Object) -> None:
        write_status(api, self._resource, model, new, manager=self.name)


def _metadata(model: Object, *, looking: bool) -> tuple[Object | None, Health | None]:
    """What is known of the image, and how the looking went; None where nothing was to be looked for."""
    spec = model["spec"]
    if given := spec.get("imageMetadata"):
        return given, Health("ImageMetadata", READY, "MetadataExtracted", "Metadata is given in the spec")
    if spec.get("modelSources") or not (spec.get("discovery") or {}).get("extractMetadata", True):
        return None, None
    if looking:
        return None, Health("ImageMetadata", PROGRESSING, "AwaitingMetadata", "Reading the labels of the image")
    reason, message = aim_images.problem(spec["image"])
    if reason:
        auth = reason == "ImagePullAuthFailure"
        wrong, category = ("auth", "AuthError") if auth else ("config", "ReferenceNotFound")
        return None, Health("ImageMetadata", FAILED, reason, message, wrong=wrong, category=category)
    return aim_images.metadata(spec["image"]), Health("ImageMetadata", READY, "MetadataExtracted", "The image's labels were read")


def templates(model: Object, metadata: Object | None) -> list[Object]:
    """The templates that a model brings about: one for each that is asked for, or that its image recommends."""
    spec = model["spec"]
    if spec.get("modelSources"):
        hardware = (spec.get("custom") or {}).get("hardware") or {}
        kind = (spec.get("custom") or {}).get("type") or "unoptimized"
        asked: Iterable[Object] = spec.get("customTemplates") or [{"hardware": hardware, "type": kind}]
        return [_template(model, {"hardware": hardware, **each}) for each in asked]
    if not (spec.get("discovery") or {}).get("createServiceTemplates", True) or metadata is None:
        return []
    found = []
    for each in (metadata.get("model") or {}).get("recommendedDeployments") or []:
        gpu = {"model": each["gpuModel"], "requests": each.get("gpuCount", 1)}
        profile = {key: each[key] for key in ("metric", "precision") if each.get(key)}
        found.append(_template(model, {"hardware": {"gpu": gpu}, "profile": profile, "type": "optimized"}))
    return found


def _template(model: Object, asked: Object) -> Object:
    metadata, spec, profile = model["metadata"], model["spec"], asked.get("profile") or {}
    gpu = (asked.get("hardware") or {}).get("gpu") or {}
    about = [f"{gpu.get('requests', 1)}x{gpu['model']}"] if gpu.get("model") else []
    words = [
        metadata["name"],
        *(filter(None, [asked.get("name")])),
        *about,
        *filter(None, (profile.get("metric"), profile.get("precision"))),
    ]
    wanted: Object = {"modelName": metadata["name"], "type": asked.get("type", "unoptimized")}
    wanted |= {key: value for key, value in (("hardware", asked.get("hardware")), ("env", asked.get("env"))) if value}
    wanted |= profile
    wanted |= {key: spec[key] for key in ("modelSources", "runtimeConfigName", "imagePullSecrets", "serviceAccountName") if spec.get(key)}
    labels = {f"{PREFIX}/model": label(metadata["name"]), f"{PREFIX}/origin": "auto-generated"}
    found: Object = {"name": derived(*words), "labels": labels}
    return {"metadata": found | ({"namespace": metadata["namespace"]} if metadata.get("namespace") else {}), "spec": wanted}


def of_templates(made: list[Object], *, expected: bool) -> Health:
    """How the templates of a model are together."""
    words = [(each.get("status") or {}).get("status", "Pending") for each in made]
    if not made:
        if not expected:
            return Health("ServiceTemplates", READY, "NoTemplatesExpected", "No templates are expected for this model")
        return Health("ServiceTemplates", PROGRESSING, "CreatingTemplates", "Templates are being created")
    if all(word == READY for word in words):
        return Health("ServiceTemplates", READY, "AllTemplatesReady", "All templates are ready")
    if any(word in ("Pending", PROGRESSING) for word in words):
        return Health("ServiceTemplates", PROGRESSING, "TemplatesProgressing", "Templates are not ready yet")
    if any(word == READY for word in words):
        return Health("ServiceTemplates", READY, "SomeTemplatesReady", "Some templates are ready")
    if all(word == NOT_AVAILABLE for word in words):
        return Health("ServiceTemplates", NOT_AVAILABLE, "NoTemplatesAvailable", "No template's GPU is in this cluster")
    if all(word == FAILED for word in words):
        return Health("ServiceTemplates", FAILED, "AllTemplatesFailed", "All templates failed")
    return Health("ServiceTemplates", DEGRADED, "SomeTemplatesDegraded", "Some templates are degraded")
