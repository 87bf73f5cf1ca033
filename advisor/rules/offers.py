"""What converting would unlock, what it takes and what it costs."""

from advisor.catalogue import FAMILIES, Family, losses_for
from advisor.commands import convert_command
from advisor.report import ConversionOffer
from advisor.rules.facts import Facts
from converters.conversions import Material, plans


def offers(facts: Facts, material: Material | None = None) -> tuple[ConversionOffer, ...]:
    """What converting would unlock: losses that do not take the data as it stands, those that unlock most first.

    Args:
        facts: what is known about the data.
        material: the sample in canonical shape, to tell how many rows would come out.
    """
    found = []
    for planned in plans(facts.format):
        unlocks: dict[Family, tuple[str, ...]] = {}
        for family in (facts.family,) if facts.family else FAMILIES:
            own = {loss.name for loss in losses_for(facts.format, family)}
            new = [loss.name for loss in losses_for(planned.target, family) if loss.name not in own]
            if new:
                unlocks[family] = tuple(new)
        way, rows_out = planned.settled(material, facts.rows)
        if rows_out == 0 or not (unlocks or way.mines):  # it makes no row of this data, or adds nothing to it
            continue
        command = convert_command(facts.dataset, way.target, said=facts.said)
        rows_in = facts.rows if material is None else material.counted(facts.rows)
        found.append((way.cost, ConversionOffer(way.target, unlocks, way.mines, command, rows_in, rows_out)))
    return tuple(offer for _, offer in sorted(found, key=lambda each: (-len(each[1].unlocks), each[0])))
