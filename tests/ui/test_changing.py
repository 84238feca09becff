"""A namespace's whole story by keyboard, against the cluster given by --kubeconfig or an embedded one whose controllers work.

The objects are read back from the server after every step and compared field by field.
"""

from __future__ import annotations

import asyncio
import base64
import json
import shutil
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest
from driving import until
from telling import Story
from tests.living import Living, living

from modeltui import paths
from modeltui.domain import Phase, Status
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
from modeltui.ui.screens.browse import BrowseScreen
from modeltui.ui.screens.edit import EditScreen
from modeltui.ui.screens.history import HistoryScreen
from modeltui.ui.screens.history_revert import RevertScreen
from modeltui.ui.screens.model_detail import ModelDetail
from modeltui.ui.screens.review import ReviewScreen
from modeltui.ui.wizards.screen import WizardScreen
from modeltui.ui.wizards.unfinished import UnfinishedScreen

MARKER = "hf_markermarkermarkermarker"
KUBECTL = shutil.which("kubectl")


class Place:
    """An empty namespace of a cluster."""

    def __init__(self, kubeconfig: str, namespace: str, client: Client, town: Living | None) -> None:
        self.kubeconfig, self.namespace, self.client, self._town = kubeconfig, namespace, client, town

    async def live(self, resource: Resource, name: str) -> Manifest | None:
        return await read(self.client, resource, self.namespace, name)

    async def there(self, resource: Resource, name: str) -> Manifest:
        found = await self.live(resource, name)
        assert found is not None, f"{resource.kind} {name} is not there"
        return found

    async def spec(self, resource: Resource, name: str) -> Any:
        return (await self.there(resource, name))["spec"]

    async def come_true(self, model: str, *versions: str) -> None:
        """Where no modelfs works, its status is written for it."""
        if self._town is None:
            synced = [{"name": name, "phase": "READY", "observedState": "PRESENT"} for name in versions]
            body = {"status": {"observedGeneration": 1, "syncedVersions": synced}}
            path = MODELS.path(self.namespace, model, "status")
            await self.client.request("PATCH", path, body=body, content_type="application/merge-patch+json")

    async def by_other(self, manifest: Manifest) -> None:
        """`kubectl apply --server-side --field-manager other`, or what that sends."""
        if KUBECTL is None:
            path = MODELS.path(self.namespace, manifest["metadata"]["name"])
            params: dict[str, str | int | bool] = {"fieldManager": "other", "force": "true"}
            await self.client.request("PATCH", path, params=params, body=manifest, content_type="application/apply-patch+yaml")
            return
        flags = ("--server-side", "--field-manager", "other", "--force-conflicts", "-f", "-")
        command = (KUBECTL, "--kubeconfig", self.kubeconfig, "-n", self.namespace, "apply", *flags)
        pipe = asyncio.subprocess.PIPE
        process = await asyncio.create_subprocess_exec(*command, stdin=pipe, stdout=pipe, stderr=pipe)
        _, err = await process.communicate(json.dumps(manifest).encode())
        assert process.returncode == 0, err.decode()


@pytest.fixture
async def place(request: pytest.FixtureRequest, tmp_path: Path) -> AsyncIterator[Place]:
    if request.config.getoption("--kubeconfig"):
        kubeconfig, namespace = request.getfixturevalue("kubeconfig"), request.getfixturevalue("namespace")
        client = Client(load(kubeconfig, None))
        yield Place(kubeconfig, namespace, client, None)
        await client.aclose()
        return
    async with living(tmp_path) as town:
        town.make("namespaces", "empty", namespace="")
        client = Client(load(str(town.kubeconfig), None))
        yield Place(str(town.kubeconfig), "empty", client, town)
        await client.aclose()


@pytest.fixture
def no_editor(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("MODELTUI_EDITOR", "KUBE_EDITOR", "VISUAL", "EDITOR"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setattr("modeltui.ui.screens.review.BEFORE_DELETING", 0.1)


def version(name: str, **more: Any) -> dict[str, Any]:
    storage = {"accessModes": ["ReadWriteMany"], "resources": {"requests": {"storage": "10Gi"}}}
    return {"name": name, "repo": f"Qwen/{name}", "state": "PRESENT", "storage": storage, **more}


def owned(obj: Manifest, manager: str) -> str:
    """What that field manager applied, as managedFields tell it."""
    return json.dumps([entry["fieldsV1"] for entry in obj["metadata"]["managedFields"] if entry["manager"] == manager])


def status_of(table: BrowseScreen, key: tuple[str, str]) -> Phase | None:
    row = table.table.row(key)
    return next((value.phase for value in row.values if isinstance(value, Status)), None) if row is not None else None


@pytest.mark.usefixtures("no_editor")
async def test_from_an_empty_namespace_and_back(place: Place) -> None:
    namespace = place.namespace
    app = ConsoleApp(ConsoleOptions(kubeconfig=place.kubeconfig, namespaces=(namespace,)), settings=Settings(), memory=Remembered())
    async with app.run_test(size=(80, 24)) as pilot:
        story = Story(app, pilot)
        await until(pilot, lambda: isinstance(app.screen, BrowseScreen) and app.screen.bar().connection[1] == "live")

        # a source with its secret
        await story.act("New ModelSource")
        await story.screen(WizardScreen)
        await story.fill("hub")
        await story.press("ctrl+n", "ctrl+n", "left", "enter")  # the last of the three: make one
        await story.fill("hf", MARKER)
        await story.press("ctrl+n")
        await story.reviewed()
        assert await place.live(SOURCES, "hub") is None
        assert await place.live(SECRETS, "hf") is None
        review = await story.confirm()
        assert MARKER not in story.told(review)
        assert await place.spec(SOURCES, "hub") == {"type": "HUGGING_FACE", "secretRef": "hf"}
        secret = await place.there(SECRETS, "hf")
        assert {key: base64.b64decode(value).decode() for key, value in secret["data"].items()} == {"token": MARKER}
        await story.press("escape")
        await story.screen(BrowseScreen)

        # a model with two versions, which become ready
        await story.act("New Model")
        await story.screen(WizardScreen)
        await story.fill("llama", "", "hub", "a model")
        await story.press("ctrl+n")
        await story.fill("one", "Qwen/one", "", "", "10Gi")
        await story.press("ctrl+o")
        await story.fill("two", "Qwen/two", "", "", "10Gi")
        await story.press("ctrl+n")
        await story.reviewed()
        assert await place.live(MODELS, "llama") is None
        await story.confirm()
        expected = {"sourceRef": "hub", "display": {"description": "a model"}, "versions": [version("one"), version("two")]}
        assert await place.spec(MODELS, "llama") == expected
        await story.press("o")
        made = await story.screen(ModelDetail)
        assert made.key == (namespace, "llama")
        await story.press("escape")
        await story.screen(ReviewScreen)
        await story.press("escape")
        table = await story.screen(BrowseScreen)
        await place.come_true("llama", "one", "two")
        await until(pilot, lambda: status_of(table, (namespace, "llama")) is Phase.READY, "it never became ready")
        table.table.move_to((namespace, "llama"))  # other tests may have left Models in the namespace

        # one more version, paused, shared and resumed, from the model's page
        await story.press("enter")
        detail = await story.screen(ModelDetail)
        await until(pilot, lambda: detail.table.counts.total == 2 and detail.table.has_focus)
        await story.act("Add a version")
        await story.screen(WizardScreen)
        await story.fill("three", "Qwen/three", "", "", "10Gi")
        await story.press("ctrl+n")
        await story.confirm()
        expected["versions"] = [version("one"), version("two"), version("three")]
        assert await place.spec(MODELS, "llama") == expected
        await story.press("escape")
        await until(pilot, lambda: app.screen is detail and detail.table.counts.total == 3)
        detail.table.move_to((namespace, "three"))
        await until(pilot, lambda: detail.part == "three")
        await story.act("Pause version three (removes its weights)")
        assert "modelfs deletes Dataset mdl-llama-three" in story.told(await story.reviewed()) or place._town is None
        await story.confirm()
        expected["versions"][2] = version("three", state="ABSENT")
        assert await place.spec(MODELS, "llama") == expected
        await story.press("escape")
        await until(pilot, lambda: detail.selected is not None and detail.selected.wanted == "ABSENT")
        await story.act("Share version three")
        await story.confirm()
        expected["versions"][2] = version("three", state="ABSENT", share={"enabled": True})
        assert await place.spec(MODELS, "llama") == expected
        await story.press("escape")
        await until(pilot, lambda: detail.selected is not None and detail.selected.share.enabled)
        await story.act("Resume version three (fetches it anew)")
        await story.confirm()
        expected["versions"][2] = version("three", share={"enabled": True})
        assert await place.spec(MODELS, "llama") == expected
        await story.press("escape")
        await until(pilot, lambda: app.screen is detail and detail.selected is not None and detail.selected.wanted == "PRESENT")

        # edited as YAML
        await edited(story, "description: a model", "description: another")
        await story.confirm()
        expected["display"] = {"description": "another"}
        assert await place.spec(MODELS, "llama") == expected
        await story.press("escape")
        await until(pilot, lambda: app.screen is detail)

        # onto a conflict, which is left alone, solved by leaving theirs, undone, and solved by taking over
        live = await place.there(MODELS, "llama")
        theirs = {**{key: live[key] for key in ("apiVersion", "kind")}, "metadata": {"name": "llama", "namespace": namespace}}
        await place.by_other({**theirs, "spec": {"display": {"description": "theirs"}}})
        expected["display"] = {"description": "theirs"}
        assert await place.spec(MODELS, "llama") == expected

        review = await conflicting(story, "description: theirs", "description: ours")
        await story.press("a")
        assert review.state == "deciding"  # not before it is decided
        await story.press("escape")
        await story.screen(EditScreen)
        await story.press("escape")
        await until(pilot, lambda: app.screen is detail)
        assert await place.spec(MODELS, "llama") == expected

        review = await conflicting(story, "description: theirs", "description: ours\n    tags:\n    - chat")
        await story.press("l")
        await story.confirm()
        expected["display"] = {"description": "theirs", "tags": ["chat"]}
        live = await place.there(MODELS, "llama")
        assert live["spec"] == expected
        assert "f:description" in owned(live, "other")
        assert "f:description" not in owned(live, "modeltui")
        await story.press("u")
        await until(pilot, lambda: app.screen is not review)
        await story.confirm()
        expected["display"] = {"description": "theirs"}
        assert await place.spec(MODELS, "llama") == expected
        await story.press("escape", "escape")
        await until(pilot, lambda: app.screen is detail)

        review = await conflicting(story, "description: theirs", "description: ours")
        await story.press("l")
        assert "already" in str(review.sentence.content)
        await story.press("backspace", "t")
        await story.confirm()
        expected["display"] = {"description": "ours"}
        live = await place.there(MODELS, "llama")
        assert live["spec"] == expected
        assert "f:description" in owned(live, "modeltui")
        assert "f:description" not in owned(live, "other")
        await story.press("escape")
        await until(pilot, lambda: app.screen is detail)

        # brought back, from the history, to what it was before that
        await story.press("h")
        history = await story.screen(HistoryScreen)
        await until(pilot, lambda: history.table.counts.total > 0 and history.table.cursor_key is not None)
        await story.press("g", "r")
        choice = await story.screen(RevertScreen)
        await until(pilot, lambda: choice.table.counts.total == 2)
        await story.press("g", "enter")
        await story.confirm()
        expected["display"] = {"description": "theirs"}
        assert await place.spec(MODELS, "llama") == expected
        await story.press("escape", "escape", "escape")
        await until(pilot, lambda: isinstance(app.screen, BrowseScreen))

        # delete all; the Secret, which no table shows, by undoing its making
        app.screen.table.move_to((namespace, "llama"))
        await story.press("ctrl+d")
        await story.confirm()
        assert app.screen.check_action("check_again", ()) is False, "what it would find is its own change"
        await gone(story, place, MODELS, "llama")
        await story.press("escape")
        await story.fill(":sources")
        await until(pilot, lambda: isinstance(app.screen, BrowseScreen) and app.screen.table.row((namespace, "hub")) is not None)
        app.screen.table.move_to((namespace, "hub"))
        await story.press("ctrl+d")
        assert "Secret hf is not deleted with it" in story.told(await story.reviewed())
        await story.confirm()
        await gone(story, place, SOURCES, "hub")
        await story.press("escape")
        await story.fill(":history", "/kind:Secret")
        history = await story.screen(HistoryScreen)
        await until(pilot, lambda: history.table.counts.shown == 1 and history.table.cursor_key is not None)
        await story.press("r")
        choice = await story.screen(RevertScreen)
        await until(pilot, lambda: choice.table.counts.total == 2)
        await story.press("g", "enter")
        await story.confirm()
        await gone(story, place, SECRETS, "hf")
    recorded()


def recorded() -> None:
    """Every change, in order, and none of them with the secret."""
    ledger = Ledger.open()
    entries = [entry for entry in ledger.query(every=True).entries if entry.verb != "note"]
    verbs = [(entry.verb, entry.kind) for entry in reversed(entries) if entry.result.startswith("done")]
    assert verbs[:3] == [("apply", "Secret"), ("create", "ModelSource"), ("create", "Model")]
    assert verbs[-3:] == [("delete", "Model"), ("delete", "ModelSource"), ("delete", "Secret")]
    assert set(verbs[3:-3]) == {("apply", "Model")}
    assert len(verbs[3:-3]) == 9  # added, paused, shared, resumed, edited, theirs left, undone, taken over, reverted
    ledger.close()
    written = [file for file in paths.state_dir().rglob("*") if file.is_file()]
    assert written
    for file in written:
        assert MARKER.encode() not in file.read_bytes(), file
        assert base64.b64encode(MARKER.encode()) not in file.read_bytes(), file


async def edited(story: Story, old: str, new: str) -> None:
    """As YAML, in the console's own editor, on to the review. What was left unfinished before is not gone on with."""
    await story.press("e")
    await until(story.pilot, lambda: isinstance(story.app.screen, EditScreen | UnfinishedScreen))
    if isinstance(story.app.screen, UnfinishedScreen):
        await story.press("G", "enter")
    screen = await story.screen(EditScreen)
    await until(story.pilot, lambda: screen.text.text and screen.focused is screen.text)
    assert old in screen.text.text
    await story.press("f7")
    await story.paste(screen.text.text.replace(old, new))
    assert new in screen.text.text
    await story.press("ctrl+n")


async def conflicting(story: Story, old: str, new: str) -> ReviewScreen:
    """An edit of what `other` owns: who that is, and of what, is said."""
    await edited(story, old, new)
    review = await story.reviewed()
    assert review.review is not None
    assert review.review.steps[0].conflicts == {"other": ("spec.display.description",)}
    assert "Conflict: other owns spec.display.description" in story.told(review)
    return review


async def gone(story: Story, place: Place, resource: Resource, name: str) -> None:
    """A finalizer may hold it for a while."""
    for _ in range(250):
        found = await place.live(resource, name)
        if found is None or found["metadata"].get("deletionTimestamp"):
            return
        await story.pilot.pause(0.02)
    raise AssertionError(f"{name} is still there")


@pytest.mark.usefixtures("no_editor")
async def test_what_never_changes_leads_to_a_replacement(place: Place) -> None:
    source = {"type": "HTTP", "uri": "https://example.com/one"}
    dataset = {"apiVersion": DATASETS.api_version, "kind": "Dataset", "metadata": {"name": "d"}, "spec": {"source": source}}
    await place.client.request("POST", DATASETS.path(place.namespace), body=dataset)
    app = ConsoleApp(
        ConsoleOptions(kubeconfig=place.kubeconfig, namespaces=(place.namespace,), view="datasets"),
        settings=Settings(),
        memory=Remembered(),
    )
    async with app.run_test(size=(80, 24)) as pilot:
        story = Story(app, pilot)
        await until(pilot, lambda: isinstance(app.screen, BrowseScreen) and app.screen.table.row((place.namespace, "d")) is not None)
        app.screen.table.move_to((place.namespace, "d"))
        before = await place.live(DATASETS, "d")
        await edited(story, "uri: https://example.com/one", "uri: https://example.com/two")
        review = await story.reviewed()
        assert "never changes" in str(review.sentence.content)
        await story.press("a")
        assert review.state == "deciding"
        await story.press("R")
        await until(pilot, lambda: app.screen is not review)
        await story.confirm()
        after = await place.live(DATASETS, "d")
        assert before is not None
        assert after is not None
        assert after["metadata"]["uid"] != before["metadata"]["uid"]
        assert after["spec"]["source"] == {"type": "HTTP", "uri": "https://example.com/two"}
    await place.client.request("DELETE", DATASETS.path(place.namespace, "d"))
