"""The one file that knows everyone: it opens what the service stands on, wires it, and closes it in reverse."""

import random
import secrets
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from datetime import timedelta
from functools import partial

from server import embedded, metrics
from server.alerts.channels import Chat, DutyChannels, Outlets, open_channels
from server.domain.booking.model import Reminder
from server.domain.booking.service import BookingService
from server.domain.calendar import Holidays
from server.domain.care.ports import Needs
from server.domain.care.service import Care
from server.domain.care.voices import VoiceService
from server.domain.clock import Clock, SteadyClock, system_clock
from server.domain.conversation.service import Conversation
from server.domain.post.model import RowState
from server.domain.post.saying import Words
from server.domain.post.service import Post
from server.domain.publishing.edition import Rules, Way
from server.domain.publishing.pipeline import Pipeline
from server.domain.publishing.service import Publishing
from server.jobs.timetable import Duty, Rooms, timetable
from server.media.fonts import find_typeface
from server.media.runner import Runner
from server.media.studio import Materials, Studio
from server.settings import Settings
from server.storage.bookshelf import Bookshelf
from server.storage.holidays import laid_over
from server.storage.keys import KeyStore
from server.storage.mongo import Mongo
from server.storage.queue import Queue
from server.storage.shelf import reading
from server.storage.spool import Spool
from server.storage.stores import Stores, open_stores
from server.storage.tokens import TokenStore
from server.vault.keys import Keyring, Master
from server.vault.seals import Seals
from server.wechat.client import Client, open_client
from server.wechat.crypto import Account, Envelope, Mode
from server.wechat.media import Media
from server.wechat.menu import Menu
from server.wechat.sending import WeChatCarrier, WeChatPress
from server.wechat.token import Access, Token

WAYS = {"subscription": frozenset(Way), "service": frozenset({Way.REPLY})}
"""How editions go out by the kind of account; the four mass sends a month of a 服务号 need a planner of their own."""


@dataclass(frozen=True, slots=True)
class Workshops:
    """What the rooms are given: the time, what is remembered, how WeChat is spoken to, who draws."""

    clock: Clock
    shelf: reading.Shelf
    holidays: Holidays
    stores: Stores
    bookshelf: Bookshelf
    master: Master
    queue: Queue
    spool: Spool
    client: Client
    channels: DutyChannels
    studio: Studio


@dataclass(frozen=True, slots=True)
class App:
    """The service, opened and wired: what doors and commands ask."""

    settings: Settings
    workshops: Workshops
    publishing: Publishing
    pipeline: Pipeline
    booking: BookingService
    care: Care
    voices: VoiceService
    post: Post
    conversation: Conversation

    @property
    def clock(self) -> Clock:
        """Return the only clock."""
        return self.workshops.clock

    @property
    def stores(self) -> Stores:
        """Return what is remembered."""
        return self.workshops.stores

    @property
    def duties(self) -> tuple[Duty, ...]:
        """Return the timetable."""
        rooms = Rooms(self.care, self.voices, self.publishing, self.pipeline, self.booking, self.post)
        return timetable(rooms)

    @property
    def menu(self) -> Menu:
        """Return the account's menu at WeChat."""
        return Menu(self.workshops.client)

    def envelope(self) -> Envelope:
        """Return what opens and seals the callback; raises `BadSetting` when the account is not given."""
        chosen = self.settings
        chosen.demand_account()
        account = Account(chosen.oa_appid, chosen.oa_token, chosen.oa_aes_key, Mode(chosen.oa_mode))
        return Envelope(account, secrets.token_bytes)


@asynccontextmanager
async def opened(settings: Settings, role: str) -> AsyncIterator[App]:
    """Open everything in order, hand it out wired, close it in reverse."""
    async with AsyncExitStack() as stack:
        clock = await _clock(settings, stack)
        shelf = reading.read(settings.content)
        screening = partial(reading.read_screening, settings.content)
        mongo = Mongo(settings.mongo_url, settings.mongo_name, role)
        stack.push_async_callback(mongo.close)
        master = Master(settings.master, settings.master_old, secrets.token_bytes)
        seals = Seals(Keyring(master, KeyStore(mongo.keys)), secrets.token_bytes)
        holidays = laid_over(shelf.holidays)
        stores = open_stores(mongo, seals, holidays)
        access = Access(settings.wechat_api, settings.oa_appid, settings.oa_secret)
        tokens = TokenStore(mongo.data, seals, Token)
        client = await stack.enter_async_context(open_client(access, tokens, clock, random.random))
        channels = await stack.enter_async_context(open_channels(_outlets(settings), _chat(client)))
        runner = Runner()
        stack.callback(runner.close)
        workshops = Workshops(
            clock=clock,
            shelf=shelf,
            holidays=holidays,
            stores=stores,
            bookshelf=Bookshelf(shelf, screening, stores.library, stores.duty),
            master=master,
            queue=Queue(settings.redis_url),
            spool=Spool(settings.data / "spool", master),
            client=client,
            channels=channels,
            studio=_studio(settings, shelf, runner),
        )
        yield _wired(settings, workshops)


async def _clock(settings: Settings, stack: AsyncExitStack) -> Clock:
    if settings.clock == "system":
        return system_clock()
    polled = embedded.PolledClock(settings.clock)
    await polled.open()
    stack.push_async_callback(polled.close)
    return SteadyClock(polled.now)


def _outlets(settings: Settings) -> Outlets:
    return Outlets(settings.duty_webhook, settings.duty_webhook_kind, settings.sms_url, settings.sms_token)


def _chat(client: Client) -> Chat:
    carrier = WeChatCarrier(client)

    async def say(openid: str, text: str) -> bool:
        await carrier.carry(openid, Words(text))
        return True

    return say


def _studio(settings: Settings, shelf: reading.Shelf, runner: Runner) -> Studio:
    materials = Materials(
        typeface=find_typeface(),
        sources=shelf.sources,
        lines=shelf.lines,
        picture=lambda name: reading.picture(settings.content, name),
    )
    return Studio(materials, runner)


def _wired(settings: Settings, given: Workshops) -> App:
    stores, together = given.stores, given.stores.mongo.together
    publishing, booking, care = _publishing(settings, given), _booking(given), _care(given)
    voices = VoiceService(stores.voices, Media(given.client), given.clock)
    conversation = Conversation(
        messages=stores.messages,
        dialogues=stores.dialogues,
        people=stores.people,
        shelf=given.bookshelf,
        booking=booking,
        publishing=publishing,
        care=care,
        voices=voices,
        spool=given.spool,
        rows=stores.post,
        together=together,
        later=given.queue,
        clock=given.clock,
        mark=given.master.mark,
        randomness=secrets.token_bytes,
    )
    return App(
        settings=settings,
        workshops=given,
        publishing=publishing,
        pipeline=_pipeline(settings, given),
        booking=booking,
        care=care,
        voices=voices,
        post=Post(stores.post, stores.people, WeChatCarrier(given.client), together, given.clock, _count_row),
        conversation=conversation,
    )


def _publishing(settings: Settings, given: Workshops) -> Publishing:
    return Publishing(
        editions=given.stores.editions,
        library=given.stores.library,
        together=given.stores.mongo.together,
        clock=given.clock,
        randomness=secrets.token_bytes,
        public_url=settings.public_url,
        ways=WAYS[settings.oa_kind],
    )


def _booking(given: Workshops) -> BookingService:
    return BookingService(
        pool=given.stores.experts,
        agenda=given.stores.bookings,
        notices=given.stores.notices,
        together=given.stores.mongo.together,
        clock=given.clock,
        holidays=given.holidays,
        tally=_count_not_told,
    )


def _care(given: Workshops) -> Care:
    stores = given.stores
    needs = Needs(
        concerns=stores.concerns,
        roster=stores.duty,
        channels=given.channels,
        trail=stores.audit,
        followers=stores.people,
        rows=stores.post,
        together=stores.mongo.together,
        clock=given.clock,
        randomness=secrets.token_bytes,
        mark=given.master.mark,
    )
    return Care(needs)


def _pipeline(settings: Settings, given: Workshops) -> Pipeline:
    rules = Rules(
        prepare_ahead=timedelta(minutes=settings.edition_prepare_minutes),
        grace=timedelta(hours=settings.edition_grace_hours),
    )
    press = WeChatPress(given.client)
    editions, library = given.stores.editions, given.stores.library
    return Pipeline(editions, library, press, given.studio, given.clock, rules, settings.public_url)


def _count_row(state: RowState) -> None:
    metrics.POST_ROWS.labels(state).inc()


def _count_not_told(reminder: Reminder) -> None:
    metrics.POST_ROWS.labels(f"not-told-{reminder}").inc()
