"""The everyday French of prescriptions, row by row: what is read, and what is left for a person.

Rows: moments, quantity, frequency, duration, Latin codes. Sources: ANS e-prescription guide
(prescription-Exemples, prescription-Modelisation), FHIR R4 EventTiming, MSF medical guidelines
(spoons), lists of French prescription abbreviations, ISMP list of error-prone abbreviations.
"""

from collections.abc import Sequence

import pytest
from phases_in_words import in_words

from engine.posology.text.propose import propose

READ: dict[str, Sequence[str]] = {
    # Moments.
    "matin": ["MORN"],
    "midi": ["NOON"],
    "soir": ["EVE"],
    "au coucher": ["HS"],
    "la nuit": ["NIGHT"],
    "au lever": ["WAKE"],
    "au goûter": ["AS"],
    "l'après-midi": ["AFT"],
    "2 comprimés à 16h": ["2 tablet; 16:00"],
    # Quantity.
    "1 cp": ["1 tablet"],
    "1 comp.": ["1 tablet"],
    "1 gél.": ["1 capsule"],
    "2 gélules": ["2 capsule"],
    "1/2 cp": ["0.5 tablet"],
    "un demi cp": ["0.5 tablet"],
    "0,5 cp": ["0.5 tablet"],
    "½ cp": ["0.5 tablet"],
    "3/4 cpr": ["0.75 tablet"],
    "trois-quarts de comprimé": ["0.75 tablet"],
    "1/3 cp à 7h et 2/3 à 18h": ["0.333333 tablet; 07:00", "0.666667; 18:00"],
    "10 gouttes": ["10 drop"],
    "1 c. à café": ["1 teaspoon"],
    "1 c. à soupe": ["1 tablespoon"],
    "10 mg": ["10 mg"],
    "40 mg le soir": ["40 mg; EVE"],
    "1 g x 3/j": ["1 g; 3 in 1 d"],
    "1 g par jour": ["1 g; of one intake or of all; 1 in 1 d"],
    "3 cp/j": ["3 tablet; of one intake or of all; 1 in 1 d"],
    "6 cp par jour en 3 prises": ["6 tablet; of one intake or of all; 3 in 1 d"],
    "3 cp par jour en une prise": ["3 tablet; 1 in 1 d"],
    "1 à 2 cp": ["1-2 tablet"],
    "un à deux comprimés": ["1-2 tablet"],
    "1 application": ["1 application"],
    "1 patch": ["1 patch"],
    "1 injection": ["1 injection"],
    "1 bouffée": ["1 puff"],
    # Frequency and moments.
    "1 cp x 3/j": ["1 tablet; 3 in 1 d"],
    "1 cp 3 fois par jour": ["1 tablet; 3 in 1 d"],
    "x3/j": ["3 in 1 d"],
    "3x1g/j x 3j": ["1 g; 3 in 1 d; 3 d"],
    "2 x 1 cp par jour": ["1 tablet; 2 in 1 d"],
    "matin, midi et soir": ["MORN, NOON, EVE"],
    "matin midi soir coucher": ["MORN, NOON, EVE, HS"],
    "M-M-S-C": ["MORN, NOON, EVE, HS"],
    "1 cp M-M-S": ["1 tablet; MORN, NOON, EVE"],
    "1 - 0 - 1": ["1; MORN, EVE"],
    "1-0-1-0": ["1; MORN, EVE"],
    "1.0.1": ["1; MORN, EVE"],
    "1 0 1": ["1; MORN, EVE"],
    "1/2 - 0 - 1": ["0.5; MORN", "1; EVE"],
    "1-0-3/4-0": ["0.75; EVE", "1; MORN"],
    "2 matin 1 soir": ["2; MORN", "1; EVE"],
    "1 cp à 7h, 12h, 18h": ["1 tablet; 07:00, 12:00, 18:00"],
    "le soir (à 20h)": ["EVE; 20:00"],
    "toutes les 8 heures": ["1 in 8 h"],
    "/8h": ["1 in 8 h"],
    "au petit déjeuner": ["CM"],
    "au déjeuner": ["CD"],
    "au dîner": ["CV"],
    "avant les repas": ["AC"],
    "pendant les repas": ["C"],
    "après les repas": ["PC"],
    "30 min avant le petit-déjeuner": ["ACM 30 min"],
    "1 heure avant le petit-déjeuner": ["ACM 60 min"],
    "30 min avant les repas": ["AC 30 min"],
    "1 jour sur 2": ["1 in 2 d"],
    "un jour sur deux": ["1 in 2 d"],
    "1j/2": ["1 in 2 d"],
    "tous les 2 jours": ["1 in 2 d"],
    "tous les jours à 8h et 20h": ["each 1 d; 08:00, 20:00"],
    "lundi mercredi vendredi": ["mon, wed, fri"],
    "1 cp lu-me-ve": ["1 tablet; mon, wed, fri"],
    "le mardi": ["tue"],
    "tous les mardis et vendredis": ["tue, fri"],
    "du lundi au vendredi": ["mon, tue, wed, thu, fri"],
    "1 fois par semaine": ["1 in 1 wk"],
    "1 ampoule par mois": ["1 ampoule; of one intake or of all; 1 in 1 mo"],
    "21 jours sur 28": ["21 d on, 7 d off"],
    "1 cp le matin une semaine sur deux": ["1 tablet; 7 d on, 7 d off; MORN"],
    "si besoin": ["as needed"],
    "si douleur": ["as needed"],
    "en cas de fièvre": ["as needed"],
    "à la demande": ["as needed"],
    "lundi 2 cp, jeudi 1 cp": ["2 tablet; mon", "1 tablet; thu"],
    # Duration.
    "pendant 7 jours": ["7 d"],
    "pdt 7 j": ["7 d"],
    "x 7 j": ["7 d"],
    "7j": ["7 d"],
    "1 cp matin et soir, 7 jours": ["1 tablet; MORN, EVE; 7 d"],
    "pendant 1 mois": ["1 mo"],
    "QSP 1 mois": ["1 mo"],
    "qsp 3 mois": ["3 mo"],
    "jusqu'au 12/03/2026": ["until 2026-03-12"],
    "du 05/01 au 11/01/2026": ["from 2026-01-05; until 2026-01-11"],
    "du 28/12 au 03/01/2026": ["from 2025-12-28; until 2026-01-03"],
    "du 5 au 11 janvier 2026": ["from 2026-01-05; until 2026-01-11"],
    "2 cp 3 jours puis 1 cp 4 jours": ["step 1; 2 tablet; 3 d", "step 2; 1 tablet; 4 d"],
    # Latin and English codes.
    "1 cp BID": ["1 tablet; 2 in 1 d"],
    "1 cp TID": ["1 tablet; 3 in 1 d"],
    "1 cp QID": ["1 tablet; 4 in 1 d"],
    "1 cp QOD": ["1 tablet; 1 in 2 d"],
    "1 cp QD": ["1 tablet; of one intake or of all; 1 in 1 d"],
    "1 cp PRN": ["1 tablet; as needed"],
    "1 cp HS": ["1 tablet; HS"],
    "1 cp AC": ["1 tablet; AC"],
    "1 cp PC": ["1 tablet; PC"],
}

UNREAD: dict[str, Sequence[str]] = {
    # Quantity.
    "un demi": ["un demi"],
    "XX gouttes": ["XX gouttes"],
    "1 dose-poids": ["1 dose - poids"],
    "20 dose-kg": ["20 dose - kg"],
    "10 mg/kg": ["10 mg/kg"],
    "75 µg/h": ["75 µg/h"],
    # Frequency and moments.
    "1-1": ["1-1"],
    "1/0/1": ["1 /", "0/1"],
    "1-0-1-0-1": ["1-0 -", "1-0 -", "1"],
    "0-0-0-0": ["0-0-0-0"],
    "à jeun": ["à jeun"],
    "jours pairs": ["jours pairs"],
    "jours impairs": ["jours impairs"],
    "5 jours sur 7": ["5 jours sur 7"],
    "le premier jour du mois": ["le premier jour du mois"],
    "tous les 05 du mois": ["05 du mois"],
    "sauf le week-end": ["sauf le week-end"],
    "max 4/j": ["max 4/j"],
    "sans dépasser 4 par jour": ["sans dépasser 4 par jour"],
    "espacer de 6 h": ["espacer de 6 h"],
    "4 h minimum entre 2 prises": ["4 h minimum entre 2 prises"],
    "dès que possible": ["dès que possible"],
    "dose unique": ["dose unique"],
    "stat": ["stat"],
    "en fonction de la gêne": ["en fonction de la gêne"],
    "selon INR": ["selon INR"],
    "selon glycémie": ["selon glycémie"],
    "une semaine sur deux": ["une semaine sur deux"],
    # Duration.
    "à renouveler 2 fois": ["à renouveler 2 fois"],
    "AR x 2": ["AR x 2"],
    "OAR": ["OAR"],
    "jusqu'au 12/03": ["jusqu'au 12/03"],
    "jusqu'à épuisement": ["jusqu'à épuisement"],
    "jusqu'à amélioration": ["jusqu'à amélioration"],
    "à poursuivre tant que nécessaire": ["à poursuivre tant que nécessaire"],
    "puis": ["puis"],
    "ensuite": ["ensuite"],
    "à dose décroissante": ["à dose décroissante"],
    "par paliers": ["par paliers"],
    "arrêt": ["arrêt"],
    "à suspendre pendant l'hospitalisation": ["à suspendre pendant l'hospitalisation"],
    "starting on 03/04/2026": ["starting on 03/04/2026"],
}

BOTH: dict[str, tuple[Sequence[str], Sequence[str]]] = {
    "0,5 cp J1, 0,75 cp J2, recommencer": (
        ["0.5 tablet"],
        ["0,75 cp", "J1", "J2", ", recommencer"],
    ),
    "dernier vendredi": (["fri"], ["dernier"]),
    "1er, 8e, 15e jours du cycle": ([], ["1 er , 8 e , 15 e jours du cycle"]),
    "2 cp le lundi et 1 cp les autres jours": (
        ["2 tablet; mon", "1 tablet"],
        ["les autres jours"],
    ),
    "1 cp en alternance avec 2 cp": (["1 tablet"], ["en alternance avec", "2 cp"]),
    "1 cp le soir ou au coucher": (["1 tablet; EVE, HS"], ["ou"]),
    "1 cp le 12/03/2026": (["1 tablet"], ["12/03/2026"]),
}


@pytest.mark.parametrize("text", READ)
def test_a_row_is_read_whole(text: str) -> None:
    proposal = propose(text)

    assert [in_words(phase) for phase in proposal.phases] == READ[text]
    assert proposal.unread == ()


@pytest.mark.parametrize("text", UNREAD)
def test_a_row_that_asks_for_a_person_is_left_word_for_word(text: str) -> None:
    proposal = propose(text)

    assert proposal.unread == tuple(UNREAD[text])
    assert proposal.phases == ()


@pytest.mark.parametrize("text", BOTH)
def test_a_row_is_read_in_part_and_its_rest_is_left(text: str) -> None:
    proposal = propose(text)

    phases, unread = BOTH[text]
    assert [in_words(phase) for phase in proposal.phases] == phases
    assert proposal.unread == tuple(unread)


def test_an_amount_said_again_in_another_unit_is_a_second_reading_of_one_intake() -> None:
    proposal = propose("1 cp le matin (10 mg)")

    assert [in_words(phase) for phase in proposal.phases] == ["1 tablet; MORN"]
    assert [[in_words(phase) for phase in other] for other in proposal.several] == [["10 mg; MORN"]]


def test_a_strength_beside_a_count_makes_the_amount_of_all_units() -> None:
    proposal = propose("2 comprimés de 500 mg le soir")

    assert [in_words(phase) for phase in proposal.phases] == ["2 tablet; EVE"]
    assert [[in_words(phase) for phase in other] for other in proposal.several] == [
        ["1000 mg; EVE"]
    ]
    (strength,) = proposal.strengths
    assert (strength.numerator.value, strength.numerator.unit) == (500, "mg")


def test_two_amounts_in_one_unit_are_no_two_readings() -> None:
    proposal = propose("1 cp, 2 cp le matin")

    assert proposal.several == ()
    assert proposal.unread == ("2 cp",)
