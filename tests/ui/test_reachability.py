"""At 80x24, every character of every page can be brought onto the screen by keys, and the screen says that there is more."""

from __future__ import annotations

from collections.abc import AsyncIterator
from typing import Any

import pytest
import world
from driving import Console, models, until
from fake import FakeSession, at, meta
from reading import focus, painted, read, signs
from textual.pilot import Pilot

from modeltui.kube import log_stream
from modeltui.kube.events import EVENTS
from modeltui.systems.core.types import JOBS, NAMESPACES, PODS
from modeltui.systems.dataset.types import DATASETS
from modeltui.systems.modelfs.types import MODELS, SOURCES
from modeltui.ui.console import ConsoleApp
from modeltui.ui.screens.dataset_detail import DatasetDetail
from modeltui.ui.screens.log import LogScreen
from modeltui.ui.screens.model_detail import ModelDetail
from modeltui.ui.screens.source_detail import SourceDetail
from modeltui.ui.screens.text import TextScreen
from modeltui.ui.screens.yaml_view import YamlScreen
from modeltui.ui.widgets.line_view import LineView

SMALL = (80, 24)


def words(name: str, count: int) -> list[str]:
    return [f"{name}{number:03}" for number in range(count)]


DESCRIPTION, MESSAGE, EVENT, LABEL = words("desc", 80), words("cond", 90), words("event", 60), "l" * 63
TAGS = words("tag", 40)
UNBROKEN = "https://hf-mirror.example.com/" + "".join(words("path", 40))
VERSIONS = [f"version-{number:02}" for number in range(9)]
NAME = "a" + "-very-long-name" * 10


def crowded() -> FakeSession:
    """One of each kind, with more to say than fits."""
    model = world.model(NAME, {name: "FAILED" for name in VERSIONS}, tags=tuple(TAGS))
    model["metadata"]["labels"] = {"example.com/team": LABEL}
    model["spec"]["display"]["description"] = " ".join(DESCRIPTION)
    model["status"]["conditions"] = [
        {
            "type": "ReconcileError",
            "status": "False",
            "reason": "ModelSourceNotReady",
            "message": " ".join(MESSAGE),
            "lastTransitionTime": at(5),
        }
    ]
    datasets = [world.dataset(NAME, name, "FAILED") for name in VERSIONS]
    for one in datasets:
        one["status"]["conditions"][1]["message"] = " ".join(MESSAGE)
        one["spec"]["source"]["options"] = {"endpoint": UNBROKEN, "token": "hf_very_secret_value"}
    source = world.source("hub", secret="hf-token")
    source["spec"]["config"]["endpoint"] = UNBROKEN
    source["status"]["conditions"][0]["message"] = " ".join(MESSAGE)
    events = [
        {
            "metadata": meta(f"event-{number}-{kind}"),
            "involvedObject": {"kind": kind, "name": name, "namespace": "team-a", "uid": f"uid-team-a-{name}"},
            "reason": "Failed",
            "type": "Warning",
            "message": f"{number} {' '.join(EVENT)}",
            "lastTimestamp": at(number),
        }
        for number in range(4)
        for kind, name in (("ModelSource", "hub"), ("Dataset", f"mdl-{NAME}-{VERSIONS[0]}"))
    ]
    session = FakeSession({MODELS: [model], SOURCES: [source], DATASETS: datasets, EVENTS: events})
    session.answers[NAMESPACES.path()] = {"items": []}
    session.answers[JOBS.path("team-a")] = {"items": [{"metadata": meta("loader")}]}
    session.answers[PODS.path("team-a")] = {"items": [{"metadata": meta("loader-0"), "status": {"phase": "Running"}}]}
    return session


def squeezed(text: str) -> str:
    return "".join(text.split())


def assert_all_in(text: str, *wanted: str) -> None:
    found = squeezed(text)
    missing = [word for word in wanted if squeezed(word) not in found]
    assert not missing, f"never on the screen: {missing[:5]}"


async def opened(pilot: Pilot[int], app: ConsoleApp, *keys: str, kind: type, more_than: int = 24) -> Any:
    """Presses the keys, and waits for the screen with its text."""
    await models(pilot, app, 1)
    for key in keys:
        await pilot.press(key)
        await pilot.pause(0.02)
    await until(pilot, lambda: isinstance(app.screen, kind), f"no {kind.__name__}: {app.screen}")
    screen: Any = app.screen
    if kind is not ModelDetail:
        await until(pilot, lambda: len(screen.text.lines) > more_than)
    return screen


def line(text: str) -> tuple[str, ...]:
    return (*({":": "colon", "/": "slash"}.get(char, char) for char in text), "enter")


async def test_model(console: Console) -> None:
    app = console(crowded())
    async with app.run_test(size=SMALL) as pilot:
        screen = await opened(pilot, app, "enter", kind=ModelDetail)
        await until(pilot, lambda: "event003" in squeezed(_text(screen.version.text)))
        for pane in (screen.about, screen.version):
            await signs(pilot, app, pane.text)
            assert f"{pane.text.extent.sign} · tab" in "\n".join(painted(app))
        about = await read(pilot, app, screen.about.text)
        assert_all_in(about, NAME, LABEL, *DESCRIPTION, *TAGS, *MESSAGE, *VERSIONS)
        version = await read(pilot, app, screen.version.text)
        assert_all_in(version, f"org/{NAME}@main", f"mdl-{NAME}-{VERSIONS[0]}", *MESSAGE, *EVENT, "1a2b3c4d", "kubectl")


def _text(view: LineView) -> str:
    return "\n".join("".join(text for text, _ in one) for one in view.lines)


async def test_every_version_and_every_column_of_them(console: Console) -> None:
    app = console(crowded())
    async with app.run_test(size=SMALL) as pilot:
        screen = await opened(pilot, app, "enter", kind=ModelDetail)
        await until(pilot, lambda: screen.table.has_focus and screen.table.counts.total == len(VERSIONS))
        seen = []
        for name in VERSIONS:
            await until(pilot, lambda name=name: f"Version {name} " in "\n".join(painted(app)))
            seen += painted(app)
            await pilot.press("down")
        assert_all_in("\n".join(seen), *VERSIONS)
        for _ in screen.table.columns:
            await pilot.press("right")
            await pilot.pause()
            seen += painted(app)
        assert_all_in("\n".join(seen), *(column.title for column in screen.table.shown_columns))


@pytest.mark.parametrize(
    ("keys", "kind", "wanted"),
    [
        ((*line(":datasets"), "enter"), DatasetDetail, [f"mdl-{NAME}-{VERSIONS[0]}", UNBROKEN, *MESSAGE, *EVENT]),
        ((*line(":sources"), "enter"), SourceDetail, [UNBROKEN, *MESSAGE, *EVENT, NAME]),
        (("y",), YamlScreen, [NAME, LABEL, " ".join(DESCRIPTION), *TAGS, *MESSAGE, *VERSIONS]),
    ],
    ids=["dataset", "source", "yaml"],
)
async def test_pages(keys: tuple[str, ...], kind: type, wanted: list[str], console: Console) -> None:
    app = console(crowded())
    async with app.run_test(size=SMALL) as pilot:
        screen = await opened(pilot, app, *keys, kind=kind)
        await until(pilot, lambda: squeezed(wanted[-1]) in squeezed(_text(screen.text)))
        await signs(pilot, app, screen.text)
        assert_all_in(await read(pilot, app, screen.text), *wanted)
        assert "hf_very_secret_value" not in _text(screen.text)


async def test_yaml_wrapped(console: Console) -> None:
    app = console(crowded())
    async with app.run_test(size=SMALL) as pilot:
        screen = await opened(pilot, app, "y", kind=YamlScreen)
        await pilot.press("w")
        await until(pilot, lambda: screen.text.wrapped)
        assert_all_in(await read(pilot, app, screen.text), NAME, *DESCRIPTION, *MESSAGE)
        await pilot.press("w")
        await until(pilot, lambda: not screen.text.wrapped)


@pytest.mark.parametrize("keys", [("question_mark",), ("enter", "question_mark"), ("ctrl+a",)], ids=["help", "help-of-detail", "aliases"])
@pytest.mark.parametrize("size", [SMALL, (60, 15)], ids=["80x24", "60x15"])
async def test_help_and_aliases(size: tuple[int, int], keys: tuple[str, ...], console: Console) -> None:
    app = console(crowded())
    async with app.run_test(size=size) as pilot:
        screen = await opened(pilot, app, *keys, kind=TextScreen, more_than=12)
        if len(screen.text.lines) > screen.text.size.height:
            await signs(pilot, app, screen.text)
        assert_all_in(await read(pilot, app, screen.text), "columns", ":ns", ":ctx")


async def test_messages_and_what_is_cut_of_them(console: Console) -> None:
    app = console(crowded())
    async with app.run_test(size=SMALL) as pilot:
        await models(pilot, app, 1)
        app.say(" ".join(MESSAGE), error=True, raw="\n".join([" ".join(EVENT), UNBROKEN]))
        await until(pilot, lambda: "… (:messages)" in painted(app)[-2])
        screen = await opened(pilot, app, *line(":messages"), kind=TextScreen, more_than=10)
        assert_all_in(await read(pilot, app, screen.text), *MESSAGE, *EVENT, UNBROKEN)


async def test_log(console: Console, monkeypatch: pytest.MonkeyPatch) -> None:
    async def lines(*_: object, **__: object) -> AsyncIterator[str]:
        for number in range(60):
            yield f"line {number} {' '.join(EVENT) if number % 10 == 0 else ''}"

    monkeypatch.setattr(log_stream, "pod_log", lines)
    session = crowded()
    session.answers[PODS.path("team-a", "loader-0")] = {"metadata": meta("loader-0"), "status": {"phase": "Succeeded"}}
    app = console(session)
    async with app.run_test(size=SMALL) as pilot:
        screen = await opened(pilot, app, *line(":datasets"), "l", kind=LogScreen)
        await until(pilot, lambda: "ends here" in _text(screen.text))
        await signs(pilot, app, screen.text)
        text = await read(pilot, app, screen.text)
        assert_all_in(text, *(f"line {number}" for number in range(60)), *EVENT)


async def test_the_pane_that_is_read_gets_more_room(console: Console) -> None:
    app = console(crowded())
    async with app.run_test(size=SMALL) as pilot:
        screen = await opened(pilot, app, "enter", kind=ModelDetail)
        await until(pilot, lambda: screen.about.text.extent.sign)
        before = screen.about.text.size.height
        await focus(pilot, screen.about.text)
        await until(pilot, lambda: screen.about.text.size.height > before)
        assert screen.table.size.height >= 2


@pytest.mark.parametrize(("size", "beside"), [((80, 24), False), ((109, 40), False), ((110, 40), True), ((200, 50), True)])
async def test_a_model_is_beside_its_versions_where_there_is_room(size: tuple[int, int], beside: bool, console: Console) -> None:
    app = console(crowded())
    async with app.run_test(size=size) as pilot:
        screen = await opened(pilot, app, "enter", kind=ModelDetail)
        await until(pilot, lambda: screen.table.size.height > 1)
        assert (screen.about.region.right <= screen.table.region.x) is beside
        assert (screen.about.region.bottom <= screen.table.region.y) is not beside
