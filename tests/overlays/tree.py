"""Device trees as Python objects: reads and writes .dtb files. Knows the format only, not what properties mean.

Of its own, and not python3-libfdt, because that is found by the distribution's Python only, which need not be the first one.
"""

import struct

MAGIC = 0xD00DFEED
BEGIN_NODE, END_NODE, PROPERTY, NOP, END = 1, 2, 3, 4, 9


class Node:
    """A node: name, properties (name to bytes) and children (name to Node), in the order of the file."""

    def __init__(self, name, parent=None):
        self.name = name
        self.parent = parent
        self.properties = {}
        self.children = {}

    @property
    def path(self):
        """The node's path, "/" for the root."""
        if self.parent is None:
            return "/"
        return self.parent.path.rstrip("/") + "/" + self.name

    def walk(self):
        """This node and all below it."""
        yield self
        for child in list(self.children.values()):
            yield from child.walk()

    def ancestors(self):
        """This node and all above it."""
        node = self
        while node is not None:
            yield node
            node = node.parent

    def find(self, path):
        """The node at a path from this one, or None."""
        node = self
        for name in path.split("/"):
            if name and node is not None:
                node = node.children.get(name)
        return node

    def rename(self, name):
        """Gives the node another name; it keeps its place among its siblings."""
        children = self.parent.children
        self.parent.children = {name if child is self else key: child for key, child in children.items()}
        self.name = name

    def cells(self, name):
        """The property's 32 bit cells; none if it is not there."""
        value = self.properties.get(name, b"")
        return list(struct.unpack(f">{len(value) // 4}I", value))

    def strings(self, name):
        """The property's strings; none if it is not there."""
        value = self.properties.get(name)
        return value.rstrip(b"\0").decode().split("\0") if value else []


def load(path):
    """The root of the tree in a .dtb or .dtbo file."""
    with open(path, "rb") as file:
        data = file.read()
    magic, _, structure, strings = struct.unpack_from(">4I", data)
    if magic != MAGIC:
        raise ValueError(f"{path} is not a device tree")

    def text(offset):
        return data[offset : data.index(b"\0", offset)].decode()

    root = node = None
    offset = structure
    while True:
        (token,) = struct.unpack_from(">I", data, offset)
        offset += 4
        if token == BEGIN_NODE:
            name = text(offset)
            offset += (len(name) + 4) & ~3
            child = Node(name, node)
            if node is None:
                root = child
            else:
                node.children[name] = child
            node = child
        elif token == END_NODE:
            node = node.parent
        elif token == PROPERTY:
            length, name = struct.unpack_from(">2I", data, offset)
            node.properties[text(strings + name)] = data[offset + 8 : offset + 8 + length]
            offset += 8 + ((length + 3) & ~3)
        elif token == END:
            return root
        elif token != NOP:
            raise ValueError(f"{path} is damaged at {offset - 4:#x}")


def save(root, path):
    """Writes a tree as a file of version 17."""
    names = b""
    body = bytearray()

    def padded(value):
        return value + b"\0" * (-len(value) % 4)

    def write(node):
        nonlocal names
        body.extend(struct.pack(">I", BEGIN_NODE) + padded(node.name.encode() + b"\0"))
        for name, value in node.properties.items():
            body.extend(struct.pack(">3I", PROPERTY, len(value), len(names)) + padded(value))
            names += name.encode() + b"\0"
        for child in node.children.values():
            write(child)
        body.extend(struct.pack(">I", END_NODE))

    write(root)
    body.extend(struct.pack(">I", END))
    reserved = bytes(16)
    header = 40
    structure = header + len(reserved)
    strings = structure + len(body)
    with open(path, "wb") as file:
        file.write(
            struct.pack(">10I", MAGIC, strings + len(names), structure, strings, header, 17, 16, 0, len(names), len(body))
        )
        file.write(reserved + bytes(body) + names)
