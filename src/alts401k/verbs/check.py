"""Read a case and say everything that is wrong with it, or what is in it; nothing is written."""

from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

from alts401k.units import Problems

if TYPE_CHECKING:
    from alts401k.terms.case import Case


class CheckReport(NamedTuple):
    """A case that holds together: its fund, how many of its terms are published, its people, its files."""

    case: str
    fund: str
    modelled_on: str
    terms_public: int
    terms_assumed: int
    people: int
    people_from: str
    files: tuple[str, ...]

    @property
    def data(self) -> dict[str, Any]:
        """The report as plain values for JSON."""
        return {**self._asdict(), "files": list(self.files)}

    def __str__(self) -> str:
        outline = f" ({self.modelled_on})" if self.modelled_on else ""
        return (
            f"{self.case}: no problem found\n"
            f"  Fund    {self.fund}{outline}\n"
            f"  Terms   {self.terms_public} published, {self.terms_assumed} assumed\n"
            f"  People  {self.people:,} from {self.people_from}\n"
            f"  Files   {', '.join(self.files)}\n"
        )


def read_case(case: Path | str) -> "Case":
    """The case in a folder, checked against what the world ships; raises Problems with every fault."""
    # Here and below: pydantic and numpy load only when a case is read.
    from alts401k.terms.case import load_case
    from alts401k.world import market
    from alts401k.world.people import populations

    sets = market.sets()
    known = frozenset(name for set_name in sets for name in market.universe(set_name))
    found = load_case(Path(case), populations=populations(), assets=known, sets=sets)
    problems = market.problems(found)
    if problems:
        raise Problems(problems)
    return found


def check(case: Path | str) -> CheckReport:
    """What a case holds; raises Problems with every fault of every file, with file and line."""
    from alts401k.world.people import population

    found = read_case(case)
    public, assumed = found.fund.term_counts()
    rows = found.census if found.census is not None else population(found.plan.population).birth_year
    return CheckReport(
        case=found.folder_name,
        fund=found.fund.name,
        modelled_on=found.fund.modelled_on,
        terms_public=public,
        terms_assumed=assumed,
        people=len(rows),
        people_from=found.plan.census or f"the population {found.plan.population}",
        files=tuple(name for name, _ in found.files),
    )
