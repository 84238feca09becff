"""`modeltui catalog`: what forms offer, and what is wrong with one's own."""

from __future__ import annotations

import csv
import io
import json
from pathlib import Path

from tests.cli.running import Run


def _own(tmp_path: Path, text: str) -> Path:
    folder = tmp_path / "config" / "catalogs"
    folder.mkdir(parents=True)
    path = folder / "ours.yaml"
    path.write_text(text)
    return path


def test_models_as_a_table(modeltui: Run) -> None:
    code, out, err = modeltui("catalog")
    assert (code, err) == (0, "")
    lines = out.splitlines()
    assert lines[0].split() == ["ID", "PARAMETERS", "WEIGHTS", "CONTEXT", "GPU", "MEMORY", "ENGINES", "LICENCE", "ACCESS", "FROM"]
    row = next(line for line in lines if line.startswith("Qwen/Qwen3-0.6B"))
    assert "0.6B" in row
    assert "40960" in row
    assert "about 5 GiB" in row, "an estimate says so"
    assert "vllm, sglang, trtllm, llamacpp" in row


def test_what_is_not_known_is_unknown_and_never_nothing(modeltui: Run, tmp_path: Path) -> None:
    _own(tmp_path, "models:\n- id: acme/bare\n")
    _, out, _ = modeltui("catalog", "models", "acme/bare", "-o", "csv")
    (row,) = csv.DictReader(io.StringIO(out))
    assert {row[key] for key in ("parameters", "weights", "context", "gpu", "engines", "licence", "access")} == {"unknown"}


def test_ones_own_say_where_they_are_from_and_mistakes_are_told_beside_the_good(modeltui: Run, tmp_path: Path) -> None:
    path = _own(tmp_path, "models:\n- {id: acme/one, title: One}\n- {id: acme/two, contextLength: -1}\n- {id: Qwen/Qwen3-0.6B}\n")
    code, out, err = modeltui("catalog", "-o", "json")
    found = {entry["id"]: entry for entry in json.loads(out)}
    assert found["acme/one"] == {"id": "acme/one", "title": "One", "file": str(path)}
    assert "acme/two" not in found
    assert found["Qwen/Qwen3-0.6B"]["file"] == str(path)
    assert err == f"modeltui: {path}: models acme/two: contextLength: wants a whole number of at least 1. It is left out.\n"
    assert code == 1
    _, table, _ = modeltui("catalog", "-o", "wide", "--no-headers")
    assert f"{path} (in place of the one shipped)" in table


def test_a_folder_of_the_settings(modeltui: Run, tmp_path: Path) -> None:
    team = tmp_path / "team"
    team.mkdir()
    (team / "e.yaml").write_text("engines:\n- {id: ours, systems: {kserve: {image: registry/ours, version: '2'}}}\n")
    (tmp_path / "config").mkdir()
    (tmp_path / "config" / "config.toml").write_text(f'catalogs = ["{team}"]\n')
    code, out, err = modeltui("catalog", "engines", "ours")
    assert (code, err) == (0, "")
    assert "kserve registry/ours:2" in out


def test_an_id_that_is_in_none(modeltui: Run) -> None:
    code, out, err = modeltui("catalog", "models", "Qwen/Qwen3-0.6")
    assert (code, out) == (2, "")
    assert err == 'modeltui: no catalog has "Qwen/Qwen3-0.6": did you mean "Qwen/Qwen3-0.6B"?\n'


def test_one_as_yaml_keeps_the_words_of_the_file(modeltui: Run) -> None:
    _, out, _ = modeltui("catalog", "models", "qwen/qwen3-0.6b", "-o", "yaml")
    assert "contextLength: 40960" in out
    assert "how: estimate" in out
