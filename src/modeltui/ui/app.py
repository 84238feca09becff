"""Opens the console and cleans up after it. Free of textual until the terminal is prepared: textual reads the environment once."""

from __future__ import annotations

import gc
import os
import sys

from modeltui import remembered
from modeltui import settings as settings_file
from modeltui.options import ConsoleOptions, UsageError


def quiet_terminal(*, thin: bool) -> None:
    """No animation; fewer frames and colours on a thin line. What the user has set stands."""
    os.environ.setdefault("TEXTUAL_ANIMATIONS", "none")
    if thin or os.environ.get("SSH_CONNECTION"):
        os.environ.setdefault("TEXTUAL_FPS", "15")
    if thin:
        os.environ.setdefault("TEXTUAL_COLOR_SYSTEM", "256")


def need_terminal() -> None:
    """Textual reads keys from stdin and draws on stderr. Raises UsageError: in a pipe or a log the escape codes would only do harm."""
    for name, stream in (("standard input", sys.__stdin__), ("standard error", sys.__stderr__)):
        if stream is None or not stream.isatty():
            raise UsageError(f"the console needs a terminal, and {name} is none; `modeltui get models` prints without one")


def run(options: ConsoleOptions) -> int:
    """Open the console; the exit code. Raises UsageError when there is no terminal."""
    need_terminal()
    gc.disable()  # nothing of what is imported now is ever garbage; looking for some costs a tenth of the start
    settings, warnings = settings_file.load()
    memory, damaged = remembered.load()
    quiet_terminal(thin=options.low_bandwidth or settings.low_bandwidth)
    from modeltui.ui import crash
    from modeltui.ui.console import ConsoleApp

    ring = crash.start_logging(file=os.environ.get("MODELTUI_LOG"))
    app = ConsoleApp(options, settings=settings, memory=memory, warnings=[*warnings, *([damaged] if damaged else [])])
    mouse = settings.mouse and not os.environ.get("SSH_CONNECTION")
    failure: BaseException | None = None
    code: int | None = None
    try:
        code = app.run(mouse=mouse)
    except Exception as error:
        failure = error
    failure = failure or app.failure
    if failure is not None:
        try:
            print(f"modeltui crashed: {type(failure).__name__}. The report is in {crash.write(failure, ring.lines)}", file=sys.stderr)
        except OSError as error:
            print(f"modeltui crashed: {type(failure).__name__}, and the report could not be written: {error}", file=sys.stderr)
        return 1
    if app.failed_sentence:
        from modeltui.redaction import redact_text

        print(f"modeltui: {redact_text(app.failed_sentence)}", file=sys.stderr)
    return code or app.return_code or 0
