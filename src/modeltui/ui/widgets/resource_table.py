"""The live table, under the name that the rest of the console knows; it is built in `modeltui.ui.table`."""

from modeltui.ui.table.cadence import frames_per_second
from modeltui.ui.table.messages import Counts
from modeltui.ui.table.widget import ResourceTable

__all__ = ["Counts", "ResourceTable", "frames_per_second"]
