"""What the doctor makes of what is known; and facts over facts."""

from __future__ import annotations

from tests.systems.traps import dataset, facts, model, ready, source, there, version

from modeltui.domain import Severity
from modeltui.kube.objects import ObjectMeta, Undecodable
from modeltui.systems import registry
from modeltui.systems.dataset.types import DATASETS
from modeltui.systems.doctor import diagnose
from modeltui.systems.facts import FactTable
from modeltui.systems.layered import Layered
from modeltui.systems.modelfs.checks import check_model
from modeltui.systems.modelfs.rows import source_of
from modeltui.systems.modelfs.types import MODELS, SOURCES


def test_objects_come_by_view_namespace_and_name() -> None:
    sick = [there(model(version(storage=None), name=name)) for name in ("b", "a")]
    known = facts([*sick, ready(source("CONDA", name="z")), there(dataset("OCI"))])
    assert list(dict.fromkeys((entry.kind, entry.name) for entry in diagnose(known, ["team", "team"]))) == [
        ("Model", "a"),
        ("Model", "b"),
        ("ModelSource", "z"),
        ("Dataset", "d"),
    ]
    assert diagnose(known, ["other"]) == []


def test_each_objects_errors_come_first_and_nothing_twice() -> None:
    manifest = model(version(storage=None, share={"enabled": True}), version(storage=None, share={"enabled": True}))
    found = [entry.finding for entry in diagnose(facts([there(manifest)], [SOURCES]), ["team"])]
    ranks = [list(Severity).index(finding.severity) for finding in found]
    assert ranks == sorted(ranks)
    assert len(set(found)) == len(found) > 3


def test_an_object_that_cannot_be_read_is_a_finding() -> None:
    table = FactTable()
    table.put(MODELS, Undecodable(metadata=ObjectMeta(name="odd", namespace="team"), problem="This Model cannot be read: why"))
    (entry,) = diagnose(table, ["team"])
    assert (entry.name, entry.finding.severity, entry.finding.reason) == ("odd", Severity.ERROR, "This Model cannot be read: why.")


def test_what_became_of_an_object_is_told_where_it_is_but_not_in_a_review() -> None:
    failed = there(model(version()), syncedVersions=[{"name": "v1", "phase": "FAILED"}])
    known = facts([failed, ready(source()), there(dataset(name="mdl-qwen-v1"), phase="FAILED")])
    assert any("Version v1 failed" in entry.finding.reason for entry in diagnose(known, ["team"]))
    assert not any("failed" in finding.reason for finding in check_model(model(version()), known))


def test_a_dataset_that_nobody_removes_is_told() -> None:
    left = there(model(version()), syncedVersions=[{"name": "old", "activeDataset": "mdl-qwen-old", "phase": "READY"}])
    known = facts([left, ready(source()), there(dataset(name="mdl-qwen-old"))])
    (entry,) = diagnose(known, ["team"])
    assert entry.finding.severity is Severity.WARNING
    assert "Version old is no longer in the spec, but dataset mdl-qwen-old is still there" in entry.finding.reason


def test_every_view_can_be_examined() -> None:
    for view in registry.examined():
        assert view.examine is not None
        assert view.resource not in view.evidence


# ---- facts over facts -----------------------------------------------------------------------------------------------


def test_what_a_change_makes_stands_for_what_is_there() -> None:
    under = facts([ready(source("CONDA")), there(model(version()))])
    over = FactTable()
    over.put(SOURCES, ready(source()))
    both = Layered(over, under)
    assert both.get(SOURCES, "team", "hf") is not under.get(SOURCES, "team", "hf")
    assert [found.spec.type for found in both.all(SOURCES, "team")] == ["HUGGING_FACE"]  # type: ignore[attr-defined]  # ModelSources
    assert any(finding.severity is Severity.ERROR for finding in check_model(model(version()), under))
    assert check_model(model(version()), both) == ()


def test_layers_know_what_either_knows() -> None:
    under, over = facts([], [SOURCES]), facts([], [DATASETS])
    both = Layered(over, under)
    assert both.known(SOURCES, "team")
    assert both.known(DATASETS, "team")
    assert not both.known(MODELS, "team")


def test_an_index_over_layers_leaves_out_what_is_replaced() -> None:
    under = facts([there(model(version(), name="a")), there(model(version(), name="b"))])
    over = facts([there(model(version(), name="a", sourceRef="other")), there(model(version(), name="c"))])
    both = Layered(over, under)
    assert [found.metadata.name for found in both.where(MODELS, "team", source_of, "hf")] == ["b", "c"]
    assert [found.metadata.name for found in both.where(MODELS, "team", source_of, "other")] == ["a"]
