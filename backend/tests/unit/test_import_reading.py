"""Files as people upload them."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.domain.errors import InvalidError
from app.services.imports import reading

PEOPLE = [["Ana", "+34612345678"], ["José", "+34612345679"]]


@pytest.mark.parametrize("delimiter", [",", ";", "\t", "|"])
@pytest.mark.parametrize(
    "charset", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be", "cp1252"]
)
@pytest.mark.parametrize("end", ["\n", "\r\n"])
def test_reads_what_spreadsheets_write(delimiter: str, charset: str, end: str) -> None:
    lines = [["Name", "Phone"], *PEOPLE]
    text = end.join(delimiter.join(line) for line in lines)
    table = reading.read(text.encode(charset))
    assert table.header == ["Name", "Phone"]
    assert [row.cells for row in table.rows] == PEOPLE
    assert [row.number for row in table.rows] == [2, 3]


def test_takes_the_spreadsheets_own_hint() -> None:
    table = reading.read(b"sep=;\r\nName;Phone, main\r\nAna;1\r\n")
    assert table.header == ["Name", "Phone, main"]


def test_names_each_column_once() -> None:
    assert reading.read(b"a,a (3),a\n1,2,3").header == ["a", "a (3)", "a (3) (3)"]
    assert reading.read(b"a,a,,a\n1,2,3,4").header == ["a", "a (2)", "column 3", "a (4)"]


def test_a_bad_row_spoils_only_itself() -> None:
    table = reading.read(b'name,phone\nAna,1\n"Be"n,2\n\nEva,3,extra\nZoe\n"Li\nna",5\n')
    assert [(row.number, row.problem is None) for row in table.rows] == [
        (2, True),
        (3, False),
        (5, False),
        (6, True),
        (7, True),
    ]
    assert table.rows[-1].cells == ["Li\nna", "5"]


def test_says_where_a_quote_stays_open() -> None:
    table = reading.read(b'name,phone\nAna,1\n"Ben,2\nEva,3\n')
    assert [row.problem is None for row in table.rows] == [True, False]
    assert "not closed" in str(table.rows[1].problem)


@pytest.mark.parametrize(
    "data, code",
    [
        (b"", "empty"),
        (b" \n\n", "empty"),
        (b"name,phone\n", "empty"),
        (b"name,phone\nA\x00na,1", "nul_character"),
        (bytes(range(256)) * 4, "unknown_charset"),
        (b"\x81\x8d\x8f\xfe\xff,", "unknown_charset"),
        (b"\xff\xfea", "unknown_charset"),
        (b"PK\x03\x04rest of a workbook", "not_supported_yet"),
        (b"\xd0\xcf\x11\xe0 old workbook", "not_supported_yet"),
        (b",".join(b"c%d" % n for n in range(201)) + b"\nx", "too_many_columns"),
        (b'"a\nphone', "unreadable"),
        (b"phone\n" + b"1\n" * 100_001, "too_many_rows"),
        (b"x" * 200_000 + b"\n1", "unreadable"),
    ],
)
def test_refuses_hostile_files_with_a_sentence(data: bytes, code: str) -> None:
    with pytest.raises(InvalidError) as refusal:
        reading.read(data)
    error = refusal.value.errors[0]
    assert (error.field, error.code) == ("file", code)
    assert error.message.endswith(".")


def test_a_cell_past_the_limit_is_one_bad_row() -> None:
    table = reading.read(b"phone\n1\n" + b"x" * 200_000 + b"\n2\n")
    assert [row.problem is None for row in table.rows] == [True, False, True]


_CSV = st.text(alphabet="ab\u00e9\u4e2d\"\n\r\t,;| '=+-@\x1a\u2028", max_size=200)
_FILES = st.binary(max_size=300) | st.builds(
    lambda text, charset: text.encode(charset, errors="replace"),
    _CSV,
    st.sampled_from(["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "cp1252"]),
)


@pytest.mark.fuzz
@pytest.mark.timeout(0)
@given(_FILES)
def test_any_file_is_a_table_or_refused_in_words(data: bytes) -> None:
    table = read_or_refused(data)
    if table is None:
        return
    assert len(set(table.header)) == len(table.header)
    assert table.rows
    numbers = [row.number for row in table.rows]
    assert numbers == sorted(set(numbers))
    for row in table.rows:
        beyond = row.cells[len(table.header) :]
        assert row.problem or not any(cell.strip() for cell in beyond)


def read_or_refused(data: bytes) -> reading.Table | None:
    try:
        return reading.read(data)
    except InvalidError as refusal:
        refused = refusal
    assert refused.errors[0].field == "file"
    assert refused.detail
    return None
