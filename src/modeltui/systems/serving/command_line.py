"""What an inference engine's command line says: which engine it is, what it serves, and under which names. Pure.

Sources: `vllm serve --help`, `python -m sglang.launch_server --help`, `trtllm-serve --help`, `llama-server --help`,
`text-generation-launcher --help`, and the arguments of KServe's Hugging Face server.
"""

from __future__ import annotations

import re
import shlex
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Final

from modeltui.systems.core.types import ContainerSpec

_BY_WORD: Final = (
    (re.compile(r"(?:.*/)?vllm|vllm[._]entrypoints\..*|dynamo\.vllm|components/.*vllm.*\.py"), "vllm"),
    (re.compile(r"sglang\..*|dynamo\.sglang.*|sglang[-_]router.*"), "sglang"),
    (re.compile(r"(?:.*/)?trtllm-(?:serve|llmapi-launch)|dynamo\.trtllm|tensorrt_llm\..*"), "trtllm"),
    (re.compile(r"(?:.*/)?llama-server|llama_cpp\.server|dynamo\.llama_cpp"), "llamacpp"),
    (re.compile(r"(?:.*/)?text-generation-launcher"), "tgi"),
    (re.compile(r"(?:.*/)?text-embeddings-router"), "tei"),
    (re.compile(r"(?:.*/)?tritonserver"), "triton"),
    (re.compile(r"huggingfaceserver|huggingface_server"), "huggingface"),
    (re.compile(r"(?:.*/)?ollama"), "ollama"),
    (re.compile(r"dynamo\.mocker"), "mocker"),
    (re.compile(r"(?:.*/)?llm-d-inference-sim"), "simulator"),
)
"""A word of the command -> engine, as `catalogs/engines.yaml` spells it."""

_BY_IMAGE: Final = (
    (re.compile(r"llm-d-inference-sim"), "simulator"),
    (re.compile(r"vllm|(?:^|/)llm-d(?:-[a-z]+)?$"), "vllm"),  # llm-d's images are builds of vLLM
    (re.compile(r"sglang"), "sglang"),
    (re.compile(r"trt-?llm|tensorrt-?llm"), "trtllm"),
    (re.compile(r"llama[-_.]?cpp|aikit"), "llamacpp"),
    (re.compile(r"text-generation-inference"), "tgi"),
    (re.compile(r"text-embeddings-inference"), "tei"),
    (re.compile(r"huggingfaceserver"), "huggingface"),
    (re.compile(r"triton"), "triton"),
    (re.compile(r"ollama"), "ollama"),
    (re.compile(r"(?:^|/)nvcr\.io/nim/|^nim/"), "nim"),
)
"""Part of an image's repository, without registry tag or digest -> engine."""

_MODEL_OPTIONS: Final = ("--model", "--model-path", "--model-id", "--hf-repo", "-hf", "-hfr")
_SERVED_OPTIONS: Final = ("--served-model-name", "--model-name", "--alias", "-a")
_POSITIONAL: Final = re.compile(r"(?:.*/)?(?:vllm|trtllm-serve)")
_VARIABLE: Final = re.compile(r"\$\(([A-Za-z_]\w*)\)|\$\{([A-Za-z_]\w*)\}|\$([A-Za-z_]\w*)")
_SHELLS: Final = re.compile(r"(?:.*/)?(?:ba|da|a)?sh")


def words(container: ContainerSpec) -> tuple[str, ...]:
    """The command and its arguments, with what a shell would run in place of the script, and variables of the container filled in.

    What a script does beyond words (loops, substitutions) is not followed; a variable that stands nowhere stays as it is written.
    """
    line = (*container.command, *container.args)
    if line and _SHELLS.fullmatch(line[0]):
        line = tuple(word for part in line[1:] if not part.startswith("-") or " " in part for word in _split(part))
    values = {variable.name: variable.value for variable in container.env if variable.value_from is None}
    return tuple(_filled(word, values) for word in line)


def _split(script: str) -> Iterable[str]:
    """Words of a script; `;`, `&&` and the like are words of their own."""
    try:
        lexer = shlex.shlex(script.replace("\\\n", " "), posix=True, punctuation_chars=";&|")
        lexer.whitespace_split = True
        return list(lexer)
    except ValueError:  # a quote that is never closed
        return script.split()


def _filled(word: str, values: Mapping[str, str]) -> str:
    return _VARIABLE.sub(lambda match: values.get(next(filter(None, match.groups())), match[0]), word)


def engine_of(container: ContainerSpec) -> str:
    """By the command, else by the image; "" when neither says."""
    return engine_by_words(words(container)) or engine_by_image(container.image)


def engine_by_words(line: Iterable[str]) -> str:
    return next((engine for word in line for pattern, engine in _BY_WORD if pattern.fullmatch(word)), "")


def engine_by_image(image: str) -> str:
    repository = re.sub(r"(?::[^/:]*)?(?:@.*)?$", "", image)
    return next((engine for pattern, engine in _BY_IMAGE if pattern.search(repository)), "")


def models_of(line: Sequence[str]) -> tuple[str, ...]:
    """What the engine is told to load: a Hub id, a path or a URI. What a variable hides is left out."""
    found = [value for name in _MODEL_OPTIONS for value in option(line, name)[:1]]
    if not found and any(word.endswith("llama-server") for word in line):  # to python, "-m" is a module
        found = list(option(line, "-m")[:1])
    return _plain(found or list(_positional(line)))[:1]


def served_of(line: Sequence[str]) -> tuple[str, ...]:
    """Names that its API answers to, where the command line gives any; vLLM takes several."""
    return _plain(value for name in _SERVED_OPTIONS for value in option(line, name))


def option(line: Sequence[str], name: str) -> tuple[str, ...]:
    """Values of an option: "--name value", "--name=value", several after one another. "_" and "-" are the same, as for vLLM.
    The last one given counts."""
    values: tuple[str, ...] = ()
    wanted = name.replace("_", "-")
    for place, word in enumerate(line):
        key, equals, value = word.partition("=")
        if key.replace("_", "-") != wanted or not key.startswith("-"):
            continue
        values = (value,) if equals else tuple(_following(line[place + 1 :]))
    return values


def _following(line: Sequence[str]) -> Iterator[str]:
    for word in line:
        if word.startswith("-") or set(word) <= set(";&|"):
            return
        yield word


def _positional(line: Sequence[str]) -> Iterator[str]:
    """`vllm serve MODEL`, `trtllm-serve [serve] MODEL`."""
    for place, word in enumerate(line):
        if _POSITIONAL.fullmatch(word):
            rest = [one for one in line[place + 1 : place + 3] if one != "serve"]
            yield from list(_following(rest))[:1]


def _plain(values: Iterable[str]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(value for value in values if value and "$" not in value and "{{" not in value))
