"""What hangs on a Dataset, told before it is changed or deleted: its claim and the data, pods, Datasets that refer to it. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Final

from modeltui.domain import Finding, Severity
from modeltui.systems.checking import errors_first
from modeltui.systems.core.types import CLAIMS, PODS, VOLUMES, PersistentVolume, PersistentVolumeClaim, Pod
from modeltui.systems.dataset.references import barred, is_reference, references_to
from modeltui.systems.dataset.rows import storage_of
from modeltui.systems.dataset.types import DATASET_LABEL, DATASETS, Dataset
from modeltui.systems.dataset.uris import referred
from modeltui.systems.protocol import Facts, Unseen
from modeltui.systems.unseen import listed, why_not

_ENDED: Final = frozenset({"Succeeded", "Failed"})
"""Phases of pods that hold no volume any more."""
_DATA_ELSEWHERE: Final = frozenset({"REFERENCE", "NFS"})
"""Types whose claim is only a way to data that is not its own."""


def of_dataset(before: Dataset, after: Dataset | None, facts: Facts, unseen: Unseen) -> tuple[Finding, ...]:
    """Errors first; a pod that would lose its data is one. `after`: None when it is deleted."""
    return errors_first(_deleted(before, facts, unseen) if after is None else _shared_less(before, after, facts, unseen))


def _deleted(dataset: Dataset, facts: Facts, unseen: Unseen) -> Iterator[Finding]:
    claim = _claim(dataset, facts)
    if claim.stays:
        yield from _claim_stays(dataset, claim, facts)
    elif claim.name:
        yield from _mounted(dataset, claim, facts, unseen)
        yield from _data(dataset, claim, facts, unseen)
    elif not facts.known(CLAIMS, dataset.metadata.namespace):
        told = why_not(unseen, CLAIMS, dataset.metadata.namespace)
        yield Finding(Severity.WARNING, f"Whether a claim with data goes with it is unknown: {told}.")
    yield from _references(dataset, claim, facts, unseen)


# ---- the claim ------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class _Claim:
    name: str
    """ "" when it has none, or when that is not known."""
    found: PersistentVolumeClaim | None
    stays: bool
    """The Dataset only uses it: type PVC, or volumeClaimRef."""
    volume: PersistentVolume | None

    @property
    def retained(self) -> bool:
        """Whether the volume is known to keep the data when the claim is gone."""
        return self.volume is not None and self.volume.spec.persistent_volume_reclaim_policy == "Retain"

    def size(self, asked: object) -> str:
        """What is known of how much it holds. `asked`: what the Dataset asks for, None when it does not say."""
        if self.found is not None and "storage" in self.found.status.capacity:
            return f"capacity {self.found.status.capacity['storage']}"
        if self.found is not None and "storage" in self.found.spec.resources.requests:
            return f"{self.found.status.phase or 'not reported on'}, asks for {self.found.spec.resources.requests['storage']}"
        return f"asked for {asked}, size unknown" if asked else "size unknown"


def _claim(dataset: Dataset, facts: Facts) -> _Claim:
    spec, namespace = dataset.spec, dataset.metadata.namespace
    name, stays = dataset.status.pvc_name, False
    if spec.volume_claim_ref is not None:
        name, stays = spec.volume_claim_ref.name, True
    elif spec.source.type == "PVC":
        name, stays = spec.source.uri.removeprefix("pvc://").partition("/")[0], True
    elif not name:
        labelled = [claim for claim in facts.all(CLAIMS, namespace) if claim.metadata.labels.get(DATASET_LABEL) == dataset.metadata.name]
        name = labelled[0].metadata.name if labelled else ""
    found = facts.get(CLAIMS, namespace, name) if name else None
    claim = found if isinstance(found, PersistentVolumeClaim) else None
    volume = facts.get(VOLUMES, "", claim.spec.volume_name) if claim and claim.spec.volume_name else None
    return _Claim(name, claim, stays, volume if isinstance(volume, PersistentVolume) else None)


def _claim_stays(dataset: Dataset, claim: _Claim, facts: Facts) -> Iterator[Finding]:
    namespace = dataset.metadata.namespace
    if claim.found is None and facts.known(CLAIMS, namespace):
        if dataset.spec.volume_claim_ref is not None:
            yield Finding(
                Severity.WARNING,
                f"Claim {claim.name} does not exist, and without it the controller never lets the Dataset go.",
                f"Make a claim {claim.name} for the time being, or take the finalizer away afterwards.",
                "spec.volumeClaimRef.name",
            )
        return
    yield Finding(Severity.INFO, f"Claim {claim.name} stays ({claim.size(None)}), and its data with it: the Dataset only uses it.")


def _data(dataset: Dataset, claim: _Claim, facts: Facts, unseen: Unseen) -> Iterator[Finding]:
    """What becomes of the data, when the claim goes."""
    if claim.found is None and facts.known(CLAIMS, dataset.metadata.namespace):
        return
    place, kind = f"Claim {claim.name} ({claim.size(storage_of(dataset))}) is deleted with it", dataset.spec.source.type
    if is_reference(dataset):
        yield Finding(Severity.INFO, f"{place}; the data stays where it is, with Dataset {'/'.join(referred(dataset.spec.source.uri))}.")
    elif kind == "NFS":
        yield Finding(Severity.INFO, f"{place}; the files stay on the NFS server.")
    elif claim.retained:
        assert claim.volume is not None
        told = f"{place}. Volume {claim.volume.metadata.name} is retained with the data, but nothing refers to it then."
        yield Finding(Severity.WARNING, told, "Delete the volume too when the data is not needed any more.")
    elif claim.found is not None and claim.found.status.phase == "Pending":
        yield Finding(Severity.INFO, f"{place}; it has no volume yet, so no data is lost.")
    else:
        again = "It was put there by hand" if kind == "MANUAL" else "Having it again takes the whole download"
        policy = ""
        if claim.volume is not None:
            reclaimed = claim.volume.spec.persistent_volume_reclaim_policy or "unknown"
            policy = f" Volume {claim.volume.metadata.name} has reclaim policy {reclaimed}."
        elif not facts.known(VOLUMES, ""):
            policy = f" Whether the volume is retained is unknown: {why_not(unseen, VOLUMES, '')}."
        yield Finding(Severity.WARNING, f"{place}, and the data on it is lost.{policy}", f"{again}: copy it first if it is needed.")


# ---- who uses it ----------------------------------------------------------------------------------------------------


def _mounted(dataset: Dataset, claim: _Claim, facts: Facts, unseen: Unseen) -> Iterator[Finding]:
    namespace = dataset.metadata.namespace
    using = _pods(namespace, claim.name, facts)
    loading = [pod for pod in using if _loads(pod, dataset)]
    others = [pod.metadata.name for pod in using if pod not in loading]
    if others:
        yield Finding(
            Severity.ERROR,
            f"Claim {claim.name} is mounted right now by {_plural('pod', others)} {listed(others)}: they hold it until they end, "
            "and none can start with it again.",
            "Stop what runs them first, or let it use another claim.",
        )
    if loading:
        names = [pod.metadata.name for pod in loading]
        yield Finding(Severity.WARNING, f"Its download is under way, and stops: {_plural('pod', names)} {listed(names)}.")
    if not facts.known(PODS, namespace):
        told = why_not(unseen, PODS, namespace)
        yield Finding(Severity.WARNING, f"Which pods mount claim {claim.name} is unknown: {told}.", "Ask somebody who may look.")
    elif not using:
        yield Finding(Severity.INFO, f"No running pod mounts claim {claim.name}.")


def _references(dataset: Dataset, own: _Claim, facts: Facts, unseen: Unseen) -> Iterator[Finding]:
    """Datasets of any namespace that show its data; what their pods do with it when it goes."""
    found = [other for other in references_to(*dataset.metadata.key, facts) if other.metadata.uid != dataset.metadata.uid]
    if found:
        yield Finding(
            Severity.WARNING,
            f"{_plural('Dataset', found)} {listed(_places(found))} {'refers' if len(found) == 1 else 'refer'} to it, and would have "
            f"nothing to refer to: namespaces {listed(sorted({other.metadata.namespace for other in found}))}.",
            "Delete them too; only a controller with enable_cascading_deletion does that by itself.",
        )
    yield from _unknown_references(dataset, facts, unseen)
    if own.stays or own.retained or dataset.spec.source.type in _DATA_ELSEWHERE:
        return  # the data stays where they mount it
    for other in found:
        yield from _pods_of_reference(other, facts, unseen)


def _pods_of_reference(reference: Dataset, facts: Facts, unseen: Unseen) -> Iterator[Finding]:
    namespace, claim = reference.metadata.namespace, reference.status.pvc_name
    names = [pod.metadata.name for pod in _pods(namespace, claim, facts)] if claim else []
    if names:
        yield Finding(
            Severity.ERROR,
            f"In namespace {namespace}, {_plural('pod', names)} {listed(names)} mount{'s' if len(names) == 1 else ''} claim {claim}, which "
            "shows this data: it goes while they run, since nothing protects it there.",
            "Stop what runs them first.",
        )
    elif claim and not facts.known(PODS, namespace):
        why = why_not(unseen, PODS, namespace)
        yield Finding(Severity.WARNING, f"Which pods use its data through claim {namespace}/{claim} is unknown: {why}.")


def _unknown_references(dataset: Dataset, facts: Facts, unseen: Unseen) -> Iterator[Finding]:
    if facts.known(DATASETS, ""):
        return
    # who is not shared now may have been: references keep their volume
    severity = Severity.WARNING if dataset.spec.share else Severity.INFO
    told = why_not(unseen, DATASETS, "")
    yield Finding(severity, f"Whether Datasets of other namespaces refer to it is unknown: {told}.")


def _pods(namespace: str, claim: str, facts: Facts) -> list[Pod]:
    """Those that mount it and have not ended, by name."""
    found = [pod for pod in facts.where(PODS, namespace, claims_of_pod, claim) if isinstance(pod, Pod)]
    return [pod for pod in found if pod.status.phase not in _ENDED]


def claims_of_pod(pod: Pod) -> Iterable[str]:
    """Names of the claims that it mounts; an index function."""
    return {volume.persistent_volume_claim.claim_name for volume in pod.spec.volumes if volume.persistent_volume_claim is not None}


def _loads(pod: Pod, dataset: Dataset) -> bool:
    """Whether it is a pod of the Dataset's own Job, which downloads."""
    job = f"dataset-{dataset.metadata.name}-round-"
    return any(owner.kind == "Job" and owner.name.startswith(job) for owner in pod.metadata.owner_references)


def _places(datasets: Sequence[Dataset]) -> list[str]:
    return ["/".join(dataset.metadata.key) for dataset in datasets]


def _plural(word: str, of: Sequence[object]) -> str:
    return word if len(of) == 1 else f"{word}s"


# ---- sharing taken back ---------------------------------------------------------------------------------------------


def _shared_less(before: Dataset, after: Dataset, facts: Facts, unseen: Unseen) -> Iterator[Finding]:
    """A change after which some that refer to it may not do so any more."""
    if not before.spec.share or (after.spec.share, after.spec.share_to_namespace_selector) == (
        before.spec.share,
        before.spec.share_to_namespace_selector,
    ):
        return
    lost = [other for other in references_to(*before.metadata.key, facts) if barred(after, other.metadata.namespace, facts)]
    if lost:
        yield Finding(
            Severity.WARNING,
            f"{_plural('Dataset', lost)} {listed(_places(lost))} may not refer to it any more, and will fail when looked at next.",
            "Delete them, or keep sharing it.",
            "spec.share",
        )
    yield from _unknown_references(before, facts, unseen)
