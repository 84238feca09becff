"""What was typed and not applied is offered back: after leaving, after others changed the object, after a refusal."""

from __future__ import annotations

import stat
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import pytest
from driving import until
from textual.pilot import Pilot

from modeltui import paths
from modeltui.kube.apply import Manifest, read
from modeltui.kube.client import Client
from modeltui.kube.credentials import load
from modeltui.kube.resource import Resource
from modeltui.options import ConsoleOptions
from modeltui.remembered import Remembered
from modeltui.settings import Settings
from modeltui.systems.modelfs.types import MODELS, SOURCES
from modeltui.ui.console import ConsoleApp
from modeltui.ui.screens.browse import BrowseScreen
from modeltui.ui.screens.edit import EditScreen
from modeltui.ui.screens.review import ReviewScreen, State
from modeltui.ui.wizards.model import ModelWizard
from modeltui.ui.wizards.source import SourceWizard
from modeltui.ui.wizards.unfinished import UnfinishedScreen

MARKER = "hf_markermarkermarkermarker"
VERSION = {"name": "one", "repo": "Qwen/one", "storage": {"resources": {"requests": {"storage": "1Gi"}}}}


@pytest.fixture(autouse=True)
def _no_editor(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("MODELTUI_EDITOR", "KUBE_EDITOR", "VISUAL", "EDITOR"):
        monkeypatch.delenv(name, raising=False)


@pytest.fixture
async def client(kubeconfig: str) -> AsyncIterator[Client]:
    made = Client(load(kubeconfig, None))
    yield made
    await made.aclose()


Open = Callable[[], Awaitable[None]]


class Console:
    def __init__(self, app: ConsoleApp, pilot: Pilot[int], namespace: str) -> None:
        self.app, self.pilot, self.namespace = app, pilot, namespace

    @property
    def cluster(self) -> Any:
        assert self.app.cluster is not None
        return self.app.cluster

    async def new_model(self) -> None:
        await self.app.push_screen(ModelWizard(self.cluster, self.namespace))

    async def new_source(self) -> None:
        await self.app.push_screen(SourceWizard(self.cluster, self.namespace))

    async def edit_model(self, live: Manifest) -> None:
        await self.app.push_screen(ModelWizard(self.cluster, self.namespace, live=live))

    async def edit_yaml(self, resource: Resource, live: Manifest) -> None:
        await self.app.push_screen(EditScreen(self.cluster, resource, live))

    async def until(self, kind: type[Any]) -> Any:
        await until(self.pilot, lambda: isinstance(self.app.screen, kind), f"never {kind}: {self.app.screen}")
        return self.app.screen

    async def reviewed(self) -> ReviewScreen:
        screen: ReviewScreen = await self.until(ReviewScreen)
        await until(self.pilot, lambda: screen.state is State.DECIDING, str(screen.sentence.content))
        return screen

    async def applied(self) -> None:
        screen = await self.reviewed()
        await self.pilot.press("a")
        await until(self.pilot, lambda: screen.state is State.DONE, f"{screen.state}: {screen.sentence.content}")
        assert screen.account is not None
        assert screen.account.complete, screen.account.sentence()
        await self.pilot.press("escape")
        await self.until(BrowseScreen)


@asynccontextmanager
async def console(kubeconfig: str, namespace: str) -> AsyncIterator[Console]:
    app = ConsoleApp(ConsoleOptions(kubeconfig=kubeconfig, namespaces=(namespace,)), settings=Settings(), memory=Remembered())
    async with app.run_test(size=(80, 24)) as pilot:
        await until(pilot, lambda: isinstance(app.screen, BrowseScreen) and app.screen.bar().connection[1] == "live")
        yield Console(app, pilot, namespace)


async def made(client: Client, resource: Resource, namespace: str, name: str, spec: dict[str, Any], **metadata: Any) -> Manifest:
    body = {
        "apiVersion": resource.api_version,
        "kind": resource.kind,
        "metadata": {"name": name, "namespace": namespace, **metadata},
        "spec": spec,
    }
    await client.request("POST", resource.path(namespace), body=body)
    found = await read(client, resource, namespace, name)
    assert found is not None
    return found


async def changed(client: Client, resource: Resource, namespace: str, name: str, spec: dict[str, Any]) -> Manifest:
    await client.request("PATCH", resource.path(namespace, name), body={"spec": spec}, content_type="application/merge-patch+json")
    found = await read(client, resource, namespace, name)
    assert found is not None
    return found


async def gone(client: Client, resource: Resource, namespace: str, name: str) -> None:
    await client.request("DELETE", resource.path(namespace, name))


def on_disk() -> dict[Path, str]:
    return {file: file.read_text() for file in paths.state_dir().rglob("*.json") if file.parent.name == "drafts"}


async def test_answers_that_were_left_are_offered_and_taken_up(kubeconfig: str, namespace: str) -> None:
    async with console(kubeconfig, namespace) as one:
        await one.new_model()
        await one.pilot.press(*"llama", "escape")
        await one.until(BrowseScreen)
        (file,) = on_disk()
        assert stat.S_IMODE(file.stat().st_mode) == 0o600
        assert stat.S_IMODE(file.parent.stat().st_mode) == 0o700
        await one.new_model()
        question = await one.until(UnfinishedScreen)
        told = str(question.intro.content)
        assert "Name: llama" in told
        assert namespace in told
        await one.pilot.press("enter")
        wizard = await one.until(ModelWizard)
        assert wizard.answers.answer("basics", "name") == "llama"
        assert wizard.focused.value == "llama"


async def test_leaving_the_question_decides_nothing_and_starting_anew_does(kubeconfig: str, namespace: str) -> None:
    async with console(kubeconfig, namespace) as one:
        await one.new_model()
        await one.pilot.press(*"llama", "escape")
        await one.until(BrowseScreen)
        await one.new_model()
        await one.until(UnfinishedScreen)
        await one.pilot.press("escape")
        await one.until(BrowseScreen)
        await one.new_model()
        await one.until(UnfinishedScreen)
        await one.pilot.press("down", "enter")
        wizard = await one.until(ModelWizard)
        assert wizard.answers.answer("basics", "name") == ""
        assert on_disk() == {}
        await one.pilot.press("escape")
        await one.until(BrowseScreen)
        await one.new_model()
        await one.pilot.pause(0.1)
        assert isinstance(one.app.screen, ModelWizard)


async def test_what_was_not_changed_is_not_asked_about(kubeconfig: str, namespace: str) -> None:
    async with console(kubeconfig, namespace) as one:
        await one.new_model()
        await one.pilot.press("x", "backspace", "escape")
        await one.until(BrowseScreen)
        await one.new_model()
        await one.pilot.pause(0.1)
        assert isinstance(one.app.screen, ModelWizard)


async def test_no_secret_is_kept_and_its_lack_is_said(kubeconfig: str, namespace: str) -> None:
    async with console(kubeconfig, namespace) as one:
        await one.new_source()
        await one.pilot.press(*"hub", "ctrl+n")
        wizard = await one.until(SourceWizard)
        await until(one.pilot, lambda: wizard.at == 1)
        await one.pilot.press("down", "down", "down", "down", "down", "down")  # to the free lines
        await one.pilot.press(*"apiToken", "equals_sign", *MARKER)
        await one.pilot.press("ctrl+n", "left", "enter", *"hf", "enter", *MARKER, "escape")
        await one.until(BrowseScreen)
        assert wizard.answers.answer("settings", "more") == f"apiToken={MARKER}"
        assert wizard.answers.answer("secret", "HUGGING_FACE.token") == MARKER
        await one.new_source()
        question = await one.until(UnfinishedScreen)
        told = str(question.intro.content)
        assert MARKER not in told
        assert "Other settings, token" in told
        await one.pilot.press("enter")
        again = await one.until(SourceWizard)
        assert again.answers.answer("settings", "more") == "apiToken=<masked>"
        assert again.answers.answer("secret", "HUGGING_FACE.token") == ""
    for file in paths.state_dir().rglob("*"):
        assert not file.is_file() or MARKER.encode() not in file.read_bytes(), file


async def test_a_mask_that_stands_for_nothing_is_refused_beside_its_field(kubeconfig: str, namespace: str) -> None:
    async with console(kubeconfig, namespace) as one:
        await one.new_source()
        await one.pilot.press(*"hub", "ctrl+n")
        wizard = await one.until(SourceWizard)
        wizard.answers = wizard.answers.with_answer("settings", "more", "apiToken=<masked>")
        await one.pilot.press("ctrl+n", "ctrl+n")
        await one.reviewed()
        await one.pilot.press("escape")
        await until(one.pilot, lambda: one.app.screen is wizard and wizard.at == 1)
        row = next(row for row in wizard._rows() if row.field.key == "more")
        assert "masked" in row.sentence


async def test_a_secret_in_the_settings_is_not_shown_and_not_lost(kubeconfig: str, namespace: str, client: Client) -> None:
    live = await made(client, SOURCES, namespace, "leaky", {"type": "HUGGING_FACE", "config": {"apiToken": MARKER, "repoType": "model"}})
    try:
        async with console(kubeconfig, namespace) as one:
            wizard = SourceWizard(one.cluster, namespace, live=live)
            await one.app.push_screen(wizard)
            assert MARKER not in str(wizard.answers)
            wizard.answers = wizard.answers.with_answer("settings", "HUGGING_FACE.repoType", "dataset")
            await one.pilot.press("ctrl+n", "ctrl+n", "ctrl+n")
            await one.applied()
            after = await read(client, SOURCES, namespace, "leaky")
            assert after is not None
            assert after["spec"]["config"] == {"apiToken": MARKER, "repoType": "dataset"}
    finally:
        await gone(client, SOURCES, namespace, "leaky")


async def test_answers_to_an_object_that_others_changed_are_laid_over_it(kubeconfig: str, namespace: str, client: Client) -> None:
    before = await made(client, MODELS, namespace, "m", {"sourceRef": "hub", "display": {"description": "a"}, "versions": [VERSION]})
    try:
        async with console(kubeconfig, namespace) as one:
            await one.edit_model(before)
            wizard = await one.until(ModelWizard)
            await until(one.pilot, lambda: wizard.focused is not None)
            await one.pilot.press("down", *"!!", "escape")  # the description
            assert wizard.answers.answer("basics", "description") == "a!!", wizard.answers
            await one.until(BrowseScreen)
            now = await changed(client, MODELS, namespace, "m", {"display": {"tags": ["theirs"]}})
            await one.edit_model(now)
            question = await one.until(UnfinishedScreen)
            told = str(question.intro.content)
            assert "has been changed since then" in told
            assert "Description: a!!" in told
            assert "theirs" not in told
            await one.pilot.press("enter")
            await one.until(ModelWizard)
            await one.pilot.press("ctrl+n", "ctrl+n")
            review = await one.reviewed()
            assert review.review is not None
            assert [str(change.path) for change in review.review.steps[0].drift] != []
            await one.applied()  # although there is no source "hub": that was so before
            after = await read(client, MODELS, namespace, "m")
            assert after is not None
            assert after["spec"]["display"] == {"description": "a!!", "tags": ["theirs"]}
            assert on_disk() == {}
    finally:
        await gone(client, MODELS, namespace, "m")


async def test_a_text_that_was_left_is_taken_up_on_an_object_that_others_changed(kubeconfig: str, namespace: str, client: Client) -> None:
    before = await made(client, MODELS, namespace, "m", {"sourceRef": "hub", "display": {"description": "a"}, "versions": [VERSION]})
    try:
        async with console(kubeconfig, namespace) as one:
            await one.edit_yaml(MODELS, before)
            screen = await one.until(EditScreen)
            screen.text.text = screen.text.text.replace("description: a", "description: ours")
            await one.pilot.pause()
            await one.pilot.press("escape")
            await one.until(BrowseScreen)
            now = await changed(client, MODELS, namespace, "m", {"display": {"tags": ["theirs"]}})
            await one.edit_yaml(MODELS, now)
            question = await one.until(UnfinishedScreen)
            assert "description: ours" in str(question.intro.content)
            await one.pilot.press("enter")
            screen = await one.until(EditScreen)
            assert "description: ours" in screen.text.text
            assert "theirs" not in screen.text.text
            await one.pilot.press("ctrl+n")
            review = await one.reviewed()
            assert "Others have changed this since you began" in "\n".join(str(line) for line in review.text.whole)
            await one.applied()
            after = await read(client, MODELS, namespace, "m")
            assert after is not None
            assert after["spec"]["display"] == {"description": "ours", "tags": ["theirs"]}
            assert on_disk() == {}
    finally:
        await gone(client, MODELS, namespace, "m")


async def test_a_text_that_is_refused_is_come_back_to_on_its_line(kubeconfig: str, namespace: str, client: Client) -> None:
    live = await made(client, MODELS, namespace, "m", {"sourceRef": "hub", "versions": [VERSION]})
    try:
        async with console(kubeconfig, namespace) as one:
            await one.edit_yaml(MODELS, live)
            screen = await one.until(EditScreen)
            screen.text.text = screen.text.text.replace("repo: Qwen/one", "repo: Qwen/one\n    precision: FP7")
            await one.pilot.press("ctrl+n")
            await one.reviewed()
            await one.pilot.press("escape")
            await one.until(EditScreen)
            await until(one.pilot, lambda: "spec.versions[0].precision" in str(screen.sentence.content))
            line = screen.text.text.splitlines()[screen.text.cursor_location[0]]
            assert line.strip() == "precision: FP7"
    finally:
        await gone(client, MODELS, namespace, "m")


async def test_what_the_server_refuses_stands_beside_the_field(kubeconfig: str, namespace: str) -> None:
    async with console(kubeconfig, namespace) as one:
        await one.new_model()
        wizard = await one.until(ModelWizard)
        await one.pilot.press(*"llama", "enter", "ctrl+u", *"nowhere", "enter", *"hub", "ctrl+n", *"one", "enter", *"Qwen/one", "ctrl+n")
        await one.reviewed()
        await one.pilot.press("escape")
        await until(one.pilot, lambda: one.app.screen is wizard and wizard._refused)
        await until(one.pilot, lambda: wizard.at == 0 and wizard._row_in_focus() is not None)
        row = wizard._row_in_focus()
        assert row is not None
        assert row.field.key == "namespace"
        assert 'there is no namespace "nowhere"' in row.sentence
        assert wizard.answers.answer("versions", "repo") == "Qwen/one"
        sizes = [sentence for spot, sentence in wizard._refused.items() if spot == ("versions", 0, "size")]
        assert any("how much storage" in sentence for sentence in sizes)  # the finding, at its field
        await one.pilot.press("x")
        assert row.sentence == ""
