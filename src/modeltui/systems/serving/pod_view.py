"""The table of pods, with the deployment that each belongs to."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from typing import Any

from modeltui.domain import Row
from modeltui.systems.core.types import PODS, Pod
from modeltui.systems.protocol import Facts, View
from modeltui.systems.serving.pods import POD_COLUMNS, pod_row


def pods_view(serving: Callable[[], Sequence[View]]) -> View:
    """`serving`: the views of kinds that serve models, asked when a row is made, since the registry is not whole before."""

    def row(pod: Any, facts: Facts) -> Row:
        return pod_row(pod, deployment=", ".join(deployments_of(pod, serving())) or None)

    return View(
        name="pods",
        title="Pods",
        aliases=("pod", "po"),
        resource=PODS,
        type=Pod,
        columns=POD_COLUMNS,
        detail="pod",
        row=row,
    )


def deployments_of(pod: Pod, serving: Iterable[View]) -> list[str]:
    """Names of what it belongs to, each once: what one system made of another's has mostly the same name."""
    return list(dict.fromkeys(name for view in serving if view.serves is not None for name in view.serves.pods(pod)))
