"""Every step of a form, and every state of a review, at 80x24 and 120x40, with a fixed clock and data."""

from __future__ import annotations

import os
from collections.abc import Awaitable, Callable, Mapping
from typing import Any

import pytest
import world
from driving import Console, models, until
from fake import NOW, FakeSession, forbidden, meta
from test_snapshots import settled, sizes
from textual.pilot import Pilot

from modeltui.changes import findings
from modeltui.changes.account import Account, Executed, StepState
from modeltui.changes.applyset import Removal
from modeltui.changes.comparing import changed_fields
from modeltui.changes.difference import difference
from modeltui.changes.plan import Change, Step
from modeltui.changes.refusals import Refusal
from modeltui.changes.reviewed import Outcome, Review, Reviewed
from modeltui.domain import Finding, Severity
from modeltui.kube.access import Verdict
from modeltui.kube.apply import writable
from modeltui.kube.errors import Unreachable
from modeltui.systems.core.secrets import SECRETS
from modeltui.systems.core.types import NAMESPACES
from modeltui.systems.modelfs.types import MODELS, SOURCES
from modeltui.ui.screens.actions import ActionsScreen
from modeltui.ui.screens.edit import EditScreen
from modeltui.ui.screens.review import ReviewScreen, State
from modeltui.ui.wizards import saved
from modeltui.ui.wizards.model import ModelWizard
from modeltui.ui.wizards.names import STORAGE_CLASSES
from modeltui.ui.wizards.screen import WizardScreen
from modeltui.ui.wizards.source import SourceWizard
from modeltui.ui.wizards.source_form import OWN_SECRET, SOURCE_TYPES
from modeltui.ui.wizards.unfinished import UnfinishedScreen


def listed(*names: str) -> dict[str, Any]:
    return {"items": [{"metadata": {"name": name}} for name in names]}


def namespace(name: str, **labels: str) -> dict[str, Any]:
    return {"metadata": {"name": name, "uid": f"uid-{name}", "resourceVersion": "1", "labels": labels}}


def session() -> FakeSession:
    made = world.session()
    made.objects[NAMESPACES] = [namespace("team-a", team="nlp"), namespace("team-b", team="nlp"), namespace("team-c", team="vision")]
    made.answers |= {
        SOURCES.path("team-a"): listed("hub", "hub-mirror", "s3-mirror"),
        SECRETS.path("team-a"): listed("hf-token", "minio"),
        STORAGE_CLASSES.path(): listed("fast", "standard"),
        MODELS.path("team-a"): {"items": [{"spec": {"display": {"tags": ["chat", "code"]}, "versions": [{"repo": "org/llama-3-8b"}]}}]},
    }
    made.client.read_only = False  # type: ignore[attr-defined]
    return made


Scene = Callable[[Pilot[int], Any], Awaitable[None]]


def shot(scene: Scene) -> Callable[[Pilot[int]], Awaitable[None]]:
    async def walk(pilot: Pilot[int]) -> None:
        app: Any = pilot.app
        await models(pilot, app)
        await scene(pilot, app)
        await settled(pilot)

    return walk


# ---- forms ----------------------------------------------------------------------------------------------------------


def filled(wizard: WizardScreen, **answers: str) -> None:
    """Keys are STEP__FIELD, of the first group."""
    for key, value in answers.items():
        step, _, field = key.partition("__")
        wizard.answers = wizard.answers.with_answer(step, field, value)


async def opened(pilot: Pilot[int], app: Any, wizard: WizardScreen, *, step: int = 0) -> None:
    await app.push_screen(wizard)
    wizard.at = step
    await wizard._show_step()
    await until(pilot, lambda: wizard.focused is not None)
    await pilot.pause(0.1)


BASICS = {"basics__name": "llama-3-70b", "basics__source": "hub"}
VERSION = {"versions__name": "v1", "versions__repo": "org/llama-3-70b", "versions__precision": "FP16", "versions__size": "150Gi"}
SHARED = {"versions__share": "yes", "versions__selector": "team in (nlp)"}


async def basics(pilot: Pilot[int], app: Any) -> None:
    await opened(pilot, app, ModelWizard(app.cluster, "team-a"))
    await pilot.press(*"llama-3", "enter", "enter", *"hu")


async def needed(pilot: Pilot[int], app: Any) -> None:
    """ctrl-n with nothing answered, twice: the first thing that is missing is gone to."""
    await opened(pilot, app, ModelWizard(app.cluster, "team-a"))
    await pilot.press("ctrl+n", "ctrl+n")


async def names_denied(pilot: Pilot[int], app: Any) -> None:
    app.cluster.session.answers[SOURCES.path("team-a")] = forbidden("modelsources")

    async def no(*_: object, **__: object) -> Verdict:
        return Verdict(False, 'no role lets "alice" create models.model.samzong.dev')

    app.cluster.session.access.allowed = no
    wizard = ModelWizard(app.cluster, "team-a")
    await opened(pilot, app, wizard)
    await pilot.press("down", "down")
    await until(pilot, lambda: wizard.trouble.display)


async def versions(pilot: Pilot[int], app: Any) -> None:
    wizard = ModelWizard(app.cluster, "team-a")
    filled(wizard, **BASICS, **VERSION)
    await opened(pilot, app, wizard, step=1)
    await pilot.press("down", "down", "down")


async def two_versions(pilot: Pilot[int], app: Any) -> None:
    wizard = ModelWizard(app.cluster, "team-a")
    filled(wizard, **BASICS, **VERSION)
    await opened(pilot, app, wizard, step=1)
    await pilot.press("ctrl+t", *"v1", "down", "down", "down", "down", *"0")


async def sharing(pilot: Pilot[int], app: Any) -> None:
    wizard = ModelWizard(app.cluster, "team-a")
    filled(wizard, **BASICS, **VERSION, **SHARED)
    await opened(pilot, app, wizard, step=1)
    await until(pilot, lambda: wizard._reach.namespaces is not None)
    await wizard._show_step(field="selector")


async def sharing_with_nobody(pilot: Pilot[int], app: Any) -> None:
    wizard = ModelWizard(app.cluster, "team-a")
    filled(wizard, **BASICS, **VERSION, **SHARED, versions__opt_in="share-me")
    await opened(pilot, app, wizard, step=1)
    await until(pilot, lambda: wizard._reach.namespaces is not None)
    await wizard._show_step(field="opt_in")


async def metadata(pilot: Pilot[int], app: Any) -> None:
    wizard = ModelWizard(app.cluster, "team-a")
    filled(wizard, **BASICS, **VERSION, versions__metadata="license=llama3\ncontact=nlp@example.com\noops")
    await opened(pilot, app, wizard, step=1)
    await wizard.action_step(0)
    await wizard._show_step(field="metadata")


async def edited(pilot: Pilot[int], app: Any) -> None:
    live = await app.cluster.fetch(MODELS, "team-a", "llama-3-8b")
    await opened(pilot, app, ModelWizard(app.cluster, "team-a", live=live))


async def saving(pilot: Pilot[int], app: Any) -> None:
    wizard = ModelWizard(app.cluster, "team-a")
    filled(wizard, **BASICS, **VERSION)
    await opened(pilot, app, wizard)
    await pilot.press("ctrl+s")


async def refused_beside_fields(pilot: Pilot[int], app: Any) -> None:
    wizard = ModelWizard(app.cluster, "team-a")
    filled(wizard, **BASICS, **VERSION)
    await opened(pilot, app, wizard)

    class Refusing:
        complaints = (
            (0, "", 'refused by "quota.example.com" (a webhook of this cluster): no more models this week'),
            (0, "spec.versions[0].storage.storageClassName", '"fast" is not allowed here'),
        )

    await wizard._hear(Refusing())  # type: ignore[arg-type]


async def unfinished(pilot: Pilot[int], app: Any) -> None:
    place = saved.Place("model", app.cluster.context, "team-a", "llama-3-8b")
    wizard = ModelWizard(app.cluster, "team-a", live=await app.cluster.fetch(MODELS, "team-a", "llama-3-8b"))
    filled(wizard, basics__description="Ours, for chat", versions__repo="https://me:secret@git.example.com/llama.git")
    wizard.answers = wizard.answers.with_group(wizard.form.step("versions"))
    typed = wizard._typed()
    saved.keep(place, saved.Typed(typed.answers, typed.begun.replace("llama-3-8b for tests", "as it was"), typed.lacking))
    os.utime(place.path, (NOW.timestamp() - 400,) * 2)
    await app.push_screen(ModelWizard(app.cluster, "team-a", live=await app.cluster.fetch(MODELS, "team-a", "llama-3-8b")))
    await until(pilot, lambda: isinstance(app.screen, UnfinishedScreen) and app.screen.table.counts.total == 2)


FORMS: Mapping[str, Scene] = {
    "basics": basics,
    "needed": needed,
    "denied": names_denied,
    "versions": versions,
    "two-versions": two_versions,
    "sharing": sharing,
    "sharing-with-nobody": sharing_with_nobody,
    "metadata": metadata,
    "edited": edited,
    "saving": saving,
    "refused": refused_beside_fields,
    "unfinished": unfinished,
}


@sizes
@pytest.mark.parametrize("scene", FORMS)
def test_model_form(scene: str, size: tuple[int, int], console: Console, snap_compare: Any) -> None:
    assert snap_compare(console(session()), terminal_size=size, run_before=shot(FORMS[scene]))


@sizes
def test_source_basics(size: tuple[int, int], console: Console, snap_compare: Any) -> None:
    async def scene(pilot: Pilot[int], app: Any) -> None:
        await opened(pilot, app, SourceWizard(app.cluster, "team-a"))
        await pilot.press(*"hub", "enter", "enter", "s")

    assert snap_compare(console(session()), terminal_size=size, run_before=shot(scene))


@sizes
@pytest.mark.parametrize("step", [1, 2], ids=["settings", "secret"])
@pytest.mark.parametrize("type_", SOURCE_TYPES)
def test_source_form(type_: str, step: int, size: tuple[int, int], console: Console, snap_compare: Any) -> None:
    async def scene(pilot: Pilot[int], app: Any) -> None:
        wizard = SourceWizard(app.cluster, "team-a")
        filled(wizard, basics__name="weights", basics__type=type_, secret__use=OWN_SECRET, secret__secret_name="hf-token")
        for field in wizard.form.step("secret").fields:
            if field.key.startswith(f"{type_}."):
                filled(wizard, **{f"secret__{field.key}": "never-to-be-seen"})
        await opened(pilot, app, wizard, step=step)
        await pilot.press("down")

    assert snap_compare(console(session()), terminal_size=size, run_before=shot(scene))


# ---- reviews --------------------------------------------------------------------------------------------------------

LIVE: dict[str, Any] = {
    "apiVersion": MODELS.api_version,
    "kind": "Model",
    "metadata": meta("llama-3-8b"),
    "spec": {
        "sourceRef": "hub",
        "display": {"description": "For chat", "tags": ["chat"]},
        "versions": [{"name": "v1", "repo": "org/llama-3-8b", "state": "PRESENT"}],
    },
}
BECOMES: dict[str, Any] = LIVE | {
    "spec": {
        "sourceRef": "hub",
        "display": {"description": "For chat and code", "tags": ["chat"]},
        "versions": [
            {"name": "v1", "repo": "org/llama-3-8b", "state": "ABSENT"},
            {"name": "v2", "repo": "org/llama-3.1-8b", "precision": "FP16", "state": "PRESENT"},
        ],
    }
}
SECRET: dict[str, Any] = {
    "apiVersion": "v1",
    "kind": "Secret",
    "metadata": {"name": "hf-token", "namespace": "team-a"},
    "type": "Opaque",
    "data": {"token": "bmV2ZXItdG8tYmUtc2Vlbg=="},
}
SOURCE: dict[str, Any] = {
    "apiVersion": SOURCES.api_version,
    "kind": "ModelSource",
    "metadata": {"name": "hub", "namespace": "team-a"},
    "spec": {"type": "HUGGING_FACE", "secretRef": "hf-token"},
}
EDIT = Step.apply(MODELS, BECOMES, LIVE)
MAKE = (Step.create(SECRETS, SECRET), Step.create(SOURCES, SOURCE))
DELETE = Step.delete(MODELS, LIVE)


def outcome(step: Step, *, force: bool = False, removals: tuple[Removal, ...] = ()) -> Outcome:
    manifest = writable(step.desired) if step.desired is not None else None
    shown = difference(step.live, step.desired, asked=step.desired)
    return Outcome(manifest, force, removals, step.desired, shown, changes=changed_fields(step.live, step.desired))


CLEAN = Review("Edit Model team-a/llama-3-8b", (Reviewed(EDIT, outcome(EDIT)),))
MADE = Review("Make ModelSource team-a/hub", tuple(Reviewed(step, outcome(step)) for step in MAKE))
GONE = Review("Delete Model team-a/llama-3-8b", (Reviewed(DELETE, outcome(DELETE)),))
CONFLICT = Review(
    CLEAN.title,
    (
        Reviewed(
            EDIT,
            outcome(EDIT, force=True, removals=(Removal(("spec", "display", "logoURL"), ("spec", "display", "logoURL"), ("argocd",)),)),
            outcome(EDIT),
            {"argocd": ("spec.display.description", "spec.versions[name=v1].state")},
        ),
    ),
)
REFUSED = Review(
    CLEAN.title,
    (
        Reviewed(
            EDIT,
            None,
            refusals=(
                Refusal(
                    "spec.versions[1].precision",
                    '"FP7" is not one of FP16, INT4, INT8',
                    'Unsupported value: "FP7": supported values: "FP16", "INT4", "INT8"',
                ),
                Refusal("", 'refused by "quota.example.com" (a webhook of this cluster): no more models this week', "admission webhook"),
            ),
        ),
    ),
)
DENIED = Review(
    MADE.title,
    (Reviewed(MAKE[1], None, refusals=(Refusal("", "you may not create modelsources in namespace team-a", "forbidden", denied=True),)),),
)
FOUND = (
    Finding(
        Severity.ERROR,
        "Version v2 does not say how much storage it needs, so modelfs asks for 100Ti, ReadWriteMany.",
        "Set storage.resources.requests.storage.",
        "spec.versions[1].storage",
    ),
    Finding(Severity.WARNING, "Version v1: modelfs deletes Dataset mdl-llama-3-8b-v1.", "PRESENT makes it anew.", "spec.versions[0].state"),
)
HANGS = (
    Finding(Severity.ERROR, "Pod chat-0 mounts claim mdl-llama-3-8b-v1 and would lose its data.", "Stop it first."),
    Finding(Severity.WARNING, "Its Datasets mdl-llama-3-8b-v1 and mdl-llama-3-8b-v2 go with it."),
    Finding(Severity.WARNING, "Dataset mdl-llama-3-8b-v1: Claim mdl-llama-3-8b-v1 (capacity 40Gi) is deleted with it, and its data."),
    Finding(Severity.WARNING, "Dataset mdl-llama-3-8b-v1: team-b/llama-copy refers to it, and would have nothing to refer to."),
    Finding(Severity.INFO, "Version v1 asks to be shared with namespace team-b: nothing is left to share."),
)


def account(review: Review, *states: tuple[StepState, str]) -> Account:
    steps = (Executed(one.step, state, told) for one, (state, told) in zip(review.steps, states, strict=True))
    return Account(review.title, tuple(steps))


REVIEWS: Mapping[str, tuple[Review, tuple[Finding, ...], tuple[str, ...]]] = {
    "clean": (CLEAN, (), ()),
    "made": (MADE, (), ()),
    "findings": (CLEAN, FOUND, ()),
    "conflict": (CONFLICT, (), ()),
    "taken-over": (CONFLICT, (), ("t",)),
    "refused": (REFUSED, (), ()),
    "denied": (DENIED, (), ()),
    "deletion": (GONE, HANGS, ()),
    "overriding": (GONE, HANGS, ("o",)),
    "manifest": (CLEAN, (), ("v",)),
    "command": (CLEAN, (), ("v", "v")),
    "command-with-secret": (MADE, (), ("v", "v")),
    "command-in-conflict": (CONFLICT, (), ("v", "v")),
}
DONE: Mapping[str, tuple[Review, Account]] = {
    "done": (MADE, account(MADE, (StepState.DONE, ""), (StepState.DONE, ""))),
    "failed": (
        MADE,
        account(MADE, (StepState.DONE, ""), (StepState.FAILED, "10.0.0.1:6443 refused the connection")),
    ),
    "unknown": (MADE, account(MADE, (StepState.UNKNOWN, "no answer came, and the server cannot be asked"), (StepState.NOT_DONE, ""))),
    "partly": (CONFLICT, account(CONFLICT, (StepState.PARTLY, "spec.display.logoURL was taken away; the rest was refused"))),
}


async def reviewing(pilot: Pilot[int], app: Any, review: Review) -> ReviewScreen:
    async def reviewer(*_: object) -> Review:
        return review

    screen = ReviewScreen(app.cluster, Change(review.title, tuple(one.step for one in review.steps)), reviewer=reviewer, form="source")
    await app.push_screen(screen)
    await until(pilot, lambda: screen.state is State.DECIDING)
    return screen


@pytest.fixture
def found(monkeypatch: pytest.MonkeyPatch) -> list[tuple[Finding, ...]]:
    """What the checks say of the steps."""
    told: list[tuple[Finding, ...]] = []

    monkeypatch.setattr(findings, "of", lambda *_: tuple(told))
    return told


@sizes
@pytest.mark.parametrize("kind", REVIEWS)
def test_review(kind: str, size: tuple[int, int], console: Console, found: list[Any], snap_compare: Any) -> None:
    review, told, keys = REVIEWS[kind]
    found.append(told)

    async def scene(pilot: Pilot[int], app: Any) -> None:
        await reviewing(pilot, app, review)
        await pilot.press(*keys)

    assert snap_compare(console(session()), terminal_size=size, run_before=shot(scene))


@sizes
@pytest.mark.parametrize("kind", DONE)
@pytest.mark.usefixtures("found")
def test_account(kind: str, size: tuple[int, int], console: Console, snap_compare: Any) -> None:
    review, done = DONE[kind]

    async def scene(pilot: Pilot[int], app: Any) -> None:
        screen = await reviewing(pilot, app, review)
        screen._finished(done)

    assert snap_compare(console(session()), terminal_size=size, run_before=shot(scene))


@sizes
def test_review_without_a_server(size: tuple[int, int], console: Console, snap_compare: Any) -> None:
    async def dead(*_: object) -> Review:
        raise Unreachable("10.0.0.1:6443 refused the connection: is the cluster up, and the VPN?")

    async def scene(pilot: Pilot[int], app: Any) -> None:
        screen = ReviewScreen(app.cluster, Change(CLEAN.title, (EDIT,)), reviewer=dead)
        await app.push_screen(screen)
        await until(pilot, lambda: "refused the connection" in str(screen.sentence.content))

    assert snap_compare(console(session()), terminal_size=size, run_before=shot(scene))


# ---- the editor and the menu ----------------------------------------------------------------------------------------


@sizes
@pytest.mark.parametrize("typed", ["", "precision: FP16\n  x", "refused"], ids=["editing", "broken", "refused"])
def test_editor(typed: str, size: tuple[int, int], console: Console, snap_compare: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("MODELTUI_EDITOR", "KUBE_EDITOR", "VISUAL", "EDITOR"):
        monkeypatch.delenv(name, raising=False)

    async def scene(pilot: Pilot[int], app: Any) -> None:
        live = await app.cluster.fetch(MODELS, "team-a", "llama-3-8b")
        screen = EditScreen(app.cluster, MODELS, live)
        await app.push_screen(screen)
        if typed == "refused":
            screen._hear([(0, "spec.versions[1].precision", '"FP7" is not one of FP16, INT4, INT8')])
        elif typed:
            screen.text.text = screen.text.text.replace("precision: FP16", typed, 1)
            await pilot.press("ctrl+n")

    assert snap_compare(console(session()), terminal_size=size, run_before=shot(scene))


@sizes
@pytest.mark.parametrize("allowed", [True, False], ids=["allowed", "denied"])
def test_actions(allowed: bool, size: tuple[int, int], console: Console, snap_compare: Any) -> None:
    async def scene(pilot: Pilot[int], app: Any) -> None:
        async def verdict(*_: object, **__: object) -> Verdict:
            return Verdict(allowed, "" if allowed else "no role of yours has it")

        app.cluster.session.access.allowed = verdict
        await pilot.press("a")
        await until(pilot, lambda: isinstance(app.screen, ActionsScreen) and app.screen.table.counts.total > 3)
        await until(pilot, lambda: allowed or "no role" in str(app.screen.table.row(app.screen.table.keys()[-1])))

    assert snap_compare(console(session()), terminal_size=size, run_before=shot(scene))
