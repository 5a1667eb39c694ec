"""The wiring of docs/wiring.md: which terminal of which part goes to which pin of the header.

The one place where this is written down.  The drawing and the tables are made from it (draw), and a test compares the
page and the examples of configurations with it (tests/unit/test-wiring).  It does not know what anything looks like.
"""

import collections
import re

# The header of every Raspberry Pi with 40 pins, pin 1 first.
NAMES = """
    3V3          5V
    GPIO2 SDA    5V
    GPIO3 SCL    GND
    GPIO4        GPIO14 TXD
    GND          GPIO15 RXD
    GPIO17       GPIO18
    GPIO27       GND
    GPIO22       GPIO23
    3V3          GPIO24
    GPIO10 MOSI  GND
    GPIO9 MISO   GPIO25
    GPIO11 SCLK  GPIO8 CE0
    GND          GPIO7 CE1
    ID_SD        ID_SC
    GPIO5        GND
    GPIO6        GPIO12
    GPIO13       GND
    GPIO19       GPIO16
    GPIO26       GPIO20
    GND          GPIO21
"""
PINS = dict(enumerate((name for row in NAMES.strip().splitlines() for name in re.split("  +", row.strip())), 1))

# One wire: from a terminal of a part to a pin of the header.
Wire = collections.namedtuple("Wire", "terminal pin colour")

# `setting`: the kind and key of the configuration that names the part's line, `parameter`: that of the overlay; both
# None for a thermometer.  `instead_of`: the part whose place this one takes.
Part = collections.namedtuple("Part", "key name wires setting parameter instead_of", defaults=(None, None, None))

PARTS = (
    Part("pir", "PIR motion sensor HC-SR501", (
        Wire("VCC", 4, "red"),
        Wire("OUT", 11, "blue"),
        Wire("GND", 14, "black"),
    ), ("MotionSensor", "Line"), "pir"),
    Part("relay", "Relay board for 3.3 V, on at a high level", (
        Wire("VCC", 2, "red"),
        Wire("IN", 13, "green"),
        Wire("GND", 30, "black"),
    ), ("LightController", "Line"), "relay"),
    Part("led", "Lock LED with a resistor of 330 Ω", (
        Wire("long leg", 15, "violet"),
        Wire("short leg", 25, "black"),
    ), ("DoorLock", "LedLine"), "led"),
    Part("button", "Push button (optional)", (
        Wire("one side", 16, "brown"),
        Wire("other side", 20, "black"),
    ), ("DoorLock", "ButtonLine"), "button"),
    Part("thermometer", "Thermometer BMP280 or TMP117, I²C", (
        Wire("VCC", 1, "orange"),
        Wire("SDA", 3, "blue"),
        Wire("SCL", 5, "yellow"),
        Wire("GND", 9, "black"),
    )),
    Part("relay-active-low", "Relay board that is on at a low level, its jumper JD-VCC taken off", (
        Wire("JD-VCC", 2, "red"),
        Wire("VCC", 17, "orange"),
        Wire("IN", 29, "green"),
        Wire("GND", 30, "black"),
    ), ("LightController", "Line"), "relay", "relay"),
    Part("dht22", "Thermometer DHT22, 10 kΩ from DATA to VCC", (
        Wire("VCC", 1, "orange"),
        Wire("DATA", 7, "blue"),
        Wire("GND", 9, "black"),
    ), None, None, "thermometer"),
)

# A door with a contact and a strike, which is not in the drawing.  Of a board with two relays VCC and GND are wired
# already.
DOOR = (
    Part("contact", "Reed contact", (
        Wire("one side", 18, "blue"),
        Wire("other side", 34, "black"),
    ), ("ContactSensor", "Line")),
    Part("strike", "Strike's relay, on at a high level: the second one of the board", (
        Wire("IN2", 37, "green"),
    ), ("DoorLock", "StrikeLine")),
    Part("strike-active-low", "the second one of a board that is on at a low level", (
        Wire("IN2", 31, "green"),
    ), ("DoorLock", "StrikeLine"), None, "strike"),
    Part("strike-mosfet", "an N-channel MOSFET, 470 Ω before its gate, 10 kΩ from gate to source", (
        Wire("gate", 37, "green"),
        Wire("source", 39, "black"),
    ), ("DoorLock", "StrikeLine"), None, "strike"),
)

# The examples in docs/examples, and what is wired for each: thermometers are all found by the same label.
EXAMPLES = {
    "wiring.conf": ("pir", "relay", "led", "button", "thermometer"),
    "wiring-active-low.conf": ("pir", "relay-active-low", "led", "button", "thermometer"),
}


def part(key):
    """The part with this key."""
    return next(part for part in PARTS + DOOR if part.key == key)


def line(wanted):
    """The line that a part's signal is on, as the kernel calls it on all of these boards; None for a thermometer."""
    if not wanted.setting:
        return None
    (name,) = (PINS[wire.pin] for wire in wanted.wires if PINS[wire.pin].startswith("GPIO"))
    return name
