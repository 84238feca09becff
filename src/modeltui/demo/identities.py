"""Who can call: the four identities of the kubeconfig, each with a token of its own."""

from __future__ import annotations

import secrets
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

from modeltui.demo.errors import Object

EDITOR_NAMESPACE = "team-nlp"
"""The one namespace that `editor` has the edit role in."""

_AUTHENTICATED = "system:authenticated"


@dataclass(frozen=True, slots=True)
class Identity:
    name: str
    groups: tuple[str, ...] = (_AUTHENTICATED,)
    token: str = field(default="", repr=False)

    def user_info(self) -> Object:
        """As SelfSubjectReview tells it."""
        return {"username": self.name, "groups": list(self.groups)}


ANONYMOUS = Identity("system:anonymous", ("system:unauthenticated",))


class Identities:
    """Callers by token. Tokens are made anew for every server, so none is ever good anywhere else."""

    def __init__(self, names: Iterable[str] = ("admin", "editor", "viewer", "nobody")) -> None:
        self._by_name = {
            name: Identity(name, ("system:masters", _AUTHENTICATED) if name == "admin" else (_AUTHENTICATED,), secrets.token_urlsafe(24))
            for name in names
        }

    def __iter__(self) -> Iterator[Identity]:
        return iter(self._by_name.values())

    def by_name(self, name: str) -> Identity | None:
        return self._by_name.get(name)

    def by_token(self, token: str) -> Identity | None:
        return next((each for each in self if secrets.compare_digest(each.token.encode(), token.encode())), None)
