"""What a file may hold, and the one line about what it may not."""

from datetime import UTC, datetime
from pathlib import Path

import openpyxl
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq
import pytest

from jinzhong_engine.backends import duck, files, native, run
from jinzhong_engine.backends.tests.streams import AS_OF, assert_equal, busy
from jinzhong_engine.features.windows import DAY, WEEK
from jinzhong_engine.tables import CALLS

HEAD = "caller,callee,start,seconds,kind,cell,imei,peer_city\n"
GOOD = "13800000001,057488880000,2021-05-30T10:00:00+08:00,12,domestic,c1,,0574\n"
LATEST = AS_OF + DAY


def read(path: Path, text: str) -> pa.Table:
    path.write_text(text, "utf-8")
    return files.read_events(path, CALLS, LATEST)


def test_csv_keeps_zeros_and_reads_offsets(tmp_path):
    [row] = read(tmp_path / "calls.csv", HEAD + GOOD).to_pylist()

    assert (row["callee"], row["peer_city"], row["imei"]) == ("057488880000", "0574", None)
    assert row["start"] == int(datetime(2021, 5, 30, 2, tzinfo=UTC).timestamp()) * 1_000_000


def test_a_date_cell_of_a_sheet_is_utc_as_every_time_without_a_zone(tmp_path):
    book = openpyxl.Workbook()
    book.active.append(HEAD.strip().split(","))
    book.active.append(
        ["13800000001", "057488880000", datetime(2021, 5, 30, 2), 12, "domestic", "c1", None, "0574"]
    )
    book.save(tmp_path / "calls.xlsx")

    [row] = files.read_events(tmp_path / "calls.xlsx", CALLS, LATEST).to_pylist()

    assert row["start"] == int(datetime(2021, 5, 30, 2, tzinfo=UTC).timestamp()) * 1_000_000
    assert (row["caller"], row["imei"]) == ("13800000001", None)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        (HEAD.replace("seconds,", "") + GOOD.replace("12,", ""), "column seconds is missing"),
        (HEAD + GOOD.replace("12", "-1"), "seconds is negative in row 1"),
        (HEAD + GOOD + GOOD.replace("2021", "1970"), "start is 1970-05-30T02:00:00.* in row 2"),
        (HEAD + GOOD.replace("2021", "2031"), "lies in the future"),
        (HEAD + GOOD + GOOD.replace("12,", "long,"), "column seconds is 'long' in row 2, not a whole number"),
        (
            HEAD + GOOD * 4 + GOOD.replace("2021-05-30T10:00:00+08:00", "yesterday") + GOOD * 4,
            "column start is 'yesterday' in row 5, not a time; write it with its zone, as 2021-",
        ),
        (HEAD + GOOD.replace("+08:00", ""), "column start is '2021-05-30T10:00:00' in row 1, not a time"),
        (HEAD + GOOD.replace("2021-05-30T10:00:00+08:00", "x" * 99), "column start is 'x{59}… in row 1"),
        (HEAD + GOOD + GOOD.replace("domestic", "voice"), "kind is 'voice' in row 2, not one of domestic, "),
        (HEAD + GOOD.replace("057488880000", ""), "column callee is empty in row 1"),
        (HEAD + "1,2\n", "calls.csv"),
        ("", "calls.csv"),
    ],
)
def test_what_cannot_be_true_is_refused_in_one_line(tmp_path, text, said):
    with pytest.raises(files.BadTable, match=said) as refused:
        read(tmp_path / "calls.csv", text)
    assert "\n" not in str(refused.value)


ROAMING = HEAD.replace("\n", ",roaming\n")


def test_a_file_may_lack_what_may_be_missing_and_say_it_in_few_ways(tmp_path):
    """Yes and no as true and false or as 1 and 0; an empty cell says nothing, as a file without the column does in every row."""
    said = ("true", "FALSE", "", "1", "0")
    text = ROAMING + "".join(GOOD.replace("\n", f",{one}\n") for one in said)

    assert read(tmp_path / "calls.csv", text)["roaming"].to_pylist() == [True, False, None, True, False]
    without = read(tmp_path / "calls.csv", HEAD + GOOD * 2)
    assert without.column_names == [one.name for one in CALLS.columns]
    assert without["roaming"].to_pylist() == [None, None]


def test_yes_and_no_of_a_sheet(tmp_path):
    book = openpyxl.Workbook()
    book.active.append(ROAMING.strip().split(","))
    for said in (True, None, False, 1, "false"):
        book.active.append([*GOOD.strip().split(",")[:3], 12, "domestic", "c1", None, "0574", said])
    book.save(tmp_path / "calls.xlsx")

    read_back = files.read_events(tmp_path / "calls.xlsx", CALLS, LATEST)

    assert read_back["roaming"].to_pylist() == [True, None, False, True, False]


@pytest.mark.parametrize("said", ["yes", "2", "是", "0.5"])
def test_neither_yes_nor_no_is_refused_by_its_row(tmp_path, said):
    text = ROAMING + GOOD.replace("\n", ",true\n") + GOOD.replace("\n", f",{said}\n")
    with pytest.raises(
        files.BadTable, match=f"column roaming is '{said}' in row 2, not true or false"
    ) as told:
        read(tmp_path / "calls.csv", text)
    assert "\n" not in str(told.value)


@pytest.mark.parametrize("engine", ["native", "duckdb"])
@pytest.mark.parametrize(
    ("values", "told"),
    [
        (pa.array([1, 2], pa.int64()), "column roaming is '2' in row 2, not true or false"),
        (pa.array([1.0, 0.0]), "column roaming: expected true or false, found double"),
    ],
)
def test_a_number_that_is_neither_yes_nor_no_is_refused(tmp_path, engine, values, told):
    rows = in_digits(busy(seed=4, count=2)[0]).cast(CALLS.schema)
    pq.write_table(rows.set_column(8, "roaming", values), tmp_path / "calls.parquet")
    with pytest.raises(files.BadTable, match=told):
        run.features(
            run.Events(tmp_path), as_of=AS_OF, latest=AS_OF + 2 * DAY, engine=engine, memory=None, tell=print
        )


@pytest.mark.parametrize(
    "number",
    [
        "+8613812341234", "008613812341234", "8613812341234", "+86 138 1234 1234", "138 1234 1234", "138-1234-1234",
        "013812341234", "１３８１２３４１２３４", "13812341234\u200b", "(0574)88881234", "+86574-88881234", "0574 88881234",
        "95588 ", "+1 650 555 0100", "138.1234.1234",
    ],
)  # fmt: skip
@pytest.mark.parametrize("column", ["caller", "callee"])
def test_a_number_written_otherwise_would_be_two_and_is_refused(tmp_path, number, column):
    """By its row, and without saying it: it may be somebody's."""
    was = {"caller": "13800000001", "callee": "057488880000"}[column]
    with pytest.raises(
        files.BadTable, match=f"calls.csv: {column} is not in canonical form in row 3; "
    ) as told:
        read(tmp_path / "calls.csv", HEAD + GOOD + GOOD + GOOD.replace(was, f'"{number}"') + GOOD)
    assert "1234 1234" not in str(told.value).replace("13812341234", "")


@pytest.mark.parametrize(
    "number",
    [
        "13812341234", "0574-88881234", "057488881234", "010-88881234", "01088881234", "95588", "96110", "114", "12345",
        "4008001234", "106550571234567", "+16505550100", "+85212345678", "+88012345678", "0016505550100", "0574-88881234x801",
    ],
)  # fmt: skip
def test_every_number_in_its_form_is_taken(tmp_path, number):
    taken = read(tmp_path / "calls.csv", HEAD + GOOD + GOOD.replace("057488880000", number))

    assert taken["callee"].to_pylist() == ["057488880000", number]


def coarse(unit: str, value: int) -> pa.Table:
    """A call whose time is kept in that unit."""
    one = busy(seed=4, count=2)[0]
    return one.set_column(2, "start", pa.array([AS_OF // 1_000_000, value]).cast(pa.timestamp(unit, "UTC")))


def test_a_time_beyond_all_clocks_is_told_in_the_users_words(tmp_path):
    """In seconds, as Spark and pandas may write them: more than microseconds can say."""
    pq.write_table(coarse("s", 2**45), tmp_path / "calls.parquet")

    with pytest.raises(files.BadTable, match=r"column start is '.*' in row 2, not a time") as told:
        files.read_events(tmp_path / "calls.parquet", CALLS, LATEST)
    assert "Casting" not in str(told.value)


@pytest.mark.parametrize("engine", ["native", "duckdb"])
@pytest.mark.parametrize(
    ("column", "value", "said"),
    [("callee", "+8613800000001", "callee is not in canonical form"), ("kind", "voice", "kind is 'voice'")],
)
def test_the_row_of_a_large_file_is_counted_from_its_beginning(tmp_path, engine, column, value, said):
    """Past the first batch that is read."""
    rows = busy(seed=4, count=70)[0].cast(CALLS.schema)
    many = pa.concat_tables([in_digits(rows)] * 1000)
    values = [*many[column].to_pylist()[:-1], value]
    spoilt = many.set_column(many.column_names.index(column), column, pa.array(values))
    pq.write_table(spoilt, tmp_path / "calls.parquet")

    with pytest.raises(files.BadTable, match=f"{said} in row 70000"):
        run.features(
            run.Events(tmp_path), as_of=AS_OF, latest=AS_OF + 2 * DAY, engine=engine, memory=None, tell=print
        )


def test_a_row_of_too_few_fields_is_told_by_its_line_and_not_by_what_it_says(tmp_path):
    path = tmp_path / "calls.csv"
    path.write_text("number,score\n13812341234,0.5\n\n13912341235\n")
    with pytest.raises(files.BadTable) as said:
        files.read_table(path)
    assert str(said.value) == f"{path}: line 4 has 1 fields, the head has 2"


def test_a_table_in_a_chinese_code_page_is_told_to_be_saved_otherwise(tmp_path):
    path = tmp_path / "calls.csv"
    path.write_bytes("number,peer_city\n13812341234,宁波\n".encode("gbk"))
    with pytest.raises(files.BadTable, match="not UTF-8; save it as CSV in UTF-8"):
        files.read_table(path)


def test_a_table_in_utf_16_is_told_to_be_saved_otherwise(tmp_path):
    (tmp_path / "calls.csv").write_text(HEAD + GOOD, "utf-16")

    with pytest.raises(files.BadTable, match="is UTF-16; save it as UTF-8"):
        files.read_events(tmp_path / "calls.csv", CALLS, LATEST)


@pytest.mark.parametrize("engine", ["native", "duckdb"])
def test_a_column_that_is_there_twice_is_named(tmp_path, engine):
    table = busy(seed=4, count=60)[0].cast(CALLS.schema)
    twice = pa.Table.from_arrays([*table.columns, table["callee"]], [*table.column_names, "callee"])
    pq.write_table(twice, tmp_path / "calls.parquet")
    given = run.Events(tmp_path)

    with pytest.raises(files.BadTable, match="column callee is there twice"):
        run.features(given, as_of=AS_OF, latest=AS_OF + DAY, engine=engine, memory=None, tell=print)


def test_folders_may_have_quotes_in_their_names(tmp_path, monkeypatch):
    odd = tmp_path / "Lin's"
    odd.mkdir()
    pq.write_table(CALLS.schema.empty_table(), odd / "calls.parquet")
    monkeypatch.setattr("tempfile.tempdir", str(odd))

    given = run.Events(odd / "calls.parquet")
    found = run.features(given, as_of=AS_OF, latest=LATEST, engine="duckdb", memory=None, tell=print)
    assert found.num_rows == 0


@pytest.mark.parametrize("engine", ["native", "duckdb", None])
def test_a_file_that_isnt_what_its_name_says_is_named(tmp_path, engine):
    (tmp_path / "calls.parquet").write_text("not Parquet at all", "utf-8")
    given = run.Events(tmp_path / "calls.parquet")

    with pytest.raises(files.BadTable, match=r"calls\.parquet: "):
        run.features(given, as_of=AS_OF, latest=LATEST, engine=engine, memory=None, tell=print)


@pytest.mark.parametrize("engine", ["native", "duckdb", None])
def test_a_file_that_is_damaged_in_the_middle_is_named(tmp_path, engine):
    calls, _messages = busy(3, 500)
    pq.write_table(calls.cast(CALLS.schema), path := tmp_path / "calls.parquet")
    page = pq.read_metadata(path).row_group(0).column(2).data_page_offset
    whole = path.read_bytes()
    path.write_bytes(whole[:page] + bytes([255]) * 60 + whole[page + 60 :])

    with pytest.raises(files.BadTable, match=r"calls\.parquet: "):
        run.features(run.Events(path), as_of=AS_OF, latest=LATEST, engine=engine, memory=None, tell=print)


def test_a_folder_of_parquet_gives_the_same_on_both_executors(tmp_path):
    rows = read(tmp_path / "calls.csv", HEAD + GOOD + GOOD.replace("05-30", "05-29")).to_pylist()
    times = [datetime.fromtimestamp(row["start"] / 1e6, UTC) for row in rows]
    for at, row in enumerate(rows):
        day = pa.Table.from_pylist([row | {"start": times[at]}], schema=CALLS.schema)
        pq.write_table(day, tmp_path / f"{at}.parquet")

    one = native.features(files.read_events(tmp_path, CALLS, LATEST), None, AS_OF)
    other = duck.features(files.lazily(tmp_path, CALLS, LATEST), None, AS_OF)

    assert one["out_calls_7d"].to_pylist() == [0, 2]
    assert one.select(["number", "active_days_7d"]).equals(other.select(["number", "active_days_7d"]))


def by_day(folder: Path, rows: pa.Table, *, change=lambda table: table) -> None:
    """A file for each day of the rows; ``change`` is done to the oldest one."""
    days = pc.divide(rows["start"], DAY)
    for at, day in enumerate(sorted(set(days.to_pylist()))):
        table = rows.filter(pc.equal(days, day)).cast(CALLS.schema)
        pq.write_table(change(table) if at == 0 else table, folder / f"{day}.parquet")


def in_digits(rows: pa.Table) -> pa.Table:
    """The same calls between numbers of digits."""
    for at, name in enumerate(("caller", "callee")):
        rows = rows.set_column(at, name, pc.replace_substring(rows[name], "n", "1540000"))
    return rows


@pytest.mark.parametrize("numbers", [lambda rows: rows, in_digits], ids=["words", "digits"])
def test_days_before_the_week_are_read_briefly_and_give_the_same(tmp_path, numbers):
    rows = numbers(busy(seed=4, count=6000)[0])
    by_day(tmp_path, rows)

    calls, earlier = files.read_calls(tmp_path, AS_OF + 2 * DAY, AS_OF - WEEK)

    read = pa.concat_tables(one.read() for one in earlier)
    assert read.column_names == list(files.EARLIER)
    assert calls.num_rows + read.num_rows == rows.num_rows
    assert read.num_rows > calls.num_rows > 0
    assert native.features(calls, None, AS_OF, earlier).equals(native.features(rows, None, AS_OF))


@pytest.mark.parametrize("lack", ["the old days", "some of the week", "none, and say it as a text"])
def test_of_a_folder_some_files_may_lack_what_may_be_missing(tmp_path, lack):
    """As if they said nothing; an old day is read as briefly as before."""
    rows = in_digits(busy(seed=4, count=6000)[0]).cast(CALLS.schema)
    known, before = [], 0
    for at, day in enumerate(sorted(set(pc.divide(rows["start"].cast(pa.int64()), DAY).to_pylist()))):
        table = rows.filter(pc.equal(pc.divide(rows["start"].cast(pa.int64()), DAY), day))
        is_old = (day + 1) * DAY <= AS_OF - WEEK
        before += is_old and lack != "none, and say it as a text"
        full = table
        if (lack == "the old days" and is_old) or (lack == "some of the week" and not is_old and at % 2):
            table = table.drop_columns("roaming")
            full = full.set_column(8, CALLS.schema.field(8), pa.nulls(len(full), pa.bool_()))
        elif lack == "none, and say it as a text":
            table = table.set_column(8, "roaming", pc.fill_null(table["roaming"].cast(pa.string()), ""))
        known.append(full)
        pq.write_table(table, tmp_path / f"{day}.parquet")

    _calls, earlier = files.read_calls(tmp_path, AS_OF + 2 * DAY, AS_OF - WEEK)
    one, other = (
        run.features(
            run.Events(tmp_path), as_of=AS_OF, latest=AS_OF + 2 * DAY, engine=engine, memory=None, tell=print
        )
        for engine in ("native", "duckdb")
    )

    assert len(earlier) == before
    assert_equal(one, other)
    plain = pa.concat_tables(known)
    plain = plain.set_column(2, "start", plain["start"].cast(pa.int64()))
    assert one.equals(native.features(plain, None, AS_OF))


def test_a_file_that_was_read_is_not_begun_again(tmp_path):
    by_day(tmp_path, in_digits(busy(seed=4, count=600)[0]))
    calls, earlier = files.read_calls(tmp_path, AS_OF + 2 * DAY, AS_OF - WEEK)
    assert calls.num_rows
    read = [one.read() for one in earlier]
    assert read
    assert not any(one.waits for one in earlier)

    files.read_ahead(earlier)
    assert not any(one._ahead for one in earlier)
    assert all(one.read().equals(before) for one, before in zip(earlier, read, strict=True))


def test_a_word_among_the_numbers_of_an_old_day_is_a_stranger(tmp_path):
    """The week's numbers are digits; on the oldest day somebody called a number that isn't."""

    def with_word(table):
        callees = ["95588#1", *table["callee"].to_pylist()[1:]]
        return table.set_column(1, table.schema.field("callee"), pa.array(callees))

    by_day(tmp_path, in_digits(busy(seed=4, count=6000)[0]), change=with_word)

    one = run.features(
        run.Events(tmp_path), as_of=AS_OF, latest=AS_OF + 2 * DAY, engine="native", memory=None, tell=print
    )
    other = duck.features(files.parquet_files(tmp_path), None, AS_OF)

    assert "95588#1" not in one["number"].to_pylist()
    for name in ("number", "out_calls_30d", "new_party_share_7d"):
        assert one[name].to_pylist() == other[name].to_pylist()


@pytest.mark.parametrize(
    ("column", "value", "said"),
    [
        ("kind", pa.scalar("voice"), "kind is 'voice' in row 1"),
        ("seconds", pa.scalar(-1, pa.int32()), "seconds is negative in row 1"),
        ("caller", pa.scalar(None, pa.string()), "column caller is empty in row 1"),
        ("kind", pa.scalar(None, pa.string()), "column kind is empty in row 1"),
        (
            "start",
            pa.scalar(datetime(1970, 5, 1, tzinfo=UTC), pa.timestamp("us", "UTC")),
            "start is 1970-05-01",
        ),
    ],
)
def test_an_old_day_that_cannot_be_true_is_refused_too(tmp_path, column, value, said):
    rows, _messages = busy(seed=4, count=600)

    def spoil(table):
        first = pa.array([value.as_py(), *table[column].to_pylist()[1:]], value.type)
        fields = [one.with_nullable(True) for one in table.schema]
        at = table.column_names.index(column)
        return table.set_column(at, fields[at], first)

    by_day(tmp_path, rows, change=spoil)

    with pytest.raises(files.BadTable, match=said):
        files.read_calls(tmp_path, AS_OF + 2 * DAY, AS_OF - WEEK)


@pytest.mark.parametrize("name", ["caller", "callee"])
def test_an_old_days_number_written_otherwise_is_refused_when_it_is_read(tmp_path, name):
    """The week's own numbers are as they should be; of the old day its footer can't say it."""

    def spoil(table):
        numbers = [*table[name].to_pylist()[:-1], "+8615400000001"]
        at = table.column_names.index(name)
        return table.set_column(at, table.schema.field(name), pa.array(numbers))

    rows = in_digits(busy(seed=4, count=600)[0])
    by_day(tmp_path, rows, change=spoil)

    for engine in ("native", "duckdb"):
        with pytest.raises(files.BadTable, match=rf"\d+\.parquet: {name} is not in canonical form in row \d"):
            run.features(
                run.Events(tmp_path),
                as_of=AS_OF,
                latest=AS_OF + 2 * DAY,
                engine=engine,
                memory=None,
                tell=print,
            )


def test_an_old_day_without_a_column_is_refused_too(tmp_path):
    rows, _messages = busy(seed=4, count=600)
    by_day(tmp_path, rows, change=lambda table: table.drop_columns("kind"))

    with pytest.raises(files.BadTable, match="column kind is missing"):
        files.read_calls(tmp_path, AS_OF + 2 * DAY, AS_OF - WEEK)


def test_written_numbers_read_back_to_the_same_bits(tmp_path):
    table = pa.table({"number": ["013"], "share": [1 / 3], "nothing": pa.array([None], pa.float64())})
    for name in ("t.csv", "t.parquet", "t.xlsx"):
        files.write_table(table, tmp_path / name)
        [row] = files.read_table(tmp_path / name).to_pylist()
        assert (row["number"], row["share"], row["nothing"]) == ("013", 1 / 3, None), name
