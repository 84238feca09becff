"""What controllers ask of all Pods at once, kept up to date by every write, so that no step has to read them all.

`index(api)` is the one of this Api. It is told of a change before the write returns, so two Pods placed one after the other never take the
same room.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any, Final
from weakref import WeakKeyDictionary

from modeltui.demo.api import Api
from modeltui.demo.controllers.kinds import CLAIMS, CONFIG_MAPS, PODS, SECRETS
from modeltui.demo.controllers.queue import Key
from modeltui.demo.controllers.scheduling import requests
from modeltui.demo.errors import Object
from modeltui.demo.kinds import Target
from modeltui.demo.storage import Stored

Reference = tuple[str, str, str]
"""(resource, namespace, name) of a Secret, ConfigMap or claim that a Pod names."""
ENDED: Final = ("Succeeded", "Failed")


@dataclass(frozen=True, slots=True)
class Facts:
    """Of one Pod. `node` is "" while it has none."""

    uid: str
    node: str
    ended: bool
    address: str
    requests: Mapping[str, float]
    labels: Mapping[str, str]
    references: frozenset[Reference]
    images: frozenset[str]
    """Those that were pulled for it."""

    @property
    def holds(self) -> str:
        """The node whose room it takes."""
        return "" if self.ended else self.node


class PodIndex:
    def __init__(self, api: Api) -> None:
        self._facts: dict[Key, Facts] = {}
        self._used: dict[str, Counter[str]] = {}
        self._on: dict[str, set[Key]] = {}
        self._referring: dict[Reference, set[Key]] = {}
        self._labelled: dict[tuple[str, str, str], set[Key]] = {}
        self._in: dict[str, set[Key]] = {}
        for stored in api.core.storage.bucket(PODS).objects.values():
            self._put(stored)
        api.core.after_commit.append(self._committed)

    def get(self, key: Key) -> Facts | None:
        return self._facts.get(key)

    def inside(self, namespace: str) -> Iterable[Facts]:
        return [self._facts[key] for key in self._in.get(namespace, ())]

    def used(self, node: str) -> Mapping[str, float]:
        """What the Pods there ask for together, by resource; "pods" is how many they are."""
        return self._used.get(node, {})

    def on(self, node: str) -> Iterable[Key]:
        """Those that run there, or will; in no order."""
        return self._on.get(node, ())

    def has_image(self, node: str, image: str) -> bool:
        """Was it pulled there for one of the Pods that are there now?"""
        return any(image in self._facts[key].images for key in self._on.get(node, ()))

    def addresses(self, node: str) -> set[str]:
        return {self._facts[key].address for key in self._on.get(node, ())}

    def referring(self, resource: str, namespace: str, name: str) -> list[Key]:
        """The Pods that name this Secret, ConfigMap or claim."""
        return sorted(self._referring.get((resource, namespace, name), ()))

    def selected(self, namespace: str, selector: Mapping[str, str]) -> list[Key]:
        """The Pods that have all these labels, in order; none for an empty selector."""
        sets = sorted((self._labelled.get((namespace, *pair), set()) for pair in selector.items()), key=len)
        return sorted(set.intersection(*sets)) if sets else []

    def _committed(self, target: Target, stored: Stored, change: str) -> None:
        if target.kind.resource != PODS:
            return
        if change == "DELETED":
            self._drop((stored.namespace, stored.name))
        else:
            self._put(stored)

    def _put(self, stored: Stored) -> None:
        key, pod = (stored.namespace, stored.name), stored.decode()
        before, now = self._facts.get(key), facts(pod)
        if (
            before is not None
            and before.uid == now.uid
            and (before.holds, before.labels, before.address)
            == (
                now.holds,
                now.labels,
                now.address,
            )
        ):
            self._facts[key] = now
            return
        self._drop(key)
        self._facts[key] = now
        self._in.setdefault(key[0], set()).add(key)
        for reference in now.references:
            self._referring.setdefault(reference, set()).add(key)
        for pair in now.labels.items():
            self._labelled.setdefault((key[0], *pair), set()).add(key)
        if now.holds:
            self._on.setdefault(now.node, set()).add(key)
            self._used.setdefault(now.node, Counter()).update({**now.requests, "pods": 1})

    def _drop(self, key: Key) -> None:
        old = self._facts.pop(key, None)
        if old is None:
            return
        _leave(self._in, key[0], key)
        for reference in old.references:
            _leave(self._referring, reference, key)
        for pair in old.labels.items():
            _leave(self._labelled, (key[0], *pair), key)
        if old.holds:
            _leave(self._on, old.node, key)
            self._used[old.node].subtract({**old.requests, "pods": 1})


def _leave(sets: dict[Any, set[Key]], name: Any, key: Key) -> None:
    kept = sets[name]
    kept.discard(key)
    if not kept:
        del sets[name]


def facts(pod: Object) -> Facts:
    """Of a Pod object. Pure."""
    status, spec = pod.get("status") or {}, pod["spec"]
    return Facts(
        uid=pod["metadata"].get("uid", ""),
        node=spec.get("nodeName", ""),
        ended=status.get("phase") in ENDED,
        address=status.get("podIP", ""),
        requests=requests(pod),
        labels=pod["metadata"].get("labels") or {},
        references=frozenset(references(pod)),
        images=frozenset(_pulled(status)),
    )


def _pulled(status: Object) -> Iterable[str]:
    for part in ("initContainerStatuses", "containerStatuses"):
        for each in status.get(part) or []:
            if each.get("imageID"):
                yield each["image"]


def references(pod: Object) -> Iterable[Reference]:
    """The Secrets, ConfigMaps and claims that the Pod needs or would use. Pure."""
    namespace, spec = pod["metadata"].get("namespace", ""), pod["spec"]
    for volume in spec.get("volumes") or []:
        for source in [volume, *((volume.get("projected") or {}).get("sources") or [])]:
            if source.get("secret"):
                yield SECRETS, namespace, source["secret"].get("secretName") or source["secret"].get("name", "")
            if source.get("configMap"):
                yield CONFIG_MAPS, namespace, source["configMap"].get("name", "")
        if volume.get("persistentVolumeClaim"):
            yield CLAIMS, namespace, volume["persistentVolumeClaim"]["claimName"]
    for container in [*(spec.get("initContainers") or []), *(spec.get("containers") or [])]:
        for each in container.get("env") or []:
            source = each.get("valueFrom") or {}
            if source.get("secretKeyRef"):
                yield SECRETS, namespace, source["secretKeyRef"].get("name", "")
            if source.get("configMapKeyRef"):
                yield CONFIG_MAPS, namespace, source["configMapKeyRef"].get("name", "")
        for each in container.get("envFrom") or []:
            if each.get("secretRef"):
                yield SECRETS, namespace, each["secretRef"].get("name", "")
            if each.get("configMapRef"):
                yield CONFIG_MAPS, namespace, each["configMapRef"].get("name", "")
    for each in spec.get("imagePullSecrets") or []:
        yield SECRETS, namespace, each.get("name", "")


_indexes: WeakKeyDictionary[Api, PodIndex] = WeakKeyDictionary()


def index(api: Api) -> PodIndex:
    """The index of this cluster, made when it is first asked for."""
    found = _indexes.get(api)
    if found is None:
        found = _indexes[api] = PodIndex(api)
    return found
