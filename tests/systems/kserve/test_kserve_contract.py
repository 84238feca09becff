"""Every sentence about KServe and the Model Manager is shown by something, and every trap is told where people meet it: in the review of
a change, and by the doctor of what is there already."""

from __future__ import annotations

from typing import Final

import pytest
from tests.systems.contract import gaps
from tests.systems.kserve.kserve_contract import CONTRACT, SECTIONS, TRAPS
from tests.systems.kserve.kserving import Trap, claim, facts, node, reviewed, samples, secret, told_by_the_doctor, told_in_the_review
from tests.systems.kserve.trapping import KNOWN, VLLM, S, from_secret
from tests.systems.kserve.traps_of_llm_and_others import C, L, R, T, group

from modeltui.domain import Severity
from modeltui.systems.core.secrets import SECRETS
from modeltui.systems.core.types import CLAIMS, NODES
from modeltui.systems.kserve.cache_types import NODE_GROUPS
from modeltui.systems.kserve.llm_types import LLM_CONFIGS
from modeltui.systems.kserve.types import SERVICE_ACCOUNTS


def test_every_sentence_is_shown_by_something() -> None:
    assert list(gaps(CONTRACT, TRAPS, SECTIONS)) == []


@pytest.mark.parametrize("trap", TRAPS.values(), ids=TRAPS)
def test_the_review_tells_it_with_what_to_do(trap: Trap) -> None:
    told_in_the_review(trap)


BEFORE: Final = (
    *("is not for the model", "is no field", "criticality", "no field of", "cannot be changed", "immutable", "would get", "would lose"),
    *("the annotation that stops it", "has replicas and scaling", "replicas is -1", "scaling", "minReplicas is 3 and maxReplicas 2"),
    *("neither wva nor keda", "has refs and a spec", "cannot go through the gateway", "has 0 replicas", "an inline text"),
    *("The catalog knows", "It asks for no GPU", "GPU memory", "the largest GPU", "is more than the 4,096 tokens"),
)
"""What is told of a manifest only: what the API server or a webhook refuses, what nobody has started yet, what a catalog thinks."""


@pytest.mark.parametrize("name", [name for name, trap in TRAPS.items() if not any(words in trap.says for words in BEFORE)])
def test_the_doctor_tells_it_of_what_is_there(name: str) -> None:
    told_by_the_doctor(TRAPS[name])


AROUND: Final = facts(
    *(VLLM, node("a", nvidia_com__gpu="8"), claim("w", "ReadWriteMany"), secret("hf", "token"), group("1Ti")),
    known=(*KNOWN, NODES, CLAIMS, SECRETS, NODE_GROUPS, LLM_CONFIGS, SERVICE_ACCOUNTS),
)


def test_what_is_in_order_has_no_finding_at_all() -> None:
    sound = L(template=T(2), parallelism={"tensor": 2}, router={"scheduler": {}, "route": {}, "gateway": {}})
    other = {"name": "onnx", "autoSelect": True, "priority": 1}
    for manifest in (S(from_secret()), sound, R(other), C()):
        assert reviewed(manifest, AROUND) == (), manifest["kind"]


def test_no_real_manifest_is_called_wrong() -> None:
    kinds = ("InferenceService", "LLMInferenceService", "ServingRuntime", "ClusterServingRuntime", "LocalModelCache")
    found = {kind: samples("kserve", kind) for kind in kinds}
    assert sum(map(len, found.values())) > 25
    told = [(name, one) for real in found.values() for name, manifest in real.items() for one in reviewed(manifest, facts())]
    assert [(name, one.reason) for name, one in told if one.severity is not Severity.INFO] == []
