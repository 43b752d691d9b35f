"""The analysis of a prescription as PN13, read back by the standard library's parser."""

import xml.etree.ElementTree as ElementTree
from collections.abc import Sequence
from datetime import UTC, date, datetime
from decimal import Decimal
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pn13_messages import LINE, TABLET, a_line, a_message, a_posology, prescription_of

from connectors.pn13.connector import CONNECTOR, NAMESPACE
from connectors.pn13.write import write_analysis
from schemas.decision import (
    Answer,
    Decider,
    Decision,
    DecisionKind,
    Intervention,
    InterventionList,
    LineDecision,
    LineVerdict,
    ProposalKind,
    ProposedLine,
    Role,
)
from schemas.delivery import Analysis
from schemas.errors import Refused
from schemas.export import Envelope, ExportKind
from schemas.ids import DecisionId, DeliveryId, Sha256, UserName
from schemas.people import Identifier, Organization
from schemas.posology import Bounds, Cycle, Dose, Phase
from schemas.prescription import Line, Prescription
from schemas.quantity import Duration, PeriodUnit

SENT = datetime(2026, 3, 2, 9, 30, tzinfo=ZoneInfo("Europe/Paris"))
ENVELOPE = Envelope(id=DeliveryId("D1"), created_at=SENT, sender="S", receiver="R")
TWO_LINES = a_message(a_line(), a_line(number="L2"))


def a_decision(
    verdicts: Sequence[tuple[LineVerdict, str | None]] = ((LineVerdict.VALIDATED, None),) * 2,
    *,
    kind: DecisionKind = DecisionKind.VALIDATE,
    rpps: str | None = "99700056783",
    answers: tuple[Answer, ...] = (),
    reason: str | None = None,
) -> Decision:
    return Decision(
        id=DecisionId("dec1"),
        kind=kind,
        decided_by=Decider(
            user=UserName("p"), name="P", role=Role.PHARMACIST, rpps=rpps, finess="750512345"
        ),
        decided_at=datetime(2026, 3, 2, 8, 15, tzinfo=UTC),
        content_sha256=Sha256("0" * 64),
        source_sha256=Sha256("1" * 64),
        lines=tuple(
            LineDecision(line=str(rank), verdict=verdict, comment=comment)
            for rank, (verdict, comment) in enumerate(verdicts, start=1)
        ),
        answers=answers,
        reason=reason,
        software="semainier",
    )


def written(prescription: Prescription, decision: Decision) -> ElementTree.Element:
    analysis = Analysis(prescription=prescription, decision=decision, pharmacy=Organization())
    data = write_analysis(analysis, ENVELOPE)
    assert data == write_analysis(analysis, ENVELOPE)
    return ElementTree.fromstring(data)


def texts(root: ElementTree.Element, name: str) -> list[str | None]:
    return [element.text for element in root.iter(f"{{{NAMESPACE}}}{name}")]


def test_the_envelope_names_the_message_and_its_local_time() -> None:
    root = written(prescription_of(TWO_LINES), a_decision())

    assert root.tag == f"{{{NAMESPACE}}}Messages"
    assert root.get("Phast-id_message") == "D1"
    assert root.get("Phast-dh_émission") == "20260302093000"
    assert texts(root, "Dh_validation") == ["20260302091500"]


def test_the_pharmacist_is_eight_and_the_rpps_of_the_national_domain() -> None:
    root = written(prescription_of(TWO_LINES), a_decision())

    assert texts(root, "Identifiant") == ["899700056783"]
    assert texts(root, "Domaine_identification") == ["1.2.250.1.71.4.2.1"]


def test_each_line_has_its_verdict_and_words() -> None:
    decision = a_decision([(LineVerdict.VALIDATED, None), (LineVerdict.REFUSED, "Doublon")])

    root = written(prescription_of(TWO_LINES), decision)

    assert texts(root, "Id_élément_prescr") == ["L1", "L2"]
    assert texts(root, "Validation_pharm") == ["1", "2"]
    assert texts(root, "Commentaire_pharmacien") == ["Doublon"]


def test_an_intervention_leaves_its_words_on_its_line_and_keeps_its_codes() -> None:
    answer = Answer(
        finding_code="text-contradicts",
        location=f"{LINE}[2]/Libellé_élément_prescr",
        intervention=Intervention(
            code_list=InterventionList.OFFICINE,
            problem="8",
            intervention="7",
            comment="Vérifié avec le médecin",
        ),
        comment="note interne",
    )

    root = written(prescription_of(TWO_LINES), a_decision(answers=(answer,)))

    (second,) = (
        line
        for line in root.iter(f"{{{NAMESPACE}}}Elément_prescr_pharm")
        if texts(line, "Id_élément_prescr") == ["L2"]
    )
    assert texts(root, "Validation_pharm") == ["1", "1"]
    assert texts(root, "Commentaire_pharmacien") == ["Vérifié avec le médecin"]
    assert texts(second, "Commentaire_pharmacien") == ["Vérifié avec le médecin"]
    assert "note interne" not in ElementTree.tostring(root, encoding="unicode")


@pytest.mark.parametrize("kind", [DecisionKind.REJECT, DecisionKind.CLARIFY])
def test_a_prescription_that_is_sent_back_is_an_intervention_on_every_line(
    kind: DecisionKind,
) -> None:
    root = written(prescription_of(TWO_LINES), a_decision((), kind=kind, reason="Dose illisible"))

    assert texts(root, "Validation_pharm") == ["2", "2"]
    assert texts(root, "Commentaire_pharmacien") == ["Dose illisible"] * 2


@pytest.mark.parametrize(
    ("decision", "rule"),
    [
        (a_decision(kind=DecisionKind.HOLD), "decision.kind"),
        (a_decision(rpps=None), "rpps"),
        (a_decision([(LineVerdict.VALIDATED, None)]), "line 2"),
    ],
)
def test_a_decision_that_is_no_analysis_is_refused(decision: Decision, rule: str) -> None:
    with pytest.raises(Refused, match=rule):
        written(prescription_of(TWO_LINES), decision)


def test_a_patient_without_ipp_is_refused() -> None:
    unknown = a_message(patient="<Patient><Nom_usuel>X</Nom_usuel></Patient>")

    with pytest.raises(Refused, match="IPP"):
        written(prescription_of(unknown), a_decision())


def test_a_character_that_xml_forbids_is_replaced() -> None:
    decision = a_decision([(LineVerdict.REFUSED, "a\x0bb"), (LineVerdict.VALIDATED, None)])

    assert texts(written(prescription_of(TWO_LINES), decision), "Commentaire_pharmacien") == [
        "a\ufffdb"
    ]


def test_the_writer_is_offered_for_the_analysis_alone() -> None:
    writer = CONNECTOR.writer(ExportKind.ANALYSIS)

    assert writer is not None
    assert (writer.media_type, writer.suffix) == ("application/xml", ".xml")
    assert [w.kind for w in CONNECTOR.writers] == [ExportKind.ANALYSIS]
    with pytest.raises(Refused):
        writer.write(object(), ENVELOPE)


def a_proposal(kind: ProposalKind) -> ProposedLine:
    (line,) = prescription_of(a_message(a_line(a_posology(TWICE)))).lines
    own = line.model_copy(
        update={"identifiers": (Identifier(value="dec1-1"),), "text": "2 fois par jour"}
    )
    return ProposedLine(line="2", kind=kind, proposed=own, comment="Foie fragile")


@pytest.mark.parametrize(
    ("kind", "verdict", "codes"),
    [
        (ProposalKind.SUGGESTION, LineVerdict.VALIDATED, ("1", "2", "6")),
        (ProposalKind.MODIFICATION, LineVerdict.REFUSED, ("2", "2", "6")),
        (ProposalKind.SUBSTITUTION, LineVerdict.REFUSED, ("2", "3", "7")),
    ],
)
def test_a_proposed_line_follows_the_line_it_is_for_and_both_name_each_other(
    kind: ProposalKind, verdict: LineVerdict, codes: tuple[str, str, str]
) -> None:
    decision = a_decision([(LineVerdict.VALIDATED, None), (verdict, None)]).model_copy(
        update={"proposals": (a_proposal(kind),)}
    )
    passed, proposed, link = codes

    root = written(prescription_of(TWO_LINES), decision)

    assert texts(root, "Id_élément_prescr") == ["L1", "L2", "dec1-1"]
    assert texts(root, "Validation_pharm") == ["1", passed, "1"]
    assert texts(root, "Proposition_pharm") == [None, None, proposed]
    assert texts(root, "Cré_arr_mod_val") == [None, None, "C"]
    assert texts(root, "Commentaire_pharmacien") == ["Foie fragile"]
    assert texts(root, "Id_Elément_lié") == ["dec1-1", "L2"]
    assert texts(root, "Type_liaison_élément") == [link, link]
    assert texts(root, "Libellé_élément_prescr") == ["2 fois par jour"]
    assert len(texts(root, "Id_prescripteur")) == 2


def echoed(line: str) -> tuple[Line, Line]:
    """A line, and the line read from the analysis that repeats it."""
    prescription = prescription_of(a_message(line))
    root = written(prescription, a_decision([(LineVerdict.VALIDATED, None)]))
    (echo,) = root.iter(f"{{{NAMESPACE}}}Elément_prescr_pharm")
    inside = "".join(ElementTree.tostring(child, encoding="unicode") for child in echo)
    body = f"<Elément_prescr_médic>{inside}</Elément_prescr_médic>"
    return prescription.lines[0], prescription_of(a_message(body)).lines[0]


def bare(phase: Phase) -> Phase:
    return phase.model_copy(update={"location": "", "findings": (), "text": None})


MORNING = """<Type_événement_début>2</Type_événement_début>
<Evt_structuré_début><Evénement_structuré><Evt_objet>{}</Evt_objet>{}</Evénement_structuré>
</Evt_structuré_début>"""
ACTIVITY = """<Evt_nature>2</Evt_nature>
<Evt_activité><Evt_activité_code>4</Evt_activité_code></Evt_activité>"""
BEFORE = MORNING.format(ACTIVITY, "<Evt_opérateur>3</Evt_opérateur>")
JUST_AFTER = MORNING.format(ACTIVITY, "<Evt_opérateur>6</Evt_opérateur>")
NAMED = MORNING.format("<Evt_nature>4</Evt_nature><Evt_période_nommée>1</Evt_période_nommée>", "")
HALF_AN_HOUR = "<Int_temps_év_début><Nombre>30</Nombre><Unité>mn</Unité></Int_temps_év_début>"
TWICE = """<Fréquence_structurée><Frq_échelle>4</Frq_échelle>
<Frq_multiplicité>2</Frq_multiplicité></Fréquence_structurée>"""
MONDAYS = """<Fréquence_structurée><Frq_échelle>5</Frq_échelle><Frq_filtre>
<Frq_filtreVal_1_J>1</Frq_filtreVal_1_J></Frq_filtre></Fréquence_structurée>"""
TENTH = """<Fréquence_structurée><Frq_échelle>6</Frq_échelle><Frq_filtre>
<Frq_filtreVal_2>10</Frq_filtreVal_2></Frq_filtre></Fréquence_structurée>"""
AT_TEN = """<Type_événement_début>1</Type_événement_début>
<Int_temps_év_début><Nombre>600</Nombre><Unité>mn</Unité></Int_temps_év_début>"""
IF_NEEDED = """<Type_événement_début>3</Type_événement_début>
<Evénement_début>Douleur</Evénement_début>"""
SECOND = """<Type_événement2_début>3</Type_événement2_début>
<Evénement2_début>Toux</Evénement2_début>"""
LASTS = "<Durée><Nombre>30</Nombre><Unité>mn</Unité></Durée>"
RATE = "<Débit><Nombre>5</Nombre><Unité>mL/h</Unité></Débit>"
GAP = """<Elément_posologie><Type_événement_début>4</Type_événement_début>
<Evénement_début>1</Evénement_début>
<Quantité><Nombre>6</Nombre><Unité>h</Unité></Quantité></Elément_posologie>"""
CEILINGS = "".join(
    f"""<Elément_posologie><Type_événement_début>4</Type_événement_début>
    <Evénement_début>{kind}</Evénement_début>
    <Quantité><Nombre>3</Nombre><Unité>cpr</Unité></Quantité></Elément_posologie>"""
    for kind in "237"
)


@pytest.mark.parametrize(
    "posology",
    [
        a_posology(BEFORE + HALF_AN_HOUR),
        a_posology(JUST_AFTER),
        a_posology(NAMED) + a_posology(BEFORE),
        a_posology(NAMED + SECOND),
        a_posology(TWICE),
        a_posology(MONDAYS + NAMED),
        a_posology(TENTH + AT_TEN),
        a_posology(IF_NEEDED) + GAP + CEILINGS,
        a_posology(TWICE + LASTS + RATE),
        a_posology("<Fréquence Phast-nomenclature='F'>TLJ</Fréquence>"),
        a_posology(""),
    ],
)
def test_an_analysis_repeats_a_posology_as_it_was_read(posology: str) -> None:
    line, echo = echoed(a_line(posology))

    assert [bare(p) for p in echo.posology.phases] == [bare(p) for p in line.posology.phases]
    assert [f.code for p in echo.posology.phases for f in p.findings] == [
        f.code for p in line.posology.phases for f in p.findings
    ]


def test_an_analysis_repeats_product_route_form_and_links() -> None:
    line, echo = echoed(
        a_line(
            inside="""<Voie_administration>54</Voie_administration><Forme>29</Forme>
            <Indication>Douleur</Indication>
            <Elément_lié><Id_élément_lié>L9</Id_élément_lié>
            <Type_liaison_élément>3</Type_liaison_élément></Elément_lié>""",
            components=TABLET
            + """<Composant_prescrit><Type_composant_3>3</Type_composant_3>
            <Code_composant_3 Phast-nomenclature="LOCAL">1181</Code_composant_3>
            <Libellé_composant>B</Libellé_composant><Quantité_composant_prescrite>
            <Nombre>1.50</Nombre><Unité>mL</Unité></Quantité_composant_prescrite>
            <Véhicule>1</Véhicule></Composant_prescrit>""",
        )
    )

    first, second = line.product.ingredients
    assert echo.product.ingredients == (first, second.model_copy(update={"codes": ()}))
    assert (echo.route, echo.product.form, echo.indication) == (
        line.route,
        line.product.form,
        line.indication,
    )
    assert [(link.kind, link.line) for link in echo.links] == [
        (link.kind, link.line) for link in line.links
    ]


def test_a_posology_that_pn13_cannot_say_is_not_repeated_at_all() -> None:
    prescription = prescription_of(a_message(a_line(a_posology(TWICE) + a_posology(NAMED))))
    (line,) = prescription.lines
    first, second = line.posology.phases
    cyclic = first.model_copy(
        update={"rhythm": first.rhythm.model_copy(update={"cycle": Cycle(days_on=21, days_off=7)})}
    )
    posology = line.posology.model_copy(update={"phases": (cyclic, second)})
    changed = prescription.model_copy(
        update={"lines": (line.model_copy(update={"posology": posology}),)}
    )

    root = written(changed, a_decision([(LineVerdict.VALIDATED, None)]))

    assert texts(root, "Elément_posologie") == []
    assert texts(root, "Id_élément_prescr") == ["L1"]


@pytest.mark.parametrize(
    "bounds",
    [
        Bounds(duration=Duration(value=Decimal(5), unit=PeriodUnit.DAY)),
        Bounds(count=4),
        Bounds(end=date(2026, 3, 9), end_included=False),
        Bounds(end=date(2026, 3, 9)),
    ],
)
def test_a_need_with_bounds_of_its_own_is_not_repeated_without_them(bounds: Bounds) -> None:
    prescription = prescription_of(a_message(a_line(a_posology(TWICE) + a_posology(IF_NEEDED))))
    (line,) = prescription.lines
    fixed, needed = line.posology.phases
    own = needed.model_copy(update={"bounds": bounds})
    posology = line.posology.model_copy(update={"phases": (fixed, own)})
    changed = line.model_copy(update={"posology": posology})

    root = written(
        prescription.model_copy(update={"lines": (changed,)}),
        a_decision([(LineVerdict.VALIDATED, None)]),
    )

    assert needed.as_needed
    assert texts(root, "Elément_posologie") == []


def test_a_range_as_needed_is_not_repeated_as_one_amount() -> None:
    prescription = prescription_of(a_message(a_line(a_posology(IF_NEEDED))))
    (line,) = prescription.lines
    (needed,) = line.posology.phases
    assert needed.dose is not None
    assert needed.dose.low is not None
    most = needed.dose.low.model_copy(update={"value": needed.dose.low.value + 1})
    own = needed.model_copy(update={"dose": Dose(low=needed.dose.low, high=most)})
    changed = line.model_copy(
        update={"posology": line.posology.model_copy(update={"phases": (own,)})}
    )

    root = written(
        prescription.model_copy(update={"lines": (changed,)}),
        a_decision([(LineVerdict.VALIDATED, None)]),
    )

    assert texts(root, "Elément_posologie") == []


POSOLOGIES = (
    a_posology(BEFORE + HALF_AN_HOUR),
    a_posology(JUST_AFTER),
    a_posology(NAMED),
    a_posology(NAMED + SECOND),
    a_posology(TWICE),
    a_posology(MONDAYS + NAMED),
    a_posology(TENTH + AT_TEN),
    a_posology(IF_NEEDED),
    a_posology(TWICE + LASTS + RATE),
    a_posology("<Fréquence Phast-nomenclature='F' Phast-signification='x'>TLJ</Fréquence>"),
    a_posology(""),
)
OF_THE_LINE = (
    "<Voie_administration>54</Voie_administration>",
    "<Forme>29</Forme>",
    "<Indication>Douleur</Indication>",
    "<Libellé_élément_prescr>PARACETAMOL : 1 comprimé</Libellé_élément_prescr>",
    "<Type_élément_prescr>1</Type_élément_prescr>",
    *(
        f"""<Elément_lié><Id_élément_lié>L9</Id_élément_lié>
        <Type_liaison_élément>{kind}</Type_liaison_élément></Elément_lié>"""
        for kind in "367"
    ),
)
AMOUNTS = st.decimals(min_value=0, max_value=10_000, places=2)


@st.composite
def components(draw: st.DrawFn) -> str:
    """One to three components, the vehicle and the one the dose is counted in anywhere."""
    parts = []
    for _ in range(draw(st.integers(1, 3))):
        flags = "".join(draw(st.sampled_from(["", f"<{name}>1</{name}>"])) for name in FLAGS)
        parts.append(
            f"""<Composant_prescrit><Type_composant_3>3</Type_composant_3>
            <Code_composant_3>1181</Code_composant_3><Libellé_composant>B</Libellé_composant>
            <Quantité_composant_prescrite><Nombre>{draw(AMOUNTS)}</Nombre><Unité>mL</Unité>
            </Quantité_composant_prescrite>{flags}</Composant_prescrit>"""
        )
    return "".join(parts)


FLAGS = ("Référent_poso", "Véhicule")
LIMITS = st.sampled_from(["", GAP, CEILINGS, GAP + CEILINGS])


@settings(max_examples=150, deadline=None)
@given(
    posologies=st.lists(st.sampled_from(POSOLOGIES), min_size=1, max_size=4),
    limits=LIMITS,
    inside=st.sets(st.sampled_from(OF_THE_LINE)),
    parts=components(),
)
def test_what_an_analysis_repeats_of_any_line_is_read_as_the_line_was(
    posologies: list[str], limits: str, inside: set[str], parts: str
) -> None:
    own = a_line("".join(posologies) + limits, inside="".join(sorted(inside)), components=parts)

    line, echo = echoed(own)

    assert _said(echo) == _said(line)


def _said(line: Line) -> object:
    """What an analysis repeats, without places, doubts and the words that stand beside codes."""
    return (
        line.identifier,
        line.kind,
        line.text,
        line.route,
        line.product.form,
        line.product.ingredients,
        line.indication,
        [(link.kind, link.line) for link in line.links],
        [bare(phase) for phase in line.posology.phases],
    )
