"""The audit of sharing: which namespaces received which Dataset, of which Model, and which of them have lost their ground. Pure.

What is shared arrives as a Dataset of type REFERENCE, made by modelfs or by hand. It is not looked at again when its ground goes
(the source, its version, the sharing, the label of the namespace), so its own phase may say READY for long: `standing` looks.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any, Final

from modeltui.domain import UNKNOWN, Column, ColumnKind, Row, RowKey, Value
from modeltui.kube.resource import Resource
from modeltui.redaction import redact_text
from modeltui.systems.core import metadata
from modeltui.systems.core.types import NAMESPACES
from modeltui.systems.dataset.references import barred, is_reference, references_to
from modeltui.systems.dataset.rows import claim_of, model_of, status_of
from modeltui.systems.dataset.types import DATASETS, Dataset
from modeltui.systems.dataset.uris import referred
from modeltui.systems.modelfs.checks import namespaces_of
from modeltui.systems.modelfs.sharing import share_targets
from modeltui.systems.modelfs.types import ABSENT, MODELS, Model, Version
from modeltui.systems.modelfs.versions import dataset_name, datasets_of
from modeltui.systems.protocol import Facts

MODEL_LABEL: Final = "modelfs.samzong.dev/model"
""" "namespace/name" as modelfs wants it, which the API server refuses; whoever labels by hand writes something else."""
VERSION_LABEL: Final = "modelfs.samzong.dev/version"

COLUMNS: Final = (
    Column("name", "NAME", max_width=40),
    Column("namespace", "NAMESPACE", max_width=24, help="The namespace that received it."),
    Column("status", "STATUS", ColumnKind.STATUS, max_width=24, help="The Dataset's own phase, as of the controller's last look."),
    Column("stale", "STALE", help="Whether what it refers to is gone, or not shared with its namespace any more."),
    Column("source_namespace", "FROM", max_width=24, help="The namespace that shares it."),
    Column("model", "MODEL", max_width=32, help="The modelfs Model that the data is of; none when the source is no Model's."),
    Column("version", "VERSION", max_width=20),
    Column("age", "AGE", ColumnKind.AGE),
    Column("why", "WHY STALE", max_width=48, help="Why it is stale, or why that is unknown."),
    Column("dataset", "SOURCE DATASET", wide=True, max_width=40),
    Column("made_by", "MADE BY", wide=True, help="modelfs, by its labels and names; otherwise somebody by hand."),
    Column("claim", "CLAIM", wide=True, max_width=40),
    Column("kept_by", "KEPT BY", wide=True, max_width=40, help="The version of a Model that has modelfs make it again when it is deleted."),
)


@dataclass(frozen=True, slots=True)
class Standing:
    stale: bool | None
    """None when it is not known."""
    why: str = ""
    """One sentence; empty when it is not stale."""


def row(reference: Dataset, facts: Facts) -> Row:
    place, source = referred(reference.spec.source.uri)
    found = standing(reference, facts)
    model, version = origin(reference, facts)
    return Row(
        reference.metadata.key,
        (
            reference.metadata.name,
            reference.metadata.namespace,
            status_of(reference),
            UNKNOWN if found.stale is None else found.stale,
            place or UNKNOWN,
            model,
            version,
            metadata.age(reference),
            found.why or None,
            source or UNKNOWN,
            "modelfs" if made_by_modelfs(reference, model, version) else "hand",
            claim_of(reference),
            kept.told if (kept := keeper(reference, facts)) else None,
        ),
        reference.metadata.labels,
        fault=found.stale is True,
    )


def touched(resource: Resource, obj: Any, facts: Facts) -> Iterable[RowKey]:
    """The references to a Dataset, to one that a Model names or owns, or in a Namespace."""
    if resource == NAMESPACES:
        held = (found for found in facts.all(DATASETS, obj.metadata.name) if isinstance(found, Dataset))
        return [dataset.metadata.key for dataset in held if is_reference(dataset)]
    namespace, name = obj.metadata.key
    names = {name} if resource == DATASETS else _data_of(obj, facts)
    return [reference.metadata.key for each in names for reference in references_to(namespace, each, facts)]


def _data_of(model: Model, facts: Facts) -> set[str]:
    """Names of the Datasets that it names or owns; it need not name what it owns (any more): just that makes a share stale."""
    owned = facts.where(DATASETS, model.metadata.namespace, _owner, model.metadata.name)
    return {*datasets_of(model), *(dataset.metadata.name for dataset in owned)}


def _owner(dataset: Dataset) -> Iterable[str]:
    """Name of the Model that a Dataset belongs to; an index function."""
    owner = model_of(dataset)
    return () if owner is None else (str(owner),)


# ---- where it comes from --------------------------------------------------------------------------------------------


def origin(reference: Dataset, facts: Facts) -> tuple[Value, Value]:
    """(name of the Model, of the version); None for data that is no Model's."""
    place, name = referred(reference.spec.source.uri)
    model = _model(place, name, facts)
    if model is not None:
        return model.metadata.name, next((version for version in _versions(model, name)), UNKNOWN)
    labels, source = reference.metadata.labels, facts.get(DATASETS, place, name)
    owner = model_of(source) if isinstance(source, Dataset) else None
    said = owner or labels.get(MODEL_LABEL, "").rpartition("/")[2]
    if not said:
        return (None, None) if isinstance(source, Dataset) else (UNKNOWN, UNKNOWN)
    named = name.removeprefix(f"mdl-{said}-")
    return said, labels.get(VERSION_LABEL) or (named if named != name else UNKNOWN)


def _model(namespace: str, dataset: str, facts: Facts) -> Model | None:
    """The Model one of whose versions stands on that Dataset."""
    found = facts.where(MODELS, namespace, datasets_of, dataset) if namespace and dataset else ()
    return next((model for model in found if isinstance(model, Model)), None)


def _versions(model: Model, dataset: str) -> Iterator[str]:
    """Names of the versions that stand on that Dataset; those of the spec first."""
    synced = {entry.name: entry for entry in model.status.synced_versions}
    for name in (*(version.name for version in model.spec.versions), *synced):
        if dataset_name(model, name, synced.get(name)) == dataset:
            yield name


@dataclass(frozen=True, slots=True)
class Keeper:
    """The version that asks for a reference."""

    model: Model
    version: Version

    @property
    def told(self) -> str:
        return f"version {self.version.name} of Model {'/'.join(self.model.metadata.key)}"


def keeper(reference: Dataset, facts: Facts) -> Keeper | None:
    """Whose sharing has modelfs make that very reference again when it is deleted; None also when that is not known."""
    place, dataset = referred(reference.spec.source.uri)
    model = _model(place, dataset, facts)
    if model is None or model.metadata.deletion_timestamp is not None:
        return None
    called = next(_versions(model, dataset), "")
    version = next((entry for entry in model.spec.versions if entry.name == called), None)
    if version is None or reference.metadata.name != shared_name(model, called):
        return None
    targets = share_targets(version.share, place, namespaces_of(facts))
    return Keeper(model, version) if reference.metadata.namespace in (targets.namespaces or ()) else None


def shared_name(model: Model, version: str) -> str:
    """What modelfs calls the references that it makes of a version, in whatever namespace."""
    return f"share-{model.metadata.namespace}-{model.metadata.name}-{version}"


def made_by_modelfs(reference: Dataset, model: Value, version: Value) -> bool:
    if MODEL_LABEL in reference.metadata.labels or VERSION_LABEL in reference.metadata.labels:
        return True
    return reference.metadata.name == f"share-{referred(reference.spec.source.uri)[0]}-{model}-{version}"


# ---- whether it still stands ----------------------------------------------------------------------------------------


def standing(reference: Dataset, facts: Facts) -> Standing:
    """The first thing that makes it stale counts; without any, the first thing that is not known."""
    found = list(_doubts(reference, facts))
    return next((one for one in found if one.stale), found[0] if found else Standing(stale=False))


def _doubts(reference: Dataset, facts: Facts) -> Iterator[Standing]:
    place, name = referred(reference.spec.source.uri)
    if not place or not name:
        yield Standing(True, "Its address names no Dataset: it should read dataset://namespace/name.")
        return
    source = facts.get(DATASETS, place, name)
    if not isinstance(source, Dataset):
        if source is None and facts.known(DATASETS, place):
            yield Standing(True, f"Dataset {place}/{name} does not exist (any more).")
        else:
            unread = "cannot be read" if source is not None else f"is not in sight: namespace {place} is not looked at, or not to be listed"
            yield Standing(None, f"Dataset {place}/{name} {unread}.{_controller(reference)}")
        return
    if source.metadata.deletion_timestamp is not None:
        yield Standing(True, f"Dataset {place}/{name} is being deleted.")
    reason = barred(source, reference.metadata.namespace, facts)
    if reason is None:
        yield Standing(None, f"The labels of namespace {reference.metadata.namespace} are unknown.{_controller(reference)}")
    elif reason:
        yield Standing(True, f"Dataset {place}/{name} {reason}.")
    yield from _of_model(reference, source, facts)


def _controller(reference: Dataset) -> str:
    """What the Dataset controller found out at its last look, for want of better knowledge."""
    told = next((each for each in reference.status.conditions if each.type == "Config" and each.status == "False"), None)
    return f" The controller last said: {redact_text(told.message).rstrip('.')}." if told is not None and told.message else ""


def _of_model(reference: Dataset, source: Dataset, facts: Facts) -> Iterator[Standing]:
    """Of data that is a Model's: whether that still wants the version, and wants it shared."""
    place, name = source.metadata.key
    owner = model_of(source)
    if owner is None:
        return
    model = facts.get(MODELS, place, str(owner))
    if not isinstance(model, Model):
        if model is None and facts.known(MODELS, place):
            yield Standing(True, f"Model {place}/{owner} does not exist any more; its Dataset goes too.")
        else:
            yield Standing(None, f"Model {place}/{owner} is not in sight.")
        return
    if model.metadata.deletion_timestamp is not None:
        yield Standing(True, f"Model {place}/{owner} is being deleted.")
    called = next(_versions(model, name), "")
    version = next((entry for entry in model.spec.versions if entry.name == called), None)
    if version is None:
        yield Standing(True, f"Model {place}/{owner} has no version any more that Dataset {name} is of.")
    elif version.state == ABSENT:
        yield Standing(True, f"Version {called} of Model {place}/{owner} is wanted ABSENT.")
    elif made_by_modelfs(reference, owner, called):
        yield from _of_share(reference, model, version, facts)


def _of_share(reference: Dataset, model: Model, version: Version, facts: Facts) -> Iterator[Standing]:
    """What modelfs made by itself has to do with the share settings of the version; what somebody made by hand has not."""
    said = f"Version {version.name} of Model {'/'.join(model.metadata.key)}"
    targets = share_targets(version.share, model.metadata.namespace, namespaces_of(facts))
    if not targets.enabled:
        yield Standing(True, f"{said} is not shared any more.")
    elif targets.namespaces is None:
        yield Standing(None, f"With which namespaces {said} is shared is unknown: namespaces cannot be listed.")
    elif reference.metadata.namespace not in targets.namespaces:
        yield Standing(True, f"{said} is shared with other namespaces only: {reference.metadata.namespace} does not match.")
