"""Uploaded files to rows: charset and delimiter found out, hostile files refused by a sentence.

Limits: 100,000 rows, 200 columns, 128 kB a cell (the csv module's own). UTF-8, UTF-16 and, as
spreadsheets on Windows still write it, Windows-1252.
"""

import csv
from collections.abc import Iterator
from dataclasses import dataclass
from io import StringIO

from app.domain.errors import InvalidError

MAX_ROWS = 100_000
MAX_COLUMNS = 200
_MAX_HEADER = 200
_DELIMITERS = ",;\t|"
_ZIP, _OLE = b"PK\x03\x04", b"\xd0\xcf\x11\xe0"
_UTF_16_MARKS = (b"\xff\xfe", b"\xfe\xff")
_SAMPLE = 4096


@dataclass(frozen=True, slots=True)
class Row:
    """One record; ``number`` as a spreadsheet counts (the header is 1).

    ``problem`` says why it can't be read; ``cells`` are then whatever could be.
    """

    number: int
    cells: list[str]
    problem: str | None = None


@dataclass(frozen=True, slots=True)
class Table:
    """Names of the columns, each once, and the rows that aren't blank."""

    header: list[str]
    rows: list[Row]


def read(data: bytes) -> Table:
    """The table in a file. Raises InvalidError on ``file``."""
    text = _decode(data)
    delimiter, text = _delimiter(text)
    records = _records(text, delimiter)
    header = next((row for row in records if row.problem or any(row.cells)), None)
    if header is None or header.problem:
        raise _refusal("unreadable", "The first line must name the columns.")
    if len(header.cells) > MAX_COLUMNS:
        raise _refusal("too_many_columns", f"A file has at most {MAX_COLUMNS} columns.")
    names = _unique(header.cells)
    rows: list[Row] = []
    for row in records:
        if len(rows) == MAX_ROWS:
            raise _refusal("too_many_rows", f"A file has at most {MAX_ROWS:,} rows; split it.")
        if row.problem or any(cell.strip() for cell in row.cells):
            rows.append(_fitting(row, len(names)))
    if not rows:
        raise _refusal("empty", "The file names columns and has no rows.")
    return Table(names, rows)


def _decode(data: bytes) -> str:
    if data.startswith((_ZIP, _OLE)):
        raise InvalidError.of(
            "file", "not_supported_yet", "Spreadsheets are not supported yet: save it as CSV."
        )
    if not data.strip():
        raise _refusal("empty", "The file is empty.")
    try:
        text = data.decode(_charset(data))
    except UnicodeDecodeError:
        raise _refusal(
            "unknown_charset", "The file's characters can't be read: save it as UTF-8."
        ) from None
    if "\x00" in text:
        raise _refusal("nul_character", "The file has NUL characters: it is not a text file.")
    return text


def _charset(data: bytes) -> str:
    if data.startswith(_UTF_16_MARKS):
        return "utf-16"
    sample = data[:_SAMPLE]
    # Latin text in UTF-16 without its mark: every other byte is zero.
    for position, charset in ((1, "utf-16-le"), (0, "utf-16-be")):
        zeros, others = sample[position::2], sample[1 - position :: 2]
        if zeros.count(0) * 2 > len(zeros) and others.count(0) == 0:
            return charset
    try:
        data.decode("utf-8")
    except UnicodeDecodeError:
        return "cp1252"
    return "utf-8-sig"


def _delimiter(text: str) -> tuple[str, str]:
    first, _, rest = text.partition("\n")
    # Spreadsheets write and take "sep=;" as a line of its own.
    if first.lower().startswith("sep=") and first.strip()[4:] in tuple(_DELIMITERS):
        return first.strip()[4:], rest
    return max(_DELIMITERS, key=first.count), text


def _records(text: str, delimiter: str) -> Iterator[Row]:
    reader = csv.reader(StringIO(text, newline=""), delimiter=delimiter, strict=True)
    number = 0
    while True:
        number += 1
        try:
            cells = next(reader)
        except StopIteration:
            return
        except csv.Error as error:
            yield Row(number, [], _why(str(error), reader.line_num))
        else:
            yield Row(number, cells)


def _why(error: str, line: int) -> str:
    if "unexpected end" in error:
        return f"A quote is opened and not closed before the end of the file (line {line})."
    if "field limit" in error:
        return f"A cell is far too long (line {line}); a quote may not be closed."
    return f"The quotes don't match (line {line})."


def _fitting(row: Row, columns: int) -> Row:
    if row.problem is None and any(cell.strip() for cell in row.cells[columns:]):
        problem = f"The row has {len(row.cells)} cells, the first line {columns}."
        return Row(row.number, row.cells, problem)
    return row


def _unique(cells: list[str]) -> list[str]:
    names: list[str] = []
    taken: set[str] = set()
    for position, cell in enumerate(cells, start=1):
        name = cell.strip()[:_MAX_HEADER] or f"column {position}"
        while name in taken:
            name = f"{name} ({position})"
        taken.add(name)
        names.append(name)
    return names


def _refusal(code: str, message: str) -> InvalidError:
    return InvalidError.of("file", code, message)
