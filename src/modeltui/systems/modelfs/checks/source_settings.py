"""A ModelSource's type and config: what its type needs, takes, and cannot do."""

from __future__ import annotations

from collections.abc import Iterator

from modeltui.domain import Finding, Severity
from modeltui.redaction import MASK, is_secret_key, redact_text
from modeltui.systems.core.types import CLAIMS
from modeltui.systems.dataset.options import troubles
from modeltui.systems.dataset.uris import uri_problem
from modeltui.systems.modelfs.types import SOURCE_TYPES, UNUSABLE_TYPES, ModelSource
from modeltui.systems.protocol import Facts


def own_type(source: ModelSource) -> Iterator[Finding]:
    kind = source.spec.type
    if kind in UNUSABLE_TYPES:
        yield Finding(
            Severity.ERROR,
            f"modelfs cannot make Datasets from type {kind}.",
            "Make the Dataset itself, or use a source of another type.",
            "spec.type",
        )
    elif kind not in SOURCE_TYPES:
        told = f'"{kind}" is no type of a ModelSource, so the API server refuses it' if kind else "A ModelSource needs a type"
        yield Finding(Severity.ERROR, f"{told}.", f"There are {', '.join(SOURCE_TYPES)}.", "spec.type")


def settings(source: ModelSource) -> Iterator[Finding]:
    """What its type makes of the config."""
    kind, config = source.spec.type, source.spec.config
    if kind in UNUSABLE_TYPES:
        return
    for key, value in sorted(config.items()):
        if not isinstance(value, str):
            reason = f"The setting {key} is no text, so the API server refuses it."
            yield Finding(Severity.ERROR, reason, "Put the value in quotes.", f"spec.config.{key}")
    for trouble in troubles(kind, config):
        yield trouble.finding("setting", "spec.config")
    if "uri" in config:
        yield Finding(
            Severity.WARNING,
            "The setting uri stands for the repo of every version of every Model that refers to it: all of them fetch the same.",
            "Take it out, and name what is wanted in repo.",
            "spec.config.uri",
        )
    for key in ("uri", "url"):
        if key in config and (key == "uri" or kind in ("S3", "HTTP", "GIT")) and (problem := uri_problem(kind, str(config[key]))):
            yield Finding(Severity.ERROR, f"The setting {key}: {problem}.", "Write the whole address.", f"spec.config.{key}")


def place(source: ModelSource, facts: Facts) -> Iterator[Finding]:
    """The claim or the server that types PVC and NFS stand on."""
    kind, config = source.spec.type, source.spec.config
    if "uri" in config:
        return
    for needed in {"PVC": ("pvcName", "the name of a claim in the same namespace"), "NFS": ("server", "a host name or address")}.items():
        of, (key, what) = needed
        if kind == of and not config.get(key):
            yield Finding(
                Severity.ERROR,
                f"The setting {key} is missing, so modelfs cannot build an address.",
                f"Set {key} to {what}.",
                f"spec.config.{key}",
            )
    claim, namespace = str(config.get("pvcName") or ""), source.metadata.namespace
    if kind == "PVC" and claim and facts.known(CLAIMS, namespace) and facts.get(CLAIMS, namespace, claim) is None:
        yield Finding(
            Severity.ERROR,
            f'There is no claim "{claim}" in namespace {namespace}.',
            "Create it, or correct pvcName.",
            "spec.config.pvcName",
        )
    path = str(config.get("path") or "")
    if kind in ("PVC", "NFS") and path and not path.startswith("/"):
        yield Finding(
            Severity.ERROR,
            f'The setting path, "{redact_text(path)}", does not begin with "/", so it runs into the name before it.',
            'Begin it with "/".',
            "spec.config.path",
        )


def secrets_in_clear(source: ModelSource) -> Iterator[Finding]:
    for key, value in sorted(source.spec.config.items()):
        if is_secret_key(key) or redact_text(str(value)) != str(value):
            yield Finding(
                Severity.WARNING,
                f"Setting {key} holds {MASK}, readable by whoever may read ModelSources.",
                "Move it to a Secret.",
                f"spec.config.{key}",
            )
