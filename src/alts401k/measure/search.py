"""Root of a nearly straight, increasing function that is dear to evaluate."""
from collections.abc import Callable

import numpy as np

TOLERANCE = 1e-4  # of the function's value: a median change of 0.01 points is zero, a tenth of its usual error


def root(f: Callable[[float], float], known: dict[float, float], low: float, high: float,
         most: int = 6) -> tuple[float | None, float]:
    """Where f is zero between low and high, and its slope there; None if it has one sign, or is flat, between them.

    known: points already evaluated, at least two. The next point is where a parabola through the three points nearest
    to zero (a line, while there are two) is zero; the search ends where f is zero within ``TOLERANCE``, or where
    line and parabola agree to that. At most ``most`` evaluations; a point outside the bounds is tried at the bound.
    """
    points = dict(known)
    slope = 0.0
    for left in range(most, -1, -1):
        near = sorted(points, key=lambda x: (abs(points[x]), x))[:3]
        a, b = near[:2]
        if points[b] == points[a]:
            return None, 0.0
        slope = (points[b] - points[a]) / (b - a)
        if slope <= 0.0:
            return None, slope
        line = a - points[a] / slope
        x = _parabola(near, points, line)
        if abs(points[a]) <= TOLERANCE or (len(near) == 3 and abs(x - line) * slope <= TOLERANCE):
            return (x, slope) if low <= x <= high else (None, slope)
        if left == 0:
            break
        x = min(high, max(low, x))
        if x in points:  # a bound of the search that still has the same sign
            return None, slope
        points[x] = f(x)
    return None, slope


def _parabola(near: list[float], points: dict[float, float], line: float) -> float:
    """Where the parabola through three points is zero nearest to ``line``; ``line`` with two points, or no zero."""
    if len(near) < 3:
        return line
    middle = near[0]
    zeros = np.roots(np.polyfit(np.array(near) - middle, [points[x] for x in near], 2)) + middle
    real = [float(z.real) for z in zeros if abs(z.imag) < 1e-12]
    return min(real, key=lambda z: abs(z - line)) if real else line
