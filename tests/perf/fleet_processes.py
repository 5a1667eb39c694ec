"""Processes on this machine: what they use, and what they say."""

import os
import pathlib
import re
import subprocess
import threading
import time


def private_dirty_kb(pid):
    """What a process has for itself alone."""
    text = pathlib.Path(f"/proc/{pid}/smaps_rollup").read_text()
    return int(re.search(r"^Private_Dirty:\s+(\d+)", text, re.M).group(1))


def resident_kb(pid):
    """With what it shares."""
    text = pathlib.Path(f"/proc/{pid}/smaps_rollup").read_text()
    return int(re.search(r"^Rss:\s+(\d+)", text, re.M).group(1))


def processor_sec(pid):
    """User and system time, in steps of 10 ms."""
    fields = pathlib.Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def wake_ups(pid):
    """How often its threads have gone to sleep so far."""
    return sum(int(re.search(r"^voluntary_ctxt_switches:\s+(\d+)", path.read_text(), re.M).group(1))
               for path in pathlib.Path(f"/proc/{pid}/task").glob("*/status"))


class Lines:
    """A process whose output is read by a thread, each line with the time when it came (CLOCK_MONOTONIC)."""

    def __init__(self, command, take, stream="stdout", **options):
        self.process = subprocess.Popen(command, text=True, bufsize=1, stdin=subprocess.PIPE,
                                        **{stream: subprocess.PIPE}, **options)
        self.thread = threading.Thread(target=self._read, args=(getattr(self.process, stream), take), daemon=True)
        self.thread.start()

    @staticmethod
    def _read(stream, take):
        for line in stream:
            take(time.monotonic(), line.rstrip("\n"))

    def tell(self, line):
        """A line to its standard input."""
        self.process.stdin.write(line + "\n")
        self.process.stdin.flush()

    def kill(self):
        """At once, and to the end of what it has said."""
        self.process.kill()
        self.process.wait()
        self.thread.join()
