"""What may be typed after `modeltui`: the options and verbs, and how mistakes are put. Import-light, no side effects."""

from __future__ import annotations

import argparse
import math
from collections.abc import Sequence
from difflib import get_close_matches
from importlib import import_module
from pathlib import Path
from typing import Final, NoReturn

from modeltui.options import ConsoleOptions, UsageError
from modeltui.systems.core.names import is_namespace

OWN: Final = {
    "activate": ("modeltui.verbs.activate", "another model of a catalog on one InferenceService, after a review"),
    "apply": ("modeltui.verbs.apply", "make the cluster what files say, after a review"),
    "catalog": ("modeltui.verbs.catalog", "the models and engines that the forms offer, and your own among them"),
    "deactivate": ("modeltui.verbs.activate", "take an activated model away; the service stays, and knows it"),
    "delete": ("modeltui.verbs.delete", "delete an object, after a review"),
    "doctor": ("modeltui.verbs.doctor", "every finding about what is in the cluster, with the remedy"),
    "logs": ("modeltui.verbs.logs", "print the logs of pods and deployments, and follow them"),
    "render": ("modeltui.verbs.render", "print the manifest that a file of answers means"),
    "history": ("modeltui.verbs.history", "the changes made from this machine; `history verify` follows their chain"),
    "scale": ("modeltui.verbs.operate", "change how many replicas a deployment has, after a review"),
    "stop": ("modeltui.verbs.operate", "stop a deployment in the way of its system, after a review"),
    "start": ("modeltui.verbs.operate", "start a deployment that was stopped, after a review"),
    "restart": ("modeltui.verbs.operate", "restart the pods of a deployment, after a review"),
    "port-forward": ("modeltui.verbs.port_forward", "a local port that leads to a deployment, from pod to pod, until Ctrl-C"),
    "prompt": ("modeltui.verbs.prompt", "ask a served model something, and see how fast the answer comes"),
}
"""Verbs whose module has `add_arguments(parser)` and `run(options, arguments)`, imported only when the verb is typed; and their help."""
VERBS: Final = ("get", *OWN, "info", "demo")
FORMATS: Final = ("table", "wide", "json", "yaml", "csv")


class _Parser(argparse.ArgumentParser):
    """Raises instead of printing a page of usage and exiting."""

    def error(self, message: str) -> NoReturn:
        raise UsageError(f"{message}; see {self.prog} --help")


def _common() -> _Parser:
    """Options that may stand before or after the verb."""
    parser = _Parser(prog="modeltui", add_help=False, allow_abbrev=False)
    group = parser.add_argument_group("common options (before or after the verb)")
    group.add_argument("--kubeconfig", metavar="FILE", help="the kubeconfig; otherwise KUBECONFIG, then ~/.kube/config")
    group.add_argument("--context", metavar="NAME", help="the context of the kubeconfig; otherwise its current one")
    group.add_argument(
        "-n", "--namespace", metavar="NS", action="append", default=[], help="a namespace; may be repeated, or several with commas"
    )
    group.add_argument("-A", "--all-namespaces", action="store_true", help="all namespaces, in one cluster-wide list")
    group.add_argument("--read-only", action="store_true", help="never change anything in the cluster")
    group.add_argument(
        "--read-write", action="store_true", help="allow changes in the context that --context names, although it is read-only"
    )
    group.add_argument("--low-bandwidth", action="store_true", help="fewer frames a second")
    return parser


def _parser(common: _Parser, words: Sequence[str]) -> _Parser:
    parser = _Parser(
        prog="modeltui",
        parents=[common],
        allow_abbrev=False,
        description="A terminal console for people who run language models on Kubernetes.",
        usage="modeltui [options] [VIEW | VERB ...]",
        epilog="Without a verb the console opens; VIEW (models, sources, datasets) says on what.",
    )
    parser.add_argument("--version", action="store_true", help="print the version and exit")
    verbs = parser.add_subparsers(dest="verb", metavar="VERB", parser_class=_Parser)

    get = verbs.add_parser("get", prog="modeltui get", parents=[common], allow_abbrev=False, help="print a view's rows")
    get.add_argument("view", metavar="VIEW", help="models, sources, datasets, or another of their names")
    get.add_argument("name", metavar="NAME", nargs="?", default="", help="only the object of this name")
    get.add_argument("-l", "--selector", default="", help="label selector, as kubectl takes it")
    get.add_argument("-o", "--output", choices=FORMATS, default="table")
    get.add_argument("-w", "--watch", action="store_true", help="go on with every change until Ctrl-C")
    get.add_argument("--no-headers", action="store_true", help="table and csv without the first line")
    get.add_argument("--sort-by", metavar="COLUMN", default="", help='a column by its JSON key; "-age" reverses')

    for verb, (module, what) in OWN.items():
        parser_ = verbs.add_parser(verb, prog=f"modeltui {verb}", parents=[common], allow_abbrev=False, help=what)
        if verb in words:
            import_module(module).add_arguments(parser_)

    info = verbs.add_parser(
        "info", prog="modeltui info", parents=[common], allow_abbrev=False, help="print paths, settings and what would be connected to"
    )
    info.add_argument("-o", "--output", choices=("table", "json"), default="table")

    demo = verbs.add_parser(
        "demo", prog="modeltui demo", parents=[common], allow_abbrev=False, help="an embedded cluster, and the console on it"
    )
    demo.add_argument("--serve", action="store_true", help="only serve, until Ctrl-C")
    # As `modeltui.demo.serve.add_arguments` has them; importing that would cost the console's first frame the whole server.
    demo.add_argument("--port", type=_port, default=0, metavar="P", help="port to serve at; 0 takes a free one (default)")
    demo.add_argument("--write-kubeconfig", type=Path, metavar="FILE", help="where the kubeconfig goes once the server is ready")
    demo.add_argument(
        "--crds", type=Path, nargs="+", action="extend", default=[], metavar="DIR", help="directories with more CRDs, as YAML"
    )
    demo.add_argument("--empty", action="store_true", help="no world and no controllers, only namespaces and CRDs")
    demo.add_argument("--steady", action="store_true", help="a world in which nothing changes by itself")
    demo.add_argument("--objects", type=_count, default=0, metavar="N", help="add N models in one namespace")
    demo.add_argument("--pace", type=_pace, default=1.0, metavar="X", help="how many times faster than real time the world lives")
    demo.add_argument("--until-stdin-closes", action="store_true", help=argparse.SUPPRESS)
    return parser


def _port(text: str) -> int:
    if not text.isdecimal() or int(text) > 65535:
        raise argparse.ArgumentTypeError(f"{text!r} is no port; give a number from 0 to 65535")
    return int(text)


def _count(text: str) -> int:
    if not text.isdecimal():
        raise argparse.ArgumentTypeError(f"{text!r} is no count; give a number such as 10000")
    return int(text)


def _pace(text: str) -> float:
    try:
        pace = float(text)
    except ValueError:
        pace = math.nan
    if not (math.isfinite(pace) and pace > 0):
        raise argparse.ArgumentTypeError(f"{text!r} is no pace; give a number above 0, such as 2 or 0.5 (--steady stands still)")
    return pace


def parse(argv: Sequence[str]) -> tuple[argparse.Namespace, ConsoleOptions]:
    """The verb with its own arguments, and the common options. Raises UsageError; `--help` prints and raises SystemExit(0)."""
    common = _common()
    shared, rest = common.parse_known_args(argv)
    view = _leading_view(rest)
    arguments = _parser(_common(), rest).parse_args(rest[1:] if view else rest)
    namespaces = _namespaces(shared.namespace)
    if namespaces and shared.all_namespaces:
        raise UsageError("-n and --all-namespaces contradict each other; give one of them")
    if shared.read_only and shared.read_write:
        raise UsageError("--read-only and --read-write contradict each other; give one of them")
    if shared.read_write and not shared.context:
        raise UsageError("--read-write needs --context NAME: say which cluster may be changed")
    if arguments.verb == "get" and arguments.name and arguments.selector:
        raise UsageError("a NAME and a selector (-l) contradict each other; give one of them")
    options = ConsoleOptions(
        kubeconfig=shared.kubeconfig,
        context=shared.context,
        namespaces=namespaces,
        all_namespaces=shared.all_namespaces,
        read_only=shared.read_only,
        read_write=shared.read_write,
        low_bandwidth=shared.low_bandwidth,
        view=view,
    )
    return arguments, options


def _leading_view(rest: Sequence[str]) -> str:
    """The view that the console opens on, in `modeltui sources`; "" when a verb or an option comes first."""
    if not rest or rest[0].startswith("-") or rest[0] in VERBS:
        return ""
    from modeltui.systems import registry  # only now: it brings the systems with it

    word = rest[0]
    if (table := registry.table(word)) is not None:
        return table.name
    known = [
        *VERBS,
        *(table.name for table in registry.tables()),
        *(spelling for view in registry.views() for spelling in registry.words(view)),
    ]
    near = get_close_matches(word.lower(), known, n=1)
    hint = f'did you mean "{near[0]}"?' if near else f"there are {', '.join(VERBS)}"
    raise UsageError(f'"{word}" is neither a verb nor a view: {hint}')


def _namespaces(given: Sequence[str]) -> tuple[str, ...]:
    names = [name.strip() for entry in given for name in entry.split(",")]
    for name in names:
        if not is_namespace(name):
            raise UsageError(f'"{name}" cannot be the name of a namespace: lower-case letters, digits and "-", at most 63')
    return tuple(dict.fromkeys(names))
