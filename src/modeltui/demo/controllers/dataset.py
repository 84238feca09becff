"""The controller of Datasets, as BaizeAI's has it: a claim, a Job per round, and a phase.

Its quirks, kept:
- A condition's reason is "<Type>Ready" even when False, and its message is the first problem's while it stays False.
- Anything that is neither under way nor loaded is FAILED, a missing claim just as a Job that gave up; PVC Datasets are READY always.
- Jobs and claims are not watched: it looks every 5 s while PROCESSING, and not again after READY or FAILED.
- It does not wait for its claim to be bound: the loader's Pod does.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import datetime

from modeltui.demo import clock
from modeltui.demo.api import Api
from modeltui.demo.controllers.controller import Failed, Mapper, deleting, find, itself, missing, owner_reference
from modeltui.demo.controllers.dataset_claim import remove_volumes, with_volumes
from modeltui.demo.controllers.dataset_job import job_name, loader_job, preloads
from modeltui.demo.controllers.dataset_reference import check_reference
from modeltui.demo.controllers.kinds import CONFIG_MAPS, DATASETS, JOBS
from modeltui.demo.controllers.queue import Key
from modeltui.demo.copying import copied
from modeltui.demo.errors import Object, StatusError

FINALIZER = "dataset-controller"
ROUNDS_KEPT = 5
POLL = 5.0
"""Seconds between two looks at a Job under way."""
OTHERWISE = 30.0

Step = Callable[[Api, Object], Object]
"""Does one part of the work, changes `status` in place, and returns the Dataset as it now is. Raises Failed or StatusError."""


class Datasets:
    name = "dataset-controller"
    watches: Mapping[str, Mapper] = {DATASETS: itself}

    def reconcile(self, api: Api, key: Key) -> float | None:
        dataset = find(api, DATASETS, key)
        if dataset is None:
            return None
        if deleting(dataset):
            remove_volumes(api, dataset, manager=self.name)
            if dataset["metadata"].get("finalizers"):
                api.update(DATASETS, {**dataset, "metadata": {**dataset["metadata"], "finalizers": []}}, manager=self.name)
            return None
        before = copied(dataset.get("status") or {})
        dataset.setdefault("status", {})
        steps: tuple[tuple[str, Step], ...] = (
            ("Config", _check),
            ("", self._hold),
            ("PVC", self._claim),
            ("ConfigMap", self._config_map),
            ("Job", self._job),
            ("JobStatus", self._follow),
        )
        for type_, step in steps:
            problem = ""
            try:
                dataset = step(api, dataset)
            except (Failed, StatusError) as error:
                problem = str(error)
            set_condition(dataset["status"], type_, problem, clock.now())
            if problem:
                break
        phase = dataset["status"]["phase"] = phase_of(dataset)
        if dataset["status"] != before:
            api.update(DATASETS, dataset, manager=self.name, subresource="status")
        return {"PROCESSING": POLL, "READY": None, "FAILED": None}.get(phase, OTHERWISE)

    def _hold(self, api: Api, dataset: Object) -> Object:
        if FINALIZER in (dataset["metadata"].get("finalizers") or []):
            return dataset
        dataset["metadata"]["finalizers"] = [FINALIZER]
        return {**api.update(DATASETS, dataset, manager=self.name), "status": dataset["status"]}

    def _claim(self, api: Api, dataset: Object) -> Object:
        with_volumes(api, dataset, manager=self.name)
        return dataset

    def _config_map(self, api: Api, dataset: Object) -> Object:
        if dataset["spec"]["source"]["type"] != "CONDA":
            return dataset
        options, metadata = dataset["spec"]["source"].get("options") or {}, dataset["metadata"]
        files = {"environment.yml": options.get("condaEnvironmentYml", ""), "requirements.txt": options.get("pipRequirementsTxt", "")}
        data = {name: text for name, text in files.items() if text.strip()}
        name = f"dataset-{metadata['name']}-config"
        existing = api.find(CONFIG_MAPS, name, namespace=metadata["namespace"])
        if existing is not None:
            api.update(CONFIG_MAPS, {**existing, "data": data}, manager=self.name)
            return dataset
        made = {"name": name, "namespace": metadata["namespace"], "ownerReferences": [owner_reference(dataset)]}
        api.create(CONFIG_MAPS, {"apiVersion": "v1", "kind": "ConfigMap", "metadata": made, "data": data}, manager=self.name)
        return dataset

    def _job(self, api: Api, dataset: Object) -> Object:
        """A Job for the round that is wanted, when it has not succeeded; one of that name that is there already is left as it is."""
        status, wanted = dataset["status"], dataset["spec"].get("dataSyncRound", 1)
        if not preloads(dataset) or wanted <= status.get("lastSucceedRound", 0):
            return dataset
        status["inProcessing"], status["inProcessingRound"] = True, wanted
        metadata = dataset["metadata"]
        if api.find(JOBS, job_name(metadata["name"], wanted), namespace=metadata["namespace"]) is None:
            api.create(JOBS, loader_job(dataset, wanted), manager=self.name)
        return dataset

    def _follow(self, api: Api, dataset: Object) -> Object:
        status, metadata = dataset["status"], dataset["metadata"]
        created = metadata["creationTimestamp"]
        if not preloads(dataset):
            status["lastSyncTime"] = created
            return dataset
        number = status.get("inProcessingRound", 0) if status.get("inProcessing") else status.get("lastSucceedRound", 0)
        if not number:
            status["lastSyncTime"] = created
            return dataset
        name = job_name(metadata["name"], number)
        job = api.find(JOBS, name, namespace=metadata["namespace"])
        if job is None:
            raise Failed(missing("Job", name, "batch"))
        if status.get("inProcessing"):
            follow_round(status, job, number, wanted=dataset["spec"].get("dataSyncRound", 1))
        else:
            status["lastSyncTime"] = (job.get("status") or {}).get("completionTime", created)
        return dataset


def _check(api: Api, dataset: Object) -> Object:
    spec = dataset["spec"]
    if spec["source"]["type"] == "REFERENCE":
        check_reference(api, dataset)
    reference = spec.get("volumeClaimRef")
    if reference is None:
        return dataset
    template = spec.get("volumeClaimTemplate") or {}
    if any(template.get(part) for part in ("metadata", "spec", "status", "apiVersion", "kind")):
        raise Failed("volumeClaimRef and volumeClaimTemplate cannot be both set")
    path = reference.get("subPath") or ""
    if path.startswith("/"):
        raise Failed(f"subPath should not start with '/', got: {path}")
    if ".." in path:
        raise Failed(f"subPath should not contain '..', got: {path}")
    return dataset


def follow_round(status: Object, job: Object, number: int, *, wanted: int) -> None:
    """Takes over what the Job of round `number` says; forgets rounds that are more than four before the wanted one."""
    now, told = clock.stamp(clock.now()), job.get("status") or {}
    rounds = status.setdefault("syncRoundStatuses", [])
    entry = next((each for each in rounds if each.get("round") == number), None)
    if entry is None:
        entry = {"round": number, "jobName": job["metadata"]["name"], "startTime": now}
        rounds.append(entry)
    if told.get("succeeded", 0) > 0:
        ended = told.get("completionTime", now)
        entry |= {"startTime": told.get("startTime", entry["startTime"]), "endTime": ended, "succeed": True}
        status["lastSyncTime"], status["lastSucceedRound"] = ended, number
        _stop(status)
    elif any(each["type"] == "Failed" and each["status"] == "True" for each in told.get("conditions") or []):
        entry.pop("succeed", None)
        _stop(status)
    status["syncRoundStatuses"] = [each for each in rounds if each.get("round", 0) + ROUNDS_KEPT > wanted]


def _stop(status: Object) -> None:
    # Both fields are left out of the JSON at their zero values.
    status.pop("inProcessing", None)
    status.pop("inProcessingRound", None)


def set_condition(status: Object, type_: str, problem: str, now: datetime) -> None:
    """A step without a type leaves no condition."""
    if not type_:
        return
    conditions = status.setdefault("conditions", [])
    entry = next((each for each in conditions if each["type"] == type_), None)
    if entry is None:
        entry = {"type": type_, "reason": f"{type_}Ready", "status": ""}
        conditions.append(entry)
    wanted = "False" if problem else "True"
    if entry["status"] != wanted:
        entry |= {"status": wanted, "message": problem, "lastTransitionTime": clock.stamp(now)}


def phase_of(dataset: Object) -> str:
    spec, status = dataset["spec"], dataset["status"]
    kind = spec["source"]["type"]
    if kind == "REFERENCE" and any(each["status"] == "False" for each in status.get("conditions") or []):
        return "FAILED"
    if kind == "PVC":
        return "READY"
    if status.get("inProcessing"):
        return "PROCESSING"
    return "READY" if status.get("lastSucceedRound", 0) == spec.get("dataSyncRound", 1) else "FAILED"
