"""`make chaos ARGS=points` leaves no crash point out."""

from collections import Counter
from pathlib import Path

from app.core import crash_points
from chaos import points


def test_each_point_is_struck_in_one_role() -> None:
    struck = Counter(point for in_role in points.POINTS.values() for point in in_role)
    assert struck == Counter(crash_points.POINTS)


def test_deaths_are_counted_by_their_last_words(tmp_path: Path) -> None:
    (tmp_path / "dispatch1.log").write_text("crash point marked: die\ncrash point marked: die\n")
    (tmp_path / "api.log").write_text("ready\ncrash point stored: die\n")
    assert points.struck(tmp_path) == {"marked": 2, "stored": 1}
