"""The schemas of the built-in kinds, made on first use: generated models, completed by the hand-written facts."""

from __future__ import annotations

import re
from functools import cache
from typing import Any

from modeltui.demo.builtin import facts, zeroes
from modeltui.demo.builtin.models import Field, Model
from modeltui.demo.schema import structural
from modeltui.demo.schema.decoding import zero
from modeltui.demo.schema.structural import PATCH_KEY, PATCH_STRATEGY, Schema

KINDS: dict[tuple[str, str, str], str] = {
    ("", "v1", "ConfigMap"): "V1ConfigMap",
    ("", "v1", "Endpoints"): "V1Endpoints",
    ("", "v1", "Event"): "CoreV1Event",
    ("", "v1", "Namespace"): "V1Namespace",
    ("", "v1", "Node"): "V1Node",
    ("", "v1", "PersistentVolume"): "V1PersistentVolume",
    ("", "v1", "PersistentVolumeClaim"): "V1PersistentVolumeClaim",
    ("", "v1", "Pod"): "V1Pod",
    ("", "v1", "ResourceQuota"): "V1ResourceQuota",
    ("", "v1", "Secret"): "V1Secret",
    ("", "v1", "Service"): "V1Service",
    ("", "v1", "ServiceAccount"): "V1ServiceAccount",
    ("apiextensions.k8s.io", "v1", "CustomResourceDefinition"): "V1CustomResourceDefinition",
    ("apps", "v1", "ControllerRevision"): "V1ControllerRevision",
    ("apps", "v1", "Deployment"): "V1Deployment",
    ("apps", "v1", "ReplicaSet"): "V1ReplicaSet",
    ("apps", "v1", "StatefulSet"): "V1StatefulSet",
    ("authentication.k8s.io", "v1", "SelfSubjectReview"): "V1SelfSubjectReview",
    ("authorization.k8s.io", "v1", "SelfSubjectAccessReview"): "V1SelfSubjectAccessReview",
    ("authorization.k8s.io", "v1", "SelfSubjectRulesReview"): "V1SelfSubjectRulesReview",
    ("batch", "v1", "Job"): "V1Job",
    ("discovery.k8s.io", "v1", "EndpointSlice"): "V1EndpointSlice",
    ("events.k8s.io", "v1", "Event"): "EventsV1Event",
    ("resource.k8s.io", "v1", "DeviceClass"): "V1DeviceClass",
    ("resource.k8s.io", "v1", "ResourceClaim"): "ResourceV1ResourceClaim",
    ("resource.k8s.io", "v1", "ResourceSlice"): "V1ResourceSlice",
    ("storage.k8s.io", "v1", "StorageClass"): "V1StorageClass",
}

_SCALARS: dict[str, Schema] = {
    "str": {"type": "string"},
    "int": {"type": "integer", "format": "int64"},
    "float": {"type": "number"},
    "bool": {"type": "boolean"},
    "datetime": {"type": "string", "format": "date-time"},
    "bytes": {"type": "string", "format": "byte", structural.DECODED: True},
}
MODEL = "x-model"
"""Which model a schema was made from; OpenAPI documents name their types by it."""
_INT_OR_STRING: Schema = {structural.INT_OR_STRING: True}
_QUANTITY: Schema = {structural.INT_OR_STRING: True, "format": "quantity"}
_FREE: Schema = {"type": "object", structural.PRESERVE: True}
_OPAQUE = {"V1JSONSchemaProps": _FREE}
"""Models that hold themselves: kept free, so that no schema is endless."""

_NOT_VALIDATED = re.compile(r"(Status|Condition|State\w*|Info|Image)$|^V1CustomResource")
"""Written by controllers, so that the API server asks nothing of their fields, or looked at by the kind itself."""


@cache
def schema(group: str, version: str, kind: str) -> Schema:
    """The rooted schema of a built-in kind, as `modeltui.demo.schema` takes it. Raises KeyError for a kind that is not here.

    It also carries x-kubernetes-patch-merge-key and x-kubernetes-patch-strategy, which strategic merge patch needs.
    """
    rooted = structural.root(_model(KINDS[group, version, kind]))
    return {**rooted, structural.TYPED: True, "x-kubernetes-group-version-kind": [{"group": group, "version": version, "kind": kind}]}


def model_schema(name: str) -> Schema:
    """Of a model such as "V1Container", as the kinds that hold it have it."""
    return _model(name)


@cache
def _model(name: str) -> Schema:
    if name in _OPAQUE:
        return _OPAQUE[name]
    if name == "V1ObjectMeta":
        return structural.OBJECT_META
    model = Model.read(name)
    fields = {key: field for key, field in model.fields.items() if key not in _words(zeroes.NEWER, name)}
    made: dict[str, Any] = {"type": "object", "properties": {}, MODEL: name}
    if model.description:
        made["description"] = model.description
    required = [key for key, field in fields.items() if field.required and key != "metadata"]
    written = {*required, *_words(zeroes.WRITTEN, name)} - {*_words(zeroes.UNWRITTEN, name), *facts.DEFAULTS.get(name, ())}
    for key, field in fields.items():
        made["properties"][key] = _field(name, key, field, written=key in written)
    if written:
        made[structural.WRITTEN] = sorted(written)
    if required and not _NOT_VALIDATED.search(name):
        made["required"] = required
        made[structural.DEMANDED] = sorted({*required} - {*_words(zeroes.MAY_BE_ZERO, name)})
    if name in facts.ATOMIC_MODELS:
        made[structural.MAP_TYPE] = "atomic"
    return made


def _words(table: dict[str, str], model: str) -> list[str]:
    return table.get(model, "").split()


def _field(model: str, name: str, field: Field, *, written: bool) -> Schema:
    quantity = name in facts.QUANTITIES.get(model, ())
    made = {**_type(field.type, field.annotation, quantity=quantity), **_merging(model, name)}
    if field.description:
        made["description"] = field.description
    if name in (defaults := facts.DEFAULTS.get(model, {})):
        made["default"] = defaults[name]
    if name in (enums := facts.ENUMS.get(model, {})):
        made["enum"] = enums[name]
    if bounds := facts.BOUNDS.get(model, {}).get(name):
        made |= {"minimum": bounds[0], "maximum": bounds[1]}
    if pattern := facts.PATTERNS.get(model, {}).get(name):
        made["pattern"] = f"^({pattern})$"
    if name in facts.MICRO_TIMES.get(model, ()):
        made[structural.FRACTIONS] = True
    if written:
        if zero(made) is None or name in _words(zeroes.NULL, model):
            made["nullable"] = True  # it is written as null while it is not set
    elif _drops_zero(made) and name not in _words(zeroes.POINTERS, model):
        made[structural.OMITTED] = True
    return made


def _drops_zero(schema: Schema) -> bool:
    """Lists, maps and scalars; structs, times and quantities that are not always written stand behind pointers."""
    if schema.get("type") == "object":
        return "additionalProperties" in schema
    return "type" in schema and schema.get("format") != "date-time"


def _merging(model: str, name: str) -> dict[str, Any]:
    keyed = facts.KEYED.get(model, {}).get(name)
    made: dict[str, Any] = {}
    if keyed:
        made |= {structural.LIST_TYPE: "map", structural.LIST_KEYS: list(keyed.keys)}
        if keyed.patch_key:
            made |= {PATCH_KEY: keyed.patch_key, PATCH_STRATEGY: "merge,retainKeys" if keyed.retain_keys else "merge"}
    if name in facts.SETS.get(model, ()):
        made |= {structural.LIST_TYPE: "set", PATCH_STRATEGY: "merge"}
    if (key := facts.PATCH_ONLY.get(model, {}).get(name)) is not None:
        made |= {PATCH_STRATEGY: "merge", **({PATCH_KEY: key} if key else {})}
    if name in facts.RETAIN_KEYS.get(model, ()):
        made[PATCH_STRATEGY] = "retainKeys"
    if name in facts.ATOMIC_MAPS.get(model, ()):
        made[structural.MAP_TYPE] = "atomic"
    if name in facts.GRANULAR.get(model, ()):
        made[structural.MAP_TYPE] = "granular"
    return made


def _type(word: str, annotation: str, *, quantity: bool) -> Schema:
    if word.startswith("List["):
        return {"type": "array", "items": _type(word[5:-1], "", quantity=quantity)}
    if word.startswith("Dict[str, "):
        return {"type": "object", "additionalProperties": _type(word[10:-1], "", quantity=quantity)}
    if word == "object":
        if "StrictInt" in annotation and "StrictStr" in annotation:
            return _INT_OR_STRING
        return _FREE if "Dict[" in annotation else structural.ANYTHING
    if quantity:
        return _QUANTITY
    return _SCALARS[word] if word in _SCALARS else _model(word)
