"""The library: every version kept, one of them shown, nothing shown that waits or was withdrawn."""

from datetime import timedelta

import pytest

from server.domain.publishing.piece import ImportPlan, Kind, Line, Piece, PieceState, ReplyRule, of_file, plan_import
from server.domain.publishing.series import Candidate
from server.storage.library import LibraryStore
from server.storage.mongo import Mongo
from tests.domain.booking.builders import NOW
from tests.storage.builders import an_article

UNCHECKED = None


@pytest.fixture
def library(mongo: Mongo) -> LibraryStore:
    return LibraryStore(mongo.data)


async def imports(library: LibraryStore, *pieces: Piece, connected: bool = False) -> ImportPlan:
    """Import these pieces as if they were the whole folder."""
    plan = plan_import(await library.standings(), pieces, connected)
    await library.write(plan, NOW)
    return plan


def unchecked(text: str = "今晚早点睡。") -> Piece:
    return of_file("sleep", an_article(text=text).body, "original", UNCHECKED)


async def title_shown(library: LibraryStore) -> str | None:
    piece = await library.find("sleep")
    return piece.body.markdown if piece and not isinstance(piece.body, Line | ReplyRule) else None


@pytest.mark.parametrize(
    "piece",
    [
        an_article(pictures=("moon.png",)),
        of_file("slow", Line("慢慢来。"), "original", "赵医生"),
        of_file("hello", ReplyRule("你好", exact=("你好",), all_of=(("累", "班"),), answers=("在。",)), "x", "赵医生"),
    ],
    ids=lambda piece: str(piece.kind),
)
async def test_a_piece_comes_back_as_its_file_told_it(library: LibraryStore, piece: Piece) -> None:
    await imports(library, piece)
    assert await library.find(piece.id) == piece
    assert list(await library.shown(piece.kind)) == [piece]


async def test_changed_text_is_a_new_version_and_the_old_one_is_kept(library: LibraryStore) -> None:
    await imports(library, an_article(text="一"))
    await imports(library, an_article(text="二"))
    newest, first = await library.find("sleep"), await library.find("sleep", version=1)
    assert newest is not None
    assert first is not None
    assert (newest.version, first.version) == (2, 1)
    assert first == an_article(text="一")


async def test_an_import_done_again_changes_nothing(library: LibraryStore, mongo: Mongo) -> None:
    await imports(library, an_article())
    assert (await imports(library, an_article())).written == ()
    assert await mongo.data["versions"].count_documents({}) == 1


async def test_a_piece_taken_away_is_withdrawn_and_not_deleted(library: LibraryStore, mongo: Mongo) -> None:
    await imports(library, an_article())
    await imports(library)
    assert await library.find("sleep") is None
    assert await library.find("sleep", version=1) is None
    assert list(await library.articles()) == []
    assert await mongo.data["versions"].count_documents({}) == 1
    assert await library.count(PieceState.WITHDRAWN) == 1


async def test_a_piece_that_comes_back_is_shown_again(library: LibraryStore) -> None:
    await imports(library, an_article())
    await imports(library)
    await imports(library, an_article())
    assert await library.find("sleep") == an_article()


async def test_what_nobody_checked_waits_on_a_connected_account(library: LibraryStore) -> None:
    await imports(library, unchecked(), connected=True)
    assert await library.find("sleep") is None
    assert list(await library.articles()) == []
    assert list(await library.shown(Kind.ARTICLE)) == []
    assert await library.count(PieceState.WAITING) == 1


async def test_while_new_text_waits_the_version_before_it_is_shown(library: LibraryStore) -> None:
    await imports(library, an_article(text="一"))
    await imports(library, unchecked("二"), connected=True)
    assert await title_shown(library) == "一"
    assert list(await library.articles()) == [Candidate("sleep", "心理百科")]


@pytest.mark.parametrize("text", ["一", "二"])
async def test_what_comes_back_unchecked_waits_and_nothing_old_is_shown(library: LibraryStore, text: str) -> None:
    await imports(library, an_article(text="一"))
    await imports(library)
    await imports(library, unchecked(text), connected=True)
    assert await title_shown(library) is None
    assert list(await library.articles()) == []
    await library.accept(["sleep"], "赵医生", NOW)
    assert await title_shown(library) == text


async def test_what_is_accepted_by_name_is_shown_and_says_by_whom(library: LibraryStore) -> None:
    await imports(library, unchecked(), connected=True)
    assert await library.accept(["sleep", "no-such-piece"], "赵医生", NOW) == 1
    piece = await library.find("sleep")
    assert piece is not None
    assert piece.checked_by == "赵医生"
    assert await library.accept(["sleep"], "钱医生", NOW) == 0


async def test_a_change_is_noticed_and_an_empty_import_is_none(library: LibraryStore) -> None:
    assert await library.changed_at() is None
    await imports(library, an_article())
    assert await library.changed_at() == NOW
    await library.write(ImportPlan(), NOW + timedelta(hours=1))
    assert await library.changed_at() == NOW


async def test_an_import_that_is_undone_leaves_nothing(library: LibraryStore, mongo: Mongo) -> None:
    async def deed() -> None:
        await library.write(ImportPlan(new=(an_article(),)), NOW)
        raise LookupError

    with pytest.raises(LookupError):
        await mongo.together(deed)
    assert await library.standings() == {}
    assert await mongo.data["versions"].count_documents({}) == 0


async def test_the_listing_names_every_piece_and_how_it_stands(library: LibraryStore) -> None:
    await imports(library, an_article("b-two"), an_article("a-one"))
    await imports(library, an_article("b-two"))
    assert list(await library.listing()) == [
        {"id": "a-one", "kind": "article", "title": "文章 a-one", "state": "withdrawn", "version": 1},
        {"id": "b-two", "kind": "article", "title": "文章 b-two", "state": "accepted", "version": 1},
    ]
