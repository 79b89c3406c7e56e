"""The words of controlled English that say where: data only.

A class of ``grammar.lark`` and a value stand on the left, the phrases that stand for them on the right, a
comma apart. A phrase may belong to several classes.
"""

from collections.abc import Mapping

PREPOSITIONS: Mapping[str, str] = {
    "UP": "up, upwards, off the table, into the air, up in the air",
    "DOWN": "down",
    "OVER": "over, across, around, round, out, along, up",
    "BACK": (
        "back, back where it was, back in its place, back to its place, back where it stood, back to "
        "where it was, back where it came from, back where they were, back to where they were, back to "
        "its original place, back to its original position, where it was, back where you found it, back "
        "where it belongs, where it came from, back to where it came from, where it was before, back "
        "where it was before"
    ),
    "IN": "in, into, inside, within, inside of, in to, to the inside of, on the inside of",
    "ON": (
        "on, onto, upon, on top of, atop, on to, on top, over onto, right on, right on top of, to the "
        "top of, on the top of, directly on, directly on top of, down on, squarely on"
    ),
    "EACHOTHER": (
        "on top of each other, on top of one another, on each other, onto each other, into a tower, in "
        "a tower, into a stack, in a stack, into a pile, in a pile, one on top of the other, on one "
        "another, one on the other, on top of one other, one on another, one on top of another, up"
    ),
    "TOGETHER": (
        "together, next to each other, side by side, beside each other, next to one another, close together"
    ),
    "BY": "by",
    "NEXT": (
        "next to, beside, alongside, adjacent to, near, near to, close to, nearby, to the side of, at "
        "the side of, by the side of, right next to, just next to, right beside, directly next to, just "
        "beside, by, up against, against, right by, up to, over by, around"
    ),
    "LEFTOF": (
        "on left of, at left of, immediately to the left of, left of, to the left of, on the left of, "
        "at the left of, to the left side of, on the left side of, left from, to the left from, just "
        "left of, just to the left of, directly to the left of, directly left of, to the immediate left "
        "of, immediately left of, right to the left of"
    ),
    "RIGHTOF": (
        "on right of, at right of, right from, immediately to the right of, immediately right of, right "
        "of, to the right of, on the right of, at the right of, to the right side of, on the right side "
        "of, to the right from, just right of, just to the right of, directly to the right of, directly "
        "right of, to the immediate right of"
    ),
    "FRONTOF": (
        "in the front of, front of, in front of, to the front of, ahead of, just in front of, right in "
        "front of, directly in front of, before, at the front of, nearer to me than, closer to me than"
    ),
    "BEHIND": (
        "behind of, in the back of, behind, in back of, at the back of, right behind, just behind, "
        "directly behind, at the rear of, straight behind, to the back of, farther from me than, "
        "further from me than"
    ),
    "BETWEEN": (
        "between, in between, in the middle between, midway between, halfway between, right between, "
        "exactly between"
    ),
    "UNDER": (
        "under, below, beneath, underneath, directly under, right under, directly below, directly beneath"
    ),
    "FROM": (
        "from, off, off of, out of, from the top of, from on top of, from inside, away from, from in, from on"
    ),
    "TO": "to, toward, towards, over to, across to, up to",
    "NEAREST": "nearest, closest, nearer, closer, nearest to, closest to, next nearest",
    "FARTHEST": "farthest, furthest, remotest, furthest away, farthest away, most distant",
}
PLACES: Mapping[str, str] = {
    "SUPER biggest": (
        "more big, most big, most large, more large, greatest, biggest, largest, bigger, larger"
    ),
    "SUPER smallest": (
        "more small, most small, most little, more little, smallest, littlest, tiniest, smaller, tinier"
    ),
    "SUPER tallest": "more tall, most tall, most high, more high, higher, tallest, highest, taller",
    "SUPER shortest": "more short, most short, most low, more low, lower, shortest, lowest, shorter",
    "SUPER longest": "longest, longer",
    "SUPER widest": "widest, wider, broadest, broader",
    "SUPER narrowest": "narrowest, narrower, thinnest, thinner, slimmest, slimmer",
    "SUPER left": "leftmost, left-most, left, left-hand, lefthand",
    "SUPER right": "rightmost, right-most, right, right-hand, righthand",
    "SUPER front": "frontmost, front, foremost, near",
    "SUPER behind": "rearmost, backmost, hindmost, rear, back, far",
    "SUPER middle": "middle, central, center, centre",
    "SUPER top": "top, upper, topmost, uppermost",
    "SUPER bottom": "bottom, lower, bottommost, lowermost, lowest",
    "SIZE big": "big, large, huge, great big",
    "SIZE small": "small, little, tiny, wee, mini",
    "SIZE tall": "tall, high",
    "SIZE short": "short, low",
    "SIZE long": "long",
    "SIZE thin": "thin, slim, narrow, skinny",
    "SIZE thick": "thick, wide, fat, broad",
    "SHAPE": "round, square, cylindrical, cubic, spherical, flat",
    "STATE open": "open, opened",
    "STATE closed": "closed, shut",
    "STATE empty": "empty",
    "STATE full": "full",
    "SIDEWORD left": "left, left-hand, lefthand, left hand",
    "SIDEWORD right": "right, right-hand, righthand, right hand",
    "DEPTH near": "near, nearer, front, bottom, lower, closest, nearest",
    "DEPTH far": "far, back, top, upper, rear, farthest, furthest",
    "CORNER": "corner",
    "SIDES": "side, edge, end, half, part, area",
    "MIDDLE": "middle, center, centre",
    "TOPOF": "to the top of",
    "BOTTOMOF": "to the bottom of, at the bottom of",
    "MUCH": "a lot, a good deal, a long way, a great deal, much further, much farther, far",
    "LITTLE": "a little, a little bit, a bit, slightly, just",
    "DIFFERENT": "different, separate, distinct",
    "CORNERS": "corners",
    "ROWWAY left to right": (
        "in a horizontal line, in a horizontal row, into a horizontal line, into a horizontal row, "
        "horizontally"
    ),
    "ROWWAY near to far": (
        "in a vertical line, in a vertical row, into a vertical line, into a vertical row, in a column, into "
        "a column, vertically"
    ),
    "ROWWAY diagonal": (
        "in a diagonal line, in a diagonal row, into a diagonal line, into a diagonal row, diagonally, on a "
        "diagonal, along a diagonal"
    ),
    "MISMATCHING": (
        "of a different color, of a different colour, of another color, of another colour, of different "
        "colors, of different colours, of other colors, of other colours, with mismatched colors, with "
        "mismatched colours, with different colors, with different colours, of mismatched colors, of "
        "mismatched colours, that do n't match, that do not match"
    ),
    "MISMATCHED": "mismatched, non-matching, mismatching",
    "TABLE_MIDDLE": (
        "table center, table centre, table middle, table's center, table's centre, table's middle, tabletop "
        "center, tabletop centre"
    ),
    "DIR left": "to the left, left, leftward, leftwards, to its left, over to the left, to my left",
    "DIR right": ("to the right, right, rightward, rightwards, to its right, over to the right, to my right"),
    "DIR near": (
        "in direction to me, more close to me, more near to me, nearer to me, in the direction of me, "
        "in my direction, towards my side, close to me, towards me, toward me, closer to me, closer, "
        "nearer, forward, forwards, to the front, near me, my way, this way, further forward, further "
        "forwards, towards the front"
    ),
    "DIR away": (
        "more far from me, more away from me, in direction away from me, away from me, further away, "
        "farther away, away, back, backward, backwards, to the back, further back, farther back, "
        "towards the back, further away from me, farther away from me, farther from me, further from "
        "me, towards the robot, toward you, towards you, toward the back"
    ),
    "FROMSIDE left": (
        "counting from left, from the left side, counted from the left, counting from the left side, "
        "from the left-hand side, from the left, from left, counting from the left, on the left, "
        "starting from the left"
    ),
    "FROMSIDE right": (
        "counting from right, from the right side, counted from the right, from the right-hand side, "
        "from the right, from right, counting from the right, starting from the right"
    ),
    "FROMSIDE bottom": (
        "from the bottom, from below, counting upwards, counting from the bottom, counting up"
    ),
    "FROMSIDE top": "from the top, from above, counting downwards, counting from the top",
    "FROMSIDE front": "from the front",
    "FROMSIDE behind": "from the back, from behind",
    "INROW front": (
        "the front row, in the front row, in the first row, of the front row, from the front row, in "
        "the near row"
    ),
    "INROW behind": ("in the back row, in the last row, of the back row, from the back row, in the far row"),
    "ORDER left to right": (
        "from left to right, left to right, going from left to right, from the left to the right, going "
        "left to right"
    ),
    "ORDER right to left": "from right to left, right to left, from the right to the left",
    "ORDER near to far": (
        "from near to far, from front to back, front to back, near to far, from the front to the back"
    ),
    "ORDER far to near": "from far to near, from back to front, back to front, far to near",
    "PLEASED": (
        "in just that order, in exactly that order, in that very order, in that exact order, in that "
        "order, in this order, in order, in the order given"
    ),
    "BYSIZE up": (
        "in ascending size, in ascending order, in ascending order of size, by ascending size, in "
        "increasing size, from little to big, by size, going by size, according to size, sorted by "
        "size, in order of size, ordered by size, from smallest to biggest, from small to big, smallest "
        "to biggest, from smallest to largest, smallest to largest, smallest first, from small to "
        "large, in size order, from the smallest to the biggest"
    ),
    "BYSIZE down": (
        "in descending size, in descending order, in descending order of size, by descending size, in "
        "decreasing size, from biggest to smallest, from big to small, biggest to smallest, from "
        "largest to smallest, largest to smallest, biggest first, largest first, from large to small, "
        "from the biggest to the smallest"
    ),
    "BYHEIGHT up": (
        "by height, from shortest to tallest, shortest to tallest, shortest first, from short to tall"
    ),
    "BYHEIGHT down": "from tallest to shortest, tallest to shortest, tallest first, from tall to short",
    "BYCOLOR": "by color, by colour, according to color, according to colour",
    "MATCHING": (
        "of the same color, of the same colour, of matching color, with the same color, with matching "
        "colors, with the same colour, of its color, of its colour, of its own color, of its own "
        "colour, of their color, of their colour, with matching colours, with the matching color, with "
        "the matching colour, of their own color, of their own colour, of matching colors, of the "
        "matching color, of the matching colour"
    ),
    "MATCHED": (
        "matching, same-coloured, same-colored, matched colored, matched, corresponding, matching colored"
    ),
}
