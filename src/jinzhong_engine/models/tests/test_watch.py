"""The watch counts every call once and judges as the batch does, late, doubled or in parts."""

import json
import random
import tempfile
from datetime import datetime
from pathlib import Path

import pyarrow as pa
import pyarrow.compute as pc
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from jinzhong_engine.backends import native
from jinzhong_engine.backends.live import Live
from jinzhong_engine.backends.tests.streams import AS_OF, apart, busy, streams
from jinzhong_engine.backends.tests.streams import events as stream_events
from jinzhong_engine.features.catalogue import NAMES
from jinzhong_engine.features.windows import DAY, HOUR, LOOKBACK, SECOND
from jinzhong_engine.models import boosting, score
from jinzhong_engine.models.card import BadModel
from jinzhong_engine.models.tests.watching import (
    LATENESS,
    assert_knows_what_the_batch_knows,
    pieces,
    timed,
    told,
)
from jinzhong_engine.models.watch import Watch


@pytest.mark.parametrize("size", [97, 2000])
def test_final_scores_equal_the_batch_to_the_last_bit(model, lines, days_of_calls, tmp_path, size):
    watching = Watch(model, tmp_path / "state", tmp_path / "list", lateness=LATENESS)
    for piece in pieces(lines, size):
        watching.take(piece)

    assert watching.counted == days_of_calls.num_rows
    assert_knows_what_the_batch_knows(watching, days_of_calls, None, AS_OF)


def test_a_model_of_some_features_in_another_order_scores_as_the_batch_does(lines, days_of_calls, tmp_path):
    features = native.features(days_of_calls, None, AS_OF)
    fraud = pa.array([int(one.startswith("1543")) for one in features["number"].to_pylist()])
    some = features.select(["number", *NAMES[20:3:-1]]).append_column("fraud", fraud)
    score.fit_table(some, label="fraud", out=tmp_path / "model", data="planted", on="2021-05-31")
    watching = Watch(
        boosting.load(tmp_path / "model"), tmp_path / "state", tmp_path / "list", lateness=LATENESS
    )
    for piece in pieces(lines, 500):
        watching.take(piece)

    assert watching.model.features == list(NAMES[20:3:-1])
    assert any(listed for _number, listed in told(watching.list.path))
    assert_knows_what_the_batch_knows(watching, days_of_calls, None, AS_OF)


def test_messages_count_and_equal_the_batch_to_the_last_bit(model, tmp_path):
    calls, messages = busy(seed=11, count=2500)
    given = [{"id": f"c{at}", **row} for at, row in enumerate(calls.to_pylist())]
    given += [{"id": f"m{at}", **row} for at, row in enumerate(messages.to_pylist())]
    given = sorted(given, key=lambda one: one.get("start") or one["sent"])
    stream = [
        json.dumps({k: timed(v) if k in ("start", "sent") else v for k, v in one.items()}).encode()
        for one in given
    ]
    watching = Watch(model, tmp_path / "state", tmp_path / "list", lateness=LATENESS, as_of=AS_OF)
    for at, piece in enumerate(pieces(stream, 211)):
        watching.take(piece)
        if at == 9:  # half way it is stopped, and stands on again from its mark
            watching.close()
            watching = Watch(model, tmp_path / "state", tmp_path / "list", lateness=LATENESS, as_of=AS_OF)

    assert watching.counted == calls.num_rows + messages.num_rows
    assert_knows_what_the_batch_knows(watching, calls, messages, AS_OF)


@settings(max_examples=12, deadline=None)
@given(streams, st.integers(0, 2**32).map(random.Random))
def test_late_doubled_marked_and_stopped_it_knows_what_the_batch_knows_of_what_came(model, rows, chance):
    """Calls and messages, each late by up to the lateness, many twice or thrice, in pieces; after each piece all features are compared."""
    stream = [(*row, f"r{at}") for at, row in enumerate(rows)]
    stream += chance.choices(stream, k=len(stream)) if stream else []
    stream.sort(key=lambda row: row[2] + chance.random() * LATENESS)
    with tempfile.TemporaryDirectory() as given:
        folder, at = Path(given), 0

        def watch() -> Watch:
            return Watch(model, folder / "state", folder / "list", lateness=LATENESS, as_of=AS_OF)

        watching = watch()
        while at < len(stream):
            piece = stream[at : at + chance.choice((1, 4, 12))]
            at += len(piece)
            ids = pa.array([row[-1] for row in piece])
            watching.take(stream_events([row[:-1] for row in piece]).append_column("id", ids))
            came = list(dict.fromkeys(stream[:at]))
            assert watching.counted == len(came)
            known = apart([row[:-1] for row in came])
            assert_knows_what_the_batch_knows(watching, *known, watching.watermark + 1)
            if chance.random() < 0.2:
                watching.mark()
            if chance.random() < 0.1:
                watching.close()
                watching = watch()
        assert_knows_what_the_batch_knows(watching, *apart(rows), AS_OF)
        watching.close()


class ByMessages(boosting.Model):
    """Sure of whoever sent one text to ten receivers."""

    def chances(self, values, prevalence=None):
        return (values[:, self.features.index("campaign_7d")] >= 10).astype(float)

    def threshold(self, fpr):
        return 0.5


@pytest.mark.parametrize("parts", [1, 3])
def test_who_is_listed_for_messages_is_listed_when_they_come(model, tmp_path, parts):
    """With the tenth receiver, not at the number's next call: campaigners may never call again. A second text begins anew."""
    rows = [
        (f"1541000{one:04}", "15410000099", AS_OF - HOUR + one, 5, "domestic", None, None, None, None, None)
        for one in range(6)
    ]
    wrote = {0: ["t1"] * 12, 1: ["t2"] * 9 + ["t3"] * 3, 2: ["t4"] * 9, 3: ["t5"] * 10}
    sent = [
        (f"1541000{one:04}", f"1542000{to:04}", AS_OF + to * SECOND, *[None] * 6, text)
        for one, texts in wrote.items()
        for to, text in enumerate(texts)
    ]
    stream = rows + sorted(sent, key=lambda row: row[2])
    for which in range(parts):
        folder, part = tmp_path / str(which), (which, parts)
        watching = Watch(
            ByMessages(model.trees, model.card),
            folder,
            tmp_path / f"list-{which}",
            lateness=LATENESS,
            part=part,
        )
        for at, row in enumerate(stream):
            watching.take(stream_events([row]).append_column("id", pa.array([f"r{at}"])))
        watching.close()

    said = [
        json.loads(line)
        for which in range(parts)
        for line in (tmp_path / f"list-{which}").read_text("utf-8").splitlines()
    ]
    moments = {one["number"]: datetime.fromisoformat(one["at"]) for one in said if one["listed"]}
    tenth = datetime.fromisoformat(timed(AS_OF + 9 * SECOND))
    assert moments == {"15410000000": tenth, "15410000003": tenth}


@pytest.mark.parametrize("mark", [False, True])
def test_three_parts_list_and_score_what_one_watch_does(model, lines, tmp_path, mark):
    def watched(name: str, part: tuple[int, int]) -> Watch:
        watching = Watch(model, tmp_path / name, tmp_path / f"list-{name}", lateness=LATENESS, part=part)
        for at, piece in enumerate(pieces(lines, 300)):
            if mark and at == 3:
                watching.close()
                watching = Watch(
                    model, tmp_path / name, tmp_path / f"list-{name}", lateness=LATENESS, part=part
                )
            watching.take(piece)
        watching.close()
        return watching

    whole, parts = watched("whole", (0, 1)), [watched(str(one), (one, 3)) for one in range(3)]

    together = pa.concat_tables([one.scores(AS_OF) for one in parts])
    assert all(one.scores(AS_OF).num_rows > 10 for one in parts)
    assert together.sort_by("number").equals(whole.scores(AS_OF))
    said = [(tmp_path / f"list-{one}").read_text("utf-8") for one in range(3)]
    assert sorted("".join(said).splitlines()) == sorted(
        (tmp_path / "list-whole").read_text("utf-8").splitlines()
    )
    assert all(said)
    with pytest.raises(BadModel, match="another part"):
        Watch(model, tmp_path / "0", tmp_path / "list-0", lateness=LATENESS)


def test_the_fraudsters_are_listed_with_reasons_and_whom_they_reached(model, lines, tmp_path):
    watching = Watch(model, tmp_path / "state", tmp_path / "list", lateness=LATENESS)
    for piece in pieces(lines, 50):
        watching.take(piece)
    watching.close()

    found = [json.loads(one) for one in (tmp_path / "list").read_text("utf-8").splitlines()]
    entered = {one["number"] for one in found if one["listed"]}
    assert {f"1543000{one:04}" for one in range(15)} <= entered
    assert all(one["reasons"] for one in found if one["listed"])
    assert all(0 <= one["reached"] <= 60 and one["at"].endswith("+08:00") for one in found)


@pytest.mark.parametrize("marks", [False, True])
def test_clocks_that_run_ahead_silence_nobody_and_count_when_their_time_comes(
    model, lines, days_of_calls, tmp_path, marks
):
    """Three senders' clocks are five hours ahead. The watch is killed while their records wait, and everything is sent again."""
    rogues = [
        {
            "caller": f"1999000000{one}",
            "callee": "15400000001",
            "start": days_of_calls["start"][at].as_py() + 5 * 3600 * SECOND,
            "seconds": 7,
            "kind": "domestic",
            "cell": "c1",
            "imei": f"rogue-{one}",
            "peer_city": "0574",
        }
        for one, at in enumerate((40, 700, 1500))
    ]
    told = [
        json.dumps({"id": f"x{at}"} | row | {"start": timed(row["start"])}).encode()
        for at, row in enumerate(rogues)
    ]
    stream, clock = list(lines), [0]
    for place, line in zip((40, 700, 1500), told, strict=True):
        stream.insert(place, line)

    def run(until: int | None) -> Watch:
        watching = Watch(
            model, tmp_path / "state", tmp_path / "list", lateness=LATENESS, now=lambda: clock[0]
        )
        for at, piece in enumerate(pieces(stream, 50)):
            true = piece.filter(pc.invert(pc.is_in(piece["id"], pa.array(["x0", "x1", "x2"]))))
            clock[0] = max(clock[0], pc.max(true["start"]).as_py())
            watching.take(piece)
            if marks and at % 5 == 4:
                watching.mark()
            if at == until:
                break
        watching.journal.settle()
        return watching

    killed = run(until=16)
    waited, late = len(killed.ahead), killed.watermark
    assert late >= rogues[0]["start"]
    del killed
    again = run(until=None)
    again.catch_up(AS_OF)

    assert waited == 1  # the first one's time has come, the third one's record has not
    assert late < rogues[1]["start"]
    assert len(again.ahead) == 0
    assert again.counted == days_of_calls.num_rows + 3
    both = pa.concat_tables([days_of_calls, pa.Table.from_pylist(rogues, schema=days_of_calls.schema)])
    assert_knows_what_the_batch_knows(again, both, None, AS_OF)


def test_a_new_watch_is_quiet_until_it_knows_whom_it_sees(model, lines, tmp_path):
    """Of the past it lists nobody; what it is then is as if it had listed."""
    begin = AS_OF - DAY
    quiet = Watch(model, tmp_path / "state", tmp_path / "list", lateness=LATENESS, quiet_until=begin)
    whole = Watch(model, tmp_path / "other", tmp_path / "list-other", lateness=LATENESS)
    for piece in pieces(lines, 200):
        quiet.take(piece)
        whole.take(piece)
    for watching in (quiet, whole):
        watching.close()

    first = json.loads((tmp_path / "list").read_text("utf-8").splitlines()[0])
    assert datetime.fromisoformat(first["at"]) >= datetime.fromisoformat(timed(begin))
    assert json.loads((tmp_path / "list-other").read_text("utf-8").splitlines()[0])["at"] < first["at"]
    assert quiet.scores(AS_OF).equals(whole.scores(AS_OF))


@pytest.mark.parametrize("forgets", [False, True])
def test_live_features_equal_the_batch_at_every_moment(forgets):
    """Growing, packed and trimmed ledgers hold what the batch files in one go, whoever is forgotten in between."""
    given, _messages = busy(seed=5, count=3000)
    given = given.sort_by("start")
    live = Live()
    for at in range(0, given.num_rows, 150):
        piece = given.slice(at, 150)
        moment = piece["start"][-1].as_py() + 1
        live.add(piece, moment - 37 * DAY)
        batch = native.features(given.slice(0, at + 150), None, moment)
        chosen = live.active(moment)
        table = native.as_table(live.numbers.texts(chosen), live.features(chosen, moment)).sort_by("number")
        assert table.select(["number", *NAMES]).equals(batch), at
        if forgets:
            before = live.numbers.texts(chosen)
            names = live.forget(moment - LOOKBACK, chosen[:1])
            assert live.numbers.texts(names[chosen]).equals(before)
