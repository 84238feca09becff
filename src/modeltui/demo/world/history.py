"""How the world came to be: each deed done at its time, the controllers working in between, until now.

In two parts, so that the first rows are soon there: models, sources and machines before anything is served, and then, while the server
already answers, what serves the models.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta

from modeltui.demo import clock, controllers
from modeltui.demo.api import Api
from modeltui.demo.controllers import events
from modeltui.demo.controllers.manager import Manager
from modeltui.demo.world.ages import Deed
from modeltui.demo.world.cluster import cluster
from modeltui.demo.world.models import edits, models
from modeltui.demo.world.serving import serving
from modeltui.demo.world.sources import sources

WORKED = timedelta(minutes=12)
"""How long the controllers are let work after a deed: enough for a download that fails five times. What would only repeat itself
until the next deed (a Pod that finds no node) is not acted out."""
RESYNC = timedelta(hours=10)
"""controller-runtime looks at everything again this often; so the world's last look was at most this long ago."""
EVENTS_KEPT = timedelta(hours=1)
"""The API server's --event-ttl."""


def populate(api: Api, *, seed: int = 7, now: datetime | None = None) -> None:
    """Fills an empty cluster. The last deeds are less than a minute old, so some downloads are under way at `now`."""
    now = now or clock.now()
    with events.kept_since(now - EVENTS_KEPT):
        _act_out(api, seed=seed, now=now)


def deploy(api: Api, *, seed: int = 7, now: datetime | None = None) -> Iterator[None]:
    """Has models served in a world that is populated and in which nobody works; a step each time that it is asked for the next."""
    now = now or clock.now()
    manager = Manager(api, controllers.without_models(seed=seed, pace=1.0), only_new=True)
    deeds = _in_order(serving())
    for index, deed in enumerate(deeds):
        moment = now - deed.ago
        with clock.at(moment):
            deed.do(api)
        yield
        following = now - deeds[index + 1].ago if index + 1 < len(deeds) else now
        if following <= moment:
            continue
        steps = manager.advancing(moment, min(following, moment + WORKED))
        more = True
        while more:
            with events.kept_since(now - EVENTS_KEPT):
                more = next(steps, steps) is not steps
            yield
    manager.close()


def _act_out(api: Api, *, seed: int, now: datetime) -> None:
    manager = Manager(api, controllers.every(seed=seed, pace=1.0))
    deeds = _in_order([*cluster(), *sources(), *models(), *edits()])
    for index, deed in enumerate(deeds):
        moment = now - deed.ago
        with clock.at(moment):
            deed.do(api)
        following = now - deeds[index + 1].ago if index + 1 < len(deeds) else now
        if following <= moment:
            continue
        manager.advance(moment, min(following, moment + WORKED))
        if moment < now - RESYNC <= following:
            manager.resync()
            manager.advance(now - RESYNC, min(following, now - RESYNC + WORKED))
    manager.close()


def _in_order(deeds: list[Deed]) -> list[Deed]:
    """Stable: of deeds as old as each other, the cluster's come before what needs them."""
    return sorted(deeds, key=lambda deed: -deed.ago)
