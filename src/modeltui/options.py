"""What the command line asked for, in the words that the console and the verbs share.

Import-light on purpose: it is needed before the first frame.
"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class ConsoleOptions:
    """The common options, as given; what was not given is None, False or empty and falls to settings and state."""

    kubeconfig: str | None = None
    """Path of the kubeconfig file; None means KUBECONFIG, then ~/.kube/config, then in-cluster."""
    context: str | None = None
    """Name of the context; None means the kubeconfig's current one."""
    namespaces: tuple[str, ...] = ()
    """As given with `-n`, in order, without repeats; empty when none was given."""
    all_namespaces: bool = False
    """`-A`: one cluster-wide list instead of one per namespace. Never chosen for the user."""
    read_only: bool = False
    """`--read-only`: nothing is written; settings may say so for a context too."""
    read_write: bool = False
    """`--read-write`: `context`, and no other, may be written to whatever the settings and its name say."""
    low_bandwidth: bool = False
    """`--low-bandwidth`: fewer frames a second, no flash of changed cells."""
    view: str = ""
    """Word of the view to open first ("models"); empty means the remembered one, then the first of the registry."""


class UsageError(Exception):
    """What was asked for cannot be meant; the message is one sentence. Exit code 2."""
