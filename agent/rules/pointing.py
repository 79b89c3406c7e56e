"""Tying the words of a correction to things: *that one*, *the blue one*, *the green*, *the other one*."""

import re
from dataclasses import dataclass

from ...core.errors import NeedsAnswer
from ...perception.scene import Scene
from . import nouns
from .deeds import Deed, Turn
from .meaning import NotHere, NotUnderstood
from .step import Step
from .understand import understand

_THIS = re.compile(r"^(?:this|that|it|the)(?: (?:one|thing))?$")
_THIS_KIND = re.compile(r"^(?:this|that) (?P<kind>[a-z]+)$")
_DETERMINER = re.compile(r"^(?:the|a|an|that|this) ")
_DO = {"pick": "pick", "push": "push", "open": "open", "pour": "pour", "place": "put"}


def deed_of(step: Step) -> Deed:
    """Give a step as a deed, so that later words can refer to it."""
    to = tuple(step.reference.split(",")) if step.reference and step.relation != "at" else ()
    relation = "back" if step.relation == "at" else step.relation
    return Deed(do=_DO[step.skill], what=(step.thing,), relation=relation, to=to, distance=step.distance)


@dataclass(frozen=True, slots=True, kw_only=True)
class Pointing:
    """What words can point at.

    Attributes:
        scene: What is there.
        turns: Earlier turns of the dialogue.
        steps: What is to be done, what is done now first.
        held: What the hands hold.
    """

    scene: Scene
    turns: tuple[Turn, ...]
    steps: tuple[Step, ...]
    held: tuple[str, ...]

    @property
    def current(self) -> str | None:
        """The thing that is spoken of: what is held, else what is about to be taken."""
        if self.held:
            return self.held[0]
        return self.steps[0].thing if self.steps else self._last()

    def _last(self) -> str | None:
        deeds = [deed for turn in self.turns for deed in turn.deeds if deed.what]
        return deeds[-1].what[-1] if deeds else None

    def kind(self, name: str | None) -> str:
        """Give a thing's kind, or nothing where there is no such thing."""
        return next((thing.kind for thing in self.scene.things if thing.name == name), "")

    def with_steps(self) -> tuple[Turn, ...]:
        """Give the turns of the dialogue with what is to be done as the latest, what is done now last."""
        if not self.steps:
            return self.turns
        return (*self.turns, Turn(deeds=tuple(deed_of(step) for step in reversed(self.steps))))

    def names(self, words: str, kind: str = "") -> tuple[str, ...]:
        """Give the things that words mean.

        Args:
            words: A description, or a word that points.
            kind: What *one* stands for, and a colour alone is of; the kind of the current thing where empty.

        Raises:
            NotUnderstood: If the words are none.
            NotHere: If nothing fits.
            NeedsAnswer: If more fit than are meant.
        """
        words = words.strip()
        own = self.kind(self.current)
        match = _THIS_KIND.match(words)
        of_own = match is not None and (own == match["kind"] or own in nouns.alike(match["kind"]))
        if self.current is not None and (_THIS.match(words) or of_own):
            return (self.current,)
        for thing in self.scene.things:
            if words in (thing.name, thing.name.replace("_", " ")):
                return (thing.name,)
        meaning = understand(f"pick up {self.spelled(words, kind or own)}", self.scene, self.with_steps())
        if meaning.kind == "ask":
            raise NeedsAnswer(meaning.text, meaning.about)
        if meaning.kind == "not understood" and meaning.absent:
            raise NotHere(meaning.text, meaning.words)
        found = tuple(name for deed in meaning.deeds for name in deed.what)
        if not found or meaning.kind not in ("do", "nothing"):
            raise NotUnderstood(meaning.text or f"not understood: {words!r}", (words,))
        return found

    def others(self, name: str, taken: tuple[str, ...] = ()) -> str:
        """Give the other one of a thing's kind.

        Raises:
            NotHere: If there is none.
            NeedsAnswer: If there are several.
        """
        kind = self.kind(name)
        fit = [thing.name for thing in self.scene.things if thing.kind == kind and thing.name != name]
        fit = [one for one in fit if one not in taken] or fit
        if not fit:
            raise NotHere(f"there is no other {kind or 'thing'} here", (kind,))
        if len(fit) > 1:
            raise NeedsAnswer(f"which other {kind}?", fit)
        return fit[0]

    def spelled(self, words: str, kind: str) -> str:
        """Say a colour with its kind, and *one* as what it stands for."""
        if not kind:
            return words
        words = re.sub(r"\bones?\b", kind, words)
        bare = _DETERMINER.sub("", words)
        colors = {name for listed in nouns.COLORS.values() for name in listed.split()} | {*nouns.COLORS}
        if bare in colors:
            return f"the {bare} {kind}"
        return words if _DETERMINER.match(words) or "_" in words else f"the {words}"
