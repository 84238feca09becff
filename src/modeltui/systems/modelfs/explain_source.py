"""The text behind a ModelSource: its settings with secrets masked, who refers to it, whether its credentials work. Pure."""

from __future__ import annotations

from modeltui import cells
from modeltui.domain import Finding, Severity
from modeltui.redaction import MASK, is_secret_key, mask_config
from modeltui.systems.modelfs.rows import source_of
from modeltui.systems.modelfs.types import CREDENTIALS_READY, MODELS, Model, ModelSource
from modeltui.systems.protocol import Facts
from modeltui.systems.source_types import source_types


def config_lines(source: ModelSource) -> list[tuple[str, str, str]]:
    """(key, value with secrets masked, what the setting does or "")."""
    known = source_types().get(source.spec.type)
    masked = mask_config(source.spec.type, source.spec.config)
    return [(key, value, known.config.get(key, "") if known else "") for key, value in sorted(masked.items())]


def referring_models(source: ModelSource, facts: Facts) -> tuple[str, ...] | None:
    """Names of the Models that refer to it, None when that is not known."""
    if not facts.known(MODELS, source.metadata.namespace):
        return None
    found = facts.where(MODELS, source.metadata.namespace, source_of, source.metadata.name)
    return tuple(model.metadata.name for model in found if isinstance(model, Model))


def credentials_sentence(source: ModelSource) -> str:
    """What modelfs last found out about the Secret, and when."""
    condition = next((entry for entry in source.status.conditions if entry.type == CREDENTIALS_READY), None)
    if condition is None:
        return "modelfs has not checked the credentials yet."
    since = f" since {cells.moment(condition.last_transition_time)}" if condition.last_transition_time else ""
    said = condition.message or condition.reason
    return f"CredentialsReady is {condition.status}{since} ({condition.reason}): {said}"


def findings(source: ModelSource, facts: Facts) -> list[Finding]:
    """What to know about it, errors first."""
    found: list[Finding] = []
    condition = next((entry for entry in source.status.conditions if entry.type == CREDENTIALS_READY), None)
    if condition is not None and condition.status == "False":
        found.append(
            Finding(
                Severity.ERROR,
                credentials_sentence(source),
                "Repair the Secret, then change the ModelSource (a label will do): modelfs does not watch Secrets.",
                "spec.secretRef",
            )
        )
    elif condition is not None and source.spec.secret_ref:
        found.append(Finding(Severity.INFO, "modelfs does not watch Secrets: the Secret may have changed or gone since it was checked."))
    if source.metadata.deletion_timestamp is not None:
        models = referring_models(source, facts)
        waits = "unknown Models" if models is None else ", ".join(models) or "nothing that is known"
        found.append(
            Finding(
                Severity.WARNING,
                f"Is being deleted, and waits for what refers to it: {waits}.",
                "Delete those Models, or change their sourceRef.",
            )
        )
    if source.spec.secret_ref:
        found.append(
            Finding(
                Severity.WARNING,
                f'Every value of Secret "{source.spec.secret_ref}" is copied in clear into spec.source.options of the Datasets '
                "made from it.",
                "Whoever may read Datasets in this namespace can read it: use a token that can do little.",
                "spec.secretRef",
            )
        )
    for key in sorted(source.spec.config):
        if is_secret_key(key):
            found.append(
                Finding(
                    Severity.WARNING,
                    f"Setting {key} holds {MASK}, readable by whoever may read ModelSources.",
                    "Move it to a Secret.",
                    f"spec.config.{key}",
                )
            )
    known = source_types().get(source.spec.type)
    if known is not None:
        found += [Finding(Severity.INFO, limit) for limit in known.limits]
        if not known.repo:
            found.insert(0, Finding(Severity.ERROR, f"modelfs cannot make Datasets from type {source.spec.type}.", "", "spec.type"))
    return found


def snippets(source: ModelSource) -> list[tuple[str, str]]:
    """(what it shows, the kubectl command). The Secret's values are not among it."""
    namespace = source.metadata.namespace
    found = [("its conditions", f"kubectl -n {namespace} describe modelsource {source.metadata.name}")]
    if source.spec.secret_ref:
        found.append(("the keys of its Secret, without values", f"kubectl -n {namespace} describe secret {source.spec.secret_ref}"))
    return found
