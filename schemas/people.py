"""Patients, professionals and establishments, with the authorities that named them."""

from datetime import date
from enum import StrEnum

from schemas.base import Value, added
from schemas.codes import Coding


class IdentifierKind(StrEnum):
    """What an identifier is, once its authority is recognised.

    `PLACER` and `FILLER` are the numbers that either side gave to an order. Source: FR Core 2.2.0
    identifier slices; CI-SIS and PAM.fr OIDs; HL7 v2.5.1 ORC-2 and ORC-3.
    """

    INS_NIR = "ins-nir"
    INS_NIA = "ins-nia"
    INS_TEST = "ins-test"
    INS_DEMO = "ins-demo"
    INS_C = "ins-c"
    NIR = "nir"
    NIA = "nia"
    IPP = "ipp"
    VISIT = "visit"
    PHARMACY_RECORD = "pharmacy-record"
    RPPS = "rpps"
    ADELI = "adeli"
    IDNPS = "idnps"
    FINESS = "finess"
    IDNST = "idnst"
    SIREN = "siren"
    SIRET = "siret"
    PLACER = "placer"
    FILLER = "filler"
    OTHER = "other"


class Identifier(Value):
    """An identifier as sent. `authority` is its system, OID or assigning authority."""

    value: str
    kind: IdentifierKind = IdentifierKind.OTHER
    authority: str | None = None


class IdentityStatus(StrEnum):
    """How sure the sender is of the patient's identity. Only `VALI` qualifies an INS.

    Source: FR Core CodeSystem fr-core-cs-v2-0445; PAM.fr PID-32.
    """

    EMPTY = "VIDE"
    PROVISIONAL = "PROV"
    VALIDATED = "VALI"
    DOUBTFUL = "DOUB"
    DEACTIVATED = "DESA"
    POTENTIAL_DUPLICATE = "DPOT"
    AUTOMATIC_DUPLICATE = "DOUA"
    COLLISION_POTENTIAL = "COLP"
    COLLISION_VALIDATED = "COLV"
    AFFILIATED = "FILI"
    HIDDEN = "CACH"
    ANONYMOUS = "ANOM"
    TO_VERIFY = "IDVER"
    RECEIVED = "RECD"
    IDENTIFIED_BY_RELATIVE = "IDRA"
    USURPED = "USUR"
    HOMONYM_DECLARED = "HOMD"
    HOMONYM_ADDED = "HOMA"
    INVALIDATED = "INVA"
    FICTITIOUS = "FICT"
    DOUBTED = "DOUT"


class Sex(StrEnum):
    """Administrative sex."""

    MALE = "male"
    FEMALE = "female"
    OTHER = "other"
    UNKNOWN = "unknown"


class Patient(Value):
    """A patient as one message describes them. `None` means that the sender said nothing.

    `birth_place` is the INSEE code of the commune. `identity_status` is the sender's own
    word on the identity; an INS without `VALI` is shown but never used as the reference.
    """

    identifiers: tuple[Identifier, ...] = ()
    identity_status: IdentityStatus | None = None
    birth_name: str | None = None
    used_name: str | None = None
    given_names: tuple[str, ...] = ()
    birth_date: date | None = None
    birth_place: str | None = None
    sex: Sex | None = None
    location: str = ""

    def identifier(self, *kinds: IdentifierKind) -> Identifier | None:
        """The first identifier of one of these kinds, in the order of the kinds."""
        for kind in kinds:
            for identifier in self.identifiers:
                if identifier.kind is kind:
                    return identifier
        return None

    @property
    def qualified_ins(self) -> Identifier | None:
        """The INS that may serve as national identity: present, and of status `VALI`."""
        if self.identity_status is not IdentityStatus.VALIDATED:
            return None
        return self.identifier(IdentifierKind.INS_NIR, IdentifierKind.INS_NIA)


class Practitioner(Value):
    """A professional; `profession` as coded (TRE_G15: 10 physician, 21 pharmacist).

    `family_name` and `given_name` are those in use; `birth_name` and `first_names` those of the
    civil registration, as sent.
    """

    identifiers: tuple[Identifier, ...] = ()
    family_name: str | None = None
    given_name: str | None = None
    profession: Coding | None = None
    birth_name: str | None = added(None)
    first_names: str | None = added(None)
    prefix: str | None = added(None)
    suffix: str | None = added(None)
    location: str = ""


class Organization(Value):
    """An establishment or a pharmacy."""

    identifiers: tuple[Identifier, ...] = ()
    name: str | None = None
    location: str = ""


class CareUnitRole(StrEnum):
    """What a unit is to the patient: where they lie, or who answers for their care.

    `MEDICAL`: the physicians of the unit do; `NURSING`: its nurses (fr-uf-role UFSOIN).
    """

    HOUSING = "housing"
    MEDICAL = "medical"
    NURSING = "nursing"


class CareUnit(Value):
    """A unit of an establishment, by its code, in one role."""

    role: CareUnitRole
    code: Coding


class Stay(Value):
    """Where the patient is: establishment, unit, room and bed, as sent.

    `unit` is the code of the unit where they lie; `units` are all those stated, with their lists.
    """

    visit: Identifier | None = None
    establishment: Organization | None = None
    unit: str | None = None
    room: str | None = None
    bed: str | None = None
    units: tuple[CareUnit, ...] = added(())
