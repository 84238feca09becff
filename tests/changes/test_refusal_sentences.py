"""What a kube-apiserver 1.36 says when it refuses, and what people read instead."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from modeltui.changes.refusals import Refusal, refusals
from modeltui.kube import errors
from modeltui.kube.errors import Cause


def invalid(field: str, message: str) -> errors.Invalid:
    return errors.Invalid(f'Model "m" is invalid: {field}: {message}', status=422, reason="Invalid", causes=(Cause(field, message),))


def said(error: errors.KubeError) -> list[tuple[str, str]]:
    return [(refusal.field, refusal.sentence) for refusal in refusals(error)]


UNKNOWN = "is no field of this kind in this version: is it spelled right?"
LABEL_RULE = (
    "a lowercase RFC 1123 label must consist of lower case alphanumeric characters or '-', and must start and end with an alphanumeric "
    "character (e.g. 'my-name',  or '123-abc', regex used for validation is '[a-z0-9]([-a-z0-9]*[a-z0-9])?')"
)


@pytest.mark.parametrize(
    ("field", "message", "sentence"),
    [
        ("spec.versions", "Required value", "is required"),
        ("spec.versions[0].precision", 'Unsupported value: "FP8": supported values: "FP16", "INT4"', '"FP8" is not one of FP16, INT4'),
        ("spec.size", 'Invalid value: "integer": spec.size in body must be of type string: "integer"', "must be a string, not an integer"),
        ("spec.tags", 'Invalid value: "array": spec.tags in body must be of type object: "array"', "must be an object, not an array"),
        (
            "spec.mode",
            "Invalid value: \"x\": spec.mode in body should match '^[0-7]{3,4}$'",
            "\"x\": must match the pattern '^[0-7]{3,4}$'",
        ),
        ("spec.versions", "Invalid value: 0: spec.versions in body should have at least 1 items", "0: must have at least 1 items"),
        (
            "spec.containers[0].ports[0].containerPort",
            "Invalid value: 99999: must be between 1 and 65535, inclusive",
            "99999: must be between 1 and 65535, inclusive",
        ),
        ("metadata.name", f'Invalid value: "A_": {LABEL_RULE}', None),
        (
            "spec.model",
            "Invalid value: exactly one of name, image, or custom must be specified",
            "exactly one of name, image, or custom must be specified",
        ),
        ("spec.model", 'Invalid value: "object": only one may be given', "only one may be given"),
        ("spec.model", 'Invalid value: {"a":1}: only one may be given', "only one may be given"),
        (
            "spec.dataSyncRound",
            "Invalid value: 9: dataSyncRound can only be incremented by 1",
            "9: dataSyncRound can only be incremented by 1",
        ),
        ("spec.names", 'Duplicate value: "a"', '"a" is there twice'),
        ("spec.names[1]", "Duplicate value", "is there twice"),
        ("spec", "Invalid value: replicas may not be set with scale.enabled", "replicas may not be set with scale.enabled"),
        ("metadata.annotations", "Too long: may not be more than 262144 bytes", "is too long: may not be more than 262144 bytes"),
        ("spec.x", "Forbidden: not with y", "may not be set so: not with y"),
        ("spec.y", "Something nobody has heard of", "Something nobody has heard of"),
    ],
)
def test_a_cause_stands_beside_its_field(field: str, message: str, sentence: str | None) -> None:
    expected = sentence or (
        "\"A_\": must consist of lower case alphanumeric characters or '-', and must start and end with an alphanumeric character"
    )
    assert said(invalid(field, message)) == [(field, expected)]


@pytest.mark.parametrize(
    "message",
    [
        'Invalid value: "S3": Value is immutable',
        'Invalid value: "Other": field is immutable',
        "Forbidden: spec is immutable after creation except resources.requests",
        'Invalid value: "object": model selection is immutable after creation',
        "Forbidden: updates to statefulset spec for fields other than 'replicas' are forbidden, may not be changed",
    ],
)
def test_what_is_immutable_says_what_to_do(message: str) -> None:
    (refusal,) = refusals(invalid("spec.source.type", message))
    assert refusal.sentence.startswith("cannot be changed once the object exists: replace the object")
    assert refusal.raw == message


def test_every_unknown_field_of_a_strict_decoding() -> None:
    message = (
        'Model in version "v1" cannot be handled as a Model: strict decoding error: unknown field "spec.nope", '
        'unknown field "spec.versions[0].x", duplicate field "spec.y"'
    )
    found = said(errors.BadRequest(message, status=400))
    assert [field for field, _ in found] == ["spec.nope", "spec.versions[0].x", "spec.y"]
    assert found[0][1] == "is no field of this kind in this version: is it spelled right?"
    assert found[2][1] == "is there twice"


@pytest.mark.parametrize(
    ("said_by_server", "field", "sentence"),
    [
        (
            ".spec.versions[0].nope: field not declared in schema",
            "spec.versions[0].nope",
            "is no field of this kind in this version: is it spelled right?",
        ),
        (".spec.sourceRef: expected string, got &value.valueUnstructured{Value:3}", "spec.sourceRef", "must be a string"),
        (".spec.x: expected map, got &value.valueUnstructured{Value:3}", "spec.x", "must be an object"),
        ('.spec.containers: duplicate entries for key [name="a"]', "spec.containers", 'has two items with name="a"'),
        (
            '.spec.containers: element 0: associative list with keys has an element that omits key field "name"',
            "spec.containers",
            "has an item without name",
        ),
    ],
)
def test_a_patch_that_has_no_type(said_by_server: str, field: str, sentence: str) -> None:
    message = f"failed to create typed patch object (ns/m; model.samzong.dev/v1, Kind=Model): {said_by_server}"
    assert said(errors.ServerError(message, status=500)) == [(field, sentence)]


def test_several_of_them_at_once() -> None:
    message = (
        "failed to create typed patch object (ns/m; v1, Kind=Model): errors: .spec.a: field not declared in schema "
        ".spec.b: expected string, got &value.valueUnstructured{Value:3}"
    )
    assert [field for field, _ in said(errors.ServerError(message, status=500))] == ["spec.a", "spec.b"]


@pytest.mark.parametrize(
    ("message", "field", "part"),
    [
        (
            "failed to convert new object (/p; /v1, Kind=PersistentVolumeClaim) to proper version: unable to convert unstructured object "
            "to /v1, Kind=PersistentVolumeClaim: quantities must match the regular expression '^x$'",
            "",
            'a quantity is not written as a number with a unit, such as "10Gi"',
        ),
        (
            "failed to convert new object (/s2; /v1, Kind=Secret) to proper version: unable to convert unstructured object to /v1, "
            "Kind=Secret: error decoding from json: illegal base64 data at input byte 0",
            "data",
            "is not base64",
        ),
        (
            'conversion webhook for g.io/v1alpha1, Kind=Graph failed: Post "https://x.y:443/convert?timeout=30s": service "x" not found',
            "",
            "Graph is stored in another version, and the webhook that turns g.io/v1alpha1 into it failed: Post",
        ),
        (
            'Internal error occurred: failed calling webhook "check.example.com": failed to call webhook: Post "https://x": refused',
            "",
            '"check.example.com" (a webhook of this cluster) has to agree and could not be asked',
        ),
    ],
)
def test_other_complaints_of_a_500(message: str, field: str, part: str) -> None:
    ((found, sentence),) = said(errors.ServerError(message, status=500, causes=(Cause("", message),)))
    assert found == field
    assert part in sentence


@pytest.mark.parametrize(
    ("message", "field", "sentence"),
    [
        (
            'admission webhook "check.example.com" denied the request: no models on Fridays',
            "",
            'refused by "check.example.com" (a webhook of this cluster): no models on Fridays',
        ),
        (
            'admission webhook "check.example.com" denied the request without explanation',
            "",
            'refused by "check.example.com" (a webhook of this cluster): it gives no reason',
        ),
        (
            "configmaps \"c\" is forbidden: ValidatingAdmissionPolicy 'p.example.com' with binding 'b' denied request: no bad data",
            "",
            'refused by the policy "p.example.com": no bad data',
        ),
        (
            'persistentvolumeclaims "p" is forbidden: exceeded quota: q, requested: persistentvolumeclaims=1, used: '
            "persistentvolumeclaims=2, limited: persistentvolumeclaims=2",
            "",
            'the quota "q" of the namespace is used up: persistentvolumeclaims=1 asked for, persistentvolumeclaims=2 used, '
            "persistentvolumeclaims=2 allowed",
        ),
        (
            'pods "p" is forbidden: failed quota: q: must specify limits.cpu for: a',
            "",
            'the quota "q" of the namespace demands that these are given: limits.cpu for: a',
        ),
        (
            'pods "p" is forbidden: violates PodSecurity "restricted:latest": runAsNonRoot != true',
            "",
            'the namespace enforces the Pod Security Standard "restricted:latest": runAsNonRoot != true',
        ),
        (
            'configmaps "c" is forbidden: unable to create new content in namespace ns because it is being terminated',
            "metadata.namespace",
            "namespace ns is being deleted: nothing can be made in it",
        ),
    ],
)
def test_admission_speaks_plainly(message: str, field: str, sentence: str) -> None:
    for error in (errors.Forbidden(message, status=403), errors.Invalid(message, status=422, causes=(Cause("", message),))):
        assert said(error) == [(field, sentence)]


def test_rights_names_and_kinds() -> None:
    denied = errors.Forbidden('models.model.samzong.dev "m" is forbidden: User "v" cannot patch resource', status=403)
    denied.verb, denied.resource, denied.namespace = "patch", "models.model.samzong.dev", "ns"
    assert said(denied) == [("", "you may not patch models.model.samzong.dev in namespace ns: ask whoever grants the rights")]
    assert said(errors.AlreadyExists('models "m" already exists', status=409))[0][0] == "metadata.name"
    nowhere = errors.NotFound('namespaces "nope" not found', status=404)
    assert said(nowhere) == [("metadata.namespace", 'there is no namespace "nope": make it first')]
    missing = errors.NotFound("the server could not find the requested resource", status=404)
    missing.missing_resource = True
    assert "does not serve this kind" in said(missing)[0][1]
    terminating = errors.Forbidden(
        "x", status=403, causes=(Cause("metadata.namespace", "namespace ns is being terminated", "NamespaceTerminating"),)
    )
    assert said(terminating) == [("metadata.namespace", "the namespace is being deleted: nothing can be made in it")]
    assert said(errors.ApiError("Request entity too large: limit is 3145728", status=413)) == [
        ("", "the object is too large for the cluster")
    ]
    assert said(errors.Unreachable("no answer")) == [("", "no answer")]


def test_no_secret_is_repeated() -> None:
    secret = "marker-of-a-secret"
    by_name = invalid("spec.config.accessKey", f'Invalid value: "{secret}": must be shorter')
    assert secret not in repr(refusals(by_name))
    known = invalid("spec.anything", f'Invalid value: "{secret}": must be shorter')
    assert secret not in repr(refusals(known, secrets=[secret]))


@given(st.text(), st.text(), st.sampled_from([errors.Invalid, errors.BadRequest, errors.Forbidden, errors.ServerError, errors.Conflict]))
def test_whatever_a_server_says_there_is_a_sentence_on_one_line(message: str, field: str, kind: type[errors.ApiError]) -> None:
    for error in (kind(message, status=422), kind(message, status=422, causes=(Cause(field, message),))):
        found = refusals(error)
        assert found
        for refusal in found:
            assert isinstance(refusal, Refusal)
            assert refusal.sentence.isprintable()
            assert refusal.raw.isprintable()
