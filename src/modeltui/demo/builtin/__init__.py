"""Schemas of the built-in kinds, and strategic merge patch, which only they have. Pure functions; nothing is served here."""

from modeltui.demo.builtin.kinds import KINDS, schema

__all__ = ["KINDS", "schema"]
