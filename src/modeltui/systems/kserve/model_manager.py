"""Activate and deactivate, in the Model Manager's sense: one InferenceService of a fixed name, whose model is swapped from a catalog. Pure.

Source: the catalog entries and the manifest of ol-model-manager. What it writes and KServe does not know (`predictor.resources`) is left
out; the resources stand in the model's container.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any, Final

import msgspec

from modeltui.catalog.activations import Activation
from modeltui.systems.kserve.types import SERVICES, STOP, InferenceService
from modeltui.systems.manifest import Manifest, begun, part
from modeltui.systems.serving import uris

MODEL_ID: Final = "model-manager/model-id"
SECRET: Final = "hf-token"  # the name of a Secret
READ_ONLY: Final = "storage.kserve.io/readonly"
_SECRET_NOTE: Final = "serving.kserve.io/secretName"  # the key of an annotation
OURS: Final = ("--model", "--host", "--port", "--served-model-name")
"""Extra arguments that begin so are dropped: KServe and the entry itself say them. By prefix, so that --model-impl goes, too."""


def activated(entry: Activation, *, name: str, namespace: str, live: Mapping[str, Any] | None = None) -> Manifest:
    """The InferenceService with that model. Of a live one the model is swapped whole: what an earlier one asked for does not stay; its
    labels, its other annotations and its replicas do, and it is started when it was stopped."""
    desired = begun(SERVICES, name=name, namespace=namespace, live=live)
    annotations = part(part(desired, "metadata"), "annotations")
    for key in (STOP, READ_ONLY, _SECRET_NOTE):
        annotations.pop(key, None)
    annotations |= {_SECRET_NOTE: SECRET, MODEL_ID: entry.id}
    uri = source(entry)
    if uris.scheme(uri) == "pvc":
        annotations[READ_ONLY] = "false"
    predictor = part(part(desired, "spec"), "predictor")
    predictor.setdefault("minReplicas", 1)
    predictor["model"] = _model(entry, uri)
    for key, value in (("nodeSelector", entry.node_selector), ("tolerations", entry.tolerations), ("volumes", entry.volumes)):
        predictor.pop(key, None)
        if value:
            predictor[key] = msgspec.to_builtins(value)
    return desired


def source(entry: Activation) -> str:
    """Where the weights are: where they were installed, else the Hub; "" when the entry says neither."""
    return entry.storage_uri or (f"hf://{entry.hf_model_id}" if entry.hf_model_id else "")


def _model(entry: Activation, uri: str) -> dict[str, Any]:
    model: dict[str, Any] = {"modelFormat": {"name": "custom"}, "runtime": entry.runtime}
    if entry.storage is not None and not entry.storage_uri:
        told = {"key": entry.storage.key or entry.storage.storage_key, "path": entry.storage.path, "schemaPath": entry.storage.schema_path}
        model["storage"] = {key: value for key, value in told.items() if value}
    elif uri:
        model["storageUri"] = uri
    for key, value in (
        ("env", entry.env),
        ("args", arguments(entry)),
        ("resources", entry.resources),
        ("volumeMounts", entry.volume_mounts),
    ):
        if value:
            model[key] = msgspec.to_builtins(value)
    return model


def arguments(entry: Activation) -> list[str]:
    """Of vLLM, in the Model Manager's order, so that an InferenceService of its making shows no difference."""
    settings = entry.vllm
    line: list[str] = []
    if settings.tensor_parallel_size is not None:
        line += ["--tensor-parallel-size", str(settings.tensor_parallel_size)]
    if settings.dtype:
        line += ["--dtype", settings.dtype]
    if settings.gpu_memory_utilization is not None:
        line += ["--gpu-memory-utilization", f"{settings.gpu_memory_utilization:f}"]
    if settings.max_model_len is not None:
        line += ["--max-model-len", str(settings.max_model_len)]
    if settings.trust_remote_code:
        line.append("--trust-remote-code")
    if served := entry.served_model_name or entry.hf_model_id:
        line += ["--served-model-name", served]
    return line + _extra(settings.extra_args)


def _extra(given: Iterable[str]) -> list[str]:
    """Without what is ours, and without the values of that."""
    kept: list[str] = []
    dropping = False
    for word in given:
        if word.startswith("-"):
            dropping = word.startswith(OURS)
            if not dropping:
                kept.append(word)
            dropping = dropping and "=" not in word
        elif not dropping:
            kept.append(word)
    return kept


def dropped(entry: Activation) -> list[str]:
    """Arguments of the entry that are not ours, and are dropped for beginning as if they were."""
    names = (word.partition("=")[0] for word in entry.vllm.extra_args if word.startswith(OURS))
    return [name for name in dict.fromkeys(names) if name not in OURS]


def is_active(service: InferenceService, id_: str) -> bool:
    """Whether that model was activated on it, and it is not stopped."""
    return service.metadata.annotations.model_id == id_ and not service.metadata.stop


def serves(manifest: Mapping[str, Any]) -> tuple[Any, ...]:
    """What tells one model of a service from another: where its weights come from, and as what it was activated."""
    metadata, spec = manifest.get("metadata", {}), manifest.get("spec", {})
    predictor = spec.get("predictor") if isinstance(spec, Mapping) else None
    model = predictor.get("model") if isinstance(predictor, Mapping) else None
    told = [model.get(key) for key in ("storageUri", "storage", "runtime")] if isinstance(model, Mapping) else []
    return ((metadata.get("annotations") or {}).get(MODEL_ID), *told)
