"""What became of an object of AIM Engine that is in the cluster, beyond what its spec asks for. Pure.

Each condition that is not True is a finding: what it means, AIM Engine's own words, what the objects behind it add, and what to do.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

from modeltui.domain import Finding, Phase, Severity
from modeltui.systems.aim import hardware, matching, reading, references
from modeltui.systems.aim.cache_rows import artifact_status
from modeltui.systems.aim.cache_types import AIMArtifact, AIMTemplateCache
from modeltui.systems.aim.conditions import Trouble, troubles
from modeltui.systems.aim.config_types import AIMConfig, AIMModelSource
from modeltui.systems.aim.model_rows import templates_of
from modeltui.systems.aim.model_types import AIMModel, AIMTemplate
from modeltui.systems.aim.selection import Selection, select
from modeltui.systems.aim.service_types import AIMService
from modeltui.systems.aim.status import deciding
from modeltui.systems.aim.types import ARTIFACTS, MODELS, TEMPLATE_CACHES
from modeltui.systems.core.secrets import SECRETS, Secret
from modeltui.systems.protocol import Facts
from modeltui.systems.serving import log_causes

SEVERITIES: Final = {Phase.FAILED: Severity.ERROR, Phase.DEGRADED: Severity.WARNING}


@dataclass(frozen=True, slots=True)
class More:
    """What the objects behind a condition add to it."""

    said: str = ""
    """Sentences without the last full stop; "" when there is nothing to add."""
    remedy: str = ""
    """In place of the general one."""
    phase: Phase | None = None
    """In place of that of the condition."""


def of_object(obj: AIMConfig | AIMModelSource | AIMArtifact, facts: Facts) -> Iterator[Finding]:
    """Of a kind whose conditions say all there is to say."""
    for trouble in troubles(obj.status.conditions, obj.status.status):
        yield _finding(trouble, More())


def of_service(service: AIMService, facts: Facts) -> Iterator[Finding]:
    if reading.is_stopped(service):
        return
    for trouble in troubles(service.status.conditions, service.status.status):
        yield _finding(trouble, _behind(trouble.condition.reason, service, facts))


def of_model(model: AIMModel, facts: Facts) -> Iterator[Finding]:
    for trouble in troubles(model.status.conditions, model.status.status):
        yield _finding(trouble, _of_templates(model, facts) if "Template" in trouble.condition.reason else More())


def of_template(template: AIMTemplate, facts: Facts) -> Iterator[Finding]:
    unavailable = template.status.status == "NotAvailable"
    for trouble in troubles(template.status.conditions, template.status.status):
        if not unavailable or trouble.condition.reason != "GPUNotAvailable":  # which is told below, with what there is
            yield _finding(trouble, More())
    if unavailable:
        yield Finding(Severity.WARNING, f"{_not_available(template, facts)}.", _GPU_REMEDY, "status.status")


def of_artifact(artifact: AIMArtifact, facts: Facts) -> Iterator[Finding]:
    yield from of_object(artifact, facts)
    how = artifact.status.download
    if how is not None and how.attempt is not None and how.attempt > 1 and artifact.status.status == "Progressing":
        tried = f" of {how.protocol_sequence}" if how.protocol_sequence else ""
        reason = f"This is attempt {how.attempt} of {how.total_attempts or '?'}: what was tried before{tried} failed."
        yield Finding(Severity.INFO, reason, "The log of the download says why.", "status.download")


def of_cache(cache: AIMTemplateCache, facts: Facts) -> Iterator[Finding]:
    more = _of_artifacts(cache, facts)
    for trouble in troubles(cache.status.conditions, cache.status.status):
        yield _finding(trouble, more)


def _finding(trouble: Trouble, more: More) -> Finding:
    severity = SEVERITIES.get(more.phase or trouble.meaning.phase, Severity.INFO)
    reason = f"{trouble.sentence}. {more.said}." if more.said else f"{trouble.sentence}."
    field = f"status.conditions[{trouble.condition.type}]"
    return Finding(severity, reason, more.remedy or trouble.meaning.remedy, field, subject=trouble.meaning.subject)


# ---- what is behind a condition of a service ------------------------------------------------------------------------

_GPU_REMEDY: Final = (
    "Add such a node, or look whether AMD's labeller runs on those that have one: AIM Engine goes by the label amd.com/gpu.device-id."
)
_ANEW: Final = "Then delete the failed AIMArtifact: it is made anew."
_ALLOW: Final = "spec.template.allowUnoptimized: true"


def _behind(reason: str, service: AIMService, facts: Facts) -> More:
    match reason:
        case "TemplateNotFound" | "TemplateSelectionAmbiguous" | "TemplateSelectionFailed":
            return _of_selection(service, facts)
        case "TemplateNotReady":
            return _of_its_template(service, facts)
        case "ModelNotReady":
            return _of_its_model(service, facts)
        case "ModelNotFound":
            return _of_no_model(service, facts)
        case "CacheFailed" | "CacheNotReady" | "CacheCreating":
            return _of_its_cache(service, facts, failed=reason == "CacheFailed")
        case "AuthError" | "ImagePullAuthFailure" | "ImagePullBackOff":
            return _of_secrets(service, facts)
    return More()


def _of_selection(service: AIMService, facts: Facts) -> More:
    """Why each template of its model is, or is not, fit."""
    if service.spec.template.name:
        return More(remedy=f'Create a template "{service.spec.template.name}", or make the service anew with another.')
    model = service.status.resolved_model
    found = [model.name] if model is not None and model.name else []
    found = found or [one.metadata.name for one in matching.candidates(service.spec, service.metadata.namespace, facts)]
    selection = select(service.spec, service.metadata.namespace, found[0], facts) if len(found) == 1 else None
    return More() if selection is None else _told(selection, service, found[0])


def _told(selection: Selection, service: AIMService, model: str) -> More:
    if len(selection.best) > 1:
        names = ", ".join(sorted(one.metadata.name for one in selection.best))
        return More(f"Equally good are {names}")
    if not selection.candidates:
        return More(f"Model {model} has no templates at all", "Look at the model: it makes them. Or make an AIMServiceTemplate of it.")
    if selection.only_unoptimized:
        anew = f"Make the service anew with {_ALLOW}."
        edit = f"Set {_ALLOW}, which can still be added, as the service has no spec.template."
        return More(selection.why, anew if service.spec.template_said is not None else edit)
    return More(selection.why)


def _of_its_template(service: AIMService, facts: Facts) -> More:
    template = reading.template_of(service, facts)
    if template is None:
        named = service.status.resolved_model.name if service.status.resolved_model is not None else service.spec.model.name
        selection = select(service.spec, service.metadata.namespace, named, facts) if named else None
        return More(selection.why) if selection is not None and selection.why else More()
    if template.status.status == "NotAvailable":
        return More(_not_available(template, facts), _GPU_REMEDY, Phase.FAILED)
    worst = deciding(troubles(template.status.conditions, template.status.status))
    phase = Phase.FAILED if template.status.status in ("Failed", "Degraded") else None
    if worst is None:
        return More(f"Template {template.metadata.name} is {template.status.status or 'not looked at yet'}", phase=phase)
    return More(f"Template {template.metadata.name}: {worst.sentence}", worst.meaning.remedy, phase)


def _not_available(template: AIMTemplate, facts: Facts) -> str:
    wanted = template.status.resolved_hardware or template.spec.hardware
    gpu = hardware.summary(wanted) or template.gpu_model or "a GPU"
    there = hardware.there(facts)
    has = "" if there is None else f"; the nodes have {', '.join(there)}" if there else "; no node says which GPU it has"
    return f"Template {template.metadata.name} wants {gpu}{has}"


def _of_its_model(service: AIMService, facts: Facts) -> More:
    model = reading.model_of(service, facts)
    if model is None:
        return More()
    kind = "AIMModel" if model.metadata.namespace else "AIMClusterModel"
    worst = deciding(troubles(model.status.conditions, model.status.status))
    phase = Phase.FAILED if model.status.status in ("Failed", "Degraded", "NotAvailable") else None
    if model.status.status == "NotAvailable" and (templates := _of_templates(model, facts)).said:
        return More(f"{kind} {model.metadata.name}: {templates.said}", _GPU_REMEDY, phase)
    if worst is None:
        return More(f"{kind} {model.metadata.name} is {model.status.status or 'not looked at yet'}", phase=phase)
    return More(f"{kind} {model.metadata.name}: {worst.sentence}", worst.meaning.remedy, phase)


def _of_no_model(service: AIMService, facts: Facts) -> More:
    """Those of a similar name, or of another namespace, which a service cannot use."""
    name = service.spec.model.name
    own = service.metadata.namespace
    elsewhere = sorted(
        one.metadata.namespace for one in facts.all(MODELS, "") if one.metadata.name == name and one.metadata.namespace != own
    )
    if elsewhere:
        return More(f"There is one in namespace {', '.join(elsewhere)}, which only services there can use")
    return More()


def _of_its_cache(service: AIMService, facts: Facts, *, failed: bool) -> More:
    ref = service.status.cache.template_cache_ref
    cache = facts.get(TEMPLATE_CACHES, service.metadata.namespace, ref.name) if ref is not None else None
    more = _of_artifacts(cache, facts) if isinstance(cache, AIMTemplateCache) else More()
    if not failed:
        return more
    known = log_causes.cause((more.said,))  # the words of the download's log
    tried = service.status.cache.retry_attempts
    again = "AIM Engine has tried once more for it, and does not again" if tried else "AIM Engine tries once more for it"
    remedy = f"{known.remedy} {_ANEW}" if known is not None else more.remedy
    return More(". ".join(part for part in (more.said, again) if part), remedy)


def _of_artifacts(cache: AIMTemplateCache, facts: Facts) -> More:
    told = []
    for _, held in sorted(cache.status.artifacts.items()):
        found = facts.get(ARTIFACTS, cache.metadata.namespace, held.name)
        if isinstance(found, AIMArtifact) and found.status.status != "Ready":
            status = artifact_status(found)
            told.append(f"AIMArtifact {held.name}: {status.reason.rstrip('.') or status.raw or 'not looked at yet'}")
        elif not isinstance(found, AIMArtifact) and held.status != "Ready":
            told.append(f"AIMArtifact {held.name} is {held.status}")
    return More("; ".join(told))


def _of_secrets(service: AIMService, facts: Facts) -> More:
    """Which Secrets it names, and which of those are not there."""
    names = references.of_service(service)
    if not names:
        return More("It names no Secret")
    namespace = service.metadata.namespace
    if not facts.known(SECRETS, namespace):
        return More(f"It names {_secrets(names)}")
    missing = [name for name in names if not isinstance(facts.get(SECRETS, namespace, name), Secret)]
    but = f", of which {', '.join(missing)} {'is' if len(missing) == 1 else 'are'} not there" if missing else ""
    return More(f"It names {_secrets(names)}{but}")


def _secrets(names: tuple[str, ...]) -> str:
    return f"Secret{'s' if len(names) > 1 else ''} {', '.join(names)}"


def _of_templates(model: AIMModel, facts: Facts) -> More:
    told = []
    for template in templates_of(model, facts) or ():
        if template.status.status == "NotAvailable":
            told.append(_not_available(template, facts))
        elif template.status.status != "Ready":
            worst = deciding(troubles(template.status.conditions, template.status.status))
            what = template.status.status or "not looked at yet" if worst is None else worst.sentence
            told.append(f"Template {template.metadata.name}: {what}")
    return More("; ".join(told))
