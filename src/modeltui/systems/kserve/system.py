"""KServe, as the registry lists it."""

from __future__ import annotations

from typing import Final

from modeltui.systems.kserve.views import CACHES_VIEW, CLUSTER_RUNTIMES_VIEW, LLM_VIEW, RUNTIMES_VIEW, SERVICES_VIEW
from modeltui.systems.protocol import System

KSERVE: Final = System(
    name="KServe",
    views=(SERVICES_VIEW, LLM_VIEW, RUNTIMES_VIEW, CLUSTER_RUNTIMES_VIEW, CACHES_VIEW),
    home="https://kserve.github.io/website/",
)
