"""Paired measurements of what the console promises: `python -m benchmarks NAME [--json]`.

One module per benchmark; each has `run() -> dict[str, float]`, whose keys are the figures, and says in its docstring what
it compares. Figures of one run on one machine: trust the ratios.
"""
