"""Schemas of the built-in kinds, and strategic merge patch, which only they have. Pure functions; nothing is served here."""

from modeltui.demo.builtin.kinds import KINDS, schema
from modeltui.demo.builtin.strategic import BadPatch, UnmergeablePatch, strategic_merge

__all__ = ["KINDS", "BadPatch", "UnmergeablePatch", "schema", "strategic_merge"]
