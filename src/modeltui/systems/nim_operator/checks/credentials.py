"""The keys that the NIM operator reads of a Secret: others are not looked for, and the pod does not start without them."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Final

from modeltui.domain import Finding, Severity
from modeltui.systems.core.secrets import SECRETS, Secret
from modeltui.systems.core.types import Env
from modeltui.systems.nim_operator.types import NIMCache, NIMService
from modeltui.systems.protocol import Facts
from modeltui.systems.serving import uris

NGC: Final = "NGC_API_KEY"
HUB: Final = "HF_TOKEN"
_MIRROR: Final = "NIM_REPOSITORY_OVERRIDE"
"""Variable that has weights fetched from elsewhere, with credentials of another kind."""


def of_service(service: NIMService, facts: Facts) -> Iterator[Finding]:
    spec = service.spec
    if not spec.auth_secret:
        yield Finding(
            Severity.WARNING,
            "It names no authSecret, which NIM operators up to 3.1.0 refuse; newer ones take it for an air-gapped cluster.",
            f"Name a Secret with the key {NGC}, unless weights and image need none.",
            "spec.authSecret",
        )
        return
    model = next((one.value for one in spec.env if one.name == "NIM_MODEL_NAME"), "")
    wanted = (HUB, NGC) if uris.scheme(model) == "hf" else (NGC,)
    if not _mirrored(spec.env):
        yield from _key(spec.auth_secret, wanted, service.metadata.namespace, facts, "spec.authSecret")


def of_cache(cache: NIMCache, facts: Facts) -> Iterator[Finding]:
    source, namespace = cache.spec.source, cache.metadata.namespace
    for name, one, key in (("ngc", source.ngc, NGC), ("hf", source.hf, HUB), ("dataStore", source.data_store, HUB)):
        if one is None:
            continue
        field = f"spec.source.{name}.authSecret"
        if not one.auth_secret:
            yield Finding(
                Severity.ERROR, "It names no authSecret, without which a NIMCache is refused.", f"Name a Secret with the key {key}.", field
            )
        elif not _mirrored(cache.spec.env):
            yield from _key(one.auth_secret, (key,), namespace, facts, field)


def _key(name: str, wanted: Sequence[str], namespace: str, facts: Facts, field: str) -> Iterator[Finding]:
    secret = facts.get(SECRETS, namespace, name)
    if isinstance(secret, Secret) and not set(wanted) & set(secret.keys):
        yield Finding(
            Severity.ERROR,
            f'Secret "{name}" has no key {" or ".join(wanted)} but {", ".join(secret.keys) or "none at all"}, and the NIM operator reads '
            "no other, so that the container is not started.",
            f"Put the key into it as {wanted[0]}, or name another Secret.",
            field,
        )


def _mirrored(env: Sequence[Env]) -> bool:
    return any(one.name == _MIRROR for one in env)
