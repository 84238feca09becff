"""The environment of a container, put together as the kubelet does, or the sentence why it cannot be."""

from __future__ import annotations

import base64
import binascii
from collections.abc import Mapping
from dataclasses import dataclass

from modeltui.demo.api import Api
from modeltui.demo.controllers.kinds import CONFIG_MAPS, SECRETS
from modeltui.demo.errors import Object


@dataclass(frozen=True, slots=True)
class Environment:
    """`problem` is the message of CreateContainerConfigError; empty when there is none."""

    values: Mapping[str, str]
    problem: str = ""


def environment(api: Api, pod: Object, container: Object) -> Environment:
    """What the container's process finds in its environment."""
    namespace, values = pod["metadata"]["namespace"], dict[str, str]()
    for each in container.get("envFrom") or []:
        source = each.get("secretRef") or each.get("configMapRef")
        if source is None:
            continue
        resource, word = (SECRETS, "secret") if each.get("secretRef") else (CONFIG_MAPS, "configmap")
        found = api.find(resource, source.get("name", ""), namespace=namespace)
        if found is None:
            if source.get("optional"):
                continue
            return Environment(values, f'{word} "{source.get("name", "")}" not found')
        values |= {each.get("prefix", "") + key: value for key, value in _data(resource, found).items()}
    for each in container.get("env") or []:
        source = each.get("valueFrom") or {}
        reference = source.get("secretKeyRef") or source.get("configMapKeyRef")
        if reference is None:
            values[each["name"]] = str(each.get("value") or _field(pod, source))
            continue
        resource = SECRETS if source.get("secretKeyRef") else CONFIG_MAPS
        name, key = reference.get("name", ""), reference.get("key", "")
        found = api.find(resource, name, namespace=namespace)
        data = _data(resource, found) if found is not None else {}
        if key in data:
            values[each["name"]] = data[key]
        elif not reference.get("optional"):
            word = "Secret" if resource == SECRETS else "ConfigMap"
            missing = f'{word.lower()} "{name}" not found' if found is None else f"couldn't find key {key} in {word} {namespace}/{name}"
            return Environment(values, missing)
    return Environment(values)


def volume_problem(api: Api, pod: Object) -> str:
    """The message of FailedMount for the first volume whose source is not there; empty when all are."""
    namespace = pod["metadata"]["namespace"]
    for volume in pod["spec"].get("volumes") or []:
        for source in [volume, *((volume.get("projected") or {}).get("sources") or [])]:
            for part, resource in (("secret", SECRETS), ("configMap", CONFIG_MAPS)):
                wanted = source.get(part)
                if not wanted or wanted.get("optional"):
                    continue
                name = wanted.get("secretName") or wanted.get("name", "")
                found = api.find(resource, name, namespace=namespace)
                if found is None:
                    return f'MountVolume.SetUp failed for volume "{volume["name"]}" : {part.lower()} "{name}" not found'
                keys = [each["key"] for each in wanted.get("items") or [] if each["key"] not in _data(resource, found)]
                if keys:
                    return f'MountVolume.SetUp failed for volume "{volume["name"]}" : references non-existent {part.lower()} key: {keys[0]}'
    return ""


def _data(resource: str, obj: Object) -> dict[str, str]:
    if resource == CONFIG_MAPS:
        return {key: str(value) for key, value in (obj.get("data") or {}).items()}
    return {key: _decoded(value) for key, value in (obj.get("data") or {}).items()}


def _decoded(value: str) -> str:
    try:
        return base64.b64decode(value).decode("utf-8", "replace")
    except (binascii.Error, ValueError):
        return ""


def _field(pod: Object, source: Object) -> str:
    path = (source.get("fieldRef") or {}).get("fieldPath", "")
    known: dict[str, str] = {
        "metadata.name": pod["metadata"]["name"],
        "metadata.namespace": pod["metadata"]["namespace"],
        "spec.nodeName": pod["spec"].get("nodeName", ""),
        "status.podIP": (pod.get("status") or {}).get("podIP", ""),
    }
    return known.get(path, "")
