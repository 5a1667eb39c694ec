"""From samples to figures: medians, spreads, comparisons, and the rows of the table with what is to be reached."""

import collections
import math
import statistics

# `verdict`: "reached", "missed", "" where nothing is to be reached; with a remark where the noise is too large.
Row = collections.namedtuple("Row", "section what figure compared target verdict")

WIDE = "the spread is wider than the difference"


class Samples:
    """What the measuring programs have printed, by measure and variant."""

    def __init__(self, samples):
        self.values, self.skipped, self.said = {}, {}, {}
        for sample in samples:
            key = sample["measure"], sample["variant"]
            if "skipped" in sample:
                self.skipped[key] = sample["skipped"]
            elif "said" in sample:
                self.said[key] = sample["said"]
            else:
                self.values.setdefault(key, []).append(sample["values"])

    def has(self, measure, variant):
        """Whether it was measured."""
        return (measure, variant) in self.values

    def variants(self, measure):
        """In the order in which they were measured."""
        return [variant for name, variant in self.values if name == measure]

    def rounds(self, measure, variant):
        """A list of samples for each round, without those that are not a number."""
        return [[value for value in values if value is not None] for values in self.values[measure, variant]]

    def pooled(self, measure, variant):
        """The samples of all rounds."""
        return [value for values in self.rounds(measure, variant) for value in values]

    def medians(self, measure, variant):
        """One of each round."""
        return [statistics.median(values) for values in self.rounds(measure, variant) if values]

    def median(self, measure, variant):
        """Of all samples."""
        return statistics.median(self.pooled(measure, variant))


def percentile(values, share):
    """The smallest value that `share` of them do not exceed."""
    ordered = sorted(values)
    return ordered[max(0, math.ceil(share * len(ordered)) - 1)]


def number(value):
    """Three figures, as many as these measurements are worth."""
    if value == 0 or (value == int(value) and abs(value) < 100000):
        return str(int(value))
    digits = max(0, 2 - math.floor(math.log10(abs(value))))
    return f"{value:,.{digits}f}".replace(",", " ")


def figure(values, unit):
    """A median with the range of the rounds' medians, where there are several."""
    middle = number(statistics.median(values))
    if len(values) > 1 and min(values) != max(values):
        return f"{middle} {unit} ({number(min(values))} to {number(max(values))})"
    return f"{middle} {unit}"


class Ratio:
    """Of two variants of one measure, round by round: what disturbs the machine for a while disturbs both."""

    def __init__(self, ours, theirs):
        self.rounds = [a / b for a, b in zip(ours, theirs) if b]
        self.value = statistics.median(self.rounds)

    def text(self, name):
        """For the table."""
        return f"{self.value:.2f} x {name} ({min(self.rounds):.2f} to {max(self.rounds):.2f})"

    def is_wide(self):
        """Whether the two cannot be told apart."""
        return len(self.rounds) > 1 and min(self.rounds) <= 1 <= max(self.rounds)


def verdict(value, most=None, least=None):
    """Whether it is within what is to be reached."""
    if most is None and least is None:
        return ""
    fine = (most is None or value <= most) and (least is None or value >= least)
    return "reached" if fine else "missed"


def target(most=None, least=None, unit=""):
    """What is to be reached, for the table."""
    if most is None and least is None:
        return ""
    return f"<= {number(most)} {unit}" if most is not None else f">= {number(least)} {unit}"


def compare(section, what, unit, ours, theirs, name, most=None, least=None):
    """A row for figures of rounds and those that they are compared with; `most` and `least` are of the ratio."""
    ratio = Ratio(ours, theirs)
    result = verdict(ratio.value, most, least)
    if ratio.is_wide():
        result = f"{result}; {WIDE}" if result else WIDE
    return Row(section, what, figure(ours, unit), ratio.text(name), target(most, least, f"x {name}") if result and
               (most is not None or least is not None) else "", result)


def absolute(samples, section, what, measure, variant, unit, most=None, least=None):
    """A row for one figure, or none where it was not measured."""
    if not samples.has(measure, variant):
        return []
    medians = samples.medians(measure, variant)
    if not medians:
        return []
    return [Row(section, what, figure(medians, unit), "", target(most, least, unit),
                verdict(statistics.median(medians), most, least))]


NAMES = {
    "floor": "a bare C loop on libgpiod, 1 line",
    "plain": "plain sd-event and libgpiod, 1 line",
    "roomd-1": "roomd: 1 sensor, 1 light",
    "roomd-slow": "roomd: 1 sensor, 1 light, a DHT11 that does not answer",
    "plain-4": "plain sd-event, 4 lines",
    "roomd": "roomd: 4 sensors, 4 lights, 2 locks, 2 thermometers",
    "before": "the same, before",
    "floor-8": "a bare C loop, 8 lines",
    "plain-8": "plain sd-event, 8 lines",
    "roomd-8": "roomd: 8 sensors, 8 lights",
    "floor-64": "a bare C loop, 64 lines",
    "plain-64": "plain sd-event, 64 lines",
    "roomd-64": "roomd: 64 sensors, 64 lights",
    "eventhub": "the tutorial's EventHub, asyncio, python3-libgpiod",
    "gpiomon": "gpiomon, a shell, gpioset",
}
# How many lines there are besides; the bare loop and roomd are compared with plain sd-event with as many.
LINES = {"roomd": "-4", "before": "-4", "floor-8": "-8", "roomd-8": "-8", "floor-64": "-64", "roomd-64": "-64"}
# Of the same job on plain sd-event: the median, and the p99.
LIMITS = (1.10, 1.25)
NO_LIMITS = (None, None)
# Where plain sd-event and roomd differ in nothing but what roomd is.
LIMITED = ("roomd", "roomd-1", "roomd-8", "roomd-64")
# What is measured on a board's kernel: behind the architecture, in the measure and in words, and what is to be reached.
BOARD_CASES = (("", "", LIMITS), (" busy", ", all but one processor busy", LIMITS),
               (" undisturbed", ", nothing else runs between two edges", NO_LIMITS))


def plain_beside(samples, measure, variant):
    """Plain sd-event with as many lines, or with one."""
    base = "plain" + LINES.get(variant, "")
    return base if samples.has(measure, base) else "plain"


def edge_rows(samples, measure, section, limits):
    """From the interrupt to the relay, beside plain sd-event with as many lines."""
    found = []
    middles = {variant: samples.medians(measure, variant) for variant in samples.variants(measure)}
    tails = {variant: [percentile(values, 0.99) for values in samples.rounds(measure, variant)] for variant in middles}
    for variant, name in NAMES.items():
        if (measure, variant) in samples.skipped:
            found.append(Row(section, name, "not measured", samples.skipped[measure, variant], "", ""))
        if variant not in middles:
            continue
        base = plain_beside(samples, measure, variant)
        most = limits if variant in LIMITED else NO_LIMITS
        for text, figures_, limit in (("median", middles, most[0]), ("p99", tails, most[1])):
            if variant.startswith("plain") or base not in middles:
                found.append(Row(section, f"{name}, {text}", figure(figures_[variant], "us"), "", "", ""))
            else:
                found.append(compare(section, f"{name}, {text}", "us", figures_[variant], figures_[base], base, most=limit))
    return found


def board_rows(samples):
    """On the kernel like a board's."""
    found = []
    for architecture in ("x86_64", "arm64"):
        for case, words, limits in BOARD_CASES:
            found += edge_rows(samples, f"edge-to-relay {architecture}{case}",
                               f"edge to relay, board, {architecture}{words}", limits)
    return found + chatter_rows(samples)


def chatter_rows(samples):
    """Beside a line that changes as fast as it can."""
    section, measure = "beside a line that chatters, board, x86_64", "chatter-edge-to-relay x86_64"
    if not samples.has(measure, "beside"):
        return []

    def one(what, variant="roomd"):
        return samples.median(f"chatter-{what} x86_64", variant)

    alone, beside = (percentile(samples.pooled(measure, variant), 0.99) for variant in ("alone", "beside"))
    edges, seconds, lost, silent = one("edges"), one("seconds"), one("edges-lost"), one("edges-silent")
    return [
        Row(section, "two other lines, median", f"{number(samples.median(measure, 'beside'))} us",
            f"alone: {number(samples.median(measure, 'alone'))} us", "", ""),
        Row(section, "two other lines, p99", f"{number(beside)} us", f"alone: {number(alone)} us", "<= 2 x alone",
            verdict(beside, most=2 * alone)),
        Row(section, "the watchdog was fed", f"{number(one('watchdogs', 'fed'))} times",
            f"its rhythm: {number(one('watchdogs', 'expected'))} times", "every time but one",
            verdict(one("watchdogs", "fed"), least=math.floor(one("watchdogs", "expected")) - 1)),
        Row(section, f"edges in {number(seconds)} s", f"{number(edges / seconds)} a second", f"lost: {number(lost)} of {number(edges)}",
            "", ""),
        Row(section, "edges lost in silence", number(silent), "", "none", verdict(silent, most=0, least=0)),
        Row(section, "from SIGTERM to the end", f"{number(one('end', 'beside'))} ms", f"alone: {number(one('end', 'alone'))} ms",
            "<= 100 ms", verdict(one("end", "beside"), most=100)),
    ]


def test_kernel_edge_rows(samples):
    """On the test kernel, where system calls are what costs."""
    measure = "edge-to-relay"
    found = edge_rows(samples, measure, "edge to relay, test kernel", NO_LIMITS)
    for variant in ("roomd-8", "roomd-64"):
        if samples.has(measure, variant) and samples.has(measure, "roomd-1"):
            found.append(compare("growth", f"edge to relay, {variant[6:]} sensors and lights", "us",
                                 samples.medians(measure, variant), samples.medians(measure, "roomd-1"), "1 sensor",
                                 most=1.05))
    return found


def system_call_rows(samples):
    """From the wake-up to the relay's ioctl.  sd-event reads clocks, which are calls here and none where there is a vDSO."""
    found, measure = [], "system-calls"
    for variant in samples.variants(measure):
        if not samples.has(f"{measure}-but-clocks", variant):
            continue
        counts, others = samples.pooled(measure, variant), samples.pooled(f"{measure}-but-clocks", variant)
        ours = variant.startswith("roomd") and samples.has(measure, "plain")
        rival = [max(samples.pooled(what, "plain")) for what in (measure, f"{measure}-but-clocks")] if ours else []
        for text, values, most in ((", clocks among them", counts, rival[:1]), (" but for clocks, as on a board", others, rival[1:])):
            found.append(Row("system calls, test kernel", f"{variant}: wake-up to the relay's ioctl{text}, {len(values)} edges",
                             f"{number(min(values))} to {number(max(values))}", "",
                             f"<= plain's {number(most[0])}" if most else "", verdict(max(values), most=most[0] if most else None)))
    return found


def loss_rows(samples):
    """Edges that were lost, and those of them that nobody was told of."""
    rows = []
    for kind, text in (("burst", "while it is stopped"), ("steady", "steadily")):
        measure = f"edge-{kind}"
        for variant in samples.variants(measure):
            edges, lost, silent = (samples.median(measure + what, variant) for what in ("", "-lost", "-silent"))
            ours = variant.startswith("roomd")
            rival = variant.replace("roomd-1", "floor").replace("roomd", "floor")
            their_loss = samples.median(f"{measure}-lost", rival) if samples.has(measure, rival) else math.inf
            if ours:
                rows.append(Row("edges", f"{variant.split()[0]}: {number(edges)} edges {text}",
                                f"{number(lost)} lost, {number(silent)} in silence",
                                f"floor: {number(their_loss)} lost", "no more, and none in silence",
                                "reached" if silent == 0 and lost <= their_loss else "missed"))
    return rows


def hub_rows(samples):
    """The hub alone."""
    section, emits, instructions, rows = "hub", "hub-emit", "hub-emit-instructions", []
    for variant in samples.variants(emits):
        who, case = variant.split(" ", 1)
        matching, others = case.split("/")
        name = f"emit to {matching}, beside {others} others"
        if who != "roomd":
            continue
        ours, least, compared, fine = samples.medians(emits, variant), "", "", ""
        if samples.has(emits, f"tutorial {case}"):
            theirs = samples.medians(emits, f"tutorial {case}")
            ratio = Ratio(theirs, ours)
            compared = (f"tutorial: {figure(theirs, 'ns')}, {number(ratio.value)} times "
                        f"({number(min(ratio.rounds))} to {number(max(ratio.rounds))})")
            least, fine = ">= 50 times", verdict(ratio.value, least=50)
        rows.append(Row(section, name, figure(ours, "ns"), compared, least, fine))
        alone = variant.replace("/10000", "/0")
        if alone != variant and samples.has(instructions, variant) and samples.has(instructions, alone):
            counts = samples.median(instructions, variant), samples.median(instructions, alone)
            rows.append(Row(section, f"emit to {matching}, instructions", f"{number(counts[0])} beside 10000 others",
                            f"{number(counts[1])} beside none", "the same", verdict(counts[0], most=counts[1])))
    return rows


def idle_rows(samples):
    """Wake-ups while nothing happens."""
    section, rows = "idle", []
    for variant in samples.variants("idle-wake-ups"):
        if variant.startswith("before"):
            continue
        most = 0 if variant in ("roomd", "roomd-without-bus") else None
        rows += absolute(samples, section, f"{variant}: wake-ups", "idle-wake-ups", variant, "an hour", most=most)
    rows += absolute(samples, section, "roomd: wake-ups beyond the watchdog's", "idle-wake-ups-beyond-watchdog",
                     "roomd-watchdog", "an hour", most=0)
    rows += absolute(samples, section, "roomd: wake-ups for a reading, every 10 s", "wake-ups-per-reading",
                     "roomd-thermometer", "a reading", most=2)
    return rows


def memory_rows(samples):
    """How much, and what comes and goes."""
    section, rows = "memory", []
    for variant in samples.variants("memory-private-dirty"):
        if variant.startswith("before"):
            continue
        ours = variant.startswith("roomd")
        for measure, text in (("memory-pss", "Pss"), ("memory-private-dirty", "private dirty"),
                              ("memory-peak-rss", "peak resident")):
            most = 1500 if ours and measure == "memory-private-dirty" else None
            rows += absolute(samples, section, f"{variant}: {text}", measure, variant, "kB", most=most)
    rows += absolute(samples, section, "heap blocks for motion, without a bus", "heap-blocks-of-motion", "roomd", "a day", most=0)
    for variant in samples.variants("heap-blocks"):
        if variant.startswith("before"):
            continue
        rows += absolute(samples, section, f"{variant}: heap blocks, all", "heap-blocks", variant, "a day")
        rows += absolute(samples, section, f"{variant}: heap blocks more at the end of the day",
                         "heap-live-growth", variant, "blocks", most=0)
    return rows


def start_rows(samples):
    """From execve to READY."""
    section, rows = "start", []
    names = {"floor": "floor", "roomd": "roomd: no thermometer", "roomd-thermometer": "roomd: a thermometer"}
    measures = (("start-wall", "exec to ready", "ms"), ("start-cpu", "processor time", "ms"),
                ("start-load", "loading libraries, before main()", "ms"),
                ("start-libraries", "shared libraries", "files"), ("start-system-calls", "system calls", "calls"))
    for variant, name in names.items():
        for measure, text, unit in measures:
            rows += absolute(samples, section, f"{name}: {text}", measure, variant, unit)
    if not samples.has("start-but-load", "floor"):
        return rows
    most = samples.median("start-wall", "floor") + 20
    own = samples.medians("start-but-load", "roomd")
    rows += absolute(samples, section, f"{names['floor']}: own work", "start-but-load", "floor", "ms")
    rows.append(Row(section, f"{names['roomd']}: own work", figure(own, "ms"),
                    f"floor's start + 20 ms = {number(most)} ms", f"<= {number(most)} ms",
                    verdict(statistics.median(own), most=most)))
    rows += absolute(samples, section, f"{names['roomd-thermometer']}: own work, and loading libiio", "start-but-load",
                     "roomd-thermometer", "ms")
    # Two checks of a configuration differ in libiio alone, though the end of the process is in them, too.
    rows.append(Row(section, "checking a configuration with a thermometer, more than one without",
                    figure([b - a for a, b in zip(samples.medians("start-wall", "check"),
                                                  samples.medians("start-wall", "check-thermometer"))], "ms"), "", "", ""))
    return rows


def size_rows(samples):
    """The binaries."""
    rows = []
    for variant in samples.variants("size"):
        rows += absolute(samples, "size", f"{variant}, stripped", "size", variant, "bytes",
                         most=200000 if variant == "roomd" else None)
    for variant in samples.variants("size-libraries"):
        rows += absolute(samples, "size", f"{variant}: shared libraries", "size-libraries", variant, "files")
    return rows


def month_rows(samples):
    """What a month of virtual time costs."""
    section, rows = "month", []
    for variant in samples.variants("month-cpu"):
        rows += absolute(samples, section, "processor time", "month-cpu", variant,
                         f"s in {number(samples.median('month-days', variant))} days")
        rows += absolute(samples, section, "processor time a day, median of the days", "month-cpu-per-day", variant, "s")
        rows += absolute(samples, section, "resident after the first hour", "month-rss-first-hour", variant, "kB")
        rows += absolute(samples, section, "resident at the end", "month-rss-end", variant, "kB", most=samples.median(
            "month-rss-first-hour", variant))
        rows += absolute(samples, section, "private dirty, growth", "month-private-dirty-growth", variant, "kB", most=0)
    return rows


def roomtest_rows(samples):
    """How long a room test of a year takes."""
    section, rows = "room test", []
    for variant in samples.variants("roomtest-year"):
        most = 60 if variant == "10,000 motions" else None
        rows += absolute(samples, section, "a year", "roomtest-year", variant, "s", most=most)
        rows += absolute(samples, section, "a year, processor time", "roomtest-year-processor", variant, "s")
    return rows


def before_rows(samples):
    """What another version needed."""
    parts = (("edge to relay, the whole room, median", "edge-to-relay", "roomd", "us"),
             ("wake-ups for a reading", "wake-ups-per-reading", "roomd-thermometer", "a reading"),
             ("private dirty, no thermometer", "memory-private-dirty", "roomd", "kB"),
             ("private dirty, a thermometer", "memory-private-dirty", "roomd-thermometer", "kB"),
             ("heap blocks for motion, without a bus", "heap-blocks-of-motion", "roomd", "a day"),
             ("exec to ready, no thermometer", "start-wall", "roomd", "ms"),
             ("system calls of a start", "start-system-calls", "roomd", "calls"),
             ("shared libraries, no thermometer", "start-libraries", "roomd", "files"))
    rows_ = []
    for text, measure, variant, unit in parts:
        old = "before" if measure == "edge-to-relay" else f"before {variant}"
        if samples.has(measure, variant) and samples.has(measure, old):
            rows_.append(Row("now and before", text, figure(samples.medians(measure, variant), unit),
                             f"before: {figure(samples.medians(measure, old), unit)}", "", ""))
    return rows_


def rows(samples):
    """All rows of the table."""
    parts = (board_rows, test_kernel_edge_rows, system_call_rows, loss_rows, hub_rows, idle_rows, memory_rows, start_rows, size_rows,
             month_rows, roomtest_rows, before_rows)
    return [row for part in parts for row in part(samples)]


COLUMNS = {"what": "", "figure": "median (rounds)", "compared": "compared with", "target": "to reach", "verdict": ""}


def markdown(all_rows):
    """As tables of Markdown, one a section, for docs/performance.md."""
    lines, section = [], None
    for row in all_rows:
        if row.section != section:
            section = row.section
            lines += ["", f"| {section} | {' | '.join(list(COLUMNS.values())[1:])} |", "|---|---|---|---|---|"]
        lines.append(f"| {' | '.join(getattr(row, column) for column in COLUMNS)} |")
    return "\n".join(lines[1:])


def table(all_rows):
    """As text, for a terminal."""
    columns, titles = tuple(COLUMNS), COLUMNS
    widths = [max([len(titles[column])] + [len(getattr(row, column)) for row in all_rows]) for column in columns]
    lines, section = [], None

    def add(cells):
        lines.append("  ".join(cell.ljust(width) for cell, width in zip(cells, widths)).rstrip())

    add(titles[column] for column in columns)
    for row in all_rows:
        if row.section != section:
            section = row.section
            lines += ["", section.upper()]
        add(getattr(row, column) for column in columns)
    missed = sum("missed" in row.verdict for row in all_rows)
    reached = sum("reached" in row.verdict for row in all_rows)
    return "\n".join([*lines, "", f"{reached} reached, {missed} missed"])
