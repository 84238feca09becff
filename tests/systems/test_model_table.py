"""Models of modelfs and of AIM Engine in one table; the templates stand under the model that they are profiles of."""

from __future__ import annotations

from typing import Any

import msgspec
import pytest
from tests.systems.builders import model, source, synced, version
from tests.systems.test_live import Cluster

from modeltui.domain import Row
from modeltui.systems import registry
from modeltui.systems.aim import types as aim
from modeltui.systems.aim import views as aim_views
from modeltui.systems.aim.model_types import AIMModel, AIMTemplate
from modeltui.systems.merged import UNDER, UNFOLDED, UNFOLDS, LiveMerged
from modeltui.systems.modelfs.types import MODELS, SOURCES
from modeltui.systems.modelfs.views import MODELS_VIEW

TABLE = registry.models()
OWN = ("team", "qwen")
AIM_OWN = ("team", "qwen", "aimmodels.aim.eai.amd.com")
AIM_WIDE = ("", "qwen", "aimclustermodels.aim.eai.amd.com")
TEMPLATE = ("team", "fast", "aimservicetemplates.aim.eai.amd.com")
WIDE_TEMPLATE = ("", "fast", "aimclusterservicetemplates.aim.eai.amd.com")


def aim_model(namespace: str, **spec: Any) -> AIMModel:
    meta = {"name": "qwen", **({"namespace": namespace} if namespace else {})}
    return msgspec.convert({"metadata": meta, "spec": {"image": "ghcr.io/amd/aim-qwen:1", **spec}, "status": {"status": "Ready"}}, AIMModel)


def template(namespace: str, of: str = "qwen", **spec: Any) -> AIMTemplate:
    meta = {"name": "fast", **({"namespace": namespace} if namespace else {})}
    hardware = {"gpu": {"requests": 2, "model": "MI300X"}}
    told = {"modelName": of, "metric": "latency", "precision": "fp8", "hardware": hardware, **spec}
    return msgspec.convert({"metadata": meta, "spec": told, "status": {"status": "Ready"}}, AIMTemplate)


def started(cluster: Cluster) -> LiveMerged:
    live = LiveMerged(cluster, TABLE, ("team",))
    live.start()
    return live


def shown(live: LiveMerged) -> dict[Any, Row]:
    live.take(limit=None)
    return {row.key: row for row in live.rows()}


def cell(row: Row, column: str) -> Any:
    return row.values[[entry.key for entry in TABLE.columns].index(column)]


def test_a_model_has_the_key_and_the_cells_that_it_has_in_a_table_of_its_own() -> None:
    cluster = Cluster()
    live = started(cluster)
    cluster.scope(SOURCES).upsert(source())
    cluster.scope(MODELS).upsert(model(version("v1"), status=[synced("v1", "READY")]))
    cluster.all_live()
    row = shown(live)[OWN]
    alone = MODELS_VIEW.row(live.obj(OWN), live.facts)
    assert [cell(row, column.key) for column in MODELS_VIEW.columns] == list(alone.values)
    assert (cell(row, "kind"), cell(row, "templates"), cell(row, "hardware")) == ("Model", None, None)
    assert row.lead == ""


def test_models_of_the_same_name_are_told_apart() -> None:
    cluster = Cluster()
    live = started(cluster)
    cluster.scope(MODELS).upsert(model(version("v1")))
    cluster.scope(aim.MODELS).upsert(aim_model("team", modelSources=[{"modelId": "Qwen/Qwen3", "sourceUri": "hf://Qwen/Qwen3"}]))
    cluster.scope(aim.CLUSTER_MODELS, "").upsert(aim_model(""))
    rows = shown(live)
    assert set(rows) == {OWN, AIM_OWN, AIM_WIDE}
    assert [cell(rows[key], "kind") for key in (OWN, AIM_OWN, AIM_WIDE)] == ["Model", "AIMModel", "AIMClusterModel"]
    assert (cell(rows[AIM_OWN], "repos"), cell(rows[AIM_OWN], "weights")) == (("Qwen/Qwen3",), ("hf://Qwen/Qwen3",))
    assert cell(rows[AIM_OWN], "source_type") == "Custom"
    assert live.view_of(AIM_WIDE).resource == aim.CLUSTER_MODELS


def test_templates_unfold_under_their_model() -> None:
    cluster = Cluster()
    live = started(cluster)
    cluster.scope(aim.MODELS).upsert(aim_model("team"))
    cluster.scope(aim.TEMPLATES).upsert(template("team"))
    cluster.all_live()
    rows = shown(live)
    assert set(rows) == {AIM_OWN}
    assert (rows[AIM_OWN].lead, cell(rows[AIM_OWN], "templates")) == (UNFOLDS, "1/1")
    live.toggle(AIM_OWN)
    rows = shown(live)
    assert (rows[AIM_OWN].lead, rows[TEMPLATE].lead) == (UNFOLDED, UNDER)
    assert [cell(rows[TEMPLATE], key) for key in ("metric", "precision", "repos")] == ["latency", "fp8", ("qwen",)]
    assert "MI300X" in cell(rows[TEMPLATE], "hardware")[0]


def test_a_template_of_a_namespace_may_be_one_of_a_model_of_the_cluster_until_the_namespace_has_its_own() -> None:
    cluster = Cluster()
    live = started(cluster)
    cluster.scope(aim.TEMPLATES).upsert(template("team"))
    assert set(shown(live)) == {TEMPLATE}, "a template of a model that is not there stands for itself"
    cluster.scope(aim.CLUSTER_MODELS, "").upsert(aim_model(""))
    cluster.scope(aim.CLUSTER_TEMPLATES, "").upsert(template(""))
    assert set(shown(live)) == {AIM_WIDE}
    assert [row.key for row in live.children(AIM_WIDE)] == [WIDE_TEMPLATE[:2], TEMPLATE[:2]]
    cluster.scope(aim.MODELS).upsert(aim_model("team"))
    assert set(shown(live)) == {AIM_WIDE, AIM_OWN}
    assert [row.key for row in live.children(AIM_OWN)] == [TEMPLATE[:2]]
    cluster.scope(aim.MODELS).remove(aim_model("team"))
    assert set(shown(live)) == {AIM_WIDE}


def test_states_of_kinds_without_namespaces_count_in_each() -> None:
    cluster = Cluster()
    live = started(cluster)
    assert {state.sync.name for state in live.states.values()} == {"SYNCING"}
    cluster.all_live()
    assert [(place, state.sync.name) for place, state in live.states.items()] == [("team", "LIVE")]


@pytest.mark.parametrize("word", ["models", "model", "mdl", "Models", "models.model.samzong.dev"])
def test_every_word_for_models_means_the_whole_table(word: str) -> None:
    found = registry.table(word)
    assert found == TABLE
    assert registry.find(word) is MODELS_VIEW, "and the kind alone where one kind is meant"


def test_every_column_of_a_table_of_its_own_has_a_place() -> None:
    keys = {column.key for column in TABLE.columns}
    assert {column.key for column in MODELS_VIEW.columns} <= keys
    renamed = {"model": "repos", "recommended": "hardware", "sources": "weights"}
    for view in (aim_views.MODELS_VIEW, aim_views.TEMPLATES_VIEW):
        assert {renamed.get(column.key, column.key) for column in view.columns} <= keys, view.name
