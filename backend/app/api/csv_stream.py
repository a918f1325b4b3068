"""CSV answers, written as they are read: RFC 4180, UTF-8, safe in spreadsheets."""

import csv
from collections.abc import Iterable, Iterator
from io import StringIO

from starlette.responses import StreamingResponse

from app.domain import csv_cells

MEDIA_TYPE = "text/csv; charset=utf-8"
_ROWS_AT_ONCE = 200
# Without the mark, spreadsheets take UTF-8 for the machine's old code page.
_BOM = "\ufeff"


def response(rows: Iterable[Iterable[object]], filename: str) -> StreamingResponse:
    """An attachment of these rows, the first of which is the header."""
    headers = {"Content-Disposition": f'attachment; filename="{filename}"'}
    return StreamingResponse(_parts(rows), headers=headers, media_type=MEDIA_TYPE)


def _parts(rows: Iterable[Iterable[object]]) -> Iterator[str]:
    buffer = StringIO(_BOM)
    buffer.seek(0, 2)
    writer = csv.writer(buffer)
    for count, row in enumerate(rows, start=1):
        writer.writerow([csv_cells.shown(value) for value in row])
        if count % _ROWS_AT_ONCE == 0:
            yield _taken(buffer)
    yield _taken(buffer)


def _taken(buffer: StringIO) -> str:
    text = buffer.getvalue()
    buffer.seek(0)
    buffer.truncate()
    return text
