"""The account's answers to duty staff: what they write is done at the desk, and told in a sentence."""

from dataclasses import dataclass

from server.domain.care import sentences
from server.domain.care.call_backs import tried_of
from server.domain.care.desk import Desk
from server.domain.care.duty import DutyPerson
from server.domain.care.duty_talk import (
    Arrive,
    CalledBack,
    Close,
    DutyWord,
    GiveBack,
    HandOver,
    ListAll,
    Look,
    Remark,
    Take,
    Write,
)
from server.domain.care.model import outcome_of
from server.domain.care.rota import Rota
from server.domain.refusals import Malformed, Refusal, Unavailable


@dataclass(frozen=True, slots=True)
class Answering:
    """Answers duty staff in the chat."""

    desk: Desk
    rota: Rota

    async def answer(self, word: DutyWord, worker: str, cause: str) -> str | None:
        """Do what was written and return the answer; None where the writer is not on the roster: an ordinary word.

        `cause` is the message's keyed hash. A refusal is itself the answer: it is raised before anything was written.
        Joins a running transaction.
        """
        try:
            if isinstance(word, Arrive):
                there = await self.rota.arrive(worker, word.code)
                return sentences.on_duty(there) if there else None
            by = await self.rota.needs.roster.of_worker(worker)
            return await self._do(word, by, cause) if by else None
        except Unavailable:
            raise
        except Refusal as refusal:
            return refusal.sentence

    async def _do(self, word: DutyWord, by: DutyPerson, cause: str) -> str:
        desk = self.desk
        match word:
            case Take(number):
                return sentences.taken(await desk.take(number, by))
            case Look(number):
                return sentences.shown(await desk.show(number, by))
            case Remark(number, words):
                await desk.note(number, by, words, cause)
                return f"记下了，{number}。"
            case HandOver(number, name):
                await desk.hand_over(number, by, name)
                return f"{number} 转给{name}了，正在通知。还没收到回应前，请先留意。"
            case Write(number, words):
                await desk.write(number, by, words, cause)
                return f"已经交给微信发给对方，{number}。"
            case _:
                return await self._settle(word, by)

    async def _settle(self, word: DutyWord, by: DutyPerson) -> str:
        match word:
            case GiveBack(number):
                await self.desk.give_back(number, by)
                return f"{number} 放回去了，会重新叫人来接。"
            case CalledBack(number, words):
                if (result := tried_of(words)) is None:
                    raise Malformed(f"打过以后，结果请写其中一个：{sentences.RESULTS}。例如“打 {number} 通了”。")
                await self.desk.attempt_of(number, by, result)
                return f"记下了，{number} 的回电：{result.called}。"
            case Close(number, words):
                if (outcome := outcome_of(words)) is None:
                    raise Malformed(f"结果请写其中一个：{sentences.OUTCOMES}。例如“结 {number} 已联系”。")
                await self.desk.close(number, by, outcome)
                return f"{number} 结束了：{outcome.called}。辛苦了。"
            case ListAll():
                return sentences.listing(await self.desk.list(), await self.desk.names())
            case _:
                raise LookupError(type(word).__name__)
