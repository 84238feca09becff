"""Where weights come from: schemes that KServe can read, claims, credentials."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from typing import Final

from modeltui.domain import Finding, Severity
from modeltui.kube.objects import Object
from modeltui.systems.core.secrets import SECRETS, Secret
from modeltui.systems.core.types import CLAIMS, ContainerSpec, PersistentVolumeClaim
from modeltui.systems.kserve.types import CHART_SECRET, SERVICE_ACCOUNTS, STORAGE_SECRET, InferenceService, ServiceAccount
from modeltui.systems.protocol import Facts
from modeltui.systems.serving import known, needs, uris
from modeltui.systems.serving.subjects import NO_TOKEN

SCHEMES: Final = (*("hf", "pvc", "s3", "gs", "oci", "oci+native", "oci+modelcar", "http", "https", "hdfs", "webhdfs", "file", "git"),)
READ_ONLY: Final = "storage.kserve.io/readonly"
CONFIG: Final = "storage-config"
"""Secret that `storage.key` means a key of."""
TOKENS: Final = ("HF_TOKEN", "HUGGING_FACE_HUB_TOKEN")
_HUB: Final = re.compile(r"hf://[\w.-]+/[\w.-]+([:@][\w./-]+)?/?", re.IGNORECASE)


def uri(text: str, field: str) -> Iterator[Finding]:
    scheme = uris.scheme(text)
    if text != text.strip() or " " in text:
        yield Finding(Severity.ERROR, f'"{text}" has blanks in it.', "Take them out.", field)
    elif not scheme:
        yield Finding(
            Severity.ERROR,
            f'"{text}" is no URI: KServe takes it for a path that is in the image already, and fetches nothing.',
            f"Write hf://{text}." if re.fullmatch(r"[\w.-]+/[\w.-]+", text) else "Begin with hf://, pvc://, s3://, oci:// or the like.",
            field,
        )
    elif scheme not in SCHEMES:
        hint = "Write hf:// instead." if scheme in ("huggingface", "modelscope") else f"One of {', '.join(SCHEMES)}."
        yield Finding(Severity.ERROR, f"KServe cannot read {scheme}://, unless a ClusterStorageContainer of this cluster can.", hint, field)
    elif scheme == "hf" and not _HUB.fullmatch(text):
        yield Finding(Severity.ERROR, f'"{text}" names no model of the Hub.', "hf://ORGANISATION/MODEL, with :REVISION if need be.", field)
    elif not text.partition("://")[2].strip("/"):
        yield Finding(Severity.ERROR, f'"{text}" names nothing.', "Add what is to be read.", field)


def of_service(service: InferenceService, facts: Facts) -> Iterator[Finding]:
    predictor = service.spec.predictor
    model, namespace = predictor.predicted, service.metadata.namespace
    field = f"spec.predictor.{predictor.framework or 'model'}"
    told = [(model.storage_uri, f"{field}.storageUri")] if model is not None and model.storage_uri else []
    several = [(one.uri, f"spec.predictor.storageUris[{place}].uri") for place, one in enumerate(predictor.storage_uris)]
    if told and several:
        yield Finding(
            Severity.ERROR,
            "storageUri and storageUris stand side by side: KServe's webhook takes only one of them.",
            "Keep storageUris.",
            f"{field}.storageUri",
        )
    for text, where in (*told, *several):
        yield from uri(text, where)
    for place, one in enumerate(predictor.storage_uris):
        if one.mount_path and (not one.mount_path.startswith("/") or one.mount_path == "/" or ".." in one.mount_path):
            yield Finding(
                Severity.ERROR,
                f'"{one.mount_path}" is no place for weights: it has to be an absolute path other than /, without "..".',
                "Correct it, such as /mnt/models.",
                f"spec.predictor.storageUris[{place}].mountPath",
            )
    if model is not None and model.storage is not None and model.storage.key:
        secret = facts.get(SECRETS, namespace, CONFIG)
        if isinstance(secret, Secret) and model.storage.key not in secret.keys:
            yield Finding(
                Severity.ERROR,
                f'Secret "{CONFIG}" of namespace {namespace} has no key "{model.storage.key}": it has {", ".join(secret.keys) or "none"}.',
                "Correct the key, or add it to the Secret.",
                f"{field}.storage.key",
            )
    for text, where in (*told, *several):
        yield from credentials(service, text, where, facts)


def notes(service: InferenceService, facts: Facts) -> Iterator[Finding]:
    """What annotations say of the weights."""
    said, namespace = service.metadata.annotations, service.metadata.namespace
    field = f"metadata.annotations.{READ_ONLY}"
    if said.read_only not in ("", "true", "false"):
        yield Finding(
            Severity.WARNING,
            f'The annotation {READ_ONLY} is "{said.read_only}": KServe looks for "false" only, and mounts the weights read-only.',
            'Write "true" or "false".',
            field,
        )
    model = service.spec.predictor.predicted
    claim = facts.get(CLAIMS, namespace, uris.claim(model.storage_uri)) if model is not None else None
    if said.read_only == "false" and isinstance(claim, PersistentVolumeClaim) and set(claim.spec.access_modes) == {"ReadOnlyMany"}:
        yield Finding(
            Severity.WARNING,
            f'The annotation {READ_ONLY} is "false", and claim "{claim.metadata.name}" can only be read: what its server writes beside the '
            "weights fails.",
            "Take the annotation out, or use a claim that may be written.",
            field,
        )
    if said.storage_secret and said.chart_secret and said.storage_secret != said.chart_secret:
        yield Finding(
            Severity.WARNING,
            f'Weights are fetched with Secret "{said.storage_secret}" or with "{said.chart_secret}": a KServe reads one of the two '
            "annotations, as it is set up.",
            f"Name the same Secret in {STORAGE_SECRET} and {CHART_SECRET}.",
            f"metadata.annotations.{STORAGE_SECRET}",
        )


def credentials(service: InferenceService, text: str, field: str, facts: Facts) -> Iterator[Finding]:
    predictor = service.spec.predictor
    model = predictor.predicted
    if model is not None and model.storage is not None:
        return  # which names its Secret itself
    secret, account = service.metadata.annotations.token_secret, predictor.service_account_name
    containers = () if model is None else (model,)
    yield from fetching(text, field, secret=secret, containers=containers, account=account, service=service, facts=facts)


def fetching(
    text: str, field: str, *, secret: str, containers: Iterable[ContainerSpec], account: str, service: Object, facts: Facts
) -> Iterator[Finding]:
    """Who may not read the place gets no error before the pod runs, and then an init container that goes round in circles. `secret`:
    that is named for it, or ""; `containers`: whose variables may hold a token; `account`: the ServiceAccount of the pods."""
    scheme, namespace = uris.scheme(text), service.metadata.namespace
    gated = scheme == "hf" and known.is_gated(uris.model_name(text)) and not _has_token(containers)
    if secret:
        held = facts.get(SECRETS, namespace, secret)
        if gated and isinstance(held, Secret) and "HF_TOKEN" not in held.keys:
            yield Finding(
                Severity.ERROR,
                f'{uris.model_name(text)} is gated on the Hub, and Secret "{secret}" has no HF_TOKEN but '
                f"{', '.join(held.keys) or 'nothing'}.",
                "Put the token into it as HF_TOKEN, or name another Secret.",
                f"metadata.annotations.{STORAGE_SECRET}",
                subject=NO_TOKEN,
            )
    elif _brings_secrets(account, namespace, facts):
        return
    elif scheme == "s3":
        yield Finding(
            Severity.WARNING,
            "Nothing gives it credentials for S3: only a bucket that everybody may read can be fetched.",
            f"Set a serviceAccountName whose ServiceAccount names the Secret, or the annotation {STORAGE_SECRET}.",
            field,
        )
    elif gated:
        yield Finding(
            Severity.ERROR,
            f"{uris.model_name(text)} is gated on the Hub, and nothing gives it a token, so that it cannot be fetched.",
            f"Accept the model's terms, put a token as HF_TOKEN into a Secret, and name that Secret in the annotation {STORAGE_SECRET}.",
            field,
            subject=NO_TOKEN,
        )


def _has_token(containers: Iterable[ContainerSpec]) -> bool:
    return any(any(one.name in TOKENS for one in container.env) or container.env_from for container in containers)


def _brings_secrets(named: str, namespace: str, facts: Facts) -> bool:
    """Whether its ServiceAccount names Secrets, or may, for all that is known."""
    account = facts.get(SERVICE_ACCOUNTS, namespace, named or "default")
    if isinstance(account, ServiceAccount):
        return bool(account.secrets)
    return bool(named) and not facts.known(SERVICE_ACCOUNTS, namespace)


def claims(service: InferenceService, facts: Facts) -> Iterator[Finding]:
    predictor, model = service.spec.predictor, service.spec.predictor.predicted
    told = [model.storage_uri] if model is not None else []
    named = [uris.claim(one) for one in (*told, *(one.uri for one in predictor.storage_uris))]
    pods = max(predictor.min_replicas or 1, predictor.max_replicas or 1)
    yield from needs.claims(
        dict.fromkeys(filter(None, named)),
        service.metadata.namespace,
        facts,
        f"spec.predictor.{predictor.framework or 'model'}.storageUri",
        pods=pods,
    )
    mounted = [one.persistent_volume_claim.claim_name for one in predictor.volumes if one.persistent_volume_claim]
    yield from needs.claims(dict.fromkeys(mounted), service.metadata.namespace, facts, "spec.predictor.volumes", pods=pods)


def account(name: str, namespace: str, facts: Facts, field: str) -> Iterator[Finding]:
    if name and facts.known(SERVICE_ACCOUNTS, namespace) and facts.get(SERVICE_ACCOUNTS, namespace, name) is None:
        yield Finding(
            Severity.ERROR,
            f'There is no ServiceAccount "{name}" in namespace {namespace}: no pod is made.',
            "Create it, or correct the name.",
            field,
        )
