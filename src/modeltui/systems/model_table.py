"""Models of every system in one table: modelfs's, and AIM Engine's with the templates of each under it. Pure.

What a system does not say stays empty there: a Model has no hardware, an AIMModel no versions.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import replace
from typing import Any, Final

from modeltui.domain import Column, ColumnKind, Row, RowKey, Value
from modeltui.kube.resource import Resource
from modeltui.systems.aim import types as aim
from modeltui.systems.aim import views as aim_views
from modeltui.systems.aim.model_types import AIMModel, AIMTemplate
from modeltui.systems.aim.selection import model_name
from modeltui.systems.modelfs import rows as modelfs_rows
from modeltui.systems.modelfs import views as modelfs_views
from modeltui.systems.parents import KEY as PARENT
from modeltui.systems.protocol import Facts, View

_OWN: Final = {column.key: column for column in modelfs_rows.MODEL_COLUMNS}

COLUMNS: Final = (
    *(_OWN["name"], _OWN["namespace"], _OWN["status"], _OWN["versions"]),
    Column("kind", "KIND", max_width=26),
    Column("templates", "TEMPLATES", ColumnKind.RATIO, help="Of an AIM model: profiles of it that are ready / there."),
    _OWN["source"],
    Column("repos", "MODEL", ColumnKind.TAGS, max_width=40, help="Repositories of a Model's versions; the id by which AIM knows a model."),
    Column("hardware", "HARDWARE", ColumnKind.TAGS, max_width=40, help="What an AIM model is made for; of a template, that of a replica."),
    Column("metric", "METRIC", max_width=10),
    Column("precision", "PRECISION", max_width=10),
    Column("type", "TYPE", max_width=12, help="Only optimized templates are chosen, unless a service allows the others."),
    *(_OWN["last_sync"], _OWN["age"]),
    Column("source_type", "SOURCE TYPE", wide=True, max_width=16, help="Image: the weights are those that the AIM image knows."),
    *(_OWN["tags"], _OWN["storage"], _OWN["observed_storage"], _OWN["shared"]),
    Column("engine", "ENGINE", wide=True, max_width=10),
    Column("token", "HF TOKEN", wide=True, help="Whether fetching its weights needs a token of the Hub."),
    Column("image", "IMAGE", wide=True, max_width=56),
    Column("weights", "WEIGHTS", ColumnKind.TAGS, wide=True, max_width=48),
    Column("profile", "PROFILE", wide=True, max_width=40),
    Column("origin", "ORIGIN", wide=True, max_width=20, help="auto-generated: a service brought it about, and leaves it behind."),
    Column("cached", "CACHED", wide=True, help="Whether a template fetches its weights before a service asks for them."),
    Column("title", "TITLE", wide=True, max_width=32),
    Column(PARENT, "TEMPLATE OF", hidden=True),
)

Parent = Callable[[Any, Facts], str]
"""(object, what is known) -> what its row stands under, as "Kind name"; "" for nothing."""


def _nobody(obj: Any, facts: Facts) -> str:
    return ""


def part(view: View, *, named: Mapping[str, str] | None = None, parent: Parent = _nobody, **more: Any) -> View:
    """The same view with the columns of this table. `named`: key of a column here -> its key there, where they differ. `more`: as
    dataclasses.replace."""
    there = {column.key: place for place, column in enumerate(view.columns)}
    keys = [(named or {}).get(column.key, column.key) for column in COLUMNS]
    places = [there.get(key) for key in keys]

    def row(obj: Any, facts: Facts) -> Row:
        made = view.row(obj, facts)
        values = [None if place is None else _as(column, made.values[place]) for column, place in zip(COLUMNS, places, strict=True)]
        values[_KIND], values[_PARENT] = view.resource.kind, parent(obj, facts) or None
        return replace(made, values=tuple(values))

    return replace(view, columns=COLUMNS, row=row, **more)


_KIND: Final = next(place for place, column in enumerate(COLUMNS) if column.key == "kind")
_PARENT: Final = next(place for place, column in enumerate(COLUMNS) if column.key == PARENT)


def _as(column: Column, value: Value) -> Value:
    return (value,) if column.kind is ColumnKind.TAGS and isinstance(value, str) else value


def model_of(template: AIMTemplate, facts: Facts) -> str:
    """A template of a namespace is one of the AIMModel there, or else of the AIMClusterModel of that name."""
    name, namespace = template.spec.model_name, template.metadata.namespace
    cluster = not namespace or (facts.get(aim.MODELS, namespace, name) is None and facts.get(aim.CLUSTER_MODELS, "", name) is not None)
    return f"{(aim.CLUSTER_MODELS if cluster else aim.MODELS).kind} {name}" if name else ""


def templates_touched(resource: Resource, obj: AIMModel, facts: Facts) -> Iterable[RowKey]:
    """The templates of namespaces that may stand under a model that came or went."""
    return [one.metadata.key for one in facts.where(aim.TEMPLATES, obj.metadata.namespace, model_name, obj.metadata.name)]


_OF_MODEL: Final = {"repos": "model", "hardware": "recommended", "weights": "sources"}
_OF_TEMPLATE: Final = {"repos": "model", "weights": "sources"}

PARTS: Final = (
    part(modelfs_views.MODELS_VIEW),
    part(aim_views.MODELS_VIEW, named=_OF_MODEL),
    part(aim_views.CLUSTER_MODELS_VIEW, named=_OF_MODEL),
    part(
        aim_views.TEMPLATES_VIEW,
        named=_OF_TEMPLATE,
        parent=model_of,
        joins={aim.MODELS: AIMModel, aim.CLUSTER_MODELS: AIMModel},
        dependents=templates_touched,
    ),
    part(aim_views.CLUSTER_TEMPLATES_VIEW, named=_OF_TEMPLATE, parent=model_of),
)
