"""The fixtures of the phone tests: one stage for all of them, a fresh phone for each."""

from collections.abc import AsyncIterator

import pytest_asyncio
from playwright.async_api import async_playwright
from tornado.testing import bind_unused_port

from tests.simulator.phone.owner import Owner
from tests.simulator.phone.service import open_service
from tests.simulator.phone.stage import (
    APPID,
    CHROMIUM,
    DESK,
    FLAGS,
    SECRET,
    SMALL,
    Phone,
    Stage,
    open_phone,
    start_simulator,
    until_it_answers,
)


@pytest_asyncio.fixture(scope="session", loop_scope="session")
async def phone_stage() -> AsyncIterator[Stage]:
    spare, port = bind_unused_port()
    spare.close()
    simulator = f"http://127.0.0.1:{port}"
    service, server = open_service(simulator)
    process = start_simulator(port, service)
    try:
        await until_it_answers(simulator)
        owner = Owner(simulator)
        await owner.sign_in(APPID, SECRET)
        await owner.put_up_menu(service.address)
        async with async_playwright() as playwright:
            browser = await playwright.chromium.launch(executable_path=CHROMIUM, args=FLAGS)
            yield Stage(simulator, service, owner, browser)
            await browser.close()
    finally:
        process.terminate()
        process.wait(10)
        server.stop()
        await server.close_all_connections()


@pytest_asyncio.fixture(loop_scope="session")
async def phone(phone_stage: Stage) -> AsyncIterator[Phone]:
    context = await phone_stage.browser.new_context(viewport=DESK)
    yield await open_phone(phone_stage, context)
    await context.close()


@pytest_asyncio.fixture(loop_scope="session")
async def small_phone(phone_stage: Stage) -> AsyncIterator[Phone]:
    context = await phone_stage.browser.new_context(viewport=SMALL, reduced_motion="reduce")
    yield await open_phone(phone_stage, context)
    await context.close()
