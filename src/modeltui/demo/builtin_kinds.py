"""The kinds that every cluster has, as far as this one serves them."""

from __future__ import annotations

from modeltui.demo import builtin
from modeltui.demo.kinds import CONNECTIONS, REVIEW_VERBS, VERBS, Kind, Scale, Version
from modeltui.demo.strategies import core, definitions, devices, endpoints, network, pods, quotas, stateful, volumes, workloads
from modeltui.demo.strategies.base import Strategy

_NAMESPACE_VERBS = tuple(verb for verb in VERBS if verb != "deletecollection")
_SCALE = Scale(("spec", "replicas"), ("status", "replicas"), ("spec", "selector"))


def kinds() -> list[Kind]:
    """Fresh records: strategies may keep state, such as the next cluster IP."""
    return [
        _kind("", "v1", "ConfigMap", core.ConfigMaps(), short=("cm",)),
        _kind("", "v1", "Endpoints", endpoints.Endpoints(), short=("ep",), plural="endpoints", deprecation=endpoints.DEPRECATED),
        _kind("", "v1", "Event", core.Events(), short=("ev",)),
        _kind(
            "", "v1", "Namespace", core.Namespaces(), short=("ns",), namespaced=False, subresources=("finalize",), verbs=_NAMESPACE_VERBS
        ),
        _kind("", "v1", "Node", core.Nodes(), short=("no",), namespaced=False),
        _kind("", "v1", "PersistentVolume", volumes.PersistentVolumes(), short=("pv",), namespaced=False),
        _kind("", "v1", "PersistentVolumeClaim", volumes.PersistentVolumeClaims(), short=("pvc",)),
        _kind("", "v1", "Pod", pods.Pods(), short=("po",), categories=("all",), subresources=("log", *CONNECTIONS)),
        _kind("", "v1", "ResourceQuota", quotas.ResourceQuotas(), short=("quota",)),
        _kind("", "v1", "Secret", core.Secrets()),
        _kind("", "v1", "Service", network.Services(), short=("svc",), categories=("all",)),
        _kind("", "v1", "ServiceAccount", core.ServiceAccounts(), short=("sa",)),
        _kind("apps", "v1", "ControllerRevision", stateful.ControllerRevisions()),
        _kind("apps", "v1", "Deployment", workloads.Deployments(), short=("deploy",), categories=("all",), scale=_SCALE),
        _kind("apps", "v1", "ReplicaSet", workloads.ReplicaSets(), short=("rs",), categories=("all",), scale=_SCALE),
        _kind("apps", "v1", "StatefulSet", stateful.StatefulSets(), short=("sts",), categories=("all",), scale=_SCALE),
        _kind("batch", "v1", "Job", workloads.Jobs(), categories=("all",)),
        _kind("discovery.k8s.io", "v1", "EndpointSlice", endpoints.EndpointSlices()),
        _kind("storage.k8s.io", "v1", "StorageClass", volumes.StorageClasses(), short=("sc",), plural="storageclasses", namespaced=False),
        _kind("resource.k8s.io", "v1", "DeviceClass", devices.DeviceClasses(), plural="deviceclasses", namespaced=False),
        _kind("resource.k8s.io", "v1", "ResourceClaim", devices.ResourceClaims()),
        _kind("resource.k8s.io", "v1", "ResourceSlice", devices.ResourceSlices(), namespaced=False),
        _kind(
            "apiextensions.k8s.io",
            "v1",
            "CustomResourceDefinition",
            definitions.Definitions(),
            short=("crd", "crds"),
            categories=("api-extensions",),
            namespaced=False,
        ),
        _review("authentication.k8s.io", "SelfSubjectReview"),
        _review("authorization.k8s.io", "SelfSubjectAccessReview"),
        _review("authorization.k8s.io", "SelfSubjectRulesReview"),
    ]


def _kind(
    group: str,
    version: str,
    kind: str,
    strategy: Strategy,
    *,
    short: tuple[str, ...] = (),
    categories: tuple[str, ...] = (),
    namespaced: bool = True,
    plural: str = "",
    subresources: tuple[str, ...] = (),
    scale: Scale | None = None,
    verbs: tuple[str, ...] = VERBS,
    deprecation: str = "",
) -> Kind:
    schema = builtin.schema(group, version, kind)
    return Kind(
        group=group,
        kind=kind,
        plural=plural or f"{kind.lower()}s",
        singular=kind.lower(),
        versions=(
            Version(version, schema=schema, columns=strategy.columns, status=strategy.has_status, scale=scale, deprecation=deprecation),
        ),
        storage_version=version,
        strategy=strategy,
        short_names=short,
        categories=categories,
        namespaced=namespaced,
        subresources=subresources,
        verbs=verbs,
    )


def _review(group: str, kind: str) -> Kind:
    """Answered by authorization.py, stored nowhere."""
    return Kind(
        group=group,
        kind=kind,
        plural=f"{kind.lower()}s",
        singular=kind.lower(),
        versions=(Version("v1", schema=builtin.schema(group, "v1", kind)),),
        storage_version="v1",
        strategy=Strategy(),
        namespaced=False,
        verbs=REVIEW_VERBS,
    )
