"""Catalogs: what is shipped is right, what a user writes is read strictly, and no mistake of one entry hides another."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from modeltui import paths
from modeltui.catalog import files
from modeltui.catalog.entries import Arguments, EngineEntry, InSystem, ModelEntry
from modeltui.catalog.merged import Catalogs, load

PLAN = Path(__file__).resolve().parents[2].parent / "shared" / "plans" / "dynamote-implementation-plan.md"

# layers, hidden, intermediate, heads, kv heads, head size, vocabulary, tied embeddings, bias of q/k/v, norms of q/k: of each config.json
ARCHITECTURES = {
    "Qwen/Qwen3-0.6B": (28, 1024, 3072, 16, 8, 128, 151936, True, False, True),
    "Qwen/Qwen2.5-1.5B-Instruct": (28, 1536, 8960, 12, 2, 128, 151936, True, True, False),
    "deepseek-ai/DeepSeek-R1-Distill-Llama-8B": (32, 4096, 14336, 32, 8, 128, 128256, False, False, False),
    "meta-llama/Llama-3.2-1B-Instruct": (16, 2048, 8192, 32, 8, 64, 128256, True, False, False),
    "meta-llama/Llama-3.2-3B-Instruct": (28, 3072, 8192, 24, 8, 128, 128256, True, False, False),
    "mistralai/Mistral-7B-Instruct-v0.3": (32, 4096, 14336, 32, 8, 128, 32768, False, False, False),
    "microsoft/Phi-3-mini-4k-instruct": (32, 3072, 8192, 32, 32, 96, 32064, False, False, False),
    "TinyLlama/TinyLlama-1.1B-Chat-v1.0": (22, 2048, 5632, 32, 4, 64, 32000, False, False, False),
}


@pytest.fixture
def own(tmp_path: Path) -> Path:
    folder = tmp_path / "catalogs"
    folder.mkdir()
    return folder


def _shipped() -> Catalogs:
    return load(own=Path("/nowhere"))


def test_the_shipped_catalogs_have_no_problem_and_the_eight_models() -> None:
    catalogs = _shipped()
    assert catalogs.problems == ()
    assert set(catalogs.models) == set(ARCHITECTURES)
    assert set(catalogs.engines) == {"vllm", "sglang", "trtllm", "llamacpp"}


@pytest.mark.skipif(not PLAN.exists(), reason="the plan is not beside this checkout")
def test_they_are_those_of_the_plan() -> None:
    assert set(re.findall(r'"id": "([^"]+)"', PLAN.read_text())) == set(_shipped().models)


@pytest.mark.parametrize("id_", sorted(ARCHITECTURES))
def test_parameters_weights_and_memory_follow_from_the_architecture(id_: str) -> None:
    layers, hidden, inner, heads, kv_heads, size, vocabulary, tied, biased, normed = ARCHITECTURES[id_]
    attention = 2 * hidden * heads * size + 2 * hidden * kv_heads * size
    attention += (heads + 2 * kv_heads) * size * biased + 2 * size * normed
    parameters = vocabulary * hidden * (1 if tied else 2) + layers * (attention + 3 * hidden * inner + 2 * hidden) + hidden
    entry = _shipped().model(id_)
    assert entry is not None
    assert entry.parameters == parameters
    assert entry.weight_bytes is not None
    held_twice = vocabulary * hidden if id_ == "Qwen/Qwen3-0.6B" else 0
    assert entry.weight_bytes == 2 * (parameters + held_twice)
    assert entry.gpu_memory is not None
    assert entry.context_length is not None
    cache = layers * 2 * kv_heads * size * 2 * min(8192, entry.context_length)
    sampler = 38.5 * vocabulary * 256
    assert entry.gpu_memory.least_gib == -int(-(2 * parameters + cache + sampler + 0.5 * 2**30) / 0.9 // 2**30)


def test_every_shipped_model_says_what_a_form_asks() -> None:
    for found in _shipped().models.values():
        entry = found.entry
        assert entry.title
        assert entry.licence
        assert entry.task == "text-generation", "the Hub's pipeline tag, of which chat is none"
        assert entry.chat_template
        assert ("llamacpp" in entry.engines) is bool(entry.gguf), "llama.cpp needs GGUF files"


def test_an_id_is_found_in_any_case() -> None:
    assert _shipped().model("qwen/QWEN3-0.6b") is not None
    assert _shipped().model("qwen/none") is None


def test_flags_are_spelled_as_the_system_wants_them() -> None:
    engine = _shipped().engine("trtllm")
    assert engine is not None
    assert engine.spelled("airunway").context_length == "--max_seq_len"
    assert engine.spelled("dynamo").context_length == "--max-seq-len"
    assert engine.spelled("dynamo").trust_remote_code == "", "told as not known there"
    assert engine.spelled("dynamo").eager is None, "nobody says"
    assert engine.image("dynamo") == "nvcr.io/nvidia/ai-dynamo/tensorrtllm-runtime:1.1.1"
    assert (engine.image("airunway"), engine.image("kserve")) == ("", "")


def test_an_image_without_a_version_stands_alone() -> None:
    entry = EngineEntry(id="x", systems={"kserve": InSystem(image="registry/x")}, arguments=Arguments(model="-m"))
    assert entry.image("kserve") == "registry/x"
    assert entry.spelled("nowhere").model == "-m"


def test_an_own_entry_takes_the_place_of_a_shipped_one_where_it_stood(own: Path) -> None:
    (own / "ours.yaml").write_text("models:\n- id: Qwen/Qwen2.5-1.5B-Instruct\n  title: Ours\n- id: acme/tiny\n")
    catalogs = load(own=own)
    assert catalogs.problems == ()
    assert list(catalogs.models)[1] == "Qwen/Qwen2.5-1.5B-Instruct"
    found = catalogs.models["Qwen/Qwen2.5-1.5B-Instruct"]
    assert (found.entry.title, found.entry.parameters, found.shipped) == ("Ours", None, False)
    assert found.replaces == paths.catalogs_dir() / "models.yaml"
    assert list(catalogs.models)[-1] == "acme/tiny"


def test_folders_of_the_settings_come_after_the_users_own_and_two_of_users_are_told(own: Path, tmp_path: Path) -> None:
    team = tmp_path / "team" / "nested"
    team.mkdir(parents=True)
    (own / "a.yaml").write_text("models:\n- {id: acme/one, title: mine}\n")
    (team / "b.yml").write_text("models:\n- {id: acme/one, title: theirs}\n")
    catalogs = load((tmp_path / "team",), own=own)
    assert catalogs.models["acme/one"].entry.title == "theirs"
    assert catalogs.problems == (f"{team / 'b.yml'}: acme/one stands in {own / 'a.yaml'} as well; the one in b.yml counts.",)


def test_twice_in_one_file_is_told(own: Path) -> None:
    (own / "a.yaml").write_text("models:\n- {id: acme/one, title: first}\n- {id: acme/one, title: last}\n")
    catalogs = load(own=own)
    assert catalogs.models["acme/one"].entry.title == "last"
    assert catalogs.problems == (f"{own / 'a.yaml'}: acme/one stands there twice; the last one counts.",)


def test_a_folder_that_is_not_there_is_told_but_not_ones_own(own: Path) -> None:
    missing = own / "missing"
    assert load((missing,), own=own / "neither").problems == (
        f"{missing}: there is no such folder of catalogs; make it, or take it out of the settings.",
    )


def test_a_setting_may_name_a_file(own: Path) -> None:
    (own / "only.txt").write_text("models:\n- id: acme/one\n")
    assert "acme/one" in load((own / "only.txt",), own=own).models


@pytest.mark.parametrize(
    ("text", "told"),
    [
        (
            "models: [{id: acme/one, contextLength: long}]",
            "models acme/one: contextLength: wants a whole number or nothing, got text. It is left out.",
        ),
        (
            "models: [{id: acme/one, contextLength: 0}]",
            "models acme/one: contextLength: wants a whole number of at least 1. It is left out.",
        ),
        (
            "models: [{id: acme/one, contextlength: 5}]",
            'models acme/one: the entry: there is no "contextlength": did you mean "contextLength"?',
        ),
        ("models: [{title: One}]", 'models no. 1: the entry: "id" is missing. It is left out.'),
        ("models: [{id: one}]", 'id is "one", which is no repository of the Hub; write organisation/model'),
        ("models: [{id: acme/one, access: closed}]", 'models acme/one: access: "closed" is none of gated, open, unknown.'),
        ("models: [{id: acme/one, gpuMemory: {leastGib: 8}}]", 'models acme/one: gpuMemory: "how" is missing.'),
        ("models: acme/one", "models: wants a list; begin each entry with a dash."),
        ("model: []", 'there is no "model" in a catalog: did you mean "models"?'),
        ("- id: acme/one", 'is no catalog: write "models:" or "engines:", and a list below.'),
        ("models: [{id: acme/one, id: acme/two}]", "line 1: 'id' stands there twice."),
        ("models: [", "not valid YAML"),
        ("engines: [{id: x, systems: {kserve: {tag: 1}}}]", 'there is no "tag"'),
    ],
)
def test_a_mistake_is_one_sentence_and_hides_nothing(own: Path, text: str, told: str) -> None:
    (own / "bad.yaml").write_text(text)
    (own / "good.yaml").write_text("models:\n- id: acme/good\n")
    catalogs = load(own=own)
    assert "acme/good" in catalogs.models
    assert len(catalogs.models) == len(ARCHITECTURES) + 1
    (problem,) = catalogs.problems
    assert problem.startswith(f"{own / 'bad.yaml'}: ")
    assert told in problem
    assert problem.endswith((".", "?"))


def test_the_good_entries_of_a_file_count_although_one_is_wrong(own: Path) -> None:
    (own / "a.yaml").write_text("models:\n- {id: acme/one}\n- {id: 7}\n- {id: acme/two}\n")
    catalogs = load(own=own)
    assert {"acme/one", "acme/two"} <= set(catalogs.models)
    assert catalogs.problems == (f"{own / 'a.yaml'}: models no. 2: id: wants text, got a whole number; put it in quotes. It is left out.",)


def test_an_engine_that_no_catalog_has_is_told(own: Path) -> None:
    (own / "a.yaml").write_text("models:\n- {id: acme/one, engines: [vlm]}\n")
    catalogs = load(own=own)
    assert catalogs.problems == (f'{own / "a.yaml"}: models acme/one: engines: no catalog has an engine "vlm": did you mean "vllm"?',)
    assert "acme/one" in catalogs.models


def test_what_is_not_text_and_what_cannot_be_read(own: Path) -> None:
    (own / "a.yaml").write_bytes(b"\xff\xfe\x00")
    (own / "b.yaml").write_text("# nothing but a comment\n")
    assert load(own=own).problems == (f"{own / 'a.yaml'}: is not text in UTF-8.",)
    assert files.read(own / "none.yaml").problems == (f"{own / 'none.yaml'}: cannot be read: No such file or directory.",)


_value = st.recursive(
    st.none() | st.booleans() | st.integers(-3, 9) | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from(["id", "title", "engines", "models", "gpuMemory"]), inner),
    max_leaves=8,
)


@given(_value)
def test_no_document_breaks_the_reading(value: object) -> None:
    content = files._content(Path("f.yaml"), value)
    assert all(problem.startswith("f.yaml: ") for problem in content.problems)
    assert all(isinstance(entry, ModelEntry | EngineEntry) for entry in content.entries)


# ---- activations: entries of the Model Manager's kind ---------------------------------------------------------------


def test_a_json_file_with_an_entry_says_how_a_model_is_run_and_other_json_is_left_alone(own: Path) -> None:
    (own / "models").mkdir()
    (own / "models" / "chat.json").write_text('{"id": "chat", "hfModelId": "org/chat", "vllm": {"maxModelLen": 8192}, "unknown": 1}')
    (own / "package.json").write_text('{"name": "x", "id": "package"}')
    (own / "list.json").write_text("[1, 2]")
    catalogs = load(own=own)
    assert catalogs.problems == ()
    assert {id_: found.path.name for id_, found in catalogs.activations.items()} == {"chat": "chat.json"}
    entry = catalogs.activations["chat"].entry
    assert (entry.hf_model_id, entry.vllm.max_model_len, entry.runtime) == ("org/chat", 8192, "vllm-runtime")


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("{", "is not JSON: Input data was truncated."),
        ('{"id": "a", "hfModelId": 7}', "hfModelId: wants text, got a whole number; put it in quotes."),
        ('{"id": "a", "vllm": {"maxModelLen": "8k"}}', "vllm.maxModelLen: wants "),
        ('{"id": " ", "runtime": "x"}', "id is empty"),
    ],
)
def test_what_is_wrong_with_an_entry_is_said_and_hides_no_other(own: Path, text: str, says: str) -> None:
    (own / "a.json").write_text(text)
    (own / "b.json").write_text('{"id": "b", "runtime": "vllm"}')
    catalogs = load(own=own)
    (problem,) = catalogs.problems
    assert problem.startswith(f"{own / 'a.json'}: ")
    assert says in problem
    assert list(catalogs.activations) == ["b"]


def test_two_entries_of_one_id_are_told(own: Path) -> None:
    for name in ("a", "b"):
        (own / f"{name}.json").write_text('{"id": "same", "runtime": "vllm"}')
    catalogs = load(own=own)
    assert catalogs.problems == (f"{own / 'b.json'}: same stands in {own / 'a.json'} as well; the one in b.json counts.",)
