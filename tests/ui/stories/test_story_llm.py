"""An LLMInferenceService with prefill of its own, from applied to deleted."""

from pathlib import Path

import pytest
from serving_story import deployments, upstream
from tests.serving_objects import HUB_MODEL, Manifest, llm_service

from modeltui.ui.screens.deployment_detail import DeploymentDetail

SERVICES = "llminferenceservices.serving.kserve.io"
KINDS = [f"kserve/serving.kserve.io_{kind}.yaml" for kind in ("llminferenceservices", "llminferenceserviceconfigs")]
DECODE, PREFILL = {"labels": "llm-d.ai/role=decode"}, {"labels": "llm-d.ai/role=prefill"}


@pytest.mark.usefixtures("at_once")
async def test_an_llm_service(tmp_path: Path) -> None:
    async with deployments(tmp_path, upstream(*KINDS)) as story:

        def spec() -> Manifest:
            found: Manifest = story.get(SERVICES, "llm")["spec"]
            return found

        def lengths() -> set[str]:
            """Of prefill, whose template stands first."""
            found = story.town.api.list("pods", **PREFILL)
            return {
                each["value"] for pod in found for each in pod["spec"]["containers"][0]["env"] if each["name"] == "VLLM_ADDITIONAL_ARGS"
            }

        await story.apply(llm_service(prefill=True))
        await story.shows("llm", "Ready", "2/2", "2/2", HUB_MODEL, "vllm", "KServe")

        await story.scale("llm", "2", "spec.replicas", component="main")
        await story.shows("llm", "Ready", "3/3", "3/3")
        await story.scale("llm", "2", "spec.prefill.replicas", component="prefill")
        await story.shows("llm", "Ready", "4/4", "4/4")
        assert (spec()["replicas"], spec()["prefill"]["replicas"]) == (2, 2)

        # a pod under the cursor of its page takes nothing from the menu
        await story.choose("llm")
        await story.press("enter")
        page: DeploymentDetail = await story.screen(DeploymentDetail)
        await story.comes(lambda: page.pod is not None, "its pods are never shown")
        offered = [offer.title for offer in (await story.menu())._offers]
        assert {"Scale main", "Scale prefill"} <= set(offered), offered
        await story.back()
        assert (len(story.pods(**DECODE)), len(story.pods(**PREFILL))) == (2, 2)
        await story.scale("llm", "1", "1 of 2 replicas of prefill go.", component="prefill")
        await story.shows("llm", "Ready", "3/3", "3/3")

        await story.do("llm", "Stop (takes all of its pods away)", "what it serves is not served until it is started")
        await story.shows("llm", "Paused", "0/0")
        await story.comes(lambda: not story.pods(), "its pods never went")
        await story.do("llm", "Start (as many replicas as before)", "serving.kserve.io/stop")
        await story.shows("llm", "Ready", "3/3", "3/3")

        before = story.pods()
        await story.restart("llm", "GPUs for both are needed")
        await story.all_anew(before)
        await story.shows("llm", "Ready", "3/3", "3/3")

        await story.edit("llm", "--max-model-len 4096", "--max-model-len 8192")
        await story.confirmed("--max-model-len 8192", "GPUs for both are needed")
        await story.comes(lambda: "8192" in str(lengths()) and len(lengths()) == 1)
        await story.roll_back("llm", "--max-model-len 4096")
        await story.comes(lambda: "4096" in str(lengths()) and len(lengths()) == 1)
        await story.edit("llm", "--max-model-len 4096", "--max-model-len 2048")
        await story.undone("--max-model-len 4096")
        await story.comes(lambda: "4096" in str(lengths()) and len(lengths()) == 1)
        await story.shows("llm", "Ready", "3/3", "3/3")

        await story.delete("llm", "What it serves is not served any more.", "Its 3 pods go")
        await story.vanishes("llm")
        await story.comes(lambda: not story.pods(), "its pods never went")
        assert story.names(SERVICES) == story.names("deployments.apps") == story.names("services") == []
