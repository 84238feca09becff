"""Fixtures of the changes' tests: objects in a namespace of a real cluster, and a recorder that remembers."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from objects import CONFIGMAPS, SECRETS, Kept
from tests.changes.mortal import Mortal, mortal

from modeltui.kube.client import Client


@pytest.fixture
async def cluster(cluster: Client, namespace: str) -> AsyncIterator[Client]:
    yield cluster
    for resource in (CONFIGMAPS, SECRETS):
        await cluster.request("DELETE", resource.path(namespace), params={"labelSelector": "!kubernetes.io/cluster-root"})


@pytest.fixture
async def dying(cluster: Client, kubeconfig: str, tmp_path: Path) -> AsyncIterator[Mortal]:
    """The same cluster, but for a connection that can be cut."""
    async with mortal(kubeconfig, tmp_path) as server:
        yield server


@pytest.fixture
def recorder() -> Kept:
    return Kept()
