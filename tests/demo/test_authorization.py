"""Rights: what each identity may do, told as RBAC tells it."""

from __future__ import annotations

import pytest
from served import Serve

from modeltui.demo.api import Api
from modeltui.demo.authorization import Attributes, Authorizer, refusal
from modeltui.demo.identities import ANONYMOUS, EDITOR_NAMESPACE, Identities, Identity

MODELS = {"group": "model.samzong.dev", "resource": "models"}


@pytest.fixture(scope="module")
def authorizer() -> Authorizer:
    return Authorizer(Api().core.registry)


def who(name: str) -> Identity:
    found = Identities().by_name(name)
    assert found is not None
    return found


@pytest.mark.parametrize(
    ("name", "wanted", "allowed"),
    [
        ("admin", Attributes("delete", resource="nodes"), True),
        ("admin", Attributes("post", path="/-/faults"), True),
        ("viewer", Attributes("list", **MODELS), True),
        ("viewer", Attributes("watch", namespace="x", **MODELS), True),
        ("viewer", Attributes("get", resource="pods", subresource="log", namespace="x"), True),
        ("viewer", Attributes("list", resource="namespaces"), True),
        ("viewer", Attributes("list", resource="secrets", namespace="x"), False),
        ("viewer", Attributes("list", resource="nodes"), False),
        ("viewer", Attributes("patch", namespace="x", **MODELS), False),
        ("editor", Attributes("patch", namespace=EDITOR_NAMESPACE, **MODELS), True),
        ("editor", Attributes("get", resource="secrets", namespace=EDITOR_NAMESPACE), True),
        ("editor", Attributes("list", namespace="other", **MODELS), False),
        ("editor", Attributes("list", **MODELS), False),
        ("editor", Attributes("list", resource="namespaces"), False),
        ("nobody", Attributes("list", namespace="x", **MODELS), False),
        ("nobody", Attributes("get", path="/apis"), True),
        ("nobody", Attributes("get", path="/metrics"), False),
        ("nobody", Attributes("create", group="authorization.k8s.io", resource="selfsubjectaccessreviews"), True),
    ],
)
def test_rights(authorizer: Authorizer, name: str, wanted: Attributes, allowed: bool) -> None:
    assert authorizer.decide(who(name), wanted).allowed is allowed


def test_the_anonymous_may_ask_for_the_version_only(authorizer: Authorizer) -> None:
    assert authorizer.decide(ANONYMOUS, Attributes("get", path="/version")).allowed
    assert not authorizer.decide(ANONYMOUS, Attributes("get", path="/api")).allowed


def test_refusals_are_sentences_of_the_api_server() -> None:
    wanted = Attributes("get", resource="pods", subresource="log", namespace="x", name="p")
    assert refusal(who("nobody"), wanted) == (
        'pods "p" is forbidden: User "nobody" cannot get resource "pods/log" in API group "" in the namespace "x"'
    )
    assert refusal(who("nobody"), Attributes("list", resource="nodes")).endswith("at the cluster scope")


async def test_tokens_and_certificates(serve: Serve) -> None:
    served = await serve()
    caller = served.caller()
    caller.token = "wrong"
    code, status = await caller.json("GET", "/api")
    assert (code, status["reason"], status["message"]) == (401, "Unauthorized", "Unauthorized")
    caller.token = ""
    code, status = await caller.json("GET", "/api/v1/pods")
    assert code == 403
    assert 'User "system:anonymous" cannot list resource "pods"' in status["message"]
    assert (await caller.json("GET", "/version"))[0] == 200


async def test_the_rules_review_lists_what_may_be_done(serve: Serve) -> None:
    served = await serve()
    body = {"apiVersion": "authorization.k8s.io/v1", "kind": "SelfSubjectRulesReview", "spec": {"namespace": EDITOR_NAMESPACE}}
    path = "/apis/authorization.k8s.io/v1/selfsubjectrulesreviews"
    code, review = await served.caller("editor").json("POST", path, json=body)
    assert code == 201
    rules = review["status"]["resourceRules"]
    assert any("models" in rule["resources"] and "patch" in rule["verbs"] for rule in rules)
    body["spec"] = {"namespace": "other"}
    _, review = await served.caller("editor").json("POST", path, json=body)
    assert not any("models" in rule["resources"] for rule in review["status"]["resourceRules"])
