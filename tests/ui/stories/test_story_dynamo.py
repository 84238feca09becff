"""A graph of Dynamo, from applied to deleted; in v1beta1, and where an older operator serves v1alpha1 alone."""

from pathlib import Path

import pytest
import yaml
from serving_story import NS, deployments, upstream
from tests.serving_objects import CLAIM, HUB_MODEL, Manifest, graph, older_graph

GRAPHS = "dynamographdeployments.nvidia.com"
DEFINITION = "dynamo/nvidia.com_dynamographdeployments.yaml"
WORKERS = {"labels": "nvidia.com/dynamo-component=Worker"}


@pytest.mark.usefixtures("at_once")
async def test_a_graph(tmp_path: Path) -> None:
    async with deployments(tmp_path, upstream(DEFINITION)) as story:

        def worker() -> Manifest:
            found: list[Manifest] = story.get(GRAPHS, "agg")["spec"]["components"]
            return next(each for each in found if each["name"] == "Worker")

        story.town.make("persistentvolumeclaims", "weights", spec=CLAIM)
        await story.apply(graph(claim="weights"))
        await story.shows("agg", "Ready", "2/2", "2/2", HUB_MODEL, "vllm", "Dynamo", "agg-frontend:8000")

        await story.scale("agg", "2", "replicas", component="Worker")
        await story.shows("agg", "Ready", "3/3", "4/4")
        assert worker()["replicas"] == 2

        await story.do("agg", "Stop (0 replicas of every component)", f"All its pods go: {HUB_MODEL} does not answer")
        await story.shows("agg", "Paused", "0/0")
        await story.comes(lambda: not story.pods(), "its pods never went")
        await story.do("agg", "Start (as many replicas as before it was stopped)")
        await story.shows("agg", "Ready", "3/3", "4/4")
        assert worker()["replicas"] == 2
        assert "annotations" not in story.get(GRAPHS, "agg")["metadata"], "what was remembered is forgotten"

        before = story.pods()
        await story.restart("agg", "spec.restart.id")
        await story.all_anew(before)
        await story.shows("agg", "Ready", "3/3", "4/4")

        await story.edit("agg", "--max-model-len=4096", "--max-model-len=8192")
        await story.confirmed("--max-model-len=8192")
        await story.run(2, "--max-model-len=8192", **WORKERS)
        await story.shows("agg", "Ready", "3/3", "4/4")

        await story.roll_back("agg", "--max-model-len=4096")
        await story.run(2, "--max-model-len=4096", **WORKERS)
        await story.shows("agg", "Ready", "3/3", "4/4")

        await story.edit("agg", "--max-model-len=4096", "--max-model-len=2048")
        await story.undone("--max-model-len=4096")
        await story.run(2, "--max-model-len=4096", **WORKERS)
        await story.shows("agg", "Ready", "3/3", "4/4")

        await story.delete("agg", "Its 3 pods go", HUB_MODEL, "Claim weights stays, with the data.")
        await story.vanishes("agg")
        await story.comes(lambda: not story.pods(), "its pods never went")
        assert story.names(GRAPHS) == story.names("deployments.apps") == story.names("services") == []
        assert story.names("persistentvolumeclaims") == ["weights"]


def older_definition(folder: Path) -> Path:
    """Upstream's, as it was before there was a v1beta1."""
    (path,) = upstream(DEFINITION)
    definition = yaml.safe_load(path.read_text())
    versions = [each for each in definition["spec"]["versions"] if each["name"] == "v1alpha1"]
    definition["spec"] |= {"versions": [{**versions[0], "storage": True, "served": True}], "conversion": {"strategy": "None"}}
    written = folder / "older.yaml"
    written.write_text(yaml.safe_dump(definition))
    return written


@pytest.mark.usefixtures("at_once")
async def test_an_older_operator(tmp_path: Path) -> None:
    """What the console writes is the older API's, and so is the status that comes of it."""
    async with deployments(tmp_path, [older_definition(tmp_path)]) as story:

        def replicas() -> dict[str, int]:
            return {name: each["replicas"] for name, each in story.get(GRAPHS, "agg")["spec"]["services"].items()}

        await story.apply(older_graph())
        await story.shows("agg", "Ready", "2/2", "2/2", HUB_MODEL, "vllm", "Dynamo", "agg-frontend:8000")
        assert story.get(GRAPHS, "agg")["status"].keys() >= {"services"}
        await story.scale("agg", "3", "spec.services.Worker.replicas", component="Worker")
        assert replicas() == {"Frontend": 1, "Worker": 3}
        await story.shows("agg", "Ready", "4/4", "6/6")
        await story.do("agg", "Stop (0 replicas of every component)", f"All its pods go: {HUB_MODEL} does not answer")
        assert replicas() == {"Frontend": 0, "Worker": 0}
        await story.shows("agg", "Paused", "0/0")
        await story.do("agg", "Start (as many replicas as before it was stopped)")
        assert replicas() == {"Frontend": 1, "Worker": 3}
        await story.shows("agg", "Ready", "4/4")
        before = story.pods()
        await story.restart("agg", "spec.restart.id")
        assert story.get(GRAPHS, "agg")["spec"]["restart"]["id"].startswith("modeltui-")
        await story.all_anew(before)
        await story.shows("agg", "Ready", "4/4", "6/6")
        assert story.get(GRAPHS, "agg")["apiVersion"] == "nvidia.com/v1alpha1"
        await story.delete("agg", "Its 4 pods go")
        await story.vanishes("agg")
        await story.comes(lambda: not story.pods(), "its pods never went")
        assert story.town.api.find(GRAPHS, "agg", namespace=NS) is None
