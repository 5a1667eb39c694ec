"""Reads from a Raspberry Pi's device tree what the kernel does with the header's pins: who claims one, and how it is set.

Knows the bindings of the two drivers, pinctrl-bcm2835 (Pi 1 to 4) and pinctrl-rp1 (Pi 5), and the order in which the
kernel's pin control applies a state. Knows nothing of roomd and its overlays.
"""

import re

HEADER = range(28)
FUNCTIONS = ["input", "output", "alt5", "alt4", "alt0", "alt1", "alt2", "alt3"]  # of brcm,function
GENERIC_FUNCTIONS = {"gpio_in": "input", "gpio_out": "output"}  # pinctrl-bcm2835's words for them
PULLS = ["none", "down", "up"]  # of brcm,pull
# Groups of several pins, from the driver pinctrl-rp1 of Linux 7.3; the others are called as their pin is.
RP1_GROUPS = {
    "i2c1_0": [2, 3],
    "i2c4_2": [40, 41],
    "i2c6_0": [38, 39],
    "vbus1": [42, 43],
}


class Pin:
    """How a pin is set, as far as it is known; history is what it was on the way, from the reset on."""

    def __init__(self):
        self.function = "input"
        self.pull = None
        self.latch = None  # the level that it has, or would have, as an output
        self.history = []

    def set(self, **changes):
        """Changes what the pin is; notes what it is then."""
        for name, value in changes.items():
            setattr(self, name, value)
        self.history.append((self.function, self.latch))

    def __repr__(self):
        level = self.latch if self.function == "output" else None
        return " ".join(word for word in (self.function, level, self.pull and f"pull {self.pull}") if word)


class Board:
    """A board by its tree: the chip of the header's lines, the enabled nodes, and what those claim."""

    def __init__(self, root):
        self.root = root
        (path,) = root.find("__symbols__").strings("gpio")
        self.chip = root.find(path)
        self.rp1 = "raspberrypi,rp1-gpio" in self.chip.strings("compatible")
        self.phandles = {node.cells("phandle")[0]: node for node in root.walk() if node.cells("phandle")}
        self.enabled = [node for node in root.walk() if all(is_okay(above) for above in node.ancestors())]

    def line_names(self):
        """The names of the header's lines, as far as the tree gives them any."""
        return self.chip.strings("gpio-line-names")[: len(HEADER)]

    def devices(self):
        """The enabled nodes that may claim pins: all but the chip's, which are pin control states, unless they are hogs."""
        return [node for node in self.enabled if self.chip not in node.ancestors() or node is self.chip or is_hog(node)]

    def states(self, owner):
        """The pin control states of a node, by name: lists of the state nodes that are the header's chip's."""
        found = {}
        names = owner.strings("pinctrl-names")
        for number in range(9):
            if f"pinctrl-{number}" not in owner.properties:
                break
            nodes = [self.phandles[phandle] for phandle in owner.cells(f"pinctrl-{number}")]
            name = names[number] if number < len(names) else str(number)
            found[name] = [node for node in nodes if self.chip in node.ancestors()]
        return found

    def settings(self, state):
        """What a state node sets: pairs of a pin and ("function" | "pull" | "level", value), functions first."""
        functions, configs = [], []
        for node in [state, *state.children.values()]:
            pins = self.pins_of(node)
            for number, pin in enumerate(pins):
                functions += [(pin, ("function", value)) for value in self.function_of(node, number, pins)]
                configs += [(pin, setting) for setting in self.configs_of(node, number, pins)]
        return functions, configs

    def pins_of(self, node):
        """The pins that a state node names, in the legacy form or the generic one."""
        names = node.strings("pins") or node.strings("groups")
        if names and "brcm,pins" in node.properties:
            raise ValueError(f"{node.path}: two forms, of which the drivers take different ones")
        if not names:
            return node.cells("brcm,pins")
        pins = []
        for name in names:
            single = re.fullmatch(r"gpio(\d+)", name)
            if not single and not (self.rp1 and name in RP1_GROUPS):
                raise ValueError(f"{node.path}: a group {name} is not known")
            pins += [int(single[1])] if single else RP1_GROUPS[name]
        return pins

    def function_of(self, node, number, pins):
        """The function of a state node's pin, as a list of none or one."""
        if "brcm,function" in node.properties:
            return [FUNCTIONS[one_or_each(node, "brcm,function", number, pins)]]
        if node.strings("pins") or node.strings("groups"):
            return [GENERIC_FUNCTIONS.get(name, name) for name in node.strings("function")]
        return []

    def configs_of(self, node, number, pins):
        """Pull and level of a state node's pin, in the order in which the drivers are told."""
        if "brcm,pins" in node.properties:
            if "brcm,pull" not in node.properties:
                return []
            return [("pull", PULLS[one_or_each(node, "brcm,pull", number, pins)])]
        known = {
            "bias-disable": ("pull", "none"),
            "bias-pull-up": ("pull", "up"),
            "bias-pull-down": ("pull", "down"),
            "output-high": ("level", "high"),
            "output-low": ("level", "low"),
        }
        return [setting for name, setting in known.items() if name in node.properties]

    def after_boot(self, owner):
        """The pins of a node when its driver is bound: a dictionary of Pin.

        The kernel goes to the state "init", if there is one, probes, then goes to "default". Of a state it sets the
        functions of all its nodes first, pulls and levels afterwards. A level is that of the output's latch; RP1's driver
        makes the pin an output besides, once the latch has it.
        """
        pins = {}
        states = self.states(owner)
        for name in ("init", "default"):
            settings = [self.settings(node) for node in states.get(name, [])]
            for pin, (kind, value) in sum((functions for functions, _ in settings), []):
                pins.setdefault(pin, Pin()).set(**{kind: value})
            for pin, (kind, value) in sum((configs for _, configs in settings), []):
                pin = pins.setdefault(pin, Pin())
                if kind == "pull":
                    pin.set(pull=value)
                else:
                    pin.set(latch=value)
                    if self.rp1:
                        pin.set(function="output")
        return pins

    def claims(self):
        """Who claims the header's pins: a dictionary of pin to a set of nodes' paths.

        One node may claim a pin in two ways, as a device does that has a pin control state and a line.
        """
        found = {}

        def claim(pin, owner):
            if pin in HEADER:
                found.setdefault(pin, set()).add(owner.path)

        for node in self.devices():
            for states in self.states(node).values():
                for state in states:
                    for pin, _ in sum(self.settings(state), []):
                        claim(pin, node)
            for pin in [*self.lines(node), *self.interrupts(node)]:
                claim(pin, node)
        return found

    def lines(self, node):
        """The header's lines that a node names: in properties like led-gpios, or as a hog of the chip."""
        if is_hog(node) and node.parent is self.chip:
            return node.cells("gpios")[::2]
        found = []
        for name in node.properties:
            if node.name.startswith("__") or not re.search(r"(^|-)gpios?$", name):
                continue
            cells = node.cells(name)
            while cells:
                controller = self.phandles.get(cells.pop(0))
                if controller is None:  # <0>, a line that is left out
                    continue
                count = controller.cells("#gpio-cells")[0]
                if controller is self.chip:
                    found.append(cells[0])
                cells = cells[count:]
        return found

    def interrupts(self, node):
        """The header's lines that a node has interrupts of."""
        found = []
        if "interrupts" in node.properties:
            parents = [above for above in node.ancestors() if "interrupt-parent" in above.properties]
            if parents and parents[0].cells("interrupt-parent") == self.chip.cells("phandle"):
                found += node.cells("interrupts")[::2]
        cells = node.cells("interrupts-extended")
        while cells:
            controller = self.phandles[cells.pop(0)]
            if controller is self.chip:
                found.append(cells[0])
            cells = cells[controller.cells("#interrupt-cells")[0] :]
        return found

    def collisions(self):
        """Pins that two nodes claim, as sentences."""
        return {
            f"GPIO{pin} is claimed by {' and '.join(sorted(owners))}"
            for pin, owners in self.claims().items()
            if len(owners) > 1
        }


def is_okay(node):
    """Whether a node is not switched off."""
    return node.strings("status") in ([], ["okay"], ["ok"])


def is_hog(node):
    """Whether a node keeps a line for itself."""
    return "gpio-hog" in node.properties


def one_or_each(node, name, number, pins):
    """The value for a pin of a property that has one for all pins or one for each."""
    values = node.cells(name)
    if len(values) not in (1, len(pins)):
        raise ValueError(f"{node.path}: {name} must have 1 or {len(pins)} entries")
    return values[number if len(values) > 1 else 0]
