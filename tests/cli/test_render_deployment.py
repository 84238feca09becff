"""`modeltui render deployment`: a file that names a system, and says in that system's words what is wanted."""

from __future__ import annotations

from pathlib import Path

import pytest
import yaml
from tests.cli.running import Run

from modeltui.systems.answer_file import read
from modeltui.systems.deployables import DEPLOYABLES
from modeltui.systems.deploying import Deployable, Deployment, understood, written

WORDS = [one.word for one in DEPLOYABLES]


def _file(tmp_path: Path, text: str) -> str:
    path = tmp_path / "answers.yaml"
    path.write_text(text)
    return str(path)


@pytest.mark.parametrize(("system", "kind"), [("airunway", "ModelDeployment"), ("dynamo", "DynamoGraphDeployment")])
def test_a_manifest_of_few_answers(modeltui: Run, tmp_path: Path, system: str, kind: str) -> None:
    text = f"system: {system}\nanswers: {{name: qwen, namespace: models, model: Qwen/Qwen3-0.6B}}\n"
    code, out, _ = modeltui("render", "deployment", "-n", "elsewhere", "-f", _file(tmp_path, text))
    document = yaml.safe_load(out)
    assert code == 0
    assert document["kind"] == kind
    assert document["metadata"] == {"name": "qwen", "namespace": "elsewhere"}
    assert "Qwen/Qwen3-0.6B" in out


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("system: dynmo\n", 'system: "dynmo" is none: did you mean "dynamo"?'),
        ("answers: {}\n", f'system: "system" is missing: there are {", ".join(WORDS)}.'),
        ("system: airunway\nanswers: {modle: x}\n", 'answers: there is no "modle": did you mean '),
        ("system: airunway\nanswers: {engine: vlm}\n", 'answers.engine: "vlm" is none of '),
        ("system: airunway\nanswers: {replicas: many}\n", "answers.replicas: wants a whole number, got text"),
    ],
)
def test_what_is_wrong_is_one_sentence(modeltui: Run, tmp_path: Path, text: str, told: str) -> None:
    code, out, err = modeltui("render", "deployment", "-f", _file(tmp_path, text))
    assert (code, out) == (2, "")
    assert told.rstrip(".") in err
    assert len(err.splitlines()) == 1


@pytest.mark.parametrize("of", DEPLOYABLES, ids=WORDS)
def test_the_answers_of_each_system_survive_the_file(of: Deployable) -> None:
    answers = of.answers()
    assert understood(read(written(of, answers), Deployment), DEPLOYABLES) == (of, answers)


@pytest.mark.parametrize("of", DEPLOYABLES, ids=WORDS)
@pytest.mark.parametrize(
    "model", ["Qwen/Qwen3-0.6B", "meta-llama/Llama-3.2-3B-Instruct", "a/" + "Very.Long_Name-" * 12, "UPPER/CASE", "x/..."]
)
def test_a_proposed_name_is_within_the_limits_of_its_system(of: Deployable, model: str) -> None:
    name = of.propose(model)
    assert name
    assert of.name_problem(name) == ""
