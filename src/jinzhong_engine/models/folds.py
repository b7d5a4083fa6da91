"""Which rows a model learns from and which it is then judged by: never the same ones, nor what would give them away."""

from collections.abc import Iterator
from itertools import pairwise
from typing import Any

import numpy as np
from sklearn.model_selection import StratifiedGroupKFold, StratifiedKFold

from jinzhong_engine.models.card import BadModel

FOLDS = 5

Fold = tuple[Any, Any]
"""Rows to learn from, rows to be judged."""


def kind(groups: Any, times: Any) -> str:
    """What the card calls it."""
    if times is not None:
        return "time-ordered" if groups is None else "grouped, time-ordered"
    return "stratified" if groups is None else "grouped"


def folds(label: Any, groups: Any = None, times: Any = None) -> Iterator[Fold]:
    """``times``: what is learnt from is earlier than what is judged, by whole times: rows of one day stand on one side.
    ``groups``: no group stands on both sides. With both, each holds.
    """
    if times is not None:
        for earlier, later in _in_time(times):
            for learn, judge in _apart(earlier, later, groups):
                if len(judge) and len(np.unique(label[learn])) == 2:
                    yield learn, judge
    elif groups is not None:
        yield from _by_group(label, groups)
    else:
        yield from StratifiedKFold(FOLDS, shuffle=True, random_state=0).split(label, label)


def _in_time(times: Any) -> Iterator[Fold]:
    """All that is before a cut, and what lies between it and the next: about equal parts, cut where the time changes."""
    order = np.argsort(times, kind="stable")
    changes = np.flatnonzero(times[order][1:] != times[order][:-1]) + 1
    if not len(changes):
        raise BadModel(
            "all rows are of one time, so none could be judged by earlier ones; take rows of several days, or leave the time out"
        )
    even = len(order) * np.arange(1, FOLDS + 1) / (FOLDS + 1)
    cuts = np.unique([changes[np.abs(changes - one).argmin()] for one in even])
    for cut, until in pairwise([*cuts, len(order)]):
        yield order[:cut], order[cut:until]


def _apart(earlier: Any, later: Any, groups: Any) -> Iterator[Fold]:
    """Groups that aren't known from before are judged by all earlier rows; the others in several lots, each by what isn't of its groups."""
    if groups is None:
        yield earlier, later
        return
    known = np.unique(groups[later][np.isin(groups[later], groups[earlier])])
    yield earlier, later[~np.isin(groups[later], known)]
    for lot in (known[at::FOLDS] for at in range(FOLDS)):
        yield earlier[~np.isin(groups[earlier], lot)], later[np.isin(groups[later], lot)]


def _by_group(label: Any, groups: Any) -> Iterator[Fold]:
    if len(set(groups.tolist())) < FOLDS:
        raise BadModel(f"at least {FOLDS} groups are needed, there are {len(set(groups.tolist()))}")
    for learn, judge in StratifiedGroupKFold(FOLDS, shuffle=True, random_state=0).split(label, label, groups):
        if len(np.unique(label[learn])) < 2:
            raise BadModel(
                "all rows of one label are of one group, so no model could be judged by the others"
            )
        yield learn, judge
