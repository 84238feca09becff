"""ModelSources of every type, with Secrets that are good, empty, missing, or spelled so that the loader panics. All values are made up."""

from __future__ import annotations

from modeltui.demo.controllers.kinds import CLAIMS, SECRETS, SOURCES
from modeltui.demo.errors import Object
from modeltui.demo.world.ages import Made, days

NOT_A_TOKEN = "hf_thisIsNotARealTokenItOnlyLooksLikeOne"


def sources() -> list[Made]:
    made = [Made(days(ago), SECRETS, each) for ago, each in _secrets()]
    made += [Made(days(118), CLAIMS, each) for each in _claims()]
    made += [Made(days(ago), SOURCES, each) for ago, each in _sources()]
    return made


def _secrets() -> list[tuple[float, Object]]:
    return [
        (117, _secret("hf-token", "team-nlp", {"token": NOT_A_TOKEN})),
        (117, _secret("hf-token", "ml-platform", {"token": NOT_A_TOKEN})),
        (90, _secret("hf-token-rotated", "team-vision", {})),
        (80, _secret("minio-credentials", "ml-platform", {"access-key": "AKIAEXAMPLEONLY", "secret-key": "not/a/real/secret+key"})),
        (111, _secret("s3-weights", "team-nlp", {"username": "weights-reader", "password": "correct-horse-battery"})),
        (60, _secret("gitlab-deploy", "team-vision", {"username": "deploy", "password": "glpat-not-a-real-one"})),
        (20, _secret("modelscope-token", "staging", {"token": "ms-00000000-0000-4000-8000-000000000000"})),
    ]


def _secret(name: str, namespace: str, values: dict[str, str]) -> Object:
    found: Object = {"metadata": {"name": name, "namespace": namespace}, "type": "Opaque"}
    return {**found, "stringData": values} if values else found


def _claims() -> list[Object]:
    """A claim that was filled by hand, for a source of type PVC."""
    spec = {"accessModes": ["ReadWriteMany"], "storageClassName": "ceph-fs", "resources": {"requests": {"storage": "4Ti"}}}
    return [{"metadata": {"name": "legacy-models", "namespace": "ml-platform"}, "spec": spec}]


def _sources() -> list[tuple[float, Object]]:
    return [
        (117, _source("huggingface", "team-nlp", "HUGGING_FACE")),
        (116, _source("huggingface-gated", "team-nlp", "HUGGING_FACE", secret="hf-token")),
        (110, _source("weights-s3", "team-nlp", "S3", secret="s3-weights", config={"provider": "AWS", "region": "eu-central-1"})),
        (45, _source("mirror-http", "team-nlp", "HTTP", config={"Accept": "application/octet-stream"})),
        (30, _source("old-token", "team-nlp", "HUGGING_FACE", secret="hf-token-2024")),
        (100, _source("huggingface", "team-vision", "HUGGING_FACE", config={"endpoint": "https://hf-mirror.example.com"})),
        (90, _source("huggingface-private", "team-vision", "HUGGING_FACE", secret="hf-token-rotated")),
        (60, _source("gitlab", "team-vision", "GIT", secret="gitlab-deploy", config={"depth": "1"})),
        (116, _source("huggingface", "ml-platform", "HUGGING_FACE")),
        (
            80,
            _source(
                "minio", "ml-platform", "S3", secret="minio-credentials", config={"provider": "MINIO", "endpoint": "http://minio:9000"}
            ),
        ),
        (118, _source("legacy-volume", "ml-platform", "PVC", config={"pvcName": "legacy-models"})),
        (95, _source("nas", "ml-platform", "NFS", config={"server": "nas-01.storage.internal", "path": "/exports/models"})),
        (25, _source("conda-envs", "ml-platform", "CONDA", config={"pythonVersion": "3.11"})),
        (25, _source("other-team", "ml-platform", "REFERENCE")),
        (20, _source("modelscope", "staging", "MODEL_SCOPE", secret="modelscope-token")),
        (20, _source("huggingface", "staging", "HUGGING_FACE")),
        (14, _source("gone-volume", "staging", "PVC", config={"pvcName": "models-before-migration"})),
        (6, _source("huggingface", "sandbox", "HUGGING_FACE")),
        (5, _source("unused", "sandbox", "HTTP", config={"url": "https://downloads.example.com/models/"})),
    ]


def _source(name: str, namespace: str, kind: str, *, secret: str = "", config: dict[str, str] | None = None) -> Object:
    spec: Object = {"type": kind}
    if secret:
        spec["secretRef"] = secret
    if config:
        spec["config"] = config
    return {"metadata": {"name": name, "namespace": namespace}, "spec": spec}
