"""Read a case and say everything that is wrong with it, or what is in it; nothing is written."""

from pathlib import Path
from typing import Any, NamedTuple


class CheckReport(NamedTuple):
    """A case that holds together: its fund, how many of its terms are published, its people, its files."""

    case: str
    fund: str
    modelled_on: str
    terms_public: int
    terms_assumed: int
    people: int
    left_out_67: int
    people_from: str
    files: tuple[str, ...]

    @property
    def data(self) -> dict[str, Any]:
        """The report as plain values for JSON."""
        return {**self._asdict(), "files": list(self.files)}

    def __str__(self) -> str:
        outline = f", modelled on the published outline of {self.modelled_on}" if self.modelled_on else ""
        older = f"; {self.left_out_67:,} more are 67 or older and left out" if self.left_out_67 else ""
        return (
            f"{self.case}: no problem found\n"
            f"  Fund    {self.fund}{outline}\n"
            f"  Terms   {self.terms_public} published, {self.terms_assumed} assumed\n"
            f"  People  {self.people:,} from {self.people_from}{older}\n"
            f"  Files   {', '.join(self.files)}\n"
        )


def check(case: Path | str) -> CheckReport:
    """What a case holds; raises Problems with every fault of every file, with file and line."""
    # pydantic and numpy load only when a case is read.
    from alts401k.verbs.gather import gather

    gathered = gather(case)
    found = gathered.case
    public, assumed = found.fund.term_counts()
    return CheckReport(
        case=found.folder_name,
        fund=found.fund.name,
        modelled_on=found.fund.modelled_on,
        terms_public=public,
        terms_assumed=assumed,
        people=gathered.n_people + gathered.without_money,
        left_out_67=gathered.left_out,
        people_from=found.plan.census or f"the population {found.plan.population}",
        files=tuple(name for name, _ in found.files),
    )
