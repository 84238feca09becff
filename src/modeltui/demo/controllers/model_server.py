"""What a container's command line says: which inference engine it starts, on what model, with which options. Pure.

Image, command, args and literal env are read as a shell would join them, since people write `vllm serve X`, `python3 -m
vllm.entrypoints.openai.api_server --model X`, or a whole script behind `sh -c`.
"""

from __future__ import annotations

import re
import shlex
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from modeltui.demo.errors import Object

VLLM, SGLANG, TRTLLM, LLAMACPP = "vllm", "sglang", "trtllm", "llamacpp"
TGI, NIM, HUGGINGFACE, TRITON, FRONTEND = "tgi", "nim", "huggingface", "triton", "dynamo-frontend"

_MARKS: Final = (
    # What names an engine, in the words of the command or else in the image; the first that is found counts.
    (FRONTEND, r"dynamo[.]frontend"),
    (SGLANG, r"\bsglang\b"),
    (TRTLLM, r"trtllm|tensorrt-?llm"),
    (LLAMACPP, r"llama-server|llama[._-]?cpp|\baikit\b"),
    (VLLM, r"vllm|\baim-(?!artifact)[a-z0-9]|llm-d-cuda|kaito-base"),
    (NIM, r"nvcr[.]io/nim/|/opt/nim/"),
    (HUGGINGFACE, r"huggingfaceserver"),
    (TGI, r"text-generation-inference|text-generation-launcher"),
    (TRITON, r"tritonserver"),
)
_DEFAULT_PORT: Final = {SGLANG: 30000, LLAMACPP: 8080, HUGGINGFACE: 8080, TGI: 80}
_TOOL: Final = re.compile(r"dynamo[.](?:profiler|planner)\b")
"""What only speaks of an engine in its options."""
_WORKER: Final = re.compile(r"dynamo[.](?:vllm|sglang|trtllm|llama_cpp|mocker)\b")
_MODEL_OPTIONS: Final = {
    VLLM: ("model",),
    SGLANG: ("model-path", "model"),
    TRTLLM: ("model-path", "model"),
    LLAMACPP: ("hf-repo", "hf", "model", "m"),
    TGI: ("model-id",),
    HUGGINGFACE: ("model_id", "model_dir"),
}
_MODEL_ENV: Final = ("MODEL_ID", "HF_MODEL_ID", "MODEL_NAME", "MODEL", "MODEL_PATH", "AIM_MODEL_ID")
_VERBS: Final = {VLLM: "serve", TRTLLM: "trtllm-serve"}
"""The word that the model follows without an option."""
_SHORT: Final = {
    "tp": "tensor-parallel-size",
    "tp-size": "tensor-parallel-size",
    "tp_size": "tensor-parallel-size",
    "pp": "pipeline-parallel-size",
}
_LENGTHS: Final = ("max-model-len", "context-length", "max_seq_len", "ctx-size", "max-total-tokens")


@dataclass(frozen=True, slots=True)
class ModelServer:
    """`model` as it was given: a repository id or a path; "" when nothing says it. `names` are those that its API knows it by."""

    engine: str
    model: str
    names: tuple[str, ...]
    port: int
    options: Mapping[str, str]
    """By name without its dashes; a flag without a value has ""."""
    image: str = ""
    worker: bool = False
    """A Dynamo worker: it serves over Dynamo's own transport, and its frontend answers for it."""

    @property
    def tensor_parallel(self) -> int:
        return _whole(self.options.get("tensor-parallel-size", "")) or 1

    @property
    def world_size(self) -> int:
        """GPUs that it takes in this container."""
        return self.tensor_parallel * (_whole(self.options.get("pipeline-parallel-size", "")) or 1)

    @property
    def memory_share(self) -> float:
        """Of each GPU, from 0 to 1."""
        try:
            return min(1.0, max(0.0, float(self.options.get("gpu-memory-utilization", "0.9"))))
        except ValueError:
            return 0.9

    @property
    def context(self) -> int | None:
        """Tokens asked for; None leaves it to the model."""
        return next((size for name in _LENGTHS if (size := _whole(self.options.get(name, "")))), None)

    @property
    def trusts_remote_code(self) -> bool:
        return self.options.get("trust-remote-code", self.options.get("trust_remote_code", "false")).lower() in ("", "true", "1")


def model_server(container: Object) -> ModelServer | None:
    """What this container serves models with; None when it is no inference server."""
    env = {each["name"]: str(each.get("value") or "") for each in container.get("env") or []}
    words = command_words(container, env)
    if _TOOL.search(" ".join(words)):
        return None
    image = str(container.get("image", ""))
    # A command of its own replaces what the image would start: a download or a planner may well use the image of an engine.
    engine = _engine(" ".join(words)) or ("" if container.get("command") else _engine(_repository(image)))
    if not engine:
        return None
    options = _options(words)
    model = _model(engine, words, options, env) or (_nim_name(image) if engine == NIM else "")
    names = _names(engine, words, model, options, env)
    worker = bool(_WORKER.search(" ".join(words)))
    return ModelServer(engine, model, names, _port(engine, options, env), options, image=image, worker=worker)


def command_words(container: Object, env: Mapping[str, str]) -> list[str]:
    """Command and args as words: scripts split, `$(NAME)` and `$NAME` of the literal env filled in."""
    found: list[str] = []
    for raw in [*(container.get("command") or []), *(container.get("args") or [])]:
        text = re.sub(r"\$\((\w+)\)|\$\{(\w+)(?::-([^}]*))?\}|\$(\w+)", lambda match: _value(match, env), str(raw))
        if not re.search(r"\s", text):
            found.append(text)
            continue
        try:
            found += shlex.split(text.replace("\\\n", " "), comments=True)
        except ValueError:  # a quote that is never closed: a script all the same
            found += text.split()
    return found


def _value(match: re.Match[str], env: Mapping[str, str]) -> str:
    name = match[1] or match[2] or match[4]
    return env.get(name, match[3] if match[3] is not None else match[0])


def _engine(text: str) -> str:
    return next((engine for engine, mark in _MARKS if re.search(mark, text, re.IGNORECASE)), "")


def _repository(image: str) -> str:
    """The image without its tag, which may name anything."""
    return re.sub(r"(:[^/:]*)?(@.*)?$", "", image)


def _options(words: list[str]) -> dict[str, str]:
    found: dict[str, str] = {}
    for index, word in enumerate(words):
        match = re.fullmatch(r"--?([A-Za-z][\w-]*)(?:=(.*))?", word, re.DOTALL)
        if match is None:
            continue
        following = words[index + 1] if index + 1 < len(words) else "-"
        value = match[2] if match[2] is not None else "" if re.match(r"-[A-Za-z-]", following) or following == "-" else following
        found.setdefault(_SHORT.get(match[1], match[1]), value)
    return found


def _model(engine: str, words: list[str], options: Mapping[str, str], env: Mapping[str, str]) -> str:
    verb = _VERBS.get(engine, "")
    if verb in words[:-1] and not words[words.index(verb) + 1].startswith("-"):
        return words[words.index(verb) + 1]
    given = next((options[name] for name in _MODEL_OPTIONS.get(engine, ()) if options.get(name)), "")
    names = ("NIM_MODEL_NAME", "NIM_SERVED_MODEL_NAME") if engine == NIM else _MODEL_ENV
    return given or next((env[name] for name in names if env.get(name)), "")


def _names(engine: str, words: list[str], model: str, options: Mapping[str, str], env: Mapping[str, str]) -> tuple[str, ...]:
    given = _several(words, "--served-model-name", "--served_model_name")
    if engine == LLAMACPP:
        given = given or tuple(filter(None, (options.get("alias") or options.get("a"),)))
    if engine in (HUGGINGFACE, TRITON):
        given = given or (options.get("model_name") or "model",)
    own = next((env[name] for name in ("SERVED_MODEL_NAME", "NIM_SERVED_MODEL_NAME", "LLAMA_ARG_ALIAS") if env.get(name)), "")
    if given or own:
        return given or tuple(own.split(","))
    if engine == TGI:
        return ("tgi",) if model else ()
    if engine in (TRTLLM, LLAMACPP) and model.startswith("/"):
        return (model.rstrip("/").rpartition("/")[2],)
    return (model,) if model else ()


def _several(words: list[str], *names: str) -> tuple[str, ...]:
    """The values of an option that takes one or more words."""
    for index, word in enumerate(words):
        name, equals, value = word.partition("=")
        if name not in names:
            continue
        if equals:
            return (value,)
        rest = words[index + 1 :]
        end = next((at for at, each in enumerate(rest) if each.startswith("-")), len(rest))
        return tuple(rest[:end])
    return ()


def _nim_name(image: str) -> str:
    return _repository(image).partition("/nim/")[2]


def _port(engine: str, options: Mapping[str, str], env: Mapping[str, str]) -> int:
    given = _whole(options.get("port", "") or options.get("http_port", "") or options.get("http-port", ""))
    named = {NIM: "NIM_SERVER_PORT", TGI: "PORT", LLAMACPP: "LLAMA_ARG_PORT", FRONTEND: "DYN_HTTP_PORT"}.get(engine, "")
    told = given or _whole(env.get(named, "") or env.get("AIM_PORT", ""))
    if told:
        return told
    if engine in _DEFAULT_PORT:
        return _DEFAULT_PORT[engine]
    return 8000


def _whole(text: str) -> int | None:
    """ "4096", "32k" and "1M", as the engines take them; None for what is no such number."""
    match = re.fullmatch(r"(\d+(?:\.\d+)?)([kKmM]?)", text)
    if match is None:
        return None
    thousand = {"": 1, "k": 1000, "K": 1024, "m": 1000**2, "M": 1024**2}[match[2]]
    return int(float(match[1]) * thousand)
