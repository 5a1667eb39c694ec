"""The recipe of gpiozero's documentation: a motion sensor that switches a light.

gpiozero-light.py CHIP INPUT-OFFSET OUTPUT-OFFSET (the chip is gpiozero's to find)
"""

import os
import signal
import sys

os.environ["GPIOZERO_PIN_FACTORY"] = "lgpio"

from gpiozero import LED, MotionSensor  # pylint: disable=wrong-import-position

pir = MotionSensor(int(sys.argv[2]))
light = LED(int(sys.argv[3]))
pir.when_motion = light.on
pir.when_no_motion = light.off
signal.pause()
