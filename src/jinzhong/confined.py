"""What a child process gives up before it opens a stranger's file (decision 7)."""

import resource

BARE = {"LANG": "C.UTF-8", "OPENBLAS_NUM_THREADS": "1"}
"""Its whole environment: no database address, no keys."""


def restrict(*, memory: int, cpu_seconds: int) -> None:
    """Little memory (bytes), little time, no file it could write: before the first byte of the file is read."""
    for limit, amount in (
        (resource.RLIMIT_AS, memory),
        (resource.RLIMIT_CPU, cpu_seconds),
        (resource.RLIMIT_FSIZE, 0),
        (resource.RLIMIT_CORE, 0),
    ):
        _, most = resource.getrlimit(limit)
        amount = amount if most == resource.RLIM_INFINITY else min(amount, most)
        resource.setrlimit(limit, (amount, amount))
