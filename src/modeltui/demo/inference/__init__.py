"""What runs in the pods that serve models: a small OpenAI-compatible server, as vLLM's answers, errors and metrics look.

`serving` says what one serves, `text` makes the answers (pure), `server` speaks HTTP, `metrics` counts.
"""
