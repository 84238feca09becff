"""Traps of where an InferenceService has its weights from."""

from __future__ import annotations

from typing import Final

from tests.systems.kserve.kserving import Trap, claim, facts, model, secret
from tests.systems.kserve.trapping import FETCHED, WARNING, M, P, S, accounts

from modeltui.systems.core.secrets import SECRETS
from modeltui.systems.core.types import CLAIMS

READ_ONLY: Final = "storage.kserve.io/readonly"
URI: Final = f"{M}.storageUri"
STORAGE = [
    Trap("a Hub id", S(model(uri="Qwen/Qwen3-8B")), S(), "is no URI", URI),
    Trap("a path", S(model(uri="/models/x")), S(), "is in the image already", URI),
    Trap("another scheme", S(model(uri="huggingface://Qwen/Qwen3-8B")), S(), "KServe cannot read huggingface://", URI),
    Trap("half an id", S(model(uri="hf://Qwen")), S(model(uri="hf://Qwen/Qwen3-8B:main")), "names no model of the Hub", URI),
    Trap("nothing behind it", S(model(uri="pvc://")), S(model(uri="pvc://w")), "names nothing", URI),
    Trap("a blank", S(model(uri="hf://Qwen/Qwen3 8B")), S(), "has blanks in it", URI),
    Trap("both", S({**model(), "storageUris": [{"uri": "hf://a/b"}]}), S(), "stand side by side", URI),
    Trap(
        "written to, in another word",
        S(model(uri="pvc://w/x"), annotations={READ_ONLY: "no"}),
        S(model(uri="pvc://w/x"), annotations={READ_ONLY: "false"}),
        'is "no": KServe looks for "false" only',
        f"metadata.annotations.{READ_ONLY}",
        WARNING,
    ),
    Trap(
        "written to, in a claim that can only be read",
        S(model(uri="pvc://w/x"), annotations={READ_ONLY: "false"}),
        S(model(uri="pvc://w/x"), annotations={READ_ONLY: "true"}),
        'claim "w" can only be read',
        f"metadata.annotations.{READ_ONLY}",
        WARNING,
        known=facts(claim("w", "ReadOnlyMany"), known=(CLAIMS,)),
    ),
    Trap(
        "two Secrets to fetch with",
        S(annotations={**FETCHED, "serving.kserve.io/secretName": "other"}),
        S(annotations={**FETCHED, "serving.kserve.io/secretName": "hf"}),
        'Secret "hf" or with "other"',
        "metadata.annotations.serving.kserve.io/storageSecretName",
        WARNING,
    ),
    Trap(
        "an annotation that leads to no Secret",
        S(annotations={"serving.kserve.io/secretName": "hf-token"}),
        S(annotations={"serving.kserve.io/secretName": "hf-token"}),
        'no Secret "hf-token"',
        P,
        known=facts(known=(SECRETS,)),
        otherwise=facts(secret("hf-token", "HF_TOKEN"), known=(SECRETS,)),
    ),
    Trap(
        "a relative place",
        S({**model(uri=""), "storageUris": [{"uri": "hf://a/b", "mountPath": "models"}]}),
        S({**model(uri=""), "storageUris": [{"uri": "hf://a/b", "mountPath": "/mnt/models"}]}),
        "is no place for weights",
        f"{P}.storageUris[0].mountPath",
    ),
    Trap(
        "a key that is not there",
        S(model(uri="", storage={"key": "minio", "path": "x"})),
        S(model(uri="", storage={"key": "s3", "path": "x"})),
        'has no key "minio"',
        f"{M}.storage.key",
        known=facts(secret("storage-config", "s3"), known=(SECRETS,)),
    ),
    Trap(
        "S3 without credentials",
        S(model(uri="s3://bucket/x")),
        S({**model(uri="s3://bucket/x"), "serviceAccountName": "sa"}),
        "Nothing gives it credentials for S3",
        URI,
        WARNING,
        known=accounts("default"),
        otherwise=accounts("sa", secrets=("s3",)),
    ),
    Trap(
        "gated",
        S(model(uri="hf://meta-llama/Llama-3.2-1B-Instruct")),
        S(
            model(
                uri="hf://meta-llama/Llama-3.2-1B-Instruct",
                env=[{"name": "HF_TOKEN", "valueFrom": {"secretKeyRef": {"name": "h", "key": "t"}}}],
            )
        ),
        "is gated on the Hub",
        URI,
        known=accounts("default"),
    ),
    Trap(
        "gated, with a Secret for fetching",
        S(model(uri="hf://meta-llama/Llama-3.2-1B-Instruct")),
        S(model(uri="hf://meta-llama/Llama-3.2-1B-Instruct"), annotations=FETCHED),
        "is gated on the Hub",
        URI,
        known=accounts("default"),
    ),
    Trap(
        "gated, with a Secret of other keys",
        S(model(uri="hf://meta-llama/Llama-3.2-1B-Instruct"), annotations=FETCHED),
        S(model(uri="hf://meta-llama/Llama-3.2-1B-Instruct"), annotations=FETCHED),
        'Secret "hf" has no HF_TOKEN but token',
        "metadata.annotations.serving.kserve.io/storageSecretName",
        known=facts(secret("hf", "token"), known=(SECRETS,)),
        otherwise=facts(secret("hf", "HF_TOKEN"), known=(SECRETS,)),
    ),
    Trap(
        "no claim",
        S(model(uri="pvc://weights/x")),
        S(model(uri="pvc://weights/x")),
        'no PersistentVolumeClaim "weights"',
        URI,
        known=facts(known=(CLAIMS,)),
        otherwise=facts(claim("weights"), known=(CLAIMS,)),
    ),
    Trap(
        "a claim of one node",
        S(model(uri="pvc://weights/x", minReplicas=2, maxReplicas=2)),
        S(model(uri="pvc://weights/x")),
        '2 pods share claim "weights"',
        URI,
        WARNING,
        known=facts(claim("weights", "ReadWriteOnce"), known=(CLAIMS,)),
    ),
    Trap(
        "a mounted claim",
        S({**model(), "volumes": [{"name": "v", "persistentVolumeClaim": {"claimName": "cache"}}]}),
        S(),
        'no PersistentVolumeClaim "cache"',
        f"{P}.volumes",
        known=facts(known=(CLAIMS,)),
    ),
    Trap(
        "no account",
        S({**model(), "serviceAccountName": "sa"}),
        S({**model(), "serviceAccountName": "sa"}),
        'no ServiceAccount "sa"',
        f"{P}.serviceAccountName",
        known=accounts("default"),
        otherwise=accounts("sa"),
    ),
]
