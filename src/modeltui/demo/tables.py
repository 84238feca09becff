"""Tables and PartialObjectMetadata: what `kubectl get` prints, made by the server."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from modeltui.demo import clock
from modeltui.demo.columns import Column
from modeltui.demo.errors import Object
from modeltui.demo.kinds import Target
from modeltui.demo.schema import Schema, structural
from modeltui.demo.schema.printer import cell

_META = "meta.k8s.io"


def table(target: Target, objects: Iterable[Object], *, meta: Object, include: str = "Metadata", version: str = "v1") -> Object:
    """A Table of the objects; `include` is "None", "Metadata" or "Object": what each row carries along."""
    now = clock.now()
    return {
        "kind": "Table",
        "apiVersion": f"{_META}/{version}",
        "metadata": meta,
        "columnDefinitions": [_definition(target, column) for column in target.version.columns],
        "rows": [_row(target, obj, now=now, include=include, version=version) for obj in objects],
    }


def _definition(target: Target, column: Column) -> Object:
    return {
        "name": column.name,
        "type": column.type,
        "format": column.format,
        "description": column.description or _described(target.version.schema, column.shows),
        "priority": column.priority,
    }


def _described(schema: Schema, field: str) -> str:
    for name in filter(None, field.split(".")):
        schema = structural.properties(schema).get(name) or {}
    return str(schema.get("description", "")) if field else ""


def _row(target: Target, obj: Object, *, now: datetime, include: str, version: str) -> Object:
    row: Object = {"cells": cells(target, obj, now)}
    if include == "Object":
        row["object"] = obj
    elif include != "None":
        row["object"] = partial(obj, version=version)
    else:
        row["object"] = None
    return row


def cells(target: Target, obj: Object, now: datetime) -> list[Any]:
    if not target.kind.custom:
        return target.kind.strategy.row(obj, now)
    _, *rest = target.version.columns
    return [obj["metadata"].get("name", ""), *(cell({"type": column.type, "jsonPath": column.path}, obj, now=now) for column in rest)]


def partial(obj: Object, *, version: str = "v1") -> Object:
    return {"kind": "PartialObjectMetadata", "apiVersion": f"{_META}/{version}", "metadata": obj["metadata"]}


def partial_list(objects: Iterable[Object], *, meta: Object, version: str = "v1") -> Object:
    items = [partial(obj, version=version) for obj in objects] or None
    return {"kind": "PartialObjectMetadataList", "apiVersion": f"{_META}/{version}", "metadata": meta, "items": items}
