"""The cluster in use. Imported when the first frame is on the screen: this is where httpx, yaml and kubernetes come in."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, Final, Protocol

import msgspec

from modeltui.kube.background import in_background
from modeltui.kube.credentials import Contexts, contexts, load
from modeltui.kube.errors import ApiError, ConfigError, KubeError
from modeltui.kube.exec_plugin import Leash
from modeltui.kube.forwards import Forwards
from modeltui.kube.origin import Origin, origin
from modeltui.kube.resource import Resource
from modeltui.kube.session import Session
from modeltui.redaction import redact_text
from modeltui.systems import registry
from modeltui.systems.core.types import NAMESPACES, Namespace
from modeltui.systems.finding_rows import FINDINGS
from modeltui.systems.protocol import Merged, Table, View

LONGEST_LOAD: Final = 75.0
"""Seconds for reading credentials: exec plugins and identity providers take their time, but not for ever."""

LOOK_EVERY: Final = 1.0
"""Seconds between two looks whether a file has changed that would let us in."""


class _Namespaces(msgspec.Struct):
    items: list[Namespace] = []


@dataclass(slots=True)
class Cluster:
    """One context of the kubeconfig, connected."""

    context: str
    server: str
    default_namespace: str
    """The context's own, "" when it names none."""
    session: Session
    contexts: Contexts
    user: str = ""
    namespaces: tuple[str, ...] = field(default=())
    """Those that could be listed, for suggestions."""
    troubles: dict[str, set[str]] = field(default_factory=dict, repr=False)
    """By the list that has them: what has been kept for `:messages` since all was well there, on whichever screen."""
    _forwards: Forwards | None = field(default=None, repr=False)

    @property
    def forwards(self) -> Forwards:
        """The ports of this machine that lead there."""
        if self._forwards is None:
            self._forwards = Forwards(self.session)
        return self._forwards

    @property
    def views(self) -> tuple[View, ...]:
        return tuple(registry.views())

    def view(self, word: str) -> View | None:
        return registry.find(word)

    @property
    def tables(self) -> tuple[Table, ...]:
        """What a command can show: the deployments of all systems, the views, and the doctor's findings over all of them."""
        return (*registry.tables(), FINDINGS)

    def table(self, word: str) -> Table | None:
        return FINDINGS if word in (FINDINGS.name, *FINDINGS.aliases) else registry.table(word)

    @property
    def words(self) -> Mapping[str, str]:
        """Word or alias -> table."""
        found: dict[str, str] = {}
        for table in self.tables:
            of_kind = table.resource.group_resource if isinstance(table, View) else table.main if isinstance(table, Merged) else ""
            for word in (table.name, *table.aliases, *filter(None, (of_kind,))):
                found.setdefault(word, table.name)
        return found

    async def identity(self) -> str:
        """Who the server takes us for; the kubeconfig's user name when it does not say."""
        return (await self.session.access.whoami()).name or self.user

    async def list_namespaces(self) -> tuple[str, ...]:
        """Names, sorted. Raises KubeError: being denied is common and no obstacle to naming one."""
        self.namespaces = tuple(sorted(item.metadata.name for item in await self.namespaces_with_labels()))
        return self.namespaces

    async def namespaces_with_labels(self) -> list[Namespace]:
        """For selectors over namespaces. Raises KubeError, commonly Forbidden."""
        body = await self.session.client.request("GET", NAMESPACES.path(), params={"limit": "5000"}, timeout=15)
        return msgspec.json.decode(body, type=_Namespaces).items

    async def missing(self, namespace: str) -> str:
        """A sentence when that namespace certainly does not exist; "" when it does or nobody may say."""
        from modeltui.kube.errors import NotFound

        try:
            await self.session.client.request("GET", NAMESPACES.path(name=namespace), timeout=10)
        except NotFound:
            return f"There is no namespace {namespace} in this cluster."
        except KubeError:
            return ""
        return ""

    async def fetch(self, resource: Resource, namespace: str, name: str) -> dict[str, Any]:
        """The whole object. Raises KubeError."""
        body = await self.session.client.request("GET", resource.path(namespace or None, name), timeout=20)
        decoded: dict[str, Any] = msgspec.json.decode(body)
        return decoded

    async def aclose(self) -> None:
        if self._forwards is not None:
            await self._forwards.aclose()
        await self.session.aclose()


class Connector(Protocol):
    async def __call__(self, *, kubeconfig: str | None, context: str | None, read_only: Callable[[str], bool]) -> Cluster: ...


async def connect(*, kubeconfig: str | None, context: str | None, read_only: Callable[[str], bool]) -> Cluster:
    """Read the kubeconfig and its credentials, in a thread. Asks the server nothing. Raises ConfigError or Timeout.

    `read_only` is asked about the context that it came to be, which is not always the one that was expected.
    """
    known = await in_background(lambda: contexts(kubeconfig), name="read the kubeconfig")
    leash = Leash()
    try:
        async with asyncio.timeout(LONGEST_LOAD):  # a plugin must not hold up the end, nor go on when nobody waits for it
            connection = await in_background(lambda: load(kubeconfig, context, leash=leash), name="read the credentials", abandon=leash.cut)
    except TimeoutError:
        from modeltui.kube.errors import Timeout

        raise Timeout(f"The credentials of context {context or known.current} did not come within {LONGEST_LOAD:.0f} s.") from None
    chosen = known.all.get(connection.context)
    return Cluster(
        context=connection.context,
        server=redact_text(connection.server),
        default_namespace=chosen.namespace if chosen else connection.namespace,
        session=Session(connection, read_only=read_only(connection.context)),
        contexts=known,
        user=connection.user,
    )


NOWHERE: Final = Origin()


async def origin_of(kubeconfig: str | None, context: str) -> Origin:
    """What the context given, or the current one, would be made of."""
    return await in_background(lambda: origin(kubeconfig, context or None), name="look at the kubeconfig")


async def until_changed(where: Origin) -> None:
    """Until one of its files has been written, made or taken away."""
    while True:
        await asyncio.sleep(LOOK_EVERY)
        if await in_background(where.changed, name="look at the kubeconfig"):
            return


def raw_words(error: BaseException) -> str:
    """What the server or a plugin said besides its sentence, for `:messages`."""
    if isinstance(error, ConfigError) and error.raw:
        return error.raw
    if isinstance(error, ApiError):
        causes = "".join(f"\n{cause.field}: {cause.message}" for cause in error.causes)
        return redact_text(f"{error.method} {error.path} -> {error.status} {error.reason}\n{error.message}{causes}")
    return redact_text(f"{type(error).__name__}: {error}")
