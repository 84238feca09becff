"""Whose logs are a deployment's: those of its pods, as they come and go."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from modeltui.kube.log_targets import SelectedPods, selected_pods
from modeltui.kube.objects import Undecodable
from modeltui.kube.pod_facts import LogPod
from modeltui.systems.core.types import Pod
from modeltui.systems.protocol import Facts, IndexFunction, View


def logs_of(namespace: str, deployments: Sequence[tuple[View, str]], facts: Facts) -> SelectedPods:
    """`deployments`: each its view and its name, all in `namespace`. Pods are told by their labels and owners, as everywhere; `facts` know
    what a deployment had others make, whose pods are its own."""
    signs = [sign for view, name in deployments for sign in _signs(view, namespace, name, facts)]

    def keep(pod: LogPod) -> bool:
        labelled = Pod(metadata=pod.metadata)
        return any(name in names(labelled) for names, name in signs)

    return selected_pods(namespace, "", keep)


def _signs(view: View, namespace: str, name: str, facts: Facts) -> Iterable[tuple[IndexFunction, str]]:
    if view.serves is None:
        return
    yield view.serves.pods, name
    obj = facts.get(view.resource, namespace, name)
    if obj is not None and not isinstance(obj, Undecodable):
        yield from view.serves.made(obj, facts)
