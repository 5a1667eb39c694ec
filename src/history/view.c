#define _GNU_SOURCE
#include "history/view.h"

#include <errno.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "history/follow.h"
#include "history/reader.h"
#include "util/log.h"
#include "util/nearest.h"
#include "util/problem.h"

#define VIEW_NAME "org.roomd1.History"
#define VIEW_PATH "/org/roomd1/History"
#define AT_MOST_MAX 10000

#define ERROR_NO_SUCH_SERIES VIEW_NAME ".Error.NoSuchSeries"
#define ERROR_UNREADABLE VIEW_NAME ".Error.Unreadable"

struct view {
	sd_bus *bus;
	sd_bus_slot *slot, *name_slot;
	struct recorder *recorder;
	char problem[sizeof ((struct recorder *)NULL)->problem]; /* as it was told */
};

/* --- what is asked ---------------------------------------------------------------------------- */

/* What is known goes up to now. */
static void be_up_to_date(const struct view *view)
{
	struct moment moment = follower_now();

	recorder_clock(view->recorder, &moment);
	if (view->recorder->known && !view->recorder->away)
		recorder_tick(view->recorder, moment.realtime);
}

static int refuse_component(const struct recorder *recorder, const char *component, sd_bus_error *error)
{
	const char *nearest = nearest_word(component, (const char *const *)recorder->components, recorder->components_n);

	if (nearest)
		return sd_bus_error_setf(error, ERROR_NO_SUCH_SERIES, "there is no component %s; did you mean %s?", component,
		                         nearest);
	return sd_bus_error_setf(error, ERROR_NO_SUCH_SERIES, "there is no component %s, as KIND/NAME: Series() has all",
	                         component);
}

static bool has_component(const struct recorder *recorder, const char *component)
{
	for (unsigned i = 0; i < recorder->components_n; i++)
		if (strcmp(recorder->components[i], component) == 0)
			return true;
	return false;
}

static int refuse_series(const struct recorder *recorder, const char *component, const char *property, sd_bus_error *error)
{
	const char *names[64] = { 0 }, *nearest;
	size_t n = 0;

	if (!has_component(recorder, component))
		return refuse_component(recorder, component, error);
	for (unsigned i = 0; i < recorder->series_n && n < ELEMENTS(names); i++)
		if (strcmp(recorder_component_name(recorder, recorder->series[i]->component), component) == 0)
			names[n++] = recorder->series[i]->property;
	nearest = nearest_word(property, names, n);
	return sd_bus_error_setf(error, ERROR_NO_SUCH_SERIES, "%s has no history of %s%s%s%s", component, property,
	                         nearest ? "; did you mean " : n ? "; it has one of " : "",
	                         nearest ? nearest : n ? names[0] : "", nearest ? "?" : "");
}

static int check_question(const struct question *question, sd_bus_error *error)
{
	if (question->since >= question->until)
		return sd_bus_error_set(error, SD_BUS_ERROR_INVALID_ARGS, "expected a time since that is before until");
	if (question->at_most == 0 || question->at_most > AT_MOST_MAX)
		return sd_bus_error_setf(error, SD_BUS_ERROR_INVALID_ARGS, "expected at most 1 to %d answers, not %u", AT_MOST_MAX,
		                         question->at_most);
	return 0;
}

/* component, property, since, until, and (limited) at_most */
static int read_question(const struct view *view, sd_bus_message *call, bool limited, struct question *ret,
                         sd_bus_error *error)
{
	const char *component, *property;
	int r = sd_bus_message_read(call, "sstt", &component, &property, &ret->since, &ret->until);

	ret->at_most = 1;
	if (r >= 0 && limited)
		r = sd_bus_message_read(call, "u", &ret->at_most);
	if (r >= 0)
		r = check_question(ret, error);
	if (r < 0)
		return r;
	ret->series = recorder_find(view->recorder, component, property);
	return ret->series ? 0 : refuse_series(view->recorder, component, property, error);
}

static int unreadable(const struct problem *problem, sd_bus_error *error)
{
	return sd_bus_error_set(error, ERROR_UNREADABLE, problem->text);
}

static const char *word_of(const struct view *view, const struct series *series, double value)
{
	return series->type == 's' && value >= 1 ? recorder_word_text(view->recorder, (unsigned)value) : "";
}

/* --- answers ---------------------------------------------------------------------------------- */

static int append_series(sd_bus_message *reply, const struct recorder *recorder, const struct series *series, uint64_t since)
{
	const char type[] = { series->type, '\0' };
	uint64_t first = series->first > since ? series->first : since;

	if (series->first == 0 || series->last < since)
		return 0;
	return sd_bus_message_append(reply, "(sssssutt)", recorder_component_name(recorder, series->component), series->property,
	                             type, series->class, series->unit, series->precision, first,
	                             series->last > first ? series->last : first);
}

static int on_series(sd_bus_message *call, void *userdata, sd_bus_error *error)
{
	_cleanup_(sd_bus_message_unrefp) sd_bus_message *reply = NULL;
	struct view *view = userdata;
	uint64_t since;
	int r;

	(void)error;
	be_up_to_date(view);
	since = reader_since(view->recorder);
	r = sd_bus_message_new_method_return(call, &reply);
	if (r >= 0)
		r = sd_bus_message_open_container(reply, 'a', "(sssssutt)");
	for (unsigned i = 0; r >= 0 && i < view->recorder->series_n; i++)
		r = append_series(reply, view->recorder, view->recorder->series[i], since);
	if (r >= 0)
		r = sd_bus_message_close_container(reply);
	return r < 0 ? r : sd_bus_send(NULL, reply, NULL);
}

static int append_point(sd_bus_message *reply, const struct view *view, const struct series *series,
                        const struct point *point)
{
	const struct span *span = &point->span;
	bool known = point->state == SERIES_KNOWN, number = known && series->type != 's';

	return sd_bus_message_append(reply, "(ttudddudts)", point->begin, point->end, (unsigned)point->state,
	                             number ? span->min : NAN, number ? span_mean(span) : NAN, number ? span->max : NAN,
	                             span->n, number ? span->last : NAN, series->type == 'b' ? span->on_usec : (uint64_t)0,
	                             known ? word_of(view, series, span->last) : "");
}

static int on_points(sd_bus_message *call, void *userdata, sd_bus_error *error)
{
	_cleanup_(sd_bus_message_unrefp) sd_bus_message *reply = NULL;
	_cleanup_(cleanup_free) struct point *points = NULL;
	const struct view *view = userdata;
	struct question question;
	struct problem problem;
	size_t n = 0;
	int r;

	be_up_to_date(view);
	r = read_question(view, call, true, &question, error);
	if (r < 0)
		return r;
	if (reader_points(view->recorder, &question, &points, &n, &problem) < 0)
		return unreadable(&problem, error);
	r = sd_bus_message_new_method_return(call, &reply);
	if (r >= 0)
		r = sd_bus_message_open_container(reply, 'a', "(ttudddudts)");
	for (size_t i = 0; r >= 0 && i < n; i++)
		r = append_point(reply, view, question.series, &points[i]);
	if (r >= 0)
		r = sd_bus_message_close_container(reply);
	return r < 0 ? r : sd_bus_send(NULL, reply, NULL);
}

struct answer {
	const struct view *view;
	const struct series *series;
	sd_bus_message *reply;
};

static int append_value(const struct recorded *value, void *userdata)
{
	const struct answer *answer = userdata;
	bool number = value->state == SERIES_KNOWN && answer->series->type != 's';
	int r = sd_bus_message_append(answer->reply, "(tudst)", value->time, (unsigned)value->state, number ? value->value : NAN,
	                              value->state == SERIES_KNOWN ? word_of(answer->view, answer->series, value->value) : "",
	                              value->length);

	return r < 0 ? r : 0;
}

static int finish_list(sd_bus_message *reply, int more, uint64_t position)
{
	int r = sd_bus_message_close_container(reply);

	if (r >= 0)
		r = sd_bus_message_append(reply, "bt", more > 0, position);
	return r < 0 ? r : sd_bus_send(NULL, reply, NULL);
}

static int on_values(sd_bus_message *call, void *userdata, sd_bus_error *error)
{
	_cleanup_(sd_bus_message_unrefp) sd_bus_message *reply = NULL;
	const struct view *view = userdata;
	struct problem problem = { "no memory" };
	struct question question;
	uint64_t position = 0;
	int r, more;

	be_up_to_date(view);
	r = read_question(view, call, true, &question, error);
	if (r >= 0)
		r = sd_bus_message_read(call, "t", &position);
	if (r >= 0)
		r = sd_bus_message_new_method_return(call, &reply);
	if (r >= 0)
		r = sd_bus_message_open_container(reply, 'a', "(tudst)");
	if (r < 0)
		return r;
	more = reader_values(view->recorder, &question, &position, append_value,
	                     &(struct answer){ view, question.series, reply }, &problem);
	return more < 0 ? unreadable(&problem, error) : finish_list(reply, more, position);
}

static int append_event(const struct store_event *event, void *userdata)
{
	const struct answer *answer = userdata;
	const struct recorder *recorder = answer->view->recorder;
	int r = sd_bus_message_append(answer->reply, "(tsss)", event->time, recorder_component_name(recorder, event->component),
	                              recorder_word_text(recorder, event->name), event->data ? event->data : "{}");

	return r < 0 ? r : 0;
}

/* Components by their numbers; NULL: all. */
static int read_wanted(const struct view *view, sd_bus_message *call, bool **ret, sd_bus_error *error)
{
	_cleanup_(cleanup_free) bool *wanted = calloc(view->recorder->components_n + 1, sizeof *wanted);
	int r = wanted ? sd_bus_message_enter_container(call, 'a', "s") : -ENOMEM;
	const char *name;
	size_t n = 0;

	for (; r >= 0 && (r = sd_bus_message_read(call, "s", &name)) > 0; n++) {
		if (!has_component(view->recorder, name))
			return refuse_component(view->recorder, name, error);
		wanted[recorder_component(view->recorder, name)] = true;
	}
	if (r >= 0)
		r = sd_bus_message_exit_container(call);
	if (r >= 0 && n > 0)
		*ret = TAKE_PTR(wanted);
	return r;
}

static int on_events(sd_bus_message *call, void *userdata, sd_bus_error *error)
{
	_cleanup_(sd_bus_message_unrefp) sd_bus_message *reply = NULL;
	_cleanup_(cleanup_free) bool *wanted = NULL;
	const struct view *view = userdata;
	struct problem problem = { "no memory" };
	struct question question = { 0 };
	uint64_t position = 0;
	int more, r = read_wanted(view, call, &wanted, error);

	if (r >= 0)
		r = sd_bus_message_read(call, "ttut", &question.since, &question.until, &question.at_most, &position);
	if (r >= 0)
		r = check_question(&question, error);
	if (r >= 0)
		r = sd_bus_message_new_method_return(call, &reply);
	if (r >= 0)
		r = sd_bus_message_open_container(reply, 'a', "(tsss)");
	if (r < 0)
		return r;
	more = reader_events(view->recorder, &question, wanted, &position, append_event, &(struct answer){ view, NULL, reply },
	                     &problem);
	return more < 0 ? unreadable(&problem, error) : finish_list(reply, more, position);
}

static int on_sums(sd_bus_message *call, void *userdata, sd_bus_error *error)
{
	const struct view *view = userdata;
	struct span span = { 0 };
	struct question question;
	struct problem problem;
	bool number;
	int r;

	be_up_to_date(view);
	r = read_question(view, call, false, &question, error);
	if (r < 0)
		return r;
	if (reader_sums(view->recorder, &question, &span, &problem) < 0)
		return unreadable(&problem, error);
	number = question.series->type != 's' && (span.known_usec > 0 || span.n > 0);
	return sd_bus_reply_method_return(call, "tttuddd", span.known_usec,
	                                  question.series->type == 'b' ? span.on_usec : (uint64_t)0, span.unavailable_usec,
	                                  question.series->type == 'b' ? span.ups : span.n, number ? span.min : NAN,
	                                  number ? span_mean(&span) : NAN, number ? span.max : NAN);
}

/* --- properties ------------------------------------------------------------------------------- */

static uint64_t number_of(const struct recorder *recorder, const char *name)
{
	if (strcmp(name, "KeepRawUSec") == 0)
		return recorder->bounds.raw_usec;
	if (strcmp(name, "KeepUSec") == 0)
		return recorder->bounds.keep_usec;
	return recorder->bounds.bytes;
}

static int get_number(sd_bus *bus, const char *path, const char *interface, const char *name, sd_bus_message *reply,
                      void *userdata, sd_bus_error *error)
{
	struct view *view = userdata;
	uint64_t value;

	(void)bus, (void)path, (void)interface, (void)error;
	if (strcmp(name, "Since") == 0)
		value = reader_since(view->recorder);
	else if (strcmp(name, "Bytes") == 0)
		value = view->recorder->store ? store_bytes(view->recorder->store) : 0;
	else
		value = number_of(view->recorder, name);
	return sd_bus_message_append(reply, "t", value);
}

static int get_problem(sd_bus *bus, const char *path, const char *interface, const char *name, sd_bus_message *reply,
                       void *userdata, sd_bus_error *error)
{
	const struct view *view = userdata;

	(void)bus, (void)path, (void)interface, (void)name, (void)error;
	return sd_bus_message_append(reply, "s", view->recorder->problem);
}

static const sd_bus_vtable vtable[] = {
	SD_BUS_VTABLE_START(0),
	SD_BUS_METHOD_WITH_ARGS("Series", SD_BUS_NO_ARGS, SD_BUS_RESULT("a(sssssutt)", series), on_series,
                                SD_BUS_VTABLE_UNPRIVILEGED),
	SD_BUS_METHOD_WITH_ARGS("Points", SD_BUS_ARGS("s", component, "s", property, "t", since, "t", until, "u", at_most),
                                SD_BUS_RESULT("a(ttudddudts)", points), on_points, SD_BUS_VTABLE_UNPRIVILEGED),
	SD_BUS_METHOD_WITH_ARGS("Values", SD_BUS_ARGS("s", component, "s", property, "t", since, "t", until, "u", at_most, "t",
                                            position),
                                SD_BUS_RESULT("a(tudst)", values, "b", more, "t", position), on_values, SD_BUS_VTABLE_UNPRIVILEGED),
	SD_BUS_METHOD_WITH_ARGS("Events", SD_BUS_ARGS("as", components, "t", since, "t", until, "u", at_most, "t", position),
                                SD_BUS_RESULT("a(tsss)", events, "b", more, "t", position), on_events, SD_BUS_VTABLE_UNPRIVILEGED),
	SD_BUS_METHOD_WITH_ARGS("Sums", SD_BUS_ARGS("s", component, "s", property, "t", since, "t", until),
                                SD_BUS_RESULT("t", known_usec, "t", on_usec, "t", unavailable_usec, "u", changes, "d", min, "d",
                                              mean, "d", max),
                                on_sums, SD_BUS_VTABLE_UNPRIVILEGED),
	SD_BUS_PROPERTY("Since", "t", get_number, 0, 0),
	SD_BUS_PROPERTY("Bytes", "t", get_number, 0, 0),
	SD_BUS_PROPERTY("KeepRawUSec", "t", get_number, 0, SD_BUS_VTABLE_PROPERTY_CONST),
	SD_BUS_PROPERTY("KeepUSec", "t", get_number, 0, SD_BUS_VTABLE_PROPERTY_CONST),
	SD_BUS_PROPERTY("MaxBytes", "t", get_number, 0, SD_BUS_VTABLE_PROPERTY_CONST),
	SD_BUS_PROPERTY("Problem", "s", get_problem, 0, SD_BUS_VTABLE_PROPERTY_EMITS_CHANGE),
	SD_BUS_VTABLE_END,
};

/* --- life ------------------------------------------------------------------------------------- */

void view_changed(struct view *view)
{
	if (strcmp(view->problem, view->recorder->problem) == 0)
		return;
	memcpy(view->problem, view->recorder->problem, sizeof view->problem);
	sd_bus_emit_properties_changed(view->bus, VIEW_PATH, VIEW_NAME, "Problem", NULL);
}

static int on_name(sd_bus_message *reply, void *userdata, sd_bus_error *unused)
{
	struct view *view = userdata;
	uint32_t result = 0;

	(void)unused;
	if (!sd_bus_message_is_method_error(reply, NULL))
		sd_bus_message_read(reply, "u", &result);
	if (result == 1) /* DBUS_REQUEST_NAME_REPLY_PRIMARY_OWNER */
		return 0;
	log_error("the name " VIEW_NAME " on the bus cannot be taken: another roomd-history has it, or this "
		"user may not own it");
	return sd_event_exit(sd_bus_get_event(view->bus), -EEXIST);
}

int view_new(sd_bus *bus, struct recorder *recorder, struct view **ret)
{
	_cleanup_(view_freep) struct view *view = calloc(1, sizeof *view);
	int r;

	if (!view)
		return -ENOMEM;
	view->bus = sd_bus_ref(bus);
	view->recorder = recorder;
	memcpy(view->problem, recorder->problem, sizeof view->problem);
	r = sd_bus_add_object_vtable(bus, &view->slot, VIEW_PATH, VIEW_NAME, vtable, view);
	if (r >= 0)
		r = sd_bus_request_name_async(bus, &view->name_slot, VIEW_NAME, 0, on_name, view);
	if (r < 0)
		return r;
	*ret = TAKE_PTR(view);
	return 0;
}

struct view *view_free(struct view *view)
{
	if (!view)
		return NULL;
	sd_bus_slot_unref(view->slot);
	sd_bus_slot_unref(view->name_slot);
	sd_bus_unref(view->bus);
	free(view);
	return NULL;
}
