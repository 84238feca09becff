"""How a ModelDeployment may be called: everything that is made of it is named after it."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from modeltui.domain import Finding, Severity
from modeltui.systems.airunway.reading import provider_of
from modeltui.systems.airunway.types import DYNAMO, ModelDeployment
from modeltui.systems.core.names import LONGEST_LABEL, name_sentence
from modeltui.systems.dynamo.types import GROVE_SETS
from modeltui.systems.protocol import Facts

LONGEST: Final = 21
"""With Dynamo on Grove: the graph has this name, and its workers are called by AI Runway, up to the 45 characters that Grove counts."""
_FIELD: Final = "metadata.name"


def of_deployment(deployment: ModelDeployment, facts: Facts) -> Iterator[Finding]:
    name = deployment.metadata.name
    if problem := name_sentence(name):
        yield Finding(Severity.ERROR, problem, "Choose another one.", _FIELD)
        return
    if "." in name:
        reason = f'The name "{name}" has a dot, which AI Runway refuses: the names of volumes and Services are made of it.'
        yield Finding(Severity.ERROR, reason, f'Write "-" in place of it: {name.replace(".", "-")}.', _FIELD)
    elif name[0].isdigit():
        reason = f'The name "{name}" begins with a digit: the Service named after it would be refused by most clusters.'
        yield Finding(Severity.ERROR, reason, "Begin with a letter.", _FIELD)
    provider = provider_of(deployment)
    if len(name) > LONGEST_LABEL:
        reason = f"The name has {len(name)} characters: what is made of it carries it as a label, which takes {LONGEST_LABEL}."
        yield Finding(Severity.ERROR, reason, "Choose a shorter one.", _FIELD)
    elif len(name) > LONGEST and provider in ("", DYNAMO):
        sure = provider == DYNAMO and facts.known(GROVE_SETS, deployment.metadata.namespace)
        when = "" if sure else "Where Dynamo runs it on Grove: "
        yield Finding(
            Severity.ERROR if sure else Severity.WARNING,
            f"{when}the name has {len(name)} characters, and with the names of the workers Grove takes {LONGEST}.",
            f"Keep it to {LONGEST} characters.",
            _FIELD,
        )
