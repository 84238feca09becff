"""What the command lines of engines say."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from modeltui.systems.core.types import ContainerSpec, Env, EnvSource, NamedKey
from modeltui.systems.serving import command_line


def container(*line: str, image: str = "", env: tuple[Env, ...] = ()) -> ContainerSpec:
    return ContainerSpec(image=image, command=line, env=env)


@pytest.mark.parametrize(
    ("line", "engine", "models", "served"),
    [
        (("vllm", "serve", "Qwen/Qwen3-0.6B", "--port", "8000"), "vllm", ("Qwen/Qwen3-0.6B",), ()),
        (("python3", "-m", "dynamo.vllm", "--model", "a/b", "--served-model-name", "x", "y"), "vllm", ("a/b",), ("x", "y")),
        (("python", "-m", "vllm.entrypoints.openai.api_server", "--model=/mnt/models"), "vllm", ("/mnt/models",), ()),
        (("python3", "-m", "sglang.launch_server", "--model-path", "a/b", "--trust-remote-code"), "sglang", ("a/b",), ()),
        (("python3", "-m", "dynamo.trtllm", "--model-path", "a/b", "--served-model-name", "n"), "trtllm", ("a/b",), ("n",)),
        (("trtllm-serve", "a/b", "--tp_size", "2"), "trtllm", ("a/b",), ()),
        (("/app/llama-server", "-m", "/models/x.gguf", "--alias", "x"), "llamacpp", ("/models/x.gguf",), ("x",)),
        (("python", "-m", "huggingfaceserver", "--model_name=llama", "--model_id", "m/l"), "huggingface", ("m/l",), ("llama",)),
        (("bash", "-c", 'exec vllm serve "$MODEL" \\\n --served-model-name a && sleep 1'), "vllm", ("Qwen/Q",), ("a",)),
        (("sh", "-c", "vllm serve $(cat /model) --port 1"), "vllm", (), ()),
        (("vllm", "serve", "{{ .Spec.Model.Name }}"), "vllm", (), ()),
        (("vllm", "serve", "--port", "1"), "vllm", (), ()),
        (("bash", "-c", "vllm serve 'never closed"), "vllm", ("'never",), ()),
        (("vllm", "serve", "--model", "a/b", "--served-model-name"), "vllm", ("a/b",), ()),
        (("python3", "-m", "sglang.launch_server", "--port", "1"), "sglang", (), ()),
        (("my-server", "--x"), "", (), ()),
        ((), "", (), ()),
    ],
)
def test_a_command_line_says_engine_model_and_names(
    line: tuple[str, ...], engine: str, models: tuple[str, ...], served: tuple[str, ...]
) -> None:
    words = command_line.words(container(*line, env=(Env(name="MODEL", value="Qwen/Q"),)))
    assert command_line.engine_by_words(words) == engine
    assert command_line.models_of(words) == models
    assert command_line.served_of(words) == served


@pytest.mark.parametrize(
    ("image", "engine"),
    [
        ("vllm/vllm-openai:v0.11.0", "vllm"),
        ("registry.example:5000/team/sglang-runtime@sha256:abc", "sglang"),
        ("nvcr.io/nvidia/ai-dynamo/tensorrtllm-runtime:1.0", "trtllm"),
        ("ghcr.io/ggml-org/llama.cpp:server-cuda", "llamacpp"),
        ("kserve/huggingfaceserver:latest-gpu", "huggingface"),
        ("nvcr.io/nim/meta/llama-3.1-8b-instruct:1.3.8", "nim"),
        ("ghcr.io/llm-d/llm-d-cuda:v0.3", "vllm"),
        ("ghcr.io/llm-d/llm-d-inference-sim:v0.5", "simulator"),
        ("nvcr.io/nvidia/tritonserver:23.05-py3", "triton"),
        ("ubuntu:vllm", ""),
        ("", ""),
    ],
)
def test_an_image_says_the_engine(image: str, engine: str) -> None:
    assert command_line.engine_by_image(image) == engine


def test_the_command_weighs_more_than_the_image() -> None:
    assert command_line.engine_of(container("python3", "-m", "sglang.launch_server", image="team/vllm:1")) == "sglang"
    assert command_line.engine_of(container("run", image="team/vllm:1")) == "vllm"


def test_a_variable_of_a_secret_is_never_filled_in() -> None:
    hidden = Env(name="MODEL", value="", value_from=EnvSource(secret_key_ref=NamedKey("s", "k")))
    assert command_line.models_of(command_line.words(container("vllm", "serve", "$(MODEL)", env=(hidden,)))) == ()


@given(st.lists(st.text(max_size=12), max_size=6).map(tuple), st.text(max_size=20))
def test_any_command_line_is_read(line: tuple[str, ...], image: str) -> None:
    words = command_line.words(container("sh", "-c", *line, image=image))
    command_line.models_of(words)
    command_line.served_of(words)
    assert command_line.engine_of(container(*line, image=image)) == command_line.engine_of(container(*line, image=image))
