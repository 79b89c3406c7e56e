"""What the hands hold, followed from stage to stage."""

import ast
from collections.abc import Sequence
from dataclasses import replace

from ..expressions import Expression
from ..program import Grasp, Release, Stage
from .acts import Draft
from .refusal import refusal
from .vocabulary import Vocabulary


def followed(
    drafts: Sequence[Draft], always: Draft | None, vocabulary: Vocabulary
) -> tuple[tuple[Stage, ...], tuple[str, ...]]:
    """Close the stages, knowing at each what every hand holds.

    Args:
        drafts: The stages in order.
        always: What joins every stage.
        vocabulary: Hands, and what they hold at the beginning.

    Returns:
        The stages, and what the program ends holding.

    Raises:
        Refusal: If a hand takes or lets go what it cannot, or the end is not as stated.
    """
    held = dict(vocabulary.held)
    stages: list[Stage] = []
    for draft in drafts:
        used: set[str] = set()
        _check_toward(draft, always, held)
        for number, (act, node) in enumerate(draft.acts):
            hand = act.hand if isinstance(act, Grasp) else _releasing(act, node, held)
            if hand in used:
                raise refusal(node, f"the hand {hand} acts twice in one stage", "Write a stage for each act")
            used.add(hand)
            if isinstance(act, Release):
                draft.acts[number] = (replace(act, hand=hand), node)
                del held[hand]
                continue
            if hand in held:
                now = held[hand]
                again = now == act.thing
                reason = f"{hand} already holds {'it' if again else now}"
                remedy = (
                    "Leave the second grasp out" if again else f"Write release({now}) in an earlier stage"
                )
                raise refusal(node, reason, remedy)
            held[hand] = act.thing
        if draft.holds and draft is not drafts[-1]:
            raise refusal(
                draft.holds[0][1], "hold() speaks of the program's end", "Write it in the last stage"
            )
        stages.append(draft.stage(always))
    _check_end(drafts[-1], held)
    return tuple(stages), tuple(sorted(set(held.values())))


def _check_toward(draft: Draft, always: Draft | None, held: dict[str, str]) -> None:
    """Check that what the hand is drawn to is neither in the hand nor kept away from."""
    extra = always or Draft(node=draft.node)
    avoided = {one.thing for one in (*draft.avoid, *extra.avoid)}
    grasped = [act.thing for act, _ in draft.acts if isinstance(act, Grasp)]
    for one, node in (*draft.toward, *extra.toward):
        if grasped:
            reason = f"the stage ends where the hand closes on {grasped[0]}, so it ends nowhere else"
            raise refusal(node, reason, "Leave toward out, or write it in a stage before the grasp")
        if not isinstance(one.target, Expression) or one.target.ref is None or one.target.ref.when != "now":
            continue
        thing = one.target.ref.thing
        if thing in held.values():
            remedy = "Name where to bring it, such as above(thing, cm(10)) or a point"
            raise refusal(node, f"{thing} is in the hand and moves with it", remedy)
        if thing in avoided:
            reason = f"the stage goes toward {thing} and avoids it"
            raise refusal(node, reason, f"Leave one out, or write toward(near({thing}, cm(20)))")


def _releasing(act: Release, node: ast.AST, held: dict[str, str]) -> str:
    hands = [hand for hand, thing in held.items() if thing == act.thing and act.hand in ("", hand)]
    if not hands:
        now = ", ".join(f"{hand} holds {thing}" for hand, thing in held.items()) or "nothing is held"
        raise refusal(
            node, f"{act.thing} is not held then: {now}", "Grasp it in an earlier stage, or leave it out"
        )
    if len(hands) > 1:
        raise refusal(node, f"{act.thing} is held by {' and '.join(hands)}", f"Write hand={hands[0]!r}")
    return hands[0]


def _check_end(last: Draft, held: dict[str, str]) -> None:
    stated = dict(last.holds)
    for thing, node in stated.items():
        if thing not in held.values():
            raise refusal(node, f"{thing} is not held at the end", "Leave hold() out, or do not release it")
    for hand, thing in held.items():
        if thing not in stated:
            remedy = f"Write hold({thing}) in the last stage if that is meant, else release({thing})"
            raise refusal(last.node, f"the program ends with {thing} in the hand {hand}", remedy)
