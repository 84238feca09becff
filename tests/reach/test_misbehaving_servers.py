"""Servers that do what servers should not, on real sockets: there is a verdict in time, it is honest, and no secret leaves its place."""

from __future__ import annotations

import asyncio
import base64
from pathlib import Path
from time import monotonic, sleep

import pytest
from tests.kube.scripted_server import Authority, Reply, Request, Server, handshaking, serving
from tests.reach.asked import MARK, ask, asker, reach

from modeltui.reach import address, git, hubs, s3
from modeltui.reach.verdict import Answer
from modeltui.reach.web import MOST_BYTES, Target, Web

TOKEN = {"token": MARK}
LOGIN = {"username": "deploy", "password": MARK}


@pytest.fixture(scope="module")
def authority() -> Authority:
    return Authority()


@pytest.fixture
def trusted(authority: Authority, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Authority:
    """As if the machine trusted the tests' CA."""
    file = tmp_path / "ca.pem"
    file.write_bytes(authority.pem)
    monkeypatch.setenv("SSL_CERT_FILE", str(file))
    return authority


def secrets_seen(server: Server) -> list[str]:
    """Everything that a server got which says the secret, plainly or as a login."""
    login = base64.b64encode(f"deploy:{MARK}".encode()).decode()
    return [value for request in server.requests for _, value in request.headers if MARK in value or login in value]


# ---- connections ----------------------------------------------------------------------------------------------------


async def test_nobody_listens() -> None:
    found = await reach("http://127.0.0.1:1")
    assert (found.answer, found.sentence) == (Answer.NO, "From this machine: 127.0.0.1 refuses the connection: nothing listens there.")


async def test_a_name_that_only_a_cluster_knows_is_no_reason_to_say_no() -> None:
    for name in ("minio.storage.svc.cluster.local", "no-such-service"):
        found = await reach(f"http://{name}:9000")
        assert found.answer is Answer.UNKNOWN
        assert found.sentence == f"Cannot be checked from here: the name {name} is known inside the cluster only."


async def test_a_name_that_nobody_knows() -> None:
    found = await reach("https://hub.invalid")
    assert found.answer is Answer.NO
    assert "hub.invalid cannot be found: no address is known for that name" in found.sentence


def test_a_resolver_that_says_nothing_holds_up_neither_a_check_nor_the_end(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("socket.getaddrinfo", lambda *_, **__: sleep(20))
    start = monotonic()
    found = asyncio.run(reach("https://hub.example.com", asker(within=0.2)))
    assert monotonic() - start < 5
    assert found.sentence == "From this machine: no answer within 0.2 s."


async def test_a_server_that_says_nothing_is_not_waited_for() -> None:
    async def silent(request: Request, reply: Reply) -> None:
        await asyncio.sleep(60)

    async with serving(silent) as server:
        start = monotonic()
        found = await reach(server.url, asker(within=0.3))
        assert monotonic() - start < 3
    assert found.answer is Answer.NO
    assert "in time" in found.sentence or "within 0.3 s" in found.sentence


async def test_a_server_that_trickles_is_not_waited_for_either() -> None:
    async def trickling(request: Request, reply: Reply) -> None:
        await reply.raw(b"HTTP/1.1 200 OK\r\n")
        for _ in range(1000):
            await reply.raw(b"X-A: b\r\n")
            await asyncio.sleep(0.05)

    async with serving(trickling) as server:
        found = await ask(lambda one: hubs.hugging_face(one, server.url, "org/name"), asker(within=0.5))
    assert (found.answer, found.sentence) == (Answer.UNKNOWN, "Cannot be checked from here: no answer within 0.5 s.")


async def test_a_server_that_hangs_up() -> None:
    async def dropping(request: Request, reply: Reply) -> None:
        reply.drop()

    async with serving(dropping) as server:
        found = await reach(server.url)
    assert (found.answer, found.sentence) == (Answer.NO, "From this machine: 127.0.0.1 closed the connection.")


async def test_what_is_not_http() -> None:
    async def babbling(request: Request, reply: Reply) -> None:
        await reply.raw(b"SSH-2.0-OpenSSH_9.2\r\n\x1b[31m" + b"x" * 500 + b"\r\n\r\n")
        reply.drop()

    async with serving(babbling) as server:
        found = await reach(server.url)
    assert found.answer is Answer.NO
    assert "does not speak HTTP" in found.sentence or "closed the connection" in found.sentence


async def test_certificates(trusted: Authority) -> None:
    async def fine(request: Request, reply: Reply) -> None:
        await reply.send(b"")

    async with serving(fine, tls=trusted.server()) as server:
        found = await reach(server.url)
    assert found.answer is Answer.YES
    assert "200 OK, with a certificate that this machine trusts" in found.sentence
    for tls in (Authority().server(), trusted.server("other.example.com"), trusted.server(expired=True)):
        with handshaking(tls) as url:
            found = await reach(url)
        assert found.answer is Answer.NO
        assert "with a certificate that this machine does not trust (" in found.sentence


async def test_a_plain_server_where_tls_is_asked_for() -> None:
    async def plain(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.read(1)
        writer.write(b"HTTP/1.1 400 Bad Request\r\n\r\n")
        writer.close()

    listener = await asyncio.start_server(plain, "127.0.0.1", 0)
    async with listener:
        found = await reach(f"https://127.0.0.1:{listener.sockets[0].getsockname()[1]}")
    assert (found.answer, found.sentence) == (
        Answer.NO,
        "From this machine: 127.0.0.1 does not speak TLS as it should (wrong version number).",
    )


# ---- answers --------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("code", "answer"),
    [(200, Answer.YES), (401, Answer.YES), (404, Answer.YES), (429, Answer.YES), (500, Answer.NO), (503, Answer.NO), (799, Answer.NO)],
)
async def test_an_endpoint_answers_whatever_it_says_unless_it_is_down(code: int, answer: Answer) -> None:
    async def handler(request: Request, reply: Reply) -> None:
        await reply.send(b"", code=code)

    async with serving(handler) as server:
        found = await reach(server.url)
    assert found.answer is answer
    assert str(code) in found.sentence


async def test_a_huge_body_is_read_at_its_beginning_only() -> None:
    sent = 0

    async def huge(request: Request, reply: Reply) -> None:
        nonlocal sent
        await reply.raw(b"HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\nContent-Length: 99999999999\r\n\r\n")
        for _ in range(2000):
            await reply.raw(b"x" * 65536)
            sent += 65536

    async with serving(huge) as server:
        reply = await Web().ask("GET", Target(server.url))
        assert len(reply.body) == MOST_BYTES
    assert sent < 2000 * 65536


async def test_a_compressed_bomb_stays_compressed() -> None:
    async def bomb(request: Request, reply: Reply) -> None:
        assert request.header("accept-encoding") == "identity"
        await reply.send(b"\x1f\x8b" + b"\0" * 1000, headers={"Content-Encoding": "gzip"})

    async with serving(bomb) as server:
        assert len((await Web().ask("GET", Target(server.url))).body) == 1002


async def test_words_of_a_server_are_harmless_and_never_a_secret() -> None:
    hostile = f"no \x1b[31m[red]\u202e entry for {MARK} " + "y" * 5000

    async def telling(request: Request, reply: Reply) -> None:
        await reply.json({"error": hostile}, code=403)

    async with serving(telling) as server:
        found = await ask(lambda one: hubs.hugging_face(one, server.url, "org/name"), asker(keys=TOKEN))
    assert found.answer is Answer.NO
    assert "403 Forbidden" in found.sentence
    assert "[red]" in found.sentence  # as it stands: text is never markup
    assert "<masked>" in found.sentence
    assert len(found.sentence) < 500


async def test_a_header_that_cannot_be_sent() -> None:
    async def fine(request: Request, reply: Reply) -> None:
        await reply.send(b"")

    async with serving(fine) as server:
        for bad in ("\r\nX: y", "\0", "é", "\x7f"):
            found = await ask(lambda one: hubs.hugging_face(one, server.url, "org/name"), asker(keys={"token": f"{MARK}{bad}"}))
            assert found.answer is Answer.UNKNOWN
            assert "holds what no header may (a line break, perhaps), so nothing was sent." in found.sentence
            settings = {"X-Api-Key": f"{MARK}{bad}", f"X-{MARK}{bad}": "x"}
            assert (
                await ask(lambda one, settings=settings: address.file(one, server.url, settings=settings), asker(keys={}))
            ).answer is Answer.UNKNOWN
        await ask(lambda one: address.file(one, server.url, settings={f"a b:{MARK}": "x", "": "y"}), asker(keys={}))
        assert server.requests == []


# ---- redirects ------------------------------------------------------------------------------------------------------


async def test_a_redirect_to_another_host_never_carries_credentials(trusted: Authority) -> None:
    async def answers(request: Request, reply: Reply) -> None:
        await reply.json({"id": "org/name"})

    async with serving(answers, tls=trusted.server()) as thief:

        async def leads(request: Request, reply: Reply) -> None:
            await reply.send(b"", code=301, headers={"Location": f"{thief.url}/stolen"})

        async with serving(leads, tls=trusted.server()) as home:
            who = asker(keys={**TOKEN, **LOGIN, "access-key": "AKIA", "secret-key": MARK})
            found = [
                await ask(lambda one: hubs.hugging_face(one, home.url, "org/name"), who),
                await ask(lambda one: git.repository(one, f"{home.url}/x.git"), who),
                await ask(lambda one: address.file(one, f"{home.url}/file", settings={"X-Api-Key": MARK}), who),
                await ask(lambda one: s3.bucket(one, s3.Bucket(home.url, "us-east-1", "weights")), who),
            ]
            assert len(secrets_seen(home)) >= 3, "the place that was asked does get them"
            assert all(
                "authorization" not in dict(request.headers) and "x-api-key" not in dict(request.headers) for request in thief.requests
            )
            assert secrets_seen(thief) == []
            assert len(thief.requests) >= 4
    assert all("where no credentials were sent" in one.sentence for one in found[:3])


async def test_nor_does_the_way_back() -> None:
    async def elsewhere(request: Request, reply: Reply) -> None:
        await reply.send(b"", code=302, headers={"Location": f"{home.url}/chosen-by-another"})

    async def at_home(request: Request, reply: Reply) -> None:
        if request.path == "/chosen-by-another":
            await reply.json({})
        else:
            await reply.send(b"", code=302, headers={"Location": f"{other.url}/x"})

    async with serving(elsewhere) as other, serving(at_home) as home:
        await ask(lambda one: hubs.hugging_face(one, home.url, "org/name"), asker(keys=TOKEN))
        assert [bool(MARK in request.header("authorization")) for request in home.requests] == [True, False]


async def test_a_circle_ends() -> None:
    async def circle(request: Request, reply: Reply) -> None:
        await reply.send(b"", code=307, headers={"Location": "/again"})

    async with serving(circle) as server:
        found = await reach(server.url)
        assert len(server.requests) == 6
    assert found.answer is Answer.NO
    assert "more than 5 redirects" in found.sentence


@pytest.mark.parametrize("place", ["file:///etc/passwd", "gopher://x", "http://[bad", "//", "http://"])
async def test_a_redirect_to_what_is_no_web_address(place: str) -> None:
    async def leads(request: Request, reply: Reply) -> None:
        await reply.send(b"", code=302, headers={"Location": place})

    async with serving(leads) as server:
        found = await reach(server.url)
    assert found.answer is Answer.NO


# ---- what is sent, and where ----------------------------------------------------------------------------------------


async def test_without_leave_nothing_secret_is_sent() -> None:
    async def denies(request: Request, reply: Reply) -> None:
        await reply.send(b"", code=401)

    async with serving(denies) as server:
        login = server.url.replace("http://", f"http://deploy:{MARK}@")
        await ask(lambda one: hubs.hugging_face(one, login, "org/name"))
        await ask(lambda one: git.repository(one, f"{login}/x.git"))
        await ask(lambda one: address.file(one, f"{login}/file", settings={"X-Api-Key": MARK, "Accept": "text/html"}))
        assert secrets_seen(server) == []
        assert server.requests[-1].header("accept") == "text/html"
        assert all(not request.header("authorization") for request in server.requests)


async def test_without_tls_a_token_is_never_sent_over_a_network(monkeypatch: pytest.MonkeyPatch) -> None:
    sent: list[Target] = []

    async def caught(self: Web, method: str, target: Target) -> None:
        sent.append(target)
        raise AssertionError

    monkeypatch.setattr(Web, "ask", caught)
    for question in (
        lambda one: hubs.hugging_face(one, "http://hub.example.com", "org/name"),
        lambda one: git.repository(one, "http://git.example.com/x.git"),
        lambda one: address.file(one, "http://files.example.com/x", settings={"X-Api-Key": MARK}),
    ):
        with pytest.raises(AssertionError):
            await ask(question, asker(keys={**TOKEN, **LOGIN}))
    assert [target.credentials for target in sent] == [{}, {}, {}]


# ---- proxies --------------------------------------------------------------------------------------------------------


async def test_the_proxy_of_the_environment_leads_there(monkeypatch: pytest.MonkeyPatch) -> None:
    async def proxy(request: Request, reply: Reply) -> None:
        await reply.json({"id": "org/name"})

    async with serving(proxy) as server:
        monkeypatch.setenv("HTTP_PROXY", server.url)
        found = await ask(lambda one: hubs.hugging_face(one, "http://hub.in-another-network.example", "org/name"))
        assert server.paths == ["/api/models/org/name"]
        assert server.requests[0].header("host") == "hub.in-another-network.example"
    assert found.answer is Answer.YES


async def test_a_proxy_that_is_away_is_named_without_its_password(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HTTPS_PROXY", f"http://me:{MARK}@127.0.0.1:1")
    found = await reach("https://hub.example.com")
    assert found.answer is Answer.NO
    assert "through the proxy http://***@127.0.0.1:1" in found.sentence or "through the proxy http://<masked>@127.0.0.1:1" in found.sentence
    monkeypatch.setenv("HTTPS_PROXY", f"ftp://me:{MARK}@proxy")
    assert "is not a URL such as http://proxy:3128" in (await reach("https://hub.example.com")).sentence
