"""ctrl-s in a form and `:new KIND FILE`: what one writes, the other and `modeltui render` read."""

from __future__ import annotations

import asyncio
import os
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
import yaml
from driving import until
from test_unfinished import MARKER, client, console, gone, made

from modeltui.document import text_of
from modeltui.kube.apply import read, writable
from modeltui.kube.client import Client
from modeltui.systems.modelfs.types import MODELS
from modeltui.ui.screens.review import Shown
from modeltui.ui.wizards.model import ModelWizard
from modeltui.ui.wizards.source import SourceWizard

__all__ = ["client"]
"""A fixture."""
VERSION = """
name: one
repo: Qwen/one
precision: FP16
storage: {size: 10Gi, accessModes: [ReadWriteOnce], storageClassName: fast}
share: {enabled: true, namespaceSelector: {matchLabels: {team: nlp}}, requireOptInLabel: share-me}
metadata: {license: apache-2.0}
"""


async def typed(pilot: Any, text: str) -> None:
    special = {"/": "slash", ".": "full_stop", "-": "minus", "~": "tilde", " ": "space", "_": "underscore"}
    await pilot.press(*(special.get(char, char) for char in text))


def rendered(kind: str, file: Path) -> list[Any]:
    command = [sys.executable, "-m", "modeltui", "render", kind, "-f", str(file)]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    return list(yaml.safe_load_all(done.stdout))


async def test_answers_saved_from_a_form_are_read_by_render_and_by_the_form(
    kubeconfig: str, namespace: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HOME", str(tmp_path))
    (tmp_path / "in.yaml").write_text(yaml.safe_dump({"name": "llama", "sourceRef": "hub", "versions": [yaml.safe_load(VERSION)]}))
    async with console(kubeconfig, namespace) as one:
        await one.pilot.press("colon")
        await typed(one.pilot, "new model ~/in.ya")
        await one.pilot.press("tab", "enter")
        wizard = await one.until(ModelWizard)
        assert wizard.answers.answer("versions", "selector") == "team=nlp"
        assert wizard.answers.answer("basics", "namespace") == namespace
        await until(one.pilot, lambda: wizard.focused is not None)
        await one.pilot.press("down", "down")
        focused = wizard.focused
        await one.pilot.press("ctrl+s", "ctrl+u")
        await typed(one.pilot, "~/out.yaml")
        await one.pilot.press("enter")
        await until(one.pilot, lambda: (tmp_path / "out.yaml").exists())
        assert wizard.focused is focused
        saved = yaml.safe_load((tmp_path / "out.yaml").read_text())
        assert saved == {"name": "llama", "namespace": namespace, "sourceRef": "hub", "versions": [yaml.safe_load(VERSION)]}

        # a second time it is asked, and only yes replaces it
        (tmp_path / "out.yaml").write_text("mine")
        for answer, text in (("no", "mine"), ("yes", None)):
            await one.pilot.press("ctrl+s")
            await one.pilot.press("enter")
            await until(one.pilot, lambda: wizard._prompt is not None and "is there already" in wizard._prompt.question)
            await typed(one.pilot, answer)
            await one.pilot.press("enter")
            await until(one.pilot, lambda: wizard._prompt is None)
            assert text is None or (tmp_path / "out.yaml").read_text() == text
        assert yaml.safe_load((tmp_path / "out.yaml").read_text()) == saved

        # what render makes of the file is what the form would write
        change = await wizard.change()
        (manifest,) = rendered("model", tmp_path / "out.yaml")
        desired = change.steps[0].desired
        assert desired is not None
        assert writable(desired) == manifest


async def test_no_secret_goes_into_a_file_but_the_keys_do(kubeconfig: str, namespace: str, tmp_path: Path) -> None:
    file = tmp_path / "hub.yaml"
    async with console(kubeconfig, namespace) as one:
        wizard = SourceWizard(one.cluster, namespace)
        await one.app.push_screen(wizard)
        for step, field, value in (
            ("basics", "name", "hub"),
            ("settings", "more", f"apiToken={MARKER}"),
            ("secret", "use", "make or change one"),
            ("secret", "secret_name", "hf"),
            ("secret", "HUGGING_FACE.token", MARKER),
        ):
            wizard.answers = wizard.answers.with_answer(step, field, value)
        await one.pilot.press("ctrl+s", "ctrl+u")
        await typed(one.pilot, str(file))
        await one.pilot.press("enter")
        await until(one.pilot, file.exists)
    assert MARKER not in file.read_text()
    saved = yaml.safe_load(file.read_text())
    assert saved["config"] == {"apiToken": "<masked>"}
    assert saved["secret"]["values"] == {"token": "<masked>"}


async def test_answers_that_cannot_be_read_are_not_saved(kubeconfig: str, namespace: str) -> None:
    async with console(kubeconfig, namespace) as one:
        wizard = ModelWizard(one.cluster, namespace)
        await one.app.push_screen(wizard)
        wizard.answers = wizard.answers.with_answer("versions", "share", "yes").with_answer("versions", "selector", "team in (")
        await one.pilot.press("ctrl+s")
        await until(one.pilot, lambda: wizard.at == 1 and wizard._row_in_focus() is not None)
        row = wizard._row_in_focus()
        assert row is not None
        assert row.field.key == "selector"
        assert row.sentence
        assert wizard._prompt is None


async def test_a_file_that_is_not_one_is_said(kubeconfig: str, namespace: str, tmp_path: Path) -> None:
    (tmp_path / "bad.yaml").write_text("name: [1\n")
    async with console(kubeconfig, namespace) as one:
        for file, told in ((tmp_path / "bad.yaml", "not valid YAML"), (tmp_path / "none.yaml", "cannot be read"), (tmp_path, "directory")):
            await one.app.navigator.run_line(f"new model {file}")
            await until(one.pilot, lambda told=told: told in one.app.messages[-1][1].text)


async def test_the_command_line_of_a_change_can_be_pasted(kubeconfig: str, namespace: str) -> None:
    async with console(kubeconfig, namespace) as one:
        wizard = ModelWizard(one.cluster, namespace)
        await one.app.push_screen(wizard)
        for field, value in (("name", "one"), ("repo", "Qwen/it's"), ("size", "1Gi")):
            wizard.answers = wizard.answers.with_answer("versions", field, value)
        wizard.answers = wizard.answers.with_answer("basics", "name", "llama").with_answer("basics", "source", "hub")
        await one.pilot.press("ctrl+n", "ctrl+n")
        review = await one.reviewed()
        await one.pilot.press("v", "v")
        assert review._shown is Shown.COMMAND
        copied: list[str] = []
        one.app.copy = lambda text, *, what: copied.append(text)  # type: ignore[method-assign]
        await one.pilot.press("c")
        (text,) = copied
    head, _, rest = text.partition("\n")
    assert "apply --server-side --field-manager=modeltui --validate=strict -f - <<'MANIFEST'" in head
    manifest, _, comments = rest.partition("\nMANIFEST\n")
    assert yaml.safe_load(manifest)["spec"]["versions"][0]["repo"] == "Qwen/it's"
    assert all(line.startswith("#") for line in comments.splitlines())
    assert "modeltui render model -f answers.yaml | kubectl" in comments


@pytest.mark.skipif(shutil.which("kubectl") is None, reason="needs kubectl")
async def test_what_is_pasted_does_what_was_reviewed(kubeconfig: str, namespace: str, client: Client) -> None:
    """The commands of a change to a live object, run by a shell; afterwards the same change has nothing left to do."""
    spec = {"sourceRef": "hub", "display": {"description": "it's", "logoURL": "https://x/"}, "versions": [{"name": "v1", "repo": "a/b"}]}
    live = await made(client, MODELS, namespace, "pasted", spec)
    try:
        async with console(kubeconfig, namespace) as one:
            wizard = ModelWizard(one.cluster, namespace, live=live)
            await one.app.push_screen(wizard)
            wizard.answers = wizard.answers.with_answer("basics", "description", "it's ours").with_answer("basics", "logo", "")
            await one.pilot.press("ctrl+n", "ctrl+n")
            review = await one.reviewed()
            assert review.review is not None
            if review.review.steps[0].conflicts:
                await one.pilot.press("t")
            await one.pilot.press("v", "v")
            command = "\n".join(text_of(line) for line in review.text.whole)
            assert "kubectl" in command
            environment = {**os.environ, "KUBECONFIG": kubeconfig}
            ran = await asyncio.to_thread(
                lambda: subprocess.run(["sh", "-c", command], capture_output=True, text=True, check=False, env=environment)
            )
            assert ran.returncode == 0, ran.stderr + command
            after = await read(client, MODELS, namespace, "pasted")
            assert after is not None
            assert after["spec"]["display"] == {"description": "it's ours"}
            await one.pilot.press("r")
            await until(one.pilot, lambda: "nothing to do" in str(review.sentence.content), str(review.sentence.content))
    finally:
        await gone(client, MODELS, namespace, "pasted")
