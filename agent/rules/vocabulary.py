"""The words of controlled English: data only.

In ``PHRASES`` a terminal of ``grammar.lark`` and a value stand on the left, the
phrases that stand for them on the right, a comma apart.
"""

from collections.abc import Mapping

COLORS = "red green blue yellow orange purple pink cyan brown gray white black"
KINDS: Mapping[str, str] = {
    "block": "block cube brick",
    "ball": "ball sphere",
    "can": "can tin cylinder",
    "bottle": "bottle flask",
    "mug": "mug cup glass teacup beaker tumbler",
    "bowl": "bowl basin",
    "plate": "plate dish saucer",
    "tray": "tray platter",
    "shelf": "shelf rack",
    "drawer": "drawer",
    "box": "box carton bin crate",
    "container": "container vessel",
    "table": "table desk tabletop counter",
    "thing": "thing object item",
}
PLURALS = {"glass": "glasses", "box": "boxes", "dish": "dishes", "shelf": "shelves"}
NUMBERS = "zero one two three four five six seven eight nine ten eleven twelve"
TENS = {"fifteen": 15, "twenty": 20, "twenty-five": 25, "thirty": 30, "forty": 40, "fifty": 50}
ORDINALS = "first second third fourth fifth sixth seventh eighth"
UNITS: Mapping[float, str] = {
    1.0: "m meter meters metre metres",
    0.01: "cm centimeter centimeters centimetre centimetres cms",
    0.001: "mm millimeter millimeters millimetre millimetres",
    0.0254: "inch inches",
}
PHRASES: Mapping[str, str] = {
    "PICK": ("pick, grab, grasp, take, get, fetch, lift, raise, seize, collect, hold, pick out, get hold of"),
    "PUT": (
        "put, place, set, lay, drop, move, bring, position, deposit, transfer, insert, stick, carry, shift"
    ),
    "PUSH": "push, shove, slide, nudge",
    "CLOSE": "close, shut, push shut",
    "STACK": "stack, pile",
    "BUILD": "build, make",
    "TOWER": "tower",
    "WITH": "with, using",
    "REMOVE": "remove",
    "ING pick": "picking, grabbing, grasping, taking, getting, fetching, lifting, holding",
    "ING put": "putting, placing, setting, laying, dropping, moving, bringing",
    "ING stack": "stacking, piling",
    "OTHERVERB pull": "pull, drag, pulling",
    "OTHERVERB open": "open, opening",
    "OTHERVERB pour": "pour, pouring",
    "OTHERVERB wipe": "wipe, clean, wiping, cleaning",
    "OTHERVERB hand": "hand, give, pass, bring me, give me, hand me, pass me, fetch me, get me",
    "OTHERVERB throw": "throw, toss",
    "OTHERVERB turn": "turn, rotate, flip, tilt over",
    "OTHERVERB swap": "swap, exchange, switch",
    "OTHERVERB sort": "sort, arrange, order, line",
    "OTHERVERB shake": "shake, stir, cut, squeeze, roll, spin",
    "OTHERVERB point": "point at, point to, show",
    "QUESTION": (
        "what, what's, where, where's, which, who, how many, how much, how, why, when, is there, are "
        "there, is the, are the, do you, does, did you, are you"
    ),
    "CONDITION": "if, unless, until, whenever, as long as, once, or, either",
    "WHILE": "while, whilst",
    "UP": "up",
    "DOWN": "down",
    "BACK": "back, back where it was, back in its place, back to its place, back where it stood",
    "IN": "in, into, inside, within, inside of, in to",
    "ON": "on, onto, upon, on top of, atop, on to, on top, over onto",
    "EACHOTHER": (
        "on top of each other, on top of one another, on each other, onto each other, into a tower, "
        "in a tower, into a stack, in a stack, into a pile, in a pile, one on top of the other, on "
        "one another"
    ),
    "BY": "by",
    "NEXT": (
        "next to, beside, alongside, adjacent to, near, near to, close to, nearby, to the side of, at "
        "the side of, by the side of, right next to, just next to"
    ),
    "LEFTOF": (
        "left of, to the left of, on the left of, at the left of, to the left side of, on the left "
        "side of, left from, to the left from, just left of"
    ),
    "RIGHTOF": (
        "right of, to the right of, on the right of, at the right of, to the right side of, on the "
        "right side of, right from, to the right from, just right of"
    ),
    "FRONTOF": "in front of, to the front of, ahead of, just in front of",
    "BEHIND": "behind, in back of, at the back of, right behind, just behind",
    "BETWEEN": "between, in between, in the middle between",
    "UNDER": "under, below, beneath, underneath",
    "FROM": "from, off, off of, out of, from the top of, from on top of, from inside",
    "TO": "to, toward, towards, over to",
    "NEAREST": "nearest, closest",
    "FARTHEST": "farthest, furthest, remotest",
    "SUPER biggest": "biggest, largest, bigger, larger",
    "SUPER smallest": "smallest, littlest, tiniest, smaller",
    "SUPER tallest": "tallest, highest, taller",
    "SUPER shortest": "shortest, lowest, shorter",
    "SUPER left": "leftmost, left-most, left, left-hand, lefthand",
    "SUPER right": "rightmost, right-most, right, right-hand, righthand",
    "SUPER front": "frontmost, front, foremost",
    "SUPER behind": "rearmost, backmost, hindmost, rear",
    "SUPER middle": "middle, central",
    "SIZE big": "big, large, huge, bigger one of",
    "SIZE small": "small, little, tiny",
    "SIZE tall": "tall, high",
    "SIZE short": "short, low",
    "SIDE left": (
        "on the left, to the left, on the left side, on the left-hand side, to the left side, "
        "leftward, leftwards, at the left, on your left, on the far left"
    ),
    "SIDE right": (
        "on the right, to the right, on the right side, on the right-hand side, to the right side, "
        "rightward, rightwards, at the right, on the far right"
    ),
    "SIDE front": "in front, at the front, to the front, forward, forwards, in the front",
    "SIDE behind": "at the back, in the back, to the back, backward, backwards, at the rear",
    "SIDE middle": "in the middle, in the center, in the centre",
    "FROMSIDE left": "from the left, from left, counting from the left",
    "FROMSIDE right": "from the right, from right, counting from the right",
    "FROMSIDE front": "from the front",
    "FROMSIDE behind": "from the back, from behind",
    "THE": "the, this, that, these, those, my, your, its, their",
    "A": "a, an, any, some, any one of, any of, one of, either of",
    "ALL": "all, all of, every, each, every one of, each of, all of the",
    "BOTH": "both, both of",
    "OTHER": "other",
    "ANOTHER": "another",
    "REST": "rest, remaining, remainder, others, remaining ones",
    "OF": "of",
    "EVERYTHING": "everything, all things, all the things",
    "EXCEPT": "except, except for, apart from, other than, excluding, save for, but not",
    "BUT": "but",
    "ONE": "one",
    "ONES": "ones",
    "IT": "it, that one, the same one, the same",
    "THEM": "them, these, those, they",
    "THERE": "there, here, somewhere, anywhere, away, aside",
    "YOU": "you",
    "THATIS": (
        "that is, which is, that are, which are, that's, that stands, that lies, that sits, standing, "
        "lying, sitting, placed, located, which stands, that stand, being"
    ),
    "CALLED": "called, named, number, no.",
    "KEEP": ("keep, stay, remain, keeping, staying, be sure to keep, make sure to keep, make sure to stay"),
    "APART": "distance, space, gap",
    "AWAY": (
        "away from, clear of, distance from, distance to, far from, at a distance from, off from, far "
        "away from, well away from, well clear of, of distance from"
    ),
    "AVOID": "avoid, avoiding, watch out for, mind, steer clear of, look out for",
    "WITHOUT": "without",
    "NOT": "don't, do not, never, dont, must not, do n't",
    "TOUCHING": (
        "touching, hitting, bumping into, bumping, knocking over, knocking, disturbing, colliding "
        "with, brushing, tipping over"
    ),
    "TOUCH": "touch, hit, bump into, bump, knock over, knock, disturb, collide with, brush",
    "TILT": "tilt, spill, tip, spilling, tilting, tipping, tip over, spill anything",
    "UPRIGHT": "upright, level, vertical, straight up, right side up, horizontal",
    "SLOW": (
        "slowly, carefully, gently, softly, cautiously, with care, slow, careful, delicately, be "
        "careful, take care, take your time, very slowly, very carefully, very gently"
    ),
    "AND": "and, &, plus, as well as, and also, along with, together with",
    "THEN": (
        "then, after that, afterwards, afterward, and then, finally, lastly, next, after which, "
        "subsequently, thereafter, when done, when that is done, later, also"
    ),
    "FIRSTLY": "first of all, firstly, to begin with, to start with",
    "BEFORE": "before",
    "AFTER": "after, once you have, after you have",
    "LAST": "last",
}
# Quickness and care not to hit are noise because every motion has both.
NOISE = (
    "without hitting anything, without touching anything, without bumping into anything, "
    "without touching anything else, without knocking anything over, one by one, one at a time, exactly, "
    "please, now, just, kindly, robot, hey, hi, hello, ok, okay, for me, can you, could you, would "
    "you, will you, can you please, could you please, i want you to, i would like you to, i'd like "
    "you to, i need you to, you should, let us, let's, go ahead and, try to, about, roughly, "
    "approximately, at least, more than, quickly, fast, right away, immediately, straight, carefully "
    "now, again please, thanks, thank you, simply, directly, of them, be sure to, make sure to, make "
    "sure you"
)
# Everyday words one slip away from a word above; they are never taken for it.
NOT_SLIPS = (
    "apple arm back bald bale balm banana bark bat bath battle beak beam bean bear beer being bell "
    "best bill black blade blame blank bleak blew block blond blood blow boat boil bold boll bolt "
    "bone book boot bore born both bottom bow bowel bows boxer boy brad brass bread break breed brick "
    "bride bridge bring brow brown buck bug bulk bull butter button cable call calm camp canal cancel "
    "candle candy cane cans cape care cart case cash cast cattle cave class clean clear clock close "
    "closet cloth club clue cold come cope crop crown cub cube cuff curb cute dash desk dirt disk "
    "dome dove draw drawn draws drown dust fall fish flock fork fox frown gate glue gold grab grain "
    "grasp grass gray great greed grey groan hall handle hold hole holy home hug jug kettle knife "
    "lace lame lamp lane late left life lift light lit little live lock love mall mash mask might "
    "mist mold mouse move mover mud must nest night pack pan pans paper pat pate peck pen pencil pet "
    "phone pick pin pine pint pit place plain plan plane planet plank plant plates play plug pock pot "
    "pray puck pug pulled pushed rad read reed remote rent rest rid robot rod rude rug sack same sat "
    "sea seat self shack sheet shell shelve sight sit snack sock some sponge spoon spring stable "
    "stick stock stray string stuck stuff table tablet tall tan tell ten test thank that thin thing "
    "think tight till tin title told towel trail train tram trap tree trip true tug vest wall west "
    "whale wheel where while whole wish"
)
