"""What cannot be changed any more: the API server refuses an edit of it, whatever else is right."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, TypeVar

from modeltui.domain import Finding, Severity
from modeltui.kube.objects import Object
from modeltui.kube.resource import Resource
from modeltui.systems.aim.cache_types import AIMArtifact
from modeltui.systems.aim.model_types import AIMTemplate
from modeltui.systems.aim.service_types import AIMService, Caching
from modeltui.systems.aim.types import ARTIFACTS, CLUSTER_TEMPLATES, SERVICES, TEMPLATES
from modeltui.systems.protocol import Facts

_T = TypeVar("_T", bound=Object)


def _live(resource: Resource, wanted: _T, facts: Facts) -> _T | None:
    found = facts.get(resource, *wanted.metadata.key)
    return found if isinstance(found, type(wanted)) else None


def service(wanted: AIMService, facts: Facts) -> Iterator[Finding]:
    live = _live(SERVICES, wanted, facts)
    if live is None:
        return
    new, old = wanted.spec, live.spec
    anew = "Make a second service that is as wished, and delete this one when it serves."
    yield from _changed("The model", old.model, new.model, "spec.model", anew)
    if old.template_said is not None and new.template_said is not None:
        yield from _changed("The choice of the template", old.template, new.template, "spec.template", anew)
    if old.caching is not None and new.caching is not None:
        yield from _changed("The caching mode", _mode(old.caching), _mode(new.caching), "spec.caching", anew)
    if old.overrides is not None and new.overrides is not None:
        for name in ("metric", "precision", "hardware"):
            before, now = getattr(old.overrides, name), getattr(new.overrides, name)
            if before and now:
                yield from _changed(f"The {name} of the overrides", before, now, f"spec.overrides.{name}", anew)


def _mode(caching: Caching) -> str:
    return caching.mode or "Shared"


def template(wanted: AIMTemplate, facts: Facts) -> Iterator[Finding]:
    live = _live(TEMPLATES if wanted.metadata.namespace else CLUSTER_TEMPLATES, wanted, facts)
    if live is None:
        return
    anew = "Make a template of another name."
    fields = {"model_name": "modelName", "metric": "metric", "precision": "precision", "hardware": "hardware"}
    for name, field in fields.items():
        before, now = getattr(live.spec, name), getattr(wanted.spec, name)
        if before and now:
            yield from _changed(f"{field} of the template", before, now, f"spec.{field}", anew)


def artifact(wanted: AIMArtifact, facts: Facts) -> Iterator[Finding]:
    live = _live(ARTIFACTS, wanted, facts)
    if live is not None:
        anew = "Make an AIMArtifact of another name; delete this one if its weights are not needed."
        yield from _changed("sourceUri of the artifact", live.spec.source_uri, wanted.spec.source_uri, "spec.sourceUri", anew)


def _changed(what: str, before: Any, now: Any, field: str, remedy: str) -> Iterator[Finding]:
    if before != now:
        yield Finding(Severity.ERROR, f"{what} cannot be changed: the API server refuses it.", remedy, field)
