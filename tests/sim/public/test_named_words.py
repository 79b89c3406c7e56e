"""Instructions become deeds and names become words, by rules that know no task."""

import ast
from pathlib import Path

import pytest
from handsel.core.errors import InputError
from handsel.sim.public import named
from handsel.sim.public.named.deeds import deed_of
from handsel.sim.public.named.names import FULL, PART, SHORT, WORD, likeness, words_of


@pytest.mark.parametrize(
    ("name", "words"),
    [
        ("drawer_link2", ("drawer", "link")),
        ("RoundNut-8", ("round", "nut")),
        ("HDMIPort", ("hdmi", "port")),
        ("", ()),
    ],
)
def test_names_are_split(name, words):
    assert words_of(name) == words


@pytest.mark.parametrize(
    ("noun", "name", "score"),
    [
        ("button", "button", FULL),
        ("coffee machine", "coffeemachine", FULL),
        ("coffee machine", "coffee_machine_base", WORD),
        ("drawer", "drawer_link", WORD),
        ("button", "btnGeom", SHORT),
        ("box", "boxbody", PART),
        ("peg", "plug", 0.0),
        ("", "plug", 0.0),
        ("cup", "cupboard", PART),
    ],
)
def test_how_well_a_name_says_a_noun(noun, name, score):
    assert likeness(noun, name) == score


@pytest.mark.parametrize(
    ("said", "kind", "thing", "place"),
    [
        ("Put the red cup onto the tray", "carry", "red cup", "tray"),
        ("Open the cupboard", "open", "cupboard", ""),
        ("Push and shut the gate", "close", "gate", ""),
        ("Go round nothing, press the bell", "press", "bell", ""),
        ("Secure the lid by turning the knob clockwise", "turn", "knob", ""),
        ("Bypass a tower and push the ball into the net", "push", "ball", "net"),
    ],
)
def test_a_deed_has_a_kind_a_thing_and_a_place(said, kind, thing, place):
    deed = deed_of(said)
    assert (deed.kind, deed.thing, deed.place) == (kind, thing, place)


def test_what_else_is_said():
    assert deed_of("Bypass a tower and push the ball into the net").around == "tower"
    assert deed_of("Take the ball out of the net").source == "net"
    deed = deed_of("Grasp a rake and pull the ball with the rake")
    assert (deed.kind, deed.thing, deed.tool) == ("pull", "ball", "rake")
    deed = deed_of("Grasp the lid and close the pot with it")
    assert (deed.kind, deed.thing, deed.tool) == ("close", "pot", "lid")
    assert "counter" in deed_of("Turn the tap counter-clockwise").manners


def test_a_joint_that_revolves_is_no_tool():
    deed = deed_of("Open a gate with a revolving joint")
    assert (deed.tool, deed.thing) == ("", "gate") and "revolving" in deed.manners


def test_without_a_verb_nothing_is_guessed():
    with pytest.raises(InputError, match="no verb"):
        deed_of("the red cup")


def string_constants(tree: ast.AST) -> list[str]:
    """List the texts of a module but for its docstrings."""
    docs = {
        id(node.body[0].value)
        for node in ast.walk(tree)
        if isinstance(node, ast.Module | ast.ClassDef | ast.FunctionDef)
        and node.body
        and isinstance(node.body[0], ast.Expr)
    }
    # A text that stands alone explains the name before it.
    docs |= {id(node.value) for node in ast.walk(tree) if isinstance(node, ast.Expr)}
    return [
        node.value
        for node in ast.walk(tree)
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and id(node) not in docs
    ]


BENCHMARKS_OWN = tuple(
    one
    for line in (
        "-v3 assembly hoop bin-picking btn coffee cmbutton dial doorlock faucet geom hdlprs lever nut objA",
        "puck RoundNut shelf soccer stick windowb wrench plug_wall obj_ nail screw basketball plate cabinet",
        "mug cover drawer window button peg",
    )
    for one in line.split()
)


def test_nothing_that_acts_is_keyed_to_a_task_or_a_body():
    """The audit of ids: no text of the acting code is a task's name, a body's name or a noun of a task."""
    for file in Path(named.__file__).parent.glob("*.py"):
        for text in string_constants(ast.parse(file.read_text())):
            for own in BENCHMARKS_OWN:
                assert own.lower() not in text.lower().split(), (file.name, text)
                assert len(own) < 5 or own.lower() not in text.lower(), (file.name, text)


def test_the_audit_itself():
    found = string_constants(ast.parse('"""faucet"""\nX = "faucet"\n"""faucet"""\ndef f():\n    "mug"\n'))
    assert found == ["faucet"]
