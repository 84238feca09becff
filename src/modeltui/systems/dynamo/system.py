"""NVIDIA Dynamo, as the registry knows it."""

from __future__ import annotations

from typing import Final

from modeltui.systems.dynamo.views import ADAPTERS_VIEW, GRAPHS_VIEW, MODELS_VIEW, REQUESTS_VIEW
from modeltui.systems.protocol import System

DYNAMO: Final = System(
    name="NVIDIA Dynamo",
    views=(GRAPHS_VIEW, REQUESTS_VIEW, MODELS_VIEW, ADAPTERS_VIEW),
    home="https://docs.nvidia.com/dynamo/",
)
