"""One container's log, as long as there is more to come: asked for again when the stream breaks, and told what happens to it."""

from __future__ import annotations

import math
from collections.abc import Callable
from contextlib import aclosing
from dataclasses import dataclass
from enum import StrEnum
from random import Random
from typing import Final

from modeltui.kube import errors
from modeltui.kube.backoff import Backoff
from modeltui.kube.client import Client
from modeltui.kube.clock import Alarm, Clock
from modeltui.kube.lines import MAX_TEXT_LINE
from modeltui.kube.log_overlap import Overlap
from modeltui.kube.logs import pod_log
from modeltui.kube.pod_facts import PODS, ContainerStatus, LogPod, how_it_ended
from modeltui.kube.sentences import one_line
from modeltui.logs import node_words, stamps
from modeltui.logs.cleaning import Cleaner
from modeltui.logs.entries import Entry, LogTarget, Note
from modeltui.logs.levels import level_of
from modeltui.redaction import redact_text

SILENCE: Final = 120.0
"""Seconds without a line after which the log is asked for again: a connection that died in between says nothing either, and
asking again neither loses nor doubles anything."""
LOOK: Final = (1.0, 2.0, 4.0, 8.0)
"""Seconds between two looks at a container that is not running; the last one from then on."""
CATCH_UP: Final = 10_000
"""Lines that are asked for again at most after a long break: what is kept is not more."""
LONGEST_WAIT: Final = 20.0
"""Seconds between two tries while the server cannot be reached, or fails."""
TRIES: Final = 5
"""How often a log that is not followed is asked for again when it breaks in the middle."""
CONTINUED: Final = "… "
"""Before a piece of a line that was too long to come in one."""


class Doing(StrEnum):
    """What a stream is at."""

    OPENING = "opening"
    READING = "reading"
    WAITING = "waiting"
    """For the container to start, or to start again."""
    RETRYING = "retrying"
    ENDED = "ended"
    FAILED = "failed"
    """Denied, gone, or never there: nothing more will come."""


@dataclass(frozen=True, slots=True)
class From:
    """Which part of a log. All may be given, but for two of times; what all of them allow comes."""

    tail: int | None = None
    """Lines from the end."""
    seconds: int | None = None
    """Not older than that."""
    moment: str = ""
    """Not before that, as RFC 3339 has it; not together with `seconds`."""
    limit_bytes: int | None = None

    @property
    def whole(self) -> bool:
        return self.tail is None and self.seconds is None and not self.moment and self.limit_bytes is None


Emit = Callable[[Entry], None]


class LogStream:
    """Hands every line to `emit`, once, and lines of its own about what happens. `run()` ends when nothing more can come."""

    def __init__(
        self,
        client: Client,
        target: LogTarget,
        emit: Emit,
        *,
        start: From,
        follow: bool,
        clock: Clock,
        rng: Random,
        turned: Callable[[], None] = lambda: None,
    ) -> None:
        """`turned` is called whenever `doing` changes."""
        self.target = target
        self.doing = Doing.OPENING
        self.failure: errors.KubeError | None = None
        self.opened_at: float | None = None
        """When the first stream was opened, by the clock's monotonic seconds."""
        self._client = client
        self._emit = emit
        self._start = start
        self._follow = follow and not target.previous
        self._clock = clock
        self._rng = rng
        self._backoff = Backoff(clock, rng, cap=LONGEST_WAIT)
        self._alarm = Alarm(clock)
        self._turned = turned
        self._overlap = Overlap()
        self._cleaner = Cleaner()
        self._said = ""
        self._told_by_node: set[str] = set()
        self._restarts: int | None = None
        self._uid = ""
        self._looks = 0
        self._tries = 0
        self._lines = 0

    @property
    def newest(self) -> int:
        """Stamp of the newest line so far; 0 before any."""
        return self._overlap.newest

    def retry_now(self) -> None:
        """End a wait for the next try."""
        self._alarm.ring()

    async def run(self) -> None:
        while True:
            began, before = self._clock.monotonic(), self._lines
            try:
                await self._read()
            except errors.Timeout as error:
                silent = self._follow and self.doing is Doing.READING and self._clock.monotonic() - began >= SILENCE
                goes_on = silent or await self._again(error, came=self._lines > before)
            except errors.BadRequest as error:
                goes_on = await self._refused(error)
            except (errors.Forbidden, errors.NotFound) as error:
                self._fail(error)
                return
            except errors.KubeError as error:
                goes_on = await self._again(error, came=self._lines > before)
            else:
                if not self._follow or self._start.limit_bytes is not None:
                    self._end("")
                    return
                goes_on = await self._more_to_come(came=self._lines > before)
            if not goes_on:
                return

    # ---- reading

    async def _read(self) -> None:
        overlap = self._overlap
        overlap.begin()
        resumed = bool(overlap.since)
        lines = pod_log(
            self._client,
            self.target.namespace,
            self.target.pod,
            container=self.target.container or None,
            previous=self.target.previous,
            follow=self._follow,
            tail=CATCH_UP if resumed and self._follow else None if resumed or self._nothing_came else self._start.tail,
            since=overlap.since or self._start.moment or self._seconds,
            timestamps=True,
            limit_bytes=None if resumed else self._start.limit_bytes,
            quiet=SILENCE if self._follow else None,
            opened=self._opened,
        )
        split, clean = stamps.split, self._cleaner.clean
        overlong = False
        async with aclosing(lines):
            async for raw in lines:
                stamp, text = (0, CONTINUED + raw) if overlong else split(raw)
                if not stamp and not overlong and self._of_the_node(raw):
                    continue
                overlong = len(raw) >= MAX_TEXT_LINE
                if not overlap.fresh(stamp, text):
                    continue
                if overlap.gap:
                    self._say(
                        "Lines may be missing here: the log was rotated meanwhile, or more was written than is asked for again.", "warn"
                    )
                    overlap.expect_nothing()
                self._lines += 1
                shown = clean(text)
                self._emit(Entry(self.target, stamp or overlap.newest, shown, level_of(shown)))

    def _of_the_node(self, line: str) -> bool:
        """Whether the kubelet speaks, and no container: told once, and asked again. Raises BadAnswer when the log is not followed."""
        if not (said := one_line(redact_text(node_words.told(line)))):
            return False
        if not self._follow:
            raise errors.BadAnswer(said)
        if said not in self._told_by_node:
            self._told_by_node.add(said)
            self._say(said, "warn")
        return True

    def _opened(self) -> None:
        if self.opened_at is None:
            self.opened_at = self._clock.monotonic()
        if self.doing is Doing.RETRYING:
            self._say("connected again", "dim")
            self._said = ""
        self._tries = 0
        self._turn(Doing.READING)

    @property
    def _nothing_came(self) -> bool:
        """The log was open and empty: whatever it has by now is new."""
        return self.opened_at is not None and self._start.tail != 0

    @property
    def _seconds(self) -> int | None:
        if self.opened_at is None:
            return self._start.seconds
        since_open = math.ceil(self._clock.monotonic() - self.opened_at) + 1
        if self._start.seconds is not None:
            return self._start.seconds + since_open
        return since_open if self._start.tail == 0 else None

    # ---- what happens

    async def _again(self, error: errors.KubeError, *, came: bool) -> bool:
        """Whether to ask again after a failure that may pass. `came`: lines did, so that waiting begins anew."""
        self._tries += 1
        if came:
            self._backoff = Backoff(self._clock, self._rng, cap=LONGEST_WAIT)
        if not self._follow and (self._tries > TRIES or not self._passes(error)):
            self._fail(error)
            return False
        delay = self._backoff.next()
        if isinstance(error, errors.ApiError) and error.retry_after:
            delay = max(delay, error.retry_after)
        self._turn(Doing.RETRYING)
        self._once(f"{redact_text(str(error)).rstrip('.')}; trying again", "warn", key=type(error).__name__)
        await self._alarm.sleep(delay)
        return True

    def _passes(self, error: errors.KubeError) -> bool:
        """A log that is not followed waits only for what was under way, or for a server that says "later"."""
        return bool(self._overlap.newest) or isinstance(error, errors.TooManyRequests)

    async def _refused(self, error: errors.BadRequest) -> bool:
        """400: most of all the container has not started. Whether to ask again."""
        said = error.message
        if not self._follow or not ("waiting to start" in said or "ContainerCreating" in said or "PodInitializing" in said):
            self._fail(error)
            return False
        reason = said.rpartition(": ")[2]
        self._turn(Doing.WAITING)
        self._once(f"waiting to start: {reason}", "dim", key=said)
        await self._look_later()
        return True

    async def _more_to_come(self, *, came: bool) -> bool:
        """The server has ended the stream politely: is the container done, or was only the stream? Waits while it does not run."""
        if came:
            self._looks, self._said = 0, ""
        while (pod := await self._pod()) is not None:
            status = pod.container(self.target.container)
            if self._uid and pod.metadata.uid != self._uid:
                self._say("the pod was made anew", "dim")
                self._overlap.expect_nothing()
                self._restarts = None
            self._uid = pod.metadata.uid
            fate = pod.fate(self.target.container)
            if fate == "ended":
                self._end(how_it_ended(status))
                return False
            started = status is not None and self._started_again(status)
            if status is not None:
                self._restarts = status.restart_count
            if started:
                self._overlap.expect_nothing()
                self._say(f"the container was started again (restart {self._restarts:,})", "warn")
                return True
            if fate == "running":
                await self._look_later()
                return True
            self._turn(Doing.WAITING)
            if fate == "restarting":
                how = how_it_ended(status)
                said = f"the container has ended{f' with {how}' if how else ''}; waiting for it to start again"
                self._once(said, "warn", key=f"restart {self._restarts}")
            else:
                self._once("waiting to start", "dim", key="waiting")
            await self._look_later()
        return self.doing is not Doing.FAILED

    def _started_again(self, status: ContainerStatus) -> bool:
        """Since the last line. Unless its restarts were counted before, the moment of its start tells."""
        if self._restarts is not None:
            return status.restart_count > self._restarts
        running = status.state.running
        if not status.restart_count or running is None or running.started_at is None or not self._overlap.newest:
            return False
        return running.started_at.timestamp() >= self._overlap.newest // stamps.SECOND

    async def _pod(self) -> LogPod | None:
        """None when it could not be had: FAILED when it is gone, and a pause otherwise."""
        try:
            return await self._client.get(PODS.path(self.target.namespace, self.target.pod), LogPod)
        except errors.NotFound as error:
            self._fail(error)
        except errors.KubeError:
            await self._look_later()  # who may not look at pods can still ask for the log again
        return None

    async def _look_later(self) -> None:
        delay = LOOK[min(self._looks, len(LOOK) - 1)]
        self._looks += 1
        await self._alarm.sleep(delay)

    def _end(self, how: str) -> None:
        if self.target.previous:
            self._say("The log of the container before its restart ends here.", "dim")
        elif how:
            self._say(f"The container has ended with {how}; the log ends here.", "dim")
        else:
            self._say("The log ends here.", "dim")
        self._turn(Doing.ENDED)

    def _fail(self, error: errors.KubeError) -> None:
        self.failure = error
        self._say(sentence(error, self.target), "bad" if not (self._overlap.newest and isinstance(error, errors.NotFound)) else "dim")
        self._turn(Doing.FAILED)

    def _once(self, text: str, note: Note, *, key: str) -> None:
        """Not again for each try."""
        if self._said != key:
            self._said = key
            self._say(text, note)

    def _say(self, text: str, note: Note) -> None:
        self._emit(Entry(self.target, self._overlap.newest, text, note=note))

    def _turn(self, doing: Doing) -> None:
        if doing is not self.doing:
            self.doing = doing
            self._turned()


def sentence(error: errors.KubeError, target: LogTarget) -> str:
    """What is wrong with that log, and what helps."""
    where = f"namespace {target.namespace}"
    match error:
        case errors.Forbidden():
            return f"You may not read logs in {where}: that takes the right to get pods/log there ({error})."
        case errors.NotFound():
            return f"The pod {target.pod} is gone from {where}, and its log with it."
        case errors.BadRequest() if "previous terminated container" in error.message:
            return f"The container has not been restarted, or the log from before is gone: {error}"
    return redact_text(str(error))
