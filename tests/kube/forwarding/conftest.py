"""A cluster whose pods serve models, and forwards of an admin."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from tests.demo import serving_pod
from tests.serving_town import Town, serving_town

from modeltui.kube.forwards import Forwards


@pytest.fixture
async def town(tmp_path: Path) -> AsyncIterator[Town]:
    async with serving_town(tmp_path) as found:
        yield found


@pytest.fixture
async def forwards(town: Town) -> AsyncIterator[Forwards]:
    """Of an admin; with the pod llm-0 there."""
    serving_pod.make(town.api)
    found = Forwards(town.session())
    yield found
    await found.aclose()
