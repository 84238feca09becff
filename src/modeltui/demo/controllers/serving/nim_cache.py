"""The NIM operator's controller of NIMCaches: a claim, and a Job that fills it; there is no percentage.

The words of state and conditions: internal/controller/nimcache_controller.go of the operator.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from modeltui.demo.api import Api
from modeltui.demo.controllers.controller import Failed, Mapper, deleting, find, itself, owned_by, status_of, write_status
from modeltui.demo.controllers.kinds import CLAIMS, JOBS
from modeltui.demo.controllers.queue import Key
from modeltui.demo.controllers.serving import nim_objects as make
from modeltui.demo.controllers.serving.children import Children
from modeltui.demo.controllers.serving.conditions import told, with_condition
from modeltui.demo.controllers.serving.kinds import NIM_CACHES
from modeltui.demo.errors import Object

READY, FAILED = "Ready", "Failed"
_SAID: Final = {
    # State, and the condition that goes with it.
    "Started": ("NIM_CACHE_JOB_CREATED", True, "JobCreated", "The Job to cache NIM has been created"),
    "Pending": ("NIM_CACHE_JOB_PENDING", True, "JobPending", "The Job to cache NIM is in pending state"),
    "InProgress": ("NIM_CACHE_JOB_PENDING", False, "JobRunning", "The Job to cache NIM is in progress"),
    READY: ("NIM_CACHE_JOB_COMPLETED", True, "JobCompleted", "The Job to cache NIM has successfully completed"),
    FAILED: ("NIM_CACHE_JOB_COMPLETED", False, "JobFailed", "The Job to cache NIM has failed"),
}


class Caches:
    name = "nim-cache-controller"
    watches: Mapping[str, Mapper] = {NIM_CACHES: itself, JOBS: owned_by("NIMCache"), CLAIMS: owned_by("NIMCache")}

    def __init__(self) -> None:
        self._children = Children(self.name)

    def reconcile(self, api: Api, key: Key) -> None:
        cache = find(api, NIM_CACHES, key)
        if cache is None or deleting(cache):
            return
        old = status_of(cache)
        new, asked = dict(old), (cache["spec"].get("storage") or {}).get("pvc") or {}
        if asked.get("create"):
            self._children.keep(api, CLAIMS, make.claim(cache), owner=cache)
            if not old:
                created = told(old, "NIM_CACHE_PVC_CREATED", True, "PVCCreated", "The PVC has been created for caching NIM")
                new = with_condition({**new, "state": "PVC-Created"}, created)
        elif api.find(CLAIMS, make.pvc_name(cache), namespace=key[0]) is None:
            missing = f'persistentvolumeclaims "{make.pvc_name(cache)}" not found'
            gone = told(old, "NIM_CACHE_RECONCILE_FAILED", True, "ReconcileFailed", missing)
            write_status(api, NIM_CACHES, cache, with_condition({**new, "state": "NotReady"}, gone), manager=self.name)
            raise Failed(f"PVC doesn't exist and auto-creation is not enabled: {missing}")
        if old.get("state") != READY:
            job = self._children.keep(api, JOBS, make.fetching(cache), owner=cache)
            state = _state(job, str(new.get("state", "")))
            new = with_condition({**new, "state": state}, told(old, *_SAID[state]))
            if state == READY:
                new["pvc"] = make.pvc_name(cache)
        write_status(api, NIM_CACHES, cache, new, manager=self.name)


def _state(job: Object, before: str) -> str:
    """One try that failed is told as Failed, though the Job goes on trying; it is told otherwise once one is well."""
    status = job.get("status") or {}
    if status.get("succeeded"):
        return READY
    if status.get("failed"):
        return FAILED
    if status.get("active"):
        return "InProgress"
    return "Pending" if before in ("Started", "Pending", "InProgress") else "Started"
