"""``jinzhong numbers``: features, models, scores and the live watch of numbers; a day's list for people to look at."""

import argparse

from jinzhong.cli.numbers.engine import (
    add_drift,
    add_evaluate,
    add_features,
    add_fit,
    add_score,
    add_signals,
    add_stream,
    add_watch,
)
from jinzhong.cli.numbers.lists import add_labels, add_list
from jinzhong.cli.numbers.live import add_live


def add(commands: argparse._SubParsersAction) -> None:
    about = "risk of numbers: features, models, scores, live watch"
    of = commands.add_parser("numbers", help=about).add_subparsers(dest="what", required=True, metavar="WHAT")
    add_features(of.add_parser("features", help="one row of features per number active in the last 7 × 24 h"))
    add_fit(of.add_parser("fit", help="a model from a feature table with labels"))
    add_score(of.add_parser("score", help="the chance of each number, with reasons"))
    add_drift(of.add_parser("drift", help="how far a day's numbers lie from those the model was fitted on"))
    add_signals(of.add_parser("signals", help="what the readable rules find, each with its reason"))
    add_watch(of.add_parser("watch", help="call records in as they come, the list of numbers out"))
    add_stream(of.add_parser("stream", help="scores of the callers in files that arrive, on Spark"))
    add_live(of.add_parser("live", help="what numbers watch writes into the product, read on as it grows"))
    add_list(of.add_parser("list", help="a day's list into the product, for people to look at"))
    add_labels(of.add_parser("labels", help="what people said of the numbers, for numbers fit"))
    add_evaluate(
        of.add_parser(
            "evaluate", help="how early and how rightly a model lists, on a world whose truth is known"
        )
    )
