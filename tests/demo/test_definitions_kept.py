"""What is kept of definitions between clusters of one process: what was read, and no cluster that has gone."""

from __future__ import annotations

import gc
from pathlib import Path
from typing import Any

import pytest
import yaml

from modeltui.demo import crd_loading
from modeltui.demo.api import Api
from modeltui.demo.schema import structural

MARK = "Of the cluster that has gone."


def definition(description: str = "") -> dict[str, Any]:
    spec = {"type": "object", "properties": {"template": {"type": "object", structural.EMBEDDED: True, structural.PRESERVE: True}}}
    schema = {"type": "object", "description": description, "properties": {"spec": spec}}
    return {
        "apiVersion": "apiextensions.k8s.io/v1",
        "kind": "CustomResourceDefinition",
        "metadata": {"name": "things.example.com"},
        "spec": {
            "group": "example.com",
            "names": {"kind": "Thing", "plural": "things"},
            "scope": "Cluster",
            "versions": [{"name": "v1", "served": True, "storage": True, "schema": {"openAPIV3Schema": schema}}],
        },
    }


def write(path: Path, *descriptions: str) -> None:
    path.write_text(yaml.safe_dump_all([definition(each) for each in descriptions]))


def described(crd: dict[str, Any]) -> str:
    return str(crd["spec"]["versions"][0]["schema"]["openAPIV3Schema"]["description"])


def schemas_in_memory() -> int:
    gc.collect()
    return sum(type(each) is dict and each.get("description") == MARK for each in gc.get_objects())


def test_the_schemas_of_a_cluster_go_with_it() -> None:
    api = Api([definition(MARK)])
    template = {"apiVersion": "v1", "kind": "Pod", "metadata": {"name": "p"}}
    api.create("things.example.com", {"metadata": {"name": "one"}, "spec": {"template": template}}, manager="test")
    assert schemas_in_memory() > 0
    del api
    assert schemas_in_memory() == 0


def test_everybody_gets_a_copy_of_what_was_read(tmp_path: Path) -> None:
    write(tmp_path / "crd.yaml", "as written")
    (first,) = crd_loading.read([tmp_path])
    first["spec"]["versions"].clear()
    (second,) = crd_loading.read([tmp_path])
    assert described(second) == "as written"


def test_a_file_that_was_written_to_is_read_again(tmp_path: Path) -> None:
    for told in ("once", "twice", "three times"):
        write(tmp_path / "crd.yaml", told)
        (found,) = crd_loading.read([tmp_path])
        assert described(found) == told


def test_a_definition_that_was_found_valid_is_looked_at_again_when_it_changes(tmp_path: Path) -> None:
    """Also where only its name does, which is no part of its spec."""
    write(tmp_path / "crd.yaml", "valid")
    crd_loading.read([tmp_path])
    named = definition("valid")
    named["metadata"]["name"] = "others.example.com"
    (tmp_path / "crd.yaml").write_text(yaml.safe_dump(named))
    with pytest.raises(crd_loading.CrdProblem, match=r"must be spec\.names\.plural"):
        crd_loading.read([tmp_path])


def test_marks_of_the_servers_own_are_not_told() -> None:
    api = Api([definition()])
    found = api.target("things.example.com").version.schema
    assert found[structural.HOLDS] == [structural.EMBEDDED]
    assert structural.HOLDS not in structural.published(found)
