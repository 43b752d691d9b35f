"""Reads the sheets of a workbook: enough for published data sets, without a spreadsheet library."""

import re
from datetime import UTC, datetime, timedelta
from pathlib import Path
from zipfile import ZipFile

from lxml import etree

_MAIN = "{http://schemas.openxmlformats.org/spreadsheetml/2006/main}"
_EPOCH = datetime(1899, 12, 30, tzinfo=UTC)
"""Day 0 of the serial numbers that Excel writes since March 1900."""


def sheet(path: Path, number: int = 1) -> list[dict[str, str]]:
    """The rows of sheet `number` below its head, each by the names of the head.

    Cells are texts as stored; empty cells are absent.
    """
    with ZipFile(path) as archive:
        root = etree.fromstring(archive.read(f"xl/worksheets/sheet{number}.xml"))
        shared = _shared_texts(archive)
    rows = [_cells(row, shared) for row in root.iter(f"{_MAIN}row")]
    names = rows[0]
    return [{names[column]: text for column, text in row.items()} for row in rows[1:]]


def _shared_texts(archive: ZipFile) -> list[str]:
    """The texts that cells of type `s` name by their rank."""
    if "xl/sharedStrings.xml" not in archive.namelist():
        return []
    root = etree.fromstring(archive.read("xl/sharedStrings.xml"))
    return [
        "".join(part.text or "" for part in text.iter(f"{_MAIN}t"))
        for text in root.iter(f"{_MAIN}si")
    ]


def _cells(row: etree._Element, shared: list[str]) -> dict[str, str]:
    cells = {}
    for cell in row.iter(f"{_MAIN}c"):
        text = "".join(part.text or "" for part in cell.iter(f"{_MAIN}v", f"{_MAIN}t"))
        if text:
            text = shared[int(text)] if cell.get("t") == "s" else text
            cells[re.sub(r"\d", "", str(cell.get("r")))] = text
    return cells


def moment(serial: str) -> datetime:
    """The instant of a serial number, read as UTC, to the second."""
    return _EPOCH + timedelta(seconds=round(float(serial) * 86400))
