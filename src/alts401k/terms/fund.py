"""A fund family as its documents describe it: vintages, sleeves, their blocks, gates, fees, bands."""

from datetime import date
from typing import Annotated, Literal

from pydantic import BeforeValidator, Field, StringConstraints, model_validator

from alts401k.terms import checks
from alts401k.terms.fields import (
    Document,
    Line,
    Name,
    Named,
    Row,
    field,
    leaves,
    rate,
    recorded,
    share,
    whole_number,
)

VehicleType = Literal[
    "CIT",
    "INTERVAL_23C3",
    "TENDER_13E4",
    "NT_BDC",
    "NT_REIT",
    "LP_CLOSED",
    "ETF",
    "SMA",
    "MUTUAL_FUND",
]
Frequency = Literal["D", "M", "Q", "S", "A"]
Unfilled = Literal["LAPSE", "CARRY", "CARRY_PRIORITY"]
Window = Annotated[Literal[1, 3, 6, 12], BeforeValidator(whole_number)]
Feed = Literal["age", "pay", "balance", "deferral", "opt_in"]
Priority = Literal["DEATH", "DISABILITY", "HARDSHIP", "RMD", "QDRO", "SMALL_RESIDUAL"]
Weight = Annotated[float, Field(ge=0.0, le=1.0)]
Fee = Annotated[float, Field(ge=0.0, lt=0.5)]
Lei = Annotated[str, StringConstraints(pattern=r"^[A-Z0-9]{18}[0-9]{2}$")]
Cusip = Annotated[str, StringConstraints(pattern=r"^[A-Z0-9*@#]{8}[0-9]$")]
Isin = Annotated[str, StringConstraints(pattern=r"^[A-Z]{2}[A-Z0-9]{9}[0-9]$")]
Figi = Annotated[str, StringConstraints(pattern=r"^[A-Z]{2}G[A-Z0-9]{8}[0-9]$")]
Sha256 = Annotated[str, StringConstraints(pattern=r"^[0-9a-f]{64}$")]
UNDESCRIBED = ("name", "modelled_on", "similar_because", "public_terms")


class CreditLine(Document):
    """A committed credit line: drawn for timing gaps, never a source of return."""

    cap: float = share("largest amount drawn", 0.0)
    spread_yearly: float = rate("interest above the cash rate on what is drawn", 0.0)


class GlidePath(Document):
    """Target weights by years to the target date: linear between the columns, flat outside them."""

    years_to_target: Row[float] = field(
        "years left to the target date, one a column, falling; below 0 is after it; [0] without vintages",
        "years",
        min_length=1,
    )
    weights: Named[Row[Weight]] = field(
        "one row a sleeve, one weight a column of years_to_target; every column adds up to 1",
        "fraction of the vintage's net assets",
        min_length=1,
    )


class Rebalance(Document):
    """How far weights may stray and how much is moved at once."""

    fast_band: float = share("daily sleeves trade back to target beyond this distance", 0.0)
    slow_band: float = share("monthly and quarterly sleeves ask for a trade beyond this distance", 0.03)
    max_change: float = share("largest trade of a slow sleeve in one period", 0.02)


class Regime(Document):
    """When a vintage leaves GREEN: private weight over target, and cover of calls and stressed outflow."""

    amber_over_target: float = share("private weight above target that means AMBER", 0.03)
    hard_cap_over_target: float = share("private weight above target that means RED", 0.05)
    coverage_amber: float = field("cover below this means AMBER", "times", 1.5, ge=0.0, le=100.0)
    coverage_red: float = field("cover below this means RED", "times", 1.1, ge=0.0, le=100.0)
    coverage_gated: float = field("cover below this means GATED", "times", 1.0, ge=0.0, le=100.0)
    unfunded_share: float = share(
        "c1: part of unfunded commitments counted as due", 1.0, of="unfunded commitments"
    )
    stressed_outflow: float = share("c2: participants' stressed outflow counted as due", 0.05)
    clean_periods: int = field(
        "periods in a row that must be clean before a regime eases", "periods", 2, ge=1, le=60
    )


class Liquidity(Document):
    """The liquid part a slow sleeve keeps to meet calls and redemptions."""

    asset: Name = field("what the liquidity sub-sleeve holds", "name of an asset")
    target: float = share("share held at target", of="the sleeve's net assets")
    minimum: float = share("refilled below this", of="the sleeve's net assets")
    maximum: float = share("invested above this", of="the sleeve's net assets")


class Gate(Document):
    """A limit on what a slow sleeve pays out to the vintages within a rolling window."""

    window_months: Window = field("length of the rolling window", "months")
    pct: float = share("largest payment within the window", of="the sleeve's opening net assets")


class Mark(Document):
    """How a private holding is valued: reported = (1 - smoothing) x truth + smoothing x previous report."""

    smoothing: float = field(
        "weight of the previous report in the next one (lambda)", "fraction", ge=0.0, lt=1.0
    )
    lag_months: int = field("age of the truth that a report describes", "months", ge=0, le=11)
    report_months: Window = field("months between reports; in between the last one stands", "months")


class Sleeve(Document):
    """A unitised fund that every vintage shares: daily ones are fast, others gated, dealt by calendar."""

    asset: Name = field("what it holds, in the market universe or in assumptions.assets", "name of an asset")
    dealing: Literal["daily", "monthly", "quarterly"] = field("how often vintages deal with it", "word")
    fees: Named[Fee] = field("fees charged in the sleeve, by layer", "fraction a year", {})
    cash_target: float = share("cash kept for flows", 0.0, of="the sleeve's net assets")
    line: CreditLine = field("the sleeve's credit line", "table", CreditLine())
    price_places: int = field("decimal places of its price inside the family", "places", 10, ge=10, le=12)
    block: Name | None = field("slow sleeves: the term sheet it invests through", "name in blocks", None)
    liquidity: Liquidity | None = field("slow sleeves: the liquidity sub-sleeve", "table", None)
    floor: float = share(
        "slow sleeves: cash that redemptions may not use", 0.005, of="the sleeve's net assets"
    )
    gates: Row[Gate] = field(
        "slow sleeves: one or two limits on payments to vintages", "tables", (), max_length=2
    )
    crossing: bool = field(
        "slow sleeves: may vintages cross units at the struck price", "true or false", True
    )
    open: bool = field("slow sleeves: are subscriptions open", "true or false", True)
    unfilled: Unfilled = field(
        "slow sleeves: what becomes of an unfilled request; LAPSE runs", "word", "LAPSE"
    )
    mark: Mark | None = field("slow sleeves: how the private holding is valued", "table", None)

    @property
    def slow(self) -> bool:
        """Gated and dealt by calendar rather than every day."""
        return self.dealing != "daily"


class RollingGate(Document):
    """A limit on what a building block pays out within a rolling window."""

    window: Window = field("length of the rolling window", "months")
    pct: float = share("largest payment within the window", of="the base")
    base: Literal["NAV", "UNITS"] = recorded("what the percentage is of", "word", "NAV")
    base_date: Literal["PRIOR_PERIOD_END"] = recorded("when the base is measured", "word", "PRIOR_PERIOD_END")


class IncentiveFee(Document):
    """The manager's share of profit above a hurdle."""

    share: float = share("part of the profit", of="profit")
    hurdle_yearly: float = rate("return before the fee is owed", 0.0)
    catch_up: float = field(
        "manager's part of profit above the hurdle until its share is whole; 0 = none",
        "fraction",
        0.0,
        ge=0.0,
        le=1.0,
    )
    crystallise: Literal["yearly", "quarterly"] = field("how often it falls due", "word")


class Pace(Document):
    """Takahashi-Alexander pace of closed partnerships, in years of a partnership's life."""

    call_rates: Row[Weight] = field(
        "part of the unfunded commitment called each year; the last repeats",
        "fraction a year",
        min_length=1,
        max_length=60,
    )
    life_years: int = field("age at which everything left is distributed", "years", ge=2, le=60)
    bow: float = field("power of (age / life) in the rate of distribution", "power", gt=0.0, le=20.0)
    growth_yearly: float = field(
        "growth of the holdings assumed by the pace", "fraction a year", ge=-0.5, le=1.0
    )
    yield_yearly: float = field("least rate of distribution", "fraction a year", 0.0, ge=0.0, le=1.0)
    scale: float = field(
        "factor on calls, distributions and value (calls beyond the commitment)",
        "factor",
        1.0,
        gt=0.0,
        le=3.0,
    )
    commitment_growth_yearly: float = field(
        "growth of new commitments from year to year", "fraction a year", ge=-0.5, le=0.5
    )


class Block(Document):
    """The term sheet of what a slow sleeve invests through: all data, no code."""

    vehicle_type: VehicleType = field("legal form", "word")
    legal_name: Line = recorded("name in its documents", "text", "")
    lei: Lei | None = recorded("legal entity identifier", "20 characters", None)
    cusip: Cusip | None = recorded("CUSIP", "9 characters", None)
    isin: Isin | None = recorded("ISIN", "12 characters", None)
    figi: Figi | None = recorded("FIGI", "12 characters", None)
    aip_security_id: Line | None = recorded(
        "security id in DTCC's alternative investment platform", "text", None
    )
    subscription_freq: Frequency | None = recorded(
        "how often it takes subscriptions: day, month, quarter, half-year (S), year (A)", "word", None
    )
    subscription_notice_bd: int | None = recorded(
        "notice of a subscription", "business days", None, ge=0, le=260
    )
    redemption_freq: Frequency | None = field(
        "how often it pays redemptions: day, month, quarter, half-year (S), year (A)", "word", None
    )
    notice_days: int | None = field(
        "notice of a redemption before its dealing date", "calendar days", None, ge=0, le=366
    )
    request_deadline_rule: Line | None = recorded(
        "when a request is late, in the document's words", "text", None
    )
    pricing_lag_days: int | None = recorded(
        "from deadline to the date whose price is used", "calendar days", None, ge=0, le=366
    )
    payment_lag_days: int | None = recorded("from pricing to payment", "calendar days", None, ge=0, le=366)
    gate_pct_period: float | None = field(
        "largest payment on one dealing date", "fraction of the block's net assets", None, ge=0.0, le=1.0
    )
    gate_pct_rolling: Row[RollingGate] = field("largest payments within rolling windows", "tables", ())
    gate_scope: Literal["FUND", "INVESTOR"] = recorded(
        "who the limit is for: the whole block or each investor", "word", "FUND"
    )
    overflow_pct: float | None = recorded(
        "extra that may be paid when requests exceed the limit",
        "fraction of outstanding shares",
        None,
        ge=0.0,
        le=1.0,
    )
    unfilled: Unfilled | None = field("what becomes of an unfilled request; LAPSE runs", "word", None)
    priority_classes: Row[Priority] = recorded("requests paid before others", "words", ())
    lockup_months: int | None = recorded("months before a first redemption", "months", None, ge=0, le=240)
    early_redemption_fee_pct: float | None = recorded(
        "fee on early redemptions", "fraction of the payment", None, ge=0.0, le=0.5
    )
    early_redemption_fee_window_months: int | None = recorded(
        "how long that fee applies", "months", None, ge=0, le=240
    )
    holdback_pct: float | None = recorded(
        "part of a full redemption held back", "fraction of the payment", None, ge=0.0, le=1.0
    )
    holdback_until_audit: bool | None = recorded("is it held until the audit", "true or false", None)
    in_kind_allowed: bool | None = recorded("may it pay in kind", "true or false", None)
    suspension_rights: Line | None = recorded("when it may suspend, in the document's words", "text", None)
    valuation_freq: Literal["D", "W", "M", "Q", "S", "A"] | None = recorded(
        "how often it is valued: day, week, month, quarter, half-year (S), year (A)", "word", None
    )
    valuation_lag_days: int | None = recorded(
        "from the valuation date to its publication", "calendar days", None, ge=0, le=366
    )
    estimate_policy_id: Line | None = recorded(
        "policy that governs estimates between valuations", "text", None
    )
    mgmt_fee: float = rate("manager's fee on net asset value, charged inside the block", 0.0)
    incentive_fee: IncentiveFee | None = field("manager's share of profit", "table", None)
    leverage: float = field(
        "borrowing inside the block, counted in look-through leverage", "debt / equity", 0.0, ge=0.0, le=20.0
    )
    leverage_max: float | None = recorded(
        "largest borrowing its documents allow", "debt / equity", None, ge=0.0, le=20.0
    )
    benchmark_public: Line | None = recorded("listed benchmark", "text", None)
    benchmark_private: Line | None = recorded("private-market benchmark", "text", None)
    source_doc_hash: Sha256 | None = recorded("SHA-256 of the document read", "64 hex digits", None)
    effective_from: date | None = recorded("first day of these terms", "date", None)
    superseded_by: Name | None = recorded("block that replaces these terms", "name", None)
    pace: Pace | None = field("LP_CLOSED only: calls, distributions and commitments", "table", None)


class SavingPath(Document):
    """Where a saver should stand: a balance in years of pay by age, linear between the ages, and a deferral."""

    ages: Row[Annotated[float, Field(ge=0.0, le=120.0)]] = field("ages, rising", "years", min_length=1)
    balance_to_pay: Row[Annotated[float, Field(ge=0.0, le=100.0)]] = field(
        "balance that a saver of that age should have, one an age", "years of pay", min_length=1
    )
    deferral: float = share("part of pay that such a saver puts in", of="pay")


class ManagedAccount(Document):
    """A service that chooses each person's vintage, and whether private sleeves are in it."""

    uses: Row[Feed] = field(
        "what the recordkeeper tells the service of each person; age alone gives the vintage of that age",
        "words",
        min_length=1,
    )
    fee: float = rate("the service's fee, on the whole account")
    path: SavingPath | None = field("where a saver should stand; needed to use balance or deferral", "table", None)
    years_earlier: float = field(
        "years by which the target date is earlier for a saver with twice what the path asks, in proportion "
        "for others, later for those behind; negative turns it round",
        "years",
        0.0,
        ge=-40.0,
        le=40.0,
    )
    most_years: float = field("largest move of the target date either way", "years", 10.0, ge=0.0, le=40.0)
    private_cap: float | None = share(
        "most that private sleeves may have in a column of the glide path", None, of="the account"
    )
    opt_in_share: float | None = share(
        "people of every kind who opt in to private sleeves, where no census says who", None, of="people"
    )


class Repurchase(Document):
    """How a fund offered directly buys back units: on fixed dates, up to a limit, pro rata beyond it."""

    every_months: Window = field("months between repurchase dates", "months")
    limit: float = field(
        "most that is bought back on one date", "fraction of the fund's units", ge=0.001, le=1.0
    )
    notice_days: int = field(
        "days before a repurchase date by which a request must be in", "calendar days", ge=0, le=366
    )
    payment_days: int = field("from the repurchase date to payment", "calendar days", ge=0, le=366)
    unfilled: Unfilled = field("what becomes of an unfilled request; LAPSE runs: it is asked again", "word", "LAPSE")


class PublicTerm(Document):
    """A value of the file that a published document states."""

    key: Line = field("dotted path of the value in this file", "path", min_length=1)
    cite: Line = field("who published it, and where", "text", min_length=1)


class Fund(Document):
    """A fund family: vintages over shared sleeves (yearly fractions, shares of net assets)."""

    name: Line = field("name used in every page", "text", min_length=1)
    modelled_on: Line = field("whose published outline it follows, if anybody's", "text", "")
    vehicle_type: VehicleType = field("legal form of the vintages", "word")
    similar_because: Annotated[str, StringConstraints(max_length=2000)] = field(
        "why it is a fair comparison; required in alternatives/", "text", ""
    )
    vintages: Row[Annotated[int, Field(ge=1990, le=2150)]] = field(
        "target years, rising; none = one fund for all ages", "years", ()
    )
    unit_price_places: int = field(
        "published decimal places of a vintage's unit price", "places", 4, ge=2, le=10
    )
    trustee_fees: Named[Fee] = field("fees charged in the vintage, by layer", "fraction a year", {})
    line: CreditLine = field("the vintage's committed credit line", "table", CreditLine())
    glide_path: GlidePath = field("target weights", "table")
    rebalance: Rebalance = field("bands and pace of trades", "table", Rebalance())
    regime: Regime = field("liquidity regime", "table", Regime())
    sleeves: Named[Sleeve] = field("the shared sleeves, by name", "tables", min_length=1)
    blocks: Named[Block] = field("term sheets of slow sleeves' holdings, by name", "tables", {})
    managed_account: ManagedAccount | None = field(
        "a service that chooses each person's vintage; left out, the year of birth does", "table", None
    )
    repurchase: Repurchase | None = field(
        "dates and limit on which units are bought back; left out, participants deal daily", "table", None
    )
    public_terms: Row[PublicTerm] = field(
        "values of this file that are published; every other one is assumed", "tables", ()
    )

    @model_validator(mode="after")
    def _consistent(self) -> "Fund":
        found = checks.fund(self.model_dump(exclude_unset=True))
        if found:
            raise ValueError("; ".join(finding.message for finding in found))
        return self

    def term_counts(self) -> tuple[int, int]:
        """(public, assumed) values in force; one left at its default is assumed, an array is one."""
        tree = self.model_dump(exclude=set(UNDESCRIBED))
        return len(self.public_terms), len(leaves(tree)) - len(self.public_terms)
