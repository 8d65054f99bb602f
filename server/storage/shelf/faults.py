"""What is wrong in content/: every fault with its file and line, told all at once."""

from collections.abc import Sequence
from dataclasses import dataclass

from server.domain.refusals import Malformed


@dataclass(frozen=True, slots=True, order=True)
class Fault:
    """One thing to mend: the file relative to content/, the line from 1, and a Chinese sentence."""

    file: str
    line: int
    sentence: str

    def __str__(self) -> str:
        return f"{self.file} 第 {self.line} 行：{self.sentence}"


class BadContent(Malformed):
    """Something in content/ is not as its README asks; `faults` holds everything, in order of the files."""

    code = "bad-content"

    def __init__(self, faults: Sequence[Fault]) -> None:
        self.faults = tuple(sorted(faults))
        super().__init__("\n".join(map(str, self.faults)))


class Faults:
    """The faults found so far; reading goes on after each, so that all of them are told."""

    def __init__(self) -> None:
        self._found: set[Fault] = set()

    def note(self, file: str, line: int, sentence: str) -> None:
        """Keep a fault."""
        self._found.add(Fault(file, line, sentence))

    def refuse_if_any(self) -> None:
        """Raise `BadContent` with everything that was found."""
        if self._found:
            raise BadContent(sorted(self._found))
