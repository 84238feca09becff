"""The form that deploys, and its review, on objects that it can show and on a new one: no secret is shown or kept, and whatever stands in
them is text. As `test_served_is_text`."""

from __future__ import annotations

from collections.abc import AsyncIterator, Sequence
from pathlib import Path
from typing import Any

import hostile
import planting
import pytest
from driving import until
from planting import MANAGER, NAMESPACE, found_in, last_applied, marker
from planting_serving import Texts, definition
from serving_walk import away, console
from test_hostile_text import Hostile
from test_no_secret_anywhere import read_everything
from walking import Walk

from modeltui.demo.api import Api
from modeltui.demo.cluster import EmbeddedCluster
from modeltui.systems.aim.answers import HardwareAnswers, ServiceAnswers, WeightsAnswers
from modeltui.systems.aim.deployable import AIM_SERVICE
from modeltui.systems.airunway.answers import DeploymentAnswers
from modeltui.systems.airunway.deployable import DEPLOYMENT
from modeltui.systems.deploying import Deployable
from modeltui.systems.dynamo.answers import GraphAnswers
from modeltui.systems.dynamo.deployable import GRAPH
from modeltui.systems.kserve.answers import InferenceAnswers, LlmAnswers
from modeltui.systems.kserve.deployable import LLM_SERVICE, SERVICE
from modeltui.systems.serving.answers import EnvAnswers
from modeltui.ui.screens.browse import BrowseScreen
from modeltui.ui.screens.review import ReviewScreen
from modeltui.ui.wizards.deploy.screen import DeployWizard

NAME = "planted"
KINDS = (GRAPH, DEPLOYMENT, AIM_SERVICE, SERVICE, LLM_SERVICE)
"""Those whose answers have variables, and may bear a secret."""
TELLING = ("serving", "resources", "aim")
"""Steps that show what was planted; the others are looked at in the first form only, since each look takes a while."""


@pytest.fixture
async def cluster() -> AsyncIterator[EmbeddedCluster]:
    async with EmbeddedCluster() as served:
        yield served


def answers(of: Deployable, value: Texts) -> Any:
    """What may bear a secret does, or any other text."""
    word = of.word.replace("-", "")
    env = (
        EnvAnswers(name="HF_TOKEN", value=value(f"{word}env")),
        EnvAnswers(name="PROXY", value=f"http://u:{value(f'{word}proxy')}@proxy.example"),
    )
    common: dict[str, Any] = {"name": NAME, "namespace": NAMESPACE}
    words = ("--api-key", value(f"{word}arg"))
    hardware = HardwareAnswers(gpus=1)
    image = "amdenterpriseai/aim-base:0.9"
    weights = WeightsAnswers(base_image=image, model_id="org/model", source_uri="s3://bucket/model", env=env, hardware=hardware)
    found = {
        GRAPH.word: GraphAnswers(**common, model="org/model", env=env, extra_args=words),
        DEPLOYMENT.word: DeploymentAnswers(**common, model="org/model", env=env, extra_args=words),
        AIM_SERVICE.word: ServiceAnswers(**common, weights=weights, env=env),
        SERVICE.word: InferenceAnswers(**common, uri="hf://org/model", env=env, extra_args=words),
        LLM_SERVICE.word: LlmAnswers(**common, uri="hf://org/model", env=env, extra_args=words),
    }
    return found[of.word]


def plant(api: Api, value: Texts, kinds: Sequence[Deployable]) -> None:
    for one in kinds:
        if not api.served(one.view.resource.group_resource):
            api.create("customresourcedefinitions.apiextensions.k8s.io", definition(one.view), manager=MANAGER)
        manifest = one.manifest(answers(one, value))
        noted = {**last_applied(manifest), "example.com/api-token": value(f"{one.word.replace('-', '')}annotation")}
        metadata = manifest["metadata"]
        manifest["metadata"] = {**metadata, "annotations": {**(metadata.get("annotations") or {}), **noted}}
        api.create(one.view.resource.group_resource, manifest, manager=MANAGER)


async def through(walk: Walk, wizard: DeployWizard, where: str) -> None:
    """Every step, then the review."""
    await until(walk.pilot, lambda: wizard._asked and wizard._row_in_focus() is not None)
    while walk.app.screen is wizard:
        at, last = wizard.at, wizard.at + 1 == len(wizard.steps)
        if wizard.step.key in TELLING or where.endswith(GRAPH.word):
            await walk.look(f"{where}, {wizard.step.title}")
        await walk.pilot.press("ctrl+n")
        done = (lambda: walk.app.screen is not wizard) if last else (lambda at=at: wizard.at == at + 1)  # type: ignore[misc]  # at
        await until(walk.pilot, done, f"{where}: {[row.sentence for row in wizard._rows() if row.sentence]}")
    assert isinstance(walk.app.screen, ReviewScreen)


async def edited(walk: Walk, kinds: Sequence[Deployable]) -> None:
    for one in kinds:
        table = await walk.table(one.view.name, NAME)
        await walk.pilot.press("E")
        wizard = await walk.screen(DeployWizard)
        await through(walk, wizard, f"form of {one.word}")
        if one is GRAPH:
            await walk.reviewed(f"review of {one.word}")
        await walk.look(f"review of {one.word}")
        await away(walk, lambda table=table: walk.app.screen is table)


async def made(walk: Walk, typed: str) -> None:
    """A new one, in whose variables a text is typed."""
    await walk.command("new deployment")
    wizard = await walk.screen(DeployWizard, lambda screen: screen._asked and screen._row_in_focus() is not None)
    for step, key, text in (("model", "model", "Qwen/Qwen3-0.6B"), ("basics", "name", "fresh"), ("resources", "env", f"HF_TOKEN={typed}")):
        wizard.answers = wizard.answers.with_answer(step, key, text)
    while wizard.at + 1 < len(wizard.steps):
        at = wizard.at
        await walk.pilot.press("ctrl+n")
        await until(walk.pilot, lambda at=at: wizard.at == at + 1)
    await walk.pilot.press("ctrl+n")
    await walk.screen(ReviewScreen)
    await walk.confirmed("review of a new one")
    await walk.pilot.press("o")
    await walk.pilot.pause(0.2)
    await walk.look("what was made")
    await walk.command("history")
    await walk.pilot.pause(0.2)
    await walk.look("history of what was made")


@pytest.mark.usefixtures("at_once")
async def test_no_secret_of_what_is_deployed(cluster: EmbeddedCluster, tmp_path: Path) -> None:
    planting.plant(cluster.api)
    plant(cluster.api, marker, KINDS)
    app = console(cluster, tmp_path)
    async with app.run_test(size=(160, 48)) as pilot:
        walk = Walk(app, pilot, found_in, found_in)
        await walk.screen(BrowseScreen, lambda screen: screen.table.counts.total)
        await edited(walk, KINDS)
        await made(walk, marker("typedenv"))
    read_everything(walk, tmp_path)
    walk.nothing_wrong()
    walk.proves(*(f"form of {one.word}, Resources" for one in KINDS), "review of a new one, manifest")


@pytest.mark.usefixtures("at_once")
async def test_whatever_is_deployed_is_text(cluster: EmbeddedCluster, tmp_path: Path) -> None:
    hostile.fill(cluster.api)
    text = " ".join(hostile.HOSTILE.split())
    kinds = (GRAPH, AIM_SERVICE)
    plant(cluster.api, lambda place: text, kinds)
    app = console(cluster, tmp_path)
    async with app.run_test(size=(120, 40)) as pilot:
        walk = Hostile(app, pilot, hostile.harm, lambda written: set())
        await walk.screen(BrowseScreen, lambda screen: screen.table.counts.total)
        await edited(walk, kinds)
        await made(walk, "[bold red]loud[/]")
    walk.nothing_wrong()
