"""A site of its own for the tests of PN13."""

from pathlib import Path

import pytest

from mappings.catalogue import load_site
from schemas.site import Site


@pytest.fixture
def own_site(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Site:
    """A site that states two codes of its sender."""
    folder = tmp_path / "pn13-tests"
    (folder / "pn13").mkdir(parents=True)
    reference = Path(__file__).parents[3] / "mappings" / "sites" / "reference"
    for name in ("site.toml", "moments.csv", "distributions.csv", "compartments.csv"):
        (folder / name).write_text((reference / name).read_text(encoding="utf-8"), "utf-8")
    rows = (
        "# table: pn13/frequencies  target: mappings.timing  version: 1\n"
        "code;text;target;source;read_by\n"
        "Frq|TLJ;tous les jours;1/d;liste de l'établissement d'essai;\n"
        "3;matin, midi et soir les lundis;mon 3/d MORN NOON EVE;liste de l'établissement d'essai;\n"
        "8H;toutes les huit heures;1/8h;liste de l'établissement d'essai;\n"
        "20H;à vingt heures;20:00;liste de l'établissement d'essai;\n"
        "2MS;deux fois, matin et soir;2/d MORN EVE;liste de l'établissement d'essai;\n"
        "MS;matin et soir;MORN EVE;liste de l'établissement d'essai;\n"
    )
    (folder / "pn13" / "frequencies.csv").write_text(rows, "utf-8")
    events = (
        "# table: pn13/events  target: mappings.timing  version: 1\n"
        "code;text;target;source;read_by\n"
        "MS;matin et soir;MORN EVE;liste de l'établissement d'essai;\n"
        "Evt|PD;petit déjeuner;CM;liste de l'établissement d'essai;\n"
        "8H;à huit heures;08:00;liste de l'établissement d'essai;\n"
        "LUN;le lundi;mon;ligne fautive, pour l'essai;\n"
    )
    units = (
        "# table: pn13/units  target: text  version: 1\n"
        "code;text;target;source;read_by\n"
        "LOC|12;comprimé;comprimé;liste de l'établissement d'essai;\n"
    )
    (folder / "pn13" / "units.csv").write_text(units, "utf-8")
    (folder / "pn13" / "events.csv").write_text(events, "utf-8")
    modes = (
        "# table: pn13/modes  target: schemas.prescription.Coverage  version: 2\n"
        "code;text;target;source;read_by\n"
        "2;récapitulatif;recapitulative;liste de l'établissement d'essai;\n"
    )
    (folder / "pn13" / "modes.csv").write_text(modes, "utf-8")
    monkeypatch.setenv("SEMAINIER_SITES", str(tmp_path))
    return load_site("pn13-tests")
