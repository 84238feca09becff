"""The list-watch loop: keeps one sink equal to what the server holds, whatever the server does.

List (or a watch that begins with the list), then watch from the resourceVersion that came with it. A watch that ends is
opened again where it stopped; only a version that the server no longer has leads to a new list. The rules are those of
client-go's reflector, with two more: no failure, however fast, makes more than about one request a second, and every
change of the data's freshness is published.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, nullcontext
from dataclasses import dataclass
from random import Random
from typing import Final, Generic, Protocol, TypeVar

from modeltui.kube import errors
from modeltui.kube.absence import Absence
from modeltui.kube.clock import Alarm, Clock, Deadline
from modeltui.kube.decode import Decoder, Event
from modeltui.kube.freshness import Freshness
from modeltui.kube.listing import Listing, Lists
from modeltui.kube.objects import Object, Undecodable
from modeltui.kube.recovery import SHORT, Progress, Recovery
from modeltui.kube.resource import Resource
from modeltui.kube.sink import Sink
from modeltui.kube.state import Sync
from modeltui.kube.watching import Streams, watching

T = TypeVar("T", bound=Object)

log: Final = logging.getLogger(__name__)

IDLE: Final = 70.0
"""Seconds without a byte after which a connection counts as dead: API servers send a bookmark about every 60 s."""
POLL: Final = 30.0
"""Seconds between lists where the server allows list but not watch."""
WATCH_REFUSED: Final = 300.0
"""Seconds until a refused watch is asked for again."""
INITIAL_QUIET: Final = 10.0
"""Seconds without a new initial event after which a server is taken to ignore sendInitialEvents."""
INITIAL_LIMIT: Final = 60.0
"""Seconds after which initial events no longer earn more time: an old server that is busy never stops sending them."""
BATCH: Final = 500
BATCH_SECONDS: Final = 0.1
"""The first rows are handed over when this many came, or this long after the last ones."""
WATCH_SECONDS: Final = (300, 600)
"""The server is asked to end a watch within this range, at random, so that watches do not all end together."""


class Transport(Lists, Streams, Protocol):
    """What a reflector needs of `Client`."""

    @property
    def epoch(self) -> int: ...


@dataclass(slots=True)
class Features:
    """What one server has shown that it can do; shared by its reflectors."""

    watch_list: bool = True
    """WATCH with sendInitialEvents, until the server refuses or ignores it. LIST then does the same job."""


class Reflector(Generic[T]):
    """Reflects one resource, in one namespace or (None) in all, into a sink."""

    def __init__(
        self,
        client: Transport,
        resource: Resource,
        namespace: str | None,
        kind: type[T],
        sink: Sink[T],
        *,
        clock: Clock,
        rng: Random,
        selector: str = "",
        features: Features | None = None,
        gate: asyncio.Semaphore | None = None,
    ) -> None:
        """`gate` bounds how many reflectors list at the same time."""
        self._client = client
        self._namespace = namespace if resource.namespaced else None
        self._path = resource.path(self._namespace)
        self._decoder = Decoder(kind, namespace=self._namespace or "")
        self._listing = Listing(self._path, self._decoder, selector)
        self._sink = sink
        self._clock = clock
        self._rng = rng
        self._features = features or Features()
        self._gate = gate
        self._fresh = Freshness(sink, clock)
        self._alarm = Alarm(clock)
        self._deadline: Deadline | None = None
        self._at = Progress()
        self._recovery = Recovery(clock, rng)
        self._watch_refused_until = float("-inf")
        self._may_see_namespace = True
        self._absence = Absence(self._namespace_exists, self._namespace_made, clock)
        self._cut_off = False
        """Whether what it waits for is a connection to the server, or credentials that the server takes."""

    @property
    def waiting(self) -> bool:
        """Between two tries."""
        return self._alarm.sleeping

    @property
    def watching(self) -> bool:
        """A watch is open."""
        return self._deadline is not None and self._at.opened_at is not None

    def retry_now(self) -> None:
        """End a wait for the next try, and ask again for what was refused."""
        self._watch_refused_until = float("-inf")
        self._may_see_namespace = True
        self._absence.look_now()
        self._alarm.ring()

    def server_is_back(self) -> None:
        """Somebody else got through: try now, if a way to the server is all that is missing."""
        if self._cut_off:
            self._alarm.ring()

    def reconnect(self, reason: str) -> None:
        """Doubt the connection: open the watch anew, without waiting for it to prove dead."""
        if self._deadline is not None:
            self._deadline.expire(reason)
        self._alarm.ring()

    async def run(self) -> None:
        """Until cancelled."""
        try:
            while True:
                try:
                    await self._cycle()
                except errors.KubeError as error:
                    await self._recover(error)
                except Exception as error:  # the one place: a defect of ours must be seen and survived, not end in a dead table
                    log.exception("watching %s failed unexpectedly", self._path)
                    await self._recover(error)
        finally:
            self._absence.end()

    async def _cycle(self) -> None:
        """List if needed, then one watch to its end."""
        self._at.opened_at, self._at.events = None, 0
        if self._at.relist and self._fresh.sync is Sync.LIVE:
            self._fresh.publish(Sync.STALE, reason="listing anew")
        self._fresh.trying()
        if self._at.epoch != self._client.epoch:
            self._start_over()
        if self._at.relist and self._features.watch_list and not self._watch_refused:
            await self._watch(initial=True)
            return
        if self._at.relist:
            await self._list()
        if self._watch_refused:
            await self._poll()
        else:
            await self._watch(initial=False)

    def _start_over(self) -> None:
        """It may be another cluster that answers now, whose versions have nothing to do with ours."""
        self._at.relist = self._at.newest = True
        self._at.epoch = self._client.epoch

    # Listing

    async def _list(self) -> None:
        found: dict[tuple[str, str], T | Undecodable] = {}
        version = ""
        async with self._gate or nullcontext():
            async for page in self._listing.pages(self._client, "" if self._at.newest else self._at.version or "0"):
                self._fresh.heard()
                if page.restarted:
                    found.clear()
                if not found:
                    version = page.resource_version
                for batch in page.slices(BATCH):
                    found.update((obj.metadata.key, obj) for obj in batch)
                    self._show_early(batch, len(found))
                    await asyncio.sleep(0)  # a long list must not hold up the screen
        if not version:
            raise errors.BadAnswer(f"The list at {self._path} carries no resourceVersion.")
        await self._replace(found, version)

    def _show_early(self, batch: list[T | Undecodable], received: int) -> None:
        if not self._at.synced:
            self._sink.page(batch)
            self._fresh.publish(Sync.SYNCING, received=received)

    async def _replace(self, found: dict[tuple[str, str], T | Undecodable], version: str) -> None:
        self._sink.replace(found.values())
        at = self._at
        at.version, at.relist, at.newest, at.synced = version, False, False, True
        at.listed_at = self._clock.monotonic()
        await self._good()

    async def _poll(self) -> None:
        self._fresh.publish(Sync.POLLING, reason="watching is not allowed, listing is", retry_in=POLL)
        await self._alarm.sleep(POLL)
        self._at.relist = True

    # Watching

    @property
    def _watch_refused(self) -> bool:
        return self._clock.monotonic() < self._watch_refused_until

    async def _watch(self, *, initial: bool) -> None:
        """One watch to its end, which always is an error: a clean end of the stream is `Unreachable` too.

        Returns without one only to list instead.
        """
        quiet = INITIAL_QUIET if initial else IDLE
        self._deadline = deadline = Deadline(self._clock, quiet, "the server has sent nothing for too long")
        proof = None
        try:
            async with AsyncExitStack() as listing:
                if initial and self._gate is not None:
                    await listing.enter_async_context(self._gate)
                    if not self._features.watch_list:  # another reflector found that out while this one waited
                        return
                async with watching(self._client, self._path, self._params(initial), self._decoder, deadline) as events:
                    self._at.opened_at = self._clock.monotonic()
                    if self._at.epoch != self._client.epoch:  # made anew while this watch was being opened
                        self._start_over()
                        return
                    if initial:
                        await self._initial_events(events, deadline)
                        await listing.aclose()
                    else:
                        proof = self._clock.call_later(SHORT, self._proven)
                    await self._follow(events, deadline)
        except errors.Forbidden:
            self._watch_refused_until = self._clock.monotonic() + WATCH_REFUSED
            self._at.relist = True
        except (errors.BadRequest, errors.Invalid):
            if not (initial and self._at.relist):
                raise
            self._features.watch_list = False
        except errors.Timeout:
            if not (initial and self._at.relist and deadline.expired):
                raise
            self._features.watch_list = False
        finally:
            self._deadline = None
            if proof is not None:
                proof.cancel()

    def _params(self, initial: bool) -> dict[str, str]:
        params = self._listing.params | {
            "watch": "1",
            "allowWatchBookmarks": "true",
            "resourceVersion": "" if self._at.newest else self._at.version,
            "timeoutSeconds": str(self._rng.randint(*WATCH_SECONDS)),
        }
        if initial:
            params |= {"sendInitialEvents": "true", "resourceVersionMatch": "NotOlderThan"}
        return params

    async def _initial_events(self, events: AsyncIterator[Event[T]], deadline: Deadline) -> None:
        """The list as events, up to the bookmark that ends it; from then on `deadline` bounds silence as in any watch."""
        found: dict[tuple[str, str], T | Undecodable] = {}
        batch: list[T | Undecodable] = []
        started = shown = self._clock.monotonic()
        async for event in events:
            self._at.events += 1
            self._fresh.heard()
            now = self._clock.monotonic()
            if event.bookmark is not None and event.bookmark.ends_initial_events:
                deadline.seconds = IDLE
                deadline.touch()
                await self._replace(found, event.bookmark.metadata.resource_version)
                return
            if event.object is None:
                continue
            key = event.object.metadata.key
            if event.type == "DELETED":
                found.pop(key, None)
                continue
            if key not in found and now - started < INITIAL_LIMIT:
                deadline.touch()
            found[key] = event.object
            batch.append(event.object)
            if len(batch) >= BATCH or now - shown >= BATCH_SECONDS:
                self._show_early(batch, len(found))
                batch, shown = [], now
        raise errors.Unreachable("the server closed the watch before it had sent everything")

    async def _follow(self, events: AsyncIterator[Event[T]], deadline: Deadline) -> None:
        settled = not self._at.anywhere
        async for event in events:
            self._at.events += 1
            self._fresh.heard()
            deadline.touch()
            version = ""
            if event.object is not None:
                version = event.object.metadata.resource_version
                if event.type == "DELETED":
                    self._sink.remove(event.object)
                else:
                    self._sink.upsert(event.object)
                self._proven()
            elif event.bookmark is not None:
                version = event.bookmark.metadata.resource_version
                await self._good()
            else:
                log.warning("%s: unknown watch event type %r ignored", self._path, event.type)
            # A watch from nowhere begins with everything there is, in no order: those versions are no place to go on from.
            settled = settled or event.type != "ADDED"
            if version and settled:
                self._at.version = version
        raise errors.Unreachable("the server closed the watch")

    # Health

    def _proven(self) -> None:
        """The watch works: something came, or it has stayed open for a while."""
        self._recovery.well()
        if self._fresh.sync is not Sync.LIVE and (len(self._sink) or self._fresh.sync is not Sync.NO_NAMESPACE):
            self._fresh.publish(Sync.LIVE)

    async def _good(self) -> None:
        """A list or a bookmark says that all is well; an empty namespace may be one that does not exist."""
        self._recovery.well()
        if not len(self._sink) and not await self._namespace_exists():
            self._fresh.publish(Sync.NO_NAMESPACE, reason=f'namespace "{self._namespace}" not found')
            self._absence.begin()
        elif not self._watch_refused:
            self._fresh.publish(Sync.LIVE)

    def _namespace_made(self) -> None:
        if self._fresh.sync is Sync.NO_NAMESPACE and self.watching:
            self._fresh.publish(Sync.LIVE)

    async def _namespace_exists(self) -> bool:
        """True also when nobody may know: lists and watches of a missing namespace are just empty."""
        if self._namespace is None or not self._may_see_namespace:
            return True
        try:
            await self._client.request("GET", f"/api/v1/namespaces/{self._namespace}")
        except errors.NotFound:
            return False
        except (errors.Forbidden, errors.Unauthorized):
            self._may_see_namespace = False
        except errors.KubeError as error:
            log.debug("namespace %s: %s", self._namespace, error)
        return True

    async def _recover(self, error: Exception) -> None:
        """Show what happened and wait as long as it takes, so that the next cycle may begin."""
        plan, at = self._recovery.plan(error, self._at), self._at
        self._cut_off = isinstance(error, (errors.Unreachable, errors.Unauthorized, errors.ConfigError))
        if plan.sync in (Sync.NOT_INSTALLED, Sync.NO_NAMESPACE):
            self._sink.replace(())
            at.synced, at.version = False, ""
        at.relist = at.relist or plan.relist or at.anywhere
        at.newest = at.newest or plan.newest
        delay = plan.delay or 0
        if delay > 0:
            text = str(error) if isinstance(error, errors.KubeError) else f"unexpected {type(error).__name__}: {error}"
            self._fresh.publish(plan.sync, reason=text, retry_in=delay)
        await self._alarm.sleep(delay)
