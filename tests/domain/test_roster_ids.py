"""The ids of a list and of its parts: derived, told apart, and side by side in an index."""

from uuid import UUID, uuid4, uuid5

from domain.roster.ids import member_id, new_list_id, part_id

LIST = new_list_id(UUID("6f0e4f2a-6f55-4a53-9d0b-2f9a5d2f5f10"))
OF_BEFORE = UUID("6f0e4f2a-6f55-5a53-9d0b-2f9a5d2f5f10")


def test_the_id_of_a_member_follows_from_list_and_row() -> None:
    for roster in (LIST, OF_BEFORE):
        assert member_id(roster, 1) == member_id(roster, 1)
        assert len({member_id(roster, 1), member_id(roster, 2), member_id(uuid4(), 1)}) == 3


def test_the_parts_of_a_list_lie_beside_it() -> None:
    asked_for = uuid4()
    parts = [LIST, *(part_id(LIST, of, f"row/{n}") for n in range(500) for of in (LIST, asked_for))]
    assert len(set(parts)) == 1_001
    assert {part.bytes[:6] for part in parts} == {LIST.bytes[:6]}
    assert {(part.version, part.variant) for part in parts} == {(8, LIST.variant)}
    others = sorted(uuid4() for _ in range(1_000))
    assert not any(min(parts) < other < max(parts) for other in others)


def test_what_is_asked_of_a_member_lies_beside_it() -> None:
    member, paid = member_id(LIST, 3), uuid4()
    assert part_id(member, paid, "first").bytes[:6] == LIST.bytes[:6]
    alone = uuid4()
    assert part_id(alone, paid, "first") == uuid5(paid, "first")


def test_a_list_has_the_id_that_was_drawn_but_for_its_version() -> None:
    drawn = uuid4()
    assert new_list_id(drawn) == new_list_id(drawn) != new_list_id(uuid4())
    assert new_list_id(drawn).bytes[:6] == drawn.bytes[:6]
    assert new_list_id(drawn).bytes[8:] == drawn.bytes[8:]


def test_a_list_of_before_keeps_the_parts_that_it_has() -> None:
    assert member_id(OF_BEFORE, 7) == uuid5(OF_BEFORE, "row/7")
    asked_for = uuid4()
    assert part_id(OF_BEFORE, asked_for, "row/7") == uuid5(asked_for, "row/7")
