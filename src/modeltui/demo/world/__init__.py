"""What the embedded cluster holds: a small world of models, sources, weights and machines, made from a seed.

The signatures that the server and the tests meet the world at:

    world.populate(api, *, seed=7, now=None) -> None
        Creates everything and lets the controllers work on it, in past time, until `now` (default: the real time). Not awaited.
    world.deploy(api, *, seed=7, now=None) -> Iterator[None]
        Adds what serves models, in past time, too; a step of a few milliseconds at a time, so that a server can answer meanwhile.
        After `populate`, and before anybody works.
    world.populate_many(api, n, *, seed=7, now=None, namespace="bulk") -> None
        Adds `n` Models with their statuses, and nothing else, in one namespace. Not awaited.
    await world.live(api, *, seed=7, pace=1.0)
        Controllers, and the people who now and then add a version; runs until cancelled. Not started for a steady world
        (snapshots, benchmarks), which then stays exactly as `populate` left it.
    await controllers.run(api, *, seed=7, pace=1.0)
        The controllers only, over whatever is there; runs until cancelled. `pace` 60: a minute of cluster time passes in a second.

Past time: inside `with clock.at(moment):` (`modeltui.demo.clock`) everything that the Api stamps carries `moment`.
"""

from __future__ import annotations

import asyncio

from modeltui.demo import controllers
from modeltui.demo.api import Api
from modeltui.demo.world import people
from modeltui.demo.world.bulk import populate_many
from modeltui.demo.world.history import deploy, populate

__all__ = ["deploy", "live", "populate", "populate_many"]


async def live(api: Api, *, seed: int = 7, pace: float = 1.0) -> None:
    """Controllers and people, until cancelled."""
    async with asyncio.TaskGroup() as group:
        group.create_task(controllers.run(api, seed=seed, pace=pace))
        group.create_task(people.work(api, seed=seed, pace=pace))
