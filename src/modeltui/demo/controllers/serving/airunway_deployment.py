"""AI Runway's controllers: who runs a ModelDeployment, what the provider makes of it, and whether providers are there."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Final

from modeltui.demo import clock
from modeltui.demo.api import Api
from modeltui.demo.controllers import events
from modeltui.demo.controllers.controller import Mapper, deleting, find, itself, key_of, owned_by, status_of, write_status
from modeltui.demo.controllers.kinds import CLAIMS, DEPLOYMENTS
from modeltui.demo.controllers.queue import Key
from modeltui.demo.controllers.serving import airunway_providers as make
from modeltui.demo.controllers.serving import airunway_selection as choose
from modeltui.demo.controllers.serving.children import Children
from modeltui.demo.controllers.serving.conditions import entry, told, with_condition
from modeltui.demo.controllers.serving.dynamo_versions import in_v1beta1
from modeltui.demo.controllers.serving.kinds import (
    GRAPHS,
    GRAPHS_V1ALPHA1,
    MODEL_DEPLOYMENTS,
    PROVIDERS,
    SERVICES,
    WORKSPACES,
)
from modeltui.demo.controllers.serving.rollout import rollout
from modeltui.demo.errors import Object

PAUSED: Final = "airunway.ai/reconcile-paused"
HEARTBEAT: Final = 60.0
NEEDS: Final = {"dynamo": GRAPHS, "kaito": WORKSPACES, "kuberay": "rayservices.ray.io"}
"""The kind that a provider makes, without which it is not ready."""
VERSIONS: Final = {"dynamo": "dynamo-provider:v0.2.0", "kaito": "kaito-provider:v0.2.0"}


class Providers:
    """Each provider says that it is there, every minute."""

    name = "airunway-provider"
    watches: Mapping[str, Mapper] = {PROVIDERS: itself}

    def reconcile(self, api: Api, key: Key) -> float | None:
        config = find(api, PROVIDERS, key)
        if config is None or deleting(config):
            return None
        old = status_of(config)
        last, now = old.get("lastHeartbeat"), clock.now()
        again = events.until_kept(now) if events.forgotten(now) else HEARTBEAT
        ready = NEEDS.get(key[1]) is None or api.served(NEEDS[key[1]])
        if last is not None and old.get("ready") == ready and (now - clock.parse(last)).total_seconds() < HEARTBEAT - 1:
            return again
        new = {**old, "ready": ready, "version": VERSIONS.get(key[1], f"{key[1]}-provider:v0.2.0"), "lastHeartbeat": clock.stamp(now)}
        write_status(api, PROVIDERS, config, new, manager=self.name)
        return again


def _all(api: Api, _config: Object) -> Iterable[Key]:
    return [key_of(each) for each in api.list(MODEL_DEPLOYMENTS)] if api.served(MODEL_DEPLOYMENTS) else ()


class ModelDeployments:
    name = "airunway-controller"
    watches: Mapping[str, Mapper] = {
        MODEL_DEPLOYMENTS: itself,
        GRAPHS: owned_by("ModelDeployment"),
        WORKSPACES: owned_by("ModelDeployment"),
        DEPLOYMENTS: owned_by("ModelDeployment"),
        PROVIDERS: _all,
    }

    def __init__(self) -> None:
        self._children = Children(self.name)

    def reconcile(self, api: Api, key: Key) -> None:
        deployment = find(api, MODEL_DEPLOYMENTS, key)
        if deployment is None or deleting(deployment):
            return
        if (deployment["metadata"].get("annotations") or {}).get(PAUSED) == "true":
            return
        new = {"phase": "Pending", **status_of(deployment), "observedGeneration": deployment["metadata"].get("generation", 1)}
        new = self._steps(api, deployment, new)
        write_status(api, MODEL_DEPLOYMENTS, deployment, new, manager=self.name)

    def _steps(self, api: Api, deployment: Object, new: Object) -> Object:
        spec = deployment["spec"]
        configs = api.list(PROVIDERS) if api.served(PROVIDERS) else []
        if refused := choose.invalid(deployment):
            new = _with(new, deployment, "Validated", False, "ValidationFailed", refused)
            return {**new, "phase": "Failed", "message": f"Validation failed: {refused}"}
        try:
            engine = choose.engine(spec, configs)
        except choose.NotSelected as problem:
            new = _with(new, deployment, "EngineSelected", False, "SelectionFailed", str(problem))
            return {**new, "message": f"Engine selection failed: {problem}"}
        new = _with(new, deployment, "Validated", True, "ValidationPassed", "Schema validation passed")
        new = {**new, "engine": {"type": engine.name, "selectedReason": engine.reason}}
        asked = bool((spec.get("engine") or {}).get("type"))
        words = ("ExplicitSelection", "Engine explicitly specified in spec")
        if not asked:
            words = ("AutoSelected", f"Engine {engine.name} auto-selected from provider capabilities")
        new = _with(new, deployment, "EngineSelected", True, *words)
        before, named = (new.get("provider") or {}).get("name"), (spec.get("provider") or {}).get("name")
        if before and named and before != named:
            change = (
                f'changing spec.provider.name from "{before}" to "{named}" after a provider has been selected is not supported; '
                "delete and recreate the ModelDeployment to use a different provider"
            )
            new = _with(new, deployment, "ProviderSelected", False, "ProviderChangeNotSupported", change)
            return {**new, "phase": "Failed", "message": change}
        if not before:
            try:
                provider = choose.provider(spec, engine.name, configs)
            except choose.NotSelected as problem:
                new = _with(new, deployment, "ProviderSelected", False, "SelectionFailed", str(problem))
                return {**new, "message": f"Provider selection failed: {problem}"}
            new = {**new, "provider": {"name": provider.name, "selectedReason": provider.reason}}
            words = ("ExplicitSelection", "Provider explicitly specified in spec")
            if not named:
                words = ("AutoSelected", f"Provider {provider.name} auto-selected: {provider.reason}")
            new = _with(new, deployment, "ProviderSelected", True, *words)
        return self._provide(api, deployment, engine.name, new, configs)

    def _provide(self, api: Api, deployment: Object, engine: str, new: Object, configs: list[Object]) -> Object:
        """What the provider's own controller does; where there is none, nothing happens any more."""
        name = new["provider"]["name"]
        config = next((each for each in configs if each["metadata"]["name"] == name), None)
        if config is None or not (config.get("status") or {}).get("ready"):
            return new
        if problem := choose.compatible(deployment["spec"], engine, config):
            new = _with(new, deployment, "ProviderCompatible", False, "IncompatibleConfiguration", problem)
            return {**new, "phase": "Failed", "message": problem}
        new = _with(new, deployment, "ProviderCompatible", True, "CompatibilityVerified", "Configuration compatible with provider")
        if make.volumes(deployment["spec"]):
            new, waits = self._store(api, deployment, new)
            if waits:
                return {**new, "phase": "Pending", "message": waits}
        kind, endpoint, counts, problem = self._child(api, deployment, engine, name)
        new["provider"] = {**new["provider"], "resourceName": deployment["metadata"]["name"], "resourceKind": kind}
        new = _with(new, deployment, "ResourceCreated", True, "ResourceCreated", f"{kind} created successfully")
        desired, ready = counts
        new["replicas"] = {"desired": desired, "ready": ready, "available": ready}
        new["endpoint"] = endpoint
        if problem:
            new = _with(new, deployment, "Ready", False, "DeploymentFailed", problem)
            return {**new, "phase": "Failed", "message": problem}
        if ready >= desired:
            new = _with(new, deployment, "Ready", True, "DeploymentReady", "All replicas are ready")
            new.pop("message", None)
            return self._gateway(deployment, {**new, "phase": "Running"})
        new = _with(new, deployment, "Ready", False, "DeploymentInProgress", "Waiting for replicas to be ready")
        return {**new, "phase": "Deploying", "message": f"{ready} of {desired} replicas are ready"}

    def _store(self, api: Api, deployment: Object, new: Object) -> tuple[Object, str]:
        missing = []
        for volume in make.volumes(deployment["spec"]):
            if volume.get("size") and not volume.get("claimName"):
                self._children.keep(api, CLAIMS, make.claim(deployment, volume), owner=deployment)
            name = make.claim_name(deployment, volume)
            claim = api.find(CLAIMS, name, namespace=deployment["metadata"]["namespace"])
            if claim is None or (claim.get("status") or {}).get("phase") != "Bound":
                missing.append(name)
        if missing:
            told = f"Waiting for PVCs to be bound: {', '.join(missing)}"
            return _with(new, deployment, "StorageReady", False, "PVCNotBound", told), told
        return _with(new, deployment, "StorageReady", True, "AllPVCsBound", "All PVCs are bound"), ""

    def _child(self, api: Api, deployment: Object, engine: str, provider: str) -> tuple[str, Object, tuple[int, int], str]:
        """Its kind, the endpoint, wanted and ready replicas, and what is wrong with it."""
        name = deployment["metadata"]["name"]
        if provider == "dynamo":
            self._children.keep(api, GRAPHS_V1ALPHA1, make.graph(deployment, engine), owner=deployment)
            made = in_v1beta1(api.get(GRAPHS, name, namespace=deployment["metadata"]["namespace"]))
            components = (made.get("status") or {}).get("components") or {}
            wanted = [each for each in made["spec"].get("components") or [] if each.get("type") in ("worker", "prefill", "decode")]
            desired = sum(each.get("replicas", 1) for each in wanted)
            ready = sum((components.get(each["name"]) or {}).get("readyReplicas", 0) for each in wanted)
            failed = (made.get("status") or {}).get("state") == "failed"
            said = (entry(made.get("status") or {}, "Ready") or {}).get("message", "") if failed else ""
            return "DynamoGraphDeployment", {"service": f"{name}-frontend", "port": 8000}, (desired, ready), said
        if provider == "kaito":
            made = self._children.keep(api, WORKSPACES, make.workspace(deployment, engine), owner=deployment)
            ready = int((entry(made.get("status") or {}, "WorkspaceSucceeded") or {}).get("status") == "True")
            return "Workspace", {"service": name, "port": 80}, (1, ready), ""
        found = [self._children.keep(api, DEPLOYMENTS, each, owner=deployment) for each in make.deployments(deployment, engine)]
        answering = found[-1]["metadata"]["name"]
        self._children.keep(api, SERVICES, make.service(deployment, engine, answering), owner=deployment)
        counts = [rollout(each) for each in found]
        return "Deployment", {"service": name, "port": 8000}, (sum(c.desired for c in counts), sum(c.ready for c in counts)), ""

    def _gateway(self, deployment: Object, new: Object) -> Object:
        """There is no Gateway API in this cluster; that is told only to who asked for a gateway."""
        if (deployment["spec"].get("gateway") or {}).get("enabled"):
            message = "Gateway API CRDs are not installed in this cluster"
            return _with(new, deployment, "GatewayReady", False, "CRDsNotAvailable", message)
        return new


def _with(new: Object, deployment: Object, type_: str, value: bool, reason: str, message: str) -> Object:
    generation = deployment["metadata"].get("generation", 1)
    return with_condition(new, told(new, type_, value, reason, message, generation=generation))
