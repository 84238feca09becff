"""How the logs at hand are doing, in a few words for the top bar. Pure."""

from __future__ import annotations

from collections.abc import Collection

from modeltui.document import Tone
from modeltui.kube.log_stream import Doing


def condition(doing: Collection[Doing], *, following: bool) -> tuple[str, str, Tone]:
    """Glyph, words, tone: what matters most."""
    many = f" {len(doing):,} containers" if len(doing) > 1 else ""
    reading = sum(one is Doing.READING for one in doing)
    if not doing or all(one is Doing.OPENING for one in doing):
        return ("…", "opening", "busy")
    if any(one is Doing.RETRYING for one in doing):
        broken = sum(one is Doing.RETRYING for one in doing)
        return ("≠", f"{broken:,} of {len(doing):,} disconnected, trying again" if many else "disconnected, trying again", "bad")
    if all(one is Doing.FAILED for one in doing):
        return ("✕", "no log", "bad")
    if all(one in (Doing.ENDED, Doing.FAILED) for one in doing):
        return ("■", "ended", "dim")
    if not following:
        return ("‖", f"paused,{many} still read" if many else "paused, still read", "warn")
    if not reading:
        return ("…", "waiting to start", "busy")
    return ("●", f"following {reading:,} of {len(doing):,} containers" if many and reading < len(doing) else f"following{many}", "good")
