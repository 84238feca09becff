"""What we may do, and who we are, as the server sees it: rights, not guesses."""

from __future__ import annotations

import asyncio
import time
from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

import msgspec

from modeltui.kube import errors
from modeltui.kube.client import Client, decoded
from modeltui.kube.resource import Resource

LIFETIME: Final = 300.0
"""Seconds that a verdict holds, as in k9s."""
UNKNOWN_LIFETIME: Final = 15.0
"""Seconds that "could not be asked" holds."""
CAPACITY: Final = 200

_SELF_SUBJECT_ACCESS_REVIEW: Final = "/apis/authorization.k8s.io/v1/selfsubjectaccessreviews"
_SELF_SUBJECT_REVIEW: Final = "/apis/authentication.k8s.io/{version}/selfsubjectreviews"

_Question = tuple[str, str, str, str, str, str]


@dataclass(frozen=True, slots=True)
class Verdict:
    """`allowed` is None when the server would not say; `reason` explains everything but a plain yes."""

    allowed: bool | None
    reason: str = ""


@dataclass(frozen=True, slots=True)
class Identity:
    """Who the server takes us for. `certain` is False when it would not say and the kubeconfig's word stands in."""

    name: str
    groups: tuple[str, ...] = ()
    certain: bool = True


class _AccessStatus(msgspec.Struct, rename="camel"):
    allowed: bool = False
    denied: bool = False
    reason: str = ""
    evaluation_error: str = ""


class _AccessReview(msgspec.Struct):
    status: _AccessStatus


class _UserInfo(msgspec.Struct):
    username: str = ""
    groups: list[str] | None = None


class _SubjectStatus(msgspec.Struct, rename="camel"):
    user_info: _UserInfo


class _SubjectReview(msgspec.Struct):
    status: _SubjectStatus


class Access:
    """SelfSubjectAccessReviews with a cache: each question is asked once in five minutes, however many screens ask it."""

    def __init__(self, client: Client, *, clock: Callable[[], float] = time.monotonic) -> None:
        self._client = client
        self._clock = clock
        self._verdicts: OrderedDict[_Question, tuple[float, Verdict]] = OrderedDict()
        self._asking: dict[_Question, asyncio.Task[Verdict]] = {}

    async def allowed(self, verb: str, resource: Resource, namespace: str | None, name: str = "", subresource: str = "") -> Verdict:
        """Whether we may. `namespace=None` asks for all namespaces. Never raises for what the server says; Unreachable passes."""
        question = (verb, resource.group, resource.plural, namespace or "", name, subresource)
        if (held := self._verdicts.get(question)) is not None:
            if self._clock() < held[0]:
                self._verdicts.move_to_end(question)
                return held[1]
            del self._verdicts[question]
        task = self._asking.get(question)
        if task is None:
            task = self._asking[question] = asyncio.create_task(self._ask(question, resource), name=f"may {verb} {resource.plural}")
            task.add_done_callback(lambda done: self._answered(question, done))
        return await asyncio.shield(task)

    def forget(self) -> None:
        """Drop what is known, after a 403 on something that was allowed a minute ago, or when the user asks anew."""
        self._verdicts.clear()

    async def whoami(self) -> Identity:
        """Our name and groups as the server sees them; the kubeconfig's user name where it does not answer that question."""
        for version in ("v1", "v1beta1"):
            body = {"apiVersion": f"authentication.k8s.io/{version}", "kind": "SelfSubjectReview"}
            try:
                answer = await self._client.request("POST", _SELF_SUBJECT_REVIEW.format(version=version), body=body)
                user = decoded(answer, _SubjectReview, what="the server answered who we are with what").status.user_info
            except errors.NotFound:
                continue
            except (errors.Forbidden, errors.BadAnswer, errors.ServerError):
                break
            return Identity(user.username, tuple(user.groups or ()))
        return Identity(self._client.connection.user, certain=False)

    async def _ask(self, question: _Question, resource: Resource) -> Verdict:
        verb, group, plural, namespace, name, subresource = question
        attributes = {"verb": verb, "group": group, "version": resource.version, "resource": plural, "namespace": namespace}
        attributes |= {"name": name, "subresource": subresource}
        body = {
            "apiVersion": "authorization.k8s.io/v1",
            "kind": "SelfSubjectAccessReview",
            "spec": {"resourceAttributes": {key: value for key, value in attributes.items() if value}},
        }
        try:
            answer = await self._client.request("POST", _SELF_SUBJECT_ACCESS_REVIEW, body=body)
            status = decoded(answer, _AccessReview, what="the server answered an access review with what").status
        except (errors.ApiError, errors.BadAnswer) as error:
            return Verdict(None, f"the server does not say whether this is allowed: {error}")
        if status.allowed:
            return Verdict(True)
        return Verdict(False, status.reason or status.evaluation_error or _no_rule(verb, resource, namespace, subresource))

    def _answered(self, question: _Question, task: asyncio.Task[Verdict]) -> None:
        del self._asking[question]
        if task.cancelled() or task.exception() is not None:
            return
        verdict = task.result()
        lifetime = UNKNOWN_LIFETIME if verdict.allowed is None else LIFETIME
        self._verdicts[question] = (self._clock() + lifetime, verdict)
        while len(self._verdicts) > CAPACITY:
            self._verdicts.popitem(last=False)


def _no_rule(verb: str, resource: Resource, namespace: str, subresource: str) -> str:
    """RBAC says no by saying nothing: name what no role grants."""
    what = f"{resource.group_resource}/{subresource}" if subresource else resource.group_resource
    where = f" in namespace {namespace}" if namespace else " in all namespaces" if resource.namespaced else ""
    return f"no role lets you {verb} {what}{where}"
