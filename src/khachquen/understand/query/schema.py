"""The shape of a rule as JSON Schema, for editors and other programs."""

from typing import Any

import msgspec

from khachquen.understand.query.rule import Rule

_FORMS = (("last",), ("from",), ("until",), ("ago_from", "ago_until"), ("this",))


def rule_schema() -> dict[str, Any]:
    """JSON Schema (2020-12) of a rule; which names exist is the catalogue's to say."""
    schema: dict[str, Any] = msgspec.json.schema(Rule)
    window = schema["$defs"]["Window"]
    window["anyOf"] = [{"required": list(form)} for form in _FORMS]
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": "KhachQuen rule",
        **schema,
    }
