"""Objects full of markup, escape codes, bidirectional controls, long names, emoji and a megabyte of text.

The megabyte stands in a field, since an API server takes 256 KiB of annotations at the most; of these there is a lot.
"""

from __future__ import annotations

import re

from tests.ui.planting import MANAGER, NAMESPACE, Object, event

from modeltui.demo.api import Api

MARKUP = "[bold red]loud[/] [@click=app.quit]click[/] [link=https://evil.example]here[/link] $primary {x} <b>&amp;</b> \\[x]"
STEERING = "\x1b[31mred\x1b[2J\x1b]0;title\x07\x1b]8;;https://evil.example\x1b\\\x9b2J\x9d0;t\x9c\x00\x08\r\ndown\tin\x85\u2028\u2029\x7f"
REORDERING = "invoice\u202egnp.exe\u202c \u2066a\u2069 \u200fb\u200e \u061cc שלום"
STACKED = "👩\u200d👩\u200d👧 🏳️\u200d🌈 😀 e" + "\u0301" * 60 + " \ufeff\u00ad\u200bmodel 模型"
HOSTILE = f"{MARKUP} {STEERING} {REORDERING} {STACKED}"
LONG = "n" * 300

_HARMFUL = re.compile("[\x00-\x09\x0b-\x1f\x7f-\x9f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069\ud800-\udfff]")


def harm(shown: str) -> set[str]:
    """Names of the characters that no screen may carry; its lines end as lines do."""
    return {f"U+{ord(found):04X}" for found in _HARMFUL.findall(shown)}


def condition(kind: str) -> Object:
    return {"type": kind, "status": "False", "reason": "Failed", "message": HOSTILE, "lastTransitionTime": "2026-01-01T00:00:00Z"}


def whole(resource: str, kind: str, name: str, spec: Object, status: Object) -> Object:
    annotations = {"example.com/hostile": HOSTILE, f"example.com/{'k' * 63}": LONG, "example.com/big": f"{HOSTILE} " * 500}
    metadata = {"name": name, "namespace": NAMESPACE, "annotations": annotations, "labels": {"example.com/long": "l" * 63}}
    return {"apiVersion": resource, "kind": kind, "metadata": metadata, "spec": spec, "status": status}


def objects() -> list[tuple[str, Object]]:
    version = {"name": HOSTILE, "repo": HOSTILE, "revision": HOSTILE, "metadata": {HOSTILE: HOSTILE, LONG: LONG}}
    share = {"enabled": True, "requireOptInLabel": HOSTILE}
    spec = {
        "sourceRef": HOSTILE,
        "display": {"description": f"{HOSTILE} " * 50, "tags": [HOSTILE, LONG]},
        "versions": [{**version, "share": share}, {"name": LONG, "repo": LONG}],
    }
    synced = {"name": HOSTILE, "phase": HOSTILE, "activeDataset": HOSTILE, "pvcName": HOSTILE, "conditions": [condition("Ready")]}
    source = {"type": "GIT", "config": {HOSTILE: HOSTILE, "url": HOSTILE, LONG: LONG}, "secretRef": HOSTILE}
    options = {HOSTILE: HOSTILE, "endpoint": HOSTILE, "include": f"{HOSTILE} " * 3000}
    dataset = {"source": {"type": "HUGGING_FACE", "uri": HOSTILE, "options": options}, "secretRef": "s", "mountOptions": {"path": HOSTILE}}
    of_models, of_datasets = "model.samzong.dev/v1", "dataset.baizeai.io/v1alpha1"
    model_status = {"conditions": [condition("ReconcileError")], "syncedVersions": [synced]}
    return [
        ("models.model.samzong.dev", whole(of_models, "Model", "hostile", spec, model_status)),
        ("models.model.samzong.dev", whole(of_models, "Model", "n" * 253, spec, {})),
        ("modelsources.model.samzong.dev", whole(of_models, "ModelSource", "hub", source, {"conditions": [condition("CredentialsReady")]})),
        (
            "datasets.dataset.baizeai.io",
            whole(of_datasets, "Dataset", "data", dataset, {"phase": "FAILED", "conditions": [condition("Ready")]}),
        ),
    ]


def fill(api: Api) -> None:
    api.create("namespaces", {"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": NAMESPACE}}, manager=MANAGER)
    for resource, obj in objects():
        made = api.create(resource, obj, manager=MANAGER, with_status=True)
        api.create("events", event(made, type=HOSTILE, reason=HOSTILE, message=HOSTILE), manager=MANAGER)
    spec = {"restartPolicy": "Never", "containers": [{"name": "dataset-loader", "image": "loader"}]}
    labels = {"baize.io/dataset-name": "data"}
    job = {"metadata": {"name": "load", "namespace": NAMESPACE, "labels": labels}, "spec": {"template": {"spec": spec}}}
    api.create("jobs.batch", {"apiVersion": "batch/v1", "kind": "Job", **job}, manager=MANAGER)
    pod = {
        "metadata": {"name": "load-x", "namespace": NAMESPACE, "labels": {"job-name": "load"}},
        "spec": {**spec, "nodeName": "node-1"},
        "status": {"phase": "Failed"},
    }
    api.create("pods", {"apiVersion": "v1", "kind": "Pod", **pod}, manager=MANAGER, with_status=True)
    for line in HOSTILE.splitlines():
        api.logs.append(NAMESPACE, "load-x", "dataset-loader", line)
    api.logs.append(NAMESPACE, "load-x", "dataset-loader", "x" * 1_000_000)
    api.logs.end(NAMESPACE, "load-x", "dataset-loader")
