"""Who owns which field: server-side apply and managedFields. Pure functions; nothing here mutates what it is given."""

from modeltui.demo.ownership.checking import fits
from modeltui.demo.ownership.conflicts import ApplyConflict, BadApply, Conflict, TypedPatchError
from modeltui.demo.ownership.managed import ALL_BUT_STATUS, STATUS, apply, keep_times, update

__all__ = ["ALL_BUT_STATUS", "STATUS", "ApplyConflict", "BadApply", "Conflict", "TypedPatchError", "apply", "fits", "keep_times", "update"]
