"""Label selectors of Models and Datasets, and which versions of a Model are shared. Pure."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from modeltui.demo.errors import Object


def selected(selector: Object, labels: Mapping[str, str]) -> bool:
    """Whether a LabelSelector, {matchLabels, matchExpressions}, takes these labels; an empty one takes all."""
    if any(labels.get(key) != value for key, value in (selector.get("matchLabels") or {}).items()):
        return False
    return all(_holds(each, labels) for each in selector.get("matchExpressions") or [])


def _holds(requirement: Object, labels: Mapping[str, str]) -> bool:
    key, values = requirement["key"], requirement.get("values") or []
    match requirement["operator"]:
        case "In":
            return labels.get(key) in values
        case "NotIn":
            return labels.get(key) not in values
        case "Exists":
            return key in labels
        case "DoesNotExist":
            return key not in labels
    return False


def shares(model: Object) -> Iterator[Object]:
    """The share settings of the versions that are shared."""
    for version in model["spec"]["versions"]:
        share = version.get("share") or {}
        if share.get("enabled"):
            yield share
