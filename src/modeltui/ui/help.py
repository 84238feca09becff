"""The help page, made from the bindings in force: what the user's keymap changed is what it says. Pure."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from modeltui.document import Line, heading, line, plain


@dataclass(frozen=True, slots=True)
class Key:
    """One binding in force."""

    group: str
    keys: str
    """As shown, such as "ctrl-a"."""
    description: str
    id: str
    """What a keymap calls it."""
    enabled: bool = True


COMMANDS = (
    (":models", "a table; also :deployments, :pods, :sources, :datasets, :shares; ctrl-a lists all"),
    (":doctor", "every finding about what is in the namespaces shown, with the remedy"),
    (":history", "what was changed from this machine, by whom; r there brings an object back"),
    (":models ns-a,ns-b", 'in these namespaces; "all" for all of them'),
    (":models -l app=chat", "only what the label selector matches, asked of the server"),
    (":models /llama", "with a filter"),
    (":models @prod", "in another context"),
    (":ns [NAME,...]", "namespaces"),
    (":ctx [NAME]", "contexts"),
    (":columns +tags", "your choice of columns; -NAME, NAME,NAME, default"),
    (":new model [FILE]", "a form, empty or with the answers of a file; also :new deployment, :new source"),
    (":catalog", "the models that forms offer; enter begins a deployment of one"),
    (":activate", "another model on the InferenceService at hand; :deactivate takes it away"),
    (":forwards", "ports of this machine that lead into the cluster"),
    (":actions", "as a; also :describe, :yaml, :edit, :delete, :refresh, :back, :help, :aliases"),
    (":messages", "what was said, with the raw words"),
    (":q", "quit"),
)

FILTERS = (
    ("llama", "rows with this text (a regular expression) in any cell"),
    ("!llama", "rows without it"),
    ("-f lma", "fuzzy, on names"),
    ("-l app=chat", "by label"),
    ("status:failed", "by column; tag:chat, phase:ready, type:s3 likewise"),
)


CHANGES = (
    ("a, e, shift-e, ctrl-d", "begin a change: a menu, YAML, a form, a deletion. Nothing is written yet"),
    ("the review", "a strict dry run: every field that would change, findings, conflicts with their owner"),
    ("a in the review", "writes it, as field manager modeltui; fields of others stay as they are"),
    ("esc while it counts", "what costs data waits five seconds first; esc stops it"),
    ("u afterwards", "the way back: what was made goes, what was changed gets its old values, by a review too"),
    ("h, :history later", "every change of this machine; r brings its object back to before or after it"),
)
"""How writing works, in the keys that nobody has changed."""


def page(keys: Iterable[Key], *, title: str) -> list[Line]:
    """Keys by group, the nearest first; then the two small languages."""
    groups: dict[str, dict[tuple[str, bool], list[Key]]] = {}
    for key in keys:
        group = groups.setdefault(key.group, {})
        group.setdefault((key.description, key.enabled), []).append(key)
    lines: list[Line] = [line(f"Help: {title}", "title")]
    for name, entries in groups.items():
        lines += heading(name)
        for (description, enabled), same in entries.items():
            names = list(dict.fromkeys(key.keys for key in same))
            spelled = ", ".join(names) if len(names) < 4 else f"{names[0]} to {names[-1]}"
            ids = list(dict.fromkeys(key.id for key in same))
            key_id = ids[0] if len(ids) == 1 else f"{ids[0]} ... {ids[-1].rpartition('.')[2]}"
            said = plain(description) if enabled else f"{plain(description)} (not now)"
            lines.append(
                (
                    (f"  {spelled:<17} ", "accent" if enabled else "dim"),
                    (f"{said:<39} ", "" if enabled else "dim"),
                    (key_id, "dim"),
                )
            )
    for name, table in (("Commands, after :", COMMANDS), ("Filters, after /", FILTERS), ("Changing things, and back", CHANGES)):
        lines += heading(name)
        lines += [((f"  {typed:<21} ", "accent"), (does, "")) for typed, does in table]
    lines += heading("Settings")
    lines.append(
        line("  The last column is the id of a key: [keymap] in config.toml gives it other keys. `modeltui info` prints where.", "dim")
    )
    return lines
