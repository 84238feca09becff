"""Whatever stands in an object, what is printed of it neither steers a terminal nor reorders itself."""

from __future__ import annotations

import asyncio
import json
from pathlib import Path

import yaml
from tests.cli.running import Run
from tests.ui import hostile
from tests.ui.hostile import HOSTILE, harm
from tests.ui.planting import NAMESPACE

from modeltui.demo.cluster import EmbeddedCluster


async def test_no_verb_prints_what_steers_a_terminal(tmp_path: Path, modeltui: Run) -> None:
    wrong: set[str] = set()
    said: dict[str, str] = {}

    async def run(*arguments: str) -> None:
        _, out, err = await asyncio.to_thread(modeltui, *arguments, "--kubeconfig", str(tmp_path / "kubeconfig"), "-n", NAMESPACE)
        told = " ".join(arguments)
        said[told] = out
        wrong.update(f"{what} by {told}" for what in harm(out) | harm(err))

    async with EmbeddedCluster() as served:
        hostile.fill(served.api)
        served.write_kubeconfig(tmp_path / "kubeconfig")
        source = next(obj for resource, obj in hostile.objects() if resource.startswith("modelsources"))
        source["spec"]["config"]["more"] = HOSTILE
        file = tmp_path / "source.yaml"
        file.write_text(yaml.safe_dump({key: value for key, value in source.items() if key != "status"}))
        for view in ("models", "sources", "datasets", "shares"):
            for output in ("table", "wide", "json", "yaml", "csv"):
                await run("get", view, "-o", output)
        for output in ("table", "json", "yaml"):
            await run("doctor", "-o", output)
        for output in ("text", "json", "yaml"):
            await run("apply", "-f", str(file), "--dry-run", "--force-conflicts", "-o", output)
            await run("delete", "sources", "hub", "--dry-run", "-o", output)
        await run("apply", "-f", str(file), "--yes", "--force-conflicts", "--override-findings")
        for output in ("table", "csv", "json", "ndjson"):
            await run("history", "-o", output)
    assert not wrong, "\n".join(sorted(wrong))
    assert "[bold red]loud" in said["get models -o wide"]
    for printed in (json.loads(said["get models -o json"]), yaml.safe_load(said["get models -o yaml"])):
        assert any(HOSTILE in row["tags"] for row in printed), "programs get it as it is, in escapes"
