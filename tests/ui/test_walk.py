"""Walks through the console with the keys that people use."""

from __future__ import annotations

import world
from driving import Console, models, names


async def test_models_of_the_namespace_given_are_shown(console: Console) -> None:
    app = console(world.session())
    async with app.run_test(size=(120, 40)) as pilot:
        screen = await models(pilot, app)
        assert names(screen) == ["llama-3-8b", "mistral-7b", "phi-3-mini", "qwen-2-7b"]
        assert screen.table.display
        assert not screen.pane.display
