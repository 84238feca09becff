"""What a context's credentials come from, found without using any of it: to say what is waited for, and when to try again."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from modeltui.kube import exec_plugin
from modeltui.kube.errors import ConfigError
from modeltui.kube.kubeconfig import candidates, named_files, read, select
from modeltui.kube.stamps import Stamp, changed, stamps


@dataclass(frozen=True, slots=True)
class Origin:
    """Where a context's credentials would come from, found without using any of them."""

    seen: Mapping[Path, Stamp] = field(default_factory=dict)
    """The files, there or not, as they are now: once one changes, what failed may work."""
    plugin: str = ""
    """The credential plugin's command; empty when none would run."""

    def changed(self) -> bool:
        """Whether a file has been written, made or taken away since. Asks the file system."""
        return changed(self.seen)


def origin(kubeconfig: str | None, context: str | None) -> Origin:
    """Of the context given, or of the current one; as much of it as can be read. Blocking, but runs and asks nothing."""
    files = candidates(kubeconfig)
    seen = stamps(files)
    try:
        config = read(kubeconfig)
        if config is None:
            return Origin(seen)
        chosen, cluster, user = select(config, context)
    except ConfigError:
        return Origin(seen)
    spec = user.get("exec")
    if not isinstance(spec, dict) or user.get("token"):
        return Origin({**seen, **stamps(named_files(cluster, user))})
    command = exec_plugin.command_of(spec, config.origin["users", chosen.user].parent)
    return Origin({**seen, **stamps((*named_files(cluster, user), *exec_plugin.places(command)))}, command)
