"""What can be done: the list of a month and what it asks for, papers and their answers."""

from jinzhong.review.operations.checks import FORGET_PHOTOS, forget_photos, record_check
from jinzhong.review.operations.listing import (
    LATE,
    accept,
    approve_lifting,
    decline_lifting,
    do,
    overdue,
    propose_lifting,
    publish,
    remark,
    send_back,
)
from jinzhong.review.operations.papers import (
    PAPER_DEADLINES,
    REPLY,
    SITE,
    answer_extension,
    answer_paper,
    ask_extension,
    close_paper,
    issue_paper,
    paper_passed,
    reopen_paper,
)
from jinzhong.review.operations.words import Unfit

__all__ = [
    "FORGET_PHOTOS",
    "LATE",
    "PAPER_DEADLINES",
    "REPLY",
    "SITE",
    "Unfit",
    "accept",
    "answer_extension",
    "answer_paper",
    "approve_lifting",
    "ask_extension",
    "close_paper",
    "decline_lifting",
    "do",
    "forget_photos",
    "issue_paper",
    "overdue",
    "paper_passed",
    "propose_lifting",
    "publish",
    "record_check",
    "remark",
    "reopen_paper",
    "send_back",
]
