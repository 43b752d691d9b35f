"""Any value of a model, sensible or not: what types allow and a sender might yet say."""

from datetime import UTC, date, datetime, time
from decimal import Decimal
from enum import Enum
from types import NoneType, UnionType
from typing import Annotated, Any, Union, get_args, get_origin

from hypothesis import strategies as st
from pydantic import BaseModel, ValidationError

from schemas.finding import Finding

AWKWARD = (
    *("", "\x01x", "a  b", "é/ü", "5 mg/h", "9216902", "HL70162", "EDQM"),
    *("MedicationRequest/x", "Patient/p1", "urn:uuid:1", "1.2.3", "<b>&"),
)
texts = st.sampled_from(AWKWARD) | st.text(max_size=6)
_KNOWN: dict[type, st.SearchStrategy[Any]] = {}
_PLAIN: dict[Any, st.SearchStrategy[Any]] = {
    NoneType: st.none(),
    str: texts,
    bool: st.booleans(),
    int: st.integers(-3, 400),
    Decimal: st.decimals(-5, 10**9, allow_nan=False, allow_infinity=False, places=3),
    date: st.dates(date(1900, 1, 1), date(2100, 1, 1)),
    time: st.times(),
    datetime: st.datetimes(timezones=st.just(UTC)).filter(lambda at: 1900 < at.year < 2100),
}


def any_of(model: type[BaseModel]) -> st.SearchStrategy[Any]:
    """Values of this model, with each field left out now and then; no findings."""
    if model not in _KNOWN:
        _KNOWN[model] = st.deferred(lambda: _built(model))
    return _KNOWN[model]


def _built(model: type[BaseModel]) -> st.SearchStrategy[Any]:
    fields = {}
    for name, field in model.model_fields.items():
        if name == "findings":
            continue
        values = _of(field.annotation)
        if not field.is_required():
            values = st.just(field.get_default(call_default_factory=True)) | values
        fields[name] = values
    return st.builds(lambda **stated: _made(model, stated), **fields).filter(bool)


def _made(model: type[BaseModel], stated: dict[str, Any]) -> BaseModel | None:
    try:
        return model(**stated)
    except ValidationError:
        return None


def _of(kind: Any) -> st.SearchStrategy[Any]:
    origin = get_origin(kind)
    if origin is Annotated:
        return _of(get_args(kind)[0])
    if origin in (Union, UnionType):
        return st.one_of(*(_of(each) for each in get_args(kind)))
    if origin is tuple:
        return st.lists(_of(get_args(kind)[0]), max_size=2).map(tuple)
    if kind in _PLAIN:
        return _PLAIN[kind]
    if "AwareDatetime" in repr(kind):
        return _PLAIN[datetime]
    if issubclass(kind, Enum):
        return st.sampled_from(list(kind))
    return st.nothing() if kind is Finding else any_of(kind)
