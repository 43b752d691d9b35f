"""What a published reference says of a product, and what became of each of its files."""

from datetime import date
from enum import StrEnum

from schemas.base import Amount, Instant, Value
from schemas.codes import ProductCode
from schemas.ids import Sha256
from schemas.quantity import Strength


class Divisibility(StrEnum):
    """Into which parts a unit may be divided, by what the reference publishes of it.

    A score line is no proof that halves are equal: only the published words count
    (*sécable*, *quadrisécable*).
    """

    WHOLE = "whole"
    HALVES = "halves"
    QUARTERS = "quarters"


class ProductRecord(Value):
    """One product of a reference. `release` is the day that the reference was published.

    `form` is word for word that of the reference. `strengths` are what one countable unit holds.
    `conditions` are those of prescription and supply, word for word. `divisibility` is `None`
    where the reference says nothing of it.
    """

    cis: str
    name: str
    form: str
    routes: tuple[str, ...] = ()
    divisibility: Divisibility | None = None
    strengths: tuple[Strength, ...] = ()
    conditions: tuple[str, ...] = ()
    marketed: bool | None = None
    codes: tuple[ProductCode, ...] = ()
    release: date


class Component(Value):
    """One row of the composition, word for word. `link` joins a substance to its active part."""

    element: str
    substance: str
    substance_code: str
    dosage: str
    per: str
    is_active_part: bool
    link: str


class Presentation(Value):
    """One box. `price` is what the patient's fund counts with, in euros, without the fee."""

    cip13: str
    cip7: str
    label: str
    status: str
    marketing: str
    declared_on: date | None = None
    for_hospitals: bool | None = None
    reimbursement: str | None = None
    price: Amount | None = None


class GenericGroup(Value):
    """A group of the register of generics; `role` is the number that the register gives."""

    number: str
    label: str
    role: str


class PublishedProduct(Value):
    """All that one release says of one product. What is shown to people and never computed with."""

    record: ProductRecord
    authorisation: str
    procedure: str
    marketing: str
    authorised_on: date | None = None
    availability: str | None = None
    european_number: str | None = None
    holders: tuple[str, ...] = ()
    watched: bool | None = None
    components: tuple[Component, ...] = ()
    presentations: tuple[Presentation, ...] = ()
    groups: tuple[GenericGroup, ...] = ()


class RowFault(StrEnum):
    """What is wrong with one row of a file. Those of `KEPT` leave the row in use."""

    COLUMNS = "wrong number of columns"
    CONTROL = "a control character"
    CIS = "not a CIS code"
    CIS_TWICE = "the CIS stands twice"
    CIS_UNLISTED = "the CIS is not in CIS_bdpm.txt"
    CIP13 = "not a CIP13 code, or its key is wrong"
    CIP7 = "not the CIP7 that is inside the CIP13"
    UCD = "not a UCD code, or its key is wrong"
    ATC = "not an ATC code"
    NATURE = "neither SA nor FT"
    LINK_EMPTY = "the row joins nothing"
    LINK_CONTRADICTED = "the CIP is of another CIS in CIS_CIP_bdpm.txt"
    CODE_SHARED = "the code leads to several CIS: no product is given for it"
    DATE = "the date cannot be read"
    PRICE = "the price cannot be read"


KEPT = frozenset({RowFault.CODE_SHARED, RowFault.DATE, RowFault.PRICE})


class RowDoubt(Value):
    """A row that is kept apart, or kept with a doubt, as it stands in its file."""

    line: int
    fault: RowFault
    text: str


class FileReport(Value):
    """What became of the rows of one file. `rows` counts those that are not blank."""

    name: str
    encoding: str
    rows: int
    doubts: tuple[RowDoubt, ...] = ()

    @property
    def apart(self) -> int:
        """How many rows were not kept."""
        return len({doubt.line for doubt in self.doubts if doubt.fault not in KEPT})

    @property
    def kept(self) -> int:
        """How many rows were kept."""
        return self.rows - self.apart


class StrengthOutcome(StrEnum):
    """Whether the strengths of a product could be read, and if not, why not."""

    READ = "read"
    NO_COMPOSITION = "no composition is published"
    ELEMENTS = "several pharmaceutical elements"
    NO_UNIT = "not stated for one countable unit"
    DOSAGE = "a dosage is not one number and one unit"
    PARTS = "several substances or active parts under one link"
    SALT_OR_PART = "the name does not tell the salt from the active part"
    NAME = "the name states another amount"
    FORM = "the form is of another unit"


class ReferenceReport(Value):
    """What a load made of the files; counts of products by what their words gave."""

    files: tuple[FileReport, ...]
    products: int
    codes: int
    strengths: dict[StrengthOutcome, int]
    divisibility: dict[str, int]


class ReferenceRelease(Value):
    """One release that is kept. At most one is in force."""

    id: str
    published: date
    sha256: Sha256
    loaded_at: Instant
    in_force: bool
    report: ReferenceReport
