"""``complexity.managed_account``: what a service that chooses people's vintages is told, does and costs."""
from typing import get_args

from alts401k import law
from alts401k.measure.managed import Moves, moves
from alts401k.simulate.members import Joined
from alts401k.terms.fund import Feed, ManagedAccount
from alts401k.terms.periods import asks_opt_in
from alts401k.terms.resolve import vintage_for
from alts401k.verbs.gather import Gathered

EXAMPLE = "l2"


def managed_account(g: Gathered, joined: Joined) -> dict | None:
    """What the proposed fund's managed account does to its people, ``joined`` to it; None if it has none."""
    fund = g.case.fund
    account = fund.managed_account
    if account is None:
        return None
    found = moves(g.people.weight, joined.vintage, vintage_for(fund, g.people.birth_year), len(fund.vintages))
    asked = asks_opt_in(fund)
    alone = found.same == 1.0 and (found.opted_in == 1.0 or not asked)
    return {
        "uses": list(account.uses), "not_told": _not_told(account), "fee": account.fee,
        "moved_earlier": found.earlier, "moved_later": found.later, "same_vintage": found.same,
        "opted_in": found.opted_in if asked else None, "same_as_vintage": alone, "example": EXAMPLE,
        "note": " ".join([_said(account), _done(found, asked), _example(alone)]),
    }


def _not_told(account: ManagedAccount) -> list[str]:
    return [word for word in get_args(Feed) if word not in account.uses]


def _said(account: ManagedAccount) -> str:
    missing = _not_told(account)
    rest = f", and is not told {', '.join(missing)}" if missing else ""
    return (f"Of each person the service is told {', '.join(account.uses)}{rest}; it costs {account.fee:.2%} a year "
            "of the whole account.")


def _done(found: Moves, asked: bool) -> str:
    private = (f"{found.opted_in:.0%} opted in to private sleeves; the others hold the same vintages with the private "
               "weights given back to the listed sleeves." if asked else "")
    return (f"It puts {found.earlier:.0%} of the people in an earlier target year than their age alone would, "
            f"{found.later:.0%} in a later one, {found.same:.0%} in the same. It decides once, at the opening."
            f"{' ' if private else ''}{private}")


def _example(alone: bool) -> str:
    rule = law.rule("erisa.404a-6.proposed")
    cite = f"Worked example {EXAMPLE} of the proposed 29 CFR 2550.404a-6 ({rule.values[0]['cite']}; not in force)"
    if alone:
        return (f"Every person's portfolio is the plain vintage, for the service's fee more. {cite} has these facts: "
                "a managed account fed with age alone, much like the plan's cheaper target-date fund. They do not "
                "establish that the fiduciary satisfied the factor on complexity, which is not a finding of breach.")
    return (f"{cite} is the one to read: what is paid for has to be understood, and the data it needs has to be fed.")
