"""RequestGroups: what they say of each line, and that alternatives are never both prepared."""

import json
from datetime import date

import pytest
from fhir_messages import a_bundle, a_patient, a_request, lines_of, said

from engine.pipeline.explain import explain
from schemas.prescription import LinkKind

URL = (
    "https://interop.esante.gouv.fr/ig/fhir/eprescription"
    "/StructureDefinition/fr-additional-action-relationship"
)
FIRST, SECOND = (
    {"id": name, "resource": {"reference": f"MedicationRequest/{name}"}} for name in ("l1", "l2")
)


def a_group(*actions: dict[str, object], **changes: object) -> dict[str, object]:
    return {
        "resourceType": "RequestGroup",
        "id": "g",
        "status": "active",
        "intent": "order",
        "action": list(actions),
        **changes,
    }


def with_group(*actions: dict[str, object], **changes: object):
    group = {"value": "7"}
    requests = (a_request(id=name, groupIdentifier=group) for name in ("l1", "l2"))
    return a_bundle(a_patient(), *requests, a_group(*actions, **changes))


def findings_of(tree: object) -> list[list[tuple[str, str]]]:
    return [said(line.findings) for line in lines_of(tree)]


def alternative(code: str = "ALT") -> dict[str, object]:
    """The first line, and the second one where it cannot be done, as the French guide says it."""
    related = {
        "actionId": "l2",
        "_relationship": {"extension": [{"url": URL, "valueCode": code}]},
    }
    return {**FIRST, "relatedAction": [related]}


@pytest.mark.parametrize(
    "actions",
    [
        (alternative(), SECOND),
        ({"selectionBehavior": "exactly-one", "action": [FIRST, SECOND]},),
        ({"selectionBehavior": "at-most-one", "action": [{"action": [FIRST]}, SECOND]},),
    ],
)
def test_alternatives_are_never_prepared_together_whoever_states_them(actions) -> None:
    tree = with_group(*actions)

    seen = explain(
        json.dumps(tree).encode(),
        format_name="fhir",
        site="reference",
        first=date(2026, 3, 2),
        days=7,
        today=date(2026, 3, 2),
    )

    [prescription] = seen.prescriptions
    for line in prescription.lines:
        assert line.planned == ()
        assert "line-alternative" in [finding.code for finding in line.findings]


@pytest.mark.parametrize("intent", ["order", "option"])
def test_a_line_that_is_an_option_is_no_order(intent) -> None:
    [line] = lines_of(a_bundle(a_patient(), a_request(intent=intent)))

    assert bool(line.findings) is (intent == "option")


def test_a_choice_of_very_many_lines_links_each_to_the_first_of_them() -> None:
    names = [f"l{number}" for number in range(60)]
    actions = [{"resource": {"reference": f"MedicationRequest/{name}"}} for name in names]
    tree = a_bundle(
        a_patient(),
        *(a_request(id=name) for name in names),
        a_group({"selectionBehavior": "any", "action": actions}),
    )

    lines = lines_of(tree)

    assert all(20 <= len(line.links) <= 21 for line in lines)
    assert {link.kind for line in lines for link in line.links} == {LinkKind.ALTERNATIVE}


def test_the_words_of_a_group_and_of_its_actions_are_notes_of_their_lines() -> None:
    action = {**FIRST, "title": "Première", "textEquivalent": "si toléré"}

    lines = lines_of(with_group(action, SECOND, note=[{"text": "à réévaluer"}]))

    assert [[note.text for note in line.notes] for line in lines] == [
        ["Première", "si toléré", "à réévaluer"],
        ["à réévaluer"],
    ]


ACTION = "Bundle.entry[3].resource.action[0]"
GROUP = "Bundle.entry[3].resource"


@pytest.mark.parametrize(
    ("changes", "found"),
    [
        ({"requiredBehavior": "could"}, ("element-unread", f"{ACTION}.requiredBehavior")),
        ({"cardinalityBehavior": "multiple"}, ("element-unread", f"{ACTION}.cardinalityBehavior")),
        ({"priority": "stat"}, ("element-unread", f"{ACTION}.priority")),
        (
            {"type": {"coding": [{"code": "remove"}]}},
            ("status-not-active", f"{ACTION}.type"),
        ),
        (
            {"condition": [{"kind": "start"}]},
            ("event-condition", f"{ACTION}.condition[0]"),
        ),
        (
            {"timingDuration": {"value": 2, "unit": "d"}},
            ("timing-unsupported", f"{ACTION}.timingDuration"),
        ),
    ],
)
def test_what_makes_an_action_more_than_its_request_is_said(changes, found) -> None:
    assert found in findings_of(with_group({**FIRST, **changes}))[0]


@pytest.mark.parametrize(
    "changes",
    [
        {"requiredBehavior": "must", "cardinalityBehavior": "single", "priority": "routine"},
        {"type": {"coding": [{"code": "create"}]}},
    ],
)
def test_what_says_no_more_than_the_request_is_no_doubt(changes) -> None:
    assert findings_of(with_group({**FIRST, **changes}))[0] == []


def test_what_holds_of_a_group_of_actions_holds_of_each_of_them() -> None:
    outer = {"condition": [{"kind": "applicability"}], "action": [FIRST, SECOND]}

    doubt = ("event-condition", f"{ACTION}.condition[0]")
    assert findings_of(with_group(outer)) == [[doubt], [doubt]]


@pytest.mark.parametrize(
    ("changes", "found"),
    [
        ({"status": "on-hold"}, ("status-not-active", f"{GROUP}.status")),
        ({"intent": "proposal"}, ("element-unread", f"{GROUP}.intent")),
        (
            {"replaces": [{"reference": "RequestGroup/g0"}]},
            ("element-unread", f"{GROUP}.replaces"),
        ),
        ({"priority": "asap"}, ("element-unread", f"{GROUP}.priority")),
    ],
)
def test_what_makes_a_group_less_than_an_order_in_force_is_said_of_every_line(
    changes, found
) -> None:
    assert findings_of(with_group(FIRST, SECOND, **changes)) == [[found], [found]]


def test_a_group_about_another_patient_than_its_lines_blocks() -> None:
    tree = with_group(FIRST, subject={"reference": "Patient/q"})
    tree["entry"].append({"resource": a_patient(id="q")})

    assert findings_of(tree)[0] == [("patient-contradicted", f"{GROUP}.subject")]


def test_a_time_between_two_lines_is_not_computed() -> None:
    related = {
        "actionId": "l2",
        "relationship": "concurrent",
        "offsetDuration": {"value": 2, "unit": "h"},
    }

    found = findings_of(with_group({**FIRST, "relatedAction": [related]}, SECOND))[0]

    assert found == [("timing-unsupported", f"{ACTION}.relatedAction[0]")]
