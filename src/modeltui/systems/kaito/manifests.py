"""Answers -> manifest of a Workspace or of an InferenceSet, and back. Pure.

Only what is answered otherwise than the live object says is written over it.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final, TypeVar

from modeltui.systems.kaito.answers import AdapterAnswers, ServingAnswers, SetAnswers, WorkspaceAnswers
from modeltui.systems.kaito.types import RUNTIME, SETS, WORKSPACES
from modeltui.systems.manifest import Manifest, begun
from modeltui.systems.serving.carrying import written
from modeltui.systems.showing import answered, unshowable

_A = TypeVar("_A", bound=ServingAnswers)

LABEL: Final = "apps"
"""Of the nodes, where nobody says otherwise; the label that the project's own examples use."""


def workspace(answers: WorkspaceAnswers, *, live: Mapping[str, Any] | None = None) -> Manifest:
    """v1beta1. Raises AnswersError when the live object is one that answers cannot say."""
    return written(WORKSPACES, answers, live, fresh=_workspace, back=workspace_answers)


def inference_set(answers: SetAnswers, *, live: Mapping[str, Any] | None = None) -> Manifest:
    """v1beta1. Raises AnswersError as `workspace` does."""
    return written(SETS, answers, live, fresh=_set, back=set_answers)


def _workspace(answers: WorkspaceAnswers) -> Manifest:
    manifest = begun(WORKSPACES, name=answers.name, namespace=answers.namespace, live=None)
    manifest["metadata"] |= _runtime(answers)
    manifest["resource"] = {**_nodes(answers), "labelSelector": _labels(answers)}
    return manifest | {"inference": _inference(answers)}


def _set(answers: SetAnswers) -> Manifest:
    """The runtime stands at the set, where older KAITO looks, and in the template, from which newer KAITO copies it."""
    manifest = begun(SETS, name=answers.name, namespace=answers.namespace, live=None)
    manifest["metadata"] |= _runtime(answers)
    template: dict[str, Any] = {"metadata": _runtime(answers)} if answers.runtime else {}
    nodes = _nodes(answers)
    template |= {"resource": nodes} if nodes else {}
    template["inference"] = _inference(answers)
    spec: dict[str, Any] = {"replicas": answers.replicas, "labelSelector": _labels(answers), "template": template}
    if answers.node_limit is not None:
        spec["nodeCountLimit"] = answers.node_limit
    return manifest | {"spec": spec}


def _runtime(answers: ServingAnswers) -> dict[str, Any]:
    return {"annotations": {RUNTIME: answers.runtime}} if answers.runtime else {}


def _labels(answers: ServingAnswers) -> dict[str, Any]:
    return {"matchLabels": dict(answers.nodes) or {LABEL: answers.name}}


def _nodes(answers: ServingAnswers) -> dict[str, Any]:
    found: dict[str, Any] = {"instanceType": answers.instance_type} if answers.instance_type else {}
    if answers.mig_profile:
        found["partition"] = {"mode": "mig", "profile": answers.mig_profile}
    elif answers.gpus is not None:
        found["partition"] = {"mode": "accelerator", "count": answers.gpus}
    return found


def _inference(answers: ServingAnswers) -> dict[str, Any]:
    preset: dict[str, Any] = {"name": answers.model}
    if answers.token_secret:
        preset["presetOptions"] = {"modelAccessSecret": answers.token_secret}
    found: dict[str, Any] = {"preset": preset}
    if answers.adapters:
        found["adapters"] = [_adapter(one) for one in answers.adapters]
    return found | ({"config": answers.config} if answers.config else {})


def _adapter(answers: AdapterAnswers) -> dict[str, Any]:
    source: dict[str, Any] = {"name": answers.name, "image": answers.image}
    if answers.pull_secrets:
        source["imagePullSecrets"] = list(answers.pull_secrets)
    return {"source": source} | ({"strength": answers.strength} if answers.strength else {})


# ---- back -----------------------------------------------------------------------------------------------------------


def workspace_answers(live: Mapping[str, Any]) -> WorkspaceAnswers:
    """What the form shows of a Workspace. Raises AnswersError when it cannot show it."""
    if live.get("tuning"):
        raise unshowable("tuning makes it a tuning job, which serves nothing")
    resource = _mapping(live, "resource")
    said = {
        **_about(live),
        "runtime": _annotation(live),
        **_of_nodes(resource, "resource"),
        "nodes": _of_labels(resource, "resource"),
        **_of_inference(_mapping(live, "inference"), "inference"),
    }
    return answered(said, WorkspaceAnswers)


def set_answers(live: Mapping[str, Any]) -> SetAnswers:
    """What the form shows of an InferenceSet. Raises AnswersError when it cannot show it."""
    spec = _mapping(live, "spec")
    template = _mapping(spec, "template", "spec.")
    runtimes = _annotation(live), _annotation(template)
    if all(runtimes) and len(set(runtimes)) > 1:
        raise unshowable(f"spec.template.metadata says another runtime ({runtimes[1]}) than the set itself ({runtimes[0]})")
    said = {
        **_about(live),
        "runtime": runtimes[1] or runtimes[0],
        "replicas": spec.get("replicas", 1),
        "nodeLimit": spec.get("nodeCountLimit"),
        **_of_nodes(_mapping(template, "resource", "spec.template."), "spec.template.resource"),
        "nodes": _of_labels(spec, "spec"),
        **_of_inference(_mapping(template, "inference", "spec.template."), "spec.template.inference"),
    }
    return answered(said, SetAnswers)


def _about(live: Mapping[str, Any]) -> dict[str, Any]:
    metadata = _mapping(live, "metadata")
    return {"name": metadata.get("name", ""), "namespace": metadata.get("namespace", "")}


def _annotation(holder: Mapping[str, Any]) -> Any:
    return _mapping(_mapping(holder, "metadata"), "annotations", "metadata.").get(RUNTIME, "")


def _of_labels(holder: Mapping[str, Any], where: str) -> Any:
    selector = _mapping(holder, "labelSelector", f"{where}.")
    if selector.get("matchExpressions"):
        raise unshowable(f"{where}.labelSelector has matchExpressions")
    return selector.get("matchLabels") or {}


def _of_nodes(resource: Mapping[str, Any], where: str) -> dict[str, Any]:
    said: dict[str, Any] = {"instanceType": resource.get("instanceType", "")}
    match resource.get("partition"):
        case None:
            return said
        case {"mode": "mig", "profile": str(profile), **rest} if profile and not rest:
            return said | {"migProfile": profile}
        case {"mode": "accelerator", "count": int(count), **rest} if not rest:
            return said | {"gpus": count}
    raise unshowable(f"{where}.partition is not one that it knows")


def _of_inference(inference: Mapping[str, Any], where: str) -> dict[str, Any]:
    preset = _mapping(inference, "preset", f"{where}.")
    if inference.get("template") or not preset.get("name"):
        raise unshowable(f"{where} is not a preset, but pods of its own")
    options = _mapping(preset, "presetOptions", f"{where}.preset.")
    return {
        "model": preset["name"],
        "tokenSecret": options.get("modelAccessSecret", ""),
        "config": inference.get("config", ""),
        "adapters": [_of_adapter(one, f"{where}.adapters[{place}]") for place, one in enumerate(inference.get("adapters") or ())],
    }


def _of_adapter(adapter: object, where: str) -> dict[str, Any]:
    match adapter:
        case {"source": {"name": name, "image": image, **source}, **rest} if {*source, *rest} <= {"imagePullSecrets", "strength"}:
            return {"name": name, "image": image, "pullSecrets": source.get("imagePullSecrets") or [], "strength": rest.get("strength", "")}
    raise unshowable(f"{where} does not come from an image alone")


def _mapping(holder: Mapping[str, Any], key: str, before: str = "") -> Mapping[str, Any]:
    found = holder.get(key) or {}
    if not isinstance(found, Mapping):
        raise unshowable(f"{before}{key} is not a mapping")
    return found
