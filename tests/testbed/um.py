"""The test kernel that is a process of its own: User Mode Linux."""

import fcntl
import os

from common import HERE, built, device_tree, shown

WHAT = "test kernel"
# Of each image, which is unpacked into it.
MEMORY = {"system": "768M", "cockpit": "1280M", "cockpit-bookworm": "1280M"}
# Where virtual time starts, in ns since the epoch (2026-01-01 00:00 UTC): any fixed value will
# do, as long as every run has the same.
VIRTUAL_START_NS = 1767225600 * 10**9


def kernel_folder(_arguments):
    """Where build-kernel has put it."""
    return built(["build-kernel"], "linux", WHAT)


def system_line(arguments, bell, channel):
    """What the kernel's command line has for a system, and for its init-system."""
    image = built(["build-image", arguments.image], "image.tar", "image of a system")
    # The journal goes to the console, too: after a panic that is all there is of it.
    line = [f"TESTBED_IMAGE={image}", f"con2=fd:{bell}", "systemd.journald.forward_to_console=1",
            "systemd.show_status=0", "TERM=dumb"]
    if channel is not None:
        line += [f"con3=fd:{channel}", "TESTBED_FORWARD=/dev/tty3"]
    return line


def command_line(arguments, folder, folders, bell, channel):
    """How it is started.  `folder` is shared with it, `folders` are shown in any case; a line that is written to what
    `bell` reads asks a system to hand over its journal and end; the connections of --forward go through `channel`."""
    kernel = kernel_folder(arguments)
    init = HERE / ("init-system" if arguments.system else "init")
    line = [str(kernel / "linux"), f"mem={MEMORY[arguments.image]}", "root=/dev/root", "rootfstype=hostfs", "rootflags=/", "ro",
            "loglevel=4", f"init={init}", f"uml_dir={folder}/", "con=null", "con0=null,fd:2",
            "TESTBED_KIND=um", f"TESTBED={folder}", f"TESTBED_MODULES={kernel / 'lib/modules'}",
            f"TESTBED_SHOW={shown(folders, arguments.system)}"]
    if arguments.system:
        line += system_line(arguments, bell, channel)
    if arguments.tty:
        line += ["con1=fd:0,fd:1", "TESTBED_TTY=tty1"]
    if arguments.time_travel:
        line += ["time-travel=inf-cpu", f"time-travel-start={VIRTUAL_START_NS}"]
    if arguments.skip_idle:
        line += ["time-travel", f"time-travel-start={VIRTUAL_START_NS}"]
    if arguments.dtb:
        line.append(f"dtb={device_tree(arguments.dtb)}")
    return line


def settle(arguments):
    """Keeps the guest on one processor, which makes it two to four times faster: its kernel and the processes
    it runs otherwise chase each other from one to the next.  The lock file tells other guests to take another
    processor; it is held until this program ends."""
    cache = kernel_folder(arguments).parent
    processors = sorted(os.sched_getaffinity(0))
    for processor in processors:
        lock = os.open(cache / f"processor{processor}.lock", os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o644)
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            os.close(lock)
            continue
        os.sched_setaffinity(0, {processor})
        return
    os.sched_setaffinity(0, {processors[os.getpid() % len(processors)]})
