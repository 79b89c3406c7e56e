"""The few statistics that an honest table needs."""

from math import ceil, floor, sqrt

Z_95 = 1.959963984540054
"""The normal quantile that leaves 2.5 % above it."""


def wilson_interval(successes: int, trials: int, z: float = Z_95) -> tuple[float, float]:
    """Give the score interval of a proportion.

    Args:
        successes: How many trials succeeded.
        trials: How many there were.
        z: Normal quantile of the confidence wanted.

    Returns:
        Lower and upper bound; (0, 1) for no trials. Source: E. B. Wilson,
        "Probable inference, the law of succession, and statistical inference", 1927.
    """
    if trials == 0:
        return 0.0, 1.0
    share = successes / trials
    scale = 1.0 + z * z / trials
    middle = share + z * z / (2 * trials)
    spread = z * sqrt(share * (1.0 - share) / trials + z * z / (4.0 * trials * trials))
    return max(0.0, (middle - spread) / scale), min(1.0, (middle + spread) / scale)


def quantile(values: list[float], share: float) -> float | None:
    """Give a quantile by linear interpolation, or None of an empty list.

    Args:
        values: The sample, in any order.
        share: 0 for the least value, 1 for the largest.
    """
    if not values:
        return None
    ordered = sorted(values)
    place = share * (len(ordered) - 1)
    low = int(place)
    high = min(low + 1, len(ordered) - 1)
    return ordered[low] + (place - low) * (ordered[high] - ordered[low])


def quantile_interval(values: list[float], share: float, z: float = Z_95) -> tuple[float, float] | None:
    """Give the interval of a quantile between two of the sample's values, or None of an empty list.

    The ranks are the binomial's, by its normal approximation: no shape of the
    distribution is assumed. Where the sample is too small for the confidence, its
    ends are given. Source: W. J. Conover, "Practical Nonparametric Statistics", 1999, section 3.2.

    Args:
        values: The sample, in any order; taken for independent.
        share: 0 for the least value, 1 for the largest.
        z: Normal quantile of the confidence wanted.
    """
    if not values:
        return None
    ordered, count = sorted(values), len(values)
    spread = z * sqrt(count * share * (1.0 - share))
    low, high = floor(count * share - spread), ceil(count * share + spread)
    return ordered[max(low - 1, 0)], ordered[min(high, count - 1)]
