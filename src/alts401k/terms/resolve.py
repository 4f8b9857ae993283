"""From documents to bare numbers: what the step needs of a fund, period by period, and its opening books."""
from datetime import date
from typing import NamedTuple

import numpy as np

from alts401k import chart
from alts401k.chart import Shape, shape_of
from alts401k.step import layout as at
from alts401k.terms.calendar import calendar, slots_needed
from alts401k.terms.fund import Fund, ManagedAccount
from alts401k.terms.pace import Ladder, ladder
from alts401k.terms.periods import asks_opt_in, period_terms, portfolios

OPENING_PRICE = 10.0
TARGET_AGE = 65
PACING_YEARS = 7


class Layer(NamedTuple):
    """One fee layer: where it is charged (sleeve index, -1 = vintage), its base and its yearly rate."""

    name: str
    sleeve: int
    base: str  # "net_assets" | "block"
    rate_yearly: float


class Family(NamedTuple):
    """A fund resolved for a monthly run; sleeves in canonical order, slow ones first.

    terms (years, n_terms), when (months, n_when) int64; b (n_accounts,), price (S + V,), state (2 V,) opening;
    asset names by sleeve (liquid holding) and by slow sleeve (private holding); marks by slow sleeve;
    calls and distributions (L,) monthly shares; spreads yearly fractions.
    """

    name: str
    shape: Shape
    sleeves: tuple[str, ...]
    vintages: tuple[int, ...]
    present: tuple[bool, ...]
    liquid_asset: tuple[str, ...]
    private_asset: tuple[str, ...]
    b: np.ndarray
    price: np.ndarray
    state: np.ndarray
    terms: np.ndarray
    when: np.ndarray
    smoothing: np.ndarray
    lag_months: np.ndarray
    report_months: np.ndarray
    call_share: np.ndarray
    distribution_share: np.ndarray
    line_spread_yearly: np.ndarray
    vline_spread_yearly: float
    layers: tuple[Layer, ...]
    first_month: int


class Slot(NamedTuple):
    """One sleeve place of a pair of funds: its name, whether it is slow, and a fund that defines it."""

    name: str
    slow: bool
    definition: Fund


def union(funds: tuple[Fund, ...]) -> tuple[Slot, ...]:
    """Every sleeve of the funds in canonical order: slow ones by name, then fast ones by name."""
    found: dict[tuple[bool, str], Slot] = {}
    for fund in funds:
        for name, sleeve in fund.sleeves.items():
            found.setdefault((not sleeve.slow, name), Slot(name, sleeve.slow, fund))
    return tuple(found[key] for key in sorted(found))


def common_slots(funds: tuple[Fund, ...]) -> int:
    """Ring slots that serve all the funds."""
    return max(slots_needed(fund) for fund in funds)


def vintage_for(fund: Fund, birth_year: np.ndarray, target_age: int = TARGET_AGE) -> np.ndarray:
    """Index of each person's vintage (n,): the target year nearest to birth year + target age, earlier on a tie."""
    if not fund.vintages:
        return np.zeros(len(birth_year), dtype=np.int64)
    distance = np.abs(np.asarray(fund.vintages)[None, :] - (np.asarray(birth_year)[:, None] + target_age))
    return np.argmin(distance, axis=1)


def saving_ratio(account: ManagedAccount, age: np.ndarray, pay: np.ndarray, balance: np.ndarray,
                 deferral: np.ndarray) -> np.ndarray:
    """How far each person's saving is along the path (n,): 1 = on it, 2 = twice what it asks.

    (balance / pay + deferral x years to 65) / (path's balance at that age + path's deferral x years to 65), each
    part only if the service is told of it. 1 for a person without pay, or of whom the path asks nothing.
    """
    have, asked = np.zeros(len(age)), np.zeros(len(age))
    known = np.ones(len(age), dtype=bool)
    to_go = np.maximum(0.0, TARGET_AGE - age)
    if account.path is not None and "balance" in account.uses:
        known = pay > 0.0
        have += np.divide(balance, pay, out=np.zeros(len(age)), where=known)
        asked += np.interp(age, account.path.ages, account.path.balance_to_pay)
    if account.path is not None and "deferral" in account.uses:
        have += deferral * to_go
        asked += account.path.deferral * to_go
    return np.divide(have, asked, out=np.ones(len(age)), where=known & (asked > 0.0))


def portfolio_for(fund: Fund, as_of: date, birth_year: np.ndarray, pay: np.ndarray, balance: np.ndarray,
                  deferral: np.ndarray, opted_in: np.ndarray | None) -> np.ndarray:
    """Index of each person's portfolio (n,), decided once, at the opening date: see ``periods.portfolios``.

    Without a managed account the vintage of the year of birth. With one, that of a target year which is
    ``years_earlier`` x (saving_ratio - 1) years earlier, at most ``most_years`` either way. opted_in bool (n,), read
    where the service asks; raises ValueError where it is needed and None.
    """
    account = fund.managed_account
    if account is None:
        return vintage_for(fund, birth_year)
    ratio = saving_ratio(account, as_of.year - birth_year, pay, balance, deferral)
    earlier = np.clip(account.years_earlier * (ratio - 1.0), -account.most_years, account.most_years)
    vintage = vintage_for(fund, birth_year - earlier)
    if not asks_opt_in(fund):
        return vintage
    if opted_in is None:
        raise ValueError("the managed account is told who opted in, and nobody was asked")
    return np.where(opted_in, vintage, vintage + max(1, len(fund.vintages)))


def years_left(fund: Fund, v: int, as_of: date, year: int) -> float:
    """Years from the start of the run's year ``year`` to the end of portfolio ``v``'s target year; 0 without
    vintages."""
    if not fund.vintages:
        return 0.0
    return fund.vintages[v % len(fund.vintages)] - (as_of.year + as_of.month / 12.0 - 1.0 + year)


def resolve(fund: Fund, slots: tuple[Slot, ...], n_slots: int, as_of: date, years: int,
            opening_usd: np.ndarray, outlook_usd: np.ndarray) -> Family:
    """Resolve ``fund`` on a pair's sleeve places for ``years`` years of months after ``as_of``.

    V portfolios: the vintages, twice where people may opt in (``periods.portfolios``). opening_usd (V,): net assets
    of each at the opening, in which every one stands at target, all unit prices are 10 and a private sleeve is a
    steady ladder (partnerships) or fully invested (evergreen). outlook_usd (years, V): their expected assets at the
    start of each year, by which commitments are paced.
    """
    n_slow = sum(slot.slow for slot in slots)
    n_vintages = portfolios(fund)
    shape = shape_of(n_vintages, len(slots), n_slow, n_slots)
    has = tuple(s.name in fund.sleeves and fund.sleeves[s.name].slow == s.slow for s in slots)
    source = [fund if h else s.definition for s, h in zip(slots, has, strict=True)]
    slow = tuple(s.name if h else None for s, h in zip(slots[:n_slow], has, strict=False))
    ladders = [_ladder(fund, name) for name in slow]
    sleeves = [f.sleeves[s.name] for f, s in zip(source, slots, strict=True)]
    terms = np.stack([_terms(fund, slots, has, ladders, shape, as_of, y) for y in range(years)])
    _pace(terms, shape, outlook_usd)
    b, price = _opening(fund, slots, has, ladders, shape, terms[0], opening_usd)
    marks = [s.mark for s in sleeves[:n_slow]]
    return Family(
        name=fund.name, shape=shape, sleeves=tuple(s.name for s in slots), vintages=fund.vintages, present=has,
        liquid_asset=tuple(s.liquidity.asset if s.slow else s.asset for s in sleeves),
        private_asset=tuple(s.asset for s in sleeves[:n_slow]),
        b=b, price=price, state=np.zeros(2 * n_vintages, dtype=np.int64), terms=terms,
        when=calendar(fund, slow, as_of, 12 * years, shape),
        smoothing=np.array([m.smoothing for m in marks], dtype=float),
        lag_months=np.array([m.lag_months for m in marks], dtype=np.int64),
        report_months=np.array([m.report_months for m in marks], dtype=np.int64),
        call_share=np.array([x.call_share for x in ladders], dtype=float),
        distribution_share=np.array([x.distribution_share for x in ladders], dtype=float),
        line_spread_yearly=np.array([s.line.spread_yearly for s in sleeves]),
        vline_spread_yearly=fund.line.spread_yearly,
        layers=_layers(fund, slots, has), first_month=as_of.month,
    )


def _ladder(fund: Fund, name: str | None) -> Ladder:
    """Rates of a slow sleeve's block: a partnership ladder, or an evergreen that calls what was subscribed."""
    pace = None if name is None else fund.blocks[fund.sleeves[name].block].pace
    return Ladder(1.0, 0.0, 0.0, 0.0) if pace is None else ladder(pace)


def _pace(terms: np.ndarray, shape: Shape, outlook_usd: np.ndarray) -> None:
    """Scale each year's commitments by what the sleeve is expected to need ``PACING_YEARS`` later against now.

    Money committed today is mostly invested by then; a sleeve that will be needed less commits less, and one past
    the run's end commits nothing. In place.
    """
    V, S, L, _ = (len(x) for x in shape)
    years = len(terms)
    g, t = at.terms_target(shape), at.terms_l(shape) + at.T_COMMIT * L
    for s in range(L):
        need = (terms[:, g + s * V:g + (s + 1) * V] * outlook_usd).sum(axis=1)
        later = np.zeros(years)
        later[:max(0, years - PACING_YEARS)] = need[PACING_YEARS:]
        terms[:, t + s] *= np.divide(later, need, out=np.zeros(years), where=need > 0.0)


def _layers(fund: Fund, slots: tuple[Slot, ...], has: tuple[bool, ...]) -> tuple[Layer, ...]:
    layers = [Layer(name, -1, "net_assets", rate) for name, rate in fund.trustee_fees.items()]
    if fund.managed_account is not None:
        layers.append(Layer("managed_account", -1, "net_assets", fund.managed_account.fee))
    for s, (slot, here) in enumerate(zip(slots, has, strict=True)):
        if not here:
            continue
        sleeve = fund.sleeves[slot.name]
        layers += [Layer(name, s, "net_assets", rate) for name, rate in sleeve.fees.items()]
        if slot.slow:
            layers.append(Layer("block_management", s, "block", fund.blocks[sleeve.block].mgmt_fee))
    return tuple(layers)


def _terms(fund: Fund, slots: tuple[Slot, ...], has: tuple[bool, ...], ladders: list[Ladder], shape: Shape,
           as_of: date, year: int) -> np.ndarray:
    """The terms vector of one year's months (n_terms,): those of the documents, and what a run adds to them."""
    names = tuple(slot.name if here else None for slot, here in zip(slots, has, strict=True))
    left = [years_left(fund, v, as_of, year) for v in range(len(shape.vintages))]
    x = np.array(period_terms(fund, names, shape, left, 1.0 / 12.0, float))
    for s, name in enumerate(names[:len(shape.slow)]):
        if name is not None:
            for family, value in _run_terms(fund, name, ladders[s]).items():
                x[at.terms_l(shape) + family * len(shape.slow) + s] = value
    return x


def _run_terms(fund: Fund, name: str, rates: Ladder) -> dict[int, float]:
    """Terms of a slow sleeve that only a run has: fees inside the block, and the pace of commitments.

    In books the manager's statement is net of its fees and commitments are made by documents.
    """
    block = fund.blocks[fund.sleeves[name].block]
    fee = block.incentive_fee
    invested = 1.0 - fund.sleeves[name].liquidity.target
    return {
        at.T_CARRY: fee.share if fee else 0.0,
        # without a catch-up the manager's part of profit above the hurdle is its share of it
        at.T_CATCH_UP: (fee.catch_up or fee.share) if fee else 0.0,
        at.T_HURDLE: fee.hurdle_yearly / 12.0 if fee else 0.0,
        at.T_COMMIT: rates.commitment_to_nav_yearly * invested / 12.0 if block.pace else 0.0,
        at.T_BLOCK_FEE: block.mgmt_fee / 12.0,
    }


def _opening(fund: Fund, slots: tuple[Slot, ...], has: tuple[bool, ...], ladders: list[Ladder], shape: Shape,
             terms: np.ndarray, opening_usd: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Opening balances (n_accounts,) and prices (S + V,): every vintage at target, contra accounts balancing."""
    V, S, L, _ = (len(x) for x in shape)
    b = np.zeros(chart.n_accounts(shape))
    price = np.full(S + V, OPENING_PRICE)
    target = terms[at.terms_target(shape):].reshape(S, V)
    held = target * np.asarray(opening_usd)[None, :]
    sleeve_usd = held.sum(axis=1)
    l, v0, h = chart.base_l(shape), chart.base_v(shape), chart.base_hold(shape)
    b[h:h + S * V] = (held / OPENING_PRICE).ravel()
    for s in range(S):
        if not has[s]:
            continue
        sleeve = fund.sleeves[slots[s].name]
        private = 0.0
        if s < L:
            private = sleeve_usd[s] * (1.0 - sleeve.liquidity.target)
            b[l + chart.ILLIQUID * L + s] = private
            b[l + chart.UNFUNDED * L + s] = private * ladders[s].unfunded_to_nav
            b[l + chart.COMMITTED * L + s] = -private * ladders[s].unfunded_to_nav
        cash = sleeve_usd[s] * sleeve.cash_target
        b[chart.CASH * S + s] = cash
        b[chart.LIQUID * S + s] = sleeve_usd[s] - private - cash
        b[chart.ISSUED * S + s] = -sleeve_usd[s] / OPENING_PRICE
    b[v0 + chart.HELD * V:v0 + (chart.HELD + 1) * V] = opening_usd / OPENING_PRICE
    b[v0 + chart.VISSUED * V:v0 + (chart.VISSUED + 1) * V] = -opening_usd / OPENING_PRICE
    b[v0 + chart.PLANS * V:v0 + (chart.PLANS + 1) * V] = -np.asarray(opening_usd)  # what plans paid in before
    return b, price
