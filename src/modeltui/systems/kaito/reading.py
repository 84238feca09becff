"""Workspace, InferenceSet -> the deployment that it is. Pure.

How many GPUs a node of an instance type has, KAITO knows and no object says: it shows in the pods once they are there.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from typing import Final

from modeltui.kube.resource import Resource
from modeltui.systems.core.secrets import SECRETS
from modeltui.systems.core.types import Pod
from modeltui.systems.kaito import status
from modeltui.systems.kaito.types import CONFIG_MAPS, MADE_BY, WORKSPACE, Inference, InferenceSet, Preset, Workspace
from modeltui.systems.protocol import Facts
from modeltui.systems.serving import command_line, gpus, readiness, uris
from modeltui.systems.serving.deployment import Component, Deployment, Endpoint, Ref
from modeltui.systems.serving.rows import pods_of

PORT: Final = 5000
"""On which the pods of presets answer."""


def pods(pod: Pod) -> Iterable[str]:
    """Names of the Workspaces that a pod belongs to."""
    name = pod.metadata.labels.get(WORKSPACE, "")
    return (name,) if name else ()


def pods_of_set(pod: Pod) -> Iterable[str]:
    """Names of the InferenceSets that a pod belongs to."""
    name = pod.metadata.labels.get(MADE_BY, "")
    return (name,) if name else ()


def set_of(workspace: Workspace) -> Iterable[str]:
    """Name of the InferenceSet that made a Workspace."""
    return (workspace.made_by,) if workspace.made_by else ()


# ---- Workspace ------------------------------------------------------------------------------------------------------


def read(workspace: Workspace, facts: Facts) -> Deployment:
    own = pods_of(facts, pods, workspace)
    if workspace.tuning is not None:
        return _tuning(workspace, own)
    inference = workspace.inference or Inference()
    told = status.of_workspace(workspace)
    serves = next((one.status for one in workspace.status.conditions if one.type == "InferenceReady"), "")
    component = Component(
        name="inference",
        role="inference",
        desired=1,
        ready={"True": 1, "False": 0}.get(serves),
        gpus=_gpus(inference, own),
        engine=_engine(inference, workspace.metadata.annotations.runtime),
        image=_image(inference, own),
    )
    return Deployment(
        models=_models(inference),
        served=(workspace.made_by,) if workspace.made_by else _models(inference)[:1],
        engine=component.engine,
        status=told,
        components=(component,),
        gpu_resource=_gpu_resource(inference, own),
        endpoint=Endpoint(port=_port(inference), pods={WORKSPACE: workspace.metadata.name}),
        uses=tuple(uses(inference)),
    )


def _tuning(workspace: Workspace, own: Sequence[Pod] | None) -> Deployment:
    """A job on nodes that hold GPUs: a row, but nothing that can be asked."""
    tuning = workspace.tuning
    preset = tuning.preset if tuning else None
    component = Component(name="tuning", role="job", desired=None, ready=None, gpus=_of_pods(own))
    return Deployment(
        models=(preset.name,) if preset and preset.name else (),
        engine="tuning",
        status=status.of_workspace(workspace),
        components=(component,),
        gpu_resource=_gpu_resource(Inference(), own),
        endpoint=None,
        uses=tuple(_of_preset(preset)),
    )


def _models(inference: Inference) -> tuple[str, ...]:
    if inference.preset is not None and inference.preset.name:
        return (uris.model_name(inference.preset.name),)
    containers = inference.template.spec.containers if inference.template else ()
    return tuple(dict.fromkeys(name for one in containers for name in command_line.models_of(command_line.words(one))))


def _engine(inference: Inference, runtime: str) -> str:
    if inference.preset is not None:
        return runtime or "vllm"
    containers = inference.template.spec.containers if inference.template else ()
    return next(filter(None, map(command_line.engine_of, containers)), "")


def _image(inference: Inference, own: Sequence[Pod] | None) -> str:
    containers = inference.template.spec.containers if inference.template else ()
    said = containers[0].image if containers else inference.preset.preset_options.image if inference.preset else ""
    return said or next((one.image for pod in own or () for one in pod.spec.containers[:1]), "")


def _port(inference: Inference) -> int:
    """Of a template, the first that its containers name."""
    if inference.template is None:
        return PORT
    return next((port.container_port for one in inference.template.spec.containers for port in one.ports if port.container_port), 0)


def _gpus(inference: Inference, own: Sequence[Pod] | None) -> int | None:
    if inference.template is not None:
        spec = inference.template.spec
        return None if spec.resource_claims else sum(gpus.of_containers(spec.containers, spec.init_containers).values())
    return _of_pods(own)


def _of_pods(own: Sequence[Pod] | None) -> int | None:
    """What its pods ask for; None while there are none, or when a claim for devices decides."""
    asked = [gpus.of_pod(pod) for pod in own or () if readiness.is_alive(pod)]
    told = [number for number in asked if number is not None]
    return sum(told) if asked and len(told) == len(asked) else None


def _gpu_resource(inference: Inference, own: Sequence[Pod] | None) -> str:
    said = gpus.of_containers(inference.template.spec.containers if inference.template else ())
    return next((name for name, number in said.items() if number), "") or next(filter(None, map(gpus.resource_of, own or ())), "")


def uses(inference: Inference) -> Iterable[Ref]:
    if inference.config:
        yield Ref(CONFIG_MAPS, inference.config)
    yield from _of_preset(inference.preset)
    names = [
        *(name for adapter in inference.adapters for name in adapter.source.image_pull_secrets),
        *(one.name for one in (inference.template.spec.image_pull_secrets if inference.template else ())),
    ]
    for name in dict.fromkeys(names):
        yield Ref(SECRETS, name)


def _of_preset(preset: Preset | None) -> Iterable[Ref]:
    options = preset.preset_options if preset else None
    for name in dict.fromkeys((options.model_access_secret, *options.image_pull_secrets) if options else ()):
        if name:
            yield Ref(SECRETS, name)


def secrets(workspace: Workspace) -> tuple[str, ...]:
    found = [*uses(workspace.inference or Inference()), *(_of_preset(workspace.tuning.preset) if workspace.tuning else ())]
    return tuple(ref.name for ref in found if ref.resource == SECRETS)


# ---- InferenceSet ---------------------------------------------------------------------------------------------------


def reader(workspaces: Resource) -> Callable[[InferenceSet, Facts], Deployment]:
    """`workspaces`: the kind of the Workspaces that it makes, in the version that the cluster serves."""

    def read_set(found: InferenceSet, facts: Facts) -> Deployment:
        inference = found.spec.template.inference
        children = of_set(found, workspaces, facts)
        made = [read(child, facts) for child in children]
        of_one = next((number for one in made if (number := one.gpus) is not None), None)
        component = Component(
            name="workspaces",
            role="inference",
            desired=found.spec.replicas,
            ready=found.status.ready_replicas,
            gpus=_gpus(inference, None) if inference.template is not None else of_one,
            engine=_engine(inference, found.runtime),
            image=next((part.image for one in made for part in one.components if part.image), ""),
        )
        return Deployment(
            models=_models(inference),
            served=(found.metadata.name,),
            engine=component.engine,
            status=status.of_set(found, [one.status for one in made]),
            components=(component,),
            gpu_resource=next((one.gpu_resource for one in made if one.gpu_resource), ""),
            endpoint=Endpoint(port=_port(inference), pods={MADE_BY: found.metadata.name}),
            uses=tuple(uses(inference)),
            stopped=found.spec.replicas == 0,
        )

    return read_set


def of_set(found: InferenceSet, workspaces: Resource, facts: Facts) -> list[Workspace]:
    """The Workspaces that it has made, as far as they are known."""
    made = facts.where(workspaces, found.metadata.namespace, set_of, found.metadata.name)
    return [one for one in made if isinstance(one, Workspace)]


def secrets_of_set(found: InferenceSet) -> tuple[str, ...]:
    return tuple(ref.name for ref in uses(found.spec.template.inference) if ref.resource == SECRETS)
