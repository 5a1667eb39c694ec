#define _GNU_SOURCE
#include "roomctl/history-client.h"

#include <errno.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "util/problem.h"

#define UNIT "roomd-history"
#define NAME "org.roomd1.History"
#define PATH "/org/roomd1/History"
#define START "systemctl enable --now " UNIT

/* --- what fails ------------------------------------------------------------------------------ */

static enum status not_running(const struct command_line *line)
{
	if (line->address)
		return say(STATUS_NOT_RUNNING, UNIT " does not run on %s (no " NAME " on the bus); start it there with: " START,
		           line->address);
	if (access(ROOMD_HISTORY_PROGRAM, F_OK) < 0 && (errno == ENOENT || errno == ENOTDIR))
		return say(STATUS_NOT_RUNNING, UNIT " is not installed (no " ROOMD_HISTORY_PROGRAM
		                                    "), so nothing is recorded; the package " UNIT
		                                    " has it: apt install " UNIT ", then: " START);
	return say(STATUS_NOT_RUNNING, UNIT " does not run (no " NAME " on the bus); start it with: " START
	                                    "; why it has ended: journalctl -u " UNIT);
}

static enum status fail(const struct client *client, const sd_bus_error *error, int r)
{
	if (sd_bus_error_has_name(error, NAME ".Error.NoSuchSeries"))
		return say(STATUS_NO_COMPONENT, "%s", error->message);
	return client_fail_beside(client, UNIT, not_running, error, r);
}

static enum status unreadable(int r)
{
	return r == -ENOMEM ? say_no_memory()
	                    : say(STATUS_FAILED, "the answer of " UNIT " cannot be read: %s", problem_errno(r));
}

/* An array of structures of `row` and, behind it, maybe `rest`; -EBADMSG: it is something else. */
static int enter(sd_bus_message *reply, const char *signature, const char *row)
{
	if (!sd_bus_message_has_signature(reply, signature))
		return -EBADMSG;
	return sd_bus_message_enter_container(reply, 'a', row);
}

/* Room for one more in an array; NULL: no memory. */
static void *grow(void *array, size_t n, size_t size)
{
	if (n > 0 && (n & (n - 1)) != 0)
		return array;
	return reallocarray(array, n > 0 ? 2 * n : 1, size);
}

/* --- series ---------------------------------------------------------------------------------- */

static bool is_type(const char *type)
{
	return *type && !type[1] && strchr("dbs", *type);
}

/* 0: there is no more. */
static int read_one_series(sd_bus_message *reply, struct history_series *ret, bool *ret_known)
{
	const char *component, *property, *type, *class, *unit;
	uint64_t first, last;
	uint32_t precision;
	int r = sd_bus_message_read(reply, "(sssssutt)", &component, &property, &type, &class, &unit, &precision, &first, &last);

	if (r <= 0)
		return r;
	*ret_known = is_type(type);
	if (!*ret_known)
		return 1;
	*ret = (struct history_series){ .component = strdup(component), .property = strdup(property), .type = *type,
		                        .class = strdup(class),         .unit = strdup(unit),
		                        .precision = precision,         .first_usec = first,
		                        .last_usec = last };
	return ret->component && ret->property && ret->class && ret->unit ? 1 : -ENOMEM;
}

/* Those of a type that is not known here are left out. */
static int read_series(sd_bus_message *reply, struct history *ret)
{
	int r = enter(reply, "a(sssssutt)", "(sssssutt)");

	while (r >= 0) {
		struct history_series *series = grow(ret->series, ret->n, sizeof *series);
		bool known = false;

		if (!series)
			return -ENOMEM;
		ret->series = series;
		series[ret->n] = (struct history_series){ 0 };
		r = read_one_series(reply, &series[ret->n], &known);
		ret->n += known;
		if (r <= 0)
			return r;
	}
	return r;
}

enum status history_read_series(struct client *client, struct history *ret)
{
	_cleanup_(sd_bus_error_free) sd_bus_error error = SD_BUS_ERROR_NULL;
	_cleanup_(sd_bus_message_unrefp) sd_bus_message *reply = NULL;
	int r;

	r = sd_bus_call_method(client->bus, NAME, PATH, NAME, "Series", &error, &reply, NULL);
	if (r < 0)
		return fail(client, &error, r);
	r = read_series(reply, ret);
	return r < 0 ? unreadable(r) : STATUS_DONE;
}

/* --- points ---------------------------------------------------------------------------------- */

static enum history_state state_of(uint32_t number)
{
	return number == HISTORY_KNOWN || number == HISTORY_UNAVAILABLE ? (enum history_state)number : HISTORY_GAP;
}

static int read_point(sd_bus_message *reply, struct history_point *ret)
{
	struct history_point point = { 0 };
	const char *text;
	uint32_t state, n;
	int r = sd_bus_message_read(reply, "(ttudddudts)", &point.begin_usec, &point.end_usec, &state, &point.min,
	                            &point.mean, &point.max, &n, &point.last, &point.on_usec, &text);

	if (r <= 0)
		return r;
	point.state = state_of(state);
	if (*text) {
		point.text = strdup(text);
		if (!point.text)
			return -ENOMEM;
	}
	*ret = point;
	return 1;
}

/* A step without length is none. */
static int read_points(sd_bus_message *reply, struct history_series *series)
{
	int r = enter(reply, "a(ttudddudts)", "(ttudddudts)");

	while (r >= 0) {
		struct history_point *points = grow(series->points, series->n, sizeof *points);

		if (!points)
			return -ENOMEM;
		series->points = points;
		r = read_point(reply, &points[series->n]);
		if (r <= 0)
			return r;
		if (points[series->n].begin_usec < points[series->n].end_usec)
			series->n++;
		else
			free(points[series->n].text);
	}
	return r;
}

enum status history_read_points(struct client *client, uint64_t since_usec, uint64_t until_usec, size_t at_most,
                                struct history_series *series)
{
	_cleanup_(sd_bus_error_free) sd_bus_error error = SD_BUS_ERROR_NULL;
	_cleanup_(sd_bus_message_unrefp) sd_bus_message *reply = NULL;
	int r;

	history_series_clear(series);
	r = sd_bus_call_method(client->bus, NAME, PATH, NAME, "Points", &error, &reply, "ssttu", series->component,
	                       series->property, since_usec, until_usec,
	                       (uint32_t)(at_most < HISTORY_POINTS_MAX ? at_most : HISTORY_POINTS_MAX));
	if (r < 0)
		return fail(client, &error, r);
	r = read_points(reply, series);
	return r < 0 ? unreadable(r) : STATUS_DONE;
}

/* --- values ---------------------------------------------------------------------------------- */

void history_values_free(struct history_value *values, size_t n)
{
	for (size_t i = 0; i < n; i++)
		free(values[i].text);
	free(values);
}

static int read_value(sd_bus_message *reply, struct history_value *ret)
{
	struct history_value value = { 0 };
	const char *text;
	uint32_t state;
	int r = sd_bus_message_read(reply, "(tudst)", &value.usec, &state, &value.number, &text, &value.length_usec);

	if (r <= 0)
		return r;
	value.state = state_of(state);
	value.text = strdup(text);
	*ret = value;
	return value.text ? 1 : -ENOMEM;
}

static int read_values(sd_bus_message *reply, struct history_value **values, size_t *n, uint64_t *position,
                       bool *ret_more)
{
	int r = enter(reply, "a(tudst)bt", "(tudst)"), more;

	while (r >= 0) {
		struct history_value *grown = grow(*values, *n, sizeof *grown);

		if (!grown)
			return -ENOMEM;
		*values = grown;
		r = read_value(reply, &grown[*n]);
		if (r <= 0)
			break;
		(*n)++;
	}
	if (r >= 0)
		r = sd_bus_message_exit_container(reply);
	if (r >= 0)
		r = sd_bus_message_read(reply, "bt", &more, position);
	if (r >= 0)
		*ret_more = more && *n > 0;
	return r;
}

enum status history_read_values(struct client *client, const struct history_series *series, uint64_t since_usec,
                                uint64_t until_usec, uint64_t *position, struct history_value **ret, size_t *ret_n, bool *ret_more)
{
	_cleanup_(sd_bus_error_free) sd_bus_error error = SD_BUS_ERROR_NULL;
	_cleanup_(sd_bus_message_unrefp) sd_bus_message *reply = NULL;
	struct history_value *values = NULL;
	size_t n = 0;
	int r;

	r = sd_bus_call_method(client->bus, NAME, PATH, NAME, "Values", &error, &reply, "ssttut", series->component,
	                       series->property, since_usec, until_usec, (uint32_t)HISTORY_PAGE, *position);
	if (r < 0)
		return fail(client, &error, r);
	r = read_values(reply, &values, &n, position, ret_more);
	if (r < 0) {
		history_values_free(values, n);
		return unreadable(r);
	}
	*ret = values;
	*ret_n = n;
	return STATUS_DONE;
}

/* --- sums ------------------------------------------------------------------------------------ */

enum status history_read_sum(struct client *client, const struct history_series *series, uint64_t since_usec,
                             uint64_t until_usec, struct history_sum *ret)
{
	_cleanup_(sd_bus_error_free) sd_bus_error error = SD_BUS_ERROR_NULL;
	_cleanup_(sd_bus_message_unrefp) sd_bus_message *reply = NULL;
	uint32_t changes;
	int r;

	r = sd_bus_call_method(client->bus, NAME, PATH, NAME, "Sums", &error, &reply, "sstt", series->component,
	                       series->property, since_usec, until_usec);
	if (r < 0)
		return fail(client, &error, r);
	r = sd_bus_message_read(reply, "tttuddd", &ret->known_usec, &ret->on_usec, &ret->unavailable_usec, &changes,
	                        &ret->min, &ret->mean, &ret->max);
	ret->changes = changes;
	return r < 0 ? unreadable(r) : STATUS_DONE;
}
