"""The root of the canonical model: frozen values, exact amounts, stated dates."""

from datetime import date, datetime
from decimal import Decimal
from typing import Annotated, Any, NamedTuple, TypeAlias, TypeVar, get_type_hints

from pydantic import (
    AwareDatetime,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    GetCoreSchemaHandler,
    PlainSerializer,
)
from pydantic_core import CoreSchema, core_schema


class Value(BaseModel):
    """A frozen value that refuses unknown fields; equal when its fields are equal."""

    model_config = ConfigDict(frozen=True, extra="forbid")


_Default = TypeVar("_Default")


def added(default: _Default) -> _Default:
    """The default of a field that contents stored before do not have.

    While it has this default the field is left out of what is dumped, so that those contents
    keep the digest that a decision names.
    """
    field: _Default = Field(default=default, exclude_if=lambda given: bool(given == default))
    return field


def plain_decimal(amount: Decimal) -> str:
    """The amount in plain notation with its own precision: `1.10`, never `1.1` or `1E+1`."""
    return format(amount, "f")


def _refuse_binary_float(given: object) -> object:
    if isinstance(given, float | bool):
        raise ValueError("a clinical amount is a decimal text or Decimal, never a binary float")
    return given


def _day_or_instant(given: object) -> object:
    """A text of ten characters is a day; pydantic alone would read it as midnight UTC."""
    if isinstance(given, str) and len(given) == len("2026-01-31"):
        return date.fromisoformat(given)
    return given


Amount: TypeAlias = Annotated[
    Decimal,
    BeforeValidator(_refuse_binary_float),
    PlainSerializer(plain_decimal, return_type=str, when_used="json"),
]
"""An exact number. Its precision is the sender's: 1.10 stays 1.10."""

Instant: TypeAlias = AwareDatetime
"""A point in time with its offset; a time without an offset is refused."""

DateOrInstant: TypeAlias = Annotated[AwareDatetime | date, BeforeValidator(_day_or_instant)]
"""What a sender states as a date: a calendar day of the site's zone, or an instant."""


def is_whole(amount: Decimal) -> bool:
    """Whether an amount has no fraction; of one too large to divide too."""
    return amount == amount.to_integral_value()


def is_day(stated: date | datetime) -> bool:
    """Whether the sender gave a calendar day alone (a `datetime` is also a `date`)."""
    return not isinstance(stated, datetime)


def as_object(row: type[NamedTuple], handler: GetCoreSchemaHandler) -> CoreSchema:
    """How a named tuple stands in a document: as an object with its field names.

    A value of which millions are made is a named tuple, ten times cheaper than a model; in JSON
    and in its schema nobody sees the difference.
    """
    fields = {}
    for name, hint in get_type_hints(row, include_extras=True).items():
        schema = handler.generate_schema(hint)
        if name in row._field_defaults:
            default = row._field_defaults[name]
            schema = core_schema.with_default_schema(schema, default=default)
        fields[name] = core_schema.typed_dict_field(schema)
    members = core_schema.typed_dict_schema(fields, extra_behavior="forbid")
    build: Any = row
    built = core_schema.no_info_after_validator_function(lambda given: build(**given), members)
    return core_schema.json_or_python_schema(
        json_schema=built,
        python_schema=core_schema.union_schema([core_schema.is_instance_schema(row), built]),
        serialization=core_schema.plain_serializer_function_ser_schema(
            lambda value: value._asdict(), return_schema=members
        ),
    )
