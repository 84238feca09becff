"""Hugging Face, ModelScope, S3, Git and plain addresses, as their servers answer: each of the answers is one honest sentence."""

from __future__ import annotations

import asyncio
import base64
import os
import socket
import subprocess
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from unittest import mock

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.kube.scripted_server import Handler, Reply, Request, serving
from tests.reach.asked import MARK, ask, asker

from modeltui.reach import address, endpoint, git, hubs, s3
from modeltui.reach.asking import Asker
from modeltui.reach.sigv4 import signed
from modeltui.reach.verdict import Answer, Verdict

Question = Callable[[Asker], Awaitable[Verdict]]
Answers = dict[str, tuple[int, dict[str, str], Any]]
"""Path -> status, headers, JSON body."""


def answering(answers: Answers) -> Handler:
    async def handler(request: Request, reply: Reply) -> None:
        code, headers, body = answers.get(request.path, (404, {"X-Error-Message": "Repository not found"}, {}))
        await reply.json(body, code=code, headers=headers)

    return handler


# ---- hubs -----------------------------------------------------------------------------------------------------------

REPO = "/api/models/org/name"
FACE = [
    ("public", {REPO: (200, {}, {"id": "org/name", "private": False, "gated": False})}, None, Answer.YES, "It is there, and public."),
    ("private", {REPO: (200, {}, {"private": True})}, {"token": MARK}, Answer.YES, "It is there, and private, and open to the token."),
    (
        "gated, without",
        {REPO: (200, {}, {"gated": "auto"})},
        None,
        Answer.NO,
        "gated: a token whose owner has accepted its terms is needed",
    ),
    (
        *("gated, open", {REPO: (200, {}, {"gated": "manual"}), f"{REPO}/auth-check": (200, {}, {})}),
        *({"token": MARK}, Answer.YES, "It is there, gated, and open to the token."),
    ),
    (
        "gated, shut",
        {
            REPO: (200, {}, {"gated": True}),
            f"{REPO}/auth-check": (403, {"X-Error-Code": "GatedRepo", "X-Error-Message": "ask for access"}, {}),
        },
        *({"token": MARK}, Answer.NO, 'not open to the token: 403 Forbidden, "ask for access".'),
    ),
    (
        *("gated, mirror", {REPO: (200, {}, {"gated": True}), f"{REPO}/auth-check": (404, {}, {})}),
        *({"token": MARK}, Answer.UNKNOWN, "whether it is open to the token"),
    ),
    (
        *("hidden", {REPO: (401, {"X-Error-Code": "RepoNotFound", "X-Error-Message": "Invalid username or password."}, {})}),
        *(None, Answer.NO, 'without a token: 401 Unauthorized, "Invalid username or password.". It does not exist, or it is private.'),
    ),
    ("refused", {REPO: (401, {}, {"error": "bad token"})}, {"token": MARK}, Answer.NO, 'with the token: 401 Unauthorized, "bad token".'),
    ("busy", {REPO: (429, {"Retry-After": "30"}, {"error": "slow down"})}, None, Answer.UNKNOWN, '"slow down", again after 30 s.'),
    ("down", {REPO: (503, {}, {})}, None, Answer.UNKNOWN, "503 Service Unavailable"),
    ("a login page", {REPO: (200, {}, "<html>")}, None, Answer.NO, "something else than a repository"),
]


@pytest.mark.parametrize(("answers", "keys", "answer", "says"), [case[1:] for case in FACE], ids=[case[0] for case in FACE])
async def test_hugging_face(answers: Answers, keys: dict[str, str] | None, answer: Answer, says: str) -> None:
    async with serving(answering(answers)) as server:
        found = await ask(lambda one: hubs.hugging_face(one, server.url, "org/name"), asker(keys=keys))
        sent = {request.header("authorization") for request in server.requests}
    assert found.answer is answer, found.sentence
    assert says in found.sentence
    assert sent == {f"Bearer {MARK}" if keys else ""}


async def test_a_revision_and_a_dataset_have_addresses_of_their_own() -> None:
    path = "/api/datasets/org/name/revision/a%2Fb"
    code = {"X-Error-Code": "RevisionNotFound", "X-Error-Message": "Invalid rev id: a/b"}
    async with serving(answering({path: (404, code, {})})) as server:
        found = await ask(lambda one: hubs.hugging_face(one, server.url, "org/name", kind="datasets", revision="a/b"))
    assert found.answer is Answer.NO
    assert found.sentence == 'The repository is there, but not its revision a/b: 404 Not Found, "Invalid rev id: a/b".'


async def test_the_beginning_of_a_long_answer_is_enough() -> None:
    async def long(request: Request, reply: Reply) -> None:
        await reply.json({"id": "org/name", "private": False, "gated": False, "siblings": [{"rfilename": f"f{n}"} for n in range(50_000)]})

    async with serving(long) as server:
        found = await ask(lambda one: hubs.hugging_face(one, server.url, "org/name"))
    assert (found.answer, found.sentence) == (Answer.YES, "It is there, and public.")


@pytest.mark.parametrize("repo", ["", "../../x", "a b/c", "https://evil", "a/b/c", "org/..", "org/name?x=y"])
async def test_what_is_no_repository_is_not_asked_for(repo: str) -> None:
    async with serving(answering({})) as server:
        found = await ask(lambda one: hubs.hugging_face(one, server.url, repo))
        assert (found.answer, server.requests) == (Answer.NO, [])


@pytest.mark.parametrize(
    ("status", "body", "answer", "says"),
    [
        (200, {"Code": 200, "Success": True, "Data": {}}, Answer.YES, "It is there, and public."),
        (404, {"Code": 10010205001, "Message": "Not found"}, Answer.NO, '404 Not Found, "Not found". It does not exist, or it is private'),
        (200, {"Code": 10010, "Success": False, "Message": "no right"}, Answer.NO, '"no right"'),
        (500, {}, Answer.UNKNOWN, "500"),
    ],
)
async def test_model_scope(status: int, body: dict[str, Any], answer: Answer, says: str) -> None:
    async with serving(answering({"/api/v1/models/org/name": (status, {}, body)})) as server:
        found = await ask(lambda one: hubs.model_scope(one, "org/name", endpoint=server.url), asker(keys={"token": MARK}))
        assert not any(request.header("authorization") for request in server.requests), "its token opens a session, which no check does"
    assert found.answer is answer, found.sentence
    assert says in found.sentence


# ---- S3 -------------------------------------------------------------------------------------------------------------

KEYS = {"access-key": "AKIAEXAMPLE", "secret-key": MARK}


def bucket_server(*, head: int = 200, get: int = 200, body: str = "", headers: dict[str, str] | None = None) -> Handler:
    async def handler(request: Request, reply: Reply) -> None:
        if request.method == "HEAD":
            await reply.send(b"", code=head, headers=headers)
        else:
            await reply.send(body.encode(), code=get, headers={"Content-Type": "application/xml", **(headers or {})})

    return handler


SOME = "<ListBucketResult><Contents><Key>qwen/config.json</Key></Contents></ListBucketResult>"
NONE = "<?xml version='1.0'?><ListBucketResult><KeyCount>0</KeyCount></ListBucketResult>"


def refused(code: str, message: str) -> str:
    return f"<?xml version='1.0'?><Error><Code>{code}</Code><Message>{message}</Message></Error>"


BUCKETS: list[tuple[str, Handler, Answer, str]] = [
    ("full", bucket_server(body=SOME), Answer.YES, "It can be seen with the keys of the Secret, and there is something under qwen/."),
    ("empty", bucket_server(body=NONE), Answer.NO, "but there is nothing under qwen/."),
    ("not S3", bucket_server(body="<html>"), Answer.NO, "not an S3 service"),
    (
        *("wrong key", bucket_server(head=403, get=403, body=refused("InvalidAccessKeyId", "No such key"))),
        *(Answer.NO, 'It cannot be seen with the keys of the Secret: 403 Forbidden, "InvalidAccessKeyId (No such key)".'),
    ),
    ("none", bucket_server(head=404, get=404, body=refused("NoSuchBucket", "x")), Answer.NO, "There is no such bucket: 404 Not Found"),
    ("no list", bucket_server(get=403, body=refused("AccessDenied", "no")), Answer.NO, "its contents may not be listed: 403 Forbidden"),
    (
        "elsewhere",
        bucket_server(head=301, headers={"x-amz-bucket-region": "eu-west-1"}),
        Answer.NO,
        "is in region eu-west-1, not in us-east-1.",
    ),
    ("down", bucket_server(head=503, get=503), Answer.UNKNOWN, "503 Service Unavailable"),
]


@pytest.mark.parametrize(("handler", "answer", "says"), [case[1:] for case in BUCKETS], ids=[case[0] for case in BUCKETS])
async def test_buckets(handler: Handler, answer: Answer, says: str) -> None:
    async with serving(handler) as server:
        found = await ask(lambda one: s3.bucket(one, s3.Bucket(server.url, "us-east-1", "weights", "qwen")), asker(keys=KEYS))
        for request in server.requests:
            assert "Credential=AKIAEXAMPLE/" in request.header("authorization")
            assert MARK not in str(request.headers)
    assert found.answer is answer, found.sentence
    assert says in found.sentence


async def test_the_signature_is_right_for_what_was_asked() -> None:
    """As a service checks it: anew, from the request as it came."""
    checked = []

    async def service(request: Request, reply: Reply) -> None:
        query = "&".join(f"{key}={value.replace('/', '%2F').replace(' ', '%20')}" for key, value in request.query.items())
        url = f"http://{request.header('host')}{request.path}{'?' if query else ''}{query}"
        then = datetime.strptime(request.header("x-amz-date"), "%Y%m%dT%H%M%SZ").replace(tzinfo=UTC)
        again = signed(request.method, url, access_key="AKIAEXAMPLE", secret_key=MARK, region="eu-west-1", now=then)
        checked.append(again["Authorization"] == request.header("authorization"))
        await reply.send(b"" if request.method == "HEAD" else SOME.encode())

    async with serving(service) as server:
        await ask(lambda one: s3.bucket(one, s3.Bucket(server.url, "eu-west-1", "weights", "a b/c")), asker(keys=KEYS))
    assert checked == [True, True]


async def test_a_public_bucket_needs_no_keys() -> None:
    async with serving(bucket_server(body=SOME)) as server:
        found = await ask(lambda one: s3.bucket(one, s3.Bucket(server.url, "us-east-1", "weights")))
        assert not any(request.header("authorization") for request in server.requests)
    assert (found.answer, found.sentence) == (Answer.YES, "It can be seen without keys, and there is something in it.")


def test_where_a_bucket_is_looked_for() -> None:
    def of(uri: str, **settings: str) -> str | None:
        found = s3.Bucket.of(uri, **{"endpoint": "", "region": "", **settings})
        return found and found.url

    assert of("s3://weights/qwen", region="eu-west-1") == "https://s3.eu-west-1.amazonaws.com/weights"
    assert of("s3://weights", region="cn-north-1") == "https://s3.cn-north-1.amazonaws.com.cn/weights"
    assert of("s3://weights", endpoint="minio:9000") == "https://minio:9000/weights"
    assert of("s3://weights", endpoint="http://minio:9000/") == "http://minio:9000/weights"
    assert of("weights/qwen") is None
    assert of("s3:///qwen") is None


# ---- Git ------------------------------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def repository(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A real one, with a branch "main" and a tag "v1"."""
    root = tmp_path_factory.mktemp("git")
    run = {"cwd": root, "check": True, "capture_output": True, "env": {**os.environ, "GIT_CONFIG_GLOBAL": "/dev/null", "HOME": str(root)}}
    who = ("-c", "user.name=x", "-c", "user.email=x@example.com", "-c", "init.defaultBranch=main")
    subprocess.run(["git", *who, "init", "-q", "work"], **run)  # type: ignore[call-overload]  # keywords by name
    subprocess.run(["git", *who, "-C", "work", "commit", "-q", "--allow-empty", "-m", "x"], **run)  # type: ignore[call-overload]
    subprocess.run(["git", *who, "-C", "work", "tag", "-a", "-m", "x", "v1"], **run)  # type: ignore[call-overload]
    return root / "work"


def git_server(repository: Path, *, password: str = "") -> Handler:
    """What a Git host does with the first question of a clone."""

    async def handler(request: Request, reply: Reply) -> None:
        if password and request.header("authorization") != "Basic " + base64.b64encode(f"deploy:{password}".encode()).decode():
            await reply.send(b"HTTP Basic: Access denied", code=401, headers={"Content-Type": "text/plain", "WWW-Authenticate": "Basic"})
            return
        assert request.path == "/group/project.git/info/refs"
        made = await asyncio.create_subprocess_exec(
            *("git", "upload-pack", "--stateless-rpc", "--advertise-refs", str(repository)), stdout=asyncio.subprocess.PIPE
        )
        refs, _ = await made.communicate()
        body = b"001e# service=git-upload-pack\n0000" + refs
        await reply.send(body, headers={"Content-Type": "application/x-git-upload-pack-advertisement"})

    return handler


async def test_a_git_repository(repository: Path) -> None:
    async with serving(git_server(repository)) as server:
        url = f"{server.url}/group/project.git"
        assert (await ask(lambda one: git.repository(one, url))).sentence == "It is there, with 2 branches and tags."
        found = await ask(lambda one: git.repository(one, url, branch="main"))
        assert (found.answer, found.sentence) == (Answer.YES, "It is there, with 2 branches and tags, main among them.")
        found = await ask(lambda one: git.repository(one, url, branch="gone"))
        assert (found.answer, found.sentence) == (Answer.NO, "It is there, but its branch gone is not.")


async def test_a_git_repository_that_wants_a_login(repository: Path) -> None:
    async with serving(git_server(repository, password=MARK)) as server:
        url = f"{server.url}/group/project.git"
        found = await ask(lambda one: git.repository(one, url))
        assert found.answer is Answer.NO
        assert found.sentence == 'It cannot be seen without credentials: 401 Unauthorized, "HTTP Basic: Access denied".'
        keys = {"username": "deploy", "password": MARK}
        assert (await ask(lambda one: git.repository(one, url), asker(keys=keys))).answer is Answer.YES
        in_url = url.replace("http://", f"http://deploy:{MARK}@")
        assert (await ask(lambda one: git.repository(one, in_url))).answer is Answer.NO
        assert (await ask(lambda one: git.repository(one, in_url), asker(keys={}))).answer is Answer.YES


async def test_an_empty_git_repository_and_a_web_page() -> None:
    async def empty(request: Request, reply: Reply) -> None:
        kind = {"Content-Type": "application/x-git-upload-pack-advertisement"} if request.path.startswith("/empty") else {}
        await reply.send(b"001e# service=git-upload-pack\n0000", headers=kind)

    async with serving(empty) as server:
        assert "empty: it has no branch yet" in (await ask(lambda one: git.repository(one, f"{server.url}/empty"))).sentence
        assert "No Git repository answers there" in (await ask(lambda one: git.repository(one, f"{server.url}/page"))).sentence


async def test_ssh_is_greeted_and_no_more() -> None:
    async def sshd(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.write(b"SSH-2.0-OpenSSH_9.2\r\n")
        await writer.drain()
        await reader.read()
        writer.close()

    listener = await asyncio.start_server(sshd, "127.0.0.1", 0)
    async with listener:
        number = listener.sockets[0].getsockname()[1]
        found = await ask(lambda one: git.repository(one, f"ssh://git@127.0.0.1:{number}/x.git"))
        plain = await ask(lambda one: endpoint.port(one, "127.0.0.1", number))
    assert found.answer is Answer.UNKNOWN
    assert "which a check does not log in to. 127.0.0.1 answers this machine at port" in found.sentence
    assert found.sentence.endswith('"SSH-2.0-OpenSSH_9.2".')
    assert plain.answer is Answer.YES


@given(st.binary(max_size=400))
def test_any_bytes_are_an_advertisement_of_something_or_nothing(body: bytes) -> None:
    for name, oid in git.advertised(body):
        assert name.startswith("refs/")
        assert len(oid) in (40, 64)


@given(st.dictionaries(st.from_regex(r"refs/(heads|tags)/[a-z0-9/]{1,20}", fullmatch=True), st.from_regex(r"[0-9a-f]{40}", fullmatch=True)))
def test_what_is_advertised_is_read(refs: dict[str, str]) -> None:
    lines = [f"{oid} {name}\n".encode() for name, oid in refs.items()]
    body = b"001e# service=git-upload-pack\n0000" + b"".join(f"{len(line) + 4:04x}".encode() + line for line in lines) + b"0000"
    assert dict(git.advertised(body)) == refs


# ---- plain addresses ------------------------------------------------------------------------------------------------


async def test_a_file_by_its_head_or_its_first_byte() -> None:
    async def files(request: Request, reply: Reply) -> None:
        if request.path == "/head":
            await reply.raw(b"HTTP/1.1 200 OK\r\nContent-Length: 123456\r\n\r\n")
        elif request.method == "HEAD":
            await reply.send(b"", code=405)
        elif request.path == "/ranged" and request.header("range") == "bytes=0-0":
            await reply.send(b"x", code=206, headers={"Content-Range": "bytes 0-0/987654321"})
        else:
            await reply.send(b"gone", code=404, headers={"Content-Type": "text/plain"})

    async with serving(files) as server:
        by_head = await ask(lambda one: address.file(one, f"{server.url}/head", settings={}))
        by_byte = await ask(lambda one: address.file(one, f"{server.url}/ranged", settings={}))
        gone = await ask(lambda one: address.file(one, f"{server.url}/gone", settings={}))
    assert (by_head.answer, by_head.sentence) == (Answer.YES, "It can be fetched, 123,456 bytes: 200 OK.")
    assert (by_byte.answer, by_byte.sentence) == (Answer.YES, "It can be fetched, 987,654,321 bytes: 206 Partial Content.")
    assert (gone.answer, gone.sentence) == (Answer.NO, 'The server answers 404 Not Found, "gone", asked without credentials.')


# ---- whatever somebody has written ----------------------------------------------------------------------------------


def nowhere(host: str, *_: object, **__: object) -> None:
    """In place of a resolver: no name has an address."""
    host.encode("idna")  # as the real one does, which raises for what cannot be a name
    if "\0" in host:
        raise ValueError("embedded null character")
    raise socket.gaierror("no such name")


ADDRESSES = st.tuples(
    st.sampled_from(["", "http://", "https://", "ssh://", "git@", "s3://", "http://u:p@", "https://["]), st.text(max_size=60)
)


@given(ADDRESSES.map("".join), st.text(max_size=30))
def test_no_address_breaks_a_check(url: str, repo: str) -> None:
    async def all_of_them() -> None:
        for question in (
            lambda one: hubs.hugging_face(one, url, repo),
            lambda one: hubs.model_scope(one, "org/name", endpoint=url),
            lambda one: git.repository(one, url),
            lambda one: address.file(one, url, settings={}),
            lambda one: endpoint.http(one, url),
            lambda one: s3.bucket(one, s3.Bucket(url, "us-east-1", repo)),
        ):
            found = await ask(question, asker(within=2))
            assert found.answer is not Answer.YES

    with mock.patch("socket.getaddrinfo", nowhere):
        asyncio.run(all_of_them())
