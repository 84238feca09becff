"""Whether anything answers at an address: name, connection, TLS, and what HTTP says."""

from __future__ import annotations

import asyncio

from modeltui.reach.asking import Asker
from modeltui.reach.failures import no_answer, shown
from modeltui.reach.names import look_up
from modeltui.reach.urls import is_web
from modeltui.reach.verdict import Verdict, no, unknown, yes
from modeltui.reach.web import Target
from modeltui.reach.words import said, where

_GREETING = 256
"""Bytes."""


async def http(asker: Asker, url: str) -> Verdict:
    """Any answer will do, but for one that says that the service is down. Raises NoAnswer."""
    if (problem := address_problem(url)) is not None:
        return no(problem)
    reply = await asker.web.ask("HEAD", Target(url))
    secured = ", with a certificate that this machine trusts" if reply.url.startswith("https:") else ", without TLS"
    told = f"It answers this machine in {reply.seconds * 1000:.0f} ms: {said(reply)}{secured}{where(reply)}."
    return no(told) if reply.status >= 500 and reply.status != 501 else yes(told)


def address_problem(url: str) -> str | None:
    return None if is_web(url) else f"{shown(url)} is no web address: it should begin with https:// or http://."


async def port(asker: Asker, host: str, number: int, *, greets: bool = False) -> Verdict:
    """Whether something listens. `greets`: it says something first, as SSH does. Raises NoAnswer."""
    address = f"tcp://[{host}]:{number}" if ":" in host else f"tcp://{host}:{number}"
    await look_up(address)
    try:
        reader, writer = await asyncio.open_connection(host, number)
    except (OSError, ValueError) as error:
        raise no_answer(error, address) from error
    try:
        greeting = (await reader.read(_GREETING)).decode("ascii", "replace").splitlines()[:1] if greets else []
    except OSError as error:
        raise no_answer(error, address) from error
    finally:
        writer.transport.abort()
    if not greets:
        return yes(f"{shown(host)} accepts connections of this machine at port {number}.")
    if not greeting:
        return no(f"{shown(host)} accepts connections at port {number}, and closes them without a word.")
    return yes(f'{shown(host)} answers this machine at port {number}: "{shown(greeting[0])}".')


async def not_from_here(why: str) -> Verdict:
    return unknown(why)
