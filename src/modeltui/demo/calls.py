"""One request to a resource, and its answer."""

from __future__ import annotations

from collections.abc import Mapping
from typing import NamedTuple

from modeltui.demo.identities import Identity
from modeltui.demo.kinds import Target
from modeltui.demo.negotiation import JSON, Accepted
from modeltui.demo.request_info import RequestInfo

Query = Mapping[str, str]


class Answer(NamedTuple):
    body: bytes
    """JSON, or text when `media` says so."""
    code: int = 200
    warnings: tuple[str, ...] = ()
    media: str = JSON


class Call(NamedTuple):
    """One request to a resource, authenticated and authorised."""

    info: RequestInfo
    target: Target
    query: Query
    accepted: Accepted
    identity: Identity
    user_agent: str
    content_type: str
    body: bytes
