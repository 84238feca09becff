"""The traps of a DynamoGraphDeploymentRequest and of a DynamoModel, each with and without."""

from __future__ import annotations

import copy
from typing import Any

import msgspec
import pytest
from tests.systems.traps import secret

from modeltui.domain import Severity
from modeltui.systems.core.secrets import SECRETS
from modeltui.systems.core.types import CLAIMS, PersistentVolumeClaim
from modeltui.systems.dynamo.checks.models import check_model
from modeltui.systems.dynamo.checks.requests import check_older_request, check_request
from modeltui.systems.dynamo.request_types import Request
from modeltui.systems.dynamo.types import REQUESTS
from modeltui.systems.facts import FactTable

Manifest = dict[str, Any]
WANTED: Manifest = {
    "apiVersion": "nvidia.com/v1beta1",
    "kind": "DynamoGraphDeploymentRequest",
    "metadata": {"name": "qwen", "namespace": "team"},
    "spec": {"model": "Qwen/Qwen3-32B", "backend": "vllm", "hardware": {"gpuSku": "h100_sxm", "numGpusPerNode": 8}},
}
LORA: Manifest = {
    "apiVersion": "nvidia.com/v1alpha1",
    "kind": "DynamoModel",
    "metadata": {"name": "sql", "namespace": "team"},
    "spec": {"modelName": "acme/sql", "baseModelName": "Qwen/Qwen3-32B", "modelType": "lora", "source": {"uri": "s3://adapters/sql"}},
}


def changed(manifest: Manifest, **spec: Any) -> Manifest:
    """None takes a field out; `name` is the object's."""
    made = copy.deepcopy(manifest)
    made["metadata"]["name"] = spec.pop("name", made["metadata"]["name"])
    made["spec"] = {key: value for key, value in {**made["spec"], **spec}.items() if value is not None}
    return made


def live(phase: str, **spec: Any) -> FactTable:
    obj = msgspec.convert({**changed(WANTED, **spec), "status": {"phase": phase}}, Request)
    return FactTable.of({REQUESTS: [obj]})


def errors(found: Any) -> list[str]:
    return [finding.reason for finding in found if finding.severity is Severity.ERROR]


def reasons(found: Any) -> str:
    found = list(found)
    assert all(finding.remedy for finding in found)
    return "\n".join(finding.reason for finding in found)


@pytest.mark.parametrize(
    ("spec", "says"),
    [
        ({"name": "A b"}, 'The name "A b"'),
        ({"name": "q" * 50}, "The name has 50 characters"),
        ({"model": ""}, "It names no model"),
        ({"backend": "tgi"}, 'There is no backend "tgi"'),
        ({"hardware": {"gpuSku": "h300"}}, 'Dynamo knows no GPU "h300"'),
        ({"hardware": None}, "does not say which GPUs there are"),
        ({"sla": {"ttft": 0}}, "A goal of 0 ms for ttft"),
        ({"sla": {"ttft": 300, "e2eLatency": 900}}, "a whole latency and for its parts"),
        ({"sla": {"optimizationType": "cost"}}, '"cost" is no goal'),
        ({"workload": {"concurrency": 4, "requestRate": 2}}, "as concurrency and as a rate"),
    ],
    ids=lambda value: str(value)[:40],
)
def test_traps_of_a_request(spec: Manifest, says: str) -> None:
    assert says in reasons(check_request(changed(WANTED, **spec), FactTable()))
    assert says not in reasons(check_request(WANTED, FactTable()))


def test_a_request_that_is_good_has_no_error() -> None:
    assert errors(check_request(WANTED, FactTable())) == []


def test_the_claim_of_a_request() -> None:
    wanted = changed(WANTED, modelCache={"pvcName": "weights"})
    nothing = FactTable.of({CLAIMS: []})
    assert "Claim weights does not exist in namespace team" in reasons(check_request(wanted, nothing))
    claim = msgspec.convert({"metadata": {"name": "weights", "namespace": "team"}}, PersistentVolumeClaim)
    assert errors(check_request(wanted, FactTable.of({CLAIMS: [claim]}))) == []
    assert errors(check_request(wanted, FactTable())) == [], "what may not be seen is not missing"


def test_the_token_of_a_gated_request() -> None:
    wanted = changed(WANTED, model="meta-llama/Llama-3.1-8B-Instruct")
    without, with_it = FactTable.of({SECRETS: []}), FactTable.of({SECRETS: [secret("hf-token-secret", "HF_TOKEN")]})
    assert "gated on the Hub" in reasons(check_request(wanted, without))
    assert "gated on the Hub" not in reasons(check_request(wanted, with_it))


def test_the_profiler_wants_its_secret_whether_the_model_is_gated_or_not() -> None:
    other = FactTable.of({SECRETS: [secret("hf-token-secret", "token")]})
    for facts in (FactTable.of({SECRETS: []}), other):
        assert "no Secret hf-token-secret with key HF_TOKEN. The profiler's pod takes it" in reasons(check_request(WANTED, facts))
    assert errors(check_request(WANTED, FactTable.of({SECRETS: [secret("hf-token-secret", "HF_TOKEN")]}))) == []
    assert errors(check_request(WANTED, FactTable())) == [], "what may not be seen is not missing"


@pytest.mark.parametrize("phase", ["Profiling", "Ready", "Deploying", "Deployed"])
def test_a_request_that_is_profiled_cannot_be_changed(phase: str) -> None:
    wanted = changed(WANTED, backend="sglang")
    assert f'It is "{phase}" already' in reasons(check_request(wanted, live(phase)))
    assert errors(check_request(wanted, live("Pending"))) == []
    assert errors(check_request(changed(WANTED), live(phase))) == [], "nothing is changed"


def test_an_older_request_needs_the_image_of_its_profiler() -> None:
    older = {**WANTED, "apiVersion": "nvidia.com/v1alpha1", "spec": {"model": "Qwen/Qwen3-32B", "backend": "vllm"}}
    assert "no image for the profiler" in reasons(check_older_request(older, FactTable()))
    older["spec"]["profilingConfig"] = {"profilerImage": "nvcr.io/nvidia/ai-dynamo/vllm-runtime:1.1.1"}
    assert errors(check_older_request(older, FactTable())) == []


@pytest.mark.parametrize(
    ("spec", "says", "severity"),
    [
        ({"name": "A b"}, 'The name "A b"', Severity.ERROR),
        ({"modelName": ""}, "It has no modelName", Severity.ERROR),
        ({"baseModelName": ""}, "It has no baseModelName", Severity.ERROR),
        ({"modelType": "gguf"}, 'There is no modelType "gguf"', Severity.ERROR),
        ({"source": None}, "without source.uri Dynamo loads nothing", Severity.ERROR),
        ({"source": {"uri": "gs://b/a"}}, "from s3:// and hf://, not from gs", Severity.ERROR),
        ({"modelType": "base"}, "A base model is not fetched by a DynamoModel", Severity.WARNING),
    ],
    ids=lambda value: str(value)[:40],
)
def test_traps_of_a_model(spec: Manifest, says: str, severity: Severity) -> None:
    (found,) = [finding for finding in check_model(changed(LORA, **spec), FactTable()) if says in finding.reason]
    assert found.severity is severity
    assert found.remedy
    assert check_model(LORA, FactTable()) == ()
