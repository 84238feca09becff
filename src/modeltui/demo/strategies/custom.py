"""Custom resources: everything special about them stands in their schema."""

from __future__ import annotations

from modeltui.demo.strategies.base import Strategy


class CustomResources(Strategy):
    counts_generation = True
    unconditional_update = False
