"""The grammar of the `:` prompt: a line in, one command out. Pure; the app carries commands out.

:models                     a table, in the namespaces at hand
:models team-a,team-b       in these namespaces ("ns/" is never needed; "all" or "*" means all namespaces)
:models -l app=chat         only what the server's label selector matches
:models /llama              with the filter "llama" already typed; it runs to the end of the line
:models @prod               in another context
:columns [NAME,... | +NAME -NAME | default]
:new model|source|deployment [FILE]   a form, empty or with the answers of a file
:history                    what was changed from this machine; also with namespaces, /filter and @context
:ns [NAME[,NAME]]   :ctx [NAME]   :yaml   :describe   :actions   :edit   :delete   :catalog   :refresh   :aliases   :messages   :help   :q
:activate  :deactivate      another model on the InferenceService at hand, and taking it away
:forwards (:pf)             the ports of this machine that lead into the cluster
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from difflib import get_close_matches
from typing import Final

from modeltui.systems.core.names import is_namespace
from modeltui.ui.columns import DEFAULT

ALL_NAMESPACES: Final = frozenset({"all", "*"})


@dataclass(frozen=True, slots=True)
class Show:
    """Open a table. None means "as it is now"; an empty tuple of namespaces means all."""

    view: str
    namespaces: tuple[str, ...] | None = None
    filter: str = ""
    selector: str = ""
    context: str | None = None


@dataclass(frozen=True, slots=True)
class UseNamespaces:
    """`:ns`; None opens the picker, an empty tuple means all namespaces."""

    namespaces: tuple[str, ...] | None


@dataclass(frozen=True, slots=True)
class UseContext:
    """`:ctx`; an empty name opens the picker."""

    context: str


@dataclass(frozen=True, slots=True)
class ChooseColumns:
    """`:columns`; what `ui.columns` reads. Empty: say which there are."""

    line: str


@dataclass(frozen=True, slots=True)
class New:
    """`:new`; a form to make something of that kind, with the answers of a file, or with none."""

    kind: str
    file: str = ""


@dataclass(frozen=True, slots=True)
class Act:
    """A word that stands for an action, such as "quit" or "help"."""

    action: str


@dataclass(frozen=True, slots=True)
class Wrong:
    """One sentence that says what is wrong and what to type instead."""

    sentence: str


Command = Show | UseNamespaces | UseContext | ChooseColumns | New | Act | Wrong

ACTIONS: Final[Mapping[str, str]] = {
    "q": "quit",
    "q!": "quit",
    "quit": "quit",
    "exit": "quit",
    "help": "help",
    "h": "help",
    "?": "help",
    "aliases": "aliases",
    "alias": "aliases",
    "a": "aliases",
    "yaml": "yaml",
    "describe": "describe",
    "actions": "actions",
    "edit": "edit",
    "delete": "delete",
    "activate": "activate",
    "deactivate": "deactivate",
    "catalog": "catalog",
    "catalogs": "catalog",
    "forwards": "forwards",
    "port-forwards": "forwards",
    "pf": "forwards",
    "refresh": "refresh",
    "messages": "messages",
    "errors": "messages",
    "back": "last_view",
}
"""Word typed -> action of the console."""

HISTORY_WORDS: Final = ("history", "hist", "changes")
"""A table like others, but of this machine: it needs no cluster."""
NAMESPACE_WORDS: Final = ("ns", "namespace", "namespaces")
COLUMN_WORDS: Final = ("columns", "cols")
CONTEXT_WORDS: Final = ("ctx", "context", "contexts")
NEW_WORDS: Final = ("new", "create")


def _no_files(_: str) -> Iterable[str]:
    return ()


@dataclass(frozen=True, slots=True)
class Vocabulary:
    """The words that can be typed now."""

    views: Mapping[str, str]
    """Word or alias -> name of the view."""
    namespaces: tuple[str, ...] = ()
    """Known ones, for suggestions only: any name may be typed."""
    contexts: tuple[str, ...] = ()
    columns: tuple[str, ...] = ()
    """Keys of the table at hand that may be shown."""
    shown_columns: tuple[str, ...] = ()
    kinds: Callable[[], tuple[str, ...]] = tuple
    """What can be made in a form; asked for only when that is meant."""
    files: Callable[[str], Iterable[str]] = _no_files
    """Paths that begin so, with what is typed spelled as it is."""

    @property
    def words(self) -> tuple[str, ...]:
        """Every first word, the names of views first."""
        names = dict.fromkeys(self.views.values())
        with_arguments = (*NAMESPACE_WORDS, *CONTEXT_WORDS, *COLUMN_WORDS, *NEW_WORDS)
        return tuple(dict.fromkeys((*names, "ns", "ctx", *self.views, *ACTIONS, *with_arguments)))


def parse(line: str, vocabulary: Vocabulary) -> Command:
    """Read one line, with or without its leading colon. Never raises."""
    text = line.strip().removeprefix(":").strip()
    if not text:
        return Wrong("Type the name of a table, such as :" + next(iter(vocabulary.views.values()), "models") + ".")
    word, _, rest = text.partition(" ")
    word, rest = word.lower(), rest.strip()
    if word in NAMESPACE_WORDS:
        return _namespaces_command(rest)
    if word in CONTEXT_WORDS:
        return _context_command(rest, vocabulary)
    if word in COLUMN_WORDS:
        return ChooseColumns(rest)
    if word in NEW_WORDS:
        return _new(rest, vocabulary)
    if word in vocabulary.views:
        return _show(vocabulary.views[word], rest, vocabulary)
    if word in ACTIONS:
        return Act(ACTIONS[word]) if not rest else Wrong(f":{word} takes nothing after it; leave out {rest!r}.")
    return Wrong(f"There is no command :{word}.{_hint(word, vocabulary.words)} ctrl-a lists them all.")


def suggest(line: str, vocabulary: Vocabulary) -> str | None:
    """The whole line as it would be when completed, or None. It always begins with what was typed."""
    if not line or line != line.lstrip():
        return None
    word, space, rest = line.partition(" ")
    if space and word.lower() in NEW_WORDS:
        return _complete_new(word + space, rest, vocabulary)
    head, space, last = line.rpartition(" ")
    if not space:
        return _complete("", last, vocabulary.words)
    word = head.split(" ", 1)[0].lower()
    prefix = head + space
    if not last or "/" in head:
        return None
    if last.startswith("@"):
        return _complete(prefix + "@", last[1:], vocabulary.contexts)
    if word in CONTEXT_WORDS:
        return _complete(prefix, last, vocabulary.contexts)
    if word in COLUMN_WORDS:
        return _complete_columns(prefix, last, vocabulary)
    if word in NAMESPACE_WORDS or (word in vocabulary.views and not last.startswith(("/", "-")) and head.split()[-1] != "-l"):
        listed, comma, tail = last.rpartition(",")
        taken = listed.split(",")
        return _complete(prefix + listed + comma, tail, [name for name in vocabulary.namespaces if name not in taken])
    return None


def read_namespaces(text: str) -> tuple[str, ...] | str:
    """Names from "a,b c", without repeats; () for all; a sentence when one cannot be a namespace's name."""
    names = tuple(dict.fromkeys(name for name in re.split(r"[,\s]+", text) if name))
    if any(name in ALL_NAMESPACES for name in names):
        return () if len(names) == 1 else "Either all namespaces or named ones, not both."
    for name in names:
        if not is_namespace(name):
            return f"{name!r} cannot be a namespace: names are lower-case letters, digits and '-', at most 63."
    return names


def _show(view: str, rest: str, vocabulary: Vocabulary) -> Show | Wrong:
    namespaces: tuple[str, ...] | None = None
    selector, filter_text, context = "", "", None
    while rest:
        if rest.startswith("/"):
            filter_text, rest = rest[1:].strip(), ""
            continue
        word, _, rest = rest.partition(" ")
        rest = rest.strip()
        if word == "-l" or (word.startswith("-l") and len(word) > 2):
            selector = word[2:]
            if not selector:
                selector, _, rest = rest.partition(" ")
                rest = rest.strip()
            if not selector or selector.startswith("/"):
                return Wrong("-l needs a label selector after it, such as -l app=chat.")
        elif word.startswith("-"):
            return Wrong(f"There is no option {word}; only -l SELECTOR is known here.")
        elif word.startswith("@"):
            context = word[1:]
            if problem := _unknown_context(context, vocabulary):
                return Wrong(problem)
        elif "=" in word:
            selector = word
        else:
            named = read_namespaces(word)
            if isinstance(named, str):
                return Wrong(named)
            namespaces = named if namespaces is None else tuple(dict.fromkeys((*namespaces, *named)))
    return Show(view, namespaces=namespaces, filter=filter_text, selector=selector, context=context)


def _namespaces_command(rest: str) -> UseNamespaces | Wrong:
    if not rest:
        return UseNamespaces(None)
    names = read_namespaces(rest)
    return Wrong(names) if isinstance(names, str) else UseNamespaces(names)


def _new(rest: str, vocabulary: Vocabulary) -> New | Wrong:
    kind, _, file = rest.partition(" ")
    kinds = vocabulary.kinds()
    if not kinds:
        return Wrong("There is no connection yet, so nothing can be made.")
    known = " or ".join(f":new {one}" for one in kinds)
    if not kind:
        return Wrong(f"Type what is to be made: {known}, and after it a file of answers, if there is one.")
    chosen = next((one for one in kinds if kind.lower() in (one, f"{one}s")), None)
    if chosen is None:
        return Wrong(f"There is no form for {kind!r}.{_hint(kind, kinds)} Type {known}.")
    return New(chosen, file.strip())


def _complete_new(prefix: str, rest: str, vocabulary: Vocabulary) -> str | None:
    kind, space, file = rest.partition(" ")
    if not space:
        return _complete(prefix, kind, vocabulary.kinds())
    return _complete(f"{prefix}{kind} ", file, vocabulary.files(file)) if file else None


def _context_command(rest: str, vocabulary: Vocabulary) -> UseContext | Wrong:
    problem = _unknown_context(rest, vocabulary) if rest else ""
    return Wrong(problem) if problem else UseContext(rest)


def _unknown_context(name: str, vocabulary: Vocabulary) -> str:
    if name in vocabulary.contexts or not vocabulary.contexts:
        return ""
    return f"The kubeconfig has no context {name!r}.{_hint(name, vocabulary.contexts)} :ctx lists them."


def _complete(prefix: str, typed: str, candidates: Iterable[str]) -> str | None:
    return next((prefix + name for name in candidates if name.startswith(typed) and name != typed), None) if typed else None


def _complete_columns(prefix: str, last: str, vocabulary: Vocabulary) -> str | None:
    """After a + those that are not shown, after a - those that are."""
    listed, comma, tail = last.rpartition(",")
    sign = tail[:1] if tail[:1] in ("+", "-") else ""
    shown, taken = vocabulary.shown_columns, listed.split(",")
    candidates = {
        "+": [key for key in vocabulary.columns if key not in shown],
        "-": shown,
        "": [key for key in (*vocabulary.columns, DEFAULT) if key not in taken],
    }
    return _complete(prefix + listed + comma + sign, tail.removeprefix(sign), candidates[sign])


def _hint(word: str, known: Iterable[str]) -> str:
    near = get_close_matches(word, list(known), n=1, cutoff=0.6)
    return f" Did you mean {near[0]}?" if near else ""
