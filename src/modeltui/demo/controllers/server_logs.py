"""What inference servers print while they start, and now and then later. Pure; lines in the manner of each engine, in words of our own."""

from __future__ import annotations

import random
from typing import Final

from modeltui.demo.controllers import footprint
from modeltui.demo.controllers.model_server import FRONTEND, LLAMACPP, NIM, SGLANG, TGI, TRTLLM, VLLM, ModelServer
from modeltui.demo.controllers.program import Lines

_VLLM: Final = "{%m-%d %H:%M:%S}"
_SGLANG: Final = "[{%Y-%m-%d %H:%M:%S}"
_TRTLLM: Final = "[{%m/%d/%Y-%H:%M:%S}] [TRT-LLM]"


def startup(server: ModelServer, *, seconds: float, gpus: int, card: float | None) -> Lines:
    """From the first line to the one that says it serves, `seconds` later. Fewer lines than the real ones, which print hundreds."""
    shares = {VLLM: _vllm, NIM: _vllm, SGLANG: _sglang, TRTLLM: _trtllm, LLAMACPP: _llamacpp, TGI: _tgi, FRONTEND: _frontend}
    told = shares.get(server.engine, _plain)(server, gpus, card)
    return tuple((share * seconds, text) for share, text in told)


def chatter(server: ModelServer, *, period: int, seed: str) -> str:
    """The line of statistics of one period, counted from the start; "" when there were no requests. The same each time."""
    rng = random.Random(f"{seed}/{period}")
    if rng.random() < 0.45:
        return ""
    running, cache = rng.randint(1, 24), rng.uniform(0.5, 60)
    prompt, generation = running * rng.uniform(20, 180), running * rng.uniform(15, 60)
    match server.engine:
        case "sglang":
            return (
                f"{_SGLANG}] Decode batch. #running-req: {running}, #token: {running * 780}, token usage: {cache / 100:.2f}, "
                f"cuda graph: True, gen throughput (token/s): {generation:.2f}, #queue-req: 0,"
            )
        case "llamacpp":
            task = period * 7 + running
            return f"slot      release: id  0 | task {task} | stop processing: n_past = {int(prompt)}, truncated = 0"
        case "trtllm" | "tgi" | "dynamo-frontend" | "triton" | "huggingface":
            return f'INFO:     10.42.0.{rng.randrange(2, 250)}:{rng.randrange(30000, 60000)} - "POST /v1/chat/completions HTTP/1.1" 200 OK'
    return (
        f"INFO {_VLLM} [loggers.py:127] Engine 000: Avg prompt throughput: {prompt:.1f} tokens/s, Avg generation throughput: "
        f"{generation:.1f} tokens/s, Running: {running} reqs, Waiting: 0 reqs, GPU KV cache usage: {cache:.1f}%, "
        f"Prefix cache hit rate: {rng.uniform(5, 80):.1f}%"
    )


Told = list[tuple[float, str]]
"""(share of the whole time, text)"""


def _vllm(server: ModelServer, gpus: int, card: float | None) -> Told:
    model, size = server.model or "/mnt/models", footprint.weights(server.model) / footprint.GIB
    length = server.context or footprint.longest_context(server.model) or 32768
    cached = _cache_tokens(server, gpus=gpus, card=card)
    shards = max(1, min(30, round(size / 4.6)))
    port = server.port
    told = [
        (0.00, f"INFO {_VLLM} [__init__.py:216] Automatically detected platform {'rocm' if _is_rocm(server) else 'cuda'}."),
        (0.06, f"(APIServer pid=1) INFO {_VLLM} [api_server.py:1839] vLLM API server version 0.11.0"),
        (0.07, f"(APIServer pid=1) INFO {_VLLM} [utils.py:233] non-default args: {_arguments(server)}"),
        (0.12, f"(APIServer pid=1) INFO {_VLLM} [model.py:1510] Using max model len {length}"),
        (0.22, f"(EngineCore_DP0 pid=74) INFO {_VLLM} [core.py:644] Waiting for init message from front-end."),
        (0.26, f"(EngineCore_DP0 pid=74) INFO {_VLLM} [gpu_model_runner.py:2602] Starting to load model {model}..."),
    ]
    told += [
        (0.28 + 0.4 * done / shards, f"Loading safetensors checkpoint shards: {100 * done // shards:3d}% Completed | {done}/{shards}")
        for done in range(0, shards + 1, max(1, shards // 4))
    ]
    each, room = size / max(1, server.tensor_parallel), _room(server, card) / footprint.GIB
    told += [
        (0.70, f"(EngineCore_DP0 pid=74) INFO {_VLLM} [gpu_model_runner.py:2653] Model loading took {each:.4f} GiB"),
        (0.84, f"(EngineCore_DP0 pid=74) INFO {_VLLM} [monitor.py:34] torch.compile takes 12.61 s in total"),
        (
            0.88,
            f"(EngineCore_DP0 pid=74) INFO {_VLLM} [gpu_worker.py:298] Available KV cache memory: {room:.2f} GiB",
        ),
        (0.89, f"(EngineCore_DP0 pid=74) INFO {_VLLM} [kv_cache_utils.py:1087] GPU KV cache size: {cached:,} tokens"),
        (
            0.90,
            f"(EngineCore_DP0 pid=74) INFO {_VLLM} [kv_cache_utils.py:1091] Maximum concurrency for {length:,} tokens per request: "
            f"{cached / length:.2f}x",
        ),
        (
            0.97,
            f"(EngineCore_DP0 pid=74) INFO {_VLLM} [core.py:210] init engine (profile, create kv cache, warmup model) took 21.40 seconds",
        ),
        (0.98, f"(APIServer pid=1) INFO {_VLLM} [api_server.py:1912] Starting vLLM API server 0 on http://0.0.0.0:{port}"),
        (0.99, "(APIServer pid=1) INFO:     Started server process [1]"),
        (1.00, "(APIServer pid=1) INFO:     Application startup complete."),
    ]
    return told


def _sglang(server: ModelServer, gpus: int, card: float | None) -> Told:
    size, cached = footprint.weights(server.model) / footprint.GIB, _cache_tokens(server, gpus=gpus, card=card)
    each = size / max(1, server.tensor_parallel)
    return [
        (0.00, f"{_SGLANG}] server_args=ServerArgs(model_path='{server.model}', port={server.port}, tp_size={server.tensor_parallel})"),
        (0.20, f"{_SGLANG} TP0] Init torch distributed begin."),
        (0.25, f"{_SGLANG} TP0] Load weight begin. avail mem={(card or 80 * footprint.GIB) / footprint.GIB:.2f} GB"),
        (0.70, f"{_SGLANG} TP0] Load weight end. type=Model, dtype=torch.bfloat16, mem usage={each:.2f} GB."),
        (0.75, f"{_SGLANG} TP0] KV Cache is allocated. #tokens: {cached}"),
        (0.78, f"{_SGLANG} TP0] Capture cuda graph begin. This can take up to several minutes."),
        (0.95, f"{_SGLANG} TP0] max_total_num_tokens={cached}, chunked_prefill_size=8192, max_running_requests=2048"),
        (0.97, f"{_SGLANG}] INFO:     Application startup complete."),
        (0.98, f"{_SGLANG}] INFO:     Uvicorn running on http://0.0.0.0:{server.port} (Press CTRL+C to quit)"),
        (1.00, f"{_SGLANG}] The server is fired up and ready to roll!"),
    ]


def _trtllm(server: ModelServer, gpus: int, card: float | None) -> Told:
    size = footprint.weights(server.model) / footprint.GIB
    return [
        (0.00, "[TensorRT-LLM] TensorRT LLM version: 1.1.0"),
        (0.10, f"{_TRTLLM} [I] Using LLM with PyTorch backend"),
        (0.15, f"{_TRTLLM} [I] Prefetching {size:.2f}GB checkpoint files."),
        (0.60, f"{_TRTLLM} [I] Loading weights concurrently took {size / 2:.1f} s"),
        (0.75, f"{_TRTLLM} [I] max_tokens in KV cache: {_cache_tokens(server, gpus=gpus, card=card)}"),
        (0.95, f"{_TRTLLM} [I] CUDA graph warmup complete"),
        (0.99, "INFO:     Application startup complete."),
        (1.00, f"INFO:     Uvicorn running on http://0.0.0.0:{server.port} (Press CTRL+C to quit)"),
    ]


def _llamacpp(server: ModelServer, gpus: int, card: float | None) -> Told:
    length = server.context or 4096
    offloaded = "offloaded 33/33 layers to GPU" if gpus else "offloaded 0/33 layers to GPU"
    return [
        (0.00, "build: 6700 with cc for x86_64-linux-gnu"),
        (0.05, f"main: loading model '{server.model}'"),
        (0.10, "llama_model_loader: loaded meta data with 35 key-value pairs and 339 tensors"),
        (0.40, f"load_tensors: {offloaded}"),
        (0.70, f"llama_context: n_ctx = {length}"),
        (0.90, "main: model loaded"),
        (1.00, f"main: server is listening on http://0.0.0.0:{server.port} - starting the main loop"),
    ]


def _tgi(server: ModelServer, gpus: int, card: float | None) -> Told:
    return [
        (0.00, f'{{%Y-%m-%dT%H:%M:%S}}.102Z  INFO text_generation_launcher: Args {{ model_id: "{server.model}" }}'),
        (0.30, "{%Y-%m-%dT%H:%M:%S}.377Z  INFO text_generation_launcher: Starting shard"),
        (0.90, "{%Y-%m-%dT%H:%M:%S}.518Z  INFO text_generation_launcher: Shard ready"),
        (1.00, "{%Y-%m-%dT%H:%M:%S}.900Z  INFO text_generation_router::server: Connected"),
    ]


def _frontend(server: ModelServer, gpus: int, card: float | None) -> Told:
    stamp = "{%Y-%m-%dT%H:%M:%S}.004Z  INFO"
    return [
        (0.5, f"{stamp} dynamo_llm::http::service: Starting HTTP service on: 0.0.0.0:{server.port}"),
        (1.0, f"{stamp} watching for models"),
    ]


def _plain(server: ModelServer, gpus: int, card: float | None) -> Told:
    return [(0.0, f"starting server for model {server.model or '(none)'}"), (1.0, f"listening on 0.0.0.0:{server.port}")]


def _room(server: ModelServer, card: float | None) -> float:
    """Bytes of KV cache on each GPU."""
    each = footprint.weights(server.model) / max(1, server.tensor_parallel)
    return max(0.5 * footprint.GIB, 0.9 * (card or 80 * footprint.GIB) - each - 2 * footprint.GIB)


def _cache_tokens(server: ModelServer, *, gpus: int, card: float | None) -> int:
    parallel = max(1, min(server.tensor_parallel, gpus or 1))
    return int(_room(server, card) * parallel / footprint.kv_bytes(server.model)) // 16 * 16


def _is_rocm(server: ModelServer) -> bool:
    return "rocm" in server.image


def _arguments(server: ModelServer) -> str:
    known = {"model": server.model, "port": server.port, "tensor_parallel_size": server.tensor_parallel, "max_model_len": server.context}
    return str({name: value for name, value in known.items() if value})
