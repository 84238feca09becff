"""CEL: the x-kubernetes-validations rules of a schema.

Rules: https://kubernetes.io/docs/reference/using-api/cel/ . The CEL library takes a third of a second to load, so `program` (and with
it the library) is imported when the first rule is met.
"""

from modeltui.demo.schema.cel.rules import check, wrong_rules

__all__ = ["check", "wrong_rules"]
