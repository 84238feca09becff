"""Label selectors: which labels a LabelSelector matches, and how `kubectl -l` would spell it.

Source: https://kubernetes.io/docs/concepts/overview/working-with-objects/labels/
"""

from __future__ import annotations

from collections.abc import Mapping

from modeltui.systems.core.names import is_label_key, is_label_value
from modeltui.systems.core.types import LabelSelector, LabelSelectorRequirement


def matches(selector: LabelSelector, labels: Mapping[str, str]) -> bool:
    """Whether all of the selector's requirements hold; an empty selector matches everything."""
    return all(labels.get(key) == value for key, value in selector.match_labels.items()) and all(
        _holds(requirement, labels) for requirement in selector.match_expressions
    )


def _holds(requirement: LabelSelectorRequirement, labels: Mapping[str, str]) -> bool:
    match requirement.operator:
        case "In":
            return labels.get(requirement.key) in requirement.values
        case "NotIn":
            return labels.get(requirement.key) not in requirement.values
        case "Exists":
            return requirement.key in labels
        case "DoesNotExist":
            return requirement.key not in labels
    return False


def text(selector: LabelSelector) -> str:
    """As `kubectl get -l` takes it; "" for the empty selector."""
    parts = [f"{key}={value}" for key, value in sorted(selector.match_labels.items())]
    parts += [_requirement_text(requirement) for requirement in selector.match_expressions]
    return ",".join(parts)


def _requirement_text(requirement: LabelSelectorRequirement) -> str:
    match requirement.operator:
        case "In" | "NotIn":
            return f"{requirement.key} {requirement.operator.lower()} ({','.join(requirement.values)})"
        case "Exists":
            return requirement.key
        case "DoesNotExist":
            return f"!{requirement.key}"
    return f"{requirement.key} {requirement.operator}?"


def problem(selector: LabelSelector) -> str:
    """Why nothing can evaluate it, as a sentence without its end; "" when it is sound."""
    for key, value in selector.match_labels.items():
        if not is_label_key(key):
            return f'"{key}" cannot be the key of a label'
        if not is_label_value(value):
            return f'"{value}" cannot be the value of a label (at most 63 letters, digits, "-", "_" and ".")'
    return next(filter(None, map(_requirement_problem, selector.match_expressions)), "")


def _requirement_problem(requirement: LabelSelectorRequirement) -> str:
    if not is_label_key(requirement.key):
        return f'"{requirement.key}" cannot be the key of a label'
    if requirement.operator in ("In", "NotIn") and not requirement.values:
        return f'operator {requirement.operator} on "{requirement.key}" needs values'
    if requirement.operator in ("Exists", "DoesNotExist") and requirement.values:
        return f'operator {requirement.operator} on "{requirement.key}" takes no values'
    if requirement.operator not in ("In", "NotIn", "Exists", "DoesNotExist"):
        return f'"{requirement.operator}" is no operator; there are In, NotIn, Exists and DoesNotExist'
    wrong = next((value for value in requirement.values if not is_label_value(value)), None)
    return "" if wrong is None else f'"{wrong}" cannot be the value of a label'
