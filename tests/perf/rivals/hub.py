#!/usr/bin/env python3
"""What roomd's hub is compared with: the event hub of an asyncio tutorial.

    hub.py MATCHING OTHERS ROUND      prints ns per emit, as one sample of this round

A dict of lists of coroutine functions, keyed by the event's name, which are awaited in turn.  Measured as
tests/perf/hub.c measures roomd's: the same numbers of subscribers, which only count, the same time, warmed up.
"""

import asyncio
import json
import sys
import time

EVENT = "motion_detected"
OTHER_EVENTS = 16  # as many as roomd has
WARM_UP = 1000
BATCH = 100
MEASURE_NS = 100_000_000


class EventHub:
    def __init__(self):
        self._subscribers = {}

    def subscribe(self, event, callback):
        self._subscribers.setdefault(event, []).append(callback)

    async def emit(self, event, data):
        for callback in self._subscribers.get(event, ()):
            await callback(data)


async def measure(matching, others):
    hub = EventHub()
    heard = 0

    async def count(_data):
        nonlocal heard
        heard += 1

    async def never(_data):
        raise AssertionError("this is none of its events")

    for i in range(others):
        hub.subscribe(f"other_{i % OTHER_EVENTS}", never)
    for _ in range(matching):
        hub.subscribe(EVENT, count)

    async def emit(n):
        data = {"source": "hall", "monotonic_ns": 0}
        for _ in range(n):
            await hub.emit(EVENT, data)

    await emit(WARM_UP)
    n = 0
    start = now = time.perf_counter_ns()
    while now - start < MEASURE_NS:
        await emit(BATCH)
        n += BATCH
        now = time.perf_counter_ns()
    assert heard == matching * (WARM_UP + n)
    return (now - start) / n


def main():
    if len(sys.argv) != 4:
        sys.exit("usage: hub.py MATCHING OTHERS ROUND")
    matching, others, number = map(int, sys.argv[1:])
    print(json.dumps({"measure": "hub-emit", "variant": f"tutorial {matching}/{others}", "round": number,
                      "unit": "ns", "values": [asyncio.run(measure(matching, others))]}))


main()
