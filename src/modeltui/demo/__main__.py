"""`python -m modeltui.demo --serve ...`: the embedded cluster without the console."""

from __future__ import annotations

import argparse

from modeltui.demo.serve import add_arguments, serve


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m modeltui.demo", description="A Kubernetes API server with a small world of models.")
    parser.add_argument("--serve", action="store_true", required=True, help="serve until SIGINT or SIGTERM")
    add_arguments(parser)
    return serve(parser.parse_args())


if __name__ == "__main__":
    raise SystemExit(main())
