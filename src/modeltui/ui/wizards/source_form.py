"""The questions about a ModelSource and its Secret, and the way between them and `SourceAnswers`. Pure.

What a type asks for comes from the catalog of source types; settings that it does not know are lines of key=value.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import partial
from typing import Final

from modeltui.redaction import mask_config
from modeltui.systems.answer_file import AnswersError
from modeltui.systems.modelfs.answers import SecretAnswers, SourceAnswers
from modeltui.systems.modelfs.types import SOURCE_TYPES
from modeltui.systems.secret_value import SecretValue
from modeltui.systems.source_types import SourceType
from modeltui.ui.wizards import answering
from modeltui.ui.wizards.draft import Draft
from modeltui.ui.wizards.form import Field, Form, Kind, Step, Values

NO_SECRET: Final = "none"
KNOWN_SECRET: Final = "one that is there"
OWN_SECRET: Final = "make or change one"

Catalog = Mapping[str, SourceType]


def form(catalog: Catalog, *, editing: bool) -> Form:
    """`editing`: the object exists; its name, namespace and type stay."""
    basics = Step(
        key="basics",
        title="Basics",
        told_after="type",
        fields=(
            Field(key="name", label="Name", required=True, check=answering.object_name, fixed=editing),
            Field(key="namespace", label="Namespace", required=True, suggests="namespaces", check=answering.label_name, fixed=editing),
            Field(
                key="type",
                label="Type",
                kind=Kind.CHOICE,
                required=True,
                choices=SOURCE_TYPES,
                default=SOURCE_TYPES[0],
                fixed=editing,
                help="Left and right, or a letter, choose:",
            ),
        ),
    )
    settings = Step(
        key="settings",
        title="Settings",
        intro="What is missing among them, the review says.",
        fields=(
            *(_setting(type_, key, told) for type_ in SOURCE_TYPES for key, told in _known(catalog, type_).config.items()),
            Field(
                key="more",
                label="Other settings",
                kind=Kind.LINES,
                check=answering.pairs,
                keeps=lambda text, values: answering.masked_pairs(text, partial(_masked, values)),
                help="One key=value a line; never a secret.",
            ),
        ),
    )
    secret = Step(
        key="secret",
        title="Secret",
        told_after="use",
        fields=(
            Field(
                key="use",
                label="Secret",
                kind=Kind.CHOICE,
                choices=(NO_SECRET, KNOWN_SECRET, OWN_SECRET),
                default=NO_SECRET,
                help="Left and right choose:",
            ),
            Field(
                key="secret_name",
                label="Its name",
                suggests="secrets",
                required=True,
                check=answering.object_name,
                wanted=lambda values: values.get("use") != NO_SECRET,
            ),
            *(_value(type_, key, told) for type_ in SOURCE_TYPES for key, told in _known(catalog, type_).secret.items()),
        ),
    )
    return Form(name="source", title="Edit ModelSource" if editing else "New ModelSource", steps=(basics, settings, secret))


def _known(catalog: Catalog, type_: str) -> SourceType:
    return catalog.get(type_) or SourceType(title=type_, uri="")


def _setting(type_: str, key: str, told: str) -> Field:
    def wanted(values: Values) -> bool:
        return values.get("type") == type_

    def keeps(value: str, values: Values) -> str:
        return _masked(values, key, value)

    return Field(key=f"{type_}.{key}", label=key, help=f"{told[:1].upper()}{told[1:]}.", wanted=wanted, keeps=keeps)


def _masked(values: Values, key: str, value: str) -> str:
    return mask_config(values.get("type", ""), {key: value})[key] if value else ""


def _value(type_: str, key: str, told: str) -> Field:
    def wanted(values: Values) -> bool:
        return values.get("type") == type_ and values.get("use") == OWN_SECRET

    help_ = f"{told[:1].upper()}{told[1:]}. Never shown or saved; empty leaves what the Secret has."
    return Field(key=f"{type_}.{key}", label=key, kind=Kind.SECRET, help=help_, wanted=wanted)


def spot(draft: Draft, catalog: Catalog, path: str, *, of_secret: bool) -> tuple[str, int, str] | None:
    """The field (step, group, key) that answers for what stands at `path` of the ModelSource, or of its Secret; None when none does."""
    type_ = draft.answer("basics", "type")
    setting = _KEY.fullmatch(path)
    if of_secret:
        known = setting is not None and setting["key"] in _known(catalog, type_).secret
        return ("secret", 0, f"{type_}.{setting['key']}" if setting and known else "secret_name")
    if setting is not None and setting["map"] == "spec.config":
        key = f"{type_}.{setting['key']}" if setting["key"] in _known(catalog, type_).config else "more"
        return ("settings", 0, key)
    place = answering.longest(_PLACES, path) or ""
    step, _, field = place.partition(".")
    if field == "secret_name" and draft.answer("secret", "use") == NO_SECRET:
        field = "use"
    return (step, 0, field) if place else None


_KEY: Final = re.compile(r"(?P<map>spec\.config|data|stringData)(?:\.|\[\"?)(?P<key>[^\]\"]+)(?:\"?\])?")
_PLACES: Final = {
    **{"metadata.namespace": "basics.namespace", "metadata": "basics.name", "spec.type": "basics.type"},
    **{"spec.config": "settings.more", "spec.secretRef": "secret.secret_name"},
}


def answers(draft: Draft, catalog: Catalog) -> SourceAnswers:
    """What answers without problems mean."""
    basics, settings, secret = draft.group("basics"), draft.group("settings"), draft.group("secret")
    type_, namespace = basics["type"], basics["namespace"].strip()
    config = {key: value for key in _known(catalog, type_).config if (value := settings.get(f"{type_}.{key}", "").strip())}
    config |= answering.mapping(settings["more"])
    name = secret["secret_name"].strip() if secret["use"] != NO_SECRET else ""
    own = None
    if secret["use"] == OWN_SECRET:
        typed = {key: secret.get(f"{type_}.{key}", "") for key in _known(catalog, type_).secret}
        own = SecretAnswers(name=name, namespace=namespace, values={key: SecretValue(value) for key, value in typed.items() if value})
    return SourceAnswers(name=basics["name"].strip(), namespace=namespace, type=type_, config=config, secret_ref=name, secret=own)


def draft(found: SourceAnswers, catalog: Catalog) -> Draft:
    """The inverse of `answers`. Values of a Secret are there only when they were given with the answers, never from a cluster.
    Raises AnswersError for a Secret that cannot be asked for so."""
    blank = {step.key: step.blank() for step in form(catalog, editing=True).steps}
    known = _known(catalog, found.type)
    settings = {f"{found.type}.{key}": value for key, value in found.config.items() if key in known.config}
    more = answering.lines({key: value for key, value in found.config.items() if key not in known.config})
    own = found.secret
    values: dict[str, str] = {}
    if own is not None:
        if own.namespace not in ("", found.namespace) or (own.name and found.secret_ref not in ("", own.name)):
            raise AnswersError(f'secret: the source finds a Secret only in its own namespace, and by its name: "{found.secret_ref}".')
        if strange := next((key for key in own.values if key not in known.secret), None):
            raise AnswersError(f'secret.values: the form of type {found.type} has no "{strange}"; `modeltui render source` takes it.')
        values = {f"{found.type}.{key}": value.reveal() for key, value in own.values.items()}
    use = OWN_SECRET if own is not None else KNOWN_SECRET if found.secret_ref else NO_SECRET
    return Draft(
        {
            "basics": ({"name": found.name, "namespace": found.namespace, "type": found.type or SOURCE_TYPES[0]},),
            "settings": ({**blank["settings"], **settings, "more": more},),
            "secret": ({**blank["secret"], **values, "use": use, "secret_name": found.secret_ref or (own.name if own else "")},),
        }
    )
