"""The words of help are read whole, or refused with file, line and what is wrong."""

import shutil
from pathlib import Path

import pytest

from server.domain.help.words import CHOICES, Card, HelpWords, PresenceKind, TalkKey, Unread
from server.storage.shelf import help_words
from server.storage.shelf.desk import Desk
from server.storage.shelf.faults import BadContent, Faults

SHIPPED = Path(__file__).parents[2] / "content" / "screening"
REPLIES, TALK, RIGHTS = (f"screening/{name}.yaml" for name in ("replies", "talk", "rights"))


@pytest.fixture
def content(tmp_path: Path) -> Path:
    (tmp_path / "screening").mkdir()
    for name in (REPLIES, TALK, RIGHTS):
        shutil.copy(SHIPPED / Path(name).name, tmp_path / name)
    return tmp_path


def read(content: Path) -> HelpWords:
    faults = Faults()
    words = help_words.read(Desk(content, faults))
    faults.refuse_if_any()
    return words


def change(content: Path, name: str, old: str, new: str) -> None:
    text = (content / name).read_text(encoding="utf-8")
    assert old in text
    (content / name).write_text(text.replace(old, new, 1), encoding="utf-8")


def line_of(content: Path, name: str, row: str) -> int:
    return (content / name).read_text(encoding="utf-8").splitlines().index(row) + 1


def faults(content: Path) -> list[tuple[str, int, str]]:
    with pytest.raises(BadContent) as refused:
        read(content)
    return [(fault.file, fault.line, fault.sentence) for fault in refused.value.faults]


def test_what_is_shipped_is_in_order_and_whole(content):
    words = read(content)
    assert set(words.cards) == set(Card)
    assert set(words.unread) == set(Unread)
    assert set(words.presence) == set(PresenceKind)
    assert set(words.talk.answers) == set(TalkKey)
    assert set(words.talk.labels) == set(CHOICES)
    assert words.talk.meant["打不通"] is TalkKey.UNANSWERED
    assert len(words.cards[Card.OWN]) >= 4
    assert words.rights.topic("老板欠我三个月工资") in words.rights_answers


@pytest.mark.parametrize("name", [REPLIES, TALK, RIGHTS])
def test_a_file_that_is_not_there_is_named(content, name):
    (content / name).unlink()
    assert faults(content) == [(name, 1, "没有这个文件")]


@pytest.mark.parametrize(
    ("name", "old", "new", "row", "words"),
    [
        (REPLIES, "      {choices}\n", "", "  own:", "own 的每一段都要有 {choices}"),
        (REPLIES, "      {presence}\n", "      {presense}\n", "  own:", "own 里不认识 {presense}"),
        (REPLIES, "      {lines}\n", "      {lines}\n      {lines}\n", "  own:", "{lines} 写了两次"),
        (REPLIES, "电话，那头是真人：\n      {lines}", "电话：{lines}", "  own:", "{lines} 要单独占一行"),
        (REPLIES, "你写的话收到了。", "好" * 200, "  own:", "own 的一段太长"),
        (REPLIES, "你写的话收到了。", "好" * 600, "    - |-", "1–500 个字"),
        (REPLIES, "值班老师{when}上班后会看到。", "", "  nobody_now_until: |-", "都要有 {when}"),
        (
            REPLIES,
            "先打：\n    {number}\n  nobody",
            "先打：\n    {number}\n    好。\n  nobody",
            "  nobody_here: |-",
            "结尾",
        ),
        (REPLIES, "\n  taken: |-", "\n  seen: |-", "  seen: |-", "不认识的键 seen"),
        (REPLIES, "\ndanger:", "\nhazard:", "hazard: ", "不认识的键 hazard"),
        (REPLIES, "checked_by: null\n", "", "", "缺少 checked_by"),
        (TALK, "    safe: 我这会儿安全", "    safe: " + "好" * 20, "    safe: " + "好" * 20, "1–16"),
        (TALK, "占线, ", "占线, 没人, ", "  unanswered:", "“没人”写在了两处"),
        (TALK, "\n  alone: [", "\n  lonely: [", "  lonely: [", "lonely 不是 answers 里的一项"),
        (TALK, "[谢谢, ", "[……, ", "  closing: [", "没有可以比对的字"),
        (RIGHTS, "words:\n      [欠薪, ", "words:\n      [欠, ", "", "“欠”太短"),
        (RIGHTS, "  - id: overtime", "  - id: wages", "  - id: wages", "wages 写了两次"),
        (RIGHTS, "\nelsewhere:", "\nsomewhere:", "somewhere:", "不认识的键 somewhere"),
    ],
)
def test_every_fault_is_told_with_its_line(content, name, old, new, row, words):
    change(content, name, old, new)
    (found,) = [fault for fault in faults(content) if words in fault[2]]
    assert found[0] == name
    text = (content / name).read_text(encoding="utf-8").splitlines()[found[1] - 1]
    assert text.startswith(row)


def test_the_same_card_twice_would_be_said_twice_running(content):
    text = (content / TALK).read_text(encoding="utf-8")
    answer = text[text.index("    - |-\n      有信得过的人在") : text.index("    - |-\n      那就别让他走")]
    change(content, TALK, answer, answer + answer)
    assert any("company 里有两段一样" in sentence for _, _, sentence in faults(content))


def test_one_wording_is_too_few(content):
    text = (content / TALK).read_text(encoding="utf-8")
    second = text[text.index("    - |-\n      那就别让他走") : text.index("  alone:\n    - |-")]
    change(content, TALK, second, "")
    assert any("company 应有 2–12 项，现有 1 项" in sentence for _, _, sentence in faults(content))


def test_all_faults_are_told_at_once(content):
    change(content, REPLIES, "      {choices}\n", "")
    change(content, TALK, "占线, ", "占线, 没人, ")
    change(content, RIGHTS, "\nelsewhere:", "\nsomewhere:")
    assert {file for file, _, _ in faults(content)} == {REPLIES, TALK, RIGHTS}
