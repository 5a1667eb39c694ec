/* roomd-metrics beside roomd, and those who scrape it. */
#define _GNU_SOURCE
#include <signal.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include "cmocka-all.h"
#include "company.h"
#include "files.h"
#include "util/clock.h"

#define PAUSE_MS 1000

static void scrape_for_ever(struct company *company, unsigned pause_ms)
{
	prctl(PR_SET_PDEATHSIG, SIGKILL);
	for (;; ++*company->scrapes) {
		metrics_ask(&company->metrics, METRICS_GET_OPENMETRICS);
		if (company->metrics.status != 200)
			_exit(1);
		if (pause_ms > 0)
			let_pass_ms(pause_ms);
	}
}

/* It asks and does not read: the answer stays where it is until roomd-metrics has enough of it. */
static void hang(struct company *company)
{
	company->hanging = metrics_dial();
	metrics_send(company->hanging, METRICS_GET, strlen(METRICS_GET));
}

void company_start_scrapers(struct company *company, enum company_kind kind, int nice)
{
	company->scrapes = mmap(NULL, sizeof *company->scrapes, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	assert_ptr_not_equal(company->scrapes, MAP_FAILED);
	metrics_start(&company->metrics, nice);
	metrics_ask(&company->metrics, METRICS_GET_OPENMETRICS);
	if (!strstr(company->metrics.body, "roomd_up 1"))
		fail_msg("roomd-metrics does not know the room: %s", company->metrics.body);
	hang(company);
	company->scraper = fork();
	assert_true(company->scraper >= 0);
	if (company->scraper == 0)
		scrape_for_ever(company, kind == COMPANY_SCRAPED ? PAUSE_MS : 0);
	company->since_ns = clock_now_ns(CLOCK_MONOTONIC);
}

double company_stop_scrapers(struct company *company)
{
	double seconds = (double)(clock_now_ns(CLOCK_MONOTONIC) - company->since_ns) / (double)NSEC_PER_SEC;
	double rate = (double)*company->scrapes / seconds;

	if (waitpid(company->scraper, NULL, WNOHANG) != 0)
		fail_msg("the scraper has ended");
	kill(company->scraper, SIGKILL);
	waitpid(company->scraper, NULL, 0);
	company->scraper = 0;
	close(company->hanging);
	metrics_clean_up(&company->metrics);
	munmap(company->scrapes, sizeof *company->scrapes);
	return rate;
}
