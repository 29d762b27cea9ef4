"""A cluster of any size, simulated: programs a second, what is idle, what is lost, and what a whole run needs.

Usage: python bench/simulate_nodes.py [--nodes 1000] [--slots 64] [--programs 1e9] [--program-ms 58] [--mtbf-hours 100]
       python bench/simulate_nodes.py --measure        # what a call and a program cost the command here
       python bench/simulate_nodes.py --check          # beside bench/results/ray_nodes.json, of real nodes

One command feeds all nodes: each program costs it CPU time, and so does each call of a node, two at once, which takes
programs there and comes back with those that have ended. A node's slots take programs in order. Nodes are lost at
random, what was on them is executed again elsewhere, and they come back. The first programs (`--sample`) are simulated
one by one; the rest goes on like their second half.
"""

import argparse
import heapq
import json
import random
import time
from collections import deque
from dataclasses import dataclass
from pathlib import Path
from typing import Any, NamedTuple

from passatk.judging.node import AT_ONCE, EACH, MORE_S, Ended, Task, packed, unpacked

HERE = Path(__file__).parent
CALLS = 2
"""Of a node, at once."""
SAMPLE_BYTES = 2100
"""Of a sample, in the journal and in results.jsonl (docs/scale.md)."""
MEMORY_BYTES = 114
"""Of a sample, in the command (docs/performance.md, a million samples)."""


class Costs(NamedTuple):
    """Seconds."""

    program: float
    """CPU of a slot."""
    command: float
    """CPU of the command for a program: read, assembled, sent, journaled."""
    call: float
    """CPU of the command for a call, besides."""
    way: float
    """From command to node, or back."""


class Found(NamedTuple):
    programs_per_s: float
    command_busy: float
    slots_busy: float
    lost: float
    """Executions that were thrown away, of all."""


@dataclass
class Node:
    slot_free: list[float]
    """When each slot has ended what it was given."""
    life: int = 0
    """How often it was lost: what it had before is not what it has."""
    there: int = 0
    """Programs of which the command has no answer."""
    running: int = 0
    ended: int = 0
    """Since a call took what had ended."""
    since: float = 0.0
    """When the first of these was there to be taken."""
    calls: int = 0


class Simulation:
    """Events in the order of their times."""

    def __init__(self, nodes: int, slots: int, costs: Costs, mtbf_s: float = 1e9, back_s: float = 60):
        self._slots, self._costs, self._mtbf_s, self._back_s = slots, costs, mtbf_s, back_s
        self._nodes = [Node([0.0] * slots) for _ in range(nodes)]
        self._rng = random.Random(0)
        self._events: list[tuple[float, int, str, int, int, int]] = []
        self._number = 0
        self._places = deque(node for _ in range(CALLS) for node in range(nodes))
        """Nodes, once for each call that they could have."""
        self._done = self._lost = 0
        self._waiting = nodes * slots * AT_ONCE
        self._command_s = self._slots_s = self._command_free = 0.0
        for node in range(nodes):
            self._at(self._rng.expovariate(1 / mtbf_s), "lost", node)

    def _at(self, when: float, what: str, node: int, programs: int = 0) -> None:
        self._number += 1
        heapq.heappush(self._events, (when, self._number, what, self._nodes[node].life, node, programs))

    def run(self, programs: int) -> Found:
        """So many; rates are those of their second half."""
        now, half = 0.0, (0.0, 0, 0.0, 0.0)
        while self._done < programs:
            if self._places and now >= self._command_free:
                self._call(now)
            now = self._next(now)
            if not half[1] and self._done >= programs // 2:
                half = (now, self._done, self._command_s, self._slots_s)
        spent = now - half[0]
        slots = len(self._nodes) * self._slots
        return Found(
            (self._done - half[1]) / spent,
            (self._command_s - half[2]) / spent,
            (self._slots_s - half[3]) / spent / slots,
            self._lost / (self._done + self._lost),
        )

    def _call(self, now: float) -> None:
        """The command takes programs to a node, whose slots begin them."""
        number = self._places.popleft()
        node = self._nodes[number]
        shared = max(-(-self._waiting // (1 + len(self._places))), self._slots - node.there)
        size = min(self._slots * EACH, self._slots * AT_ONCE - node.there, self._waiting, shared)
        node.calls += 1
        node.there += size
        node.running += size
        self._waiting -= size
        spent = self._costs.call + size * self._costs.command
        self._command_s += spent
        self._command_free = now + spent
        self._at(self._command_free, "free", number)
        arrives = self._command_free + self._costs.way
        for _ in range(size):
            takes = self._rng.expovariate(1 / self._costs.program)
            ends = max(arrives, heapq.heappop(node.slot_free)) + takes
            heapq.heappush(node.slot_free, ends)
            self._slots_s += takes
            self._at(ends, "ended", number)
        self._at(arrives, "look", number)

    def _next(self, now: float) -> float:
        when, _, what, life, number, size = heapq.heappop(self._events)
        now, node = max(now, when), self._nodes[number]
        if what == "there":
            node.slot_free = [when] * self._slots
            self._places.extend([number] * CALLS)
            self._at(when + self._rng.expovariate(1 / self._mtbf_s), "lost", number)
        elif life != node.life or what == "free":
            return now
        elif what == "lost":
            self._lost += node.there
            self._waiting += node.there
            node.life += 1
            node.there = node.running = node.ended = node.calls = 0
            self._places = deque(place for place in self._places if place != number)
            self._at(when + self._back_s, "there", number)
        elif what == "back":
            self._done += size
            self._waiting += size
            node.there -= size
            self._places.append(number)
        else:
            self._look(when, what, number)
        return now

    def _look(self, when: float, what: str, number: int) -> None:
        """A program has ended, or a call is there, or has waited for more to end."""
        node = self._nodes[number]
        node.ended += what == "ended"
        node.running -= what == "ended"
        if not node.calls or not node.ended:
            return
        waited = what == "waited" and when - node.since >= MORE_S
        if waited or node.ended >= self._slots * EACH or not node.running:
            self._at(when + self._costs.way, "back", number, node.ended)
            node.calls -= 1
            node.ended = 0
        elif node.ended == 1 or what == "look":
            node.since = when
            self._at(when + MORE_S, "waited", number)


def measured(calls: int = 200) -> Costs:
    """What a call and a program in it cost a driver of Ray here, beside what any judge costs: CPU, not wall clock."""
    import ray
    from ray.cluster_utils import Cluster

    from passatk.pipeline.bare import bare_program
    from passatk.records import Limits, Outcome

    cluster: Any = Cluster(initialize_head=True, head_node_args={"num_cpus": 1, "include_dashboard": False})
    ray.init(address=cluster.address, log_to_driver=False)  # a cluster of its own would leave a token in the home

    class Echo:
        def exchange(self, tasks: bytes) -> bytes:
            isolation: Any = None
            outcome = Outcome(build=None, run=None, isolation=isolation)
            return packed([Ended(task.number, outcome) for task in unpacked(tasks)])

    remote: Any = ray.remote(Echo)
    actor = remote.remote()
    programs = [bare_program("python", f"print({n})\n" * 40) for n in range(64)]
    spent = {}
    for size in (1, 1, 64):  # the first is for warming
        tasks = [Task(programs[n], Limits(), 0, n) for n in range(size)]
        began, wall = time.process_time(), time.perf_counter()
        for _ in range(calls):
            unpacked(ray.get(actor.exchange.remote(packed(tasks))))
        spent[size] = ((time.process_time() - began) / calls, (time.perf_counter() - wall) / calls)
    ray.shutdown()
    cluster.shutdown()
    program_s = (spent[64][0] - spent[1][0]) / 63
    return Costs(0.0, program_s, spent[1][0] - program_s, spent[1][1] / 2)


def check(call_s: float) -> None:
    """Real nodes beside simulated ones, which share the cores with the command and with Ray: these cost the slots.

    What remains is said: the start of the nodes, and what the model lacks.
    """
    found = json.loads((HERE / "results" / "ray_nodes.json").read_text())
    cpus = found["machine"]["cpus"]
    rows = {row["way"]: row for row in found["rows"]}
    pool = rows.pop("pool")
    for name, row in rows.items():
        nodes = int(name.split()[0]) if name[0].isdigit() else 1
        slots = max(1, cpus // nodes)
        program_s = nodes * slots * (pool["lowest"] / pool["programs"] + 2 * call_s / (cpus * slots * EACH))
        rate = Simulation(nodes, slots, Costs(program_s, 0.0, 0.0, 0.001)).run(20_000).programs_per_s
        simulated = row["programs"] / rate
        more = row["lowest"] - simulated
        print(f"{name:12} simulated {simulated:6.1f} s, real {row['lowest']:6.1f} s: {more:.1f} s more")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--nodes", type=int, default=1000)
    parser.add_argument("--slots", type=int, default=64)
    parser.add_argument("--programs", type=float, default=1e9)
    parser.add_argument("--program-ms", type=float, nargs="+", default=[5, 58, 1000, 30_000])
    parser.add_argument("--command-ms", type=float, default=0.5)
    parser.add_argument("--call-ms", type=float, default=0.9)
    parser.add_argument("--way-ms", type=float, default=1.0)
    parser.add_argument("--mtbf-hours", type=float, default=100, help="Of a node.")
    parser.add_argument("--back-s", type=float, default=60, help="After which a node that was lost is there again.")
    parser.add_argument("--sample", type=int, default=5_000_000)
    parser.add_argument("--measure", action="store_true")
    parser.add_argument("--check", action="store_true")
    options = parser.parse_args()
    if options.check:
        check(options.call_ms / 1000)
        return
    if options.measure:
        costs = measured()
        for name, seconds in costs._asdict().items():
            print(f"{name:8}{1000 * seconds:8.3f} ms")
        return
    print(f"{options.nodes} nodes of {options.slots} slots, {options.programs:g} programs, one command")
    for program_ms in options.program_ms:
        costs = Costs(*(ms / 1000 for ms in (program_ms, options.command_ms, options.call_ms, options.way_ms)))
        simulation = Simulation(options.nodes, options.slots, costs, options.mtbf_hours * 3600, options.back_s)
        found = simulation.run(max(options.sample, 4 * options.nodes * options.slots * AT_ONCE))
        days = options.programs / found.programs_per_s / 86_400
        print(
            f"{program_ms:8g} ms a program: {found.programs_per_s:9.0f} programs/s, {days:8.2f} days,"
            f" command busy {found.command_busy:4.0%}, slots {found.slots_busy:7.2%}, executed in vain {found.lost:.4%}"
        )
    print(f"run folder {options.programs * SAMPLE_BYTES / 1e12:.1f} TB, memory of the command", end=" ")
    print(f"{options.programs * MEMORY_BYTES / 1e9:.0f} GB")


if __name__ == "__main__":
    main()
