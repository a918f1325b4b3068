from uuid import UUID

import pytest

from app.domain import audience
from app.domain.errors import InvalidError

A, B, C = (UUID(int=n) for n in range(3))


def test_ids_are_kept_in_order_and_once() -> None:
    made = audience.define([B, A, B], [C, C], [A])
    assert made == audience.Audience((B, A), (C,), (A,))


@pytest.mark.parametrize(("groups", "people"), [([A], []), ([], [A])])
def test_one_group_or_one_recipient_is_enough(groups: list[UUID], people: list[UUID]) -> None:
    assert audience.define(groups, people).exclude_group_ids == ()


def test_nobody_named_is_refused_even_with_exclusions() -> None:
    with pytest.raises(InvalidError) as refused:
        audience.define(exclude_group_ids=[A])
    assert (refused.value.code, refused.value.errors[0].field) == ("audience_empty", "audience")


@pytest.mark.parametrize(
    ("part", "most"),
    [("group_ids", 1000), ("recipient_ids", 10_000), ("exclude_group_ids", 1000)],
)
def test_a_list_beyond_its_limit_is_refused_on_its_field(part: str, most: int) -> None:
    ids = [UUID(int=n) for n in range(most + 1)]
    with pytest.raises(InvalidError) as refused:
        _define(part, ids)
    assert refused.value.errors[0].field == f"audience.{part}"
    assert len(getattr(_define(part, ids[:most]), part)) == most


def _define(part: str, ids: list[UUID]) -> audience.Audience:
    given = {"group_ids": [A], "recipient_ids": [], "exclude_group_ids": []} | {part: ids}
    return audience.define(given["group_ids"], given["recipient_ids"], given["exclude_group_ids"])
