"""A release is loaded whole or not at all, is dated by somebody, and is asked by every message."""

import json
import subprocess
import sys
import zipfile
from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest
from messages import a_bundle, a_context, a_request, open_items, taken_in, the_item
from reference_files import LINKS, SAMPLE, many_products, sample_bytes, written_release
from sqlalchemy import event

from engine.pipeline.consult import shown
from engine.pipeline.context import Context
from engine.pipeline.products import Lookup
from engine.pipeline.reference import Order, load, of_day, published, releases, use
from engine.settings import Settings
from engine.store import audit, prescriptions
from engine.store.opening import open_store
from engine.store.unit import Store
from schemas.codes import ProductCode, ProductCodeSystem
from schemas.errors import Refused
from schemas.finding import FindingCode
from schemas.prescription import Product
from schemas.reference import ProductRecord, ReferenceRelease

ROOT = Path(__file__).parents[3]
MARCH, APRIL, MAY = date(2026, 3, 2), date(2026, 4, 2), date(2026, 5, 4)
TOLERANT = Decimal(20)
ALPHA, BETA = "60900001", "60900002"
BOX_OF_ALPHA, UCD_OF_ALPHA = "3400990000115", "3400899000018"
CIS_SYSTEM = "http://data.esante.gouv.fr/ansm/medicament/SpecialitePharmaceutique"
CIP_SYSTEM = "http://data.esante.gouv.fr/ansm/medicament/Presentation"


def a_context_of_late(store: Store) -> Context:
    """The installation of `messages.a_context`, in June 2026."""
    context = a_context(store)
    context.clock.now = context.clock.now.replace(month=6)  # type: ignore[attr-defined]
    return context


def loaded(context: Context, source: Path = SAMPLE, **changed: object) -> ReferenceRelease:
    order = Order(**{"source": source, "most_apart": TOLERANT, **changed})  # type: ignore[arg-type]
    return load(context, order, "test", lambda _step, _done, _total: None).release


def another(folder: Path, day: date) -> Path:
    """A release with one product more, in a folder that is named by its day."""
    return written_release(folder / f"bdpm-{day}", CIS_bdpm=many_products(day.month))


def named(codes: dict[ProductCodeSystem, str]) -> Product:
    return Product(codes=tuple(ProductCode(system=s, value=v) for s, v in codes.items()))


def in_force(context: Context) -> date | None:
    days = [release.published for release in releases(context) if release.in_force]
    assert len(days) <= 1
    return days[0] if days else None


def test_a_release_is_dated_by_the_name_of_its_folder_and_put_in_force(store: Store) -> None:
    context = a_context_of_late(store)

    release = loaded(context)

    assert (release.published, release.in_force) == (MARCH, True)
    assert (release.report.products, release.report.codes) == (8, 20)  # 8 CIS, 6 boxes twice
    assert releases(context) == (release,)
    assert published(context, BOX_OF_ALPHA)[0].record.cis == ALPHA


def test_a_release_that_nobody_dates_is_refused(store: Store, tmp_path: Path) -> None:
    context = a_context_of_late(store)
    undated = written_release(tmp_path / "bdpm")

    with pytest.raises(Refused, match="the name states no day"):
        loaded(context, undated)
    with pytest.raises(Refused, match="2026-12-31 is not yet come"):
        loaded(context, undated, published=date(2026, 12, 31))

    assert releases(context) == ()
    assert loaded(context, undated, published=APRIL).published == APRIL


@pytest.mark.parametrize(
    ("name", "day"),
    [
        ("bdpm-2026-03-02", MARCH),
        ("20260302", MARCH),
        ("BDPM 2026.03.02 complet", MARCH),
        ("bdpm-2026-03-02-puis-2026-04-02", None),
        ("bdpm-20260231", None),
        ("bdpm-12026030299", None),
    ],
)
def test_the_name_of_the_whole_states_a_day_or_none(
    sqlite_store: Store, tmp_path: Path, name: str, day: date | None
) -> None:
    context = a_context_of_late(sqlite_store)
    folder = written_release(tmp_path / name)
    (folder / "CIS_InfoImportantes_20260402103000_bdpm.txt").write_bytes(b"")

    if day is None:
        with pytest.raises(Refused, match="the name states no day"):
            loaded(context, folder)
    else:
        assert loaded(context, folder).published == day


def test_a_row_with_a_character_that_no_database_keeps_is_told(
    store: Store, tmp_path: Path
) -> None:
    data = sample_bytes()["CIS_CPD_bdpm.txt"] + b"60900002\tliste\x00I\r\n"
    context = a_context_of_late(store)

    loaded(context, written_release(tmp_path / "2026-03-02", CIS_CPD_bdpm=data))

    [conditions] = [
        file for file in of_day(context, MARCH).report.files if file.name == "CIS_CPD_bdpm.txt"
    ]
    assert [(each.line, each.text) for each in conditions.doubts] == [(6, "60900002\tliste\x00I")]


def test_the_same_files_are_answered_and_not_loaded_again(store: Store, tmp_path: Path) -> None:
    context = a_context_of_late(store)
    first = loaded(context)
    archive = tmp_path / "archive.zip"
    with zipfile.ZipFile(archive, "w", zipfile.ZIP_DEFLATED) as packed:
        for name, data in sample_bytes().items():
            packed.writestr(f"inside/{name}", data)

    again = load(context, Order(archive, MARCH), "test", lambda *_: None)

    assert again.repeated
    assert again.release == first
    assert releases(context) == (first,)
    with pytest.raises(Refused, match="the release of 2026-03-02"):
        load(context, Order(archive, APRIL), "test", lambda *_: None)


def test_the_same_files_with_links_are_another_release_of_the_day(store: Store) -> None:
    context = a_context_of_late(store)
    loaded(context)
    assert published(context, UCD_OF_ALPHA) == ()

    loaded(context, links=LINKS)

    assert [each.in_force for each in releases(context)] == [True, False]
    assert published(context, UCD_OF_ALPHA)[0].record.cis == ALPHA
    assert published(context, UCD_OF_ALPHA[5:12])[0].record.cis == ALPHA


def test_the_newest_release_is_in_force_whenever_it_was_loaded(
    store: Store, tmp_path: Path
) -> None:
    context = a_context_of_late(store)
    loaded(context, another(tmp_path, APRIL))

    assert loaded(context).in_force is False  # March, loaded after April
    assert in_force(context) == APRIL
    assert loaded(context, another(tmp_path, MAY)).in_force is True
    assert in_force(context) == MAY
    assert [each.published for each in releases(context)] == [MAY, APRIL, MARCH]


def test_an_earlier_release_can_be_put_in_force_again(store: Store, tmp_path: Path) -> None:
    context = a_context_of_late(store)
    loaded(context)
    loaded(context, another(tmp_path, APRIL))
    assert published(context, "61000003")

    use(context, MARCH, "test")

    assert in_force(context) == MARCH
    assert published(context, "61000003") == ()
    with pytest.raises(Refused, match="kept are: 2026-04-02, 2026-03-02"):
        use(context, MAY, "test")
    assert of_day(context, APRIL).in_force is False


def test_a_release_newer_than_the_chosen_one_takes_its_place(store: Store, tmp_path: Path) -> None:
    context = a_context_of_late(store)
    loaded(context)
    loaded(context, another(tmp_path, MAY))
    use(context, MARCH, "test")

    assert loaded(context, another(tmp_path, APRIL)).in_force is True
    assert in_force(context) == APRIL


def test_loads_and_choices_stand_in_the_journal(store: Store) -> None:
    context = a_context_of_late(store)
    release = loaded(context)
    use(context, MARCH, "test")

    with store.unit(context.tenant) as unit:
        entries = audit.entries_about(unit, (release.id,))
    assert [entry.event.value for entry in entries] == ["reference.loaded", "reference.chosen"]
    assert entries[0].detail == {"sha256": release.sha256, "published": "2026-03-02"}


def test_a_refused_release_leaves_the_one_before(store: Store, tmp_path: Path) -> None:
    context = a_context_of_late(store)
    loaded(context)
    broken = written_release(tmp_path / "bdpm-2026-04-02", CIS_COMPO_bdpm=b"ab\x81\n")

    with pytest.raises(Refused, match=r"CIS_COMPO_bdpm\.txt: line 1, byte 3"):
        loaded(context, broken)

    assert in_force(context) == MARCH


@pytest.mark.parametrize(
    ("files", "refusal"),
    [
        ({"readme.txt": b""}, "lacks CIS_bdpm.txt"),
        ({**sample_bytes(), "more/cis_BDPM.txt": b""}, "CIS_bdpm.txt is there twice"),
    ],
    ids=["nothing", "twice"],
)
def test_an_archive_that_is_no_release_is_refused(
    sqlite_store: Store, tmp_path: Path, files: dict[str, bytes], refusal: str
) -> None:
    archive = tmp_path / "bdpm-2026-03-02.zip"
    with zipfile.ZipFile(archive, "w") as packed:
        for name, data in files.items():
            packed.writestr(name, data)

    with pytest.raises(Refused, match=refusal):
        loaded(a_context_of_late(sqlite_store), archive)


def test_a_file_that_is_no_archive_is_refused(sqlite_store: Store) -> None:
    with pytest.raises(Refused, match="must be a folder or a zip archive"):
        loaded(a_context_of_late(sqlite_store), LINKS)


KILLED = """
import os, signal, sys
from datetime import date
from pathlib import Path
from engine.pipeline.context import Context
from engine.pipeline.reference import Order, load
from engine.settings import Settings
from engine.store.opening import open_store

def progress(step, done, total):
    if (step, done) == ("store", 500):
        os.kill(os.getpid(), signal.SIGKILL)

url, source = sys.argv[1:]
order = Order(Path(source), date(2026, 4, 2), most_apart=100)
load(Context(open_store(url), Settings()), order, "test", progress)
"""


def test_a_process_killed_in_the_middle_leaves_the_release_before_in_force(
    store: Store, tmp_path: Path
) -> None:
    context = a_context_of_late(store)
    before = loaded(context)
    source = written_release(tmp_path / "many", CIS_bdpm=many_products(1200))
    url = store.database.url.render_as_string(hide_password=False)

    died = subprocess.run(
        [sys.executable, "-c", KILLED, url, str(source)], cwd=ROOT, timeout=120, check=False
    )

    assert died.returncode == -9
    again = Context(open_store(url), Settings())
    assert releases(again) == (before,)
    assert published(again, ALPHA)
    assert published(again, "61000001") == ()
    whole = load(again, Order(source, APRIL, most_apart=Decimal(100)), "test", lambda *_: None)
    assert (whole.repeated, whole.release.report.products) == (False, 1208)
    assert in_force(again) == APRIL
    again.store.close()


def test_the_codes_of_one_product_lead_to_its_record(store: Store) -> None:
    context = a_context_of_late(store)
    loaded(context, links=LINKS)

    with store.unit(context.tenant) as unit:
        lookup = Lookup(unit)
        for system, value in (
            (ProductCodeSystem.CIS, ALPHA),
            (ProductCodeSystem.CIP13, BOX_OF_ALPHA),
            (ProductCodeSystem.CIP7, "9000011"),
            (ProductCodeSystem.UCD13, UCD_OF_ALPHA),
            (ProductCodeSystem.UCD7, "9900001"),
        ):
            record = lookup(named({system: value}))
            assert isinstance(record, ProductRecord)
            assert (record.cis, record.release) == (ALPHA, MARCH)
        together = lookup(
            named({ProductCodeSystem.UCD13: UCD_OF_ALPHA, ProductCodeSystem.CIS: ALPHA})
        )
        assert isinstance(together, ProductRecord)


def test_a_code_of_another_list_or_of_no_product_says_nothing(store: Store) -> None:
    context = a_context_of_late(store)
    loaded(context)

    with store.unit(context.tenant) as unit:
        lookup = Lookup(unit)
        assert lookup(named({ProductCodeSystem.CIS: "60900099"})) is None
        assert lookup(named({ProductCodeSystem.CIP7: ALPHA})) is None
        assert lookup(named({ProductCodeSystem.LOCAL: ALPHA})) is None
        assert lookup(named({ProductCodeSystem.ATC: "A01AA01"})) is None
        assert lookup(Product(text="ALPHAZINE")) is None
        known = {ProductCodeSystem.CIS: ALPHA, ProductCodeSystem.CIP13: "3400990009910"}
        assert isinstance(lookup(named(known)), ProductRecord)


def test_codes_of_two_products_give_no_record_and_a_finding(store: Store) -> None:
    context = a_context_of_late(store)
    loaded(context)

    with store.unit(context.tenant) as unit:
        codes = {ProductCodeSystem.CIP13: BOX_OF_ALPHA, ProductCodeSystem.CIS: BETA}
        doubts = Lookup(unit)(named(codes))

    assert isinstance(doubts, tuple)
    assert [doubt.code for doubt in doubts] == [FindingCode.PRODUCT_CONTRADICTED]
    assert doubts[0].quoted == f"{BOX_OF_ALPHA}, {BETA}"


def test_a_ucd_of_two_products_is_settled_by_another_code_or_is_in_doubt(
    store: Store, tmp_path: Path
) -> None:
    shared = tmp_path / "links.csv"
    shared.write_text(f"cis;ucd13\n{ALPHA};{UCD_OF_ALPHA}\n{BETA};{UCD_OF_ALPHA}\n")
    context = a_context_of_late(store)
    loaded(context, links=shared)

    with store.unit(context.tenant) as unit:
        lookup = Lookup(unit)
        alone = lookup(named({ProductCodeSystem.UCD13: UCD_OF_ALPHA}))
        both = {ProductCodeSystem.UCD13: UCD_OF_ALPHA, ProductCodeSystem.CIS: BETA}
        settled = lookup(named(both))

    assert isinstance(alone, tuple)
    assert [doubt.code for doubt in alone] == [FindingCode.PRODUCT_AMBIGUOUS]
    assert isinstance(settled, ProductRecord)
    assert settled.cis == BETA


def coded(name: str, *codings: tuple[str, str]) -> dict[str, object]:
    """A request whose product has these codes."""
    codes = [{"system": system, "code": code} for system, code in codings]
    return a_request(name, medicationCodeableConcept={"coding": codes, "text": f"PRODUIT {name}"})


def asked(store: Store) -> list[str]:
    """The statements that ask for products, as they are sent."""
    sent: list[str] = []
    event.listen(
        store.database,
        "before_cursor_execute",
        lambda _connection, _cursor, sql, *_: (
            sent.append(sql) if "FROM reference_codes" in sql else None
        ),
    )
    return sent


def test_one_statement_asks_for_all_products_of_a_message(store: Store) -> None:
    context = a_context_of_late(store)
    loaded(context)
    sent = asked(store)

    taken_in(context, a_bundle(coded("A", (CIS_SYSTEM, ALPHA)), coded("B", (CIS_SYSTEM, BETA))))

    assert len(sent) == 1


def test_one_statement_asks_for_all_prescriptions_of_a_message(store: Store) -> None:
    context = a_context_of_late(store)
    loaded(context)
    lines = (coded("A", (CIS_SYSTEM, ALPHA)), coded("B", (CIS_SYSTEM, BETA)))
    two = json.loads(a_bundle(*lines))
    two["entry"][2]["resource"]["groupIdentifier"]["value"] = "G2"
    sent = asked(store)

    taken_in(context, json.dumps(two).encode())

    assert len(open_items(context)) == 2
    assert len(sent) == 1


def test_one_more_statement_asks_for_the_lines_that_an_earlier_message_brought(
    store: Store,
) -> None:
    context = a_context_of_late(store)
    loaded(context)
    products = {"A": ALPHA, "B": BETA, "C": "60900003"}
    taken_in(context, a_bundle(*(coded(n, (CIS_SYSTEM, cis)) for n, cis in products.items())))
    sent = asked(store)

    taken_in(context, a_bundle(coded("A", (CIS_SYSTEM, ALPHA)), bundle="B2"))

    assert len(sent) == 2


def test_a_line_whose_codes_name_two_products_waits_for_a_pharmacist(store: Store) -> None:
    context = a_context_of_late(store)
    loaded(context)
    line = coded("A", (CIP_SYSTEM, BOX_OF_ALPHA), (CIS_SYSTEM, BETA))

    taken_in(context, a_bundle(line))

    item = the_item(context)
    found = [finding.code for _, finding in shown(context, "pharm", item.id).findings]
    assert FindingCode.PRODUCT_CONTRADICTED in found
    with store.unit(context.tenant) as unit:
        stored = prescriptions.prescription(unit, item.subject_id)
    assert stored is not None
    assert not stored.content.lines[0].may_plan


def test_the_files_of_an_authority_are_loaded_as_measured(
    sqlite_store: Store, external_samples: Path
) -> None:
    folder = external_samples / "french" / "bdpm" / "raw-bdpm-ingest"

    release = loaded(
        a_context_of_late(sqlite_store), folder, published=date(2026, 5, 18), most_apart=Decimal(1)
    )

    # Rows counted with awk, rows of products that are not listed by joining both files apart.
    assert {each.name: (each.encoding, each.rows, each.apart) for each in release.report.files} == {
        "CIS_bdpm.txt": ("cp1252", 15848, 0),
        "CIS_CIP_bdpm.txt": ("utf-8", 20903, 4),
        "CIS_COMPO_bdpm.txt": ("cp1252", 32389, 0),
        "CIS_CPD_bdpm.txt": ("cp1252", 28151, 0),
        "CIS_MITM.txt": ("cp1252", 7711, 0),
        "CIS_GENER_bdpm.txt": ("cp1252", 10704, 2517),
    }
    assert release.report.products == 15848
