"""The files of a release where they lie: in a folder, or in one archive."""

import hashlib
import re
import zipfile
import zlib
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import BinaryIO, TypeAlias, cast

from engine.reference.lines import Lines
from engine.reference.links import NAME as LINKS
from engine.reference.rows import FILES
from schemas.errors import Refused
from schemas.ids import Sha256

LARGEST = 500_000_000
"""Bytes of all files together; those of May 2026 are 14 million."""

_BLOCK = 1 << 20
_DAY = re.compile(r"(?<![0-9])(20[0-9]{2})[-_.]?(0[1-9]|1[0-2])[-_.]?(0[1-9]|[12][0-9]|3[01])")

Seen: TypeAlias = Callable[[int], None]
"""Is told of each number of bytes that was read."""


@dataclass(frozen=True, slots=True)
class Found:
    """One file that can be opened again and again."""

    open: Callable[[], BinaryIO]
    size: int

    def lines(self, seen: Seen) -> Lines:
        """Its lines, read anew at each call."""

        def read() -> Iterator[bytes]:
            with self.open() as stream:
                for line in stream:
                    seen(len(line))
                    yield line

        return read


@dataclass(frozen=True, slots=True)
class Delivery:
    """The files that were found, by their name in `FILES`, and what the whole is called."""

    files: Mapping[str, Found]
    name: str

    @property
    def size(self) -> int:
        """Bytes of all files."""
        return sum(found.size for found in self.files.values())

    def stated_day(self) -> date | None:
        """The day that the name states, like `bdpm-2026-05-18.zip`; `None` for none or several.

        The names inside tell none: the one that has a date (`CIS_InfoImportantes_…`) has that of
        its download.
        """
        days = set(_days_in(self.name))
        return days.pop() if len(days) == 1 else None

    def digest(self) -> Sha256:
        """The digest of the names and bytes of the files; the same in a folder and an archive."""
        whole = hashlib.sha256()
        for name, found in sorted(self.files.items()):
            with found.open() as stream:
                inside = hashlib.sha256()
                while block := stream.read(_BLOCK):
                    inside.update(block)
            whole.update(f"{name}:{inside.hexdigest()}\n".encode())
        return Sha256(whole.hexdigest())


def _days_in(name: str) -> Iterator[date]:
    """Every day that stands in a name."""
    for year, month, day in _DAY.findall(name):
        try:
            yield date(int(year), int(month), int(day))
        except ValueError:
            continue


@contextmanager
def delivery(path: Path, links: Path | None) -> Iterator[Delivery]:
    """What lies in this folder or archive, with a table of links.

    Raises: `Refused` when it is neither, when a file is there twice, or when it is too large.
    """
    if path.is_dir():
        inside = [(file, _in_folder(file)) for file in sorted(path.iterdir()) if file.is_file()]
        yield _delivery(path, [(file.name, found) for file, found in inside], links)
        return
    try:
        with zipfile.ZipFile(path) as archive:
            members = [each for each in archive.infolist() if not each.is_dir()]
            if any(each.flag_bits & 1 for each in members):
                raise Refused(f"{path.name}: the archive has a password")
            found = [(Path(each.filename).name, _in_archive(archive, each)) for each in members]
            yield _delivery(path, found, links)
    except (zipfile.BadZipFile, zlib.error) as error:
        raise Refused(f"{path.name}: must be a folder or a zip archive: {error}") from None


def _in_folder(file: Path) -> Found:
    return Found(lambda: file.open("rb"), file.stat().st_size)


def _in_archive(archive: zipfile.ZipFile, member: zipfile.ZipInfo) -> Found:
    return Found(lambda: cast("BinaryIO", archive.open(member)), member.file_size)


def _delivery(path: Path, inside: list[tuple[str, Found]], links: Path | None) -> Delivery:
    files: dict[str, Found] = {}
    for given, found in inside:
        file = FILES.get(given.casefold())
        if file is None:
            continue
        if file.name in files:
            raise Refused(f"{path.name}: {file.name} is there twice")
        files[file.name] = found
    if links is not None:
        files[LINKS] = _in_folder(links)
    whole = Delivery(files, path.resolve().name)
    if whole.size > LARGEST:
        raise Refused(f"{path.name}: more than {LARGEST:,} bytes cannot be a release")
    return whole
