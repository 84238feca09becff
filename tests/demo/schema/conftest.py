"""What several tests of schemas read: the made-up kind of the recorded cases, and the CRDs of the managed systems."""

from pathlib import Path

import pytest
import yaml

from modeltui.demo import schema

SHARED = Path(__file__).resolve().parents[3].parent / "shared"


def load_crds():
    paths = [SHARED / "reference" / "apiserver" / "widget-crd.yaml", *sorted((SHARED / "crds").glob("*/*.yaml"))]
    documents = [document for path in paths if path.exists() for document in yaml.load_all(path.read_text(), yaml.CSafeLoader)]
    return [document for document in documents if document and document.get("kind") == "CustomResourceDefinition"]


@pytest.fixture(scope="session")
def crds():
    """The test is skipped where the CRDs are absent."""
    return load_crds() or pytest.skip("the upstream CRDs are not here")


@pytest.fixture(scope="session")
def plain(crds):
    """The schemas as the CRDs write them, by (apiVersion, kind)."""
    found = {}
    for crd in crds:
        for version in crd["spec"]["versions"]:
            key = (f"{crd['spec']['group']}/{version['name']}", crd["spec"]["names"]["kind"])
            found.setdefault(key, version["schema"]["openAPIV3Schema"])
    return found


@pytest.fixture(scope="session")
def rooted(plain):
    return {key: schema.root(one) for key, one in plain.items()}
