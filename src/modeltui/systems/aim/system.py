"""AIM Engine, as the registry lists it."""

from __future__ import annotations

from typing import Final

from modeltui.systems.aim.views import SERVICES_VIEW
from modeltui.systems.protocol import System

AIM: Final = System(name="AIM Engine", views=(SERVICES_VIEW,), home="https://github.com/amd-enterprise-ai/aim-engine")
