"""What the last lines of a model server's log say of why it ended: its words -> what that means, and what to do. Pure.

Each cause is a pattern over the whole tail, the most particular first. What no pattern knows is not guessed: the lines themselves
are shown.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Final

from modeltui.domain import Subject
from modeltui.redaction import redact_text
from modeltui.systems.serving.subjects import NO_TOKEN


@dataclass(frozen=True, slots=True)
class Cause:
    """`reason` is a sentence, `remedy` what to do, `line` the line of the log that says it, `subject` what others may speak of, too."""

    reason: str
    remedy: str
    line: str
    subject: Subject | None = None


@dataclass(frozen=True, slots=True)
class _Known:
    pattern: re.Pattern[str]
    reason: Callable[[re.Match[str]], str]
    remedy: str
    subject: Subject | None


def _known(pattern: str, reason: str | Callable[[re.Match[str]], str], remedy: str, subject: Subject | None = None) -> _Known:
    said = (lambda match: reason) if isinstance(reason, str) else reason
    return _Known(re.compile(pattern, re.IGNORECASE), said, remedy, subject)


def _group(text: str) -> Callable[[re.Match[str]], str]:
    """`text` with {name} of the match in it."""
    return lambda match: text.format(**{name: (found or "?") for name, found in match.groupdict().items()})


_CAUSES: Final = (
    _known(
        r"GatedRepoError|gated repo|is restricted and you are not in the authorized list|access to (this )?model .* is restricted",
        "The model is gated on Hugging Face, and the pod may not fetch it.",
        "Accept its licence on huggingface.co with the account whose token it is, and give the pod HF_TOKEN from a Secret.",
        NO_TOKEN,
    ),
    _known(
        r"(401 Client Error|Unauthorized).{0,200}huggingface\.co|huggingface\.co.{0,200}(401|Unauthorized)",
        "Hugging Face does not accept the token, or there is none: private and gated models need one.",
        "Give the pod HF_TOKEN from a Secret of this namespace; check that the token is valid and may read the model.",
    ),
    _known(
        r"RepositoryNotFoundError|Repository Not Found for url",
        "Hugging Face does not know the model, or shows it only to others.",
        "Check the spelling of the model's id; a private model needs HF_TOKEN.",
    ),
    _known(
        r"LocalEntryNotFoundError|HfHubHTTPError.*(Connection|timed? ?out)|Failed to resolve 'huggingface\.co'"
        r"|Max retries exceeded with url.*huggingface",
        "The pod cannot reach Hugging Face.",
        "Is the cluster without internet? Serve the model from a volume or a mirror (HF_ENDPOINT), or let a proxy through.",
    ),
    _known(
        r"(?:User-specified )?max_model_len \((?P<asked>\d+)\) is greater than the derived max_model_len.*?(?P<most>\d{3,})",
        _group("The context length asked for ({asked}) is longer than the model's own ({most})."),
        "Ask for no more than the model was made for, or leave the context length out.",
    ),
    _known(
        r"max seq(?:uence)? len(?:gth)? \((?P<asked>\d+)\).{0,120}(?:larger|exceeds|KV cache)",
        _group("The KV cache of one request of {asked} tokens does not fit in what the GPUs have left."),
        "Ask for a shorter context length, more GPUs (tensor parallel size), or a higher share of GPU memory.",
    ),
    _known(
        r"No available memory for the cache blocks|not enough memory.{0,60}KV cache",
        "After the weights no GPU memory is left for the KV cache.",
        "Use more GPUs (tensor parallel size), a smaller or quantised model, or a higher share of GPU memory.",
    ),
    _known(
        r"(CUDA|HIP|torch\.\w+)?[ .]*out of memory|OutOfMemoryError|hipErrorOutOfMemory",
        "The GPU ran out of memory.",
        "Use more GPUs (tensor parallel size), a smaller or quantised model, or a shorter context length.",
    ),
    _known(
        r"trust_remote_code|trust-remote-code",
        "The model brings code of its own, which the server runs only when that is allowed.",
        "If you trust its authors, deploy it with trust remote code.",
    ),
    _known(
        r"(?:World size|tensor[ _-]parallel[ _-]size) \(?(?P<asked>\d+)\)?.{0,120}(?:available GPUs|larger than|greater than|only)",
        _group("It is to use {asked} GPUs, and its container has fewer."),
        "Give each replica as many GPUs as the tensor parallel size says.",
    ),
    _known(
        r"(?:attention heads|num_heads|hidden size).{0,60}(?:must be )?divisible by.{0,40}(?:tensor|world)",
        "The model cannot be divided among that many GPUs: its attention heads do not come out even.",
        "Use a tensor parallel size that divides the number of attention heads: 1, 2, 4 or 8 for most models.",
    ),
    _known(
        r"unrecognized arguments?: (?P<what>[^\n]{1,120})|unexpected argument '?(?P<other>[^'\n]{1,80})",
        lambda match: f"The server does not know an argument: {(match['what'] or match['other']).strip()}.",
        "Is the argument one of this engine, and of this version of its image?",
    ),
    _known(
        r"Model architectures? \[?'?(?P<what>\w+)'?\]? (?:are|is) not supported|Unsupported (?:model )?architecture",
        lambda match: f"The engine does not know this kind of model{f' ({found})' if (found := match['what']) else ''}.",
        "Use a newer image of the engine, or another engine.",
    ),
    _known(
        r"Bfloat16 is only supported on GPUs with compute capability",
        "These GPUs are too old for bfloat16.",
        "Deploy it with float16 (--dtype half), or on newer GPUs.",
    ),
    _known(
        r"no kernel image is available|not compiled with|HSA_STATUS_ERROR|hipErrorNoBinaryForGpu|compute capability .{0,40}not supported",
        "The image was not built for this kind of GPU.",
        "Use an image of the engine for these GPUs (CUDA or ROCm, and their generation).",
    ),
    _known(
        r"No CUDA GPUs are available|Failed to infer device type|libcuda\.so\.1|no ROCm-capable device|Found no NVIDIA driver",
        "The container sees no GPU.",
        "Ask for GPUs in the container's limits; on the node, is the device plugin well, and its runtime class the right one?",
    ),
    _known(
        r"No space left on device|disk quota exceeded",
        "The volume, or the node's disk, is full.",
        "Give it a larger volume for the weights (and their cache), or free some space.",
    ),
    _known(
        r"Permission denied: '?(?P<what>/[^'\n]{1,120})",
        _group("The container may not write to {what}."),
        "Does it run as another user than the volume belongs to? fsGroup in the pod's security context mends that.",
    ),
    _known(
        r"NCCL (?:error|WARN)|ncclSystemError|ncclUnhandledCudaError|RCCL",
        "The GPUs cannot talk to one another (NCCL or RCCL).",
        "Is /dev/shm large enough (emptyDir in memory), and are the interconnects between nodes set up? NCCL_DEBUG=INFO says more.",
    ),
    _known(
        r"(?:bus error|SIGBUS).{0,200}|shared memory|/dev/shm",
        "There is too little shared memory.",
        "Mount an emptyDir with medium Memory at /dev/shm, several GiB large.",
    ),
    _known(
        r"Address already in use|Errno 98",
        "Its port is taken: something else in the pod listens there.",
        "Do two containers of the pod, or two processes of one, use the same port?",
    ),
    _known(
        r"(?:safetensors|Error).{0,80}(?:header too large|HeaderTooLarge|InvalidHeader|MetadataIncompleteBuffer)|git-lfs\.github\.com/spec",
        "The weights on the volume are damaged or incomplete.",
        "Download them anew; a file of a few hundred bytes is a pointer of Git LFS, not the weights.",
    ),
    _known(
        r"(?:config\.json|tokenizer)[^\n]{0,120}(?:does not exist|not found|No such file)"
        r"|(?:No such file|does not appear to have)[^\n]{0,160}(?:config\.json|tokenizer)",
        "Where it looks for the model there is none, or not all of it.",
        "Does the path in the volume lead to the folder with config.json, and has the download ended?",
    ),
    _known(
        r"invalid_api_key|NGC_API_KEY[^\n]{0,80}(?:not set|invalid|unauthori[sz]ed)|api\.ngc\.nvidia\.com[^\n]{0,160}(?:401|403)",
        "NVIDIA NGC does not accept the key, or there is none.",
        "Give the pod NGC_API_KEY from a Secret of this namespace, with a key that may read the catalog.",
    ),
)


def cause(tail: Sequence[str]) -> Cause | None:
    """What is known to lie behind such an end; None when nothing is. `tail`: the last lines of the log, the newest last."""
    text = "\n".join(tail)
    for known in _CAUSES:
        if (found := known.pattern.search(text)) is not None:
            begin = text.rfind("\n", 0, found.start()) + 1
            end = text.find("\n", begin)
            line = redact_text(text[begin : end if end >= 0 else len(text)].strip())
            return Cause(redact_text(known.reason(found)), known.remedy, line, known.subject)
    return None


def last_words(tail: Sequence[str], count: int = 3) -> tuple[str, ...]:
    """The last lines that say something, oldest first."""
    said = [line.strip() for line in tail if line.strip()]
    return tuple(redact_text(line) for line in said[-count:])
