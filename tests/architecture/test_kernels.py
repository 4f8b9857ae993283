"""The kernel rules, by reading the sources of chart and step, each with a source made to break it."""

import house_rules as rules
import pytest

CHART = rules.sources(rules.PACKAGE / "chart", ".py")
STEP = rules.sources(rules.PACKAGE / "step", ".py")
TEXTS = {path: path.read_text(encoding="utf-8") for path in [*CHART, *STEP]}
KERNELS = rules.kernel_names(list(TEXTS.values()))


def test_there_are_kernels():
    """The walk below has something to judge."""
    assert len(KERNELS) > 20


@pytest.mark.parametrize("path", [*CHART, *STEP], ids=lambda path: f"{path.parent.name}/{path.name}")
def test_kernels_keep_the_rules(path):
    """Balances are moved by `post`, which is in chart; the step writes flows, prices, state and info."""
    read_only = rules.READ_ONLY if path in CHART else rules.READ_ONLY | {"b"}
    assert rules.kernel_faults(TEXTS[path], KERNELS, read_only) == []


@pytest.mark.parametrize("path", STEP, ids=lambda path: path.name)
def test_the_step_imports_only_chart(path):
    """Nothing else, not even of the standard library."""
    assert rules.impure_imports(TEXTS[path], ("alts401k.chart", "alts401k.step", "typing")) == []


@pytest.mark.parametrize("path", CHART, ids=lambda path: path.name)
def test_chart_imports_only_the_marker(path):
    """Numba's decorator, and types."""
    assert rules.impure_imports(TEXTS[path], ("alts401k.chart", "numba.extending", "typing", "enum")) == []


def test_impure_imports_trip():
    """A module of the standard library, and a room that is not chart."""
    text = "import math\nfrom alts401k.units import to_cents\nfrom alts401k.chart import kernel\n"
    assert rules.impure_imports(text, ("alts401k.chart",)) == [
        "line 1: imports math",
        "line 2: imports alts401k.units",
    ]


@pytest.mark.parametrize(
    ("body", "fault"),
    [
        ("return b[0] * 0.5", "the literal 0.5"),
        ("return b[0] * 1e3", "the literal 1000.0"),
        ("return b[0] ** 2", "the operator Pow"),
        ("return b[0] % 2", "the operator Mod"),
        ("return b[0] // 2", "the operator FloorDiv"),
        ("return b[0] in b", "the comparison In"),
        ("return sqrt(b[0])", "calls sqrt"),
        ("return float(b[0])", "calls float"),
        ("return b.sum()", "calls b.sum"),
        ("import math", "the statement Import"),
        ("try:\n        out[0] = 1\n    finally:\n        out[0] = 2", "the statement Try"),
        ("global x", "the statement Global"),
        ("return out[0] / b[0]", "divides by b[0] untested"),
        ("out[0] /= b[0]", "divides by b[0] untested"),
        ("if b[1] > 0:\n        out[0] = 1 / b[0]", "divides by b[0] untested"),
        ("if b[0] - b[1] > out[0]:\n        out[0] = 1", "a threshold in difference form: b[0] - b[1] > out[0]"),
        ("terms[0] = b[0]", "writes into terms"),
        ("terms[0] += b[0]", "writes into terms"),
        ("shape.vintages = b", "writes into shape"),
    ],
)
def test_kernel_faults_trip(body, fault):
    """Each rule on a kernel that breaks it, and not on a function that is no kernel."""
    text = f"def f(b, out, terms, shape):\n    {body}\n"
    found = rules.kernel_faults("@kernel\n" + text, {"g"}, rules.READ_ONLY)
    assert [one.split(": f: ")[1] for one in found] == [fault]
    assert rules.kernel_faults(text, {"g"}, rules.READ_ONLY) == []


def test_the_marker_takes_no_arguments():
    """Inlining on demand multiplies the time to compile."""
    found = rules.kernel_faults("@kernel(inline='always')\ndef f(b):\n    return b\n", set(), set())
    assert found == ["line 2: f: the marker takes no arguments"]


def test_a_good_kernel_passes():
    """Another kernel called, a guarded quotient, both branches of a test, sums and products."""
    text = '''
@kernel
def f(b, out, terms):
    """Words."""
    n = len(out)
    for k in range(1, n):
        if b[k] > 0 and out[k] + b[k] >= terms[k] * n:
            out[k] = max(0, min(g(b), -b[k])) / b[k]
        elif n > 1 or b[0] <= 0:
            out[k] = 2
        else:
            out[k] = terms[k] / b[0]
'''
    assert rules.kernel_faults(text, {"g"}, {"terms", "b"}) == []
