"""Every way to say who one is, up to the header and the certificate that the server sees."""

from __future__ import annotations

import base64
import json
import subprocess
import sys
import time
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from scripted_server import Authority, b64, write_kubeconfig

from modeltui.kube import credentials
from modeltui.kube.credentials import contexts, load
from modeltui.kube.errors import ConfigError
from processes import alive

SERVER = "https://127.0.0.1:1"


def connection(tmp_path: Path, user: dict[str, Any], **cluster: Any) -> credentials.Connection:
    return load(write_kubeconfig(tmp_path / "config", SERVER, user=user, **cluster), None)


def problem(tmp_path: Path, user: dict[str, Any], **cluster: Any) -> str:
    with pytest.raises(ConfigError) as caught:
        connection(tmp_path, user, **cluster)
    assert "\n" not in str(caught.value)
    return str(caught.value)


def plugin(tmp_path: Path, body: str, **extra: Any) -> dict[str, Any]:
    """A user whose exec runs `body` as Python, with `info`, `say(status)` and `count` (of runs) at hand."""
    script = tmp_path / "plugin.py"
    script.write_text(
        "import json, os, sys\n"
        "info = json.loads(os.environ['KUBERNETES_EXEC_INFO'])\n"
        f"runs = {str(tmp_path / 'runs')!r}\n"
        "open(runs, 'a').write('x')\n"
        "count = os.path.getsize(runs)\n"
        "def say(**status): print(json.dumps({'kind': 'ExecCredential', 'apiVersion': info['apiVersion'], 'status': status}))\n" + body
    )
    exec_ = {"apiVersion": "client.authentication.k8s.io/v1", "command": sys.executable, "args": [str(script)], "interactiveMode": "Never"}
    return {"exec": {**exec_, **extra}}


def test_token(tmp_path: Path) -> None:
    assert connection(tmp_path, {"token": "abc"}).auth.headers() == [("Authorization", "Bearer abc")]


def test_user_and_password(tmp_path: Path) -> None:
    (header,) = connection(tmp_path, {"username": "me", "password": "p:w"}).auth.headers()
    assert header == ("Authorization", "Basic " + b64(b"me:p:w"))


def test_no_secret_goes_to_a_server_without_tls(tmp_path: Path) -> None:
    made = load(write_kubeconfig(tmp_path / "config", "http://127.0.0.1:1", user={"token": "abc"}), None)
    assert made.auth.headers() == []
    assert made.ssl is None


def test_token_file_wins_over_token_and_is_read_again(tmp_path: Path) -> None:
    file = tmp_path / "token"
    file.write_text("one\n")
    made = connection(tmp_path, {"token": "zero", "tokenFile": str(file)})
    assert made.auth.headers() == [("Authorization", "Bearer one")]
    assert made.renewed() == made
    assert not made.outdated()
    file.write_text("second\n")
    assert made.outdated()
    made = made.renewed()
    assert not made.outdated()
    assert made.auth.headers() == [("Authorization", "Bearer second")]


def test_a_kubeconfig_written_to_by_a_login_elsewhere_is_read_again(tmp_path: Path) -> None:
    made = connection(tmp_path, {"token": "one"})
    write_kubeconfig(tmp_path / "config", SERVER, user={"token": "two"})
    assert made.renewed().auth.headers() == [("Authorization", "Bearer two")]


def test_impersonation_repeats_the_group_header(tmp_path: Path) -> None:
    made = connection(tmp_path, {"token": "t", "as": "bob", "as-groups": ["a", "b"], "as-uid": "7", "as-user-extra": {"scope": ["x"]}})
    assert made.auth.headers()[1:] == [
        ("Impersonate-User", "bob"),
        ("Impersonate-Uid", "7"),
        ("Impersonate-Group", "a"),
        ("Impersonate-Group", "b"),
        ("Impersonate-Extra-scope", "x"),
    ]


@pytest.mark.parametrize("as_files", [True, False])
def test_client_certificate_leaves_no_key_behind(
    tmp_path: Path, authority: Authority, monkeypatch: pytest.MonkeyPatch, as_files: bool
) -> None:
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path / "temporary"))
    (tmp_path / "temporary").mkdir()
    certificate, key = authority.client("alice", not_after=datetime(2090, 1, 2, tzinfo=UTC))
    if as_files:
        (tmp_path / "a.crt").write_bytes(certificate)
        (tmp_path / "a.key").write_bytes(key)
        user = {"client-certificate": "a.crt", "client-key": "a.key"}
    else:
        user = {"client-certificate-data": b64(certificate), "client-key-data": b64(key)}
    made = connection(tmp_path, user)
    assert made.auth.certificate_expires == datetime(2090, 1, 2, tzinfo=UTC)
    assert list((tmp_path / "temporary").iterdir()) == []
    before = made.ssl
    again = made.renewed()
    assert again == made
    assert again.ssl is before


def test_expired_client_certificate_says_since_when(tmp_path: Path, authority: Authority) -> None:
    end = datetime.now(UTC).replace(microsecond=0) - timedelta(days=3)
    certificate, key = authority.client("alice", not_after=end)
    user = {"client-certificate-data": b64(certificate), "client-key-data": b64(key)}
    assert problem(tmp_path, user) == f'the client certificate of user "alice" expired on {end:%Y-%m-%d %H:%M} UTC: get a new one'
    assert connection(tmp_path, {**user, "token": "still good"}).auth.certificate_expires == end


def test_certificate_and_key_of_different_pairs(tmp_path: Path, authority: Authority) -> None:
    certificate, _ = authority.client("alice")
    _, key = authority.client("bob")
    user = {"client-certificate-data": b64(certificate), "client-key-data": b64(key)}
    assert "do not belong together" in problem(tmp_path, user)
    assert "not in PEM form" in problem(tmp_path, {**user, "client-key-data": b64(b"nothing")})


def test_an_encrypted_key_does_not_ask_on_the_terminal(tmp_path: Path, authority: Authority) -> None:
    from cryptography.hazmat.primitives import serialization

    certificate, key = authority.client("alice")
    locked = serialization.load_pem_private_key(key, None).private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.BestAvailableEncryption(b"password")
    )
    said = problem(tmp_path, {"client-certificate-data": b64(certificate), "client-key-data": b64(locked)})
    assert "is encrypted: give it without a password" in said


def test_unreadable_certificate_is_named(tmp_path: Path) -> None:
    (tmp_path / "x.crt").mkdir()
    assert "x.crt" in problem(tmp_path, {"client-certificate": "x.crt", "client-key": "x.key"})


class TestPlugin:
    def test_token_with_environment_and_expiry(self, tmp_path: Path) -> None:
        body = "say(token=os.environ['PROFILE'] + '-' + str(info['spec']['interactive']), expirationTimestamp='2020-01-01T00:00:00Z')"
        made = connection(tmp_path, plugin(tmp_path, body, env=[{"name": "PROFILE", "value": "prod"}]))
        assert made.auth.headers() == [("Authorization", "Bearer prod-False")]
        assert made.auth.expired() is True

    def test_runs_again_on_refresh(self, tmp_path: Path) -> None:
        made = connection(tmp_path, plugin(tmp_path, "say(token=f't{min(count, 2)}')"))
        assert made.auth.headers() == [("Authorization", "Bearer t1")]
        again = made.renewed()
        assert again.auth.headers() == [("Authorization", "Bearer t2")]
        assert again.renewed() == again

    def test_client_certificate(self, tmp_path: Path, authority: Authority) -> None:
        certificate, key = authority.client("alice", not_after=datetime(2091, 1, 1, tzinfo=UTC))
        body = f"say(token='t', clientCertificateData={certificate.decode()!r}, clientKeyData={key.decode()!r})"
        made = connection(tmp_path, plugin(tmp_path, body))
        assert made.auth.certificate_expires == datetime(2091, 1, 1, tzinfo=UTC)
        assert made.auth.headers() == [("Authorization", "Bearer t")]

    def test_cluster_info(self, tmp_path: Path) -> None:
        body = "cluster = info['spec']['cluster']; say(token=cluster['server'] + '|' + cluster['config']['audience'])"
        extensions = [{"name": "client.authentication.k8s.io/exec", "extension": {"audience": "x"}}]
        made = connection(tmp_path, plugin(tmp_path, body, provideClusterInfo=True), extensions=extensions)
        assert made.auth.headers() == [("Authorization", f"Bearer {SERVER}|x")]

    def test_relative_command_means_the_kubeconfigs_folder(self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        (tmp_path / "bin").mkdir()
        command = tmp_path / "bin" / "login"
        command.write_text(f'#!/bin/sh\nexec {sys.executable} "$@"\n')
        command.chmod(0o755)
        monkeypatch.chdir("/")
        made = connection(tmp_path, plugin(tmp_path, "say(token='t')", command="./bin/login"))
        assert made.auth.headers() == [("Authorization", "Bearer t")]

    def test_it_cannot_reach_the_terminal(self, tmp_path: Path) -> None:
        body = "try:\n  open('/dev/tty'); say(token='has-a-terminal')\nexcept OSError:\n  say(token='none-' + repr(sys.stdin.read()))"
        assert connection(tmp_path, plugin(tmp_path, body)).auth.headers() == [("Authorization", "Bearer none-''")]

    @pytest.mark.parametrize(
        ("body", "extra", "words"),
        [
            ("", {"command": "no-such-login", "installHint": "brew install\n  it"}, "not installed or not in PATH: brew install it"),
            ("", {"command": "/proc/version"}, "cannot be run: Permission denied"),
            ("", {"command": ""}, "names no command"),
            ("sys.exit('login: session\\x1b[31m expired')", {}, "failed with exit code 1: login: session [31m expired"),
            ("sys.exit(3)", {}, "failed with exit code 3: it did not say why"),
            ("os.kill(os.getpid(), 9)", {}, "was ended by signal 9"),
            ("print('s3cret')", {}, "printed no ExecCredential"),
            ("print(json.dumps({'kind': 'X', 'apiVersion': 'v9'}))", {}, "printed a X of v9, not the ExecCredential"),
            ("say()", {}, "gave neither a token nor a client certificate"),
            ("say(token='s3cret', clientKeyData='s3cret')", {}, "gave only one of client certificate and key"),
            ("say(token='t')", {"interactiveMode": "Always"}, "must ask on a terminal"),
            ("say(token='t')", {"apiVersion": "client.authentication.k8s.io/v1alpha1"}, "asks for apiVersion"),
        ],
    )
    def test_failures_are_one_sentence(self, tmp_path: Path, body: str, extra: dict[str, Any], words: str) -> None:
        said = problem(tmp_path, plugin(tmp_path, body, **extra))
        assert words in said
        assert '"alice"' in said
        assert "s3cret" not in said

    def test_one_that_hangs_is_ended_with_its_children(self, tmp_path: Path) -> None:
        from modeltui.kube import exec_plugin

        pid = str(tmp_path / "pid")
        body = f"import subprocess; child = subprocess.Popen(['sleep', '60']); open({pid!r}, 'w').write(str(child.pid)); child.wait()"
        spec = plugin(tmp_path, body)["exec"]
        started = time.monotonic()
        with pytest.raises(ConfigError, match="did not finish within 2 s"):
            exec_plugin.run(spec, user="alice", cluster={}, folder=tmp_path, interactive=False, timeout=2.0)
        assert time.monotonic() - started < 20
        _ends(int((tmp_path / "pid").read_text()))

    def test_one_that_waits_is_ended_with_the_program(self, tmp_path: Path) -> None:
        pid = tmp_path / "pid"
        body = f"import time; open({str(pid)!r}, 'w').write(str(os.getpid())); time.sleep(60)"
        path = write_kubeconfig(tmp_path / "config", SERVER, user=plugin(tmp_path, body))
        code = f"""
import threading, time, pathlib
from modeltui.kube.credentials import load
threading.Thread(target=load, args=({path!r}, None), daemon=True).start()
while not (pathlib.Path({str(pid)!r}).exists() and pathlib.Path({str(pid)!r}).read_text()):
    time.sleep(0.01)
"""
        subprocess.run([sys.executable, "-c", code], timeout=30, check=True)
        _ends(int(pid.read_text()))


def _ends(pid: int) -> None:
    """It was killed; the kernel may take a moment over it."""
    end = time.monotonic() + 5
    while alive(pid) and time.monotonic() < end:
        time.sleep(0.01)
    assert not alive(pid)


class TestPod:
    @pytest.fixture
    def account(self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, authority: Authority) -> Path:
        folder = tmp_path / "serviceaccount"
        folder.mkdir()
        (folder / "token").write_text("pod-token\n")
        (folder / "ca.crt").write_bytes(authority.pem)
        (folder / "namespace").write_text("ml\n")
        monkeypatch.setattr(credentials, "SERVICE_ACCOUNT", folder)
        monkeypatch.setenv("HOME", str(tmp_path))
        monkeypatch.setenv("KUBERNETES_SERVICE_HOST", "fd00::1")
        monkeypatch.setenv("KUBERNETES_SERVICE_PORT", "443")
        return folder

    def test_its_own_account_where_there_is_no_kubeconfig(self, account: Path) -> None:
        assert contexts(None).current == "in-cluster"
        made = load(None, contexts(None).current)
        assert (made.server, made.namespace) == ("https://[fd00::1]:443", "ml")
        assert made.auth.headers() == [("Authorization", "Bearer pod-token")]
        (account / "token").write_text("rotated")
        assert not made.outdated()
        assert made.renewed().auth.headers() == [("Authorization", "Bearer rotated")]

    def test_a_broken_account_is_one_sentence(self, account: Path) -> None:
        (account / "ca.crt").unlink()
        with pytest.raises(ConfigError, match=r"this pod's service account in .* cannot be used"):
            load(None, None)


def jwt(**claims: Any) -> str:
    def part(value: Any) -> str:
        return base64.urlsafe_b64encode(json.dumps(value).encode()).decode().rstrip("=")

    return f"{part({'alg': 'none'})}.{part(claims)}.c2ln"


def test_a_fresh_oidc_token_is_used_as_it_is(tmp_path: Path) -> None:
    token = jwt(exp=time.time() + 3600)
    made = connection(tmp_path, {"auth-provider": {"name": "oidc", "config": {"id-token": token}}})
    assert made.auth.headers() == [("Authorization", f"Bearer {token}")]


def test_an_expired_oidc_token_that_cannot_be_renewed(tmp_path: Path) -> None:
    provider = {"name": "oidc", "config": {"id-token": jwt(exp=1), "idp-issuer-url": "https://idp", "client-id": "x"}}
    assert "cannot be renewed without refresh-token: log in again" in problem(tmp_path, {"auth-provider": provider})
