"""Api: the API server's verbs in process, synchronous, for the controllers and the world; HTTP requests take the same path below.

How to call it (everything runs in one event loop's thread; no call blocks or awaits but `Watch.wait` and `async for`):

    api.get("models.model.samzong.dev", "llama", namespace="ml") -> dict          NotFound when absent
    api.find("secrets", "hf-token", namespace="ml") -> dict | None                like get; None when absent
    api.list("pods", namespace="ml", labels="app=x", fields="status.phase=Running") -> list[dict]     namespace=None: all of them
    api.create("jobs.batch", obj, manager="dataset-controller") -> dict           namespace: from obj.metadata.namespace, else namespace=
    api.create(..., with_status=True)                                              status is kept as given, in the same write
    api.update("models.model.samzong.dev", obj, manager=...) -> dict              optimistic when obj.metadata.resourceVersion is set
    api.update(..., subresource="status")                                          writes status only
    api.patch("pods", "p-0", {"status": {"phase": "Running"}}, namespace="ml", manager=..., subresource="status") -> dict
        type="merge" (default) | "json" | "strategic"
    api.apply("services", obj, manager=..., force=False, subresource="") -> dict   server-side apply
    api.delete("pods", "p-0", namespace="ml", propagation="Background", uid="", resource_version="", grace=None) -> dict | None
        the object while finalizers hold it, None when it is gone
    api.delete_collection("pods", namespace="ml", labels="...") -> int             how many
    api.watch("models.model.samzong.dev", namespace=None, since="0", labels="", fields="") -> Watch
        since "0": what exists first, as ADDED; a resourceVersion: what changed after it
        async for event in watch: event.type ("ADDED", "MODIFIED", "DELETED"), event.object (dict); an Event is also a pair
        watch.take() -> list[Event] without waiting; await watch.wait(); watch.close()
    api.served("models.model.samzong.dev") -> bool                                 is such a resource served now
    api.logs.append(namespace, pod, container, line); .end(...); .restart(...)     what containers write (pod_logs.PodLogs)
    api.settle()                 do now what garbage collection and namespace deletion owe; else the event loop does it soon after

A resource is spelled as kubectl spells it: "pods", "jobs.batch", "models.model.samzong.dev"; with a version, when the storage version
will not do, "dynamographdeployments.v1alpha1.nvidia.com". Objects handed in are never changed, objects handed out are the caller's own.
Every write takes `manager` (the field manager), `dry_run=False` and `validation="Ignore" | "Warn" | "Strict"` (default "Ignore").
What is stamped with a time carries `clock.now()`, so `with clock.at(moment):` makes a past.

Errors are `errors.StatusError`: `.code` (404), `.reason` ("NotFound"), `.message`, `.status()` (the Status object).
In-process calls are not authorised: they act as the cluster itself. Writes that change nothing make no event and keep the resourceVersion.
"""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

from modeltui.demo import builtin_kinds, crd_loading, definitions, deletion, patching, reading, writing
from modeltui.demo.core import Core, object_at
from modeltui.demo.delete_options import DeleteOptions
from modeltui.demo.errors import Object
from modeltui.demo.housekeeping import Housekeeping
from modeltui.demo.kinds import Target
from modeltui.demo.pod_logs import PodLogs
from modeltui.demo.reading import ListOptions
from modeltui.demo.registry import Registry
from modeltui.demo.storage import HISTORY, Storage
from modeltui.demo.watching import Watch
from modeltui.demo.writing import Write

OWN_CRDS = Path(__file__).parent / "crds"
SYSTEM_NAMESPACES = ("default", "kube-node-lease", "kube-public", "kube-system")
_PATCHES = {"merge": patching.MERGE, "json": patching.JSON, "strategic": patching.STRATEGIC}


class Api:
    """A cluster with the system namespaces and the CRDs given; see the top of this file for how to call it."""

    def __init__(self, crds: list[Object] | None = None, *, history: int = HISTORY) -> None:
        self.core = Core(Registry(builtin_kinds.kinds()), Storage(history=history))
        self.housekeeping = Housekeeping(self.core)
        definitions.follow(self.core)
        for name in SYSTEM_NAMESPACES:
            self.create("namespaces", {"metadata": {"name": name}}, manager="kube-apiserver")
            self.create("serviceaccounts", {"metadata": {"name": "default", "namespace": name}}, manager="kube-controller-manager")
        for kind in self.core.registry:
            self.core.storage.bucket(kind.resource)
        self.core.storage.compact()  # as behind a real server, nobody can ask for what was before it served
        for crd in crd_loading.read([OWN_CRDS]) if crds is None else crds:
            self.create(definitions.RESOURCE, crd, manager="modeltui")

    @property
    def logs(self) -> PodLogs:
        return self.core.logs

    def target(self, resource: str) -> Target:
        return self.core.registry.resolve(resource)

    def served(self, resource: str) -> bool:
        return self.core.registry.kind(resource) is not None

    def get(self, resource: str, name: str, *, namespace: str | None = None) -> Object:
        target = self.target(resource)
        return object_at(target, self.core.required(target, namespace, name))

    def find(self, resource: str, name: str, *, namespace: str | None = None) -> Object | None:
        target = self.target(resource)
        stored = self.core.stored(target, namespace, name)
        return object_at(target, stored) if stored is not None else None

    def list(self, resource: str, *, namespace: str | None = None, labels: str = "", fields: str = "") -> list[Object]:
        target = self.target(resource)
        page = reading.page(self.core, target, namespace, ListOptions(labels=labels, fields=fields))
        return [object_at(target, stored) for stored in page.items]

    def create(
        self,
        resource: str,
        obj: Object,
        *,
        manager: str,
        namespace: str | None = None,
        with_status: bool = False,
        dry_run: bool = False,
        validation: str = "Ignore",
    ) -> Object:
        write = self._write(resource, obj, namespace=namespace, manager=manager, dry_run=dry_run, validation=validation)
        return writing.create(self.core, replace(write, with_status=with_status), self._typed(write, obj)).object

    def update(
        self,
        resource: str,
        obj: Object,
        *,
        manager: str,
        namespace: str | None = None,
        subresource: str = "",
        dry_run: bool = False,
        validation: str = "Ignore",
    ) -> Object:
        write = self._write(resource, obj, namespace=namespace, manager=manager, dry_run=dry_run, validation=validation)
        sent = self._typed(write, obj)
        if not sent["metadata"].get("resourceVersion"):
            newest = self.core.required(write.target, write.namespace, write.name)
            sent["metadata"] = {**sent["metadata"], "resourceVersion": str(newest.revision)}
        return writing.update(self.core, replace(write, subresource=subresource), sent).object

    def patch(
        self,
        resource: str,
        name: str,
        change: Any,
        *,
        manager: str,
        namespace: str | None = None,
        type: str = "merge",  # noqa: A002  the word of kubectl patch --type
        subresource: str = "",
        dry_run: bool = False,
        validation: str = "Ignore",
    ) -> Object:
        named = {"metadata": {"name": name}}
        write = self._write(resource, named, namespace=namespace, manager=manager, dry_run=dry_run, validation=validation)
        return writing.patch(self.core, replace(write, subresource=subresource), change, media=_PATCHES[type]).object

    def apply(
        self,
        resource: str,
        obj: Object,
        *,
        manager: str,
        namespace: str | None = None,
        force: bool = False,
        subresource: str = "",
        dry_run: bool = False,
        validation: str = "Ignore",
    ) -> Object:
        write = self._write(resource, obj, namespace=namespace, manager=manager, dry_run=dry_run, validation=validation)
        return writing.apply(self.core, replace(write, force=force, subresource=subresource), self._typed(write, obj)).object

    def delete(
        self,
        resource: str,
        name: str,
        *,
        namespace: str | None = None,
        propagation: str = "Background",
        uid: str = "",
        resource_version: str = "",
        grace: int | None = None,
        dry_run: bool = False,
    ) -> Object | None:
        options = DeleteOptions(propagation, uid=uid, version=resource_version, grace=grace, dry_run=dry_run)
        deleted = deletion.delete(self.core, self.target(resource), namespace, name, options)
        return None if deleted.gone else deleted.object

    def delete_collection(self, resource: str, *, namespace: str | None = None, labels: str = "", fields: str = "") -> int:
        target = self.target(resource)
        page = reading.page(self.core, target, namespace, ListOptions(labels=labels, fields=fields))
        for stored in page.items:
            deletion.remove(self.core, target, stored, DeleteOptions("Background"))
        return len(page.items)

    def watch(self, resource: str, *, namespace: str | None = None, since: str = "0", labels: str = "", fields: str = "") -> Watch:
        target = self.target(resource)
        matches = reading.predicate(target, ListOptions(labels=labels, fields=fields))
        return Watch(self.core, target, namespace, reading.parse_version(since) or None, matches)

    def settle(self) -> None:
        self.housekeeping.settle()

    def _write(self, resource: str, obj: Object, *, namespace: str | None, manager: str, dry_run: bool, validation: str) -> Write:
        target = self.target(resource)
        meta = obj.get("metadata") or {}
        where = (meta.get("namespace") or namespace) if target.kind.namespaced else None
        return Write(target, where, meta.get("name", ""), manager=manager, dry_run=dry_run, validation=validation)

    @staticmethod
    def _typed(write: Write, obj: Object) -> Object:
        """A copy with the apiVersion and kind of the resource, which callers in process may leave out. Deeper down nothing is changed."""
        about = {"apiVersion": write.target.api_version, "kind": write.target.kind.kind}
        return {**about, **obj, "metadata": dict(obj.get("metadata") or {})}
