"""Whether a repository of Hugging Face or ModelScope can be seen, by the services' own HTTP APIs."""

from __future__ import annotations

import json
import re
from typing import Any, Final
from urllib.parse import quote

from modeltui.reach import credentials
from modeltui.reach.asking import Asker
from modeltui.reach.endpoint import address_problem
from modeltui.reach.failures import shown
from modeltui.reach.verdict import Verdict, no, unknown, yes
from modeltui.reach.web import Reply, Target
from modeltui.reach.words import said, where

HUGGING_FACE: Final = "https://huggingface.co"
MODEL_SCOPE: Final = "https://modelscope.cn"
_ID: Final = re.compile(r"[\w.-]+(/[\w.-]+)?", re.ASCII)


async def hugging_face(asker: Asker, endpoint: str, repo: str, *, kind: str = "models", revision: str = "") -> Verdict:
    """`kind`: "models" or "datasets". Raises NoAnswer."""
    if (problem := _problem(endpoint, repo)) is not None:
        return no(problem)
    base, note, headers = f"{endpoint.rstrip('/')}/api/{kind}/{repo}", "", credentials.bearer(asker.keys)
    if headers and credentials.would_be_read(endpoint):
        headers, note = {}, " (The token was not sent: without TLS everybody on the way could read it.)"
    rest = f"/revision/{quote(revision, safe='')}" if revision else ""
    reply = await asker.web.ask("GET", Target(base + rest, credentials=headers))
    code = reply.headers.get("x-error-code", "")
    told = said(reply, asker.secrets) + where(reply)
    if reply.status == 200:
        document = _document(reply)
        if document is None:
            return no(f"{shown(endpoint)} answers with something else than a repository: is it a mirror of the Hub?{note}")
        if document.get("gated"):
            return await _gated(asker, base, headers, note)
        private = "private, and open to the token" if document.get("private") else "public"
        return yes(f"It is there, and {private}{where(reply)}.{note}")
    if code == "RevisionNotFound":
        return no(f"The repository is there, but not its revision {shown(revision)}: {told}.{note}")
    if code == "GatedRepo":
        return no(f"It is there, but gated, and not open {'to the token' if headers else 'without a token'}: {told}.{note}")
    if reply.status in (401, 403, 404):
        if headers:
            return no(f"It cannot be seen with the token: {told}. It does not exist, or is not open to it.")
        return no(f"It cannot be seen without a token: {told}. It does not exist, or it is private.{note}")
    return _odd(reply, told, note)


async def _gated(asker: Asker, base: str, headers: dict[str, str], note: str) -> Verdict:
    if not headers:
        return no(f"It is there, but gated: a token whose owner has accepted its terms is needed, and none was used.{note}")
    reply = await asker.web.ask("GET", Target(f"{base}/auth-check", credentials=headers))
    if reply.status == 200:
        return yes("It is there, gated, and open to the token.")
    if reply.status in (401, 403):
        return no(f"It is there, but gated, and not open to the token: {said(reply, asker.secrets)}.")
    return unknown(f"it is there and gated; whether it is open to the token {shown(base)} does not say ({said(reply, asker.secrets)}).")


async def model_scope(asker: Asker, repo: str, *, kind: str = "models", endpoint: str = MODEL_SCOPE) -> Verdict:
    """Without the token: that is traded for a session first, which a check does not open. Raises NoAnswer."""
    if (problem := _problem(endpoint, repo, owned=True)) is not None:
        return no(problem)
    reply = await asker.web.ask("GET", Target(f"{endpoint.rstrip('/')}/api/v1/{kind}/{repo}"))
    document, told = _document(reply), said(reply) + where(reply)
    if reply.status == 200 and document is not None and document.get("Code", 200) == 200 and document.get("Success", True):
        return yes(f"It is there, and public{where(reply)}.")
    if reply.status in (401, 403, 404) or (reply.status == 200 and document is not None):
        return no(f"It cannot be seen without a token: {told}. It does not exist, or it is private, which this check cannot tell apart.")
    return _odd(reply, told, "")


def _odd(reply: Reply, told: str, note: str) -> Verdict:
    if reply.status == 429 or reply.status >= 500:
        after = f", again after {shown(reply.headers['retry-after'])} s" if reply.headers.get("retry-after", "").isdigit() else ""
        return unknown(f"the server answers {told}{after}.{note}")
    return no(f"The server answers {told}.{note}")


def _problem(endpoint: str, repo: str, *, owned: bool = False) -> str | None:
    if (problem := address_problem(endpoint)) is not None:
        return problem
    if not _ID.fullmatch(repo) or ".." in repo or (owned and "/" not in repo):
        return f"{shown(repo) or 'Nothing'} is no id of a repository, which is written organisation/name."
    return None


def _document(reply: Reply) -> dict[str, Any] | None:
    """None when it is no JSON object. Its beginning is enough: a repository of many files has a long one."""
    text = reply.body.decode("utf-8", "replace")
    try:
        found = json.loads(text)
    except ValueError:
        pairs = re.findall(r'"(gated|private)"\s*:\s*(true|false|"\w+")', text)
        return {key: json.loads(value) for key, value in pairs} if text.startswith("{") and pairs else None
    return found if isinstance(found, dict) else None
