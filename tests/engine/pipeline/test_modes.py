"""Two PN13 messages in a row, through the inbox: what becomes of the lines left out, by mode."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from messages import Clock, a_context, open_items, taken_in
from pn13_messages import ACTIVITY, a_line, a_message, a_posology

from engine.pipeline.consult import shown
from engine.pipeline.context import Context
from engine.pipeline.decide import decide_on
from engine.settings import Channel
from engine.store import patients, releases
from engine.store.queue import Item
from engine.store.unit import Store
from engine.terminal.answers import answers, verdicts
from engine.validation.decide import Request
from schemas.decision import DecisionKind
from schemas.finding import FindingCode
from schemas.message import MessageState
from schemas.schedule import DoseSchedule

INCREMENTAL, WHOLE, UNKNOWN = "I", "2", "1"
STAY = "<Séjour><Id_séjour>26000123</Id_séjour></Séjour>"
PATIENT = """<Patient><Ipp>0000451</Ipp><DI>1.2.250.1.999.1</DI>
<Nom_naissance>EXEMPLE</Nom_naissance></Patient>"""
CODES = {"L1": "3400894000310", "L2": "3400894000556", "L3": "3400894000624"}


@pytest.fixture
def ward(sqlite_store: Store, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Context:
    """A pharmacy whose sender says by `2` that a message is the whole treatment."""
    folder = tmp_path / "pn13-modes"
    (folder / "pn13").mkdir(parents=True)
    reference = Path(__file__).parents[3] / "mappings" / "sites" / "reference"
    for name in ("site.toml", "moments.csv", "distributions.csv", "compartments.csv"):
        (folder / name).write_text((reference / name).read_text(encoding="utf-8"), "utf-8")
    (folder / "pn13" / "modes.csv").write_text(
        "# table: pn13/modes  target: schemas.prescription.Coverage  version: 2\n"
        "code;text;target;source;read_by\n"
        "2;récapitulatif;recapitulative;liste de l'établissement d'essai;\n",
        "utf-8",
    )
    monkeypatch.setenv("SEMAINIER_SITES", str(tmp_path))
    context = a_context(sqlite_store)
    channels = {name: Channel(site="pn13-modes") for name in ("import", "other")}
    settings = context.settings.model_copy(update={"channels": channels})
    return Context(sqlite_store, settings, Clock())


def sent(
    ward: Context,
    mode: str,
    *names: str,
    channel: str = "import",
    stay: str = STAY,
    day: int = 1,
    inside: str = "",
) -> None:
    """One message of these lines, each of one tablet at breakfast; a number of its own."""
    lines = [
        a_line(
            a_posology(ACTIVITY.format(activity="4", operator="5")),
            number=name,
            inside=inside,
            components=f"""<Composant_prescrit><Type_composant_1>1</Type_composant_1>
            <Code_composant_1>{CODES[name]}</Code_composant_1>
            <Libellé_composant>PRODUIT {name}, comprimé</Libellé_composant></Composant_prescrit>""",
        )
        for name in names
    ]
    header = f"<Mode_communication>{mode}</Mode_communication>"
    written = f"2026030{day}173000"
    data = a_message(*lines, patient=PATIENT, header=header, written=written)
    data = data.replace(b"<Prescription>", stay.encode() + b"<Prescription>")
    number = f'"{mode}{"".join(names)}{channel}{day}"'
    message = taken_in(ward, data.replace(b'"M1"', number.encode()), channel)
    assert message.state is MessageState.READ


def validated(ward: Context) -> None:
    """Everything that waits, validated by the pharmacist."""
    while items := open_items(ward):
        item = items[0]
        found = shown(ward, "pharm", item.id)
        assert found.prescription is not None
        findings = [finding for _, finding in found.findings]
        blocked = [n for n, finding in enumerate(findings, start=1) if finding.blocks]
        stuck = [
            str(rank)
            for rank, line in enumerate(found.prescription.content.lines, start=1)
            if not line.schedule.computable
        ]
        request = Request(
            kind=DecisionKind.VALIDATE,
            expected_sha256=item.content_sha256,
            lines=verdicts(len(found.prescription.content.lines), stuck),
            answers=answers(findings, [f"{n}=8/7" for n in blocked], "all"),
        )
        decide_on(ward, "pharm", item.id, request)


def lines_of(ward: Context, item: Item) -> list[tuple[str | None, str]]:
    found = shown(ward, "pharm", item.id)
    assert found.prescription is not None
    return [(line.line.identifier, line.line.action) for line in found.prescription.content.lines]


def codes_of(ward: Context, item: Item, *wanted: FindingCode) -> list[tuple[str, str | None]]:
    found = shown(ward, "pharm", item.id)
    return [(f.code.value, f.quoted) for _, f in found.findings if f.code in wanted]


def in_force(ward: Context) -> list[str | None]:
    """The lines from which anything is prepared now."""
    return sorted(line for line in _in_force(ward) if line)


def _in_force(ward: Context) -> Iterator[str | None]:
    with ward.store.unit(ward.tenant) as unit:
        (patient,) = patients.patients_named(unit, "0000451")
        for release in releases.released_prescriptions(unit, patient):
            if release.superseded_at is None:
                yield from (
                    line.line.identifier
                    for line in release.content.lines
                    if isinstance(line.schedule, DoseSchedule) and line.schedule.steps
                )


TOLD = (
    FindingCode.LINE_CARRIED,
    FindingCode.LINE_REMOVED,
    FindingCode.LINE_STOPPED,
    FindingCode.ELEMENT_UNREAD,
)


def test_an_incremental_message_carries_the_lines_that_it_leaves_out(ward: Context) -> None:
    sent(ward, INCREMENTAL, "L1", "L2")
    validated(ward)

    sent(ward, INCREMENTAL, "L1", day=2)

    (item,) = open_items(ward)
    assert lines_of(ward, item) == [("L1", "start"), ("L2", "start")]
    assert codes_of(ward, item, *TOLD) == [("line-carried", None)]


def test_a_whole_treatment_ends_the_line_that_it_leaves_out_when_a_person_agrees(
    ward: Context,
) -> None:
    sent(ward, INCREMENTAL, "L1", "L2")
    validated(ward)

    sent(ward, WHOLE, "L1", day=2)

    (item,) = open_items(ward)
    assert lines_of(ward, item) == [("L1", "start")]
    assert codes_of(ward, item, *TOLD) == [("line-removed", "PRODUIT L2, comprimé")]
    assert in_force(ward) == ["L1", "L2"]
    validated(ward)
    assert in_force(ward) == ["L1"]


def test_a_mode_that_nobody_states_ends_nothing_and_asks(ward: Context) -> None:
    sent(ward, INCREMENTAL, "L1", "L2")
    validated(ward)

    sent(ward, UNKNOWN, "L1", day=2)

    (item,) = open_items(ward)
    assert lines_of(ward, item) == [("L1", "start"), ("L2", "start")]
    assert codes_of(ward, item, *TOLD) == [("element-unread", "1"), ("line-carried", None)]


def test_a_whole_treatment_stops_other_prescriptions_of_the_stay_on_the_desk(
    ward: Context,
) -> None:
    sent(ward, INCREMENTAL, "L1")
    sent(ward, INCREMENTAL, "L2", day=2)
    validated(ward)
    assert in_force(ward) == ["L1", "L2"]

    sent(ward, WHOLE, "L2", "L3", day=3)

    by_lines = {tuple(lines_of(ward, item)): item for item in open_items(ward)}
    assert set(by_lines) == {(("L2", "start"), ("L3", "start")), (("L1", "stop"),)}
    assert codes_of(ward, by_lines[("L1", "stop"),], FindingCode.LINE_STOPPED) == [
        ("line-stopped", "PRODUIT L1, comprimé")
    ]
    assert in_force(ward) == ["L1", "L2"]
    validated(ward)
    assert in_force(ward) == ["L2", "L3"]


def test_a_whole_treatment_stops_what_nobody_has_decided_on_yet(ward: Context) -> None:
    sent(ward, INCREMENTAL, "L1")

    sent(ward, WHOLE, "L2", day=2)

    assert sorted(lines_of(ward, item) for item in open_items(ward)) == [
        [("L1", "stop")],
        [("L2", "start")],
    ]


@pytest.mark.parametrize(
    "elsewhere",
    [{"channel": "other"}, {"stay": "<Séjour><Id_séjour>26000999</Id_séjour></Séjour>"}],
    ids=["another channel", "another stay"],
)
def test_a_whole_treatment_ends_nothing_of_another_sender_or_stay(
    ward: Context, elsewhere: dict[str, str]
) -> None:
    sent(ward, INCREMENTAL, "L1", **elsewhere)
    validated(ward)

    sent(ward, WHOLE, "L2", day=2)

    assert [lines_of(ward, item) for item in open_items(ward)] == [[("L2", "start")]]
    assert in_force(ward) == ["L1"]


def test_an_incremental_message_leaves_other_prescriptions_alone(ward: Context) -> None:
    sent(ward, INCREMENTAL, "L1")
    validated(ward)

    sent(ward, INCREMENTAL, "L2", day=2)

    assert [lines_of(ward, item) for item in open_items(ward)] == [[("L2", "start")]]
    validated(ward)
    assert in_force(ward) == ["L1", "L2"]


@pytest.mark.parametrize("kind", ["6", "7"])
def test_a_line_that_modifies_or_replaces_one_of_another_message_stops_it_on_the_desk(
    ward: Context, kind: str
) -> None:
    sent(ward, INCREMENTAL, "L1")
    validated(ward)

    sent(
        ward,
        INCREMENTAL,
        "L2",
        day=2,
        inside=f"""<Elément_lié><Id_Elément_lié>L1</Id_Elément_lié>
        <Type_liaison_élément>{kind}</Type_liaison_élément></Elément_lié>""",
    )

    assert sorted(lines_of(ward, item) for item in open_items(ward)) == [
        [("L1", "stop")],
        [("L2", "start")],
    ]
    assert in_force(ward) == ["L1"]
    validated(ward)
    assert in_force(ward) == ["L2"]


def test_a_whole_treatment_without_a_line_stops_everything_on_the_desk(ward: Context) -> None:
    sent(ward, INCREMENTAL, "L1", "L2")
    validated(ward)
    nothing = a_message("<Commentaire>Fin du traitement</Commentaire>", patient=PATIENT)
    header = f"{STAY}<Prescription><Mode_communication>{WHOLE}</Mode_communication>"

    taken_in(ward, nothing.replace(b"<Prescription>", header.encode()))

    (stopped,) = [item for item in open_items(ward) if lines_of(ward, item)]
    assert lines_of(ward, stopped) == [("L1", "stop"), ("L2", "stop")]
    assert in_force(ward) == ["L1", "L2"]
