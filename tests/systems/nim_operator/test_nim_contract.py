"""Every sentence about the NIM operator's kinds is shown by something, and every trap is told where people meet it: in the review of a
change, and by the doctor of what is there already."""

from __future__ import annotations

from pathlib import Path
from typing import Final

import pytest
from tests.systems import traps
from tests.systems.contract import gaps
from tests.systems.kserve.kserving import Trap, facts, node, reviewed, samples, secret, told_by_the_doctor, told_in_the_review
from tests.systems.nim_operator.nim_contract import CONTRACT, SECTIONS, TRAPS
from tests.systems.nim_operator.nim_making import ALONE, KSERVE, C, N, cached, hub, ngc

from modeltui.domain import Severity
from modeltui.systems.core.secrets import SECRETS
from modeltui.systems.core.types import CLAIMS, NODES
from modeltui.systems.nim_operator.checks import caching, credentials, naming, platform, shape, storage
from modeltui.systems.nim_operator.types import CACHES


def test_every_sentence_is_shown_by_something() -> None:
    assert list(gaps(CONTRACT, TRAPS, SECTIONS)) == []


@pytest.mark.parametrize("trap", TRAPS.values(), ids=TRAPS)
def test_the_review_tells_it_with_what_to_do(trap: Trap) -> None:
    told_in_the_review(trap)


BEFORE: Final = (
    *("has failed", "resources.claims is refused", "by resourceClaimName", "cannot share one claim", "replicas and an autoscaler"),
    *(
        "says no bounds",
        "minReplicas is 3",
        "multiNode and an",
        "mpi and ray",
        "the annotation that stops it",
        "does nothing",
        "is no field",
    ),
    *("gateway and ingress", "expose.ingress and expose.router", "cannot be changed", "immutable", "model and modelEndpoint"),
    *("It names profiles, and", 'The profile "all"', "is no qosProfile"),
)
"""What is told of a manifest only: what the API server or the webhook refuses, and what nobody has started yet."""


@pytest.mark.parametrize("name", [name for name, trap in TRAPS.items() if not any(words in trap.says for words in BEFORE)])
def test_the_doctor_tells_it_of_what_is_there(name: str) -> None:
    told_by_the_doctor(TRAPS[name])


def test_every_sentence_of_the_checks_is_told_by_a_trap() -> None:
    reasons = "\n".join(one.reason for trap in TRAPS.values() for one in reviewed(trap.has, trap.known))
    files = [Path(str(module.__file__)) for module in (caching, credentials, naming, platform, shape, storage)]
    assert [part for part in traps.sentences(*files) if part not in reasons] == []


def test_what_is_in_order_has_no_finding_at_all() -> None:
    around = facts(
        *(cached(state="Ready"), secret("ngc", "NGC_API_KEY"), secret("hf", "HF_TOKEN"), secret("pull"), node("a", nvidia_com__gpu="8")),
        known=(CACHES, SECRETS, CLAIMS, NODES),
    )
    gpu = {"resources": {"limits": {"nvidia.com/gpu": 1}}}
    for manifest in (N(**gpu), N(**gpu, **KSERVE), ALONE, hub(), C(name="other"), ngc(model={"engine": "vllm"})):
        assert reviewed(manifest, around) == ()


REFUSED: Final = {"autoscaling/multi-llm", "full/llm"}
"""They say replicas beside an autoscaler, which the rules of the operator's own CRD refuse."""


def test_no_real_manifest_is_called_wrong() -> None:
    found = {f"{kind} {name}": one for kind in ("NIMService", "NIMCache") for name, one in samples("nim-operator", kind).items()}
    assert len(found) > 20
    told = [(name, one) for name, manifest in found.items() for one in reviewed(manifest, facts())]
    wrong = {name.split()[1].partition("#")[0] for name, one in told if one.severity is not Severity.INFO}
    assert wrong == REFUSED
    assert {one.field for _, one in told} == {"spec.replicas"}
