"""The tutorial's room on real lines: an EventHub on asyncio with python3-libgpiod.

eventhub.py CHIP INPUT-OFFSET OUTPUT-OFFSET
"""

import asyncio
import sys

import gpiod
from gpiod.line import Direction, Edge, Value


class EventHub:
    def __init__(self):
        self.subscribers = {}

    def subscribe(self, event, callback):
        self.subscribers.setdefault(event, []).append(callback)

    async def emit(self, event, data):
        for callback in self.subscribers.get(event, ()):
            await callback(data)


class MotionSensor:
    def __init__(self, hub, location, chip, offset):
        self.hub = hub
        self.location = location
        self.request = gpiod.request_lines(
            chip, consumer="motion-sensor", config={offset: gpiod.LineSettings(edge_detection=Edge.BOTH)})

    async def run(self):
        edges = asyncio.Event()
        asyncio.get_running_loop().add_reader(self.request.fd, edges.set)
        while True:
            await edges.wait()
            edges.clear()
            for event in self.request.read_edge_events():
                rising = event.event_type is event.Type.RISING_EDGE
                await self.hub.emit("motion_detected" if rising else "motion_cleared",
                                    {"location": self.location})


class LightController:
    def __init__(self, hub, chip, offset):
        self.is_on = False
        self.offset = offset
        self.request = gpiod.request_lines(
            chip, consumer="light",
            config={offset: gpiod.LineSettings(direction=Direction.OUTPUT, output_value=Value.INACTIVE)})
        hub.subscribe("motion_detected", self.on_motion)
        hub.subscribe("motion_cleared", self.on_cleared)

    async def on_motion(self, _data):
        if not self.is_on:
            self.is_on = True
            self.request.set_value(self.offset, Value.ACTIVE)

    async def on_cleared(self, _data):
        if self.is_on:
            self.is_on = False
            self.request.set_value(self.offset, Value.INACTIVE)


async def main():
    chip, sensor_offset, light_offset = sys.argv[1], int(sys.argv[2]), int(sys.argv[3])
    hub = EventHub()
    # Kept: whoever forgets a request releases its line.
    light = LightController(hub, chip, light_offset)
    await MotionSensor(hub, "hall", chip, sensor_offset).run()
    del light


asyncio.run(main())
