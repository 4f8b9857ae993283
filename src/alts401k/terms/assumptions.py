"""What a case assumes about the world: which shipped set, and every number of its own with a source."""

from typing import Annotated, Literal

from pydantic import StringConstraints, model_validator

from alts401k.terms import checks
from alts401k.terms.fields import Document, Line, Name, Named, Row, field, rate
from alts401k.terms.fund import IncentiveFee
from alts401k.terms.generator import Generator

Text = Annotated[str, StringConstraints(min_length=1, max_length=2000)]


class ReferenceFees(Document):
    """The managers' fees that a net_of_manager return has already paid, in the words of a block's term sheet."""

    mgmt_fee: float = rate("management fee on net assets", 0.0)
    incentive_fee: IncentiveFee | None = field("share of profit above a hurdle", "table", None)


class AssetAssumption(Document):
    """Return and risk of one asset, replacing the set's or adding to it."""

    expected_return: float = field("geometric return", "fraction a year", ge=-0.5, le=1.0)
    sd: float | None = field(
        "standard deviation of the log return before fees; left out = that of the asset's own series",
        "a year",
        None,
        ge=0.0,
        le=3.0,
    )
    basis: Literal["gross", "net_of_manager"] = field("before or after the managers' fees", "word")
    reference_fees_yearly: float = rate(
        "managers' fees inside the net return, as one rate (or write reference_fees)", 0.0
    )
    reference_fees: ReferenceFees | None = field(
        "managers' fees inside the net return; left out = the set's for that asset", "table", None
    )
    source: Text = field("who says so, and when", "text")
    opposite: Annotated[str, StringConstraints(max_length=2000)] = field(
        "what the other side says", "text", ""
    )


class Correlation(Document):
    """One correlation of yearly log returns, replacing the set's."""

    a: Name = field("one asset", "name of an asset")
    b: Name = field("another asset", "name of an asset")
    value: float = field("their correlation", "correlation", ge=-1.0, le=1.0)
    source: Text = field("who says so, and when", "text")


class SeriesFile(Document):
    """The case's own return series: a CSV or Parquet file, a column date and one column an asset."""

    file: Line = field("file in the case folder, .csv or .parquet", "file name", min_length=1)
    kind: Literal["returns", "prices"] = field(
        "simple returns (0.01 is 1%), or prices (or index levels) with income reinvested", "word", "returns"
    )


class Assumptions(Document):
    """The assumptions of a case: a shipped set, and what differs from it."""

    set: Line = field("shipped assumption set", "name", min_length=1)
    family_assets_usd: float = field(
        "net assets of the whole fund family at the opening", "US dollars", gt=0.0, le=1e14
    )
    inflation_yearly: float | None = field(
        "inflation; left out = the set's", "fraction a year", None, ge=-0.1, le=0.5
    )
    limits_growth: float = field(
        "yearly growth of IRS limits after the last published year", "fraction a year", ge=-0.1, le=0.5
    )
    annuity_real_rate: float = field(
        "real interest rate in the price of lifetime income", "fraction a year", ge=-0.05, le=0.2
    )
    risk_aversion: int = field("relative risk aversion of the certainty equivalent", "number", 4, ge=1, le=10)
    generator: Generator = field("how market returns are drawn", "table", Generator())
    series: SeriesFile | None = field("the case's own return series", "table", None)
    assets: Named[AssetAssumption] = field("assets replaced or added, by name", "tables", {})
    correlations: Row[Correlation] = field("correlations replaced or added", "tables", ())

    @model_validator(mode="after")
    def _consistent(self) -> "Assumptions":
        found = checks.assumptions(self.model_dump(exclude_unset=True))
        if found:
            raise ValueError("; ".join(finding.message for finding in found))
        return self
