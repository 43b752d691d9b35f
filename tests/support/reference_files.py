"""The small fictitious release of `samples/reference`, as it lies there or with files changed.

Its products are 60900001 to 60900008; its three links are of 60900001 and 60900002.
"""

from collections.abc import Iterable
from io import BytesIO
from pathlib import Path

from engine.reference.lines import Lines

FOLDER = Path(__file__).parents[2] / "samples" / "reference"
SAMPLE = FOLDER / "bdpm-2026-03-02"
LINKS = FOLDER / "links-2026-03-02.csv"


def lines_of(data: bytes) -> Lines:
    """A file with these bytes."""
    return lambda: BytesIO(data)


def sample_files(**changed: bytes) -> dict[str, Lines]:
    """The files of the sample; `CIS_bdpm=b"..."` puts other bytes in the place of one."""
    return {name: lines_of(data) for name, data in sample_bytes(**changed).items()}


def sample_bytes(**changed: bytes) -> dict[str, bytes]:
    """The bytes of each file of the sample, with some changed."""
    files = {path.name: path.read_bytes() for path in SAMPLE.iterdir()}
    return files | {f"{name}.txt": data for name, data in changed.items()}


def written_release(folder: Path, **changed: bytes) -> Path:
    """A folder with the sample, some files changed."""
    folder.mkdir(exist_ok=True)
    for name, data in sample_bytes(**changed).items():
        (folder / name).write_bytes(data)
    return folder


def row(*cells: str, encoding: str = "cp1252") -> bytes:
    """One line of a file."""
    return "\t".join(cells).encode(encoding) + b"\r\n"


def a_product(cis: str, name: str, form: str = "comprimé") -> bytes:
    """A marketed product as a line of CIS_bdpm.txt."""
    return row(
        *(cis, name, form, "orale", "Autorisation active", "Procédure nationale"),
        *("Commercialisée", "01/02/2003", "", "", "LABORATOIRE EXEMPLE", "Non"),
    )


def many_products(count: int) -> bytes:
    """So many products from 61000000 on, after those of the sample."""
    own = (SAMPLE / "CIS_bdpm.txt").read_bytes()
    return own + b"".join(_numbered(range(count)))


def _numbered(numbers: Iterable[int]) -> Iterable[bytes]:
    for number in numbers:
        yield a_product(str(61_000_000 + number), f"PRODUIT {number} 5 mg, comprimé")
