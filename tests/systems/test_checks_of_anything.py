"""Whatever stands in a manifest, the checks answer; and what they find no error in, an API server accepts."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from tests.systems import answering, traps
from tests.systems.anything import with_something_else

from modeltui.domain import Finding, Severity
from modeltui.kube import errors
from modeltui.kube.client import Client
from modeltui.kube.resource import Resource
from modeltui.systems.dataset.checks import check_dataset
from modeltui.systems.facts import FactTable
from modeltui.systems.modelfs import manifests, source_manifests
from modeltui.systems.modelfs.answers import ModelAnswers, SourceAnswers
from modeltui.systems.modelfs.checks import check_model, check_source
from modeltui.systems.modelfs.types import MODELS, SOURCES

FITTING = [
    traps.model(traps.version(share={"enabled": True, "namespaceSelector": {"matchLabels": {}}}, metadata={}, precision="", revision="")),
    traps.source("S3", config={"provider": "AWS", "url": "s3://b", "path": "/", "uri": "s3://b"}, secretRef="s"),
    traps.dataset(
        "REFERENCE",
        "dataset://a/b",
        secretRef="s",
        share=True,
        shareToNamespaceSelector={"matchExpressions": []},
        volumeClaimRef={"name": "c", "subPath": ""},
        mountOptions={"mode": "0774", "path": "/"},
        dataSyncRound=1,
    ),
]


@given(manifest=st.sampled_from(FITTING).flatmap(with_something_else))
def test_a_manifest_of_any_shape_gets_an_answer(manifest: Any) -> None:
    if not isinstance(manifest, dict):
        manifest = {"spec": manifest}
    known = traps.facts([traps.there(traps.dataset()), traps.there(traps.model(traps.version())), traps.ready(traps.source())])
    for check in (check_model, check_source, check_dataset):
        found = check(manifest, known)
        assert all(isinstance(finding, Finding) and finding.reason and "\n" not in finding.reason for finding in found)


async def refusal(client: Client, resource: Resource, namespace: str, manifest: dict[str, Any]) -> str:
    """What the server says of it in a strict dry run; "" when it takes it."""
    placed = manifest | {"metadata": manifest["metadata"] | {"namespace": namespace}}
    try:
        await client.request("POST", resource.path(namespace), params={"dryRun": "All", "fieldValidation": "Strict"}, body=placed)
    except errors.ApiError as error:
        return str(error)
    return ""


def wrong(found: Any) -> bool:
    return any(finding.severity is Severity.ERROR for finding in found)


BRIEF = settings(deadline=None, max_examples=40, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow])


@pytest.mark.parametrize("sound", [True, False])
@BRIEF
@given(data=st.data())
async def test_a_model_without_errors_is_accepted_by_the_server(cluster: Client, namespace: str, sound: bool, data: st.DataObject) -> None:
    answers: ModelAnswers = data.draw(answering.SOUND_MODELS if sound else answering.MODELS)
    manifest = manifests.model(answers)
    errors_found = wrong(check_model(manifest, FactTable()))
    assert not (sound and errors_found)
    if not errors_found:
        assert await refusal(cluster, MODELS, namespace, manifest) == ""


@pytest.mark.parametrize("sound", [True, False])
@BRIEF
@given(data=st.data())
async def test_a_source_without_errors_is_accepted_by_the_server(cluster: Client, namespace: str, sound: bool, data: st.DataObject) -> None:
    answers: SourceAnswers = data.draw(answering.SOUND_SOURCES if sound else answering.SOURCES)
    manifest = source_manifests.source(answers)
    errors_found = wrong(check_source(manifest, FactTable()))
    assert not (sound and errors_found)
    if not errors_found:
        assert await refusal(cluster, SOURCES, namespace, manifest) == ""
