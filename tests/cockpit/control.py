#!/usr/bin/env python3
"""Runs commands in the guest for the test outside: control.py PORT; from outside: control.py --run PORT COMMAND.

Who connects sends lines of JSON, {"command": TEXT}, for a shell of root's; each is answered by a line {"status": N, "output": TEXT}.
{"exit": N} ends this program, and so the guest, with that status.
"""

import json
import os
import socket
import socketserver
import subprocess
import sys
import tempfile


def run(command):
    """Its output is read from a file: what it leaves behind in the background is not waited for."""
    with tempfile.TemporaryFile("w+", encoding="utf-8", errors="replace") as output:
        status = subprocess.run(["bash", "-c", command], stdin=subprocess.DEVNULL, stdout=output, stderr=output, check=False)
        output.seek(0)
        return {"status": status.returncode, "output": output.read()}


class Handler(socketserver.StreamRequestHandler):
    """One connection."""

    def handle(self):
        for line in self.rfile:
            request = json.loads(line)
            if "exit" in request:
                os._exit(request["exit"])
            self.wfile.write(json.dumps(run(request["command"])).encode() + b"\n")


def serve(port):
    socketserver.ThreadingTCPServer.allow_reuse_address = True
    with socketserver.ThreadingTCPServer(("127.0.0.1", port), Handler) as server:
        print("the guest is ready", flush=True)
        server.serve_forever()


def ask(port, command):
    """As if the command were run here; gives its exit status."""
    with socket.create_connection(("127.0.0.1", port)) as connection, connection.makefile("rw", encoding="utf-8") as stream:
        stream.write(json.dumps({"command": command}) + "\n")
        stream.flush()
        answer = stream.readline()
    if not answer:
        sys.exit(f"control.py: nobody answers on port {port}: the guest is not there, or not ready yet")
    sys.stdout.write(json.loads(answer)["output"])
    return json.loads(answer)["status"]


if sys.argv[1] == "--run":
    sys.exit(ask(int(sys.argv[2]), sys.argv[3]))
serve(int(sys.argv[1]))
