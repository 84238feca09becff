"""The command `modeltui`: the console, verbs that print, and the embedded cluster.

Nothing heavy is imported at the top: `modeltui --version` and the console's first frame wait for this module. Whatever goes
wrong ends as one sentence on stderr and an exit code: 1 error, 2 wrong usage, 3 denied, 4 unreachable, 130 interrupted.
"""

from __future__ import annotations

import os
import signal
import sys
from collections.abc import Sequence
from importlib import import_module

from modeltui import __version__
from modeltui.arguments import OWN, parse
from modeltui.options import UsageError


def main(argv: Sequence[str] | None = None) -> int:
    """Runs one command; answers with its exit code."""
    arguments = sys.argv[1:] if argv is None else list(argv)
    try:
        code = _run(arguments)
        sys.stdout.flush()
        return code
    except UsageError as error:
        return _fail(str(error), 2)
    except KeyboardInterrupt:
        signal.signal(signal.SIGINT, signal.SIG_IGN)  # a second Ctrl-C would only put a traceback on the way out
        return 130
    except BrokenPipeError:
        # the reader has what it wanted (`| head`); nothing may be written at exit either
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 0


def _run(argv: list[str]) -> int:
    arguments, options = parse(argv)
    if arguments.version:
        print(f"modeltui {__version__}")
        return 0
    from modeltui.kube.errors import KubeError

    try:
        match arguments.verb:
            case "get":
                from modeltui.verbs import get
                from modeltui.verbs.listing import Wanted

                return get.run(
                    options,
                    Wanted(
                        view=arguments.view,
                        name=arguments.name,
                        selector=arguments.selector,
                        output=arguments.output,
                        watch=arguments.watch,
                        headers=not arguments.no_headers,
                        sort_by=arguments.sort_by,
                    ),
                )
            case verb if verb in OWN:
                return int(import_module(OWN[verb][0]).run(options, arguments))
            case "info":
                from modeltui.verbs import info

                return info.run(options, output=arguments.output)
            case "demo":
                from modeltui import embedded

                return embedded.serve(arguments) if arguments.serve else embedded.console(options, arguments)
        from modeltui.ui.app import run

        return run(options)
    except KubeError as error:
        return _fail(str(error), error.exit_code)


def _fail(sentence: str, code: int) -> int:
    from modeltui.redaction import redact_text

    print(f"modeltui: {redact_text(sentence)}", file=sys.stderr)
    return code
