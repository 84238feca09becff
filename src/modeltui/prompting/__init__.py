"""Asking a served model something: an OpenAI chat completion, streamed, with how fast it came.

`chat` asks and hears; `routes` are the ways to the model server (a forward, the API server's proxy); `sse`, `messages`, `figures`,
`failures` and `equivalents` are pure.
"""
