"""The controllers of the serving systems, behaving as the real ones do; each works only where its kind is served.

They make Deployments, StatefulSets, Jobs, Services and claims, and read what becomes of those; nothing here knows how a Pod comes to run.
"""

from __future__ import annotations

from modeltui.demo.controllers.controller import Controller
from modeltui.demo.controllers.serving.dynamo_graph import Graphs
from modeltui.demo.controllers.serving.inferenceservice import InferenceServices


def every(*, pace: float) -> list[Controller]:
    """One of each. `pace`: seconds of cluster time in a real second."""
    return [InferenceServices(), Graphs()]
