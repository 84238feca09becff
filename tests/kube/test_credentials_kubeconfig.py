"""Reading and merging kubeconfig files as kubectl does, and what is wrong with them in one sentence."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
import yaml
from scripted_server import write_kubeconfig

from modeltui.kube import kubeconfig
from modeltui.kube.credentials import contexts, load
from modeltui.kube.errors import ConfigError


def document(name: str, *, current: str = "", server: str = "https://127.0.0.1:1", **user: Any) -> dict[str, Any]:
    return {
        "current-context": current,
        "contexts": [{"name": name, "context": {"cluster": name, "user": name}}],
        "clusters": [{"name": name, "cluster": {"server": server}}],
        "users": [{"name": name, "user": user}],
    }


def write(path: Path, content: dict[str, Any] | str) -> str:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(content if isinstance(content, str) else yaml.safe_dump(content))
    return str(path)


def problem(path: str | None, context: str | None = None) -> str:
    with pytest.raises(ConfigError) as caught:
        load(path, context)
    return str(caught.value)


def test_of_several_files_the_first_to_name_a_value_wins(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    first = write(tmp_path / "1", document("a", server="https://first:1"))
    second = write(tmp_path / "2", {**document("b", current="b"), "clusters": document("a", server="https://second:2")["clusters"]})
    third = write(tmp_path / "3", document("b", current="a", server="https://third:3"))
    monkeypatch.setenv("KUBECONFIG", os.pathsep.join([first, str(tmp_path / "missing"), second, third]))
    found = contexts(None)
    assert found.names == ("a", "b")
    assert found.current == "b"
    assert load(None, "a").server == "https://first:1"
    assert load(None, None).server == "https://third:3"  # context b of the second file, cluster b of the third


@pytest.mark.skipif(shutil.which("kubectl") is None, reason="there is no kubectl")
@pytest.mark.parametrize("order", [(0, 1, 2), (2, 1, 0), (1, 0, 2)])
def test_kubectl_merges_the_same(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, order: tuple[int, ...]) -> None:
    files = [
        write(tmp_path / "0", {**document("a", server="https://zero:0"), "kind": "Config", "apiVersion": "v1"}),
        write(tmp_path / "1", {**document("a", current="b", server="https://one:1"), "kind": "Config", "apiVersion": "v1"}),
        write(tmp_path / "2", {**document("b", current="a", server="https://two:2"), "kind": "Config", "apiVersion": "v1"}),
    ]
    monkeypatch.setenv("KUBECONFIG", os.pathsep.join(files[number] for number in order))
    said = subprocess.run(["kubectl", "config", "view", "-o", "json"], check=True, capture_output=True, timeout=60).stdout
    theirs = json.loads(said)
    ours = contexts(None)
    assert ours.current == theirs["current-context"]
    assert sorted(ours.names) == sorted(item["name"] for item in theirs["contexts"])
    servers = {item["name"]: item["cluster"]["server"] for item in theirs["clusters"]}
    assert {name: load(None, name).server for name in ours.names} == servers


def test_relative_paths_mean_the_folder_of_their_own_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    write(tmp_path / "one" / "config", document("a", current="a", tokenFile="token"))
    write(tmp_path / "one" / "token", "of-one\n")
    write(tmp_path / "two" / "config", document("b", tokenFile="./token"))
    write(tmp_path / "two" / "token", "of-two\n")
    monkeypatch.setenv("KUBECONFIG", os.pathsep.join([str(tmp_path / "one/config"), str(tmp_path / "two/config")]))
    monkeypatch.chdir("/")
    assert load(None, "a").auth.headers() == [("Authorization", "Bearer of-one")]
    assert load(None, "b").auth.headers() == [("Authorization", "Bearer of-two")]


def test_context_gives_names_and_default_namespace(tmp_path: Path) -> None:
    path = write_kubeconfig(tmp_path / "c", "https://127.0.0.1:1/base/")
    connection = load(path, None)
    assert (connection.context, connection.cluster, connection.user, connection.namespace) == ("test", "here", "alice", "team-a")
    assert connection.server == "https://127.0.0.1:1/base"
    assert load(write(tmp_path / "d", document("a", current="a")), None).namespace == "default"


def test_no_kubeconfig_anywhere_names_the_places(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HOME", str(tmp_path))
    assert str(tmp_path / ".kube/config") in problem(None)
    monkeypatch.setenv("KUBECONFIG", f"{tmp_path}/x{os.pathsep}{tmp_path}/y")
    assert f"tried {tmp_path}/x, {tmp_path}/y" in problem(None)
    with pytest.raises(ConfigError, match="tried"):
        contexts(None)
    assert problem(str(tmp_path / "given")) == f"kubeconfig {tmp_path}/given does not exist"


@pytest.mark.parametrize(
    ("content", "words"),
    [
        ("a: b\nclusters:\n  - name: [\n", "line 4 is not valid YAML"),
        ("a: {\x00}", "is not valid YAML"),
        ("just words", "holds str, not a mapping"),
        ("clusters: {}\nusers: 3", "users is not a list"),
        ("clusters: [{nome: x}]", "clusters[0] is not an entry"),
        ("contexts: [{name: a, context: [1]}]", "contexts[0] is not an entry"),
        ("{}", "names no current context"),
    ],
)
def test_broken_files(tmp_path: Path, content: str, words: str) -> None:
    path = write(tmp_path / "broken", content)
    said = problem(path)
    assert words in said
    assert path in said
    assert "\n" not in said


def test_unreadable_file(tmp_path: Path) -> None:
    assert problem(str(tmp_path)) == f"cannot read kubeconfig {tmp_path}: Is a directory"


@pytest.mark.parametrize(
    ("change", "context", "words"),
    [
        ({}, "prod", 'there is no context "prod"'),
        ({}, "prod", "(it has a)"),
        ({"clusters": []}, None, 'names cluster "a", which is not there (it has none)'),
        ({"users": [{"name": "z"}]}, None, 'names user "a", which is not there (it has z)'),
        ({"clusters": [{"name": "a", "cluster": {}}]}, None, 'cluster "a" has server ""'),
        ({"clusters": [{"name": "a", "cluster": {"server": "10.0.0.1:6443"}}]}, None, "not a URL such as"),
        ({"users": [{"name": "a", "user": {"client-certificate-data": "%%%", "client-key-data": "%"}}]}, None, "is not base64"),
        ({"users": [{"name": "a", "user": {"client-certificate": "/no/such.crt", "client-key": "/no/such.key"}}]}, None, "/no/such.crt"),
        ({"users": [{"name": "a", "user": {"tokenFile": "/no/such"}}]}, None, "cannot read the token file /no/such"),
        ({"users": [{"name": "a", "user": {"token": "s3cret\nsecond: line"}}]}, None, "characters that no token may hold"),
        ({"users": [{"name": "a", "user": {"auth-provider": {"name": "gcp"}}}]}, None, "only oidc is left"),
        ({"users": [{"name": "a", "user": {"exec": {"args": ["x", 3]}}}]}, None, "c: exec.args[1]: expected str, got int"),
        ({"users": [{"name": "a", "user": ["s3cret"]}]}, None, "users[0] is not an entry"),
        ({"clusters": [{"name": "a", "cluster": {"server": 6443}}]}, None, 'cluster "a" in '),
        ({"users": [{"name": "a", "user": {"as-groups": ["g"]}}]}, None, 'add "as"'),
    ],
)
def test_what_a_context_names_must_be_there(tmp_path: Path, change: dict[str, Any], context: str | None, words: str) -> None:
    said = problem(write(tmp_path / "c", {**document("a", current="a"), **change}), context)
    assert words in said
    assert "s3cret" not in said


def test_wrong_certificate_authority_is_said_before_connecting(tmp_path: Path) -> None:
    path = write_kubeconfig(tmp_path / "c", "https://127.0.0.1:1", ca=b"no certificate")
    assert 'certificate-authority of cluster "here" holds no certificate' in problem(path)


def test_many_contexts_are_listed_but_not_all(tmp_path: Path) -> None:
    many = document("a", current="a")
    many["contexts"] = [{"name": f"c{n}", "context": {}} for n in range(100)]
    assert "c19 and 80 more" in problem(write(tmp_path / "c", many), "x")


def test_tokens_are_remembered_in_the_file_of_their_user(tmp_path: Path) -> None:
    provider = {"name": "oidc", "config": {"id-token": "old", "refresh-token": "old", "client-id": "x"}}
    path = Path(write(tmp_path / "c", document("a", current="a", **{"auth-provider": provider})))
    path.chmod(0o600)
    assert kubeconfig.remember_tokens(path, "a", {"id-token": "new"})
    assert kubeconfig.read(str(path)).users["a"]["auth-provider"]["config"] == {"id-token": "new", "refresh-token": "old", "client-id": "x"}  # type: ignore[union-attr]
    assert path.stat().st_mode & 0o777 == 0o600
    (tmp_path / "c.lock").touch()
    assert not kubeconfig.remember_tokens(path, "a", {"id-token": "newer"})
    assert sorted(item.name for item in tmp_path.iterdir()) == ["c", "c.lock"]


def test_importing_credentials_is_cheap_and_so_is_listing_contexts(tmp_path: Path) -> None:
    path = write(tmp_path / "c", document("a", current="a"))
    code = f"""
import sys
from modeltui.kube.credentials import contexts
assert contexts({path!r}).names == ("a",)
heavy = [name for name in ("kubernetes", "httpx", "cryptography", "textual", "anyio") if name in sys.modules]
assert not heavy, heavy
"""
    subprocess.run([sys.executable, "-c", code], check=True, timeout=60)


def test_secrets_are_in_no_repr(tmp_path: Path) -> None:
    path = write_kubeconfig(tmp_path / "c", "https://127.0.0.1:1", user={"token": "s3cret-token"})
    connection = load(path, None)
    assert "s3cret" not in f"{connection!r} {connection.auth!r} {kubeconfig.read(path)!r}"
