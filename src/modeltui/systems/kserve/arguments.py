"""What answers say of the engine, as words of its command line, and back. Pure.

How flags are spelled stands in `catalogs/engines.yaml`; KServe's own server takes those of vLLM, and calls the model by another.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from typing import Any, Final

import msgspec

from modeltui.catalog.entries import Arguments
from modeltui.systems.answer_file import AnswersError
from modeltui.systems.core import quantity
from modeltui.systems.kserve.answers import InferenceAnswers, ServingAnswers
from modeltui.systems.serving import known

OWN: Final = "huggingface"
"""KServe's server, which wraps vLLM."""
ENGINES: Final = (OWN, "vllm", "sglang", "trtllm", "llamacpp")
_OF_FORMAT: Final = {"huggingface": OWN, "sglang": "sglang"}


def engine(answers: ServingAnswers) -> str:
    """Whose flags are written. An LLMInferenceService always runs vLLM."""
    if not isinstance(answers, InferenceAnswers):
        return "vllm"
    return answers.engine or engine_of(answers.format)


def engine_of(model_format: str) -> str:
    """What a runtime of that format mostly runs."""
    return _OF_FORMAT.get(model_format.lower(), "vllm")


def spelled(of: str) -> Arguments:
    if of == OWN:
        return msgspec.structs.replace(known.spelled("vllm", "kserve"), served_name="--model_name")
    return known.spelled(of, "kserve")


def words(answers: ServingAnswers, *, named: bool) -> list[str]:
    """`named`: whether the served name is said here. What is added by hand comes last, so that it counts. Raises AnswersError for an
    answer that the engine has no flag for."""
    of = engine(answers)
    flags = spelled(of)
    given: list[str] = []
    valued = {
        "servedName": (flags.served_name, answers.served_name if named else ""),
        "contextLength": (flags.context_length, str(answers.context_length or "")),
        "tensorParallel": (flags.tensor_parallel, str(answers.tensor_parallel or "") if isinstance(answers, InferenceAnswers) else ""),
    }
    for name, (flag, value) in valued.items():
        if value:
            given += [_spoken(flag, of, name), value]
    if answers.prefix_caching is not None:
        given.append(_spoken(flags.prefix_caching_on if answers.prefix_caching else flags.prefix_caching_off, of, "prefixCaching"))
    if answers.eager:
        given.append(_spoken(flags.eager, of, "eager"))
    if answers.trust_remote_code:
        given.append(_spoken(flags.trust_remote_code, of, "trustRemoteCode"))
    return [*given, *answers.extra_args]


def _spoken(flag: str | None, of: str, name: str) -> str:
    if not flag:
        raise AnswersError(f"answers.{name}: {of} has no flag for it; leave it out.")
    return flag


def has(of: str, name: str) -> bool:
    """Whether an engine has a flag; `name`: a field of `Arguments`."""
    return bool(getattr(spelled(of), name))


def read(line: Sequence[str], *, of: str, named: bool, tensor: bool) -> dict[str, Any]:
    """The answers that a command line gives, wherever in it they stand; what is said twice, or otherwise, stays among `extra_args`."""
    flags = spelled(of)
    valued = {"served_name": flags.served_name if named else "", "context_length": flags.context_length}
    if tensor:
        valued["tensor_parallel"] = flags.tensor_parallel
    switches = {
        ("prefix_caching", True): flags.prefix_caching_on,
        ("prefix_caching", False): flags.prefix_caching_off,
        ("eager", True): flags.eager,
        ("trust_remote_code", True): flags.trust_remote_code,
    }
    keys = Counter(map(_key, line))
    single = {_key(flag): name for name, flag in valued.items() if flag and keys[_key(flag)] == 1}
    plain = {_key(flag): told for told, flag in switches.items() if flag and keys[_key(flag)] == 1}
    found: dict[str, Any] = {}
    rest: list[str] = []
    place = 0
    while place < len(line):
        word = line[place]
        place += 1
        _, equals, value = word.partition("=")
        if (told := plain.get(_key(word))) is not None and not equals and told[0] not in found:
            found[told[0]] = told[1]
            continue
        if (name := single.get(_key(word))) is not None:
            beside = line[place] if not equals and place < len(line) and not line[place].startswith("-") else ""
            meant = _value(name, value if equals else beside)
            if meant is not None:
                found[name] = meant
                place += not equals
                continue
        rest.append(word)
    return found | {"extra_args": tuple(rest)}


def _value(name: str, text: str) -> Any:
    """None for what is no answer: an amount spelled "32k", nothing at all."""
    if name == "served_name":
        return text or None
    found = quantity.whole(text)
    return found if found and str(found) == text else None


def _key(word: str) -> str:
    """ "_" and "-" are the same to vLLM; what is no flag is nothing's key."""
    return word.partition("=")[0].replace("_", "-") if word.startswith("-") else ""


def likeliest(line: Sequence[str], model_format: str) -> str:
    """The engine whose flags a command line speaks; "" when that of the format fits as well as any."""
    counts = {of: _recognised(line, of) for of in dict.fromkeys((engine_of(model_format), *ENGINES))}
    best = max(counts, key=lambda of: counts[of])  # the first of the best, which is that of the format
    return "" if best == engine_of(model_format) else best


def _recognised(line: Sequence[str], of: str) -> int:
    found: Mapping[str, Any] = read(line, of=of, named=True, tensor=True)
    return len(found)
