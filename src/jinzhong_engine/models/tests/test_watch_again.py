"""The watch killed, stopped and started again: nothing is lost, doubled or taken back, and nobody else writes meanwhile."""

import json
import signal
import subprocess
import sys

import pyarrow as pa
import pyarrow.compute as pc
import pytest

from jinzhong_engine.backends import native
from jinzhong_engine.backends.files import BadTable
from jinzhong_engine.backends.tests.streams import AS_OF, busy, register
from jinzhong_engine.features.windows import DAY, LOOKBACK, SECOND
from jinzhong_engine.models import boosting, score
from jinzhong_engine.models.card import BadModel
from jinzhong_engine.models.tests import dying
from jinzhong_engine.models.tests.watching import (
    LATENESS,
    LATEST,
    assert_knows_what_the_batch_knows,
    pieces,
    timed,
    told,
)
from jinzhong_engine.models.watch import Watch


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
