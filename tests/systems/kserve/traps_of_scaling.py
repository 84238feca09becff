"""Traps of an InferenceService's replicas, and of what decides how many there are."""

from __future__ import annotations

from tests.systems.kserve.kserving import Trap, facts, live, model
from tests.systems.kserve.trapping import NO_SCALING, RAW, STOP, WARNING, P, S

from modeltui.systems.kserve.types import SERVICES

SCALING = [
    Trap("fewer than none", S(model(minReplicas=-1)), S(model(minReplicas=0)), "minReplicas of the predictor is -1", f"{P}.minReplicas"),
    Trap(
        "at most fewer than none",
        S(model(maxReplicas=-1)),
        S(model(maxReplicas=0)),
        "maxReplicas of the predictor is -1",
        f"{P}.maxReplicas",
    ),
    Trap(
        "the wrong way round",
        S(model(minReplicas=3, maxReplicas=2)),
        S(model(minReplicas=3, maxReplicas=0)),
        "is 3 and maxReplicas is 2",
        f"{P}.maxReplicas",
    ),
    Trap(
        "of the transformer",
        S(transformer={"minReplicas": 3, "maxReplicas": 2}),
        S(transformer={"minReplicas": 2, "maxReplicas": 2}),
        "minReplicas of the transformer is 3",
        "spec.transformer.maxReplicas",
    ),
    Trap(
        "zero in Standard",
        S(model(minReplicas=0), annotations=RAW),
        S(model(minReplicas=0)),
        "keeps at least one replica",
        f"{P}.minReplicas",
        WARNING,
    ),
    Trap(
        "canary in Standard",
        S(model(canaryTrafficPercent=10), annotations=RAW),
        S(model(canaryTrafficPercent=10)),
        "canaryTrafficPercent does nothing",
        f"{P}.canaryTrafficPercent",
        WARNING,
    ),
    Trap(
        "stop of another word",
        S(annotations={"serving.kserve.io/stop": "yes"}),
        S(annotations={"serving.kserve.io/stop": "false"}),
        "which stops nothing",
        "metadata.annotations.serving.kserve.io/stop",
        WARNING,
    ),
    Trap(
        "made stopped",
        S(annotations=STOP),
        S(annotations=STOP),
        "It is made with the annotation that stops it",
        "metadata.annotations.serving.kserve.io/stop",
        WARNING,
        otherwise=facts((SERVICES, live())),
    ),
    Trap(
        "an unknown autoscaler",
        S(annotations={"serving.kserve.io/autoscalerClass": "kpa"}),
        S(annotations=NO_SCALING),
        '"kpa" is no autoscaler class',
        "metadata.annotations.serving.kserve.io/autoscalerClass",
    ),
    Trap(
        "an unknown mode",
        S(annotations={"serving.kserve.io/deploymentMode": "Raw"}),
        S(annotations=RAW),
        '"Raw" is no deployment mode',
        "metadata.annotations.serving.kserve.io/deploymentMode",
    ),
    Trap(
        "another mode",
        S(annotations=RAW),
        S(annotations=RAW),
        "cannot be changed to Standard",
        "metadata.annotations.serving.kserve.io/deploymentMode",
        known=facts((SERVICES, live(None, {"deploymentMode": "Serverless"}))),
        otherwise=facts((SERVICES, live(None, {"deploymentMode": "RawDeployment"}))),
    ),
]
