"""Whatever is wrong ends as one clear sentence on stderr and the right exit code, never as a traceback."""

from __future__ import annotations

import json
import socket
import threading
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest
import trustme
from tests.cli.running import Change, Run

Changed = Callable[[Change], str]


def one_sentence(err: str) -> str:
    """The one line on stderr, without the command's name."""
    assert err.startswith("modeltui: "), err
    assert err.count("\n") == 1, err
    assert "Traceback" not in err
    return err.removeprefix("modeltui: ").rstrip("\n")


# ---- wrong usage: 2 ---------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("argv", "words"),
    [
        (["gte", "models"], 'did you mean "get"?'),
        (["modles"], 'did you mean "models"?'),
        (["xyzzy"], "neither a verb nor a view"),
        (["get"], "the following arguments are required: VIEW; see modeltui get --help"),
        (["get", "modles"], 'did you mean "models"?'),
        (["get", "xyzzy"], "there are deployments, models, sources, datasets"),
        (["get", "models", "--foo"], "unrecognized arguments: --foo"),
        (["--foo"], "unrecognized arguments: --foo; see modeltui --help"),
        (["get", "models", "-o", "xml"], "invalid choice: 'xml'"),
        (["get", "models", "-n"], "expected one argument"),
        (["get", "models", "-n", "Bad_Name"], '"Bad_Name" cannot be the name of a namespace'),
        (["get", "models", "-n", "a,,b"], '"" cannot be the name of a namespace'),
        (["get", "models", "-n", "a", "-A"], "contradict each other"),
        (["get", "models", "x", "-l", "a=b"], "contradict each other"),
        (["get", "models", "x", "-A"], "a NAME needs a namespace"),
        (["get", "models", "--sort-by", "agee"], 'did you mean "age"?'),
        (["demo", "--port", "99999"], "is no port"),
        (["demo", "--objects", "many"], "is no count"),
        (["demo", "--pace", "0"], "is no pace"),
        (["demo", "--pace", "nan"], "is no pace"),
    ],
)
def test_wrong_usage(modeltui: Run, argv: list[str], words: str) -> None:
    code, out, err = modeltui(*argv)
    assert (code, out) == (2, "")
    assert words in one_sentence(err)


# ---- the kubeconfig: 1 ------------------------------------------------------------------------------------------


def test_no_kubeconfig(modeltui: Run) -> None:
    code, _, err = modeltui("get", "models")
    assert code == 1
    assert "no kubeconfig found: tried " in one_sentence(err)


def test_a_kubeconfig_that_is_not_there(modeltui: Run) -> None:
    code, _, err = modeltui("get", "models", "--kubeconfig", "/nowhere/config")
    assert (code, one_sentence(err)) == (1, "kubeconfig /nowhere/config does not exist")


@pytest.mark.parametrize("text", ["{", "a: [", "- list", "\x00", "just words"])
def test_a_broken_kubeconfig(modeltui: Run, tmp_path: Path, text: str) -> None:
    path = tmp_path / "broken"
    path.write_text(text)
    code, _, err = modeltui("get", "models", "--kubeconfig", str(path))
    assert code == 1
    assert str(path) in one_sentence(err)


def test_an_unknown_context(modeltui: Run, cluster: str) -> None:
    code, _, err = modeltui("get", "models", "--kubeconfig", cluster, "--context", "prodd")
    assert code == 1
    assert "prodd" in one_sentence(err)


def _plugin(**spec: Any) -> Change:
    def change(config: dict[str, Any]) -> None:
        plugin = {"apiVersion": "client.authentication.k8s.io/v1", "interactiveMode": "Never", **spec}
        config["users"] = [{"name": "admin", "user": {"exec": plugin}}]

    return change


def test_an_exec_plugin_that_is_missing(modeltui: Run, changed: Changed) -> None:
    code, _, err = modeltui("get", "models", "--kubeconfig", changed(_plugin(command="no-such-plugin-here")))
    assert code == 1
    assert "no-such-plugin-here" in one_sentence(err)


def test_an_exec_plugin_that_fails(modeltui: Run, changed: Changed) -> None:
    broken = _plugin(command="/bin/sh", args=["-c", "echo please log in first >&2; exit 3"])
    code, _, err = modeltui("get", "models", "--kubeconfig", changed(broken))
    assert code == 1
    assert "please log in first" in one_sentence(err)


# ---- TLS and reachability: 4 ------------------------------------------------------------------------------------


def _ca(pem: bytes, server: str = "") -> Change:
    import base64

    def change(config: dict[str, Any]) -> None:
        found = config["clusters"][0]["cluster"]
        found["certificate-authority-data"] = base64.b64encode(pem).decode()
        found["server"] = server or found["server"]

    return change


def test_the_wrong_ca(modeltui: Run, changed: Changed) -> None:
    code, _, err = modeltui("get", "models", "--kubeconfig", changed(_ca(trustme.CA().cert_pem.bytes())))
    assert code == 4
    assert "certificate" in one_sentence(err)


@pytest.fixture
def expired(tmp_path: Path) -> Iterator[tuple[bytes, str]]:
    """(CA, URL) of a TLS server whose certificate is over."""
    import ssl

    authority = trustme.CA()
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    authority.issue_cert("127.0.0.1", not_after=datetime.now(UTC) - timedelta(days=1)).configure_cert(context)
    server = ThreadingHTTPServer(("127.0.0.1", 0), BaseHTTPRequestHandler)
    server.handle_error = lambda *_: None  # type: ignore[method-assign]  # the failed handshakes are the point
    server.socket = context.wrap_socket(server.socket, server_side=True)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield authority.cert_pem.bytes(), f"https://127.0.0.1:{server.server_address[1]}"
    server.shutdown()
    server.server_close()


def test_a_server_whose_certificate_has_expired(modeltui: Run, changed: Changed, expired: tuple[bytes, str]) -> None:
    code, _, err = modeltui("get", "models", "--kubeconfig", changed(_ca(*expired)))
    assert code == 4
    assert "expired" in one_sentence(err)


def test_a_client_certificate_that_has_expired(modeltui: Run, changed: Changed) -> None:
    import base64

    over = trustme.CA().issue_cert("me@example", not_after=datetime(2025, 1, 1, tzinfo=UTC))

    def change(config: dict[str, Any]) -> None:
        pem = {
            "client-certificate-data": base64.b64encode(over.cert_chain_pems[0].bytes()).decode(),
            "client-key-data": base64.b64encode(over.private_key_pem.bytes()).decode(),
        }
        config["users"] = [{"name": "admin", "user": pem}]

    code, _, err = modeltui("get", "models", "--kubeconfig", changed(change))
    assert code == 1
    assert "expired on 2025-01-01" in one_sentence(err)


def _at(url: str) -> Change:
    def change(config: dict[str, Any]) -> None:
        config["clusters"][0]["cluster"] = {"server": url}

    return change


@pytest.mark.parametrize("extra", [[], ["--watch"]])
def test_a_server_that_does_not_answer(modeltui: Run, changed: Changed, extra: list[str]) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        url = f"https://127.0.0.1:{taken.getsockname()[1]}"
    code, _, err = modeltui("get", "models", *extra, "--kubeconfig", changed(_at(url)))
    assert code == 4
    assert url.removeprefix("https://") in one_sentence(err)


# ---- rights: 3 --------------------------------------------------------------------------------------------------


def _wrong_token(config: dict[str, Any]) -> None:
    config["users"] = [{"name": "admin", "user": {"token": "not-the-token"}}]


@pytest.mark.parametrize("extra", [[], ["--watch"]])
def test_401(modeltui: Run, changed: Changed, extra: list[str]) -> None:
    code, _, err = modeltui("get", "models", *extra, "--kubeconfig", changed(_wrong_token))
    assert code == 3
    assert "credentials" in one_sentence(err)
    assert "not-the-token" not in err


@pytest.mark.parametrize("extra", [[], ["--watch"]])
@pytest.mark.parametrize(("where", "words"), [(["-n", "cli-a"], "in namespace cli-a"), (["-A"], "name some with -n")])
def test_403_on_everything(modeltui: Run, cluster: str, where: list[str], words: str, extra: list[str]) -> None:
    code, out, err = modeltui("get", "models", *where, *extra, "--kubeconfig", cluster, "--context", "nobody")
    assert (code, out) == (3, "")
    assert words in one_sentence(err)


# ---- what is not there: 1 ---------------------------------------------------------------------------------------


def test_a_namespace_that_does_not_exist(modeltui: Run, cluster: str) -> None:
    code, out, err = modeltui("get", "models", "-n", "cli-nowhere", "--kubeconfig", cluster)
    assert (code, out, one_sentence(err)) == (1, "", 'namespace "cli-nowhere" does not exist')


def test_one_of_several_namespaces_does_not_exist(modeltui: Run, cluster: str) -> None:
    code, out, err = modeltui("get", "models", "-n", "cli-b,cli-nowhere,cli-empty", "--kubeconfig", cluster, "--no-headers")
    assert (code, one_sentence(err)) == (1, 'namespace "cli-nowhere" does not exist')
    assert out.startswith("phi ")


def test_an_object_that_does_not_exist(modeltui: Run, cluster: str) -> None:
    code, _, err = modeltui("get", "models", "nothing", "-n", "cli-a", "--kubeconfig", cluster)
    assert code == 1
    assert '"nothing" not found' in one_sentence(err)


def test_a_selector_that_the_server_does_not_understand(modeltui: Run, cluster: str) -> None:
    code, _, err = modeltui("get", "models", "-n", "cli-a", "-l", "a===b", "--kubeconfig", cluster)
    assert code == 1
    assert "-l 'a===b': unable to parse requirement" in one_sentence(err)


class _NoCrds(BaseHTTPRequestHandler):
    """What a real API server says about a resource that it does not serve."""

    def do_GET(self) -> None:
        body = b"404 page not found\n"
        self.send_response(404)
        self.send_header("Content-Type", "text/plain; charset=utf-8")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002  # the base class names it so
        """Quiet."""


@pytest.fixture
def bare(tmp_path: Path) -> Iterator[str]:
    """A kubeconfig of a server without our CRDs."""
    server = ThreadingHTTPServer(("127.0.0.1", 0), _NoCrds)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    config = {
        "current-context": "bare",
        "clusters": [{"name": "bare", "cluster": {"server": f"http://127.0.0.1:{server.server_address[1]}"}}],
        "contexts": [{"name": "bare", "context": {"cluster": "bare", "user": "me"}}],
        "users": [{"name": "me", "user": {"token": "x"}}],
    }
    path = tmp_path / "bare"
    path.write_text(json.dumps(config))
    yield str(path)
    server.shutdown()
    server.server_close()


@pytest.mark.parametrize("extra", [[], ["--watch"]])
def test_crds_that_are_not_installed(modeltui: Run, bare: str, extra: list[str]) -> None:
    code, out, err = modeltui("get", "models", *extra, "--kubeconfig", bare)
    assert (code, out) == (1, "")
    assert one_sentence(err) == "the server has no models.model.samzong.dev in version v1: its CRD is not installed there"
