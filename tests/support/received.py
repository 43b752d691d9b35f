"""Prescriptions as a FHIR sender states them, for properties: all that R4 can say of them."""

from datetime import UTC, date, datetime, time, timedelta, timezone
from decimal import Decimal

from hypothesis import strategies as st

from connectors.fhir.dosage.timing_rules import AT_THE_MEAL, FRENCH_MOMENTS
from mappings import authorities
from schemas.codes import Coding
from schemas.intake import Author, AuthorRole, Intake, IntakeStatus
from schemas.moment import Moment, MomentTime
from schemas.people import (
    CareUnit,
    CareUnitRole,
    Identifier,
    IdentifierKind,
    IdentityStatus,
    Organization,
    Patient,
    Practitioner,
    Sex,
    Stay,
)
from schemas.posology import (
    Bounds,
    Dose,
    Frequency,
    Limits,
    Phase,
    Posology,
    Rhythm,
    Times,
    Weekday,
)
from schemas.prescription import (
    Chain,
    Ingredient,
    Line,
    LineAction,
    LineLink,
    LinkKind,
    Note,
    Prescription,
    Product,
)
from schemas.quantity import Duration, PeriodUnit, Quantity, Ratio, Strength

EDQM, UCUM = "http://standardterms.edqm.eu", "http://unitsofmeasure.org"
UCD = "http://data.esante.gouv.fr/ansm/medicament/UCD"
OWN = "urn:oid:1.2.250.1.999.4"
words = (
    st.text("abcdeéèç' 0123456789", min_size=1, max_size=20)
    .map(lambda text: " ".join(text.split()))
    .filter(bool)
)
keys = st.text("abcdef0123456789", min_size=1, max_size=8)
amounts = st.decimals(Decimal("0.25"), Decimal(5000), places=2)
instants = st.integers(0, 10**8).map(
    lambda seconds: (
        datetime(2020, 1, 1, tzinfo=timezone(timedelta(hours=1))) + timedelta(seconds=seconds)
    )
)
days = st.dates(date(2020, 1, 1), date(2030, 1, 1))
dates = st.one_of(days, instants)


def maybe(strategy: st.SearchStrategy) -> st.SearchStrategy:
    return st.none() | strategy


units = st.sampled_from(
    (
        {"unit": "Comprimé", "code": "15054000", "system": EDQM},
        {"unit": "mg", "code": "mg", "system": UCUM},
        {"unit": "mL", "code": "mL", "system": UCUM},
        {"unit": "cuillère"},
        {},
    )
)
quantities = st.builds(lambda value, unit: Quantity(value=value, **unit), amounts, units)
lengths = st.builds(
    lambda value, unit: Duration(value=Decimal(value), unit=unit),
    st.integers(1, 90),
    st.sampled_from((PeriodUnit.HOUR, PeriodUnit.DAY, PeriodUnit.WEEK, PeriodUnit.MONTH)),
)


@st.composite
def bounds(draw: st.DrawFn) -> Bounds:
    count = draw(maybe(st.integers(1, 50)))
    more = draw(maybe(st.integers(51, 60))) if count else None
    counted = {"count": count, "count_high": more}
    match draw(st.sampled_from(("none", "period", "length", "range"))):
        case "period":
            start = draw(maybe(dates))
            end = draw(maybe(st.just(date(2031, 1, 1)) | st.just(datetime(2031, 1, 1, tzinfo=UTC))))
            return Bounds(start=start, end=end, **counted)
        case "length":
            return Bounds(duration=draw(lengths), **counted)
        case "range":
            low = draw(lengths)
            high = low.model_copy(update={"value": low.value + 1})
            return Bounds(duration=low, duration_high=high, **counted)
        case _:
            return Bounds(**counted)


@st.composite
def rhythms(draw: st.DrawFn) -> Rhythm:
    """A frequency with its period, weekdays; a list of dates alone."""
    if draw(st.integers(0, 9)) == 0:
        return Rhythm(dates=tuple(draw(st.lists(dates, min_size=1, max_size=3))))
    often = None
    if draw(st.booleans()):
        times = draw(st.integers(1, 6))
        often = Frequency(
            times=times,
            times_high=draw(maybe(st.integers(times + 1, times + 3))),
            period=draw(amounts),
            unit=draw(st.sampled_from(list(PeriodUnit))),
        )
    weekdays = draw(st.lists(st.sampled_from(list(Weekday)), unique=True, max_size=3))
    return Rhythm(frequency=often, weekdays=tuple(weekdays))


@st.composite
def moments(draw: st.DrawFn) -> Times:
    """Hours of the clock, or moments that one Timing can hold."""
    kind = draw(st.sampled_from(("none", "clock", "moments", "french")))
    if kind == "clock":
        clock = draw(st.lists(st.times(), min_size=1, max_size=3))
        return Times(clock=tuple(time(at.hour, at.minute) for at in clock))
    if kind == "french":
        moment = draw(st.sampled_from(sorted(Moment(each) for each in FRENCH_MOMENTS)))
        return Times(moments=(MomentTime(moment=moment, offset_minutes=draw(_offsets)),))
    if kind == "none":
        return Times()
    plain = [m for m in Moment if m not in FRENCH_MOMENTS and m is not Moment.IMMEDIATELY]
    listed = draw(st.lists(st.sampled_from(plain), min_size=1, max_size=3, unique=True))
    offset = None if AT_THE_MEAL & set(listed) else draw(_offsets)
    return Times(moments=tuple(MomentTime(moment=m, offset_minutes=offset) for m in listed))


_offsets = maybe(st.integers(0, 90))


@st.composite
def doses(draw: st.DrawFn) -> Dose:
    low = draw(maybe(quantities))
    rate = draw(maybe(st.sampled_from(("5 mg/h", "2.5 mL / 1 h", "1 Poche [15005000] / 12 h"))))
    if low is None and rate is None:
        low = draw(quantities)
    high = low
    if low is not None and draw(st.booleans()):
        high = low.model_copy(update={"value": low.value + 1})
    return Dose(low=low, high=high, rate=rate)


limits = st.builds(
    Limits,
    per_period=st.lists(st.builds(Ratio, amount=quantities, period=lengths), max_size=2).map(tuple),
    per_intake=maybe(quantities),
    per_lifetime=maybe(quantities),
    minimum_gap=maybe(lengths),
)
own_codes = st.builds(
    Coding, code=keys.map("x{}".format), system=st.just("urn:oid:1.2.250.1.999.8")
)


@st.composite
def phases(draw: st.DrawFn) -> Phase:
    needed = draw(st.booleans())
    rhythm = draw(rhythms())
    alone = bool(rhythm.dates)
    return Phase(
        location="phase",
        sequence=draw(maybe(st.integers(1, 5))),
        text=draw(maybe(words)),
        instructions=tuple(
            draw(st.lists(words.map("consigne {}".format), max_size=2, unique=True))
        ),
        bounds=Bounds() if alone else draw(bounds()),
        rhythm=rhythm,
        times=Times() if alone else draw(moments()),
        timing_code=draw(maybe(own_codes)),
        dose=draw(maybe(doses())),
        as_needed=needed,
        as_needed_for=tuple(draw(st.lists(words, max_size=2))) if needed else (),
        limits=draw(limits),
        intake_lasts=None if alone else draw(maybe(lengths)),
    )


codes = st.integers(10**7, 10**8 - 1).map(
    lambda number: authorities.product_code(f"34008{number}", UCD, "reference")
)
edqm = st.builds(Coding, code=st.sampled_from(("20053000", "20045000")), system=st.just(EDQM))
named_edqm = edqm.map(lambda coding: coding.model_copy(update={"display": "libellé"}))


@st.composite
def products(draw: st.DrawFn) -> Product:
    """A coded product, with a form and one or two components that have strengths, or without."""
    plain = Product(codes=(draw(codes),), text=draw(words))
    if draw(st.booleans()):
        return plain
    names = draw(st.lists(words, min_size=1, max_size=2, unique=True))
    mixture = len(names) > 1 and draw(st.booleans())
    parts = tuple(
        Ingredient(
            codes=(draw(codes),),
            text=name,
            strength=Strength(
                substance=None if mixture else name,
                numerator=draw(quantities),
                denominator=draw(quantities),
            ),
            carrier=mixture and rank > 0,
        )
        for rank, name in enumerate(names)
    )
    strengths = () if mixture else tuple(part.strength for part in parts if part.strength)
    return plain.model_copy(
        update={"form": draw(maybe(named_edqm)), "ingredients": parts, "strengths": strengths}
    )


scopes = st.sampled_from(
    (None, "LIPRESCTXT", "LIPRESCIND", "LIPRESCCOMM", "PRESCCOM", "MEDCOM", "RXE-7")
)
_SILENT = ("LIPRESCTXT", "LIPRESCIND")


@st.composite
def lines(draw: st.DrawFn, rank: int) -> Line:
    notes = tuple(
        Note(text=f"note {number} {text}", scope=draw(scopes))
        for number, text in enumerate(draw(st.lists(words, max_size=3)))
    )
    reason = draw(maybe(words.map("motif {}".format)))
    indication = [reason] if reason else []
    indication += [note.text for note in notes if note.scope == "LIPRESCIND"]
    remarks = tuple(note.text for note in notes if note.scope not in _SILENT)
    listed = tuple(
        phase.model_copy(update={"instructions": (*phase.instructions, *remarks)})
        for phase in draw(st.lists(phases(), min_size=1, max_size=3))
    )
    supplied = draw(st.sampled_from((None, False)))
    if supplied is False:
        notes = (*notes, Note(text="0", scope="quantity"))
    return Line(
        location="line",
        identifiers=(
            Identifier(value=f"{rank}-{draw(keys)}", authority=OWN),
            Identifier(value=f"MedicationRequest/l{rank}"),
        ),
        action=draw(st.sampled_from(_ACTIONS)),
        effective_at=draw(maybe(dates)),
        product=draw(products()),
        text=next((note.text for note in notes if note.scope == "LIPRESCTXT"), None),
        posology=Posology(phases=listed, text=draw(maybe(words.map("en mots : {}".format)))),
        route=draw(maybe(named_edqm)),
        quantity_to_supply=draw(maybe(quantities)),
        renewals=draw(maybe(st.integers(0, 12))),
        substitution_allowed=draw(maybe(st.booleans())),
        supplied=supplied,
        indication="; ".join(dict.fromkeys(indication)) or None,
        notes=notes,
        urgent=None,
    )


_ACTIONS = (
    LineAction.START,
    LineAction.STOP,
    LineAction.CANCEL,
    LineAction.HOLD,
    LineAction.INFORM,
)

patients = st.builds(
    lambda number, **stated: Patient(
        identifiers=(
            Identifier(value=number, kind=IdentifierKind.IPP, authority="urn:oid:1.2.250.1.999.1"),
        ),
        **stated,
    ),
    number=keys,
    identity_status=maybe(st.sampled_from(list(IdentityStatus))),
    birth_name=maybe(words),
    used_name=maybe(words),
    given_names=st.lists(words, max_size=2).map(tuple),
    birth_date=maybe(days),
    birth_place=maybe(st.just("75108")),
    sex=maybe(st.sampled_from(list(Sex))),
)
prescribers = st.builds(
    lambda number, family, given: Practitioner(
        identifiers=(
            Identifier(
                value=number, kind=IdentifierKind.RPPS, authority="https://rpps.esante.gouv.fr"
            ),
        ),
        family_name=family,
        given_name=given if family else None,
    ),
    st.just("99700067210"),
    maybe(words),
    maybe(words),
)
establishments = st.builds(
    Organization,
    identifiers=st.just(
        (
            Identifier(
                value="750000001",
                kind=IdentifierKind.FINESS,
                authority="https://finess.esante.gouv.fr",
            ),
        )
    ),
    name=maybe(words),
)


@st.composite
def stays(draw: st.DrawFn) -> Stay:
    visit = Identifier(value=draw(keys), kind=IdentifierKind.VISIT, authority="urn:oid:1.2.999.7")
    place = draw(maybe(establishments))
    room = draw(maybe(words))
    unit = draw(maybe(keys))
    listed = (CareUnit(role=CareUnitRole.HOUSING, code=Coding(code=unit)),) if unit else ()
    return Stay(visit=visit, establishment=place, unit=unit, room=room, units=listed)


@st.composite
def prescriptions(draw: st.DrawFn) -> Prescription:
    """One to three lines of one group, two of them alternatives of each other now and then."""
    number = draw(st.integers(1, 3))
    listed = [draw(lines(rank)) for rank in range(number)]
    if number > 1 and draw(st.booleans()):
        listed[:2] = [_or_else(listed[0], listed[1]), _or_else(listed[1], listed[0])]
    group = Identifier(value=draw(keys), authority="urn:oid:1.2.250.1.999.2")
    stay = draw(maybe(stays()))
    return Prescription(
        location="prescription",
        identifiers=(group,),
        chain=Chain(group=group, version=draw(maybe(keys)) if number == 1 else None),
        patient=draw(patients),
        stay=stay,
        prescriber=draw(maybe(prescribers)),
        establishment=stay.establishment if stay else None,
        authored_at=draw(maybe(dates)),
        lines=tuple(listed),
    )


def _or_else(line: Line, other: Line) -> Line:
    """An option, which is no order until somebody chooses it."""
    link = LineLink(kind=LinkKind.ALTERNATIVE, line=other.identifiers[1].value)
    return line.model_copy(update={"links": (link,), "action": LineAction.INFORM})


@st.composite
def intakes(draw: st.DrawFn) -> Intake:
    """A report as a FHIR sender makes it; a refusal is told by a reason that the table knows."""
    status = draw(st.sampled_from(list(IntakeStatus)))
    reason = None
    if status is IntakeStatus.REFUSED:
        reason = Coding(code="182895007", system="http://snomed.info/sct", display="refus")
    elif status in (IntakeStatus.NOT_GIVEN, IntakeStatus.HELD):
        reason = draw(maybe(own_codes))
    none_taken = status in (IntakeStatus.REFUSED, IntakeStatus.NOT_GIVEN, IntakeStatus.HELD)
    return Intake(
        location="intake",
        identifiers=(Identifier(value=draw(keys), authority=OWN),),
        status=status,
        taken_at=draw(maybe(instants)),
        recorded_at=draw(maybe(instants)),
        author=draw(authors),
        patient=draw(patients),
        line=(Identifier(value=draw(keys), authority=OWN),),
        product=draw(maybe(products())),
        quantity=None if none_taken else draw(maybe(quantities)),
        reason=reason,
        note=draw(maybe(words)),
    )


authors = st.one_of(
    st.just(Author(role=AuthorRole.UNKNOWN)),
    st.builds(Author, role=st.just(AuthorRole.CARER), name=words),
    st.builds(Author, role=st.just(AuthorRole.DEVICE), name=words),
    st.builds(
        lambda person: Author(role=AuthorRole.UNKNOWN, practitioner=person),
        prescribers.filter(lambda person: person.family_name is not None),
    ),
)
