"""``liquidity.participant_exit``: how people leave a fund that is offered directly and buys units back on dates."""
import numpy as np

from alts401k import law
from alts401k.measure.exits import FIRST_YEARS, PLAN_SHARE, Exit, Offers, exits
from alts401k.simulate.members import Joined
from alts401k.terms.calendar import deals
from alts401k.terms.fund import Repurchase
from alts401k.verbs.gather import Gathered

TRANSFER, FIRST_DAYS = "erisa.404c-5.transfer", "erisa.404c-5.first_90_days"
LEAST, MOST = "ica.23c-3.offer_least", "ica.23c-3.offer_most"


def participant_exit(g: Gathered, joined: Joined) -> dict | None:
    """Waits of the proposed fund's members, ``joined`` to it, and of a plan that leaves; None if it deals daily."""
    terms, as_of = g.case.fund.repurchase, g.case.plan.as_of
    if terms is None:
        return None
    months = [t for t in range(1, 12 * (FIRST_YEARS + 1) + 1) if deals(as_of, t, terms.every_months)]
    offers = Offers(terms.every_months, terms.limit, terms.notice_days, terms.payment_days, np.array(months))
    rule = law.value(TRANSFER, as_of)
    found = exits(offers, joined.outlook_usd, joined.members.turnover, joined.members.retired, int(rule.value))
    return {
        "frequency_months": terms.every_months, "limit": terms.limit, "notice_days": terms.notice_days,
        "meets_three_month_rule": found.within_rule, "rule_cite": rule.cite,
        "wait_days": {"p50": found.waits.p50, "p95": found.waits.p95, "max": found.waits.most},
        "plan_exit_days": found.plan.days, "unpaid_share_first_date": found.plan.unpaid_share_first_date,
        "note": " ".join([_terms(terms) + _offers(g, terms), _waits(found), _plan(found), _rule(g, found)]),
    }


def _terms(terms: Repurchase) -> str:
    return (f"Units are bought back every {terms.every_months} months, up to {terms.limit:.1%} of the fund on a date, "
            f"if asked {terms.notice_days} days before it, and paid {terms.payment_days} days after it. Beyond the "
            "limit everybody is paid the same part, and what is not paid is asked again on the next date.")


def _offers(g: Gathered, terms: Repurchase) -> str:
    """What an interval fund must offer, where the law room has it for the plan's date."""
    least, most = (law.look(rule, g.case.plan.as_of) for rule in (LEAST, MOST))
    if g.case.fund.vehicle_type != "INTERVAL_23C3" or isinstance(least, law.Absent) or isinstance(most, law.Absent):
        return ""
    inside = least.value <= 100.0 * terms.limit <= most.value
    return (f" An interval fund offers to buy back {least.value}% to {most.value}% at a time ({least.cite}), "
            f"{'as these terms do' if inside else 'which these terms do not'}.")


def _waits(found: Exit) -> str:
    waits = found.waits
    short = (f"{waits.dates_below_one:.0%} of the dates pay less than what is asked, at worst "
             f"{waits.smallest_fill:.0%} of it. " if waits.dates_below_one > 0.0 else "")
    return (f"Who waits: people who change jobs and people who retire ({waits.retired_share:.0%} of the leaving "
            f"dollars) in the first {FIRST_YEARS} years; half of the dollars wait {waits.p50:.0f} days or more, one in "
            f"twenty {waits.p95:.0f} days or more, the last of them {waits.most:.0f} days. Whoever only wishes to move "
            f"to another fund asks on the same dates and waits as long. {short}The run itself pays leavers at once; "
            "these waits are worked out beside it, from outflows that are the same on every path, and more people may "
            "ask when markets fall.")


def _plan(found: Exit) -> str:
    return (f"If one plan of {PLAN_SHARE:.0%} of the fund leaves at once, {found.plan.unpaid_share_first_date:.0%} of "
            f"what is asked on the first date is unpaid, its own and everybody else's, and the last of it is paid "
            f"after {found.plan.days:.0f} days.")


def _rule(g: Gathered, found: Exit) -> str:
    as_of = g.case.plan.as_of
    rule, early = law.value(TRANSFER, as_of), law.value(FIRST_DAYS, as_of)
    asks = (f"a person who was defaulted may move out at least once in any {rule.value} months ({rule.cite}; "
            f"evidence {rule.evidence}, to {rule.status_as_of})")
    early_days = (f"For the first {early.value} days nothing at all may restrict a transfer ({early.cite}), and a "
                  "date to wait for is a restriction.")
    if found.within_rule:
        return (f"Where the fund is the plan's default, {asks}: on these outflows every request was paid in full, "
                f"which a limit does not promise. {early_days}")
    return (f"As the plan's default it would not meet the transfer rule, by which {asks}: not when a date pays less "
            f"than what is asked, nor when dates are further apart. {early_days}")
