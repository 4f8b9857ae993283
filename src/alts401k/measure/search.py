"""Root of a nearly straight, increasing function that is dear to evaluate."""
from collections.abc import Callable

TOLERANCE = 2e-5  # of the function's value; a median change of 0.002 points is zero


def root(f: Callable[[float], float], known: dict[float, float], low: float, high: float,
         most: int = 6) -> tuple[float | None, float]:
    """Where f is zero between low and high, and its slope there; None if it has one sign, or is flat, between them.

    known: points already evaluated, at least two. Secant steps from the two points nearest to zero, held inside the
    bracket once there is one; at most ``most`` evaluations.
    """
    points = dict(known)
    slope = 0.0
    for _ in range(most):
        a, b = sorted(points, key=lambda x: (abs(points[x]), x))[:2]
        if points[b] == points[a]:
            return (a, slope) if points[a] == 0.0 and slope > 0.0 else (None, 0.0)
        slope = (points[b] - points[a]) / (b - a)
        if abs(points[a]) <= TOLERANCE:
            return (a, slope) if low <= a <= high else (None, slope)
        x = a - points[a] / slope if slope > 0.0 else (high if points[a] < 0.0 else low)
        x = min(high, max(low, x))
        under = [y for y in points if points[y] < 0.0]
        over = [y for y in points if points[y] > 0.0]
        if under and over and not max(under) < x < min(over) and max(under) < min(over):
            x = 0.5 * (max(under) + min(over))
        if x in points:  # a bound of the search that still has the same sign
            return None, slope
        points[x] = f(x)
    a = min(points, key=lambda x: (abs(points[x]), x))
    return (a, slope) if abs(points[a]) <= 50 * TOLERANCE and low <= a <= high else (None, slope)
