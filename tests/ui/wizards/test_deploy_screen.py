"""The form that deploys on the screen, with two made-up systems: by keyboard from the model to the object that would be made."""

from __future__ import annotations

from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from typing import Any

import pytest
from discovered import Served
from driving import Console, models, typed, until
from test_deploy_form import ALPHA, BETA
from textual.pilot import Pilot
from world import session

from modeltui.kube.resource import Resource
from modeltui.systems.answer_file import AnswersError
from modeltui.systems.dynamo import older_manifests
from modeltui.systems.dynamo.answers import GraphAnswers
from modeltui.systems.dynamo.types import GRAPHS, OLDER_GRAPHS
from modeltui.ui.wizards.deploy import dynamo_form
from modeltui.ui.wizards.deploy.screen import DeployWizard
from modeltui.ui.wizards.deploy.system_form import SystemForm


@asynccontextmanager
async def deploying(
    console: Console,
    *,
    has: tuple[SystemForm, ...] = (),
    serves: Sequence[Resource] = (),
    systems: tuple[SystemForm, ...] = (ALPHA, BETA),
    **begun: Any,
) -> AsyncIterator[tuple[Pilot[int], DeployWizard]]:
    """`has`: the systems that are installed. `serves`: what else there is."""
    made = session()
    made.discovery = Served([*(system.of.view.resource for system in has), *serves])
    app = console(made)
    async with app.run_test(size=(80, 24)) as pilot:
        await models(pilot, app)
        assert app.cluster is not None
        wizard = DeployWizard(app.cluster, "team-a", systems, **begun)
        await app.push_screen(wizard)
        await until(pilot, lambda: wizard.query("FieldRow"))
        yield pilot, wizard


def _outline(wizard: DeployWizard) -> str:
    return " ".join(str(wizard.outline.content).split())


def _told(wizard: DeployWizard) -> str:
    return " ".join(" ".join(str(one.content).split()) for one in wizard.query(".about-group") if one.display)  # type: ignore[attr-defined]  # a Static


async def test_from_the_model_to_the_object(console: Console) -> None:
    async with deploying(console, has=(ALPHA, BETA)) as (pilot, wizard):
        await pilot.press("down")
        await typed(pilot, "Qwen/Qwen3-0.6B")
        await until(pilot, lambda: "0.6B parameters, context 40,960" in _told(wizard), _told(wizard))
        await pilot.press("ctrl+n")
        await until(pilot, lambda: wizard.step.key == "system")
        await pilot.press("b")
        await until(pilot, lambda: wizard.answers.answer("system", "system") == "beta")
        assert "Beta" in _outline(wizard)
        assert "Alpha" not in _outline(wizard), "only the steps of the system that is chosen"
        assert wizard.resource == BETA.of.view.resource
        await pilot.press("ctrl+n")
        await until(pilot, lambda: wizard.step.key == "basics")
        assert wizard.answers.answer("basics", "name") == "qwen3", "within the limits of beta"
        change = await wizard.change()
        assert change.title == "Make Beta team-a/qwen3"
        (step,) = change.steps
        assert step.desired == {"apiVersion": "toy/v1", "kind": "beta", "metadata": {"name": "qwen3", "namespace": "team-a"}}


async def test_a_system_that_the_cluster_has_not_is_told_and_refused(console: Console) -> None:
    async with deploying(console, has=(BETA,), model="Qwen/Qwen3-0.6B") as (pilot, wizard):
        await until(pilot, lambda: wizard._asked)
        assert wizard.answers.answer("system", "system") == "beta", "the one that is there is proposed"
        await pilot.press("ctrl+n", "a")
        await until(pilot, lambda: "It cannot be used: not installed: the server has no alphas.toy." in _told(wizard), _told(wizard))
        with pytest.raises(AnswersError, match="Alpha cannot be used in this cluster: not installed"):
            await wizard.change()


async def test_a_cluster_with_an_older_version_only_gets_that(console: Console) -> None:
    async with deploying(console, serves=[OLDER_GRAPHS], systems=(dynamo_form.FORM,), model="Qwen/Qwen3-0.6B") as (pilot, wizard):
        await until(pilot, lambda: wizard._asked)
        assert wizard.resource == OLDER_GRAPHS
        (step,) = (await wizard.change()).steps
        assert step.resource == OLDER_GRAPHS
        assert step.desired is not None
        assert step.desired["apiVersion"] == "nvidia.com/v1alpha1"
        assert set(step.desired["spec"]["services"]) == {"Frontend", "worker"}


async def test_the_newest_version_is_written_where_both_are_served(console: Console) -> None:
    async with deploying(console, serves=[OLDER_GRAPHS, GRAPHS], systems=(dynamo_form.FORM,), model="Qwen/Qwen3-0.6B") as (pilot, wizard):
        await until(pilot, lambda: wizard._asked)
        (step,) = (await wizard.change()).steps
        assert (step.resource, "components" in (step.desired or {})["spec"]) == (GRAPHS, True)


async def test_an_older_graph_is_edited_as_it_is_written(console: Console) -> None:
    answers = GraphAnswers(name="qwen", namespace="team-a", model="Qwen/Qwen3-0.6B", replicas=2)
    live = older_manifests.graph(answers)
    live["metadata"] |= {"labels": {"kept": "yes"}, "uid": "u", "resourceVersion": "7"}
    async with deploying(console, serves=[OLDER_GRAPHS], systems=(dynamo_form.FORM,), live=live) as (_, wizard):
        assert wizard.answers.answer("dynamo", "dynamo.replicas") == "2"
        wizard.answers = wizard.answers.with_answer("dynamo", "dynamo.replicas", "3")
        change = await wizard.change()
        assert change.title == "Edit DynamoGraphDeployment team-a/qwen"
        (step,) = change.steps
        assert step.resource == OLDER_GRAPHS
        assert (step.desired or {})["spec"]["services"]["worker"]["replicas"] == 3
        assert (step.desired or {})["metadata"]["labels"] == {"kept": "yes"}


async def test_an_object_that_no_system_makes_has_no_form(console: Console) -> None:
    live = {"apiVersion": "v1", "kind": "Pod", "metadata": {"name": "x", "namespace": "team-a"}}
    app = console(session())
    async with app.run_test(size=(80, 24)) as pilot:
        await models(pilot, app)
        assert app.cluster is not None
        with pytest.raises(AnswersError, match="edit it as YAML: Pod of v1 has none"):
            DeployWizard(app.cluster, "team-a", (ALPHA, BETA), live=live)
