"""Which bodies have touched: kept by pair, for judges only."""

from collections import Counter
from dataclasses import dataclass

from pydrake.multibody.plant import ContactResults, MultibodyPlant
from pydrake.multibody.tree import BodyIndex


@dataclass(frozen=True, slots=True, kw_only=True)
class Contact:
    """All touches between two bodies up to now.

    Attributes:
        a: Name of one body: a thing's id, ``table``, ``floor`` or a robot's link, with ``@`` and the
            arm's name where there are several.
        b: Name of the other; ``a < b``.
        force: Largest total force, [N].
        first: When they first touched, [s].
        last: When they last touched, [s].
        moving_force: Largest total force while an arm moved, [N]; 0 where none did.
    """

    a: str
    b: str
    force: float
    first: float
    last: float
    moving_force: float


class ContactLog:
    """Gathers contacts as the world goes on."""

    def __init__(self, plant: MultibodyPlant):
        """Start with no contacts.

        Args:
            plant: The plant whose bodies touch.
        """
        bodies = (plant.get_body(BodyIndex(number)) for number in range(plant.num_bodies()))
        self._names = {number: body.name() for number, body in enumerate(bodies)}
        alike = Counter(self._names.values())
        for number, name in self._names.items():
            if alike[name] > 1:
                instance = plant.get_body(BodyIndex(number)).model_instance()
                self._names[number] = f"{name}@{plant.GetModelInstanceName(instance).partition('::')[0]}"
        self._names[0] = "table"
        self._pairs: dict[tuple[str, str], Contact] = {}

    def clear(self) -> None:
        """Forget everything."""
        self._pairs.clear()

    def all(self) -> tuple[Contact, ...]:
        """List the contacts, ordered by names."""
        return tuple(self._pairs[pair] for pair in sorted(self._pairs))

    def record(self, results: ContactResults, time: float, moving: bool) -> None:
        """Add the contacts of one moment.

        Args:
            results: What the plant reports.
            time: The world's time, [s].
            moving: Whether an arm moves.
        """
        forces: dict[tuple[int, int], float] = {}
        for number in range(results.num_point_pair_contacts()):
            info = results.point_pair_contact_info(number)
            a, b = int(info.bodyA_index()), int(info.bodyB_index())
            force = info.contact_force()
            size = float(force @ force) ** 0.5
            pair = (a, b) if a < b else (b, a)
            forces[pair] = forces.get(pair, 0.0) + size
        for (i, j), force in forces.items():
            a, b = sorted((self._names[i], self._names[j]))
            self._add(a, b, force, time, moving)

    def _add(self, a: str, b: str, force: float, time: float, moving: bool) -> None:
        old = self._pairs.get((a, b))
        now = force if moving else 0.0
        self._pairs[a, b] = Contact(
            a=a,
            b=b,
            force=max(force, old.force) if old else force,
            first=old.first if old else time,
            last=time,
            moving_force=max(now, old.moving_force) if old else now,
        )
