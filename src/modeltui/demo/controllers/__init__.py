"""The controllers of the embedded cluster: modelfs, Dataset and the serving systems as they really behave, and as much of Kubernetes as
they need.

Started by `modeltui.demo.world`, or by themselves: `await controllers.run(api, seed=7, pace=1.0)` works until cancelled.
Who follows whom: modelsource, model -> dataset -> job -> kubelet, and storage beside; replicas for the Deployments.
"""

from __future__ import annotations

from modeltui.demo.api import Api
from modeltui.demo.controllers import serving
from modeltui.demo.controllers.controller import Controller
from modeltui.demo.controllers.dataset import Datasets
from modeltui.demo.controllers.deployments import Deployments
from modeltui.demo.controllers.endpoints import Services
from modeltui.demo.controllers.job import Jobs
from modeltui.demo.controllers.kubelet import Kubelets
from modeltui.demo.controllers.manager import Manager
from modeltui.demo.controllers.model import Models
from modeltui.demo.controllers.modelsource import ModelSources
from modeltui.demo.controllers.quota import Quotas
from modeltui.demo.controllers.replicas import ReplicaSets
from modeltui.demo.controllers.scheduler import Scheduler
from modeltui.demo.controllers.statefulset import StatefulSets
from modeltui.demo.controllers.storage import Claims, Volumes


def every(*, seed: int, pace: float) -> list[Controller]:
    """One of each. `pace`: seconds of cluster time in a real second."""
    return [ModelSources(), Models(), Datasets(), *without_models(seed=seed, pace=pace)]


def without_models(*, seed: int, pace: float) -> list[Controller]:
    """Kubernetes and the serving systems: those for whom Models, their sources and Datasets are nothing to work on."""
    kubernetes: list[Controller] = [
        Claims(pace=pace),
        Volumes(),
        Jobs(seed=seed, pace=pace),
        Deployments(pace=pace),
        ReplicaSets(seed=seed, pace=pace),
        StatefulSets(pace=pace),
        Services(),
        Quotas(),
        Scheduler(pace=pace),
        Kubelets(seed=seed, pace=pace),
    ]
    return serving.every(pace=pace) + kubernetes


async def run(api: Api, *, seed: int = 7, pace: float = 1.0) -> None:
    """Works on whatever there is until cancelled."""
    await Manager(api, every(seed=seed, pace=pace), pace=pace).run()
