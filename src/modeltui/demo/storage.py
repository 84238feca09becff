"""Versioned storage: one counter for everything, the newest state by key, and a bounded history, as etcd and the watch cache together.

Each object is kept as the bytes of its JSON, encoded once, so that a list is a join of bytes and all watchers of a change share one line.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right, insort
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from functools import cache
from operator import attrgetter
from typing import Any

import msgspec

from modeltui.demo.errors import Object

HISTORY = 20_000
"""Changes kept per resource. A watch or a continue token from before them is told 410."""

_revision_of = attrgetter("revision")


def encode(obj: Any) -> bytes:
    """JSON with sorted keys, so that equal objects are equal bytes."""
    return msgspec.json.encode(obj, order="sorted")


def encode_object(obj: Object) -> bytes:
    """An object of the API: apiVersion and kind stand first, so that `bare` finds them there."""
    rest = encode({key: value for key, value in obj.items() if key not in ("apiVersion", "kind")})
    return type_head(obj["apiVersion"], obj["kind"]) + rest[1:]


@cache
def type_head(api_version: str, kind: str) -> bytes:
    return encode({"apiVersion": api_version, "kind": kind})[:-1] + b","


def decode(data: bytes) -> Any:
    return msgspec.json.decode(data)


@dataclass(frozen=True, slots=True)
class Stored:
    """One version of one object. `data` is its JSON at the storage version of its kind, resourceVersion included."""

    key: str
    """ "namespace/name", or "name" at the cluster scope; lists come in this order, as from etcd."""
    revision: int
    uid: str
    labels: Mapping[str, str]
    owners: tuple[str, ...]
    """The uids of metadata.ownerReferences."""
    data: bytes

    @property
    def namespace(self) -> str:
        return self.key.partition("/")[0] if "/" in self.key else ""

    @property
    def name(self) -> str:
        return self.key.rpartition("/")[2]

    def decode(self) -> Object:
        """A fresh copy that the caller may change."""
        obj: Object = decode(self.data)
        return obj


@dataclass(slots=True)
class Change:
    """What happened at one revision. A deletion's `now` is the final state, with the revision of the deletion."""

    revision: int
    type: str
    now: Stored
    before: Stored | None
    _line: bytes = b""

    def line(self) -> bytes:
        """The watch event as the wire has it, encoded once for all watchers."""
        if not self._line:
            self._line = event_line(self.type, self.now.data)
        return self._line


def event_line(type_: str, data: bytes) -> bytes:
    return b'{"type":"' + type_.encode() + b'","object":' + data + b"}\n"


@dataclass(slots=True)
class Bucket:
    """All objects of one resource."""

    objects: dict[str, Stored] = field(default_factory=dict)
    keys: list[str] = field(default_factory=list)
    """Of `objects`, sorted."""
    history: list[Change] = field(default_factory=list)
    floor: int = 0
    """Changes at this revision and before are forgotten."""
    waiting: set[Callable[[], None]] = field(default_factory=set)
    """Called after every change."""

    def under(self, prefix: str, *, after: str = "") -> Iterator[str]:
        """The keys that start with `prefix`, from the first one not before `after`."""
        for index in range(bisect_left(self.keys, max(prefix, after)), len(self.keys)):
            if not self.keys[index].startswith(prefix):
                return
            yield self.keys[index]

    def since(self, revision: int) -> list[Change]:
        return self.history[bisect_right(self.history, revision, key=_revision_of) :]


class Compacted(Exception):
    """The history does not reach back to the revision asked for."""


class Storage:
    """Every write takes the next revision. Readers get `Stored` values, which never change."""

    def __init__(self, *, history: int = HISTORY) -> None:
        self.revision = 1
        self._history = history
        self._buckets: dict[str, Bucket] = {}
        self._dependents: dict[str, set[tuple[str, str]]] = {}

    def bucket(self, resource: str) -> Bucket:
        """Of a resource such as "models.model.samzong.dev"; made empty, and without a past, when new."""
        found = self._buckets.get(resource)
        if found is None:
            found = self._buckets[resource] = Bucket(floor=self.revision)
        return found

    def get(self, resource: str, key: str) -> Stored | None:
        return self.bucket(resource).objects.get(key)

    def put(self, resource: str, key: str, obj: Object) -> Stored:
        """Store `obj` as the newest state, with its new metadata.resourceVersion set in it."""
        bucket = self.bucket(resource)
        before = bucket.objects.get(key)
        now = self._seal(key, obj)
        if before is None:
            insort(bucket.keys, key)
        else:
            self._unlink(resource, before)
        for owner in now.owners:
            self._dependents.setdefault(owner, set()).add((resource, key))
        bucket.objects[key] = now
        self._record(bucket, Change(now.revision, "ADDED" if before is None else "MODIFIED", now, before))
        return now

    def delete(self, resource: str, key: str) -> Stored:
        """Remove the key; what is reported is the state stored last, at the revision of the deletion. KeyError when absent."""
        bucket = self.bucket(resource)
        before = bucket.objects.pop(key)
        bucket.keys.pop(bisect_left(bucket.keys, key))
        self._unlink(resource, before)
        now = self._seal(key, before.decode())
        self._record(bucket, Change(now.revision, "DELETED", now, before))
        return now

    def reread(self, resource: str, read: Callable[[Object], Object]) -> None:
        """What is stored, as `read` sees it now that its schema has changed; no revision is taken."""
        bucket = self.bucket(resource)
        for key, stored in bucket.objects.items():
            bucket.objects[key] = replace(stored, data=encode_object(read(stored.decode())))

    def drop(self, resource: str) -> None:
        """Forget a resource whose CRD is gone; its watchers wake up once more to notice."""
        bucket = self._buckets.pop(resource, None)
        if bucket is not None:
            for wake in tuple(bucket.waiting):
                wake()

    def snapshot(self, resource: str, prefix: str, revision: int) -> dict[str, Stored]:
        """What existed under `prefix` at `revision`, by key in order. Raises Compacted."""
        bucket = self.bucket(resource)
        if revision < bucket.floor:
            raise Compacted
        state = {key: bucket.objects[key] for key in bucket.under(prefix)}
        changed = [change for change in reversed(bucket.since(revision)) if change.now.key.startswith(prefix)]
        for change in changed:
            if change.before is None:
                state.pop(change.now.key, None)
            else:
                state[change.now.key] = change.before
        return dict(sorted(state.items())) if changed else state

    def compact(self, revision: int | None = None) -> None:
        """Forget the history up to `revision`, by default all of it."""
        at = self.revision if revision is None else revision
        for bucket in self._buckets.values():
            del bucket.history[: bisect_right(bucket.history, at, key=_revision_of)]
            bucket.floor = max(bucket.floor, at)
            for wake in tuple(bucket.waiting):
                wake()

    def dependents(self, uid: str) -> tuple[tuple[str, str], ...]:
        """(resource, key) of what names this uid in its ownerReferences."""
        return tuple(sorted(self._dependents.get(uid, ())))

    def _seal(self, key: str, obj: Object) -> Stored:
        self.revision += 1
        meta = {**obj["metadata"], "resourceVersion": str(self.revision)}
        owners = tuple(owner["uid"] for owner in meta.get("ownerReferences") or ())
        data = encode_object({**obj, "metadata": meta})
        return Stored(key, self.revision, meta.get("uid", ""), meta.get("labels") or {}, owners, data)

    def _unlink(self, resource: str, stored: Stored) -> None:
        for owner in stored.owners:
            named = self._dependents.get(owner, set())
            named.discard((resource, stored.key))
            if not named:
                self._dependents.pop(owner, None)

    def _record(self, bucket: Bucket, change: Change) -> None:
        bucket.history.append(change)
        # Cut in large pieces: dropping one entry of a list at a time would move the whole list at every write.
        if len(bucket.history) > self._history + self._history // 4:
            surplus = len(bucket.history) - self._history
            bucket.floor = bucket.history[surplus - 1].revision
            del bucket.history[:surplus]
        for wake in tuple(bucket.waiting):
            wake()
