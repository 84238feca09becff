"""Writing, against a whole API server: the embedded one, or any given by --kubeconfig."""

from __future__ import annotations

import asyncio
import base64
import json
from collections.abc import AsyncIterator
from dataclasses import replace
from typing import Any

import pytest
from scripted_server import Connect, Reply, Request

from modeltui.kube import errors
from modeltui.kube.apply import FIELD_MANAGER, Seen, Stale, apply, create_only, delete, read, take_away, writable
from modeltui.kube.client import Client
from modeltui.kube.resource import Resource
from modeltui.kube.warning_headers import warnings

CONFIGMAPS = Resource("", "v1", "configmaps", "ConfigMap")
SECRETS = Resource("", "v1", "secrets", "Secret")
MODELS = Resource("model.samzong.dev", "v1", "models", "Model")
NOWHERE = Resource("nothing.example.com", "v1", "things", "Thing")


def config_map(namespace: str, name: str, **data: str) -> dict[str, Any]:
    return {"apiVersion": "v1", "kind": "ConfigMap", "metadata": {"name": name, "namespace": namespace}, "data": data}


@pytest.fixture
async def cluster(cluster: Client, namespace: str) -> AsyncIterator[Client]:
    yield cluster
    await cluster.request("DELETE", CONFIGMAPS.path(namespace), params={"labelSelector": "!kubernetes.io/cluster-root"})


async def other(cluster: Client, namespace: str, manifest: dict[str, Any], *, manager: str = "other", force: bool = True) -> dict[str, Any]:
    """`kubectl apply --server-side --field-manager other`."""
    path = CONFIGMAPS.path(namespace, manifest["metadata"]["name"])
    params: dict[str, str | int | bool] = {"fieldManager": manager, "force": force}
    answer = await cluster.request("PATCH", path, params=params, body=manifest, content_type="application/apply-patch+yaml")
    decoded: dict[str, Any] = json.loads(answer)
    return decoded


def managers(obj: dict[str, Any]) -> set[tuple[str, str]]:
    return {(entry["manager"], entry["operation"]) for entry in obj["metadata"]["managedFields"]}


async def test_apply_makes_then_changes_then_does_nothing(cluster: Client, namespace: str) -> None:
    made = await apply(cluster, CONFIGMAPS, config_map(namespace, "a", k="1"), dry_run=False)
    assert made.created
    assert made.object["metadata"]["uid"]
    assert managers(made.object) == {(FIELD_MANAGER, "Apply")}
    changed = await apply(cluster, CONFIGMAPS, config_map(namespace, "a", k="2"), dry_run=False)
    assert (changed.created, changed.object["data"]) == (False, {"k": "2"})
    again = await apply(cluster, CONFIGMAPS, config_map(namespace, "a", k="2"), dry_run=False)
    assert Seen.of(again.object) == Seen.of(changed.object)
    assert await read(cluster, CONFIGMAPS, namespace, "a") == again.object


async def test_a_dry_run_shows_and_stores_nothing(cluster: Client, namespace: str) -> None:
    would = await apply(cluster, CONFIGMAPS, config_map(namespace, "a", k="1"), dry_run=True)
    assert (would.created, would.object["data"]) == (True, {"k": "1"})
    assert await read(cluster, CONFIGMAPS, namespace, "a") is None
    assert (await create_only(cluster, CONFIGMAPS, config_map(namespace, "a", k="1"), dry_run=True)).created
    assert await read(cluster, CONFIGMAPS, namespace, "a") is None
    made = (await apply(cluster, CONFIGMAPS, config_map(namespace, "a", k="1"), dry_run=False)).object
    version = Seen.of(made)
    less = await take_away(cluster, CONFIGMAPS, namespace, "a", [("data", "k")], resource_version=version.resource_version, dry_run=True)
    assert "k" not in less.get("data", {})
    assert await delete(cluster, CONFIGMAPS, namespace, "a", uid=version.uid, dry_run=True) is True
    assert await read(cluster, CONFIGMAPS, namespace, "a") == made


async def test_read_tells_a_missing_object_from_a_missing_kind(cluster: Client, namespace: str) -> None:
    assert await read(cluster, CONFIGMAPS, namespace, "nobody") is None
    with pytest.raises(errors.NotFound):
        await read(cluster, NOWHERE, namespace, "nobody")


async def test_a_guarded_apply_writes_to_what_was_seen_only(cluster: Client, namespace: str) -> None:
    made = (await apply(cluster, CONFIGMAPS, config_map(namespace, "a", k="1"), dry_run=False)).object
    await other(cluster, namespace, config_map(namespace, "a", theirs="x"))
    with pytest.raises(Stale):
        await apply(cluster, CONFIGMAPS, config_map(namespace, "a", k="2"), dry_run=False, seen=Seen.of(made))
    now = await read(cluster, CONFIGMAPS, namespace, "a")
    assert now is not None
    assert now["data"] == {"k": "1", "theirs": "x"}
    done = await apply(cluster, CONFIGMAPS, config_map(namespace, "a", k="2"), dry_run=False, seen=Seen.of(now))
    assert done.object["data"] == {"k": "2", "theirs": "x"}


async def test_a_guarded_apply_never_brings_back_what_was_deleted(cluster: Client, namespace: str) -> None:
    made = (await apply(cluster, CONFIGMAPS, config_map(namespace, "a", k="1"), dry_run=False)).object
    seen = Seen.of(made)
    assert await delete(cluster, CONFIGMAPS, namespace, "a", uid=seen.uid, resource_version=seen.resource_version, dry_run=False)
    with pytest.raises(Stale):
        await apply(cluster, CONFIGMAPS, config_map(namespace, "a", k="2"), dry_run=False, seen=seen)
    assert await read(cluster, CONFIGMAPS, namespace, "a") is None
    anew = (await apply(cluster, CONFIGMAPS, config_map(namespace, "a", k="3"), dry_run=False)).object
    wrong = replace(seen, resource_version=anew["metadata"]["resourceVersion"])
    with pytest.raises(Stale):
        await apply(cluster, CONFIGMAPS, config_map(namespace, "a", k="2"), dry_run=False, seen=wrong)
    assert await read(cluster, CONFIGMAPS, namespace, "a") == anew


async def test_a_conflict_names_the_owner_and_force_takes_over(cluster: Client, namespace: str) -> None:
    await other(cluster, namespace, config_map(namespace, "a", k="1", theirs="x"))
    with pytest.raises(errors.Conflict) as conflict:
        await apply(cluster, CONFIGMAPS, config_map(namespace, "a", k="2"), dry_run=False)
    assert conflict.value.managers == {"other": (".data.k",)}
    forced = await apply(cluster, CONFIGMAPS, config_map(namespace, "a", k="2"), dry_run=False, force=True)
    assert forced.object["data"] == {"k": "2", "theirs": "x"}


async def test_what_we_own_by_an_update_is_ours(cluster: Client, namespace: str) -> None:
    await cluster.request(
        "POST", CONFIGMAPS.path(namespace), params={"fieldManager": FIELD_MANAGER}, body=config_map(namespace, "a", k="1")
    )
    assert (await apply(cluster, CONFIGMAPS, config_map(namespace, "a", k="2"), dry_run=False)).object["data"] == {"k": "2"}


async def test_create_only_never_touches_what_is_there_and_owns_what_it_makes(cluster: Client, namespace: str) -> None:
    made = await create_only(cluster, CONFIGMAPS, config_map(namespace, "a", k="1", l="2"), dry_run=False)
    assert made.created
    assert managers(made.object) == {(FIELD_MANAGER, "Apply")}
    assert await read(cluster, CONFIGMAPS, namespace, "a") == made.object
    with pytest.raises(errors.AlreadyExists):
        await create_only(cluster, CONFIGMAPS, config_map(namespace, "a", k="2"), dry_run=False)
    less = await apply(cluster, CONFIGMAPS, config_map(namespace, "a", k="1"), dry_run=False)
    assert less.object["data"] == {"k": "1"}


async def test_a_default_that_the_server_fills_in_is_not_owned_by_who_creates(cluster: Client, namespace: str) -> None:
    secret = {"apiVersion": "v1", "kind": "Secret", "metadata": {"name": "s", "namespace": namespace}, "stringData": {"k": "1"}}
    made = (await create_only(cluster, SECRETS, secret, dry_run=False)).object
    (entry,) = made["metadata"]["managedFields"]
    assert made["type"] == "Opaque"
    assert (list(entry["fieldsV1"]), "f:k" in entry["fieldsV1"]["f:data"]) == (["f:data"], True)
    assert managers(made) == {(FIELD_MANAGER, "Apply")}
    await cluster.request("DELETE", SECRETS.path(namespace, "s"))

    del secret["stringData"]  # then there is nothing but the default, and we stay known as who made it
    assert managers((await create_only(cluster, SECRETS, secret, dry_run=False)).object) == {(FIELD_MANAGER, "Apply")}
    assert managers((await apply(cluster, SECRETS, {**secret, "data": {"k": "MQ=="}}, dry_run=False)).object) == {(FIELD_MANAGER, "Apply")}
    await cluster.request("DELETE", SECRETS.path(namespace, "s"))


async def test_fields_are_taken_away_whoever_owns_them(cluster: Client, namespace: str) -> None:
    theirs = config_map(namespace, "a", **{"k": "1", "l": "2", "m": "3"})
    theirs["metadata"]["annotations"] = {"example.com/a": "x", "example.com/c": "y"}
    theirs["metadata"]["finalizers"] = ["example.com/one", "example.com/two", "example.com/three"]
    live = await other(cluster, namespace, theirs)
    paths = [
        ("metadata", "finalizers", 0),
        ("data", "k"),
        ("metadata", "annotations", "example.com/a"),
        ("metadata", "finalizers", 2),
        ("data", "m"),
    ]
    version = live["metadata"]["resourceVersion"]
    less = await take_away(cluster, CONFIGMAPS, namespace, "a", paths, resource_version=version, dry_run=False)
    assert less["data"] == {"l": "2"}
    assert less["metadata"]["annotations"] == {"example.com/c": "y"}
    assert less["metadata"]["finalizers"] == ["example.com/two"]
    with pytest.raises(Stale):
        await take_away(cluster, CONFIGMAPS, namespace, "a", [("data", "l")], resource_version=version, dry_run=False)
    now = less["metadata"]["resourceVersion"]
    await take_away(cluster, CONFIGMAPS, namespace, "a", [("metadata", "finalizers")], resource_version=now, dry_run=False)


async def test_delete_is_of_that_object_only(cluster: Client, namespace: str) -> None:
    made = (await apply(cluster, CONFIGMAPS, config_map(namespace, "a", k="1"), dry_run=False)).object
    seen = Seen.of(made)
    with pytest.raises(Stale):
        await delete(cluster, CONFIGMAPS, namespace, "a", uid="00000000-0000-0000-0000-000000000000", dry_run=False)
    with pytest.raises(Stale):
        await delete(cluster, CONFIGMAPS, namespace, "a", uid=seen.uid, resource_version="1", dry_run=False)
    assert await read(cluster, CONFIGMAPS, namespace, "a") == made
    assert await delete(cluster, CONFIGMAPS, namespace, "a", uid=seen.uid, dry_run=False) is True
    with pytest.raises(errors.NotFound):
        await delete(cluster, CONFIGMAPS, namespace, "a", uid=seen.uid, dry_run=False)


async def test_delete_says_when_finalizers_hold_the_object(cluster: Client, namespace: str) -> None:
    held = config_map(namespace, "held")
    held["metadata"]["finalizers"] = ["example.com/hold"]
    made = (await apply(cluster, CONFIGMAPS, held, dry_run=False)).object
    assert await delete(cluster, CONFIGMAPS, namespace, "held", uid=made["metadata"]["uid"], dry_run=False) is False
    now = await read(cluster, CONFIGMAPS, namespace, "held")
    assert now is not None
    assert now["metadata"]["deletionTimestamp"]
    await take_away(
        cluster,
        CONFIGMAPS,
        namespace,
        "held",
        [("metadata", "finalizers")],
        resource_version=now["metadata"]["resourceVersion"],
        dry_run=False,
    )
    assert await read(cluster, CONFIGMAPS, namespace, "held") is None


async def test_text_arrives_as_it_was_typed(cluster: Client, namespace: str) -> None:
    """An apply patch is YAML to the server: a raw U+0085 would become a space, and U+007F a refusal."""
    text = "a\x85b\x7fc\x9bd\u2028e\u2029f\ufeffg\uffffh\U0001f600i\x1b[0mj\tk\n  l\n\nm: {n} # o 'p' \"q\" \\ %"
    made = await apply(cluster, CONFIGMAPS, config_map(namespace, "text", k=text), dry_run=False)
    assert made.object["data"]["k"] == text
    large = "x" * 900_000
    assert (await apply(cluster, CONFIGMAPS, config_map(namespace, "large", k=large), dry_run=False)).object["data"]["k"] == large


async def test_status_is_not_written_even_when_it_is_in_the_manifest(cluster: Client, namespace: str) -> None:
    model: dict[str, Any] = {
        "apiVersion": "model.samzong.dev/v1",
        "kind": "Model",
        "metadata": {"name": "m", "namespace": namespace},
        "spec": {"sourceRef": "s", "versions": [{"name": "v", "repo": "r"}]},
    }
    try:
        made = (await apply(cluster, MODELS, model, dry_run=False)).object
    except errors.NotFound:
        pytest.skip("the cluster has no modelfs")
    status = {"observedGeneration": 7}
    patch = {"apiVersion": model["apiVersion"], "kind": "Model", "status": status}
    path = MODELS.path(namespace, "m", "status")
    await cluster.request("PATCH", path, body=patch, content_type="application/merge-patch+json")
    live = await read(cluster, MODELS, namespace, "m")
    assert live is not None
    assert live["status"] == status
    sent = {**live, "status": {"observedGeneration": 99}, "spec": {**live["spec"], "sourceRef": "t"}}
    done = (await apply(cluster, MODELS, sent, dry_run=False)).object
    assert (done["status"], done["spec"]["sourceRef"]) == (status, "t")
    await delete(cluster, MODELS, namespace, "m", uid=made["metadata"]["uid"], dry_run=False)


async def test_an_undeclared_field_is_refused(cluster: Client, namespace: str) -> None:
    with pytest.raises(errors.ServerError, match="field not declared in schema"):
        await apply(cluster, CONFIGMAPS, {**config_map(namespace, "a"), "dta": {}}, dry_run=True)
    with pytest.raises(errors.BadRequest, match='unknown field "dta"'):
        await create_only(cluster, CONFIGMAPS, {**config_map(namespace, "a"), "dta": {}}, dry_run=True)


async def test_a_secret_is_written_as_data(cluster: Client, namespace: str) -> None:
    secret: dict[str, Any] = {
        "apiVersion": "v1",
        "kind": "Secret",
        "metadata": {"name": "s", "namespace": namespace},
        "stringData": {"token": "plain é"},
        "data": {"token": "b2xk", "other": "eA=="},
    }
    made = (await apply(cluster, SECRETS, secret, dry_run=False)).object
    assert made["data"] == {"token": base64.b64encode("plain é".encode()).decode(), "other": "eA=="}
    owned = next(entry["fieldsV1"] for entry in made["metadata"]["managedFields"] if entry["manager"] == FIELD_MANAGER)
    assert set(owned["f:data"]) - {"."} == {"f:token", "f:other"}
    await delete(cluster, SECRETS, namespace, "s", uid=made["metadata"]["uid"], dry_run=False)


def test_only_what_a_user_sets_may_be_sent() -> None:
    live = {
        "apiVersion": "v1",
        "kind": "Thing",
        "metadata": {
            **{"name": "n", "namespace": "ns", "labels": {"a": "b"}, "annotations": {}, "finalizers": ["f"], "ownerReferences": []},
            **{"uid": "u", "resourceVersion": "1", "generation": 2, "creationTimestamp": "t", "managedFields": [], "selfLink": "x"},
            "deletionTimestamp": "t",
        },
        "spec": {"status": "kept"},
        "status": {"phase": "READY"},
    }
    sent = writable(live)
    assert sent.keys() == {"apiVersion", "kind", "metadata", "spec"}
    assert sent["metadata"].keys() == {"name", "namespace", "labels", "annotations", "finalizers", "ownerReferences"}
    assert sent["spec"] == {"status": "kept"}
    assert live["status"] == {"phase": "READY"}


def test_warnings_are_read_from_their_headers() -> None:
    assert warnings(['299 - "a \\"quoted\\" word"', '299 - "b, c", 299 - "d"', '299 - "d"', "nonsense"]) == ('a "quoted" word', "b, c", "d")


async def test_warnings_and_created_come_from_the_answer(connect: Connect) -> None:
    async def answer(request: Request, reply: Reply) -> None:
        await reply.json({**request.json, "kind": "ConfigMap"}, code=201, headers={"Warning": '299 - "v1 ConfigMap is deprecated"'})

    client, server = await connect(answer)
    made = await apply(client, CONFIGMAPS, config_map("ns", "a"), dry_run=True)
    assert (made.created, made.warnings) == (True, ("v1 ConfigMap is deprecated",))
    assert server.requests[0].query == {"fieldManager": "modeltui", "dryRun": "All", "fieldValidation": "Strict"}


async def test_read_only_sends_dry_runs_and_nothing_else(connect: Connect) -> None:
    async def answer(request: Request, reply: Reply) -> None:
        await reply.json({"kind": "ConfigMap", "metadata": {"name": "a", "namespace": "ns"}})

    client, server = await connect(answer, read_only=True)
    await apply(client, CONFIGMAPS, config_map("ns", "a"), dry_run=True)
    await delete(client, CONFIGMAPS, "ns", "a", uid="u", dry_run=True)
    assert server.requests[1].json["dryRun"] == ["All"]  # with a body a server does not look at the query
    for write in (
        apply(client, CONFIGMAPS, config_map("ns", "a"), dry_run=False),
        create_only(client, CONFIGMAPS, config_map("ns", "a"), dry_run=False),
        take_away(client, CONFIGMAPS, "ns", "a", [("data", "k")], resource_version="1", dry_run=False),
        delete(client, CONFIGMAPS, "ns", "a", uid="u", dry_run=False),
    ):
        with pytest.raises(errors.ReadOnly):
            await write
    assert len(server.requests) == 2


async def test_ownership_is_settled_though_a_controller_is_quick(connect: Connect) -> None:
    """A finalizer put on between our creating and our settling: tried again on what is there now, and given up with a word."""
    entry = {"manager": FIELD_MANAGER, "operation": "Update", "fieldsV1": {}}

    def obj(version: int, *entries: dict[str, Any]) -> dict[str, Any]:
        return {
            "kind": "ConfigMap",
            "metadata": {"name": "a", "namespace": "ns", "resourceVersion": str(version), "managedFields": entries},
        }

    patches: list[Any] = []

    async def answer(request: Request, reply: Reply) -> None:
        match request.method:
            case "POST":
                await reply.json(obj(1, entry), code=201)
            case "GET":
                await reply.json(obj(2, {"manager": "controller", "operation": "Update", "fieldsV1": {}}, entry))
            case _:
                patches.append(request.json)
                if request.json[0]["value"] == "1":
                    await reply.status(422, "Invalid", "the server rejected our request due to an error in our request")
                else:
                    await reply.json(obj(3, {**entry, "operation": "Apply"}))

    client, _ = await connect(answer)
    made = await create_only(client, CONFIGMAPS, config_map("ns", "a"), dry_run=False)
    assert made.object["metadata"]["resourceVersion"] == "3"
    assert [patch[1]["path"] for patch in patches] == ["/metadata/managedFields/0", "/metadata/managedFields/1"]


async def test_made_stays_made_when_settling_the_ownership_fails(connect: Connect) -> None:
    async def answer(request: Request, reply: Reply) -> None:
        if request.method == "POST":
            metadata = {"name": "a", "resourceVersion": "1", "managedFields": [{"manager": FIELD_MANAGER, "operation": "Update"}]}
            await reply.json({"kind": "ConfigMap", "metadata": metadata}, code=201)
        else:
            reply.drop()

    client, _ = await connect(answer)
    async with asyncio.timeout(20):
        made = await create_only(client, CONFIGMAPS, config_map("ns", "a"), dry_run=False)
    assert made.created
    assert "do not count as applied" in made.warnings[0]
