"""Answers -> manifest of an InferenceService, and back. Pure.

Over a live object only what was answered otherwise is written (`serving.carrying`); an object that says its model in another way than the
form would is an AnswersError on the way back.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import msgspec

from modeltui.systems.kserve import arguments
from modeltui.systems.kserve.answers import InferenceAnswers, ServingAnswers
from modeltui.systems.kserve.types import AUTOSCALER, CHART_SECRET, FRAMEWORKS, MODE, SERVICES, STORAGE_SECRET
from modeltui.systems.manifest import Manifest, begun, told
from modeltui.systems.serving import pieces
from modeltui.systems.serving.answers import PlacementAnswers
from modeltui.systems.serving.carrying import written
from modeltui.systems.showing import answered, unshowable


def service(answers: InferenceAnswers, *, live: Mapping[str, Any] | None = None) -> Manifest:
    """Raises AnswersError when the live object is one that the form cannot show."""
    return written(SERVICES, answers, live, fresh=_service, back=answers_of)


def _service(answers: InferenceAnswers) -> Manifest:
    manifest = begun(SERVICES, name=answers.name, namespace=answers.namespace, live=None)
    annotate(manifest, {MODE: answers.mode, AUTOSCALER: answers.autoscaler, **secrets(answers.token_secret)})
    predictor = told(
        {
            "minReplicas": answers.min_replicas,
            "maxReplicas": answers.max_replicas,
            "scaleMetric": answers.scale_metric,
            "scaleTarget": answers.scale_target,
            **pod(answers),
        }
    )
    manifest["spec"] = {"predictor": predictor | {"model": _model(answers)}}
    return manifest


def _model(answers: InferenceAnswers) -> dict[str, Any]:
    found: dict[str, Any] = {"modelFormat": told({"name": answers.format, "version": answers.format_version})}
    return found | told(
        {
            "runtime": answers.runtime,
            "storageUri": answers.uri,
            "image": answers.image,
            "args": arguments.words(answers, named=True),
            "env": pieces.env(answers.env),
            "resources": pieces.resources(answers.resources),
        }
    )


def annotate(manifest: Manifest, annotations: Mapping[str, str]) -> None:
    if said := told(annotations):
        manifest["metadata"]["annotations"] = said


def secrets(named: str) -> dict[str, str]:
    """Annotations, under both names, of which a KServe reads one or the other."""
    return {STORAGE_SECRET: named, CHART_SECRET: named}


def secret_of(annotations: Mapping[str, str]) -> str | None:
    return annotations.get(STORAGE_SECRET) or annotations.get(CHART_SECRET)


def pod(answers: ServingAnswers) -> dict[str, Any]:
    """What of the answers stands in the spec of a pod, in either kind."""
    found: dict[str, Any] = told(
        {
            "serviceAccountName": answers.service_account,
            "imagePullSecrets": [{"name": name} for name in answers.image_pull_secrets],
        }
    )
    pieces.lay_placement(found, answers.placement, PlacementAnswers())
    return found


# ---- back -----------------------------------------------------------------------------------------------------------


def answers_of(live: Mapping[str, Any]) -> InferenceAnswers:
    """What the form shows of an InferenceService. Raises AnswersError."""
    try:
        return _read(live)
    except (TypeError, KeyError, AttributeError, ValueError) as error:
        raise unshowable("it is not put together as the form does it") from error


def _read(live: Mapping[str, Any]) -> InferenceAnswers:
    metadata, predictor = live["metadata"], (live.get("spec") or {})["predictor"]
    model, annotations = _model_of(predictor), metadata.get("annotations") or {}
    line, form = texts(model.get("args"), "spec.predictor.model.args"), model["modelFormat"]
    engine = arguments.likeliest(line, form.get("name", ""))
    said = {
        "name": metadata.get("name"),
        "namespace": metadata.get("namespace"),
        "format": form.get("name", ""),
        "formatVersion": form.get("version"),
        "uri": model.get("storageUri"),
        "runtime": model.get("runtime"),
        "engine": engine,
        "image": model.get("image"),
        "minReplicas": predictor.get("minReplicas"),
        "maxReplicas": predictor.get("maxReplicas"),
        "scaleMetric": predictor.get("scaleMetric"),
        "scaleTarget": predictor.get("scaleTarget"),
        "autoscaler": annotations.get(AUTOSCALER),
        "mode": annotations.get(MODE),
        "tokenSecret": secret_of(annotations),
    }
    found = answered(said, InferenceAnswers)
    return msgspec.structs.replace(
        found,
        env=pieces.env_of(model.get("env"), where="spec.predictor.model.env"),
        resources=pieces.resources_of(model.get("resources"), where="spec.predictor.model.resources"),
        **pod_answers(predictor, where="spec.predictor"),
        **arguments.read(line, of=engine or arguments.engine_of(found.format), named=True, tensor=True),
    )


def _model_of(predictor: Mapping[str, Any]) -> Mapping[str, Any]:
    """Raises AnswersError for a predictor that is no model, or a model whose weights are named otherwise than by one URI."""
    if own := next((name for name in FRAMEWORKS if predictor.get(name) is not None), ""):
        raise unshowable(f"its model stands in spec.predictor.{own}, and the form writes spec.predictor.model")
    model = predictor.get("model")
    if not isinstance(model, Mapping):
        raise unshowable("its predictor has containers of its own and no model")
    for where, name in ((predictor, "storageUris"), (model, "storage"), (model, "command")):
        if where.get(name):
            field = "spec.predictor" + (".model" if where is model else "")
            raise unshowable(f"{field}.{name} says more than it can show")
    return model


def texts(found: Any, where: str) -> list[str]:
    """Raises AnswersError."""
    if found is not None and (not isinstance(found, list) or not all(isinstance(one, str) for one in found)):
        raise unshowable(f"{where} is not a list of texts")
    return list(found or ())


def pod_answers(spec: Mapping[str, Any], *, where: str) -> dict[str, Any]:
    """The inverse of `pod`. Raises AnswersError."""
    pulls = spec.get("imagePullSecrets") or ()
    return {
        "service_account": str(spec.get("serviceAccountName") or ""),
        "image_pull_secrets": tuple(str(one["name"]) for one in pulls),
        "placement": pieces.placement_of(spec, where=where),
    }
