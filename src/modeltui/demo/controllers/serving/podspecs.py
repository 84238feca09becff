"""Putting Pod specs together as the operators do. Pure."""

from __future__ import annotations

from collections.abc import Iterable

from modeltui.demo.errors import Object


def by_name(*lists: Iterable[Object] | None, key: str = "name") -> list[Object]:
    """Items of several lists, the later one of the same name in the place of the earlier."""
    found: dict[str, Object] = {}
    for each in (item for items in lists for item in items or []):
        found[each[key]] = each
    return list(found.values())


def env(name: str, value: str) -> Object:
    return {"name": name, "value": value}


def env_from_secret(name: str, secret: str, key: str) -> Object:
    return {"name": name, "valueFrom": {"secretKeyRef": {"name": secret, "key": key}}}


def given(**fields: object) -> Object:
    """Only what is there: an operator leaves out what nobody asked for."""
    return {key: value for key, value in fields.items() if value not in (None, "", [], {})}


def gpus(resources: Object | None) -> int:
    """How many devices a container asks for, whoever makes them."""
    both = {**((resources or {}).get("requests") or {}), **((resources or {}).get("limits") or {})}
    return sum(int(count) for name, count in both.items() if "gpu" in name and str(count).isdecimal())
