"""OpenAPI v3: an index, and one document per group and version, as far as kubectl reads them (explain, validation, apply)."""

from __future__ import annotations

import hashlib
import json
import re
from typing import Any

from modeltui.demo import builtin
from modeltui.demo.errors import Object
from modeltui.demo.kinds import Kind, Version
from modeltui.demo.registry import Registry
from modeltui.demo.schema import structural

_META_NAME = "io.k8s.apimachinery.pkg.apis.meta.v1.ObjectMeta"
_LIST_META = "io.k8s.apimachinery.pkg.apis.meta.v1.ListMeta"
_TITLE, _VERSION = "Kubernetes", "v1.36.0"
V2_PROTOBUF = "application/com.github.proto-openapi.spec.v2@v1.0+protobuf"
_QUANTITY = "io.k8s.apimachinery.pkg.api.resource.Quantity"
_INT_OR_STRING = "io.k8s.apimachinery.pkg.util.intstr.IntOrString"
_SCALARS: dict[str, Object] = {
    _QUANTITY: {
        "description": "Quantity is a fixed-point representation of a number, such as 500m, 1.5 or 10Gi.",
        "oneOf": [{"type": "string"}, {"type": "number"}],
    },
    _INT_OR_STRING: {
        "description": "IntOrString is a type that can hold an int32 or a string.",
        "format": "int-or-string",
        "oneOf": [{"type": "integer"}, {"type": "string"}],
    },
}
_MODEL_PREFIX = re.compile(r"^(?:Core|Events|Resource)?V\d+")
_OPTIONS = ("dryRun", "fieldManager", "fieldValidation")


def index(registry: Registry) -> Object:
    """/openapi/v3"""
    paths = {}
    for group, version in sorted({(kind.group, version.name) for kind in registry for version in kind.served}):
        path = f"apis/{group}/{version}" if group else f"api/{version}"
        digest = hashlib.sha256(json.dumps(document(registry, group, version), sort_keys=True).encode()).hexdigest()
        paths[path] = {"serverRelativeURL": f"/openapi/v3/{path}?hash={digest[:32].upper()}"}
    return {"paths": paths}


def document(registry: Registry, group: str, version: str) -> Object | None:
    """/openapi/v3/apis/GROUP/VERSION; None when it is not served."""
    schemas: Object = {_META_NAME: structural.published(structural.OBJECT_META), _LIST_META: {"type": "object", "properties": {}}}
    paths: Object = {}
    for kind in registry:
        served = kind.version(version) if kind.group == group else None
        if served is None or not served.served:
            continue
        name = _schema_name(kind, version)
        gvk = {"group": group, "version": version, "kind": kind.kind}
        schemas[name] = _published(kind, served, gvk, schemas)
        schemas[f"{name}List"] = _list(kind, name, version)
        paths |= _paths(kind, served, gvk, name)
    if not paths:
        return None
    schemas[_META_NAME] = _named(_object_meta(), schemas)
    return {"openapi": "3.0.0", "info": {"title": _TITLE, "version": _VERSION}, "paths": paths, "components": {"schemas": schemas}}


def v2() -> Object:
    """/openapi/v2: a document without definitions, for clients that fall back to it when the newer one does not know a kind."""
    return {"swagger": "2.0", "info": {"title": _TITLE, "version": _VERSION}, "paths": {}}


def v2_protobuf() -> bytes:
    """The same as protobuf, for kubectl (openapi.v2.Document: swagger 1, info 2, paths 8; of the info: title 1, version 2)."""

    def field(number: int, data: bytes) -> bytes:
        return bytes((number << 3 | 2, len(data))) + data

    info = field(1, _TITLE.encode()) + field(2, _VERSION.encode())
    return field(1, b"2.0") + field(2, info) + field(8, b"")


def _schema_name(kind: Kind, version: str) -> str:
    """Reversed domain, as upstream names the schemas of CRDs; the groups of Kubernetes have package names."""
    if kind.custom:
        return ".".join([*reversed(kind.group.split(".")), version, kind.kind])
    package = kind.group.partition(".")[0] or "core"
    return f"io.k8s.api.{package}.{version}.{kind.kind}"


def _published(kind: Kind, version: Version, gvk: Object, shared: Object) -> Object:
    """The schema as a document has it; of a built-in kind, the types with names of their own go to `shared`."""
    schema: Object = structural.published(version.schema)
    if not kind.custom:
        schema.pop(builtin.MODEL, None)
        schema = _named(schema, shared)
    properties = dict(schema.get("properties") or {})
    for name in ("apiVersion", "kind"):
        if name in properties:
            properties[name] = {**properties[name], "description": builtin.Model.read("V1ConfigMap").fields[name].description}
    if "metadata" in properties:
        text = "Standard object's metadata. More info: https://git.k8s.io/community/contributors/devel/sig-architecture/api-conventions.md#metadata"
        properties["metadata"] = {"description": text, "default": {}, "allOf": [{"$ref": f"#/components/schemas/{_META_NAME}"}]}
    return {**schema, "properties": properties, "x-kubernetes-group-version-kind": [gvk]}


def _object_meta() -> Object:
    """What every object's metadata holds, in the words of the API."""
    said = builtin.Model.read("V1ObjectMeta").fields
    meta: Object = structural.published(structural.OBJECT_META)
    for name, field in meta["properties"].items():
        meta["properties"][name] = {**field, "description": said[name].description} if name in said else field
    for name, model in (("ownerReferences", "V1OwnerReference"), ("managedFields", "V1ManagedFieldsEntry")):
        meta["properties"][name]["items"] = structural.published(builtin.model_schema(model))
    return meta


def _named(schema: Any, shared: Object) -> Any:
    """`schema` with references to `shared` in the place of quantities, IntOrStrings and models."""
    if isinstance(schema, list):
        return [_named(below, shared) for below in schema]
    if not isinstance(schema, dict):
        return schema
    if structural.is_int_or_string(schema):
        name = _QUANTITY if schema.get("format") == "quantity" else _INT_OR_STRING
        shared.setdefault(name, _SCALARS[name])
        return _reference(name, schema, _SCALARS[name])
    model = schema.get(builtin.MODEL)
    if model is None:
        return {key: _named(below, shared) for key, below in schema.items()}
    name = f"io.k8s.api.core.v1.{_MODEL_PREFIX.sub('', model)}"
    whole = structural.published(builtin.model_schema(model))
    if name not in shared:
        shared[name] = {}  # so that a type that holds itself ends
        shared[name] = {key: _named(below, shared) for key, below in whole.items() if key != builtin.MODEL}
    return _reference(name, schema, whole)


def _reference(name: str, schema: Object, whole: Object) -> Object:
    """What a field says of itself, and where its type is."""
    own: Object = {key: schema[key] for key in ("description", "default", "nullable") if key in schema and schema[key] != whole.get(key)}
    ref = {"$ref": f"#/components/schemas/{name}"}
    return {**own, "allOf": [ref]} if own else ref


def _list(kind: Kind, name: str, version: str) -> Object:
    return {
        "type": "object",
        "required": ["items"],
        "properties": {
            "apiVersion": {"type": "string"},
            "kind": {"type": "string"},
            "metadata": {"$ref": f"#/components/schemas/{_LIST_META}"},
            "items": {"type": "array", "items": {"$ref": f"#/components/schemas/{name}"}},
        },
        "x-kubernetes-group-version-kind": [{"group": kind.group, "version": version, "kind": kind.list_name}],
    }


def _paths(kind: Kind, version: Version, gvk: Object, name: str) -> Object:
    root = f"/apis/{kind.group}/{version.name}" if kind.group else f"/api/{version.name}"
    scope = "/namespaces/{namespace}" if kind.namespaced else ""
    parameters = [_parameter(each) for each in _OPTIONS]
    ref = {"$ref": f"#/components/schemas/{name}"}

    def operation(action: str, *, body: str = "", more: list[Any] | None = None) -> Object:
        found: Object = {
            "x-kubernetes-action": action,
            "x-kubernetes-group-version-kind": gvk,
            "responses": {"200": {"description": "OK", "content": {"application/json": {"schema": ref}}}},
        }
        if more:
            found["parameters"] = more
        if body:
            found["requestBody"] = {"content": {body: {"schema": ref}}}
        return found

    create = operation("post", body="application/json", more=parameters)
    if not kind.stored:
        return {f"{root}/{kind.plural}": {"post": create}}
    many: Object = {"get": operation("list"), "post": create, "delete": operation("deletecollection")}
    one: Object = {
        "get": operation("get"),
        "put": operation("put", body="application/json", more=parameters),
        "patch": operation("patch", body="application/apply-patch+yaml", more=[*parameters, _parameter("force")]),
        "delete": operation("delete", more=[_parameter("dryRun")]),
    }
    return {f"{root}{scope}/{kind.plural}": many, f"{root}{scope}/{kind.plural}/{{name}}": one}


def _parameter(name: str) -> Object:
    return {"name": name, "in": "query", "schema": {"type": "boolean" if name == "force" else "string", "uniqueItems": True}}
