"""KServe's questions in the form that deploys, at 80x24 and 120x40: an InferenceService, an LLMInferenceService with prefill apart."""

from __future__ import annotations

from typing import Any

import pytest
from discovered import Served
from driving import Console, models, until
from test_snapshots import settled
from textual.pilot import Pilot
from world import session

from modeltui.systems.kserve.answers import InferenceAnswers, LlmAnswers, ParallelismAnswers, PrefillAnswers
from modeltui.systems.kserve.deployable import LLM_SERVICE, SERVICE
from modeltui.systems.serving.answers import ResourceAnswers
from modeltui.ui.wizards.deploy import kserve_form, llm_form
from modeltui.ui.wizards.deploy.screen import DeployWizard

sizes = pytest.mark.parametrize("size", [(80, 24), (120, 40)], ids=["80x24", "120x40"])
FORMS = (kserve_form.FORM, llm_form.FORM)
COMMON: dict[str, Any] = {"name": "llama", "namespace": "team-a", "served_name": "chat", "context_length": 8192, "token_secret": "hf-token"}
OF_CLAIM = InferenceAnswers(
    **COMMON,
    uri="pvc://weights/llama/base",
    format="vLLM",
    runtime="vllm-runtime",
    mode="Standard",
    min_replicas=1,
    max_replicas=4,
    autoscaler="hpa",
    scale_metric="cpu",
    scale_target=70,
    tensor_parallel=2,
    prefix_caching=True,
    extra_args=("--max-num-seqs", "64"),
    resources=ResourceAnswers(gpus=2, cpu="8", memory="64Gi", cpu_limit="8", memory_limit="64Gi"),
)
OF_BUCKET = InferenceAnswers(**COMMON, uri="s3://models/llama/base")
HALVES = LlmAnswers(
    **COMMON,
    uri="hf://meta-llama/Llama-3.1-8B-Instruct",
    replicas=2,
    parallelism=ParallelismAnswers(tensor=2),
    resources=ResourceAnswers(gpus=2),
    gateway="inference",
    gateway_namespace="infra",
    prefill=PrefillAnswers(
        replicas=1, parallelism=ParallelismAnswers(data=8, data_local=4, expert=True), resources=ResourceAnswers(gpus=4)
    ),
)
PLACES: dict[str, tuple[Any, str, str]] = {
    "claim": ((SERVICE, OF_CLAIM), "model", ""),
    "uri": ((SERVICE, OF_BUCKET), "model", ""),
    "system": ((SERVICE, OF_BUCKET), "system", ""),
    "inference_service": ((SERVICE, OF_CLAIM), "kserve", ""),
    "inference_service_below": ((SERVICE, OF_CLAIM), "kserve", "up"),
    "serving": ((SERVICE, OF_CLAIM), "serving", ""),
    "resources": ((SERVICE, OF_CLAIM), "resources", ""),
    "llm": ((LLM_SERVICE, HALVES), "llm", ""),
    "prefill": ((LLM_SERVICE, HALVES), "llm-prefill", ""),
    "scheme_that_is_not_read": ((SERVICE, InferenceAnswers(**COMMON, uri="ftp://host/llama")), "model", "wrong"),
}


@sizes
@pytest.mark.parametrize("place", PLACES)
def test_deploying_to_kserve(place: str, size: tuple[int, int], console: Console, snap_compare: Any) -> None:
    answers, step, then = PLACES[place]
    made = session()

    async def walk(pilot: Pilot[int]) -> None:
        app: Any = pilot.app
        await models(pilot, app)
        made.discovery = Served(form.of.view.resource for form in FORMS)  # type: ignore[assignment]  # as much of it as the form asks
        wizard = DeployWizard(app.cluster, "team-a", FORMS, answers=answers)
        await app.push_screen(wizard)
        await until(pilot, lambda: wizard.query("FieldRow") and wizard._asked)
        while wizard.step.key != step:
            at = wizard.at
            await pilot.press("ctrl+n")
            await until(pilot, lambda at=at: wizard.at == at + 1)  # type: ignore[misc]  # at
        match then:
            case "wrong":
                await pilot.press("ctrl+n")
                await until(pilot, lambda: wizard.at == 1)
                await pilot.press("ctrl+b")
                await until(pilot, lambda: wizard.at == 0)
            case "up":
                await pilot.press("up")  # around, to the last field
        await settled(pilot)

    assert snap_compare(console(made), terminal_size=size, run_before=walk)
