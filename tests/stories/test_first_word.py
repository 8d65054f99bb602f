"""The first journey: somebody follows, writes, and is answered once."""

from tests.stories.story import Story

LINES = ("12356", "110", "120")


async def test_who_follows_is_told_what_one_gets_here_and_whom_to_call(story: Story) -> None:
    person = await story.a_follower()
    [welcome] = await person.received("reply")
    for word in ("预约", "今日", "12356", "加密", "看得到"):
        assert word in welcome


async def test_a_word_is_answered_once_and_a_repeat_gets_the_same_answer(story: Story) -> None:
    person = await story.a_follower()
    await person.writes("你好", repeat=20)
    assert person.told is not None
    bodies = {delivery["body"] for delivery in person.told["deliveries"]}
    assert len(person.told["deliveries"]) == 20
    assert len(bodies) == 1


async def test_words_of_own_danger_get_the_lines_before_anything_else(story: Story) -> None:
    person = await story.a_follower()
    question = await person.writes("预约")
    answer = await person.writes("我 想 自 杀")
    for line in LINES:
        assert f"\n{line}\n" in answer
    assert not any(row in answer for row in question.splitlines() if row), "the question can wait"


async def test_who_is_in_a_bad_way_gets_a_gentle_answer_with_a_line_and_the_way_to_book(story: Story) -> None:
    person = await story.a_follower()
    answer = await person.writes("活 着 没 意 思")
    assert "\n12356" in answer
    assert all(word in answer for word in ("回复“预约”", "110", "120"))


async def test_what_nobody_understands_is_met_honestly_with_a_person_and_a_line(story: Story) -> None:
    person = await story.a_follower()
    answer = await person.writes("qwertyuiop")
    assert "预约" in answer
    assert "12356" in answer


async def test_a_picture_a_voice_a_place_and_a_link_get_a_fitting_answer(story: Story) -> None:
    person = await story.a_follower()
    for kind, word in {"image": "图", "voice": "语音", "location": "位置", "link": "链接", "video": "打字"}.items():
        answer = await person.sends(kind)
        assert word in answer
        assert "预约" in answer or {"110", "12356"} & set(answer.splitlines())


async def test_menu_keys_and_words_answer_alike(story: Story) -> None:
    person = await story.a_follower()
    for key, word in {"help": "帮助", "hotlines": "热线", "articles": "文章", "mine": "我的"}.items():
        assert await person.does("CLICK", key) == await person.writes(word)


async def test_who_leaves_and_comes_back_is_greeted_as_one_who_comes_back(story: Story) -> None:
    person = await story.a_follower()
    await story.passes(seconds=5)
    assert await person.does("unsubscribe") == ""
    await story.passes(seconds=5)
    assert "你回来了" in await person.does("subscribe")
