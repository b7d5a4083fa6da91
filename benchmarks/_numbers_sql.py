"""The features of numbers as an engineer writes them by hand for DuckDB: 45 of the catalogue's, and the twelve agreed ones.

Left out is what these calls don't tell: whether they roam, and what needs tables of known numbers.

``whole`` goes over the week's calls once for each grain that can't be had from another: by pair (parties, callers, who rang back), by
clock hour and pair (hours, days, the clock), by caller (counts), by handset; over the 30 days before, once by caller, once for the pairs
known before. Times are compared with literals, so that DuckDB skips the files of other days.
"""

from pathlib import Path

from jinzhong_engine.backends.files import clock_text
from jinzhong_engine.features.windows import DAY, HOUR, LOOKBACK, MONTH, WEEK

WHOLE = """
WITH w AS MATERIALIZED (
  SELECT caller, callee, epoch_us(start) AS ts, seconds, kind, cell, imei, peer_city, (epoch_us(start) + 28800000000) // 3600000000 AS hour
  FROM read_parquet('{folder}/*.parquet') WHERE start >= TIMESTAMPTZ '{week}' AND start < TIMESTAMPTZ '{as_of}'),
hour_pairs AS (SELECT caller, callee, hour, count(*) AS calls, count(*) FILTER (WHERE seconds > 0) AS answered, min(ts) AS first,
  max(ts) AS last, max(ts) FILTER (WHERE seconds > 0) AS last_answered FROM w GROUP BY ALL),
pairs AS MATERIALIZED (SELECT caller, callee, sum(calls) AS calls, sum(answered) AS answered, min(first) AS first, max(last) AS last,
  max(last_answered) AS last_answered FROM hour_pairs GROUP BY ALL),
earlier AS (SELECT caller, callee, epoch_us(start) AS ts FROM read_parquet('{folder}/*.parquet')
  WHERE start >= TIMESTAMPTZ '{lookback}' AND start < TIMESTAMPTZ '{week}'),
known AS (SELECT DISTINCT caller, callee FROM earlier SEMI JOIN pairs USING (caller, callee)),
parties AS (
  SELECT p.caller AS number, count(*) AS called, count(*) FILTER (WHERE k.caller IS NULL) AS new,
    count(*) FILTER (WHERE b.last > p.first) AS back, count(*) FILTER (WHERE p.last >= {hour}) AS in_hour,
    count(*) FILTER (WHERE p.last >= {day}) AS in_day, count(*) FILTER (WHERE p.calls = 1) AS once, max(p.calls) AS most,
    count(*) FILTER (WHERE p.answered > 0) AS reached, count(*) FILTER (WHERE p.last_answered >= {day}) AS reached_day
  FROM pairs p LEFT JOIN known k ON k.caller = p.caller AND k.callee = p.callee
    LEFT JOIN pairs b ON b.caller = p.callee AND b.callee = p.caller GROUP BY 1),
received AS (SELECT callee AS number, sum(calls) AS calls, count(*) AS callers, sum(answered) AS answered FROM pairs GROUP BY 1),
hours AS (SELECT caller AS number, hour, sum(calls) AS calls, count(*) AS parties FROM hour_pairs GROUP BY ALL),
of_number AS (SELECT number, max(calls) AS busiest, count(*) AS hours, max(parties) AS fanout, count(DISTINCT (hour // 24)) AS days,
  sum(calls) FILTER (WHERE hour % 24 < 7 OR hour % 24 >= 22) AS night FROM hours GROUP BY 1),
clock AS (SELECT number, hour % 24 AS of_day, sum(calls) AS calls FROM hours GROUP BY ALL),
entropy AS (SELECT number, log2(sum(calls)) - sum(calls * log2(calls)) / sum(calls) AS entropy FROM clock GROUP BY 1),
by_city AS (SELECT caller AS number, peer_city, count(*) AS calls FROM w WHERE peer_city IS NOT NULL GROUP BY ALL),
cities AS (SELECT number, count(*) AS cities, max(calls) / sum(calls) AS main FROM by_city GROUP BY 1),
used AS (SELECT DISTINCT caller AS number, imei FROM w WHERE imei IS NOT NULL),
on_it AS (SELECT imei, least(count(*), 1000) AS numbers FROM used GROUP BY 1),
handsets AS (SELECT number, count(*) AS handsets, max(numbers) AS numbers FROM used JOIN on_it USING (imei) GROUP BY 1),
cells AS (SELECT number, count(*) AS cells FROM (SELECT DISTINCT caller AS number, cell FROM w WHERE cell IS NOT NULL) GROUP BY 1),
made AS (
  SELECT caller AS number, count(*) AS made, count(*) FILTER (WHERE seconds < 10) AS short, count(*) FILTER (WHERE ts >= {hour}) AS last_hour,
    count(*) FILTER (WHERE ts >= {day}) AS last_day, count(*) FILTER (WHERE seconds > 0) AS answered, sum(seconds) AS seconds,
    max(seconds) AS longest, count(*) FILTER (WHERE kind = 'forwarded') AS forwarded,
    count(*) FILTER (WHERE kind = 'international') AS international, min(ts) AS first, max(ts) AS last FROM w GROUP BY 1),
before AS (SELECT caller AS number, count(*) FILTER (WHERE ts >= {month}) AS in_month, min(ts) AS first, max(ts) AS last FROM earlier GROUP BY 1),
texts AS (SELECT sender AS number, text_hash, receiver, count(*) AS messages FROM messages
  WHERE sent >= TIMESTAMPTZ '{week}' AND sent < TIMESTAMPTZ '{as_of}' GROUP BY ALL),
campaigns AS (SELECT number, max(receivers) AS widest FROM (SELECT number, count(*) AS receivers FROM texts GROUP BY number, text_hash) GROUP BY 1),
sent AS (SELECT number, sum(messages) AS messages, count(DISTINCT receiver) AS receivers FROM texts GROUP BY 1),
everybody AS (SELECT number FROM made UNION SELECT number FROM received)
SELECT number, coalesce(m.made, 0) AS out_calls_7d, coalesce(r.calls, 0) AS in_calls_7d,
  coalesce(m.made, 0) / (coalesce(m.made, 0) + coalesce(r.calls, 0)) AS out_share_7d, coalesce(p.called, 0) AS out_parties_7d,
  m.made / p.called AS calls_per_party_7d, m.short / m.made AS short_call_share_7d, coalesce(n.fanout, 0) AS max_fanout_1h_7d,
  coalesce(h.handsets, 0) AS handsets_7d, coalesce(n.days, 0) AS active_days_7d, e.entropy AS hour_entropy_7d,
  p.new / p.called AS new_party_share_7d, p.back / p.called AS callback_share_7d, coalesce(m.last_hour, 0) AS out_calls_1h,
  coalesce(m.last_day, 0) AS out_calls_1d, coalesce(m.made, 0) + coalesce(b.in_month, 0) AS out_calls_30d,
  7 * m.last_day / m.made AS day_surge_7d,
  coalesce(m.made, 0) / nullif(coalesce(m.made, 0) + coalesce(b.in_month, 0), 0) AS month_surge_30d,
  coalesce(n.busiest, 0) AS busiest_hour_7d, coalesce(n.hours, 0) AS active_hours_7d, m.made / n.hours AS calls_per_active_hour_7d,
  coalesce(p.in_hour, 0) AS out_parties_1h, coalesce(p.in_day, 0) AS out_parties_1d, coalesce(r.callers, 0) AS in_parties_7d,
  p.once / p.called AS once_share_7d, coalesce(p.most, 0) AS most_calls_party_7d, coalesce(c.cities, 0) AS city_count_7d,
  c.main AS main_city_share_7d, m.answered / m.made AS answered_share_7d, m.seconds / nullif(m.answered, 0) AS talk_mean_7d,
  m.longest AS talk_max_7d, coalesce(p.reached, 0) AS reached_7d, coalesce(p.reached_day, 0) AS reached_1d,
  r.answered / r.calls AS in_answered_share_7d, coalesce(n.night, 0) / m.made AS night_share_7d,
  ({now} - coalesce(b.first, m.first)) / {a_day} AS first_call_days_37d, (m.first - b.last) / {a_day} AS silent_days_37d,
  ({now} - m.last) / {a_day} AS idle_days_7d, coalesce(h.numbers, 0) AS handset_numbers_7d, coalesce(l.cells, 0) AS cells_7d,
  m.forwarded / m.made AS forwarded_share_7d, m.international / m.made AS international_share_7d,
  coalesce(s.messages, 0) AS sent_7d, coalesce(s.receivers, 0) AS receivers_7d, s.messages / s.receivers AS sent_per_receiver_7d,
  coalesce(t.widest, 0) AS campaign_7d
FROM everybody LEFT JOIN made m USING (number) LEFT JOIN received r USING (number) LEFT JOIN parties p USING (number)
  LEFT JOIN of_number n USING (number) LEFT JOIN entropy e USING (number) LEFT JOIN cities c USING (number)
  LEFT JOIN handsets h USING (number) LEFT JOIN cells l USING (number) LEFT JOIN before b USING (number)
  LEFT JOIN sent s USING (number) LEFT JOIN campaigns t USING (number) ORDER BY number
"""

TWELVE = """
WITH w AS MATERIALIZED (
  SELECT caller, callee, epoch_us(start) AS ts, seconds, imei, (epoch_us(start) + 28800000000) // 3600000000 AS hour
  FROM read_parquet('{folder}/*.parquet') WHERE start >= TIMESTAMPTZ '{week}' AND start < TIMESTAMPTZ '{as_of}'),
hour_pairs AS (SELECT caller, callee, hour, count(*) AS calls, min(ts) AS first, max(ts) AS last FROM w GROUP BY ALL),
pairs AS MATERIALIZED (SELECT caller, callee, sum(calls) AS calls, min(first) AS first, max(last) AS last FROM hour_pairs GROUP BY ALL),
known AS (SELECT DISTINCT caller, callee FROM read_parquet('{folder}/*.parquet') SEMI JOIN pairs USING (caller, callee)
  WHERE start >= TIMESTAMPTZ '{lookback}' AND start < TIMESTAMPTZ '{week}'),
parties AS (
  SELECT p.caller AS number, count(*) AS called, count(*) FILTER (WHERE k.caller IS NULL) AS new, count(*) FILTER (WHERE b.last > p.first) AS back
  FROM pairs p LEFT JOIN known k ON k.caller = p.caller AND k.callee = p.callee
    LEFT JOIN pairs b ON b.caller = p.callee AND b.callee = p.caller GROUP BY 1),
received AS (SELECT callee AS number, sum(calls) AS calls FROM pairs GROUP BY 1),
hours AS (SELECT caller AS number, hour, sum(calls) AS calls, count(*) AS parties FROM hour_pairs GROUP BY ALL),
of_number AS (SELECT number, max(parties) AS fanout, count(DISTINCT (hour // 24)) AS days FROM hours GROUP BY 1),
clock AS (SELECT number, hour % 24 AS of_day, sum(calls) AS calls FROM hours GROUP BY ALL),
entropy AS (SELECT number, log2(sum(calls)) - sum(calls * log2(calls)) / sum(calls) AS entropy FROM clock GROUP BY 1),
handsets AS (SELECT number, count(*) AS handsets FROM (SELECT DISTINCT caller AS number, imei FROM w WHERE imei IS NOT NULL) GROUP BY 1),
made AS (SELECT caller AS number, count(*) AS made, count(*) FILTER (WHERE seconds < 10) AS short FROM w GROUP BY 1),
everybody AS (SELECT number FROM made UNION SELECT number FROM received)
SELECT number, coalesce(m.made, 0) AS out_calls_7d, coalesce(r.calls, 0) AS in_calls_7d,
  coalesce(m.made, 0) / (coalesce(m.made, 0) + coalesce(r.calls, 0)) AS out_share_7d, coalesce(p.called, 0) AS out_parties_7d,
  m.made / p.called AS calls_per_party_7d, m.short / m.made AS short_call_share_7d, coalesce(n.fanout, 0) AS max_fanout_1h_7d,
  coalesce(h.handsets, 0) AS handsets_7d, coalesce(n.days, 0) AS active_days_7d, e.entropy AS hour_entropy_7d,
  p.new / p.called AS new_party_share_7d, p.back / p.called AS callback_share_7d
FROM everybody LEFT JOIN made m USING (number) LEFT JOIN received r USING (number) LEFT JOIN parties p USING (number)
  LEFT JOIN of_number n USING (number) LEFT JOIN entropy e USING (number) LEFT JOIN handsets h USING (number)
"""


def written(query: str, folder: Path, as_of: int) -> str:
    """The query over a folder of Parquet files, as of a moment."""
    moments = {
        name: clock_text(as_of - before)
        for name, before in (("as_of", 0), ("week", WEEK), ("lookback", LOOKBACK))
    }
    steps = {"hour": as_of - HOUR, "day": as_of - DAY, "month": as_of - MONTH, "now": as_of, "a_day": DAY}
    return query.format(folder=folder, **moments, **steps)
