"""Jobs: as many Pods at a time as they may have, retried ever later, until enough have succeeded or too many failed."""

from __future__ import annotations

import random
from collections.abc import Mapping
from datetime import datetime
from typing import Any, Final

from modeltui.demo import clock
from modeltui.demo.api import Api
from modeltui.demo.controllers.controller import Mapper, condition, deleting, find, itself, owned, owned_by, write_status
from modeltui.demo.controllers.events import record
from modeltui.demo.controllers.kinds import CONTROLLER_MANAGER, JOBS, PODS
from modeltui.demo.controllers.names import LETTERS
from modeltui.demo.controllers.queue import Key
from modeltui.demo.controllers.readiness import is_active, is_ready
from modeltui.demo.controllers.templates import pod_of
from modeltui.demo.copying import copied
from modeltui.demo.errors import Object, StatusError

FIRST_BACKOFF, LONGEST_BACKOFF = 10.0, 360.0
"""Seconds between a failure and the next Pod; doubled with each."""
INDEX: Final = "batch.kubernetes.io/job-completion-index"


class Jobs:
    name = "job-controller"
    watches: Mapping[str, Mapper] = {JOBS: itself, PODS: owned_by("Job")}

    def __init__(self, *, seed: int, pace: float) -> None:
        self._seed = seed
        self._pace = pace
        self._started: dict[str, datetime] = {}
        self._ended: dict[str, datetime] = {}
        """By uid; their statuses have whole seconds only."""

    def reconcile(self, api: Api, key: Key) -> float | None:
        job = find(api, JOBS, key)
        if job is None or deleting(job):
            return None
        if finished(job):
            return self._retire(api, job)
        pods = owned(api, PODS, job)
        if job["spec"].get("suspend"):
            self._suspend(api, job, pods)
            return None
        return self._work(api, job, pods)

    def _work(self, api: Api, job: Object, pods: list[Object]) -> float | None:
        spec, status = job["spec"], copied(job.get("status") or {})
        ends = [(pod.get("status") or {}).get("phase") for pod in pods]
        active, failed = [pod for pod in pods if is_active(pod)], ends.count("Failed")
        succeeded = _indexes(pods, "Succeeded") if _is_indexed(job) else set(range(ends.count("Succeeded")))
        status["startTime"] = status.get("startTime") or clock.stamp(clock.now())
        if (condition(job, "Suspended") or {}).get("status") == "True":
            status["conditions"] = _suspended(job, "False", "JobResumed", "Job resumed")
            record(api, job, reason="Resumed", message="Job resumed", component=self.name)
        wait = self._deadline(job)
        done = spec.get("completions")
        if len(succeeded) >= (done if done is not None else 1) and (done is not None or not active):
            self._end(api, job, status, "Complete", "CompletionsReached", "Reached expected number of succeeded pods")
            status["completionTime"] = clock.stamp(clock.now())
        elif failed > spec.get("backoffLimit", 6):
            active = self._give_up(api, job, status, active, "BackoffLimitExceeded", "Job has reached the specified backoff limit")
        elif wait is not None and wait <= 0:
            active = self._give_up(api, job, status, active, "DeadlineExceeded", "Job was active longer than specified deadline")
        else:
            missing = _missing(job, active, succeeded)
            pause = backoff(pods, now=clock.now(), pace=self._pace) if missing else 0.0
            if missing and not pause:
                active = [*active, *self._start(api, job, missing, tries=len(pods))]
            wait = min((each for each in (wait, pause) if each), default=None)
        self._count(api, job, status, active, failed=failed, succeeded=succeeded)
        return wait

    def _count(self, api: Api, job: Object, status: Object, active: list[Object], *, failed: int, succeeded: set[int]) -> None:
        counts = {"active": len(active), "failed": failed, "succeeded": len(succeeded)}
        for name, count in counts.items():
            status.pop(name, None)
            if count:
                status[name] = count
        status |= {"ready": sum(is_ready(pod) for pod in active), "terminating": 0, "uncountedTerminatedPods": {}}
        if _is_indexed(job) and succeeded:
            status["completedIndexes"] = _ranges(succeeded)
        write_status(api, JOBS, job, status, manager=CONTROLLER_MANAGER)

    def _deadline(self, job: Object) -> float | None:
        """Seconds that the Job may still be active; None when nothing limits them."""
        seconds = job["spec"].get("activeDeadlineSeconds")
        if seconds is None:
            return None
        known = (job.get("status") or {}).get("startTime")
        since = self._started.setdefault(job["metadata"]["uid"], clock.parse(known) if known else clock.now())
        return float(seconds) - (clock.now() - since).total_seconds() * self._pace

    def _start(self, api: Api, job: Object, missing: list[int], *, tries: int) -> list[Object]:
        """Makes Pods for these indexes (or as many)."""
        made = []
        metadata = job["metadata"]
        for number, index in enumerate(missing, tries):
            rng = random.Random(f"{self._seed}/{metadata['namespace']}/{metadata['name']}/{metadata['creationTimestamp']}/{number}")
            base = f"{metadata['name']}-{index}-" if _is_indexed(job) else f"{metadata['name']}-"
            pod = pod_of(copied(job["spec"]["template"]), job, name=base + "".join(rng.choices(LETTERS, k=5)), base=base)
            if _is_indexed(job):
                _number(pod, job, index)
            try:
                made.append(api.create(PODS, pod, manager=CONTROLLER_MANAGER))
            except StatusError as refused:
                told = f"Error creating: {refused.message}"
                record(api, job, type="Warning", reason="FailedCreate", message=told, component=self.name)
                raise
            record(api, job, reason="SuccessfulCreate", message=f"Created pod: {pod['metadata']['name']}", component=self.name)
        return made

    def _give_up(self, api: Api, job: Object, status: Object, active: list[Object], reason: str, message: str) -> list[Object]:
        """The Job has failed: what still runs of it is stopped. Who is active then: nobody."""
        for pod in active:
            api.delete(PODS, pod["metadata"]["name"], namespace=pod["metadata"]["namespace"])
            record(api, job, reason="SuccessfulDelete", message=f"Deleted pod: {pod['metadata']['name']}", component=self.name)
        self._end(api, job, status, "Failed", reason, message)
        return []

    def _end(self, api: Api, job: Object, status: Object, type_: str, reason: str, message: str) -> None:
        now = clock.stamp(clock.now())
        self._ended[job["metadata"]["uid"]] = clock.now()
        first = "SuccessCriteriaMet" if type_ == "Complete" else "FailureTarget"
        entry: dict[str, Any] = {"status": "True", "reason": reason, "message": message, "lastProbeTime": now, "lastTransitionTime": now}
        status["conditions"] = [*(status.get("conditions") or []), {"type": first, **entry}, {"type": type_, **entry}]
        if type_ == "Complete":
            record(api, job, reason="Completed", message="Job completed", component=self.name)
        else:
            record(api, job, type="Warning", reason=reason, message=message, component=self.name)

    def _suspend(self, api: Api, job: Object, pods: list[Object]) -> None:
        for pod in pods:
            if is_active(pod):
                api.delete(PODS, pod["metadata"]["name"], namespace=pod["metadata"]["namespace"])
                record(api, job, reason="SuccessfulDelete", message=f"Deleted pod: {pod['metadata']['name']}", component=self.name)
        status = copied(job.get("status") or {})
        if (condition(job, "Suspended") or {}).get("status") != "True":
            status["conditions"] = _suspended(job, "True", "JobSuspended", "Job suspended")
            record(api, job, reason="Suspended", message="Job suspended", component=self.name)
        for name in ("active", "startTime"):
            status.pop(name, None)
        self._started.pop(job["metadata"]["uid"], None)
        status |= {"ready": 0, "terminating": 0, "uncountedTerminatedPods": {}}
        write_status(api, JOBS, job, status, manager=CONTROLLER_MANAGER)

    def _retire(self, api: Api, job: Object) -> float | None:
        """A Job that is over goes when its time to live has passed."""
        uid, seconds = job["metadata"]["uid"], job["spec"].get("ttlSecondsAfterFinished")
        self._started.pop(uid, None)
        if seconds is None:
            self._ended.pop(uid, None)
            return None
        over = next(each for each in job["status"]["conditions"] if each["type"] in ("Complete", "Failed"))
        since = self._ended.setdefault(uid, clock.parse(over["lastTransitionTime"]))
        left = float(seconds) - (clock.now() - since).total_seconds() * self._pace
        if left > 0:
            return left
        self._ended.pop(uid, None)
        api.delete(JOBS, job["metadata"]["name"], namespace=job["metadata"]["namespace"])
        return None


def finished(job: Object) -> bool:
    conditions = (job.get("status") or {}).get("conditions") or []
    return any(each["type"] in ("Complete", "Failed") and each["status"] == "True" for each in conditions)


def _is_indexed(job: Object) -> bool:
    return bool(job["spec"].get("completionMode") == "Indexed")


def _indexes(pods: list[Object], phase: str = "") -> set[int]:
    """Of the Pods in this phase, or of all."""
    told = [
        (pod["metadata"].get("annotations") or {}).get(INDEX, "")
        for pod in pods
        if not phase or (pod.get("status") or {}).get("phase") == phase
    ]
    return {int(each) for each in told if each.isdecimal()}


def _missing(job: Object, active: list[Object], succeeded: set[int]) -> list[int]:
    """The indexes that a Pod is to be made for now; of a Job without indexes only how many there are counts."""
    spec = job["spec"]
    parallel, done = int(spec.get("parallelism", 1)), spec.get("completions")
    if done is None:
        return list(range(0 if succeeded else max(0, parallel - len(active))))
    room = max(0, min(parallel, int(done) - len(succeeded)) - len(active))
    if not _is_indexed(job):
        return list(range(room))
    taken = succeeded | _indexes(active)
    return [index for index in range(int(done)) if index not in taken][:room]


def _number(pod: Object, job: Object, index: int) -> None:
    """Tells the Pod which index it is for."""
    metadata, spec = pod["metadata"], pod["spec"]
    for part in ("labels", "annotations"):
        metadata[part] = {**metadata.get(part, {}), INDEX: str(index)}
    spec["hostname"] = f"{job['metadata']['name']}-{index}"
    source = {"fieldRef": {"fieldPath": f"metadata.labels['{INDEX}']"}}
    for container in [*(spec.get("initContainers") or []), *spec["containers"]]:
        container["env"] = [*(container.get("env") or []), {"name": "JOB_COMPLETION_INDEX", "valueFrom": source}]


def _ranges(indexes: set[int]) -> str:
    """ "0-2,5" """
    runs: list[list[int]] = []
    for index in sorted(indexes):
        if runs and runs[-1][-1] == index - 1:
            runs[-1] = [runs[-1][0], index]
        else:
            runs.append([index])
    return ",".join("-".join(map(str, run)) for run in runs)


def _suspended(job: Object, status: str, reason: str, message: str) -> list[Object]:
    now = clock.stamp(clock.now())
    others = [each for each in (job.get("status") or {}).get("conditions") or [] if each["type"] != "Suspended"]
    entry = {"type": "Suspended", "status": status, "reason": reason, "message": message}
    return [*others, {**entry, "lastProbeTime": now, "lastTransitionTime": now}]


def backoff(pods: list[Object], *, now: datetime, pace: float) -> float:
    """Seconds until the next Pod may be made; 0 when none has failed yet or the wait is over. Pure."""
    ends = [ended for pod in pods if (pod.get("status") or {}).get("phase") == "Failed" and (ended := ended_at(pod))]
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
