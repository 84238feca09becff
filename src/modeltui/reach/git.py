"""Whether a Git repository can be seen: what `git ls-remote` asks first, over HTTP(S)."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final

from modeltui.reach import credentials, endpoint
from modeltui.reach.asking import Asker
from modeltui.reach.failures import shown
from modeltui.reach.urls import host, split, without_login
from modeltui.reach.verdict import Verdict, no, unknown, yes
from modeltui.reach.web import MOST_BYTES, Target
from modeltui.reach.words import said, where

_SERVICE: Final = "git-upload-pack"
_SCP: Final = re.compile(r"(?:[\w.-]+@)?(?P<host>[\w.-]+):(?!//)\S+")
"""git@host:group/project.git"""


async def repository(asker: Asker, url: str, *, branch: str = "") -> Verdict:
    """Raises NoAnswer."""
    if (ssh := _ssh(url)) is not None:
        found = await endpoint.port(asker, *ssh, greets=True)
        return unknown(f"it is reached by SSH, which a check does not log in to. {found.sentence}")
    if (problem := endpoint.address_problem(url)) is not None:
        return no(problem)
    headers, note = (credentials.of_url(url) or credentials.basic(asker.keys)) if asker.allowed else {}, ""
    if headers and credentials.would_be_read(url):
        headers, note = {}, " (No credentials were sent: without TLS everybody on the way could read them.)"
    asked = f"{without_login(url).rstrip('/')}/info/refs?service={_SERVICE}"
    reply = await asker.web.ask("GET", Target(asked, {"Git-Protocol": "version=0"}, headers))
    secrets = (*asker.secrets, *(value.rpartition(" ")[2] for value in headers.values()))
    told = said(reply, secrets) + where(reply)
    if reply.status in (401, 403, 404):
        who = "with these credentials" if headers else "without credentials"
        return no(f"It cannot be seen {who}: {told}.{note}")
    if reply.status == 429 or reply.status >= 500:
        return unknown(f"the server answers {told}.{note}")
    refs = dict(advertised(reply.body)) if reply.status == 200 else {}
    if reply.status != 200 or _SERVICE not in reply.headers.get("content-type", ""):
        return no(f"No Git repository answers there: {told}.{note}")
    if not refs:
        return no(f"It is there, and empty: it has no branch yet{where(reply)}.{note}")
    whole = len(reply.body) < MOST_BYTES
    if branch and not {f"refs/heads/{branch}", f"refs/tags/{branch}"} & refs.keys():
        if whole:
            return no(f"It is there, but its branch {shown(branch)} is not.{note}")
        return unknown(f"it is there, with more branches than a check reads; {shown(branch)} is not among the first.")
    some = f"with {len(refs) if whole else f'more than {len(refs)}'} branches and tags"
    return yes(f"It is there, {some}{f', {shown(branch)} among them' if branch else ''}{where(reply)}.{note}")


def advertised(body: bytes) -> Iterator[tuple[str, str]]:
    """(name, object id) of each branch and tag in an advertisement of references; as far as it goes."""
    kinds = (b"refs/heads/", b"refs/tags/")
    for line in _lines(body):
        names, _, _ = line.partition(b"\0")
        oid, _, name = names.strip().partition(b" ")
        if re.fullmatch(rb"[0-9a-f]{40}|[0-9a-f]{64}", oid) and name.startswith(kinds) and not name.endswith(b"^{}"):
            yield name.decode("utf-8", "replace"), oid.decode()


def _lines(body: bytes) -> Iterator[bytes]:
    """Of the pkt-line format: four hex digits of the length with themselves, then the line."""
    at = 0
    while at + 4 <= len(body):
        try:
            length = int(body[at : at + 4], 16)
        except ValueError:
            return
        if length >= 4:
            yield body[at + 4 : at + length]
        at += max(length, 4)


def _ssh(url: str) -> tuple[str, int] | None:
    if url.startswith("ssh://"):
        return host(url), split(url).port or 22
    found = None if "://" in url else _SCP.fullmatch(url)
    return (found["host"], 22) if found else None
