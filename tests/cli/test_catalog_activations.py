"""`modeltui catalog activations`: entries of the Model Manager's kind, of the user's folder; never a secret of theirs."""

from __future__ import annotations

import json
from pathlib import Path

from tests.cli.running import Run

MARK = "s3cr3t-m4rk3r-activation"


def test_they_are_listed_and_printed_whole_but_for_secrets(modeltui: Run, tmp_path: Path) -> None:
    folder = tmp_path / "config" / "catalogs"
    folder.mkdir(parents=True)
    env = [{"name": "HF_TOKEN", "value": MARK}, {"name": "HF_HOME", "value": "/x"}]
    (folder / "chat.json").write_text(json.dumps({"id": "chat", "displayName": "Chat", "hfModelId": "org/chat", "env": env}))
    code, out, err = modeltui("catalog", "activations")
    assert (code, err) == (0, "")
    header, row = out.splitlines()
    assert header.split()[:2] == ["ID", "TITLE"]
    assert row.split()[:6] == ["chat", "Chat", "org/chat", "the", "Hub", "vllm-runtime"]
    for output in ("json", "yaml"):
        code, out, err = modeltui("catalog", "activations", "chat", "-o", output)
        assert (code, err) == (0, "")
        assert "org/chat" in out
        assert MARK not in out
    assert modeltui("catalog", "activations", "chta")[2] == 'modeltui: no catalog has "chta": did you mean "chat"?\n'
