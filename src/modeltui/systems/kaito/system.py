"""KAITO, as the registry lists it."""

from __future__ import annotations

from typing import Final

from modeltui.systems.kaito.views import SETS_VIEW, WORKSPACES_VIEW
from modeltui.systems.protocol import System

KAITO: Final = System(name="KAITO", views=(SETS_VIEW, WORKSPACES_VIEW), home="https://kaito-project.github.io/kaito/")
