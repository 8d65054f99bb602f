"""How often a group's robot may speak: at most twenty times in any minute."""

BURST = 10  # at once, after a silence
EVERY = 6.0  # seconds from one to the next after that: with the burst never more than twenty in sixty seconds


class Pace:
    """Gives out turns; nobody waits longer than one interval after the turn before."""

    def __init__(self, burst: int = BURST, every: float = EVERY) -> None:
        """Let `burst` speak at once, then one every so many seconds."""
        self._slack = (burst - 1) * every
        self._every = every
        self._booked = float("-inf")

    def wait(self, now: float) -> float:
        """Book the next turn and return in how many seconds it is; `now` is monotonic, the robot's minute is real."""
        turn = max(now, self._booked - self._slack)
        self._booked = max(self._booked, turn) + self._every
        return turn - now
