"""The words of controlled English that say what is done: data only.

A class of ``grammar.lark`` and a value stand on the left, the phrases that stand for them on the right, a
comma apart. A phrase may belong to several classes.
"""

from collections.abc import Mapping

VERBS: Mapping[str, str] = {
    "PICK": (
        "grip, take up, hold up, keep hold of, pick, grab, grasp, take, get, fetch, lift, raise, seize, "
        "collect, hold, pick out, get hold of, take hold of, grab hold of, scoop up, snatch, pluck, "
        "retrieve"
    ),
    "PUT": (
        "put, place, set, lay, add, drop, move, bring, position, deposit, transfer, insert, stick, "
        "carry, throw, toss, pop, bung, sling, chuck, plonk, stand, hang, balance, dump, stuff, fling, "
        "dunk, rest, shift, load, plop, slot, tuck, park, relocate, return, leave, store, stow, slip, "
        "lower, get, hang up, take, fit, prop, perch, sit, whack, lob, slap, bring over"
    ),
    "PUSH": "push, shove, slide, nudge, scoot, poke, push over",
    "PULL": "pull, drag, tug, haul",
    "STACK": "stack, pile, heap",
    "BUILD": "form, build, make, construct, create",
    "TOWER": "tower, stack, pile",
    "REMOVE": "remove, clear",
    "DISCARD": (
        "ditch, throw away, chuck away, throw out, bin, trash, discard, get rid of, dispose of, toss "
        "out, chuck out, toss away, scrap, dump"
    ),
    "DISCARDED": "throw, chuck, toss",
    "GIVE": "give, hand, pass, bring, fetch, get, hand over, pass over, grab",
    "HANDOVER": "hand over, pass over, hand, pass, give",
    "OPEN": "open, open up, unscrew, uncap",
    "CLOSE": "close, shut, close up",
    "TURNON": "turn on, switch on, power on",
    "TURNOFF": "turn off, switch off, power off, shut off",
    "TURN": "turn, switch",
    "POUR": "pour, tip, empty, decant, pour out, tip out",
    "FILL": "fill, fill up, top up",
    "WIPE": (
        "wipe, clean, wipe down, wipe off, wipe up, scrub, mop, dust, clean up, wipe clean, give a wipe"
    ),
    "USE": "use, take, with",
    "SWAP": "swap, exchange, switch, interchange, trade, swap round, swap over, switch round",
    "SWAPOF": (
        "change the place of, change the places of, swap the places of, swap the positions of, exchange "
        "the places of, change places of"
    ),
    "SWAPPLACES": (
        "to swap places, to trade places, to change places, swap places, trade places, change places, "
        "switch places, exchange places, swap positions, trade positions, switch positions, swap, "
        "change positions, exchange positions"
    ),
    "LINEUP": "line up, align, line, queue up, arrange, line out",
    "ROW": (
        "in a row, in a line, in a straight line, into a row, into a line, in one row, in one line, in line"
    ),
    "ARRANGE": (
        "arrange, sort, order, put, lay, set, place, lay out, set out, organise, organize, group, separate"
    ),
}
PASSIVES: Mapping[str, str] = {
    "PICKED": "picked up, lifted, lifted up, picked, raised, held, held up, grabbed, taken",
    "MOVED": "put, placed, moved, set, laid, dropped, brought, stuck, carried, shifted, put down",
    "OPENED": "opened, open",
    "CLOSED": "closed, shut",
    "WIPED": "wiped, cleaned, wiped down",
}
