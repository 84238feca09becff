"""Claims and volumes: the persistent-volume controller and the provisioners that are installed in the embedded cluster."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime

from modeltui.demo import clock
from modeltui.demo.api import Api
from modeltui.demo.controllers.controller import Mapper, deleting, find, itself
from modeltui.demo.controllers.events import record
from modeltui.demo.controllers.kinds import CLAIMS, CLASSES, PODS, VOLUMES
from modeltui.demo.controllers.queue import Key
from modeltui.demo.controllers.scheduling import number
from modeltui.demo.errors import Object

VOLUME_FINALIZER = "kubernetes.io/pv-protection"
DEFAULT_CLASS = "storageclass.kubernetes.io/is-default-class"
SELECTED_NODE = "volume.kubernetes.io/selected-node"
LOCAL_PATH, EBS = "rancher.io/local-path", "ebs.csi.aws.com"
INSTALLED = frozenset({"nfs.csi.k8s.io", "cephfs.csi.ceph.com", LOCAL_PATH, EBS})
"""Provisioners that answer. A class that names another one waits for ever."""
LOOK_AGAIN = 120.0
PROVISIONING = 3.0
"""Seconds from claim to volume."""


def claims_of_pod(_api: Api, pod: Object) -> Iterable[Key]:
    namespace = pod["metadata"]["namespace"]
    volumes = (pod.get("spec") or {}).get("volumes") or []
    return [(namespace, volume["persistentVolumeClaim"]["claimName"]) for volume in volumes if volume.get("persistentVolumeClaim")]


def _claim_of_volume(_api: Api, volume: Object) -> Iterable[Key]:
    ref = volume["spec"].get("claimRef")
    return [(ref["namespace"], ref["name"])] if ref else []


class Claims:
    name = "persistentvolume-controller"
    watches: Mapping[str, Mapper] = {CLAIMS: itself, PODS: claims_of_pod, VOLUMES: _claim_of_volume}

    def __init__(self, *, pace: float) -> None:
        self._pace = pace
        self._told: dict[tuple[str, str], datetime] = {}
        """When a claim, by uid, was last told a reason."""

    def reconcile(self, api: Api, key: Key) -> float | None:
        claim = find(api, CLAIMS, key)
        if claim is None:
            return None
        if deleting(claim) or (claim.get("status") or {}).get("phase") == "Bound":
            return None
        if name := claim["spec"].get("volumeName"):
            volume = api.find(VOLUMES, name)
            if volume is not None:
                self._bind(api, claim, volume)
                return None
            return self._tell(api, claim, type="Warning", reason="FailedBinding", message=f'volume "{name}" not found')
        return self._provision(api, claim)

    def _provision(self, api: Api, claim: Object) -> float | None:
        wanted = claim["spec"].get("storageClassName") or default_class(api)
        if wanted and not claim["spec"].get("storageClassName"):
            claim = api.update(CLAIMS, {**claim, "spec": {**claim["spec"], "storageClassName": wanted}}, manager=self.name)
        storage_class = api.find(CLASSES, wanted) if wanted else None
        if storage_class is None:
            why = (
                f'storageclass.storage.k8s.io "{wanted}" not found'
                if wanted
                else "no persistent volumes available and no storage class is set"
            )
            reason, type_ = ("ProvisioningFailed", "Warning") if wanted else ("FailedBinding", "Normal")
            return self._tell(api, claim, type=type_, reason=reason, message=why)
        annotations = claim["metadata"].get("annotations") or {}
        if storage_class.get("volumeBindingMode") == "WaitForFirstConsumer" and SELECTED_NODE not in annotations:
            told = "waiting for first consumer to be created before binding"
            return self._tell(api, claim, reason="WaitForFirstConsumer", message=told)
        provisioner = storage_class["provisioner"]
        if provisioner not in INSTALLED:
            told = (
                f"Waiting for a volume to be created either by the external provisioner '{provisioner}' or manually by the system "
                "administrator. If volume creation is delayed, please verify that the provisioner is running and correctly registered."
            )
            return self._tell(api, claim, reason="ExternalProvisioning", message=told)
        if problem := cannot_provision(claim, provisioner):
            told = f'failed to provision volume with StorageClass "{wanted}": {problem}'
            return self._tell(api, claim, type="Warning", reason="ProvisioningFailed", message=told, component=provisioner)
        age = (clock.now() - clock.parse(claim["metadata"]["creationTimestamp"])).total_seconds() * self._pace
        if age < PROVISIONING:
            return PROVISIONING - age
        volume = api.create(VOLUMES, provisioned(claim, storage_class), manager=provisioner)
        told = f"Successfully provisioned volume {volume['metadata']['name']}"
        record(api, claim, reason="ProvisioningSucceeded", message=told, component=provisioner)
        self._bind(api, claim, volume)
        return None

    def _tell(self, api: Api, claim: Object, *, reason: str, message: str, type: str = "Normal", component: str = "") -> float:  # noqa: A002
        """An Event, but not the same again within LOOK_AGAIN; the seconds until then."""
        key, now = (claim["metadata"]["uid"], reason), clock.now()
        left = LOOK_AGAIN - (now - self._told[key]).total_seconds() * self._pace if key in self._told else 0.0
        if left > 0:
            return left
        self._told[key] = now
        record(api, claim, type=type, reason=reason, message=message, component=component or self.name)
        return LOOK_AGAIN

    def _bind(self, api: Api, claim: Object, volume: Object) -> None:
        metadata = claim["metadata"]
        reference = {"apiVersion": "v1", "kind": "PersistentVolumeClaim", "name": metadata["name"], "namespace": metadata["namespace"]}
        reference["uid"] = metadata["uid"]
        volume["spec"]["claimRef"] = reference
        volume = api.update(VOLUMES, volume, manager=self.name)
        api.update(
            VOLUMES, {**volume, "status": {**(volume.get("status") or {}), "phase": "Bound"}}, manager=self.name, subresource="status"
        )
        claim["spec"]["volumeName"] = volume["metadata"]["name"]
        metadata["annotations"] = {**(metadata.get("annotations") or {}), "pv.kubernetes.io/bind-completed": "yes"}
        claim = api.update(CLAIMS, claim, manager=self.name)
        status = {"phase": "Bound", "accessModes": volume["spec"]["accessModes"], "capacity": volume["spec"]["capacity"]}
        api.update(CLAIMS, {**claim, "status": status}, manager=self.name, subresource="status")


def _volume_of_claim(_api: Api, claim: Object) -> Iterable[Key]:
    name = claim["spec"].get("volumeName")
    return [("", name)] if name else []


class Volumes:
    """What becomes of a volume whose claim is gone: deleted, or released and kept."""

    name = "persistentvolume-controller"
    watches: Mapping[str, Mapper] = {VOLUMES: itself, CLAIMS: _volume_of_claim}

    def reconcile(self, api: Api, key: Key) -> None:
        volume = find(api, VOLUMES, key)
        if volume is None:
            return
        if deleting(volume):
            finalizers = volume["metadata"].get("finalizers") or []
            volume["metadata"]["finalizers"] = [each for each in finalizers if each != VOLUME_FINALIZER]
            api.update(VOLUMES, volume, manager="kube-controller-manager")
            return
        ref, phase = volume["spec"].get("claimRef"), (volume.get("status") or {}).get("phase")
        if ref is None:
            if phase != "Available":
                self._tell(api, volume, "Available")
            return
        claim = api.find(CLAIMS, ref["name"], namespace=ref["namespace"])
        if claim is not None and claim["metadata"]["uid"] == ref.get("uid", claim["metadata"]["uid"]):
            return
        if phase == "Bound":
            self._tell(api, volume, "Released")
        if volume["spec"].get("persistentVolumeReclaimPolicy") == "Delete":
            api.delete(VOLUMES, key[1])

    def _tell(self, api: Api, volume: Object, phase: str) -> None:
        api.update(VOLUMES, {**volume, "status": {**(volume.get("status") or {}), "phase": phase}}, manager=self.name, subresource="status")


def default_class(api: Api) -> str:
    for each in api.list(CLASSES):
        if (each["metadata"].get("annotations") or {}).get(DEFAULT_CLASS) == "true":
            return str(each["metadata"]["name"])
    return ""


def cannot_provision(claim: Object, provisioner: str) -> str:
    """Why this provisioner refuses this claim; empty when it does not. Pure."""
    size = number(claim["spec"]["resources"]["requests"]["storage"])
    shared = [mode for mode in claim["spec"].get("accessModes") or [] if mode not in ("ReadWriteOnce", "ReadWriteOncePod")]
    if provisioner == LOCAL_PATH and shared:
        return "Only support ReadWriteOnce access mode"
    if provisioner == EBS and shared:
        told = f"Volume capabilities {shared[0]} not supported. Only AccessModes[ReadWriteOnce] supported."
        return f"rpc error: code = InvalidArgument desc = {told}"
    if provisioner == EBS and size > 64 * 1024**4:
        return f"rpc error: code = Internal desc = Volume of {size / 1024**3:.0f}GiB is too large for volume type gp3; maximum is 65536GiB."
    return ""


def provisioned(claim: Object, storage_class: Object) -> Object:
    """The volume that a provisioner makes for a claim. Pure."""
    name, provisioner = f"pvc-{claim['metadata']['uid']}", storage_class["provisioner"]
    spec: Object = {
        "capacity": {"storage": claim["spec"]["resources"]["requests"]["storage"]},
        "accessModes": claim["spec"]["accessModes"],
        "volumeMode": claim["spec"].get("volumeMode", "Filesystem"),
        "persistentVolumeReclaimPolicy": storage_class.get("reclaimPolicy", "Delete"),
        "storageClassName": storage_class["metadata"]["name"],
    }
    if provisioner == LOCAL_PATH:
        spec["hostPath"] = {"path": f"/opt/local-path-provisioner/{name}", "type": "DirectoryOrCreate"}
    else:
        spec["csi"] = {"driver": provisioner, "volumeHandle": name}
    metadata = {"name": name, "annotations": {"pv.kubernetes.io/provisioned-by": provisioner}}
    return {"apiVersion": "v1", "kind": "PersistentVolume", "metadata": metadata, "spec": spec}
