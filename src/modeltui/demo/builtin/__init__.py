"""Schemas of the built-in kinds, and strategic merge patch, which only they have. Pure functions; nothing is served here."""

from modeltui.demo.builtin.kinds import KINDS, MODEL, model_schema, schema
from modeltui.demo.builtin.models import Model
from modeltui.demo.builtin.strategic import BadPatch, UnmergeablePatch, strategic_merge

__all__ = ["KINDS", "MODEL", "BadPatch", "Model", "UnmergeablePatch", "model_schema", "schema", "strategic_merge"]
