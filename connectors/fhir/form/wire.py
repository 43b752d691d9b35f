"""What leaves: a tree as JSON or XML bytes, held against R4 and fhir.resources first.

Amounts keep their own precision: 1.10 is written 1.10. The same tree gives the same bytes.
"""

import json
from collections.abc import Callable
from decimal import Decimal
from typing import TypeAlias

from connectors.fhir.form.conform import CONTROL, conform
from connectors.fhir.form.tree import Json, Object, is_object
from connectors.fhir.form.xml_form import write_xml
from schemas.base import plain_decimal
from schemas.errors import Defect

_NOT_JUDGED = (AttributeError, LookupError, TypeError, RecursionError)
"""What the models let through from their own code where a value is of no type they foresee."""

Form: TypeAlias = Callable[[Object], bytes]


def write_json(tree: Object) -> bytes:
    """The tree as UTF-8 JSON, two spaces deep, with a line end."""
    return (_json(tree, "\n") + "\n").encode()


def _json(value: Json, line: str) -> str:
    deeper = line + "  "
    if is_object(value):
        members = (f"{json.dumps(k)}: {_json(v, deeper)}" for k, v in value.items())
        return "{" + deeper + ("," + deeper).join(members) + line + "}"
    if isinstance(value, list):
        items = (_json(item, deeper) for item in value)
        return "[" + deeper + ("," + deeper).join(items) + line + "]"
    if isinstance(value, Decimal):
        return plain_decimal(value)
    return json.dumps(value, ensure_ascii=False)


def payload(tree: Object, form: Form) -> bytes:
    """The bytes of what we built. Raises: `Defect` naming the places that R4 does not allow."""
    name = str(tree["resourceType"])
    wrong = [f"{f.location}: {f.message}" for f in conform(tree, name).findings]
    wrong.extend(f"{place}: {rule}" for place, rule in model_errors(tree))
    if wrong:
        raise Defect("we built what FHIR R4 does not allow: " + "; ".join(wrong))
    return form(tree)


def write_as_xml(tree: Object) -> bytes:
    """The tree as FHIR XML."""
    return write_xml(tree)


def model_errors(tree: Object) -> list[tuple[str, str]]:
    """What fhir.resources (R4B models, alike for all that we read and write) refuses, by place.

    Empty for a resource type that it does not hold.
    """
    from fhir.resources.R4B import get_fhir_model_class
    from pydantic import ValidationError

    name = str(tree["resourceType"])
    try:
        model = get_fhir_model_class(name)
    except (LookupError, ValueError):
        return []
    try:
        model.model_validate(tree)
    except ValidationError as error:
        told = error.errors(include_input=False)
        return [(_place(name, e["loc"]), e["type"]) for e in told if not _is_beside(e["loc"])]
    except _NOT_JUDGED as error:
        return [(name, type(error).__name__)]
    return []


def _is_beside(loc: tuple[int | str, ...]) -> bool:
    """Whether it is what stands beside a value, which the models do not know in extensions."""
    return bool(loc) and str(loc[-1]).startswith("_")


def _place(name: str, loc: tuple[int | str, ...]) -> str:
    steps = (f"[{step}]" if isinstance(step, int) else f".{step}" for step in loc)
    return name + "".join(steps)


def clean(tree: Object) -> Object:
    """The object without its empty members: FHIR has no empty values.

    Control characters, which FHIR strings may not hold, become spaces.
    """
    made: Object = {}
    for name, value in tree.items():
        kept = _clean_one(value)
        if kept not in (None, "", [], {}):
            made[name] = kept
    return made


def _clean_one(value: Json) -> Json:
    if is_object(value):
        return clean(value)
    if isinstance(value, list):
        items = [_clean_one(item) for item in value]
        return [item for item in items if item not in (None, "", {}, [])]
    if isinstance(value, str):
        return CONTROL.sub(" ", value).strip()
    return value
