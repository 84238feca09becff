"""The NVIDIA NIM operator, as the registry lists it."""

from __future__ import annotations

from typing import Final

from modeltui.systems.nim_operator.views import CACHES_VIEW, SERVICES_VIEW
from modeltui.systems.protocol import System

NIM_OPERATOR: Final = System(
    name="NVIDIA NIM operator", views=(SERVICES_VIEW, CACHES_VIEW), home="https://docs.nvidia.com/nim-operator/latest/"
)
