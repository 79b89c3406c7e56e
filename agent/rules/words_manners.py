"""The words of controlled English that say how: data only.

A class of ``grammar.lark`` and a value stand on the left, the phrases that stand for them on the right, a
comma apart. A phrase may belong to several classes.
"""

from collections.abc import Mapping

MANNERS: Mapping[str, str] = {
    "WHILE": "while, whilst, as you do so, when you do so, as you do",
    "KEEP": (
        "maintaining, maintain, leaving, leave, with, keep, stay, remain, keeping, staying, hold, "
        "holding, be sure to keep, make sure to keep, make sure to stay, be sure to stay, make sure you "
        "keep, make sure you stay, always keep"
    ),
    "LEAVE": "leave, keep, let",
    "ALONE": (
        "alone, where it is, where they are, in peace, untouched, out of it, in place, as it is, as "
        "they are, be"
    ),
    "APART": "distance, space, gap, clearance, room",
    "AWAY": (
        "away from, clear of, distance from, distance to, far from, at a distance from, off from, far "
        "away from, well away from, well clear of, of distance from, from, clear from, out of the way "
        "of, off"
    ),
    "AVOID": (
        "avoid, avoiding, watch out for, mind, steer clear of, look out for, stay clear of, keep clear "
        "of, keep off, stay off, beware of, be careful with, be careful of, going around, go around, "
        "stay away from, keep away from, keep well away from, stay well away from, keep your distance "
        "from, give a wide berth to, keep far away from, stay far away from, keep it away from, stay "
        "far from, keeping away from, keeping clear of, staying away from, staying clear of, steering "
        "clear of"
    ),
    "GONEAR": (
        "go near, come near, get near, get close to, go close to, come close to, get too close to, go "
        "too near, come too close to, get too near, going near, getting near, coming near, getting "
        "close to, getting too close to, coming too close to, coming close to, going too close to, go "
        "too close to, get anywhere near, go anywhere near, come anywhere near, going anywhere near, "
        "getting anywhere near"
    ),
    "CLOSERTHAN": (
        "get closer than, come closer than, go closer than, get nearer than, come nearer than, go "
        "nearer than, coming closer than, getting closer than, going closer than, get within, come "
        "within, go within, coming within, getting within"
    ),
    "WITHOUT": "without, avoid, avoiding",
    "TOUCHING": (
        "touching, hitting, bumping into, bumping, knocking over, knocking, disturbing, colliding with, "
        "brushing, tipping over, moving, brushing against, knocking into, knocking against"
    ),
    "TOUCH": (
        "touch, hit, bump into, bump, knock over, knock, disturb, collide with, brush, brush against, "
        "move, knock into, knock against, tip over, bother"
    ),
    "TILT": (
        "tilt, spill, tip, spilling, tilting, tipping, tip over, spill anything, tipping over, spilling "
        "anything, spill any, spill a drop, spilling a drop, turn over, turning over, lean, spill any "
        "of, tilting at all"
    ),
    "UPRIGHT": (
        "upright the whole time, so that nothing spills, so nothing spills, so as not to spill, "
        "upright, level, vertical, straight up, right side up, horizontal, the right way up, right way "
        "up, straight, steady and upright, flat, nice and upright"
    ),
    "WHOLEWAY": (
        "the whole way, all the way, the whole time, all the time, on the way, while moving, "
        "throughout, at all times, while you do it, at all time, while you move it, while carrying it, "
        "while you carry it, as you carry it, as you move it, as you go, on the way there, during the "
        "move, while doing so, while you're at it, all along, when you move it, while you do so, for "
        "the whole way, at all, the entire time, while doing it, doing it, when doing so, during that, "
        "along the way, in the process, when you do that, when you do"
    ),
    "SLOW": (
        "no rushing, going slowly, unhurried, do not rush, without rushing, without hurrying, at a "
        "gentle pace, slowly, slow, take your time, take it slow, take it slowly, at a slow speed, at "
        "low speed, no rush, there's no rush, not too fast, not so fast, nice and slow, nice and "
        "slowly, unhurriedly, in slow motion, go slow, go slowly, move slowly, do it slowly, don't "
        "hurry, don't rush, no hurry, slowly does it, at half speed, slower, more slowly, nice and "
        "easy, do n't rush, at a snail's pace, leisurely, do this slowly, very slow"
    ),
    "GENTLE": (
        "tenderly, as gently as possible, gently, gentle, softly, delicately, carefully, cautiously, "
        "with care, careful, be careful, take care, be gentle, with great care, do it gently, do it "
        "carefully, handle with care, soft, lightly, go easy, it's fragile, it is fragile, as gently as "
        "you can, as carefully as you can, with a light touch, be gentle with it, be careful with it, "
        "don't drop it, don't break it, be very careful, be very gentle, they're fragile, easy does it"
    ),
}
