"""Examples of the bodies that integrators write first, by the name of their schema.

Bodies may bring their own; a test posts each of these.
"""

from typing import Any

BODIES: dict[str, dict[str, Any]] = {
    "SenderIn": {
        "name": "Bakery",
        "phone_number_id": "106540352242922",
        "waba_id": "102290129340398",
        "access_token": "EAAB-token-of-your-system-user",
        "verify": False,
    },
    "RecipientIn": {
        "name": "Luz",
        "phone": "+52 55 5010 0123",
        "external_id": "customer-17",
        "language": "es",
        "timezone": "America/Mexico_City",
        "attributes": {"city": "Puebla"},
        "consent": {"marketing": "opted_in", "source": "form", "evidence": "order 2041"},
    },
    "GroupIn": {"name": "Regulars", "description": "They come every week."},
    "MessageIn": {
        "title": "Bread is ready",
        "kind": "text",
        "content": 'Hi {{ name | default: "there" }}, your bread is ready.',
        "category": "utility",
    },
}
