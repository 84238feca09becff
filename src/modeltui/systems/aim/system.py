"""AIM Engine, as the registry lists it."""

from __future__ import annotations

from typing import Final

from modeltui.systems.aim.views import VIEWS
from modeltui.systems.protocol import System

AIM: Final = System(name="AIM Engine", views=VIEWS, home="https://github.com/amd-enterprise-ai/aim-engine")
