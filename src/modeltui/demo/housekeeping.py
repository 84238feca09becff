"""What a cluster's controller manager does behind every API server: owner garbage collection, emptying of namespaces, protection of claims.

It looks at what was committed, never at what a request said, so its work appears as changes of its own.
"""

from __future__ import annotations

import asyncio

from modeltui.demo import deletion, patching, writing
from modeltui.demo.core import Core, object_at
from modeltui.demo.delete_options import DeleteOptions
from modeltui.demo.deletion import FOREGROUND, ORPHAN
from modeltui.demo.errors import Object
from modeltui.demo.kinds import Target
from modeltui.demo.storage import Stored
from modeltui.demo.strategies.definitions import CLEANUP, in_deletion
from modeltui.demo.writing import Write

DEFINITIONS = "customresourcedefinitions.apiextensions.k8s.io"
_PVC_PROTECTION = "kubernetes.io/pvc-protection"
_BACKGROUND = DeleteOptions(propagation="Background")


class Housekeeping:
    """`settle()` does all that is due now; `run()` does so whenever something changed."""

    def __init__(self, core: Core) -> None:
        self._core = core
        self._due: list[tuple[Target, Stored, str]] = []
        self._terminating: set[str] = set()
        self._ending: set[str] = set()
        """Resources whose definitions wait for their objects to go."""
        self._wake = asyncio.Event()
        core.after_commit.append(self._noted)

    def _noted(self, target: Target, stored: Stored, change: str) -> None:
        deleted = change == "DELETED"
        if deleted or stored.owners or b'"deletionTimestamp"' in stored.data:
            self._due.append((target, stored, change))
            self._wake.set()

    async def run(self) -> None:
        while True:
            await self._wake.wait()
            self.settle()

    def settle(self) -> None:
        self._wake.clear()
        while self._due:
            target, stored, change = self._due.pop(0)
            if change == "DELETED":
                self._collect(stored)
                self._after_removal(target, stored)
            elif stored.decode()["metadata"].get("deletionTimestamp"):
                self._advance(target, stored)
            elif stored.owners:
                self._collect_if_ownerless(target, stored)

    def _after_removal(self, target: Target, stored: Stored) -> None:
        if target.kind.resource == "pods":
            self._core.logs.forget(stored.namespace, stored.name)
            for claim in self._claims_of(stored.decode()):
                self._release_claim(stored.namespace, claim)
        if stored.namespace in self._terminating:
            self._finish_namespace(stored.namespace)
        if target.kind.resource in self._ending:
            self._finish_definition(target.kind.resource)

    def _advance(self, target: Target, stored: Stored) -> None:
        """Something is being deleted: do what its finalizers wait for."""
        current = self._core.storage.get(target.kind.resource, stored.key)
        if current is None or current.uid != stored.uid:
            return
        finalizers = current.decode()["metadata"].get("finalizers") or []
        if target.kind.resource == "namespaces":
            self._empty_namespace(current.name)
        elif CLEANUP in finalizers:
            self._delete_instances(current)
        elif _PVC_PROTECTION in finalizers and target.kind.resource == "persistentvolumeclaims":
            self._release_claim(current.namespace, current.name)
        elif ORPHAN in finalizers:
            self._orphan(current)
            self._take_off(target, current.key, ORPHAN)
        elif FOREGROUND in finalizers:
            self._delete_dependents_first(target, current)
        # A foreground deletion above may have waited for this one.
        for owner in stored.owners:
            self._look_at_owner(owner)

    # owners ----------------------------------------------------------------------------------------------------------

    def _collect(self, owner: Stored) -> None:
        """The owner is gone: so goes what nobody else owns."""
        for target, dependent in self._dependents(owner.uid):
            self._collect_if_ownerless(target, dependent)
        for above in owner.owners:
            self._look_at_owner(above)

    def _collect_if_ownerless(self, target: Target, dependent: Stored) -> None:
        current = self._core.storage.get(target.kind.resource, dependent.key)
        if current is None or current.uid != dependent.uid:
            return
        obj = current.decode()
        solid: list[Object] = []
        dangling: list[Object] = []
        for owner in obj["metadata"].get("ownerReferences") or []:
            (solid if self._exists(owner, current.namespace) else dangling).append(owner)
        if not dangling:
            return
        if solid:
            self._own(target, current, solid)
        elif not obj["metadata"].get("deletionTimestamp"):
            deletion.remove(self._core, target, current, _BACKGROUND)

    def _exists(self, owner: Object, namespace: str) -> bool:
        target = self._core.registry.by_kind(owner.get("apiVersion", ""), owner.get("kind", ""))
        if target is None:
            return True  # an unknown kind cannot be looked up, so nothing is concluded from it
        if target.kind.namespaced and not namespace:
            return True  # upstream warns of a cluster-scoped object with a namespaced owner (OwnerRefInvalidNamespace), and leaves it
        found = self._core.stored(target, namespace, owner.get("name", ""))
        return found is not None and found.uid == owner.get("uid")

    def _dependents(self, uid: str) -> list[tuple[Target, Stored]]:
        found = []
        for resource, key in self._core.storage.dependents(uid):
            stored = self._core.storage.get(resource, key)
            kind = self._core.registry.kind(resource)
            if stored is not None and kind is not None:
                found.append((self._core.registry.resolve(resource), stored))
        return found

    def _orphan(self, owner: Stored) -> None:
        for target, dependent in self._dependents(owner.uid):
            references = dependent.decode()["metadata"].get("ownerReferences") or []
            self._own(target, dependent, [each for each in references if each.get("uid") != owner.uid])

    def _delete_dependents_first(self, target: Target, owner: Stored) -> None:
        blocking = False
        for dependent_target, dependent in self._dependents(owner.uid):
            references = dependent.decode()["metadata"].get("ownerReferences") or []
            blocks = any(each.get("uid") == owner.uid and each.get("blockOwnerDeletion") for each in references)
            gone = deletion.remove(
                self._core, dependent_target, dependent, DeleteOptions(propagation="Foreground" if blocks else "Background")
            ).gone
            blocking = blocking or (blocks and not gone)
        if not blocking:
            self._take_off(target, owner.key, FOREGROUND)

    def _look_at_owner(self, uid: str) -> None:
        """A dependent went: the owner may have waited for it."""
        if self._dependents(uid):
            return
        for kind in self._core.registry:
            if not kind.stored:
                continue
            bucket = self._core.storage.bucket(kind.resource)
            owner = next((each for each in bucket.objects.values() if each.uid == uid), None)
            if owner is not None:
                if FOREGROUND in (owner.decode()["metadata"].get("finalizers") or []):
                    self._take_off(self._core.registry.resolve(kind.resource), owner.key, FOREGROUND)
                return

    # namespaces and claims -------------------------------------------------------------------------------------------

    def _empty_namespace(self, name: str) -> None:
        self._terminating.add(name)
        for kind in tuple(self._core.registry):
            if kind.namespaced and kind.stored:
                target = self._core.registry.resolve(kind.resource)
                bucket = self._core.storage.bucket(kind.resource)
                for key in tuple(bucket.under(f"{name}/")):
                    if not bucket.objects[key].decode()["metadata"].get("deletionTimestamp"):
                        deletion.remove(self._core, target, bucket.objects[key], _BACKGROUND)
        self._finish_namespace(name)

    def _finish_namespace(self, name: str) -> None:
        """Gone once nothing is left in it."""
        namespaces = self._core.registry.resolve("namespaces")
        stored = self._core.storage.get("namespaces", name)
        if stored is None:
            self._terminating.discard(name)
            return
        left = any(
            True
            for kind in self._core.registry
            if kind.namespaced and kind.stored
            for _ in self._core.storage.bucket(kind.resource).under(f"{name}/")
        )
        if left or not stored.decode()["metadata"].get("deletionTimestamp"):
            return
        self._terminating.discard(name)
        if not stored.decode()["metadata"].get("finalizers"):
            self._core.remove(namespaces, name)

    def _delete_instances(self, definition: Stored) -> None:
        if definition.name in self._ending:
            return
        self._ending.add(definition.name)
        kind = self._core.registry.kind(definition.name)
        if kind is not None:
            definitions = self._core.registry.resolve(DEFINITIONS)
            crd = definition.decode()
            write = Write(definitions, None, definition.name, subresource="status", manager="kube-apiserver")
            writing.update(self._core, write, {**crd, "status": in_deletion(crd)})
            target = self._core.registry.resolve(kind.resource)
            for stored in tuple(self._core.storage.bucket(kind.resource).objects.values()):
                deletion.remove(self._core, target, stored, _BACKGROUND)
        self._finish_definition(definition.name)

    def _finish_definition(self, name: str) -> None:
        """Gone once none of its objects is left."""
        if not self._core.storage.bucket(name).objects:
            self._ending.discard(name)
            self._take_off(self._core.registry.resolve(DEFINITIONS), name, CLEANUP)

    @staticmethod
    def _claims_of(pod: Object) -> list[str]:
        volumes = (pod.get("spec") or {}).get("volumes") or []
        return [volume["persistentVolumeClaim"]["claimName"] for volume in volumes if volume.get("persistentVolumeClaim")]

    def _release_claim(self, namespace: str, name: str) -> None:
        """A claim that is being deleted may go once no running pod uses it."""
        target = self._core.registry.resolve("persistentvolumeclaims")
        claim = self._core.stored(target, namespace, name)
        if claim is None or not claim.decode()["metadata"].get("deletionTimestamp"):
            return
        pods = self._core.storage.bucket("pods")
        for key in pods.under(f"{namespace}/"):
            pod = pods.objects[key].decode()
            ended = (pod.get("status") or {}).get("phase") in ("Succeeded", "Failed")
            if not ended and name in self._claims_of(pod):
                return
        self._take_off(target, claim.key, _PVC_PROTECTION)

    # writing ---------------------------------------------------------------------------------------------------------

    def _take_off(self, target: Target, key: str, finalizer: str) -> None:
        stored = self._core.storage.get(target.kind.resource, key)
        if stored is None:
            return
        obj = object_at(target, stored)
        left = [each for each in obj["metadata"].get("finalizers") or [] if each != finalizer]
        obj["metadata"].pop("finalizers", None)
        if left:
            obj["metadata"]["finalizers"] = left
            self._core.commit(target, key, obj)
        elif obj["metadata"].get("deletionTimestamp") and not obj["metadata"].get("deletionGracePeriodSeconds"):
            self._core.remove(target, key)
        else:
            self._core.commit(target, key, obj)

    def _own(self, target: Target, stored: Stored, owners: list[Object]) -> None:
        """A patch as any other, so that whoever owned the reference is told to own it no longer."""
        write = Write(target, stored.namespace or None, stored.name, manager="kube-controller-manager")
        writing.patch(self._core, write, {"metadata": {"ownerReferences": owners or None}}, media=patching.MERGE)
