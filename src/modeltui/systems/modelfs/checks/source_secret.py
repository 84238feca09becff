"""The Secret of a ModelSource: whether it is there, what of it is read, and where its values end up."""

from __future__ import annotations

from collections.abc import Iterator

from modeltui.domain import Finding, Severity
from modeltui.systems.core.names import name_problem, quoted
from modeltui.systems.core.secrets import SECRETS, Secret
from modeltui.systems.dataset.options import READABLE_KEY, unreadable
from modeltui.systems.modelfs.types import UNUSABLE_TYPES, ModelSource
from modeltui.systems.protocol import Facts
from modeltui.systems.secrets import keys_read, respelled

_FIELD = "spec.secretRef"


def leak(source: ModelSource) -> Iterator[Finding]:
    """Its values go where they should not, and do not go where they should."""
    if not source.spec.secret_ref:
        return
    yield Finding(
        Severity.WARNING,
        f'Every value of Secret "{source.spec.secret_ref}" is copied in clear into spec.source.options of the Datasets made from it.',
        "Whoever may read Datasets in this namespace can read it: use a token that can do little.",
        _FIELD,
    )
    yield Finding(
        Severity.WARNING,
        "The loader reads credentials only from a mounted Secret, and modelfs mounts none: what needs them (a gated or private "
        "repository, a private bucket) cannot be fetched through modelfs.",
        "Make the Dataset itself, with spec.secretRef.",
        _FIELD,
    )


def presence(source: ModelSource, facts: Facts) -> Iterator[Finding]:
    name, namespace = source.spec.secret_ref, source.metadata.namespace
    if not name:
        return
    if problem := name_problem(name):
        yield Finding(Severity.ERROR, f"{quoted(name)} cannot be the name of a Secret, since it {problem}.", "Correct it.", _FIELD)
        return
    secret = facts.get(SECRETS, namespace, name)
    if secret is None and facts.known(SECRETS, namespace):
        yield Finding(
            Severity.ERROR, f'There is no Secret "{name}" in namespace {namespace}.', "Create it, or correct spec.secretRef.", _FIELD
        )
    elif isinstance(secret, Secret) and not secret.keys:
        yield Finding(Severity.ERROR, f'Secret "{name}" is empty, which modelfs refuses.', "Give it a key.", _FIELD)


def keys(source: ModelSource, facts: Facts) -> Iterator[Finding]:
    """Names of keys only; no value is known here."""
    name, kind = source.spec.secret_ref, source.spec.type
    secret = facts.get(SECRETS, source.metadata.namespace, name) if name else None
    if not isinstance(secret, Secret) or not secret.keys or kind in UNUSABLE_TYPES:
        return
    if stopping := unreadable(secret.keys):
        verb = "stops" if len(stopping) == 1 else "stop"
        yield Finding(
            Severity.ERROR,
            f'The {_keys(stopping)} of Secret "{name}" {verb} the loader: modelfs passes each on as an option, and a key may hold only '
            'letters, digits and "_".',
            "Take such keys out of it; what needs them cannot be fetched through modelfs, only by a Dataset with spec.secretRef.",
            _FIELD,
        )
    read = keys_read(kind)
    harmless = [key for key in read if READABLE_KEY.fullmatch(key)]  # no advice to add one that stops the loader
    if harmless and not set(read) & set(secret.keys):
        said = respelled(secret.keys, harmless)
        yield Finding(
            Severity.WARNING,
            f'Secret "{name}" has none of the keys that type {kind} reads ({", ".join(read)}); it has {", ".join(secret.keys)}.',
            f"Spell {said[0]} as {said[1]}." if said else "Add the key that is read.",
            _FIELD,
        )
    elif not read:
        yield Finding(Severity.WARNING, f"Type {kind} reads no Secret.", "Leave spec.secretRef out, so that nothing is copied.", _FIELD)


def _keys(names: list[str]) -> str:
    return f"key {names[0]}" if len(names) == 1 else f"keys {', '.join(names)}"
