"""What an answer says of a message: the fields of MSA, and one ERR for each doubt.

An ERR names the place (ERR-2), the kind by table 0357 (ERR-3), the weight by table 0516 (ERR-4),
our own code (ERR-5) and the rule (ERR-8). Before version 2.5 it is one field of repeated ELD. No
value of the message is quoted: a finding keeps those apart. Every content is escaped already,
with the separators of the standard. Source: HL7 v2.5.1 §2.15.5, §2.15.8; HL7 v2.4 §2.16.5.
"""

import re
from collections.abc import Iterator, Sequence

from connectors.hl7v2.er7.separators import STANDARD
from mappings.catalogue import table
from schemas.finding import Finding, Severity

MOST_ERRORS = 20
"""Findings that one answer repeats; a last one counts those that stay with the message."""

Fields = dict[int, str]

_PLACE = re.compile(
    r"(?:message\[\d+\]/)?(?P<segment>[A-Z][A-Z0-9]{2})\[(?P<rank>\d+)\]"
    r"(?:-(?P<field>\d+)(?:\[(?P<repetition>\d+)\])?(?:\.(?P<component>\d+)(?:\.(?P<part>\d+))?)?)?"
)
_OLD = frozenset({"2.1", "2.2", "2.3", "2.3.1", "2.4"})
_WITH_TEXT = _OLD | {"2.5", "2.5.1", "2.6"}
"""Versions that have MSA-3; it was withdrawn in 2.7."""
_OTHER_ERROR = ("207", "Application error")
_HEADER_CODES = frozenset({"200", "201", "202", "203"})
"""Table 0357: kind of message, event, purpose and version, the edits of §2.9.2.1."""
_WEIGHTS = {Severity.BLOCKING: 0, Severity.ACKNOWLEDGE: 1, Severity.INFO: 2}


def msa_fields(code: str, control_id: str, text: str = "", version: str = "2.5.1") -> Fields:
    """MSA: the code of table 0008, MSH-10 of the request (escaped), and words where they may be."""
    fields = {1: code, 2: control_id}
    if text and version in _WITH_TEXT:
        fields[3] = STANDARD.escaped(text)
    return fields


def error_fields(
    findings: Sequence[Finding], *, accepted: bool, retry: bool = False, version: str = "2.5.1"
) -> tuple[Fields, ...]:
    """The ERR segments of an answer, those that weigh most first.

    An accepted message has warnings (W, or I for what informs only), a refused one errors (E),
    and one that should come again failures (F). A refusal always has one, whatever is known.
    """
    ordered = sorted(findings, key=lambda finding: _WEIGHTS[finding.severity])
    if version in _OLD:
        places = "~".join(_old_location(finding) for finding in ordered[:MOST_ERRORS])
        return ({1: places},) if places and not accepted else ()
    told = len(ordered) if len(ordered) <= MOST_ERRORS else MOST_ERRORS - 1
    found = [_error(finding, _weight(finding, accepted, retry)) for finding in ordered[:told]]
    if told < len(ordered):
        found.append(_bare("I" if accepted else "E", f"{len(ordered) - told} more are not listed"))
    if not found and retry:
        found.append(_bare("F", "the message could not be kept or read; send it again later"))
    elif not found and not accepted:
        found.append(_bare("E", "the message is refused"))
    return tuple(found)


def about_the_header(findings: Sequence[Finding]) -> bool:
    """Whether one of them is about what a header must have before anything is processed."""
    return any(_kind(finding)[0] in _HEADER_CODES for finding in findings)


def written(name: str, fields: Fields) -> str:
    """A segment of these fields as one line, with the separators of the standard."""
    return "|".join([name, *(fields.get(at, "") for at in range(1, max(fields) + 1))])


def _weight(finding: Finding, accepted: bool, retry: bool) -> str:
    if not accepted:
        return "F" if retry else "E"
    return "I" if finding.severity is Severity.INFO else "W"


def _error(finding: Finding, weight: str) -> Fields:
    escaped = STANDARD.escaped
    return {
        2: _location(finding),
        3: _coded(_kind(finding)),
        4: weight,
        5: f"{finding.code.value}^{escaped(finding.code.sentence)}^L",
        7: escaped(finding.location),
        8: escaped(finding.message),
    }


def _bare(weight: str, text: str) -> Fields:
    return {3: _coded(_OTHER_ERROR), 4: weight, 8: text}


def _kind(finding: Finding) -> tuple[str, str]:
    """Code and words of table 0357: the row of this code in this field, else of the code."""
    rows = table("hl7v2/error_codes")
    for key in (*_keys(finding), finding.code.value):
        row = rows.get(key)
        if row is not None:
            return row.target, row.text
    return _OTHER_ERROR


def _keys(finding: Finding) -> Iterator[str]:
    shape = _PLACE.fullmatch(finding.location)
    if shape is not None and shape["field"]:
        field = f"{shape['segment']}-{shape['field']}"
        if shape["component"]:
            yield f"{finding.code.value} {field}.{shape['component']}"
        yield f"{finding.code.value} {field}"


def _coded(kind: tuple[str, str], mark: str = "^") -> str:
    return mark.join((kind[0], STANDARD.escaped(kind[1]), "HL70357"))


def _location(finding: Finding) -> str:
    """An ERL: segment, its rank, field, repetition, component, subcomponent."""
    shape = _PLACE.fullmatch(finding.location)
    if shape is None:
        return ""
    parts = [shape["segment"], shape["rank"]]
    if shape["field"]:
        parts += [shape["field"], shape["repetition"] or "1"]
        parts += [part for part in (shape["component"], shape["part"]) if part]
    return "^".join(parts)


def _old_location(finding: Finding) -> str:
    """An ELD: segment, rank, field, and the kind as a coded element inside."""
    shape = _PLACE.fullmatch(finding.location)
    place = [shape["segment"], shape["rank"], shape["field"] or ""] if shape else ["", "", ""]
    return "^".join([*place, _coded(_kind(finding), "&")])
