"""Refusals are ordinary business: a status, a code for programs and a Chinese sentence to act on."""

from typing import ClassVar


class Refusal(Exception):
    """The service understood and declines; the sentence tells the reader what to do next."""

    status: ClassVar[int] = 400
    code: ClassVar[str] = "refused"

    def __init__(self, sentence: str) -> None:
        super().__init__(sentence)
        self.sentence = sentence


class Malformed(Refusal):
    """What came in does not have the form it must have."""

    status = 400
    code = "malformed"


class Forbidden(Refusal):
    """Whoever asks may not do this, or could not prove who they are."""

    status = 403
    code = "forbidden"


class NotFound(Refusal):
    """There is no such thing, or it is somebody else's: the two are never told apart."""

    status = 404
    code = "not-found"


class Taken(Refusal):
    """Somebody else was first."""

    status = 409
    code = "taken"


class TooLate(Refusal):
    """The time for this has passed."""

    status = 409
    code = "too-late"


class WrongState(Refusal):
    """The thing is not in a state from which this step leads on."""

    status = 409
    code = "wrong-state"


class TooLarge(Refusal):
    """What came in is larger than the door takes."""

    status = 413
    code = "too-large"


class Unavailable(Refusal):
    """Something the answer needs did not answer in time; the caller may try again."""

    status = 503
    code = "unavailable"
