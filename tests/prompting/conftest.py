"""A cluster whose pod serves, with a service in front, and both ways to it."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from tests.demo import serving_pod
from tests.serving_town import LLM, NS, Town, serving_town

from modeltui.kube.forwards import Forwards
from modeltui.prompting.routes import ForwardRoute, ProxyRoute, Route


@pytest.fixture
async def town(tmp_path: Path) -> AsyncIterator[Town]:
    async with serving_town(tmp_path) as found:
        serving_pod.make(found.api)
        serving_pod.service(found.api)
        yield found


@pytest.fixture(params=["forward", "proxy"])
async def route(request: pytest.FixtureRequest, town: Town) -> AsyncIterator[Route]:
    session = town.session()
    if request.param == "proxy":
        yield ProxyRoute(session.client, NS, "llm", 80)
        return
    forwards = Forwards(session)
    yield ForwardRoute(await forwards.open(LLM))
    await forwards.aclose()
