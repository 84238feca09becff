"""The lists from which something is chosen before an operation can be done: `Operation.chooses` -> the screen."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, Final

from modeltui.systems.kserve import activating
from modeltui.ui.connection import Cluster
from modeltui.ui.screens.activate import ActivateScreen
from modeltui.ui.screens.base import ConsoleScreen

CHOOSERS: Final[Mapping[str, Callable[[Cluster, Any], ConsoleScreen]]] = {activating.CHOOSES: ActivateScreen}
"""(the cluster, the object that it is about) -> the screen."""
