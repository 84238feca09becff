"""Where it is put: the claim, its size, and how it is mounted."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final

from modeltui.domain import Finding, Severity
from modeltui.redaction import redact_text
from modeltui.systems.core import quantity
from modeltui.systems.core.types import CLAIMS
from modeltui.systems.dataset.rows import storage_of
from modeltui.systems.dataset.types import DEFAULT_STORAGE, Dataset
from modeltui.systems.protocol import Facts

_TEMPLATE: Final = "spec.volumeClaimTemplate"


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
            Severity.WARNING, f"No size is given, so the claim asks for {DEFAULT_STORAGE}.", "Set a size where it is made.", _TEMPLATE
        )
    elif isinstance(said, str) and number is None:
        yield Finding(
            Severity.ERROR,
            f'"{said}" is not a quantity, so the API server refuses it.',
            "Write a number with a unit such as Gi or Ti: 12Gi.",
            f"{_TEMPLATE}.spec.resources.requests.storage",
        )


def mount_options(dataset: Dataset) -> Iterator[Finding]:
    mode = dataset.spec.mount_options.mode
    if not re.fullmatch(r"[0-7]{3,4}", mode):
        yield Finding(
            Severity.ERROR,
            f'The mode "{mode}" is not three or four octal digits, so the API server refuses it.',
            'Write it as "0774", in quotes.',
            "spec.mountOptions.mode",
        )
