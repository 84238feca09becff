"""What container runtimes say of a failed connection, as they say it, and the sentence that is made of it."""

from __future__ import annotations

import pytest

from modeltui.kube.forward_words import plainly

IN = 'error forwarding port 8000 to pod 4f1d, uid : failed to execute portforward in network namespace "/var/run/netns/cni-1": '


@pytest.mark.parametrize(
    ("said", "sentence"),
    [
        (
            f"{IN}failed to connect to localhost:8000 inside namespace 4f1d, IPv4: dial tcp4 127.0.0.1:8000: connect: connection refused ",
            "nothing listens at port 8000 in the pod",
        ),
        (
            f"{IN}writeto tcp 127.0.0.1:1->127.0.0.1:8000: read tcp 127.0.0.1:1->127.0.0.1:8000: read: connection reset by peer",
            "the server in the pod reset",
        ),
        (
            "error forwarding port 8000 to pod 4f1d, uid : exit status 1: socat E connect(5, AF=2 127.0.0.1:8000, 16): Connection refused",
            "nothing listens at port 8000",
        ),
        ('rpc error: code = Unknown desc = sandbox container "4f1d" is not running', "the pod runs no more"),
        ('rpc error: code = NotFound desc = failed to find sandbox "4f1d" in store: not found', "the pod runs no more"),
        (f"{IN}dial tcp 10.42.0.7:8000: i/o timeout", "the pod's network cannot be reached"),
    ],
)
def test_the_cause_is_told_in_plain_words(said: str, sentence: str) -> None:
    assert plainly(said, 8000).startswith(sentence)


def test_what_is_of_no_known_cause_is_told_as_it_was_said() -> None:
    assert plainly("error forwarding port 1 to pod x: something new", 1) == "error forwarding port 1 to pod x: something new"
