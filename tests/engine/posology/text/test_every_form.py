"""Every form of the grammar in the shapes that it names: each word that it lists is read once.

The tables of everyday rows show what prescriptions mostly say; here stand the rarer words of each
form, so that none of them can go from a pattern, or change what it means, without a sign.
"""

from collections.abc import Sequence

import pytest
from phases_in_words import in_words

from engine.posology.text.propose import propose
from schemas.finding import FindingCode

AMOUNTS: dict[str, Sequence[str]] = {
    "1 à 2 le matin": ["1-2; MORN"],
    "1-2 cp le matin": ["1-2 tablet; MORN"],
    "1 to 2 tablets at noon": ["1-2 tablet; NOON"],
    "1 or 2 tablets at noon": ["1-2 tablet; NOON"],
    "1 ou 2 cp à midi": ["1-2 tablet; NOON"],
    "1 cp à 2 cp le matin": ["1-2 tablet; MORN"],
    "2 cp et demi le matin": ["2.5 tablet; MORN"],
    "2 cp et demie le matin": ["2.5 tablet; MORN"],
    "2 cp et 1/2 le matin": ["2.5 tablet; MORN"],
    "1/2 de comprimé le matin": ["0.5 tablet; MORN"],
    "1/2 d'ampoule le matin": ["0.5 ampoule; MORN"],
    "ONE (1) at bedtime": ["1; HS"],
    "Take 1.": ["1"],
    "Take 1 to 2.": ["1-2"],
    "Prendre 2": ["2"],
    "Prenez 3, le matin": ["3; MORN"],
    "1-0-1-1": ["1; MORN, EVE, HS"],
    "1 - 2 - 0": ["1; MORN", "2; NOON"],
    "1.0.1.1": ["1; MORN, EVE, HS"],
    "1 0 1 1": ["1; MORN, EVE, HS"],
    "½-0-0,5": ["0.5; MORN, EVE"],
    "(2 comprimés) le matin": ["2 tablet; MORN"],
    "le matin (2 comprimés)": ["2 tablet; MORN"],
    "matin : 1 à 2, soir : 3": ["1-2; MORN", "3; EVE"],
}

RHYTHMS: dict[str, Sequence[str]] = {
    "1 cp une fois toutes les 6 h": ["1 tablet; 1 in 6 h"],
    "1 cp une fois tous les 3 jours": ["1 tablet; 1 in 3 d"],
    "one time every 2 days": ["1 in 2 d"],
    "once every 3 weeks": ["1 in 3 wk"],
    "1 cp toute les 6 heures": ["1 tablet; 1 in 6 h"],
    "1 cp ttes les 6 h": ["1 tablet; 1 in 6 h"],
    "1 cp tte les 6 h": ["1 tablet; 1 in 6 h"],
    "1 cp ts les 2 jours": ["1 tablet; 1 in 2 d"],
    "1 cp tous les jours": ["1 tablet; each 1 d"],
    "1 cp ts les jours": ["1 tablet; each 1 d"],
    "1 cp chaque jour": ["1 tablet; each 1 d"],
    "1 tablet every day": ["1 tablet; each 1 d"],
    "1 tablet elke dag": ["1 tablet; each 1 d"],
    "1 tablet iedere dag": ["1 tablet; each 1 d"],
    "1 cp chaque semaine": ["1 tablet; 1 in 1 wk"],
    "1 cp toutes les semaines": ["1 tablet; 1 in 1 wk"],
    "1 cp tous les mois": ["1 tablet; 1 in 1 mo"],
    "1 tablet every 4 to 6 hours": ["1 tablet; 1 in 4-6 h"],
    "1 tablet q8h": ["1 tablet; 1 in 8 h"],
    "1 cp / 12 h": ["1 tablet; 1 in 12 h"],
    "1 cp une fois par 2 jours": ["1 tablet; 1 in 2 d"],
    "1 tablet one time per 2 weeks": ["1 tablet; 1 in 2 wk"],
    "1 tablet every other day": ["1 tablet; 1 in 2 d"],
    "1 tablet every second day": ["1 tablet; 1 in 2 d"],
    "1 tablet every 2nd week": ["1 tablet; 1 in 2 wk"],
    "One every other day": ["1; 1 in 2 d"],
    "3 fois 2 cp par jour": ["2 tablet; 3 in 1 d"],
    "3x1 cp/j": ["1 tablet; 3 in 1 d"],
    "3 x 1 tablet per day": ["1 tablet; 3 in 1 d"],
    "3 x 1 tablet a day": ["1 tablet; 3 in 1 d"],
    "3 x 1 g par 24 h": ["1 g; 3 in 1 d"],
    "2 applications par semaine": ["1 application; 2 in 1 wk"],
    "1 injection par voie sous-cutanée par jour": ["1 injection; 1 in 1 d"],
    "2 applications per day": ["1 application; 2 in 1 d"],
    "x 3 fois par jour": ["3 in 1 d"],
    "x2/semaine": ["2 in 1 wk"],
    "2 à 3 fois par jour": ["2-3 in 1 d"],
    "2 prises par jour": ["2 in 1 d"],
    "2 fois dans la semaine": ["2 in 1 wk"],
    "2 times a week": ["2 in 1 wk"],
    "1 time each month": ["1 in 1 mo"],
    "2 times an hour": ["2 in 1 h"],
    "2 times every day": ["2 in 1 d"],
    "3 mal pro tag": ["3 in 1 d"],
    "2 maal per dag": ["2 in 1 d"],
    "2 keer per week": ["2 in 1 wk"],
    "2 x/j": ["2 in 1 d"],
    "3 x täglich": ["3 in 1 d"],
    "2 x wöchentlich": ["2 in 1 wk"],
    "2 x wekelijks": ["2 in 1 wk"],
    "1 x maandelijks": ["1 in 1 mo"],
    "1 x monatlich": ["1 in 1 mo"],
    "1 x mensuellement": ["1 in 1 mo"],
    "1 x quotidiennement": ["1 in 1 d"],
    "1 fois hebdomadaire": ["1 in 1 wk"],
    "once per day": ["1 in 1 d"],
    "twice each month": ["2 in 1 mo"],
    "thrice in a week": ["3 in 1 wk"],
    "thrice a day": ["3 in 1 d"],
    "once every month": ["1 in 1 mo"],
    "once monthly": ["1 in 1 mo"],
    "en une prise": [],
    "3 cp par jour en 1 prise unique": ["3 tablet; 1 in 1 d"],
}

TOTALS: dict[str, Sequence[str]] = {
    "1 g pro tag": ["1 g; of one intake or of all; 1 in 1 d"],
    "2 g per dag": ["2 g; of one intake or of all; 1 in 1 d"],
    "2 g a day": ["2 g; of one intake or of all; 1 in 1 d"],
    "2 g / 24 heures": ["2 g; of one intake or of all; 1 in 1 d"],
    "2 g/24h": ["2 g; of one intake or of all; 1 in 1 d"],
    "2 g par 24 heures": ["2 g; of one intake or of all; 1 in 1 d"],
    "2 g daily": ["2 g; of one intake or of all; 1 in 1 d"],
    "2 g hebdo": ["2 g; of one intake or of all; 1 in 1 wk"],
    "2 g par semaine": ["2 g; of one intake or of all; 1 in 1 wk"],
    "2 g par mois": ["2 g; of one intake or of all; 1 in 1 mo"],
    "2 g par an": ["2 g; of one intake or of all; 1 in 1 a"],
    "3 cp par jour 3 fois par jour": ["3 tablet; of one intake or of all; 3 in 1 d"],
    "3 cp par jour 1 fois par jour": ["3 tablet; 1 in 1 d"],
    "3 cp par jour 2 fois par semaine": ["3 tablet; 2 in 1 wk"],
    "3 cp par jour, toutes les 8 heures": ["3 tablet; of one intake or of all; 1 in 8 h"],
    "3 cp par jour le matin": ["3 tablet; 1 in 1 d; MORN"],
    "3 cp par jour matin midi et soir": [
        "3 tablet; of one intake or of all; 1 in 1 d; MORN, NOON, EVE"
    ],
    "3 cp par jour à 8h": ["3 tablet; 1 in 1 d; 08:00"],
    "3 cp par jour à 8h et 20h": ["3 tablet; of one intake or of all; 1 in 1 d; 08:00, 20:00"],
}

PLACES: dict[str, Sequence[str]] = {
    "1 cp à 8:30": ["1 tablet; 08:30"],
    "1 tablet at 20:15": ["1 tablet; 20:15"],
    "1 cp vers 20h": ["1 tablet; 20:00"],
    "1 cp à 8 heures": ["1 tablet; 08:00"],
    "1 cp à 8h15 et 20h45": ["1 tablet; 08:15, 20:45"],
    "1 tablet at 8 pm": ["1 tablet; 20:00"],
    "1 tablet at 12 pm": ["1 tablet; 12:00"],
    "1 tablet at 12 am": ["1 tablet; 00:00"],
    "1 tablet at 8:30 pm": ["1 tablet; 20:30"],
    "1 cp lundi et jeudi": ["1 tablet; mon, thu"],
    "1 cp lun, mer et ven": ["1 tablet; mon, wed, fri"],
    "1 tablet tue/thu/sat": ["1 tablet; tue, thu, sat"],
    "1 tablet mon, wed, and fri": ["1 tablet; mon, wed, fri"],
    "1 cp ma, je et sa": ["1 tablet; tue, thu, sat"],
    "1 cp di/lu": ["1 tablet; sun, mon"],
    "1 cp du samedi au mardi": ["1 tablet; sat, sun, mon, tue"],
    "1 tablet from monday to wednesday": ["1 tablet; mon, tue, wed"],
    "1 cp chaque dimanche": ["1 tablet; sun"],
    "1 tablet every tuesday": ["1 tablet; tue"],
    "1 cp M-M-S-C": ["1 tablet; MORN, NOON, EVE, HS"],
    "1 cp mms": ["1 tablet; MORN, NOON, EVE"],
    "1 cp mmsc": ["1 tablet; MORN, NOON, EVE, HS"],
    "1 cp une demi-heure avant le dîner": ["1 tablet; ACV 30 min"],
    "1 tablet half an hour before breakfast": ["1 tablet; ACM 30 min"],
    "1 tablet an hour before food": ["1 tablet; AC 60 min"],
    "1 tablet 2 hours after lunch": ["1 tablet; PCD 120 min"],
    "1 cp 1,5 h avant le dîner": ["1 tablet; ACV 90 min"],
    "1 cp 15 minutes après les repas": ["1 tablet; PC 15 min"],
    "1 h avant le petit-déjeuner": ["ACM 60 min"],
    "1 cp, 2 h après le dîner": ["1 tablet; PCV 120 min"],
    "1 cp à 8h, 12h, 18h avant les repas": ["1 tablet; AC; 08:00, 12:00, 18:00"],
    "1 cp à 2h avant le repas": ["1 tablet; AC; 02:00"],
    "1 cp le matin avant le petit-déjeuner": ["1 tablet; ACM"],
    "1 cp le matin au petit-déjeuner": ["1 tablet; CM"],
    "1 cp le matin après le petit-déjeuner": ["1 tablet; PCM"],
    "1 cp à midi avant le déjeuner": ["1 tablet; ACD"],
    "1 cp à midi après le déjeuner": ["1 tablet; PCD"],
    "1 cp le soir avant le dîner": ["1 tablet; ACV"],
    "1 cp le soir après le dîner": ["1 tablet; PCV"],
    "1 cp le soir après le déjeuner": ["1 tablet; EVE, PCD"],
    "2 cp matin, 1 cp matin": ["2 tablet; MORN", "1 tablet; MORN"],
    "à 8h 2 cp, à 20h 1 cp": ["2 tablet; 08:00", "1 tablet; 20:00"],
}

SPANS: dict[str, Sequence[str]] = {
    "1 g sur 30 minutes": ["1 g; lasts 30 min"],
    "1 g en 2 heures": ["1 g; lasts 2 h"],
    "1 g over 1 hour": ["1 g; lasts 1 h"],
    "1 cp le soir durant 5 jours": ["1 tablet; EVE; 5 d"],
    "1 tablet at night for up to 5 days": ["1 tablet; NIGHT; 5 d"],
    "1 cp le soir sur 5 jours": ["1 tablet; EVE; 5 d"],
    "1 cp le soir, durée de 5 jours": ["1 tablet; EVE; 5 d"],
    "1 cp le soir, durée : 5 jours": ["1 tablet; EVE; 5 d"],
    "1 cp le soir, traitement de 5 jours": ["1 tablet; EVE; 5 d"],
    "1 cp le soir, traitement d'un mois": ["1 tablet; EVE; 1 mo"],
    "1 tablet abends für 5 Tage": ["1 tablet; EVE; 5 d"],
    "1 tablet at night voor 5 dagen": ["1 tablet; NIGHT; 5 d"],
    "1 tablet at night gedurende 5 dagen": ["1 tablet; NIGHT; 5 d"],
    "1 cp le soir x 5 à 7 jours": ["1 tablet; EVE; 5-7 d"],
    "2 cp, 3 semaines": ["2 tablet; 3 wk"],
    "1 cp le soir jusqu'au 12 mars 2026": ["1 tablet; EVE; until 2026-03-12"],
    "1 tablet at night until 2026-03-12": ["1 tablet; NIGHT; until 2026-03-12"],
    "1 cp le soir à partir du 05/01/2026": ["1 tablet; EVE; from 2026-01-05"],
    "1 cp le soir depuis le 05/01/2026": ["1 tablet; EVE; from 2026-01-05"],
    "1 tablet at night starting on 2026-01-05": ["1 tablet; NIGHT; from 2026-01-05"],
    "1 tablet at night start 2026-01-05": ["1 tablet; NIGHT; from 2026-01-05"],
    "1 tablet at night from 2026-01-05 to 2026-01-11": [
        "1 tablet; NIGHT; from 2026-01-05; until 2026-01-11"
    ],
    "1 cp le soir entre le 05/01/2026 et le 11/01/2026": [
        "1 tablet; EVE; from 2026-01-05; until 2026-01-11"
    ],
    "1 cp le soir du 05/01/2026 inclus au 11/01/2026 inclus": [
        "1 tablet; EVE; from 2026-01-05; until 2026-01-11"
    ],
    "1 cp le soir du 1er au 5 mars 2026": ["1 tablet; EVE; from 2026-03-01; until 2026-03-05"],
    "1 cp 1 jour/2": ["1 tablet; 1 in 2 d"],
    "1 tablet alternate days": ["1 tablet; 1 in 2 d"],
    "1 tablet in the morning alternate weeks": ["1 tablet; 7 d on, 7 d off; MORN"],
    "1 cp le matin, 1 sem sur 2": ["1 tablet; 7 d on, 7 d off; MORN"],
    "1 cp 21 jours, pause de 7 jours": ["1 tablet; 21 d on, 7 d off"],
    "1 cp 21 jours puis arrêt pendant 7 jours (sans prise)": ["1 tablet; 21 d on, 7 d off"],
    "1 cp 21 jours then pause 7 days": ["1 tablet; 21 d on, 7 d off"],
    "1 cp 21 jours, arrêt 7 jours, recommencer le cycle": ["1 tablet; 21 d on, 7 d off"],
    "1 cp 21 jours, arrêt 7 jours, recommencer ce cycle": ["1 tablet; 21 d on, 7 d off"],
    "1 cp 5 jours puis arrêt 2 jours, à répéter sur le mois": ["1 tablet; 5 d on, 2 d off; 1 mo"],
    "2 cp 3 jours et puis 1 cp 4 jours": ["step 1; 2 tablet; 3 d", "step 2; 1 tablet; 4 d"],
    "2 cp 3 jours ensuite 1 cp 4 jours": ["step 1; 2 tablet; 3 d", "step 2; 1 tablet; 4 d"],
    "2 tablets 3 days then 1 tablet 4 days": ["step 1; 2 tablet; 3 d", "step 2; 1 tablet; 4 d"],
    "2 tablet für 3 Tage dann 1 tablet für 4 Tage": [
        "step 1; 2 tablet; 3 d",
        "step 2; 1 tablet; 4 d",
    ],
    "2 tablet voor 3 dagen dan 1 tablet voor 4 dagen": [
        "step 1; 2 tablet; 3 d",
        "step 2; 1 tablet; 4 d",
    ],
    "2 cp 3 jours puis stop": ["2 tablet; 3 d"],
    "2 tablets 3 days then stopped": ["2 tablet; 3 d"],
}

READ = {**AMOUNTS, **RHYTHMS, **TOTALS, **PLACES, **SPANS}

IN_PART: dict[str, tuple[Sequence[str], Sequence[str]]] = {
    # Amounts.
    "5 mg/kg le matin": (["MORN"], ["5 mg/kg"]),
    "1 à 2 mg/kg le matin": (["MORN"], ["1 à 2 mg/kg"]),
    "10 mg/m² le matin": (["MORN"], ["10 mg/m²"]),
    "500 mg + 30 mg + 5 mg le matin": (["MORN"], ["500 mg + 30 mg + 5 mg"]),
    "2 cp de 5 mg/kg le matin": (["2 tablet; MORN"], ["5 mg/kg"]),
    "100 % le matin": (["MORN"], ["100 %"]),
    "1 cp 1/2 cp le soir": (["1 tablet; EVE"], ["1/2 cp"]),
    "1-0-1-0-1-0": ([], ["1-0 -", "1-0 -", "1-0"]),
    "5/0 cp le matin": (["0 tablet; MORN"], ["5 /"]),
    "1 cp, 0,5 à 1 cp le matin": (["1 tablet; MORN"], ["0,5 à 1 cp"]),
    # A figure beside a word of the tables counts, in capitals too; one in another name does not.
    "Prendre CAP2 le soir": (["EVE"], ["Prendre CAP 2"]),
    "Prendre DIX2 le soir": (["EVE"], ["Prendre DIX 2"]),
    "Test HER2 le soir": (["EVE"], []),
    # Ceilings and conditions.
    "1 cp, avec un maximum de 4 par jour": (["1 tablet"], ["avec un maximum de 4 par jour"]),
    "1 cp, ne pas dépasser 4 cp par jour": (["1 tablet"], ["ne pas dépasser 4 cp par jour"]),
    "1 tablet, do not exceed 4 a day": (["1 tablet"], ["do not exceed 4 a day"]),
    "1 tablet, höchstens 4 pro Tag": (["1 tablet"], ["höchstens 4 pro Tag"]),
    "1 tablet, maximaal 4 per dag": (["1 tablet"], ["maximaal 4 per dag"]),
    "1 cp, 4 cp max par jour": (["1 tablet"], ["4 cp max par jour"]),
    "1 cp, 4 maxi / 24 h": (["1 tablet"], ["4 maxi / 24 h"]),
    "1 cp, maximum 4 par jour pendant 5 jours": (["1 tablet; 5 d"], ["maximum 4 par jour"]),
    "1 cp, délai minimum 4 h": (["1 tablet"], ["délai minimum 4 h"]),
    "1 cp, intervalle minimal de 6 h": (["1 tablet"], ["intervalle minimal de 6 h"]),
    "1 cp, 4 heures de délai minimum entre les prises": (
        ["1 tablet"],
        ["4 heures de délai minimum entre les prises"],
    ),
    "1 cp le soir, 2 h avant le fer": (["1 tablet; EVE"], ["2 h avant le fer"]),
    "1 cp, 8 heures minimum entre 2 prises": (
        ["1 tablet"],
        ["8 heures minimum entre 2 prises"],
    ),
    "1 cp 4 h minimum entre 2 prises": (["1 tablet"], ["4 h minimum entre 2 prises"]),
    "1 cp à 8h et 2 h avant le fer": (["1 tablet; 08:00"], ["2 h avant le fer"]),
    "1 cp le soir, 2 heures après tout antiacide": (
        ["1 tablet; EVE"],
        ["2 heures après tout antiacide"],
    ),
    "1 tablet at night, 2 hours before calcium": (["1 tablet; NIGHT"], ["2 hours before calcium"]),
    "1 cp hormis le dimanche": (["1 tablet"], ["hormis le dimanche"]),
    "1 cp excepté le dimanche": (["1 tablet"], ["excepté le dimanche"]),
    "1 tablet except on sundays": (["1 tablet"], ["except on sundays"]),
    "1 cp jamais le dimanche": (["1 tablet"], ["jamais le dimanche"]),
    "1 tablet not on sundays": (["1 tablet"], ["not on sundays"]),
    "1 cp, ne pas donner": (["1 tablet"], ["pas donner"]),
    "1 cp, ne plus prendre": (["1 tablet"], ["plus prendre"]),
    "1 tablet, do not take": (["1 tablet"], ["do not take"]),
    "1 tablet, don't give": (["1 tablet"], ["don't give"]),
    "1 cp, espacées d'au moins 4 heures": (["1 tablet"], ["espacées d'au moins 4 heures"]),
    "1 cp, en respectant un intervalle de 6 heures": (
        ["1 tablet"],
        ["en respectant un intervalle de 6 heures"],
    ),
    # Places: a length of time to wait is no hour of the day.
    "1 cp après 8h": (["1 tablet"], ["après 8 h"]),
    "1 cp dans 2h": (["1 tablet"], ["dans 2 h"]),
    "1 tablet after 8h": (["1 tablet"], ["after 8 h"]),
    "1 tablet nach 8h": (["1 tablet"], ["nach 8 h"]),
    "1 cp à 13 pm": (["1 tablet"], ["13 pm"]),
    "1 cp 0,05 min avant le dîner": (["1 tablet; ACV"], ["0,05 min"]),
    # Spans: a day of English words and figures alone has two senses.
    "1 tablet from 03/04/2026 to 12/04/2026": (["1 tablet"], ["from 03/04/2026 to 12/04/2026"]),
    "1 cp à renouveler": (["1 tablet"], ["à renouveler"]),
    "1 cp, renouvelable 3 fois": (["1 tablet"], ["renouvelable 3 fois"]),
    "1 cp, AR x 3": (["1 tablet"], ["AR x 3"]),
    "1 cp du 05/01/2026 au 31/02/2026": (["1 tablet"], ["du 05/01/2026 au 31/02/2026"]),
    "1 cp jusqu'au 12/03/2026 jusqu'au 13/03/2026": (
        ["1 tablet; until 2026-03-12"],
        ["jusqu'au 13/03/2026"],
    ),
    "1 cp, semaines comptées à partir du 02/03/2026": (
        ["1 tablet"],
        ["semaines comptées à partir du 02/03/2026"],
    ),
    "1 cp 2026-03-12": (["1 tablet"], ["2026-03-12"]),
    "1 cp le 05-01-2026": (["1 tablet"], ["05-01-2026"]),
    "1 cp le 5-1-1999": (["1 tablet"], ["5-1-1999"]),
    "1 cp puis arrêt": (["1 tablet"], ["puis arrêt"]),
    "1 cp en continu": (["1 tablet"], ["en continu"]),
    "1 cp au long cours": (["1 tablet"], ["au long cours"]),
    "1 cp, long terme": (["1 tablet"], ["long terme"]),
    "1 tablet long term": (["1 tablet"], ["long term"]),
    "1 tablet ongoing": (["1 tablet"], ["ongoing"]),
    "1 tablet onwards": (["1 tablet"], ["onwards"]),
    "1 cp le lundi matin une semaine sur deux": (
        ["1 tablet; mon; MORN"],
        ["une semaine sur deux"],
    ),
    "1 cp lundi une semaine sur deux": (["1 tablet; mon"], ["une semaine sur deux"]),
    "1 cp 3 fois par jour une semaine sur deux": (
        ["1 tablet; 3 in 1 d"],
        ["une semaine sur deux"],
    ),
    "5 jours puis arrêt 2 semaines": (["5 d"], ["puis arrêt 2 semaines"]),
}

CONDITIONS: dict[str, tuple[str, str]] = {
    "1 cp si besoin": ("1 tablet; as needed", "si besoin"),
    "1 cp si nécessaire": ("1 tablet; as needed", "si nécessaire"),
    "1 cp à la demande": ("1 tablet; as needed", "à la demande"),
    "1 cp en cas de migraine": ("1 tablet; as needed", "en cas de migraine"),
    "1 cp si douleur pendant 5 jours": ("1 tablet; 5 d; as needed", "si douleur"),
    "1 cp après chaque selle": ("1 tablet; as needed", "après chaque selle"),
    "1 cp avant chaque soin": ("1 tablet; as needed", "avant chaque soin"),
    "1 tablet as needed for pain": ("1 tablet; as needed", "as needed for pain"),
    "1 tablet as required": ("1 tablet; as needed", "as required"),
    "1 tablet when required": ("1 tablet; as needed", "when required"),
    "1 tablet if needed": ("1 tablet; as needed", "if needed"),
    "1 tablet if required": ("1 tablet; as needed", "if required"),
    "1 tablet if itchy": ("1 tablet; as needed", "if itchy"),
    "1 tablet when itchy": ("1 tablet; as needed", "when itchy"),
    "1 tablet prn": ("1 tablet; as needed", "prn"),
    "1 tablet after each stool": ("1 tablet; as needed", "after each stool"),
    "1 tablet bei starken Schmerzen": ("1 tablet; as needed", "bei starken Schmerzen"),
    "1 tablet bei Kopfschmerzen": ("1 tablet; as needed", "bei Kopfschmerzen"),
    "1 tablet falls nötig": ("1 tablet; as needed", "falls nötig"),
    "1 tablet wenn erforderlich": ("1 tablet; as needed", "wenn erforderlich"),
    "1 tablet zo nodig": ("1 tablet; as needed", "zo nodig"),
    "1 tablet indien nodig": ("1 tablet; as needed", "indien nodig"),
    "1 tablet bij koorts": ("1 tablet; as needed", "bij koorts"),
    "1 cp si douleur, sans dépasser 4 par jour": ("1 tablet; as needed", "si douleur"),
}

AGAIN: dict[str, tuple[str, str]] = {
    "1 à 2 comprimés de 500 mg le soir": ("1-2 tablet; EVE", "500-1000 mg; EVE"),
    "2 tablets of 500 mg at bedtime": ("2 tablet; HS", "1000 mg; HS"),
    "2 comprimés à 500 mg le soir": ("2 tablet; EVE", "1000 mg; EVE"),
    "2 comprimés dosés à 500 mg le soir": ("2 tablet; EVE", "1000 mg; EVE"),
    "TWO (2) tablets of 5 mg at bedtime": ("2 tablet; HS", "10 mg; HS"),
    "1 cp le matin, soit 10 mg": ("1 tablet; MORN", "10 mg; MORN"),
    "1 tablet at night, ie 10 mg": ("1 tablet; NIGHT", "10 mg; NIGHT"),
    "1 cp le matin = 10 mg": ("1 tablet; MORN", "10 mg; MORN"),
    "1 cp le matin (soit 10 mg)": ("1 tablet; MORN", "10 mg; MORN"),
    "20 mg le matin (1 à 2 cp)": ("20 mg; MORN", "1-2 tablet; MORN"),
    "5 mg le matin (1/2 d'ampoule)": ("5 mg; MORN", "0.5 ampoule; MORN"),
    "5 mg le matin (1/2 de comprimé)": ("5 mg; MORN", "0.5 tablet; MORN"),
}


@pytest.mark.parametrize("text", READ)
def test_a_form_is_read_whole(text: str) -> None:
    proposal = propose(text)

    assert [in_words(phase) for phase in proposal.phases] == READ[text]
    assert (proposal.unread, proposal.several) == ((), ())


@pytest.mark.parametrize("text", IN_PART)
def test_a_form_that_words_cannot_fill_is_left_word_for_word(text: str) -> None:
    proposal = propose(text)

    phases, unread = IN_PART[text]
    assert [in_words(phase) for phase in proposal.phases] == phases
    assert proposal.unread == tuple(unread)


@pytest.mark.parametrize("text", CONDITIONS)
def test_a_condition_is_kept_in_its_own_words(text: str) -> None:
    (phase,) = propose(text).phases

    read, condition = CONDITIONS[text]
    assert in_words(phase) == read
    assert phase.as_needed_for == (condition,)


@pytest.mark.parametrize("text", AGAIN)
def test_an_amount_in_two_units_has_two_readings(text: str) -> None:
    proposal = propose(text)

    first, second = AGAIN[text]
    assert [in_words(phase) for phase in proposal.phases] == [first]
    assert [[in_words(phase) for phase in other] for other in proposal.several] == [[second]]
    assert proposal.unread == ()


def test_an_amount_that_may_be_of_a_day_says_so_at_the_text() -> None:
    (phase,) = propose("3 cp par jour").phases

    rule = "the amount stands beside a day or a week: of one intake, or of all"
    assert phase.location == "text"
    assert [(one.code, one.location, one.message) for one in phase.findings] == [
        (FindingCode.DOSE_TOTAL, "text", rule)
    ]


@pytest.mark.parametrize(
    "text",
    ["1/0 cp", "1 cp, soit 1/0 g", "1/0 à 2 cp", "2 cp de 1/0 mg", "1-1/0-1", "1 g (1/0 cp)"],
)
def test_a_division_by_zero_is_no_amount_and_stops_nothing(text: str) -> None:
    proposal = propose(text)

    assert "/" in " ".join(proposal.unread)
