"""Everyday texts that say what their structure says: none of them blocks."""

from datetime import date
from typing import Any

import pytest
from builders import a_frequency, a_phase
from plans import lasting

from engine.posology.comparison.compare import compare
from engine.posology.text.propose import propose
from schemas.posology import Bounds, Phase, Weekday


def _on(*names: str, **stated: Any) -> Phase:
    """A phase on these weekdays."""
    phase = a_phase(**stated)
    days = tuple(map(Weekday, names))
    rhythm = phase.rhythm.model_copy(update={"weekdays": days})
    return phase.model_copy(update={"rhythm": rhythm})


def _step(number: int, **stated: Any) -> Phase:
    return a_phase(sequence=number, **stated)


def _as_needed(phase: Phase) -> Phase:
    return phase.model_copy(update={"as_needed": True})


AGREEING: list[tuple[str, list[Phase]]] = [
    ("1 comprimé le matin", [a_phase(moments=["MORN"])]),
    ("1 gélule matin et soir", [a_phase(moments=["MORN", "EVE"], dose="1 capsule")]),
    ("1 cp x 3/j", [a_phase(frequency=a_frequency(3))]),
    ("1 cp 3x/jour pdt 7j", [a_phase(frequency=a_frequency(3), bounds=lasting(7))]),
    (
        "1 cp matin, midi et soir au cours des repas pendant 7 jours",
        [a_phase(moments=["MORN", "NOON", "EVE"], bounds=lasting(7))],
    ),
    ("1 comprimé trois fois par jour au milieu des repas", [a_phase(frequency=a_frequency(3))]),
    ("1 tab bid", [a_phase(frequency=a_frequency(2))]),
    ("Take ONE tablet TWICE a day", [a_phase(frequency=a_frequency(2))]),
    (
        "Take one tablet three times daily with food for 7 days",
        [a_phase(frequency=a_frequency(3), bounds=lasting(7))],
    ),
    ("2 puffs twice daily", [a_phase(frequency=a_frequency(2), dose="2 puff")]),
    ("Inhale 2 puffs twice a day via spacer", [a_phase(frequency=a_frequency(2), dose="2 puff")]),
    ("1-0-1", [a_phase(moments=["MORN"]), a_phase(moments=["EVE"])]),
    ("1-0-1 cp", [a_phase(moments=["MORN"]), a_phase(moments=["EVE"])]),
    ("1/2 cp le soir", [a_phase(moments=["EVE"], dose="0.5 tablet")]),
    ("½ comprimé au coucher", [a_phase(moments=["HS"], dose="0.5 tablet")]),
    ("1 comprimé et demi le matin", [a_phase(moments=["MORN"], dose="1.5 tablet")]),
    ("midi et soir : 1 cp", [a_phase(moments=["NOON", "EVE"])]),
    ("1 cp midi et soir avant les repas", [a_phase(moments=["NOON", "EVE"])]),
    ("1 cp le lundi", [_on("mon")]),
    ("1 comprimé le lundi matin à jeun", [_on("mon", moments=["MORN"])]),
    ("1 comprimé un jour sur deux", [a_phase(frequency=a_frequency(1, "2"))]),
    ("1 cp 1 jour/2", [a_phase(frequency=a_frequency(1, "2"))]),
    ("1 cp 1j/2 le matin", [a_phase(frequency=a_frequency(1, "2"), moments=["MORN"])]),
    ("1 cp par jour QSP 1 mois", [a_phase(frequency=a_frequency(1), bounds=lasting(1, "mo"))]),
    ("1 cp/j, qsp 30 jours", [a_phase(frequency=a_frequency(1), bounds=lasting(30))]),
    (
        "1 cp par jour pendant 3 mois, AR 2 fois",
        [a_phase(frequency=a_frequency(1), bounds=lasting(3, "mo"))],
    ),
    ("1 cp le matin. Boîte de 30", [a_phase(moments=["MORN"])]),
    (
        "EXEMPLE 500 mg, comprimé : 1 cp matin midi et soir, boîte de 16",
        [a_phase(moments=["MORN", "NOON", "EVE"])],
    ),
    ("1 comprimé (500 mg) matin et soir", [a_phase(moments=["MORN", "EVE"])]),
    ("2 comprimés à 500 mg matin et soir", [a_phase(moments=["MORN", "EVE"], dose="2 tablet")]),
    ("1 comprimé de 500 mg toutes les 8 heures", [a_phase(frequency=a_frequency(1, "8", "h"))]),
    ("1000 mg toutes les 6h", [a_phase(frequency=a_frequency(1, "6", "h"), dose="1000 mg")]),
    ("1g x3/j", [a_phase(frequency=a_frequency(3), dose="1000 mg")]),
    (
        "1 cp par jour, le matin, avant le petit déjeuner",
        [a_phase(frequency=a_frequency(1), moments=["ACM"])],
    ),
    ("1 cp 30 minutes avant le petit déjeuner", [a_phase(moments=["ACM"])]),
    ("1 cp le soir au coucher", [a_phase(moments=["HS"])]),
    ("Un comprimé par jour, à heure fixe", [a_phase(frequency=a_frequency(1))]),
    ("1 comprimé par jour à prendre le soir", [a_phase(frequency=a_frequency(1), moments=["EVE"])]),
    (
        "2 cp le matin pendant 3 jours puis 1 cp le matin pendant 4 jours",
        [
            _step(1, moments=["MORN"], dose="2 tablet", bounds=lasting(3)),
            _step(2, moments=["MORN"], bounds=lasting(4)),
        ],
    ),
    (
        "Prendre 40 mg le matin pendant 5 jours, puis 20 mg pendant 5 jours, puis arrêt",
        [
            _step(1, moments=["MORN"], dose="40 mg", bounds=lasting(5)),
            _step(2, moments=["MORN"], dose="20 mg", bounds=lasting(5)),
        ],
    ),
    (
        "60mg daily for 4 days, then 40mg daily for 4 days, then stop",
        [
            _step(1, frequency=a_frequency(1), dose="60 mg", bounds=lasting(4)),
            _step(2, frequency=a_frequency(1), dose="40 mg", bounds=lasting(4)),
        ],
    ),
    (
        "2 cp le premier jour puis 1 cp par jour les 4 jours suivants",
        [
            _step(1, frequency=a_frequency(1), dose="2 tablet", bounds=lasting(1)),
            _step(2, frequency=a_frequency(1), bounds=lasting(4)),
        ],
    ),
    (
        "J1 : 2 cp, J2 à J5 : 1 cp",
        [
            _step(1, frequency=a_frequency(1), dose="2 tablet", bounds=lasting(1)),
            _step(2, frequency=a_frequency(1), bounds=lasting(4)),
        ],
    ),
    ("1 injection sous-cutanée par jour", [a_phase(frequency=a_frequency(1), dose="1 injection")]),
    (
        "20 gouttes matin et soir dans un verre d'eau",
        [a_phase(moments=["MORN", "EVE"], dose="20 drop")],
    ),
    (
        "1 sachet 3 fois par jour dans un demi-verre d'eau",
        [a_phase(frequency=a_frequency(3), dose="1 sachet")],
    ),
    (
        "1 cuillère à soupe 3 fois par jour",
        [a_phase(frequency=a_frequency(3), dose="1 tablespoon")],
    ),
    ("1 application 2 fois par jour", [a_phase(frequency=a_frequency(2), dose="1 application")]),
    ("1 goutte dans chaque oeil matin et soir", [a_phase(moments=["MORN", "EVE"], dose="1 drop")]),
    ("1 comprimé par semaine, le dimanche", [_on("sun", frequency=a_frequency(1, "1", "wk"))]),
    ("1 ampoule tous les 3 mois", [a_phase(frequency=a_frequency(1, "3", "mo"), dose="1 ampoule")]),
    ("1 cp les lundis, mercredis et vendredis", [_on("mon", "wed", "fri")]),
    ("1 tablet on Monday, Wednesday and Friday", [_on("mon", "wed", "fri")]),
    (
        "10 mg once a week on Mondays",
        [_on("mon", dose="10 mg", frequency=a_frequency(1, "1", "wk"))],
    ),
    ("1 cp à 8h et 20h", [a_phase(clock=["08:00", "20:00"])]),
    (
        "1 cp à 8 h 00, 1 cp à 12 h 00 et 1 cp à 20 h 00",
        [a_phase(clock=["08:00", "12:00", "20:00"])],
    ),
    ("One tablet at night", [a_phase(moments=["NIGHT"])]),
    ("Take 1 tablet every morning", [a_phase(moments=["MORN"])]),
    (
        "1 comprimé matin et 2 comprimés soir",
        [a_phase(moments=["MORN"]), a_phase(moments=["EVE"], dose="2 tablet")],
    ),
    (
        "Matin : 1 cp ; Midi : 0 ; Soir : 2 cp",
        [a_phase(moments=["MORN"]), a_phase(moments=["EVE"], dose="2 tablet")],
    ),
    ("Matin 1 cp - Midi 1 cp - Soir 1 cp - Coucher 0", [a_phase(moments=["MORN", "NOON", "EVE"])]),
    (
        "Take two tablets twice daily, with or after food",
        [a_phase(frequency=a_frequency(2), dose="2 tablet")],
    ),
    ("1 comprimé pelliculé par jour", [a_phase(frequency=a_frequency(1))]),
    (
        "1 comprimé effervescent 3 fois/jour si besoin, max 3/jour",
        [_as_needed(a_phase(frequency=a_frequency(3)))],
    ),
    (
        "1 cp matin et soir pendant 10 jours, non substituable",
        [a_phase(moments=["MORN", "EVE"], bounds=lasting(10))],
    ),
    ("Voie orale : 1 comprimé 2 fois par jour", [a_phase(frequency=a_frequency(2))]),
    ("per os 1 gélule le matin", [a_phase(moments=["MORN"], dose="1 capsule")]),
    ("1 cp LP 500 mg le matin", [a_phase(moments=["MORN"])]),
    ("Exemple 500mg cp : 1 cp 3/j", [a_phase(frequency=a_frequency(3))]),
    ("1 comprimé à 500 mg, 1 fois par jour", [a_phase(frequency=a_frequency(1))]),
    (
        "Exemple 500 mg 2 comprimés matin midi soir",
        [a_phase(moments=["MORN", "NOON", "EVE"], dose="2 tablet")],
    ),
    (
        "500 mg 3 fois par jour soit 1500 mg par jour",
        [a_phase(frequency=a_frequency(3), dose="500 mg")],
    ),
    ("1 comprimé par prise, 3 prises par jour", [a_phase(frequency=a_frequency(3))]),
    ("1 cp/prise, 2 prises/j", [a_phase(frequency=a_frequency(2))]),
    ("3 cp par jour en 3 prises", [a_phase(frequency=a_frequency(3))]),
    (
        "1 cp par jour en une seule prise le soir",
        [a_phase(frequency=a_frequency(1), moments=["EVE"])],
    ),
    (
        "1 comprimé 4 fois par jour (matin, midi, soir, coucher)",
        [a_phase(moments=["MORN", "NOON", "EVE", "HS"])],
    ),
    (
        "vitamine D3 : 1 ampoule par mois",
        [a_phase(frequency=a_frequency(1, "1", "mo"), dose="1 ampoule")],
    ),
    ("1 cp le matin, traitement de fond à ne pas interrompre", [a_phase(moments=["MORN"])]),
    (
        "1 cp/jour pendant 1 mois renouvelable 2 fois",
        [a_phase(frequency=a_frequency(1), bounds=lasting(1, "mo"))],
    ),
    (
        "1 cp par jour pendant 28 jours (4 semaines)",
        [a_phase(frequency=a_frequency(1), bounds=lasting(28))],
    ),
    ("lundi, mercredi, vendredi : 1 cp le matin", [_on("mon", "wed", "fri", moments=["MORN"])]),
    (
        "1 cp du lundi au vendredi le matin",
        [_on("mon", "tue", "wed", "thu", "fri", moments=["MORN"])],
    ),
    ("1 patch tous les 3 jours", [a_phase(frequency=a_frequency(1, "3"), dose="1 patch")]),
    (
        "Appliquer 1 patch de 50 µg/h toutes les 72 heures",
        [a_phase(frequency=a_frequency(1, "72", "h"), dose="1 patch")],
    ),
    (
        "12 UI matin, 8 UI soir en sous-cutané",
        [a_phase(moments=["MORN"], dose="12 [IU]"), a_phase(moments=["EVE"], dose="8 [IU]")],
    ),
    ("5 ml matin et soir", [a_phase(moments=["MORN", "EVE"], dose="5 mL")]),
    ("Apply twice daily", [a_phase(frequency=a_frequency(2), dose="1 application")]),
    ("1 capsule q12h", [a_phase(frequency=a_frequency(1, "12", "h"), dose="1 capsule")]),
    ("1 tablet q.d.", [a_phase(frequency=a_frequency(1))]),
    (
        "Take 1/2 tablet (25 mg) by mouth daily",
        [a_phase(frequency=a_frequency(1), dose="0.5 tablet")],
    ),
    ("Take 1 tablet (10 mg total) by mouth daily.", [a_phase(frequency=a_frequency(1))]),
    (
        "1 comprimé matin et soir, à avaler avec un grand verre d'eau (200 ml)",
        [a_phase(moments=["MORN", "EVE"])],
    ),
    ("1 cp au petit-déjeuner et 1 cp au dîner", [a_phase(moments=["CM", "CV"])]),
    ("1 gélule à 20 mg par jour", [a_phase(frequency=a_frequency(1), dose="1 capsule")]),
    (
        "crème à 1 %, 1 application par jour",
        [a_phase(frequency=a_frequency(1), dose="1 application")],
    ),
    (
        "1 comprimé par jour, 5 jours sur 7, du lundi au vendredi",
        [_on("mon", "tue", "wed", "thu", "fri")],
    ),
    ("1 cp tous les matins", [a_phase(moments=["MORN"])]),
    ("1 cp chaque soir", [a_phase(moments=["EVE"])]),
    ("1 cp au réveil", [a_phase(moments=["WAKE"])]),
    ("1 cp une fois / jour", [a_phase(frequency=a_frequency(1))]),
    ("2 cp/8h", [a_phase(frequency=a_frequency(1, "8", "h"), dose="2 tablet")]),
    (
        "posologie : 1 cp le matin ; durée : 10 jours",
        [a_phase(moments=["MORN"], bounds=lasting(10))],
    ),
    ("1 cp le matin pdt 2 sem.", [a_phase(moments=["MORN"], bounds=lasting(2, "wk"))]),
    (
        "1 cp le matin jusqu'au 15 mars 2026 inclus",
        [a_phase(moments=["MORN"], bounds=Bounds(start=date(2026, 3, 2), end=date(2026, 3, 15)))],
    ),
    ("à prendre le soir au moment du repas, 1 comprimé", [a_phase(moments=["EVE"])]),
    (
        "1 cp le matin et 1 cp le soir pendant 7 jours puis 1 cp le soir pendant 7 jours",
        [
            _step(1, moments=["MORN", "EVE"], bounds=lasting(7)),
            _step(2, moments=["EVE"], bounds=lasting(7)),
        ],
    ),
    ("1 comprimé le matin, midi et soir", [a_phase(moments=["MORN", "NOON", "EVE"])]),
    ("1 cp matin midi soir et coucher", [a_phase(moments=["MORN", "NOON", "EVE", "HS"])]),
    (
        "une gélule trois fois par jour pendant six jours",
        [a_phase(frequency=a_frequency(3), dose="1 capsule", bounds=lasting(6))],
    ),
    ("Un demi-comprimé le soir", [a_phase(moments=["EVE"], dose="0.5 tablet")]),
    ("un quart de comprimé matin et soir", [a_phase(moments=["MORN", "EVE"], dose="0.25 tablet")]),
    ("1/4 cp le soir", [a_phase(moments=["EVE"], dose="0.25 tablet")]),
    ("3/4 de comprimé le matin", [a_phase(moments=["MORN"], dose="0.75 tablet")]),
    ("1 cp et 1/2 le matin", [a_phase(moments=["MORN"], dose="1.5 tablet")]),
    ("1,5 cp le matin", [a_phase(moments=["MORN"], dose="1.5 tablet")]),
    ("0.5 tablet in the morning", [a_phase(moments=["MORN"], dose="0.5 tablet")]),
    ("Take half a tablet in the evening", [a_phase(moments=["EVE"], dose="0.5 tablet")]),
    ("Take one and a half tablets at bedtime", [a_phase(moments=["HS"], dose="1.5 tablet")]),
    ("1 tablet q8h", [a_phase(frequency=a_frequency(1, "8", "h"))]),
    (
        "1 tablet every 8 hours for 5 days",
        [a_phase(frequency=a_frequency(1, "8", "h"), bounds=lasting(5))],
    ),
    ("1 tablet every 12 hours", [a_phase(frequency=a_frequency(1, "12", "h"))]),
    (
        "Take 1 tablet by mouth once daily at bedtime",
        [a_phase(frequency=a_frequency(1), moments=["HS"])],
    ),
    (
        "Take 1 capsule by mouth 3 times a day with meals",
        [a_phase(frequency=a_frequency(3), dose="1 capsule")],
    ),
    ("1 cap TDS for 7/7", [a_phase(frequency=a_frequency(3), dose="1 capsule", bounds=lasting(7))]),
    ("one tablet mane", [a_phase(moments=["MORN"])]),
    ("1 tablet nocte", [a_phase(moments=["NIGHT"])]),
    ("1 tab qhs", [a_phase(moments=["HS"])]),
    ("1 tab qam", [a_phase(moments=["MORN"])]),
    ("1 cp 1 fois/jour", [a_phase(frequency=a_frequency(1))]),
    ("1 cp 1x/j le soir", [a_phase(frequency=a_frequency(1), moments=["EVE"])]),
    ("1cp/j", [a_phase(frequency=a_frequency(1))]),
    ("1cpx2/j", [a_phase(frequency=a_frequency(2))]),
    ("1 cp * 3 / jour", [a_phase(frequency=a_frequency(3))]),
    (
        "2 cp 2 fois par jour au moment des repas",
        [a_phase(frequency=a_frequency(2), dose="2 tablet")],
    ),
    ("1 cp matin + 1 cp soir", [a_phase(moments=["MORN", "EVE"])]),
    ("1 cp matin / 1 cp soir", [a_phase(moments=["MORN", "EVE"])]),
    ("1 cp matin, 0 midi, 1 cp soir", [a_phase(moments=["MORN", "EVE"])]),
    ("1 cp (matin et soir)", [a_phase(moments=["MORN", "EVE"])]),
    ("matin et soir: 1 comprimé", [a_phase(moments=["MORN", "EVE"])]),
    (
        "Le matin : 2 comprimés. Le soir : 1 comprimé.",
        [a_phase(moments=["MORN"], dose="2 tablet"), a_phase(moments=["EVE"])],
    ),
    (
        "1 comprimé avec un verre d'eau, 30 min avant le petit-déjeuner, sans s'allonger",
        [a_phase(moments=["ACM"])],
    ),
    (
        "70 mg une fois par semaine, toujours le même jour",
        [a_phase(frequency=a_frequency(1, "1", "wk"), dose="70 mg")],
    ),
    ("10 mg (4 comprimés de 2,5 mg) le lundi", [_on("mon", dose="10 mg")]),
    ("4 comprimés à 2,5 mg en une prise hebdomadaire le lundi", [_on("mon", dose="4 tablet")]),
    (
        "1 comprimé le 1er jour, puis 1/2 comprimé par jour",
        [
            _step(1, frequency=a_frequency(1), bounds=lasting(1)),
            _step(2, frequency=a_frequency(1), dose="0.5 tablet"),
        ],
    ),
    (
        "1 cp/j pdt 1 sem puis 2 cp/j",
        [
            _step(1, frequency=a_frequency(1), bounds=lasting(1, "wk")),
            _step(2, frequency=a_frequency(1), dose="2 tablet"),
        ],
    ),
    (
        "5 mg le matin la première semaine, puis 10 mg le matin",
        [
            _step(1, moments=["MORN"], dose="5 mg", bounds=lasting(1, "wk")),
            _step(2, moments=["MORN"], dose="10 mg"),
        ],
    ),
    ("1 suppositoire matin et soir", [a_phase(moments=["MORN", "EVE"], dose="1 suppository")]),
    (
        "1 ovule le soir au coucher pendant 6 jours",
        [a_phase(moments=["HS"], dose="1 pessary", bounds=lasting(6))],
    ),
    (
        "1 pulvérisation dans chaque narine matin et soir",
        [a_phase(moments=["MORN", "EVE"], dose="1 puff")],
    ),
    (
        "1 bouffée matin et soir (rincer la bouche après)",
        [a_phase(moments=["MORN", "EVE"], dose="1 puff")],
    ),
    (
        "1 comprimé orodispersible au coucher, à laisser fondre sur la langue",
        [a_phase(moments=["HS"])],
    ),
    ("1 cp 2 x par jour x 10 jours", [a_phase(frequency=a_frequency(2), bounds=lasting(10))]),
    ("1 cp bid x 10 days", [a_phase(frequency=a_frequency(2), bounds=lasting(10))]),
    ("Dispense 30. Take 1 tablet daily", [a_phase(frequency=a_frequency(1))]),
    ("Take 1 tablet daily. Disp: 30. Refills: 2", [a_phase(frequency=a_frequency(1))]),
    ("1 cp par jour. Ne pas dépasser la dose prescrite", [a_phase(frequency=a_frequency(1))]),
    ("1 cp le matin, à renouveler 5 fois", [a_phase(moments=["MORN"])]),
    ("1 cp le matin, 1 boîte", [a_phase(moments=["MORN"])]),
    ("1 cp le matin (boîte de 28 cp)", [a_phase(moments=["MORN"])]),
    ("Traitement de 3 mois : 1 cp le matin", [a_phase(moments=["MORN"], bounds=lasting(3, "mo"))]),
    ("1 comprimé le matin pour la tension", [a_phase(moments=["MORN"])]),
    ("1 comprimé le matin contre l'hypertension", [a_phase(moments=["MORN"])]),
    ("EXEMPLE 75 µg : 1 cp le matin à jeun", [a_phase(moments=["MORN"])]),
    ("500 mg matin et soir (1 cp)", [a_phase(moments=["MORN", "EVE"], dose="500 mg")]),
    ("prendre 1 comprimé tous les jours à 8 heures", [a_phase(clock=["08:00"])]),
    ("1 cp vers 8h et vers 20h", [a_phase(clock=["08:00", "20:00"])]),
    ("1 cp à 08h00", [a_phase(clock=["08:00"])]),
    ("1 cp à 8:00 et à 20:00", [a_phase(clock=["08:00", "20:00"])]),
    ("1 tablet at 8am and 8pm", [a_phase(clock=["08:00", "20:00"])]),
    ("1 cp le samedi et le dimanche", [_on("sat", "sun")]),
    ("1 cp le week-end", [_on("sat", "sun")]),
    ("1 tablet at weekends", [_on("sat", "sun")]),
    ("1 tablet Mon Wed Fri", [_on("mon", "wed", "fri")]),
    ("1 cp lundi-mercredi-vendredi", [_on("mon", "wed", "fri")]),
    (
        "1 cp 3 fois par semaine (lundi, mercredi, vendredi)",
        [_on("mon", "wed", "fri", frequency=a_frequency(3, "1", "wk"))],
    ),
    ("1 cp tous les jours sauf le dimanche", [_on("mon", "tue", "wed", "thu", "fri", "sat")]),
    ("1 cp toutes les 4 semaines", [a_phase(frequency=a_frequency(1, "4", "wk"))]),
    ("1 cp tous les 28 jours", [a_phase(frequency=a_frequency(1, "4", "wk"))]),
    ("1 cp une fois par mois", [a_phase(frequency=a_frequency(1, "1", "mo"))]),
    ("1 cp mensuel", [a_phase(frequency=a_frequency(1, "1", "mo"))]),
    ("1 cp tous les 15 jours", [a_phase(frequency=a_frequency(1, "15"))]),
    (
        "1 ampoule buvable par trimestre",
        [a_phase(frequency=a_frequency(1, "3", "mo"), dose="1 ampoule")],
    ),
    ("1 cp au long cours", [a_phase(frequency=a_frequency(1))]),
    ("1 cp par jour en continu", [a_phase(frequency=a_frequency(1))]),
    ("à prendre en dehors des repas : 1 cp 2 fois par jour", [a_phase(frequency=a_frequency(2))]),
    ("1 cp le soir avant de dormir", [a_phase(moments=["HS"])]),
    ("1 cp au lever et au coucher", [a_phase(moments=["WAKE", "HS"])]),
    ("1 cp 1 h avant le dîner", [a_phase(moments=["ACV"])]),
    ("1 c. à café 3 fois par jour", [a_phase(frequency=a_frequency(3), dose="1 teaspoon")]),
    ("5 gouttes par prise, 3 prises par jour", [a_phase(frequency=a_frequency(3), dose="5 drop")]),
    ("Prendre un comprimé le matin au réveil à distance des repas", [a_phase(moments=["WAKE"])]),
]


@pytest.mark.parametrize(("text", "phases"), AGREEING)
def test_a_text_that_agrees_never_blocks(text: str, phases: list[Phase]) -> None:
    assert [f.message for f in compare(propose(text), phases) if f.blocks] == []
