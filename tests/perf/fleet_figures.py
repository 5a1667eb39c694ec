"""The rows of the table for many hubs and one broker; fleet measures them."""

import statistics

from figures import Row, absolute, number, percentile, target, verdict


def spread_rows(samples, section, what, measure, unit, scale=1, most=None):
    """Median and most of the values of each variant; `most` is of the latter."""
    rows = []
    for variant in samples.variants(measure):
        values = [value * scale for value in samples.pooled(measure, variant)]
        rows.append(Row(section, f"{what} {variant}, median", f"{number(statistics.median(values))} {unit}", "", "", ""))
        rows.append(Row(section, f"{what} {variant}, most", f"{number(max(values))} {unit}", "", target(most, unit=unit),
                        verdict(max(values), most=most)))
    return rows


def fleet_storm_rows(samples, section, hubs):
    """What happens when the broker is there again."""
    rows = []
    for variant in samples.variants("fleet-connects"):
        what = f"the broker away for {variant} s"
        times = samples.pooled("fleet-connects", variant)
        rows += absolute(samples, section, f"{what}: most connects in any second", "fleet-most-in-a-second", variant, "connects",
                         most=hubs / 10)
        rows.append(Row(section, f"{what}: a half, 99 %, all connected after",
                        " / ".join(number(percentile(times, share)) for share in (0.5, 0.99, 1)) + " s", "", "", ""))
        rows += absolute(samples, section, f"{what}: everything is there after", "fleet-whole", variant, "s")
        rows += absolute(samples, section, f"{what}: retained topics missing", "fleet-retained-missing", variant, "topics", most=0)
        rows += absolute(samples, section, f"{what}: broker's processor time", "fleet-processor-storm", variant, "ms a hub")
    return rows


def fleet_load_rows(samples, section):
    """While the hubs have something to say."""
    rows = []
    for variant in samples.variants("fleet-messages"):
        what = f"{variant} events a second and hub"
        rows += absolute(samples, section, f"{what}: messages through the broker", "fleet-messages", variant, "a second")
        rows += absolute(samples, section, f"{what}: broker's processor time", "fleet-processor-broker", variant, "us a message")
        rows += absolute(samples, section, f"{what}: bridges' processor time", "fleet-processor-bridges", variant, "us a message")
    return rows + absolute(samples, section, "events that did not come", "fleet-events-missing", "all", "events", most=0)


def rows(samples):
    """Many hubs, one broker."""
    found = []
    for variant in samples.variants("fleet-hubs"):
        section, hubs = f"fleet, {variant}", samples.median("fleet-hubs", variant)
        found.append(Row(section, "hubs, ten components each", number(hubs), "", "", ""))
        found += absolute(samples, section, "all started, everything is there after", "fleet-start", "all", "s")
        found += fleet_storm_rows(samples, section, hubs)
        found += fleet_load_rows(samples, section)
        found += spread_rows(samples, section, "private dirty of a bridge", "fleet-private-dirty", "kB", most=3072)
        found += absolute(samples, section, "broker, private dirty, without hubs", "fleet-broker-empty", "all", "kB")
        found += absolute(samples, section, "broker, private dirty", "fleet-broker", "with all hubs", "kB")
        for variant_ in samples.variants("fleet-wake-ups"):
            values = samples.pooled("fleet-wake-ups", variant_)
            # A question and an answer, a second later than the keep-alive.
            found += [Row(section, f"wake-ups of an idle bridge, KeepAliveSec={variant_}: median, most",
                         f"{number(statistics.median(values))}, {number(max(values))} a minute", "",
                         target(most=120 / (int(variant_) + 1), unit="a minute"),
                         verdict(statistics.median(values), most=120 / (int(variant_) + 1)))]
        for variant_ in samples.variants("fleet-latency"):
            values = samples.pooled("fleet-latency", variant_)
            found += [Row(section, f"sensor to the other hub's roomd {variant_}, {what}", f"{number(percentile(values, share))} ms",
                         "", target(most, unit="ms"), verdict(percentile(values, share), most))
                     for what, share, most in (("p50", 0.5, None), ("p99", 0.99, 200), ("most", 1, None))]
            found += absolute(samples, section, f"the same {variant_}, lost", "fleet-latency-lost", variant_, "changes", most=0)
        for variant_ in samples.variants("fleet-unavailable"):
            found += absolute(samples, section, f"{variant_}: sensor unavailable after", "fleet-unavailable", variant_, "s", most=20)
            found += absolute(samples, section, f"{variant_}: over, sensor available after", "fleet-available", variant_, "s")
    return found
