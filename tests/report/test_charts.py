"""The pictures: nothing runs off the paper, marks stand where the figures say, the same bytes each time."""

from __future__ import annotations

import re
import xml.etree.ElementTree as ET

import pytest

from alts401k.report.charts import charts
from alts401k.report.drawing import Plot, log_ticks, ticks, whole_ticks, words_width
from tests.report.sample import interval_default, no_change, sample

SVG = "{http://www.w3.org/2000/svg}"
ALL = {
    *("fan", "income", "sets", "groups", "decomposition", "break_even", "inputs", "fees"),
    *("weights", "stresses", "breaking", "gates", "gate_years", "dilution"),
}


def _extreme() -> dict:
    """Large changes, large sums, one year, equal sets: what the axes have to survive."""
    results = sample()
    performance, liquidity = results["performance"], results["liquidity"]
    for name in ("leavers", "joiners", "stayers"):
        results["valuation"]["dilution_usd_per_year"][name] = -1.23e11
    for part in performance["decomposition"]:
        if part not in ("paths", "standard_error"):
            performance["decomposition"][part] = -0.9
    for group in performance["by_group"]:
        group["median_wealth_change"]["value"] = group["p5_wealth_change"]["value"] = -0.99
    for one in performance["sets"]:
        one["median_wealth_change"]["value"] = one["matched_median_wealth_change"]["value"] = 0.0
    for row in performance["inputs_that_matter"]:
        row.update(change_low=-0.9, change_high=9.0)
    performance["break_even_premium"].update(baseline=None, matched=0.5, assumed=-0.3)
    liquidity["gate_probability"]["by_year"] = {name: [1.0] for name in ("building_block", "sleeve", "plan")}
    for key in ("value", "p5", "opening", "after_fall"):
        liquidity["smallest_breaking_outflow"][key] = 1.0
    return results


def _wide(drawn: dict[str, str]) -> list[str]:
    """Words of a picture that begin before or end after the paper."""
    found = []
    for name, svg in drawn.items():
        tree = ET.fromstring(svg)
        width = float(tree.get("viewBox").split()[2])
        for text in tree.iter(f"{SVG}text"):
            length, at = words_width(text.text), float(text.get("x"))
            start = at - {"middle": length / 2, "end": length}.get(text.get("text-anchor"), 0.0)
            if start < -2 or start + length > width + 6:
                found.append(f"{name}: {text.text}")
    return found


@pytest.mark.parametrize("make", [sample, no_change, interval_default, _extreme])
def test_words_stay_on_the_paper(make):
    assert _wide(charts(make())) == []


def test_words_off_the_paper_would_be_found():
    plot = Plot(100.0, (0.0, 1.0))
    plot.words(300.0, 50.0, "words that begin too late")
    plot.words(10.0, 50.0, "words that begin too early", "middle")
    assert len(_wide({"plot": plot.svg("alt")})) == 2


def test_long_names_are_cut_and_say_so():
    results = sample()
    long = "a name that is a good deal longer than there is room for in any of the pictures of the report"
    results["liquidity"]["stresses"][0]["title"] = results["performance"]["inputs_that_matter"][0]["title"] = long
    results["performance"]["sets"][0]["name"] = results["performance"]["by_group"][0]["label"] = long
    drawn = charts(results)
    assert _wide(drawn) == []
    for name in ("stresses", "inputs", "sets", "groups"):
        assert "..." in drawn[name], name


@pytest.mark.parametrize("make", [sample, no_change, _extreme])
def test_shapes_stay_on_the_paper_and_have_a_size(make):
    for name, svg in charts(make()).items():
        assert "nan" not in svg and "inf" not in svg, name
        for box in ET.fromstring(svg).iter(f"{SVG}rect"):
            assert float(box.get("width")) >= 0 and float(box.get("height")) >= 0, name
            assert -0.1 <= float(box.get("x")) <= 360.1, name


def test_there_is_a_picture_for_each_thing_to_see():
    assert set(charts(sample())) == ALL
    assert set(charts(no_change())) == {"fan", "income", "sets", "groups", "decomposition", "fees"}
    results = sample()
    results["performance"]["inputs_that_matter"] = []
    assert set(charts(results)) == ALL - {"inputs"}


def test_the_same_results_give_the_same_pictures():
    assert charts(sample()) == charts(sample())


def _bars(svg: str) -> list[float]:
    return [float(box.get("width")) for box in ET.fromstring(svg).iter(f"{SVG}rect")]


def test_bars_are_as_long_as_their_figures():
    parts = sample()["performance"]["decomposition"]
    names = ("risk", "return", "diversification", "fees", "liquidity_drag", "smoothing", "total")
    lengths = _bars(charts(sample())["decomposition"])
    assert len(lengths) == len(names)
    for name, length in zip(names, lengths, strict=True):
        assert length / lengths[0] == pytest.approx(abs(parts[name]) / parts["risk"], abs=0.02), name


def test_a_changed_figure_moves_its_bar_and_no_other():
    results = sample()
    results["liquidity"]["smallest_breaking_outflow"]["after_fall"] = 0.28
    before, after = _bars(charts(sample())["breaking"]), _bars(charts(results)["breaking"])
    assert before[:3] == after[:3] and after[3] == pytest.approx(2 * before[3], abs=0.05)


def test_the_break_even_is_marked_where_the_line_crosses_nil():
    svg = ET.fromstring(charts(sample())["break_even"])
    rings = [c for c in svg.iter(f"{SVG}circle") if c.get("fill") == "#ffffff"]
    nil = next(p.get("d") for p in svg.iter(f"{SVG}path") if p.get("stroke") == "#22303a" and "M44 " in p.get("d"))
    level = float(re.match(r"M44 ([\d.]+)", nil)[1])
    assert [float(ring.get("cy")) for ring in rings[1:]] == [level, level]
    lines = [p.get("d") for p in svg.iter(f"{SVG}path") if p.get("stroke") == "#0b6e6e" and "L" in p.get("d")]
    points = [tuple(map(float, point.split())) for point in lines[0][1:].split("L")]
    (x0, y0), (x1, y1) = points[0], points[-1]
    crossing = x0 + (x1 - x0) * (level - y0) / (y1 - y0)
    assert float(rings[1].get("cx")) == pytest.approx(crossing, abs=0.5)


def test_ticks_are_round_few_and_inside():
    for low, high in ((0.0, 1.0), (-0.13, 0.02), (0.0, 0.0007), (-2e9, 3e9), (3.0, 3.5)):
        found = ticks(low, high)
        assert 2 <= len(found) <= 6 and low - 1e-9 <= found[0] and found[-1] <= high + 1e-6 * abs(high)
    assert ticks(0.0, 1.0) == [0.0, 0.2, 0.4, 0.6, 0.8, 1.0] and ticks(2.0, 2.0) == [2.0]
    assert whole_ticks(1.0, 3.0) == [1.0, 2.0, 3.0]
    assert log_ticks(0.5, 20.0) == [0.5, 1.0, 2.0, 5.0, 10.0, 20.0] and log_ticks(0.1, 1e4)[0] == 0.1


def test_words_of_the_case_are_escaped():
    plot = Plot(100.0, (0.0, 1.0))
    plot.words(0.0, 0.0, '<b a="x">&')
    assert "<b" not in plot.svg('"alt" <i>') and ET.fromstring(plot.svg('"alt" <i>')).get("aria-label") == '"alt" <i>'


def test_an_input_that_moves_nothing_has_bars_of_no_length():
    results = sample()
    results["performance"]["inputs_that_matter"][1].update(change_low=0.0, change_high=0.0)
    lengths = _bars(charts(results)["inputs"])[2:]  # the first two are keys of the legend
    assert lengths[2:4] == [0.0, 0.0] and lengths[0] / lengths[1] == pytest.approx(0.0416 / 0.0428, abs=0.01)
