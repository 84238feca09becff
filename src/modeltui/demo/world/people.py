"""The people of the living world: now and then a version is added, an old one switched off, and later taken out."""

from __future__ import annotations

import asyncio
import random
from typing import Final

from modeltui.demo.api import Api
from modeltui.demo.controllers.kinds import DATASETS, MODELS
from modeltui.demo.errors import Object, StatusError

NIGHTLY: Final = (("staging", "smollm3-3b"), ("team-nlp", "qwen2-5-7b-instruct"), ("team-vision", "qwen2-5-vl-7b"))
"""The Models that people keep adding versions to, in turn."""
KEPT = 2
BETWEEN = (60.0, 120.0)
"""Seconds of cluster time between two changes."""


async def work(api: Api, *, seed: int, pace: float) -> None:
    """Until cancelled. What is no longer there, or changed under their hands, is left alone."""
    rng, number = random.Random(seed), 1
    while True:
        await asyncio.sleep(rng.uniform(*BETWEEN) / pace)
        namespace, name = NIGHTLY[number % len(NIGHTLY)]
        model = api.find(MODELS, name, namespace=namespace)
        number += 1
        if model is None:
            continue
        there = {each["metadata"]["name"] for each in api.list(DATASETS, namespace=namespace)}
        model["spec"]["versions"] = tomorrow(model, number=number, datasets=there)
        try:
            api.update(MODELS, model, manager="nightly-builds")
        except StatusError:
            continue


def tomorrow(model: Object, *, number: int, datasets: set[str]) -> list[Object]:
    """The versions after one more nightly: the newest `KEPT` stay, older ones are switched off, and taken out once their Dataset is gone.

    Pure. Versions that are not nightlies are left as they are.
    """
    versions: list[Object] = model["spec"]["versions"]
    nightlies = [each for each in versions if each["name"].startswith("nightly-")]
    kept = [each for each in versions if each not in nightlies]
    for index, each in enumerate(nightlies):
        if index < len(nightlies) - KEPT + 1:
            if each["state"] == "ABSENT" and f"mdl-{model['metadata']['name']}-{each['name']}" not in datasets:
                continue
            each = {**each, "state": "ABSENT"}
        kept.append(each)
    first = versions[0]
    return [*kept, {**first, "name": f"nightly-{number}", "state": "PRESENT"}]
