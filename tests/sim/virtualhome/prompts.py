"""A prompt of the form that the package writes, made up here: other words, things, numbers and rules."""

HEAD = """Guide the robot. Data format: things, how they are, what is wanted.

Supported Actions List:
CLOSE: (1, [['CAN_OPEN']]) # Shut it
DRINK: (1, [['DRINKABLE', 'RECIPIENT']]) # Drink it
WALK: (1, [[]]) # Go there
GRAB: (1, [['GRABBABLE']]) # Take it
LOOKAT: (1, [[]]) # Look at it
TURNTO: (1, [[]]) # Turn to it
OPEN: (1, [['CAN_OPEN']]) # Open it
PUTBACK: (2, [['GRABBABLE'], []]) # Put one on the other
PUTIN: (2, [['GRABBABLE'], ['CAN_OPEN']]) # Put one into the other
SIT: (1, [['SITTABLE']]) # Sit down
STANDUP: (0, []) # Get up
SWITCHOFF: (1, [['HAS_SWITCH']]) # Off
SWITCHON: (1, [['HAS_SWITCH']]) # On
PLUGIN: (1, [['HAS_PLUG']]) # Connect it
POUR: (2, [['POURABLE', 'DRINKABLE'], ['RECIPIENT']]) # From one into the other
WIPE: (1, [[]]) # Rub it

Notice:
1. Go to a thing first.

Input:
The relevant objects in the scene are:
"""
THINGS = """Objects in the scene:
attic, id: 5, properties: []
character, id: 7, properties: []
cellar, id: 8, properties: []
crate, id: 20, properties: ['CAN_OPEN', 'CONTAINERS', 'HAS_SWITCH', 'HAS_PLUG']
pear, id: 31, properties: ['GRABBABLE', 'EATABLE']
shelf, id: 32, properties: ['SURFACES']
stool, id: 33, properties: ['SITTABLE']
lamp, id: 41, properties: ['HAS_SWITCH', 'HAS_PLUG']
lamp, id: 42, properties: ['HAS_SWITCH', 'HAS_PLUG']
mug, id: 50, properties: ['GRABBABLE', 'RECIPIENT']
tea-pot, id: 51, properties: ['GRABBABLE']
"""
NODES = """crate, states: ['CLOSED', 'OFF', 'PLUGGED_OUT'], properties:['CAN_OPEN']
lamp, states: ['OFF'], properties:['HAS_SWITCH']
lamp, states: ['OFF'], properties:['HAS_SWITCH']
"""
EDGES = """<pear> (31) is INSIDE to <crate> (20)
<character> (7) is INSIDE to <attic> (5)
"""


def prompt(nodes="", edges="", deeds="There is no action requirement.", *, states=NODES, relations=EDGES):
    """Write a prompt with goals of one's own."""
    line = "-----------------\n\n\n"
    return (
        f"{HEAD}{THINGS}{line}The current environment state is\nNodes:\n{states}\nEdges:\n{relations}{line}"
        f"Node goals are:\n{nodes}\n{line}Edge goals are:\n{edges}\n{line}Action goals are:\n{deeds}\n\n\n"
        "Please output the list of action commands in json format.\n\nOutput:\n"
    )
