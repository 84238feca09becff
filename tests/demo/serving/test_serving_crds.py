"""The definitions of the serving systems that ship with the embedded cluster say nothing that upstream's do not.

They name the fields that matter and leave the others out, so they are a part of upstream's: whatever they accept by name, upstream accepts,
with the same type, default and rules; and columns, versions, scope and subresources are the same.
"""

from pathlib import Path
from typing import Any

import pytest
import yaml

from modeltui.demo import crd_loading
from modeltui.demo.api import OWN_CRDS

SHARED = Path(__file__).resolve().parents[3].parent / "shared" / "crds"
OWN = {crd["metadata"]["name"]: crd for crd in crd_loading.read([OWN_CRDS])}
WHOLE = {"models.model.samzong.dev", "modelsources.model.samzong.dev", "datasets.dataset.baizeai.io"}
"""These say all that upstream's say: tests/demo/world/test_crds.py."""
SERVING = sorted(OWN.keys() - WHOLE)
OPEN = "x-kubernetes-preserve-unknown-fields"


@pytest.fixture(scope="module")
def upstream() -> dict[str, Any]:
    if not SHARED.is_dir():
        pytest.skip("the upstream CRDs are not here")
    loader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
    found: dict[str, Any] = {}
    for path in SHARED.rglob("*.yaml"):
        group_and_plural = path.stem.partition("_")
        name = f"{group_and_plural[2]}.{group_and_plural[0]}"
        if name in OWN:
            found[name] = yaml.load(path.read_text(), Loader=loader)
    return found


@pytest.mark.parametrize("name", SERVING)
def test_a_definition_is_a_part_of_upstreams(name: str, upstream: dict[str, Any]) -> None:
    ours, theirs = OWN[name]["spec"], upstream[name]["spec"]
    assert ours["scope"] == theirs["scope"]
    assert {key: ours["names"].get(key) for key in theirs["names"]} == theirs["names"]
    versions = {each["name"]: each for each in theirs["versions"]}
    assert {each["name"] for each in ours["versions"]} == {name for name, each in versions.items() if each["served"]}
    for version in ours["versions"]:
        other = versions[version["name"]]
        for key in ("served", "storage", "additionalPrinterColumns", "subresources"):
            assert shown(version.get(key)) == shown(other.get(key)), f"{version['name']}.{key}"
        assert bool(version.get("deprecated")) == bool(other.get("deprecated"))
        assert beyond(version["schema"]["openAPIV3Schema"], other["schema"]["openAPIV3Schema"]) == []


def shown(value: Any) -> Any:
    """Without what only people read, and an empty block is none."""
    if isinstance(value, list):
        return [{key: each for key, each in item.items() if key != "description"} for item in value]
    return value or None


def beyond(ours: Any, theirs: Any, path: str = "") -> list[str]:
    """Where ours says something that theirs does not, or does not ask for what theirs asks for among the fields that it has."""
    found = []
    for key in ("type", "format", "default", "pattern", "minLength", "maxLength", "minimum", "maximum", "minItems", "maxItems"):
        if ours.get(key) != theirs.get(key):
            found.append(f"{path}: {key} is {ours.get(key)!r}, upstream {theirs.get(key)!r}")
    if enum(ours) != enum(theirs):
        found.append(f"{path}: enum")
    for key in ("x-kubernetes-list-type", "x-kubernetes-list-map-keys", "x-kubernetes-map-type", "x-kubernetes-int-or-string"):
        if ours.get(key) != theirs.get(key):
            found.append(f"{path}: {key} is {ours.get(key)!r}, upstream {theirs.get(key)!r}")
    if path.startswith(".spec") or "." not in path[1:]:
        found += [f"{path}: rule {rule!r}" for rule in sorted(rules(ours) ^ rules(theirs))]
    if ours.get(OPEN) and not ours.get("properties"):
        return found
    if missing := set(theirs.get("required", [])) - set(ours.get("required", [])):
        found.append(f"{path}: {sorted(missing)} should be required")
    if more := set(ours.get("required", [])) - set(theirs.get("required", [])):
        found.append(f"{path}: {sorted(more)} need not be there")
    for key, value in (ours.get("properties") or {}).items():
        other = (theirs.get("properties") or {}).get(key)
        if other is None:
            found += [] if theirs.get(OPEN) else [f"{path}.{key}: upstream has no such field"]
        else:
            found += beyond(value, other, f"{path}.{key}")
    for key in ("items", "additionalProperties"):
        if isinstance(ours.get(key), dict):
            found += beyond(ours[key], theirs[key], f"{path}[]") if isinstance(theirs.get(key), dict) else [f"{path}: {key}"]
    return found


def enum(schema: dict[str, Any]) -> set[Any]:
    """controller-gen writes one that is given twice as allOf."""
    return {word for each in (schema, *schema.get("allOf", [])) for word in each.get("enum", [])}


def rules(schema: dict[str, Any]) -> set[str]:
    return {" ".join(each["rule"].split()) for each in schema.get("x-kubernetes-validations", [])}


@pytest.mark.parametrize("name", SERVING)
def test_descriptions_are_our_own(name: str, upstream: dict[str, Any]) -> None:
    ours, theirs = (set(descriptions(each)) for each in (OWN[name], upstream[name]))
    assert ours
    assert ours & theirs == set()


def descriptions(node: Any) -> list[str]:
    if isinstance(node, dict):
        own = [node["description"]] if isinstance(node.get("description"), str) else []
        return own + [each for value in node.values() for each in descriptions(value)]
    return [each for value in node for each in descriptions(value)] if isinstance(node, list) else []
