"""The columns of every table that goes into the engine or comes out of it: the one contract with the product.

Numbers of phones and accounts are strings in canonical form, times are microseconds in UTC, money is yuan with two
decimals; days and hours, where a table or a file name speaks of them, are of Asia/Shanghai. A table may carry more columns than
stand here; those that stand here keep their names and types.

>>> [column.name for column in CALLS.columns][:4]
['caller', 'callee', 'start', 'seconds']
>>> CALLS.schema.field("start").type
TimestampType(timestamp[us, tz=UTC])
"""

from typing import NamedTuple

import pyarrow as pa

TEXT = pa.string()
TIME = pa.timestamp("us", tz="UTC")
DAY = pa.date32()
YUAN = pa.decimal128(14, 2)
COUNT = pa.int32()
REAL = pa.float64()
YES_NO = pa.bool_()


CALL_KINDS = ("domestic", "international", "forwarded")


class Column(NamedTuple):
    """``unit``: of a number; ``may_be_null``: that a row may lack it; ``may_be_missing``: that a whole file may, and then it is null in every row;
    ``one_of``: all that it may say; ``is_phone``: a phone number."""

    name: str
    type: pa.DataType
    meaning: str
    unit: str = ""
    may_be_null: bool = False
    may_be_missing: bool = False
    one_of: tuple[str, ...] = ()
    is_phone: bool = False


class Table(NamedTuple):
    """``path``: where a world or a command keeps it; a path that ends with / holds one file a local day."""

    name: str
    path: str
    about: str
    columns: tuple[Column, ...]

    @property
    def required(self) -> tuple[Column, ...]:
        """What every file has."""
        return tuple(one for one in self.columns if not one.may_be_missing)

    @property
    def schema(self) -> pa.Schema:
        return pa.schema([pa.field(c.name, c.type, nullable=c.may_be_null) for c in self.columns])


# -- what the operators, banks and police know -----------------------------------------------------------

CALLS = Table(
    "calls",
    "calls/",
    "One row per call attempt, ordered by start.",
    (
        Column("caller", TEXT, "number that calls", is_phone=True),
        Column("callee", TEXT, "number that is called", is_phone=True),
        Column("start", TIME, "when it began to ring"),
        Column("seconds", COUNT, "time talked; 0: not answered", "s"),
        Column("kind", TEXT, "domestic, international or forwarded", one_of=CALL_KINDS),
        Column("cell", TEXT, "cell of the caller's side", may_be_null=True),
        Column("imei", TEXT, "handset of the caller's side", may_be_null=True),
        Column(
            "peer_city",
            TEXT,
            "area code of the city at the called end, or the country's code with +",
            may_be_null=True,
        ),
        Column(
            "roaming",
            YES_NO,
            "whether the caller was outside its home network area",
            may_be_null=True,
            may_be_missing=True,
        ),
    ),
)
MESSAGES = Table(
    "messages",
    "messages/",
    "One row per short message, ordered by the time sent.",
    (
        Column("sender", TEXT, "number that sends, also of a service (106…)", is_phone=True),
        Column("receiver", TEXT, "number that receives", is_phone=True),
        Column("sent", TIME, "when it was sent"),
        Column("text_hash", TEXT, "keyed hash of the text, 16 hex digits: equal texts, equal hashes"),
    ),
)
SUBSCRIBERS = Table(
    "subscribers",
    "subscribers.parquet",
    "One row per number that was sold by an operator and is used in the district.",
    (
        Column("number", TEXT, "phone number", is_phone=True),
        Column("operator", TEXT, "who sold it"),
        Column("kind", TEXT, "mobile, landline, service or overseas"),
        Column("holder", TEXT, "person or company"),
        Column("city", TEXT, "area code of the city where it was sold", may_be_null=True),
        Column("town", TEXT, "code of the town where its holder lives", may_be_null=True),
        Column("opened", DAY, "day of activation"),
        Column("closed", DAY, "day of suspension or return", may_be_null=True),
        Column("numbers_on_id", COUNT, "numbers on the same identity document", may_be_null=True),
        Column("bill_yuan", REAL, "mean monthly bill", "yuan", may_be_null=True),
        Column("traffic_months", COUNT, "months of the last eight with app traffic", "months"),
        Column("apps", COUNT, "apps with traffic in these months"),
    ),
)
KNOWN = Table(
    "known",
    "(numbers features --known)",
    "Numbers that are known to be used for fraud.",
    (
        Column("number", TEXT, "phone number", is_phone=True),
        Column("since", TIME, "since when that is known"),
    ),
)
LABELS = Table(
    "labels",
    "(numbers labels --out)",
    "What people said of numbers.",
    (
        Column("number", TEXT, "phone number", is_phone=True),
        Column("fraud", COUNT, "1 fraud, 0 not"),
        Column("labelled_on", DAY, "day on which it was said"),
    ),
)
TRANSFERS = Table(
    "transfers",
    "transfers.parquet",
    "Money that moved: what the bank knows of ordinary payments and what cases brought to light.",
    (
        Column("transfer", TEXT, "id"),
        Column("at", TIME, "when it was booked"),
        Column("payer", TEXT, "account it left"),
        Column("payee", TEXT, "account it reached"),
        Column("payer_bank", TEXT, "bank of the payer"),
        Column("payee_bank", TEXT, "bank of the payee"),
        Column("amount_yuan", YUAN, "amount", "yuan"),
        Column("method", TEXT, "counter, atm, app, third_party or cash"),
        Column("tier", COUNT, "1: the account the victim paid; 2: paid by it; …", may_be_null=True),
        Column("case", TEXT, "case that brought it to light", may_be_null=True),
    ),
)
ALERTS = Table(
    "alerts",
    "alerts.parquet",
    "Somebody may be about to be robbed: what tellers, hotline and models say, in the order it came.",
    (
        Column("alert", TEXT, "id"),
        Column("at", TIME, "when it was raised"),
        Column("source", TEXT, "bank_outlet, hotline or operator_model"),
        Column("outlet", TEXT, "outlet that pressed", may_be_null=True),
        Column("town", TEXT, "town where the person is"),
        Column("area", TEXT, "urban or rural"),
        Column("customer", TEXT, "id of the person"),
        Column("customer_phone", TEXT, "number of the person"),
        Column("age", COUNT, "age of the person", "years"),
        Column("amount_yuan", YUAN, "amount about to go", "yuan", may_be_null=True),
        Column("payee_account", TEXT, "account it would go to", may_be_null=True),
        Column("payee_bank", TEXT, "its bank", may_be_null=True),
        Column("suspect_number", TEXT, "number that called", may_be_null=True),
        Column("signs", pa.list_(TEXT), "signs as person_warning names them"),
        Column("story", TEXT, "what the person says", may_be_null=True),
        Column("grade", TEXT, "grade by the ladder person_warning"),
    ),
)
VICTIM = pa.struct(
    [
        pa.field("person", TEXT), pa.field("phone", TEXT), pa.field("sex", TEXT), pa.field("age", COUNT),
        pa.field("job", TEXT),
    ]
)  # fmt: skip
CASES = Table(
    "cases",
    "cases.parquet",
    "One row per case of the register, ordered by the time of report.",
    (
        Column("case", TEXT, "case number"),
        Column("reported_at", TIME, "when it was reported"),
        Column("filed_at", TIME, "when it was filed"),
        Column("occurred_from", TIME, "when it began"),
        Column("town", TEXT, "code of the victim's town at the time"),
        Column("community", TEXT, "name of the community"),
        Column("area", TEXT, "urban or rural"),
        Column("source", TEXT, "how it came to the police"),
        Column("fraud_class", TEXT, "code of the taxonomy"),
        Column("raw_class", TEXT, "class as the station wrote it"),
        Column("channel", TEXT, "way of contact"),
        Column("loss_yuan", YUAN, "loss", "yuan"),
        Column("stopped_yuan", YUAN, "stopped on its way", "yuan", may_be_null=True),
        Column("narrative", TEXT, "what happened, without personal data"),
        Column(
            "victims", pa.list_(VICTIM), "persons robbed: id, phone, sex F or M, age in years, occupation"
        ),
        Column("status", TEXT, "filed or cleared"),
        Column("cleared_on", DAY, "day on which it was solved", may_be_null=True),
    ),
)
IDENTIFIERS = Table(
    "identifiers",
    "identifiers.parquet",
    "What a case knows of its offenders: one row per case and identifier, for linking.",
    (
        Column("case", TEXT, "case number"),
        Column("kind", TEXT, "number, account, app, url, chat, imei or cell"),
        Column("value", TEXT, "the identifier in canonical form"),
        Column("known_at", TIME, "when it was learned"),
    ),
)
OUTREACH = Table(
    "outreach",
    "outreach.parquet",
    "What was done to warn people: one row per action.",
    (
        Column("action", TEXT, "id"),
        Column("at", TIME, "when"),
        Column("kind", TEXT, "visit, speaker or message"),
        Column("town", TEXT, "code of the town"),
        Column("community", TEXT, "name of the community"),
        Column("fraud_class", TEXT, "class it warned of", may_be_null=True),
        Column("reached", COUNT, "people reached"),
        Column("minutes", REAL, "staff time", "min"),
    ),
)

# -- the truth, which only a synthetic world knows --------------------------------------------------------

TRUE_NUMBERS = Table(
    "truth/numbers",
    "truth/numbers.parquet",
    "What every number sold in the district, and every fraud number, really is. A number that is not here belongs to somebody elsewhere, or to a service.",
    (
        Column("number", TEXT, "phone number"),
        Column("role", TEXT, "fraud, resident or the kind of hard negative"),
        Column("gang", TEXT, "gang that uses it", may_be_null=True),
        Column("first_active", TIME, "first call, of a fraud number its first fraud call", may_be_null=True),
        Column("script", TEXT, "script of a fraud number: code of the fraud class", may_be_null=True),
        Column("manner", TEXT, "how a fraud number is used, as the profile names it", may_be_null=True),
        Column("suspended_at", TIME, "when it was suspended", may_be_null=True),
        Column("replaces", TEXT, "suspended number it took over from", may_be_null=True),
    ),
)
TRUE_GANGS = Table(
    "truth/gangs",
    "truth/gangs.parquet",
    "The hands behind the cases; a single offender is a gang of one case.",
    (
        Column("gang", TEXT, "id"),
        Column("fraud_class", TEXT, "its trade"),
        Column("cases", pa.list_(TEXT), "case numbers"),
        Column("numbers", pa.list_(TEXT), "numbers it used in the world's days"),
        Column("accounts", pa.list_(TEXT), "accounts it used"),
        Column("seat", TEXT, "city or country it calls from"),
    ),
)
TRUE_VICTIMS = Table(
    "truth/victims",
    "truth/victims.parquet",
    "Everybody whom an offender got to believe, robbed or stopped in time.",
    (
        Column("person", TEXT, "id of the person"),
        Column("number", TEXT, "number of the person"),
        Column("gang", TEXT, "gang that worked on the person"),
        Column("fraud_class", TEXT, "code of the taxonomy"),
        Column("case", TEXT, "case that came of it", may_be_null=True),
        Column("fraud_number", TEXT, "number that called the person", may_be_null=True),
        Column("contacted_at", TIME, "first contact"),
        Column("believed_at", TIME, "when the person began to believe"),
        Column("paid_at", TIME, "first payment", may_be_null=True),
        Column("reported_at", TIME, "when the person reported", may_be_null=True),
        Column("at_stake_yuan", YUAN, "what was or would have been taken", "yuan"),
        Column("lost_yuan", YUAN, "what was taken", "yuan"),
        Column("outcome", TEXT, "paid, stopped or doubted"),
        Column("is_repeat", YES_NO, "was a victim before"),
    ),
)

# -- what the engine makes of it -------------------------------------------------------------------------

_WINDOW = "in the 7 × 24 h before as-of"
NUMBER_FEATURES = Table(
    "number_features",
    "(numbers features --out)",
    f"One row per number that made or received a call {_WINDOW}; null where the denominator is 0.",
    (
        Column("number", TEXT, "phone number"),
        Column("out_calls_7d", pa.int64(), "calls made"),
        Column("in_calls_7d", pa.int64(), "calls received"),
        Column("out_share_7d", REAL, "made / (made + received)"),
        Column("out_parties_7d", pa.int64(), "distinct numbers called"),
        Column("calls_per_party_7d", REAL, "made / distinct numbers called", may_be_null=True),
        Column(
            "short_call_share_7d",
            REAL,
            "share of made calls under 10 s, unanswered included",
            may_be_null=True,
        ),
        Column("max_fanout_1h_7d", pa.int64(), "most distinct numbers called within one clock hour"),
        Column("handsets_7d", pa.int64(), "distinct IMEI over calls made"),
        Column("active_days_7d", pa.int64(), "local dates with a call made", "days"),
        Column(
            "hour_entropy_7d",
            REAL,
            "Shannon entropy of the local hour of calls made",
            "bit",
            may_be_null=True,
        ),
        Column(
            "new_party_share_7d",
            REAL,
            "share of the called numbers that it had not called in the 30 days before the window",
            may_be_null=True,
        ),
        Column(
            "callback_share_7d",
            REAL,
            "share of the called numbers that called it within the window, later than its first call to them there",
            may_be_null=True,
        ),
    ),
)
NUMBER_SCORES = Table(
    "number_scores",
    "(numbers score --out)",
    "The chance that a number is used for fraud, and why.",
    (
        Column("number", TEXT, "phone number; `id` where the features carry an id"),
        Column("score", REAL, "calibrated chance"),
        Column("reasons", TEXT, "reasons, most telling first", may_be_null=True),
    ),
)
AREA_COUNTS = Table(
    "area_counts",
    "(situation alarms --counts)",
    "Cases by area, class and day; rows of a week are summed.",
    (
        Column("area", TEXT, "code of the town or area"),
        Column("fraud_class", TEXT, "code of the taxonomy"),
        Column("date", DAY, "any day of the week"),
        Column("cases", pa.int64(), "cases reported"),
        Column("population", pa.int64(), "residents"),
    ),
)
AREA_ALARMS = Table(
    "area_alarms",
    "(situation alarms --out)",
    "What a week showed against what was expected, per area and class; class * is the area's total.",
    (
        Column("area", TEXT, "code of the town or area"),
        Column("fraud_class", TEXT, "code of the taxonomy, * for all"),
        Column("period", TEXT, "first day of the week"),
        Column("observed", pa.int64(), "cases"),
        Column("expected", REAL, "cases expected", may_be_null=True),
        Column("upper", REAL, "upper bound", may_be_null=True),
        Column("p", REAL, "chance of as many or more", may_be_null=True),
        Column("colour", TEXT, "green, blue, yellow, orange, red or none"),
        Column("reason", TEXT, "why, in an officer's words"),
    ),
)
INDEX_INPUTS = Table(
    "index_inputs",
    "(review index --inputs)",
    "Measured indicators of the performance index.",
    (
        Column("unit", TEXT, "code of the unit"),
        Column("kind", TEXT, "town, station, outlet or operator"),
        Column("indicator", TEXT, "id of the indicator"),
        Column("value", REAL, "value; missing is left out", may_be_null=True),
    ),
)

WORLD = (CALLS, MESSAGES, SUBSCRIBERS, TRANSFERS, ALERTS, CASES, IDENTIFIERS, OUTREACH)
TRUTH = (TRUE_NUMBERS, TRUE_GANGS, TRUE_VICTIMS)
RESULTS = (NUMBER_FEATURES, NUMBER_SCORES, AREA_COUNTS, AREA_ALARMS, INDEX_INPUTS)
TABLES = {one.name: one for one in (*WORLD, *TRUTH, *RESULTS)}
