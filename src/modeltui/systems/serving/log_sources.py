"""Whose logs are a deployment's: those of its pods, as they come and go."""

from __future__ import annotations

from collections.abc import Sequence

from modeltui.kube.log_targets import SelectedPods, selected_pods
from modeltui.kube.pod_facts import LogPod
from modeltui.systems.core.types import Pod
from modeltui.systems.protocol import View


def logs_of(namespace: str, deployments: Sequence[tuple[View, str]]) -> SelectedPods:
    """`deployments`: each its view and its name, all in `namespace`. Pods are told by their labels and owners, as everywhere."""

    def keep(pod: LogPod) -> bool:
        labelled = Pod(metadata=pod.metadata)
        return any(view.serves is not None and name in view.serves.pods(labelled) for view, name in deployments)

    return selected_pods(namespace, "", keep)
