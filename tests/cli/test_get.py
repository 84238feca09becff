from __future__ import annotations

import csv
import io
import json

import pytest
import yaml
from tests.cli.running import Run

COLUMNS = [
    *("name", "namespace", "status", "versions", "source", "source_type", "last_sync", "age"),
    *("tags", "storage", "observed_storage", "repos", "shared"),
]


def test_a_table_sorted_by_name(modeltui: Run, cluster: str) -> None:
    code, out, err = modeltui("get", "models", "-n", "cli-a", "--kubeconfig", cluster)
    header, *lines = out.splitlines()
    assert (code, err) == (0, "")
    assert header.split()[:4] == ["NAME", "NAMESPACE", "STATUS", "VERSIONS"]
    assert [line.split()[0] for line in lines] == ["llama", "qwen"]
    assert "SOURCE TYPE" not in header


def test_wide_has_more_columns_and_headers_can_go(modeltui: Run, cluster: str) -> None:
    _, out, _ = modeltui("get", "models", "-n", "cli-a", "--kubeconfig", cluster, "-o", "wide")
    assert "SOURCE TYPE" in out
    assert "HUGGING_FACE" in out
    _, bare, _ = modeltui("get", "models", "-n", "cli-a", "--kubeconfig", cluster, "--no-headers")
    assert [line.split()[0] for line in bare.splitlines()] == ["llama", "qwen"]


def test_options_before_and_after_the_verb_mean_the_same(modeltui: Run, cluster: str) -> None:
    before = modeltui("--kubeconfig", cluster, "--context", "admin", "-n", "cli-a", "--read-only", "get", "models", "-o", "json")
    after = modeltui("get", "models", "-o", "json", "--read-only", "-n", "cli-a", "--context", "admin", "--kubeconfig", cluster)
    assert before == after
    assert before[0] == 0


def test_json_has_kind_and_every_column(modeltui: Run, cluster: str) -> None:
    code, out, _ = modeltui("get", "model", "-n", "cli-a", "--kubeconfig", cluster, "-o", "json")
    found = json.loads(out)
    assert code == 0
    assert [row["name"] for row in found] == ["llama", "qwen"]
    assert all(row["kind"] == "Model" and row["namespace"] == "cli-a" for row in found)
    assert set(COLUMNS) <= set(found[0])
    assert found[1]["tags"] == ["chat", "small"]
    assert found[1]["last_sync"] == "unknown"


def test_yaml_says_the_same_as_json(modeltui: Run, cluster: str) -> None:
    _, as_json, _ = modeltui("get", "models", "-n", "cli-a", "--kubeconfig", cluster, "-o", "json")
    _, as_yaml, _ = modeltui("get", "models", "-n", "cli-a", "--kubeconfig", cluster, "-o", "yaml")
    assert yaml.load(as_yaml, Loader=yaml.BaseLoader)[0]["name"] == json.loads(as_json)[0]["name"]
    assert [list(row) for row in yaml.safe_load(as_yaml)] == [list(row) for row in json.loads(as_json)]


def test_csv_has_every_column(modeltui: Run, cluster: str) -> None:
    _, out, _ = modeltui("get", "models", "-n", "cli-a", "--kubeconfig", cluster, "-o", "csv")
    rows = list(csv.DictReader(io.StringIO(out)))
    assert set(COLUMNS) <= set(rows[0])
    assert [row["name"] for row in rows] == ["llama", "qwen"]


@pytest.mark.parametrize(
    ("column", "names"), [("name", ["llama", "phi", "qwen"]), ("-name", ["qwen", "phi", "llama"]), ("namespace", ["llama", "qwen", "phi"])]
)
def test_sorting(modeltui: Run, cluster: str, column: str, names: list[str]) -> None:
    _, out, _ = modeltui("get", "models", "-n", "cli-a,cli-b", "--kubeconfig", cluster, "-o", "json", f"--sort-by={column}")
    assert [row["name"] for row in json.loads(out)] == names


def test_namespaces_may_be_repeated_or_separated_by_commas(modeltui: Run, cluster: str) -> None:
    repeated = modeltui("get", "models", "-n", "cli-a", "-n", "cli-b", "--kubeconfig", cluster, "-o", "json")
    assert repeated == modeltui("-n", "cli-a,cli-b", "get", "models", "--kubeconfig", cluster, "-o", "json")
    assert len(json.loads(repeated[1])) == 3


def test_all_namespaces_only_when_asked_for(modeltui: Run, cluster: str) -> None:
    _, out, _ = modeltui("get", "models", "-A", "--kubeconfig", cluster, "-o", "json")
    assert {row["namespace"] for row in json.loads(out)} >= {"cli-a", "cli-b"}


def test_a_selector_narrows_the_models_and_not_what_they_are_joined_with(modeltui: Run, cluster: str) -> None:
    _, out, _ = modeltui("get", "models", "-n", "cli-a", "-l", "size=qwen", "--kubeconfig", cluster, "-o", "json")
    assert [(row["name"], row["source_type"]) for row in json.loads(out)] == [("qwen", "HUGGING_FACE")]


def test_one_object_by_name(modeltui: Run, cluster: str) -> None:
    code, out, _ = modeltui("get", "models", "phi", "-n", "cli-a,cli-b", "--kubeconfig", cluster, "-o", "json")
    assert (code, [row["name"] for row in json.loads(out)]) == (0, ["phi"])


def test_a_secret_in_a_source_is_never_printed(modeltui: Run, cluster: str) -> None:
    for output in ("table", "wide", "json", "yaml", "csv"):
        _, out, err = modeltui("get", "sources", "-n", "cli-a", "--kubeconfig", cluster, "-o", output)
        assert "hf" in out
        assert "s3cr3tvalue" not in out + err


def test_nothing_found_is_said_on_stderr_and_is_no_error(modeltui: Run, cluster: str) -> None:
    assert modeltui("get", "models", "-n", "cli-empty", "--kubeconfig", cluster) == (0, "", "No models found in cli-empty namespace.\n")
    assert modeltui("get", "models", "-n", "cli-empty", "--kubeconfig", cluster, "-o", "json")[:2] == (0, "[]\n")


def test_the_rows_of_the_namespaces_that_may_be_read_are_printed_beside_the_refusal(modeltui: Run, cluster: str) -> None:
    code, out, err = modeltui("get", "models", "-n", "team-nlp,cli-a", "--kubeconfig", cluster, "--context", "editor", "-o", "json")
    assert code == 3
    assert [row["name"] for row in json.loads(out)] == ["mine"]
    told = err.splitlines()
    assert "you may not list models in namespace cli-a" in told[0]
