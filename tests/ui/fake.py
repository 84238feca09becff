"""A cluster without a server: real stores, filled by hand, so that every sight can be had on demand and at a fixed time."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

import msgspec

from modeltui.kube.access import Identity
from modeltui.kube.errors import Forbidden, KubeError, NotFound
from modeltui.kube.kubeconfig import Context, Contexts
from modeltui.kube.resource import Resource
from modeltui.kube.state import Sync, SyncState
from modeltui.kube.store import Scope, Store
from modeltui.ui.connection import Cluster

NOW = datetime(2026, 11, 21, 14, 2, 7, tzinfo=UTC)


def at(minutes: float) -> str:
    """So many minutes before NOW, as Kubernetes writes it."""
    return (NOW - timedelta(minutes=minutes)).isoformat().replace("+00:00", "Z")


def meta(name: str, namespace: str = "team-a", *, age: float = 3000, **more: Any) -> dict[str, Any]:
    return {
        "name": name,
        "namespace": namespace,
        "uid": f"uid-{namespace}-{name}",
        "resourceVersion": "1",
        "creationTimestamp": at(age),
        **more,
    }


@dataclass
class FakeAccess:
    async def whoami(self) -> Identity:
        return Identity(name="alice@example.com", groups=("ml-ops",))

    async def allowed(self, *_: object, **__: object) -> Any:
        from modeltui.kube.access import Verdict

        return Verdict(True, "")


class FakeClient:
    read_only = False

    def __init__(self, session: FakeSession) -> None:
        self._session = session

    async def request(self, method: str, path: str, *, params: Any = None, **_: Any) -> bytes:
        self._session.requests.append((method, path))
        answer = self._session.answers.get(path)
        if isinstance(answer, KubeError):
            raise answer
        if answer is None:
            raise NotFound(f"{path} not found", status=404, method=method, path=path)
        return json.dumps(answer).encode()

    async def get(self, path: str, type: Any, *, params: Any = None) -> Any:  # noqa: A002 - as the real one
        return msgspec.json.decode(await self.request("GET", path, params=params), type=type, strict=False)


class FakeDiscovery:
    """Of a server that serves every version that the console asks for."""

    def __init__(self, groups: Collection[str] = ()) -> None:
        self._groups = groups
        self.broken: dict[str, str] = {}

    async def versions(self, group: str, plural: str) -> tuple[Any, ...]:
        return ()

    def heard(self, group: str) -> bool | None:
        return group in self._groups

    async def serves(self, group: str) -> bool:
        return group in self._groups


@dataclass
class FakeSession:
    """`objects`: full objects as dicts, by resource. `states`: what a namespace's watch says instead of live."""

    objects: dict[Resource, list[dict[str, Any]]] = field(default_factory=dict)
    states: dict[str, SyncState] = field(default_factory=dict)
    answers: dict[str, Any] = field(default_factory=dict)
    requests: list[tuple[str, str]] = field(default_factory=list)
    retries: int = 0
    of_group: dict[str, SyncState] = field(default_factory=dict)
    """What every watch of an API group's kinds says, whatever the namespace: those of a system that is not installed, or denied."""

    def __post_init__(self) -> None:
        self.client = FakeClient(self)
        self.access = FakeAccess()
        self.chance = asyncio.Event()
        self.discovery = FakeDiscovery({resource.group for resource in self.objects} | set(self.of_group))
        self.scopes: dict[tuple[Resource, str, type], Scope[Any]] = {}
        self.selectors: list[str] = []
        for resource, objects in self.objects.items():
            for obj in objects:
                key = (obj["metadata"].get("namespace"), obj["metadata"]["name"])
                self.answers.setdefault(resource.path(*key), {"apiVersion": resource.api_version, "kind": resource.kind, **obj})

    def watch(self, resource: Resource, kind: Any, namespaces: Sequence[str] = (), selector: str = "") -> Store[Any]:
        if selector:
            self.selectors.append(selector)
        wanted = namespaces if resource.namespaced else ()
        return Store(resource, kind, [self._scope(resource, namespace, kind) for namespace in wanted or ("",)])

    def watched(self, resource: Resource, kind: Any) -> bool:
        return (resource, "", kind) in self.scopes

    def _scope(self, resource: Resource, namespace: str, kind: Any) -> Scope[Any]:
        key = (resource, namespace, kind)
        if key not in self.scopes:
            state = self.of_group.get(resource.group) or self.states.get(namespace, SyncState(Sync.LIVE, NOW))
            scope: Scope[Any] = Scope(namespace, state=state)
            if state.sync in (Sync.LIVE, Sync.STALE, Sync.POLLING):
                found = [obj for obj in self.objects.get(resource, []) if not namespace or obj["metadata"].get("namespace") == namespace]
                scope.replace([msgspec.convert(obj, kind) for obj in found])
            self.scopes[key] = scope
        return self.scopes[key]

    def release(self, store: Store[Any]) -> None: ...

    def retry_now(self) -> None:
        self.retries += 1

    async def aclose(self) -> None: ...

    def change(self, resource: Resource, obj: dict[str, Any]) -> None:
        """As a watch event would."""
        for (of, namespace, kind), scope in self.scopes.items():
            if of == resource and namespace in ("", obj["metadata"].get("namespace")):
                scope.upsert(msgspec.convert(obj, kind))
        key = (obj["metadata"].get("namespace"), obj["metadata"]["name"])
        self.answers[resource.path(*key)] = {"apiVersion": resource.api_version, "kind": resource.kind, **obj}

    def become(self, namespace: str, state: SyncState) -> None:
        for (_, of, _), scope in self.scopes.items():
            if of == namespace:
                scope.state(state)


CONTEXTS = Contexts(
    "staging",
    {
        name: Context(name, f"{name}-cluster", "alice", namespace)
        for name, namespace in (("staging", "team-a"), ("prod-eu", ""), ("lab", ""))
    },
)


class FakeConnector:
    """Stands in for `connection.connect`."""

    def __init__(self, session: FakeSession, *, error: KubeError | None = None, default_namespace: str = "") -> None:
        self.session = session
        self.error = error
        self.default_namespace = default_namespace
        self.asked: list[str | None] = []

    async def __call__(self, *, kubeconfig: str | None, context: str | None, read_only: Callable[[str], bool]) -> Cluster:
        self.asked.append(context)
        if self.error is not None:
            raise self.error
        return Cluster(
            context=context or CONTEXTS.current,
            server="https://10.0.0.1:6443",
            default_namespace=self.default_namespace,
            session=self.session,  # type: ignore[arg-type]
            contexts=CONTEXTS,
            user="alice",
        )


def forbidden(what: str) -> Forbidden:
    return Forbidden(f'{what} is forbidden: User "alice" cannot list resource "{what}"', status=403, reason="Forbidden")
