"""Colours of pictures: those of things by their names, and those of stages by their order."""

THING_COLORS = {
    "red": "#d1382f",
    "green": "#3f9a4d",
    "blue": "#3268b8",
    "yellow": "#ecc12f",
    "orange": "#e8822c",
    "purple": "#7f4fa8",
    "pink": "#e58fb3",
    "cyan": "#37b3c4",
    "brown": "#8a5a36",
    "gray": "#8d9299",
    "white": "#f1efe9",
    "black": "#2b2d31",
}
UNKNOWN_COLOR = "#b9b4aa"
STAGE_COLORS = ("#1f5f8b", "#c8553d", "#588157", "#8e5572", "#b08900", "#3d8b8b", "#6d6875", "#4a4e9e")
ROUND_KINDS = frozenset({"ball", "can", "bottle", "mug", "bowl", "plate"})


def thing_color(name: str) -> str:
    """Give the hex code of a thing's colour name."""
    return THING_COLORS.get(name, UNKNOWN_COLOR)


def stage_color(index: int) -> str:
    """Give the hex code of the stage of an order number."""
    return STAGE_COLORS[index % len(STAGE_COLORS)]
