"""Whatever a cluster holds of a kind, it is a row, a deployment and an explanation: nothing that decodes makes the console fall."""

from __future__ import annotations

from typing import Any

import msgspec
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from tests.systems import any_object

from modeltui.domain import Finding, Row, Status
from modeltui.kube.decode import Decoder
from modeltui.kube.objects import Undecodable
from modeltui.systems import registry
from modeltui.systems.core.types import PODS, Pod
from modeltui.systems.facts import FactTable
from modeltui.systems.protocol import View
from modeltui.systems.serving.deployment import Deployment
from modeltui.systems.serving.explained import EVIDENCE, explained

NS = "team"
SERVING = [one for view in registry.serving() for one in (view, *view.older)]
BRIEF = settings(max_examples=20, deadline=None, suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large])


def name(view: View) -> str:
    return f"{view.resource.kind}-{view.resource.version}"


def decoded(kind: type[Any], document: dict[str, Any], called: str, namespace: str = NS) -> Any:
    decoder: Decoder[Any] = Decoder(kind, namespace=namespace)
    return decoder.object(msgspec.Raw(any_object.encoded(document, name=called, namespace=namespace)), called)


@pytest.mark.parametrize("view", SERVING, ids=name)
@BRIEF
@given(data=st.data())
def test_any_object_that_decodes_is_told(view: View, data: st.DataObject) -> None:
    obj = decoded(view.type, data.draw(any_object.of(view.type)), "llama")
    if isinstance(obj, Undecodable):
        return
    facts = FactTable()
    facts.put(view.resource, obj)
    known = data.draw(st.booleans())
    for resource, kind in {**EVIDENCE, **view.evidence, **view.joins}.items():
        namespace = NS if resource.namespaced else ""
        facts.set_known(resource, namespace, known=known)
        if resource not in (PODS, *view.joins):
            continue
        other = decoded(kind, data.draw(any_object.of(kind, depth=4)), "llama", namespace)
        if not isinstance(other, Undecodable) and (resource != PODS or isinstance(other, Pod)):
            facts.put(resource, other)
    assert view.serves is not None
    deployment = view.serves.read(obj, facts)
    assert isinstance(deployment, Deployment)
    assert isinstance(deployment.status, Status)
    assert isinstance(view.row(obj, facts), Row)
    told = explained(view, obj, facts)
    for finding in (*told.causes, *told.others):
        assert isinstance(finding, Finding)
        assert finding.reason
    if view.consequences is not None:
        assert all(finding.reason for finding in view.consequences(obj, None, facts, {}))
        assert isinstance(tuple(view.consequences(obj, obj, facts, {})), tuple)
    assert tuple(view.operations(obj, "", facts)) is not None
