"""What hangs on a Model, a version of it or a ModelSource, told before it is changed or deleted. Pure."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from modeltui.domain import Finding, Severity
from modeltui.systems.checking import errors_first
from modeltui.systems.core.types import NAMESPACES
from modeltui.systems.dataset.consequences import of_dataset
from modeltui.systems.dataset.references import references_to
from modeltui.systems.dataset.types import DATASETS, Dataset
from modeltui.systems.modelfs.checks import namespaces_of
from modeltui.systems.modelfs.observed import referring_models
from modeltui.systems.modelfs.sharing import share_targets
from modeltui.systems.modelfs.types import ABSENT, MODELS, Model, ModelSource, Version
from modeltui.systems.modelfs.versions import dataset_name
from modeltui.systems.protocol import Facts, Unseen
from modeltui.systems.unseen import listed, why_not


def of_model(before: Model, after: Model | None, facts: Facts, unseen: Unseen) -> tuple[Finding, ...]:
    """Errors first. `after`: None when it is deleted, otherwise only the versions that it costs are told of."""
    return errors_first(_deleted(before, facts, unseen) if after is None else _changed(before, after, facts, unseen))


def of_source(before: ModelSource, after: ModelSource | None, facts: Facts, unseen: Unseen) -> tuple[Finding, ...]:
    """Errors first. A change of a ModelSource deletes nothing; what it breaks is for `check_source` to tell."""
    return errors_first(_source_deleted(before, facts, unseen)) if after is None else ()


# ---- a Model --------------------------------------------------------------------------------------------------------


def _deleted(model: Model, facts: Facts, unseen: Unseen) -> Iterator[Finding]:
    """modelfs deletes every Dataset that the Model owns, and lets the Model go without waiting for them."""
    namespace = model.metadata.namespace
    owned = sorted((one for one in facts.all(DATASETS, namespace) if _owned(one, model)), key=lambda one: one.metadata.name)
    if owned:
        names = listed([dataset.metadata.name for dataset in owned])
        yield Finding(Severity.WARNING, f"Its Dataset{'s' if len(owned) > 1 else ''} {names} {'go' if len(owned) > 1 else 'goes'} with it.")
    for dataset in owned:
        if isinstance(dataset, Dataset):
            yield from _of_its_dataset(dataset, facts, unseen)
    if not facts.known(DATASETS, namespace):
        told = why_not(unseen, DATASETS, namespace)
        yield Finding(Severity.WARNING, f"Which Datasets, with how much data, go with it is unknown: {told}.", "Ask somebody who may look.")
    for place, version in enumerate(model.spec.versions):
        yield from _shared_namespaces(model, version, f"spec.versions[{place}].share", facts, unseen)


def _owned(dataset: object, model: Model) -> bool:
    if not isinstance(dataset, Dataset):
        return False
    return any(owner.kind == MODELS.kind and owner.name == model.metadata.name for owner in dataset.metadata.owner_references)


def _of_its_dataset(dataset: Dataset, facts: Facts, unseen: Unseen, *, field: str = "") -> Iterator[Finding]:
    for finding in of_dataset(dataset, None, facts, unseen):
        yield replace(finding, reason=f"Dataset {dataset.metadata.name}: {finding.reason}", field=field)


def _shared_namespaces(model: Model, version: Version, field: str, facts: Facts, unseen: Unseen) -> Iterator[Finding]:
    if version.state == ABSENT or version.share is None or not version.share.enabled:
        return
    targets = share_targets(version.share, model.metadata.namespace, namespaces_of(facts))
    if targets.namespaces is None:
        told = why_not(unseen, NAMESPACES, "")
        yield Finding(Severity.WARNING, f"With which namespaces version {version.name} is shared is unknown: {told}.", field=field)
    elif targets.namespaces:
        plural = "s" if len(targets.namespaces) > 1 else ""
        yield Finding(
            Severity.INFO,
            f"Version {version.name} asks to be shared with namespace{plural} {listed(targets.namespaces)}: nothing is left to share.",
            field=field,
        )


# ---- a version ------------------------------------------------------------------------------------------------------


def _changed(before: Model, after: Model, facts: Facts, unseen: Unseen) -> Iterator[Finding]:
    """Of two versions of one name the first counts, as for modelfs."""
    now = {version.name: (place, version) for place, version in reversed(list(enumerate(after.spec.versions)))}
    for version in {version.name: version for version in reversed(before.spec.versions)}.values():
        if version.name not in now:
            yield from _taken_out(before, version, facts, unseen)
            continue
        place, then = now[version.name]
        if then.state == ABSENT != version.state:
            yield from _paused(before, version, f"spec.versions[{place}].state", facts, unseen)
        elif _shares(version) and not _shares(then):
            yield from _unshared(before, version, f"spec.versions[{place}].share", facts, unseen)


def _paused(model: Model, version: Version, field: str, facts: Facts, unseen: Unseen) -> Iterator[Finding]:
    name = _dataset_name(model, version)
    dataset = facts.get(DATASETS, model.metadata.namespace, name)
    if isinstance(dataset, Dataset):
        yield Finding(Severity.WARNING, f"Version {version.name}: modelfs deletes Dataset {name}.", "PRESENT makes it anew.", field)
        yield from _of_its_dataset(dataset, facts, unseen, field=field)
    elif not facts.known(DATASETS, model.metadata.namespace):
        yield _unknown_dataset(model, version, field, unseen)
    yield from _shared_namespaces(model, version, field, facts, unseen)


def _taken_out(model: Model, version: Version, facts: Facts, unseen: Unseen) -> Iterator[Finding]:
    name = _dataset_name(model, version)
    if isinstance(facts.get(DATASETS, model.metadata.namespace, name), Dataset):
        yield Finding(
            Severity.WARNING,
            f"Version {version.name} leaves the spec, but Dataset {name} stays, with its claim and data: modelfs deletes only those of "
            "versions that are ABSENT.",
            f"Set it ABSENT first and take it out when the Dataset is gone; or delete Dataset {name} afterwards.",
            "spec.versions",
        )
    elif not facts.known(DATASETS, model.metadata.namespace):
        yield _unknown_dataset(model, version, "spec.versions", unseen)


def _unshared(model: Model, version: Version, field: str, facts: Facts, unseen: Unseen) -> Iterator[Finding]:
    """modelfs takes back nothing that it, or somebody else, has shared."""
    found = references_to(model.metadata.namespace, _dataset_name(model, version), facts)
    if found:
        places = listed(["/".join(dataset.metadata.key) for dataset in found])
        plural = len(found) > 1
        yield Finding(
            Severity.WARNING,
            f"Version {version.name} is not shared any more, but Dataset{'s' if plural else ''} {places} "
            f"stay{'' if plural else 's'}: modelfs takes nothing back.",
            "Delete what shall not read it any more; the shares view lists them.",
            field,
        )
    elif not facts.known(DATASETS, ""):
        told = why_not(unseen, DATASETS, "")
        yield Finding(Severity.INFO, f"Which Datasets refer to version {version.name} is unknown: {told}.", field=field)


def _unknown_dataset(model: Model, version: Version, field: str, unseen: Unseen) -> Finding:
    told = why_not(unseen, DATASETS, model.metadata.namespace)
    reason = f"What becomes of Dataset {_dataset_name(model, version)} of version {version.name}, and of its data, is unknown: {told}."
    return Finding(Severity.WARNING, reason, "Ask somebody who may look.", field)


def _shares(version: Version) -> bool:
    return version.share is not None and version.share.enabled and version.state != ABSENT


def _dataset_name(model: Model, version: Version) -> str:
    synced = {entry.name: entry for entry in model.status.synced_versions}
    return dataset_name(model, version.name, synced.get(version.name))


# ---- a ModelSource --------------------------------------------------------------------------------------------------


def _source_deleted(source: ModelSource, facts: Facts, unseen: Unseen) -> Iterator[Finding]:
    models = referring_models(source, facts)
    if models:
        plural = len(models) > 1
        yield Finding(
            Severity.ERROR,
            f"Model{'s' if plural else ''} {listed(models)} refer{'' if plural else 's'} to it: its finalizer holds the deletion up until "
            "none does, and a deletion once begun cannot be taken back.",
            "Delete those Models, or change their sourceRef first.",
        )
    elif models is None:
        told = why_not(unseen, MODELS, source.metadata.namespace)
        yield Finding(
            Severity.WARNING,
            f"Which Models refer to it, and so hold its deletion up, is unknown: {told}.",
            "Ask somebody who may look: a deletion once begun cannot be taken back.",
        )
    if source.spec.secret_ref:
        yield Finding(Severity.INFO, f"Secret {source.spec.secret_ref} is not deleted with it.", field="spec.secretRef")
