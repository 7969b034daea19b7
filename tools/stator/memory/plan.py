"""The plan: arena, model state, DMA halves, stacks and kernel objects get addresses in the regions of the board."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import Literal

from stator.board import Board, boards_that
from stator.errors import ConfigError, DoesNotFit
from stator.ir import DType
from stator.memory.pack import Block, align_up, pack, peak
from stator.memory.sampling import Sampling, sampling
from stator.memory.spread import Room, spread, waits
from stator.memory.tasks import OBJECT_ALIGN, Tasks, stack_bytes
from stator.schedule import Schedule, Step
from stator.spec import ModelSpec
from stator.yamlfile import shown

ARENA_ALIGN = 16
HALF_ALIGN = 32  # a cache line where there is a cache
ARENA = "stator_arena"
UNPLANNED_BYTES = 12 * 1024  # what an arena in several regions leaves for .data and .bss, and for the stack of firmware/bench
CRASH_BYTES = 120  # struct kept of firmware/health/crash.c
SOFTMAX_QUANT = (1 / 256, -128)  # of every INT8 softmax; the monitor's confidence is q + 128

Kind = Literal["stack", "object", "queue", "kept", "features", "half", "arena"]


@dataclass(frozen=True, slots=True)
class Need:
    """Something that wants RAM. `symbol` is its name in C, `ctype` its element type, `what` says it to people."""

    symbol: str
    kind: Kind
    ctype: Literal["uint8_t", "int16_t"]
    bytes: int
    align: int
    what: str
    dma: bool = False


@dataclass(frozen=True, slots=True)
class Item:
    """A need with a place: `address` in `region`."""

    need: Need
    region: str
    address: int

    @property
    def end(self) -> int:
        """The first address past it."""
        return self.address + self.need.bytes

    @property
    def section(self) -> str:
        return ".plan." + self.need.symbol.removeprefix("stator_")

    @property
    def elements(self) -> int:
        return self.need.bytes // (2 if self.need.ctype == "int16_t" else 1)


@dataclass(frozen=True, slots=True)
class Bank:
    """The arena in one region, or its share there. `offset`: that of its first byte in the plan, where one bank follows the other."""

    symbol: str
    region: str
    offset: int
    bytes: int


@dataclass(frozen=True, slots=True, eq=False)
class MemoryPlan:
    """Where everything lies. Sizes, offsets and addresses are bytes. The first of the `banks` holds the graph's inputs and outputs and
    its variables."""

    schedule: Schedule
    board: Board
    spec: ModelSpec
    tasks: Tasks | None  # None: a bare model, planned without firmware
    sampling: Sampling | None
    offsets: tuple[int, ...]  # of each buffer of the schedule, in the arena
    arena_bytes: int
    arena_bound_bytes: int
    items: tuple[Item, ...]
    banks: tuple[Bank, ...]

    def offset(self, tensor: int) -> int:
        """Offset of a tensor in the arena."""
        return self.offsets[self.schedule.buffer_of[tensor]] + self.schedule.within[tensor]

    @property
    def lent(self) -> int | None:
        """The input that lies outside of the arena, where there is one."""
        return next((t for t in self.schedule.graph.inputs if t in self.schedule.lent), None)

    def bank(self, offset: int) -> Bank:
        """The bank that holds this byte of the arena."""
        return next(bank for bank in reversed(self.banks) if bank.offset <= offset)

    def backwards(self, step: Step) -> bool:
        """Whether the layer must run from its last pixel to its first: its output begins inside an input that it may overlap."""
        schedule = self.schedule
        for overlap in step.call.overlaps:
            source, target = step.call.inputs[overlap.input], step.call.outputs[overlap.output]
            if source in schedule.buffer_of:
                start = self.offset(source)
                if start < self.offset(target) < start + schedule.graph.tensors[source].type.bytes:
                    return True
        return False

    def item(self, symbol: str) -> Item:
        return next(item for item in self.items if item.need.symbol == symbol)

    def of(self, *kinds: Kind) -> tuple[Item, ...]:
        return tuple(item for item in self.items if item.need.kind in kinds)

    def free_bytes(self, region: str) -> int:
        """What is left in a region for .data and .bss."""
        return self.board.memory[region].end - _end_of(self.board, region, self.items)


def plan(schedule: Schedule, board: Board, spec: ModelSpec, tasks: Tasks | None) -> MemoryPlan:
    """Places every tensor, DMA half, stack and kernel object in the regions of `board`.

    The arena lies in one region where one has room. Where none has, or only one that is slower than others, its buffers are spread over
    regions, so that an inference waits least. Without `tasks` (a bare model) only the arena is placed. Raises DoesNotFit, which names the
    region, the shortfall and the largest tenants, and ConfigError where the board cannot sample at the model's rate.
    """
    if tasks is not None:
        _model_is_what_its_yml_says(schedule, spec)
    packing = pack(_blocks(schedule), schedule.gaps)
    needs = _needs(packing.bytes, board, spec, tasks)
    _weights_fit(schedule, board, spec)
    items = place(needs, board)
    laid = None
    if items is not None:
        home = next(item.region for item in items if item.need.kind == "arena")
        laid = _Laid(packing.offsets, (Bank(ARENA, home, 0, packing.bytes),), items)
    if laid is None or laid.waits(board, 1) > min(board.memory[name].wait_states for name in _rams(board)):
        laid = _in_banks(schedule, board, needs[:-1], laid) or laid
    if laid is None:
        raise _too_small(needs, board, spec, tasks, schedule)
    asked = spec.input if tasks is not None else None
    chosen = None if asked is None else sampling(board, asked.scan_hz, asked.half_scans, asked.channels)
    size = sum(bank.bytes for bank in laid.banks)
    return MemoryPlan(schedule, board, spec, tasks, chosen, laid.offsets, size, packing.bound, laid.items, laid.banks)


@dataclass(frozen=True, slots=True)
class _Laid:
    """An arena in place: of each buffer its offset, and where all that is planned lies."""

    offsets: tuple[int, ...]
    banks: tuple[Bank, ...]
    items: tuple[Item, ...]

    def waits(self, board: Board, traffic: int) -> int:
        """Wait states of so many accesses to the first bank."""
        return board.memory[self.banks[0].region].wait_states * traffic


def _in_banks(schedule: Schedule, board: Board, others: Sequence[Need], whole: _Laid | None) -> _Laid | None:
    """The arena in several regions, beside all else that is planned; None where none is found, or none that waits less than `whole`."""
    items = place(others, board)
    if items is None:
        return None
    graph, traffic = schedule.graph, _traffic(schedule)
    kept = (*graph.inputs, *graph.outputs, *(t.index for t in graph.variables()))
    together = {schedule.buffer_of[tensor] for tensor in kept if tensor not in schedule.lent}
    parts = spread(_blocks(schedule), schedule.gaps, traffic, _rooms(board, items), together)
    if parts is None or (whole is not None and waits(parts, traffic) >= whole.waits(board, sum(traffic))):
        return None
    offsets, banks, at = [0] * len(schedule.buffers), [], 0
    for number, part in enumerate(parts):
        size = align_up(part.packing.bytes, ARENA_ALIGN)
        for block, inside in zip(part.blocks, part.packing.offsets, strict=True):
            offsets[block] = at + inside
        bank = Bank(f"{ARENA}{number or ''}", part.room.region, at, size)
        need = Need(bank.symbol, "arena", "uint8_t", size, ARENA_ALIGN, f"arena in {bank.region}: tensors of the model")
        items = (*items, Item(need, bank.region, align_up(_end_of(board, bank.region, items), ARENA_ALIGN)))
        banks.append(bank)
        at += size
    return _Laid(tuple(offsets), tuple(banks), items)


def _rooms(board: Board, items: Sequence[Item]) -> list[Room]:
    """What is left for the arena in each region; where .data and .bss lie, not all of that."""
    rooms = []
    for number, name in enumerate(_rams(board)):
        region, at = board.memory[name], align_up(_end_of(board, name, items), ARENA_ALIGN)
        free = (region.end - at - (0 if number else UNPLANNED_BYTES)) // ARENA_ALIGN * ARENA_ALIGN
        rooms.append(Room(name, max(free, 0), region.wait_states))
    return rooms


def _traffic(schedule: Schedule) -> list[int]:
    """Of each buffer, the bytes that one inference reads and writes, where every layer touches its tensors and its scratch once."""
    out = [0 if buffer.tensors else 2 * buffer.bytes for buffer in schedule.buffers]
    for step in schedule.steps:
        for tensor in (*step.call.inputs, *step.call.outputs):
            if tensor in schedule.buffer_of:
                out[schedule.buffer_of[tensor]] += schedule.graph.tensors[tensor].type.bytes
    return out


def arena_bound(schedule: Schedule) -> int:
    """Bytes of arena that no plan of this schedule can go below; cheap, and mostly what `plan` needs."""
    return peak(_blocks(schedule), schedule.gaps)


def _blocks(schedule: Schedule) -> list[Block]:
    return [Block(b.bytes, b.align, b.first, b.last) for b in schedule.buffers]


def place(needs: Sequence[Need], board: Board) -> tuple[Item, ...] | None:
    """Puts each need in the first RAM region with room, of those that wait least. None where something has none.

    What DMA must reach chooses first and stays together: the halves follow each other at once, as one circular transfer needs
    them. Regions are filled from their start, in the order of `needs`: the interrupt stack is the first, so that an overflow leaves
    the memory instead of damaging it.
    """
    rams = sorted(_rams(board), key=lambda name: board.memory[name].wait_states)
    homes: dict[str, list[int]] = {name: [] for name in rams}
    halves = [i for i, need in enumerate(needs) if need.dma]
    others = sorted((i for i in range(len(needs)) if i not in halves), key=lambda i: (-needs[i].bytes, i))
    for together in ([halves] if halves else []) + [[i] for i in others]:
        for name in rams:
            region, tenants = board.memory[name], sorted(homes[name] + together)
            if (together is not halves or region.dma) and _end([needs[i] for i in tenants], region.at) <= region.end:
                homes[name] = tenants
                break
        else:
            return None
    items: list[Item] = []
    for name in rams:
        at = board.memory[name].at
        for i in homes[name]:
            at = align_up(at, needs[i].align)
            items.append(Item(needs[i], name, at))
            at += needs[i].bytes
    return tuple(items)


def _rams(board: Board) -> list[str]:
    """The first of them is where .data and .bss lie."""
    return [name for name, region in board.memory.items() if region.kind == "ram"]


def _end_of(board: Board, region: str, items: Iterable[Item]) -> int:
    """The first address of a region past all that is planned in it."""
    return max((item.end for item in items if item.region == region), default=board.memory[region].at)


def _end(needs: Iterable[Need], at: int) -> int:
    for need in needs:
        at = align_up(at, need.align) + need.bytes
    return at


def _needs(arena_bytes: int, board: Board, spec: ModelSpec, tasks: Tasks | None) -> list[Need]:
    arena = Need(ARENA, "arena", "uint8_t", arena_bytes, ARENA_ALIGN, "arena: tensors and state of the model")
    if tasks is None or spec.input is None or not spec.streams:
        return [arena]
    columns, classes = spec.columns, len(spec.labels)
    stacks = {"main": tasks.main, **tasks.tasks}
    needs: list[Need] = []

    def add(name: str, kind: Kind, size: int, align: int, what: str) -> None:
        needs.append(Need(f"stator_{name}", kind, "uint8_t", size, align, what))

    for name, stack in stacks.items():
        what = "stack of start-up and interrupts" if name == "main" else f"stack of task {name}"
        more = spec.features.more_stack_bytes if spec.features is not None and name == "feature" else 0
        add(f"stack_{name}", "stack", stack_bytes(stack, name, board) + more, max(board.stack_align, board.guard_bytes), what)
    for name in tasks.tasks:
        add(f"tcb_{name}", "object", tasks.objects.task_bytes, OBJECT_ALIGN, f"kernel object of task {name}")
    for name, queue in tasks.queues.items():
        size = queue.length * queue.item_bytes.bytes(columns, classes)
        add(f"qcb_{name}", "object", tasks.objects.queue_bytes, OBJECT_ALIGN, f"kernel object of queue {name}")
        add(f"queue_{name}", "queue", size, OBJECT_ALIGN, f"queue {name}, {queue.length} items")
    add("crash", "kept", CRASH_BYTES, OBJECT_ALIGN, "last words, kept across a reset")
    if spec.features is not None:
        add("features_work", "features", spec.features.work_bytes, OBJECT_ALIGN, "work of the front end")
    for half in (0, 1):
        what = f"half {half} of the DMA's double buffer"
        needs.append(Need(f"stator_half{half}", "half", "int16_t", 2 * spec.input.half_samples, HALF_ALIGN, what, dma=True))
    return [*needs, arena]


def _model_is_what_its_yml_says(schedule: Schedule, spec: ModelSpec) -> None:
    """Refuses a model for the monitor whose first two outputs are not a logit and a softmax per label."""
    graph, labels = schedule.graph, len(spec.labels)
    where = f"{shown(spec.folder / 'model.yml')}"
    if spec.window is None:
        return
    wanted = "a model for the monitor has two INT8 outputs: first a logit per label, then their softmax"
    types = [graph.tensors[t].type for t in (*(() if spec.takes_samples else graph.inputs), *graph.outputs)]
    other = next((type for type in types if type.dtype is not DType.INT8), None)
    if other is not None:
        raise ConfigError(
            f"{where}: {spec.file} takes or gives {other.dtype.value}, and the monitor feeds and reads INT8",
            remedy="quantize its weights, inputs and outputs to INT8: invoke compile --calibrate DIR does it for a float model",
        )
    given = types[-len(graph.outputs) :]
    if len(given) < 2 or any(type.elements != labels for type in given[:2]):
        shapes = ", ".join(str(list(type.shape)) for type in given)
        raise ConfigError(f"{where}: labels: {labels}, and {spec.file} gives {shapes}", remedy=wanted)
    second = graph.tensors[graph.outputs[1]]
    quant = second.type.quant
    if quant is None or (quant.scale, quant.zero_point) != SOFTMAX_QUANT:
        raise ConfigError(
            f"{where}: the second output of {spec.file} ('{second.name}') is not a softmax (scale 1/256, zero point -128)",
            remedy=wanted,
        )


def _weights_fit(schedule: Schedule, board: Board, spec: ModelSpec) -> None:
    """Refuses, from the weights alone, a model that flash cannot hold."""
    needed, there = schedule.weights_bytes, board.flash_bytes
    if needed <= there:
        return
    tables = [(table.symbol.replace("_", " ", 1), table.constant.bytes) for table in schedule.tables]
    raise DoesNotFit(
        f"model '{spec.name}' does not fit board '{board.name}'",
        details=[
            f"flash needs {needed:,} B for weights alone and has {there:,} B: {needed - there:,} B too many",
            _largest(tables),
        ],
        remedy=_other_boards(lambda other: needed <= other.flash_bytes, "a smaller model"),
    )


def _too_small(needs: Sequence[Need], board: Board, spec: ModelSpec, tasks: Tasks | None, schedule: Schedule) -> DoesNotFit:
    """What does not fit, and where it would."""
    dma = [need for need in needs if need.dma]
    rams = {name: region for name, region in board.memory.items() if region.kind == "ram"}
    reachable = {name: region for name, region in rams.items() if region.dma}
    wanted, regions = (dma, reachable) if dma and place(dma, board) is None else (list(needs), rams)
    needed, there = _end(wanted, 0), sum(region.bytes for region in regions.values())
    reach = " that DMA reaches" if wanted is dma else ""
    sizes = f"needs {needed:,} B and has {there:,} B: {needed - there:,} B too many"
    if needed <= there:
        sizes = f"needs {needed:,} B and has {there:,} B, but no region takes the largest part"
    details = [f"{' + '.join(regions)}{reach} {sizes}", _largest((need.what, need.bytes) for need in wanted)]
    arena = needs[-1]
    if arena.bytes * 2 > needed:
        live = sorted(schedule.buffers, key=lambda b: -b.bytes)[:3]
        details.append("largest tensors: " + ", ".join(f"{b.name} {b.bytes:,} B" for b in live))

    def fits(other: Board) -> bool:
        return place(_needs(arena.bytes, other, spec, tasks), other) is not None and schedule.weights_bytes <= other.flash_bytes

    return DoesNotFit(
        f"model '{spec.name}' does not fit board '{board.name}'",
        details=details,
        remedy=_other_boards(fits, "a model with smaller tensors"),
    )


def _largest(tenants: Iterable[tuple[str, int]]) -> str:
    return "largest: " + ", ".join(f"{name} {size:,} B" for name, size in sorted(tenants, key=lambda t: -t[1])[:3])


def _other_boards(fit: Callable[[Board], bool], instead: str) -> str:
    names = boards_that(fit)
    return f"{instead}, or a board with enough: {', '.join(names)}" if names else f"{instead}; no board in boards/ has enough"
