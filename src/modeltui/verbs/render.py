"""`modeltui render`: answers from a file to the manifest that the console would apply. Asks no server."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any, Final, TypeVar

import msgspec

from modeltui.changes.paths import spelled
from modeltui.changes.secret_values import masked_paths
from modeltui.domain import Finding, Severity
from modeltui.options import ConsoleOptions, UsageError
from modeltui.redaction import MASK
from modeltui.systems.answer_file import AnswersError, load, read
from modeltui.systems.core.secrets import SECRETS, Secret, secret
from modeltui.systems.deployables import DEPLOYABLES
from modeltui.systems.deploying import Deployment, understood
from modeltui.systems.facts import FactTable
from modeltui.systems.manifest import Manifest
from modeltui.systems.modelfs import manifests, source_manifests
from modeltui.systems.modelfs.answers import ModelAnswers, SourceAnswers
from modeltui.systems.modelfs.checks import check_model, check_source
from modeltui.verbs import printing
from modeltui.verbs.telling import complain, say
from modeltui.yaml_output import dump_object

_T = TypeVar("_T", ModelAnswers, SourceAnswers, Deployment)

KINDS: Final = ("model", "source", "deployment")


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("kind", metavar="KIND", choices=KINDS, help="model, source or deployment")
    parser.add_argument("-f", "--file", metavar="FILE", required=True, type=Path, help="the answers, as YAML; - reads stdin")
    parser.add_argument("-o", "--output", choices=("yaml", "json"), default="yaml")
    parser.add_argument(
        "--with-secret", action="store_true", help="print the source's Secret too, values and all: for a pipe, not a screen"
    )


def run(options: ConsoleOptions, arguments: argparse.Namespace) -> int:
    """Prints the manifests even when the checks find errors; exit code 1 then. Raises UsageError."""
    if arguments.with_secret and sys.stdout.isatty():
        raise UsageError("--with-secret prints secrets, and a terminal keeps what it shows: send the output to a file or a pipe")
    if len(options.namespaces) > 1 or options.all_namespaces:
        raise UsageError("a manifest goes into one namespace; give one with -n, or none")
    namespace = options.namespaces[0] if options.namespaces else ""
    try:
        match arguments.kind:
            case "model":
                documents, found = _model(_answers(arguments.file, ModelAnswers), namespace)
            case "source":
                documents, found = _source(_answers(arguments.file, SourceAnswers), namespace, with_secret=arguments.with_secret)
            case _:
                documents, found = _deployment(_answers(arguments.file, Deployment), namespace)
    except AnswersError as error:
        raise UsageError(str(error).rstrip(".")) from error
    _refuse_masks(documents)
    print(text(documents, arguments.output))
    for finding in found:
        _tell(finding)
    return 1 if any(finding.severity is Severity.ERROR for finding in found) else 0


def _refuse_masks(documents: Sequence[Manifest]) -> None:
    """Answers that were saved from a form have masks in place of secrets; in a cluster they would be taken for values."""
    for document in documents:
        for path in masked_paths(document):
            raise UsageError(f"{spelled(path)} of {document['kind']} has {MASK} in place of a secret, which is never saved: write it")


def _answers(file: Path, kind: type[_T]) -> _T:
    return read(sys.stdin.read(), kind) if str(file) == "-" else load(file, kind)


def _model(answers: ModelAnswers, namespace: str) -> tuple[list[Manifest], Sequence[Finding]]:
    manifest = _placed(manifests.model(answers), namespace)
    return [manifest], check_model(manifest, FactTable())


def _deployment(answers: Deployment, namespace: str) -> tuple[list[Manifest], Sequence[Finding]]:
    of, found = understood(answers, DEPLOYABLES)
    manifest = _placed(of.manifest(found), namespace)
    return [manifest], tuple(of.view.check(manifest, FactTable())) if of.view.check is not None else ()


def _source(answers: SourceAnswers, namespace: str, *, with_secret: bool) -> tuple[list[Manifest], Sequence[Finding]]:
    manifest = _placed(source_manifests.source(answers), namespace)
    if answers.secret is None:
        return [manifest], check_source(manifest, FactTable())
    asked = answers.secret
    if not answers.secret_ref or asked.name not in ("", answers.secret_ref):
        raise UsageError(f'secretRef names "{answers.secret_ref}" and the Secret is called "{asked.name}", so the source would not find it')
    made = _placed(
        secret(name=answers.secret_ref, namespace=asked.namespace or answers.namespace, values=asked.values),
        namespace,
    )
    for key in sorted(key for key, value in asked.values.items() if not value):
        say(f'Key {key} of Secret "{answers.secret_ref}" has no value, so it is left out.')
    if not with_secret:
        say(f'Secret "{answers.secret_ref}" is left out; --with-secret prints it too, values and all.')
    facts = FactTable()
    facts.put(SECRETS, _keys_only(made, manifest["metadata"].get("namespace", "")))
    return [made, manifest] if with_secret else [manifest], check_source(manifest, facts)


def _keys_only(manifest: Manifest, namespace: str) -> Secret:
    """The Secret as the checks know it, where the source looks for it."""
    metadata = manifest["metadata"] | {"namespace": namespace}
    return msgspec.json.decode(msgspec.json.encode(manifest | {"metadata": metadata}), type=Secret)


def _placed(manifest: Manifest, namespace: str) -> Manifest:
    """In the namespace that the command line names, whatever the answers say."""
    return manifest | {"metadata": manifest["metadata"] | {"namespace": namespace}} if namespace else manifest


def text(documents: Sequence[Manifest], output: str) -> str:
    """As kubectl takes them: YAML documents, or in JSON one object, a List of several."""
    if output == "yaml":
        return "---\n".join(map(dump_object, documents)).removesuffix("\n")
    whole: dict[str, Any] = documents[0] if len(documents) == 1 else {"apiVersion": "v1", "kind": "List", "items": list(documents)}
    return printing.as_json_document(whole)


def _tell(finding: Finding) -> None:
    """On stderr, so that the output stays a manifest."""
    place = f" ({finding.field})" if finding.field else ""
    remedy = f" {finding.remedy}" if finding.remedy else ""
    if finding.severity is Severity.ERROR:
        complain(f"{finding.reason}{place}{remedy}")
    else:
        say(f"{finding.severity.value}: {finding.reason}{place}{remedy}")
