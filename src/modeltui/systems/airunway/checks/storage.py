"""model.storage.volumes: claims that are there already, or that AI Runway makes, and where they are mounted."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator
from typing import Final

from modeltui.domain import Finding, Severity
from modeltui.systems.airunway.types import HUGGING_FACE, ModelDeployment, Volume
from modeltui.systems.core import provisioners, quantity
from modeltui.systems.core.types import CLAIMS, STORAGE_CLASSES, StorageClass
from modeltui.systems.protocol import Facts

MOST: Final = 8
PURPOSES: Final = ("modelCache", "compilationCache", "custom")
MODES: Final = ("ReadWriteOnce", "ReadWriteMany", "ReadOnlyMany", "ReadWriteOncePod")
SYSTEM: Final = ("/dev", "/proc", "/sys", "/etc", "/var/run")
"""Where nothing may be mounted, nor below."""
DEFAULT_PATHS: Final = {"modelCache": "/model-cache", "compilationCache": "/compilation-cache"}
_NAME: Final = re.compile(r"[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?")
_FIELD: Final = "spec.model.storage.volumes"


def of_deployment(deployment: ModelDeployment, facts: Facts) -> Iterator[Finding]:
    volumes = deployment.spec.model.storage.volumes
    if len(volumes) > MOST:
        yield Finding(Severity.ERROR, f"{len(volumes)} volumes are refused: at most {MOST} are taken.", "Take some out.", _FIELD)
    for purpose in ("modelCache", "compilationCache"):
        if sum(volume.purpose == purpose for volume in volumes) > 1:
            reason = f"Several volumes are for {purpose}; AI Runway takes one."
            yield Finding(Severity.ERROR, reason, "Make the others custom, with a mountPath.", _FIELD)
    yield from _twice(volumes)
    for place, volume in enumerate(volumes):
        field = f"{_FIELD}[{place}]"
        yield from _of_volume(volume, deployment, field)
        yield from _around(volume, deployment.metadata.namespace, facts, field)


def path_of(volume: Volume) -> str:
    return volume.mount_path or DEFAULT_PATHS.get(volume.purpose, "")


def _twice(volumes: tuple[Volume, ...]) -> Iterator[Finding]:
    for what, values in (
        ("name", [volume.name for volume in volumes]),
        ("mountPath", [path_of(volume) for volume in volumes]),
        ("claimName", [volume.claim_name for volume in volumes]),
    ):
        for value, times in Counter(value for value in values if value).items():
            if times > 1:
                place = len(values) - 1 - values[::-1].index(value)
                reason = f'Several volumes have the {what} "{value}", which AI Runway refuses.'
                yield Finding(Severity.ERROR, reason, "Change one of them.", f"{_FIELD}[{place}].{what}")


def _of_volume(volume: Volume, deployment: ModelDeployment, field: str) -> Iterator[Finding]:
    name = volume.name
    if not _NAME.fullmatch(name):
        reason = f'"{name}" cannot be the name of a volume: lower-case letters, digits and "-", at most 63 of them.'
        yield Finding(Severity.ERROR, reason, "Rename it.", f"{field}.name")
    if volume.purpose and volume.purpose not in PURPOSES:
        reason = f'Volume {name}: there is no purpose "{volume.purpose}".'
        yield Finding(Severity.ERROR, reason, f"There are {', '.join(PURPOSES)}.", f"{field}.purpose")
    yield from _claim(volume, deployment.metadata.name, field)
    yield from _path(volume, field)
    if volume.purpose == "compilationCache" and volume.read_only:
        reason = f"Volume {name} is a compilation cache that cannot be written to: it stays empty."
        yield Finding(Severity.WARNING, reason, "Leave readOnly out.", f"{field}.readOnly")
    if volume.purpose == "modelCache" and volume.read_only and deployment.spec.model.source in ("", HUGGING_FACE):
        reason = f"Volume {name} is read-only: nothing is fetched into it, so the model has to be in it already."
        yield Finding(Severity.WARNING, reason, "Make sure that it is, or leave readOnly out.", f"{field}.readOnly")


def _claim(volume: Volume, deployment: str, field: str) -> Iterator[Finding]:
    name = volume.name
    if volume.size is None:
        if not volume.claim_name:
            reason = f"Volume {name} has neither a size, to be made with, nor a claimName that is there already: AI Runway refuses it."
            yield Finding(Severity.ERROR, reason, "Set one of them.", f"{field}.claimName")
        for what, said in (("accessMode", volume.access_mode), ("storageClassName", volume.storage_class_name)):
            if said:
                reason = f"Volume {name}: {what} is for claims that AI Runway makes (with a size) only, and refused here."
                yield Finding(Severity.ERROR, reason, "Take it out, or set a size.", f"{field}.{what}")
        return
    size = quantity.parse(volume.size)
    if size is None or size <= 0:
        reason = f'Volume {name}: "{volume.size}" is not a size.'
        yield Finding(Severity.ERROR, reason, "Write a number with a unit, such as 100Gi.", f"{field}.size")
    made = f"{deployment}-{name}"
    if volume.claim_name and volume.claim_name != made:
        reason = f"Volume {name}: a claim that AI Runway makes is called {made}, and another claimName is refused."
        yield Finding(
            Severity.ERROR, reason, "Leave claimName out; or leave size out, to mount a claim that is there.", f"{field}.claimName"
        )
    if volume.read_only:
        reason = f"Volume {name}: a claim that is made has to be written to, so readOnly is refused."
        yield Finding(Severity.ERROR, reason, "Leave readOnly out.", f"{field}.readOnly")
    if volume.access_mode and volume.access_mode not in MODES:
        reason = f'Volume {name}: there is no access mode "{volume.access_mode}".'
        yield Finding(Severity.ERROR, reason, f"There are {', '.join(MODES)}.", f"{field}.accessMode")


def _path(volume: Volume, field: str) -> Iterator[Finding]:
    path, name = volume.mount_path, volume.name
    if not path:
        if volume.purpose in ("", "custom"):
            reason = f"Volume {name} is custom, and does not say where it is mounted, which AI Runway refuses."
            yield Finding(Severity.ERROR, reason, "Set mountPath, or a purpose that has one.", f"{field}.mountPath")
        return
    if not path.startswith("/"):
        reason = f'Volume {name}: mountPath "{path}" does not begin with "/", which AI Runway refuses.'
        yield Finding(Severity.ERROR, reason, "Write the whole path.", f"{field}.mountPath")
    elif taken := next((one for one in SYSTEM if path == one or path.startswith(f"{one}/")), ""):
        reason = f"Volume {name}: nothing may be mounted at {path}, since {taken} is the system's."
        yield Finding(Severity.ERROR, reason, "Choose another path.", f"{field}.mountPath")


def _around(volume: Volume, namespace: str, facts: Facts, field: str) -> Iterator[Finding]:
    if volume.size is None and volume.claim_name and facts.known(CLAIMS, namespace) and not facts.get(CLAIMS, namespace, volume.claim_name):
        reason = f"Volume {volume.name}: there is no claim {volume.claim_name} in namespace {namespace}, so that its pods stay Pending."
        yield Finding(Severity.ERROR, reason, "Create it, correct the name, or set a size.", f"{field}.claimName")
    if volume.size is None or not facts.known(STORAGE_CLASSES, ""):
        return
    classes = {found.metadata.name: found for found in facts.all(STORAGE_CLASSES, "")}
    chosen = volume.storage_class_name
    made = [found for found in classes.values() if isinstance(found, StorageClass)]
    taken = next((found for found in made if (found.metadata.name == chosen if chosen else found.is_default)), None)
    if taken is not None and volume.access_mode in ("", "ReadWriteMany") and provisioners.for_one_node(taken.provisioner):
        unsaid = "" if volume.access_mode else ", which it is unless accessMode says otherwise"
        reason = f"Volume {volume.name} is ReadWriteMany{unsaid}, and StorageClass {taken.metadata.name} makes volumes for one node "
        reason += f"({taken.provisioner}): its claim stays Pending."
        remedy = "Name a class of shared file systems; or set accessMode to ReadWriteOnce for a single replica."
        yield Finding(Severity.WARNING, reason, remedy, f"{field}.accessMode")
    if chosen and chosen not in classes:
        reason = f'Volume {volume.name}: there is no StorageClass "{chosen}", so that its claim stays Pending.'
        remedy = f"StorageClasses of this cluster: {', '.join(sorted(classes)) or 'none'}."
        yield Finding(Severity.WARNING, reason, remedy, f"{field}.storageClassName")
    elif chosen is None and not any(isinstance(found, StorageClass) and found.is_default for found in classes.values()):
        reason = f"Volume {volume.name} names no StorageClass, and the cluster has no default one, so that its claim stays Pending."
        yield Finding(Severity.WARNING, reason, f"There are {', '.join(sorted(classes)) or 'none'}.", f"{field}.storageClassName")
