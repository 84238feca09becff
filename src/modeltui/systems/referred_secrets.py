"""The Secrets that some objects refer to: read by name, once, and when somebody asks. To watch them takes the right to read all."""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field

from modeltui.kube.client import Client
from modeltui.kube.errors import KubeError
from modeltui.systems.doctor import SecretKeys, read_secrets


@dataclass(slots=True)
class _Place:
    """What is known of the Secrets of a namespace."""

    wanted: Counter[str] = field(default_factory=Counter)
    """Names, and how many objects refer to each."""
    error: KubeError | None = None


class ReferredSecrets:
    """`learned` is called with what has been read of a namespace, `done` after each reading."""

    def __init__(self, client: Client, *, learned: Callable[[str, SecretKeys], None], done: Callable[[], None]) -> None:
        self._client, self._learned, self._done = client, learned, done
        self._places: dict[str, _Place] = {}
        self._unread: set[str] = set()
        """Namespaces that are to be read."""
        self._reading: asyncio.Task[None] | None = None

    def refer(self, namespace: str, *, before: Iterable[str], now: Iterable[str]) -> None:
        """An object has changed to whom it refers. A name that nobody referred to before is to be read; events alone are no reason."""
        if before == now:
            return
        place = self._places.setdefault(namespace, _Place())
        known = set(+place.wanted)
        place.wanted.subtract(before)
        place.wanted.update(now)
        if set(+place.wanted) - known:
            self._unread.add(namespace)

    def again(self) -> None:
        """What has become of them since is not known."""
        self._unread.update(self._places)

    def read(self) -> None:
        """Begins to read what is to be read, unless it is under way."""
        if self._unread and self._reading is None:
            wanted = {namespace: set(+self._places[namespace].wanted) for namespace in self._unread}
            self._unread.clear()
            self._reading = asyncio.create_task(self._read(wanted), name="read the keys of Secrets")

    async def _read(self, wanted: Mapping[str, Iterable[str]]) -> None:
        try:
            for namespace, keys in (await read_secrets(self._client, wanted)).items():
                self._places[namespace].error = keys.error
                self._learned(namespace, keys)
        finally:
            self._reading = None
            self._done()

    @property
    def settled(self) -> bool:
        """Whether nothing is under way, nor to be read."""
        return not self._unread and self._reading is None

    @property
    def errors(self) -> dict[str, KubeError]:
        """Namespace -> why not all could be read, where somebody refers to one."""
        return {name: place.error for name, place in self._places.items() if place.error is not None and +place.wanted}

    def close(self) -> None:
        if self._reading is not None:
            self._reading.cancel()
