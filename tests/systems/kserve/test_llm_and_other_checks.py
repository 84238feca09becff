"""Every trap of an LLMInferenceService, of a runtime and of a cache: found in a manifest that has it, and not in one that has not."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from tests.systems import traps
from tests.systems.anything import with_something_else
from tests.systems.kserve.kserving import Trap, decoded, facts, node, runtime, tell_apart
from tests.systems.kserve.traps_of_llm_and_others import CACHE, DATA, LLM, LORA, REFS, RUNTIME, THERE, VLLM, WVA, C, L, R, T, group, there

from modeltui.systems.core.secrets import SECRETS
from modeltui.systems.core.types import CLAIMS, NODES
from modeltui.systems.facts import FactTable
from modeltui.systems.kserve.cache_types import NODE_GROUPS, LocalModelCache
from modeltui.systems.kserve.checks import check_cache, check_llm, check_runtime, llm, others
from modeltui.systems.kserve.llm_types import LLM_CONFIGS
from modeltui.systems.kserve.types import SERVICE_ACCOUNTS


@pytest.mark.parametrize("trap", LLM, ids=lambda trap: trap.name)
def test_a_trap_of_an_llm_service(trap: Trap) -> None:
    tell_apart(trap, check_llm)


@pytest.mark.parametrize("trap", RUNTIME, ids=lambda trap: trap.name)
def test_a_trap_of_a_runtime(trap: Trap) -> None:
    tell_apart(trap, check_runtime)


@pytest.mark.parametrize("trap", CACHE, ids=lambda trap: trap.name)
def test_a_trap_of_a_cache(trap: Trap) -> None:
    tell_apart(trap, check_cache)


def test_every_sentence_of_the_checks_is_told_by_a_trap() -> None:
    told = [(LLM, check_llm), (RUNTIME, check_runtime), (CACHE, check_cache)]
    reasons = "\n".join(finding.reason for table, check in told for trap in table for finding in check(trap.has, trap.known))
    missing = [part for part in traps.sentences(Path(llm.__file__), Path(others.__file__)) if part not in reasons]
    assert missing == []


def test_sound_ones_have_no_findings_and_what_is_not_known_is_not_held_against_them() -> None:
    sound = L(
        template=T(2),
        parallelism={"tensor": 2},
        prefill={"replicas": 1, "template": T()},
        router={"scheduler": {}, "route": {}, "gateway": {}},
    )
    known = facts(node("a", nvidia_com__gpu="8"), known=(NODES, SECRETS, CLAIMS, LLM_CONFIGS, SERVICE_ACCOUNTS))
    assert check_llm(sound, known) == ()
    assert check_llm(L(baseRefs=[{"name": "x"}], model={"uri": "pvc://w"}), FactTable()) == ()
    assert check_runtime(R(VLLM), FactTable()) == ()
    assert check_cache(C(), FactTable()) == ()
    assert check_cache(decoded(LocalModelCache, C()), THERE) == ()


RICH = L(
    template=T(),
    worker=T(),
    parallelism=DATA,
    scaling={"maxReplicas": 2, **WVA},
    prefill={"template": T()},
    router={"scheduler": {"config": {"inline": "x"}}, "route": REFS, "gateway": {}},
    baseRefs=[{"name": "b"}],
    model={**LORA, "lora": {"adapters": [{"name": "a", "uri": "hf://a/b"}]}},
)


@given(with_something_else(RICH), with_something_else(R(VLLM)), with_something_else(C()))
def test_a_manifest_of_any_shape_gets_an_answer(first: Any, second: Any, third: Any) -> None:
    known = facts(there(RICH), node("a"), group("1Gi"), runtime(), known=(NODES, SECRETS, CLAIMS, LLM_CONFIGS, NODE_GROUPS))
    for check, manifest in ((check_llm, first), (check_runtime, second), (check_cache, third)):
        found = check(manifest if isinstance(manifest, dict) else {"spec": manifest}, known)
        assert all(finding.reason for finding in found)
