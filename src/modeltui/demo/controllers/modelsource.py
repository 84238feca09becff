"""The controller of ModelSources, as modelfs has it.

Its quirks, kept: Secrets are not watched, so a change of one is seen only when a retry or something else wakes the source; Models
do not wake it either, so `referencedBy` lags; a source whose Secret is bad never gets as far as `referencedBy`.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from modeltui.demo import clock
from modeltui.demo.api import Api
from modeltui.demo.controllers.controller import Failed, Mapper, Requeue, deleting, find, itself, missing, status_of, write_status
from modeltui.demo.controllers.kinds import MODELS, SECRETS, SOURCES
from modeltui.demo.controllers.queue import Key
from modeltui.demo.errors import Object

FINALIZER = "modelfs.samzong.dev/modelsource-finalizer"


class ModelSources:
    name = "modelfs-controller"
    watches: Mapping[str, Mapper] = {SOURCES: itself}

    def reconcile(self, api: Api, key: Key) -> None:
        source = find(api, SOURCES, key)
        if source is None:
            return
        if deleting(source):
            self._release(api, source)
            return
        finalizers = source["metadata"].setdefault("finalizers", [])
        if FINALIZER not in finalizers:
            finalizers.append(FINALIZER)
            source = api.update(SOURCES, source, manager=self.name)
        problem = secret_problem(api, source)
        source = self._write(api, source, {**status_of(source), "conditions": with_credentials(source, problem)})
        if problem:
            raise Failed(problem)
        self._write(api, source, {**status_of(source), "referencedBy": referencing(api, source)})

    def _release(self, api: Api, source: Object) -> None:
        """Deletion waits for the Models that name this source."""
        if names := referencing(api, source):
            self._write(api, source, {**status_of(source), "referencedBy": names})
            raise Requeue
        finalizers = source["metadata"].get("finalizers") or []
        if FINALIZER in finalizers:
            source["metadata"]["finalizers"] = [each for each in finalizers if each != FINALIZER]
            api.update(SOURCES, source, manager=self.name)

    def _write(self, api: Api, source: Object, status: dict[str, Any]) -> Object:
        if not status.get("referencedBy"):
            status.pop("referencedBy", None)
        return write_status(api, SOURCES, source, status, manager=self.name)


def secret_problem(api: Api, source: Object) -> str:
    """What is wrong with the Secret that the source names; empty when nothing is, or it names none."""
    name = source["spec"].get("secretRef")
    if not name:
        return ""
    secret = api.find(SECRETS, name, namespace=source["metadata"]["namespace"])
    if secret is None:
        return f"get secret {name}: {missing('Secret', name)}"
    return "" if secret.get("data") else f"secret {name} is empty"


def with_credentials(source: Object, problem: str) -> list[Object]:
    """The conditions with CredentialsReady brought up to date; its time moves only when its status does."""
    if problem:
        status, reason, message = "False", "SecretInvalid", problem
    elif source["spec"].get("secretRef"):
        status, reason, message = "True", "SecretValid", "Secret is valid and accessible"
    else:
        status, reason, message = "True", "NoSecretRequired", "No secret required for this source type"
    now = clock.stamp(clock.now())
    new = {
        "type": "CredentialsReady",
        "status": status,
        "reason": reason,
        "message": message,
        "lastTransitionTime": now,
        "observedGeneration": source["metadata"].get("generation", 0),
    }
    conditions = list(status_of(source).get("conditions") or [])
    for index, old in enumerate(conditions):
        if old["type"] == new["type"]:
            if (old["status"], old["reason"], old["message"]) != (status, reason, message):
                conditions[index] = new if old["status"] != status else {**new, "lastTransitionTime": old["lastTransitionTime"]}
            return conditions
    return [*conditions, new]


def referencing(api: Api, source: Object) -> list[str]:
    """ "namespace/name" of the Models that name this source."""
    namespace, name = source["metadata"]["namespace"], source["metadata"]["name"]
    return [f"{namespace}/{m['metadata']['name']}" for m in api.list(MODELS, namespace=namespace) if m["spec"]["sourceRef"] == name]
