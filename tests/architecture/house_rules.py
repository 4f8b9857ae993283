"""The rules of the house as functions from source text to complaints; each complaint is one line of words."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
PACKAGE = ROOT / "src" / "alts401k"

MOST_LINES_A_FILE = 500
MOST_LINES_A_FUNCTION = 70
MOST_COLUMNS = 120

# Written in two halves, or this file would break the rule it states.
UNFINISHED = ("TO" + "DO", "FIX" + "ME", "a place" + "holder", "not " + "implemented", "NotImplemented" + "Error")
MACHINE = ("/wo" + "rk/", "/tm" + "p/", "/ho" + "me/", "/ro" + "ot/", "/Us" + "ers/")
REGISTRIES = ("py" + "pi.org", "python" + "hosted.org", "npm" + "js.org", "deb." + "debian.org")
NEVER_PRINTED = "comp" + "liant"

COMPILERS = {"njit", "jit", "prange", "vectorize", "guvectorize", "cfunc", "stencil"}
CLOCK = re.compile(r"(^|\.)(date|datetime)\.(now|utcnow|today)$")
KERNEL_CALLS = {"min", "max", "range", "len"}
KERNEL_OPERATORS = (ast.Add, ast.Sub, ast.Mult, ast.Div, ast.USub, ast.Not, ast.And, ast.Or)
KERNEL_COMPARISONS = (ast.Lt, ast.LtE, ast.Gt, ast.GtE, ast.Eq, ast.NotEq)
KERNEL_STATEMENTS = (
    ast.Assign, ast.AugAssign, ast.If, ast.For, ast.While, ast.Return, ast.Expr, ast.Break, ast.Continue, ast.Pass,
)
READ_ONLY = {"facts", "terms", "when", "shape"}

FunctionNode = ast.FunctionDef | ast.AsyncFunctionDef


def sources(folder: Path, *suffixes: str) -> list[Path]:
    """Every file below `folder` with one of the suffixes, sorted, without what was built."""
    return sorted(
        path
        for path in folder.rglob("*")
        if path.suffix in suffixes and "__pycache__" not in path.parts and path.is_file()
    )


def functions(tree: ast.AST) -> Iterator[FunctionNode]:
    """Every function of a module, methods and inner functions too."""
    for node in ast.walk(tree):
        if isinstance(node, FunctionNode):
            yield node


def too_long(text: str) -> list[str]:
    """Files, functions and lines over the limits."""
    lines = text.splitlines()
    found = []
    if len(lines) > MOST_LINES_A_FILE:
        found.append(f"{len(lines)} lines in the file (most: {MOST_LINES_A_FILE})")
    for node in functions(ast.parse(text)):
        length = (node.end_lineno or node.lineno) - node.lineno + 1
        if length > MOST_LINES_A_FUNCTION:
            found.append(f"line {node.lineno}: {node.name} has {length} lines (most: {MOST_LINES_A_FUNCTION})")
    for number, line in enumerate(lines, 1):
        if len(line) > MOST_COLUMNS:
            found.append(f"line {number}: {len(line)} columns (most: {MOST_COLUMNS})")
    return found


def banned_words(text: str, words: tuple[str, ...]) -> list[str]:
    """Lines that contain one of the words, in any case."""
    found = []
    for number, line in enumerate(text.splitlines(), 1):
        found += [f"line {number}: says {word!r}" for word in words if word.lower() in line.lower()]
    return found


def without_docstring(text: str) -> list[str]:
    """Public functions, and public methods of public classes, that do not say what they do."""
    found = []

    def visit(body: list[ast.stmt]) -> None:
        for node in body:
            if isinstance(node, ast.ClassDef) and not node.name.startswith("_"):
                visit(node.body)
            if isinstance(node, FunctionNode) and not node.name.startswith("_") and not ast.get_docstring(node):
                found.append(f"line {node.lineno}: {node.name} has no docstring")

    visit(ast.parse(text).body)
    return found


def printing(text: str) -> list[str]:
    """Calls of print and uses of the standard streams."""
    found = []
    for node in ast.walk(ast.parse(text)):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == "print":
            found.append(f"line {node.lineno}: prints")
        if isinstance(node, ast.Attribute) and node.attr in ("stdout", "stderr", "stdin"):
            found.append(f"line {node.lineno}: uses {node.attr}")
    return found


def compiling(text: str) -> list[str]:
    """Names of numba that compile a loop."""
    found = []
    for node in ast.walk(ast.parse(text)):
        names = [alias.name for alias in node.names] if isinstance(node, ast.ImportFrom) else []
        names += [node.attr] if isinstance(node, ast.Attribute) else []
        names += [node.id] if isinstance(node, ast.Name) else []
        found += [f"line {node.lineno}: {name}" for name in names if name in COMPILERS]
    return found


def clocks(text: str) -> list[str]:
    """Places that ask for the time of day or today's date."""
    found = []
    for node in ast.walk(ast.parse(text)):
        if isinstance(node, ast.Attribute) and CLOCK.search(ast.unparse(node)):
            found.append(f"line {node.lineno}: {ast.unparse(node)}")
        if isinstance(node, ast.Import) and any(alias.name == "time" for alias in node.names):
            found.append(f"line {node.lineno}: import time")
        if isinstance(node, ast.ImportFrom) and node.module == "time":
            found.append(f"line {node.lineno}: from time import")
    return found


def through_the_front(text: str, rooms: set[str]) -> list[str]:
    """Imports of the package itself, which would reach every verb unseen by the import contract."""
    found = []
    for node in ast.walk(ast.parse(text)):
        if isinstance(node, ast.Import) and any(alias.name == "alts401k" for alias in node.names):
            found.append(f"line {node.lineno}: import alts401k")
        if isinstance(node, ast.ImportFrom) and node.module == "alts401k":
            names = [alias.name for alias in node.names if alias.name not in rooms]
            found += [f"line {node.lineno}: from alts401k import {name}" for name in names]
        if isinstance(node, ast.ImportFrom) and node.level > 0:
            found.append(f"line {node.lineno}: relative import")
    return found


def is_kernel(node: ast.AST) -> bool:
    """True for a function marked with `kernel`, plain or with arguments."""
    if not isinstance(node, FunctionNode):
        return False
    return any(re.fullmatch(r"(\w+\.)*kernel(\(.*\))?", ast.unparse(mark)) for mark in node.decorator_list)


def kernel_names(texts: list[str]) -> set[str]:
    """Names of all kernels in these sources."""
    return {node.name for text in texts for node in functions(ast.parse(text)) if is_kernel(node)}


def impure_imports(text: str, allowed: tuple[str, ...]) -> list[str]:
    """Imports of modules that are not `allowed` nor inside an allowed one."""
    found = []
    for node in ast.walk(ast.parse(text)):
        modules = [alias.name for alias in node.names] if isinstance(node, ast.Import) else []
        modules += [node.module or "."] if isinstance(node, ast.ImportFrom) else []
        for module in modules:
            if not any(module == name or module.startswith(name + ".") for name in allowed):
                found.append(f"line {node.lineno}: imports {module}")
    return found


def kernel_faults(text: str, kernels: set[str], read_only: set[str]) -> list[str]:
    """What the kernels of a module do that a kernel may not; `read_only` are vectors it may not write to."""
    found = []
    for node in functions(ast.parse(text)):
        if is_kernel(node):
            faults = [*_forms(node), *_calls(node, kernels), *_divisions(node), *_writes(node, read_only)]
            found += [f"line {line}: {node.name}: {what}" for line, what in faults]
    return found


_Faults = Iterator[tuple[int, str]]


def _forms(kernel: FunctionNode) -> _Faults:
    if any(isinstance(mark, ast.Call) for mark in kernel.decorator_list):
        yield kernel.lineno, "the marker takes no arguments"
    for node in ast.walk(kernel):
        line = getattr(node, "lineno", kernel.lineno)
        if isinstance(node, ast.Constant) and isinstance(node.value, (float, complex)):
            yield line, f"the literal {node.value!r}"
        elif isinstance(node, (ast.operator, ast.unaryop, ast.boolop)) and not isinstance(node, KERNEL_OPERATORS):
            yield kernel.lineno, f"the operator {type(node).__name__}"
        elif isinstance(node, ast.cmpop) and not isinstance(node, KERNEL_COMPARISONS):
            yield kernel.lineno, f"the comparison {type(node).__name__}"
        elif isinstance(node, ast.stmt) and node is not kernel and not isinstance(node, KERNEL_STATEMENTS):
            yield line, f"the statement {type(node).__name__}"
        elif isinstance(node, ast.Compare):
            sides = [node.left, *node.comparators]
            if any(isinstance(side, ast.BinOp) and isinstance(side.op, ast.Sub) for side in sides):
                yield line, f"a threshold in difference form: {ast.unparse(node)}"


def _calls(kernel: FunctionNode, kernels: set[str]) -> _Faults:
    for node in ast.walk(kernel):
        if isinstance(node, ast.Call) and node not in kernel.decorator_list:
            name = ast.unparse(node.func)
            if name not in KERNEL_CALLS | kernels:
                yield node.lineno, f"calls {name}"


def _divisions(kernel: FunctionNode) -> _Faults:
    """A quotient must stand under a test that compares its denominator with zero."""

    def visit(node: ast.AST, tested: frozenset[str]) -> _Faults:
        if isinstance(node, (ast.BinOp, ast.AugAssign)) and isinstance(node.op, ast.Div):
            divisor = node.right if isinstance(node, ast.BinOp) else node.value
            if ast.unparse(divisor) not in tested and not _is_number(divisor):
                yield node.lineno, f"divides by {ast.unparse(divisor)} untested"
        if isinstance(node, (ast.If, ast.IfExp, ast.While)):
            tested = tested | {ast.unparse(side) for side in _compared_with_zero(node.test)}
        for child in ast.iter_child_nodes(node):
            yield from visit(child, tested)

    yield from visit(kernel, frozenset())


def _compared_with_zero(test: ast.expr) -> Iterator[ast.expr]:
    for node in ast.walk(test):
        if isinstance(node, ast.Compare):
            sides = [node.left, *node.comparators]
            if any(isinstance(side, ast.Constant) and side.value == 0 for side in sides):
                yield from sides


def _is_number(node: ast.expr) -> bool:
    return isinstance(node, ast.Constant) and isinstance(node.value, int) and node.value != 0


def _writes(kernel: FunctionNode, read_only: set[str]) -> _Faults:
    for node in ast.walk(kernel):
        if isinstance(node, (ast.Subscript, ast.Attribute)) and isinstance(node.ctx, ast.Store):
            name = ast.unparse(node.value)
            if name in read_only or isinstance(node, ast.Attribute):
                yield node.lineno, f"writes into {name}"
