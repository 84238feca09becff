"""Objects with a marker in every place that can bear a secret, and the search for markers in whatever was written.

A marker names its place, so that a leak says where it came from. Its beginning is looked for, since what was cut is a leak too.
"""

from __future__ import annotations

import base64
import binascii
import json
import re
from pathlib import Path
from typing import Any

from modeltui.demo.api import Api

Object = dict[str, Any]

NAMESPACE = "team-a"
MANAGER = "planter"
LAST_APPLIED = "kubectl.kubernetes.io/last-applied-configuration"

_BEGINNING = "zq9mk"
_MARKER = re.compile(_BEGINNING + r"(?:(\w*?)7xw2)?", re.ASCII)
_BASE64 = re.compile(r"[A-Za-z0-9+/_-]{8,}")


FAILING = ("by-plugin", "by-basic", "by-token", "by-proxy", "by-address")
"""Contexts whose credentials are told in the ways in which they fail."""
_PLUGIN = """#!/bin/sh
echo '{{"kind": "ExecCredential", "status": {{"token": "{out}"'
echo 'login failed: password={err}, token: {err}' >&2
exit 1
"""


def marker(place: str) -> str:
    """Twenty and more letters and digits, as tokens have them."""
    return f"Zq9mk{place}7Xw2"


def encoded(text: str) -> str:
    return base64.b64encode(text.encode()).decode()


def found_in(written: str | bytes) -> set[str]:
    """The places whose markers stand in it, in any case, or as base64 that begins anywhere; "a part" for what was cut."""
    text = written.decode("utf-8", "replace") if isinstance(written, bytes) else written
    hits = {hit[1] or "a part" for hit in _MARKER.finditer(text.lower())}
    for run in set(_BASE64.findall(text)):
        for start in range(4):
            part = run[start:].replace("-", "+").replace("_", "/")
            try:
                plain = binascii.a2b_base64(part + "=" * (-len(part) % 4)).decode("latin-1").lower()
            except ValueError:
                continue
            hits |= {f"{hit[1] or 'a part'} as base64" for hit in _MARKER.finditer(plain)}
    return hits


def said(place: str) -> str:
    """What programs say of secrets, in the shapes that a program can know them by."""
    return (
        f"fetch of https://jane:{marker(place + 'user')}@git.example/x.git failed: HF_TOKEN={marker(place + 'env')} was refused; "
        f'sent "Authorization: Bearer {marker(place + "bearer")}" to https://hub.example/a?access_token={marker(place + "query")}&x=1, '
        f"then https://blob.example/a?q={marker(place + 'anyquery')}; password: {marker(place + 'password')}"
    )


def last_applied(obj: Object) -> Object:
    return {LAST_APPLIED: json.dumps(obj)}


def secret() -> Object:
    told = {"kind": "Secret", "stringData": {"token": marker("applied")}}
    return {
        "apiVersion": "v1",
        "kind": "Secret",
        "metadata": {"name": "hf", "namespace": NAMESPACE, "annotations": {**last_applied(told), "note": f"was {marker('data')}"}},
        "data": {"token": encoded(marker("data"))},
        "stringData": {"other": marker("stringData")},
    }


def sources() -> list[Object]:
    hub = {
        "type": "HUGGING_FACE",
        "secretRef": "hf",
        "config": {
            "endpoint": f"https://jane:{marker('configuser')}@hf.example/?token={marker('configquery')}",
            "api_key": marker("config"),
        },
    }
    web = {
        "type": "HTTP",
        "config": {
            "url": "https://web.example/",
            "X-Anything": marker("header"),
            "Authorization": f"Basic {encoded('jane:' + marker('basic'))}",
        },
    }
    bucket = {
        "type": "S3",
        "config": {"region": "eu-west-1", "provider": "AWS", "secretAccessKey": marker("s3"), "uri": f"s3://{marker('s3user')}@bucket/a"},
    }
    return [_source(name, spec) for name, spec in (("hub", hub), ("web", web), ("bucket", bucket))]


def _source(name: str, spec: Object) -> Object:
    told = {"apiVersion": "model.samzong.dev/v1", "kind": "ModelSource", "metadata": {"name": name}, "spec": spec}
    annotations = {**last_applied(told), "example.com/api-token": marker("annotation"), "note": said("note")}
    status = {"conditions": [_condition("CredentialsReady", "False", said("sourcecondition"))]}
    return {**told, "metadata": {"name": name, "namespace": NAMESPACE, "annotations": annotations}, "status": status}


def _condition(kind: str, status: str, message: str) -> Object:
    return {"type": kind, "status": status, "reason": "Failed", "message": message, "lastTransitionTime": "2026-01-01T00:00:00Z"}


def model() -> Object:
    version = {
        "name": "one",
        "repo": f"https://jane:{marker('repo')}@git.example/x.git",
        "metadata": {"hf_token": marker("metadata"), "about": said("about")},
        "storage": {"accessModes": ["ReadWriteMany"], "resources": {"requests": {"storage": "10Gi"}}},
    }
    spec = {"sourceRef": "hub", "display": {"description": said("description")}, "versions": [version]}
    told = {"apiVersion": "model.samzong.dev/v1", "kind": "Model", "metadata": {"name": "llama"}, "spec": spec}
    synced = {
        "name": "one",
        "phase": "FAILED",
        "activeDataset": "mdl-llama-one",
        "pvcName": "mdl-llama-one",
        "conditions": [_condition("Ready", "False", said("version"))],
    }
    status = {"conditions": [_condition("ReconcileError", "False", said("modelcondition"))], "syncedVersions": [synced]}
    annotations = {**last_applied(told), "example.com/password": marker("modelannotation")}
    return {**told, "metadata": {"name": "llama", "namespace": NAMESPACE, "annotations": annotations}, "status": status}


def dataset() -> Object:
    options = {"HF": marker("option"), "token": marker("tokenoption"), "endpoint": f"https://jane:{marker('optionuser')}@hf.example"}
    source = {"type": "HUGGING_FACE", "uri": f"https://jane:{marker('uri')}@git.example/x?sig={marker('uriquery')}", "options": options}
    told = {
        "apiVersion": "dataset.baizeai.io/v1alpha1",
        "kind": "Dataset",
        "metadata": {"name": "mdl-llama-one"},
        "spec": {"source": source, "secretRef": "hf", "share": True},
    }
    labels = {"model.samzong.dev/model": "llama", "model.samzong.dev/version": "one"}
    status = {"phase": "FAILED", "conditions": [_condition("Ready", "False", said("datasetcondition"))]}
    metadata = {"name": "mdl-llama-one", "namespace": NAMESPACE, "labels": labels, "annotations": last_applied(told)}
    return {**told, "metadata": metadata, "status": status}


def _container() -> Object:
    env = [{"name": "HF_TOKEN", "value": marker("podenv")}, {"name": "PROXY", "value": f"http://u:{marker('podproxy')}@proxy.example"}]
    return {
        "name": "dataset-loader",
        "image": "loader",
        "env": env,
        "args": ["--options", f"HF={marker('podoption')}", "--token", marker("podarg")],
    }


def job_and_pod() -> tuple[Object, Object]:
    spec = {"restartPolicy": "Never", "containers": [_container()]}
    job = {
        "apiVersion": "batch/v1",
        "kind": "Job",
        "metadata": {"name": "load", "namespace": NAMESPACE, "labels": {"baize.io/dataset-name": "mdl-llama-one"}},
        "spec": {"template": {"spec": spec}},
    }
    metadata = {"name": "load-x", "namespace": NAMESPACE, "labels": {"job-name": "load"}}
    waiting = {"waiting": {"reason": "CrashLoopBackOff", "message": said("pod")}}
    status = {
        "phase": "Failed",
        "containerStatuses": [{"name": "dataset-loader", "state": waiting, "ready": False, "restartCount": 1, "image": "i", "imageID": ""}],
    }
    return job, {"apiVersion": "v1", "kind": "Pod", "metadata": metadata, "spec": {**spec, "nodeName": "node-1"}, "status": status}


def event(about: Object, **told: str) -> Object:
    """`about`: as the server has it."""
    metadata = about["metadata"]
    involved = {"kind": about["kind"], "apiVersion": about["apiVersion"], **{key: metadata[key] for key in ("name", "namespace", "uid")}}
    return {
        "apiVersion": "v1",
        "kind": "Event",
        "metadata": {"generateName": "event-", "namespace": NAMESPACE},
        "involvedObject": involved,
        **told,
        "lastTimestamp": "2026-01-01T00:00:00Z",
        "count": 3,
    }


def plant(api: Api) -> None:
    """All of it, and the log of the pod."""
    api.create("namespaces", {"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": NAMESPACE}}, manager=MANAGER)
    api.create("secrets", secret(), manager=MANAGER)
    seen = [api.create("modelsources.model.samzong.dev", one, manager=MANAGER, with_status=True) for one in sources()]
    seen.append(api.create("models.model.samzong.dev", model(), manager=MANAGER, with_status=True))
    seen.append(api.create("datasets.dataset.baizeai.io", dataset(), manager=MANAGER, with_status=True))
    for one in seen:
        api.create("events", event(one, type="Warning", reason="Failed", message=said("event")), manager=MANAGER)
    job, pod = job_and_pod()
    api.create("jobs.batch", job, manager=MANAGER)
    api.create("pods", pod, manager=MANAGER, with_status=True)
    for text in said("log").split(", "):
        api.logs.append(NAMESPACE, "load-x", "dataset-loader", text)
    api.logs.end(NAMESPACE, "load-x", "dataset-loader")


def with_failing_contexts(kubeconfig: Object, *, folder: Path) -> Object:
    """A kubeconfig with those of `FAILING`, too. The plugin is put into the folder."""
    plugin = folder / "plugin"
    plugin.write_text(_PLUGIN.format(out=marker("pluginout"), err=marker("pluginerr")))
    plugin.chmod(0o700)
    exec_ = {
        "apiVersion": "client.authentication.k8s.io/v1",
        "interactiveMode": "Never",
        "command": str(plugin),
        "args": ["--token", marker("pluginarg"), f"--password={marker('pluginarg')}"],
        "env": [{"name": "VAULT_TOKEN", "value": marker("pluginenv")}],
    }
    served = kubeconfig["clusters"][0]
    proxy = {**served["cluster"], "proxy-url": f"http://jane:{marker('proxy')}@127.0.0.1:9"}
    address = {"server": f"https://jane:{marker('server')}@127.0.0.1:9/?token={marker('serverquery')}", "insecure-skip-tls-verify": True}
    users: Object = {
        "plugin": {"exec": exec_},
        "basic": {"username": "jane", "password": marker("kubeconfigpassword")},
        "token": {"token": marker("kubeconfigtoken")},
    }
    contexts = [(name, served["name"], name) for name in users] + [(name, name, "admin") for name in ("proxy", "address")]
    return {
        **kubeconfig,
        "users": [*kubeconfig["users"], *({"name": name, "user": user} for name, user in users.items())],
        "clusters": [*kubeconfig["clusters"], {"name": "proxy", "cluster": proxy}, {"name": "address", "cluster": address}],
        "contexts": [
            *kubeconfig["contexts"],
            *({"name": f"by-{name}", "context": {"cluster": cluster, "user": user}} for name, cluster, user in contexts),
        ],
    }
