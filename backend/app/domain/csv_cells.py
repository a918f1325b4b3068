"""Cells that a spreadsheet shows and never runs.

A cell that begins like a formula gets an apostrophe, which spreadsheets take as "this is text"
(OWASP ASVS 5.0, 1.2.10); phones as ``'+34…`` stay whole numbers that way. Reading takes the
apostrophe off again, so that what we wrote can be given back to us.
"""

_STARTS = (*"=+-@\t\r\n\x00", "\uff1d", "\uff0b", "\uff0d", "\uff20")


def shown(value: object) -> str:
    """The cell for a value; None is an empty one."""
    text = "" if value is None else str(value)
    return "'" + text if text.startswith(_STARTS) else text


def read(cell: str) -> str:
    """What a cell means: trimmed, without the apostrophe that ``shown`` put there."""
    text = cell.strip()
    return text[1:] if text.startswith("'") and text[1:].startswith(_STARTS) else text
