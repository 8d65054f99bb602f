"""What the house says is there from the first moment, and who keeps the duty as soon as it is read."""

import pytest

from server.domain.calendar import Holidays
from server.domain.care.duty import NO_HOURS, DutyMode, DutySetting, There
from server.domain.help.screening import Grade
from server.domain.refusals import Unavailable
from server.storage.bookshelf import Bookshelf
from server.storage.duty import DutyStore
from server.storage.library import LibraryStore
from server.storage.mongo import Mongo
from server.vault.seals import Seals
from tests.domain.booking.builders import NOW
from tests.domain.care.builders import a_person
from tests.domain.scenes import CRY, the_screening, the_shelf
from tests.storage.failpoints import failing

ROUND = DutySetting(DutyMode.ROUND, NO_HOURS)


@pytest.fixture
def duty(mongo: Mongo, seals: Seals) -> DutyStore:
    return DutyStore(mongo.data, seals, Holidays())


@pytest.fixture
def bookshelf(mongo: Mongo, duty: DutyStore) -> Bookshelf:
    return Bookshelf(the_shelf(), the_screening, LibraryStore(mongo.data), duty)


def there(bookshelf: Bookshelf) -> There:
    return bookshelf.house().duty.presence(NOW, taken=False).there


async def test_help_is_there_before_any_store_was_reached_and_says_that_nobody_is(bookshelf: Bookshelf) -> None:
    house = bookshelf.house()
    assert house.screening.judge(CRY).grade is Grade.URGENT
    assert house.help_words == the_shelf().help_words
    assert {"12356", "110", "120"} <= {line.number for line in house.lines}
    assert there(bookshelf) is There.NOBODY_HERE
    assert bookshelf.house() is house


async def test_who_keeps_the_duty_is_known_once_it_was_read_and_whenever_it_changes(
    bookshelf: Bookshelf, duty: DutyStore
) -> None:
    await duty.set(ROUND)
    await duty.add(a_person())
    assert there(bookshelf) is There.NOBODY_HERE, "nothing was read yet"
    await bookshelf.refresh()
    assert there(bookshelf) is There.SOMEBODY_ON_DUTY
    await duty.set(DutySetting())
    await bookshelf.refresh()
    assert there(bookshelf) is not There.SOMEBODY_ON_DUTY
    assert bookshelf.house().duty.people == (a_person(),)


async def test_what_cannot_be_read_again_goes_on_being_said(
    bookshelf: Bookshelf, duty: DutyStore, mongo: Mongo
) -> None:
    await duty.set(ROUND)
    await duty.add(a_person())
    await bookshelf.refresh()
    house = bookshelf.house()
    async with failing(mongo, ["find"], 100_000, closeConnection=True):
        with pytest.raises(Unavailable):
            await bookshelf.refresh()
    assert bookshelf.house() is house
