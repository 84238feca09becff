"""The Secret with the Hub's token: every namespace needs its own, and nobody creates it."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from modeltui.domain import Finding, Severity
from modeltui.redaction import is_secret_key
from modeltui.systems.airunway.reading import secrets_of
from modeltui.systems.airunway.types import TOKEN_KEY, TOKEN_SECRET, ModelDeployment
from modeltui.systems.core.secrets import SECRETS, Secret
from modeltui.systems.protocol import Facts
from modeltui.systems.serving import known
from modeltui.systems.serving.subjects import NO_TOKEN, no_secret

_FIELD: Final = "spec.secrets.huggingFaceToken"
_TOKENS: Final = (TOKEN_KEY, "HUGGING_FACE_HUB_TOKEN")


def of_deployment(deployment: ModelDeployment, facts: Facts) -> Iterator[Finding]:
    spec, namespace = deployment.spec, deployment.metadata.namespace
    for name in secrets_of(deployment):
        field = _FIELD if name == spec.secrets.hugging_face_token else "spec.env"
        secret = facts.get(SECRETS, namespace, name)
        if secret is None and facts.known(SECRETS, namespace):
            yield Finding(
                Severity.ERROR,
                f"There is no Secret {name} in namespace {namespace}, so that its pods are not started: AI Runway creates none.",
                f"Create it there, with key {TOKEN_KEY}." if field == _FIELD else "Create it there.",
                field,
                subject=no_secret(name),
            )
        elif isinstance(secret, Secret) and field == _FIELD and TOKEN_KEY not in secret.keys:
            has = ", ".join(secret.keys) or "nothing"
            reason = f"Secret {name} has no key {TOKEN_KEY}, which is what the engines read; it has {has}."
            yield Finding(Severity.ERROR if known.is_gated(spec.model.id) else Severity.WARNING, reason, "Add that key.", field)
    if known.is_gated(spec.model.id) and not spec.secrets.hugging_face_token and not any(one.name in _TOKENS for one in spec.env):
        yield Finding(
            Severity.ERROR,
            f"{spec.model.id} is gated on the Hub, and the deployment names no token, so it cannot be fetched.",
            f"Accept the model's terms, create Secret {TOKEN_SECRET} with key {TOKEN_KEY}, and name it in secrets.huggingFaceToken.",
            _FIELD,
            subject=NO_TOKEN,
        )
    for variable in spec.env:
        if variable.value and variable.value_from is None and is_secret_key(variable.name):
            reason = f"The value of {variable.name} stands in the deployment itself, for all who may read deployments."
            yield Finding(Severity.WARNING, reason, "Put it into a Secret, and refer to that with valueFrom.", "spec.env")
