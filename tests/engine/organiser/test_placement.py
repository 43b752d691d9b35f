"""Where a line lies, and why: every reason keeps it beside, and only what is known goes in."""

import shutil
from datetime import date
from fractions import Fraction
from pathlib import Path

import pytest
from builders import REFERENCE, a_frequency, a_phase, a_site
from placed import a_decimal_dose, a_packed_line, a_product, a_record, placed

from engine.organiser.compartments import compartment_of
from mappings.catalogue import HERE, load_site
from schemas.codes import Coding
from schemas.finding import FindingCode
from schemas.moment import Compartment, Moment
from schemas.organiser import BesideReason, Place, Placed
from schemas.posology import Bounds
from schemas.prescription import LineAction
from schemas.reference import Divisibility, ProductRecord
from schemas.site import Site

Reason = BesideReason


def codes(found: Placed) -> list[FindingCode]:
    return [finding.code for finding in found.findings]


def reasons(found: Placed) -> list[BesideReason]:
    return list(found.placement.reasons)


def of_form(form: str | None, record: ProductRecord | None = None) -> Placed:
    return placed(a_packed_line(product=a_product(form)), record)


def test_a_tablet_at_a_moment_with_a_compartment_lies_inside() -> None:
    found = placed(a_packed_line())

    assert found.placement.place is Place.INSIDE
    assert found.placement.reasons == ()
    assert found.placement.form == "comprimé"
    assert found.placement.counts == (Fraction(1),)
    assert found.findings == ()


# The form


@pytest.mark.parametrize(
    ("form", "reason"),
    [
        ("Comprimé pelliculé", None),
        ("comprimé  gastro-résistant(e)", None),
        ("comprimé effervescent", Reason.FORM_BESIDE),
        ("comprimé orodispersible", Reason.FORM_BESIDE),
        ("poudre pour inhalation en gélule", Reason.FORM_BESIDE),
        ("comprimé à croquer", Reason.FORM_REVIEW),
        ("comprimé et comprimé", Reason.FORM_REVIEW),
        ("comprimé de nulle part", Reason.FORM_NOT_IN_TABLE),
    ],
)
def test_the_exact_words_of_the_form_decide(form: str, reason: BesideReason | None) -> None:
    found = of_form(form)

    assert found.placement.place is (Place.BESIDE if reason else Place.INSIDE)
    assert (reason in reasons(found)) is (reason is not None)


@pytest.mark.parametrize(
    ("form", "code"),
    [
        ("comprimé effervescent", FindingCode.FORM_OUTSIDE_ORGANISER),
        ("poudre pour inhalation en gélule", FindingCode.FORM_OUTSIDE_ORGANISER),
        ("forme inconnue", FindingCode.FORM_OUTSIDE_ORGANISER),
        ("comprimé à croquer", FindingCode.FORM_FOR_REVIEW),
    ],
)
def test_a_form_that_stays_beside_is_said_with_its_words(form: str, code: FindingCode) -> None:
    found = of_form(form)

    assert codes(found) == [code]
    assert found.findings[0].quoted == form
    assert found.findings[0].location == "product[1]"


def test_a_form_may_be_given_by_its_code_alone() -> None:
    coded = a_product(None).model_copy(update={"form": Coding(code="10219000")})

    assert placed(a_packed_line(product=coded)).placement.place is Place.INSIDE


def test_a_form_that_nobody_states_keeps_the_line_beside_without_a_doubt() -> None:
    found = of_form(None)

    assert reasons(found) == [Reason.FORM_NOT_STATED]
    assert found.findings == ()


def test_the_form_of_the_reference_serves_where_the_message_has_none() -> None:
    assert of_form(None, a_record("gélule")).placement.place is Place.BESIDE
    assert of_form(None, a_record("comprimé pelliculé")).placement.place is Place.INSIDE


def test_words_that_no_table_knows_leave_it_to_the_reference() -> None:
    found = of_form("cp pell.", a_record("comprimé pelliculé"))

    assert found.placement.place is Place.INSIDE
    assert found.placement.form == "comprimé pelliculé"


def test_a_published_form_that_no_table_knows_keeps_the_line_beside() -> None:
    found = of_form("comprimé", a_record("comprimé de demain"))

    assert reasons(found) == [Reason.FORM_NOT_IN_TABLE]
    assert found.findings[0].quoted == "comprimé de demain"


@pytest.mark.parametrize(
    ("stated", "published"),
    [
        ("comprimé", "comprimé effervescent(e)"),
        ("comprimé effervescent", "comprimé"),
        ("comprimé", "gélule"),
    ],
)
def test_two_forms_that_are_not_packed_alike_are_a_doubt_and_stay_beside(
    stated: str, published: str
) -> None:
    found = of_form(stated, a_record(published))

    assert found.placement.place is Place.BESIDE
    assert FindingCode.FORM_CONTRADICTED in codes(found)
    assert found.findings[0].quoted == f"{stated} / {published}"


def test_two_tablets_of_another_coat_are_no_contradiction() -> None:
    found = of_form("comprimé", a_record("comprimé pelliculé"))

    assert found.placement.place is Place.INSIDE
    assert found.findings == ()


# What the line itself says


@pytest.mark.parametrize(
    ("changes", "reason"),
    [
        ({"supplied": False}, Reason.NOT_SUPPLIED),
        ({"action": LineAction.INFORM}, Reason.NOT_SUPPLIED),
        ({"action": LineAction.HOLD}, Reason.NOT_IN_FORCE),
    ],
)
def test_a_line_that_is_not_to_be_prepared_stays_beside(
    changes: dict[str, object], reason: BesideReason
) -> None:
    found = placed(a_packed_line(**changes))

    assert found.placement.place is Place.BESIDE
    assert reasons(found) == [reason]


def test_a_line_that_cannot_be_computed_stays_beside() -> None:
    found = placed(a_packed_line(a_phase(moments=["MORN"], dose=None)))

    assert reasons(found) == [Reason.NOT_COMPUTABLE]


def test_a_line_taken_as_needed_stays_beside() -> None:
    phase = a_phase(dose="1 comprimé").model_copy(update={"as_needed": True})

    found = placed(a_packed_line(phase))

    assert found.placement.place is Place.BESIDE
    assert reasons(found) == [Reason.AS_NEEDED]


def test_a_line_that_is_also_taken_as_needed_lies_partly_inside() -> None:
    needed = a_phase(dose="1 comprimé").model_copy(update={"as_needed": True})

    found = placed(a_packed_line(a_phase(moments=["MORN"]), needed))

    assert found.placement.place is Place.PARTLY
    assert reasons(found) == [Reason.AS_NEEDED]


@pytest.mark.parametrize("route", ["voie sublinguale", "intraveineuse", "20061000"])
def test_another_route_than_swallowing_keeps_a_tablet_beside(route: str) -> None:
    found = placed(a_packed_line(route=Coding(code="x", display=route)))

    assert reasons(found) == [Reason.ROUTE]


@pytest.mark.parametrize(
    "route",
    [Coding(code="PO", display="orale"), Coding(code="54"), Coding(code="20053000")],
)
def test_the_oral_route_is_known_by_its_word_or_its_code(route: Coding) -> None:
    assert placed(a_packed_line(route=route)).placement.place is Place.INSIDE


def test_a_narcotic_of_the_reference_stays_beside() -> None:
    record = a_record(conditions=["liste I", "Stupéfiants"])

    assert reasons(placed(a_packed_line(), record)) == [Reason.SUPPLY_CONDITION]


def test_another_condition_of_supply_keeps_nothing_beside() -> None:
    record = a_record(conditions=["prescription limitée à 4 semaines"])

    assert placed(a_packed_line(), record).placement.place is Place.INSIDE


# The times


def test_a_time_of_the_clock_has_no_compartment() -> None:
    found = placed(a_packed_line(a_phase(clock=["08:00"])))

    assert found.placement.place is Place.BESIDE
    assert reasons(found) == [Reason.CLOCK_TIME]


def test_a_dose_counted_in_hours_has_no_compartment() -> None:
    start = Bounds(start=date(2026, 3, 2))
    phase = a_phase(frequency=a_frequency(1, "24", "h"), bounds=start, dose="1 comprimé")

    found = placed(a_packed_line(phase))

    assert found.placement.place is Place.BESIDE


def test_a_moment_without_a_compartment_leaves_the_line_partly_inside() -> None:
    found = placed(a_packed_line(a_phase(moments=["MORN", "AFT"])))

    assert found.placement.place is Place.PARTLY
    assert reasons(found) == [Reason.NO_COMPARTMENT]


def test_a_line_of_moments_without_compartments_lies_beside() -> None:
    site = a_site(compartments={})

    found = placed(a_packed_line(), site=site)

    assert found.placement.place is Place.BESIDE
    assert reasons(found) == [Reason.NO_COMPARTMENT]


# The units and their fractions


@pytest.mark.parametrize("unit", ["mL", "goutte", "sachet"])
def test_a_dose_that_is_no_count_of_units_stays_beside_with_a_doubt(unit: str) -> None:
    found = placed(a_decimal_dose("5", unit))

    assert reasons(found) == [Reason.DOSE_NOT_COUNTED]
    assert codes(found) == [FindingCode.DOSE_NOT_COUNTED]
    assert found.findings[0].quoted == unit


def test_drops_of_a_liquid_raise_no_doubt_about_units() -> None:
    line = a_packed_line(
        a_phase(moments=["MORN"], dose="5 goutte"), product=a_product("solution buvable en gouttes")
    )

    assert codes(placed(line)) == [FindingCode.FORM_OUTSIDE_ORGANISER]


def test_milligrams_are_counted_by_the_one_strength_and_it_is_said() -> None:
    line = a_packed_line(
        a_phase(moments=["MORN"], dose="1 g"), product=a_product(strengths=["500 mg"])
    )

    found = placed(line)

    assert found.placement.place is Place.INSIDE
    assert found.placement.counts == (Fraction(2),)
    assert codes(found) == [FindingCode.COUNT_FROM_STRENGTH]


def test_milligrams_that_are_no_allowed_count_block() -> None:
    line = a_packed_line(
        a_phase(moments=["MORN"], dose="300 mg"), product=a_product(strengths=["500 mg"])
    )

    found = placed(line)

    assert reasons(found) == [Reason.FRACTION]
    assert codes(found) == [FindingCode.COUNT_FROM_STRENGTH, FindingCode.FRACTION_NOT_ALLOWED]


def test_milligrams_of_a_product_of_two_substances_are_not_counted() -> None:
    line = a_packed_line(
        a_phase(moments=["MORN"], dose="500 mg"),
        product=a_product(strengths=["500 mg", "62.5 mg"]),
    )

    assert codes(placed(line)) == [FindingCode.DOSE_NOT_COUNTED]


def test_a_strength_that_is_not_that_of_the_reference_blocks() -> None:
    line = a_packed_line(product=a_product(strengths=["2.5 mg"]))

    found = placed(line, a_record(strengths=["10 mg"]))

    assert codes(found) == [FindingCode.STRENGTH_CONTRADICTED]
    assert found.findings[0].blocks
    assert found.findings[0].quoted == "2.5 mg / 10 mg"
    stopped = line.model_copy(update={"action": LineAction.STOP})
    assert codes(placed(stopped, a_record(strengths=["10 mg"]))) == []


def test_a_unit_that_is_not_that_of_the_form_stays_beside() -> None:
    found = placed(a_decimal_dose("1", "gélule"))

    assert reasons(found) == [Reason.DOSE_NOT_COUNTED]
    assert codes(found) == [FindingCode.UNIT_AGAINST_FORM]


def half(form: str | None, record: ProductRecord | None = None, dose: str = "0.5") -> Placed:
    line = a_packed_line(
        a_phase(moments=["MORN"], dose=f"{dose} comprimé"), product=a_product(form)
    )
    return placed(line, record)


@pytest.mark.parametrize(
    ("form", "divisibility", "dose"),
    [
        ("comprimé sécable", None, "0.5"),
        ("comprimé sécable", None, "1.5"),
        ("comprimé quadrisécable", None, "0.25"),
        ("comprimé sécable à libération prolongée", None, "0.5"),
        ("comprimé", Divisibility.HALVES, "0.5"),
        ("comprimé à libération prolongée", Divisibility.HALVES, "0.5"),
        ("comprimé", Divisibility.QUARTERS, "0.75"),
    ],
)
def test_a_fraction_that_is_published_goes_inside(
    form: str, divisibility: Divisibility | None, dose: str
) -> None:
    found = half(form, a_record(form, divisibility=divisibility), dose)

    assert found.placement.place is Place.INSIDE
    assert found.findings == ()


@pytest.mark.parametrize(
    ("form", "divisibility", "dose"),
    [
        ("comprimé à libération prolongée", None, "0.5"),
        ("comprimé gastro-résistant(e)", None, "0.5"),
        ("comprimé sécable", None, "0.25"),
        ("comprimé quadrisécable", None, "0.333333"),
        ("comprimé", None, "0.333333"),
        ("comprimé", Divisibility.WHOLE, "0.5"),
        ("comprimé sécable", Divisibility.WHOLE, "0.5"),
        ("comprimé quadrisécable", Divisibility.HALVES, "0.25"),
    ],
)
def test_a_fraction_that_is_known_not_to_be_made_blocks(
    form: str, divisibility: Divisibility | None, dose: str
) -> None:
    found = half(form, a_record(form, divisibility=divisibility), dose)

    assert reasons(found) == [Reason.FRACTION]
    assert codes(found) == [FindingCode.FRACTION_NOT_ALLOWED]
    assert found.findings[0].quoted == dose


@pytest.mark.parametrize("record", [None, a_record("comprimé pelliculé")])
def test_half_a_tablet_of_which_nothing_is_published_waits_beside(
    record: ProductRecord | None,
) -> None:
    found = half("comprimé pelliculé", record)

    assert reasons(found) == [Reason.FRACTION_UNCONFIRMED]
    assert codes(found) == [FindingCode.FRACTION_UNCONFIRMED]
    assert not found.findings[0].blocks


def test_half_a_capsule_blocks_even_where_no_form_is_stated() -> None:
    line = a_packed_line(a_phase(moments=["MORN"], dose="0.5 gélule"), product=a_product(None))

    assert codes(placed(line)) == [FindingCode.FRACTION_NOT_ALLOWED]


def test_half_a_capsule_as_needed_blocks_too() -> None:
    phase = a_phase(dose="0.5 gélule").model_copy(update={"as_needed": True})

    found = placed(a_packed_line(phase, product=a_product("gélule")))

    assert codes(found) == [FindingCode.FRACTION_NOT_ALLOWED]


def test_one_step_that_cannot_be_counted_keeps_the_whole_line_beside() -> None:
    phases = (
        a_phase(moments=["MORN"], dose="1 comprimé"),
        a_phase(moments=["EVE"], dose="0.333333 comprimé"),
    )

    found = placed(a_packed_line(*phases))

    assert found.placement.place is Place.BESIDE
    assert found.placement.counts == (Fraction(1), Fraction(1, 3))


# What a site has signed of single products and hours


@pytest.fixture
def signed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Site:
    """A site whose own tables keep one product out, divide another and place one hour."""
    folder = tmp_path / tmp_path.name
    shutil.copytree(HERE / "sites" / "reference", folder)
    own = {
        "products": "cis:60000002;EXEMPLE;beside;humidité, RCP;\n"
        "cis:60000004;EXEMPLE;inside;essai de stabilité;",
        "divisions": "cis:60000003;EXEMPLE;halves;RCP;",
        "hours": "08:00;tournée du matin;morning;règlement;",
    }
    (folder / "organiser").mkdir()
    for name, row in own.items():
        head = f"# table: {folder.name}/organiser/{name}  target: text  version: 1"
        rows = f"{head}\ncode;text;target;source;read_by\n{row}\n"
        (folder / "organiser" / f"{name}.csv").write_text(rows, encoding="utf-8")
    monkeypatch.setenv("SEMAINIER_SITES", str(tmp_path))
    return load_site(folder.name)


def test_a_product_that_the_site_keeps_out_stays_beside_whatever_its_form(
    signed: Site,
) -> None:
    kept_out, other = (
        a_packed_line(product=a_product(cis=cis)) for cis in ("60000002", "60000003")
    )

    assert reasons(placed(kept_out, site=signed)) == [Reason.PRODUCT]
    assert placed(other, site=signed).placement.place is Place.INSIDE


@pytest.mark.parametrize("form", ["comprimé dispersible", "comprimé à croquer", None])
def test_a_product_that_the_site_puts_inside_goes_in_whatever_its_form(
    signed: Site, form: str | None
) -> None:
    line = a_packed_line(
        a_phase(moments=["MORN"], dose="2 comprimé"), product=a_product(form, cis="60000004")
    )

    found = placed(line, site=signed)

    assert found.placement.place is Place.INSIDE
    assert found.placement.counts == (Fraction(2),)
    assert found.findings == ()


def test_a_product_that_the_site_says_may_be_halved_is_halved(signed: Site) -> None:
    half_of = a_phase(moments=["MORN"], dose="0.5 comprimé")

    found = placed(a_packed_line(half_of, product=a_product(cis="60000003")), site=signed)

    assert found.placement.place is Place.INSIDE
    assert found.findings == ()


def test_an_hour_that_the_site_lists_has_its_compartment_and_no_other_hour_has(
    signed: Site,
) -> None:
    hours = ("08:00", "08:30")
    inside, beside = (placed(a_packed_line(a_phase(clock=[h])), site=signed) for h in hours)

    assert inside.placement.place is Place.INSIDE
    assert beside.placement.place is Place.BESIDE


def test_the_compartment_of_a_moment_is_that_of_the_site() -> None:
    assert compartment_of(Moment.BEFORE_BREAKFAST, None, REFERENCE) is Compartment.MORNING
    assert compartment_of(Moment.AFTERNOON, None, REFERENCE) is None
