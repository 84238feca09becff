"""Schemas of the built-in kinds, and strategic merge patch, which only they have.

builtin.schema(group, version, kind) -> Schema        rooted; KeyError when the kind is not served
builtin.strategic_merge(schema, live, patch) -> dict
"""
