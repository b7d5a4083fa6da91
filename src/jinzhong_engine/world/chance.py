"""Chance that depends only on what is asked: one counter-based stream per seed, purpose and key, never a global state.

Whoever draws, in whatever order and process, gets the same numbers for the same question. See decision 0013.

>>> stream(7, "calls", 18_750, 3).integers(10, size=5).tolist() == stream(7, "calls", 18_750, 3).integers(10, size=5).tolist()
True
"""

import random
from hashlib import blake2b

import numpy as np

Ints = np.ndarray
_STEP = np.uint64(0x9E3779B97F4A7C15)


def stream(seed: int, purpose: str, *keys: int) -> np.random.Generator:
    """The stream of random numbers for this purpose and these keys."""
    return np.random.Generator(np.random.Philox(key=_digest(seed, purpose, keys)))


def dice(seed: int, purpose: str, *keys: int) -> random.Random:
    """The same for code that deals cards."""
    return random.Random(_digest(seed, purpose, keys))


def _digest(seed: int, purpose: str, keys: tuple[int, ...]) -> int:
    return int.from_bytes(blake2b(f"{seed}|{purpose}|{keys}".encode(), digest_size=16).digest(), "little")


def mix(left: Ints, right: Ints | int, salt: int) -> Ints:
    """A well mixed 64-bit number of two integers: the same pair always gives the same (splitmix64).

    >>> bool(mix(np.array([1]), 2, 3)[0] == mix(np.array([1]), 2, 3)[0] != mix(np.array([2]), 1, 3)[0])
    True
    """
    found = np.asarray(left).astype(np.uint64) * np.uint64(0xD1342543DE82EF95)
    found += np.asarray(right).astype(np.uint64) * _STEP + np.uint64(salt * 0x2545F491 & 0xFFFFFFFF)
    found ^= found >> np.uint64(30)
    found *= np.uint64(0xBF58476D1CE4E5B9)
    found ^= found >> np.uint64(27)
    found *= np.uint64(0x94D049BB133111EB)
    return found ^ (found >> np.uint64(31))


def apportioned(total: int, weights: list[float] | Ints) -> Ints:
    """Whole numbers in proportion to weights that sum to the total: largest remainders, the first one first.

    >>> apportioned(10, [1, 1, 1]).tolist()
    [4, 3, 3]
    """
    shares = np.asarray(weights, float) * total / np.sum(weights)
    found = np.floor(shares + 1e-9).astype(np.int64)
    short = total - int(found.sum())
    found[np.argsort(-(shares - found), kind="stable")[:short]] += 1
    return found
