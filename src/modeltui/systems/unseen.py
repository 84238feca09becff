"""Why something is unknown, in words: a list that was denied is never taken for an empty one. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from modeltui.kube.errors import Forbidden, NotFound
from modeltui.kube.resource import Resource
from modeltui.systems.protocol import Unseen

MOST: Final = 10
"""Names in one sentence."""


def why_not(unseen: Unseen, resource: Resource, namespace: str) -> str:
    """As the end of a sentence: "pods in namespace a may not be listed"."""
    where = f" in namespace {namespace}" if namespace else " in all namespaces" if resource.namespaced else ""
    match unseen.get((resource, namespace)):
        case None:
            return f"{resource.plural}{where} have not been listed"
        case Forbidden():
            return f"{resource.plural}{where} may not be listed"
        case NotFound():
            return f"the server does not know {resource.group_resource}"
        case error:
            return f"{resource.plural}{where} could not be listed ({str(error).rstrip('.')})"


def listed(names: Sequence[str]) -> str:
    """ "a, b and 3 more"."""
    more = len(names) - MOST
    return f"{', '.join(names[:MOST])} and {more} more" if more > 0 else ", ".join(names)
