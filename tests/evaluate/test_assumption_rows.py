"""What a run says it assumes: returns with basis, reference fees and the gross return, correlations, the generator."""

import shutil
from pathlib import Path

import pytest

from alts401k.terms.fields import leaves
from alts401k.verbs.gather import gather
from alts401k.verbs.sections import assumption_rows

EXAMPLES = Path(__file__).resolve().parents[2] / "examples"


def rows_of(folder: Path) -> dict[str, dict]:
    rows = assumption_rows(gather(folder))
    assert len({row["name"] for row in rows}) == len(rows)
    assert all(row["source"] for row in rows)
    return {row["name"]: row for row in rows}


@pytest.fixture(scope="module")
def target_date():
    return rows_of(EXAMPLES / "target-date-cit")


def test_a_net_return_is_shown_with_its_terms_and_the_gross_return(target_date):
    head = "assets.private_equity."
    stated, fees, gross = (target_date[head + key] for key in ("expected_return", "reference_fees", "gross_return"))
    assert (stated["value"], stated["unit"], stated["kind"]) == (0.0971, "a year, net_of_manager", "survey")
    assert "1.5% of net assets" in fees["value"] and "20% of profit over 8%" in fees["value"]
    assert fees["kind"] == "assumed" and fees["opposite"]
    assert gross["value"] == pytest.approx(0.1353, abs=1e-4) and gross["unit"] == "a year, gross"


def test_a_gross_return_has_no_fees_beside_it(target_date):
    assert target_date["assets.us_large_cap.expected_return"]["unit"] == "a year, gross"
    assert "assets.us_large_cap.reference_fees" not in target_date
    assert "assets.us_large_cap.gross_return" not in target_date


def test_correlations_of_what_is_held_have_their_sources(target_date):
    survey = target_date["correlations.classes.published"]
    assert "private_equity and us_large_cap 0.73" in survey["value"] and "gold" not in survey["value"]
    assert survey["kind"] == "survey" and "2017 edition" in survey["source"] and "since 2022" in survey["opposite"]
    assert "us_large_cap 0.62" in target_date["correlations.private_debt.assumed"]["value"]
    assert target_date["generator"]["value"] == "lognormal"


def test_what_the_case_states_itself_is_told_apart(tmp_path):
    folder = shutil.copytree(EXAMPLES / "bitcoin-and-gold", tmp_path / "case")
    path = folder / "assumptions.toml"
    text = path.read_text(encoding="utf-8")
    own = '\n[[correlations]]\na = "gold"\nb = "us_large_cap"\nvalue = -0.1\nsource = "Our own view"\n'
    path.write_text(text + own + '\n[generator]\nkind = "fat-tails"\n', encoding="utf-8")
    rows = rows_of(folder)
    assert rows["correlations.gold.us_large_cap"]["value"] == "us_large_cap -0.1"
    assert rows["correlations.gold.us_large_cap"]["source"] == "Our own view"
    assert "us_large_cap" not in rows["correlations.gold.measured"]["value"]
    assert rows["assets.bitcoin.expected_return"]["kind"] == "assumed"
    assert (rows["generator"]["value"], rows["generator"]["source"]) == ("fat-tails", "stated in assumptions.toml")


def test_an_asset_without_stated_correlations_says_so(tmp_path):
    folder = shutil.copytree(EXAMPLES / "bitcoin-and-gold", tmp_path / "case")
    path = folder / "assumptions.toml"
    silver = '\n[assets.silver]\nexpected_return = 0.03\nsd = 0.3\nbasis = "gross"\nsource = "Our own view"\n'
    path.write_text(path.read_text(encoding="utf-8") + silver, encoding="utf-8")
    fund = folder / "fund.toml"
    text = fund.read_text(encoding="utf-8")
    fund.write_text(text.replace('asset = "gold"', 'asset = "silver"'), encoding="utf-8")
    row = rows_of(folder)["correlations.silver.not_stated"]
    assert (row["value"], row["unit"], row["kind"]) == (0.0, "with everything", "assumed")


def test_every_row_is_flat(target_date):
    for row in target_date.values():
        assert set(leaves({key: value for key, value in row.items() if value is not None})) <= {
            "name", "value", "unit", "source", "kind", "opposite", "asset"}
