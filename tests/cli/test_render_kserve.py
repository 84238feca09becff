"""`modeltui render deployment` of both kinds of KServe: the file of the documentation, what is missing, what an engine cannot be told."""

from __future__ import annotations

import re
from pathlib import Path
from textwrap import dedent

import yaml
from tests.cli.running import Run

PAGE = Path(__file__).resolve().parents[2] / "docs" / "systems" / "kserve.md"


def _file(tmp_path: Path, text: str) -> str:
    path = tmp_path / "answers.yaml"
    path.write_text(text)
    return str(path)


def test_the_file_of_the_documentation(modeltui: Run, tmp_path: Path) -> None:
    found = re.search(r"^    system: kserve.*?^$", PAGE.read_text(), re.MULTILINE | re.DOTALL)
    assert found is not None
    code, out, err = modeltui("render", "deployment", "-f", _file(tmp_path, dedent(found[0])))
    assert (code, err) == (0, "")
    model = yaml.safe_load(out)["spec"]["predictor"]["model"]
    assert (model["runtime"], model["storageUri"]) == ("vllm-runtime", "pvc://weights/llama/base")


def test_an_llm_inference_service(modeltui: Run, tmp_path: Path) -> None:
    answers = "{name: qwen, namespace: team, uri: hf://Qwen/Qwen3-8B, replicas: 2, contextLength: 8192, router: none, resources: {gpus: 1}}"
    code, out, err = modeltui("render", "deployment", "-f", _file(tmp_path, f"system: llm\nanswers: {answers}\n"))
    assert (code, err) == (0, "")
    document = yaml.safe_load(out)
    assert (document["apiVersion"], document["kind"]) == ("serving.kserve.io/v1alpha2", "LLMInferenceService")
    (main,) = document["spec"]["template"]["containers"]
    assert main["env"] == [{"name": "VLLM_ADDITIONAL_ARGS", "value": "--max-model-len 8192"}]


def test_a_gated_model_without_a_token_is_told(modeltui: Run, tmp_path: Path) -> None:
    for word in ("kserve", "llm"):
        text = f"system: {word}\nanswers: {{name: llama, namespace: team, uri: hf://meta-llama/Llama-3.2-1B-Instruct}}\n"
        code, _, err = modeltui("render", "deployment", "-f", _file(tmp_path, text))
        assert code == 1
        assert "meta-llama/Llama-3.2-1B-Instruct is gated on the Hub, and nothing gives it a token" in err


def test_what_an_engine_has_no_flag_for_is_one_sentence(modeltui: Run, tmp_path: Path) -> None:
    text = "system: kserve\nanswers: {name: llama, uri: pvc://w, engine: llamacpp, eager: true}\n"
    code, out, err = modeltui("render", "deployment", "-f", _file(tmp_path, text))
    assert (code, out) == (2, "")
    assert "answers.eager: llamacpp has no flag for it; leave it out" in err
    assert len(err.splitlines()) == 1
