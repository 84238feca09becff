"""The roles that every cluster has, as `kubectl get clusterrole -o yaml` shows them, and what operators add to them."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from modeltui.demo.errors import Object

READ = ("get", "list", "watch")
WRITE = ("create", "delete", "deletecollection", "patch", "update")

OPERATED = (
    *("dataset.baizeai.io", "model.samzong.dev"),
    *("aim.eai.amd.com", "airunway.ai", "apps.nvidia.com", "kaito.sh", "nvidia.com", "serving.kserve.io"),
)
"""Groups of which who may view or edit a namespace may view or edit all, as with the rules that their operators ship. Other custom
resources are the admin's, as after a bare apply of their CRD."""


@dataclass(frozen=True, slots=True)
class Rule:
    """RBAC's PolicyRule. "*" stands for all; a path may end in it."""

    verbs: tuple[str, ...]
    groups: tuple[str, ...] = ()
    resources: tuple[str, ...] = ()
    paths: tuple[str, ...] = ()

    def review(self) -> Object:
        if self.paths:
            return {"verbs": list(self.verbs), "nonResourceURLs": list(self.paths)}
        return {"verbs": list(self.verbs), "apiGroups": list(self.groups), "resources": list(self.resources)}


def _rule(verbs: tuple[str, ...], groups: str, resources: str) -> Rule:
    """`groups` and `resources` are words; "core" is the group without a name."""
    return Rule(verbs, tuple("" if group == "core" else group for group in groups.split()), tuple(resources.split()))


PUBLIC = (Rule(("get",), paths=("/healthz", "/livez", "/readyz", "/version", "/version/")),)
DISCOVERY = (
    Rule(
        ("get",),
        paths=("/api", "/api/*", "/apis", "/apis/*", "/healthz", "/livez", "/openapi", "/openapi/*", "/readyz", "/version", "/version/"),
    ),
)
BASIC_USER = (
    _rule(("create",), "authorization.k8s.io", "selfsubjectaccessreviews selfsubjectrulesreviews"),
    _rule(("create",), "authentication.k8s.io", "selfsubjectreviews"),
)
CLUSTER_ADMIN = (Rule(("*",), ("*",), ("*",)), Rule(("*",), paths=("*",)))

VIEW = (
    _rule(
        READ,
        "core",
        "configmaps endpoints persistentvolumeclaims persistentvolumeclaims/status pods replicationcontrollers "
        "replicationcontrollers/scale serviceaccounts services services/status",
    ),
    _rule(
        READ,
        "core",
        "bindings limitranges namespaces/status pods/log pods/status replicationcontrollers/status resourcequotas resourcequotas/status",
    ),
    _rule(READ, "core", "namespaces"),
    _rule(READ, "core events.k8s.io", "events"),
    _rule(READ, "discovery.k8s.io", "endpointslices"),
    _rule(
        READ,
        "apps",
        "controllerrevisions daemonsets daemonsets/status deployments deployments/scale deployments/status replicasets replicasets/scale "
        "replicasets/status statefulsets statefulsets/scale statefulsets/status",
    ),
    _rule(READ, "autoscaling", "horizontalpodautoscalers horizontalpodautoscalers/status"),
    _rule(READ, "batch", "cronjobs cronjobs/status jobs jobs/status"),
    _rule(
        READ,
        "extensions",
        "daemonsets daemonsets/status deployments deployments/scale deployments/status ingresses ingresses/status networkpolicies "
        "replicasets replicasets/scale replicasets/status replicationcontrollers/scale",
    ),
    _rule(READ, "policy", "poddisruptionbudgets poddisruptionbudgets/status"),
    _rule(READ, "networking.k8s.io", "ingresses ingresses/status networkpolicies"),
    _rule(READ, "resource.k8s.io", "resourceclaims resourceclaims/status resourceclaimtemplates"),
)

EDIT = (
    _rule(READ, "core", "pods/attach pods/exec pods/portforward pods/proxy secrets services/proxy"),
    _rule(("impersonate",), "core", "serviceaccounts"),
    _rule(WRITE, "core", "pods pods/attach pods/exec pods/portforward pods/proxy"),
    _rule(("create",), "core", "pods/eviction"),
    _rule(
        WRITE,
        "core",
        "configmaps persistentvolumeclaims replicationcontrollers replicationcontrollers/scale secrets serviceaccounts services "
        "services/proxy",
    ),
    _rule(("create",), "core", "serviceaccounts/token"),
    _rule(WRITE, "core events.k8s.io", "events"),
    _rule(
        WRITE,
        "apps",
        "daemonsets deployments deployments/rollback deployments/scale replicasets replicasets/scale statefulsets statefulsets/scale",
    ),
    _rule(WRITE, "autoscaling", "horizontalpodautoscalers"),
    _rule(WRITE, "batch", "cronjobs jobs"),
    _rule(
        WRITE,
        "extensions",
        "daemonsets deployments deployments/rollback deployments/scale ingresses networkpolicies replicasets replicasets/scale "
        "replicationcontrollers/scale",
    ),
    _rule(WRITE, "policy", "poddisruptionbudgets"),
    _rule(WRITE, "networking.k8s.io", "ingresses networkpolicies"),
    _rule(("create", "delete", "deletecollection", "get", "list", "patch", "update", "watch"), "coordination.k8s.io", "leases"),
    _rule(WRITE, "resource.k8s.io", "resourceclaims resourceclaimtemplates"),
    *VIEW,
)


def of_operators(verbs: tuple[str, ...], kinds: Iterable[tuple[str, str]]) -> tuple[Rule, ...]:
    """The rules that the operators' charts add, for the (group, plural) of what is served."""
    by_group: dict[str, list[str]] = {}
    for group, plural in kinds:
        if group in OPERATED:
            by_group.setdefault(group, []).extend((plural, f"{plural}/status"))
    return tuple(Rule(verbs, (group,), tuple(resources)) for group, resources in sorted(by_group.items()))
