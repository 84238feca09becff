"""The Models: names people know, in the states that they meet, and every trap of modelfs at least once."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from modeltui.demo.controllers.kinds import DATASETS, MODELS
from modeltui.demo.errors import Object
from modeltui.demo.world.ages import Edited, Made, days, minutes

ESCAPES = "\x1b[31mred\x1b[0m \x1b]0;owned\x07 and \u202eright-to-left"
"""What a careless or hostile author may put into a text: a console must show it, not obey it."""
LONG = "nous-hermes-2-mixtral-8x7b-dpo-adapted-for-customer-support-in-24-languages"


def models() -> list[Made]:
    return [*_team_nlp(), *_team_vision(), *_ml_platform(), *_staging(), *_sandbox(), *_references()]


def _team_nlp() -> list[Made]:
    qwen = [
        version("fp16", "Qwen/Qwen2.5-7B-Instruct", "FP16", "40Gi"),
        version("awq-int4", "Qwen/Qwen2.5-7B-Instruct-AWQ", "INT4", "12Gi"),
    ]
    qwen72 = [
        version("fp16", "Qwen/Qwen2.5-72B-Instruct", "FP16", "200Gi"),
        version("gptq-int8", "Qwen/Qwen2.5-72B-Instruct-GPTQ-Int8", "INT8", "120Gi"),
    ]
    selector = {"matchLabels": {"models.example.com/receive": "true"}}
    shared = version("fp16", "BAAI/bge-m3", "FP16", "20Gi", share={"enabled": True, "namespaceSelector": selector})
    nobody = {"enabled": True, "requireOptInLabel": "models.example.com/receive=true"}
    twice = [
        version("v1", "mistralai/Mistral-7B-Instruct-v0.3", "FP16", "40Gi"),
        version("v1", "mistralai/Mistral-7B-v0.3", "FP16", "40Gi"),
    ]
    pinned = version("v2-5", "Qwen/Qwen2.5-Coder-7B-Instruct", "FP16", "40Gi", revision="9c1f3d2")
    ns = "team-nlp"
    return [
        model(
            days(112), ns, "qwen2-5-7b-instruct", "huggingface", qwen, "Default chat model of the support team.", ["chat", "qwen", "prod"]
        ),
        model(days(60), ns, "qwen2-5-72b-instruct", "huggingface", qwen72, "Large chat model; four H100.", ["chat", "qwen", "prod"]),
        model(
            days(48),
            ns,
            "llama-3-1-8b-instruct",
            "huggingface-gated",
            [version("fp16", "meta-llama/Llama-3.1-8B-Instruct", "FP16", "40Gi")],
            "Gated: wants a token, which never gets to the loader.",
            ["chat", "llama"],
        ),
        model(
            days(44), ns, "bge-m3", "huggingface", [shared], "Embeddings, shared with every team that opted in.", ["embedding", "shared"]
        ),
        model(
            days(41),
            ns,
            "multilingual-e5-large",
            "huggingface",
            [version("fp16", "intfloat/multilingual-e5-large", "FP16", "10Gi", share=nobody)],
            "Shared with nobody: the opt-in label never matches.",
            ["embedding", "shared"],
        ),
        model(days(33), ns, "mistral-7b-instruct", "huggingface", twice, "Two versions with one name.", ["chat", "mistral"]),
        model(
            days(21), ns, "qwen2-5-coder-7b", "huggingface", [pinned], "Pinned to a commit, which the loader cannot do.", ["code", "qwen"]
        ),
        model(
            days(19),
            ns,
            "phi-4",
            "huggingface",
            [version("fp16", "microsoft/phi-4-14B", "FP16", None)],
            "Without a size: asks for 100Ti.",
            ["chat", "phi"],
        ),
        model(
            days(16),
            ns,
            "finbert-internal",
            "weights-s3",
            [version("v3", "s3://ml-weights/finbert/v3", "FP16", "5Gi"), version("v4", "ml-weights/finbert/v4", "FP16", "5Gi")],
            "v4's address lacks s3://.",
            ["classification", "internal"],
        ),
        model(
            days(11),
            ns,
            "summarizer-legacy",
            "old-token",
            [version("v1", "facebook/bart-large-cnn", "FP16", "10Gi")],
            "Its source names a Secret that is not there.",
            ["summary"],
        ),
        model(
            days(10), ns, "orphan-model", "hugging-face", [version("v1", "google/flan-t5-xl", "FP16", "20Gi")], "Misspelled source.", ["t5"]
        ),
        model(
            days(8),
            ns,
            "whisper-large-v3",
            "mirror-http",
            [
                version(
                    "v3", "https://mirror.example.com/whisper-large-v3/", "FP16", "8Gi", metadata={"language": "multi", "sha256": "9f2c…"}
                )
            ],
            "Speech to text.",
            ["audio"],
        ),
        model(
            days(5),
            ns,
            LONG,
            "huggingface",
            [version("fp16-with-extended-context-window-of-131072-tokens", "NousResearch/Nous-Hermes-2-Mixtral-8x7B-DPO", "FP16", "120Gi")],
            "A name so long that no label can carry its Dataset's.",
            ["chat", "very-long-tag-that-does-not-fit-into-any-column"],
        ),
        model(
            days(3),
            ns,
            "gemma-3-27b-it",
            "huggingface",
            [
                version("int4", "gaunernst/gemma-3-27b-it-int4-awq", "INT4", "30Gi"),
                version("fp16", "unsloth/gemma-3-27b-it", "FP16", "10Gi"),
            ],
            "fp16 does not fit on its volume.",
            ["chat", "gemma", "vision"],
        ),
        model(
            minutes(1.2),
            ns,
            "qwen3-30b-a3b",
            "huggingface",
            [
                version("fp16", "Qwen/Qwen3-30B-A3B-Instruct-2507", "FP16", "80Gi"),
                version("int8", "Qwen/Qwen3-30B-A3B-GPTQ-Int8", "INT8", "40Gi"),
            ],
            "Just ordered.",
            ["chat", "qwen", "moe"],
        ),
    ]


def _team_vision() -> list[Made]:
    ns = "team-vision"
    return [
        model(
            days(97),
            ns,
            "sdxl-base",
            "huggingface",
            [version("fp16", "stabilityai/stable-diffusion-xl-base-1.0", "FP16", "30Gi")],
            "[bold]not markup[/bold] [red]nor this[/red] [link=https://example.com]nor that[/link]",
            ["image", "[b]tag[/b]"],
        ),
        model(
            days(70),
            ns,
            "qwen2-5-vl-7b",
            "huggingface",
            [
                version("fp16", "Qwen/Qwen2.5-VL-7B-Instruct", "FP16", "40Gi"),
                version("awq", "Qwen/Qwen2.5-VL-7B-Instruct-AWQ", "INT4", "14Gi"),
                version("old", "Qwen/Qwen2-VL-7B-Instruct", "FP16", "40Gi", state="ABSENT"),
            ],
            "图像与文本 🤖🔥 — sieht, liest & erklärt",
            ["视觉", "vision", "🤗"],
        ),
        model(
            days(40),
            ns,
            "flux-1-dev",
            "huggingface-private",
            [version("bf16", "black-forest-labs/FLUX.1-dev", None, "60Gi")],
            "Its source's Secret is empty.",
            ["image", "flux"],
        ),
        model(
            days(28),
            ns,
            "yolo-factory",
            "gitlab",
            [
                version("v8", "https://gitlab.example.com/vision/yolo-factory.git", None, "5Gi"),
                version("v9", "https://gitlab.invalid/v9.git", None, "5Gi"),
            ],
            "v9's server is gone.",
            ["detection", "internal"],
        ),
        model(
            days(1.5),
            ns,
            "siglip2-so400m",
            "huggingface",
            [version("fp16", "google/siglip2-so400m-patch14-384", "FP16", "6Gi", storage_class="fast-nvme-legacy")],
            "Its StorageClass has no provisioner any more.",
            ["embedding", "vision"],
        ),
        model(
            days(7),
            ns,
            "sam2-hiera-large",
            "huggingface",
            [version("fp16", "facebook/sam2-hiera-large", "FP16", "4Gi", storage_class="local-path", modes=["ReadWriteOnce"])],
            "On a node's own disk.",
            ["segmentation"],
        ),
        model(
            days(1.2),
            ns,
            "depth-anything-v2",
            "huggingface",
            [version("large", "depth-anything/Depth-Anything-V2-Large", None, "4Gi", storage_class="local-path")],
            "Asks local-path for ReadWriteMany.",
            ["depth"],
        ),
        model(
            minutes(25),
            ns,
            "cosmos-reason1-7b",
            "huggingface",
            [version("fp16", "nvidia/Cosmos-Reason1-7B", "FP16", "40Gi")],
            "",
            ["robotics"],
            annotations={"example.com/note": ESCAPES},
        ),
        model(
            minutes(0.8),
            ns,
            "internvl3-38b",
            "huggingface",
            [version("fp16", "OpenGVLab/InternVL3-38B", "FP16", "100Gi")],
            ESCAPES,
            ["vision"],
        ),
    ]


def _ml_platform() -> list[Made]:
    ns = "ml-platform"
    return [
        model(
            days(115), ns, "gpt2-reference", "legacy-volume", [version("v1", "/gpt2", None, "1Gi")], "Filled by hand in 2023.", ["legacy"]
        ),
        model(
            days(94), ns, "bloom-archive", "nas", [version("v1", "/exports/models/bloom-176b", "FP16", "1Ti")], "On the NAS.", ["archive"]
        ),
        model(
            days(79),
            ns,
            "llama-2-13b-finetuned",
            "minio",
            [version("run-118", "s3://finetunes/llama-2-13b/run-118", "FP16", "60Gi")],
            "The Secret's key has a dash: the loader panics.",
            ["llama", "finetune"],
        ),
        model(days(24), ns, "pytorch-env", "conda-envs", [version("cu128", "pytorch-2.8", None, "20Gi")], "CONDA: no URI for it.", ["env"]),
        model(days(24), ns, "borrowed", "other-team", [version("v1", "team-nlp/bge-m3", None, "1Gi")], "REFERENCE: no URI either.", []),
        model(
            days(18),
            ns,
            "mixtral-8x7b",
            "huggingface",
            [
                version("fp16", "mistralai/Mixtral-8x7B-Instruct-v0.1", "FP16", "120Gi"),
                version("awq", "TheBloke/mixtral-8x7B-instruct-AWQ", "INT4", "40Gi"),
            ],
            "Serves on MI300X.",
            ["chat", "moe", "rocm"],
        ),
        model(
            days(4),
            ns,
            "deepseek-r1-distill",
            "huggingface",
            [
                version("qwen-32b", "deepseek-ai/DeepSeek-R1-Distill-Qwen-32B", "FP16", "90Gi"),
                version("llama-70b", "deepseek-ai/DeepSeek-R1-Distill-Llama-70B", "FP16", "200Gi"),
            ],
            "Reasoning.",
            ["reasoning", "deepseek"],
        ),
        model(
            minutes(14),
            ns,
            "nvidia-llama-3-1-nemotron-ultra-253b",
            "huggingface",
            [version("fp8-tensorrt-llm", "nvidia/Llama-3_1-Nemotron-Ultra-253B-v1-FP8", "INT8", "400Gi")],
            "Its Job's name is too long for a label: PROCESSING for ever, without a Job.",
            ["reasoning", "nvidia"],
        ),
        model(
            minutes(1.5),
            ns,
            "gpt-oss-120b",
            "huggingface",
            [version("mxfp4", "openai/gpt-oss-120b-fp4", "INT4", "120Gi")],
            "Open weights.",
            ["chat", "moe"],
        ),
    ]


def _staging() -> list[Made]:
    ns = "staging"
    off = version("v1", "THUDM/glm-4-9b-chat", "FP16", "30Gi", state="ABSENT")
    return [
        model(
            days(19), ns, "glm-4-9b", "modelscope", [version("v1", "ZhipuAI/glm-4-9b-chat", "FP16", "40Gi")], "From ModelScope.", ["chat"]
        ),
        model(days(15), ns, "glm-4-9b-old", "huggingface", [off], "Switched off.", ["chat"]),
        model(
            days(13),
            ns,
            "pre-migration",
            "gone-volume",
            [version("v1", "/llama", None, "1Gi")],
            "READY, though its volume is not there.",
            [],
        ),
        model(
            days(2), ns, "typo", "huggingface", [version("v1", "acme/does-not-exist-7B", "FP16", "40Gi")], "No such repository.", ["test"]
        ),
        model(minutes(7), ns, "smollm3-3b", "huggingface", [version("fp16", "HuggingFaceTB/SmolLM3-3B", "FP16", "10Gi")], "", ["small"]),
        model(minutes(0.4), ns, "tiny-aya", "modelscope", [version("fp16", "CohereLabs/tiny-aya-3B", "FP16", "10Gi")], "", ["small"]),
    ]


def _sandbox() -> list[Made]:
    ns = "sandbox"
    edited = version("main", "HuggingFaceTB/SmolLM2-1.7B-Instruct", "FP16", "8Gi")
    return [
        model(days(4), ns, "smollm2", "huggingface", [edited], "Edited after the fact: wedged.", ["small", "test"]),
        model(days(1), ns, "qwen3-0-6b", "huggingface", [version("fp16", "Qwen/Qwen3-0.6B", "FP16", "4Gi")], "", ["small", "qwen"]),
    ]


def _references() -> list[Made]:
    """Sharing as it works: a Dataset with share set by hand, and one in another namespace that refers to it; and one that may not."""
    spec = {"source": {"type": "HUGGING_FACE", "uri": "huggingface://BAAI/bge-reranker-v2-m3"}, "share": True}
    claim = {"volumeClaimTemplate": {"spec": {"resources": {"requests": {"storage": "10Gi"}}}}}
    selector = {"shareToNamespaceSelector": {"matchLabels": {"env": "prod"}}}
    reference = {"source": {"type": "REFERENCE", "uri": "dataset://ml-platform/bge-reranker"}}
    return [
        Made(days(35), DATASETS, {"metadata": {"name": "bge-reranker", "namespace": "ml-platform"}, "spec": {**spec, **claim, **selector}}),
        Made(days(34), DATASETS, {"metadata": {"name": "bge-reranker", "namespace": "team-nlp"}, "spec": reference}),
        Made(days(6), DATASETS, {"metadata": {"name": "bge-reranker", "namespace": "sandbox"}, "spec": reference}),
    ]


def model(
    ago: timedelta,
    namespace: str,
    name: str,
    source: str,
    versions: list[Object],
    description: str,
    tags: list[str],
    *,
    annotations: dict[str, str] | None = None,
) -> Made:
    display: Object = {"description": description, "tags": tags}
    labels = {"app.kubernetes.io/managed-by": "kubectl", "team": namespace}
    metadata: Object = {"name": name, "namespace": namespace, "labels": labels, "annotations": annotations or {}}
    return Made(ago, MODELS, {"metadata": metadata, "spec": {"sourceRef": source, "display": display, "versions": versions}})


def version(
    name: str,
    repo: str,
    precision: str | None,
    size: str | None,
    *,
    revision: str = "",
    state: str = "PRESENT",
    storage_class: str = "",
    modes: list[str] | None = None,
    share: Object | None = None,
    metadata: dict[str, str] | None = None,
) -> Object:
    """`size` None leaves the storage out."""
    found: dict[str, Any] = {"name": name, "repo": repo, "state": state}
    optional = {"precision": precision, "revision": revision, "share": share, "metadata": metadata}
    found |= {key: value for key, value in optional.items() if value}
    if size is not None:
        found["storage"] = {"accessModes": modes or ["ReadWriteMany"], "resources": {"requests": {"storage": size}}}
        if storage_class:
            found["storage"]["storageClassName"] = storage_class
    return found


def edits() -> list[Edited]:
    """What people changed afterwards: one edit that the Dataset's immutable source does not allow."""
    repo = [{"op": "replace", "path": "/spec/versions/0/repo", "value": "HuggingFaceTB/SmolLM2-360M-Instruct"}]
    return [Edited(timedelta(hours=20), MODELS, "sandbox", "smollm2", repo)]
