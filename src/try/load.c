#define _GNU_SOURCE
#include "try/load.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "config/option.h"

static void print(const struct config_errors *errors)
{
	for (size_t i = 0; i < errors->n; i++)
		fprintf(stderr, "%s\n", errors->texts[i]);
}

static int say(int error, const char *path)
{
	fprintf(stderr, "roomd-try: %s cannot be read: %s\n", path, problem_errno(error));
	return error;
}

static int load_config(const char *path, struct config **ret)
{
	_cleanup_(config_errors_free) struct config_errors errors = { 0 };
	int r = config_load(path, ret, &errors);

	print(&errors);
	return r < 0 && r != -EBADMSG ? say(r, path) : r;
}

/* --- tests ----------------------------------------------------------------------------------- */

static int read_text(const char *path, char **ret, size_t *ret_length)
{
	FILE *file = fopen(path, "re"), *copy = file ? open_memstream(ret, ret_length) : NULL;
	char chunk[4096];
	size_t n;
	int r = file && copy ? 0 : -errno;

	while (r >= 0 && (n = fread(chunk, 1, sizeof chunk, file)) > 0)
		r = fwrite(chunk, 1, n, copy) == n ? 0 : -ENOMEM;
	if (r >= 0 && ferror(file))
		r = -errno;
	/* It has no memory for the last part only here. */
	if (copy && (fclose(copy) != 0 || !*ret) && r >= 0)
		r = -ENOMEM;
	if (file)
		fclose(file);
	return r;
}

static int load_test(struct load *load, const char *path, const struct roomtest_room *room)
{
	_cleanup_(config_errors_free) struct config_errors errors = { 0 };
	_cleanup_(roomtest_freep) struct roomtest *test = NULL;
	_cleanup_(cleanup_free) char *text = NULL;
	size_t length;
	int r = read_text(path, &text, &length);

	if (r < 0)
		return say(r, path);
	r = roomtest_parse(path, text, length, &test, &errors);
	if (r >= 0)
		r = roomtest_check(test, room, &errors);
	print(&errors);
	if (r >= 0)
		load->tests[load->tests_n++] = TAKE_PTR(test);
	return r;
}

/* Whose line, beside that of a sensor, somebody can press. */
static bool has_button(const struct config_component *component)
{
	const struct option *option = option_find(component->class->options, "ButtonLine");

	return option && option->type == &option_line && *(char *const *)config_field(component, option);
}

static int load_tests(struct load *load, const struct try_arguments *arguments)
{
	struct roomtest_room room = { .n = load->config->n };
	int r = 0;

	load->tests = calloc(arguments->tests_n + 1, sizeof *load->tests);
	room.components = load->components = calloc(room.n + 1, sizeof *load->components);
	if (!load->tests || !load->components)
		return -ENOMEM;
	for (size_t i = 0; i < room.n; i++)
		load->components[i] = (struct roomtest_component){ .class = load->config->components[i].class,
			                                           .name = load->config->components[i].name,
			                                           .has_button = has_button(&load->config->components[i]) };
	for (size_t i = 0; i < arguments->tests_n; i++) {
		int wrong = load_test(load, arguments->tests[i], &room);

		r = wrong < 0 ? wrong : r;
	}
	return r;
}

/* --- what they need -------------------------------------------------------------------------- */

/* Calls it for each statement of this kind of any test, until it fails. */
static int each(struct load *load, enum statement_kind kind,
                int (*handle)(struct load *load, const struct statement *statement))
{
	int r = 0;

	for (size_t i = 0; i < load->tests_n; i++)
		for (size_t j = 0; j < load->tests[i]->n; j++)
			for (size_t k = 0; r >= 0 && k < load->tests[i]->cases[j].n; k++)
				if (load->tests[i]->cases[j].statements[k].kind == kind)
					r = handle(load, &load->tests[i]->cases[j].statements[k]);
	return r;
}

static int load_reloaded(struct load *load, const struct statement *statement)
{
	struct config **grown = reallocarray(load->reloaded, load->reloaded_n + 1, sizeof *grown);
	int r;

	if (!grown)
		return -ENOMEM;
	load->reloaded = grown;
	r = load_config(statement->word, &load->reloaded[load->reloaded_n]);
	if (r >= 0)
		load->reloaded_n++;
	return r;
}

static const struct config_component *asked; /* of the two below */

static int is_asked(struct load *load, const struct statement *statement)
{
	const struct config_component *component = &load->config->components[statement->subject];

	return component->class == asked->class && strcmp(component->name, asked->name) == 0 ? -EEXIST : 0;
}

static bool is_unplugged(const struct config_component *component, void *userdata)
{
	const struct load *load = userdata;

	asked = component;
	return load->all_alone || each(userdata, STATEMENT_UNPLUG, is_asked) < 0;
}

static int make_plan(struct load *load)
{
	struct problem problem;
	int r = plan_add(&load->plan, load->config, is_unplugged, load, &problem);

	for (size_t i = 0; r >= 0 && i < load->reloaded_n; i++)
		r = plan_add(&load->plan, load->reloaded[i], is_unplugged, load, &problem);
	if (r < 0)
		fprintf(stderr, "roomd-try: %s\n", problem.text);
	return r;
}

int load_all(struct load *load, const struct try_arguments *arguments)
{
	int r = load_config(arguments->config, &load->config);

	load->all_alone = arguments->is_live;
	if (r >= 0)
		r = load_tests(load, arguments);
	if (r >= 0)
		r = each(load, STATEMENT_RELOAD, load_reloaded);
	return r < 0 ? r : make_plan(load);
}

static int is_there(struct load *load, const struct statement *statement)
{
	(void)load;
	(void)statement;
	return -EEXIST;
}

bool load_sets_clock(const struct load *load)
{
	return each((struct load *)load, STATEMENT_AT, is_there) < 0 || each((struct load *)load, STATEMENT_CLOCK, is_there) < 0;
}

void load_free(struct load *load)
{
	plan_free(&load->plan);
	for (size_t i = 0; i < load->tests_n; i++)
		roomtest_free(load->tests[i]);
	for (size_t i = 0; i < load->reloaded_n; i++)
		config_free(load->reloaded[i]);
	config_free(load->config);
	free(load->tests);
	free(load->reloaded);
	free(load->components);
}
