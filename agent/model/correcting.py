"""A language model's answer to what a person says meanwhile: its form, its check, what follows."""

from typing import Literal

from pydantic import Field

from ...core.errors import CannotDo, NeedsAnswer
from ...prompts import Prompt, render
from ..corrections import FASTER, SLOWER, Correction, Kind, Standing, Talk
from ..mind import Subtask
from . import plan
from .forms import PlanAnswer, StepAnswer, Strict
from .look import Seen
from .telling import setting_of, skills_text, things_text

KINDS: dict[str, Kind] = {
    "stop": Kind.STOP,
    "go_on": Kind.GO_ON,
    "correct": Kind.NOT_THAT,
    "also": Kind.ALSO,
    "leave": Kind.LEAVE,
    "put_back": Kind.PUT_BACK,
    "instruct": Kind.INSTRUCT,
    "question": Kind.QUESTION,
}


class AwayAnswer(Strict):
    """What to keep away from."""

    thing: str = Field(max_length=80)
    metres: float = Field(ge=0.0, le=1.0)


class CorrectionAnswer(Strict):
    """What a line means, and all that is to be done from now on."""

    thought: str = Field(max_length=800)
    kind: Literal[
        "stop", "go_on", "correct", "also", "leave", "put_back", "instruct", "question", "ask", "refusal"
    ]
    steps: list[StepAnswer] = Field(max_length=24)
    speed: Literal["same", "slower", "faster", "usual"]
    never_touch: list[str] = Field(max_length=20)
    may_touch: list[str] = Field(max_length=20)
    keep_away: list[AwayAnswer] = Field(max_length=20)
    message: str = Field(max_length=300)
    options: list[str] = Field(max_length=12)


def correction_prompt(line: str, talk: Talk, seen: Seen, history: str) -> Prompt:
    """Fill in the prompt for a line.

    Args:
        line: What was said.
        talk: What is done, held and standing.
        seen: What was seen in the picture.
        history: What happened before, one a line.
    """
    told = setting_of(talk.scene)
    places = [
        f"- {name}: in {where.inside}"
        if where.inside
        else f"- {name}: on {where.on} at {where.x:.3f},{where.y:.3f}"
        for name, where in talk.last_places.items()
    ]
    return render(
        "correct",
        setting=told.robot,
        units=told.units,
        skills=skills_text(talk.skills),
        things=things_text(talk.scene, seen),
        held=", ".join(talk.held) or "nothing",
        places="\n".join(places) or "(nothing was taken)",
        pending="\n".join(f"- {one.text}" for one in talk.pending) or "(nothing)",
        standing="\n".join(f"- {one}" for one in talk.standing.told()) or "(nothing)",
        history=history,
        line_in_one=" ".join(line.split()),
        line=line.replace('"""', "'''"),
    )


def correction_trouble(answer: CorrectionAnswer, talk: Talk) -> str:
    """Say why an answer cannot be used; nothing where it can."""
    if answer.kind in ("ask", "refusal", "question"):
        if not (answer.message.strip() and answer.message.isprintable()):
            return f"a {answer.kind} needs a readable message"
        if answer.kind != "question":
            return ""
    known = {thing.name for thing in talk.scene.things}
    named = [*answer.never_touch, *answer.may_touch, *(one.thing for one in answer.keep_away)]
    strange = [name for name in named if name not in known]
    if strange:
        return f"there is no {strange[0]!r}; expected identifiers out of {', '.join(sorted(known))}"
    if not answer.steps:
        return ""
    whole = PlanAnswer(thought="", kind="steps", steps=answer.steps, message="", options=[])
    return plan.trouble(whole, talk.scene, talk.skills) or _forbidden(answer, talk)


def _forbidden(answer: CorrectionAnswer, talk: Talk) -> str:
    """Say which step takes what must not be touched."""
    excluded = _standing(answer, talk.standing).excluded
    for number, step in enumerate(answer.steps, start=1):
        for argument in step.arguments:
            if argument.name == "thing" and argument.value in excluded:
                return f"step {number}: {argument.value} must not be touched"
    return ""


def corrected(answer: CorrectionAnswer, talk: Talk) -> Correction:
    """Take a checked answer at its word.

    Raises:
        NeedsAnswer: If it is a question to the person.
        CannotDo: If it is a refusal.
    """
    if answer.kind == "ask":
        raise NeedsAnswer(answer.message, answer.options)
    if answer.kind == "refusal":
        raise CannotDo(answer.message)
    kinds = [KINDS[answer.kind]]
    kinds += {"slower": [Kind.SLOWER], "faster": [Kind.FASTER], "usual": [Kind.FASTER]}.get(answer.speed, [])
    kinds += [Kind.FORBID] * bool(answer.never_touch) + [Kind.ALLOW] * bool(answer.may_touch)
    kinds += [Kind.KEEP_AWAY] * bool(answer.keep_away)
    listed = PlanAnswer(thought="", kind="steps", steps=answer.steps, message="", options=[])
    steps: tuple[Subtask, ...] = plan.taken(listed) if answer.steps else ()
    # A question, or a stop, never drops what is still to be done, whatever the answer's list says.
    kept = answer.kind in ("question", "stop") or (answer.kind == "go_on" and not steps)
    return Correction(
        kinds=tuple(kinds),
        pending=talk.pending if kept else steps,
        standing=_standing(answer, talk.standing),
        answer=answer.message,
        rests=answer.kind == "stop",
    )


def _standing(answer: CorrectionAnswer, standing: Standing) -> Standing:
    standing = standing.forbidding(*answer.never_touch).allowing(*answer.may_touch)
    for one in answer.keep_away:
        standing = standing.keeping(one.thing, one.metres or None)
    match answer.speed:
        case "slower":
            return standing.paced(SLOWER)
        case "faster":
            return standing.paced(FASTER)
        case "usual":
            return standing.paced(1.0 / standing.pace)
    return standing
