"""How messages and events are brought to the account, and how its answers are judged."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest
from conftest import Stage, text_reply  # noqa: F401

FAILURE = "该公众号提供的服务出现故障，请稍后再试"
