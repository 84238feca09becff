"""The rules of a pod's spec beyond its schema, as they hold in a Pod and in the templates of workloads."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from modeltui.demo import metadata
from modeltui.demo.columns import dig
from modeltui.demo.errors import Object
from modeltui.demo.schema.errors import ErrorType, FieldError
from modeltui.demo.schema.quantity import Quantity

_SOURCE_NAMES = {"secret": "secretName", "configMap": "name"}
_PROBES = ("livenessProbe", "readinessProbe", "startupProbe")
_HANDLERS = ("exec", "httpGet", "tcpSocket", "grpc", "sleep")
_FIELD_PATHS = ["metadata.name", "metadata.namespace", "metadata.uid", "metadata.labels", "metadata.annotations"]
_FIELD_PATHS += ["spec.nodeName", "spec.serviceAccountName", "status.hostIP", "status.hostIPs", "status.podIP", "status.podIPs"]
_RESOURCES = ("cpu", "memory", "ephemeral-storage", "storage")
_EFFECTS = ["NoSchedule", "PreferNoSchedule", "NoExecute"]


def pod_spec_errors(spec: Object, at: str) -> list[FieldError]:
    if not spec.get("containers"):
        return [metadata.required(f"{at}.containers")]
    return [
        *_volumes(spec, at),
        *_containers(spec, at),
        *_tolerations(spec, at),
        *metadata.check_labels(spec.get("nodeSelector") or {}, f"{at}.nodeSelector"),
        *_restart_policy(spec, at),
    ]


def _restart_policy(spec: Object, at: str) -> Iterator[FieldError]:
    if spec.get("restartPolicy") not in ("Always", "OnFailure", "Never"):
        yield metadata.unsupported(f"{at}.restartPolicy", spec.get("restartPolicy"), ["Always", "OnFailure", "Never"])


def _volumes(spec: Object, at: str) -> Iterator[FieldError]:
    names: list[str] = []
    for index, volume in enumerate(spec.get("volumes") or []):
        here = f"{at}.volumes[{index}]"
        if volume.get("name") in names:
            yield FieldError(ErrorType.DUPLICATE, f"{here}.name", volume["name"])
        names.append(volume.get("name", ""))
        for each in [source for source in volume if source != "name"][1:]:
            yield metadata.forbidden(f"{here}.{each}", "may not specify more than 1 volume type")
        for source, part in _SOURCE_NAMES.items():
            if source in volume and not volume[source].get(part):
                yield metadata.required(f"{here}.{source}.{part}")


def _containers(spec: Object, at: str) -> Iterator[FieldError]:
    volumes = {volume.get("name") for volume in spec.get("volumes") or []}
    seen: set[str] = set()
    for part in ("containers", "initContainers"):
        for index, container in enumerate(spec.get(part) or []):
            here, name = f"{at}.{part}[{index}]", container.get("name") or ""
            yield from (metadata.wrong_value(f"{here}.name", name, sentence) for sentence in (metadata.label(name) if name else ()))
            if name and name in seen:
                yield FieldError(ErrorType.DUPLICATE, f"{here}.name", name)
            seen.add(name)
            if not container.get("image"):
                yield metadata.required(f"{here}.image")
            yield from _container(container, here, volumes)
            if part == "initContainers" and container.get("restartPolicy") != "Always":
                for probe in (each for each in _PROBES if each in container):
                    yield metadata.forbidden(f"{here}.{probe}", "may not be set for init containers without restartPolicy=Always")


def _container(container: Object, at: str, volumes: set[Any]) -> Iterator[FieldError]:
    ports: set[str] = set()
    for index, port in enumerate(container.get("ports") or []):
        if port.get("name") in ports:
            yield FieldError(ErrorType.DUPLICATE, f"{at}.ports[{index}].name", port["name"])
        ports |= {port["name"]} if port.get("name") else set()
    for index, mount in enumerate(container.get("volumeMounts") or []):
        if mount.get("name") not in volumes:
            yield FieldError(ErrorType.NOT_FOUND, f"{at}.volumeMounts[{index}].name", mount.get("name", ""))
    for index, variable in enumerate(container.get("env") or []):
        yield from _variable(variable, f"{at}.env[{index}]")
    for index, source in enumerate(container.get("envFrom") or []):
        if not source.get("configMapRef") and not source.get("secretRef"):
            yield metadata.wrong_value(f"{at}.envFrom", index, "must specify one of: `configMapRef` or `secretRef`")
    yield from resource_errors(container.get("resources") or {}, f"{at}.resources")
    for probe in (each for each in _PROBES if each in container):
        yield from _handler(container[probe], f"{at}.{probe}")
        times = container[probe].get("successThreshold", 1)
        if probe != "readinessProbe" and times != 1:
            yield metadata.wrong_value(f"{at}.{probe}.successThreshold", times, "must be 1")
    lifecycle = container.get("lifecycle") or {}
    for event in (each for each in ("postStart", "preStop") if each in lifecycle):
        yield from _handler(lifecycle[event], f"{at}.lifecycle.{event}")
    security = container.get("securityContext") or {}
    if security.get("privileged") and security.get("allowPrivilegeEscalation") is False:
        told = "cannot set `allowPrivilegeEscalation` to false and `privileged` to true"
        yield metadata.wrong_value(f"{at}.securityContext", security, told)


def _variable(variable: Object, at: str) -> Iterator[FieldError]:
    source = variable.get("valueFrom")
    if source is None:
        return
    if variable.get("value"):
        yield metadata.wrong_value(f"{at}.valueFrom", "", "may not be specified when `value` is not empty")
    elif not source:
        one = "must specify one of: `fieldRef`, `resourceFieldRef`, `configMapKeyRef`, `secretKeyRef` or `fileKeyRef`"
        yield metadata.wrong_value(f"{at}.valueFrom", "", one)
    path = str(dig(source, "fieldRef", "fieldPath", default=""))
    if path and path.partition("[")[0] not in _FIELD_PATHS:
        yield metadata.unsupported(f"{at}.valueFrom.fieldRef.fieldPath", path, _FIELD_PATHS)


def _handler(handler: Object, at: str) -> Iterator[FieldError]:
    given = [each for each in _HANDLERS if each in handler]
    if not given:
        yield metadata.required(at, "must specify a handler type")
    for each in given[1:]:
        yield metadata.forbidden(f"{at}.{each}", "may not specify more than 1 handler type")
    for each in given:
        port = handler[each].get("port", 1)
        if isinstance(port, int) and not 1 <= port <= 65535:
            yield metadata.wrong_value(f"{at}.{each}.port", port, "must be between 1 and 65535, inclusive")


def resource_errors(resources: Object, at: str) -> Iterator[FieldError]:
    limits, requests = resources.get("limits") or {}, resources.get("requests") or {}
    for part, amounts in (("limits", limits), ("requests", requests)):
        for name, amount in sorted(amounts.items()):
            number = Quantity.parse(amount).number
            if name not in _RESOURCES and "/" not in name and not name.startswith("hugepages-"):
                yield metadata.wrong_value(f"{at}.{part}[{name}]", name, "must be a standard resource type or fully qualified")
            elif number < 0:
                yield metadata.wrong_value(f"{at}.{part}[{name}]", amount, "must be greater than or equal to 0")
            elif "/" in name and number % 1:
                yield metadata.wrong_value(f"{at}.{part}[{name}]", amount, "must be an integer")
    for name, amount in sorted(requests.items()):
        wanted, most = Quantity.parse(amount).number, limits.get(name)
        if most is None:
            if "/" in name:
                yield metadata.required(f"{at}.limits", "Limit must be set for non overcommitable resources")
        elif "/" in name and wanted != Quantity.parse(most).number:
            yield metadata.wrong_value(f"{at}.requests", amount, f"must be equal to {name} limit of {most}")
        elif wanted > Quantity.parse(most).number:
            yield metadata.wrong_value(f"{at}.requests", amount, f"must be less than or equal to {name} limit of {most}")


def _tolerations(spec: Object, at: str) -> Iterator[FieldError]:
    for index, toleration in enumerate(spec.get("tolerations") or []):
        here, operator = f"{at}.tolerations[{index}]", toleration.get("operator") or "Equal"
        effect = toleration.get("effect", "")
        if not toleration.get("key") and operator != "Exists":
            yield metadata.wrong_value(f"{here}.operator", operator, "operator must be Exists when `key` is empty")
        if toleration.get("tolerationSeconds") is not None and effect != "NoExecute":
            yield metadata.wrong_value(f"{here}.effect", effect, "effect must be 'NoExecute' when `tolerationSeconds` is set")
        if operator == "Exists" and toleration.get("value"):
            yield metadata.wrong_value(f"{here}.operator", toleration["value"], "value must be empty when `operator` is 'Exists'")
        if effect and effect not in _EFFECTS:
            yield metadata.unsupported(f"{here}.effect", effect, _EFFECTS)
