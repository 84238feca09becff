"""Every trap of a Dataset, found in a manifest or in what is in the cluster already. Pure."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any

from modeltui.domain import Finding, Severity
from modeltui.redaction import MASK, mask_options, redact_text
from modeltui.systems.checking import errors_first, typed
from modeltui.systems.core import quantity, selector
from modeltui.systems.core.names import LONGEST_LABEL, name_problem
from modeltui.systems.core.secrets import SECRETS, Secret
from modeltui.systems.core.types import CLAIMS, NAMESPACES, Namespace
from modeltui.systems.dataset.options import troubles
from modeltui.systems.dataset.rows import model_of, storage_of
from modeltui.systems.dataset.types import DATASETS, DEFAULT_STORAGE, SOURCE_TYPES, WITHOUT_JOB, Dataset
from modeltui.systems.dataset.uris import referred, uri_problem
from modeltui.systems.protocol import Facts
from modeltui.systems.secrets import keys_read, respelled


def check_dataset(manifest: Mapping[str, Any] | Dataset, facts: Facts) -> tuple[Finding, ...]:
    """Errors first. `manifest` is compared with the Dataset of its name, if there is one: some of it can never change."""
    dataset = typed(manifest, Dataset)
    if isinstance(dataset, Finding):
        return (dataset,)
    live = None if manifest is dataset else facts.get(DATASETS, *dataset.metadata.key)
    return errors_first(_all(dataset, live if isinstance(live, Dataset) else None, facts))


def _all(dataset: Dataset, live: Dataset | None, facts: Facts) -> Iterator[Finding]:
    yield from name(dataset)
    yield from source(dataset)
    yield from options(dataset)
    yield from secret(dataset, facts)
    yield from claim(dataset, facts)
    yield from size(dataset)
    yield from mount_options(dataset)
    yield from sharing(dataset)
    yield from reference(dataset, facts)
    yield from rounds(dataset, live)
    if live is not None:
        yield from immutable(dataset, live)


def name(dataset: Dataset) -> Iterator[Finding]:
    said = dataset.metadata.name
    job = f"dataset-{said}-round-{dataset.spec.data_sync_round}"
    if problem := name_problem(said):
        yield Finding(Severity.ERROR, f'The name "{said}" {problem}.', "Give it a name such as qwen2.5-7b.", "metadata.name")
    elif len(job) > LONGEST_LABEL and dataset.spec.source.type not in WITHOUT_JOB:
        yield Finding(
            Severity.ERROR,
            f"Its download is Job {job}, {len(job)} characters; the API server takes at most {LONGEST_LABEL}, so nothing is fetched.",
            f"Make the name shorter by {len(job) - LONGEST_LABEL} characters.",
            "metadata.name",
        )


def source(dataset: Dataset) -> Iterator[Finding]:
    kind, uri = dataset.spec.source.type, dataset.spec.source.uri
    if kind not in SOURCE_TYPES:
        told = f'"{kind}" is no type of a Dataset, so the API server refuses it' if kind else "A Dataset needs a source of some type"
        yield Finding(Severity.ERROR, f"{told}.", f"There are {', '.join(SOURCE_TYPES)}.", "spec.source.type")
    elif problem := uri_problem(kind, uri):
        yield Finding(Severity.ERROR, f"The address: {problem}.", "Correct it.", "spec.source.uri")


def options(dataset: Dataset) -> Iterator[Finding]:
    said = dataset.spec.source
    for trouble in troubles(said.type, said.options):
        yield trouble.finding("option", "spec.source.options")
    masked = [key for key, value in sorted(mask_options(said.type, said.options).items()) if value == MASK]
    if masked:
        made = "modelfs copies the source's whole Secret here. " if model_of(dataset) else ""
        yield Finding(
            Severity.WARNING,
            f"The options {', '.join(masked)} may hold secrets in clear; whoever may read Datasets or Jobs here can read them.",
            f"{made}Use a token that can do little.",
            "spec.source.options",
        )


def secret(dataset: Dataset, facts: Facts) -> Iterator[Finding]:
    """Names of keys only."""
    said, kind, namespace = dataset.spec.secret_ref, dataset.spec.source.type, dataset.metadata.namespace
    if not said:
        return
    found = facts.get(SECRETS, namespace, said)
    if found is None and facts.known(SECRETS, namespace):
        yield Finding(
            Severity.ERROR,
            f'There is no Secret "{said}" in namespace {namespace}, so the Job\'s pod cannot start.',
            "Create it, or correct spec.secretRef.",
            "spec.secretRef",
        )
    read = keys_read(kind)
    if isinstance(found, Secret) and read and not set(read) & set(found.keys):
        other = respelled(found.keys, read)
        yield Finding(
            Severity.WARNING,
            f'Secret "{said}" has none of the keys that type {kind} reads ({", ".join(read)}); it has {", ".join(found.keys) or "none"}.',
            f"Spell {other[0]} as {other[1]}." if other else "Add the key that is read.",
            "spec.secretRef",
        )


def claim(dataset: Dataset, facts: Facts) -> Iterator[Finding]:
    spec, namespace = dataset.spec, dataset.metadata.namespace
    reference = spec.volume_claim_ref
    if spec.source.type == "PVC":
        wanted = spec.source.uri.removeprefix("pvc://").partition("/")[0]
        if wanted and facts.known(CLAIMS, namespace) and facts.get(CLAIMS, namespace, wanted) is None:
            yield _no_claim(wanted, namespace, "spec.source.uri")
    if reference is None:
        return
    if spec.volume_claim_template is not None and spec.volume_claim_template.given:
        yield Finding(
            Severity.ERROR,
            "volumeClaimRef and volumeClaimTemplate exclude each other, and the controller refuses both.",
            "Keep volumeClaimRef to use a claim that is there, or volumeClaimTemplate to have one made.",
            "spec.volumeClaimRef",
        )
    if reference.sub_path.startswith("/") or ".." in reference.sub_path:
        yield Finding(
            Severity.ERROR,
            f'The subPath "{redact_text(reference.sub_path)}" is refused: it may neither begin with "/" nor hold "..".',
            "Write it relative to the volume's root.",
            "spec.volumeClaimRef.subPath",
        )
    if facts.known(CLAIMS, namespace) and facts.get(CLAIMS, namespace, reference.name) is None:
        yield _no_claim(reference.name, namespace, "spec.volumeClaimRef.name")


def _no_claim(wanted: str, namespace: str, field: str) -> Finding:
    return Finding(Severity.ERROR, f'There is no claim "{wanted}" in namespace {namespace}.', "Create it, or correct the name.", field)


def size(dataset: Dataset) -> Iterator[Finding]:
    said = storage_of(dataset)
    number = quantity.parse(said) if isinstance(said, str) else None
    if said == DEFAULT_STORAGE or (number is not None and number <= 0):
        yield Finding(
            Severity.WARNING, f"No size is given, so the claim asks for {DEFAULT_STORAGE}.", "Set a size where it is made.", _SIZE_FIELD
        )
    elif isinstance(said, str) and number is None:
        yield Finding(
            Severity.ERROR,
            f'"{said}" is not a quantity, so the API server refuses it.',
            "Write a number with a unit such as Gi or Ti: 12Gi.",
            f"{_SIZE_FIELD}.spec.resources.requests.storage",
        )


_SIZE_FIELD = "spec.volumeClaimTemplate"


def mount_options(dataset: Dataset) -> Iterator[Finding]:
    mode = dataset.spec.mount_options.mode
    if not re.fullmatch(r"[0-7]{3,4}", mode):
        yield Finding(
            Severity.ERROR,
            f'The mode "{mode}" is not three or four octal digits, so the API server refuses it.',
            'Write it as "0774", in quotes.',
            "spec.mountOptions.mode",
        )


def sharing(dataset: Dataset) -> Iterator[Finding]:
    spec = dataset.spec
    chosen = spec.share_to_namespace_selector
    if chosen is not None and (problem := selector.problem(chosen)):
        yield Finding(
            Severity.ERROR,
            f"The namespace selector cannot be evaluated: {problem}.",
            "Correct the selector.",
            "spec.shareToNamespaceSelector",
        )
    if chosen is not None and not spec.share:
        yield Finding(
            Severity.WARNING,
            "shareToNamespaceSelector does nothing while share is false.",
            "Set share, or take the selector out.",
            "spec.shareToNamespaceSelector",
        )
    if spec.share and chosen is None:
        yield Finding(
            Severity.WARNING,
            "It is shared with every namespace: whoever may make Datasets anywhere can read it.",
            "Set shareToNamespaceSelector.",
            "spec.share",
        )
    if spec.share and model_of(dataset):
        yield Finding(
            Severity.WARNING,
            "modelfs owns it, and its next reconcile takes share and shareToNamespaceSelector away.",
            "Make the references right after sharing it; they keep their volume.",
            "spec.share",
        )


def reference(dataset: Dataset, facts: Facts) -> Iterator[Finding]:
    """The controller's own conditions for a Dataset that refers to another one."""
    if dataset.spec.source.type != "REFERENCE":
        return
    place, other = referred(dataset.spec.source.uri)
    if not place or not other:
        return
    found = facts.get(DATASETS, place, other)
    if found is None and facts.known(DATASETS, place):
        yield Finding(
            Severity.ERROR,
            f"Dataset {place}/{other} does not exist, so there is nothing to show.",
            "Correct the address, or delete this Dataset.",
            "spec.source.uri",
        )
    if not isinstance(found, Dataset):
        return
    if not found.spec.share:
        yield Finding(
            Severity.ERROR,
            f"Dataset {place}/{other} is not shared, so it may not be referred to.",
            f"Set spec.share of Dataset {place}/{other}.",
            "spec.source.uri",
        )
    elif (chosen := found.spec.share_to_namespace_selector) is not None:
        own = facts.get(NAMESPACES, "", dataset.metadata.namespace)
        if isinstance(own, Namespace) and not selector.matches(chosen, own.metadata.labels):
            yield Finding(
                Severity.ERROR,
                f"Dataset {place}/{other} is shared with namespaces that match {selector.text(chosen)}; {own.metadata.name} does not.",
                "Label this namespace, or change shareToNamespaceSelector there.",
                "spec.source.uri",
            )


def immutable(dataset: Dataset, live: Dataset) -> Iterator[Finding]:
    for field, said, held in (
        ("spec.source.type", dataset.spec.source.type, live.spec.source.type),
        ("spec.source.uri", dataset.spec.source.uri, live.spec.source.uri),
        ("spec.mountOptions.path", dataset.spec.mount_options.path, live.spec.mount_options.path),
    ):
        if said != held:
            yield Finding(
                Severity.ERROR,
                f'{field} is immutable: it is "{redact_text(held)}" and cannot become "{redact_text(said)}".',
                "Delete the Dataset, and with it the data on its volume, and make it anew; or make another one.",
                field,
            )


def rounds(dataset: Dataset, live: Dataset | None) -> Iterator[Finding]:
    asked, held = dataset.spec.data_sync_round, live.spec.data_sync_round if live else None
    if asked <= 0:
        yield Finding(Severity.ERROR, f"dataSyncRound begins at 1, and cannot be {asked}.", "Set 1.", "spec.dataSyncRound")
    elif held is not None and asked > held + 1:
        yield Finding(
            Severity.ERROR,
            f"dataSyncRound can rise by one at a time: it is {held} and cannot become {asked}.",
            f"Set {held + 1} to have it fetched once more.",
            "spec.dataSyncRound",
        )
    if held is not None and asked > held and model_of(dataset):
        yield Finding(
            Severity.WARNING,
            "modelfs owns it, and its next reconcile sets dataSyncRound back to 1.",
            "For a fetch that lasts, set the version of the Model ABSENT until dataset and volume are gone, then PRESENT.",
            "spec.dataSyncRound",
        )
