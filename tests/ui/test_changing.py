"""A namespace's whole story by keyboard, against the cluster given by --kubeconfig or the embedded one.

The objects are read back from the server after every step and compared field by field.
"""

from __future__ import annotations

import base64
from collections.abc import AsyncIterator
from typing import Any

import pytest
from driving import until
from textual.pilot import Pilot

from modeltui import paths
from modeltui.kube.apply import Manifest, read
from modeltui.kube.client import Client
from modeltui.kube.credentials import load
from modeltui.kube.resource import Resource
from modeltui.ledger.ledger import Ledger
from modeltui.options import ConsoleOptions
from modeltui.remembered import Remembered
from modeltui.settings import Settings
from modeltui.systems.core.secrets import SECRETS
from modeltui.systems.dataset.types import DATASETS
from modeltui.systems.modelfs.types import MODELS, SOURCES
from modeltui.ui.console import ConsoleApp
from modeltui.ui.screens.actions import ActionsScreen
from modeltui.ui.screens.browse import BrowseScreen
from modeltui.ui.screens.edit import EditScreen
from modeltui.ui.screens.model_detail import ModelDetail
from modeltui.ui.screens.review import ReviewScreen, State
from modeltui.ui.wizards.screen import WizardScreen

MARKER = "hf_markermarkermarkermarker"
SPECIAL = {"/": "slash", ":": "colon", " ": "space", "-": "minus", "_": "underscore", "=": "equals_sign", ",": "comma"}


class Story:
    """One console, and the cluster beside it."""

    def __init__(self, app: ConsoleApp, pilot: Pilot[int], client: Client, namespace: str) -> None:
        self.app, self.pilot, self.client, self.namespace = app, pilot, client, namespace

    async def type(self, text: str) -> None:
        await self.pilot.press(*(SPECIAL.get(char, char) for char in text))

    async def fill(self, *answers: str) -> None:
        """Each answer, and enter to the next field; "" leaves one as it is."""
        for answer in answers:
            await self.type(answer)
            await self.pilot.press("enter")

    async def screen(self, kind: type[Any]) -> Any:
        await until(self.pilot, lambda: isinstance(self.app.screen, kind), f"never {kind}: {self.app.screen}")
        return self.app.screen

    async def act(self, title: str) -> None:
        """From the menu of actions."""
        await self.pilot.press("a")
        menu = await self.screen(ActionsScreen)
        await until(self.pilot, lambda: menu.table.counts.total > 0)
        shown = [offer.title for offer in menu._offers]
        assert title in shown, shown
        menu.table.move_to(("", f"{shown.index(title):02}"))
        await self.pilot.press("enter")

    async def reviewed(self) -> ReviewScreen:
        found: ReviewScreen = await self.screen(ReviewScreen)
        await until(self.pilot, lambda: found.state is State.DECIDING, str(found.sentence.content))
        return found

    async def confirm(self) -> ReviewScreen:
        """The review is applied; findings that stop it are overridden by typing."""
        review = await self.reviewed()
        if review._stopped_by:
            await self.pilot.press("o")
            await self.type(review._change.steps[-1].name)
            await self.pilot.press("enter")
        await self.pilot.press("a")
        await until(self.pilot, lambda: review.state is State.DONE, f"{review.state}: {review.sentence.content}")
        assert review.account is not None
        assert review.account.complete, review.account.sentence()
        return review

    async def live(self, resource: Resource, name: str) -> Manifest | None:
        return await read(self.client, resource, self.namespace, name)

    async def spec(self, resource: Resource, name: str) -> Any:
        found = await self.live(resource, name)
        assert found is not None
        return found["spec"]


def version(name: str, **more: Any) -> dict[str, Any]:
    storage = {"accessModes": ["ReadWriteMany"], "resources": {"requests": {"storage": "10Gi"}}}
    return {"name": name, "repo": f"Qwen/{name}", "state": "PRESENT", "storage": storage, **more}


@pytest.fixture
async def client(kubeconfig: str) -> AsyncIterator[Client]:
    made = Client(load(kubeconfig, None))
    yield made
    await made.aclose()


@pytest.fixture
def no_editor(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("MODELTUI_EDITOR", "KUBE_EDITOR", "VISUAL", "EDITOR"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setattr("modeltui.ui.screens.review.BEFORE_DELETING", 0.1)


@pytest.mark.usefixtures("no_editor")
async def test_from_an_empty_namespace_and_back(kubeconfig: str, namespace: str, client: Client) -> None:
    app = ConsoleApp(ConsoleOptions(kubeconfig=kubeconfig, namespaces=(namespace,)), settings=Settings(), memory=Remembered())
    async with app.run_test(size=(80, 24)) as pilot:
        story = Story(app, pilot, client, namespace)
        await until(pilot, lambda: isinstance(app.screen, BrowseScreen) and app.screen.bar().connection[1] == "live")

        # a source with its secret
        await story.act("New ModelSource")
        await story.screen(WizardScreen)
        await story.fill("hub")
        await pilot.press("ctrl+n", "ctrl+n", "left")  # the last of the three: make one
        await pilot.press("enter")
        await story.fill("hf", MARKER)
        assert await story.live(SOURCES, "hub") is None
        await pilot.press("ctrl+n")
        review = await story.confirm()
        assert MARKER not in "\n".join(str(line) for line in review.text.whole)
        assert await story.spec(SOURCES, "hub") == {"type": "HUGGING_FACE", "secretRef": "hf"}
        secret = await story.live(SECRETS, "hf")
        assert secret is not None
        assert {key: base64.b64decode(value).decode() for key, value in secret["data"].items()} == {"token": MARKER}
        await pilot.press("escape")
        await story.screen(BrowseScreen)

        # a model with two versions
        await story.act("New Model")
        await story.screen(WizardScreen)
        await story.fill("llama", "", "hub", "a model")
        await pilot.press("ctrl+n")
        await story.fill("one", "Qwen/one", "", "", "10Gi")
        await pilot.press("ctrl+o")
        await story.fill("two", "Qwen/two", "", "", "10Gi")
        await pilot.press("ctrl+n")
        await story.reviewed()
        assert await story.live(MODELS, "llama") is None
        await story.confirm()
        expected = {"sourceRef": "hub", "display": {"description": "a model"}, "versions": [version("one"), version("two")]}
        assert await story.spec(MODELS, "llama") == expected
        await pilot.press("escape")
        table = await story.screen(BrowseScreen)
        await until(pilot, lambda: table.table.row((namespace, "llama")) is not None)
        table.table.move_to((namespace, "llama"))  # other tests may have left Models in the namespace

        # pause, share, resume the first version, from the model's page
        await pilot.press("enter")
        detail = await story.screen(ModelDetail)
        await until(pilot, lambda: detail.table.counts.total == 2 and detail.table.has_focus)
        await story.act("Pause version one (removes its weights)")
        await story.confirm()
        expected["versions"] = [version("one", state="ABSENT"), version("two")]
        assert await story.spec(MODELS, "llama") == expected
        await pilot.press("escape")
        await until(pilot, lambda: detail.selected is not None and detail.selected.wanted == "ABSENT")
        await story.act("Resume version one (fetches it anew)")
        await story.confirm()
        await pilot.press("escape")
        await until(pilot, lambda: detail.selected is not None and detail.selected.wanted == "PRESENT")
        await story.act("Share version one")
        await story.confirm()
        expected["versions"] = [version("one", share={"enabled": True}), version("two")]
        assert await story.spec(MODELS, "llama") == expected
        await pilot.press("escape")

        # edit as YAML, onto a conflict with another manager, left and taken over
        live = await story.live(MODELS, "llama")
        assert live is not None
        theirs = {**{key: live[key] for key in ("apiVersion", "kind")}, "metadata": {"name": "llama", "namespace": namespace}}
        theirs["spec"] = {"display": {"description": "theirs"}}
        await other(client, theirs)
        expected["display"] = {"description": "theirs"}
        assert await story.spec(MODELS, "llama") == expected
        await edited(story, "description: theirs", "description: ours")
        review = await story.reviewed()
        assert review.review is not None
        assert review.review.steps[0].conflicts == {"other": ("spec.display.description",)}
        await pilot.press("a")
        assert review.state is State.DECIDING
        await pilot.press("l")
        assert "already" in str(review.sentence.content)
        await pilot.press("backspace", "t")
        await story.confirm()
        expected["display"] = {"description": "ours"}
        assert await story.spec(MODELS, "llama") == expected

        # undo what was taken over
        await pilot.press("u")
        await until(pilot, lambda: app.screen is not review)
        undo = await story.reviewed()
        if undo.review is not None and undo.review.steps[0].conflicts:
            await pilot.press("t")
        await story.confirm()
        expected["display"] = {"description": "theirs"}
        assert await story.spec(MODELS, "llama") == expected
        await pilot.press("escape", "escape")

        # delete all
        await story.screen(ModelDetail)
        await pilot.press("ctrl+d")
        await story.confirm()
        await pilot.press("escape", "escape")
        await until(pilot, lambda: isinstance(app.screen, BrowseScreen))
        await gone(story, MODELS, "llama")
    ledger = Ledger.open()
    entries = [entry for entry in ledger.query().entries if entry.verb != "note"]
    verbs = [(entry.verb, entry.kind) for entry in reversed(entries)]
    assert verbs[:3] == [("apply", "Secret"), ("create", "ModelSource"), ("create", "Model")]
    assert verbs[-1] == ("delete", "Model")
    assert {entry.result for entry in entries} == {"done"}
    ledger.close()
    written = [file for file in paths.state_dir().rglob("*") if file.is_file()]
    assert written
    for file in written:
        assert MARKER.encode() not in file.read_bytes(), file
        assert base64.b64encode(MARKER.encode()) not in file.read_bytes(), file


async def edited(story: Story, old: str, new: str) -> None:
    await story.pilot.press("e")
    screen = await story.screen(EditScreen)
    assert old in screen.text.text
    screen.text.text = screen.text.text.replace(old, new)
    await story.pilot.press("ctrl+n")


async def other(client: Client, manifest: Manifest) -> None:
    """As `kubectl apply --server-side --field-manager other --force-conflicts` does it."""
    path = MODELS.path(manifest["metadata"]["namespace"], manifest["metadata"]["name"])
    params = {"fieldManager": "other", "force": "true"}
    await client.request("PATCH", path, params=params, body=manifest, content_type="application/apply-patch+yaml")


async def gone(story: Story, resource: Resource, name: str) -> None:
    """On a cluster with controllers a finalizer may hold it for a while; without, nothing does."""
    for _ in range(250):
        found = await story.live(resource, name)
        if found is None or found["metadata"].get("deletionTimestamp"):
            return
        await story.pilot.pause(0.02)
    raise AssertionError(f"{name} is still there")


@pytest.mark.usefixtures("no_editor")
async def test_what_never_changes_leads_to_a_replacement(kubeconfig: str, namespace: str, client: Client) -> None:
    source = {"type": "HTTP", "uri": "https://example.com/one"}
    dataset = {"apiVersion": DATASETS.api_version, "kind": "Dataset", "metadata": {"name": "d"}, "spec": {"source": source}}
    await client.request("POST", DATASETS.path(namespace), body=dataset)
    app = ConsoleApp(
        ConsoleOptions(kubeconfig=kubeconfig, namespaces=(namespace,), view="datasets"), settings=Settings(), memory=Remembered()
    )
    async with app.run_test(size=(80, 24)) as pilot:
        story = Story(app, pilot, client, namespace)
        await until(pilot, lambda: isinstance(app.screen, BrowseScreen) and app.screen.table.row((namespace, "d")) is not None)
        app.screen.table.move_to((namespace, "d"))
        before = await story.live(DATASETS, "d")
        await edited(story, "uri: https://example.com/one", "uri: https://example.com/two")
        review = await story.reviewed()
        assert "never changes" in str(review.sentence.content)
        await pilot.press("a")
        assert review.state is State.DECIDING
        await pilot.press("R")
        await until(pilot, lambda: app.screen is not review)
        await story.confirm()
        after = await story.live(DATASETS, "d")
        assert before is not None
        assert after is not None
        assert after["metadata"]["uid"] != before["metadata"]["uid"]
        assert after["spec"]["source"] == {"type": "HTTP", "uri": "https://example.com/two"}
    await client.request("DELETE", DATASETS.path(namespace, "d"))
