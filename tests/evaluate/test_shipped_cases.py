"""The examples as they come: through the command, against the published schema."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest
from case_maker import EXAMPLES, ROOT
from jsonschema import Draft202012Validator

from alts401k import report
from alts401k.verbs.evaluate import evaluate

NAMES = sorted(path.name for path in EXAMPLES.iterdir() if path.is_dir())
# private sleeves of the proposed fund, and the range of the median private weight; most vintage-months of the managed
# account belong to people who did not opt in
PRIVATE = {
    "all-markets-interval": ({"private_credit", "private_equity", "real_estate"}, 0.25, 0.45),
    "bitcoin-and-gold": (set(), 0.0, 0.0),
    "index-plus-private": ({"private_credit", "private_equity", "real_assets"}, 0.08, 0.18),
    "infrastructure-and-real-estate": ({"infrastructure", "real_estate"}, 0.10, 0.25),
    "managed-account": ({"private_credit", "private_equity"}, 0.0, 0.10),
    "target-date-cit": ({"private_credit", "private_equity"}, 0.05, 0.20),
}
SCHEMA = Path(report.__file__).with_name("results.schema.json")


@pytest.fixture(scope="module", params=NAMES)
def results(request, tmp_path_factory):
    """The example's results over 40 paths, written."""
    return evaluate(EXAMPLES / request.param, paths=40, out=tmp_path_factory.mktemp("out"))


def test_all_six_examples_are_here():
    """The ones that the documents name."""
    assert NAMES == [
        "all-markets-interval",
        "bitcoin-and-gold",
        "index-plus-private",
        "infrastructure-and-real-estate",
        "managed-account",
        "target-date-cit",
    ]


def test_results_match_the_published_schema(results):
    """Draft 2020-12, and the file is what the call returned; a changed result is caught."""
    schema = json.loads(SCHEMA.read_text(encoding="utf-8"))
    Draft202012Validator.check_schema(schema)
    validator = Draft202012Validator(schema)
    written = json.loads(results.results_path.read_text(encoding="utf-8"))
    assert list(validator.iter_errors(written)) == []
    assert written == json.loads(json.dumps(results.data))
    assert list(written) == [
        "run",
        "performance",
        "fees",
        "liquidity",
        "valuation",
        "benchmark",
        "complexity",
    ]
    del written["fees"]["total"]["proposed"]
    written["liquidity"]["gate_probability"]["plan"] = 1.5
    assert len(list(validator.iter_errors(written))) == 2


def test_numbers_are_where_people_expect_them(results):
    """Ranges that any sound run of these examples keeps, whatever the seed."""
    data = results.data
    assert data["run"]["people"] == 5_000 and data["run"]["years"] == 40 and data["run"]["left_out_67"] == 0
    for fund in ("proposed", "baseline"):
        income = data["performance"]["income_replacement"][fund]
        assert 0.0 < income["p5"] < income["p25"] < income["p50"] < income["p75"] < income["p95"] < 20.0
        fan = data["performance"]["wealth_fan"][fund]
        assert fan["p5"][0] == fan["p50"][0] == fan["p95"][0] == 1.0
        assert all(a < b < c for a, b, c in zip(fan["p5"][1:], fan["p50"][1:], fan["p95"][1:], strict=True))
    assert 0.0002 < data["fees"]["total"]["baseline"] < data["fees"]["total"]["proposed"] < 0.02
    assert sum(data["liquidity"]["regimes"].values()) == pytest.approx(1.0, rel=1e-12)
    assert sum(row["weight"] for row in data["benchmark"]["composite"]) == pytest.approx(1.0, rel=1e-12)
    weight = data["liquidity"]["private_weight"]
    private, low, high = PRIVATE[data["run"]["case"]]
    assert set(data["valuation"]["marks"]) == private
    if private:
        assert low <= weight["p50"] < high and weight["max"] > 0.0
        assert data["complexity"]["look_through_leverage"]["proposed"] > 1.0
    else:
        assert weight["max"] == 0.0
        assert data["liquidity"]["gate_probability"]["sleeve"] == 0.0
    leaving = data["liquidity"]["participant_exit"]
    if data["run"]["case"] == "all-markets-interval":
        assert leaving["meets_three_month_rule"] is False and leaving["wait_days"]["p50"] > 30
    else:
        assert leaving is None


@pytest.mark.parametrize("name", NAMES)
def test_every_example_runs_as_a_command(tmp_path, name):
    """50 paths, results on standard output, the same in the folder, a report that stands alone."""
    done = subprocess.run(
        [
            sys.executable,
            "-m",
            "alts401k",
            "evaluate",
            str(EXAMPLES / name),
            "--paths",
            "50",
            "--out",
            "out",
            "--json",
        ],
        cwd=tmp_path,
        env={**os.environ, "PYTHONPATH": os.environ.get("PYTHONPATH", str(ROOT / "src"))},
        capture_output=True,
        text=True,
        stdin=subprocess.DEVNULL,
        check=False,
    )
    assert (done.returncode, done.stderr) == (0, "")
    said = json.loads(done.stdout)
    assert said == json.loads((tmp_path / "out" / "results.json").read_text(encoding="utf-8"))
    assert said["run"]["paths"] == 50 and said["run"]["case"] == name
    page = (tmp_path / "out" / "report.html").read_text(encoding="utf-8")
    assert page.lstrip().lower().startswith("<!doctype html") and "</html>" in page
    assert "<script src" not in page and 'href="http' not in page.split("<body", maxsplit=1)[0]
    assert sorted(path.name for path in (tmp_path / "out").iterdir()) == [
        "report.html",
        "report.pdf",
        "results.csv",
        "results.json",
        "results.parquet",
    ]
