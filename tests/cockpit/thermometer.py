#!/usr/bin/env python3
"""Sets the thermometer of room.conf, in the guest, or takes it away: thermometer.py CELSIUS|away.

It is a TMP117 on the kernel's i2c-stub, whose registers are written here.
"""

import ctypes
import fcntl
import os
import pathlib
import subprocess
import sys

ADDRESS = 0x48
REGISTER_TEMPERATURE, REGISTER_DEVICE_ID = 0x00, 0x0F
DEVICE_ID = 0x0117
STEPS_PER_DEGREE = 128
# linux/i2c-dev.h, linux/i2c.h
I2C_SLAVE_FORCE, I2C_SMBUS = 0x0706, 0x0720
SMBUS_WRITE, SMBUS_WORD_DATA = 0, 3


class Transfer(ctypes.Structure):
    """struct i2c_smbus_ioctl_data"""
    _fields_ = [("direction", ctypes.c_uint8), ("register", ctypes.c_uint8), ("size", ctypes.c_uint32),
                ("data", ctypes.POINTER(ctypes.c_uint16))]


def find_adapter():
    """The folder of i2c-stub's bus; None: it is not loaded."""
    for name in pathlib.Path("/sys/bus/i2c/devices").glob("i2c-*/name"):
        if name.read_text().startswith("SMBus stub"):
            return name.parent
    return None


def write(adapter, register, value):
    """SMBus words go low byte first, the chip's registers high byte first."""
    data = ctypes.c_uint16((value << 8 | value >> 8) & 0xFFFF)
    transfer = Transfer(SMBUS_WRITE, register, SMBUS_WORD_DATA, ctypes.pointer(data))
    descriptor = os.open(f"/dev/{adapter.name}", os.O_RDWR)
    fcntl.ioctl(descriptor, I2C_SLAVE_FORCE, ADDRESS)
    fcntl.ioctl(descriptor, I2C_SMBUS, transfer)
    os.close(descriptor)


def make():
    """Loads the drivers; gives the folder of the bus."""
    subprocess.run(["modprobe", "i2c-stub", f"chip_addr={ADDRESS:#x}"], check=True)
    subprocess.run(["modprobe", "tmp117"], check=True)
    adapter = find_adapter()
    write(adapter, REGISTER_DEVICE_ID, DEVICE_ID)
    return adapter


def plug(adapter, wanted):
    there = any(adapter.glob(f"*-{ADDRESS:04x}"))
    if there and not wanted:
        (adapter / "delete_device").write_text(f"{ADDRESS:#x}")
    elif wanted and not there:
        (adapter / "new_device").write_text(f"tmp117 {ADDRESS:#x}")


def main():
    adapter = find_adapter() or make()
    if sys.argv[1] != "away":
        write(adapter, REGISTER_TEMPERATURE, round(float(sys.argv[1]) * STEPS_PER_DEGREE) & 0xFFFF)
    plug(adapter, sys.argv[1] != "away")


main()
