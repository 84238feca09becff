"""`modeltui demo --serve`: the embedded cluster by itself, until it is told to stop."""

from __future__ import annotations

import argparse
import asyncio
import errno
import os
import signal
import sys
import tempfile
from pathlib import Path

from modeltui.demo.cluster import HOST, EmbeddedCluster
from modeltui.demo.crd_loading import CrdProblem


class ServeProblem(Exception):
    """Why it cannot be served, in one sentence."""


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """The options of `modeltui demo` that are about the cluster, not the console."""
    parser.add_argument("--port", type=_port, default=0, metavar="P", help="port to serve at; 0 takes a free one (default)")
    parser.add_argument("--write-kubeconfig", type=Path, metavar="FILE", help="where the kubeconfig goes once the server is ready")
    parser.add_argument(
        "--crds", type=Path, nargs="+", action="extend", default=[], metavar="DIR", help="directories with more CRDs, as YAML"
    )
    parser.add_argument("--empty", action="store_true", help="no world and no controllers, only namespaces and CRDs")
    parser.add_argument("--steady", action="store_true", help="a world in which nothing changes by itself")
    parser.add_argument("--objects", type=_count, default=0, metavar="N", help="add N models in one namespace")
    parser.add_argument("--pace", type=float, default=1.0, metavar="X", help="how many times faster than real time the world lives")


def _port(text: str) -> int:
    if not text.isdecimal() or int(text) > 65535:
        raise argparse.ArgumentTypeError(f"{text!r} is no port; give a number from 0 to 65535")
    return int(text)


def _count(text: str) -> int:
    if not text.isdecimal():
        raise argparse.ArgumentTypeError(f"{text!r} is no count; give a number such as 10000")
    return int(text)


def serve(args: argparse.Namespace) -> int:
    """Blocks until SIGINT or SIGTERM; the exit code. Problems are told in one sentence on standard error."""
    try:
        asyncio.run(_serve(args))
    except (ServeProblem, CrdProblem) as problem:
        print(f"modeltui: {problem}", file=sys.stderr)
        return 1
    return 0


async def _serve(args: argparse.Namespace) -> None:
    stopped = asyncio.Event()
    loop = asyncio.get_running_loop()
    for number in (signal.SIGINT, signal.SIGTERM):
        loop.add_signal_handler(number, stopped.set)
    cluster = EmbeddedCluster(
        crds=args.crds,
        empty=args.empty,
        steady=getattr(args, "steady", False),
        objects=args.objects,
        port=args.port,
        pace=getattr(args, "pace", 1.0),
    )
    path = args.write_kubeconfig or Path(tempfile.gettempdir()) / f"modeltui-demo-{os.getpid()}.kubeconfig"
    _check_writable(path)
    await _start(cluster, args.port)
    try:
        _write(cluster, path)
        print(f"serving {cluster.url}, kubeconfig {path} (contexts admin, editor, viewer, nobody); Ctrl-C ends it", flush=True)
        broken = asyncio.ensure_future(cluster.wait())
        asked = asyncio.ensure_future(stopped.wait())
        await asyncio.wait({broken, asked}, return_when=asyncio.FIRST_COMPLETED)
        asked.cancel()
        if broken.done():
            broken.result()
        broken.cancel()
    finally:
        await cluster.stop()
        if args.write_kubeconfig is None:
            path.unlink(missing_ok=True)


async def _start(cluster: EmbeddedCluster, port: int) -> None:
    try:
        await cluster.start()
    except OSError as error:
        if error.errno == errno.EADDRINUSE:
            raise ServeProblem(f"port {port} of {HOST} is in use; give another one with --port, or 0 for a free one") from error
        raise ServeProblem(f"cannot serve at port {port} of {HOST}: {error.strerror or error}; give another one with --port") from error


def _check_writable(path: Path) -> None:
    """Before anything is started: a kubeconfig that cannot be written is no use to find out about later."""
    if path.is_dir():
        raise ServeProblem(f"{path} is a directory; give --write-kubeconfig the name of a file")
    if not path.parent.is_dir():
        raise ServeProblem(f"{path.parent} is no directory; make it, or give --write-kubeconfig another place")
    if not os.access(path.parent, os.W_OK):
        raise ServeProblem(f"{path.parent} cannot be written to; give --write-kubeconfig another place")


def _write(cluster: EmbeddedCluster, path: Path) -> None:
    try:
        cluster.write_kubeconfig(path)
    except OSError as error:
        raise ServeProblem(f"{path} cannot be written: {error.strerror or error}; give --write-kubeconfig another place") from error
