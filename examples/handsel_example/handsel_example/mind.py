"""A mind: the offline grammar, and one more sentence that it does not know."""

import re

from handsel.agent.mind import Subtask
from handsel.agent.rules.mind import RulesMind
from handsel.perception.scene import Scene
from handsel.skills.skill import SkillSpec


class AsideMind(RulesMind):
    """Understands "set the red block aside" besides."""

    @property
    def name(self) -> str:
        """Name in traces."""
        return "aside"

    def decompose(self, instruction: str, scene: Scene, skills: tuple[SkillSpec, ...]) -> tuple[Subtask, ...]:
        """Name the skill and its argument, or leave the sentence to the grammar."""
        said = re.fullmatch(r"set (?:the )?(.+) aside", instruction.strip().lower())
        if said is None:
            return super().decompose(instruction, scene, skills)
        thing = scene.thing(said[1].replace(" ", "_"))
        return (Subtask(text=f"set {thing.name} aside", skill="set_aside", arguments={"thing": thing.name}),)
