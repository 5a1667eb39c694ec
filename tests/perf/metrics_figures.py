"""The rows of the table for roomd beside roomd-metrics and its scrapers."""

from figures import LIMITS
from mqtt_figures import beside_kernel_rows

# Beside whom: company.h.
BESIDES = {
    "nobody": "roomd alone",
    "scraped": "scraped every second, and a scraper that hangs",
    "storm": "scraped without a pause, and a scraper that hangs",
}


def rows(samples):
    """From the edge to the relay."""
    return beside_kernel_rows(samples, "metrics counted", "edge to relay beside roomd-metrics, one processor, counted time", "beside",
                              LIMITS, BESIDES, "scrapes")
