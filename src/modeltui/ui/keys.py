"""The console's keys: k9s's, each with an id for the user's keymap. Help and the bottom line are made from these.

`show=True` means "worth a place in the bottom line"; everything is in the help. The table's own keys are in `table/bindings.py`.
"""

from __future__ import annotations

from typing import Final

from textual.binding import Binding, BindingType

APP: Final[list[BindingType]] = [
    Binding("colon", "command", "Command", show=True, id="command"),
    Binding("question_mark,f1", "help", "Help", show=True, id="help"),
    Binding("ctrl+a", "aliases", "All tables and commands", show=False, id="aliases"),
    Binding("ctrl+r", "refresh", "Try again now", show=False, id="refresh"),
    Binding("ctrl+e", "toggle_header", "Hide or show the header", show=False, id="header"),
    Binding("minus", "last_view", "Last table", show=False, id="history.last"),
    Binding("left_square_bracket", "history(-1)", "Back in history", show=False, id="history.back"),
    Binding("right_square_bracket", "history(1)", "Forward in history", show=False, id="history.forward"),
    Binding("ctrl+c", "interrupt", "Quit (press twice)", show=False, priority=True, id="quit.twice"),
]

BACK: Final[list[BindingType]] = [
    Binding("escape", "back", "Back", show=True, id="back"),
]

COPY: Final[list[BindingType]] = [
    Binding("c", "copy('name')", "Copy name", show=False, id="copy.name"),
    Binding("n", "copy('namespace')", "Copy namespace", show=False, id="copy.namespace"),
]


def _panes(*, show: bool = False) -> list[BindingType]:
    """Of a screen with several panes."""
    return [
        Binding("tab", "app.focus_next", "Next pane", show=show, id="pane.next"),
        Binding("shift+tab", "app.focus_previous", "Pane before", show=False, id="pane.previous"),
    ]


CHANGES: Final[list[BindingType]] = [
    Binding("a", "actions", "Actions", show=True, id="actions"),
    Binding("e", "edit", "Edit as YAML", show=False, id="edit"),
    Binding("E", "form", "Edit in a form", show=False, id="edit.form"),
    Binding("ctrl+d", "delete", "Delete", show=False, id="delete"),
    Binding("ctrl+k", "delete", "Delete (nothing is killed)", show=False, id="kill"),
]

CHECK: Final = Binding("t", "check_connection", "Test its connections", show=False, id="connections")
"""Of a ModelSource. It asks and writes nothing, so a read-only console has it too."""

BROWSE: Final[list[BindingType]] = [
    Binding("slash", "filter", "Filter", show=True, id="filter"),
    Binding("escape", "step_back", "Clear filter, marks; then back", show=False, id="back"),
    Binding("d", "describe", "Describe", show=True, id="describe"),
    Binding("y", "yaml", "YAML", show=True, id="yaml"),
    *COPY,
    Binding("l", "logs(False)", "Log", show=False, id="logs"),
    Binding("p", "logs(True)", "Log of the container before", show=False, id="logs.previous"),
    *CHANGES,
    Binding("u", "used_by", "Used by", show=False, id="used_by"),
    Binding("J", "owner", "Owner", show=False, id="owner"),
    Binding("h", "history_of", "History of it", show=False, id="history.of"),
    CHECK,
    Binding("w", "warp", "Only this namespace", show=False, id="warp"),
    Binding("ctrl+z", "faults", "Faults only", show=True, id="faults"),
    Binding("ctrl+s", "save", "Save as CSV", show=False, id="save"),
    Binding("0", "favourite(0)", "All namespaces", show=False, id="namespace.all"),
    *(Binding(str(n), f"favourite({n})", "Favourite namespace", show=False, id=f"namespace.{n}") for n in range(1, 10)),
]

OPERATIONS: Final[list[BindingType]] = [
    Binding("s", "operate('scale')", "Scale", show=False, id="operate.scale"),
    Binding("r", "operate('restart')", "Restart", show=False, id="operate.restart"),
]
"""k9s's keys for them; stop and start stand among the actions."""

MERGED: Final[list[BindingType]] = [
    *BROWSE,
    Binding("x", "unfold", "Unfold", show=True, id="unfold"),
    Binding("X", "unfold_all", "Unfold all, or none", show=False, id="unfold.all"),
]
DEPLOYMENTS: Final[list[BindingType]] = [*MERGED, *OPERATIONS]

_OF_ONE_KIND: Final = ("logs", "logs.previous", "used_by", "owner")
DOCTOR: Final[list[BindingType]] = [
    *(binding for binding in BROWSE if isinstance(binding, Binding) and binding.id not in _OF_ONE_KIND),
    *_panes(),
]

DETAIL: Final[list[BindingType]] = [
    *BACK,
    *CHANGES,
    Binding("y", "yaml", "YAML", show=True, id="yaml"),
    *COPY,
    Binding("u", "used_by", "Used by", show=False, id="used_by"),
    Binding("J", "owner", "Owner", show=True, id="owner"),
    Binding("h", "history_of", "History of it", show=False, id="history.of"),
    CHECK,
    Binding("x", "copy('command')", "Copy kubectl command", show=False, id="copy.command"),
]

MODEL: Final[list[BindingType]] = [
    *_panes(show=True),
    Binding("enter", "open_dataset", "Open the Dataset of the version", show=False, id="version.open"),
]

POD: Final[list[BindingType]] = [
    Binding("l", "logs(False)", "Log", show=True, id="logs"),
    Binding("p", "logs(True)", "Log of the run before", show=False, id="logs.previous"),
]

DEPLOYMENT: Final[list[BindingType]] = [
    Binding("l", "logs(False)", "Log of the pod", show=True, id="logs"),
    Binding("L", "all_logs", "Logs of all pods", show=True, id="logs.all"),
    Binding("p", "logs(True)", "Log of the run before", show=False, id="logs.previous"),
    *OPERATIONS,
    *_panes(show=True),
]

TEXT: Final[list[BindingType]] = [
    *BACK,
    Binding("slash", "filter", "Search", show=True, id="filter"),
    Binding("n", "match(1)", "Next match", show=False, id="search.next"),
    Binding("N", "match(-1)", "Previous match", show=False, id="search.previous"),
    Binding("w", "wrap", "Wrap", show=True, id="text.wrap"),
    Binding("c", "copy('text')", "Copy all", show=True, id="copy.text"),
]

LOG: Final[list[BindingType]] = [
    *BACK,
    Binding("slash", "filter", "Filter", show=True, id="filter"),
    Binding("s", "autoscroll", "Follow, or pause", show=True, id="log.follow"),
    Binding("o", "containers", "Containers", show=True, id="log.containers"),
    Binding("w", "wrap", "Wrap", show=True, id="text.wrap"),
    Binding("t", "timestamps", "Times", show=True, id="log.timestamps"),
    Binding("p", "previous", "Before the restart", show=True, id="logs.previous"),
    Binding("f", "only_matches", "Only what matches, or all", show=False, id="log.only_matches"),
    Binding("n", "match(1)", "Next match", show=False, id="search.next"),
    Binding("N", "match(-1)", "Previous match", show=False, id="search.previous"),
    Binding("m", "mark", "Mark this moment", show=False, id="log.mark"),
    Binding("c", "copy('text')", "Copy all", show=False, id="copy.text"),
    Binding("C", "clear", "Clear", show=False, id="log.clear"),
    Binding("ctrl+s", "save", "Save in a file", show=True, id="save"),
    *(
        Binding(str(number), f"range({number})", f"Read {what}", show=False, id=f"log.range.{number}")
        for number, what in enumerate(("the end", "the beginning", "1 minute", "5 minutes", "15 minutes", "30 minutes", "1 hour"))
    ),
]

YAML: Final[list[BindingType]] = [
    *TEXT,
    Binding("m", "managed_fields", "Managed fields", show=True, id="yaml.managed_fields"),
    Binding("r", "reload", "Reload", show=True, id="yaml.reload"),
]

REVIEW: Final[list[BindingType]] = [
    *BACK,
    Binding("a", "apply", "Apply", show=True, id="review.apply"),
    Binding("t", "decide('take over')", "Take over", show=True, id="review.take_over"),
    Binding("l", "decide('leave theirs')", "Leave theirs", show=True, id="review.leave"),
    Binding("backspace", "ask_again", "Decide anew", show=False, id="review.ask_again"),
    Binding("o", "override", "Override findings", show=True, id="review.override"),
    Binding("R", "replace", "Replace the object", show=True, id="review.replace"),
    Binding("v", "view", "Other views", show=True, id="review.view"),
    Binding("r", "check_again", "Check again", show=True, id="review.check_again"),
    Binding("o", "object", "Open it", show=True, id="review.object"),
    Binding("u", "undo", "Undo", show=True, id="review.undo"),
    Binding("c", "copy('text')", "Copy all", show=False, id="copy.text"),
]

EDIT: Final[list[BindingType]] = [
    *BACK,
    Binding("ctrl+n", "review", "Review", show=True, id="wizard.next", priority=True),
    Binding("ctrl+g", "outside", "In $EDITOR", show=True, id="edit.outside", priority=True),
]

WIZARD: Final[list[BindingType]] = [
    *BACK,
    Binding("ctrl+n,pagedown", "step(1)", "Next", show=True, id="wizard.next"),
    Binding("ctrl+b,pageup", "step(-1)", "Before", show=True, id="wizard.before"),
    Binding("ctrl+g", "review", "Review", show=True, id="wizard.review", priority=True),
    Binding("ctrl+o", "add", "Add one", show=False, id="wizard.add"),
    Binding("ctrl+t", "copy_card", "Copy it", show=False, id="wizard.copy"),
    Binding("ctrl+x", "take_away", "Take away", show=False, id="wizard.take_away", priority=True),
    Binding("ctrl+s", "save_answers", "Save as", show=True, id="wizard.save", priority=True),
    Binding("ctrl+y", "take_back", "Put back what was taken away", show=False, id="wizard.take_back", priority=True),
    Binding("ctrl+up,f7", "move(-1)", "Move it up", show=False, id="wizard.up", priority=True),
    Binding("ctrl+down,f8", "move(1)", "Move it down", show=False, id="wizard.down", priority=True),
]

HISTORY: Final[list[BindingType]] = [
    Binding("slash", "filter", "Filter", show=True, id="filter"),
    Binding("escape", "step_back", "Clear filter, marks; then back", show=False, id="back"),
    Binding("d", "describe", "The whole entry", show=False, id="describe"),
    Binding("r", "revert", "Bring it back", show=True, id="history.revert"),
    Binding("o", "object", "Its object now", show=True, id="history.object"),
    Binding("0", "all_contexts", "All contexts", show=True, id="history.contexts"),
    Binding("v", "verify", "Verify the chain", show=True, id="history.verify"),
    Binding("m", "further", "Look through older ones", show=False, id="history.further"),
    Binding("ctrl+z", "faults", "Failed or not known only", show=False, id="faults"),
    *COPY,
]

HISTORY_ENTRY: Final[list[BindingType]] = [
    *TEXT,
    Binding("r", "revert", "Bring it back", show=True, id="history.revert"),
    Binding("o", "object", "Its object now", show=True, id="history.object"),
]

CONNECTIONS: Final[list[BindingType]] = [
    *BACK,
    Binding("r", "ask_all", "Ask all", show=True, id="connections.all"),
    Binding("s", "allow", "Use credentials, or not", show=True, id="connections.credentials"),
    Binding("c", "copy('text')", "Copy the answers", show=True, id="copy.text"),
    *_panes(),
]

FORWARDS: Final[list[BindingType]] = [
    *BACK,
    Binding("P", "prompt", "Prompt through it", show=False, id="prompt"),
    Binding("ctrl+d", "stop", "Stop it", show=True, id="forward.stop"),
    Binding("c", "copy('address')", "Copy its address", show=True, id="copy.address"),
    *_panes(),
]

PROMPT: Final[list[BindingType]] = [
    Binding("escape", "back", "Stop; back", show=True, id="back"),
    Binding("ctrl+o", "models", "Model", show=True, id="prompt.model"),
    Binding("ctrl+n", "forget", "New conversation", show=True, id="prompt.new"),
    Binding("ctrl+y,c", "copy('answer')", "Copy the answer", show=True, id="copy.answer"),
    Binding("ctrl+x,x", "copy('curl')", "Copy as curl", show=True, id="copy.command", priority=True),
    *_panes(),
]

REACH: Final[list[BindingType]] = [
    Binding("F", "port_forward", "Forward a port", show=False, id="forward"),
    Binding("t,P", "prompt", "Prompt", show=True, id="prompt"),
]
"""Of whatever serves models. Among rows of several namespaces P sorts by them, as in k9s."""

PICKER: Final[list[BindingType]] = [
    *BACK,
    Binding("slash", "filter", "Type a name", show=True, id="filter"),
]
CATALOG: Final[list[BindingType]] = [
    *PICKER,
    Binding("d", "describe", "The whole entry", show=True, id="describe"),
]


PROMPT_HINTS: Final = (("enter", "send"), ("tab", "take the suggestion"), ("up", "typed before"), ("esc", "leave"))

ALWAYS_HINTED: Final = ("command", "help")
"""The way out of everywhere: the last in the bottom line, and never left out of it."""
ALSO_HINTED: Final = frozenset({"table.open"})
"""Keys of widgets that the bottom line shows although the widget does not ask for it."""


def brief(description: str) -> str:
    """For the bottom line: lower case, but names stay names."""
    return description if description.isupper() else description[:1].lower() + description[1:]


def shown(key: str) -> str:
    """A key as people write it: "ctrl-a", "shift-n", "[", "esc"."""
    *modifiers, last = key.split("+")
    name = _NAMES.get(last, last)
    if len(name) == 1 and name.isalpha() and name.isupper():
        modifiers, name = [*modifiers, "shift"], name.lower()
    return "-".join([*modifiers, name])


_NAMES: Final = {
    "colon": ":",
    "slash": "/",
    "question_mark": "?",
    "minus": "-",
    "left_square_bracket": "[",
    "right_square_bracket": "]",
    "backslash": "\\",
    "escape": "esc",
    "space": "space",
    "pageup": "pgup",
    "pagedown": "pgdn",
    "@": "space",
    "at": "space",
    "comma": ",",
    "full_stop": ".",
}
