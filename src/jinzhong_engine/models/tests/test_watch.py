"""The watch counts every call once and judges as the batch does, late, doubled, killed or not."""

import io
import json
import random
import signal
import subprocess
import sys
import tempfile
import threading
import time
from datetime import datetime
from pathlib import Path

import pyarrow as pa
import pyarrow.compute as pc
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from jinzhong_engine.backends import native
from jinzhong_engine.backends.files import BadTable, clock_text
from jinzhong_engine.backends.live import Live
from jinzhong_engine.backends.tests.streams import AS_OF, apart, busy, register, streams
from jinzhong_engine.backends.tests.streams import events as stream_events
from jinzhong_engine.features.catalogue import NAMES
from jinzhong_engine.features.windows import DAY, HOUR, LOOKBACK, SECOND
from jinzhong_engine.models import boosting, events, score
from jinzhong_engine.models.card import BadModel
from jinzhong_engine.models.tests import dying
from jinzhong_engine.models.watch import Watch

LATENESS = 600 * SECOND
LATEST = AS_OF + DAY


@pytest.fixture(scope="module")
def lines(days_of_calls) -> list[bytes]:
    """The calls as they come: late by up to ten minutes, every fifth twice."""
    chance = random.Random(3)
    rows = list(enumerate(days_of_calls.to_pylist()))
    rows += chance.sample(rows, len(rows) // 5)
    rows.sort(key=lambda one: (one[1]["start"] + chance.random() * LATENESS, one[0]))
    return [json.dumps({"id": f"r{at}"} | row | {"start": timed(row["start"])}).encode() for at, row in rows]


def timed(moment: int) -> str:
    return clock_text(moment)[:19] + f".{moment % SECOND:06}+00:00"


def pieces(lines: list[bytes], size: int):
    for at in range(0, len(lines), size):
        yield from events.batches(
            io.BytesIO(b"\n".join(lines[at : at + size]) + b"\n"), latest=lambda: LATEST, name="-"
        )


def assert_knows_what_the_batch_knows(
    watching: Watch, calls: pa.Table, messages: pa.Table | None, as_of: int
) -> None:
    """All features and the score of every number, to the last bit. A model may be blind to a feature; this isn't."""
    features = native.features(calls, messages, as_of)
    chosen = watching.live.active(as_of)
    live = native.as_table(watching.live.numbers.texts(chosen), watching.live.features(chosen, as_of))
    assert live.sort_by("number").select(features.column_names).equals(features)
    batch = score.score_table(watching.model, features, where="")
    assert watching.scores(as_of).equals(batch.select(["number", "score"]))


def told(path) -> list[tuple]:
    return [(one["number"], one["listed"]) for one in map(json.loads, path.read_text("utf-8").splitlines())]


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


def test_killed_and_started_with_another_register_it_takes_nothing_back(lines, days_of_calls, tmp_path):
    """What it said stays said, by what was known then; from then on it judges by what is known now. The first time it has no past."""
    numbers = sorted(set(days_of_calls["caller"].to_pylist()))
    said = [
        register(dict.fromkeys(numbers[at::2], AS_OF - 90 * DAY), dict.fromkeys(numbers[at::40], 0))
        for at in (0, 1)
    ]
    features = native.features(days_of_calls, None, AS_OF, register=said[0])
    fraud = pa.array([int(one.startswith("1543")) for one in features["number"].to_pylist()])
    score.fit_table(
        features.append_column("fraud", fraud),
        label="fraud",
        out=tmp_path / "model",
        data="planted",
        on="2021-05-31",
        asking=("opened", "known"),
    )
    model, out = boosting.load(tmp_path / "model"), tmp_path / "list"
    with pytest.raises(BadModel, match=r"known_party_share_7d .* give --known"):
        Watch(
            model,
            tmp_path / "none",
            tmp_path / "no-list",
            lateness=LATENESS,
            register=said[0]._replace(known=None),
        )
    killed = Watch(model, tmp_path / "state", out, lateness=LATENESS, register=said[0])
    for piece in pieces(lines[: len(lines) // 2], 80):
        killed.take(piece)
    killed.journal.settle()
    before = out.read_bytes()
    del killed

    again = Watch(model, tmp_path / "state", out, lateness=LATENESS, register=said[1])
    for piece in pieces(lines, 80):
        again.take(piece)
    again.close()

    (tmp_path / "state" / "known.parquet").write_bytes(b"torn")
    with pytest.raises(BadTable, match=r"known\.parquet"):
        Watch(model, tmp_path / "state", out, lateness=LATENESS, register=said[1])
    assert before and out.read_bytes().startswith(before)
    made = native.features(days_of_calls, None, AS_OF, register=said[1])
    assert again.scores(AS_OF).equals(score.score_table(model, made, where="").select(["number", "score"]))


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


def test_started_again_with_a_later_quiet_time_it_takes_nothing_back(model, lines, days_of_calls, tmp_path):
    def watch(quiet_until: int) -> Watch:
        return Watch(model, tmp_path / "state", tmp_path / "list", lateness=LATENESS, quiet_until=quiet_until)

    killed = watch(0)
    half = list(pieces(lines[: len(lines) // 2], 50))
    for piece in half:
        killed.take(piece)
    killed.journal.settle()
    said = (tmp_path / "list").read_text("utf-8")
    assert said
    del killed

    for _ in range(2):  # the second time it stands on from the mark of the first
        again = watch(AS_OF + DAY)
        assert (tmp_path / "list").read_text("utf-8") == said
        again.take(half[-1])
        again.journal.settle()
        del again
    again = watch(AS_OF + DAY)
    for piece in pieces(lines, 50):
        again.take(piece)
    again.close()
    assert again.counted == days_of_calls.num_rows
    assert (tmp_path / "list").read_text("utf-8") == said


def test_a_file_that_is_there_is_not_emptied_for_a_new_state(model, tmp_path):
    (tmp_path / "list").write_text("somebody's", "utf-8")
    with pytest.raises(BadModel, match="holds something already"):
        Watch(model, tmp_path / "state", tmp_path / "list", lateness=LATENESS)
    assert (tmp_path / "list").read_text("utf-8") == "somebody's"


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


@pytest.mark.parametrize("mark_after", [None, 10, 30])
def test_killed_and_sent_again_from_the_beginning(model, lines, tmp_path, mark_after):
    whole = Watch(model, tmp_path / "one", tmp_path / "list-one", lateness=LATENESS)
    for piece in pieces(lines, 80):
        whole.take(piece)
    killed = Watch(model, tmp_path / "two", tmp_path / "list-two", lateness=LATENESS)
    for at, piece in enumerate(pieces(lines, 80)):
        killed.take(piece)
        if at == mark_after:
            killed.mark()
        if at == 25:
            break
    killed.journal.settle()
    del killed  # no farewell; and the last batch was torn, the last line half written
    journal = max((tmp_path / "two").glob("records-*[0-9]"), key=lambda one: int(one.name[8:]))
    journal.write_bytes(journal.read_bytes()[:-7])
    (tmp_path / "list-two").write_bytes((tmp_path / "list-two").read_bytes()[:-9])

    again = Watch(model, tmp_path / "two", tmp_path / "list-two", lateness=LATENESS)
    for piece in pieces(lines, 80):
        again.take(piece)

    assert again.counted == whole.counted
    assert again.scores(AS_OF).equals(whole.scores(AS_OF))
    for watching in (whole, again):
        watching.close()
    listed = told(tmp_path / "list-two")
    assert listed == told(tmp_path / "list-one")
    assert all(json.loads(one)["number"] for one in (tmp_path / "list-two").read_text("utf-8").splitlines())


def test_killed_at_any_place_of_a_mark_nothing_is_lost_or_doubled(
    model, model_folder, lines, days_of_calls, tmp_path
):
    """SIGKILL before and after writes, syncs, packings and removals, in the midst of it and in the midst of standing up again."""
    stream = tmp_path / "stream"  # a file: a pipe's pieces, and what is judged together, are of chance
    stream.write_bytes(b"\n".join(lines) + b"\n")

    def run(name: str, at: int) -> subprocess.CompletedProcess:
        command = [
            sys.executable,
            "-m",
            dying.__name__,
            model_folder,
            tmp_path / name,
            tmp_path / f"list-{name}",
        ]
        with stream.open("rb") as given:
            return subprocess.run(
                [*map(str, command), str(at)], stdin=given, capture_output=True, check=False
            )

    whole = run("whole", 0)
    assert whole.returncode == 0, whole.stderr
    places = int(whole.stdout.split()[-1])
    assert places > 60
    for at in range(2, places, places // 3):
        name = f"at-{at}"
        codes = [run(name, each).returncode for each in (at, 0)]
        assert codes == [-signal.SIGKILL, 0]
        watching = Watch(model, tmp_path / name, tmp_path / f"list-{name}", lateness=LATENESS)

        assert (tmp_path / f"list-{name}").read_bytes() == (tmp_path / "list-whole").read_bytes()
        assert watching.counted == len(set(lines))
        assert_knows_what_the_batch_knows(watching, days_of_calls, None, AS_OF)


def test_segments_that_no_feature_looks_at_any_more_are_removed(model, tmp_path):
    """Thirty-nine days, a mark about every day: the look-back is thirty-seven."""
    calls, _messages = busy(seed=3, count=3900)
    calls = calls.sort_by("start")
    watching = Watch(model, tmp_path / "state", tmp_path / "list", lateness=LATENESS)
    for at in range(0, calls.num_rows, 100):
        given = calls.slice(at, 100)
        watching.take(given.append_column("id", pa.array([f"r{at + row}" for row in range(given.num_rows)])))
        watching.mark()
    watching.close()

    kept = {int(one.name[8:]) for one in (tmp_path / "state").glob("records-*")}
    oldest = calls["start"][-1].as_py() - LOOKBACK
    needed = {at // 100 + 1 for at, start in enumerate(calls["start"].to_pylist()) if start >= oldest}
    assert 1 not in kept
    assert kept == needed
    assert [one.name for one in (tmp_path / "state").glob("mark-*")] == ["mark-41"]
    again = Watch(model, tmp_path / "state", tmp_path / "list", lateness=LATENESS)
    assert_knows_what_the_batch_knows(again, calls, None, AS_OF + DAY)


@pytest.mark.parametrize("part", [(0, 1), (1, 2)])
def test_numbers_that_never_came_back_are_forgotten_and_nothing_else_changes(
    model, lines, tmp_path, monkeypatch, part
):
    """Fifty days before the others, three thousand strangers ring once each; marks are made meanwhile."""
    strangers = [
        json.dumps(
            json.loads(lines[0])
            | {"id": f"s{one}", "caller": f"1399{one:07}", "start": timed(AS_OF - 60 * DAY + one * SECOND)}
        ).encode()
        for one in range(3000)
    ]
    forgetting = Watch(model, tmp_path / "state", tmp_path / "list", lateness=LATENESS, part=part)
    keeping = Watch(model, tmp_path / "other", tmp_path / "list-other", lateness=LATENESS, part=part)
    monkeypatch.setattr("jinzhong_engine.models.watch.AIR", -1_000_000)  # it is looked at every mark
    for at, piece in enumerate(pieces(strangers + lines, 300)):
        for watching in (forgetting, keeping):
            watching.take(piece)
        if at % 3 == 2:
            forgetting.mark()
    assert len(forgetting.live.numbers) <= len(keeping.live.numbers) - 3000
    for watching in (forgetting, keeping):
        watching.close()

    assert (tmp_path / "list").read_bytes() == (tmp_path / "list-other").read_bytes()
    assert forgetting.scores(AS_OF).equals(keeping.scores(AS_OF))


def test_texts_that_nobody_sent_lately_are_forgotten_and_nothing_else_changes(model, tmp_path, monkeypatch):
    """Fifty days before the others the same number sends three hundred texts, each once; then three texts go round."""
    calls, messages = busy(seed=11, count=2500)
    old = [
        {
            "sender": "n1",
            "receiver": "n2",
            "sent": AS_OF - 90 * DAY + one * SECOND,
            "text_hash": f"{one:015x}f",
        }
        for one in range(300)
    ]
    rows = sorted(calls.to_pylist() + messages.to_pylist(), key=lambda one: one.get("start") or one["sent"])
    stream = [
        json.dumps({k: timed(v) if k in ("start", "sent") else v for k, v in one.items()} | {"id": f"r{at}"})
        for at, one in enumerate(old + rows)
    ]
    monkeypatch.setattr("jinzhong_engine.models.watch.AIR", -1_000_000)  # it is looked at every mark
    watching = Watch(model, tmp_path / "state", tmp_path / "list", lateness=LATENESS, as_of=AS_OF)
    most = 0
    for piece in pieces([one.encode() for one in stream], 300):
        watching.take(piece)
        most = max(most, watching.live.met)
        watching.mark()
    watching.close()

    assert most > 300
    assert watching.live.met == len(watching.live.numbers) + 3
    assert_knows_what_the_batch_knows(watching, calls, messages, AS_OF)


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


def test_a_watch_that_runs_for_days_takes_the_records_of_each(lines):
    """What lies in the future is asked anew for each piece: yesterday's tomorrow is today."""
    first, second = (json.loads(lines[at]) | {"start": timed(AS_OF + at * 2 * DAY)} for at in (0, 1))
    pieces = iter([json.dumps(one).encode() + b"\n" for one in (first, second)] + [b""])
    days = iter([AS_OF + DAY, AS_OF + 3 * DAY])

    class Given:
        def read(self, _most: int) -> bytes:
            return next(pieces)

    given = list(events.batches(Given(), latest=lambda: next(days), name="-"))
    assert sum(one.num_rows for one in given) == 2


def test_a_source_without_ends_of_lines_is_refused_before_it_fills_the_memory():
    class Endless:
        read_bytes = 0

        def read(self, most: int) -> bytes:
            self.read_bytes += most
            return b" " * most

    given = Endless()
    with pytest.raises(BadTable, match="line 1: longer than 1048576 bytes; one record a line"):
        list(events.batches(given, latest=lambda: LATEST, name="-"))
    assert given.read_bytes <= 2 * events.LONGEST


def test_what_came_meanwhile_is_judged_together(lines):
    """Three pieces come while the first is worked on."""
    waiting, given = threading.Event(), iter([*lines[:4], b""])

    class Given:
        def read(self, _most: int) -> bytes:
            piece = next(given)
            if not piece:
                waiting.set()
            return piece and piece + b"\n"

    batches = events.batches(Given(), latest=lambda: LATEST, name="-")
    first = next(batches)
    assert waiting.wait(10)
    rest = list(batches)

    assert first.num_rows + sum(one.num_rows for one in rest) == 4
    assert len(rest) <= 1


def test_where_nothing_comes_for_a_while_that_is_told(lines):
    class Slow:
        """A piece, a pause, a piece."""

        def __init__(self) -> None:
            self.given = iter([lines[0] + b"\n", lines[1] + b"\n", b""])

        def read(self, _most: int) -> bytes:
            piece = next(self.given)
            time.sleep(0.0 if piece.startswith(lines[0]) else 0.3)
            return piece

    given = list(events.batches(Slow(), latest=lambda: LATEST, name="-", idle=0.05))
    assert sum(one.num_rows for one in given if one is not None) == 2
    assert given[0].num_rows == 1
    assert given[1] is None


@pytest.mark.parametrize(
    ("line", "said"),
    [
        (b'{"id": "1", "caller": "A"', "line 1: not JSON"),
        (b"[1]", "line 1: not a record"),
        (
            b'{"id": "1", "caller": "A", "callee": "B", "start": "2021-05-30T10:00:00+08:00", "seconds": "long", "kind": "domestic"}',
            "seconds is 'long'",
        ),
        (
            b'{"id": "1", "caller": "A", "callee": "B", "start": "2021-05-30T10:00:00+08:00", "seconds": -3, "kind": "domestic"}',
            "seconds is negative",
        ),
        (
            b'{"caller": "A", "callee": "B", "start": "2021-05-30T10:00:00+08:00", "seconds": 3, "kind": "domestic"}',
            "column id is empty",
        ),
        (
            b'{"id": "1", "caller": "A", "callee": "B", "start": "2051-05-30T10:00:00+08:00", "seconds": 3, "kind": "domestic"}',
            "in the future",
        ),
        (
            b'{"id": "1", "caller": "+8613812341234", "callee": "B", "start": "2021-05-30T10:00:00+08:00", "seconds": 3, "kind": "domestic"}',
            "line 1: caller is not in canonical form; write",
        ),
        (
            b'{"id": "1", "sender": "10655", "receiver": "138 1234 1234", "sent": "2021-05-30T10:00:00+08:00", "text_hash": "f"}',
            "line 1: receiver is not in canonical form; write",
        ),
        (
            b'{"id": "1", "caller": "A", "callee": "B", "start": "2021-05-30T10:00:00+08:00", "seconds": 3, "kind": "voice"}',
            "line 1: kind is 'voice', not one of domestic",
        ),
        (
            b'{"id": "1", "caller": "A", "callee": "B", "start": "soon", "seconds": 3, "kind": "domestic"}',
            "line 1: column start is 'soon', not a time; write it with its zone",
        ),
        (b"\xff\xfe\x00", "line 1: not UTF-8"),
        (
            '{"id": "1", "caller": "A", "callee": "B", "start": "2021-05-30T10:00:00+08:00", "seconds": 3, "kind": "domestic", "peer_city": "宁波"}'.encode(
                "gbk"
            ),
            "line 1: not UTF-8",
        ),
        (
            b'{"id": "1", "caller": "A", "callee": "B", "start": "2021-05-30T10:00:00+08:00", "seconds": 3, "kind": "domestic", "roaming": "yes"}',
            "line 1: roaming is 'yes', not true, false or null",
        ),
        (
            b'{"id": "1", "caller": "A", "callee": "B", "start": "2021-05-30T10:00:00+08:00", "seconds": 3, "kind": "domestic", "roaming": 1}',
            "line 1: roaming is 1, not true, false or null",
        ),
        (
            rb'{"id": "1", "caller": "A\ud800", "callee": "B", "start": "2021-05-30T10:00:00+08:00", "seconds": 3, "kind": "domestic"}',
            "line 1: caller holds half a letter",
        ),
    ],
)
def test_a_wrong_line_is_named(line, said):
    with pytest.raises(BadTable, match=said):
        list(events.batches(io.BytesIO(line + b"\n"), latest=lambda: LATEST, name="-"))


def test_a_record_says_whether_it_roams_or_nothing():
    call = {
        "caller": "A",
        "callee": "B",
        "start": "2021-05-30T10:00:00+08:00",
        "seconds": 3,
        "kind": "domestic",
    }
    message = {"sender": "A", "receiver": "B", "sent": "2021-05-30T10:00:00+08:00", "text_hash": "f"}
    rest = [{}, {"roaming": True}, {"roaming": None}, {"roaming": False}]
    given = [{"id": str(at)} | call | one for at, one in enumerate(rest)]
    for some in (given, [*given, {"id": "m"} | message | {"roaming": True}], [*given, {"id": 7} | call]):
        text = "".join(json.dumps(one) + "\n" for one in some).encode()

        [read] = events.batches(io.BytesIO(text), latest=lambda: LATEST, name="-")

        assert read["roaming"].to_pylist() == [None, True, None, False, None][: len(some)]


def test_a_state_folder_of_before_calls_said_whether_they_roam_goes_on(model, lines, days_of_calls, tmp_path):
    """Its batches lack the column: those before the mark, those since, and records whose time hadn't come."""
    clock, half = [0], len(lines) // 2
    roams = [at % 3 == 0 for at in range(days_of_calls.num_rows)]

    def watch() -> Watch:
        return Watch(model, tmp_path / "state", tmp_path / "list", lateness=LATENESS, now=lambda: clock[0])

    watching, old = watch(), [piece.drop_columns("roaming") for piece in pieces(lines[:half], 200)]
    for at, piece in enumerate(old, 1):
        clock[0] = pc.max(piece["start"]).as_py() - (10 * SECOND if at == len(old) else 0)
        watching.take(piece)
        if at == len(old) // 2:
            watching.mark()
    assert len(watching.ahead)
    watching.journal.settle()
    watching.journal._lock.close()
    watching.list.close()
    watching, clock[0] = watch(), LATEST
    for piece in pieces(lines[half:], 200):
        said = pa.array([roams[int(one[1:])] for one in piece["id"].to_pylist()])
        watching.take(piece.set_column(piece.column_names.index("roaming"), "roaming", said))

    before = {int(json.loads(line)["id"][1:]) for line in lines[:half]}
    known = pa.array([None if at in before else one for at, one in enumerate(roams)])
    assert watching.counted == days_of_calls.num_rows
    assert_knows_what_the_batch_knows(watching, days_of_calls.append_column("roaming", known), None, AS_OF)


def test_a_wrong_record_among_others_is_named_by_its_line(lines):
    """Behind a message, which is read apart, and an empty line."""
    message = b'{"id": "m", "sender": "10655", "receiver": "B", "sent": "2021-05-30T10:00:00+08:00", "text_hash": "f"}'
    wrong = json.dumps(json.loads(lines[1]) | {"kind": "voice"}).encode()
    given = b"\n".join([lines[0], message, b"", wrong, lines[2]]) + b"\n"

    with pytest.raises(BadTable, match=r"^-, line 4: kind is 'voice', not one of"):
        list(events.batches(io.BytesIO(given), latest=lambda: LATEST, name="-"))


def test_a_list_that_lacks_what_the_state_says_was_written_is_refused(model, lines, tmp_path):
    """Gone on with, it would hold lines twice after the next kill: where it stands is counted in bytes."""
    first = Watch(model, tmp_path / "state", tmp_path / "list", lateness=LATENESS)
    for piece in pieces(lines, 200):
        first.take(piece)
    first.close()
    assert (tmp_path / "list").stat().st_size

    with pytest.raises(BadModel, match="another: shorter than the state folder says"):
        Watch(model, tmp_path / "state", tmp_path / "another", lateness=LATENESS)


def test_two_watches_dont_write_one_list(model, tmp_path):
    """A new one begins its list from nothing: it would empty the other's."""
    first = Watch(model, tmp_path / "state", tmp_path / "list", lateness=LATENESS)
    with pytest.raises(BadModel, match="list: another watch writes it"):
        Watch(model, tmp_path / "another", tmp_path / "list", lateness=LATENESS)
    first.close()


def test_another_models_state_is_refused(model, lines, tmp_path):
    first = Watch(model, tmp_path / "state", tmp_path / "list", lateness=LATENESS)
    first.take(next(pieces(lines, 20)))
    first.close()

    with pytest.raises(BadModel, match="another model or threshold"):
        Watch(model, tmp_path / "state", tmp_path / "list", lateness=LATENESS, fpr=0.01)
