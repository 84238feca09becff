"""The Secrets of a graph: that they are there, with what is read of them, and that no token stands in the graph itself."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Final

from modeltui.domain import Finding, Severity
from modeltui.redaction import is_secret_key
from modeltui.systems.core.secrets import SECRETS, Secret
from modeltui.systems.dynamo.parts import AnyGraph, Part
from modeltui.systems.protocol import Facts
from modeltui.systems.serving import known
from modeltui.systems.serving.command_line import models_of
from modeltui.systems.serving.subjects import NO_TOKEN, no_secret

TOKENS: Final = ("HF_TOKEN", "HUGGING_FACE_HUB_TOKEN")
"""Variables in which a Hub's client looks for its token. A Secret that is taken whole gives its keys these names."""


def of_graph(graph: AnyGraph, parts: Sequence[Part], facts: Facts) -> Iterator[Finding]:
    namespace = graph.metadata.namespace
    for name in dict.fromkeys(secret for part in parts for secret in part.secrets):
        using = [part for part in parts if name in part.secrets]
        secret = facts.get(SECRETS, namespace, name)
        if secret is None and facts.known(SECRETS, namespace):
            yield Finding(
                Severity.ERROR,
                f"There is no Secret {name} in namespace {namespace}, so that the pods of {_names(using)} are not started "
                "(CreateContainerConfigError).",
                "Create it there; every namespace needs its own.",
                using[0].at("secrets"),
                subject=no_secret(name),
            )
    for part in parts:
        yield from _in_clear(part)
        if part.works:
            yield from _token(part, namespace, facts)


def _token(part: Part, namespace: str, facts: Facts) -> Iterator[Finding]:
    gated = [model for model in models_of(part.line) if known.is_gated(model)]
    if not gated or any(name in part.env for name in TOKENS):
        return
    secrets = [secret for name in part.secrets if isinstance(secret := facts.get(SECRETS, namespace, name), Secret)]
    seen = len(secrets) == len(part.secrets)
    if part.secrets and not (seen and not any(key in TOKENS for secret in secrets for key in secret.keys)):
        return
    has = f"; Secret {', '.join(part.secrets)} holds neither {' nor '.join(TOKENS)}" if part.secrets else ""
    yield Finding(
        Severity.ERROR,
        f"{gated[0]} is gated on the Hub, and {part.name} gets no token{has}, so it cannot fetch the model.",
        "Accept the model's terms, put a token as HF_TOKEN into a Secret of this namespace, and take it in with envFrom.",
        part.at("secrets"),
        subject=NO_TOKEN,
    )


def _in_clear(part: Part) -> Iterator[Finding]:
    for variable in part.env.values():
        if variable.value and variable.value_from is None and is_secret_key(variable.name):
            yield Finding(
                Severity.WARNING,
                f"{part.name}: the value of {variable.name} stands in the graph itself, for all who may read graphs.",
                "Put it into a Secret, and refer to that with valueFrom or envFrom.",
                part.at("env"),
            )


def _names(parts: Sequence[Part]) -> str:
    return ", ".join(part.name for part in parts)
