"""What an import does to the library."""

from dataclasses import replace

import pytest

from server.domain.publishing.piece import (
    Article,
    ImportPlan,
    Kind,
    Line,
    Piece,
    PieceState,
    ReplyRule,
    Standing,
    of_file,
    plan_import,
)

ACCEPTED, WAITING, WITHDRAWN = PieceState.ACCEPTED, PieceState.WAITING, PieceState.WITHDRAWN


def a_line(text: str = "慢慢来，今天先照顾好自己的一顿饭。", name: str = "slowly", checked_by: str | None = None):
    return of_file(name, Line(text), "original", checked_by)


def kept(piece: Piece, state: PieceState = ACCEPTED, version: int = 1) -> dict[str, Standing]:
    return {piece.id: Standing(version, piece.digest, state)}


def test_a_new_piece_of_make_run_is_accepted_at_once():
    plan = plan_import({}, [a_line()], connected=False)
    assert [piece.version for piece in plan.new] == [1]
    assert plan.state_of(plan.new[0]) is ACCEPTED
    assert plan.written == plan.new


def test_a_piece_that_nobody_checked_waits_on_a_connected_account():
    plan = plan_import({}, [a_line(), a_line(name="checked", checked_by="陈医生")], connected=True)
    assert plan.waiting == {"slowly"}
    assert [plan.state_of(piece) for piece in plan.new] == [WAITING, ACCEPTED]


def test_the_same_text_keeps_its_version():
    for state in (ACCEPTED, WAITING):
        plan = plan_import(kept(a_line(), state), [a_line()], connected=True)
        assert plan == ImportPlan(unchanged=("slowly",), waiting=frozenset({"slowly"} if state is WAITING else ()))


def test_a_piece_accepted_by_a_person_stays_accepted():
    assert plan_import(kept(a_line()), [a_line()], connected=True).waiting == frozenset()


def test_changed_text_gets_the_next_version_and_waits_beside_the_one_that_is_shown():
    changed = a_line("慢慢来，先喝口水，再说别的。")
    plan = plan_import(kept(a_line(), version=3), [changed], connected=True)
    assert plan.changed == (replace(changed, version=4),)
    assert plan.state_of(plan.changed[0]) is WAITING
    assert not plan.withdrawn


def test_a_file_taken_away_withdraws_its_piece_once():
    assert plan_import(kept(a_line()), [], connected=False).withdrawn == ("slowly",)
    assert plan_import(kept(a_line(), WITHDRAWN), [], connected=False) == ImportPlan()


def test_a_piece_that_returns_with_its_old_text_has_its_old_version():
    plan = plan_import(kept(a_line(), WITHDRAWN, version=2), [a_line()], connected=False)
    assert [piece.version for piece in plan.returned] == [2]
    changed = a_line("慢慢来，先喝口水，再说别的。")
    plan = plan_import(kept(a_line(), WITHDRAWN, version=2), [changed], connected=True)
    assert [piece.version for piece in plan.returned] == [3]
    assert plan.waiting == {"slowly"}


def test_a_piece_that_returns_unchecked_to_a_connected_account_waits_again():
    assert plan_import(kept(a_line(), WITHDRAWN), [a_line()], connected=True).waiting == {"slowly"}


def test_a_waiting_piece_is_accepted_once_a_professional_signs_it():
    plan = plan_import(kept(a_line(), WAITING), [a_line(checked_by="陈医生")], connected=True)
    assert [piece.checked_by for piece in plan.accepted] == ["陈医生"]
    assert plan.state_of(plan.accepted[0]) is ACCEPTED
    assert not plan.unchanged


def test_planning_twice_plans_nothing_the_second_time():
    first = plan_import({}, [a_line(), a_line("早点睡，也是照顾自己的一种办法。", "sleep")], connected=True)
    standing = {p.id: Standing(p.version, p.digest, first.state_of(p)) for p in first.written}
    second = plan_import(standing, [a_line(), a_line("早点睡，也是照顾自己的一种办法。", "sleep")], connected=True)
    assert second.written == ()
    assert set(second.unchanged) == {"slowly", "sleep"}


@pytest.mark.parametrize(
    ("body", "kind", "title"),
    [
        (Line("一句话"), Kind.LINE, "一句话"),
        (ReplyRule("问好", exact=("你好",), answers=("你好。",)), Kind.REPLY, "问好"),
        (Article("睡不着", "心理百科", "摘要", "心驿", ("睡眠", "夜班"), (), "正文"), Kind.ARTICLE, "睡不着"),
    ],
)
def test_a_piece_knows_its_kind_and_title_by_its_body(body, kind, title):
    piece = of_file("some-id", body, "original", None)
    assert (piece.kind, piece.title, piece.version) == (kind, title, 1)


def test_the_digest_speaks_of_the_text_alone():
    assert a_line().digest == a_line(name="other", checked_by="陈医生").digest
    assert a_line().digest != a_line("另一句话，说的是另一件事情。").digest
    assert len(a_line().digest) == 64
