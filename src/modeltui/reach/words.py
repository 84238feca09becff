"""What a server said, in its own words, fit for one sentence. Pure."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable
from http import HTTPStatus
from typing import Final

from modeltui.reach.failures import shown
from modeltui.reach.web import Reply
from modeltui.redaction import MASK

_XML: Final = re.compile(r"<(Message|Code)>([^<]{1,400})</\1>")


def status(reply: Reply) -> str:
    """ "404 Not Found", with the words of the standard, since anybody can say anything in their place."""
    try:
        return f"{reply.status} {HTTPStatus(reply.status).phrase}"
    except ValueError:
        return str(reply.status)


def said(reply: Reply, secrets: Iterable[str] = ()) -> str:
    """The status and the server's sentence, if there is one; none of the `secrets`, should the server repeat them."""
    words = _words(reply)
    for secret in sorted((secret for secret in secrets if secret), key=len, reverse=True):
        words = words.replace(secret, MASK)
    told = shown(words)
    return f'{status(reply)}, "{told}"' if told else status(reply)


def where(reply: Reply) -> str:
    """For the end of a sentence: that another host than the one asked has answered."""
    if not reply.moved_from:
        return ""
    held_back = ", where no credentials were sent" if reply.alone else ""
    return f" ({shown(reply.moved_from)} leads to {shown(reply.url)}{held_back})"


def _words(reply: Reply) -> str:
    if told := reply.headers.get("x-error-message", ""):
        return told
    text = reply.body[:65536].decode("utf-8", "replace").strip()
    kind = reply.headers.get("content-type", "")
    if "json" in kind or text[:1] == "{":
        return _of_json(text)
    if "xml" in kind or text.startswith("<?xml"):
        found = dict(_XML.findall(text))
        code, message = found.get("Code", ""), found.get("Message", "")
        return f"{code} ({message})" if code and message else code or message
    return text.splitlines()[0] if text and "text/plain" in kind else ""


def _of_json(text: str) -> str:
    try:
        document = json.loads(text)
    except ValueError:
        return ""
    found = [document.get(key) for key in ("error", "message", "Message", "msg")] if isinstance(document, dict) else []
    return next((word for word in found if isinstance(word, str)), "")
