"""The console against the embedded cluster: the same sockets, rights and objects that a real one has."""

from __future__ import annotations

import subprocess
import sys
import time
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from driving import names, until

from modeltui.document import text_of
from modeltui.options import ConsoleOptions
from modeltui.remembered import Remembered
from modeltui.settings import Settings
from modeltui.systems.core.secrets import SECRETS
from modeltui.systems.doctor import examine
from modeltui.ui.console import ConsoleApp
from modeltui.ui.screens.browse import BrowseScreen
from modeltui.ui.screens.dataset_detail import DatasetDetail
from modeltui.ui.screens.doctor import DoctorScreen
from modeltui.ui.screens.log import LogScreen
from modeltui.ui.screens.model_detail import ModelDetail
from modeltui.ui.screens.namespace import NamespaceScreen
from modeltui.ui.screens.yaml_view import YamlScreen
from modeltui.ui.sight import Kind


class Served:
    """An embedded cluster in a process of its own, whose world does not change by itself."""

    def __init__(self, folder: Path) -> None:
        self.kubeconfig = folder / "kubeconfig"
        self._log = folder / "log"
        command = [sys.executable, "-m", "modeltui.demo", "--serve", "--steady", "--write-kubeconfig", str(self.kubeconfig)]
        with self._log.open("wb") as log:
            self.process = subprocess.Popen(command, stdout=log, stderr=log)
        end = time.monotonic() + 60
        while not self.kubeconfig.exists():
            if self.process.poll() is not None or time.monotonic() > end:
                self.stop()
                pytest.fail(f"the embedded cluster does not start: {self._log.read_text()}")
            time.sleep(0.05)

    def stop(self) -> None:
        self.process.kill()
        self.process.wait(20)

    def console(self, **options: Any) -> ConsoleApp:
        wanted = ConsoleOptions(kubeconfig=str(self.kubeconfig), **options)
        return ConsoleApp(wanted, settings=Settings(), memory=Remembered())


@pytest.fixture(scope="module")
def served(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    cluster = Served(tmp_path_factory.mktemp("world"))
    yield cluster
    cluster.stop()


async def test_from_the_namespace_to_the_yaml(served: Served) -> None:
    app = served.console()
    async with app.run_test(size=(120, 40)) as pilot:
        await until(pilot, lambda: isinstance(app.screen, NamespaceScreen) and app.screen.table.row(("", "team-nlp")))
        assert isinstance(app.screen, NamespaceScreen)
        app.screen.table.move_to(("", "team-nlp"))
        await pilot.press("enter")
        await until(pilot, lambda: isinstance(app.screen, BrowseScreen) and app.screen.bar().connection[1] == "live")
        models = app.screen
        assert isinstance(models, BrowseScreen)
        await until(pilot, lambda: "bge-m3" in names(models))
        await until(pilot, lambda: app.bar.identity == "admin")
        await pilot.press("slash", *"bge", "enter")
        await until(pilot, lambda: names(models) == ["bge-m3"])
        await pilot.press("enter")
        await until(pilot, lambda: isinstance(app.screen, ModelDetail) and app.screen.table.counts.total == 1)
        model = app.screen
        assert isinstance(model, ModelDetail)
        await until(pilot, lambda: any("Bound" in text_of(line) for line in model.version.text.lines))
        await until(pilot, lambda: model.table.has_focus)
        await pilot.press("enter")
        await until(pilot, lambda: isinstance(app.screen, DatasetDetail) and len(app.screen.text.lines) > 10)
        await pilot.press("y")
        await until(pilot, lambda: isinstance(app.screen, YamlScreen) and app.screen.text.display)
        assert isinstance(app.screen, YamlScreen)
        assert "kind: Dataset" in {text_of(line) for line in app.screen.text.lines}


async def test_0_is_all_namespaces_and_the_favourites_are_one_each(served: Served) -> None:
    app = served.console(namespaces=("team-nlp",))
    async with app.run_test(size=(120, 40)) as pilot:
        await until(pilot, lambda: isinstance(app.screen, BrowseScreen) and app.screen.table.counts.total > 5)
        await pilot.press("0")
        await until(pilot, lambda: isinstance(app.screen, BrowseScreen) and app.screen.place.namespaces == ())
        models = app.screen
        assert isinstance(models, BrowseScreen)
        await until(pilot, lambda: {"team-nlp", "team-vision"} <= {row.key[0] for row in models.live.rows()})
        assert "namespace" in {column.key for column in models.table.shown_columns}
        await pilot.press("1")
        await until(pilot, lambda: isinstance(app.screen, BrowseScreen) and app.screen.place.namespaces == ("team-nlp",))


async def test_who_may_nothing_is_told_what_and_whom_to_ask(served: Served) -> None:
    app = served.console(context="nobody", namespaces=("team-nlp",))
    async with app.run_test(size=(120, 40)) as pilot:
        await until(pilot, lambda: isinstance(app.screen, BrowseScreen) and app.screen.bar().connection[1] == "denied")
        assert isinstance(app.screen, BrowseScreen)
        sight = app.screen.pane.sight
        assert sight is not None
        assert sight.kind is Kind.DENIED
        assert any("forbidden" in text for text in sight.lines)
        assert any("kubectl auth can-i list models.model.samzong.dev -n team-nlp" in text for text in sight.lines)


async def test_a_server_that_dies_leaves_the_rows_readable(tmp_path: Path) -> None:
    served = Served(tmp_path)
    try:
        app = served.console(namespaces=("team-nlp",))
        async with app.run_test(size=(120, 40)) as pilot:
            await until(pilot, lambda: isinstance(app.screen, BrowseScreen) and app.screen.bar().connection[1] == "live")
            models = app.screen
            assert isinstance(models, BrowseScreen)
            await until(pilot, lambda: {"bge-m3", "mixtral-8x22b"} <= set(names(models)))  # those of AIM Engine, too
            before = names(models)
            served.process.kill()
            await until(pilot, lambda: models.bar().connection[1].startswith("disconnected, data from"))
            assert names(models) == before
            assert models.table.display
            await pilot.press("down", "slash", *"bge", "enter")
            await until(pilot, lambda: names(models) == ["bge-m3"])
    finally:
        served.stop()


async def test_the_log_of_a_download_and_of_the_pod_before(served: Served) -> None:
    """The label of the Dataset stands on its Job, not on the pod; and a Job makes a new pod for each of its tries."""
    app = served.console(namespaces=("team-nlp",))
    async with app.run_test(size=(120, 40)) as pilot:
        await until(pilot, lambda: isinstance(app.screen, BrowseScreen) and app.screen.bar().connection[1] == "live")
        await pilot.press("colon", *"datasets /finbert-internal-v4", "enter")
        await until(pilot, lambda: isinstance(app.screen, BrowseScreen) and names(app.screen) == ["mdl-finbert-internal-v4"])
        pods = []
        for key in ("l", "p"):
            await pilot.press(key)
            await until(pilot, lambda: isinstance(app.screen, LogScreen) and _last(app.screen).endswith("the log ends here."))
            log = app.screen
            assert isinstance(log, LogScreen)
            assert len(log.text.lines) > 2, "the log is empty"
            pods.append(text_of(log.text.lines[0]))
            await pilot.press("escape")
            await until(pilot, lambda: isinstance(app.screen, BrowseScreen))
        assert all(pod.startswith("» pod dataset-mdl-finbert-internal-v4-round-1-") for pod in pods)
        assert pods[0] != pods[1]


def _last(log: LogScreen) -> str:
    return text_of(log.text.lines[-1]) if log.text.lines else ""


@pytest.mark.parametrize(("context", "namespaces"), [("admin", ()), ("viewer", ("team-nlp", "ml-platform"))])
async def test_the_doctor_on_the_screen_says_what_the_verb_says(served: Served, context: str, namespaces: tuple[str, ...]) -> None:
    app = served.console(context=context, namespaces=namespaces, all_namespaces=not namespaces)
    async with app.run_test(size=(80, 24)) as pilot:
        await until(pilot, lambda: isinstance(app.screen, BrowseScreen) and app.screen.bar().connection[1] == "live")
        await app.navigator.run_line("doctor")
        await until(pilot, lambda: isinstance(app.screen, DoctorScreen) and app.screen.live.settled)
        assert isinstance(app.screen, DoctorScreen)
        assert app.cluster is not None
        found = await examine(app.cluster.session.client, namespaces)
        assert len(found.diagnoses) > 10
        shown = [app.screen.live.diagnosis(key) for key in app.screen.live._rows]
        assert Counter(shown) == Counter(found.diagnoses)
        if context == "admin":
            assert any(one.finding.about.startswith("ReplicaSet ") for one in found.diagnoses), "of what makes pods, too"
        fell = next(one for one in found.diagnoses if one.name == "gemma-3-12b" and one.finding.about.startswith("Pod "))
        assert "restart" in fell.finding.reason
        assert fell.finding.reason.split(": ", 1)[1], "the last words of its log"
        assert app.screen.live.objects == found.objects
        denied = {namespace for resource, namespace in found.unseen if resource == SECRETS}
        assert app.screen.live.secrets_unread.keys() == denied == (set() if context == "admin" else set(namespaces))
