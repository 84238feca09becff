"""`modeltui doctor` as a user runs it, on an embedded cluster."""

from __future__ import annotations

import asyncio
import base64
import json
import re
from typing import Any

import pytest
import yaml
from tests.cli.running import Run, create

from modeltui.kube import credentials
from modeltui.kube.client import Client
from modeltui.systems.core.secrets import SECRETS
from modeltui.systems.core.types import NAMESPACES, STORAGE_CLASSES
from modeltui.systems.dataset.types import DATASETS
from modeltui.systems.modelfs.types import MODELS, SOURCES

MARK = "s3cr3t-m4rk3r"
KEYS = ["kind", "namespace", "name", "severity", "field", "about", "reason", "remedy"]


@pytest.fixture(scope="module")
def clinic(cluster: str) -> str:
    """One namespace with traps, one without."""
    asyncio.run(_fill(cluster))
    return cluster


async def _fill(kubeconfig: str) -> None:
    client = Client(credentials.load(kubeconfig, "admin"))
    for name in ("doctor-ill", "doctor-well"):
        await create(client, NAMESPACES, "", {"metadata": {"name": name}})
    annotations = {"storageclass.kubernetes.io/is-default-class": "true"}
    await create(client, STORAGE_CLASSES, "", {"metadata": {"name": "nfs", "annotations": annotations}, "provisioner": "nfs.csi.k8s.io"})
    data = {"access-key": base64.b64encode(MARK.encode()).decode()}
    await create(client, SECRETS, "doctor-ill", {"metadata": {"name": "s3"}, "data": data})
    config = {"provider": "AWS", "token": MARK}
    await create(client, SOURCES, "doctor-ill", {"metadata": {"name": "s3"}, "spec": {"type": "S3", "secretRef": "s3", "config": config}})
    await create(client, SOURCES, "doctor-ill", {"metadata": {"name": "gone"}, "spec": {"type": "HUGGING_FACE", "secretRef": "gone"}})
    spec: dict[str, Any] = {"sourceRef": "s3", "versions": [{"name": "v1", "repo": "bucket/path"}]}
    await create(client, MODELS, "doctor-ill", {"metadata": {"name": "qwen"}, "spec": spec})
    options = {"password": MARK}
    source = {"type": "GIT", "uri": "https://host/x.git", "options": options}
    await create(client, DATASETS, "doctor-ill", {"metadata": {"name": "d"}, "spec": {"source": source}})
    await create(client, SOURCES, "doctor-well", {"metadata": {"name": "hf"}, "spec": {"type": "HUGGING_FACE"}})
    await client.aclose()


def found(out: str, **wanted: str) -> list[dict[str, Any]]:
    return [entry for entry in json.loads(out) if all(text in entry[key] for key, text in wanted.items())]


def test_findings_as_json(modeltui: Run, clinic: str) -> None:
    code, out, err = modeltui("doctor", "-n", "doctor-ill", "--kubeconfig", clinic, "-o", "json")
    assert code == 1
    assert all(list(entry) == KEYS for entry in json.loads(out))
    (storage,) = found(out, kind="Model", name="qwen", field="storage")
    assert (storage["severity"], storage["namespace"]) == ("error", "doctor-ill")
    assert "100Ti" in storage["reason"]
    assert "Set storage" in storage["remedy"]
    assert found(out, kind="Model", field="repo", reason="bucket/path")
    assert found(out, kind="ModelSource", name="s3", reason='The key access-key of Secret "s3" stops the loader', severity="error")
    assert found(out, kind="ModelSource", name="s3", field="spec.config.region", severity="error")
    assert found(out, kind="ModelSource", name="gone", reason='There is no Secret "gone"', severity="error")
    assert found(out, kind="Dataset", name="d", field="spec.source.options", severity="warning")
    assert err.endswith("in 4 of 4 objects.\n")


def test_no_secret_is_told(modeltui: Run, clinic: str) -> None:
    for output in ("table", "json", "yaml"):
        _, out, err = modeltui("doctor", "-n", "doctor-ill", "--kubeconfig", clinic, "-o", output)
        assert MARK not in out + err
        assert base64.b64encode(MARK.encode()).decode() not in out + err


def test_yaml_says_the_same_as_json(modeltui: Run, clinic: str) -> None:
    _, as_json, _ = modeltui("doctor", "-n", "doctor-ill", "--kubeconfig", clinic, "-o", "json")
    _, as_yaml, _ = modeltui("doctor", "-n", "doctor-ill", "--kubeconfig", clinic, "-o", "yaml")
    assert yaml.safe_load(as_yaml) == json.loads(as_json)


def test_a_table_names_each_object_once_and_fits_the_terminal(modeltui: Run, clinic: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COLUMNS", "80")
    code, out, _ = modeltui("doctor", "-n", "doctor-ill", "--kubeconfig", clinic)
    assert code == 1
    heads = [line for line in out.splitlines() if line and not line.startswith(" ")]
    assert heads == [
        *("Model doctor-ill/qwen", "ModelSource doctor-ill/gone", "ModelSource doctor-ill/s3", "Dataset doctor-ill/d"),
    ]
    assert "  error    spec.versions[0].storage\n           Version v1 does not say" in out
    assert max(map(len, out.splitlines())) <= 80


def test_a_sound_namespace_ends_with_0(modeltui: Run, clinic: str) -> None:
    assert modeltui("doctor", "-n", "doctor-well", "--kubeconfig", clinic) == (0, "", "No findings in 1 object.\n")
    assert modeltui("doctor", "-n", "doctor-well", "--kubeconfig", clinic, "-o", "json")[:2] == (0, "[]\n")


def test_an_empty_namespace_and_one_that_does_not_exist(modeltui: Run, clinic: str) -> None:
    assert modeltui("doctor", "-n", "cli-empty", "--kubeconfig", clinic) == (0, "", "No findings in 0 objects.\n")
    code, out, err = modeltui("doctor", "-n", "nope", "--kubeconfig", clinic)
    assert (code, out, err) == (1, "", 'modeltui: namespace "nope" does not exist\n')


def test_several_namespaces_and_all(modeltui: Run, clinic: str) -> None:
    _, both, _ = modeltui("doctor", "-n", "doctor-ill", "-n", "cli-b", "--kubeconfig", clinic, "-o", "json")
    assert {entry["namespace"] for entry in json.loads(both)} == {"doctor-ill", "cli-b"}
    _, everywhere, _ = modeltui("doctor", "-A", "--kubeconfig", clinic, "-o", "json")
    assert {"doctor-ill", "cli-a", "cli-b", "team-nlp"} <= {entry["namespace"] for entry in json.loads(everywhere)}
    only = [entry for entry in json.loads(everywhere) if entry["namespace"] in ("doctor-ill", "cli-b")]
    assert sorted(map(str, only)) == sorted(map(str, json.loads(both)))


def test_who_may_read_nothing_is_told_once_a_namespace_and_ends_with_3(modeltui: Run, clinic: str) -> None:
    code, out, err = modeltui("doctor", "-n", "doctor-ill,cli-a", "--kubeconfig", clinic, "--context", "nobody", "-o", "json")
    assert (code, out) == (3, "[]\n")
    told = [line.split(":")[1] for line in err.splitlines()]
    assert all(line.startswith(" you may not list models, sources, datasets, ") for line in told[:2])
    assert [line.rpartition(" in ")[2] for line in told[:2]] == ["namespace doctor-ill", "namespace cli-a"]
    assert "aimclustermodels" in told[2]
    assert told[2].endswith(", which have no namespace")


def test_what_may_be_read_is_examined_and_the_rest_is_told(modeltui: Run, clinic: str) -> None:
    code, out, err = modeltui("doctor", "-n", "team-nlp,doctor-ill", "--kubeconfig", clinic, "--context", "editor", "-o", "json")
    assert code == 1
    assert {entry["namespace"] for entry in json.loads(out)} == {"team-nlp"}
    assert re.search(r"modeltui: you may not list models, sources, datasets, .* in namespace doctor-ill", err)
    assert "Not checked: what depends on storageclasses, since you may not read storageclasses." in err
    assert "in 1 of 1 object." in err


def test_a_secret_that_may_not_be_read_is_not_missing(modeltui: Run, clinic: str) -> None:
    code, out, err = modeltui("doctor", "-n", "doctor-ill", "--kubeconfig", clinic, "--context", "viewer", "-o", "json")
    assert code == 1
    assert not found(out, reason="There is no Secret")
    assert not found(out, reason="stops the loader")
    assert "Not checked in doctor-ill: what depends on secrets, since you may not read secrets." in err


def test_a_dead_server_is_told_with_4(modeltui: Run, changed: Any) -> None:
    def break_it(config: dict[str, Any]) -> None:
        for entry in config["clusters"]:
            entry["cluster"]["server"] = "https://127.0.0.1:1"

    code, out, err = modeltui("doctor", "-n", "cli-a", "--kubeconfig", changed(break_it))
    assert (code, out) == (4, "")
    assert err.startswith("modeltui: ")


def test_a_wrong_option_is_wrong_usage(modeltui: Run) -> None:
    code, _, err = modeltui("doctor", "-o", "csv")
    assert code == 2
    assert "invalid choice: 'csv'" in err
