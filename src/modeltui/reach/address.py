"""Whether a file can be fetched from a web address: its head, or its first byte where a server takes no HEAD."""

from __future__ import annotations

from collections.abc import Mapping

from modeltui.reach import credentials
from modeltui.reach.asking import Asker
from modeltui.reach.endpoint import address_problem
from modeltui.reach.verdict import Verdict, no, unknown, yes
from modeltui.reach.web import Reply, Target
from modeltui.reach.words import said, where
from modeltui.redaction import HARMLESS_OPTIONS


async def file(asker: Asker, url: str, *, settings: Mapping[str, str]) -> Verdict:
    """`settings`: of a source of type HTTP, which are headers; all but the harmless ones are taken for credentials. Raises NoAnswer."""
    if (problem := address_problem(url)) is not None:
        return no(problem)
    plain = {key: value for key, value in settings.items() if key in HARMLESS_OPTIONS["HTTP"] and key != "Accept-Encoding"}
    private, note = _private(asker, url, settings), ""
    if private and credentials.would_be_read(url):
        private, note = {}, " (No credentials were sent: without TLS everybody on the way could read them.)"
    reply = await asker.web.ask("HEAD", Target(url, plain, private))
    if reply.status in (403, 404, 405, 501):  # some serve GET only, and say so in other ways
        reply = await asker.web.ask("GET", Target(url, plain | {"Range": "bytes=0-0"}, private))
    secrets = (*asker.secrets, *private.values(), *(value.rpartition(" ")[2] for value in private.values()))
    told = said(reply, secrets) + where(reply)
    if reply.status in (200, 206):
        return yes(f"It can be fetched{_size(reply)}: {told}.{note}")
    if reply.status == 429 or reply.status >= 500:
        return unknown(f"the server answers {told}.{note}")
    held = "" if private else ", asked without credentials"
    return no(f"The server answers {told}{held}.{note}")


def _private(asker: Asker, url: str, settings: Mapping[str, str]) -> dict[str, str]:
    if not asker.allowed:
        return {}
    headers = {key: value for key, value in settings.items() if key not in HARMLESS_OPTIONS["HTTP"]}
    return {**(credentials.of_url(url) or credentials.basic(asker.keys)), **headers}


def _size(reply: Reply) -> str:
    whole = reply.headers.get("content-range", "").rpartition("/")[2] if reply.status == 206 else reply.headers.get("content-length", "")
    return f", {int(whole):,} bytes" if whole.isascii() and whole.isdigit() and len(whole) < 20 else ""
