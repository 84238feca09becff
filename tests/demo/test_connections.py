"""What a user gets who wants into a container, or wants to be somebody else."""

from __future__ import annotations

import pytest
from served import Serve

POD = "/api/v1/namespaces/default/pods/p"


@pytest.mark.parametrize(
    ("node", "code", "told"),
    [("", 400, "pod p does not have a host assigned"), ("n", 500, "error dialing backend: no kubelet answers on node n")],
)
async def test_nobody_is_connected_to_a_container(serve: Serve, node: str, code: int, told: str) -> None:
    served = await serve()
    spec = {"containers": [{"name": "c", "image": "i"}], **({"nodeName": node} if node else {})}
    served.cluster.api.create("pods", {"metadata": {"name": "p", "namespace": "default"}, "spec": spec}, manager="test")
    for asked in ("exec", "attach"):
        answered, status = await served.caller().json("POST", f"{POD}/{asked}")
        assert answered == code
        assert told in status["message"]


async def test_who_is_impersonated_has_only_their_own_rights(serve: Serve) -> None:
    served = await serve()
    as_somebody = {"Impersonate-User": "somebody"}
    code, status = await served.caller().json("GET", "/api/v1/secrets", headers=as_somebody)
    assert (code, 'User "somebody" cannot list' in status["message"]) == (403, True)
    code, _ = await served.caller("viewer").json("GET", "/api/v1/pods", headers=as_somebody)
    assert code == 403
    code, _ = await served.caller("viewer").json("GET", "/api/v1/pods")
    assert code == 200
