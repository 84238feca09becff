from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator

import pytest
from rigging import Rig, until


@pytest.fixture
async def rig() -> AsyncIterator[Rig]:
    rig = Rig()
    await rig.server.start()
    before = asyncio.all_tasks()
    yield rig
    await rig.stop()
    here = {asyncio.current_task()}
    await until(lambda: asyncio.all_tasks() - here <= before)  # nothing leaks, whatever the test did
