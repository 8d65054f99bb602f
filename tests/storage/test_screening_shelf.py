"""A bad entry of the lexicon or of a table is refused with its file, its line and what is wrong."""

import shutil
from pathlib import Path

import pytest

from server.storage.shelf.faults import BadContent, Fault
from server.storage.shelf.reading import read_screening

SHIPPED = Path(__file__).resolve().parents[2] / "content" / "screening"
LEXICON = """\
concepts:
  self: [我, 自己]
  death: [死]
phrases:
  wish:
    grade: urgent
    words:
      - (我|)想死
sure: [wish]
against: [death]
doubts: [self]
echoed: [death]
mended:
  - 想死
idioms:
  - 笑死
denials:
  - 不想死
innocent: [四川]
pictures: {💀: 死}
"""


@pytest.fixture
def content(tmp_path: Path) -> Path:
    shutil.copytree(SHIPPED, tmp_path / "screening")
    (tmp_path / "screening" / "lexicon.yaml").write_text(LEXICON, encoding="utf-8")
    return tmp_path


def faults(content: Path) -> list[Fault]:
    with pytest.raises(BadContent) as refused:
        read_screening(content)
    return list(refused.value.faults)


def changed(content: Path, old: str, new: str) -> list[Fault]:
    page = content / "screening" / "lexicon.yaml"
    assert old in LEXICON
    page.write_text(LEXICON.replace(old, new), encoding="utf-8")
    return faults(content)


def test_a_small_lexicon_that_is_in_order_is_taken(content):
    assert read_screening(content).judge("想死").reasons == ("wish",)


@pytest.mark.parametrize(
    ("old", "new", "line", "wrong"),
    [
        ("- (我|)想死", "- (我|想死", 8, "括号不成对"),
        ("- (我|)想死", "- (我|(你|))想死", 8, "括号里又有括号"),
        ("- (我|)想死", "- 我|想死", 8, "要写在括号里"),
        ("- (我|)想死", "- 。！", 8, "没有可以比对的字"),
        ("- (我|)想死", f"- 想({'|'.join('ab' * 80)})({'|'.join('cd' * 80)})死", 8, "太多"),
        ("grade: urgent", "grade: grave", 6, "grade 只能是"),
        ("against: [death]", "against: [doom]", 10, "doom 不在 concepts 里"),
        ("sure: [wish]", "sure: [hope]", 9, "hope 不在 phrases 里"),
        ("doubts: [self]", "doubts: [tale]", 11, "tale 不在 concepts 里"),
        ("death: [死]", "death: [死, 我]", 3, "“我”已经在 self 里了"),
        ("innocent: [四川]", "innocent: 四川", 19, "应是一个列表"),
        ("pictures: {💀: 死}", "pictures: {💀: 死}\nmore: [x]", 21, "不认识的键 more"),
        ("idioms:\n  - 笑死", "idioms:\n  - 笑死\n  - ''", 17, "应是一段文字"),
    ],
)
def test_a_bad_entry_is_named_with_its_file_and_line(content, old, new, line, wrong):
    found = [fault for fault in changed(content, old, new) if wrong in fault.sentence]
    assert [(fault.file, fault.line) for fault in found] == [("screening/lexicon.yaml", line)]


def test_a_line_of_a_table_that_is_not_two_words_is_named(content):
    table = content / "screening" / "sounds.txt"
    table.write_text("# a comment\nsi 死\nsi\n", encoding="utf-8")
    assert [(fault.file, fault.line) for fault in faults(content)] == [("screening/sounds.txt", 3)]


def test_weights_that_training_did_not_write_are_refused(content):
    (content / "screening" / "weights.json").write_text('{"buckets": "abc"}', encoding="utf-8")
    assert [fault.file for fault in faults(content)] == ["screening/weights.json"]


def test_a_missing_file_is_named(content):
    (content / "screening" / "shapes.txt").unlink()
    assert [fault.file for fault in faults(content)] == ["screening/shapes.txt"]
