"""Answers to manifests and back: what comes out is fit for the API server, and nothing that no answer speaks of is touched."""

from __future__ import annotations

import base64
import copy
from pathlib import Path
from typing import Any

import msgspec
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from tests.systems import answering, traps
from tests.upstream import unfit

from modeltui.domain import Severity
from modeltui.systems.answer_file import AnswersError
from modeltui.systems.core import secrets
from modeltui.systems.dataset import manifests as dataset_manifests
from modeltui.systems.dataset.checks import check_dataset
from modeltui.systems.facts import FactTable
from modeltui.systems.modelfs import edits, manifests, source_manifests
from modeltui.systems.modelfs.answers import ModelAnswers, ShareAnswers, SourceAnswers, StorageAnswers, VersionAnswers
from modeltui.systems.modelfs.checks import check_model, check_source
from modeltui.systems.secret_value import UNSET, SecretValue

SHARED = Path(__file__).resolve().parents[2].parent / "shared"

LIVE: dict[str, Any] = {
    "apiVersion": "model.samzong.dev/v1",
    "kind": "Model",
    "metadata": {
        "name": "qwen",
        "namespace": "team",
        "uid": "1",
        "resourceVersion": "7",
        "generation": 3,
        "creationTimestamp": "2025-11-01T08:00:00Z",
        "managedFields": [{"manager": "kubectl"}],
        "labels": {"team": "nlp"},
        "annotations": {"note": "kept"},
        "finalizers": ["modelfs.samzong.dev/model-finalizer"],
    },
    "spec": {
        "sourceRef": "hf",
        "newer": {"field": [1, {"deep": True}]},
        "display": {"description": "", "icon": "x"},
        "versions": [
            {
                "name": "v1",
                "repo": "Qwen/Qwen2",
                "revision": "",
                "storage": {
                    "accessModes": [],
                    "resources": {"requests": {"storage": 12884901888, "iops": "3"}, "limits": {"storage": "1Ti"}},
                },
                "share": {"enabled": False, "namespaceSelector": {}, "mode": "newer"},
                "priority": 3,
            },
            {"name": "v2", "repo": "Qwen/Qwen3", "state": "ABSENT", "quantization": {"bits": 4}},
        ],
    },
    "status": {"observedGeneration": 3},
}


def errors(found: Any) -> list[str]:
    return [finding.reason for finding in found if finding.severity is Severity.ERROR]


# ---- fit for the API server -----------------------------------------------------------------------------------------

SLOW = settings(deadline=None, suppress_health_check=[HealthCheck.too_slow])


@SLOW
@given(answers=answering.MODELS)
def test_a_model_is_accepted_or_the_checks_say_why_not(answers: ModelAnswers) -> None:
    manifest = manifests.model(answers)
    if not errors(check_model(manifest, FactTable())):
        assert unfit(manifest) == []


@SLOW
@given(answers=answering.SOURCES)
def test_a_source_is_accepted_or_the_checks_say_why_not(answers: SourceAnswers) -> None:
    manifest = source_manifests.source(answers)
    if not errors(check_source(manifest, FactTable())):
        assert unfit(manifest) == []


@SLOW
@given(answers=answering.SOUND_MODELS)
def test_sound_answers_make_an_accepted_model_without_errors(answers: ModelAnswers) -> None:
    manifest = manifests.model(answers)
    assert unfit(manifest) == []
    assert errors(check_model(manifest, FactTable())) == []


@SLOW
@given(answers=answering.SOUND_SOURCES)
def test_sound_answers_make_an_accepted_source_without_errors(answers: SourceAnswers) -> None:
    manifest = source_manifests.source(answers)
    assert unfit(manifest) == []
    assert errors(check_source(manifest, FactTable())) == []


@SLOW
@given(answers=answering.MODELS)
def test_the_form_of_a_model_is_never_wrong(answers: ModelAnswers) -> None:
    """Whatever is answered, only words and amounts can be wrong: no field is unknown or of another type, or null."""
    told = unfit(manifests.model(answers))
    assert [problem for problem in told if "is none of" not in problem and "0 items" not in problem] == []


def test_upstreams_own_sample_comes_back_as_it_is() -> None:
    import yaml

    for path in sorted((SHARED / "samples" / "modelfs").glob("*.yaml")):
        for sample in yaml.safe_load_all(path.read_text()):
            if sample["kind"] == "Model":
                assert manifests.model(manifests.answers_of(sample), live=sample) == sample
                made = manifests.model(manifests.answers_of(sample))
                assert unfit(made) == []
                assert made["spec"]["versions"][0]["storage"] == sample["spec"]["versions"][0]["storage"]


def test_what_is_made_of_a_dataset_is_accepted() -> None:
    live = traps.dataset(dataSyncRound=3, share=True) | {"status": {"phase": "FAILED"}}
    for made in (
        dataset_manifests.synced_anew(live),
        dataset_manifests.shared(live, selector={"matchLabels": {"a": "b"}}),
        dataset_manifests.unshared(live),
        dataset_manifests.reference(name="d", namespace="other", to=("team", "d")),
    ):
        assert unfit(made) == []
        assert errors(check_dataset(made, traps.facts([traps.there(live)]))) == []


# ---- nothing else is touched ----------------------------------------------------------------------------------------


@given(answers=answering.MODELS)
def test_answers_come_back_as_they_were_given(answers: ModelAnswers) -> None:
    again = manifests.answers_of(manifests.model(answers))
    assert manifests.model(again) == manifests.model(answers)
    assert [version.name for version in again.versions] == [version.name for version in answers.versions]
    assert again.source_ref == answers.source_ref


@given(answers=answering.SOURCES)
def test_a_sources_answers_come_back_as_they_were_given(answers: SourceAnswers) -> None:
    assert source_manifests.answers_of(source_manifests.source(answers)) == answers


def test_the_same_answers_change_nothing_of_a_live_model() -> None:
    desired = manifests.model(manifests.answers_of(LIVE), live=LIVE)
    assert desired["spec"] == LIVE["spec"]
    assert desired["metadata"] == {key: LIVE["metadata"][key] for key in ("name", "namespace", "labels", "annotations", "finalizers")}
    assert "status" not in desired


@given(answers=answering.MODELS)
def test_other_answers_leave_what_no_answer_speaks_of(answers: ModelAnswers) -> None:
    live = copy.deepcopy(LIVE)
    kept = msgspec.structs.replace(manifests.answers_of(live).versions[0], precision="INT4", repo="a/b")
    desired = manifests.model(msgspec.structs.replace(answers, versions=(*answers.versions, kept)), live=live)
    assert live == LIVE
    assert desired["spec"]["newer"] == LIVE["spec"]["newer"]
    assert desired["spec"]["display"]["icon"] == "x"
    assert desired["metadata"]["annotations"] == {"note": "kept"}
    # the answers may hold versions of that name too: those get what is there first
    found = next(version for version in desired["spec"]["versions"] if version["name"] == "v1")
    assert found["priority"] == 3


def test_a_version_keeps_its_unknown_fields_wherever_it_goes() -> None:
    answers = manifests.answers_of(LIVE)
    first, second = answers.versions
    bigger = msgspec.structs.replace(first, storage=StorageAnswers(size="20Gi"))
    desired = manifests.model(msgspec.structs.replace(answers, versions=(second, bigger)), live=LIVE)
    assert desired["spec"]["versions"][0] == LIVE["spec"]["versions"][1]
    found = desired["spec"]["versions"][1]
    assert found["storage"]["resources"] == {"requests": {"storage": "20Gi", "iops": "3"}, "limits": {"storage": "1Ti"}}
    assert (found["priority"], found["share"]["mode"]) == (3, "newer")


def test_two_versions_of_one_name_are_told_apart_by_their_order() -> None:
    live = traps.model({"name": "v1", "repo": "a/b", "note": 1}, {"name": "v1", "repo": "a/c", "note": 2})
    answers = manifests.answers_of(live)
    changed = msgspec.structs.replace(answers.versions[1], precision="INT4")
    desired = manifests.model(msgspec.structs.replace(answers, versions=(answers.versions[0], changed)), live=live)
    assert desired["spec"]["versions"] == [
        {"name": "v1", "repo": "a/b", "note": 1},
        {"name": "v1", "repo": "a/c", "note": 2, "precision": "INT4"},
    ]


def test_an_answer_that_is_taken_back_is_taken_out() -> None:
    live = manifests.model(
        ModelAnswers(
            name="m",
            source_ref="hf",
            description="x",
            versions=(
                VersionAnswers(
                    name="v", repo="a/b", precision="FP16", storage=StorageAnswers(size="1Gi"), share=ShareAnswers(enabled=True)
                ),
            ),
        )
    )
    desired = manifests.model(ModelAnswers(name="m", source_ref="hf", versions=(VersionAnswers(name="v", repo="a/b"),)), live=live)
    assert desired["spec"] == {"sourceRef": "hf", "versions": [{"name": "v", "repo": "a/b", "state": "PRESENT"}]}


@pytest.mark.parametrize(
    "odd",
    [
        {"spec": {"versions": [{"name": "v", "state": "LATER"}]}},
        {"spec": {"versions": [{"name": {"newer": True}}]}},
        {"spec": {"versions": [{"share": {"enabled": True, "namespaceSelector": {"matchExpressions": [{"key": "a", "operator": "Gt"}]}}}]}},
    ],
)
def test_what_the_form_cannot_show_is_left_to_yaml(odd: dict[str, Any]) -> None:
    with pytest.raises(AnswersError, match="edit it as YAML"):
        manifests.model(ModelAnswers(), live=odd)


# ---- one change at a time -------------------------------------------------------------------------------------------


def test_a_version_is_paused_resumed_and_shared_and_nothing_else_changes() -> None:
    for edited, expected in (
        (edits.paused(LIVE, "v1"), {"state": "ABSENT"}),
        (edits.resumed(LIVE, "v2"), {"state": "PRESENT"}),
        (edits.shared(LIVE, "v1", enabled=True), {"share": {"enabled": True, "namespaceSelector": {}, "mode": "newer"}}),
    ):
        before, after = LIVE["spec"]["versions"], edited["spec"]["versions"]
        changed = [(old, new) for old, new in zip(before, after, strict=True) if old != new]
        assert [(old | expected) for old, _ in changed] == [new for _, new in changed]
        assert len(changed) == 1


def test_a_version_comes_and_goes() -> None:
    more = edits.with_version(LIVE, VersionAnswers(name="v3", repo="a/b", storage=StorageAnswers(size="1Gi")))
    assert [version["name"] for version in more["spec"]["versions"]] == ["v1", "v2", "v3"]
    assert edits.without_version(more, "v3")["spec"] == LIVE["spec"]
    replaced = edits.with_version(LIVE, VersionAnswers(name="v2", repo="a/b", state="ABSENT"))
    assert replaced["spec"]["versions"][1] == {"name": "v2", "repo": "a/b", "state": "ABSENT", "quantization": {"bits": 4}}


def test_a_version_that_is_gone_is_said_to_be() -> None:
    for edit in (edits.paused, edits.resumed, edits.without_version):
        with pytest.raises(edits.NoVersion, match=r'Model qwen has no version "v9" \(any more\)'):
            edit(LIVE, "v9")


# ---- Datasets -------------------------------------------------------------------------------------------------------


@given(rounds=st.integers(1, 2**31 - 2))
def test_a_round_rises_by_one(rounds: int) -> None:
    live = traps.dataset(dataSyncRound=rounds)
    made = dataset_manifests.synced_anew(live)
    assert made["spec"] == live["spec"] | {"dataSyncRound": rounds + 1}
    assert live["spec"]["dataSyncRound"] == rounds


def test_sharing_and_its_end() -> None:
    live = traps.dataset(share=True, shareToNamespaceSelector={"matchLabels": {"old": "x"}})
    assert dataset_manifests.shared(live, selector=None)["spec"] == traps.dataset(share=True)["spec"]
    assert dataset_manifests.unshared(live)["spec"] == traps.dataset(share=False)["spec"]


# ---- Secrets --------------------------------------------------------------------------------------------------------


def test_a_secret_holds_what_was_typed_in_base64_and_keeps_what_was_not() -> None:
    live = {"apiVersion": "v1", "kind": "Secret", "metadata": {"name": "s"}, "type": "Opaque", "data": {"old": "b2xk", "gone": "Z29uZQ=="}}
    values = {"token": SecretValue("hf_ä"), "old": UNSET, "never": UNSET}
    made = secrets.secret(name="s", namespace="team", values=values, live=live)
    assert made["data"] == {"token": base64.b64encode("hf_ä".encode()).decode(), "old": "b2xk"}
    assert "stringData" not in made
    new = secrets.secret(name="s", namespace="team", values=values)
    assert (new["type"], list(new["data"]), new["metadata"]) == ("Opaque", ["token"], {"name": "s", "namespace": "team"})
    assert secrets.values_of(live) == {"gone": UNSET, "old": UNSET}
