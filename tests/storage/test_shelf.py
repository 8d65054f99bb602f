"""content/ is read whole, or refused with every fault, its file and its line."""

import json
import shutil
import textwrap
from datetime import date
from pathlib import Path

import pytest

from server.domain.help.lines import ALWAYS, LineKind, Span
from server.domain.help.screening import Grade
from server.domain.help.words import Card, TalkKey
from server.domain.publishing.piece import Article, Kind, Line, ReplyRule
from server.storage.shelf.faults import BadContent
from server.storage.shelf.reading import picture, read, read_screening

PARAGRAPH = "夜里两点的车间还亮着灯，机器停下来的那几分钟，人反而觉得累。" * 5 + "\n\n"
BODY = "## 一个场景\n\n" + PARAGRAPH * 7 + "- 先喝一口水\n- 再坐一会儿\n\n> 一句话\n"
FRONT = """\
    title: 夜班之后怎么睡得着
    theme: 心理百科
    digest: 下了夜班躺下却睡不着的人，可以先做这三件小事，再看要不要找人聊聊。
    author: 心驿
    keywords: [睡眠, 夜班]
    sources: 常识
    origin: original
    checked_by: null
"""
LINE = """\
    - number: "{number}"
      name: {number}热线
      who: 谁都可以打
      kind: {kind}
      area: 全国
      hours: {hours}
      confirmed: true
      note: null
      checked_on: 2026-11-25
      checked_by: null
"""
ALL_DAY = "{always: true}"
FILES = {
    "sources.yaml": """\
        sources:
          who-sleep:
            title: 睡眠与健康
            publisher: 某卫生机构
            address: https://example.org/sleep
            seen: 2026-11-20
            used_for: 睡眠时长
        """,
    "lines/slowly.yaml": """\
        text: 慢慢来，今天先照顾好自己的一顿饭。
        origin: original
        checked_by: null
        """,
    "replies/sleep.yaml": """\
        title: 睡不着
        contains: [睡不着, 失眠]
        all_of: [[夜班, 累], [夜班, 困]]
        article: night-shift-sleep
        weight: 2
        origin: original
        checked_by: 陈医生
        """,
    "replies/greeting.yaml": """\
        title: 问好
        exact: [你好, "123"]
        answers: [你好。, 我在。]
        origin: who-sleep
        checked_by: null
        """,
    "welcome.yaml": """\
        first: 欢迎
        again: 又见面了
        fallback: [甲, 乙, 丙]
        help: 帮助
        other: 其他
        origin: original
        checked_by: null
        """,
    "holidays.yaml": """\
        known_until: 2027-12-31
        holidays: {2027-01-01: 元旦}
        workdays: [2027-01-03]
        """,
    "experts.sample.yaml": """\
        experts:
          - id: sample-zhou
            name: 周谷雨
            kind: volunteer
            level: enterprise
            unit: 示例机械厂工会
            themes: [情绪压力, 职场心理]
            place: 示例机械厂二楼
            way: 面谈
            intro: 先听你说
            minutes: 50
            buffer: 10
            weekly: {mon: ["09:00-12:00", "14:00-17:00"]}
            breaks: {mon: ["10:30-10:50"]}
            leave: [{from: 2026-12-01, to: 2026-12-03}]
            holidays: off
        """,
}
HELP = [f"screening/{name}.yaml" for name in ("replies", "talk", "rights")]
JUDGE = [f"screening/{name}" for name in ("lexicon.yaml", "script.txt", "sounds.txt", "shapes.txt", "parts.txt")]
WEIGHTS = "screening/weights.json"
SHIPPED = Path(__file__).parents[2] / "content"
MENU = {
    "button": [
        {"name": "今日", "type": "click", "key": "today"},
        {"name": "找人", "sub_button": [{"type": "view", "name": "说明", "url": "https://example.org/a"}]},
    ]
}


@pytest.fixture
def content(tmp_path: Path) -> Path:
    for name, text in FILES.items():
        write(tmp_path, name, textwrap.dedent(text))
    write(tmp_path, "menu.json", json.dumps(MENU, ensure_ascii=False, indent=2))
    write(tmp_path, "articles/night-shift-sleep.md", article())
    write(tmp_path, "hotlines.yaml", hotlines())
    (tmp_path / "screening").mkdir()
    for name in (*HELP, *JUDGE, WEIGHTS):
        shutil.copy(SHIPPED / name, tmp_path / name)
    return tmp_path


def article(front: str = FRONT, body: str = BODY) -> str:
    return f"---\n{textwrap.dedent(front)}---\n{body}"


def hotlines(**more: str) -> str:
    rows = {"12356": ("counselling", "null"), "110": ("police", ALL_DAY), "120": ("emergency", ALL_DAY)}
    rows |= {number: ("union", hours) for number, hours in more.items()}
    return "lines:\n" + "".join(LINE.format(number=n, kind=kind, hours=hours) for n, (kind, hours) in rows.items())


def write(content: Path, name: str, text: str) -> None:
    path = content / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, encoding="utf-8")


def change(content: Path, name: str, old: str, new: str) -> None:
    text = (content / name).read_text(encoding="utf-8")
    assert old in text
    write(content, name, text.replace(old, new, 1))


def faults(content: Path) -> list[tuple[str, int, str]]:
    with pytest.raises(BadContent) as refused:
        read(content)
    return [(fault.file, fault.line, fault.sentence) for fault in refused.value.faults]


def only_fault(content: Path) -> tuple[str, int, str]:
    (fault,) = faults(content)
    return fault


def test_a_folder_in_order_becomes_a_shelf(content):
    shelf = read(content)
    bodies = {piece.id: piece.body for piece in shelf.pieces}
    assert {piece.id: piece.kind for piece in shelf.pieces} == {
        "night-shift-sleep": Kind.ARTICLE, "slowly": Kind.LINE, "greeting": Kind.REPLY, "sleep": Kind.REPLY,
    }  # fmt: skip
    assert isinstance(bodies["night-shift-sleep"], Article)
    assert bodies["night-shift-sleep"].sources == ()
    assert bodies["night-shift-sleep"].markdown == BODY.strip()
    assert bodies["slowly"] == Line("慢慢来，今天先照顾好自己的一顿饭。")
    assert bodies["greeting"] == ReplyRule("问好", exact=("你好", "123"), answers=("你好。", "我在。"))
    assert bodies["sleep"] == ReplyRule(
        "睡不着", contains=("睡不着", "失眠"), all_of=(("夜班", "累"), ("夜班", "困")),
        article="night-shift-sleep", weight=2,
    )  # fmt: skip
    assert {piece.checked_by for piece in shelf.pieces} == {None, "陈医生"}


def test_what_stands_beside_the_pieces_is_read_too(content):
    shelf = read(content)
    assert shelf.menu == MENU
    assert shelf.welcome.fallback == ("甲", "乙", "丙")
    assert set(shelf.help_words.cards) == set(Card)
    assert shelf.help_words.talk.meant["打不通"] is TalkKey.UNANSWERED
    assert shelf.help_words.rights.topic("老板欠我三个月工资") in shelf.help_words.rights_answers
    assert shelf.sources["who-sleep"].seen == date(2026, 11, 20)
    assert shelf.holidays.holidays == {date(2027, 1, 1): "元旦"}
    assert shelf.holidays.workdays == {date(2027, 1, 3)}
    (expert,) = shelf.experts
    assert expert.weekly == {0: (Span(540, 720), Span(840, 1020))}
    assert expert.breaks == {0: (Span(630, 650),)}
    assert expert.leave == ((date(2026, 12, 1), date(2026, 12, 3)),)
    assert not expert.works_on_holidays


def test_lines_without_a_number_are_shown_to_nobody(content):
    row = LINE.format(number="X", kind="union", hours="null").replace('"X"', "null")
    write(content, "hotlines.yaml", hotlines() + row)
    shelf = read(content)
    assert [line.number for line in shelf.lines] == ["12356", "110", "120"]
    assert shelf.unfilled == ("X热线",)


@pytest.mark.parametrize(
    ("written", "week"),
    [
        ("{always: true}", ALWAYS.week),
        ('{daily: ["08:00-12:00", "13:00-24:00"]}', ((Span(480, 720), Span(780, 1440)),) * 7),
        ('{daily: ["20:00-02:00"]}', ((Span(1200, 1560),),) * 7),
        ('{mon: ["09:00-17:00"], sun: ["10:00-11:00"]}', ((Span(540, 1020),), *((),) * 5, (Span(600, 660),))),
    ],
)
def test_hours_are_read_in_every_way_they_may_be_written(content, written, week):
    write(content, "hotlines.yaml", hotlines(**{"12351": written}))
    line = read(content).lines[-1]
    assert line.kind is LineKind.UNION
    assert line.hours is not None
    assert line.hours.week == week


@pytest.mark.parametrize(
    "written",
    [
        '{daily: ["8:00-12:00"]}',
        '{daily: ["08:00-08:61"]}',
        '{mon: ["09:00-11:00", "10:00-12:00"]}',
        "{}",
        "{always: false}",
        "{daily: []}",
        '{daily: ["24:30-25:00"]}',
        '{montag: ["09:00-10:00"]}',
        "早上",
        '{daily: ["08:00-24:30"]}',
    ],
)
def test_hours_that_cannot_be_are_refused(content, written):
    write(content, "hotlines.yaml", hotlines(**{"12351": written}))
    assert {fault[0] for fault in faults(content)} == {"hotlines.yaml"}
    assert all(32 <= line <= 37 for _, line, _ in faults(content))


@pytest.mark.parametrize(
    ("name", "old", "new", "line", "words"),
    [
        ("lines/slowly.yaml", "text:", "txt:", 1, "不认识的键 txt"),
        ("lines/slowly.yaml", "慢慢来，今天先照顾好自己的一顿饭。", "短", 1, "12–60"),
        ("lines/slowly.yaml", "origin: original", "origin: somewhere", 2, "origin 只能是"),
        ("lines/slowly.yaml", "checked_by: null\n", "", 1, "缺少 checked_by"),
        ("lines/slowly.yaml", "origin: original", "origin: original\norigin: original", 3, "写了两次"),
        ("lines/slowly.yaml", "text: ", "text: [", 2, "不是合规的 YAML"),
        ("replies/sleep.yaml", "article: night", "article: day", 4, "没有文章 day-shift-sleep"),
        ("replies/sleep.yaml", "weight: 2", "weight: 很重", 5, "weight 应是"),
        ("replies/sleep.yaml", "[夜班, 困]", "[夜班]", 3, "每一项应是"),
        ("replies/sleep.yaml", "[睡不着, 失眠]", "睡不着", 2, "应是一个列表"),
        ("replies/greeting.yaml", "answers: [你好。, 我在。]", "", 1, "要写一个，也只写一个"),
        ("replies/greeting.yaml", "[你好。, 我在。]", "[" + "好" * 601 + "]", 3, "600"),
        ("replies/greeting.yaml", "[你好。, 我在。]", "[" + "😀" * 501 + "]", 3, "2000 字节"),
        ("replies/greeting.yaml", '[你好, "123"]', "[十三个字的词太长了不能用啊哈]", 2, "1–12"),
        ("welcome.yaml", "fallback: [甲, 乙, 丙]", "fallback: [甲]", 3, "3–3"),
        ("welcome.yaml", "help: 帮助\n", "", 1, "缺少 help"),
        ("welcome.yaml", "help: 帮助\n", "help: 帮助\nvoice: 语音\n", 5, "不认识的键 voice"),
        ("screening/talk.yaml", "  heading: ", "  header: ", 5, "不认识的键 header"),
        ("hotlines.yaml", '"12356"', '"12355"', 1, "缺少 12356"),
        ("hotlines.yaml", "kind: police", "kind: polite", 15, "kind 只能是"),
        ("hotlines.yaml", '"110"', '"一一〇"', 12, "号码只写数字"),
        ("menu.json", '"today"', '"tomorrow"', 6, "key 只能是"),
        ("menu.json", "今日", "今日一篇好文章", 4, "16 字节"),
        ("menu.json", "https://", "http://", 14, "https://"),
        ("menu.json", "]", "", 17, "不是合规的 JSON"),
        ("sources.yaml", "https://", "http://", 5, "https://"),
        ("sources.yaml", "2026-11-20", "去年", 6, "日期"),
        ("experts.sample.yaml", "情绪压力", "情绪", 7, "themes 里没有"),
        ("experts.sample.yaml", "14:00-17:00", "11:00-17:00", 13, "重叠"),
        ("experts.sample.yaml", "12-03", "11-03", 15, "to 早于 from"),
        ("experts.sample.yaml", "minutes: 50", "minutes: 500", 11, "20 到 120"),
        ("holidays.yaml", "2027-01-03", "2027-01-01", 3, "既是假日又是工作日"),
        ("articles/night-shift-sleep.md", "title: ", "title: " + "长" * 30, 2, "1–32"),
        ("articles/night-shift-sleep.md", "theme: 心理百科", "theme: 健康", 3, "theme 只能是"),
        ("articles/night-shift-sleep.md", "sources: 常识", "sources: [who-sleep, who-else]", 7, "没有 who-else"),
        ("articles/night-shift-sleep.md", "## 一个场景", "# 一个场景", 11, "只用 ##"),
        ("articles/night-shift-sleep.md", "- 先喝一口水", "<b>先</b>喝一口水", 27, "不用这种写法"),
        ("articles/night-shift-sleep.md", "- 再坐", "- [站](http://example.org)", 28, "https://"),
        ("articles/night-shift-sleep.md", "- 再坐", "- [站](https://example.org)", 28, "不引用链接"),
        ("articles/night-shift-sleep.md", "> 一句话", "![灯](pictures/lamp.png)", 30, "没有图片"),
        ("articles/night-shift-sleep.md", "> 一句话", "![灯](https://example.org/a.png)", 30, "放在 pictures/"),
        ("articles/night-shift-sleep.md", "---\ntitle", "title", 1, "---"),
        ("articles/night-shift-sleep.md", PARAGRAPH * 2, "", 11, "900–1800"),
    ],
)
def test_a_fault_is_told_with_its_file_and_line(content, name, old, new, line, words):
    change(content, name, old, new)
    found = faults(content)
    assert any(f == name and at == line and words in sentence for f, at, sentence in found), found


def test_every_fault_is_told_at_once_in_order_of_the_files(content):
    change(content, "lines/slowly.yaml", "origin: original", "origin: somewhere")
    change(content, "welcome.yaml", "help: 帮助\n", "")
    change(content, "articles/night-shift-sleep.md", "theme: 心理百科", "theme: 健康")
    change(content, "screening/talk.yaml", "checked_by: null\n", "")
    with pytest.raises(BadContent) as refused:
        read(content)
    assert [fault.file for fault in refused.value.faults] == [
        "articles/night-shift-sleep.md", "lines/slowly.yaml", "screening/talk.yaml", "welcome.yaml",
    ]  # fmt: skip
    assert refused.value.sentence.splitlines()[1].startswith("lines/slowly.yaml 第 2 行：origin 只能是")


def test_an_id_is_used_once_over_all_kinds(content):
    shutil.copy(content / "lines/slowly.yaml", content / "replies/slowly.yaml")
    assert only_fault(content) == ("replies/slowly.yaml", 1, "编号 slowly 已用于 lines/slowly.yaml")


STRANGERS = ["lines/Slowly.yaml", "lines/慢.yaml", "lines/ab.yaml", "lines/other.yml", "replies/a.txt"]


@pytest.mark.parametrize("name", STRANGERS)
def test_a_file_of_another_name_is_not_passed_over(content, name):
    write(content, name, "text: 慢慢来，今天先照顾好自己的一顿饭。\n")
    assert only_fault(content)[:2] == (name, 1)


KEPT = [name for name in FILES if "/" not in name and name != "experts.sample.yaml"]


@pytest.mark.parametrize("name", [*KEPT, *HELP, "menu.json"])
def test_a_missing_file_is_told(content, name):
    (content / name).unlink()
    assert (name, 1, "没有这个文件") in faults(content)


def test_the_sample_experts_may_be_taken_away(content):
    (content / "experts.sample.yaml").unlink()
    assert read(content).experts == ()


@pytest.mark.parametrize(
    ("raw", "line", "words"),
    [
        (b"text: ok\norigin: \xff\n", 2, "UTF-8"),
        (b"text: ok\r\n", 1, "LF"),
        (b"\xef\xbb\xbftext: ok\n", 1, "BOM"),
        (b"", 1, "什么也没写"),
        (b"- a\n", 1, "键"),
        (b"text: a\x00b\n", 1, "YAML"),
        (b"a: 1\n---\nb: 2\n", 2, "YAML"),
    ],
)
def test_a_file_that_is_no_clean_yaml_is_refused(content, raw, line, words):
    (content / "lines/slowly.yaml").write_bytes(raw)
    found = faults(content)
    assert any(f == "lines/slowly.yaml" and at == line and words in s for f, at, s in found), found


def test_a_picture_of_the_body_belongs_to_the_version(content):
    change(content, "articles/night-shift-sleep.md", "> 一句话", "![灯](pictures/lamp.png)")
    lamp = content / "articles/pictures/lamp.png"
    lamp.parent.mkdir()
    lamp.write_bytes(b"\x89PNG\r\n\x1a\n one")
    before = {piece.id: piece.digest for piece in read(content).pieces}
    lamp.write_bytes(b"\x89PNG\r\n\x1a\n two")
    after = {piece.id: piece.digest for piece in read(content).pieces}
    assert before["night-shift-sleep"] != after["night-shift-sleep"]
    assert before["slowly"] == after["slowly"]
    assert picture(content, "lamp.png").endswith(b"two")


def test_a_picture_must_be_what_its_name_says(content):
    change(content, "articles/night-shift-sleep.md", "> 一句话", "![灯](pictures/lamp.png)")
    (content / "articles/pictures").mkdir()
    (content / "articles/pictures/lamp.png").write_bytes(b"GIF89a")
    assert only_fault(content)[2] == "pictures/lamp.png 的内容不是 png 图片"


def test_a_cited_source_allows_links(content):
    change(content, "articles/night-shift-sleep.md", "sources: 常识", "sources: [who-sleep]")
    change(content, "articles/night-shift-sleep.md", "- 再坐", "- [站](https://example.org)")
    body = next(piece.body for piece in read(content).pieces if piece.kind is Kind.ARTICLE)
    assert isinstance(body, Article)
    assert body.sources == ("who-sleep",)


# What judges the words that people write is read apart


def judge_faults(content: Path) -> list[tuple[str, int, str]]:
    with pytest.raises(BadContent) as refused:
        read_screening(content)
    return [(fault.file, fault.line, fault.sentence) for fault in refused.value.faults]


def test_what_judges_words_is_made_ready_from_the_files(content):
    judge = read_screening(content)
    assert judge.judge("我站在楼顶，马上就跳下去").grade is Grade.URGENT
    assert judge.judge("今天食堂的鱼不错").grade is Grade.NONE


@pytest.mark.parametrize("name", [*JUDGE, WEIGHTS])
def test_nothing_judges_words_while_one_of_its_files_is_missing(content, name):
    (content / name).unlink()
    assert (name, 1, "没有这个文件") in judge_faults(content)
    assert read(content).pieces, "the rest can be read all the same"


@pytest.mark.parametrize("text", ["[]", "{}", "no JSON", '{"heads": {}, "reach": {}, "buckets": "", "weights": ""}'])
def test_weights_that_training_did_not_write_are_refused(content, text):
    write(content, WEIGHTS, text)
    assert [fault for fault in judge_faults(content) if fault[0] == WEIGHTS]


@pytest.mark.parametrize("line", ["死", "死 ", " 4", "死 4 5"])
def test_a_line_of_a_table_that_says_nothing_is_told_with_its_number(content, line):
    lines = (content / "screening/shapes.txt").read_text(encoding="utf-8").splitlines()
    write(content, "screening/shapes.txt", "\n".join((*lines, line)) + "\n")
    assert judge_faults(content) == [
        ("screening/shapes.txt", len(lines) + 1, "每行应是：一个写法、一个空格、代替它的字")
    ]
