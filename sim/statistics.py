"""The few statistics that an honest table needs."""

from collections.abc import Sequence
from math import ceil, floor, sqrt

import numpy as np

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


def mcnemar_exact(only_first: int, only_second: int) -> float:
    """Give the probability of so uneven a split of the pairs that differ, were both sides equally good.

    Args:
        only_first: Pairs in which only the first one succeeded.
        only_second: Pairs in which only the second one did.

    Returns:
        The two-sided p-value; 1 where no pair differs. Source: Q. McNemar, "Note on the sampling error of
        the difference between correlated proportions or percentages", 1947, by the exact binomial.
    """
    from scipy.stats import binomtest

    differ = only_first + only_second
    return float(binomtest(only_first, differ, 0.5).pvalue) if differ else 1.0


def paired_interval(
    both: int, only_first: int, only_second: int, neither: int, z: float = Z_95
) -> tuple[float, float]:
    """Give the interval of the difference of two paired proportions, second less first.

    Args:
        both: Pairs in which both succeeded.
        only_first: Pairs in which only the first one did.
        only_second: Pairs in which only the second one did.
        neither: Pairs in which none did.
        z: Normal quantile of the confidence wanted.

    Returns:
        Lower and upper bound; (-1, 1) for no pairs. Source: R. G. Newcombe, "Improved confidence intervals
        for the difference between binomial proportions based on paired data", 1998, method 10.
    """
    pairs = both + only_first + only_second + neither
    if pairs == 0:
        return -1.0, 1.0
    first, second = both + only_first, both + only_second
    p, q = second / pairs, first / pairs
    (low_p, high_p), (low_q, high_q) = wilson_interval(second, pairs, z), wilson_interval(first, pairs, z)
    margins = first * (pairs - first) * second * (pairs - second)
    together = both * neither - only_first * only_second
    if together > 0:
        together = max(together - pairs / 2.0, 0.0)
    phi = together / sqrt(margins) if margins else 0.0

    def spread(one: float, other: float) -> float:
        return sqrt(max(0.0, one * one - 2.0 * phi * one * other + other * other))

    return p - q - spread(p - low_p, high_q - q), p - q + spread(high_p - p, q - low_q)


def median_interval(
    values: Sequence[float], rng: np.random.Generator, draws: int = 4000
) -> tuple[float, float] | None:
    """Give the 95 % interval of a median by drawing samples anew from the sample, or None of fewer than two.

    Args:
        values: The sample.
        rng: The only source of chance.
        draws: How many samples are drawn.
    """
    if len(values) < 2:
        return None
    sample = np.asarray(values, float)
    medians = np.median(sample[rng.integers(len(sample), size=(draws, len(sample)))], axis=1)
    low, high = np.quantile(medians, [0.025, 0.975])
    return float(low), float(high)


def holm(p_values: Sequence[float]) -> list[float]:
    """Correct p-values of tests that were made together, in the order given.

    Source: S. Holm, "A simple sequentially rejective multiple test procedure", 1979.
    """
    order = sorted(range(len(p_values)), key=lambda index: p_values[index])
    corrected, largest = [1.0] * len(p_values), 0.0
    for rank, index in enumerate(order):
        largest = max(largest, min(1.0, (len(p_values) - rank) * p_values[index]))
        corrected[index] = largest
    return corrected
