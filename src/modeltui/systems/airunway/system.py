"""AI Runway, as the registry knows it."""

from __future__ import annotations

from typing import Final

from modeltui.systems.airunway.views import DEPLOYMENTS_VIEW, PROVIDERS_VIEW
from modeltui.systems.protocol import System

AIRUNWAY: Final = System(name="AI Runway", views=(DEPLOYMENTS_VIEW, PROVIDERS_VIEW), home="https://github.com/ai-runway/airunway")
