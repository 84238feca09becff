"""Copying: by the terminal itself (OSC 52) over SSH or when asked for, else also by the desktop's own tool."""

from __future__ import annotations

import base64
import os
import shutil
import subprocess
from collections.abc import Mapping
from typing import Final, Literal

from textual.app import App

LONGEST: Final = 74994
"""Bytes after encoding: what xterm takes in one OSC 52."""
_TOOLS: Final = (("pbcopy",), ("wl-copy",), ("xclip", "-selection", "clipboard"), ("xsel", "--clipboard", "--input"))

Way = Literal["osc52", "native"]


def way(setting: str, environ: Mapping[str, str] = os.environ) -> Way:
    """Which of the two: a desktop's tool on the far end of SSH would fill the wrong clipboard."""
    if setting == "native":
        return "native"
    if setting == "osc52" or environ.get("SSH_CONNECTION") or environ.get("TMUX"):
        return "osc52"
    return "native" if environ.get("DISPLAY") or environ.get("WAYLAND_DISPLAY") or shutil.which("pbcopy") else "osc52"


def copy(app: App[int], text: str, *, setting: str) -> str:
    """Copies; a sentence when it could not be done, else "". Raises nothing."""
    if len(base64.b64encode(text.encode())) > LONGEST:
        return f"Too long to copy: {len(text):,} characters, and terminals take about {LONGEST * 3 // 4:,}."
    if way(setting) == "native" and (tool := next((tool for tool in _TOOLS if shutil.which(tool[0])), None)):
        try:
            subprocess.run(tool, input=text.encode(), check=True, timeout=2, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        except (OSError, subprocess.SubprocessError) as error:
            return f'{tool[0]} could not copy ({error.__class__.__name__}); set clipboard = "osc52" to let the terminal do it.'
        return ""
    app.copy_to_clipboard(text)
    return ""
