"""Tables and PartialObjectMetadata: what `kubectl get` prints, made by the server."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from modeltui.demo import clock
from modeltui.demo.columns import AGE, NAME_TEXT, Column, created, dig
from modeltui.demo.errors import Object
from modeltui.demo.kinds import Target
from modeltui.demo.schema import Schema, structural
from modeltui.demo.schema.printer import cell

_META = "meta.k8s.io"


_SCALE_COLUMNS = (
    Column("Name", description=NAME_TEXT),
    Column("Desired", type="integer", description="replicas is the desired number of instances for the scaled object."),
    Column("Available", type="integer", description="replicas is the actual number of observed instances of the scaled object."),
    AGE,
)


def table(target: Target, objects: Iterable[Object], *, meta: Object, include: str = "Metadata", version: str = "v1") -> Object:
    """A Table of the objects; `include` is "None", "Metadata" or "Object": what each row carries along."""
    now = clock.now()
    columns = [_definition(column, target.version.schema) for column in target.version.columns]
    rows = [_row(cells(target, obj, now), obj, include=include, version=version) for obj in objects]
    return _table(columns, rows, meta=meta, version=version)


def scale_table(scale: Object, *, include: str, version: str) -> Object:
    """A Table of one Scale, which every kind shows alike."""
    meta = scale["metadata"]
    found = [
        meta["name"],
        dig(scale, "spec", "replicas", default=0),
        dig(scale, "status", "replicas", default=0),
        created(scale, clock.now()),
    ]
    rows = [_row(found, scale, include=include, version=version)]
    return _table(
        [_definition(column) for column in _SCALE_COLUMNS], rows, meta={"resourceVersion": meta["resourceVersion"]}, version=version
    )


def _table(columns: list[Object], rows: list[Object], *, meta: Object, version: str) -> Object:
    return {"kind": "Table", "apiVersion": f"{_META}/{version}", "metadata": meta, "columnDefinitions": columns, "rows": rows}


def _definition(column: Column, schema: Schema | None = None) -> Object:
    return {
        "name": column.name,
        "type": column.type,
        "format": column.format,
        "description": column.description or _described(schema or {}, column.shows),
        "priority": column.priority,
    }


def _described(schema: Schema, field: str) -> str:
    for name in filter(None, field.split(".")):
        schema = structural.properties(schema).get(name) or {}
    return str(schema.get("description", "")) if field else ""


def _row(cells: list[Any], obj: Object, *, include: str, version: str) -> Object:
    row: Object = {"cells": cells}
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
