"""The route to a service: the gateway that it hangs on, and its path, which is made from the service by a template."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Final
from urllib.parse import quote

from modeltui.domain import Finding, Severity
from modeltui.systems.aim.checks import configs
from modeltui.systems.aim.service_types import AIMService
from modeltui.systems.aim.types import GATEWAYS, GatewayRef, Routing
from modeltui.systems.protocol import Facts

LONGEST_PATH: Final = 200
_PART: Final = re.compile(r"\{([^{}]*)\}")
_LABEL: Final = re.compile(r"""\.metadata\.(labels|annotations)\[['"](.+)['"]\]""")
_FIELD: Final = re.compile(r"\.(metadata\.(name|namespace|uid)|[a-zA-Z][\w.\[\]'\"/-]*)")
_DURATION: Final = re.compile(r"(\d+(\.\d+)?(ns|us|µs|ms|s|m|h))+")


def own(service: AIMService, facts: Facts) -> Iterator[Finding]:
    routing = service.spec.routing
    if routing is not None:
        yield from settings(routing, "spec.routing")
    applied = configs.applied(service.spec.runtime_config_name, service.metadata.namespace, facts)
    told = [one for one in (routing, *(config.spec.routing for config in applied)) if one is not None]
    enabled = next((one.enabled for one in told if one.enabled is not None), False)
    if not enabled:
        if routing is not None and routing.enabled is None and (routing.path_template or routing.gateway_ref or routing.request_timeout):
            reason = "Routing is not on, neither here nor in the runtime config: what is said of the route has no effect."
            yield Finding(Severity.WARNING, reason, "Set routing.enabled to true.", "spec.routing.enabled")
        return
    knows_configs = configs.known(service.metadata.namespace, facts)
    if not any(one.gateway_ref is not None for one in told) and (knows_configs or (routing is not None and routing.enabled)):
        severity = Severity.ERROR if knows_configs else Severity.WARNING
        reason = "Routing is on, and no gateway is named, neither here nor in the runtime config: the service fails."
        yield Finding(severity, reason, "Set routing.gatewayRef.", "spec.routing.gatewayRef")
    ref = next((one.gateway_ref for one in told if one.gateway_ref is not None), None)
    if ref is not None:
        yield from _gateway(ref, service.metadata.namespace, facts)
    template = next((one.path_template for one in told if one.path_template), "")
    if template and not template_problem(template):
        yield from _rendered(service, template)


def settings(routing: Routing, field: str) -> Iterator[Finding]:
    """What is wrong with them whatever service they are for."""
    if problem := template_problem(routing.path_template):
        yield Finding(
            Severity.ERROR,
            f"The path template cannot be evaluated: {problem}.",
            "Write expressions such as {.metadata.namespace}, {.metadata.name} or {.metadata.labels['team']}.",
            f"{field}.pathTemplate",
        )
    if routing.request_timeout and not _DURATION.fullmatch(routing.request_timeout):
        reason = f'requestTimeout "{routing.request_timeout}" is no duration.'
        yield Finding(Severity.ERROR, reason, "Write 180s or 3m.", f"{field}.requestTimeout")


def gateway_of_config(routing: Routing, namespace: str, facts: Facts) -> Iterator[Finding]:
    """Of a runtime config; `namespace`: "" of one for the whole cluster."""
    ref = routing.gateway_ref
    if ref is None:
        return
    if namespace:
        yield from _gateway(ref, namespace, facts)
    elif not ref.namespace:
        reason = f'Gateway "{ref.name}" is named without its namespace: it is looked for in the namespace of each service.'
        yield Finding(Severity.WARNING, reason, "Set gatewayRef.namespace.", "spec.routing.gatewayRef.namespace")


def _gateway(ref: GatewayRef, namespace: str, facts: Facts) -> Iterator[Finding]:
    """`namespace`: that of the route."""
    where = ref.namespace or namespace
    if ref.kind != GATEWAYS.kind or not facts.known(GATEWAYS, where) or facts.get(GATEWAYS, where, ref.name) is not None:
        return
    elsewhere = sorted({one.metadata.namespace for one in facts.all(GATEWAYS, "") if one.metadata.name == ref.name})
    remedy = (
        f"There is one in namespace {', '.join(elsewhere)}: set gatewayRef.namespace." if elsewhere else "Create it, or correct the name."
    )
    reason = f'There is no Gateway "{ref.name}" in namespace {where}: the route waits for it, and nothing is reached by it.'
    yield Finding(Severity.WARNING, reason, remedy, "spec.routing.gatewayRef")


def template_problem(template: str) -> str:
    """As the end of a sentence; "" when it can be evaluated, or there is none."""
    rest = _PART.sub("", template)
    if "{" in rest or "}" in rest:
        return "a brace is not closed, or not opened"
    for expression in _PART.findall(template):
        said = expression.strip()
        if not said:
            return "{} holds no expression"
        if not _LABEL.fullmatch(said) and not _FIELD.fullmatch(said):
            return f'"{{{said}}}" is no path into the service: it begins with a dot'
    return ""


def _rendered(service: AIMService, template: str) -> Iterator[Finding]:
    field = "spec.routing.pathTemplate"
    labels = service.metadata.labels
    for name in {found[2] for one in _PART.findall(template) if (found := _LABEL.fullmatch(one.strip())) and found[1] == "labels"}:
        if name not in labels:
            reason = f'The path of the route needs label "{name}", which the service does not have: it would be degraded, without a route.'
            yield Finding(Severity.ERROR, reason, "Set the label, or take it out of the path.", field)
    path = _path(template, {".metadata.name": service.metadata.name, ".metadata.namespace": service.metadata.namespace}, labels)
    if len(path) > LONGEST_PATH:
        reason = f"The path of the route has {len(path)} characters, at most {LONGEST_PATH} are allowed: it would have no route."
        yield Finding(Severity.ERROR, reason, "Make the template shorter.", field)


def _path(template: str, known: Mapping[str, str], labels: Mapping[str, str]) -> str:
    """What is certain of it: expressions that are not known count as nothing."""

    def value(match: re.Match[str]) -> str:
        said = match[1].strip()
        label = _LABEL.fullmatch(said)
        found = labels.get(label[2], "") if label is not None and label[1] == "labels" else known.get(said, "")
        return quote(found.lower(), safe="")

    return _PART.sub(value, template)
