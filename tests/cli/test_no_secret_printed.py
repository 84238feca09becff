"""A marker in every place that can bear a secret, every verb in every format, and all that is printed or left in files searched for it."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
import yaml
from tests.cli.running import Run
from tests.ui import planting
from tests.ui.planting import NAMESPACE, found_in, marker

from modeltui import paths
from modeltui.demo.cluster import EmbeddedCluster
from modeltui.redaction import MASK

ANSWERS = f"""\
name: new
type: HUGGING_FACE
secretRef: hf
secret: {{values: {{token: {marker("answered")}}}}}
"""


@pytest.fixture
async def planted(tmp_path: Path) -> AsyncIterator[tuple[Path, list[str]]]:
    """The kubeconfig, and the tokens in force, of a cluster that is full of secrets; some of its contexts fail."""
    async with EmbeddedCluster() as served:
        planting.plant(served.api)
        path = tmp_path / "kubeconfig"
        config = planting.with_failing_contexts(yaml.safe_load(served.kubeconfig), folder=tmp_path)
        path.write_text(yaml.safe_dump(config))
        yield path, [user["user"]["token"] for user in config["users"] if "token" in user["user"]]


@pytest.fixture
def files(tmp_path: Path) -> dict[str, str]:
    """What a user may apply, or mistype; and answers to render."""
    changed = planting.model()
    changed["spec"]["display"]["description"] = f"password={marker('applieddescription')}"
    new = {**planting.secret(), "metadata": {"name": "new", "namespace": NAMESPACE}}
    source = {**planting.sources()[0], "metadata": {"name": "new", "namespace": NAMESPACE}}
    del changed["status"], source["status"], changed["metadata"]["annotations"]
    texts = {
        "good": yaml.safe_dump_all([new, source, changed]),
        "unknown": yaml.safe_dump({**source, "spec": {**source["spec"], "colour": marker("colour"), "type": f"token={marker('type')}"}}),
        "mistyped": f"kind: Secret\nstringData:\n  token: {marker('mistyped')}\n bad: [",
        "twice": f"kind: Secret\ntoken: {marker('twice')}\ntoken: {marker('twice')}\n",
        "answers": ANSWERS,
        "answered": f"{ANSWERS}nonsense: {marker('nonsense')}\n",
    }
    found = {}
    for name, text in texts.items():
        path = tmp_path / f"given-{name}.yaml"
        path.write_text(text)
        found[name] = str(path)
    return found


async def test_no_verb_prints_a_secret(planted: tuple[Path, list[str]], files: dict[str, str], tmp_path: Path, modeltui: Run) -> None:
    kubeconfig, tokens = planted
    there = ("--kubeconfig", str(kubeconfig), "-n", NAMESPACE)
    leaks: set[str] = set()
    masked: set[str] = set()

    async def run(*arguments: str) -> None:
        code, out, err = await asyncio.to_thread(modeltui, *arguments, *there)
        told = " ".join(arguments)
        assert out or err, f"{told}: {code}"
        for name, text in (("stdout", out), ("stderr", err)):
            leaks.update(f"{place} on {name} of {told}" for place in found_in(text))
            leaks.update(f"a token on {name} of {told}" for token in tokens if token in text)
            masked.update([told] if MASK in text else [])

    for view in ("models", "sources", "datasets", "shares"):
        for output in ("table", "wide", "json", "yaml", "csv"):
            if view != "shares" or output == "table":
                await run("get", view, "-o", output)
    for output in ("table", "json", "yaml"):
        await run("doctor", "-o", output)
    for context in planting.FAILING:
        await run("get", "models", "--context", context)
        await run("info", "--context", context)
        await run("info", "--context", context, "-o", "json")
    for output in ("text", "json", "yaml"):
        await run("apply", "-f", files["good"], "--dry-run", "--force-conflicts", "-o", output)
        await run("delete", "sources", "hub", "--dry-run", "-o", output)
    for name in ("unknown", "mistyped", "twice"):
        await run("apply", "-f", files[name], "--dry-run")
    for name in ("answers", "answered"):
        await run("render", "source", "-f", files[name])
    await run("apply", "-f", files["good"], "--yes", "--force-conflicts", "--override-findings")
    await run("apply", "-f", files["unknown"], "--yes")
    for output in ("table", "csv", "json", "ndjson"):
        await run("history", "-o", output)
    await run("history", "verify")
    for file in paths.state_dir().rglob("*"):
        if file.is_file():
            leaks.update(f"{place} in {file.relative_to(tmp_path)}" for place in found_in(file.read_bytes()))
    assert not leaks, "\n".join(sorted(leaks))
    for told in (
        "get models -o json",
        "get datasets -o yaml",
        f"apply -f {files['good']} --dry-run --force-conflicts -o text",
        "history -o json",
    ):
        assert told in masked, f"{told}: nothing had to be hidden, so nothing was proven"
