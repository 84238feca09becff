"""The real kubectl against the embedded cluster, with the upstream CRDs loaded."""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

Kubectl = Callable[..., str]


def kubectl_version() -> tuple[int, int]:
    if shutil.which("kubectl") is None:
        return (0, 0)
    done = subprocess.run(["kubectl", "version", "--client", "-o", "json"], capture_output=True, text=True, check=False)
    found = re.search(r'"gitVersion":\s*"v(\d+)\.(\d+)', done.stdout)
    return (int(found[1]), int(found[2])) if found else (0, 0)


pytestmark = pytest.mark.skipif(kubectl_version() < (1, 27), reason="needs kubectl 1.27 or newer")

MODEL = """
apiVersion: model.samzong.dev/v1
kind: Model
metadata: {name: llama, labels: {team: a}}
spec:
  sourceRef: hf
  versions: [{name: v1, repo: meta/llama}]
"""
WIDGET = """
apiVersion: test.modeltui.dev/v1
kind: Widget
metadata: {name: w}
spec: {size: SIZE}
"""


class Run:
    """kubectl in a namespace of its own. `run(...)` gives what it prints and fails the test when it fails."""

    def __init__(self, kubeconfig: Path, home: Path, namespace: str) -> None:
        self.namespace = namespace
        self.environment = {**os.environ, "KUBECONFIG": str(kubeconfig), "HOME": str(home), "KUBECTL_EXTERNAL_DIFF": "diff -u -N"}

    def command(self, *words: str, context: str = "admin") -> list[str]:
        return ["kubectl", "--context", context, "-n", self.namespace, *words]

    def raw(self, *words: str, stdin: str = "", context: str = "admin") -> subprocess.CompletedProcess[str]:
        command = self.command(*words, context=context)
        return subprocess.run(command, input=stdin, capture_output=True, text=True, env=self.environment, timeout=60, check=False)

    def __call__(self, *words: str, stdin: str = "", context: str = "admin") -> str:
        done = self.raw(*words, stdin=stdin, context=context)
        assert done.returncode == 0, f"{words}: {done.stderr}"
        return done.stdout

    def fails(self, *words: str, stdin: str = "", context: str = "admin") -> str:
        done = self.raw(*words, stdin=stdin, context=context)
        assert done.returncode != 0, f"{words}: {done.stdout}"
        return done.stderr


@pytest.fixture(scope="module")
def namespaces(reference_kubeconfig: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Callable[[], Run]]:
    home = tmp_path_factory.mktemp("home")
    made: list[Run] = []

    def make() -> Run:
        run = Run(reference_kubeconfig, home, f"kubectl-{len(made)}")
        run("create", "namespace", run.namespace)
        made.append(run)
        return run

    yield make
    for run in made:
        run("delete", "namespace", run.namespace, "--wait=false")


@pytest.fixture
def run(namespaces: Callable[[], Run]) -> Run:
    return namespaces()


def test_api_resources_name_built_in_and_custom_kinds(run: Run) -> None:
    listed = run("api-resources", "--no-headers").splitlines()
    by_name = {line.split()[0]: line.split() for line in listed}
    assert by_name["configmaps"][1:] == ["cm", "v1", "true", "ConfigMap"]
    assert by_name["models"][-3:] == ["model.samzong.dev/v1", "true", "Model"]
    assert by_name["dynamographdeployments"][-3] == "nvidia.com/v1beta1"


def test_get_prints_the_columns_of_the_crd(run: Run) -> None:
    run("create", "-f", "-", stdin=MODEL)
    run("create", "-f", "-", stdin=WIDGET.replace("SIZE", "small"))
    header, row = run("get", "widgets").splitlines()
    assert header.split() == ["NAME", "SIZE", "REPLICAS", "AGE"]
    assert row.split()[:3] == ["w", "small", "1"]
    assert run("get", "wdg", "-o", "wide").splitlines()[0].split() == ["NAME", "SIZE", "REPLICAS", "PHASE", "AGE"]
    assert "llama" in run("get", "models", "-l", "team=a")
    assert run("get", "models", "-l", "team=b") == ""


def test_get_prints_the_columns_of_built_in_kinds(run: Run) -> None:
    run("create", "-f", "-", stdin=json.dumps(POD))
    run("create", "deployment", "web", "--image=nginx", "--replicas=2")
    run("create", "secret", "generic", "token", "--from-literal=a=b")
    header, pod = run("get", "pods").splitlines()
    assert header.split() == ["NAME", "READY", "STATUS", "RESTARTS", "AGE"]
    assert pod.split()[:4] == ["p", "0/1", "Pending", "0"]
    assert run("get", "deployments").splitlines()[1].split()[:4] == ["web", "0/2", "0", "0"]
    assert run("get", "secrets").splitlines()[1].split()[:3] == ["token", "Opaque", "1"]


def test_get_yaml_is_the_whole_object(run: Run) -> None:
    run("create", "-f", "-", stdin=MODEL)
    text = run("get", "model", "llama", "-o", "yaml", "--show-managed-fields")
    assert "state: PRESENT" in text
    assert "manager: kubectl-create" in text


def test_watch_prints_a_change(run: Run) -> None:
    run("create", "-f", "-", stdin=WIDGET.replace("SIZE", "small"))
    lines: list[str] = []
    with subprocess.Popen(run.command("get", "wdg", "-w", "--no-headers"), stdout=subprocess.PIPE, text=True, env=run.environment) as watch:
        assert watch.stdout is not None
        reader = threading.Thread(target=lambda: lines.extend(iter(watch.stdout.readline, "")), daemon=True)  # type: ignore[union-attr]
        reader.start()
        wait_for(lambda: any("small" in line for line in lines))
        run("patch", "wdg", "w", "--type=merge", "-p", '{"spec":{"size":"large"}}')
        wait_for(lambda: any("large" in line for line in lines))
        watch.terminate()
        reader.join(10)


def wait_for(condition: Callable[[], bool], *, within: float = 20.0) -> None:
    end = time.monotonic() + within
    while not condition():
        assert time.monotonic() < end, "it did not happen in time"
        time.sleep(0.05)


def test_server_side_apply_conflicts_and_can_be_forced(run: Run) -> None:
    run("apply", "--server-side", "--field-manager=one", "-f", "-", stdin=WIDGET.replace("SIZE", "small"))
    refusal = run.fails("apply", "--server-side", "--field-manager=two", "-f", "-", stdin=WIDGET.replace("SIZE", "large"))
    assert 'conflict with "one": .spec.size' in refusal
    run("apply", "--server-side", "--field-manager=two", "--force-conflicts", "-f", "-", stdin=WIDGET.replace("SIZE", "large"))
    assert run("get", "wdg", "w", "-o", "jsonpath={.spec.size}") == "large"


def test_client_side_apply_and_diff(run: Run) -> None:
    assert "created" in run("apply", "-f", "-", stdin=WIDGET.replace("SIZE", "small"))
    assert "unchanged" in run("apply", "-f", "-", stdin=WIDGET.replace("SIZE", "small"))
    different = run.raw("diff", "-f", "-", stdin=WIDGET.replace("SIZE", "large"))
    assert different.returncode == 1
    assert "+  size: large" in different.stdout
    assert run("get", "wdg", "w", "-o", "jsonpath={.spec.size}") == "small"
    assert "configured" in run("apply", "-f", "-", stdin=WIDGET.replace("SIZE", "large"))
    assert run.raw("diff", "-f", "-", stdin=WIDGET.replace("SIZE", "large")).returncode == 0


def test_client_side_apply_of_a_built_in_kind_merges_lists_by_key(run: Run) -> None:
    manifest = json.loads(json.dumps(DEPLOYMENT))
    run("apply", "-f", "-", stdin=json.dumps(manifest))
    manifest["spec"]["template"]["spec"]["containers"][0]["image"] = "nginx:2"
    assert "configured" in run("apply", "-f", "-", stdin=json.dumps(manifest))
    assert run("get", "deploy", "web", "-o", "jsonpath={.spec.template.spec.containers[*].image}") == "nginx:2 proxy:1"


def test_patch_label_annotate_and_scale(run: Run) -> None:
    run("create", "-f", "-", stdin=WIDGET.replace("SIZE", "small"))
    run("patch", "wdg", "w", "--type=json", "-p", '[{"op": "replace", "path": "/spec/size", "value": "large"}]')
    run("label", "wdg", "w", "tier=gold")
    run("annotate", "wdg", "w", "note=hello")
    assert "scaled" in run("scale", "wdg", "w", "--replicas=3")
    found = json.loads(run("get", "wdg", "w", "-o", "json"))
    assert (found["spec"]["size"], found["spec"]["replicas"]) == ("large", 3)
    assert (found["metadata"]["labels"], found["metadata"]["annotations"]) == ({"tier": "gold"}, {"note": "hello"})
    assert "Unsupported value" in run.fails("patch", "wdg", "w", "--type=merge", "-p", '{"spec":{"size":"huge"}}')


def test_scale_of_a_deployment(run: Run) -> None:
    run("create", "-f", "-", stdin=json.dumps(DEPLOYMENT))
    run("scale", "deployment", "web", "--replicas=4", "--current-replicas=1")
    assert run("get", "deploy", "web", "-o", "jsonpath={.spec.replicas}") == "4"


def test_delete_waits_for_finalizers(run: Run) -> None:
    held = WIDGET.replace("SIZE", "small").replace("{name: w}", "{name: w, finalizers: [example.com/hold]}")
    run("create", "-f", "-", stdin=held)
    run("delete", "wdg", "w", "--wait=false")
    assert run("get", "wdg", "w", "-o", "jsonpath={.metadata.deletionTimestamp}")
    run("patch", "wdg", "w", "--type=merge", "-p", '{"metadata":{"finalizers":null}}')
    run("wait", "--for=delete", "wdg/w", "--timeout=20s")
    assert "NotFound" in run.fails("get", "wdg", "w")


def test_describe_shows_events(run: Run) -> None:
    run("create", "-f", "-", stdin=MODEL)
    uid = run("get", "model", "llama", "-o", "jsonpath={.metadata.uid}")
    event = {
        "apiVersion": "v1",
        "kind": "Event",
        "metadata": {"name": "llama.1"},
        "involvedObject": {"kind": "Model", "apiVersion": "model.samzong.dev/v1", "name": "llama", "namespace": run.namespace, "uid": uid},
        "reason": "ReconcileError",
        "message": "source hf is missing",
        "type": "Warning",
        "source": {"component": "model-controller"},
        "count": 3,
        "firstTimestamp": "2026-01-01T00:00:00Z",
        "lastTimestamp": "2026-01-01T00:00:00Z",
    }
    run("create", "-f", "-", stdin=json.dumps(event))
    assert "source hf is missing" in run("describe", "model", "llama")
    assert "ReconcileError" in run("events")
    assert run("get", "events").splitlines()[1].split()[1:4] == ["Warning", "ReconcileError", "model/llama"]


POD = {"apiVersion": "v1", "kind": "Pod", "metadata": {"name": "p"}, "spec": {"containers": [{"name": "c", "image": "nginx"}]}}
DEPLOYMENT = {
    "apiVersion": "apps/v1",
    "kind": "Deployment",
    "metadata": {"name": "web"},
    "spec": {
        "selector": {"matchLabels": {"app": "web"}},
        "template": {
            "metadata": {"labels": {"app": "web"}},
            "spec": {"containers": [{"name": "web", "image": "nginx:1"}, {"name": "proxy", "image": "proxy:1"}]},
        },
    },
}


def test_describe_and_logs_of_a_pod(run: Run) -> None:
    run("create", "-f", "-", stdin=json.dumps(POD))
    described = run("describe", "pod", "p")
    assert re.search(r"Image:\s+nginx", described)
    assert run("logs", "p") == ""
    assert "container nope is not valid for pod p" in run.fails("logs", "p", "-c", "nope")


def test_rights_differ_by_identity(run: Run) -> None:
    assert run("auth", "can-i", "create", "models").strip() == "yes"
    assert run.raw("auth", "can-i", "create", "models", context="viewer").stdout.strip() == "no"
    assert run("auth", "can-i", "list", "models", context="viewer").strip() == "yes"
    assert run.raw("auth", "can-i", "list", "secrets", context="viewer").stdout.strip() == "no"
    assert "models.model.samzong.dev" in run("auth", "can-i", "--list", context="viewer")
    assert 'secrets is forbidden: User "viewer" cannot list resource "secrets"' in run.fails("get", "secrets", context="viewer")
    assert 'models.model.samzong.dev is forbidden: User "nobody"' in run.fails("get", "models", context="nobody")
    assert "viewer" in run("auth", "whoami", context="viewer")
    assert run("auth", "can-i", "delete", "nodes", context="admin-certificate").strip() == "yes"


def test_explain_shows_the_schema_of_a_crd(run: Run) -> None:
    text = run("explain", "model.spec.versions", "--recursive")
    assert re.search(r"repo\s+<string> -required-", text)
    assert re.search(r"FIELD:\s+versions <\[\]Object>", text)
    assert re.search(r"metadata\s+<ObjectMeta>", run("explain", "model"))
    assert re.search(r"containers\s+<\[\](Object|Container)> -required-", run("explain", "pod.spec"))


def test_create_wait_and_raw(run: Run) -> None:
    run("create", "-f", "-", stdin=WIDGET.replace("SIZE", "small"))
    run("patch", "wdg", "w", "--subresource=status", "--type=merge", "-p", '{"status":{"conditions":[{"type":"Ready","status":"True"}]}}')
    run("wait", "--for=condition=Ready", "wdg/w", "--timeout=20s")
    raw = json.loads(run("get", "--raw", f"/apis/test.modeltui.dev/v1/namespaces/{run.namespace}/widgets/w"))
    assert raw["metadata"]["name"] == "w"
    assert run("get", "--raw", "/readyz") == "ok"
    warned = run.raw("create", "-f", "-", "--validate=warn", stdin=WIDGET.replace("SIZE", "small, sise: 1").replace("name: w", "name: v"))
    assert 'unknown field "spec.sise"' in warned.stderr
    assert 'unknown field "spec.sise"' in run.fails(
        "create", "-f", "-", stdin=WIDGET.replace("SIZE", "small, sise: 1").replace("name: w", "name: u")
    )


def test_a_crd_can_come_and_go(run: Run) -> None:
    crd = {
        "apiVersion": "apiextensions.k8s.io/v1",
        "kind": "CustomResourceDefinition",
        "metadata": {"name": "gadgets.kubectl.example"},
        "spec": {
            "group": "kubectl.example",
            "scope": "Namespaced",
            "names": {"kind": "Gadget", "plural": "gadgets"},
            "versions": [
                {
                    "name": "v1",
                    "served": True,
                    "storage": True,
                    "schema": {
                        "openAPIV3Schema": {
                            "type": "object",
                            "properties": {"spec": {"type": "object", "properties": {"n": {"type": "integer"}}}},
                        }
                    },
                }
            ],
        },
    }
    run("apply", "-f", "-", stdin=json.dumps(crd))
    run("wait", "--for=condition=Established", "crd/gadgets.kubectl.example", "--timeout=20s")
    gadget = {"apiVersion": "kubectl.example/v1", "kind": "Gadget", "metadata": {"name": "g"}, "spec": {"n": 1}}
    run("apply", "-f", "-", stdin=json.dumps(gadget))
    assert run("get", "gadget", "g", "-o", "jsonpath={.spec.n}") == "1"
    run("delete", "crd", "gadgets.kubectl.example")
    assert "the server doesn't have a resource type" in run.fails("get", "gadgets.kubectl.example")
