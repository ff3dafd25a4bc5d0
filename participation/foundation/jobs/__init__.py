"""Work that is owed: a row beside the act that owes it, done later by the worker, never lost.

The row is the truth. A worker claims it by a lease and renews the lease while it works; when the worker dies, the lease
runs out and another one begins again. So a job is done at least once, and its handler must bear a second time.
"""

from participation.foundation.jobs.claiming import Claim, LeaseLost, claim
from participation.foundation.jobs.looking import Backlog, backlog, revive
from participation.foundation.jobs.owing import (
    Arguments,
    GiveUp,
    Handler,
    Later,
    Mourner,
    Report,
    TryAgain,
    job,
    owe,
    owe_many,
    periodic,
)
from participation.foundation.jobs.working import do_within, run_all, work

__all__ = [
    "Arguments",
    "Backlog",
    "Claim",
    "GiveUp",
    "Handler",
    "Later",
    "LeaseLost",
    "Mourner",
    "Report",
    "TryAgain",
    "backlog",
    "claim",
    "do_within",
    "job",
    "owe",
    "owe_many",
    "periodic",
    "revive",
    "run_all",
    "work",
]
