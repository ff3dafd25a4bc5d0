"""What looks like a flood is marked and queued, never refused; a planner sees it in a tab and clears it in one act.

A library, a school or a care home shares one address, so the budgets are wide: more than a hundred in an hour (T1).
"""

from collections.abc import Collection, Mapping
from datetime import datetime
from ipaddress import IPv6Address, ip_address, ip_network

import sqlalchemy as sa

from participation.contributions.model import Contribution
from participation.foundation import log, permission
from participation.foundation.db import db
from participation.projects.model import Project
from participation.rules.acts import Act
from participation.rules.kinds import Sign
from participation.rules.policy import Actor

#: How many in an hour come unmarked from one address, and from one network.
FROM_ADDRESS, FROM_NETWORK = 100, 300


def flood_keys(came_from: str) -> tuple[str, ...]:
    """What is counted when something is sent: its address and the network around it; nothing where none is known.

    It is counted in the act's own transaction; no address is kept, only a keyed hash of it for two days.
    """
    if not came_from:
        return ()
    address, network = _places(came_from)
    return f"sent:{address}", f"sent_network:{network}"


def flood_signs(counts: Mapping[str, int]) -> list[Sign]:
    """A sign when the address or its network is over its budget.

    Args:
        counts: how many in this hour, by the keys of `flood_keys`.
    """
    budget = {"sent": FROM_ADDRESS, "sent_network": FROM_NETWORK}
    many = any(count > budget[key.partition(":")[0]] for key, count in counts.items())
    return [Sign.MANY] if many else []


def clear_flags(actor: Actor, project: Project, ids: Collection[int], *, now: datetime) -> int:
    """A planner has looked: the chosen ones are no longer marked; all of a project are by `sweep.look_at_marked`.

    Their signs stay on record.

    Returns:
        How many were marked until now.

    Raises:
        NotAllowed: the actor may not work in this case.
    """
    permission.require(actor, Act.CLEAR_FLAGS, project, now)

    marked = sa.update(Contribution).where(
        Contribution.project_id == project.id, Contribution.suspicious, Contribution.id.in_(ids)
    )
    numbers = sorted(
        db.session.scalars(
            marked.values(suspicious=False).returning(Contribution.number).execution_options(synchronize_session=False)
        )
    )
    db.session.expire_all()
    if numbers:
        log.record(Act.CLEAR_FLAGS, actor, project, at=now, count=len(numbers), numbers=numbers)
    return len(numbers)


def _places(came_from: str) -> tuple[str, str]:
    """The address and the network around it: one household is a /64 of IPv6; a network is /24, or /48 of IPv6."""
    try:
        address = ip_address(came_from)
    except ValueError:
        return came_from, came_from
    if isinstance(address, IPv6Address) and address.ipv4_mapped is not None:
        address = address.ipv4_mapped
    own, around = (64, 48) if isinstance(address, IPv6Address) else (32, 24)
    return str(ip_network((address, own), strict=False)), str(ip_network((address, around), strict=False))
