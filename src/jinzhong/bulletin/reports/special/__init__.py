"""专项行动通报: a campaign with a beginning and an end of its own, against as many days before it and against the rest."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta

from jinzhong.bulletin.content import Content
from jinzhong.bulletin.models import Campaign
from jinzhong.bulletin.paper.blocks import Paper
from jinzhong.bulletin.reports.base.look import Look
from jinzhong.bulletin.reports.special import figures, lists, passages
from jinzhong.bulletin.reports.special import layout as sheet
from jinzhong.district.models import Account
from jinzhong.situation.figures import Only
from jinzhong.situation.periods import Period

TITLE = "专项行动通报"


class Before(Look):
    """Held against exactly as many days before: months differ in length."""

    @property
    def before(self) -> Period:
        return Period(self.period.since - timedelta(days=self.period.days), self.period.since)


@dataclass(frozen=True)
class Special:
    """The report about one campaign, whatever day is named."""

    campaign: Campaign
    TITLE: str
    RULES: str = "special-2021-06-02"
    TWO_PERSONS: bool = True

    def period(self, day: date) -> Period:
        return Period(self.campaign.since, self.campaign.until)

    def compose(self, day: date, *, viewer: Account | None, as_of: datetime) -> Content:
        held = self.campaign
        only = Only(town=",".join(held.towns), fraud_class=",".join(held.classes))
        look = Before(self.period(day), "期内", "此前", viewer, as_of, only)
        towns = lists.towns(look)
        told = figures.figures(look) | figures.of_towns(look, towns)
        return {
            "complete": look.is_over,
            "since": held.since.isoformat(),
            "until": held.until.isoformat(),
            "campaign": {"number": held.number, "title": held.title, "towns": held.towns, "classes": held.classes},
            "figures": {key: one.as_json() for key, one in told.items()},
            "towns": towns,
            "classes": lists.classes(look),
            "bars": lists.bars(look),
            "cases": lists.largest(look),
            "passages": passages.drafted(look, towns),
        }  # fmt: skip

    def layout(self, content: Content) -> Paper:
        return sheet.paper(content)


def about(number: str) -> Special:
    """The report about the campaign of this number. Raises KeyError."""
    held = (
        Campaign.objects.filter(number=int(number)).first()
        if number.isdecimal() and len(number) < 9
        else None
    )
    if held is None or number != str(held.number):
        raise KeyError(number)
    return Special(held, held.title)
