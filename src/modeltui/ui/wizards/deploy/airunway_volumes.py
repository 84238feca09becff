"""The claims of a ModelDeployment: a card each. Pure both ways."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Final

from modeltui.systems.airunway.answers import VolumeAnswers
from modeltui.systems.airunway.checks.storage import DEFAULT_PATHS, MODES, PURPOSES
from modeltui.ui.wizards import answering
from modeltui.ui.wizards.deploy import spelling
from modeltui.ui.wizards.draft import Draft, Group
from modeltui.ui.wizards.form import NO, YES, Field, Kind, Step, Values, choice
from modeltui.ui.wizards.frame import Spot

KEY: Final = "airunway.volumes"
THERE: Final = "that is there"
MADE: Final = "that AI Runway makes"
NO_CLASS: Final = "(none)"
"""In place of a storage class: a volume without one, which is not the same as the cluster's default."""


def _made(values: Values) -> bool:
    return values.get("volume.from") == MADE


def _class(text: str) -> str:
    return "" if text == NO_CLASS else answering.object_name(text)


def step(wanted: Callable[[Values], bool]) -> Step:
    return Step(
        key=KEY,
        title="Volumes",
        card="volume",
        begins=0,
        wanted=wanted,
        intro="Claims that keep the model, or what is compiled; none are needed.",
        fields=(
            Field(key="volume.name", label="Name", required=True, check=answering.label_name, help="Of the volume, such as cache."),
            choice("volume.purpose", "Purpose", PURPOSES, "modelCache keeps what is fetched from the Hub; custom is mounted, and no more."),
            choice("volume.from", "A claim", (THERE, MADE), "One that is made goes with the deployment, and cannot be changed."),
            Field(
                key="volume.claim",
                label="Claim",
                required=True,
                suggests="all claims",
                check=answering.object_name,
                wanted=lambda values: not _made(values),
                help="Of the same namespace.",
            ),
            Field(key="volume.size", label="Size", required=True, check=answering.size, wanted=_made, help="Such as 100Gi."),
            Field(
                key="volume.class",
                label="Storage class",
                suggests="storage classes",
                check=_class,
                wanted=_made,
                help=f"Empty: the cluster's default. {NO_CLASS}: none.",
            ),
            Field(
                key="volume.mode",
                label="Access mode",
                kind=Kind.CHOICE,
                choices=("", *MODES),
                wanted=_made,
                help="None: ReadWriteMany, which replicas on several nodes need. Left and right choose:",
            ),
            Field(
                key="volume.path",
                label="Mounted at",
                check=spelling.absolute_path,
                required=True,
                proposes=lambda values: DEFAULT_PATHS.get(values.get("volume.purpose", ""), ""),
                help="Where the container sees it; proposed for the purpose.",
            ),
            Field(
                key="volume.read_only",
                label="Read-only",
                kind=Kind.SWITCH,
                wanted=lambda values: not _made(values),
                help="For a claim that has the model already.",
            ),
        ),
    )


def answers(group: Group) -> VolumeAnswers:
    """What one card without problems means."""
    made, chosen, path = _made(group), group["volume.class"].strip(), group["volume.path"].strip()
    purpose = group["volume.purpose"]
    return VolumeAnswers(
        name=group["volume.name"].strip(),
        purpose=purpose,  # type: ignore[arg-type]  # one of the choices
        claim="" if made else group["volume.claim"].strip(),
        size=group["volume.size"].strip() if made else "",
        storage_class_name=("" if chosen == NO_CLASS else chosen or None) if made else None,
        access_mode=group["volume.mode"] if made else "",  # type: ignore[arg-type]  # one of the choices
        path="" if path == DEFAULT_PATHS.get(purpose) else path,
        read_only=group["volume.read_only"] == YES and not made,
    )


def texts(found: VolumeAnswers) -> Group:
    """The inverse."""
    return {
        "volume.name": found.name,
        "volume.purpose": found.purpose,
        "volume.from": MADE if found.size else THERE,
        "volume.claim": found.claim,
        "volume.size": found.size,
        "volume.class": NO_CLASS if found.storage_class_name == "" else found.storage_class_name or "",
        "volume.mode": found.access_mode,
        "volume.path": found.path or DEFAULT_PATHS.get(found.purpose, ""),
        "volume.read_only": YES if found.read_only else NO,
    }


_PATH: Final = re.compile(r"spec\.model\.storage\.volumes(?:\[(?:(?P<place>\d+)|name=(?P<name>[^\]]*))\](?:\.(?P<below>\w+))?)?")
_FIELDS: Final = {
    **{"name": "name", "purpose": "purpose", "claimName": "claim", "size": "size", "storageClassName": "class"},
    **{"accessMode": "mode", "mountPath": "path", "readOnly": "read_only"},
}


def spot(draft: Draft, path: str) -> Spot | None:
    if (found := _PATH.match(path)) is None or not (groups := draft.groups[KEY]):
        return None
    names = [group["volume.name"].strip() for group in groups]
    if found["name"] is not None and found["name"] not in names:
        return None
    place = names.index(found["name"]) if found["name"] is not None else int(found["place"] or 0)
    return (KEY, place, f"volume.{_FIELDS.get(found['below'] or '', 'name')}") if place < len(groups) else None
