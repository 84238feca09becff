"""Objects full of markup, escape codes, bidirectional controls, long names, emoji and a megabyte of text: on every screen they are text.

The megabyte stands in a field, since an API server takes 256 KiB of annotations at the most; of these there is a lot.
"""

from __future__ import annotations

import re
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest
from driving import page, until
from planting import MANAGER, NAMESPACE, Object, event
from walking import Walk

from modeltui.demo.api import Api
from modeltui.demo.cluster import EmbeddedCluster
from modeltui.document import text_of
from modeltui.options import ConsoleOptions
from modeltui.remembered import Remembered
from modeltui.settings import Settings
from modeltui.ui.console import ConsoleApp
from modeltui.ui.screens.browse import BrowseScreen
from modeltui.ui.screens.dataset_detail import DatasetDetail
from modeltui.ui.screens.edit import EditScreen
from modeltui.ui.screens.history import HistoryScreen
from modeltui.ui.screens.history_entry import HistoryEntryScreen
from modeltui.ui.screens.log import LogScreen
from modeltui.ui.screens.model_detail import ModelDetail
from modeltui.ui.screens.source_detail import SourceDetail
from modeltui.ui.screens.yaml_view import YamlScreen
from modeltui.ui.widgets.line_view import LineView
from modeltui.ui.wizards.screen import WizardScreen

MARKUP = "[bold red]loud[/] [@click=app.quit]click[/] [link=https://evil.example]here[/link] $primary {x} <b>&amp;</b> \\[x]"
STEERING = "\x1b[31mred\x1b[2J\x1b]0;title\x07\x1b]8;;https://evil.example\x1b\\\x9b2J\x9d0;t\x9c\x00\x08\r\ndown\tin\x85\u2028\u2029\x7f"
REORDERING = "invoice\u202egnp.exe\u202c \u2066a\u2069 \u200fb\u200e \u061cc שלום"
STACKED = "👩\u200d👩\u200d👧 🏳️\u200d🌈 😀 e" + "\u0301" * 60 + " \ufeff\u00ad\u200bmodel 模型"
HOSTILE = f"{MARKUP} {STEERING} {REORDERING} {STACKED}"
LONG = "n" * 300

_HARMFUL = re.compile("[\x00-\x09\x0b-\x1f\x7f-\x9f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069\ud800-\udfff]")


def harm(shown: str) -> set[str]:
    """Names of the characters that no screen may carry; its lines end as lines do."""
    return {f"U+{ord(found):04X}" for found in _HARMFUL.findall(shown)}


def condition(kind: str) -> Object:
    return {"type": kind, "status": "False", "reason": "Failed", "message": HOSTILE, "lastTransitionTime": "2026-01-01T00:00:00Z"}


def whole(resource: str, kind: str, name: str, spec: Object, status: Object) -> Object:
    annotations = {"example.com/hostile": HOSTILE, f"example.com/{'k' * 63}": LONG, "example.com/big": f"{HOSTILE} " * 500}
    metadata = {"name": name, "namespace": NAMESPACE, "annotations": annotations, "labels": {"example.com/long": "l" * 63}}
    return {"apiVersion": resource, "kind": kind, "metadata": metadata, "spec": spec, "status": status}


def objects() -> list[tuple[str, Object]]:
    version = {"name": HOSTILE, "repo": HOSTILE, "revision": HOSTILE, "metadata": {HOSTILE: HOSTILE, LONG: LONG}}
    share = {"enabled": True, "requireOptInLabel": HOSTILE}
    spec = {
        "sourceRef": HOSTILE,
        "display": {"description": f"{HOSTILE} " * 50, "tags": [HOSTILE, LONG]},
        "versions": [{**version, "share": share}, {"name": LONG, "repo": LONG}],
    }
    synced = {"name": HOSTILE, "phase": HOSTILE, "activeDataset": HOSTILE, "pvcName": HOSTILE, "conditions": [condition("Ready")]}
    source = {"type": "GIT", "config": {HOSTILE: HOSTILE, "url": HOSTILE, LONG: LONG}, "secretRef": HOSTILE}
    options = {HOSTILE: HOSTILE, "endpoint": HOSTILE, "include": f"{HOSTILE} " * 3000}
    dataset = {"source": {"type": "HUGGING_FACE", "uri": HOSTILE, "options": options}, "secretRef": "s", "mountOptions": {"path": HOSTILE}}
    of_models, of_datasets = "model.samzong.dev/v1", "dataset.baizeai.io/v1alpha1"
    model_status = {"conditions": [condition("ReconcileError")], "syncedVersions": [synced]}
    return [
        ("models.model.samzong.dev", whole(of_models, "Model", "hostile", spec, model_status)),
        ("models.model.samzong.dev", whole(of_models, "Model", "n" * 253, spec, {})),
        ("modelsources.model.samzong.dev", whole(of_models, "ModelSource", "hub", source, {"conditions": [condition("CredentialsReady")]})),
        (
            "datasets.dataset.baizeai.io",
            whole(of_datasets, "Dataset", "data", dataset, {"phase": "FAILED", "conditions": [condition("Ready")]}),
        ),
    ]


def fill(api: Api) -> None:
    api.create("namespaces", {"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": NAMESPACE}}, manager=MANAGER)
    for resource, obj in objects():
        made = api.create(resource, obj, manager=MANAGER, with_status=True)
        api.create("events", event(made, type=HOSTILE, reason=HOSTILE, message=HOSTILE), manager=MANAGER)
    spec = {"restartPolicy": "Never", "containers": [{"name": "dataset-loader", "image": "loader"}]}
    labels = {"baize.io/dataset-name": "data"}
    job = {"metadata": {"name": "load", "namespace": NAMESPACE, "labels": labels}, "spec": {"template": {"spec": spec}}}
    api.create("jobs.batch", {"apiVersion": "batch/v1", "kind": "Job", **job}, manager=MANAGER)
    pod = {
        "metadata": {"name": "load-x", "namespace": NAMESPACE, "labels": {"job-name": "load"}},
        "spec": spec,
        "status": {"phase": "Failed"},
    }
    api.create("pods", {"apiVersion": "v1", "kind": "Pod", **pod}, manager=MANAGER, with_status=True)
    for line in HOSTILE.splitlines():
        api.logs.append(NAMESPACE, "load-x", "dataset-loader", line)
    api.logs.append(NAMESPACE, "load-x", "dataset-loader", "x" * 1_000_000)
    api.logs.end(NAMESPACE, "load-x", "dataset-loader")


@pytest.fixture
async def cluster() -> AsyncIterator[EmbeddedCluster]:
    async with EmbeddedCluster() as served:
        fill(served.api)
        yield served


def links(app: ConsoleApp) -> set[str]:
    """What a text could do if it were taken for markup: links, and actions of a click."""
    segments = [segment for strip in app.screen._compositor.render_strips() for segment in strip]
    styles = [segment.style for segment in segments if segment.style is not None]
    return {style.link for style in styles if style.link} | {str(style.meta["@click"]) for style in styles if "@click" in style.meta}


@pytest.mark.parametrize("size", [(160, 48), (80, 24)], ids=str)
async def test_it_is_text_on_every_screen(cluster: EmbeddedCluster, tmp_path: Path, size: tuple[int, int], at_once: None) -> None:
    kubeconfig = tmp_path / "kubeconfig"
    cluster.write_kubeconfig(kubeconfig)
    app = ConsoleApp(ConsoleOptions(kubeconfig=str(kubeconfig), namespaces=(NAMESPACE,)), settings=Settings(), memory=Remembered())
    async with app.run_test(size=size) as pilot:
        walk = Hostile(app, pilot, harm, lambda written: set())
        await walk.screen(BrowseScreen, lambda screen: screen.table.counts.total)
        for view, row, kind in (("models", "hostile", ModelDetail), ("sources", "hub", SourceDetail), ("datasets", "data", DatasetDetail)):
            await walk.table(view, row)
            await walk.look(f"table of {view}")
            await pilot.press("ctrl+w", "ctrl+s")
            await walk.look(f"wide table of {view}")
            await pilot.press("d")
            await walk.screen(kind, lambda screen: "[bold red]loud" in text_of_views(screen))
            if view == "datasets":
                await until(pilot, lambda: "(x3)" in text_of_views(app.screen), "no events")
            await walk.look(f"page of {view}")
            await pilot.press("y")
            await walk.screen(YamlScreen, lambda screen: "[bold red]loud" in page(screen.text))
            await pilot.press("w", "m", "end")
            await walk.look(f"YAML of {view}")
            await walk.back()
            await walk.back()
        await pilot.press("l")
        await walk.screen(LogScreen, lambda screen: "The log ends here." in page(screen.text))
        await pilot.press("w")
        await walk.look("log")
        await walk.back()
        for line in ("doctor", "shares", "messages", "ns"):
            await walk.command(line)
            await pilot.pause(0.2)
            await walk.look(line)
            await walk.back()

        await walk.table("models", "hostile")
        await pilot.press("E")
        wizard = await walk.screen(WizardScreen)
        for step in wizard.form.steps:
            await walk.look(f"form of a Model, {step.title}")
            await pilot.press("ctrl+n")
        await walk.back()
        await walk.back()
        await walk.table("sources", "hub")
        await pilot.press("e")
        editor = await walk.screen(EditScreen)
        await walk.look("editor")
        editor.text.text = editor.text.text.replace("loud", "louder", 1)
        await pilot.press("ctrl+n")
        review = await walk.reviewed("review")
        assert review.review is not None
        assert review.review.steps[0].conflicts
        await pilot.press("t")
        await walk.confirmed("review taken over")
        await walk.back()
        await walk.command("history")
        await walk.screen(HistoryScreen, lambda screen: screen.table.counts.total)
        await walk.look("history")
        await pilot.press("d")
        await walk.screen(HistoryEntryScreen, lambda screen: "louder" in page(screen.text))
        await walk.look("entry of history")
    walk.nothing_wrong()


class Hostile(Walk):
    async def look(self, where: str) -> None:
        await super().look(where)
        self.wrong |= {(where, f"markup that was obeyed: {what}") for what in links(self.app)}


def text_of_views(screen: Any) -> str:
    """Before it is wrapped."""
    return "\n".join(text_of(one) for view in screen.query(LineView) for one in view.whole)
