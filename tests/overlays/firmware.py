"""What a Raspberry Pi's firmware does with a line dtoverlay=NAME,PARAMETER=VALUE,... of config.txt.

Parameters are applied by the table in /__overrides__ as documented ("Device Trees, overlays, and parameters" in Raspberry
Pi's documentation) and as their tools dtoverlay and dtmerge do; then fdtoverlay lays the overlay over the tree. Left out,
with an error: the pseudo-property name, bootargs, and cells that refer to labels of the base tree.
"""

import os
import re
import struct
import subprocess
import tempfile

import tree

SIZES = {".": 1, ";": 2, ":": 4, "#": 8}
FORMATS = {1: ">B", 2: ">H", 4: ">I", 8: ">Q"}
WORDS = {
    **dict.fromkeys(["y", "yes", "on", "true", "down"], 1),
    **dict.fromkeys(["n", "no", "off", "false"], 0),
    "up": 2,
}
OKAY = ["y", "yes", "on", "true", "enable", "1"]
DISABLED = ["n", "no", "off", "false", "0"]


class ParameterError(Exception):
    """A parameter that the overlay does not have, or a value that it cannot take."""


def as_number(value):
    """A value as a number, as strtoull() and a few words have it, or None."""
    if re.fullmatch(r"0[xX][0-9a-fA-F]+", value):
        return int(value, 16)
    if re.fullmatch(r"0[0-7]*", value):
        return int(value, 8)
    if re.fullmatch(r"[1-9][0-9]*", value):
        return int(value)
    return WORDS.get(value)


class Targets:
    """Reads a property of /__overrides__: a sequence of phandle, declaration, and sometimes cells within."""

    def __init__(self, data):
        self.data = data
        self.offset = 0

    def done(self):
        """Whether there is nothing more."""
        return self.offset >= len(self.data)

    def cell(self):
        """The next 32 bit cell."""
        (value,) = struct.unpack_from(">I", self.data, self.offset)
        self.offset += 4
        return value

    def text(self):
        """The next string."""
        end = self.data.index(b"\0", self.offset)
        value = self.data[self.offset : end].decode()
        self.offset = end + 1
        return value


def look_up(table, targets, value):
    """What a table says of a value: "{a=x,b,='d e',}", which goes on after a cell ("0=", <1>, "1=", <2>, "}")."""
    found = default = None
    while not table.startswith("}"):
        if not table:
            raise ParameterError("malformed lookup")
        key = re.match(r"[^=,}]*", table)[0]
        table = table[len(key) :]
        result = key or value
        if table.startswith("="):
            table = table[1:]
            if table.startswith("'"):
                result, table = table[1:].split("'", 1)
            elif table:
                result = re.match(r"[^,}]*", table)[0]
                table = table[len(result) :]
            else:
                result = str(targets.cell())
                table = targets.text()
        if key and found is None and key == value:
            found = result
        elif not key and default is None:
            default = result
        if table.startswith(","):
            table = table[1:]
            if table.startswith("}"):  # a comma at the end: what is not in the table is taken as it is
                default = value if default is None else default
    if table != "}":
        raise ParameterError("malformed lookup")
    result = default if found is None else found
    if result is None:
        raise ParameterError(f"lookup -> no match for '{value}'")
    return result


def switch_fragments(overlay, operations, value):
    """Does "+1-2=3!4": enables and disables fragments."""
    if not re.fullmatch(r"([-+=!]\d+)+", operations):
        raise ParameterError(f"invalid overlay override '{operations}'")
    number = as_number(value)
    truth = bool(value) if number is None else number != 0
    for operation, fragment in re.findall(r"([-+=!])(\d+)", operations):
        active = {"+": True, "-": False, "=": truth, "!": not truth}[operation]
        node = overlay.find(f"fragment@{fragment}") or overlay.find(f"fragment-{fragment}")
        if node is None:
            raise ParameterError(f"fragment {fragment} not found")
        content = node.find("__dormant__" if active else "__overlay__")
        if content:
            content.rename("__overlay__" if active else "__dormant__")


def set_integer(node, name, offset, size, value):
    """Sets a number within a property; makes it as long as it has to be."""
    number = as_number(value)
    if number is None:
        raise ParameterError(f"invalid override value '{value}'")
    data = bytearray(node.properties.get(name, b"")).ljust(offset + size, b"\0")
    struct.pack_into(FORMATS[size], data, offset, number & (256**size - 1))
    # Of a node without one it is a pseudo-property, which only has a say in the node's name.
    if name != "reg" or name in node.properties:
        node.properties[name] = bytes(data)
    if name == "reg" and offset == 0 and "@" in node.name:
        node.rename(f"{node.name.split('@')[0]}@{number:x}")


def set_target(node, declaration, targets, value):
    """Sets one target of a parameter."""
    match = re.match(r"([^.;:#?!\[{=]+)(?:([.;:#])(\d+)|([?!\[]))?(?:([={])(.*))?$", declaration)
    if not match:
        raise ParameterError(f"invalid override '{declaration}'")
    name, separator, offset, kind, literal, rest = match.groups()
    if name in ("name", "bootargs"):
        raise NotImplementedError(f"the property {name}")
    if literal == "{":
        value = look_up(rest, targets, value)
    elif literal == "=":
        if rest:
            value = rest
        elif separator or kind in ("?", "!"):
            value = str(targets.cell())
        else:
            value = "" if targets.done() else targets.text()

    if separator:
        set_integer(node, name, int(offset), SIZES[separator], value)
    elif kind in ("?", "!"):
        number = as_number(value)
        if number is None:
            raise ParameterError(f"invalid override value '{value}'")
        if bool(number) != (kind == "!"):
            node.properties[name] = b""
        else:
            node.properties.pop(name, None)
    elif kind == "[":
        digits = re.sub(r"[: \t]", "", value)
        if not re.fullmatch(r"([0-9a-fA-F]{2})*", digits):
            raise ParameterError(f"invalid bytestring at '{value}'")
        node.properties[name] = bytes.fromhex(digits)
    else:
        if name == "status":
            value = "okay" if value in OKAY else "disabled" if value in DISABLED else value
        node.properties[name] = value.encode() + b"\0"


def apply_parameter(overlay, name, value):
    """Applies one parameter to an overlay."""
    table = overlay.find("__overrides__")
    if table is None or name not in table.properties:
        raise ParameterError(f"unknown param '{name}'")
    targets = Targets(table.properties[name])
    while not targets.done():
        phandle = targets.cell()
        declaration = targets.text()
        if phandle == 0:
            switch_fragments(overlay, declaration, value)
            continue
        node = next((node for node in overlay.walk() if node.cells("phandle") == [phandle]), None)
        if node is None:
            raise ParameterError(f"phandle {phandle} not found")
        set_target(node, declaration, targets, value)


def apply_line(overlay, line):
    """Applies the parameters of "NAME,a=1,b": without a value it is "true"."""
    for parameter in line.split(",")[1:]:
        name, _, value = parameter.partition("=")
        apply_parameter(overlay, name, value if "=" in parameter else "true")


def keep_exported_symbols(overlay):
    """An overlay's labels are its own, but for those in /__exports__."""
    symbols = overlay.children.pop("__symbols__", None)
    exports = overlay.children.pop("__exports__", None)
    if symbols and exports:
        symbols.properties = {name: path for name, path in symbols.properties.items() if name in exports.properties}
        overlay.children["__symbols__"] = symbols


def boot(base, folder, lines):
    """The tree that a kernel gets: the one in the file base, with the overlays of config.txt's lines from a folder."""
    with tempfile.TemporaryDirectory() as work:
        for number, line in enumerate(lines):
            overlay = tree.load(os.path.join(folder, line.split(",")[0] + ".dtbo"))
            apply_line(overlay, line)
            keep_exported_symbols(overlay)
            changed, merged = (os.path.join(work, f"{number}.{kind}") for kind in ("dtbo", "dtb"))
            tree.save(overlay, changed)
            done = subprocess.run(
                ["fdtoverlay", "-i", base, "-o", merged, changed], capture_output=True, text=True, check=False
            )
            if done.returncode:
                raise RuntimeError(f"dtoverlay={line}: {done.stderr.strip()}")
            base = merged
        return tree.load(base)
