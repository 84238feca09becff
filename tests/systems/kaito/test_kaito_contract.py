"""Every sentence about KAITO is shown by something, and every trap is told where people meet it: in the review of a change, and by the
doctor of what is there already."""

from __future__ import annotations

from pathlib import Path
from typing import Final

import pytest
from tests.systems import traps
from tests.systems.contract import gaps
from tests.systems.kaito.kaito_contract import CONTRACT, SECTIONS, TRAPS
from tests.systems.kaito.kaito_traps import I, P, W, gated, labelled_node
from tests.systems.kserve.kserving import Trap, facts, reviewed, samples, secret, told_by_the_doctor, told_in_the_review

from modeltui.domain import Severity
from modeltui.systems.core.secrets import SECRETS
from modeltui.systems.core.types import NODES
from modeltui.systems.kaito.checks import immutability, nodes, serving
from modeltui.systems.kaito.types import CONFIG_MAPS


def test_every_sentence_is_shown_by_something() -> None:
    assert list(gaps(CONTRACT, TRAPS, SECTIONS)) == []


@pytest.mark.parametrize("trap", TRAPS.values(), ids=TRAPS)
def test_the_review_tells_it_with_what_to_do(trap: Trap) -> None:
    told_in_the_review(trap)


BEFORE: Final = ("A Workspace has no spec",)
"""The API server refuses it, or drops it."""


@pytest.mark.parametrize("name", [name for name, trap in TRAPS.items() if not any(words in trap.says for words in BEFORE)])
def test_the_doctor_tells_it_of_what_is_there(name: str) -> None:
    told_by_the_doctor(TRAPS[name])


def test_every_sentence_of_the_checks_is_told_by_a_trap() -> None:
    reasons = "\n".join(one.reason for trap in TRAPS.values() for one in reviewed(trap.has, trap.known))
    files = [Path(str(module.__file__)) for module in (immutability, nodes, serving)]
    assert [part for part in traps.sentences(*files) if part not in reasons] == []


def test_what_is_in_order_has_no_finding_at_all() -> None:
    around = facts(labelled_node(apps="phi"), secret("hf", "HF_TOKEN"), known=(NODES, SECRETS, CONFIG_MAPS))
    for manifest in (W(), W(inference=gated("hf")), P(None), I(), I(gated("hf"))):
        assert reviewed(manifest, around) == ()


def test_no_real_manifest_is_called_wrong() -> None:
    found = {**samples("kaito", "Workspace"), **samples("kaito", "InferenceSet")}
    assert len(found) > 3
    told = [(name, one) for name, manifest in found.items() for one in reviewed(manifest, facts())]
    assert [(name, one.reason) for name, one in told if one.severity is not Severity.INFO] == []
