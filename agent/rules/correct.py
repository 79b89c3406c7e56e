"""Corrections in controlled English: what is to be done from now on, once a person has spoken.

The remarks that need no scene are taken out first; what is left speaks of things, and the
grammar of instructions ties it to the scene. What is done now lends its words to what is
left unsaid: *the blue one* takes the place of what is moved, *on the blue* of where to.
"""

import re
from dataclasses import dataclass, field, replace

from ...core.errors import CannotDo, InputError, NeedsAnswer
from ...perception.scene import Scene
from ...skills.skill import SkillSpec
from ..corrections import FASTER, SLOWER, Correction, Kind, Standing, Talk, doing
from ..mind import Subtask
from ..remarks import Remarks, is_about_doing, joined, take_apart
from . import lexicon
from .amend import amended, bare
from .asides import is_aside
from .backwards import back_step, put_back
from .deeds import Deed, Meaning, Turn
from .meaning import NotUnderstood
from .phrases import Phrase, phrase
from .plan import plan
from .pointing import Pointing
from .step import Step
from .understand import understand

_TOO = re.compile(r"[ ,]+(?:too|as well|also)$")


@dataclass(slots=True, kw_only=True)
class Correcting:
    """One line being understood.

    Attributes:
        talk: What is done, held and standing.
        turns: Earlier turns of the dialogue.
        steps: What is to be done from now on, as far as it is known.
        standing: What holds from now on.
        kinds: What the line was found to be.
        answer: What the person is told.
        changed: Whether what is to be done has changed.
        fresh: Deeds of a new instruction in the line.
    """

    talk: Talk
    turns: tuple[Turn, ...]
    steps: list[Step] = field(default_factory=list)
    standing: Standing = field(default_factory=Standing)
    kinds: list[Kind] = field(default_factory=list)
    answer: str = ""
    changed: bool = False
    fresh: tuple[Deed, ...] = ()

    @property
    def scene(self) -> Scene:
        """What is there."""
        return self.talk.scene

    def pointing(self) -> Pointing:
        """Give what ties words to things, as things stand in what is to be done."""
        return Pointing(scene=self.scene, turns=self.turns, steps=tuple(self.steps), held=self.talk.held)

    def result(self) -> Correction:
        """Give what follows; what is held and not wanted any more is put back first."""
        if self.changed:
            first = self.steps[0].thing if self.steps else None
            back = [back_step(name, self.talk) for name in self.talk.held if name != first]
            self.steps = [*back, *self.steps]
        return Correction(
            kinds=tuple(dict.fromkeys(self.kinds)),
            pending=tuple(Subtask(text=step.text) for step in self.steps),
            standing=self.standing,
            answer=self.answer,
            rests=Kind.STOP in self.kinds,
        )


def correct(line: str, talk: Talk, turns: tuple[Turn, ...]) -> tuple[Correction, tuple[Deed, ...]]:
    """Understand a line.

    Args:
        line: What was said.
        talk: What is done, held and standing; its steps are canonical.
        turns: Earlier turns of the dialogue, oldest first.

    Returns:
        What follows from it, and the deeds of a new instruction in it.

    Raises:
        InputError: If it is not understood.
        NeedsAnswer: If several readings remain.
        CannotDo: If it is understood but impossible.
    """
    remarks = take_apart(lexicon.clean(line))
    state = Correcting(
        talk=talk, turns=turns, steps=[Step.read(one.text) for one in talk.pending], standing=talk.standing
    )
    _manners(remarks, state)
    phrases = [phrase(clause) for clause in remarks.rest]
    spoken = [one for one in phrases if one.clause.asked and is_about_doing(one.clause.text)]
    if spoken:
        state.kinds.append(Kind.QUESTION)
        state.answer = doing(talk)
        phrases = [one for one in phrases if one not in spoken]
    phrases = _standing(phrases, state)
    phrases = [one for one in phrases if one.role != "not" or not _forbidden(one, state)]
    phrases = _left_for_another(phrases, state)
    _backwards(remarks, phrases, state)
    _speech([one for one in phrases if one.role not in ("leave", "back")], line, state)
    if not state.kinds:
        raise NotUnderstood(f"not understood: {line.strip()!r}", tuple(line.split()))
    return state.result(), state.fresh


def _manners(remarks: Remarks, state: Correcting) -> None:
    """Take the remarks about how, and those that change nothing."""
    for kind in remarks.kinds:
        match kind:
            case Kind.SLOWER:
                state.standing = state.standing.paced(SLOWER)
            case Kind.FASTER:
                state.standing = state.standing.paced(FASTER)
            case Kind.GENTLY:
                state.standing = replace(state.standing, gentle=True)
            case Kind.LEAVE | Kind.NEVER_MIND:
                state.steps, state.changed = [], True
            case _:
                pass
        state.kinds.append(kind)


def _standing(phrases: list[Phrase], state: Correcting) -> list[Phrase]:
    """Take what holds from now on; give the phrases that say something else."""
    rest = []
    for one in phrases:
        match one.role:
            case "forbid":
                names = state.pointing().names(one.np)
                state.standing = state.standing.forbidding(*names)
                kept = [
                    step for step in state.steps if not {step.thing, *step.reference.split(",")} & {*names}
                ]
                state.changed = (
                    state.changed or len(kept) < len(state.steps) or bool({*names} & {*state.talk.held})
                )
                state.steps = kept
                state.kinds.append(Kind.FORBID)
            case "allow":
                state.standing = state.standing.allowing(*state.pointing().names(one.np))
                state.kinds.append(Kind.ALLOW)
            case "away":
                for name in state.pointing().names(one.np):
                    state.standing = state.standing.keeping(name, one.far)
                state.kinds.append(Kind.KEEP_AWAY)
            case _:
                rest.append(one)
    return rest


def _forbidden(one: Phrase, state: Correcting) -> bool:
    """Whether what is not wanted is what must not be touched at all, which was seen to already."""
    try:
        return {*state.pointing().names(one.np)} <= {*state.standing.excluded}
    except (InputError, CannotDo, NeedsAnswer):
        return False


def _left_for_another(phrases: list[Phrase], state: Correcting) -> list[Phrase]:
    """Read "leave the red, take the blue one" as "not the red, the blue one" where red is to be moved."""
    others = [one for one in phrases if one.role == "other" or one.role == "said"]
    if not state.steps or not others or any(_is_instruction(one, state) for one in others):
        return phrases
    things = {step.thing for step in state.steps}
    return [
        replace(one, role="not")
        if one.role == "leave" and {*state.pointing().names(one.np)} & things
        else one
        for one in phrases
    ]


def _backwards(remarks: Remarks, phrases: list[Phrase], state: Correcting) -> None:
    """Take what leaves things where they are, and what brings them back."""
    pointing = state.pointing()
    for one in phrases:
        if one.role == "leave":
            names = {*pointing.names(one.np)}
            kept = [step for step in state.steps if step.thing not in names]
            state.changed = state.changed or len(kept) < len(state.steps)
            state.steps = kept
            state.kinds.append(Kind.LEAVE)
    backs = tuple(name for one in phrases if one.role == "back" for name in pointing.names(one.np))
    if not backs and Kind.PUT_BACK not in remarks.kinds:
        return
    others = any(one.role in ("not", "other", "place", "said") for one in phrases)
    state.kinds.append(Kind.PUT_BACK)
    state.changed = True
    if others and state.steps and (not backs or {*backs} <= {*state.talk.held, state.steps[0].thing}):
        # "The other one! Put this one back first": what is held goes back by itself before anything else.
        return
    state.steps = put_back(backs, state.talk)


def _speech(phrases: list[Phrase], line: str, state: Correcting) -> None:
    """Take what speaks of things: an amendment of what is done, or an instruction of its own."""
    said = [one for one in phrases if one.role == "said"]
    if not phrases:
        return
    steps = None
    if state.steps and not any(_is_instruction(one, state) for one in said):
        steps = amended(phrases, state.pointing(), state.steps)
    if steps is not None:
        added = all(one.clause.added for one in said) and said and len(phrases) == len(said)
        others = any(one.role == "other" for one in phrases)
        state.kinds.append(Kind.ALSO if added else Kind.OTHER if others else Kind.NOT_THAT)
        state.changed = state.changed or not added
        state.steps = steps
        return
    _instruct(phrases, line, state)


def _is_instruction(one: Phrase, state: Correcting) -> bool:
    """Whether a clause says by itself what to do."""
    try:
        state.pointing().names(bare(one.np))
    except (InputError, CannotDo, NeedsAnswer):
        pass
    else:
        return False
    try:
        return understand(one.np, state.scene, _before(state)).kind in ("do", "nothing")
    except (InputError, CannotDo, NeedsAnswer):
        return False


def _before(state: Correcting) -> tuple[Turn, ...]:
    return state.pointing().with_steps()


def _instruct(phrases: list[Phrase], line: str, state: Correcting) -> None:
    """Understand the rest as an instruction, or as a question about the scene.

    Raises:
        InputError: If it is not understood, and more than an aside.
        NeedsAnswer: If several readings remain.
        CannotDo: If it is understood but impossible.
    """
    clauses = tuple(one.clause for one in phrases if one.role in ("said", "place"))
    if not clauses:
        raise NeedsAnswer(f"What is meant by {line.strip()!r}? Nothing is done at the moment.")
    text = joined(clauses)
    meaning = _without_too(text, state) or understand(text, state.scene, _before(state))
    if meaning.kind == "not understood" and not state.kinds and len(clauses) == len(phrases):
        # Politeness that the grammar of instructions knows better than the cutting into clauses.
        meaning = understand(line, state.scene, _before(state))
    if meaning.kind == "not understood":
        if state.kinds and not meaning.absent and all(is_aside(one.whole) for one in clauses):
            return
        raise NotUnderstood(meaning.text, meaning.words)
    if meaning.kind == "ask":
        raise NeedsAnswer(meaning.text, meaning.about)
    if meaning.kind in ("answer", "nothing"):
        state.kinds.append(Kind.QUESTION)
        state.answer = meaning.text
        return
    _take(meaning, clauses[0].added, any(one.role == "not" for one in phrases), state)


def _without_too(text: str, state: Correcting) -> Meaning | None:
    """Understand "everything else on the tray too" without its last word; None where that is nothing to do.

    *Too* says that it comes besides what is done, which is known by then. Where nothing is left without
    it, as of "the yellow one too", it stands for what was done before.
    """
    shorter = _TOO.sub("", text)
    if shorter == text:
        return None
    for said in (f"put {shorter}", shorter):
        try:
            meaning = understand(said, state.scene, _before(state))
        except (InputError, CannotDo, NeedsAnswer):
            continue
        if meaning.kind == "do" and meaning.deeds[0].do == "put" and meaning.deeds[0].to:
            return meaning
    return None


def _take(meaning: Meaning, added: bool, negated: bool, state: Correcting) -> None:
    """Put the steps of a new instruction where they belong: after, instead of, or in the place of a step."""
    meaning = without_excluded(meaning, state.standing)
    new = list(plan(meaning, state.scene, _before(state)))
    things = {step.thing for step in new}
    place = next((i for i, step in enumerate(state.steps) if {step.thing} == things), None)
    state.fresh = meaning.deeds
    if place is not None and (negated or not added or state.steps[place].thing in state.talk.held):
        # Another goal for what is moved, or is about to be: it takes that step's place.
        state.steps[place : place + 1] = new
        state.kinds.append(Kind.NOT_THAT)
        state.changed = True
    elif added and state.steps:
        state.steps += new
        state.kinds.append(Kind.ALSO)
    else:
        state.steps = new
        state.kinds.append(Kind.INSTRUCT)
        state.changed = True


def without_excluded(meaning: Meaning, standing: Standing) -> Meaning:
    """Leave out what is not to be touched.

    Raises:
        CannotDo: If nothing else was asked for.
    """
    deeds = tuple(deed for deed in meaning.deeds if not {*deed.what} & {*standing.excluded})
    if meaning.deeds and not deeds:
        names = sorted({name for deed in meaning.deeds for name in deed.what} & {*standing.excluded})
        raise CannotDo(
            f"{' and '.join(names)} must not be touched, as you said; say 'you may touch it again' first"
        )
    return replace(meaning, deeds=deeds)


def check_skills(steps: list[Step], skills: tuple[SkillSpec, ...]) -> None:
    """Refuse steps that no skill does.

    Raises:
        CannotDo: If there is one.
    """
    known = {spec.name for spec in skills}
    for step in steps:
        if known and step.done_by not in known:
            raise CannotDo(f"there is no skill {step.done_by!r}, which {step.text!r} needs")
