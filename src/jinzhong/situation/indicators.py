"""What our own tables can measure of towns and police stations for the performance index; the rest is missing and shown so."""

from collections import Counter
from collections.abc import Iterable
from datetime import datetime

from jinzhong.district import queries as district
from jinzhong.situation import queries, work
from jinzhong.situation.periods import Period
from jinzhong.situation.work import Run
from jinzhong_engine.surveillance import rates
from jinzhong_engine.surveillance.index import Input

YEAR_DAYS = 365
PER = 10_000


def measured(period: Period, *, as_of: datetime) -> list[Input]:
    """Inputs of every town and station, as known before ``as_of``."""
    runs = [one for one in work.sent(period, viewer=None, as_of=as_of) if one.order.sent_at < as_of]
    by_town = _by_unit((one.order.warning.town_id, one) for one in runs if one.order.warning.town_id)
    by_station = _by_unit((one.order.station.code, one) for one in runs if one.order.station)
    found = _cases(period, as_of=as_of)
    for kind, units in (("town", by_town), ("station", by_station)):
        for unit, theirs in units.items():
            found += _orders(unit, kind, theirs, as_of=as_of)
    told = {one.unit for one in found}
    found += [
        Input(one.code, "station", "clear_rate", None)
        for one in district.units("station")
        if one.code not in told
    ]
    return found


def _by_unit(pairs: Iterable[tuple[str, Run]]) -> dict[str, list[Run]]:
    found: dict[str, list[Run]] = {}
    for unit, run in pairs:
        found.setdefault(unit, []).append(run)
    return found


def _cases(period: Period, *, as_of: datetime) -> list[Input]:
    now = queries.stats(period, viewer=None, as_of=as_of)
    before = {
        one.code: one.cases for one in queries.stats(period.last_year(), viewer=None, as_of=as_of).by_town
    }
    knows_last_year = queries.reaches_back_to(period.last_year().since, viewer=None, as_of=as_of)
    residents, year = district.residents(period.last), YEAR_DAYS / period.days
    quiet = _quiet_communities(period, as_of=as_of)
    found = []
    for town in now.by_town:
        if people := residents.get(town.code):
            low, high = (one / people * PER * year for one in rates.of_count(town.cases))
            rate = town.cases / people * PER * year
            found.append(Input(town.code, "town", "case_rate_10k", rate, low, high))
            found.append(Input(town.code, "town", "loss_per_capita", float(town.loss) / people * year))
        if knows_last_year and before.get(town.code):
            found.append(Input(town.code, "town", "yoy", (town.cases / before[town.code] - 1) * 100))
        if town.code in quiet:
            found.append(Input(town.code, "town", "zero_share", quiet[town.code]))
    return found


def _quiet_communities(period: Period, *, as_of: datetime) -> dict[str, float]:
    """Share of each town's communities without a case, %."""
    all_of = Counter(town for town, _name in district.communities())
    hit = queries.rows(period, viewer=None, as_of=as_of).exclude(community=None)
    with_case = Counter(town for town, _id in set(hit.order_by().values_list("community__town", "community")))
    return {town: (count - with_case[town]) / count * 100 for town, count in all_of.items()}


def _orders(unit: str, kind: str, runs: list[Run], *, as_of: datetime) -> list[Input]:
    """Signed in time, of the orders whose time to sign has passed; met, of those that ask for it."""
    signs = [one for run in runs for one in run.deadlines if one.kind == "sign" and one.due < as_of]
    meets = [run for run in runs if run.order.meet_by and run.order.meet_by < as_of]
    return [
        *share(unit, kind, "sign_ontime", sum(not one.is_missed for one in signs), len(signs)),
        *share(unit, kind, "meet_rate", sum(run.met_at is not None for run in meets), len(meets)),
    ]


def share(unit: str, kind: str, indicator: str, part: int, whole: int) -> list[Input]:
    """Part of the whole in percent, with its interval; nothing where there is no whole."""
    if not whole:
        return []
    low, high = (one * 100 for one in rates.of_share(part, whole))
    return [Input(unit, kind, indicator, part / whole * 100, low, high)]
