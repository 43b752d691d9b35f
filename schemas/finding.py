"""Doubt as a value: what a person must look at, where it is, and how much it weighs.

The codes are stable: outside software filters on them, and `docs/findings.md` lists them.
The sentence of each is English; that `engine.language` translates.
"""

from enum import StrEnum
from typing import Self

from pydantic import Field

from schemas.base import Value


class Severity(StrEnum):
    """How much a finding weighs. A blocking one must be answered before validation passes."""

    BLOCKING = "blocking"
    ACKNOWLEDGE = "acknowledge"
    INFO = "info"


BLOCKING, ACKNOWLEDGE, INFO = Severity.BLOCKING, Severity.ACKNOWLEDGE, Severity.INFO


class FindingCode(StrEnum):
    """Every doubt that this engine can have: code, severity, sentence."""

    severity: Severity
    sentence: str

    def __new__(cls, code: str, severity: Severity, sentence: str) -> Self:
        """A member is its code; the severity and the sentence hang on it."""
        member = str.__new__(cls, code)
        member._value_ = code
        member.severity = severity
        member.sentence = sentence
        return member

    # The message as a whole.
    FORMAT_UNKNOWN = "format-unknown", BLOCKING, "The format is not one that we read"
    MESSAGE_BROKEN = "message-broken", BLOCKING, "The bytes are not well formed"
    MESSAGE_UNSUPPORTED = "message-unsupported", BLOCKING, "We do not read this kind of message"
    ANALYSIS_RECEIVED = (
        "analysis-received",
        INFO,
        "Another pharmacist's analysis of a line, which is no order",
    )
    MESSAGE_EMPTY = "message-empty", BLOCKING, "The message carries nothing that we read"
    MESSAGE_TRUNCATED = "message-truncated", BLOCKING, "The message ends before its end"
    ENCODING_DECLARED_WRONG = (
        "encoding-wrong",
        ACKNOWLEDGE,
        "The bytes contradict their declared encoding",
    )
    VERSION_UNKNOWN = "version-unknown", ACKNOWLEDGE, "The version of the standard is unknown"
    STRUCTURE_INVALID = "structure-invalid", ACKNOWLEDGE, "The message breaks its standard"
    SEGMENT_MISPLACED = (
        "segment-misplaced",
        INFO,
        "A segment stands where its structure has no place for it",
    )
    CODE_INVALID = (
        "code-invalid",
        BLOCKING,
        "The code is not in the list that its standard requires",
    )
    VALUE_INVALID = "value-invalid", BLOCKING, "The value cannot be read as what it must be"
    VALUE_TRUNCATED = "value-truncated", BLOCKING, "The sender says that a value was cut"
    ELEMENT_MISSING = "element-missing", BLOCKING, "A required element is missing"
    ELEMENT_UNREAD = "element-unread", ACKNOWLEDGE, "An element that may matter was not read"
    ELEMENT_FOREIGN = (
        "element-foreign",
        BLOCKING,
        "The standard has no such element in this place",
    )
    MODIFIER_UNKNOWN = (
        "modifier-unknown",
        BLOCKING,
        "An extension that changes the meaning is unknown",
    )
    REFERENCE_UNRESOLVED = "reference-unresolved", BLOCKING, "A reference leads nowhere"
    IDENTIFIER_DUPLICATE = (
        "identifier-duplicate",
        ACKNOWLEDGE,
        "Two elements carry the same identifier",
    )
    STATUS_NOT_ACTIVE = (
        "status-not-active",
        BLOCKING,
        "The sender does not mean this line as an order in force",
    )
    REVIEW_ASKED = "review-asked", BLOCKING, "The sender asks for a human review"
    ORDER_CONTROL_UNKNOWN = (
        "order-control-unknown",
        BLOCKING,
        "The order control is unknown or has no meaning here",
    )
    ORDER_KNOWN = (
        "order-known",
        BLOCKING,
        "The order is placed again, with another content",
    )
    EVENT_OVERTAKEN = (
        "event-overtaken",
        BLOCKING,
        "The message tells of something earlier than what is known of the order",
    )
    EFFECT_LATER = (
        "effect-later",
        BLOCKING,
        "The order ends on a later day: what holds until then is not planned",
    )
    CHANGE_LATER = (
        "change-later",
        ACKNOWLEDGE,
        "The change holds from a later day: until then the order is as it was before",
    )
    CONTROL_ID_REUSED = (
        "control-id-reused",
        BLOCKING,
        "The control id was used before, for other bytes",
    )
    LINE_CARRIED = (
        "line-carried",
        ACKNOWLEDGE,
        "The line comes from an earlier message and still stands",
    )

    # People and products.
    PATIENT_MISSING = "patient-missing", BLOCKING, "The patient is not identified"
    PATIENT_CONTRADICTED = (
        "patient-contradicted",
        BLOCKING,
        "The message names two different patients",
    )
    IDENTITY_UNQUALIFIED = (
        "identity-unqualified",
        ACKNOWLEDGE,
        "The national identity is not qualified",
    )
    IDENTIFIER_KEY_WRONG = "identifier-key-wrong", ACKNOWLEDGE, "The key of an identifier is wrong"
    PRESCRIBER_MISSING = "prescriber-missing", ACKNOWLEDGE, "The prescriber is not identified"
    PRESCRIBER_CONTRADICTED = (
        "prescriber-contradicted",
        ACKNOWLEDGE,
        "The message names two prescribers",
    )
    PRODUCT_MISSING = "product-missing", BLOCKING, "The product is not named"
    PRODUCT_UNCODED = "product-uncoded", ACKNOWLEDGE, "The product has no code that we know"
    PRODUCT_CODE_WRONG = (
        "product-code-wrong",
        ACKNOWLEDGE,
        "The form or the key of a product code is wrong",
    )
    PRODUCT_COMPOUND = "product-compound", BLOCKING, "The product is a mixture"
    PRODUCT_CONTRADICTED = (
        "product-contradicted",
        BLOCKING,
        "The codes of the product name different products",
    )
    PRODUCT_AMBIGUOUS = (
        "product-ambiguous",
        ACKNOWLEDGE,
        "The reference knows several products under the codes given",
    )

    # Posology: what the sender states.
    POSOLOGY_MISSING = "posology-missing", BLOCKING, "No posology is stated"
    POSOLOGY_TEXT_ONLY = "posology-text-only", BLOCKING, "The posology is text only"
    POSOLOGY_INTERPRETED = (
        "posology-interpreted",
        ACKNOWLEDGE,
        "The schedule is a pharmacist's reading of the sender's text",
    )
    INTERPRETATION_EARLIER = (
        "interpretation-earlier",
        INFO,
        "A pharmacist read the same text before: that reading is offered again",
    )
    INTERPRETATION_DROPPED = (
        "interpretation-dropped",
        ACKNOWLEDGE,
        "The text that a pharmacist read has changed: that reading no longer holds",
    )
    OFFER_STALE = (
        "offer-stale",
        BLOCKING,
        "The text or its reading is not the one that was answered",
    )
    ANSWER_MISSING = "answer-missing", BLOCKING, "A cell of the reading has no answer"
    ANSWER_WRONG = "answer-wrong", BLOCKING, "An answer does not fit its cell"
    DOSE_MISSING = "dose-missing", BLOCKING, "No dose is stated"
    DOSE_RANGE = "dose-range", BLOCKING, "The dose is a range"
    DOSE_RATE = "dose-rate", BLOCKING, "The dose is a rate"
    DOSE_SEVERAL = "dose-several", BLOCKING, "Several doses are stated for one intake"
    DOSE_PER_BODY = "dose-per-body", BLOCKING, "The dose depends on the patient's weight or surface"
    DOSE_UNSUPPORTED = (
        "dose-unsupported",
        BLOCKING,
        "The dose says something that we do not compute",
    )
    DOSE_TOTAL = "dose-total", BLOCKING, "The dose may be a total, or that of one intake"
    UNIT_MISSING = "unit-missing", BLOCKING, "The dose has no unit"
    UNIT_UNKNOWN = "unit-unknown", BLOCKING, "The unit is not in the site's table"
    UNIT_CONTRADICTED = "unit-contradicted", BLOCKING, "The unit is stated twice, differently"
    FREQUENCY_RANGE = "frequency-range", BLOCKING, "The frequency is a range"
    FREQUENCY_UNKNOWN = "frequency-unknown", BLOCKING, "The frequency is not in the sender's table"
    FREQUENCY_DEFAULT = (
        "frequency-default",
        ACKNOWLEDGE,
        "No frequency is stated: that is the default of the standard",
    )
    FREQUENCY_CONTRADICTED = (
        "frequency-contradicted",
        BLOCKING,
        "The frequency contradicts the times listed",
    )
    FREQUENCY_AMBIGUOUS = (
        "frequency-ambiguous",
        BLOCKING,
        "The frequency can be read in two ways",
    )
    FREQUENCY_UNPLACED = (
        "frequency-unplaced",
        BLOCKING,
        "The days or times of this frequency are not stated",
    )
    PERIOD_RANGE = "period-range", BLOCKING, "The period is a range"
    PERIOD_FRACTIONAL = "period-fractional", BLOCKING, "The period is not a whole number"
    PERIOD_TOO_SHORT = "period-too-short", BLOCKING, "The period is in minutes or seconds"
    PERIOD_INCOMPLETE = "period-incomplete", BLOCKING, "The period has no number or no unit"
    TIMING_MISSING = "timing-missing", BLOCKING, "No rhythm and no time is stated"
    TIMING_CONTRADICTED = "timing-contradicted", BLOCKING, "Two statements of the timing disagree"
    TIMING_CODE_UNKNOWN = (
        "timing-code-unknown",
        BLOCKING,
        "The timing code is not in the sender's table",
    )
    TIMING_INVALID = "timing-invalid", BLOCKING, "The timing breaks a rule of its standard"
    TIMING_UNSUPPORTED = (
        "timing-unsupported",
        BLOCKING,
        "The timing says something that we do not compute",
    )
    EVENT_CONDITION = "event-condition", BLOCKING, "The dose depends on an event or a condition"
    BOUNDS_RANGE = "bounds-range", BLOCKING, "The length of the treatment is a range"
    BOUNDS_INVALID = (
        "bounds-invalid",
        BLOCKING,
        "The start, end or length of the treatment cannot be used",
    )
    COUNT_AMBIGUOUS = "count-ambiguous", BLOCKING, "The count may mean intakes or days"
    COUNT_RANGE = "count-range", BLOCKING, "The number of intakes is a range"
    ZONE_MISSING = "zone-missing", BLOCKING, "A time has no zone"
    LINE_ALTERNATIVE = "line-alternative", BLOCKING, "The line is an alternative to another"
    NOT_SUPPLIED = (
        "not-supplied",
        ACKNOWLEDGE,
        "The sender asks the pharmacy not to supply this line",
    )

    # Posology: what the site's tables and the calendar make of it.
    MOMENT_UNKNOWN = "moment-unknown", BLOCKING, "The moment has no time in the site's table"
    DISTRIBUTION_USED = (
        "distribution-used",
        ACKNOWLEDGE,
        "The times of day come from the site's table",
    )
    DISTRIBUTION_MISSING = (
        "distribution-missing",
        BLOCKING,
        "The site's table has no times for this number a day",
    )
    START_MISSING = "start-missing", BLOCKING, "The start of the treatment is not stated"
    START_FROM_WRITING = (
        "start-from-writing",
        ACKNOWLEDGE,
        "The start is taken from the date of writing",
    )
    ANCHOR_UNCERTAIN = (
        "anchor-uncertain",
        BLOCKING,
        "The first day of the rhythm can be read in two ways",
    )
    WEEKDAY_FROM_START = "weekday-from-start", ACKNOWLEDGE, "The weekday is that of the start"
    MONTH_DAY_MISSING = (
        "month-day-missing",
        BLOCKING,
        "The day of the month does not exist in every month",
    )
    CLOCK_CHANGE = "clock-change", BLOCKING, "An intake falls at a change of the clocks"
    SEQUENCE_OPEN = "sequence-open", BLOCKING, "A step without end is followed by another"
    SEQUENCE_INCOMPLETE = "sequence-incomplete", BLOCKING, "Only some steps are numbered"
    SEQUENCE_GAP = "sequence-gap", BLOCKING, "There is a gap or an overlap between two steps"
    SLOT_TWICE = "slot-twice", BLOCKING, "Two doses of the line fall on the same moment"
    SLOTS_MIXED = "slots-mixed", BLOCKING, "Moments and clock times are mixed in one line"
    MAXIMUM_EXCEEDED = "maximum-exceeded", BLOCKING, "The doses exceed the stated maximum"
    MAXIMUM_NOT_COMPARABLE = (
        "maximum-not-comparable",
        BLOCKING,
        "The stated maximum cannot be compared with the doses",
    )
    SCHEDULE_EMPTY = (
        "schedule-empty",
        ACKNOWLEDGE,
        "The schedule plans no intake in the period shown",
    )
    END_BEFORE_START = "end-before-start", BLOCKING, "The treatment ends before it starts"
    AS_NEEDED = "as-needed", INFO, "The line is taken as needed and is never planned"
    FIRST_DOSES_PAST = "first-doses-past", INFO, "Intakes before the start are not planned"

    # Review: the data against itself.
    TEXT_CONTRADICTS = (
        "text-contradicts",
        BLOCKING,
        "The sender's text contradicts the structured posology",
    )
    TEXT_ADDS = "text-adds", BLOCKING, "The sender's text says more than the structured posology"
    TEXT_UNREAD = (
        "text-unread",
        ACKNOWLEDGE,
        "The sender's text could not be compared with the structure",
    )
    WEEKDAY_UNCONFIRMED = "weekday-unconfirmed", BLOCKING, "A weekly dose has no weekday of its own"
    LINE_DUPLICATE = "line-duplicate", BLOCKING, "Two lines name the same product"
    LINE_ELSEWHERE = (
        "line-elsewhere",
        BLOCKING,
        "Another prescription of the patient names the same product",
    )
    LINE_TOLD_ELSEWHERE = (
        "line-told-elsewhere",
        ACKNOWLEDGE,
        "The same product stands where it is only told of, not ordered",
    )
    LINE_ELSEWHERE_ENDING = (
        "line-elsewhere-ending",
        ACKNOWLEDGE,
        "The same product is in force in another prescription, whose end is not validated yet",
    )
    PRESCRIPTION_REPLACES = (
        "prescription-replaces",
        ACKNOWLEDGE,
        "The sender replaces another prescription, which still stands",
    )
    PRESCRIPTION_REPLACED = (
        "prescription-replaced",
        ACKNOWLEDGE,
        "The sender replaces this prescription by another one",
    )
    REPLACED_UNKNOWN = (
        "replaced-unknown",
        ACKNOWLEDGE,
        "The sender replaces a prescription that does not stand here",
    )
    LINE_CHANGED = "line-changed", ACKNOWLEDGE, "The line differs from the last validated version"
    LINE_REMOVED = "line-removed", ACKNOWLEDGE, "A line of the last validated version is gone"
    LINE_STOPPED = "line-stopped", ACKNOWLEDGE, "The sender stops this line"
    FORM_OUTSIDE_ORGANISER = (
        "form-outside-organiser",
        INFO,
        "This form stays beside the organiser",
    )
    FORM_FOR_REVIEW = (
        "form-for-review",
        ACKNOWLEDGE,
        "A pharmacist must say whether this form goes into the organiser",
    )
    FORM_CONTRADICTED = (
        "form-contradicted",
        ACKNOWLEDGE,
        "The form stated is not that of the product reference",
    )
    STRENGTH_CONTRADICTED = (
        "strength-contradicted",
        BLOCKING,
        "The strength stated is not that of the product reference",
    )
    DOSE_NOT_COUNTED = (
        "dose-not-counted",
        ACKNOWLEDGE,
        "The dose could not be counted in units of the product",
    )
    COUNT_FROM_STRENGTH = (
        "count-from-strength",
        INFO,
        "The units are counted from the strength",
    )
    UNIT_AGAINST_FORM = (
        "unit-against-form",
        ACKNOWLEDGE,
        "The dose is counted in a unit that is not that of the form",
    )
    FRACTION_NOT_ALLOWED = (
        "fraction-not-allowed",
        BLOCKING,
        "This fraction of a unit may not be made",
    )
    FRACTION_UNCONFIRMED = (
        "fraction-unconfirmed",
        ACKNOWLEDGE,
        "Nothing says that a unit of this product may be divided",
    )
    SUBSTANCE_TWICE = (
        "substance-twice",
        ACKNOWLEDGE,
        "Two lines in force together hold the same substance",
    )
    TREATMENT_GAP = (
        "treatment-gap",
        ACKNOWLEDGE,
        "Days without treatment lie between two periods of one product",
    )
    ANCHOR_MOVED = (
        "anchor-moved",
        ACKNOWLEDGE,
        "The days of the rhythm are no longer those of the last validated version",
    )

    # Intakes and adherence.
    INTAKE_UNMATCHED = "intake-unmatched", ACKNOWLEDGE, "The intake matches no planned intake"
    INTAKE_LINE_UNKNOWN = "intake-line-unknown", BLOCKING, "The intake names no line that we know"
    INTAKE_INCONSISTENT = "intake-inconsistent", BLOCKING, "The intake contradicts itself"
    INTAKE_REASON_MISSING = (
        "intake-reason-missing",
        ACKNOWLEDGE,
        "A refusal is reported without its reason",
    )
    MOVEMENT_UNMATCHED = (
        "movement-unmatched",
        ACKNOWLEDGE,
        "A movement of the patient does not fit the others and does not count",
    )
    ABSENCE_OPEN = (
        "absence-open",
        ACKNOWLEDGE,
        "An absence of the patient has no end: the days after it are left out",
    )
    INTAKE_CONFLICT = "intake-conflict", ACKNOWLEDGE, "Two reports of one intake disagree"
    RECORDS_MISSING = (
        "records-missing",
        ACKNOWLEDGE,
        "Nobody reported an intake in the period",
    )
    ADHERENCE_NOT_COMPUTABLE = (
        "adherence-not-computable",
        ACKNOWLEDGE,
        "Nothing was expected then",
    )


class Finding(Value):
    """One doubt. `location` is a place in the source; `quoted` is the value as sent.

    `message` names the field and the rule, in English, and quotes nothing of the patient;
    the offending value stands in `quoted` alone, so that a message can be logged. `severity`
    is that of the code: it is the same wherever the code appears, and never given by hand.
    """

    code: FindingCode
    location: str
    message: str
    quoted: str | None = None
    severity: Severity = Field(default_factory=lambda given: given["code"].severity)

    @property
    def blocks(self) -> bool:
        """Whether validation waits for an answer to this finding."""
        return self.severity is Severity.BLOCKING
