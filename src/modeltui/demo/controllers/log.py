"""What a controller writes to its Pod's log when a step fails: for many errors of modelfs the only place that says so."""

from __future__ import annotations

import json
from typing import Final

from modeltui.demo import clock
from modeltui.demo.api import Api
from modeltui.demo.controllers.controller import Controller
from modeltui.demo.controllers.kinds import PODS
from modeltui.demo.controllers.queue import Key

HOMES: Final = {
    "modelfs-controller": ("modelfs-system", "app.kubernetes.io/name=modelfs"),
    "dataset-controller": ("dataset-system", "app.kubernetes.io/name=dataset"),
}
"""Where the Pods of these controllers run: namespace and labels."""


def report(api: Api, controller: Controller, key: Key, problem: str) -> None:
    """One line in the way of controller-runtime; nothing where the controller has no Pod of its own."""
    home = HOMES.get(controller.name)
    if home is None:
        return
    kind = type(controller).__name__.removesuffix("s")
    fields = {"controller": kind.lower(), "controllerKind": kind, "namespace": key[0], "name": key[1], "error": problem}
    line = f"{clock.stamp(clock.now())}\tERROR\tReconciler error\t{json.dumps(fields, ensure_ascii=False)}"
    for pod in api.list(PODS, namespace=home[0], labels=home[1]):
        api.logs.append(home[0], pod["metadata"]["name"], pod["spec"]["containers"][0]["name"], line)
