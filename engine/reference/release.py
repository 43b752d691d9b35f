"""Reads the files of one release together: each row is kept with its product, or kept apart."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from engine.reference.lines import Line, Lines, cells, decoded, encoding_of, has_control
from engine.reference.links import Link, read_links
from engine.reference.record import Assembled, Rows, assembled
from engine.reference.rows import (
    CLASSES,
    COMPOSITION,
    CONDITIONS,
    FILES,
    GENERICS,
    PRESENTATIONS,
    PRODUCTS,
    Cells,
    File,
)
from schemas.errors import Refused
from schemas.reference import KEPT, FileReport, RowDoubt, RowFault

MOST_APART = Decimal(1)
"""Of 100 rows of a file, how many may be kept apart before the whole release is refused."""


@dataclass(frozen=True, slots=True)
class Release:
    """The kept lines of each file by their CIS, the links, and what became of every row."""

    products: Mapping[str, Line]
    lines: Mapping[str, Mapping[str, Sequence[Line]]]
    links: Mapping[str, Sequence[Link]]
    reports: tuple[FileReport, ...]

    def assembled(self, published: date) -> Iterator[Assembled]:
        """Every product, in the order of its file."""
        for cis, line in self.products.items():
            rows = Rows(
                product=cells(line.text),
                presentations=self._of(PRESENTATIONS, cis),
                components=self._of(COMPOSITION, cis),
                conditions=self._of(CONDITIONS, cis),
                classes=self._of(CLASSES, cis),
                groups=self._of(GENERICS, cis),
                linked=[code for link in self.links.get(cis, ()) for code in link.codes],
            )
            yield assembled(rows, published)

    def _of(self, file: File, cis: str) -> list[Cells]:
        kept = self.lines.get(file.name, {})
        return [cells(line.text) for line in kept.get(cis, ())]


def read_release(
    files: Mapping[str, Lines], links: Lines | None = None, *, most_apart: Decimal = MOST_APART
) -> Release:
    """The release in these files, each by its name in `FILES`, with a table of links.

    Raises: `Refused` for a file that is missing, empty or in no encoding, and where more than
    `most_apart` of 100 rows of one file would be kept apart.
    """
    missing = [file.name for file in FILES.values() if file.required and file.name not in files]
    if missing:
        raise Refused(f"the release lacks {', '.join(missing)}")
    reports: list[FileReport] = []
    products: dict[str, Line] = {}
    kept: dict[str, Mapping[str, Sequence[Line]]] = {}
    for file in FILES.values():
        if file.name not in files:
            continue
        sorted_lines = _Sorter(file, files[file.name], products if reports else None)
        if file is PRODUCTS:
            products = dict(sorted_lines.once())
        elif file is PRESENTATIONS:
            sorted_lines.doubt_shared()
        kept[file.name] = {} if file is PRODUCTS else sorted_lines.kept
        reports.append(_report(sorted_lines, most_apart))
    linked: Mapping[str, Sequence[Link]] = {}
    if links is not None:
        owners = _owners(kept[PRESENTATIONS.name])
        linked, report = read_links(links, products.keys(), owners)
        _check_apart(report, report.apart, most_apart)
        reports.append(report)
    return Release(products, kept, linked, tuple(reports))


class _Sorter:
    """The lines of one file: those that are kept, by CIS, and the doubts.

    `known` are the products that there are; `None` while they are being read.
    """

    def __init__(self, file: File, lines: Lines, known: Mapping[str, Line] | None) -> None:
        self.file = file
        self.encoding = encoding_of(file.name, lines)
        self.kept: defaultdict[str, list[Line]] = defaultdict(list)
        self.doubts: list[RowDoubt] = []
        self.rows = 0
        for line in decoded(lines, self.encoding):
            self.rows += 1
            row = cells(line.text)
            faults = set(self._faults(line, row))
            if faults <= KEPT and known is not None and row[file.cis] not in known:
                faults.add(RowFault.CIS_UNLISTED)
            self._doubt(line, faults)
            if faults <= KEPT:
                self.kept[row[file.cis]].append(line)

    def _faults(self, line: Line, row: Cells) -> Iterator[RowFault]:
        if len(row) != self.file.columns:
            yield RowFault.COLUMNS
            return
        if has_control(line.text):
            yield RowFault.CONTROL
        yield from self.file.check(row)

    def _doubt(self, line: Line, faults: Iterable[RowFault]) -> None:
        for fault in sorted(faults):
            self.doubts.append(RowDoubt(line=line.number, fault=fault, text=line.text))

    def once(self) -> Iterator[tuple[str, Line]]:
        """Each CIS with its only line; of two that differ neither is kept."""
        for cis, lines in self.kept.items():
            one = len({line.text for line in lines}) == 1
            if one:
                yield cis, lines[0]
            for line in lines[one:]:
                self._doubt(line, [RowFault.CIS_TWICE])

    def doubt_shared(self) -> None:
        """A doubt for each line whose box stands under another CIS too."""
        owners = _owners(self.kept)
        for lines in self.kept.values():
            for line in lines:
                if len(owners[cells(line.text)[6]]) > 1:
                    self._doubt(line, [RowFault.CODE_SHARED])


def _owners(presentations: Mapping[str, Sequence[Line]]) -> Mapping[str, set[str]]:
    """The CIS of each CIP13, and of the CIP7 inside it."""
    owners: defaultdict[str, set[str]] = defaultdict(set)
    for cis, lines in presentations.items():
        for line in lines:
            cip13 = cells(line.text)[6]
            owners[cip13].add(cis)
            owners[cip13[5:12]].add(cis)
    return owners


def _report(sorter: _Sorter, most_apart: Decimal) -> FileReport:
    file = sorter.file
    doubts = tuple(sorted(sorter.doubts, key=lambda doubt: doubt.line))
    report = FileReport(name=file.name, encoding=sorter.encoding, rows=sorter.rows, doubts=doubts)
    unlisted = sum(doubt.fault is RowFault.CIS_UNLISTED for doubt in doubts)
    _check_apart(report, report.apart - (unlisted if file.lists_the_past else 0), most_apart)
    return report


def _check_apart(report: FileReport, apart: int, most: Decimal) -> None:
    """Refuse what cannot be a file of this release: empty, of another shape or another month."""
    if not report.rows:
        raise Refused(f"{report.name}: has no row")
    if 100 * apart > most * report.rows:
        first = next(doubt for doubt in report.doubts if doubt.fault not in KEPT)
        raise Refused(
            f"{report.name}: {apart} of {report.rows} rows cannot be used, which is more than "
            f"{most:g} %; the first is line {first.line}: {first.fault.value}"
        )
