"""What can be done with lists of numbers: keep them, judge a number, set the line, the model and the rules, forget."""

from jinzhong.scoring.operations.faults import Unfit
from jinzhong.scoring.operations.forgetting import FORGET, FORGET_LIVE, forget_live, forget_unconfirmed
from jinzhong.scoring.operations.lists import challenge, keep_list
from jinzhong.scoring.operations.live import hear_live, keep_live, keep_people
from jinzhong.scoring.operations.settings import demote, promote, roll_back, set_line, switch_off, switch_on
from jinzhong.scoring.operations.verdicts import judge, note_warned, take_back, take_labels

__all__ = [
    "FORGET",
    "FORGET_LIVE",
    "Unfit",
    "challenge",
    "demote",
    "forget_live",
    "forget_unconfirmed",
    "hear_live",
    "judge",
    "keep_list",
    "keep_live",
    "keep_people",
    "note_warned",
    "promote",
    "roll_back",
    "set_line",
    "switch_off",
    "switch_on",
    "take_back",
    "take_labels",
]
