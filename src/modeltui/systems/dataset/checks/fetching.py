"""What is fetched, under which name, with what: the name, the source, its options and its Secret."""

from __future__ import annotations

from collections.abc import Iterator

from modeltui.domain import Finding, Severity
from modeltui.redaction import MASK, mask_options
from modeltui.systems.core.names import LONGEST_LABEL, name_sentence
from modeltui.systems.core.secrets import SECRETS, Secret
from modeltui.systems.dataset.options import troubles
from modeltui.systems.dataset.rows import model_of
from modeltui.systems.dataset.types import SOURCE_TYPES, WITHOUT_JOB, Dataset
from modeltui.systems.dataset.uris import uri_problem
from modeltui.systems.protocol import Facts
from modeltui.systems.secrets import keys_read, respelled


def name(dataset: Dataset) -> Iterator[Finding]:
    said = dataset.metadata.name
    job = f"dataset-{said}-round-{dataset.spec.data_sync_round}"
    if problem := name_sentence(said):
        yield Finding(Severity.ERROR, problem, "Give it a name such as qwen2.5-7b.", "metadata.name")
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
