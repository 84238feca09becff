"""Serving what CustomResourceDefinitions define: a definition that is stored is a kind that is served, until it goes."""

from __future__ import annotations

from modeltui.demo.core import Core, storage_target
from modeltui.demo.crd_loading import kind_of
from modeltui.demo.kinds import Kind, Target
from modeltui.demo.storage import Stored

RESOURCE = "customresourcedefinitions.apiextensions.k8s.io"


def follow(core: Core) -> None:
    """From now on every definition that comes, changes or goes changes what is served."""

    def noted(target: Target, stored: Stored, change: str) -> None:
        if target.kind.resource != RESOURCE:
            return
        if change == "DELETED":
            kind = core.registry.kind(stored.name)
            if kind is not None:
                _drop(core, kind)
            return
        kind = kind_of(stored.decode())
        core.registry.add(kind)
        core.storage.bucket(kind.resource)

    core.after_commit.append(noted)


def _drop(core: Core, kind: Kind) -> None:
    """The objects go first, so that their watchers and dependents notice."""
    target = storage_target(Target(kind, kind.versions[0]))
    for key in tuple(core.storage.bucket(kind.resource).keys):
        core.remove(target, key)
    core.registry.remove(kind.resource)
    core.storage.drop(kind.resource)
