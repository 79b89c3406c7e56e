"""What things are called: data only.

Each line of ``ALIKE`` are words for one kind of thing. Where a scene has a thing called by the very
word said, that is meant; else one called by a word of the same line; else, for a word of ``GROUPS``,
one called by any word of the group.
"""

from collections.abc import Mapping

ALIKE = (
    "block,cube,brick",
    "ball,sphere",
    "can,tin,cylinder",
    "bottle,flask",
    "mug,cup,glass,teacup,beaker,tumbler,goblet",
    "bowl,basin",
    "plate,dish,saucer",
    "tray,platter",
    "shelf,rack,stand,cabinet shelf,bookshelf,bookcase,shelving unit",
    "drawer,cabinet drawer",
    "compartment,partition",
    "caddy,desk caddy,organizer,organiser,desk organizer,desk organiser",
    "stove,cooker,hob,stovetop,cooktop",
    "microwave,microwave oven",
    "oven",
    "refrigerator,fridge",
    "box,carton,crate,case",
    "bin,trash can,waste bin,wastebasket,wastepaper basket,rubbish bin,garbage can,trash bin,dustbin,"
    "garbage bin,waste basket,litter bin,recycling bin",
    "basket,hamper",
    "cabinet,cupboard,chest of drawers,dresser",
    "peg,hook",
    "holder,pen holder,pen pot,pencil holder,pencil cup,pen cup,pen stand",
    "pen,ballpoint,biro,ballpoint pen",
    "pencil",
    "book",
    "notebook,notepad,jotter,pad",
    "tape,sticky tape,roll of tape,tape roll,sellotape,adhesive tape",
    "phone,mobile,mobile phone,cell phone,cellphone,smartphone,telephone",
    "stapler",
    "sponge,scrubber",
    "cloth,rag,towel",
    "apple",
    "banana",
    "orange",
    "lemon",
    "spoon",
    "fork",
    "knife",
    "key",
    "paper ball,ball of paper,crumpled paper,paper,wad of paper,scrap of paper,piece of paper,paper wad,"
    "bit of paper",
    "toy car,car",
    "teddy bear,teddy,bear,stuffed bear,stuffed animal,plushie,cuddly toy,soft toy,plush bear",
    "toy brick,lego brick,lego,brick,lego block,building brick,toy block,lego piece",
    "lid,cap,cover",
    "scissors",
    "hammer",
    "screwdriver",
    "laptop",
    "lamp",
    "vase",
    "pot",
    "pan,frying pan,frypan,skillet,saucepan",
    "jug,pitcher",
    "kettle",
    "bag",
    "hat",
    "shoe",
    "doll",
    "dinosaur",
    "door",
    "handle",
    "container,vessel,receptacle",
    "table,desk,tabletop,counter,desktop,worktop,work surface",
    "thing,object,item,stuff",
)
COUNTLESS = frozenset(
    [
        "scissors",
        "waste",
        "rubbish",
        "litter",
        "stuff",
        "trash",
        "garbage",
        "paper",
        "lego",
        "crumpled",
        "tape",
    ]
)
GROUPS: Mapping[str, str] = {
    "toy": "toy car,car,teddy bear,teddy,toy brick,lego,lego brick,doll,dinosaur",
    "fruit": "apple,banana,orange,lemon,pear",
    "piece of fruit": "apple,banana,orange,lemon,pear",
    "drinking vessel": "mug,cup,glass",
    "crockery": "mug,cup,plate,bowl,dish,saucer",
    "cutlery": "spoon,fork,knife",
    "stationery": "pen,pencil,stapler,tape,notebook,scissors",
    "waste": "can,tin,paper ball,paper,crumpled paper,trash,rubbish,wrapper",
    "rubbish": "can,tin,paper ball,paper,crumpled paper,trash,rubbish,wrapper",
    "litter": "can,tin,paper ball,paper,crumpled paper,trash,rubbish,wrapper",
    "piece of rubbish": "can,tin,paper ball,paper,crumpled paper,trash,rubbish,wrapper",
}
SECOND: Mapping[str, str] = {
    "dish": "bowl",
    "container": "box",
    "pot": "bowl",
    "stand": "rack",
    "cabinet": "shelf",
}
"""What a word means where nothing is called so in the first place."""
PACKAGES = ("box", "carton", "can", "tin", "bottle", "packet", "pack", "package", "jar", "bag")
PLURALS = {
    "glass": "glasses",
    "box": "boxes",
    "dish": "dishes",
    "shelf": "shelves",
    "knife": "knives",
    "brush": "brushes",
    "chest of drawers": "chests of drawers",
    "roll of tape": "rolls of tape",
    "ball of paper": "balls of paper",
    "piece of paper": "pieces of paper",
    "scrap of paper": "scraps of paper",
    "wad of paper": "wads of paper",
    "piece of fruit": "pieces of fruit",
    "toy": "toys",
}
_ALIKE = tuple(tuple(line.split(",")) for line in ALIKE)
NOUNS = tuple(dict.fromkeys([word for line in _ALIKE for word in line] + list(GROUPS)))
COLORS: Mapping[str, str] = {
    "red": "red",
    "green": "green",
    "blue": "blue",
    "yellow": "yellow",
    "orange": "orange",
    "purple": "purple violet",
    "pink": "pink",
    "cyan": "cyan turquoise",
    "brown": "brown",
    "gray": "gray grey",
    "white": "white",
    "black": "black",
    "silver": "silver silvery",
    "gold": "gold golden",
    "clear": "clear transparent see-through",
}
SHAPES: Mapping[str, str] = {
    "round": "ball,can,bowl,plate,bottle,mug,cup,glass,cylinder,apple,orange",
    "square": "block,cube,box",
    "cylindrical": "can,cylinder,bottle",
    "cubic": "block,cube",
    "spherical": "ball,sphere,apple,orange",
    "flat": "plate,tray,book,notebook,phone",
}


def plural(noun: str) -> str:
    """Give the plural of a noun."""
    if noun in PLURALS:
        return PLURALS[noun]
    if noun in COUNTLESS:
        return noun
    *before, last = noun.split(" ")
    if last in PLURALS:
        return " ".join([*before, PLURALS[last]])
    if last.endswith(("s", "x", "sh", "ch")):
        return noun + "es"
    return noun[:-1] + "ies" if last[-1] == "y" and last[-2] not in "aeiou" else noun + "s"


def packed(kind: str) -> tuple[str, ...]:
    """Give what goods are called by what they come in: the cream cheese box, a milk carton.

    Args:
        kind: What they are; for a noun of the lexicon there is none, since a bowl box is no bowl.
    """
    if not kind or kind in NOUNS:
        return ()
    stems = dict.fromkeys((kind, kind.removesuffix("s")))
    return tuple(f"{stem} {package}" for stem in stems for package in PACKAGES)


def alike(noun: str) -> frozenset[str]:
    """Give the words that can stand for the same kind of thing, the noun itself among them."""
    return frozenset({noun}.union(*(line for line in _ALIKE if noun in line)))


def group(noun: str) -> frozenset[str]:
    """Give what belongs to a group such as *toys*; nothing for other nouns."""
    return frozenset(filter(None, GROUPS.get(noun, "").split(",")))
