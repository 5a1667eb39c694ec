"""The rows of the table for roomd-history: what a day writes, what a year takes, and what a plot of it reads."""

from figures import Row, number, verdict

SECTION = "a year of ten sensors, read every 10 s"
# Of which an SD card can take so many times its size.
CYCLES = 100
CARD_BYTES = 8e9


def one(samples, measure, variant):
    """The figure that there is one of."""
    return samples.pooled(f"history-{measure}", variant)[0]


def plot_row(samples, steps):
    """The time of a plot, and the rows it reads."""
    year, day = one(samples, "year", steps), one(samples, "day", steps)
    rows = one(samples, "year-rows", steps)
    return [
        Row(SECTION, f"a year's plot, {steps} steps: rows read", number(rows), "", "<= 5000", verdict(rows, most=5000)),
        Row(SECTION, f"a year's plot, {steps} steps", f"{number(year)} ms", f"a day's: {number(day)} ms", "< 20 x a day's",
            verdict(year, most=20 * day)),
    ]


def rows(samples):
    """All of them."""
    if not samples.has("history-written", "day"):
        return []
    written, size = one(samples, "written", "day"), one(samples, "size", "year")
    years = CARD_BYTES * CYCLES / written / 365
    found = [
        Row(SECTION, "written to the disk, blocks of 4096", f"{number(written / 1e6)} MB a day",
            f"{years:.0f} years to write a card of 8 GB {CYCLES} times", "<= 25 MB", verdict(written, most=25e6)),
        Row(SECTION, "size after a year", f"{number(size / 1e6)} MB", "MaxBytes=250000000", "<= 250 MB", verdict(size, most=250e6)),
    ]
    for steps in samples.variants("history-year"):
        found += plot_row(samples, steps)
    return found
