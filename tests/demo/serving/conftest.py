"""Every story of a serving system is told twice: with the definitions that ship with the demo, and with upstream's."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from yard import Yard

from modeltui.demo import crd_loading
from modeltui.demo.api import OWN_CRDS

SHARED = Path(__file__).resolve().parents[3].parent / "shared" / "crds"


@pytest.fixture(scope="module", params=["own", "upstream"])
def cluster(request: pytest.FixtureRequest) -> Iterator[Yard]:
    if request.param == "own":
        yield Yard()
        return
    if not SHARED.is_dir():
        pytest.skip("the upstream CRDs are not here")
    own: dict[str, Any] = {crd["metadata"]["name"]: crd for crd in crd_loading.read([OWN_CRDS])}
    theirs = {crd["metadata"]["name"]: crd for crd in crd_loading.read([SHARED])}
    yield Yard(list((own | theirs).values()))


@pytest.fixture
def yard(cluster: Yard) -> Yard:
    cluster.enter()
    return cluster
