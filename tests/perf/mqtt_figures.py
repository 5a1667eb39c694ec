"""The rows of the table for roomd beside a bridge that is flooded, and for a bridge whose broker keeps silent."""

import statistics

from figures import LIMITS, NO_LIMITS, Row, absolute, compare, figure, number, percentile, verdict

# Beside whom: company.h. Its variants are "beside-", with the units' priorities, and "equal-", where all have the same one.
BESIDES = {
    "nobody": "roomd alone",
    "bridge": "a bridge, and a broker where nobody speaks",
    "nonsense": "a bridge flooded with what is no command",
    "commands": "a bridge flooded with commands for another relay",
}
BESIDE_KERNELS = (("counted", "one processor, counted time"), ("x86_64", "two processors, x86_64"))


def beside_rows(samples):
    """From the edge to the relay, beside a bridge whose broker is flooded."""
    found = []
    for kernel, words in BESIDE_KERNELS:
        for priority, more, limits in (("beside", "", LIMITS), ("equal", ", all with one priority", NO_LIMITS)):
            found += beside_kernel_rows(samples, f"beside {kernel}", f"edge to relay beside a bridge, {words}{more}", priority, limits)
    return found


def beside_kernel_rows(samples, kernel, section, priority, limits, besides=None, taken="messages that the bridge takes"):
    """On one kernel, with one kind of priorities."""
    found, base = [], None
    for who, name in (besides or BESIDES).items():
        variant, measure = f"{priority}-{who}", f"edge-to-relay {kernel}"
        if not samples.has(measure, variant):
            continue
        count = len(samples.pooled(measure, variant))
        ours = (samples.medians(measure, variant), [percentile(values, 0.99) for values in samples.rounds(measure, variant)])
        base = base or ours
        for text, values, theirs, limit in zip(("median", "p99"), ours, base, limits):
            found.append(Row(section, f"{name}, {text} of {count}", figure(values, "us"), "", "", "") if base is ours else
                         compare(section, f"{name}, {text} of {count}", "us", values, theirs, "alone", most=limit))
        found += absolute(samples, section, f"{name}: {taken}", f"edge-to-relay-flood {kernel}", variant,
                          "a second")
    return found


def silent_rows(samples):
    """What the bridge does about brokers that say nothing, and what it says."""
    section, found = "brokers that keep silent", []
    for variant in samples.variants("mqtt-silent-processor"):
        used, answers = samples.pooled("mqtt-silent-processor", variant), samples.pooled("mqtt-silent-answer", variant)
        found += [
            Row(section, f"{variant}: processor time in 5 s", figure(used, "ms"),
                f'"{samples.said["mqtt-silent-state", variant]}"', "<= 10 ms", verdict(max(used), most=10)),
            Row(section, f"{variant}: slowest of {len(answers)} answers on the bus", f"{number(max(answers))} ms",
                f"median: {number(statistics.median(answers))} ms", "<= 50 ms", verdict(max(answers), most=50)),
        ]
    return found + [Row(section, name, "not measured", why, "", "") for (measure, name), why in samples.skipped.items()
                    if measure == "mqtt-silent-processor"]


def rows(samples):
    """All of them."""
    return beside_rows(samples) + silent_rows(samples)
