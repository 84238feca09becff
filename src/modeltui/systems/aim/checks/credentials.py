"""Secrets that are named, and what stands in clear."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator
from typing import Final

from modeltui.domain import Finding, Severity
from modeltui.redaction import is_secret_key, redact_text
from modeltui.systems.core.secrets import SECRETS, Secret
from modeltui.systems.core.types import Env, Named
from modeltui.systems.protocol import Facts
from modeltui.systems.secrets import respelled
from modeltui.systems.serving.subjects import no_secret

PULL_TYPES: Final = ("kubernetes.io/dockerconfigjson", "kubernetes.io/dockercfg")
SYSTEM_NAMESPACE: Final = "aim-system"
"""Where AIM Engine usually runs, and looks for the Secrets of cluster-wide kinds."""


def variables(env: Iterable[Env], namespace: str, facts: Facts, field: str) -> Iterator[Finding]:
    """`namespace`: "" for a cluster-wide kind, whose Secrets are in the namespace of AIM Engine itself."""
    found = list(env)
    for name, times in Counter(variable.name for variable in found).items():
        if times > 1:
            reason = f"Variable {name} stands {times} times, so the API server refuses it."
            yield Finding(Severity.ERROR, reason, "Leave one of them.", field)
    if not namespace:
        yield from _anywhere(found, field)
    for place, variable in enumerate(found):
        where = f"{field}[{place}]"
        if (is_secret_key(variable.name) and variable.value) or redact_text(variable.value) != variable.value:
            reason = f"Variable {variable.name} holds a secret in clear, readable by whoever may read the object."
            yield Finding(Severity.WARNING, reason, "Put it into a Secret, and refer to it with valueFrom.secretKeyRef.", f"{where}.value")
        named = variable.value_from.secret_key_ref if variable.value_from is not None else None
        if named is None or named.optional or not namespace or not facts.known(SECRETS, namespace):
            continue
        secret = facts.get(SECRETS, namespace, named.name)
        if secret is None:
            reason = f'Variable {variable.name} comes from Secret "{named.name}", which is not in namespace {namespace}.'
            yield Finding(Severity.ERROR, reason, "Create it, or correct the name.", f"{where}.valueFrom.secretKeyRef.name")
        elif isinstance(secret, Secret) and named.key not in secret.keys:
            said = respelled(secret.keys, (named.key,))
            has = ", ".join(secret.keys) or "no keys"
            yield Finding(
                Severity.ERROR,
                f'Variable {variable.name} comes from key "{named.key}" of Secret "{named.name}", which has {has}.',
                f"Write {said[0]}." if said else "Correct the key, or add it to the Secret.",
                f"{where}.valueFrom.secretKeyRef.key",
            )


def _anywhere(env: Iterable[Env], field: str) -> Iterator[Finding]:
    refs = [variable.value_from.secret_key_ref for variable in env if variable.value_from is not None]
    names = list(dict.fromkeys(ref.name for ref in refs if ref is not None and ref.name))
    if names:
        yield Finding(
            Severity.INFO,
            f"Variables come from Secret{'s' if len(names) > 1 else ''} {', '.join(names)}, and what is cluster-wide has no namespace: "
            f"pods and downloads look in that of each service, AIM Engine itself in its own, usually {SYSTEM_NAMESPACE}.",
            "Have the Secret in each of them, or set the variable in an AIMRuntimeConfig of the namespace.",
            field,
        )


def pull_secrets(named: Iterable[Named], namespace: str, facts: Facts, field: str = "spec.imagePullSecrets") -> Iterator[Finding]:
    found = [one.name for one in named if one.name]
    if found and not namespace:
        reason = f"AIM Engine looks for {', '.join(found)} in its own namespace, usually {SYSTEM_NAMESPACE}."
        yield Finding(Severity.INFO, reason, "Create them there.", field)
        return
    for place, name in enumerate(found):
        if not facts.known(SECRETS, namespace):
            return
        secret = facts.get(SECRETS, namespace, name)
        if secret is None:
            reason = f'There is no Secret "{name}" in namespace {namespace}: images are pulled without it.'
            yield Finding(Severity.WARNING, reason, "Create it, or correct the name.", f"{field}[{place}].name", subject=no_secret(name))
        elif isinstance(secret, Secret) and secret.type and secret.type not in PULL_TYPES:
            reason = f'Secret "{name}" is of type {secret.type}, with which no image can be pulled.'
            yield Finding(Severity.WARNING, reason, f"Name one of type {PULL_TYPES[0]}.", f"{field}[{place}].name")
