"""The Job controller: one Pod at a time, retried ever later, until one succeeds or the backoff limit is passed."""

from __future__ import annotations

import random
from collections.abc import Mapping
from datetime import datetime
from typing import Any

from modeltui.demo import clock
from modeltui.demo.api import Api
from modeltui.demo.controllers.controller import Mapper, deleting, find, itself, owned_by, owner_reference, write_status
from modeltui.demo.controllers.events import record
from modeltui.demo.controllers.kinds import JOBS, PODS
from modeltui.demo.controllers.names import LETTERS
from modeltui.demo.controllers.queue import Key
from modeltui.demo.errors import Object

FIRST_BACKOFF, LONGEST_BACKOFF = 10.0, 360.0
"""Seconds between a failure and the next Pod; doubled with each."""


class Jobs:
    name = "job-controller"
    watches: Mapping[str, Mapper] = {JOBS: itself, PODS: owned_by("Job")}

    def __init__(self, *, seed: int, pace: float) -> None:
        self._seed = seed
        self._pace = pace

    def reconcile(self, api: Api, key: Key) -> float | None:
        job = find(api, JOBS, key)
        if job is None or deleting(job) or job["spec"].get("suspend") or finished(job):
            return None
        pods = pods_of(api, job)
        phases = [(pod.get("status") or {}).get("phase") for pod in pods]
        failed, succeeded = phases.count("Failed"), phases.count("Succeeded")
        active = len(pods) - failed - succeeded
        status: Object = {"startTime": (job.get("status") or {}).get("startTime") or clock.stamp(clock.now())}
        wait: float | None = None
        if succeeded >= (job["spec"].get("completions") or 1):
            self._end(api, job, status, "Complete", "CompletionsReached", "Reached expected number of succeeded pods")
            status["completionTime"] = clock.stamp(clock.now())
        elif failed > job["spec"].get("backoffLimit", 6):
            self._end(api, job, status, "Failed", "BackoffLimitExceeded", "Job has reached the specified backoff limit")
        elif not active:
            wait = backoff(pods, now=clock.now(), pace=self._pace)
            if not wait:
                active = self._start(api, job, len(pods))
        counts = {"active": active, "ready": phases.count("Running"), "failed": failed, "succeeded": succeeded, "terminating": 0}
        status |= {name: count for name, count in counts.items() if count or name in ("ready", "terminating")}
        status["uncountedTerminatedPods"] = {}
        write_status(api, JOBS, job, status, manager=self.name)
        return wait

    def _start(self, api: Api, job: Object, number: int) -> int:
        """Makes the Pod of the next try; how many are active then."""
        metadata, template = job["metadata"], job["spec"]["template"]
        rng = random.Random(f"{self._seed}/{metadata['namespace']}/{metadata['name']}/{metadata['creationTimestamp']}/{number}")
        name = f"{metadata['name']}-{''.join(rng.choices(LETTERS, k=5))}"
        made = {
            "name": name,
            "namespace": metadata["namespace"],
            "labels": dict((template.get("metadata") or {}).get("labels") or {}),
            "annotations": dict((template.get("metadata") or {}).get("annotations") or {}),
            "ownerReferences": [owner_reference(job)],
        }
        api.create(
            PODS,
            {"apiVersion": "v1", "kind": "Pod", "metadata": made, "spec": {"serviceAccountName": "default", **template["spec"]}},
            manager=self.name,
        )
        record(api, job, reason="SuccessfulCreate", message=f"Created pod: {name}", component=self.name)
        return 1

    def _end(self, api: Api, job: Object, status: Object, type_: str, reason: str, message: str) -> None:
        now = clock.stamp(clock.now())
        first = "SuccessCriteriaMet" if type_ == "Complete" else "FailureTarget"
        entry: dict[str, Any] = {"status": "True", "reason": reason, "message": message, "lastProbeTime": now, "lastTransitionTime": now}
        status["conditions"] = [{"type": first, **entry}, {"type": type_, **entry}]
        if type_ == "Complete":
            record(api, job, reason="Completed", message="Job completed", component=self.name)
        else:
            record(api, job, type="Warning", reason=reason, message=message, component=self.name)


def finished(job: Object) -> bool:
    conditions = (job.get("status") or {}).get("conditions") or []
    return any(each["type"] in ("Complete", "Failed") and each["status"] == "True" for each in conditions)


def pods_of(api: Api, job: Object) -> list[Object]:
    uid, namespace = job["metadata"]["uid"], job["metadata"]["namespace"]
    return api.list(PODS, namespace=namespace, labels=f"batch.kubernetes.io/controller-uid={uid}")


def backoff(pods: list[Object], *, now: datetime, pace: float) -> float:
    """Seconds until the next Pod may be made; 0 when none has failed yet or the wait is over. Pure."""
    ends = [ended for pod in pods if (ended := ended_at(pod))]
    if not ends:
        return 0.0
    delay = min(LONGEST_BACKOFF, FIRST_BACKOFF * 2.0 ** (len(ends) - 1))
    return max(0.0, delay - (now - max(ends)).total_seconds() * pace)


def ended_at(pod: Object) -> datetime | None:
    for each in (pod.get("status") or {}).get("containerStatuses") or []:
        ended = (each.get("state") or {}).get("terminated")
        if ended:
            return clock.parse(ended["finishedAt"])
    return None
