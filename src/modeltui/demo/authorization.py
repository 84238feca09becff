"""Who may do what: rules as RBAC has them, and the reviews that tell them."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field

from modeltui.demo import errors, roles
from modeltui.demo.errors import Object, group_resource
from modeltui.demo.identities import EDITOR_NAMESPACE, Identity
from modeltui.demo.registry import Registry
from modeltui.demo.roles import Rule
from modeltui.demo.schema.errors import ErrorType, FieldError


@dataclass(frozen=True, slots=True)
class Grant:
    """Rules bound to an identity, everywhere or in one namespace."""

    role: str
    rules: tuple[Rule, ...]
    namespace: str = ""
    bound_by: str = ""
    """The name of the binding, where it is not that of the role."""


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
        public = Grant("system:public-info-viewer", roles.PUBLIC)
        if "system:authenticated" not in identity.groups:
            return (public,)
        found = [Grant("system:basic-user", roles.BASIC_USER), Grant("system:discovery", roles.DISCOVERY), public]
        if "system:masters" in identity.groups:
            found.insert(0, Grant("cluster-admin", roles.CLUSTER_ADMIN))
        elif identity.name == "viewer":
            found.append(Grant("view", (*roles.VIEW, *self._operated(roles.READ)), bound_by="viewer"))
        elif identity.name == "editor":
            rules = (*roles.EDIT, *self._operated(roles.READ), *self._operated(roles.WRITE))
            found.append(Grant("edit", rules, bound_by="editor", namespace=self._editor_namespace))
        return tuple(found)

    def decide(self, identity: Identity, wanted: Attributes) -> Verdict:
        for grant in self.grants(identity):
            if grant.namespace and grant.namespace != wanted.namespace:
                continue
            if any(_covers(rule, wanted) for rule in grant.rules):
                if grant.role == "cluster-admin":
                    return Verdict(True)
                binding = f'ClusterRoleBinding "{grant.bound_by or grant.role}"'
                if grant.namespace:
                    binding = f'RoleBinding "{grant.bound_by}/{grant.namespace}"'
                subject = f'User "{identity.name}"' if grant.role in ("view", "edit") else 'Group "system:authenticated"'
                return Verdict(True, f'RBAC: allowed by {binding} of ClusterRole "{grant.role}" to {subject}')
        return Verdict(False)

    def rules_in(self, identity: Identity, namespace: str) -> list[Rule]:
        return [rule for grant in self.grants(identity) if grant.namespace in ("", namespace) for rule in grant.rules]

    def _operated(self, verbs: tuple[str, ...]) -> tuple[Rule, ...]:
        return roles.of_operators(verbs, ((kind.group, kind.plural) for kind in self._registry if kind.custom))


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
    """The status of a SelfSubjectReview, SelfSubjectAccessReview or SelfSubjectRulesReview. Raises 400 or 422."""
    match kind:
        case "SelfSubjectReview":
            return {"userInfo": identity.user_info()}
        case "SelfSubjectRulesReview":
            if not spec.get("namespace"):
                raise errors.bad_request("no namespace on request")
            rules = authorizer.rules_in(identity, spec["namespace"])
            return {
                "resourceRules": [rule.review() for rule in rules if not rule.paths],
                "nonResourceRules": [rule.review() for rule in rules if rule.paths],
                "incomplete": False,
            }
    _check_question(spec)
    verdict = authorizer.decide(identity, _attributes(spec))
    return {"allowed": verdict.allowed} | ({"reason": verdict.reason} if verdict.reason else {})


def _check_question(spec: Object) -> None:
    """A SelfSubjectAccessReview asks about a resource or about a path. Raises 422."""
    about, path = spec.get("resourceAttributes"), spec.get("nonResourceAttributes")
    if about is None and path is None:
        told = "exactly one of nonResourceAttributes or resourceAttributes must be specified"
        wrong = FieldError(ErrorType.INVALID, "spec.resourceAttributes", None, told)
    elif about is not None and path is not None:
        wrong = FieldError(
            ErrorType.INVALID, "spec.nonResourceAttributes", path, "cannot be specified in combination with resourceAttributes"
        )
    else:
        return
    raise errors.invalid(kind="", group="authorization.k8s.io", name="", errors=[wrong])


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
