"""What the systems offer to do with their objects: each on an object that it makes sense on, and what comes of it."""

from __future__ import annotations

from typing import Any

import msgspec
import pytest
from tests.systems import traps

from modeltui.kube.apply import Manifest
from modeltui.systems.dataset.types import Dataset
from modeltui.systems.dataset.views import DATASETS_VIEW
from modeltui.systems.facts import FactTable
from modeltui.systems.modelfs.types import Model
from modeltui.systems.modelfs.views import MODELS_VIEW, SHARES_VIEW
from modeltui.systems.operations import NotPossible, Operation

LIVE: Manifest = {
    "apiVersion": "model.samzong.dev/v1",
    "kind": "Model",
    "metadata": {"name": "qwen", "namespace": "team", "uid": "1", "resourceVersion": "7"},
    "spec": {
        "sourceRef": "hub",
        "versions": [
            {"name": "here", "repo": "org/a", "share": {"enabled": True, "requireOptInLabel": "shared"}},
            {"name": "paused", "repo": "org/a", "state": "ABSENT"},
        ],
    },
}


def of_model(part: str, live: Manifest = LIVE) -> dict[str, Operation]:
    model = msgspec.convert(live, Model)
    return {operation.title: operation for operation in MODELS_VIEW.operations(model, part, FactTable())}


def version(operation: Operation, name: str) -> Any:
    """As the last stage leaves it."""
    live = LIVE
    for stage in operation.stages:
        live = stage.become(live)
    return next((entry for entry in live["spec"]["versions"] if entry["name"] == name), None)


def test_a_version_is_offered_what_it_is_not() -> None:
    here, paused = of_model("here"), of_model("paused")
    assert version(here["Pause version here (removes its weights)"], "here")["state"] == "ABSENT"
    assert version(paused["Resume version paused (fetches it anew)"], "paused")["state"] == "PRESENT"
    assert version(here["Stop sharing version here"], "here")["share"] == {"enabled": False, "requireOptInLabel": "shared"}
    assert version(paused["Share version paused"], "paused")["share"] == {"enabled": True}
    assert version(here["Take version here out"], "here") is None
    assert not any("Resume" in title for title in here)
    assert not any("Pause" in title for title in paused)


def test_a_sync_runs_again_by_way_of_absent_once_all_of_it_is_gone() -> None:
    """modelfs does not read its own resyncAt, and sets a round back that somebody raised."""
    (absent, present) = of_model("here")["Sync version here again (removes its weights first)"].stages
    paused = absent.become(LIVE)
    assert paused["spec"]["versions"][0]["state"] == "ABSENT"
    assert "here is ABSENT" in present.otherwise
    assert present.become(paused)["spec"]["versions"][0]["state"] == "PRESENT"
    assert [(str(one), one.sure) for one in present.once_gone] == [
        ("Dataset team/mdl-qwen-here", True),
        ("PersistentVolumeClaim team/mdl-qwen-here", False),
    ]
    assert absent.once_gone == ()


def test_names_are_taken_from_the_status_where_there_is_one() -> None:
    synced = [{"name": "here", "activeDataset": "d7", "pvcName": "claim-7"}, {"name": "paused", "activeDataset": "d8"}]
    live = {**LIVE, "status": {"syncedVersions": synced}}
    again = of_model("here", live)["Sync version here again (removes its weights first)"]
    assert [one.name for one in again.stages[1].once_gone] == ["d7", "claim-7"]
    (resumed,) = of_model("paused", live)["Resume version paused (fetches it anew)"].stages
    assert [(one.name, one.sure) for one in resumed.once_gone] == [("d8", False), ("d8", False)]


@pytest.mark.parametrize("part", ["", "no such"])
def test_the_model_as_a_whole_has_none_and_so_has_a_version_that_is_not_there(part: str) -> None:
    assert of_model(part) == {}


def test_a_version_that_went_meanwhile_is_named() -> None:
    pause = of_model("here")["Pause version here (removes its weights)"]
    gone = {**LIVE, "spec": {**LIVE["spec"], "versions": LIVE["spec"]["versions"][1:]}}
    with pytest.raises(NotPossible, match='no version "here"'):
        pause.stages[0].become(gone)


def of_dataset(**changes: Any) -> tuple[list[Operation], Manifest]:
    live = traps.dataset()
    live["spec"] |= changes.pop("spec", {})
    live["status"] = changes.pop("status", {})
    live["metadata"] |= changes
    return [*DATASETS_VIEW.operations(msgspec.convert(live, Dataset), "", FactTable())], live


def test_a_dataset_is_fetched_again_by_one_more_round() -> None:
    (again,), live = of_dataset(spec={"dataSyncRound": 3})
    assert again.why_not == ""
    (stage,) = again.stages
    assert stage.become(live)["spec"]["dataSyncRound"] == 4


def test_a_round_of_a_dataset_of_modelfs_does_not_last_and_the_menu_says_so() -> None:
    (again,), _ = of_dataset(ownerReferences=[{"apiVersion": "model.samzong.dev/v1", "kind": "Model", "name": "qwen", "uid": "1"}])
    assert "Model qwen" in again.why_not


def test_a_round_that_is_under_way_is_not_overtaken() -> None:
    (again,), _ = of_dataset(status={"inProcessing": True, "inProcessingRound": 2})
    assert again.why_not == "round 2 is under way"


def test_a_reference_fetches_nothing() -> None:
    found, _ = of_dataset(spec={"source": {"type": "REFERENCE", "uri": "dataset://a/b"}})
    assert found == []
    assert SHARES_VIEW.operations is DATASETS_VIEW.operations
