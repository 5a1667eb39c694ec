"""Counts instructions with valgrind's callgrind, which repeat where times do not."""

import contextlib
import os
import pathlib
import re
import shutil
import subprocess
import sys
import tempfile


class Missing(Exception):
    """There is no valgrind."""


@contextlib.contextmanager
def counted(function, command):
    """Runs the command, whose output goes to standard error; gives the file with what callgrind has counted in this
    function and in what it calls.  Symbols are bound before, as in a package that is hardened."""
    if not shutil.which("valgrind"):
        raise Missing("valgrind is missing")
    with tempfile.TemporaryDirectory() as folder:
        counts = pathlib.Path(folder) / "counts"
        subprocess.run(["valgrind", "--quiet", "--tool=callgrind", "--collect-atstart=no",
                        f"--toggle-collect={function}", f"--callgrind-out-file={counts}", *command],
                       stdout=sys.stderr, env={**os.environ, "LD_BIND_NOW": "1"}, check=True)
        yield counts


def count(function, command):
    """How many instructions that are."""
    with counted(function, command) as counts:
        return int(re.search(r"^totals: (\d+)", counts.read_text(), re.MULTILINE)[1])


def annotate(function, command):
    """Prints which functions they are in: each alone, then with all that it calls."""
    with counted(function, command) as counts:
        for inclusive in ("no", "yes"):
            subprocess.run(["callgrind_annotate", "--auto=no", f"--inclusive={inclusive}", counts], check=True)
