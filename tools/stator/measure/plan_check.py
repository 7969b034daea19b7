"""Whether the linked image lies where the memory plan says."""

from __future__ import annotations

from stator.measure.elf import Elf
from stator.memory import MemoryPlan


def plan_check(elf: Elf, plan: MemoryPlan) -> tuple[str, ...]:
    """What differs between plan and image, a sentence each: symbols missing, misplaced or of another size, RAM outside its region."""
    complaints = []
    for item in plan.items:
        need, symbol = item.need, elf.named(item.need.symbol)
        if symbol is None:
            complaints.append(f"{need.symbol} is planned at {item.address:#010x} and not in the image")
        elif symbol.address != item.address:
            complaints.append(f"{need.symbol} lies at {symbol.address:#010x}, planned {item.address:#010x}")
        elif symbol.bytes != need.bytes:
            complaints.append(f"{need.symbol} has {symbol.bytes:,} B, planned {need.bytes:,} B")
    regions = plan.board.memory
    for section in elf.sections:
        home = next((n for n, r in regions.items() if r.at <= section.address and section.address + section.bytes <= r.end), None)
        if home is None:
            complaints.append(f"section {section.name} at {section.address:#010x} lies in no region of board '{plan.board.name}'")
        elif section.writable and regions[home].kind != "ram":
            complaints.append(f"section {section.name} is written to and lies in {home}")
    planned = sorted((i.address, i.end, i.need.symbol) for i in plan.items)
    sections = {i.section for i in plan.items}
    for section in elf.sections:
        if section.name in sections or not section.in_ram:
            continue
        for low, high, symbol_name in planned:
            if section.address < high and low < section.address + section.bytes:
                complaints.append(f"section {section.name} overlaps {symbol_name} at {low:#010x}")
    return tuple(complaints)
