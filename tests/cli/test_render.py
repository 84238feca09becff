"""`modeltui render`: answers to manifests, without a server."""

from __future__ import annotations

import base64
import io
import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
import yaml
from tests.cli.running import Run

CHECKER = Path(__file__).resolve().parents[2].parent / "shared" / "tools" / "check_manifests.py"
MARK = "s3cr3t-m4rk3r"

MODEL = """\
name: qwen
namespace: models
sourceRef: hf
description: Qwen, small
tags: [chat]
versions:
- name: base
  repo: Qwen/Qwen2-0.5B
  precision: FP16
  storage: {size: 12Gi, storageClassName: nfs, accessModes: [ReadWriteMany]}
"""
SOURCE = f"""\
name: hf
namespace: models
type: HUGGING_FACE
config: {{endpoint: https://hf-mirror.example}}
secretRef: hf-token
secret:
  values: {{token: {MARK}, empty: ""}}
"""


@pytest.fixture
def answers(tmp_path: Path) -> Any:
    def write(text: str) -> str:
        path = tmp_path / "answers.yaml"
        path.write_text(text)
        return str(path)

    return write


def test_a_model_as_yaml(modeltui: Run, answers: Any) -> None:
    code, out, err = modeltui("render", "model", "-f", answers(MODEL))
    assert (code, err) == (0, "")
    assert yaml.safe_load(out) == {
        "apiVersion": "model.samzong.dev/v1",
        "kind": "Model",
        "metadata": {"name": "qwen", "namespace": "models"},
        "spec": {
            "sourceRef": "hf",
            "display": {"description": "Qwen, small", "tags": ["chat"]},
            "versions": [
                {
                    "name": "base",
                    "repo": "Qwen/Qwen2-0.5B",
                    "precision": "FP16",
                    "storage": {
                        "accessModes": ["ReadWriteMany"],
                        "storageClassName": "nfs",
                        "resources": {"requests": {"storage": "12Gi"}},
                    },
                    "state": "PRESENT",
                }
            ],
        },
    }


def test_json_says_the_same_and_the_namespace_of_the_command_line_wins(modeltui: Run, answers: Any) -> None:
    _, as_yaml, _ = modeltui("render", "model", "-f", answers(MODEL), "-n", "other")
    _, as_json, _ = modeltui("-n", "other", "render", "model", "-o", "json", "-f", answers(MODEL))
    assert json.loads(as_json) == yaml.safe_load(as_yaml)
    assert json.loads(as_json)["metadata"] == {"name": "qwen", "namespace": "other"}


@pytest.mark.skipif(not CHECKER.exists(), reason="the reference material is not beside the checkout")
def test_what_is_printed_passes_the_strict_check(modeltui: Run, answers: Any, tmp_path: Path) -> None:
    _, model, _ = modeltui("render", "model", "-f", answers(MODEL))
    _, source, _ = modeltui("render", "source", "-f", answers(SOURCE), "--with-secret")
    printed = tmp_path / "printed.yaml"
    printed.write_text(f"{model}\n---\n{source}")
    done = subprocess.run([sys.executable, str(CHECKER), str(printed)], capture_output=True, text=True, check=False)
    assert (done.returncode, done.stdout) == (0, "2 checked, 0 invalid\n")


def test_errors_are_told_beside_the_manifest(modeltui: Run, answers: Any) -> None:
    code, out, err = modeltui("render", "model", "-f", answers("name: Qwen\nversions: [{name: a, repo: b, share: {enabled: true}}]"))
    assert code == 1
    assert yaml.safe_load(out)["kind"] == "Model"
    told = err.splitlines()
    assert any(line.startswith('modeltui: The name "Qwen" may hold') for line in told)
    assert any(line.startswith("modeltui: It names no ModelSource. (spec.sourceRef) Set ") for line in told)
    assert any(line.startswith("modeltui: Version a does not say how much storage") for line in told)
    assert any(line.startswith("warning: Sharing does not work") for line in told)


def test_a_secret_is_printed_only_when_asked_for_and_never_on_a_terminal(
    modeltui: Run, answers: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    code, out, err = modeltui("render", "source", "-f", answers(SOURCE))
    assert code == 0
    assert "kind: Secret" not in out
    assert MARK not in out + err
    assert base64.b64encode(MARK.encode()).decode() not in out + err
    assert 'Secret "hf-token" is left out; --with-secret prints it too, values and all.' in err

    _, out, err = modeltui("render", "source", "-f", answers(SOURCE), "--with-secret")
    secret, source = yaml.safe_load_all(out)
    assert secret["metadata"] == {"name": "hf-token", "namespace": "models"}
    assert secret["data"] == {"token": base64.b64encode(MARK.encode()).decode()}
    assert source["spec"]["secretRef"] == "hf-token"
    assert 'Key empty of Secret "hf-token" has no value, so it is left out.' in err

    _, out, _ = modeltui("render", "source", "-f", answers(SOURCE), "--with-secret", "-o", "json", "-n", "x")
    assert [(item["kind"], item["metadata"]["namespace"]) for item in json.loads(out)["items"]] == [("Secret", "x"), ("ModelSource", "x")]

    monkeypatch.setattr(sys.stdout, "isatty", lambda: True)
    code, out, err = modeltui("render", "source", "-f", answers(SOURCE), "--with-secret")
    assert (code, out) == (2, "")
    assert "a terminal keeps what it shows" in err


@pytest.mark.parametrize(
    ("text", "argv", "sentence"),
    [
        ("nme: x", [], 'answers.yaml: the answers: there is no "nme": did you mean "name"?'),
        ("name: 3", [], "answers.yaml: name: wants text, got a whole number; put it in quotes"),
        ("a: [", [], "answers.yaml: line 1: not valid YAML"),
        (MODEL, ["-n", "a,b"], "a manifest goes into one namespace; give one with -n, or none"),
        (MODEL, ["-A"], "a manifest goes into one namespace"),
    ],
)
def test_what_cannot_be_meant_is_wrong_usage(modeltui: Run, answers: Any, text: str, argv: list[str], sentence: str) -> None:
    code, out, err = modeltui("render", "model", "-f", answers(text), *argv)
    assert (code, out) == (2, "")
    assert err.count("\n") == 1
    assert sentence in err


def test_answers_from_stdin(modeltui: Run, answers: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "stdin", io.StringIO(MODEL))
    assert modeltui("render", "model", "-f", "-") == modeltui("render", "model", "-f", answers(MODEL))


def test_wrong_words(modeltui: Run, tmp_path: Path) -> None:
    assert modeltui("render", "dataset", "-f", "x")[0] == 2
    assert modeltui("render", "model")[0] == 2
    code, _, err = modeltui("render", "model", "-f", str(tmp_path / "none.yaml"))
    assert code == 2
    assert "none.yaml: cannot be read: No such file or directory" in err


def test_the_secret_of_the_answers_is_checked_by_its_keys(modeltui: Run, answers: Any) -> None:
    stopping = SOURCE.replace("token: s3cr3t", "hf-token: s3cr3t")
    code, out, err = modeltui("render", "source", "-f", answers(stopping))
    assert code == 1
    assert 'modeltui: The key hf-token of Secret "hf-token" stops the loader' in err
    assert MARK not in out + err


@pytest.mark.parametrize(
    "text",
    [
        SOURCE.replace("secretRef: hf-token\n", ""),
        SOURCE.replace("  values:", "  name: other\n  values:"),
        SOURCE.replace("secretRef: hf-token\n", "").replace("  values:", "  name: hf-token\n  values:"),
    ],
)
def test_a_secret_that_the_source_would_not_find_is_wrong_usage(modeltui: Run, answers: Any, text: str) -> None:
    code, out, err = modeltui("render", "source", "-f", answers(text))
    assert (code, out) == (2, "")
    assert "the source would not find it" in err
    assert MARK not in err


def test_a_mask_in_saved_answers_never_becomes_a_value(modeltui: Run, answers: Any) -> None:
    code, out, err = modeltui("render", "source", "-f", answers("{name: hub, namespace: a, type: S3, config: {accessKey: <masked>}}"))
    assert code != 0
    assert out == ""
    assert "spec.config.accessKey" in err
    assert "<masked>" in err
