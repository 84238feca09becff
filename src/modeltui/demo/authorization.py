"""Who may do what: rules as RBAC has them, and the reviews that tell them."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field

from modeltui.demo.errors import Object, group_resource
from modeltui.demo.identities import EDITOR_NAMESPACE, Identity
from modeltui.demo.registry import Registry

READ = ("get", "list", "watch")
WRITE = ("create", "delete", "deletecollection", "patch", "update")
_PUBLIC_PATHS = ("/healthz", "/livez", "/readyz", "/version", "/version/")
_DISCOVERY_PATHS = ("/api", "/api/*", "/apis", "/apis/*", "/openapi", "/openapi/*", *_PUBLIC_PATHS)
_REVIEWS = ("selfsubjectreviews", "selfsubjectaccessreviews", "selfsubjectrulesreviews")

# What the built-in view role lists, of the kinds served here: namespaced things and namespaces, never secrets or nodes.
_VIEWABLE: dict[str, tuple[str, ...]] = {
    "": ("configmaps", "events", "namespaces", "persistentvolumeclaims", "persistentvolumeclaims/status", "pods", "pods/log", "pods/status",
         "serviceaccounts", "services", "services/status"),
    "apps": ("deployments", "deployments/scale", "deployments/status", "replicasets", "replicasets/scale", "replicasets/status"),
    "batch": ("jobs", "jobs/status"),
    "resource.k8s.io": ("resourceclaims", "resourceclaims/status"),
}  # fmt: skip
_EDITABLE: dict[str, tuple[str, ...]] = {
    "": ("configmaps", "events", "persistentvolumeclaims", "pods", "secrets", "serviceaccounts", "services"),
    "apps": ("deployments", "deployments/scale", "replicasets", "replicasets/scale"),
    "batch": ("jobs",),
    "resource.k8s.io": ("resourceclaims",),
}


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


@dataclass(frozen=True, slots=True)
class Grant:
    """Rules bound to an identity, everywhere or in one namespace."""

    role: str
    rules: tuple[Rule, ...]
    namespace: str = ""
    cluster_binding: str = ""


@dataclass(frozen=True, slots=True)
class Attributes:
    """What a request wants to do: to a resource, or to a plain path."""

    verb: str
    group: str = ""
    resource: str = ""
    subresource: str = ""
    namespace: str = ""
    name: str = ""
    path: str = ""

    @property
    def with_subresource(self) -> str:
        return f"{self.resource}/{self.subresource}" if self.subresource else self.resource


@dataclass(frozen=True, slots=True)
class Verdict:
    allowed: bool
    reason: str = field(default="")


class Authorizer:
    """Asks the registry which custom resources there are: their rights are aggregated into view and edit, as operators ship them."""

    def __init__(self, registry: Registry, *, editor_namespace: str = EDITOR_NAMESPACE) -> None:
        self._registry = registry
        self._editor_namespace = editor_namespace

    def grants(self, identity: Identity) -> tuple[Grant, ...]:
        public = Grant("system:public-info-viewer", (Rule(("get",), paths=_PUBLIC_PATHS),), cluster_binding="system:public-info-viewer")
        if "system:authenticated" not in identity.groups:
            return (public,)
        reviews = (Rule(("create",), ("authentication.k8s.io", "authorization.k8s.io"), _REVIEWS),)
        found = [
            Grant("system:basic-user", reviews, cluster_binding="system:basic-user"),
            Grant("system:discovery", (Rule(("get",), paths=_DISCOVERY_PATHS),), cluster_binding="system:discovery"),
            public,
        ]
        if "system:masters" in identity.groups:
            everything = (Rule(("*",), ("*",), ("*",)), Rule(("*",), paths=("*",)))
            found.insert(0, Grant("cluster-admin", everything, cluster_binding="cluster-admin"))
        elif identity.name == "viewer":
            found.append(Grant("view", self._view(), cluster_binding="viewer-view"))
        elif identity.name == "editor":
            found.append(Grant("edit", self._edit(), namespace=self._editor_namespace))
        return tuple(found)

    def decide(self, identity: Identity, wanted: Attributes) -> Verdict:
        for grant in self.grants(identity):
            if grant.namespace and grant.namespace != wanted.namespace:
                continue
            if any(_covers(rule, wanted) for rule in grant.rules):
                if grant.role == "cluster-admin":
                    return Verdict(True)
                binding = (
                    f'RoleBinding "editor-edit/{grant.namespace}"' if grant.namespace else f'ClusterRoleBinding "{grant.cluster_binding}"'
                )
                subject = f'User "{identity.name}"' if grant.role in ("view", "edit") else 'Group "system:authenticated"'
                return Verdict(True, f'RBAC: allowed by {binding} of ClusterRole "{grant.role}" to {subject}')
        return Verdict(False)

    def rules_in(self, identity: Identity, namespace: str) -> list[Rule]:
        return [rule for grant in self.grants(identity) if grant.namespace in ("", namespace) for rule in grant.rules]

    def _custom(self) -> list[tuple[str, tuple[str, ...]]]:
        by_group: dict[str, list[str]] = {}
        for kind in self._registry:
            if kind.custom:
                by_group.setdefault(kind.group, []).extend((kind.plural, f"{kind.plural}/status", f"{kind.plural}/scale"))
        return [(group, tuple(resources)) for group, resources in sorted(by_group.items())]

    def _view(self) -> tuple[Rule, ...]:
        listed = [*_VIEWABLE.items(), *self._custom()]
        return tuple(Rule(READ, (group,), resources) for group, resources in listed)

    def _edit(self) -> tuple[Rule, ...]:
        writable = [*_EDITABLE.items(), *self._custom()]
        return (*self._view(), Rule(READ, ("",), ("secrets",)), *(Rule(WRITE, (group,), resources) for group, resources in writable))


def _covers(rule: Rule, wanted: Attributes) -> bool:
    if not _matches(rule.verbs, wanted.verb):
        return False
    if wanted.path:
        return any(path in ("*", wanted.path) or (path.endswith("*") and wanted.path.startswith(path[:-1])) for path in rule.paths)
    resource = wanted.with_subresource
    return _matches(rule.groups, wanted.group) and (_matches(rule.resources, resource) or f"*/{wanted.subresource}" in rule.resources)


def _matches(allowed: Iterable[str], value: str) -> bool:
    return any(each in ("*", value) for each in allowed)


def refusal(identity: Identity, wanted: Attributes) -> str:
    """The sentence of a 403, as the API server says it."""
    if wanted.path:
        return f'forbidden: User "{identity.name}" cannot {wanted.verb} path "{wanted.path}"'
    subject = group_resource(wanted.resource, wanted.group) + (f' "{wanted.name}"' if wanted.name else "")
    where = f'in the namespace "{wanted.namespace}"' if wanted.namespace else "at the cluster scope"
    asked = f'cannot {wanted.verb} resource "{wanted.with_subresource}" in API group "{wanted.group}" {where}'
    return f'{subject} is forbidden: User "{identity.name}" {asked}'


def answer(authorizer: Authorizer, identity: Identity, kind: str, spec: Object) -> Object:
    """The status of a SelfSubjectReview, SelfSubjectAccessReview or SelfSubjectRulesReview."""
    match kind:
        case "SelfSubjectReview":
            return {"userInfo": identity.user_info()}
        case "SelfSubjectRulesReview":
            rules = authorizer.rules_in(identity, spec.get("namespace") or "")
            return {
                "resourceRules": [rule.review() for rule in rules if not rule.paths],
                "nonResourceRules": [rule.review() for rule in rules if rule.paths],
                "incomplete": False,
            }
    verdict = authorizer.decide(identity, _attributes(spec))
    return {"allowed": verdict.allowed} | ({"reason": verdict.reason} if verdict.reason else {})


def _attributes(spec: Object) -> Attributes:
    about = spec.get("resourceAttributes")
    if about is None:
        plain = spec.get("nonResourceAttributes") or {}
        return Attributes(plain.get("verb", ""), path=plain.get("path", ""))
    return Attributes(
        about.get("verb", ""),
        group=about.get("group", ""),
        resource=about.get("resource", ""),
        subresource=about.get("subresource", ""),
        namespace=about.get("namespace", ""),
        name=about.get("name", ""),
    )
