"""`modeltui apply` as a user runs it: over real sockets, against an embedded cluster."""

from __future__ import annotations

import asyncio
import base64
import io
import json
import os
import signal
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import yaml
from tests.cli import changing
from tests.cli.changing import CONFIGMAPS, Terminal
from tests.cli.running import Change, Run, create

from modeltui.kube import credentials
from modeltui.kube.apply import Manifest
from modeltui.kube.client import Client
from modeltui.kube.resource import Resource
from modeltui.systems.core.secrets import SECRETS
from modeltui.systems.core.types import NAMESPACES
from modeltui.systems.modelfs.types import MODELS

SPACE = "cli-apply"
MARK = "s3cr3t-m4rk3r"


@pytest.fixture(scope="module")
def place(cluster: str) -> str:
    """The kubeconfig; the namespace is there."""

    async def make() -> None:
        client = Client(credentials.load(cluster, "admin"))
        await create(client, NAMESPACES, "", {"metadata": {"name": SPACE}})
        await client.aclose()

    asyncio.run(make())
    return cluster


@pytest.fixture
def file(tmp_path: Path) -> Callable[..., str]:
    """A file of these objects."""

    def make(*objects: Any, name: str = "change.yaml") -> str:
        path = tmp_path / name
        path.parent.mkdir(exist_ok=True)
        path.write_text("\n---\n".join(yaml.safe_dump(obj) for obj in objects))
        return str(path)

    return make


def config_map(name: str, /, **data: str) -> Manifest:
    return {"apiVersion": "v1", "kind": "ConfigMap", "metadata": {"name": name, "namespace": SPACE}, "data": data}


def live(kubeconfig: str, name: str, *, resource: Resource = CONFIGMAPS, namespace: str = SPACE) -> Manifest | None:
    return changing.live(kubeconfig, resource, namespace, name)


def by_other(kubeconfig: str, obj: Manifest, *, manager: str = "other", resource: Resource = CONFIGMAPS) -> None:
    async def write() -> None:
        client = Client(credentials.load(kubeconfig, "admin"))
        params = {"fieldManager": manager, "force": "true"}
        path = resource.path(obj["metadata"].get("namespace"), obj["metadata"]["name"])
        await client.request("PATCH", path, params=params, body=obj, content_type="application/apply-patch+yaml")
        await client.aclose()

    asyncio.run(write())


# ---- the whole way -----------------------------------------------------------------------------------------------


def test_applied_recorded_and_a_second_time_there_is_nothing_to_do(modeltui: Run, place: str, file: Callable[..., str]) -> None:
    path = file(config_map("first", k="1"), config_map("second", k="2"))
    code, out, err = modeltui("apply", "-f", path, "--yes", "--kubeconfig", place)
    assert (code, err) == (0, "")
    assert f"1. Apply ConfigMap {SPACE}/first  1 added" in out
    assert '  + data.k  "1"' in out
    assert out.endswith(f"  ✓ apply ConfigMap {SPACE}/first  done\n  ✓ apply ConfigMap {SPACE}/second  done\n")
    found = live(place, "first")
    assert found is not None
    assert found["data"] == {"k": "1"}
    assert [(entry["manager"], entry["operation"]) for entry in found["metadata"]["managedFields"]] == [("modeltui", "Apply")]

    code, out, err = modeltui("apply", "-f", path, "--kubeconfig", place)
    assert (code, err) == (0, "There is nothing to do: the cluster is so already.\n")
    assert out.count("is so already") == 2
    assert live(place, "first") == found

    _, out, _ = modeltui("history", "-o", "json", "-n", SPACE)
    assert [(entry["kind"], entry["name"], entry["verb"], entry["result"]) for entry in json.loads(out)] == [
        ("ConfigMap", "second", "apply", "done"),
        ("ConfigMap", "first", "apply", "done"),
    ]
    assert {entry["user"] for entry in json.loads(out)} == {"admin"}
    assert len({entry["change_id"] for entry in json.loads(out)}) == 1


def test_a_file_speaks_only_of_its_own_fields(modeltui: Run, place: str, file: Callable[..., str]) -> None:
    """What others have put there stays theirs; what was applied by us before and is left out now goes."""
    by_other(place, config_map("shared", theirs="x", both="y"))
    assert modeltui("apply", "-f", file(config_map("shared", both="y", ours="1", gone="2")), "--yes", "--kubeconfig", place)[0] == 0
    code, out, _ = modeltui("apply", "-f", file(config_map("shared", ours="2")), "--yes", "--kubeconfig", place)
    assert code == 0
    assert "1 changed, 1 removed" in out
    found = live(place, "shared")
    assert found is not None
    assert found["data"] == {"theirs": "x", "both": "y", "ours": "2"}
    owned = {entry["manager"]: sorted(entry["fieldsV1"]["f:data"]) for entry in found["metadata"]["managedFields"]}
    assert owned == {"other": ["f:both", "f:theirs"], "modeltui": ["f:ours"]}


def test_what_the_server_adds_is_told_apart_and_not_ours(modeltui: Run, place: str, file: Callable[..., str]) -> None:
    spec: dict[str, Any] = {"selector": {"app": "x"}, "ports": [{"name": "a", "port": 80}]}
    service = {"apiVersion": "v1", "kind": "Service", "metadata": {"name": "ports", "namespace": SPACE}, "spec": spec}
    assert modeltui("apply", "-f", file(service), "--yes", "--kubeconfig", place)[0] == 0
    spec["ports"].append({"name": "b", "port": 81})
    code, out, _ = modeltui("apply", "-f", file(service), "--yes", "--kubeconfig", place)
    assert code == 0
    assert "spec.ports[port=81,protocol=TCP].targetPort  81  (the server's default)" in out
    assert modeltui("apply", "-f", file(service), "--kubeconfig", place)[0] == 0, "nothing to do"
    found = live(place, "ports", resource=Resource("", "v1", "services", "Service"))
    assert found is not None
    (entry,) = [entry for entry in found["metadata"]["managedFields"] if entry["manager"] == "modeltui"]
    port = entry["fieldsV1"]["f:spec"]["f:ports"]['k:{"port":81,"protocol":"TCP"}']
    assert sorted(port) == [".", "f:name", "f:port"]


def test_a_dry_run_writes_nothing_and_a_read_only_context_allows_it(modeltui: Run, place: str, file: Callable[..., str]) -> None:
    path = file(config_map("dry", k="1"))
    for more in ((), ("--read-only",)):
        code, out, err = modeltui("apply", "-f", path, "--dry-run", "--kubeconfig", place, *more)
        assert (code, err) == (0, "Nothing was written (--dry-run).\n")
        assert '+ data.k  "1"' in out
    assert live(place, "dry") is None


def test_a_namespace_and_a_kind_that_the_files_themselves_make(modeltui: Run, place: str, file: Callable[..., str], tmp_path: Path) -> None:
    """In whatever order; and from a directory, of which only manifests are taken."""
    names = {"kind": "Gadget", "plural": "gadgets", "singular": "gadget", "listKind": "GadgetList"}
    schema = {
        "openAPIV3Schema": {"type": "object", "properties": {"spec": {"type": "object", "properties": {"size": {"type": "integer"}}}}}
    }
    file(
        {"apiVersion": "cli.example.com/v1", "kind": "Gadget", "metadata": {"name": "g", "namespace": "cli-made"}, "spec": {"size": 1}},
        name="dir/a.yaml",
    )
    file(
        {"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": "cli-made"}},
        {
            "apiVersion": "apiextensions.k8s.io/v1",
            "kind": "CustomResourceDefinition",
            "metadata": {"name": "gadgets.cli.example.com"},
            "spec": {
                "group": "cli.example.com",
                "names": names,
                "scope": "Namespaced",
                "versions": [{"name": "v1", "served": True, "storage": True, "schema": schema}],
            },
        },
        name="dir/b.yml",
    )
    (tmp_path / "dir" / "notes.txt").write_text("no: [manifest")
    code, out, err = modeltui("apply", "-f", str(tmp_path / "dir"), "--yes", "--kubeconfig", place)
    assert (code, err) == (0, "")
    heads = [line.split("  ")[0] for line in out.splitlines() if line[:1].isdigit()]
    assert heads == [
        *("1. Apply Namespace cli-made", "2. Apply CustomResourceDefinition gadgets.cli.example.com", "3. Apply Gadget cli-made/g")
    ]
    gadgets = Resource("cli.example.com", "v1", "gadgets", "Gadget")
    assert (live(place, "g", resource=gadgets, namespace="cli-made") or {})["spec"] == {"size": 1}
    assert modeltui("apply", "-f", str(tmp_path / "dir"), "--kubeconfig", place)[0] == 0


# ---- what stands against it ---------------------------------------------------------------------------------------


def test_a_conflict_names_owner_and_fields_and_what_to_do(modeltui: Run, place: str, file: Callable[..., str]) -> None:
    by_other(place, config_map("owned", k="theirs"), manager="kubectl")
    path = file(config_map("owned", k="ours"))
    code, out, err = modeltui("apply", "-f", path, "--yes", "--kubeconfig", place)
    assert code == 1
    assert "  ≠ Conflict: kubectl owns data.k\n" in out
    assert " esc" not in out
    assert err == (
        "modeltui: others own fields of this; nothing was written. Leave those fields out, or take them over with --force-conflicts\n"
    )
    assert (live(place, "owned") or {})["data"] == {"k": "theirs"}
    code, out, err = modeltui("apply", "-f", path, "--yes", "--force-conflicts", "--kubeconfig", place)
    assert (code, err) == (0, "")
    assert "Those fields are taken over." in out
    assert (live(place, "owned") or {})["data"] == {"k": "ours"}


@pytest.mark.parametrize("exists", [False, True])
def test_a_refusal_stands_beside_its_field(modeltui: Run, place: str, file: Callable[..., str], exists: bool) -> None:
    name = f"refused-{exists}".lower()
    spec: dict[str, Any] = {"type": "HUGGING_FACE"}
    source: Manifest = {"apiVersion": "model.samzong.dev/v1", "kind": "ModelSource", "metadata": {"name": name}, "spec": spec}
    if exists:
        assert modeltui("apply", "-f", file(source), "-n", SPACE, "--yes", "--kubeconfig", place)[0] == 0
    spec |= {"type": "FTP", "secretReff": "x"}
    for wrong in ("secretReff", "type"):
        code, out, err = modeltui("apply", "-f", file(source), "-n", SPACE, "--yes", "--kubeconfig", place)
        assert (code, err) == (1, "modeltui: the server would not take it; nothing was written\n")
        assert f"  ✕ spec.{wrong}: " in out
        spec.pop("secretReff", None)


def test_findings_stop_it_until_they_are_overridden(modeltui: Run, place: str, file: Callable[..., str]) -> None:
    spec = {"sourceRef": "nowhere", "versions": [{"name": "v1", "repo": "org/x"}]}
    path = file({"apiVersion": "model.samzong.dev/v1", "kind": "Model", "metadata": {"name": "trap"}, "spec": spec})
    code, out, err = modeltui("apply", "-f", path, "-n", SPACE, "--yes", "--kubeconfig", place)
    assert code == 1
    assert "asks for 100Ti" in out
    assert "    → Set storage" in out
    assert err.startswith("modeltui: 2 findings speak against this; nothing was written.")
    assert live(place, "trap", resource=MODELS) is None
    code, out, _ = modeltui("apply", "-f", path, "-n", SPACE, "--yes", "--override-findings", "--kubeconfig", place)
    assert code == 0
    assert live(place, "trap", resource=MODELS) is not None


def test_who_lacks_the_right_is_told_with_3(modeltui: Run, place: str, file: Callable[..., str]) -> None:
    path = file(config_map("denied", k="1"))
    code, out, err = modeltui("apply", "-f", path, "--yes", "--kubeconfig", place, "--context", "viewer")
    assert code == 3
    assert f"you may not patch configmaps in namespace {SPACE}" in out
    assert "nothing was written" in err
    code, out, err = modeltui("apply", "-f", path, "--yes", "--kubeconfig", place, "--context", "nobody")
    assert (code, out) == (3, "")
    assert "cannot get" in err


def test_a_read_only_context_is_left_alone(modeltui: Run, place: str, file: Callable[..., str], tmp_path: Path) -> None:
    config = yaml.safe_load(Path(place).read_text())
    config["contexts"][0]["name"] = config["current-context"] = "eu-Prod"
    production = tmp_path / "production"
    production.write_text(json.dumps(config))
    path = file(config_map("production", k="1"))
    code, out, err = modeltui("apply", "-f", path, "--yes", "--kubeconfig", str(production))
    assert code == 3
    assert '+ data.k  "1"' in out
    assert err == (
        'modeltui: nothing was written: context "eu-Prod" is read-only, since its name matches "*prod*" (read_only_contexts in the '
        "settings); --context eu-Prod --read-write allows it this time\n"
    )
    code, _, err = modeltui("apply", "-f", path, "--yes", "--kubeconfig", place, "--read-only")
    assert (code, err) == (3, 'modeltui: nothing was written: context "admin" is read-only, since --read-only was given\n')
    assert live(place, "production") is None
    allowed = ("--context", "eu-Prod", "--read-write")
    assert modeltui("apply", "-f", path, "--yes", "--kubeconfig", str(production), *allowed)[0] == 0
    assert live(place, "production") is not None


def test_a_dead_server_is_told_with_4(modeltui: Run, changed: Callable[[Change], str], file: Callable[..., str]) -> None:
    def break_it(config: dict[str, Any]) -> None:
        for entry in config["clusters"]:
            entry["cluster"]["server"] = "https://127.0.0.1:1"

    code, out, err = modeltui("apply", "-f", file(config_map("x")), "--yes", "--kubeconfig", changed(break_it))
    assert (code, out) == (4, "")
    assert err.startswith("modeltui: ")


# ---- secrets ------------------------------------------------------------------------------------------------------


def test_no_secret_is_told_or_kept(modeltui: Run, place: str, file: Callable[..., str], tmp_path: Path) -> None:
    said = ""
    meta = {"name": "hidden", "namespace": SPACE}
    for value in (MARK, f"{MARK}-new", f"{MARK}-new"):
        path = file({"apiVersion": "v1", "kind": "Secret", "metadata": meta, "stringData": {"token": value}})
        for output in ("text", "json", "yaml"):
            code, out, err = modeltui("apply", "-f", path, "--dry-run", "-o", output, "--kubeconfig", place)
            assert code == 0
            said += out + err
        code, out, err = modeltui("apply", "-f", path, "--yes", "--kubeconfig", place)
        assert code == 0
        said += out + err
    refused = {"apiVersion": "v1", "kind": "Secret", "metadata": meta, "data": {"token": f"{MARK}!"}}
    code, out, err = modeltui("apply", "-f", file(refused), "--yes", "--kubeconfig", place)
    assert code == 1
    said += out + err
    assert "data.token  (secret, not shown)" in said
    assert "is so already" in said
    found = live(place, "hidden", resource=SECRETS)
    assert found is not None
    assert base64.b64decode(found["data"]["token"]).decode() == f"{MARK}-new"
    written = b"".join(path.read_bytes() for path in (tmp_path / "state").rglob("*") if path.is_file())
    assert written
    for value in (MARK, f"{MARK}-new"):
        for form in (value, base64.b64encode(value.encode()).decode().rstrip("=")[:-1]):
            assert form not in said
            assert form.encode() not in written


# ---- being asked --------------------------------------------------------------------------------------------------


def test_without_a_terminal_nothing_is_written(modeltui: Run, place: str, file: Callable[..., str]) -> None:
    code, out, err = modeltui("apply", "-f", file(config_map("unasked", k="1")), "--kubeconfig", place)
    assert code == 2
    assert '+ data.k  "1"' in out
    assert err.startswith("modeltui: nothing was written: standard input is no terminal to ask at. --yes")
    assert live(place, "unasked") is None


@pytest.mark.parametrize(("answer", "code"), [(b"y\n", 0), (b"\n", 1), (b"n\n", 1)])
def test_at_a_terminal_the_question_is_answered(place: str, file: Callable[..., str], tmp_path: Path, answer: bytes, code: int) -> None:
    name = f"asked-{'yes' if code == 0 else len(answer)}"
    with Terminal(tmp_path, "apply", "-f", file(config_map(name, k="1")), "--kubeconfig", place) as terminal:
        screen = terminal.wait("[y/N]")
        assert "Apply this in context admin? [y/N]" in screen
        assert b"\x1b[32m" in terminal.output, "a terminal gets colours"
        assert live(place, name) is None
        terminal.send(answer)
        assert terminal.end() == code
        assert ("Nothing was written." in terminal.text()) is (code == 1)
    assert (live(place, name) is not None) is (code == 0)


def test_ctrl_c_at_the_question_writes_nothing(place: str, file: Callable[..., str], tmp_path: Path) -> None:
    with Terminal(tmp_path, "apply", "-f", file(config_map("interrupted", k="1")), "--kubeconfig", place) as terminal:
        terminal.wait("[y/N]")
        os.kill(terminal.process.pid, signal.SIGINT)
        assert terminal.end() == 130
        assert "Nothing was written." in terminal.text()
        assert "Traceback" not in terminal.text()
    assert live(place, "interrupted") is None


# ---- for programs -------------------------------------------------------------------------------------------------


def test_json_has_the_review_and_the_account(modeltui: Run, place: str, file: Callable[..., str]) -> None:
    path = file(config_map("json", k="1"))
    code, out, _ = modeltui("apply", "-f", path, "--dry-run", "-o", "json", "--kubeconfig", place)
    found = json.loads(out)
    assert (code, found["done"], found["unchanged"]) == (0, None, False)
    (step,) = found["steps"]
    assert (step["kind"], step["namespace"], step["name"], step["state"]) == ("ConfigMap", SPACE, "json", None)
    assert step["difference"] == [{"path": "data.k", "kind": "added", "before": None, "after": "1", "owners": [], "secret": False}]
    code, out, _ = modeltui("apply", "-f", path, "--yes", "-o", "yaml", "--kubeconfig", place)
    assert code == 0
    assert [step["state"] for step in yaml.safe_load(out)["steps"]] == ["done"]
    assert yaml.safe_load(out)["done"] is True
    code, out, err = modeltui("apply", "-f", path, "-o", "json", "--kubeconfig", place)
    assert (code, out) == (2, "")
    assert "give --yes or --dry-run too" in err


def test_hostile_text_is_harmless_in_every_output(modeltui: Run, place: str, file: Callable[..., str]) -> None:
    hostile = "\x1b[2J\x9b2J\u202eevil[red]\u2066\u2028\u0007 \U0001f600"
    body = config_map("hostile", k=hostile, lines=f"one\n{hostile}\nthree")
    body["metadata"]["annotations"] = {"long": "x" * 200_000, "odd": hostile}
    by_other(place, config_map("hostile", k="theirs"), manager="m[red]")
    for output in ("text", "json", "yaml"):
        code, out, err = modeltui("apply", "-f", file(body), "--dry-run", "-o", output, "--force-conflicts", "--kubeconfig", place)
        assert code == 0
        assert "evil[red]" in out, "shown, but as text"
        assert not set(out + err) & set("\x1b\x9b\u202e\u2066\u2028\u0007")
    assert json.loads(modeltui("apply", "-f", file(body), "--dry-run", "-o", "json", "--force-conflicts", "--kubeconfig", place)[1])
    code, _, err = modeltui("apply", "-f", file(config_map("x" * 300, k="1")), "--yes", "--kubeconfig", place)
    assert (code, err) == (1, "modeltui: the server would not take it; nothing was written\n")


# ---- what is given ------------------------------------------------------------------------------------------------


def test_standard_input(modeltui: Run, place: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sys.stdin", io.TextIOWrapper(io.BytesIO(json.dumps(config_map("piped", k="1")).encode())))
    assert modeltui("apply", "-f", "-", "--yes", "--kubeconfig", place)[0] == 0
    assert live(place, "piped") is not None


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("a: [", "Line 1: not valid YAML"),
        ("kind: X", 'An object has no "apiVersion"'),
        ("", "there are no objects in"),
        ("apiVersion: v1\nkind: ConfigMap\nmetadata: {name: x}\ndata: {a: b, a: c}", 'Line 4: "a" stands there twice'),
        ("apiVersion: v1\nkind: ConfigMap\nmetadata: {name: x, namespace: 7}", "metadata.namespace must be a text, not 7"),
        ("apiVersion: v1\nkind: ConfigMap\nmetadata: {name: x, namespace: elsewhere}", f"is of another namespace than -n {SPACE}"),
        ("\n---\n".join(["apiVersion: v1\nkind: ConfigMap\nmetadata: {name: x}"] * 2), f"ConfigMap {SPACE}/x is given twice"),
    ],
)
def test_a_file_that_is_no_good_is_told_in_a_sentence(modeltui: Run, place: str, tmp_path: Path, text: str, sentence: str) -> None:
    path = tmp_path / "bad.yaml"
    path.write_text(text)
    code, out, err = modeltui("apply", "-f", str(path), "-n", SPACE, "--yes", "--kubeconfig", place)
    assert (code, out) == (2, "")
    assert sentence in err
    assert str(path) in err
    assert len(err.splitlines()) == 1


@pytest.mark.parametrize(
    "odd",
    [
        {"spec": None},
        {"spec": []},
        {"spec": "text"},
        {"spec": {"versions": {}}},
        {"spec": {"versions": [1, None]}},
        {"spec": {"versions": [{"name": None}]}},
        {"metadata": {"name": "odd", "labels": []}},
        {"metadata": {"name": "odd", "annotations": {"a": 1}}},
        {"metadata": {"name": "odd", "managedFields": "x", "uid": 7}},
        {"metadata": {"name": "odd", "ownerReferences": {}}},
        {"metadata": {"name": "Not A Name/../x"}},
        {"kind": "Secret", "apiVersion": "v1", "stringData": "x"},
        {"kind": "Secret", "apiVersion": "v1", "stringData": {"a": 1}, "data": []},
        {"kind": "Secret", "apiVersion": "v1", "data": {"a": None}},
        {"kind": "CustomResourceDefinition", "apiVersion": "apiextensions.k8s.io/v1", "spec": {"versions": [{}], "names": []}},
        {"kind": "Namespace", "apiVersion": "v1", "metadata": {"name": "cli-odd", "namespace": "elsewhere"}},
    ],
    ids=str,
)
@pytest.mark.parametrize("exists", [False, True])
def test_an_object_of_an_odd_shape_ends_in_sentences(
    modeltui: Run, place: str, file: Callable[..., str], odd: Manifest, exists: bool
) -> None:
    sane = {"apiVersion": "model.samzong.dev/v1", "kind": "Model", "metadata": {"name": "odd"}}
    if exists:
        spec = {"sourceRef": "x", "versions": [{"name": "v1", "repo": "a/b"}]}
        path = file(sane | {"spec": spec}, {"apiVersion": "v1", "kind": "Secret", "metadata": {"name": "odd"}, "stringData": {"a": "b"}})
        assert modeltui("apply", "-f", path, "-n", SPACE, "--yes", "--override-findings", "--kubeconfig", place)[0] == 0
    code, out, err = modeltui("apply", "-f", file(sane | odd), "-n", SPACE, "--dry-run", "--override-findings", "--kubeconfig", place)
    assert code in (0, 1, 2)
    assert err
    assert "Traceback" not in out + err


def test_wrong_usage(modeltui: Run, place: str, tmp_path: Path) -> None:
    for arguments, sentence in (
        (("apply",), "arguments are required: -f"),
        (("apply", "-f", str(tmp_path / "none.yaml")), "none.yaml: cannot be read (No such file or directory)"),
        (("apply", "-f", "-", "-f", "-"), "standard input (-f -) can be read once only"),
        (("apply", "-f", "x", "-A"), "a change goes into one namespace"),
        (("apply", "-f", "x", "-n", "a,b"), "a change goes into one namespace"),
    ):
        code, out, err = modeltui(*arguments, "--kubeconfig", place)
        assert (code, out) == (2, "")
        assert sentence in err


def test_a_kind_that_is_not_served_is_named(modeltui: Run, place: str, file: Callable[..., str]) -> None:
    wrong = {"apiVersion": "model.samzong.dev/v9", "kind": "Model", "metadata": {"name": "x"}}
    code, out, err = modeltui("apply", "-f", file(wrong), "--yes", "--kubeconfig", place)
    assert (code, out) == (1, "")
    assert "does not serve Model of model.samzong.dev/v9, but model.samzong.dev/v1" in err
    code, _, err = modeltui("apply", "-f", file(wrong | {"kind": "Modell"}), "--yes", "--kubeconfig", place)
    assert code == 1
    assert "is its operator (its CRD) installed, and is it spelled right?" in err


def test_a_graph_of_a_group_that_nobody_serves_is_explained(modeltui: Run, place: str, file: Callable[..., str]) -> None:
    """As the first plans of a console for Dynamo wrote it: the wrong group, and components in the spec itself."""
    spec = {"Frontend": {"replicas": 1}, "VllmWorker": {"model-path": "Qwen/Qwen3-0.6B"}}
    wrong = {"apiVersion": "dynamo.nvidia.com/v1alpha1", "kind": "DynamoGraphDeployment", "metadata": {"name": "x"}, "spec": spec}
    code, out, err = modeltui("apply", "-f", file(wrong), "--yes", "--kubeconfig", place)
    assert (code, out) == (1, "")
    assert "The group of DynamoGraphDeployment is nvidia.com; dynamo.nvidia.com is served by no cluster." in err
    assert 'spec has no field "VllmWorker"' in err
    assert 'Dynamo makes nothing of it, and calls that "successful".' in err
