"""The kernel like a board's: several processors, a vDSO, interrupts at once, in QEMU's own emulation."""

import platform
import shutil

from common import HERE, TestbedError, built, device_tree, shown

WHAT = "board kernel"
MEMORY = "2048"
# With --counted an instruction takes 4 ns (2 to the power of "shift"); while there is none, time jumps to the next timer.
REAL_TIME, COUNTED_TIME = ["-accel", "tcg,thread=multi"], ["-accel", "tcg,thread=single", "-icount", "shift=2,sleep=off"]
# 9p without a cache loads programs several times as slowly; what is shared with the host must not have one.
ROOT_FLAGS = "trans=virtio,version=9p2000.L,cache=loose,msize=262144"


def arch(arguments):
    """Of the guest; the machine's own runs the machine's own programs."""
    return arguments.arch or {"aarch64": "arm64"}.get(platform.machine(), platform.machine())


def is_foreign(arguments):
    """Whether its programs are not the machine's own, but those of a root that build-root has made."""
    return arch(arguments) == "arm64"


def machine(arguments):
    """QEMU, and what it emulates; the console's name."""
    return {
        "x86_64": (["qemu-system-x86_64", "-cpu", "max", "-vga", "none"], "ttyS0", "idle=poll"),
        # A Pi 4's processor, which runs 32-bit programs, too.
        "arm64": (["qemu-system-aarch64", "-machine", "virt", "-cpu", "cortex-a72"], "ttyAMA0", "nohlt"),
    }[arch(arguments)]


def share(tag, path, readonly):
    """A folder of the host's, by 9p."""
    return ["-virtfs", f"local,path={path},mount_tag={tag},security_model=none,multidevs=remap" +
            (",readonly=on" if readonly else "")]


def kernel_folder(arguments):
    """Where build-kernel has put it."""
    return built(["build-kernel", "--board", arch(arguments)], "image", f"{WHAT} for {arch(arguments)}")


def root_folder(arguments):
    """What the guest's files are made of."""
    if not is_foreign(arguments):
        return "/"
    return built(["../board/build-root", "testbed"], "root/testbed-init", "root for arm64") / "root"


def append(arguments, folders, kernel, console, awake):
    """The kernel's command line.  It ends, with QEMU, when it panics."""
    foreign = is_foreign(arguments)
    line = ["root=root", "rootfstype=9p", f"rootflags={ROOT_FLAGS}", "ro", f"console={console}", "loglevel=4", "panic=-1",
            f"init={'/testbed-init' if foreign else HERE / 'init'}", f"TESTBED_INIT={HERE / 'init'}", "TESTBED_KIND=board",
            f"TESTBED_MODULES={kernel / 'lib/modules'}", f"TESTBED_SHOW={shown(folders, foreign)}"]
    if arguments.awake:
        line.append(awake)
    if arguments.tty:
        line.append("TESTBED_TTY=hvc0")
    return " ".join(line)


def command_line(arguments, folder, folders, _bell, _channel):
    """How it is started.  `folder` is shared with it, `folders` are shown in any case."""
    qemu, console, awake = machine(arguments)
    kernel = kernel_folder(arguments)
    root = root_folder(arguments)
    if not shutil.which(qemu[0]):
        raise TestbedError(f"{qemu[0]} is not installed; scripts/setup installs all that is needed")
    line = [*qemu, *(COUNTED_TIME if arguments.counted else REAL_TIME), "-smp", str(arguments.smp), "-m", MEMORY, "-display", "none", "-monitor", "none",
            "-no-reboot", "-kernel", str(kernel / "image"), "-append", append(arguments, folders, kernel, console, awake),
            "-chardev", f"file,id=console,path={folder / 'console'},append=on", "-serial", "chardev:console",
            *share("root", root, True), *share("host", "/", True), *share("testbed", folder, False)]
    if arguments.tty:
        line += ["-device", "virtio-serial", "-chardev", "stdio,id=tty,signal=off", "-device", "virtconsole,chardev=tty"]
    if arguments.dtb:
        line += ["-dtb", str(device_tree(arguments.dtb))]
    return line


def settle(_arguments):
    """It uses several processors, as a board does."""
