"""What WeChat's codes mean to those who must decide what happens next: one table (fact sheet 2.2 and its list)."""

from typing import Final

from server.domain.post.faults import Barred, Busy, Closed, Declined, Fault, Gone, Hasty, Repeated, Spent, Unclear

STALE_TOKENS: Final = frozenset((40001, 40014, 42001))
MOMENTARY: Final = frozenset((-1, 44990))  # what may be asked again is asked again at once, with jitter
UNCERTAIN: Final = frozenset((-1,))  # an internal error of the platform: it may have struck after the deed
REPEATED: Final = 45065
HASTY: Final = 45066

# Seconds until the same call may be made again; nothing was done.
BUSY: Final[dict[int, float]] = {
    -1: 10,  # the platform is busy; bursts of template messages give it too
    42010: 60,  # too fast for this account
    43108: 5,  # two at once to one person
    43117: 4 * 3600,  # too many template messages to this person
    44990: 2,  # second's limit
    44991: 60,  # minute's limit
    45011: 60,  # minute's limit
    45159: 5,  # tag id refused; a false alarm while others work on the tag
    HASTY: 61,  # the same client id within its minute
    61080: 30,  # risk service away
    61081: 60,  # risk service called too often
    61450: 10,  # customer service system error
    87020: 60,  # media checked too often
    89507: 3600,  # administrator refused this address for an hour
    200001: 10,  # template service system error
    9500002: 180,  # too many mass jobs
}

# Every code that is neither listed here nor above is Declined: refused as it is, and refused again.
FAULTS: Final[dict[int, type[Fault]]] = {
    44993: Spent,  # links of the day
    45009: Spent,  # calls of the day
    45028: Spent,  # mass sends of the day or month
    48006: Spent,  # clear_quota of the month
    85406: Spent,  # openings of the day
    43101: Closed,  # not subscribed, or the one right is used up
    45015: Closed,  # the reply window is shut
    45047: Closed,  # the window's allowance is used up
    61010: Closed,  # not seen in the mini-program for two hours
    43004: Gone,  # does not follow
    43019: Gone,  # on the blacklist
    48002: Gone,  # refuses messages
    50005: Gone,  # does not follow
    # An administrator was asked to confirm a mass send: whether the job waits or is refused is not known, so the
    # same client id is asked about again.
    89504: Unclear,
    40001: Barred,  # secret or token wrong, after the one renewal
    40014: Barred,
    42001: Barred,
    40002: Barred,  # no right, or wrong grant
    40013: Barred,  # app id wrong
    40125: Barred,  # secret wrong
    40164: Barred,  # our address is not on the whitelist
    40200: Barred,  # not for this kind of account
    40201: Barred,  # no callback address set
    40243: Barred,  # secret frozen
    43107: Barred,  # notices banned
    45029: Barred,  # lifetime quota of codes used up
    45062: Barred,  # account carries advertisements
    45064: Barred,  # mini-program not linked
    48001: Barred,  # not granted to this account
    48004: Barred,  # banned for this account
    50001: Barred,  # not authorised
    50002: Barred,  # account restricted
    50004: Barred,  # token endpoint forbidden
    50007: Barred,  # account frozen
    53406: Barred,  # shop not opened
    61007: Barred,  # not granted to the third party
    65303: Barred,  # default menu missing
    65400: Barred,  # customer service not opened
    65402: Barred,  # customer service account not bound
    85079: Barred,  # mini-program not released
    85400: Barred,  # lifetime quota of links used up
    85407: Barred,  # no right to make links
    85408: Barred,  # right to make links banned
    89503: Barred,  # waits for the administrator
    89505: Barred,  # administrator refused a mass send
    89506: Barred,  # administrator refused this address
    200011: Barred,  # notices banned
    200013: Barred,  # template banned
    200100: Barred,  # not for this kind of account
    9410009: Barred,  # trial quota used up
}


def fault(code: int, note: str = "", message: str = "") -> Fault:
    """Return what a code other than 0 means; `message` is the `msg_id` that came with it, `note` its rid."""
    if code == REPEATED:
        return Repeated(code, note, message)
    if code in BUSY:
        return (Hasty if code == HASTY else Busy)(code, note, BUSY[code])
    return FAULTS.get(code, Declined)(code, note)
