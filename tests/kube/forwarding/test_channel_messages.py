"""The channel protocol's messages, and what the kernel tells of a local program: pure."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from modeltui.kube.channels import Channels, NotThisProtocol, message
from modeltui.kube.departure import gone_in
from modeltui.kube.forward_target import ForwardPod, ForwardStatus, Target, choose, why_none
from modeltui.kube.objects import Condition, ObjectMeta

BEGIN = (b"\0" + (8000).to_bytes(2, "little"), b"\1" + (8000).to_bytes(2, "little"))


@given(st.lists(st.tuples(st.sampled_from((0, 1)), st.binary(max_size=50)), max_size=20))
def test_data_and_errors_are_kept_apart_in_order(pieces: list[tuple[int, bytes]]) -> None:
    channels = Channels(8000)
    assert [channels.feed(each) for each in BEGIN] == [b"", b""]
    data = b"".join(channels.feed(bytes((channel,)) + rest) for channel, rest in pieces)
    assert data == b"".join(rest for channel, rest in pieces if channel == 0)
    if all(channel == 0 for channel, _ in pieces):
        assert channels.error == ""


@given(st.binary(max_size=200))
def test_what_is_sent_comes_back_as_it_was(data: bytes) -> None:
    channels = Channels(8000)
    channels.feed(BEGIN[0])
    assert channels.feed(message(data)) == data


@pytest.mark.parametrize("wrong", [b"\0data", b"\0\x41\x1f", b"\2\x40\x1f", b"\1no"])
def test_what_begins_otherwise_is_another_protocol(wrong: bytes) -> None:
    with pytest.raises(NotThisProtocol):
        Channels(8000).feed(wrong)


TABLE = """  sl  local_address rem_address   st tx_queue rx_queue tr tm->when retrnsmt   uid  timeout inode
   0: 0100007F:1F90 00000000:0000 0A 00000000:00000000 00:00000000 00000000     0        0 111 1 0
   1: 0100007F:C350 0100007F:1F90 05 00000000:00000000 00:00000000 00000000     0        0 222 1 0
   2: 0100007F:C351 0100007F:1F90 05 00000000:00000000 03:00001770 00000000     0        0 0 3 0
"""


@pytest.mark.parametrize(("port", "gone"), [("C350", False), ("C351", True), ("C352", True)])
def test_who_has_gone_has_no_file_or_no_line(port: str, gone: bool) -> None:
    assert gone_in(TABLE.splitlines(), end=f"0100007F:{port}", other="0100007F:1F90") is gone


def pod(name: str, *, ready: bool = True, phase: str = "Running", going: bool = False) -> ForwardPod:
    conditions = (Condition(type="Ready", status="True" if ready else "False"),)

    deleted = datetime(2026, 1, 1, tzinfo=UTC) if going else None
    return ForwardPod(
        metadata=ObjectMeta(name=name, namespace="ns", uid=f"uid-{name}", deletion_timestamp=deleted),
        status=ForwardStatus(phase=phase, conditions=conditions),
    )


@pytest.mark.parametrize(
    ("pods", "now", "chosen"),
    [
        ([], "", None),
        ([pod("a", ready=False), pod("b")], "", "b"),
        ([pod("a"), pod("b")], "uid-b", "b"),
        ([pod("a"), pod("b", going=True)], "uid-b", "a"),
        ([pod("a", going=True)], "", "a"),
        ([pod("a", phase="Succeeded")], "", None),
    ],
)
def test_a_ready_pod_is_chosen_and_kept(pods: list[ForwardPod], now: str, chosen: str | None) -> None:
    found = choose(pods, now)
    assert (found.metadata.name if found else None) == chosen


def test_why_none_is_ready_names_each_pod() -> None:
    target = Target(title="deployment llm", namespace="ns", port=8000)
    pods = [pod("a", ready=False), pod("b", phase="Pending"), pod("c", going=True), pod("d", ready=False)]
    told = "a runs but is not ready, b is Pending, c is being deleted, and 1 more"
    assert why_none(target, pods) == f"no pod of deployment llm is ready: {told}"
    assert why_none(target, []) == "deployment llm has no pods in namespace ns"
