"""One InferenceService with another model: what was about the earlier one goes, what is about the hardware stays. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any, Final

import msgspec

from modeltui.systems.core import quantity
from modeltui.systems.kserve.edits import started
from modeltui.systems.kserve.model_manager import MODEL_ID, READ_ONLY
from modeltui.systems.kserve.types import SERVICES, Predictor
from modeltui.systems.manifest import Manifest, part
from modeltui.systems.operations import NotPossible
from modeltui.systems.serving import uris

_OF_THE_MODEL: Final = frozenset(
    {
        *("--model", "--model-id", "--model-path", "--revision", "--code-revision", "--tokenizer", "--tokenizer-revision"),
        *("--tokenizer-mode", "--dtype", "--quantization", "--load-format", "--kv-cache-dtype", "--chat-template", "--rope-scaling"),
        *("--hf-overrides", "--hf-config-path", "--trust-remote-code", "--tool-call-parser", "--reasoning-parser"),
        *("--enable-auto-tool-choice", "--enable-reasoning", "--speculative-config", "--limit-mm-per-prompt", "--task", "--runner"),
        *("--lora-modules", "--enable-lora"),
    }
)
"""Options of vLLM, SGLang and KServe's Hugging Face server that say something of one model. What another brings with it nobody has
told; above all, code of the earlier one was trusted, not of the next."""
_NAME: Final = "--served-model-name"
_CONTEXT: Final = frozenset({"--max-model-len", "--context-length", "--max-length"})
_VARIABLES: Final = ("MODEL_ID", "HF_MODEL_ID")


def why_not(predictor: Predictor) -> str:
    """Why the model cannot be swapped, as a menu shows it; "" when it can."""
    if predictor.model is not None:
        return ""
    if predictor.framework:
        return f"its model is written as spec.predictor.{predictor.framework}: write it as spec.predictor.model first"
    return "it has no spec.predictor.model, but containers of its own: edit those"


def unlike(live: Mapping[str, Any]) -> str:
    """As `why_not`, of a manifest."""
    spec = live.get("spec")
    try:
        return why_not(msgspec.convert(spec.get("predictor") if isinstance(spec, Mapping) else None, Predictor))
    except msgspec.ValidationError:
        return "it has no spec.predictor that could be read"


def swapped(live: Mapping[str, Any], *, id_: str, uri: str, context: int | None) -> Manifest:
    """Started, and with that model in place of the one it has. `context`: the most tokens that the model takes; None: nobody says.
    Raises NotPossible when the earlier model stands where it cannot be swapped."""
    desired = started(live, resource=SERVICES)
    annotations = part(part(desired, "metadata"), "annotations")
    annotations.pop(READ_ONLY, None)  # of the earlier claim
    annotations[MODEL_ID] = id_
    predictor = part(part(desired, "spec"), "predictor")
    model = part(predictor, "model")
    before = _names(predictor, model)
    predictor.pop("storageUris", None)
    model.pop("storage", None)
    model["storageUri"] = uri
    words = [*_texts(model.get("args"))]
    if kept := _swapped(words, served=id_, context=context):
        model["args"] = kept
    else:
        model.pop("args", None)
    for variable in model.get("env") or ():
        if variable.get("name") in _VARIABLES and variable.get("value"):
            variable["value"] = uris.model_name(uri)
    line = (*_texts(model.get("command")), *_texts(model.get("args")))
    stays = [name for name in before if name not in (id_, uris.model_name(uri)) and any(name in word for word in line)]
    if stays:
        raise NotPossible(f"its command line names {stays[0]} in the midst of other words: edit it as YAML")
    return desired


def _names(predictor: Mapping[str, Any], model: Mapping[str, Any]) -> list[str]:
    """What the earlier model is called."""
    told = [model.get("storageUri"), *(one.get("uri") for one in predictor.get("storageUris") or () if isinstance(one, Mapping))]
    return [uris.model_name(one) for one in told if isinstance(one, str) and one]


def _texts(words: Any) -> Iterable[str]:
    return [word for word in words if isinstance(word, str)] if isinstance(words, list) else []


def _swapped(line: Sequence[str], *, served: str, context: int | None) -> list[str]:
    """The arguments without what was about the earlier model and its values; in the spelling that they have."""
    kept: list[str] = []
    dropping = False
    for place, word in enumerate(line):
        key, equals, value = word.partition("=")
        name = key.replace("_", "-")
        given = value if equals else next(iter(line[place + 1 : place + 2]), "")
        if not word.startswith("-"):
            if not dropping:
                kept.append(word)
        elif name in _OF_THE_MODEL:
            dropping = not equals
        elif name == _NAME:
            kept += [f"{key}={served}"] if equals else [key, served]
            dropping = not equals
        elif name in _CONTEXT and context is not None and (length := quantity.whole(given)) is not None:
            fits = str(min(length, context))
            kept += [f"{key}={fits}"] if equals else [key, fits]
            dropping = not equals
        else:
            kept.append(word)
            dropping = False
    return kept
