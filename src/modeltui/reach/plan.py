"""Which questions can be asked about a ModelSource: its Secret, its endpoint, and what its Models name. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Final

from modeltui.reach import address, endpoint, git, hubs, objects, s3
from modeltui.reach.failures import shown
from modeltui.reach.urls import split, without_login
from modeltui.reach.verdict import Check
from modeltui.systems.modelfs.types import ABSENT, UNUSABLE_TYPES, Model, ModelSource
from modeltui.systems.modelfs.uri import HUBS, asked_uri

MOST: Final = 40
"""Addresses: a source that hundreds of Models refer to is not asked for all of them."""


@dataclass(frozen=True, slots=True)
class Plan:
    checks: tuple[Check, ...]
    left_out: int = 0
    """Addresses beyond MOST."""

    @property
    def hosts(self) -> tuple[str, ...]:
        """Where keys of the Secret would be sent, if their use is allowed."""
        return tuple(dict.fromkeys(check.sends_to for check in self.checks if check.sends_to))


def plan(source: ModelSource, models: Iterable[Model], *, secret_is_there: bool = True) -> Plan:
    """`models`: those that refer to it. `secret_is_there`: not when a form is about to make it."""
    wanted = addresses(source, models)
    checks = [*(_secret(source) if secret_is_there else ()), *_service(source)]
    checks += [_visible(source, one) for one in wanted[:MOST]]
    return Plan(tuple(checks), max(len(wanted) - MOST, 0))


def addresses(source: ModelSource, models: Iterable[Model]) -> list[str]:
    """What its Models' versions fetch from it, each once; of a source that names its place itself, that."""
    config = source.spec.config
    versions = (version for model in models if _refers(model, source) for version in model.spec.versions)
    found = [asked_uri(version, source) for version in versions if version.state != ABSENT]
    if source.spec.type in ("HTTP", "S3", "GIT") and config.get("url"):
        found.insert(0, str(config["url"]))
    if config.get("uri"):
        found.insert(0, str(config["uri"]))
    return list(dict.fromkeys(uri for uri in found if uri))


def _refers(model: Model, source: ModelSource) -> bool:
    return (model.metadata.namespace, model.spec.source_ref) == source.metadata.key


def _secret(source: ModelSource) -> Iterator[Check]:
    if name := source.spec.secret_ref:
        yield Check(f"Secret {shown(name)}", lambda asker: objects.secret(asker, name, source.spec.type))


def _service(source: ModelSource) -> Iterator[Check]:
    """The service itself, without asking for anything of it."""
    config = {key: str(value) for key, value in source.spec.config.items()}
    match source.spec.type:
        case "HUGGING_FACE":
            yield _endpoint(config.get("endpoint") or hubs.HUGGING_FACE)
        case "MODEL_SCOPE":
            yield _endpoint(config.get("endpoint") or hubs.MODEL_SCOPE)
        case "S3":
            yield _endpoint(s3.service(endpoint=config.get("endpoint", ""), region=config.get("region", "")))
        case "PVC":
            claim = config.get("pvcName", "")
            yield Check(f"Claim {shown(claim) or '(none)'}", lambda asker: objects.claim(asker, claim))
        case "NFS" if config.get("server"):
            server = config["server"]
            yield Check(f"NFS server {shown(server)}", lambda asker: endpoint.port(asker, server, 2049), whether_it_answers=True)
        case kind if kind in UNUSABLE_TYPES:
            yield Check(f"Type {kind}", lambda asker: endpoint.not_from_here(f"modelfs fetches nothing from a source of type {kind}."))


def _endpoint(url: str) -> Check:
    return Check(f"Endpoint {shown(without_login(url))}", lambda asker: endpoint.http(asker, url), whether_it_answers=True)


def _visible(source: ModelSource, uri: str) -> Check:
    """Whether what is at that address can be seen."""
    config = {key: str(value) for key, value in source.spec.config.items()}
    kind, keyed = source.spec.type, bool(source.spec.secret_ref)
    match kind:
        case "HUGGING_FACE" | "MODEL_SCOPE":
            return _in_hub(kind, uri, config, keyed=keyed)
        case "S3":
            found = s3.Bucket.of(uri, endpoint=config.get("endpoint", ""), region=config.get("region", ""))
            if found is None:
                return Check(f"Bucket {shown(uri)}", lambda asker: endpoint.not_from_here("it is written s3://bucket/path."))
            return Check(f"Bucket {shown(uri)}", lambda asker: s3.bucket(asker, found), _host(found.endpoint) if keyed else "")
        case "GIT":
            branch = config.get("branch", "")
            keyed = keyed or "@" in split(uri).netloc
            title = f"Git repository {shown(without_login(uri))}"
            return Check(title, lambda asker: git.repository(asker, uri, branch=branch), _host(uri) if keyed else "")
        case "HTTP":
            headers = {key: value for key, value in config.items() if key not in ("uri", "url", "path")}
            title = f"Address {shown(without_login(uri))}"
            return Check(title, lambda asker: address.file(asker, uri, settings=headers), _host(uri) if keyed or headers else "")
        case "PVC" | "NFS":
            what = "a claim" if kind == "PVC" else "an NFS export"
            why = f"what is on {what} can be seen by a pod that mounts it only."
            return Check(f"Path {shown(uri)}", lambda asker: endpoint.not_from_here(why))
    return Check(shown(uri), lambda asker: endpoint.not_from_here(f"nothing is known of type {shown(kind)}."))


def _in_hub(kind: str, uri: str, config: dict[str, str], *, keyed: bool) -> Check:
    named = uri.removeprefix(f"{HUBS[kind]}://")
    # the "@" of an address, which is no id of a repository, ends a login: cut off there, nothing would know the password for one
    repo, _, revision = (named, "", "") if "://" in named else named.partition("@")
    of = "datasets" if config.get("repoType", "").upper() == "DATASET" else "models"
    title = f"Repository {shown(repo)}{f' at {shown(revision)}' if revision else ''}"
    if kind == "MODEL_SCOPE":
        place = config.get("endpoint") or hubs.MODEL_SCOPE
        return Check(title, lambda asker: hubs.model_scope(asker, repo, kind=of, endpoint=place))
    hub = config.get("endpoint") or hubs.HUGGING_FACE
    return Check(title, lambda asker: hubs.hugging_face(asker, hub, repo, kind=of, revision=revision), _host(hub) if keyed else "")


def _host(url: str) -> str:
    return shown(split(without_login(url)).netloc)
