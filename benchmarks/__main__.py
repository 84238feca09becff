"""`python -m benchmarks NAME [--json]`: run one benchmark and print its figures."""

from __future__ import annotations

import importlib
import json
import sys

NAMES = ("table", "wire", "startup", "watch", "latency", "ledger", "logs", "prompt", "deployments")
USAGE = f"usage: python -m benchmarks NAME [--json], where NAME is one of {', '.join(NAMES)}"


def main(arguments: list[str]) -> int:
    words = [word for word in arguments if word != "--json"]
    if len(words) != 1 or words[0].startswith("-"):
        print(USAGE, file=sys.stderr)
        return 2
    name = words[0]
    if name not in NAMES:
        print(f'There is no benchmark "{name}": choose one of {", ".join(NAMES)}.', file=sys.stderr)
        return 2
    module = importlib.import_module(f"benchmarks.{name}")
    figures: dict[str, float] = module.run()
    if "--json" in arguments:
        print(json.dumps(figures))
    else:
        print((module.__doc__ or name).splitlines()[0])
        for key, value in figures.items():
            print(f"  {key:32} {value:>14,.4g}" if abs(value) < 1000 else f"  {key:32} {value:>14,.0f}")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
