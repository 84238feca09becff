"""A cluster with upstream's definitions, whose time the tests turn; each test has a namespace of its own."""

from pathlib import Path
from typing import Any

import pytest
from tests.demo.serving.yard import Yard

from modeltui.demo import crd_loading
from modeltui.demo.api import OWN_CRDS

SHARED = Path(__file__).resolve().parents[2].parent / "shared" / "crds"


@pytest.fixture(scope="module")
def cluster(request: pytest.FixtureRequest) -> Yard:
    """Upstream's definitions of the systems that the module names in UPSTREAM: all of them take half a minute to read."""
    folders = [SHARED / name for name in request.module.UPSTREAM]
    if not all(folder.is_dir() for folder in folders):
        pytest.skip("the upstream CRDs are not here")
    own: dict[str, Any] = {crd["metadata"]["name"]: crd for crd in crd_loading.read([OWN_CRDS])}
    theirs = {crd["metadata"]["name"]: crd for crd in crd_loading.read(folders)}
    return Yard(list((own | theirs).values()))


@pytest.fixture
def yard(cluster: Yard) -> Yard:
    cluster.enter()
    return cluster
