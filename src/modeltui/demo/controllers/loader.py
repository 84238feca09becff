"""What a download does: how long it takes, what it prints, and how it ends. Pure, and the same each time for the same seed.

The failures are those of BaizeAI's loader and the tools it calls, with the causes that they really have.
"""

from __future__ import annotations

import math
import random
import re
from collections.abc import Mapping
from dataclasses import dataclass

GATED = ("meta-llama/", "google/gemma", "mistralai/Mistral-Large", "black-forest-labs/FLUX.1-dev")
"""Repositories that want a token, which through modelfs never reaches the loader."""
SLOWEST_BYTES = 900e9
BAR = 10


@dataclass(frozen=True, slots=True)
class Run:
    """`lines`: (seconds after the start, text), in order of time."""

    seconds: float
    exit_code: int
    lines: tuple[tuple[float, str], ...]


def run(args: list[str], *, room: float | None, token: bool, rng: random.Random) -> Run:
    """`args` are the container's; `room` the bytes of the volume, None when unknown; `token`: is one mounted from a Secret."""
    kind, uri = args[0], args[1]
    options = dict(re.findall(r"^--options=([^=]+)=(.*)$", "\n".join(args), re.MULTILINE))
    if any(not re.fullmatch(r"\w+", key) for key in options):
        return _panic()
    refusal = _refusal(kind, uri, options, token=token)
    if refusal:
        return Run(rng.uniform(3, 7), 1, _said(kind, uri, [(1.0, _log("debug", "executing command")), (2.5, _log("error", refusal))]))
    size, seconds = size_of(uri), rng.uniform(20, 45) + 45 * min(1.0, size_of(uri) / SLOWEST_BYTES) ** 0.5
    if room is not None and size > room:
        return _interrupted(kind, uri, seconds * room / size, room / size, "OSError: [Errno 28] No space left on device")
    if rng.random() < 0.12:
        told = "requests.exceptions.ReadTimeout: HTTPSConnectionPool(host='cas-bridge.xethub.hf.co', port=443): Read timed out."
        done = rng.uniform(0.2, 0.8)
        return _interrupted(kind, uri, seconds * done, done, told)
    return Run(seconds, 0, _said(kind, uri, [*_progress(seconds, 1.0), (seconds, _log("info", "data sync completed"))]))


def size_of(uri: str) -> float:
    """Bytes of a model's weights, read off its name: "…-7B…" at two bytes a parameter, less when quantised."""
    name = uri.rpartition("/")[2]
    mixture = re.search(r"(\d+)x(\d+(?:\.\d+)?)B", name)
    single = re.search(r"(?<![\w.])(\d+(?:\.\d+)?)B(?![a-z])", name.replace("_", "-"), re.IGNORECASE)
    billions = float(mixture[1]) * float(mixture[2]) if mixture else float(single[1]) if single else 1.5
    quantised = re.search(r"awq|gptq|int4|q4|w4a16|fp4", name, re.IGNORECASE)
    half = re.search(r"int8|fp8|w8a8|q8", name, re.IGNORECASE)
    return billions * 1e9 * (0.6 if quantised else 1.05 if half else 2.0)


def _refusal(kind: str, uri: str, options: Mapping[str, str], *, token: bool) -> str:
    """The error that comes before the first byte; empty when there is none."""
    repo = uri.partition("://")[2]
    match kind:
        case "HUGGING_FACE" | "MODEL_SCOPE" if "@" in repo or repo.count("/") != 1:
            rule = "Repo id must use alphanumeric chars or '-', '_', '.', '--' and '..' are forbidden, '-' and '.' cannot start or end it"
            return f"huggingface_hub.errors.HFValidationError: {rule}, max length is 96: '{repo}'."
        case "HUGGING_FACE" if repo.startswith(GATED) and not token:
            told = f"Access to model {repo} is restricted. You must have access to it and be authenticated to access it. Please log in."
            where = f"https://huggingface.co/{repo}/resolve/main/config.json"
            return f"huggingface_hub.errors.GatedRepoError: 401 Client Error. Cannot access gated repo for url {where}. {told}"
        case "HUGGING_FACE" | "MODEL_SCOPE" if "does-not-exist" in repo:
            where = f"https://huggingface.co/api/models/{repo}/revision/main"
            return f"huggingface_hub.errors.RepositoryNotFoundError: 404 Client Error. Repository Not Found for url: {where}."
        case "S3" if not uri.startswith("s3://"):
            return "invalid scheme, only s3 is supported"
        case "S3" if options.get("provider") not in ("AWS", "MINIO"):
            return f"unsupported provider: {options.get('provider', '')}, only AWS and MINIO are supported"
        case "S3" if options["provider"] == "AWS" and not options.get("region"):
            return "region is required for AWS provider"
        case "HTTP" | "GIT" if repo.partition("/")[0].partition(":")[0].endswith(".invalid"):
            return f"dial tcp: lookup {repo.partition('/')[0]} on 10.96.0.10:53: no such host"
    return ""


def _panic() -> Run:
    lines = ["panic: runtime error: index out of range [1] with length 0", "", "goroutine 1 [running]:", "main.main()"]
    return Run(2.0, 2, tuple((1.0, line) for line in lines))


def _interrupted(kind: str, uri: str, seconds: float, done: float, why: str) -> Run:
    told = _log("error", f"failed to execute command, err: exit status 1: {why}")
    return Run(seconds, 1, _said(kind, uri, [*_progress(seconds, done), (seconds, told)]))


def _progress(seconds: float, done: float) -> list[tuple[float, str]]:
    """The bar as the log shows it: redrawn with carriage returns, and let through only now and then in one long line."""
    files = 14
    steps = [step for step in range(files + 1) if step / files <= done]
    bursts: list[tuple[float, str]] = []
    for start in range(0, len(steps), 5):
        part = steps[start : start + 5]
        at = seconds * (part[-1] / files) / max(done, 1e-9)
        bursts.append((min(at, seconds), "\r".join(_bar(step, files) for step in part)))
    return bursts


def _bar(step: int, files: int) -> str:
    filled = math.floor(BAR * step / files)
    return f"Fetching {files} files: {100 * step // files:3d}%|{'█' * filled}{' ' * (BAR - filled)}| {step}/{files}"


def _said(kind: str, uri: str, rest: list[tuple[float, str]]) -> tuple[tuple[float, str], ...]:
    first = _log("info", f"start to sync data from {uri}", type=kind)
    return ((0.0, first), *sorted(rest, key=lambda line: line[0]))


def _log(level: str, message: str, **fields: str) -> str:
    more = "".join(f" {key}={value}" for key, value in fields.items())
    return f'level={level} msg="{message}"{more}'
