"""NVIDIA Dynamo, as the registry knows it."""

from __future__ import annotations

from typing import Final

from modeltui.systems.dynamo.views import GRAPHS_VIEW
from modeltui.systems.protocol import System

DYNAMO: Final = System(name="NVIDIA Dynamo", views=(GRAPHS_VIEW,), home="https://docs.nvidia.com/dynamo/")
