"""Driver: the step folded over drawn tapes, compiled; and the people who own the result."""
from pathlib import Path

from alts401k.simulate.cache import compiled_here

with compiled_here(Path(__file__).resolve().parent.parent):
    # declared inside, so that they are kept there
    from alts401k.simulate import fold, paths, people, plain  # noqa: F401
