"""The plan: its people, its match, and the date from which its fund is judged."""

from datetime import date
from typing import Literal

from pydantic import model_validator

from alts401k.terms import checks
from alts401k.terms.fields import Document, Line, field, rate, share


class Match(Document):
    """Employer money = rate x pay x min(deferral, up_to) + nonelective x pay."""

    rate: float = field("employer money for each dollar deferred", "dollars a dollar", 0.0, ge=0.0, le=3.0)
    up_to: float = share("deferral that is matched", 0.0, of="pay")
    nonelective: float = share("employer money whether or not a person defers", 0.0, of="pay")


class Plan(Document):
    """A 401(k) plan at a month end, with either a named population or a census file."""

    name: Line = field("name used in every page", "text", min_length=1)
    as_of: date = field("opening date: a month end, 2014-12-31 or later", "date")
    population: Line | None = field("a shipped population (this or census)", "name", None)
    census: Line | None = field("a CSV file in this folder (this or population)", "file name", None)
    contribution_timing: Literal["month_end", "year_end"] = field(
        "when contributions are invested", "word", "month_end"
    )
    pay_profile: Literal["cps", "level"] = field("pay by age: the survey's profile, or level", "word", "cps")
    pay_growth_yearly: float | None = field(
        "general growth of pay in dollars on top of the profile; left out = inflation",
        "fraction a year",
        None,
        ge=-0.2,
        le=0.5,
    )
    turnover_yearly: float = rate("people who leave and are replaced by their like", 0.0, le=0.95)
    match: Match = field("employer money", "table", Match())

    @model_validator(mode="after")
    def _consistent(self) -> "Plan":
        found = checks.plan(self.model_dump(exclude_unset=True))
        if found:
            raise ValueError("; ".join(finding.message for finding in found))
        return self
