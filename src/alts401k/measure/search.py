"""Root of a nearly straight, increasing function that is dear to evaluate."""
from collections.abc import Callable

TOLERANCE = 1e-4  # of the function's value: a median change of 0.01 points is zero, a tenth of its usual error


def root(f: Callable[[float], float], known: dict[float, float], low: float, high: float,
         most: int = 6) -> tuple[float | None, float]:
    """Where f is zero between low and high, and its slope there; None if it has one sign, or is flat, between them.

    known: points already evaluated, at least two. Secant steps from the two points nearest to zero, held inside the
    bracket once there is one; at most ``most`` evaluations. The answer is the last secant's own zero once the function
    is within ``TOLERANCE`` of zero.
    """
    points = dict(known)
    slope = 0.0
    for left in range(most, -1, -1):
        a, b = sorted(points, key=lambda x: (abs(points[x]), x))[:2]
        if points[b] == points[a]:
            return None, 0.0
        slope = (points[b] - points[a]) / (b - a)
        x = a - points[a] / slope if slope > 0.0 else (high if points[a] < 0.0 else low)
        if abs(points[a]) <= TOLERANCE and slope > 0.0:
            return (x, slope) if low <= x <= high else (None, slope)
        if left == 0:
            break
        x = min(high, max(low, x))
        under = [y for y in points if points[y] < 0.0]
        over = [y for y in points if points[y] > 0.0]
        if under and over and max(under) < min(over) and not max(under) < x < min(over):
            x = 0.5 * (max(under) + min(over))
        if x in points:  # a bound of the search that still has the same sign
            return None, slope
        points[x] = f(x)
    return None, slope
