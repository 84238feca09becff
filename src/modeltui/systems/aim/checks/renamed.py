"""Spellings of earlier versions, which the schema does not know: the API server drops such a field, or refuses it when it is strict."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, Final

from modeltui.domain import Finding, Severity

_GPU: Final = {"gpu.models": "gpu.model, which is one name and no list"}
_SOURCE: Final = {"name": "modelId", "source": "sourceUri", "sourceURI": "sourceUri", "sizeBytes": "size"}

_SPEC: Final = {
    "AIMService": {
        "model.ref": "model.name",
        "templateName": "template.name",
        "templateRef": "template.name",
        "cacheModel": "caching.mode",
        "model.custom.gpuSelector": "model.custom.hardware.gpu",
        "overrides.gpu": "overrides.hardware.gpu",
        "overrides.gpuSelector": "overrides.hardware.gpu",
        "runtimeConfigRef": "runtimeConfigName",
        "routingAnnotations": "routing.annotations",
    },
    "AIMModel": {
        "hardware": "custom.hardware",
        "type": "custom.type",
        "custom.templates": "customTemplates",
        "defaultStorageClassName": "storage of a runtime config",
    },
    "AIMServiceTemplate": {"model.name": "modelName", "model.ref": "modelName", "gpu": "hardware.gpu", "gpuSelector": "hardware.gpu"},
    "AIMTemplateCache": {"templateRef": "templateName"},
    "AIMArtifact": {"sourceURI": "sourceUri"},
    "AIMRuntimeConfig": {
        "serviceAccountName": "serviceAccountName of each service",
        "imagePullSecrets": "imagePullSecrets of each service or model",
        "modelCreationScope": "nothing: models that services bring about are of the namespace",
    },
}
_TWINS: Final = {
    "AIMClusterModel": "AIMModel",
    "AIMClusterServiceTemplate": "AIMServiceTemplate",
    "AIMClusterRuntimeConfig": "AIMRuntimeConfig",
}
_HARDWARE: Final = {
    "AIMService": ("model.custom.hardware", "overrides.hardware"),
    "AIMModel": ("custom.hardware",),
    "AIMServiceTemplate": ("hardware",),
}
_SOURCES: Final = {
    "AIMService": ("model.custom.modelSources",),
    "AIMModel": ("modelSources",),
    "AIMServiceTemplate": ("modelSources",),
    "AIMTemplateCache": ("modelSources",),
}


FORMER_DOMAIN: Final = "aim.silogen.ai/"


def _notes(manifest: Mapping[str, Any]) -> Iterator[Finding]:
    """Labels and annotations of the domain that AIM Engine had before."""
    for place in ("labels", "annotations"):
        found = _at(manifest, f"metadata.{place}")
        for key in found if isinstance(found, Mapping) else ():
            if str(key).startswith(FORMER_DOMAIN):
                new = f"aim.eai.amd.com/{str(key).removeprefix(FORMER_DOMAIN)}"
                reason = f"{key} is of the domain that AIM Engine had before: nobody looks at it any more."
                yield Finding(Severity.WARNING, reason, f"Write {new}.", f"metadata.{place}[{key}]")


def fields(manifest: Mapping[str, Any]) -> Iterator[Finding]:
    """Of a manifest of any of AIM Engine's kinds."""
    yield from _notes(manifest)
    said, spec = str(manifest.get("kind") or ""), manifest.get("spec")
    kind = _TWINS.get(said, said)
    if not isinstance(spec, Mapping):
        return
    for old, new in _SPEC.get(kind, {}).items():
        if _at(spec, old) is not None:
            yield from _told(f"spec.{old}", new)
    for place in _HARDWARE.get(kind, ()):
        for old, new in _GPU.items():
            if _at(spec, f"{place}.{old}") is not None:
                yield from _told(f"spec.{place}.{old}", new)
    for place in _SOURCES.get(kind, ()):
        found = _at(spec, place)
        for index, source in enumerate(found if isinstance(found, list) else ()):
            for old, new in _SOURCE.items():
                if isinstance(source, Mapping) and old in source:
                    yield from _told(f"spec.{place}[{index}].{old}", new)
    if kind == "AIMModel":
        found = spec.get("customTemplates")
        for index, entry in enumerate(found if isinstance(found, list) else ()):
            if isinstance(entry, Mapping) and _at(entry, "hardware.gpu.models") is not None:
                yield from _told(f"spec.customTemplates[{index}].hardware.gpu.models", _GPU["gpu.models"])
    if said == "AIMClusterServiceTemplate" and "caching" in spec:
        reason = "caching is not a field of cluster-wide templates: weights are fetched into a namespace."
        yield Finding(Severity.ERROR, reason, "Make an AIMTemplateCache in the namespace that shall have them.", "spec.caching")


def _told(field: str, new: str) -> Iterator[Finding]:
    if field == "spec.cacheModel":  # still in the schema
        reason = "cacheModel is not looked at any more."
        yield Finding(Severity.WARNING, reason, "Write caching.mode: Shared or Dedicated.", field)
        return
    reason = f"{field} is no field of this version: it is refused, or dropped as if it had not been written."
    yield Finding(Severity.ERROR, reason, f"Write {new}.", field)


def _at(holder: Mapping[str, Any], path: str) -> Any:
    found: Any = holder
    for name in path.split("."):
        found = found.get(name) if isinstance(found, Mapping) else None
    return found
