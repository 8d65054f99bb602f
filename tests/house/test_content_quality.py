"""What can be counted about the library: lengths, numbers, words that must not stand, help that must be named."""

import json
import re
import unicodedata
from datetime import date
from pathlib import Path

import pytest
import yaml

from server.domain.help.screening import Grade
from tests.domain.scenes import the_screening

CONTENT = Path(__file__).parents[2] / "content"
THEMES = ("心理百科", "婚姻家庭", "亲子教育", "职场心理")
EXPERT_THEMES = {*THEMES, "情绪压力", "个人成长"}
DAYS = {"mon", "tue", "wed", "thu", "fri", "sat", "sun"}
MENU_KEYS = {"today", "articles", "booking", "mine", "cancel", "hotlines", "help"}
LINE_KINDS = {"counselling", "police", "emergency", "fire", "union", "labour", "legal", "women", "youth"}

# A promise, a diagnosis, or the tone of somebody who has not listened.
BANNED = re.compile(
    "治愈|根治|包治|保证|药到病除|立竿见影|一定会好|肯定会好|诊断为|确诊|你得了|你患有|你这是病|矫情|想开点就|正能量|负能量|坚强点"
)
# Only an article with sources may lean on somebody else's word.
CITING = re.compile(
    "研究表明|研究发现|研究显示|调查显示|数据显示|专家指出|专家认为|科学证明|据统计|统计显示|https?://|[0-9]+(\\.[0-9]+)?[%\uff05]|百分之"
)
# An automatic reply cannot know any of this.
TOLD_SOMEBODY = re.compile(
    "已(经)?(通知|转告|上报|报告|联系)了?|我们会(给你)?(打电话|联系你|派人)|有人会(来|联系|打给)你|正在赶来|马上有人|专人.{0,4}联系"
)
NARROW_PUNCTUATION = re.compile("[\u4e00-\u9fff\u201d][,;:!?(]|[,;:!?(][\u4e00-\u9fff\u201c]|[,;:!?]\\*\\*")


def read(path):
    return yaml.safe_load(path.read_text(encoding="utf-8"))


def article(path):
    _, front, body = path.read_text(encoding="utf-8").split("---\n", 2)
    return yaml.safe_load(front), body.strip()


def folded(text):
    return re.sub(r"[\W_]", "", unicodedata.normalize("NFKC", text).lower())


ARTICLES = sorted((CONTENT / "articles").glob("*.md"))
LINES = sorted((CONTENT / "lines").glob("*.yaml"))
REPLIES = sorted((CONTENT / "replies").glob("*.yaml"))
SOURCES = read(CONTENT / "sources.yaml")["sources"]


def stem(path):
    return path.stem


def words_of(reply):
    return [
        *reply.get("exact", []),
        *reply.get("contains", []),
        *(word for group in reply.get("all_of", []) for word in group),
    ]


def texts_of_help(where, value):
    """The texts of a file of help, lists of words left out: only what is said has more than one line or a sentence."""
    if isinstance(value, str):
        if "\n" in value or "。" in value:
            yield where, value
    elif isinstance(value, dict | list):
        for key, each in value.items() if isinstance(value, dict) else enumerate(value):
            yield from texts_of_help(f"{where} {key}", each)


def every_spoken_text():
    """All that a worker may read, with where it stands."""
    for path in ARTICLES:
        front, body = article(path)
        yield path.name, "\n".join((front["title"], front["digest"], body))
    for path in LINES:
        yield path.name, read(path)["text"]
    for path in REPLIES:
        for text in read(path).get("answers", []):
            yield path.name, text
    welcome = read(CONTENT / "welcome.yaml")
    for name, value in welcome.items():
        if name not in {"origin", "checked_by"}:
            yield f"welcome {name}", "\n".join(value) if isinstance(value, list) else value
    for name in ("replies", "talk", "rights"):
        yield from texts_of_help(name, read(CONTENT / "screening" / f"{name}.yaml"))
    for line in read(CONTENT / "hotlines.yaml")["lines"]:
        yield f"hotline {line['name']}", "\n".join((line["name"], line["who"], line["area"], line["note"]))
    for expert in read(CONTENT / "experts.sample.yaml")["experts"]:
        yield expert["id"], "\n".join((expert["intro"], expert["place"]))


SPOKEN = list(every_spoken_text())
OUTRANKING = ("weary-of-life", "sexual-harassment", "domestic-violence", "unpaid-wages")


def test_the_library_is_large_enough_for_a_month_of_lines_and_three_articles_a_theme():
    themes = [article(path)[0]["theme"] for path in ARTICLES]
    assert all(themes.count(theme) >= 3 for theme in THEMES)
    assert set(themes) == set(THEMES)
    assert len(LINES) >= 30
    assert len(REPLIES) >= 30


def test_ids_are_well_formed_and_unique_over_articles_lines_and_replies():
    stems = [path.stem for path in (*ARTICLES, *LINES, *REPLIES)]
    assert len(stems) == len(set(stems))
    assert all(re.fullmatch("[a-z0-9-]{3,60}", name) for name in stems)


def test_no_text_or_title_stands_twice():
    titles = [article(path)[0]["title"] for path in ARTICLES]
    lines = [read(path)["text"] for path in LINES]
    answers = [text for path in REPLIES for text in read(path).get("answers", [])]
    for texts in (titles, lines, answers):
        assert len(texts) == len(set(texts))


@pytest.mark.parametrize("path", ARTICLES, ids=stem)
def test_an_article_has_its_measures(path):
    front, body = article(path)
    assert set(front) == {
        "title", "theme", "digest", "author", "keywords", "sources", "origin", "checked_by",
    }  # fmt: skip
    assert len(front["title"]) <= 32
    assert 20 <= len(front["digest"]) <= 120
    assert len(front["author"]) <= 16
    assert 2 <= len(front["keywords"]) <= 8
    assert 900 <= len(re.sub(r"\s", "", body)) <= 1800
    assert front["origin"] == "original" or front["origin"] in SOURCES


@pytest.mark.parametrize("path", ARTICLES, ids=stem)
def test_an_article_says_when_to_seek_help_and_where(path):
    _, body = article(path)
    for where in ("12356", "预约", "12351", "110", "120"):
        assert where in body, where
    assert re.search("医院.{0,20}(心理科|精神科|心理门诊)|(心理科|精神科).{0,10}(看|挂)", body)
    assert re.search("[两二三]三?个?(星期|周)|几个星期|连着几", body), "how long is too long"


@pytest.mark.parametrize("path", ARTICLES, ids=stem)
def test_an_article_cites_what_was_seen_or_nothing(path):
    front, body = article(path)
    if front["sources"] == "常识":
        assert not CITING.search(body)
    else:
        assert front["sources"]
        assert all(source in SOURCES for source in front["sources"])


@pytest.mark.parametrize("name", SOURCES)
def test_a_source_says_where_and_when_it_was_seen(name):
    source = SOURCES[name]
    assert set(source) == {"title", "publisher", "address", "seen", "used_for"}
    assert source["address"].startswith("https://")
    assert isinstance(source["seen"], date)


@pytest.mark.parametrize("path", LINES, ids=stem)
def test_a_line_is_short_and_quotes_nobody(path):
    line = read(path)
    assert set(line) == {"text", "origin", "checked_by"}
    assert 12 <= len(line["text"]) <= 60
    assert "——" not in line["text"]


@pytest.mark.parametrize("path", REPLIES, ids=stem)
def test_a_reply_rule_has_its_measures(path):
    reply = read(path)
    known = {"title", "exact", "contains", "all_of", "answers", "article", "weight", "origin", "checked_by"}
    assert set(reply) <= known
    assert len(reply["title"]) <= 20
    assert words_of(reply)
    assert all(isinstance(word, str) and 1 <= len(word) <= 12 for word in words_of(reply))
    assert ("answers" in reply) != ("article" in reply)
    if "article" in reply:
        assert (CONTENT / "articles" / f"{reply['article']}.md").exists()
        return
    assert 2 <= len(reply["answers"]) <= 5
    for text in reply["answers"]:
        assert len(text) <= 600
        assert len(text.encode()) <= 2000


def test_a_contained_word_is_never_a_single_character():
    for path in REPLIES:
        assert all(len(word) >= 2 for word in read(path).get("contains", [])), path.name


def test_no_word_belongs_to_two_rules_of_one_weight():
    seen = {}
    for path in REPLIES:
        reply = read(path)
        for way in ("exact", "contains"):
            for word in reply.get(way, []):
                key = (way, folded(word), reply.get("weight", 0))
                assert key not in seen, (word, path.name, seen[key])
                seen[key] = path.name


def test_a_menu_word_is_never_taken_by_a_reply_rule():
    menu_words = {"今日", "文章", "预约", "我的", "取消", "热线", "帮助", "返回", "换"}
    for path in REPLIES:
        assert not menu_words & set(read(path).get("exact", [])), path.name


@pytest.mark.parametrize(
    ("stem", "numbers"),
    [
        ("unpaid-wages", ("12333", "12351", "12348")),
        ("work-injury", ("12333", "12351", "120")),
        ("domestic-violence", ("110", "12338")),
        ("sexual-harassment", ("110", "12338", "12351")),
        ("weary-of-life", ("12356", "110", "120")),
        ("cannot-go-on", ("12356", "120")),
        ("a-person-please", ("12356",)),
    ],
)
def test_a_wrong_or_a_danger_gets_its_numbers(stem, numbers):
    answers = read(CONTENT / "replies" / f"{stem}.yaml")["answers"]
    assert all(number in answers[0] for number in numbers)
    assert all(any(number in text for number in numbers) for text in answers)


def test_hands_laid_on_somebody_at_work_are_not_taken_for_a_quarrel_at_home():
    weights = {name: read(CONTENT / "replies" / f"{name}.yaml")["weight"] for name in OUTRANKING}
    assert weights["sexual-harassment"] > weights["domestic-violence"] > weights["unpaid-wages"]
    assert weights["weary-of-life"] == max(read(path).get("weight", 0) for path in REPLIES)


@pytest.mark.parametrize(("where", "text"), SPOKEN, ids=[where for where, _ in SPOKEN])
def test_nothing_promises_diagnoses_or_claims_that_somebody_was_told(where, text):
    assert not BANNED.search(text)
    assert not TOLD_SOMEBODY.search(text)


@pytest.mark.parametrize(("where", "text"), SPOKEN, ids=[where for where, _ in SPOKEN])
def test_chinese_is_written_with_chinese_punctuation(where, text):
    assert not NARROW_PUNCTUATION.search(text)


def test_nobody_is_named_as_having_checked_what_nobody_checked():
    for path in (*LINES, *REPLIES):
        assert "checked_by" in read(path), path.name
    assert "checked_by" in read(CONTENT / "welcome.yaml")


def test_hotlines_hold_the_national_lines_and_the_two_empty_rows():
    lines = read(CONTENT / "hotlines.yaml")["lines"]
    numbers = [line["number"] for line in lines]
    for number in ("12356", "12351", "12338", "12355", "12348", "12333", "110", "119", "120"):
        assert numbers.count(number) == 1
    assert numbers[0] == "12356"
    for line in lines:
        assert set(line) == {
            "number", "name", "who", "kind", "area", "hours", "confirmed", "note", "checked_on", "checked_by",
        }  # fmt: skip
        assert line["kind"] in LINE_KINDS
        assert isinstance(line["checked_on"], date) or line["number"] is None
        assert line["number"] is None or isinstance(line["number"], str)
        if line["number"] in {"110", "119", "120"}:
            assert line["hours"] == {"always": True}
            assert line["confirmed"]
        if not line["confirmed"]:
            assert line["note"], "what is not confirmed says so"


def test_the_menu_fits_what_wechat_takes():
    buttons = json.loads((CONTENT / "menu.json").read_text(encoding="utf-8"))["button"]
    assert 1 <= len(buttons) <= 3
    leaves = [leaf for button in buttons for leaf in button.get("sub_button", [button])]
    assert all(len(button["name"].encode()) <= 16 for button in buttons)
    assert all(len(button.get("sub_button", [])) <= 5 for button in buttons)
    assert all(len(leaf["name"].encode()) <= 60 for leaf in leaves)
    assert {leaf["key"] for leaf in leaves} == MENU_KEYS
    assert all(leaf["type"] == "click" for leaf in leaves)


def test_the_welcome_says_the_four_things_it_must():
    welcome = read(CONTENT / "welcome.yaml")
    first = welcome["first"]
    assert len(first) <= 600
    assert len(first.encode()) <= 2000
    for word in ("7:30", "预约", "加密", "微信自己的后台", "12356", "110", "120"):
        assert word in first, word
    assert len(welcome["fallback"]) == 3
    assert all("预约" in text and "12356" in text for text in welcome["fallback"])
    for word in ("今日", "文章", "预约", "我的", "取消", "热线", "帮助"):
        assert word in welcome["help"], word


def test_the_help_reply_says_that_a_program_answers():
    words = read(CONTENT / "screening" / "replies.yaml")
    for kind in ("own", "threat"):
        assert "我是程序" in words["cards"][kind][0], kind
    assert "回你话的是程序" in words["presence"]["nobody_here"]


IDIOMS = [
    "笑死我了", "累死了", "想死你了", "热死人了", "这价格真是跳楼价", "忙得要死", "饿死了", "困死了", "生无可恋",
    "气死我了", "死机了", "这活儿死沉", "作死", "死磕到底", "拼死拼活地干", "丑死了", "我命苦", "今天挂了两台机器",
]  # fmt: skip


@pytest.mark.parametrize("text", IDIOMS)
def test_an_idiom_is_no_danger(text):
    assert the_screening().judge(text).grade is Grade.NONE


PLAIN_WORDS = [
    "我不想活了", "真的 不想活了。", "我想死", "我想自杀", "活不下去了", "我准备跳楼", "遗书写好了",
    "想结束自己的生命", "我在楼顶,想从楼顶跳下去", "就想死,别的什么都不想", "喝了农药", "怎么死不痛",
    "我要自杀", "想了结自己",
]  # fmt: skip


@pytest.mark.parametrize("text", PLAIN_WORDS)
def test_plain_words_of_own_danger_are_found(text):
    assert the_screening().judge(text).grade in {Grade.URGENT, Grade.WATCH}


def test_sample_experts_are_marked_as_samples_and_cover_every_theme():
    experts = read(CONTENT / "experts.sample.yaml")["experts"]
    assert len(experts) == 6
    assert {theme for expert in experts for theme in expert["themes"]} == EXPERT_THEMES
    assert {expert["kind"] for expert in experts} == {"volunteer", "counsellor", "doctor"}
    for expert in experts:
        assert expert["id"].startswith("sample-")
        assert "示例" in expert["intro"]
        assert "示例" in expert["unit"]
        assert len(expert["intro"]) <= 120
        assert set(expert["weekly"]) <= DAYS
        assert expert["holidays"] in {"off", "on"}
        spans = [span for spans in expert["weekly"].values() for span in spans]
        assert all(re.fullmatch(r"\d\d:\d\d-\d\d:\d\d", span) for span in spans)
    assert any("sat" in expert["weekly"] for expert in experts)
    ends = [span[6:] for expert in experts for spans in expert["weekly"].values() for span in spans]
    assert any(end >= "20:00" for end in ends), "somebody is there after the day shift"
