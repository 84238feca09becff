"""Traps in what is served: preset, token, adapters, configuration, pods of one's own. Pure."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from difflib import get_close_matches
from typing import Final

from modeltui.domain import Finding, Severity
from modeltui.systems.core.names import name_problem, quoted
from modeltui.systems.core.secrets import SECRETS, Secret
from modeltui.systems.kaito import presets, reading
from modeltui.systems.kaito.types import CONFIG_MAPS, RUNTIME, Adapter, Inference
from modeltui.systems.protocol import Facts
from modeltui.systems.serving import known, needs

MOST_ADAPTERS: Final = 10
TOKEN: Final = "HF_TOKEN"


def inference(wanted: Inference, namespace: str, facts: Facts, field: str) -> Iterator[Finding]:
    preset = wanted.preset
    if preset is None and wanted.template is None:
        yield Finding(Severity.ERROR, "inference has neither a preset nor a template: nothing is run.", "Name a preset.", f"{field}.preset")
    elif preset is not None and wanted.template is not None:
        yield Finding(Severity.ERROR, "inference has a preset and a template: KAITO's webhook takes one.", "Keep one.", f"{field}.template")
    if preset is not None and not preset.name:
        yield Finding(Severity.ERROR, "The preset has no name.", "Name a model that KAITO knows, or a Hub id.", f"{field}.preset.name")
    yield from _preset(wanted, f"{field}.preset.name")
    if wanted.config and facts.known(CONFIG_MAPS, namespace) and facts.get(CONFIG_MAPS, namespace, wanted.config) is None:
        yield Finding(
            Severity.ERROR,
            f'There is no ConfigMap "{wanted.config}" in namespace {namespace}: nothing is started.',
            "Create it with the key inference_config.yaml, or correct the name.",
            f"{field}.config",
        )
    yield from _token(wanted, namespace, facts, f"{field}.preset.presetOptions.modelAccessSecret")
    names = [ref.name for ref in reading.uses(wanted) if ref.resource != CONFIG_MAPS]
    yield from needs.secrets(names, namespace, facts, field)
    yield from _adapters(wanted.adapters, f"{field}.adapters")
    if wanted.template is not None:
        for place, container in enumerate(wanted.template.spec.containers):
            where = f"{field}.template.spec.containers[{place}]"
            yield from needs.amounts(container, where)
            yield from needs.in_clear((container,), where)


def _preset(wanted: Inference, field: str) -> Iterator[Finding]:
    """A list of names that grows with KAITO's versions: no more than a warning."""
    name = wanted.preset.name if wanted.preset is not None else ""
    if not name or "/" in name or name.lower() == presets.CUSTOM or presets.repo_of(name):
        return
    if name.lower().startswith(f"{presets.CUSTOM}-"):
        reason = f'"{name}" is no preset: KAITO keeps names that begin with {presets.CUSTOM}- for itself, and its webhook refuses them.'
        remedy = f"Write {presets.CUSTOM}, with the model in the ConfigMap that config names; or the Hub's own name."
        yield Finding(Severity.ERROR, reason, remedy, field)
        return
    near = get_close_matches(name.lower(), presets.NAMES, n=1)
    yield Finding(
        Severity.WARNING,
        f'"{name}" is no preset of KAITO that is known here: its webhook refuses names that it does not know.',
        f'Did you mean "{near[0]}"? Newer KAITO takes the Hub\'s own name, too.'
        if near
        else "Newer KAITO takes the Hub's own name: org/model.",
        field,
    )


def _token(wanted: Inference, namespace: str, facts: Facts, field: str) -> Iterator[Finding]:
    if wanted.preset is None:
        return
    name = wanted.preset.preset_options.model_access_secret
    if not name and known.is_gated(presets.repo_of(wanted.preset.name)):
        yield Finding(
            Severity.ERROR,
            f"{wanted.preset.name} is gated: without a token it cannot be fetched, and KAITO's webhook refuses it.",
            f"Set modelAccessSecret to a Secret of the namespace with the key {TOKEN}.",
            field,
        )
    secret = facts.get(SECRETS, namespace, name) if name else None
    if isinstance(secret, Secret) and TOKEN not in secret.keys:
        yield Finding(
            Severity.ERROR,
            f'Secret "{name}" has no key {TOKEN}, so that its pods do not start.',
            f"Add the token under the key {TOKEN}.",
            field,
        )


def _adapters(wanted: Sequence[Adapter], field: str) -> Iterator[Finding]:
    if len(wanted) > MOST_ADAPTERS:
        reason = f"It has {len(wanted)} adapters; KAITO's webhook takes {MOST_ADAPTERS} at most."
        yield Finding(Severity.ERROR, reason, "Leave some out, or serve them by a second one.", field)
    names = [one.source.name for one in wanted]
    for place, adapter in enumerate(wanted):
        source, where = adapter.source, f"{field}[{place}]"
        if problem := name_problem(source.name):
            told = f"The name {quoted(source.name)} of an adapter {problem}." if source.name else "An adapter has no name."
            yield Finding(Severity.ERROR, told, "Correct it.", f"{where}.source.name")
        elif source.name in names[:place]:
            reason = f'Two adapters are called "{source.name}": KAITO\'s webhook refuses them.'
            yield Finding(Severity.ERROR, reason, "Rename one.", f"{where}.source.name")
        if bool(source.image) == bool(source.volume) or source.urls:
            reason = f'Adapter "{source.name}" does not come from an image, or from a volume, alone: KAITO\'s webhook refuses it.'
            yield Finding(Severity.ERROR, reason, "Set its image.", f"{where}.source")
        if not is_strength(adapter.strength):
            reason = f'The strength of adapter "{source.name}" is "{adapter.strength}", which is no number from 0 to 1.'
            yield Finding(Severity.ERROR, reason, 'Write it as text, such as "0.5".', f"{where}.strength")


def is_strength(text: str) -> bool:
    """Whether it is a number from 0 to 1; "" is, since KAITO takes 1 for it."""
    try:
        return not text or 0 <= float(text) <= 1
    except ValueError:
        return False


def runtime(wanted: str, field: str) -> Iterator[Finding]:
    if wanted not in ("", "vllm", "transformers"):
        reason = f'The annotation {RUNTIME} is "{wanted}", which KAITO does not know: it runs vllm, and says nothing.'
        yield Finding(Severity.WARNING, reason, "Write vllm or transformers.", field)
