"""Between what was detected and what was measured: fragments given back, words carried over."""

from collections import Counter
from collections.abc import Iterable, Sequence

import numpy as np
from scipy.spatial import KDTree

from ..assembly import Piece
from ..cloud import Cloud, joined
from .groups import FRAGMENT, TOUCHING, Group

BELONGS = 0.6  # A fragment of which this share lies on a detected thing is a part of it.


def absorbed(groups: Sequence[Group], rest: Sequence[Cloud]) -> tuple[list[Cloud], list[Cloud]]:
    """Give fragments that lie on a detected thing to it.

    Args:
        groups: Detected things.
        rest: Clusters of what no detection covers.

    Returns:
        One cloud for each detected thing, in order, and the clusters of things that nobody detected.
    """
    clouds = [one.cloud for one in groups]
    trees = [KDTree(cloud.p_W) for cloud in clouds]
    left = []
    for piece in rest:
        shares = [float(np.mean(tree.query(piece.p_W)[0] < TOUCHING)) for tree in trees]
        best = int(np.argmax(shares)) if shares else -1
        small = best >= 0 and len(piece) < FRAGMENT * len(groups[best].cloud)
        if best >= 0 and (shares[best] > BELONGS or (small and shares[best] > BELONGS / 2.0)):
            clouds[best] = joined(clouds[best], piece)
        else:
            left.append(piece)
    return clouds, left


def words_of_pieces(pieces: Sequence[Piece], groups: Sequence[Group]) -> list[tuple[str, float] | None]:
    """Tell which detection each measured piece belongs to, by its points.

    The geometry may have cut a detected thing or joined two: the biggest piece keeps the word.

    Args:
        pieces: What was measured.
        groups: What was detected.

    Returns:
        Word and score of each piece, or None.
    """
    owner: dict[tuple[int, int, int], int] = {}
    for number, one in enumerate(groups):
        owner |= dict.fromkeys(_keys(one.cloud), number)
    shares: list[tuple[int, int, int]] = []
    for index, piece in enumerate(pieces):
        count = Counter(owner[key] for key in _keys(piece.cloud) if key in owner)
        for number, points in count.items():
            if points > 0.5 * len(piece.cloud) or points > 0.5 * len(groups[number].cloud):
                shares.append((points, index, number))
    words: list[tuple[str, float] | None] = [None] * len(pieces)
    used: set[int] = set()
    for _, index, number in sorted(shares, reverse=True):
        if words[index] is None and number not in used:
            words[index] = (groups[number].word, groups[number].score)
            used.add(number)
    return words


def _keys(cloud: Cloud) -> Iterable[tuple[int, int, int]]:
    return zip(cloud.frame.tolist(), *cloud.pixel.T.tolist(), strict=True)
