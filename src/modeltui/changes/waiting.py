"""Waiting, between two steps of a change, until what has to be gone before the next one is gone."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterable, Sequence
from typing import Any, Final

from modeltui.kube import errors
from modeltui.kube.apply import Manifest, read
from modeltui.kube.client import Client
from modeltui.systems.operations import Going

_KEPT_BY: Final = {"kubernetes.io/pvc-protection": "until no pod mounts it"}
"""What finalizers wait for that every cluster has."""


class Stopped(Exception):
    """Somebody stopped the wait; `str(error)` says what was still in the way."""


class TooLong(Exception):
    """It was not gone in time; `str(error)` says what is in the way."""


async def in_the_way(client: Client, going: Iterable[Going]) -> tuple[tuple[Going, ...], tuple[Going, ...]]:
    """(those that are not gone yet, those that the user may not look at). Raises KubeError, also for what surely goes and may not
    be looked at: its end would be waited for without ever being seen."""
    there: list[Going] = []
    hidden: list[Going] = []
    for one in going:
        try:
            if _bars(one, await _look(client, one)):
                there.append(one)
        except errors.Forbidden:
            if one.sure:
                raise
            hidden.append(one)
    return tuple(there), tuple(hidden)


class Waiting:
    """The waits of one execution, as somebody outside sees and ends them. Losing the connection does not end one."""

    def __init__(self, tell: Callable[[str], None] = lambda sentence: None, *, longest: float | None = None) -> None:
        """`tell` gets what is in the way whenever that changes, and "" when a wait is over. `longest`: seconds; None means for ever."""
        self._tell = tell
        self._longest = longest
        self._stopped = asyncio.Event()
        self._said = ""
        self.active = False

    def stop(self) -> None:
        self._stopped.set()

    async def until_gone(self, client: Client, going: Sequence[Going], *, every: float) -> None:
        """`every`: seconds between two looks. Raises Stopped and TooLong."""
        self.active, self._said = True, ""
        stopped = asyncio.create_task(self._stopped.wait())
        work = asyncio.create_task(self._until_gone(client, going, every))
        try:
            await asyncio.wait({stopped, work}, timeout=self._longest, return_when=asyncio.FIRST_COMPLETED)
            if not work.done():
                said = self._said or f"{' and '.join(map(str, going))} could not be looked at in time"
                raise Stopped(said) if stopped.done() else TooLong(said)
            work.result()
        finally:
            stopped.cancel()
            work.cancel()
            self.active = False
            self._tell("")

    async def _until_gone(self, client: Client, going: Sequence[Going], every: float) -> None:
        uids: dict[Going, str] = {}
        while True:
            standing = [told for one in going if (told := await _standing(client, one, uids))]
            if not standing:
                return
            if (said := "; ".join(standing)) != self._said:
                self._said = said
                self._tell(said)
            await asyncio.sleep(every)


async def _standing(client: Client, going: Going, uids: dict[Going, str]) -> str:
    """Why it is still in the way; "" when it is not."""
    try:
        obj = await _look(client, going)
    except errors.Forbidden as error:
        return f"{going} may not be looked at: {error}" if going.sure else ""  # the review has said so
    except errors.KubeError as error:
        return f"{going} cannot be looked at: {error}"
    if obj is None or not _bars(going, obj) or uids.setdefault(going, obj["metadata"].get("uid", "")) != obj["metadata"].get("uid", ""):
        return ""
    if not obj["metadata"].get("deletionTimestamp"):
        return f"{going} is there, and nobody has asked for its deletion yet: its controller does that"
    held = [f"{name} ({_KEPT_BY[name]})" if name in _KEPT_BY else name for name in obj["metadata"].get("finalizers", ())]
    return f"{going} is being deleted" + (f", held by {'finalizer' if len(held) == 1 else 'finalizers'} {', '.join(held)}" if held else "")


async def _look(client: Client, going: Going) -> Manifest | None:
    try:
        return await read(client, going.resource, going.namespace, going.name)
    except errors.NotFound:  # the whole kind
        return None


def _bars(going: Going, obj: Any) -> bool:
    if obj is None or (going.uid and obj["metadata"].get("uid") != going.uid):
        return False
    return going.sure or bool(obj["metadata"].get("deletionTimestamp"))
