"""The CRDs that ship with the embedded cluster accept, refuse and default exactly what the upstream ones do."""

from pathlib import Path
from typing import Any

import pytest
import yaml

from modeltui import demo

OURS = Path(demo.__file__).parent / "crds"
SHARED = Path(__file__).resolve().parents[3].parent / "shared" / "crds"
UPSTREAM = {
    "models.model.samzong.dev": "modelfs/model.samzong.dev_models.yaml",
    "modelsources.model.samzong.dev": "modelfs/model.samzong.dev_modelsources.yaml",
    "datasets.dataset.baizeai.io": "baizeai-dataset/dataset.baizeai.io_datasets.yaml",
}


def differences(ours: Any, upstream: Any, path: str = "") -> list[str]:
    """Every place where two schemas say different things; descriptions are words, not rules."""
    if isinstance(ours, dict) and isinstance(upstream, dict):
        found = []
        for key in sorted(ours.keys() | upstream.keys()):
            if key == "description" and not path.endswith(".properties"):
                continue
            if key not in ours or key not in upstream:
                found.append(f"{path}.{key}: only {'upstream' if key in upstream else 'ours'}")
            elif key in ("required", "enum"):
                found += [f"{path}.{key}"] * (sorted(map(str, ours[key])) != sorted(map(str, upstream[key])))
            else:
                found += differences(ours[key], upstream[key], f"{path}.{key}")
        return found
    if isinstance(ours, list) and isinstance(upstream, list) and len(ours) == len(upstream):
        return [each for index, pair in enumerate(zip(ours, upstream, strict=True)) for each in differences(*pair, f"{path}[{index}]")]
    return [] if ours == upstream else [f"{path}: {ours!r} against {upstream!r}"]


@pytest.mark.parametrize("name", UPSTREAM)
def test_every_field_type_rule_and_column_is_upstreams(name: str) -> None:
    theirs = SHARED / UPSTREAM[name]
    if not theirs.exists():
        pytest.skip("the upstream CRDs are not here")
    ours, upstream = (yaml.safe_load(path.read_text()) for path in (OURS / f"{name}.yaml", theirs))
    assert ours["metadata"]["name"] == upstream["metadata"]["name"]
    assert differences(ours["spec"], upstream["spec"]) == []


@pytest.mark.parametrize("name", UPSTREAM)
def test_descriptions_are_our_own(name: str) -> None:
    theirs = SHARED / UPSTREAM[name]
    if not theirs.exists():
        pytest.skip("the upstream CRDs are not here")
    ours, upstream = (set(descriptions(yaml.safe_load(path.read_text()))) for path in (OURS / f"{name}.yaml", theirs))
    assert ours
    assert ours & upstream == set()


def descriptions(node: Any) -> list[str]:
    if isinstance(node, dict):
        own = [node["description"]] if isinstance(node.get("description"), str) else []
        return own + [each for value in node.values() for each in descriptions(value)]
    return [each for value in node for each in descriptions(value)] if isinstance(node, list) else []


def test_the_comparison_sees_a_changed_rule() -> None:
    left = {"properties": {"description": {"type": "string"}, "a": {"type": "integer", "default": 1, "description": "words"}}}
    right = {"properties": {"a": {"type": "integer", "default": 2, "description": "other words"}}}
    assert differences(left, right) == [".properties.a.default: 1 against 2", ".properties.description: only ours"]
