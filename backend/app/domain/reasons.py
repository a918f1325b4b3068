"""Why a delivery was not sent or did not arrive: stable codes and words for people.

The codes are part of the API's contract: add, never rename. The dashboard translates them by
code; these English texts are what integrators and exports get.
"""

from collections.abc import Mapping
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Reason:
    """``title`` is a few words, ``explanation`` says what happened, ``action`` what to do."""

    code: str
    title: str
    explanation: str
    action: str


_OURS = (
    Reason(
        "opted_out",
        "Opted out",
        "This person asked not to get messages like this one.",
        "Respect the choice. They can opt in again by telling you so.",
    ),
    Reason(
        "no_consent",
        "No consent on record",
        "Marketing needs an opt-in, and none is recorded for this person.",
        "Record the opt-in with its source, or choose an audience that has agreed.",
    ),
    Reason(
        "no_phone",
        "No phone number",
        "This person has neither a phone number nor a WhatsApp user id.",
        "Add one of the two to the recipient.",
    ),
    Reason(
        "invalid_number",
        "Number not valid",
        "The phone number lies in a range that is not in use in its country.",
        "Correct the number of the recipient.",
    ),
    Reason(
        "same_number",
        "Same WhatsApp account",
        "Another recipient of this send has the same WhatsApp account and gets the message.",
        "Merge the two recipients.",
    ),
    Reason(
        "retries_exhausted",
        "Tried too often",
        "WhatsApp answered with a temporary error each time we tried.",
        "See whether WhatsApp has an outage, then resend.",
    ),
    Reason(
        "marked_failed",
        "Marked as failed",
        "Nobody knew whether this message had left, and a person decided that it had not.",
        "Resend it if it is still wanted.",
    ),
    Reason(
        "edited",
        "Removed from the audience",
        "The audience was changed before this message left.",
        "Nothing; add the person to the audience again if this was a mistake.",
    ),
    Reason(
        "quiet_hours",
        "Quiet hours",
        "It was quiet hours at the recipient's place until the message expired.",
        "Choose a time outside of quiet hours, or let the message wait longer.",
    ),
    Reason(
        "breaker",
        "Stopped by the safety limit",
        "Too many of the first messages failed, so the rest was held back.",
        "Look at the failures, then resume or cancel.",
    ),
    Reason(
        "missing_variable",
        "Missing value",
        "The text uses a value that this person doesn't have.",
        'Fill in the value, or give the text a default: {{ name | default: "there" }}.',
    ),
    Reason(
        "window_closed",
        "24-hour window closed",
        "Free text needs a message from this person within the last 24 hours.",
        "Send an approved template instead.",
    ),
    Reason(
        "zone_passed",
        "Time already passed",
        "The chosen time was already over in the recipient's time zone.",
        "Schedule earlier, or send to such zones on the next day.",
    ),
    Reason(
        "outside_window",
        "Outside of the sending window",
        "The sending window was closed at the recipient's place.",
        "Widen the window, or let messages wait for its next opening.",
    ),
    Reason(
        "frequency_cap",
        "Enough messages already",
        "This person has had as many messages as the workspace allows for these days.",
        "Wait, or raise the frequency cap.",
    ),
    Reason(
        "daily_limit",
        "Daily limit reached",
        "WhatsApp's limit of people per 24 hours was used up.",
        "Let the send spread over days, or raise the limit with Meta.",
    ),
    Reason(
        "template_unavailable",
        "Template not usable",
        "The template is missing, paused, disabled or not approved in this language.",
        "Check the template with Meta, sync templates, then resume or choose another.",
    ),
    Reason(
        "template_changed",
        "Template changed",
        "WhatsApp now has another text or category for the template than this send was planned"
        " with.",
        "Look at the template as it is now, then resume with it or choose another.",
    ),
    Reason(
        "unreachable",
        "Known to be unreachable",
        "Earlier messages to this number could not be delivered.",
        "Check the number; it counts as reachable again once the person writes to you.",
    ),
    Reason(
        "expired",
        "Too late",
        "The message could not leave within the time it was allowed to wait.",
        "Send it again if it is still of use, or allow a longer wait.",
    ),
    Reason(
        "cancelled", "Cancelled", "The send was cancelled before this message left.", "Nothing."
    ),
)

# The classes of Meta's errors; ``meta_code`` beside them tells which one exactly.
_METAS = (
    Reason(
        "undeliverable",
        "Could not be delivered",
        "WhatsApp could not deliver: no account, an old app, or terms not accepted.",
        "Check the number with the person by another channel.",
    ),
    Reason(
        "marketing_limit",
        "WhatsApp's marketing limit",
        "WhatsApp limits marketing to each person, from all businesses together; to US numbers"
        " none is delivered.",
        "Wait at least a day before the next marketing message to this person.",
    ),
    Reason(
        "experiment",
        "Part of a WhatsApp experiment",
        "WhatsApp keeps marketing from a group of people as an experiment. It is not billed.",
        "Don't resend this campaign; utility messages still arrive.",
    ),
    Reason(
        "blocked_by_you",
        "Blocked by your business",
        "Your business number has blocked this person.",
        "Unblock the person if messages should reach them.",
    ),
    Reason(
        "country_barred",
        "Country not allowed",
        "WhatsApp doesn't let this business account send to this country.",
        "Leave this country out, or ask Meta about the restriction.",
    ),
    Reason(
        "test_recipients_only",
        "Not a test recipient",
        "A test number sends only to the recipients on its own list.",
        "Add the number to the list in Meta's dashboard, or use a real business number.",
    ),
    Reason(
        "own_number",
        "Sender and recipient are the same",
        "A number can't send a message to itself.",
        "Remove the business number from the audience.",
    ),
    Reason(
        "phone_needed",
        "Needs a phone number",
        "This kind of message can't go to a WhatsApp user id.",
        "Add the person's phone number.",
    ),
    Reason(
        "identity_changed",
        "Identity changed",
        "The person's WhatsApp identity has changed since it was confirmed.",
        "Confirm with the person, then send again.",
    ),
    Reason(
        "media_failed",
        "Media not usable",
        "WhatsApp could not take the file: its type, its size or its link.",
        "Upload the file again or correct the link.",
    ),
    Reason(
        "request_refused",
        "Refused by WhatsApp",
        "WhatsApp can't accept the message as it is written.",
        "Read WhatsApp's own words in the details and correct the message.",
    ),
    Reason(
        "template_mismatch",
        "Doesn't fit the template",
        "The values don't match what the template asks for.",
        "Sync templates and compare the message's parameters with the template.",
    ),
    Reason(
        "template_refused",
        "Template refused",
        "WhatsApp refuses the template: it is missing in this language, breaks a rule or can't be"
        " sent in this way.",
        "Check the template with Meta, then resume or choose another.",
    ),
    Reason(
        "token_invalid",
        "Access token not valid",
        "The access token has expired, was revoked or lacks a permission.",
        "Enter a new system-user token for the sender, then resume it.",
    ),
    Reason(
        "sender_unavailable",
        "Number not usable",
        "The business number is not registered, not approved or no longer visible.",
        "Check the number in WhatsApp Manager, then resume the sender.",
    ),
    Reason(
        "spam_limited",
        "Limited after complaints",
        "Too many people blocked or reported the business number.",
        "Stop for some hours, and send only to people who expect it.",
    ),
    Reason(
        "account_restricted",
        "Account restricted",
        "Meta has restricted or locked the WhatsApp business account.",
        "Open Account Quality in Meta Business Suite and request a review.",
    ),
    Reason(
        "payment_problem",
        "Payment problem",
        "Meta can't bill the WhatsApp business account.",
        "Check payment method and credit in Meta Business Suite, then resume the sender.",
    ),
    Reason(
        "rate_limited",
        "Too fast for WhatsApp",
        "The limit of requests was reached; the message waits and is tried again.",
        "Nothing; lower the sender's throughput if this happens often.",
    ),
    Reason(
        "pair_rate_limited",
        "Too many to one person",
        "WhatsApp takes about one message in 6 seconds from one number to one person.",
        "Nothing; it is tried again.",
    ),
    Reason(
        "meta_unavailable",
        "WhatsApp unavailable",
        "WhatsApp had a temporary problem.",
        "Nothing; it is tried again a few times.",
    ),
    Reason(
        "unknown_error",
        "Unknown error",
        "WhatsApp answered with an error that we don't know.",
        "Look the code up in Meta's list of error codes, then resend if it has passed.",
    ),
)

REASONS: Mapping[str, Reason] = {reason.code: reason for reason in (*_OURS, *_METAS)}


def describe(code: str) -> Reason:
    """The words for a code; of one from a newer version only the code itself."""
    return REASONS.get(code) or Reason(code, code.replace("_", " ").capitalize(), "", "")
