"""``jinzhong review``: ``listing`` three colours of a month; ``index`` the performance index; ``award`` earned or lucky."""

import argparse

from jinzhong.cli.review.award import add_award
from jinzhong.cli.review.index import add_index
from jinzhong.cli.review.listing import add_listing


def add(commands: argparse._SubParsersAction) -> None:
    of = commands.add_parser("review", help="考核督导: listing, index, award").add_subparsers(
        dest="what", required=True, metavar="WHAT"
    )
    add_listing(of.add_parser("listing", help="三色挂牌: colours of a month, why, and what is owed by when"))
    add_index(of.add_parser("index", help="绩效指数: score of every unit, recomputable by hand"))
    add_award(of.add_parser("award", help="whether a place without a case has earned it or been lucky"))
