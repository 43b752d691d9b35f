"""A table that joins UCD to CIP or CIS: CSV with a head line, of any source.

The BDPM has no UCD. The head names the columns `cip13`, `cip7`, `cis`, `ucd13`, `ucd7`, in any
order and among any others; cells are cut at semicolons, tabs or commas, whichever the head has.
"""

import csv
import re
from collections import defaultdict
from collections.abc import Collection, Iterator, Mapping, Sequence
from typing import NamedTuple, TypeAlias

from engine.reference.lines import Line, Lines, decoded, encoding_of, has_control
from engine.reference.rows import is_cip13, is_cis, is_ucd13
from schemas.codes import ProductCodeSystem
from schemas.errors import Refused
from schemas.keys import ean13_is_valid
from schemas.reference import FileReport, RowDoubt, RowFault

System = ProductCodeSystem
Joined: TypeAlias = dict[ProductCodeSystem, str]

NAME = "links"
_BOXES = (System.CIP13, System.CIP7)
_UNITS = (System.UCD13, System.UCD7)
_COLUMNS = {system.value: system for system in (*_BOXES, *_UNITS, System.CIS)}
_CIP7 = re.compile(r"[0-9]{7}")
_UCD7 = re.compile(r"9[0-9]{6}")


class Link(NamedTuple):
    """What one row joins to its product."""

    line: Line
    codes: tuple[tuple[ProductCodeSystem, str], ...]


class _Head(NamedTuple):
    delimiter: str
    columns: Sequence[ProductCodeSystem | None]


def read_links(
    lines: Lines, products: Collection[str], owners: Mapping[str, Collection[str]]
) -> tuple[Mapping[str, Sequence[Link]], FileReport]:
    """The links of each product, and what became of the rows.

    `owners` gives the CIS of each CIP13 and CIP7 that the release knows. Raises: `Refused` for a
    head line that does not name a UCD and a CIP or a CIS.
    """
    encoding = encoding_of(NAME, lines)
    rows = decoded(lines, encoding)
    head = _head(next(rows, Line(1, "")).text)
    links: defaultdict[str, list[Link]] = defaultdict(list)
    doubts: list[RowDoubt] = []
    read = 0
    for line in rows:
        read += 1
        joined = _joined(line.text, head)
        fault = joined if isinstance(joined, RowFault) else _fault(joined, products, owners)
        if fault is None and not isinstance(joined, RowFault):
            links[_product(joined, owners)].append(Link(line, tuple(_codes(joined))))
        elif fault is not None:
            doubts.append(RowDoubt(line=line.number, fault=fault, text=line.text))
    doubts += _shared(links)
    return links, FileReport(
        name=NAME,
        encoding=encoding,
        rows=read,
        doubts=tuple(sorted(doubts, key=lambda doubt: doubt.line)),
    )


def _head(text: str) -> _Head:
    delimiter = max(";\t,", key=text.count)
    names = [name.strip().casefold() for name in next(csv.reader([text], delimiter=delimiter), [])]
    columns = [_COLUMNS.get(name) for name in names]
    named = [column for column in columns if column is not None]
    joins = any(unit in named for unit in _UNITS) and any(
        each in named for each in (*_BOXES, System.CIS)
    )
    if not joins or len(set(named)) < len(named):
        raise Refused("links: the head line must name ucd13 or ucd7, and cip13, cip7 or cis, once")
    return _Head(delimiter, columns)


def _joined(text: str, head: _Head) -> Joined | RowFault:
    """The codes of a row by their system, without those that are empty."""
    if has_control(text):
        return RowFault.CONTROL
    try:
        [cells] = csv.reader([text], delimiter=head.delimiter, strict=True)
    except csv.Error:
        return RowFault.COLUMNS
    if len(cells) != len(head.columns):
        return RowFault.COLUMNS
    stated = zip(head.columns, cells, strict=True)
    return {system: cell.strip() for system, cell in stated if system and cell.strip()}


def _fault(
    joined: Joined, products: Collection[str], owners: Mapping[str, Collection[str]]
) -> RowFault | None:
    """What is wrong with the codes by themselves, else with what they say together."""
    cis = joined.get(System.CIS)
    boxes = [joined[system] for system in _BOXES if system in joined]
    fault = _misshapen(joined)
    if fault is not None:
        return fault
    if not any(unit in joined for unit in _UNITS) or not (cis or boxes):
        return RowFault.LINK_EMPTY
    known = [set(owners[box]) for box in boxes if box in owners]
    if cis not in products if cis else not known:
        return RowFault.CIS_UNLISTED
    named = set.intersection(*known, *([{cis}] if cis else []))
    return None if len(named) == 1 else RowFault.LINK_CONTRADICTED


def _misshapen(joined: Joined) -> RowFault | None:
    cip13, cip7 = joined.get(System.CIP13), joined.get(System.CIP7)
    ucd13, ucd7 = joined.get(System.UCD13), joined.get(System.UCD7)
    if not is_cis(joined.get(System.CIS, "60000000")):
        return RowFault.CIS
    if cip13 is not None and not is_cip13(cip13):
        return RowFault.CIP13
    if cip7 is not None and (not _CIP7.fullmatch(cip7) or (cip13 and cip13[5:12] != cip7)):
        return RowFault.CIP7
    if ucd13 is not None and not is_ucd13(ucd13):
        return RowFault.UCD
    if ucd7 is not None and (not _UCD7.fullmatch(ucd7) or (ucd13 and ucd13[5:12] != ucd7)):
        return RowFault.UCD
    return None


def _product(joined: Joined, owners: Mapping[str, Collection[str]]) -> str:
    """The CIS of a row in which nothing is wrong."""
    if System.CIS in joined:
        return joined[System.CIS]
    [cis] = set.intersection(*(set(owners[joined[box]]) for box in _BOXES if box in joined))
    return cis


def _codes(joined: Joined) -> Iterator[tuple[ProductCodeSystem, str]]:
    """Every code but the CIS, and each UCD in both its lengths."""
    for system in _BOXES:
        if system in joined:
            yield system, joined[system]
    ucd13 = joined.get(System.UCD13) or _with_key(joined[System.UCD7])
    yield System.UCD13, ucd13
    yield System.UCD7, ucd13[5:12]


def _with_key(ucd7: str) -> str:
    """The UCD13 of a UCD7. Source: arrêté of 30/12/2021 (34008, EAN-13 key)."""
    return next(code for code in (f"34008{ucd7}{key}" for key in range(10)) if ean13_is_valid(code))


def _shared(links: Mapping[str, Sequence[Link]]) -> Iterator[RowDoubt]:
    """A doubt for each row with a code that another row joins to another product."""
    owners: defaultdict[tuple[ProductCodeSystem, str], set[str]] = defaultdict(set)
    for cis, joined in links.items():
        for link in joined:
            for code in link.codes:
                owners[code].add(cis)
    for joined in links.values():
        for line, codes in joined:
            if any(len(owners[code]) > 1 for code in codes):
                yield RowDoubt(line=line.number, fault=RowFault.CODE_SHARED, text=line.text)
