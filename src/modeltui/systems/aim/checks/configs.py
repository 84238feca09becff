"""Runtime configs: which ones apply to an object, whether the one that is named is there, and what stands in them."""

from __future__ import annotations

from collections.abc import Iterator

from modeltui.domain import Finding, Severity
from modeltui.systems.aim.checks import routing, storage, variables
from modeltui.systems.aim.config_types import AIMConfig
from modeltui.systems.aim.types import CLUSTER_CONFIGS, CONFIGS, DEFAULT_CONFIG
from modeltui.systems.core.types import Env
from modeltui.systems.protocol import Facts


def applied(name: str, namespace: str, facts: Facts) -> list[AIMConfig]:
    """That of the namespace first: it wins over that of the cluster, with which it is merged."""
    wanted = name or DEFAULT_CONFIG
    own = facts.get(CONFIGS, namespace, wanted) if namespace else None
    return [config for config in (own, facts.get(CLUSTER_CONFIGS, "", wanted)) if isinstance(config, AIMConfig)]


def known(namespace: str, facts: Facts) -> bool:
    return (not namespace or facts.known(CONFIGS, namespace)) and facts.known(CLUSTER_CONFIGS, "")


def environment(name: str, namespace: str, facts: Facts) -> tuple[Env, ...]:
    """Variables that reach pods and downloads from there; what an object says itself wins over them."""
    return tuple(variable for config in applied(name, namespace, facts) for variable in config.spec.env)


def storage_class(config: AIMConfig) -> str:
    """The deprecated place counts where the other is empty."""
    below = config.spec.storage.default_storage_class_name if config.spec.storage is not None else ""
    return below or config.spec.default_storage_class_name


def named(name: str, namespace: str, facts: Facts) -> Iterator[Finding]:
    """The default one need not be there."""
    if name in ("", DEFAULT_CONFIG) or not known(namespace, facts) or applied(name, namespace, facts):
        return
    where = f"neither in namespace {namespace} nor in the cluster" if namespace else "in the cluster"
    reason = f'There is no runtime config "{name}", {where}: AIM Engine waits for it.'
    yield Finding(Severity.ERROR, reason, "Create it, or correct the name.", "spec.runtimeConfigName")


def own(config: AIMConfig, facts: Facts) -> Iterator[Finding]:
    spec, namespace = config.spec, config.metadata.namespace
    for said, name in ((spec.default_storage_class_name, "defaultStorageClassName"), (spec.pvc_headroom_percent, "pvcHeadroomPercent")):
        if said not in ("", None):
            reason = f"{name} has moved: at the top of the spec it is deprecated, and the one below storage wins."
            yield Finding(Severity.WARNING, reason, f"Write spec.storage.{name}.", f"spec.{name}")
    yield from storage.storage_class(spec.default_storage_class_name, facts, "spec.defaultStorageClassName")
    yield from storage.settings(spec.storage, facts)
    yield from variables.own(spec.env, namespace, facts, "spec.env")
    if (said_route := spec.routing) is not None:
        yield from routing.settings(said_route, "spec.routing")
        yield from routing.gateway_of_config(said_route, namespace, facts)
        if said_route.enabled and said_route.gateway_ref is None:
            reason = "Routing is on, and no gateway is named: every service that names none itself fails."
            yield Finding(Severity.WARNING, reason, "Set routing.gatewayRef.", "spec.routing.gatewayRef")
        if said_route.path_template and "{" not in said_route.path_template:
            reason = "The path is the same for every service: only one of them can be reached by it."
            yield Finding(Severity.WARNING, reason, "Put {.metadata.namespace} and {.metadata.name} into it.", "spec.routing.pathTemplate")
