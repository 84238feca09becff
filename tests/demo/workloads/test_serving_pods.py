"""What a command line says about the server it starts, and what the Pod of such a server answers."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as some

from modeltui.demo.controllers.model_server import ModelServer, model_server
from modeltui.demo.controllers.serving_pods import served

SCRIPT = """
ulimit -n 65536
exec vllm serve /mnt/models \\
  --served-model-name qwen qwen3 --port 8080 \\
  --tensor-parallel-size $(TP) --trust-remote-code   # what people write
"""


def container(image: str, *args: str, command: tuple[str, ...] = (), **env: str) -> dict[str, Any]:
    pairs = [{"name": name, "value": value} for name, value in env.items()]
    return {"name": "server", "image": image, "command": list(command), "args": list(args), "env": pairs}


def server(*given: Any, **env: Any) -> ModelServer:
    found = model_server(container(*given, **env))
    assert found is not None
    return found


@pytest.mark.parametrize(
    ("image", "args", "engine", "names", "port"),
    [
        ("vllm/vllm-openai:v0.11.0", ("--model", "Qwen/Qwen3-8B"), "vllm", ("Qwen/Qwen3-8B",), 8000),
        ("vllm/vllm-openai:v0.11.0", ("--model=/models/x", "--served-model-name", "a", "b", "--port=9000"), "vllm", ("a", "b"), 9000),
        ("vllm/vllm-openai:v0.11.0", ("vllm", "serve", "Qwen/Qwen3-8B", "-tp", "2"), "vllm", ("Qwen/Qwen3-8B",), 8000),
        ("reg.example/run:1", ("sh", "-c", SCRIPT), "vllm", ("qwen", "qwen3"), 8080),
        ("lmsysorg/sglang:v0.5", ("--model-path", "Qwen/Qwen3-8B"), "sglang", ("Qwen/Qwen3-8B",), 30000),
        ("nvcr.io/x/release:1", ("trtllm-serve", "/weights/llama/", "--port", "8001"), "trtllm", ("llama",), 8001),
        ("ghcr.io/ggml-org/llama.cpp:server", ("-m", "/m/tiny.gguf", "--ctx-size", "4096"), "llamacpp", ("tiny.gguf",), 8080),
        ("nvcr.io/nim/meta/llama-3.1-8b-instruct:1.8.3", (), "nim", ("meta/llama-3.1-8b-instruct",), 8000),
        ("kserve/huggingfaceserver:v0.16", ("--model_name=llama", "--model_id=meta-llama/X"), "huggingface", ("llama",), 8080),
        ("amdenterpriseai/aim-qwen-qwen3-32b:0.8.5", (), "vllm", (), 8000),
    ],
)
def test_an_engine_is_known_by_its_image_or_its_command(
    image: str, args: tuple[str, ...], engine: str, names: tuple[str, ...], port: int
) -> None:
    found = server(image, *args)
    assert (found.engine, found.names, found.port) == (engine, names, port)


def test_options_are_read_with_the_env_filled_in() -> None:
    found = server("reg.example/run:1", "sh", "-c", SCRIPT, TP="4")
    assert (found.model, found.tensor_parallel, found.trusts_remote_code) == ("/mnt/models", 4, True)
    assert server("vllm/vllm-openai", "--model", "x", "--max-model-len", "32k").context == 32_000
    assert server("vllm/vllm-openai", "--model", "x", "--max-model-len", "auto").context is None
    assert server("vllm/vllm-openai", MODEL_ID="Qwen/Qwen3-8B").model == "Qwen/Qwen3-8B"


def test_a_tag_or_a_log_shipper_makes_no_engine() -> None:
    assert model_server(container("busybox:vllm")) is None
    assert model_server(container("fluent/fluent-bit:3", "--config", "/etc/x")) is None


def test_a_worker_of_dynamo_answers_nobody_and_its_frontend_for_what_it_is_told() -> None:
    worker = container("nvcr.io/nvidia/ai-dynamo/vllm-runtime:1", "-m", "dynamo.vllm", "--model", "Qwen/Qwen3-8B", command=("python3",))
    assert served(pod(worker)) is None
    front = container("nvcr.io/nvidia/ai-dynamo/vllm-runtime:1", command=("python3", "-m", "dynamo.frontend"))
    found = served(pod(front, **{"demo.modeltui.dev/serves": "Qwen/Qwen3-8B"}))
    assert found is not None
    assert (found.engine, found.models, found.ports) == ("dynamo-frontend", ("Qwen/Qwen3-8B",), (8000,))


def pod(container: dict[str, Any], *, ready: bool = True, **annotations: str) -> dict[str, Any]:
    state = {"name": "server", "ready": ready, "state": {"running": {}}}
    status = {"phase": "Running", "containerStatuses": [state]}
    return {"metadata": {"name": "p", "annotations": annotations}, "spec": {"containers": [container]}, "status": status}


def test_a_server_is_ready_as_its_status_says_and_fails_as_it_is_told_to() -> None:
    runs = container("vllm/vllm-openai:v1", "--model", "m", "--max-model-len", "2048")
    loading, fine = served(pod(runs, ready=False)), served(pod(runs))
    assert loading is not None
    assert fine is not None
    assert (loading.ready, fine.ready, fine.failure, fine.context) == (False, True, "", 2048)
    assert (fine.port(8000), fine.port(80)) == (True, False)
    told = [served(pod(runs, **{"demo.modeltui.dev/answer": "reset"})), served(pod(runs, **{"demo.modeltui.dev/fail": "hang"}))]
    assert [each.failure for each in told if each] == ["reset", "hang"]


@given(some.lists(some.text(max_size=40), max_size=6), some.text(max_size=40), some.dictionaries(some.from_regex(r"[A-Z_]+"), some.text()))
def test_no_command_line_is_too_odd(args: list[str], image: str, env: dict[str, str]) -> None:
    odd = container(image, *args)
    odd["env"] = [{"name": name, "value": value} for name, value in env.items()]
    found = model_server(odd)
    assert found is None or (found.engine and found.port >= 0)
