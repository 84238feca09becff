"""What makes the container of a model server fail: facts, as in reality, or an annotation, on demand. Pure.

    demo.modeltui.dev/fail: crash | oom | slow | unready | hang | image | image-unauthorized | image-ratelimit | image-payment | never

in a Pod's (or a template's) annotations: `crash` ends with 1 some time after its start and `oom` is killed while it loads, again and
again; `slow` takes twenty times as long to load; `unready` starts and never gets ready; `hang` gets ready and answers nothing, and does
not stop when it is told to; `image...` are pulls that fail (images.py). With "/NAME" behind it the word counts for that container only.
`never` takes the facts away: the pod works, whatever they say.

The facts are a table of rules below: what each needs to know is a Situation, what it says goes to the container's log, as the engines
themselves print it, and its exit code to the Pod's status.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Final

from modeltui.demo.controllers import footprint
from modeltui.demo.controllers.loader import GATED
from modeltui.demo.controllers.model_server import SGLANG, TRTLLM, VLLM, command_words
from modeltui.demo.controllers.program import Situation
from modeltui.demo.controllers.serving_pods import FAIL
from modeltui.demo.errors import Object

_TOKENS: Final = ("HF_TOKEN", "HUGGING_FACE_HUB_TOKEN", "HF_API_TOKEN")
_CUSTOM_CODE: Final = (
    *("moonshotai/Kimi", "nvidia/Llama-3_1-Nemotron", "internlm/internlm2", "OpenGVLab/InternVL", "baichuan-inc/", "THUDM/chatglm"),
    *("Qwen/Qwen-7B", "deepseek-ai/DeepSeek-VL", "microsoft/Phi-3-small", "openbmb/MiniCPM"),
)
"""Repositories whose models are code of their own."""
_NO_OPTIONS: Final = frozenset(
    {"max-model-length", "max-context-len", "tensor-parallel", "gpu-memory", "gpu-memory-utilisation", "served-name", "enable-prefix-cache"}
)
"""What people write in place of an engine's own options."""
_EARLY, _LATE = 0.12, 0.75
"""When in the time that loading takes: as the configuration is read, and as memory is claimed."""


@dataclass(frozen=True, slots=True)
class Failure:
    """`at`: share of the time that loading would have taken. `text`: the lines it ends with."""

    at: float
    text: tuple[str, ...]
    code: int = 1
    reason: str = "Error"


def told(pod: Object, container: str) -> str:
    """The word of the annotation for this container; empty when there is none."""
    word, _, name = str((pod["metadata"].get("annotations") or {}).get(FAIL, "")).partition("/")
    return word if name in ("", container) else ""


def failure(situation: Situation) -> Failure | None:
    """Why this container ends while it starts; None when it does not."""
    match told(situation.pod, situation.container["name"]):
        case "never":
            return None
        case "crash":
            return Failure(0.5, (*_TRACEBACK, "RuntimeError: a failure on demand"))
        case "oom":
            return Failure(0.6, (), 137, "OOMKilled")
    return next((found for rule in _RULES if (found := rule(situation)) is not None), None)


_TRACEBACK: Final = ("Traceback (most recent call last):", '  File "<frozen runpy>", line 198, in _run_module_as_main')
_ENGINE: Final = "RuntimeError: Engine core initialization failed. See root cause above. Failed core proc(s): {}"


def _repositories(situation: Situation) -> Iterator[str]:
    """The repositories of the Hub that the container reads from: its server's model, or what it downloads."""
    if situation.server is not None:
        yield situation.server.model
    for word in command_words(situation.container, situation.env):
        if word.startswith("hf://"):
            yield word.removeprefix("hf://").partition(":")[0]
    words = command_words(situation.container, situation.env)
    if "download" in words[:-1]:
        yield words[words.index("download") + 1]


def _is_repository(name: str) -> bool:
    return bool(re.fullmatch(r"[\w.-]+/[\w.-]+", name)) and not name.startswith(("/", "."))


def _unknown_option(situation: Situation) -> Failure | None:
    server = situation.server
    if server is None or server.engine not in (VLLM, SGLANG):
        return None
    unknown = [f"--{name} {value}".rstrip() for name, value in server.options.items() if name in _NO_OPTIONS]
    program = "vllm" if server.engine == VLLM else "launch_server.py"
    said = f"{program}: error: unrecognized arguments: {' '.join(unknown)}"
    return Failure(_EARLY, (f"usage: {program} [-h] [options]", said), 2) if unknown else None


def _gated(situation: Situation) -> Failure | None:
    repository = next((each for each in _repositories(situation) if _is_repository(each) and each.startswith(GATED)), "")
    if not repository or any(situation.env.get(name) for name in _TOKENS):
        return None
    where = f"https://huggingface.co/{repository}/resolve/main/config.json"
    lines = (
        *_TRACEBACK,
        f"requests.exceptions.HTTPError: 401 Client Error: Unauthorized for url: {where}",
        "",
        "The above exception was the direct cause of the following exception:",
        "",
        "huggingface_hub.errors.GatedRepoError: 401 Client Error. (Request ID: Root=1-68f0c3a1-5d0e)",
        "",
        f"Cannot access gated repo for url {where}.",
        f"Access to model {repository} is restricted. You must have access to it and be authenticated to access it. Please log in.",
        "OSError: You are trying to access a gated repo.",
    )
    return Failure(_EARLY, lines)


def _unknown_repository(situation: Situation) -> Failure | None:
    repository = next((each for each in _repositories(situation) if _is_repository(each) and "does-not-exist" in each), "")
    if not repository:
        return None
    where = f"https://huggingface.co/api/models/{repository}/tree/main?recursive=True"
    said = f"huggingface_hub.errors.RepositoryNotFoundError: 404 Client Error. Repository Not Found for url: {where}."
    return Failure(_EARLY, (*_TRACEBACK, said, "Please make sure you specified the correct `repo_id` and `repo_type`."))


def _custom_code(situation: Situation) -> Failure | None:
    server = situation.server
    if server is None or not server.model.startswith(_CUSTOM_CODE) or server.trusts_remote_code:
        return None
    lines = (
        *_TRACEBACK,
        "pydantic_core._pydantic_core.ValidationError: 1 validation error for ModelConfig",
        f"  Value error, The repository {server.model} contains custom code which must be executed to correctly load the model. You can "
        f"inspect the repository content at https://hf.co/{server.model} .",
        "Please pass the argument `trust_remote_code=True` to allow custom code to be run.",
    )
    return Failure(_EARLY, lines)


def _too_few_gpus(situation: Situation) -> Failure | None:
    server = situation.server
    if server is None or server.engine not in (VLLM, SGLANG, TRTLLM):
        return None
    elsewhere = {"nnodes", "node-rank", "master-addr", "dist-init-addr"} & {*server.options}
    if elsewhere or server.options.get("distributed-executor-backend") == "ray":
        return None
    wanted, held = server.world_size, situation.gpus
    if not held or wanted <= held:
        return None
    if server.engine == SGLANG:
        return Failure(
            _EARLY,
            (*_TRACEBACK, "RuntimeError: CUDA error: invalid device ordinal", f"tp_size={wanted} needs {wanted} GPUs, {held} visible"),
        )
    lines = (
        *_TRACEBACK,
        "pydantic_core._pydantic_core.ValidationError: 1 validation error for ParallelConfig",
        f"  Value error, World size ({wanted}) is larger than the number of available GPUs ({held}) in this node. If this is intentional "
        "and you are using:",
        "- ray, set '--distributed-executor-backend ray'.",
        "- multiprocessing, set '--nnodes' appropriately.",
    )
    return Failure(_EARLY, lines)


def _no_gpu(situation: Situation) -> Failure | None:
    server = situation.server
    if server is None or server.engine not in (VLLM, SGLANG, TRTLLM) or situation.gpus or situation.pod["spec"].get("resourceClaims"):
        return None
    if "cpu" in server.image or server.options.get("device") == "cpu" or _held_by_others(situation):
        return None
    said = (
        "RuntimeError: Failed to infer device type, please set the environment variable `VLLM_LOGGING_LEVEL=DEBUG` to turn on verbose "
        "logging to help debug the issue."
    )
    if server.engine != VLLM:
        said = "RuntimeError: Found no NVIDIA driver on your system. Please check that you have an NVIDIA GPU and installed a driver"
    return Failure(_EARLY, (*_TRACEBACK, said))


def _held_by_others(situation: Situation) -> bool:
    """A sidecar of a container that has the GPUs may use them, too."""
    return any(footprint.gpus(each) for each in situation.pod["spec"].get("containers") or [])


def _context_beyond_the_model(situation: Situation) -> Failure | None:
    server = situation.server
    if server is None or server.engine != VLLM or situation.env.get("VLLM_ALLOW_LONG_MAX_MODEL_LEN") == "1":
        return None
    most = footprint.longest_context(server.model)
    if most is None or server.context is None or server.context <= most or {"rope-scaling", "hf-overrides"} & {*server.options}:
        return None
    lines = (
        *_TRACEBACK,
        "pydantic_core._pydantic_core.ValidationError: 1 validation error for ModelConfig",
        f"  Value error, User-specified max_model_len ({server.context}) is greater than the derived max_model_len "
        f"(max_position_embeddings={most} or model_max_length=None in model's config.json).",
    )
    return Failure(_EARLY, lines)


def _weights_too_large(situation: Situation) -> Failure | None:
    server, card = situation.server, situation.card
    if server is None or card is None or not situation.gpus or server.engine not in (VLLM, SGLANG, TRTLLM):
        return None
    each = footprint.weights(server.model) / server.world_size
    if not server.model or each <= card * 0.97:
        return None
    total, free = card / footprint.GIB, card / footprint.GIB * 0.02
    said = (
        f"torch.OutOfMemoryError: CUDA out of memory. Tried to allocate 1.96 GiB. GPU 0 has a total capacity of {total:.2f} GiB of which "
        f"{free:.2f} GiB is free."
    )
    return Failure(_LATE, (*_TRACEBACK, said, _ENGINE))


def _cache_too_small(situation: Situation) -> Failure | None:
    server, card = situation.server, situation.card
    if server is None or card is None or server.engine != VLLM or server.context is None or not situation.gpus or not server.model:
        return None
    share = server.memory_share
    held = share * card * server.world_size - footprint.weights(server.model)
    needed = server.context * footprint.kv_bytes(server.model)
    if held >= needed:
        return None
    gib = footprint.GIB
    if held <= 0:
        said = "ValueError: No available memory for the cache blocks. Try increasing `gpu_memory_utilization` when initializing the engine."
        return Failure(_LATE, (*_TRACEBACK, said, _ENGINE))
    fits = int(held / footprint.kv_bytes(server.model)) // 16 * 16
    said = (
        f"ValueError: To serve at least one request with the models's max seq len ({server.context}), ({needed / gib:.2f} GiB KV cache is "
        f"needed, which is larger than the available KV cache memory ({held / gib:.2f} GiB). Based on the available memory, the estimated "
        f"maximum model length is {fits}. Try increasing `gpu_memory_utilization` or decreasing `max_model_len` when initializing the "
        "engine."
    )
    return Failure(_LATE, (*_TRACEBACK, said, _ENGINE))


_RULES: Final[tuple[Callable[[Situation], Failure | None], ...]] = (
    _unknown_option,
    _gated,
    _unknown_repository,
    _custom_code,
    _context_beyond_the_model,
    _no_gpu,
    _too_few_gpus,
    _weights_too_large,
    _cache_too_small,
)
"""In the order in which a server comes upon them."""
