"""Answers -> manifest of a ModelDeployment, and back. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import msgspec

from modeltui.systems.airunway.answers import DeploymentAnswers, VolumeAnswers
from modeltui.systems.airunway.types import DEPLOYMENTS, DISAGGREGATED, HUGGING_FACE
from modeltui.systems.manifest import Manifest, begun, told
from modeltui.systems.serving import pieces
from modeltui.systems.serving.answers import NVIDIA, PlacementAnswers
from modeltui.systems.serving.carrying import written
from modeltui.systems.showing import answered, unshowable


def deployment(answers: DeploymentAnswers, *, live: Mapping[str, Any] | None = None) -> Manifest:
    """Raises AnswersError when the live object is one that the form cannot show."""
    return written(DEPLOYMENTS, answers, live, fresh=_deployment, back=answers_of)


def _deployment(answers: DeploymentAnswers) -> Manifest:
    manifest = begun(DEPLOYMENTS, name=answers.name, namespace=answers.namespace, live=None)
    spec: dict[str, Any] = {
        "model": _model(answers),
        "engine": _engine(answers),
        "provider": told({"name": answers.provider}),
        "serving": {"mode": answers.mode},
        "scaling": _scaling(answers),
        "resources": _resources(answers),
        "secrets": told({"huggingFaceToken": answers.token_secret}),
        "gateway": told({"enabled": answers.gateway, "modelName": answers.gateway_model}),
        "env": pieces.env(answers.env),
    }
    spec = told(spec)
    pieces.lay_placement(spec, answers.placement, PlacementAnswers())
    manifest["spec"] = spec
    return manifest


def _model(answers: DeploymentAnswers) -> dict[str, Any]:
    """Without a Hub id the image brings the model."""
    found: dict[str, Any] = {"id": answers.model, "source": HUGGING_FACE} if answers.model or not answers.image else {"source": "custom"}
    if answers.served_name:
        found["servedName"] = answers.served_name
    if answers.volumes:
        found["storage"] = {"volumes": [_volume(volume) for volume in answers.volumes]}
    return found


def _volume(volume: VolumeAnswers) -> dict[str, Any]:
    fields = {
        **{"name": volume.name, "purpose": volume.purpose, "claimName": volume.claim, "size": volume.size},
        **{"accessMode": volume.access_mode, "mountPath": volume.path, "readOnly": volume.read_only or None},
    }
    return told(fields) | ({} if volume.storage_class_name is None else {"storageClassName": volume.storage_class_name})


def _engine(answers: DeploymentAnswers) -> dict[str, Any]:
    return told(
        {
            "type": answers.engine,
            "image": answers.image,
            "contextLength": answers.context_length,
            "enablePrefixCaching": None if answers.prefix_caching else False,
            "enforceEager": answers.eager or None,
            "trustRemoteCode": answers.trust_remote_code or None,
            "extraArgs": list(answers.extra_args),
        }
    )


def _scaling(answers: DeploymentAnswers) -> dict[str, Any]:
    if answers.mode != DISAGGREGATED:
        return {"replicas": answers.replicas}
    halves = (
        ("prefill", answers.prefill_replicas, answers.prefill_gpus),
        ("decode", answers.decode_replicas, answers.decode_gpus),
    )
    memory = {"memory": answers.memory} if answers.memory else {}
    return {name: {"replicas": replicas, "gpu": _gpu(answers, gpus), **memory} for name, replicas, gpus in halves}


def _resources(answers: DeploymentAnswers) -> dict[str, Any]:
    """A disaggregated deployment may not have GPUs here."""
    if answers.mode == DISAGGREGATED:
        return {}
    return {"gpu": _gpu(answers, answers.gpus)} | told({"memory": answers.memory, "cpu": answers.cpu})


def _gpu(answers: DeploymentAnswers, count: int) -> dict[str, Any]:
    return {"count": count} | ({"type": answers.gpu_resource} if answers.gpu_resource != NVIDIA else {})


# ---- back -----------------------------------------------------------------------------------------------------------


def answers_of(live: Mapping[str, Any]) -> DeploymentAnswers:
    """Raises AnswersError for one of a shape that the form does not know."""
    try:
        return _answers(live)
    except (TypeError, AttributeError, ValueError) as error:
        raise unshowable("it is not put together as the form does it") from error


def _answers(live: Mapping[str, Any]) -> DeploymentAnswers:
    spec, metadata = live.get("spec") or {}, live.get("metadata") or {}
    model, engine, scaling, resources, gateway = (spec.get(key) or {} for key in ("model", "engine", "scaling", "resources", "gateway"))
    halves = {name: scaling.get(name) or {} for name in ("prefill", "decode")}
    mode = (spec.get("serving") or {}).get("mode")
    gpus = [holder.get("gpu") or {} for holder in (resources, *halves.values())]
    said = {
        **{"name": metadata.get("name"), "namespace": metadata.get("namespace"), "model": model.get("id"), "mode": mode},
        **{"image": engine.get("image") or spec.get("image"), "engine": engine.get("type") or "", "servedName": model.get("servedName")},
        **{"provider": (spec.get("provider") or {}).get("name"), "replicas": scaling.get("replicas"), "gpus": gpus[0].get("count", 0)},
        **{"prefillReplicas": halves["prefill"].get("replicas"), "prefillGpus": gpus[1].get("count")},
        **{"decodeReplicas": halves["decode"].get("replicas"), "decodeGpus": gpus[2].get("count")},
        **{"gpuResource": next((gpu["type"] for gpu in gpus if gpu.get("type")), None), "cpu": _text(resources.get("cpu"))},
        "memory": _text(resources.get("memory") or halves["prefill"].get("memory")),
        **{"contextLength": engine.get("contextLength"), "prefixCaching": engine.get("enablePrefixCaching")},
        **{"eager": engine.get("enforceEager"), "trustRemoteCode": engine.get("trustRemoteCode"), "extraArgs": engine.get("extraArgs")},
        "tokenSecret": (spec.get("secrets") or {}).get("huggingFaceToken"),
        **{"gateway": gateway.get("enabled"), "gatewayModel": gateway.get("modelName")},
    }
    if mode == DISAGGREGATED:
        said["gpus"] = None
        if halves["prefill"].get("memory") != halves["decode"].get("memory"):
            raise unshowable("its halves ask for different memory")
    found = answered(said, DeploymentAnswers)
    volumes = tuple(_volume_of(one) for one in (model.get("storage") or {}).get("volumes") or ())
    placement = pieces.placement_of(spec)
    return msgspec.structs.replace(found, volumes=volumes, env=pieces.env_of(spec.get("env")), placement=placement)


def _volume_of(entry: Mapping[str, Any]) -> VolumeAnswers:
    said = {
        **{"name": entry.get("name"), "purpose": entry.get("purpose", "custom"), "claim": entry.get("claimName")},
        **{"size": _text(entry.get("size")), "storageClassName": entry.get("storageClassName"), "accessMode": entry.get("accessMode")},
        **{"path": entry.get("mountPath"), "readOnly": entry.get("readOnly")},
    }
    return answered(said, VolumeAnswers)


def _text(amount: Any) -> str | None:
    return None if amount is None else str(amount)
