"""Lists: pages, continue tokens, and what each resourceVersion means."""

from __future__ import annotations

import base64
import json
from typing import Any

import pytest

from modeltui.demo import errors, reading
from modeltui.demo.api import Api
from modeltui.demo.reading import ListOptions, Page


@pytest.fixture
def api() -> Api:
    api = Api(history=50)
    for number in range(5):
        make(api, f"c{number}")
    return api


def make(api: Api, name: str) -> dict[str, Any]:
    return api.create("configmaps", {"metadata": {"name": name, "namespace": "default"}}, manager="test")


def page(api: Api, **options: Any) -> Page:
    return reading.page(api.core, api.target("configmaps"), "default", ListOptions(**options))


def names(found: Page) -> list[str]:
    return [stored.name for stored in found.items]


def refusal(api: Api, **options: Any) -> errors.StatusError:
    with pytest.raises(errors.StatusError) as refused:
        page(api, **options)
    return refused.value


def test_pages_show_one_consistent_state(api: Api) -> None:
    first = page(api, limit=2)
    assert (names(first), first.remaining) == (["c0", "c1"], 3)
    make(api, "c11")
    api.delete("configmaps", "c3", namespace="default")
    second = page(api, limit=2, token=first.token)
    assert names(second) == ["c2", "c3"]
    assert second.revision == first.revision
    last = page(api, limit=2, token=second.token)
    assert (names(last), last.token, last.remaining) == (["c4"], "", None)


def test_a_token_outlives_no_compaction_but_offers_to_go_on(api: Api) -> None:
    first = page(api, limit=2)
    make(api, "c5")
    api.core.storage.compact()
    refused = refusal(api, limit=2, token=first.token)
    assert (refused.code, refused.reason) == (410, "Expired")
    rest = page(api, limit=10, token=refused.metadata["continue"])
    assert names(rest) == ["c2", "c3", "c4", "c5"]


def test_the_continue_token_is_what_kubernetes_uses(api: Api) -> None:
    token = page(api, limit=2).token
    told = json.loads(base64.urlsafe_b64decode(token + "=="))
    assert told["v"] == "meta.k8s.io/v1"
    assert told["start"] == "c1\x00"


def test_versions(api: Api) -> None:
    then = api.core.storage.revision
    make(api, "c5")
    assert len(names(page(api, version=str(then), match="Exact"))) == 5
    assert len(names(page(api, version=str(then), match="NotOlderThan"))) == 6
    assert len(names(page(api, version=str(then), limit=100))) == 5
    assert len(names(page(api, version="0"))) == 6
    api.core.storage.compact()
    refused = refusal(api, version=str(then), match="Exact")
    assert (refused.code, refused.metadata) == (410, {})


def test_a_version_of_the_future(api: Api) -> None:
    refused = refusal(api, version="999999")
    assert (refused.code, refused.reason, refused.retry_after) == (504, "Timeout", 1)
    assert refused.details["causes"][0]["reason"] == "ResourceVersionTooLarge"
    assert refused.message.startswith("Too large resource version: 999999, current: ")


@pytest.mark.parametrize(
    ("options", "code"),
    [
        ({"match": "Exact"}, 422),
        ({"version": "0", "match": "Exact"}, 422),
        ({"version": "1", "match": "Sometimes"}, 422),
        ({"token": "garbage"}, 400),
        ({"version": "x"}, 400),
    ],
)
def test_combinations_that_are_refused(api: Api, options: dict[str, Any], code: int) -> None:
    assert refusal(api, **options).code == code


def test_behind_a_selector_nothing_is_counted(api: Api) -> None:
    found = page(api, fields="metadata.name!=c0", limit=2)
    assert (names(found), found.remaining) == (["c1", "c2"], None)


def test_the_list_is_a_join_of_what_is_stored(api: Api) -> None:
    told = json.loads(page(api).data())
    assert (told["kind"], told["apiVersion"]) == ("ConfigMapList", "v1")
    assert [item["metadata"]["name"] for item in told["items"]] == ["c0", "c1", "c2", "c3", "c4"]
