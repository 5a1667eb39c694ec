#!/usr/bin/env python3
"""Ports of the host that lead to ports of a guest without a network: their connections go through one of its terminals.

The host's side is in `run`; this file is also the program of the guest's side, which is told the terminal:
forward.py /dev/TERMINAL.  Each message on the terminal is its kind, the connection's number, a length, and so many bytes.
"""

import asyncio
import collections
import os
import socket
import struct
import sys
import threading
import tty

from common import TestbedError

HEADER = struct.Struct(">BIH")
OPEN, DATA, END, TAKEN = range(4)
# At most so much of a connection's at once.  The guest's terminal has stopped for good when more than 4 kB came that nobody
# had read (its driver, it seems, does not take up again what it has throttled): the host waits until the guest has taken them.
CHUNK = {"host": 1024, "guest": 16384}
WINDOW = 3072
# What the guest says first: before, its terminal would change what is written to it.
READY = b"\0the guest is ready\n"


class Side:
    """The connections of one side, by their numbers."""

    chunk = 0

    def __init__(self):
        self.channel = None
        self.writers = {}
        self.tasks = set()

    def keep(self, coroutine):
        """Runs it; a task that nobody holds may vanish."""
        task = asyncio.ensure_future(coroutine)
        self.tasks.add(task)
        task.add_done_callback(self.tasks.discard)

    def send(self, kind, number, data=b""):
        self.channel.write(HEADER.pack(kind, number, len(data)) + data)

    async def drain(self):
        """Until there is room for more of what connections say."""
        await self.channel.drain()

    def taken(self, kind, number, length):
        """A message has come whole, with so many bytes."""

    async def pump(self, number, reader):
        """From a connection to the other side, until the connection's peer has no more to say."""
        try:
            while data := await reader.read(self.chunk):
                self.send(DATA, number, data)
                await self.drain()
        except ConnectionError:
            pass
        self.send(END, number)
        self.close(number)

    def close(self, number):
        writer = self.writers.pop(number, None)
        if writer:
            writer.close()

    async def opened(self, number, data):
        raise NotImplementedError

    async def take(self, source):
        """From the other side to the connections, until it is gone."""
        while True:
            try:
                kind, number, length = HEADER.unpack(await source.readexactly(HEADER.size))
                data = await source.readexactly(length)
            except asyncio.IncompleteReadError:
                return
            self.taken(kind, number, length)
            if kind == OPEN:
                await self.opened(number, data)
            elif kind == END:
                self.close(number)
            elif kind == DATA and number in self.writers:
                self.writers[number].write(data)


class Host(Side):
    """Listens; a new connection gets a new number."""

    chunk = CHUNK["host"]

    def __init__(self, listeners):
        super().__init__()
        self.listeners = listeners
        self.last = 0
        self.waiting = collections.deque()
        self.on_the_way = 0
        self.room = None

    def send(self, kind, number, data=b""):
        self.waiting.append(HEADER.pack(kind, number, len(data)) + data)
        self.flush()

    def flush(self):
        while self.waiting and self.on_the_way + len(self.waiting[0]) <= WINDOW:
            self.on_the_way += len(self.waiting[0])
            self.channel.write(self.waiting.popleft())
        if self.waiting:
            self.room.clear()
        else:
            self.room.set()

    async def drain(self):
        await self.room.wait()

    def taken(self, kind, number, length):
        if kind == TAKEN:
            self.on_the_way -= number
            self.flush()

    async def accept(self, port, reader, writer):
        self.last += 1
        number = self.last
        self.writers[number] = writer
        self.send(OPEN, number, str(port).encode())
        await self.pump(number, reader)

    async def serve(self, end):
        self.room = asyncio.Event()
        source, self.channel = await asyncio.open_connection(sock=end)
        await source.readuntil(READY)
        for listener, port in self.listeners:
            await asyncio.start_server(lambda reader, writer, port=port: self.accept(port, reader, writer), sock=listener)
        await self.take(source)


class Guest(Side):
    """Connects where the host says, and tells what it has taken."""

    chunk = CHUNK["guest"]

    def taken(self, kind, number, length):
        self.send(TAKEN, HEADER.size + length)

    async def opened(self, number, data):
        try:
            reader, self.writers[number] = await asyncio.open_connection("127.0.0.1", int(data))
        except OSError:
            self.send(END, number)
            return
        self.keep(self.pump(number, reader))

    async def serve(self, terminal):
        loop = asyncio.get_running_loop()
        source = asyncio.StreamReader()
        await loop.connect_read_pipe(lambda: asyncio.StreamReaderProtocol(source), open(terminal, "rb", buffering=0))
        transport, protocol = await loop.connect_write_pipe(
            asyncio.streams.FlowControlMixin, open(terminal, "wb", buffering=0))
        self.channel = asyncio.StreamWriter(transport, protocol, None, loop)
        self.channel.write(READY)
        await self.take(source)


def listen(pair):
    """HOSTPORT:GUESTPORT, as a socket that listens and the guest's port; 0 is a free port of the host's."""
    host, _, guest = pair.partition(":")
    if not (host.isdecimal() and guest.isdecimal() and int(host) < 65536 and 0 < int(guest) < 65536):
        raise TestbedError(f"--forward {pair}: expected HOSTPORT:GUESTPORT, such as 9090:9090; HOSTPORT may be 0, a free one")
    try:
        listener = socket.create_server(("127.0.0.1", int(host)))
    except OSError as error:
        raise TestbedError(f"--forward {pair}: port {host} of this machine cannot be listened on: {error.strerror}") from error
    print(f"testbed: 127.0.0.1:{listener.getsockname()[1]} leads to port {guest} of the guest", file=sys.stderr, flush=True)
    return listener, int(guest)


def start(pairs):
    """Listens on the host's ports; a connection waits until the guest is ready.  Gives the descriptor of what becomes the
    guest's terminal."""
    listeners = [listen(pair) for pair in pairs]
    mine, guests = socket.socketpair()
    threading.Thread(target=lambda: asyncio.run(Host(listeners).serve(mine)), daemon=True).start()
    return guests.detach()


def main():
    terminal = sys.argv[1]
    descriptor = os.open(terminal, os.O_RDWR | os.O_NOCTTY)
    tty.setraw(descriptor)
    asyncio.run(Guest().serve(terminal))


if __name__ == "__main__":
    main()
