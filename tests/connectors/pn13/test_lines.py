"""One PN13 line: what is asked, words, codes, product and links."""

import pytest
from pn13_messages import (
    CLINICAL,
    LINE,
    TABLET,
    a_line,
    a_message,
    a_posology,
    line_of,
    reading_of,
    said,
)

from schemas.codes import ProductCodeSystem
from schemas.finding import FindingCode
from schemas.prescription import LineAction, LinkKind


@pytest.mark.parametrize(
    ("sent", "action"),
    [
        ("C", LineAction.START),
        ("A", LineAction.STOP),
        ("M", LineAction.CHANGE),
        ("", LineAction.START),
    ],
)
def test_a_line_is_created_stopped_or_changed(sent: str, action: LineAction) -> None:
    line = line_of(a_line(inside=f"<Cré_arr_mod_val>{sent}</Cré_arr_mod_val>"))

    assert line.action is action
    assert line.findings == ()


@pytest.mark.parametrize("sent", ["V", "X"])
def test_an_action_whose_meaning_is_not_public_blocks(sent: str) -> None:
    line = line_of(a_line(inside=f"<Cré_arr_mod_val>{sent}</Cré_arr_mod_val>"))

    assert said(line.findings) == [("order-control-unknown", sent)]


@pytest.mark.parametrize(
    ("sent", "action", "doubts"),
    [
        ("0", LineAction.START, [("status-not-active", "0")]),
        ("1", LineAction.HOLD, [("status-not-active", "1")]),
        ("2", LineAction.START, []),
        ("3", LineAction.START, []),
        ("4", LineAction.CANCEL, [("status-not-active", "4")]),
        ("5", LineAction.START, [("code-invalid", "5")]),
    ],
)
def test_a_line_that_is_not_in_force_says_so(
    sent: str, action: LineAction, doubts: list[tuple[str, str]]
) -> None:
    line = line_of(a_line(inside=f"<GoNogo>{sent}</GoNogo>"))

    assert line.action is action
    assert said(line.findings) == doubts


@pytest.mark.parametrize(
    ("sent", "supplied", "doubts"),
    [
        ("0", False, []),
        ("false", False, []),
        ("1", True, []),
        ("", None, []),
        ("N", None, [("code-invalid", "N")]),
    ],
)
def test_what_is_asked_of_the_pharmacy_is_read(
    sent: str, supplied: bool | None, doubts: list[tuple[str, str]]
) -> None:
    line = line_of(a_line(inside=f"<Fourniture>{sent}</Fourniture>"))

    assert line.supplied is supplied
    assert said(line.findings) == doubts


def test_the_words_of_a_line_are_kept_each_in_its_place() -> None:
    line = line_of(
        a_line(
            inside="""<Libellé_élément_prescr>1 comprimé le matin</Libellé_élément_prescr>
            <Posologie>1-0-0</Posologie><Indication>Douleur</Indication><Urgent>1</Urgent>
            <Commentaire>Avec un verre d'eau</Commentaire>
            <Commentaire_structuré><Texte>À jeun</Texte></Commentaire_structuré>
            <Lieu_administration>Chambre</Lieu_administration>"""
        )
    )

    assert (line.text, line.posology.text, line.indication) == (
        "1 comprimé le matin",
        "1-0-0",
        "Douleur",
    )
    assert [(note.scope, note.text) for note in line.notes] == [
        ("Commentaire", "Avec un verre d'eau"),
        ("Lieu_administration", "Chambre"),
        ("Commentaire_structuré", "À jeun"),
        ("Urgent", "Urgent"),
    ]
    assert line.notes[0].location == f"{LINE}/Commentaire"


def test_a_condition_of_application_blocks() -> None:
    line = line_of(a_line(inside="<Conditions_application>Si TA > 14</Conditions_application>"))

    assert [f.code for f in line.findings] == [FindingCode.EVENT_CONDITION]
    assert [note.text for note in line.notes] == ["Si TA > 14"]


def test_route_and_form_have_the_label_of_the_table_or_of_the_sender() -> None:
    known = line_of(a_line(inside="<Voie_administration>54</Voie_administration><Forme>29</Forme>"))
    own = line_of(
        a_line(
            inside="""<Voie_administration Phast-nomenclature="LOCAL" Phast-signification="Orale">
            PO</Voie_administration><Forme>999</Forme>"""
        )
    )

    assert known.route is not None
    assert known.product.form is not None
    assert (known.route.code, known.route.system, known.route.display) == ("54", None, "voie orale")
    assert (known.product.form.code, known.product.form.display) == ("29", "comprimé")
    assert own.route is not None
    assert own.product.form is not None
    assert (own.route.code, own.route.system, own.route.display) == ("PO", "LOCAL", "Orale")
    assert own.product.form.display is None


def a_component(rank: str, code: str, inside: str = "", attributes: str = "") -> str:
    return f"""<Composant_prescrit><Type_composant_{rank}>{rank}</Type_composant_{rank}>
    <Code_composant_{rank}{attributes}>{code}</Code_composant_{rank}>
    <Libellé_composant>PRODUIT</Libellé_composant>{inside}</Composant_prescrit>"""


@pytest.mark.parametrize(
    ("rank", "code", "system"),
    [
        ("1", "9216902", ProductCodeSystem.UCD7),
        ("1", "3400894000310", ProductCodeSystem.UCD13),
        ("3", "1181", ProductCodeSystem.LOCAL),
        ("3", "100000091372", ProductCodeSystem.SMS),
        ("8", "100000091372", ProductCodeSystem.SMS),
        ("13", "100000091372", ProductCodeSystem.SMS),
        ("14", "MV00000557", ProductCodeSystem.MV),
        ("4", "9216902", ProductCodeSystem.LOCAL),
        ("7", "M12", ProductCodeSystem.LOCAL),
        ("12", "3400894000310", ProductCodeSystem.UCD13),
    ],
)
def test_a_code_is_of_the_list_that_its_type_and_shape_say(
    rank: str, code: str, system: ProductCodeSystem
) -> None:
    line = line_of(a_line(components=a_component(rank, code)))

    assert [(c.system, c.value, c.authority) for c in line.product.codes] == [
        (system, code, f"Type_composant_{rank}")
    ]
    assert line.findings == ()


@pytest.mark.parametrize(
    ("rank", "code"),
    [("1", "ABC"), ("1", "3400894000311"), ("1", "3400949497294"), ("15", "123")],
)
def test_a_code_that_is_not_of_its_list_is_kept_and_doubted(rank: str, code: str) -> None:
    line = line_of(a_line(components=a_component(rank, code)))

    assert [c.value for c in line.product.codes] == [code]
    assert said(line.findings) == [("product-code-wrong", code)]


def test_a_code_keeps_the_nomenclature_of_its_sender() -> None:
    named = a_component("1", "9216902", attributes=' Phast-nomenclature="SIPh-CIO_UCD"')

    line = line_of(a_line(components=named))

    assert [(c.system, c.authority) for c in line.product.codes] == [
        (ProductCodeSystem.UCD7, "SIPh-CIO_UCD")
    ]


@pytest.mark.parametrize(
    ("flags", "allowed"),
    [(("0", "0"), True), (("0", "1"), False), (("", "1"), False), (("", ""), None)],
)
def test_one_component_that_may_not_be_replaced_forbids_it_for_the_line(
    flags: tuple[str, str], allowed: bool | None
) -> None:
    parts = "".join(
        a_component("1", "9216902", f"<Non_substituable>{flag}</Non_substituable>")
        for flag in flags
    )

    assert line_of(a_line(components=parts)).substitution_allowed is allowed


def test_several_components_are_a_mixture_and_block() -> None:
    line = line_of(
        a_line(components=TABLET + a_component("1", "9216902", "<Véhicule>1</Véhicule>"))
    )

    assert line.product.codes == ()
    assert line.product.text == "PARACETAMOL EXEMPLE 1000 mg, comprimé + PRODUIT"
    assert [part.carrier for part in line.product.ingredients] == [False, True]
    assert [f.code for f in line.findings] == [FindingCode.PRODUCT_COMPOUND]


def test_a_line_without_product_or_number_says_so() -> None:
    line = line_of(a_line(components="", number=""))

    assert [f.code.value for f in line.findings] == ["element-missing", "product-missing"]


@pytest.mark.parametrize(
    ("sent", "kind", "doubts"),
    [
        (
            "3",
            LinkKind.ALTERNATIVE,
            [("line-alternative", "L2"), ("reference-unresolved", "L2")],
        ),
        ("6", LinkKind.MODIFIES, []),
        ("7", LinkKind.REPLACES, []),
        ("1", LinkKind.OTHER, [("code-invalid", "1")]),
        ("2", LinkKind.OTHER, [("code-invalid", "2")]),
    ],
)
def test_a_link_is_of_a_known_kind_or_blocks(
    sent: str, kind: LinkKind, doubts: list[tuple[str, str]]
) -> None:
    line = line_of(
        a_line(
            inside=f"""<Elément_lié><Id_Elément_lié>L2</Id_Elément_lié>
            <Type_liaison_élément>{sent}</Type_liaison_élément></Elément_lié>"""
        )
    )

    assert [(link.kind, link.line) for link in line.links] == [(kind, "L2")]
    assert said(line.findings) == doubts


def test_a_type_that_contradicts_its_rank_is_doubted() -> None:
    line = line_of(a_line(components=a_component("1", "9216902").replace(">1</Type", ">3</Type")))

    assert said(line.findings) == [("product-code-wrong", "9216902")]


def test_the_words_of_a_component_are_notes_of_the_line() -> None:
    line = line_of(
        a_line(components=a_component("1", "9216902", "<Commentaire>Écraser</Commentaire>"))
    )

    assert [(note.scope, note.text) for note in line.notes] == [("Commentaire", "Écraser")]


def test_a_comment_of_the_line_is_an_instruction_of_every_posology() -> None:
    line = line_of(a_line(inside="<Commentaire>Sauf le dimanche</Commentaire>"))

    assert [phase.instructions for phase in line.posology.phases] == [("Sauf le dimanche",)]
    assert [note.text for note in line.notes] == ["Sauf le dimanche"]


@pytest.mark.parametrize(
    ("shift", "doubts"),
    [
        ("2", [("bounds-invalid", "2")]),
        ("<Nombre>2</Nombre><Unité>j</Unité>", [("bounds-invalid", "2"), ("bounds-invalid", "j")]),
        ("0", []),
        ("", []),
    ],
)
def test_dates_that_a_protocol_shifts_block_the_line(
    shift: str, doubts: list[tuple[str, str]]
) -> None:
    line = line_of(a_line(inside=f"<Delta_dh_référence>{shift}</Delta_dh_référence>"))

    assert said(line.findings) == doubts


@pytest.mark.parametrize(
    ("sent", "doubts"), [("0", []), ("1", []), ("3", [("element-unread", "3")])]
)
def test_a_type_of_line_that_no_table_states_is_told(
    sent: str, doubts: list[tuple[str, str]]
) -> None:
    line = line_of(a_line(inside=f"<Type_élément_prescr>{sent}</Type_élément_prescr>"))

    assert said(line.findings) == doubts


def test_a_code_of_the_line_from_another_list_blocks() -> None:
    stop = '<Cré_arr_mod_val Phast-nomenclature="{}">A</Cré_arr_mod_val>'

    own = line_of(a_line(inside=stop.format("SIPh-Cré_arr_mod_val")))
    other = line_of(a_line(inside=stop.format("LOCAL")))

    assert own.findings == ()
    assert said(other.findings) == [("code-invalid", "A")]


def test_a_route_or_form_of_another_list_has_no_label_of_ours() -> None:
    line = line_of(
        a_line(
            inside="""<Voie_administration Phast-nomenclature="LOCAL">54</Voie_administration>
            <Forme Phast-nomenclature="EDQM">10219000</Forme>"""
        )
    )

    assert line.route is not None
    assert line.product.form is not None
    assert (line.route.system, line.route.display) == ("LOCAL", None)
    assert line.product.form.display == "comprimé"


def test_a_structured_comment_of_a_component_is_a_note() -> None:
    comment = "<Commentaire_structuré><Texte>Écraser</Texte></Commentaire_structuré>"

    line = line_of(a_line(components=a_component("1", "9216902", comment)))

    assert [(note.scope, note.text) for note in line.notes] == [
        ("Commentaire_structuré", "Écraser")
    ]


def test_an_indication_that_holds_a_condition_is_compared_with_what_is_planned() -> None:
    indicated = "<Indication>{}</Indication>"
    needed = a_posology(CLINICAL.format(code="0", words=""))
    fixed = a_posology("")

    inside = line_of(a_line(inside=indicated.format("Douleur, si elle persiste")))
    mixed = line_of(a_line(needed + fixed, inside=indicated.format("En cas de douleur")))
    name = line_of(a_line(inside=indicated.format("Diabète de type 2")))
    as_needed = line_of(a_line(needed, inside=indicated.format("En cas de douleur")))

    said_of = [[phase.instructions for phase in line.posology.phases] for line in (inside, mixed)]
    assert said_of == [[("Douleur, si elle persiste",)], [("En cas de douleur",)] * 2]
    assert name.posology.phases[0].instructions == ()
    assert as_needed.posology.phases[0].instructions == ()
    assert [line.indication for line in (mixed, name)] == [
        "En cas de douleur",
        "Diabète de type 2",
    ]


def test_the_author_of_a_structured_comment_is_kept_with_it() -> None:
    line = line_of(
        a_line(
            inside="""<Commentaire_structuré><Identification_auteur><Identifiant>P7</Identifiant>
            <Nom_usage>MARTIN</Nom_usage></Identification_auteur><Texte>Écraser</Texte>
            </Commentaire_structuré>"""
        )
    )

    (note,) = line.notes
    assert note.text == "Écraser"
    assert note.author is not None
    assert (note.author.family_name, note.author.identifiers[0].value) == ("MARTIN", "P7")
    assert line.findings == ()


def test_a_line_keeps_its_type_its_status_and_its_urgency() -> None:
    line = line_of(
        a_line(
            inside="""<Type_élément_prescr>0</Type_élément_prescr><GoNogo>2</GoNogo>
            <Urgent>0</Urgent>"""
        )
    )

    assert (line.kind, line.status, line.urgent) == ("0", "active", False)
    assert line.notes == ()


def test_the_component_that_a_dose_is_counted_in_is_marked() -> None:
    line = line_of(
        a_line(components=TABLET + a_component("1", "9216902", "<Référent_poso>1</Référent_poso>"))
    )

    assert [part.refers for part in line.product.ingredients] == [False, True]


LINKED = """<Elément_lié><Id_élément_lié>{}</Id_élément_lié>
<Type_liaison_élément>{}</Type_liaison_élément></Elément_lié>"""


def test_an_alternative_to_a_line_of_the_message_leads_somewhere() -> None:
    (prescription,) = reading_of(
        a_message(
            a_line(inside=LINKED.format("L2", "3")),
            a_line(number="L2", inside=LINKED.format("L1", "3")),
        )
    ).prescriptions

    assert [said(line.findings) for line in prescription.lines] == [
        [("line-alternative", "L2")],
        [("line-alternative", "L1")],
    ]


@pytest.mark.parametrize(
    ("name", "kind", "doubt"),
    [
        ("", "7", ("element-missing", None)),
        ("L1", "6", ("reference-unresolved", "L1")),
        ("L1", "7", ("reference-unresolved", "L1")),
    ],
)
def test_a_link_to_nothing_or_to_the_line_itself_blocks(
    name: str, kind: str, doubt: tuple[str, str | None]
) -> None:
    line = line_of(a_line(inside=LINKED.format(name, kind)))

    assert said(line.findings) == [doubt]
    assert all(finding.blocks for finding in line.findings)
