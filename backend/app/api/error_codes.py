"""The stable codes of refusals: what each means, and the page that lists them.

``type`` of a problem points to its line here. A test finds codes that are used and not listed.
"""

from html import escape

# Of the whole answer, by HTTP status. A field's code stands in `code` too when it is the only one.
OF_ANSWERS: dict[str, tuple[int, str]] = {
    "bad_request": (400, "The request can't be understood."),
    "not_authenticated": (401, "No credential was sent."),
    "token_invalid": (401, "The token is not one of ours, has expired or was revoked."),
    "invalid_credentials": (401, "The address or the password is wrong."),
    "session_ended": (401, "The refresh cookie holds no longer: log in again."),
    "forbidden": (403, "You may not do this."),
    "missing_scope": (403, "The credential lacks the scope that is named."),
    "person_needed": (403, "No API key can do this; log in."),
    "owner_needed": (403, "Only an owner makes, changes or removes owners."),
    "setup_token": (403, "From another machine, set-up takes the token of the log."),
    "cross_site_request": (403, "A page of another site asked for this."),
    "not_found": (404, "There is no such thing in your workspace."),
    "method_not_allowed": (405, "This address takes other methods."),
    "conflict": (409, "The object's state doesn't allow this."),
    "already_set_up": (409, "The first owner exists."),
    "last_owner": (409, "A workspace keeps at least one owner."),
    "duplicate": (409, "There is one with this name, number or address already."),
    "in_use": (409, "Something else still needs it."),
    "template_unavailable": (409, "WhatsApp doesn't let its template be sent: take another."),
    "too_early": (409, "Wait: WhatsApp may still report; Retry-After says for how long."),
    "idempotency_in_progress": (409, "The first request with this key is still running."),
    "stale_version": (412, "Somebody changed it meanwhile; read it again."),
    "too_large": (413, "The body is larger than allowed here."),
    "unsupported_media_type": (415, "This address takes another kind of body."),
    "invalid": (422, "Several fields are wrong, or one in a way that has no code of its own."),
    "idempotency_mismatch": (422, "The key was used for another request."),
    "too_many_requests": (429, "Slow down; Retry-After says for how many seconds."),
    "internal_error": (500, "Our mistake. It is logged under the request id."),
    "upstream_unavailable": (502, "WhatsApp did not answer; nothing was changed."),
    "unavailable": (503, "Something we need is away; try again."),
}
# In `errors`, for one field; the answer is 422.
OF_FIELDS: dict[str, str] = {
    "audience_empty": "Name at least one group or recipient.",
    "empty": "The file has no rows.",
    "in_past": "The moment has passed.",
    "invalid_body": "The body can't be read at all.",
    "invalid_cursor": "Take next_cursor of the page before.",
    "invalid_email": "This is no email address.",
    "invalid_id": "Ids are UUIDs.",
    "invalid_json": "The body is not JSON.",
    "invalid_name": "The name has characters that can't stand there.",
    "invalid_phone": "No number can be read from this, or none that is possible.",
    "greater_than_equal": "The number is smaller than the least allowed.",
    "invalid_template": "The text is not well-formed Liquid; the message says where.",
    "invalid_time": "No wall time or instant can be read from this.",
    "invalid_unicode": "Text can't hold half of a surrogate pair.",
    "less_than_equal": "The number is larger than the most allowed.",
    "model_attributes_type": "An object with named fields is needed here.",
    "not_finite": "A number must be finite.",
    "invitation_ended": "The invitation was used, withdrawn or is too old.",
    "not_for_kind": "This field doesn't belong to this kind.",
    "not_supported_yet": "This version doesn't build it yet; nothing was stored.",
    "nul_character": "Text can't contain the NUL character.",
    "only_one_of": "Give one of the fields named, not several.",
    "out_of_range": "The number is too small or too large.",
    "password_common": "This password is among the first that are guessed.",
    "phone_column_missing": "No column of the file is the phone number.",
    "read_only": "This field is kept by us.",
    "required": "This field is needed.",
    "template_unavailable": "The number can't send that template now.",
    "template_parameters": "A slot of the template has no value, or there is no such slot.",
    "token_invalid": "WhatsApp refuses this access token.",
    "too_far": "The moment lies too far ahead.",
    "too_few": "The list has too few entries.",
    "too_long": "The text is too long.",
    "too_many": "The list has too many entries.",
    "too_many_columns": "The file has too many columns.",
    "too_many_rows": "The file has too many rows; split it.",
    "too_short": "The text is too short.",
    "too_deep": "The value is nested too deeply.",
    "unknown_charset": "The file's characters can't be read; save it as UTF-8.",
    "unknown_column": "The file has no column of this name.",
    "unknown_country": "This is no country's code (ISO 3166, two capital letters).",
    "unknown_field": "There is no such field.",
    "unknown_reference": "This id names nothing in your workspace.",
    "unknown_timezone": "This is no IANA time zone.",
    "unknown_value": "This value is not one of those allowed.",
    "unreadable": "The row or file can't be read.",
    "wrong_password": "This is not your password.",
}
STYLE = """\
body { font: 16px/1.5 system-ui, sans-serif; max-width: 50rem; margin: 2rem auto; padding: 0 1rem }
dt { font-family: monospace; font-weight: bold } dt:target { background: #fd6 }
"""
_HEAD = """<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>Error codes</title>
<link rel="stylesheet" href="/docs/errors.css">
</head>
<body>
<h1>Error codes</h1>
<p>Every error is <code>application/problem+json</code> (RFC 9457); <code>code</code> is stable,
texts may change. Checks of form that are not listed (such as <code>int_parsing</code>) name
what was expected.</p>
"""


def page() -> str:
    """The list as HTML, each code an anchor."""
    answers = ((code, f"{status}: {text}") for code, (status, text) in OF_ANSWERS.items())
    fields = ((code, text) for code, text in OF_FIELDS.items() if code not in OF_ANSWERS)
    return "\n".join(
        [
            _HEAD,
            "<h2>Of answers</h2>",
            _list(dict(answers)),
            "<h2>Of fields (422)</h2>",
            _list(dict(fields)),
            "</body></html>",
        ]
    )


def _list(meanings: dict[str, str]) -> str:
    entries = (
        f'<dt id="{code}">{code}</dt><dd>{escape(text)}</dd>' for code, text in meanings.items()
    )
    return "<dl>" + "\n".join(entries) + "</dl>"
