"""The controller of Models, as modelfs has it: one Dataset per version that shall be PRESENT, and a status copied from them.

Its quirks, kept:
- ReconcileError is written with status False and never taken away; other errors never reach the object, only the log.
- One version that fails stops the rest: nothing after it is made, and no status is written.
- Every run writes the whole Dataset spec, so a dataSyncRound or share that somebody set is gone again.
- The annotation resyncAt does nothing.
- Sharing fails on the label value with a slash; the status has been written by then.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from typing import Any

from modeltui.demo import clock
from modeltui.demo.api import Api
from modeltui.demo.controllers.controller import (
    Failed,
    Mapper,
    condition,
    deleting,
    find,
    itself,
    key_of,
    missing,
    owner_reference,
    status_of,
    write_status,
)
from modeltui.demo.controllers.dataset_spec import DEFAULTED, CannotBuild, dataset_name, dataset_spec, shared_name, version_hash
from modeltui.demo.controllers.kinds import CLAIMS, DATASET_API, DATASETS, MODEL_GROUP, MODELS, NAMESPACES, SECRETS, SOURCES
from modeltui.demo.controllers.queue import Key
from modeltui.demo.controllers.sharing import selected, shares
from modeltui.demo.errors import Object, StatusError

FINALIZER = "modelfs.samzong.dev/model-finalizer"


def _models_of_source(api: Api, source: Object) -> Iterable[Key]:
    namespace, name = key_of(source)
    return [key_of(model) for model in api.list(MODELS, namespace=namespace) if model["spec"]["sourceRef"] == name]


def _model_of_dataset(_api: Api, dataset: Object) -> Iterable[Key]:
    owners = dataset["metadata"].get("ownerReferences") or []
    return [(dataset["metadata"]["namespace"], ref["name"]) for ref in owners if ref["kind"] == "Model"][:1]


def _models_shared_with(api: Api, namespace: Object) -> Iterable[Key]:
    """A change of a namespace wakes the Models whose selector matches it; one without a selector is not woken."""
    labels = namespace["metadata"].get("labels") or {}
    for model in api.list(MODELS):
        selectors = [share["namespaceSelector"] for share in shares(model) if share.get("namespaceSelector") is not None]
        if any(selected(selector, labels) for selector in selectors):
            yield key_of(model)


class Models:
    name = "modelfs-controller"
    watches: Mapping[str, Mapper] = {
        MODELS: itself,
        SOURCES: _models_of_source,
        DATASETS: _model_of_dataset,
        NAMESPACES: _models_shared_with,
    }

    def reconcile(self, api: Api, key: Key) -> None:
        model = find(api, MODELS, key)
        if model is None:
            return
        if deleting(model):
            self._delete(api, model)
            return
        finalizers = model["metadata"].setdefault("finalizers", [])
        if FINALIZER not in finalizers:
            finalizers.append(FINALIZER)
            model = api.update(MODELS, model, manager=self.name)
        source = self._source(api, model)
        with _during("reconcile versions"):
            for version in model["spec"]["versions"]:
                if version.get("state", "PRESENT") == "PRESENT":
                    with _during(f"ensure version {version['name']} dataset"):
                        self._ensure(api, model, source, version)
                else:
                    with _during(f"delete version {version['name']} dataset"):
                        model = self._remove(api, model, version["name"])
        with _during("sync status"):
            status = synced_status(model, lambda name: api.find(DATASETS, name, namespace=key[0]), lambda name: _request(api, key[0], name))
            self._write(api, model, status)
        with _during("reconcile sharing"):
            self._share(api, model)

    def _source(self, api: Api, model: Object) -> Object:
        namespace, name = model["metadata"]["namespace"], model["spec"]["sourceRef"]
        source = api.find(SOURCES, name, namespace=namespace)
        if source is None:
            reason, problem = "ModelSourceNotFound", f"get modelsource: {missing('ModelSource', name, MODEL_GROUP)}"
        elif source["spec"].get("secretRef") and (condition(source, "CredentialsReady") or {}).get("status") != "True":
            reason, problem = "ModelSourceNotReady", f"modelsource {name} credentials not ready"
        else:
            return source
        self._write(api, model, with_error(model, reason, problem))
        raise Failed(problem)

    def _ensure(self, api: Api, model: Object, source: Object, version: Object) -> None:
        namespace, secret = model["metadata"]["namespace"], None
        if name := source["spec"].get("secretRef"):
            secret = api.find(SECRETS, name, namespace=namespace)
            if secret is None:
                raise Failed(f"build dataset spec: get secret {name}: {missing('Secret', name)}")
        try:
            spec = dataset_spec(version, source, secret)
        except CannotBuild as problem:
            raise Failed(f"build dataset spec: {problem}") from None
        wanted = dataset_name(model["metadata"]["name"], version["name"])
        existing = api.find(DATASETS, wanted, namespace=namespace)
        with _during("ensure dataset"):
            if existing is not None:
                if existing["spec"] != {**spec, **DEFAULTED}:
                    api.update(DATASETS, {**existing, "spec": spec}, manager=self.name)
                return
            metadata = {"name": wanted, "namespace": namespace, "ownerReferences": [owner_reference(model)]}
            api.create(DATASETS, _dataset(metadata, spec), manager=self.name)

    def _remove(self, api: Api, model: Object, version: str) -> Object:
        """The model as it is after its status says ABSENT; written before the Dataset goes."""
        namespace, name = model["metadata"]["namespace"], dataset_name(model["metadata"]["name"], version)
        if api.find(DATASETS, name, namespace=namespace) is None:
            return model
        status = status_of(model)
        for synced in status.get("syncedVersions") or []:
            if synced["name"] == version:
                synced["observedState"] = "ABSENT"
        model = self._write(api, model, status)
        api.delete(DATASETS, name, namespace=namespace)
        return model

    def _share(self, api: Api, model: Object) -> None:
        namespace, name = model["metadata"]["namespace"], model["metadata"]["name"]
        for version in model["spec"]["versions"]:
            share = version.get("share") or {}
            # A label value with a slash matches nothing, so there is nothing to take back where sharing was switched off.
            if not share.get("enabled"):
                continue
            with _during(f"reconcile version {version['name']} sharing"):
                for target in targets(share, api.list(NAMESPACES)):
                    if target != namespace:
                        with _during(f"ensure reference dataset in {target}"):
                            self._refer(api, namespace=namespace, model=name, version=version["name"], target=target)

    def _refer(self, api: Api, *, namespace: str, model: str, version: str, target: str) -> None:
        labels = {"modelfs.samzong.dev/model": f"{namespace}/{model}", "modelfs.samzong.dev/version": version}
        spec = {"source": {"type": "REFERENCE", "uri": f"dataset://{namespace}/{dataset_name(model, version)}"}}
        name = shared_name(namespace, model, version)
        existing = api.find(DATASETS, name, namespace=target)
        if existing is None:
            api.create(DATASETS, _dataset({"name": name, "namespace": target, "labels": labels}, spec), manager=self.name)
            return
        existing["metadata"]["labels"] = {**(existing["metadata"].get("labels") or {}), **labels}
        api.update(DATASETS, {**existing, "spec": spec}, manager=self.name)

    def _delete(self, api: Api, model: Object) -> None:
        """Deletes the Datasets without waiting for them, then lets the Model go."""
        finalizers = model["metadata"].get("finalizers") or []
        if FINALIZER not in finalizers:
            return
        namespace, name = key_of(model)
        for dataset in api.list(DATASETS, namespace=namespace):
            if any(ref["kind"] == "Model" and ref["name"] == name for ref in dataset["metadata"].get("ownerReferences") or []):
                api.delete(DATASETS, dataset["metadata"]["name"], namespace=namespace)
        model["metadata"]["finalizers"] = [each for each in finalizers if each != FINALIZER]
        api.update(MODELS, model, manager=self.name)

    def _write(self, api: Api, model: Object, status: dict[str, Any]) -> Object:
        return write_status(api, MODELS, model, status, manager=self.name)


@contextmanager
def _during(what: str) -> Iterator[None]:
    """Errors inside are told with what was being done in front, as Go wraps them."""
    try:
        yield
    except (Failed, StatusError) as problem:
        raise Failed(f"{what}: {problem}") from None


def _dataset(metadata: Object, spec: Object) -> Object:
    return {"apiVersion": DATASET_API, "kind": "Dataset", "metadata": metadata, "spec": spec}


def _request(api: Api, namespace: str, claim: str) -> Any:
    """What the claim asks for; None when there is no such claim."""
    found = api.find(CLAIMS, claim, namespace=namespace)
    return None if found is None else (found["spec"].get("resources", {}).get("requests") or {}).get("storage")


def with_error(model: Object, reason: str, message: str) -> dict[str, Any]:
    """The status with ReconcileError written anew, time included."""
    status = status_of(model)
    new = {
        "type": "ReconcileError",
        "status": "False",
        "reason": reason,
        "message": message,
        "lastTransitionTime": clock.stamp(clock.now()),
        "observedGeneration": model["metadata"].get("generation", 0),
    }
    others = list(status.get("conditions") or [])
    places = [index for index, each in enumerate(others) if each["type"] == "ReconcileError"]
    if places:
        others[places[0]] = new
    else:
        others.append(new)
    return {**status, "conditions": others}


def synced_status(model: Object, dataset: Any, request: Any) -> dict[str, Any]:
    """The status after a run that went well. `dataset(name)` and `request(claim)` look things up; None: not there."""
    status, name = status_of(model), model["metadata"]["name"]
    wanted = {version["name"] for version in model["spec"]["versions"]}
    synced = [_synced(name, version, model, dataset, request) for version in model["spec"]["versions"]]
    for old in status.get("syncedVersions") or []:
        if old["name"] not in wanted and old.get("observedState") != "ABSENT" and dataset(dataset_name(name, old["name"])):
            synced.append({**old, "observedState": "ABSENT"})
    return {**status, "observedGeneration": model["metadata"].get("generation", 0), "syncedVersions": synced}


def _synced(model: str, version: Object, whole: Object, dataset: Any, request: Any) -> dict[str, Any]:
    name = dataset_name(model, version["name"])
    found = dataset(name)
    if found is None:
        return {"name": version["name"], "observedState": "ABSENT"}
    status = found.get("status") or {}
    entry = {"name": version["name"], "activeDataset": name, "observedState": "PRESENT"}
    entry |= {key: status[key] for key in ("phase", "conditions", "lastSyncTime") if status.get(key)}
    if claim := status.get("pvcName"):
        entry["pvcName"] = claim
        if (size := request(claim)) is not None:
            entry["observedStorage"] = size
    # The hash looks the version up by its name, so of two with the same name both get the first one's.
    first = next(each for each in whole["spec"]["versions"] if each["name"] == version["name"])
    return {**entry, "observedVersionHash": version_hash(first)}


def targets(share: Object, namespaces: Iterable[Object]) -> list[str]:
    """Names of the namespaces that a share reaches, by upstream's rule.

    "key=value" as the opt-in label is taken as one long key that must have the value "true"; only "key=" is split.
    """
    found = []
    key, value = share.get("requireOptInLabel") or "", "true"
    if key.endswith("="):
        key, _, value = key.rpartition("=")
    for namespace in namespaces:
        labels = namespace["metadata"].get("labels") or {}
        if share.get("namespaceSelector") is not None and not selected(share["namespaceSelector"], labels):
            continue
        if share.get("requireOptInLabel") and labels.get(key, "") != value:
            continue
        found.append(namespace["metadata"]["name"])
    return found
