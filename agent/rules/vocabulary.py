"""The words of controlled English that hold sentences together, and all others: data only.

A class of ``grammar.lark`` and a value stand on the left, the phrases that stand for them on the right, a
comma apart. A phrase may belong to several classes.
"""

from collections.abc import Mapping

from .noise import NOISE as NOISE
from .words_manners import MANNERS
from .words_places import PLACES, PREPOSITIONS
from .words_verbs import PASSIVES, VERBS

NUMBERS = "zero one two three four five six seven eight nine ten eleven twelve"
TENS: Mapping[str, float] = {
    "fifteen": 15, "twenty": 20, "twenty-five": 25, "thirty": 30, "forty": 40, "fifty": 50, "half a": 0.5,
    "a couple of": 2, "a pair of": 2, "couple of": 2,
}  # fmt: skip
ORDINALS = "first second third fourth fifth sixth seventh eighth ninth"
UNITS: Mapping[float, str] = {
    1.0: "m meter meters metre metres",
    0.01: "cm centimeter centimeters centimetre centimetres cms",
    0.001: "mm millimeter millimeters millimetre millimetres",
    0.0254: "inch inches",
}
SMALL: Mapping[str, str] = {
    "THE": "the, this, that, these, those, my, your, our, his, her, their",
    "ITS": "its",
    "A": "a, an, any, some, any one of, any of, either, a single, one",
    "EITHER": "either of, any of, one of, any one of",
    "ALL": "all, all of, every, each, every one of, each of, all of the, every single, each and every",
    "BOTH": "both, both of, the two of",
    "NO": "no",
    "OTHER": "other, remaining",
    "ANOTHER": "another",
    "REST": "rest, remaining, remainder, others, remaining ones, other ones",
    "OF": "of, among, out of, from among",
    "EVERYTHING": "everything, all things, all the things, the lot, all of it, all the stuff",
    "EVERY": "everything, anything, all, something, whatever",
    "WHATEVER": "whatever, what, the one, the thing",
    "EXCEPT": (
        "just not, only not, with the exception of, but only not, save, but leave out, leaving out, not "
        "including, except, except for, apart from, other than, excluding, save for, but not, not, bar, "
        "minus, but"
    ),
    "BUT": "but",
    "IT": "it, that one, this one, the same one, that, this, the thing",
    "THEM": "them, these, those, they, all of them, those two, the two, them all",
    "BOTHTHEM": "both, both of them, them both",
    "ME": "me, us",
    "YOU": "you, you've, you have",
    "REL": "that, which, who",
    "POSED": (
        "staying, sitting there, lies, to be found, out, kept, left, been left, standing, lying, "
        "sitting, placed, located, stands, sits, stand, lie, sit, being, resting, lying around, "
        "currently, directly, right, leaning, still, already, found, leaned"
    ),
    "BE": "sits, is, are, 's, 're, be, was, were, has been, have been, gets, goes",
    "GOES": (
        "live, lives, must to go, have to be put, want to be, has to be, wants to go, goes, go, "
        "belongs, belong, should go, should be, needs to be, need to be, needs to go, need to go, has "
        "to go, have to go, must go, should be put, should be placed, ought to go, ought to be, should "
        "be moved, is to go, are to go, must be, wants to be, can go, can be put, has to be put, should "
        "sit, should stand, needs to stand, needs to be put, need to be put, should come, comes, must "
        "be put"
    ),
    "HAS": "have, has, having, contain, contains, containing, holding, hold, holds, with",
    "WANT": (
        "i should like, i want that, can we get, could we get, let us get, i want to see, i want, i'd "
        "like, i would like, i need, i'd love, i would love, i want to have, i'd like to have, i would "
        "like to have, we need, we want, i wish, i could use, i'd want, i'll have, i'll take, i'd "
        "prefer, i'd rather have, we'd like"
    ),
    "CANIHAVE": (
        "may i trouble you for, might i trouble you for, can i just have, i should like, i would love, "
        "can i have, could i have, may i have, let me have, i'd like to have, can i get, could i get, "
        "may i get, can you give me, i want to have, i'd like, i want, i need, i could use, can i "
        "please have, could i please have, can we have, i'll have, i'll take, i would like"
    ),
    "COMPARED": "farther, further, more far, farther away, further away",
    "AWAYWORD": "away, apart, off",
    "DRINK": "a drink, drink, water, juice, milk, tea, coffee, wine, beer, liquid, lemonade, of it",
    "AT": (
        "at, in, on, to, into, onto, toward, towards, over to, over on, over at, down on, down in, over "
        "in, across to, over towards, along, somewhere on, somewhere in, somewhere at, close to, by, "
        "near"
    ),
    "OF_TABLE": (
        "of the table, of the desk, of table, of the tabletop, of the worktop, of the counter, of your table"
    ),
    "THEREIN": "there, in there, on there, over there, inside, in here",
    "WHICH": "which, which of, what",
    "MYHAND": "in my hand, into my hand, to my hand, in my hands, into my hands, into my palm",
    "NOTHING": (
        "nothing, nothing at all, nothing then, it all be, it be, everything be, everything as it is, "
        "it as it is, it all as it is, not a thing"
    ),
    "MEASURE tall": "height, tallness",
    "MEASURE thick": "width, thickness, diameter",
    "MEASURE long": "length",
    "MEASURED tall": "tall, high",
    "MEASURED thick": "wide, thick",
    "MEASURED long": "long",
    "WHICHEVER": "whichever, which ever, whatever",
    "ASKFOR": "state, tell me, say, name, count, tell us, give me, let me know",
    "CALLED": "called, named, number, no.",
    "NOT": "n't, not, never, do not, don't, must not, do n't",
    "DONT": (
        "don't, do not, never, must not, should not, mustn't, shouldn't, ca n't, can not, you must not, "
        "try not to"
    ),
}
ORDER: Mapping[str, str] = {
    "AND": "n, and, &, plus, as well as, and also, along with, together with, also, and then also",
    "THEN": (
        "then, after that, afterwards, afterward, and then, finally, lastly, next, after which, "
        "subsequently, thereafter, when done, when that is done, later, also, and finally, and lastly, "
        "once that is done, once that's done, after this, when that's done, once done, when you're "
        "done, and after that, followed by, and when that's done, then finally, last of all, at the "
        "end, when you are done, once you're done, before finally, from there, and only then, and next"
    ),
    "FIRSTLY": (
        "first, first of all, firstly, to begin with, to start with, to start, start by, begin by, first off"
    ),
    "BEFORE": "before, prior to, before you",
    "AFTER": (
        "after, once, when, as soon as, after you have, once you have, when you have, whenever, only "
        "after, only when, only once, but only after, but only once, but only when, after first, right "
        "after"
    ),
    "UNTIL": "until, till, before",
    "IF": (
        "in case that, on condition that, in the event that, if, in case, provided, provided that, only "
        "if, as long as, assuming, but only if, whenever"
    ),
    "UNLESS": "unless, except if, if not, but not if, only not if",
    "OTHERWISE": (
        "if not so, in the other case, otherwise, or else, else, if not, failing that, if there isn't, "
        "if it isn't, if there is not, if there is none, if it is not, if that's not the case, if there "
        "are none, if there isn't one, if that isn't the case, if there's none, if there aren't any, if "
        "there isn't any, if that is not so"
    ),
    "LAST": "last",
    "TOO": "too, as well, also, likewise",
    "SAME": (
        "same with, the same with, do the same with, the same for, same for, do the same for, do that "
        "with, now do the same with, likewise with, do the same thing with, same thing with, same again "
        "with, the same goes for, same goes for, do it with, same to, do the same to, likewise for, "
        "ditto for, ditto with, what about, how about, do likewise with, repeat that with, repeat with, "
        "repeat for, and do the same with"
    ),
    "CORRECT": (
        "no, no no, yes, yeah, sure, nah, nope, sorry, no sorry, i meant, i mean, actually, wait, oops, "
        "rather, no wait, instead, my mistake, hmm, hang on, on second thought, on second thoughts, "
        "scratch that, oh, er, not that one, not this one, correction, i meant to say, or rather, make "
        "that, what i meant was, that's wrong, wrong one, not that, oh no, that's the wrong one, no not "
        "that one, i said"
    ),
    "MORE": "more, the most, most",
    "FEWER": "fewer, less, the fewest, fewest, the least, least",
}
PHRASES: Mapping[str, str] = {**VERBS, **PASSIVES, **PREPOSITIONS, **PLACES, **SMALL, **ORDER, **MANNERS}
