"""What the two kinds of guest of `run` have in common."""

import pathlib
import subprocess

HERE = pathlib.Path(__file__).resolve().parent
# Guest folders that get a fresh tmpfs, so that what lies below them has to be shown again.
FRESH = ("/tmp", "/run", "/var/tmp", "/dev/shm")


class TestbedError(Exception):
    """The testbed, not the command, has failed."""


def built(script, wanted, what):
    """The folder of what a build script beside this file has made, told by its command line."""
    line = [str((HERE / script[0]).resolve()), *script[1:]]
    found = subprocess.run([*line, "--path"], stdout=subprocess.PIPE, check=False, text=True)
    folder = pathlib.Path(found.stdout.strip() or "/nonexistent")
    if found.returncode != 0 or not (folder / wanted).exists():
        raise TestbedError(f"there is no {what} yet; build it once with {' '.join(line)}")
    return folder


def shown(folders, all_hidden):
    """Those folders of the host that the guest would not have: all, if its files are not the host's, else those that
    a fresh tmpfs would hide; for the kernel's command line."""
    return ":".join(path for path in sorted(map(str, folders))
                    if all_hidden or any(path.startswith(fresh + "/") for fresh in FRESH))


def device_tree(name):
    """The file of --dtb, which may be none."""
    path = pathlib.Path(name).resolve()
    if not path.is_file():
        raise TestbedError(f"--dtb: there is no file {path}")
    return path
