"""Upstream's own sample manifests: each gets the verdict of a real API server under a strict dry run of an apply."""

from __future__ import annotations

import importlib.util
from collections.abc import Iterator
from pathlib import Path
from types import ModuleType, SimpleNamespace
from typing import Any

import pytest
import yaml

from modeltui.demo import crd_loading, errors
from modeltui.demo.api import Api

BREAK_A_RULE = {
    # spec.replicas and spec.scale.enabled exclude each other, says the CRD.
    ("config__samples__nim__serving__standalone__autoscaling__multi-llm.yaml", "NIMService"),
    ("config__samples__nim__serving__standalone__full__llm.yaml", "NIMService"),
}


def load_all(text: str) -> Iterator[Any]:
    """By libyaml where it is there: reading 13 MB takes half a minute without."""
    return yaml.load_all(text, Loader=getattr(yaml, "CSafeLoader", yaml.SafeLoader))


@pytest.fixture(scope="module")
def checker(shared: Path) -> ModuleType:
    spec = importlib.util.spec_from_file_location("check_manifests", shared / "tools" / "check_manifests.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    module.yaml = SimpleNamespace(safe_load_all=load_all)
    return module


@pytest.fixture(scope="module")
def api(shared: Path) -> Api:
    return Api(crd_loading.read([shared / "crds"]))


def manifests(shared: Path) -> list[tuple[str, dict[str, Any]]]:
    files = sorted((shared / "samples").glob("*/*.yaml"))
    found = [(path.name, document) for path in files for document in load_all(path.read_text())]
    return [(name, document) for name, document in found if isinstance(document, dict)]


def test_samples_get_the_verdict_of_a_real_api_server(shared: Path, api: Api, checker: ModuleType) -> None:
    schemas = checker.load_schemas()
    wrong, tried, refused = [], 0, set()
    for name, manifest in manifests(shared):
        key = (manifest.get("apiVersion"), manifest.get("kind"))
        if key not in schemas:
            continue
        tried += 1
        problems: list[str] = []
        checker.check(schemas[key], manifest, manifest["kind"], problems, root=True)
        expected = not problems and (name, manifest["kind"]) not in BREAK_A_RULE
        verdict = apply_dry(api, manifest)
        if verdict:
            refused.add((name, manifest["kind"]))
        if bool(verdict) is expected:
            wrong.append(f"{name}: {manifest['kind']}: {verdict or 'accepted'}; the check says {problems}")
    assert not wrong, "\n".join(wrong)
    assert tried > 150
    assert refused >= BREAK_A_RULE


def apply_dry(api: Api, manifest: dict[str, Any]) -> str:
    """The refusal, or "" for an accepted manifest."""
    target = api.core.registry.by_kind(manifest["apiVersion"], manifest["kind"])
    assert target is not None
    metadata = {key: value for key, value in manifest["metadata"].items() if key != "namespace"}
    metadata.setdefault("name", "generated")
    resource = f"{target.kind.plural}.{target.version.name}.{target.kind.group}"
    try:
        api.apply(resource, {**manifest, "metadata": metadata}, namespace="default", manager="test", dry_run=True, validation="Strict")
    except errors.StatusError as refusal:
        return refusal.message
    return ""
