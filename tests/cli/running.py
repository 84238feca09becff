"""Words that the tests of the command line share."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from modeltui.kube.client import Client
from modeltui.kube.resource import Resource

Run = Callable[..., tuple[int, str, str]]
"""(exit code, stdout, stderr) of `modeltui` with these arguments."""

Change = Callable[[dict[str, Any]], None]
"""Breaks something in a kubeconfig."""


async def create(client: Client, resource: Resource, namespace: str, obj: dict[str, Any]) -> None:
    body = {"apiVersion": resource.api_version, "kind": resource.kind, **obj}
    await client.request("POST", resource.path(namespace or None), body=body)
