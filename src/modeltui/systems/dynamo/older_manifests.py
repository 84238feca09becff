"""The same graphs for clusters that serve v1alpha1 only: services by name, a pod in pieces, GPUs as text. Pure both ways."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from modeltui.systems.dynamo.answers import GraphAnswers
from modeltui.systems.dynamo.answers_back import read_back
from modeltui.systems.dynamo.arguments import arguments, command
from modeltui.systems.dynamo.manifests import FRONTEND, differs, image_of, in_claim, mount, variables, workers
from modeltui.systems.dynamo.types import OLDER_GRAPHS
from modeltui.systems.manifest import Manifest, begun
from modeltui.systems.serving import pieces
from modeltui.systems.serving.answers import NVIDIA, PlacementAnswers
from modeltui.systems.serving.carrying import written
from modeltui.systems.showing import unshowable


def graph(answers: GraphAnswers, *, live: Mapping[str, Any] | None = None) -> Manifest:
    """Raises AnswersError when the live object is one that the form cannot show."""
    return written(OLDER_GRAPHS, answers, live, fresh=_graph, back=answers_of)


def _graph(answers: GraphAnswers) -> Manifest:
    manifest = begun(OLDER_GRAPHS, name=answers.name, namespace=answers.namespace, live=None)
    services = {FRONTEND: _service(answers, "frontend", answers.frontend_replicas)}
    services |= {role: _service(answers, role, replicas) for role, replicas in workers(answers)}
    manifest["spec"] = {"backendFramework": answers.engine, "services": services}
    return manifest


def _service(answers: GraphAnswers, role: str, replicas: int) -> dict[str, Any]:
    main: dict[str, Any] = {"image": image_of(answers)}
    service: dict[str, Any] = {"componentType": "frontend" if role == "frontend" else "worker", "replicas": replicas}
    pod: dict[str, Any] = {"mainContainer": main}
    if answers.token_secret:
        service["envFromSecret"] = answers.token_secret
    if answers.runtime_version:
        service["runtimeVersionOverride"] = answers.runtime_version
    if role == "frontend":
        if answers.router_mode:
            service["envs"] = [{"name": "DYN_ROUTER_MODE", "value": answers.router_mode}]
        if in_claim(answers):
            mount(answers, main, pod)
    else:
        _work(answers, role, service, pod)
    return service | {"extraPodSpec": pod}


def _work(answers: GraphAnswers, role: str, service: dict[str, Any], pod: dict[str, Any]) -> None:
    main = pod["mainContainer"]
    if role != "worker":
        service["subComponentType"] = role
    service["resources"] = {"limits": {"gpu": str(answers.gpus)}}
    if found := variables(answers):
        service["envs"] = found
    mount(answers, main, pod)  # `volumeMounts` of the service could say neither a folder of the claim nor read-only
    main |= {"command": command(answers.engine), "args": arguments(answers, role)}
    pieces.lay_placement(pod, answers.placement, PlacementAnswers())


# ---- back -----------------------------------------------------------------------------------------------------------


def answers_of(live: Mapping[str, Any]) -> GraphAnswers:
    """What the form shows of a v1alpha1 graph. Raises AnswersError for one that is put together in another way."""
    found = read_back(_newer(live))
    made, there = _graph(found)["spec"], live.get("spec") or {}
    if made["backendFramework"] != there.get("backendFramework", made["backendFramework"]):
        raise unshowable("backendFramework is another than its workers run")
    if set(made["services"]) != set(there["services"]):
        raise unshowable(f"it has services that the form does not make ({', '.join(sorted(there['services']))})")
    for name, service in made["services"].items():
        if (path := differs(service, there["services"][name])) is not None:
            raise unshowable(f"service {name} is set up otherwise than the form would ({path})")
    return found


def _newer(live: Mapping[str, Any]) -> dict[str, Any]:
    """In the shape of v1beta1, as far as the form speaks of it."""
    spec = live.get("spec") or {}
    services = spec.get("services")
    try:
        components = [_component(name, service) for name, service in (services or {}).items()]
    except (AttributeError, TypeError, KeyError) as error:
        raise unshowable("it is not put together as the form does it") from error
    return {"metadata": live.get("metadata") or {}, "spec": {"components": components}}


def _component(name: str, service: Mapping[str, Any]) -> dict[str, Any]:
    pod = dict(service.get("extraPodSpec") or {})
    main = {"name": "main", **(pod.pop("mainContainer", None) or {}), "env": service.get("envs")}
    if secret := service.get("envFromSecret"):
        main["envFrom"] = [{"secretRef": {"name": secret}}]
    if gpus := ((service.get("resources") or {}).get("limits") or {}).get("gpu"):
        main["resources"] = {"limits": {NVIDIA: str(gpus)}}
    component = {"name": name, "replicas": service.get("replicas"), "podTemplate": {"spec": {**pod, "containers": [main]}}}
    return component | ({"runtimeVersionOverride": found} if (found := service.get("runtimeVersionOverride")) else {})
