"""Where a request for a graph is right or wrong by what there is around it; its other traps are in `other_traps`."""

from __future__ import annotations

import copy
from typing import Any

import msgspec
import pytest
from tests.systems.traps import secret

from modeltui.domain import Severity
from modeltui.systems.core.secrets import SECRETS
from modeltui.systems.core.types import CLAIMS, PersistentVolumeClaim
from modeltui.systems.dynamo.checks.requests import check_request
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
