"""How a call to the outside can fail, in the words of those who must decide what happens next."""


class Fault(Exception):
    """A call to WeChat did not do what was asked; `code` is WeChat's own (0 where it gave none)."""

    def __init__(self, code: int = 0, note: str = "") -> None:
        super().__init__(f"{type(self).__name__} {code} {note}".strip())
        self.code = code


class Unclear(Fault):
    """No answer came: the call may or may not have had its effect."""


class Busy(Fault):
    """Nothing was done; the same call may be made again after `seconds`."""

    def __init__(self, code: int = 0, note: str = "", seconds: float = 60.0) -> None:
        super().__init__(code, note)
        self.seconds = seconds


class Spent(Fault):
    """A day's or month's allowance is used up: nothing was done and nothing will be before the next one."""


class Closed(Fault):
    """The person's reply window is shut or its allowance used (45015, 45047): wait for the person."""


class Gone(Fault):
    """The person left, or refuses messages."""


class Declined(Fault):
    """This thing is refused as it is and will be refused again."""


class Barred(Fault):
    """The account may not do this at all, or is not set up for it: somebody has to look."""


class Repeated(Fault):
    """The same client id was sent before; `message` is the id of the first job (45065)."""

    def __init__(self, code: int = 45065, note: str = "", message: str = "") -> None:
        super().__init__(code, note)
        self.message = message


class Hasty(Busy):
    """The same client id was repeated within its minute (45066)."""
