"""Counts instructions with valgrind's callgrind, which repeat where times do not."""

import os
import pathlib
import re
import shutil
import subprocess
import tempfile


class Missing(Exception):
    """There is no valgrind."""


def count(function, command):
    """Instructions in this function, and in what it calls, while the command runs, whose output goes to standard
    error.  Symbols are bound before, as in a package that is hardened."""
    if not shutil.which("valgrind"):
        raise Missing("valgrind is missing")
    with tempfile.TemporaryDirectory() as folder:
        out = pathlib.Path(folder) / "out"
        subprocess.run(["valgrind", "--quiet", "--tool=callgrind", "--collect-atstart=no",
                        f"--toggle-collect={function}", f"--callgrind-out-file={out}", *command],
                       stdout=2, env={**os.environ, "LD_BIND_NOW": "1"}, check=True)
        return int(re.search(r"^totals: (\d+)", out.read_text(), re.MULTILINE)[1])
