"""How market returns are drawn: the [generator] table of a case's assumptions."""

from collections.abc import Iterator, Mapping
from typing import Annotated, Any, Literal

from pydantic import BeforeValidator, model_validator

from alts401k.terms.fields import Document, Line, field, whole_number

Kind = Literal["lognormal", "fat-tails", "regimes", "bootstrap", "scenarios"]
Returns = Literal["simple", "gross"]
Path = tuple[str | int, ...]
_ONLY_WITH = {
    "tail_df": ("fat-tails",),
    "mean_block_months": ("bootstrap",),
    "scenarios": ("scenarios",),
    "scenario_returns": ("scenarios",),
    "repeat": ("scenarios",),
}


class Generator(Document):
    """The generator of market returns; means are the assumption set's whichever is named, scenarios apart."""

    kind: Kind = field("how months are drawn", "word", "lognormal")
    tail_df: float = field(
        "fat-tails: degrees of freedom of Student's t; smaller = fatter tails", "number", 5.0, ge=2.5, le=200.0
    )
    mean_block_months: Annotated[int, BeforeValidator(whole_number)] = field(
        "bootstrap: mean length of a block of history", "months", 12, ge=1, le=120
    )
    scenarios: Line | None = field("scenarios: CSV or Parquet file of the case folder", "file name", None, min_length=1)
    scenario_returns: Returns = field(
        "scenarios: simple (0.01 = 1% up) or gross (1.01 = 1% up) monthly returns", "word", "simple"
    )
    repeat: bool = field("scenarios: begin again after the last one when a run has more paths", "true or false", False)

    @model_validator(mode="after")
    def _consistent(self) -> "Generator":
        wrong = list(inconsistent(self.model_dump(exclude_unset=True)))
        if wrong:
            raise ValueError("; ".join(message for _, message, _ in wrong))
        return self


def inconsistent(tree: Mapping[str, Any]) -> Iterator[tuple[Path, str, str]]:
    """What no single key of a raw [generator] table can see: path inside it, message, what to do."""
    kind = tree.get("kind", "lognormal")
    for key, kinds in _ONLY_WITH.items():
        if key in tree and isinstance(kind, str) and kind not in kinds:
            fix = f'Remove it, or write kind = "{kinds[0]}"'
            yield (key,), f'generator.{key} has no effect with kind = "{kind}"', fix
    if kind == "scenarios" and "scenarios" not in tree:
        yield ("kind",), 'kind = "scenarios" names no file', 'Add scenarios = "NAME.csv" or "NAME.parquet"'
