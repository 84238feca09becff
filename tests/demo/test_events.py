"""Events, as a recorder writes them and as the API server shows them."""

from __future__ import annotations

from served import Serve

EVENT = {
    "apiVersion": "v1",
    "kind": "Event",
    "metadata": {"name": "a.1"},
    "involvedObject": {"kind": "Pod", "name": "a", "namespace": "default"},
    "reason": "Seen",
    "message": "m",
    "type": "Normal",
    "count": 1,
    "lastTimestamp": "2026-01-01T00:00:00Z",
}


async def test_empty_times_and_sources_are_written_out(serve: Serve) -> None:
    admin = (await serve(empty=True)).caller()
    status, made = await admin.json("POST", "/api/v1/namespaces/default/events", json=EVENT)
    assert status == 201
    shown = {
        key: made[key] for key in ("eventTime", "firstTimestamp", "lastTimestamp", "reportingComponent", "reportingInstance", "source")
    }
    assert shown == {
        "eventTime": None,
        "firstTimestamp": None,
        "lastTimestamp": "2026-01-01T00:00:00Z",
        "reportingComponent": "",
        "reportingInstance": "",
        "source": {},
    }
    status, again = await admin.json(
        "PATCH",
        "/api/v1/namespaces/default/events/a.1",
        data='{"count": 2}',
        headers={"Content-Type": "application/strategic-merge-patch+json"},
    )
    assert (status, again["count"], again["eventTime"]) == (200, 2, None)
