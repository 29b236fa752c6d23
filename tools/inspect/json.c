/* SPDX-License-Identifier: MIT */
#include "json.h"

#include <stdio.h>
#include <stdlib.h>

#include "json_parts.h"

static json_t *integer(uint64_t number) { return json_integer(number <= INT64_MAX ? (json_int_t)number : INT64_MAX); }

/* Numbers that no double holds are text: what reads JSON often has doubles. */
static json_t *value_of(const struct key_argument *argument) {
    enum { EXACT_DIGITS = 15 };
    if (argument->is_bool)
        return json_boolean(argument->text[0] == 't');
    if (argument->is_number && strlen(argument->text) <= EXACT_DIGITS)
        return json_integer(strtoll(argument->text, NULL, 10));
    return json_string(argument->text);
}

static json_t *arguments_of(const struct key_name *key) {
    json_t *arguments = json_object();
    for (size_t i = 0; i < key->n_arguments; i++)
        if (json_object_set_new(arguments, key->arguments[i].name, value_of(&key->arguments[i])) != 0) {
            json_decref(arguments);
            return NULL;
        }
    return arguments;
}

static json_t *texts_of(const char *const *texts, size_t n) {
    json_t *array = json_array();
    for (size_t i = 0; i < n; i++)
        array = json_grown(array, json_string(texts[i]));
    return array;
}

static json_t *entry_of(const struct entry *entry) {
    static const char *const kinds[] = {"query", "by hand", "of another schema", "broken"};
    const bool known = entry->state != ENTRY_BROKEN && entry->state != ENTRY_UNREAD;
    return json_pack("{s:s, s:s, s:s?, s:o, s:s, s:s?, s:b, s:o, s:o, s:o, s:I, s:o, s:o}", "name", entry->key.text,
                     "kind", kinds[entry->key.kind], "query", entry->key.query ? entry->key.query->name : NULL,
                     "arguments", arguments_of(&entry->key), "state", entry_state_name(entry->state), "because",
                     entry->because, "not_found", (int)entry->not_found, "age_ms",
                     known ? json_integer(entry->age_ms) : json_null(), "fresh_ms",
                     known ? json_integer(entry->fresh_ms) : json_null(), "grace_ms",
                     known ? json_integer(entry->grace_ms) : json_null(), "expires_ms", (json_int_t)entry->expires_ms,
                     "bytes", integer(entry->size), "tags", texts_of(entry->tags, entry->key.n_tags));
}

static json_t *entries_of(const struct picture *picture, struct arena *arena) {
    const struct entry **entries = picture_entries(picture, arena, ORDER_BY_NAME);
    json_t *array = json_array();
    for (size_t i = 0; i < picture->look->n_entries; i++)
        array = json_grown(array, entry_of(entries[i]));
    return array;
}

static json_t *queries_of(const struct picture *picture, struct arena *arena) {
    size_t n;
    const struct query_sum *sums = picture_queries(picture, arena, &n);
    json_t *array = json_array();
    for (size_t i = 0; i < n; i++) {
        if (i >= picture->model->n_queries && !sums[i].n)
            continue;
        json_t *row = json_pack("{s:s, s:I, s:o}", "name", sums[i].name, "entries", (json_int_t)sums[i].n, "bytes",
                                integer(sums[i].bytes));
        for (int state = 0; row && state < ENTRY_STATES; state++)
            if (sums[i].states[state] && json_object_set_new(row, entry_state_name((enum entry_state)state),
                                                             json_integer((json_int_t)sums[i].states[state])) != 0) {
                json_decref(row);
                row = NULL;
            }
        array = json_grown(array, row);
    }
    return array;
}

static json_t *stamp_of(const struct look *look, uint64_t stamp) {
    return stamp ? json_integer(picture_age_ms(look, stamp)) : json_null();
}

static json_t *tags_of(const struct picture *picture, struct arena *arena) {
    size_t n;
    const struct known **tags = picture_tags(picture, arena, ORDER_BY_NAME, &n);
    json_t *array = json_array();
    for (size_t i = 0; i < n; i++)
        array = json_grown(array,
                           json_pack("{s:s, s:I, s:o, s:o, s:o}", "name", tags[i]->name, "entries",
                                     (json_int_t)tags[i]->n_entries, "hard_ms", stamp_of(picture->look, tags[i]->hard),
                                     "exact_ms", stamp_of(picture->look, tags[i]->exact), "soft_ms",
                                     stamp_of(picture->look, tags[i]->soft)));
    return array;
}

static json_t *invalidations_of(const struct look *look) {
    json_t *array = json_array();
    for (size_t i = 0; i < look->n_recent; i++) {
        const struct recent *recent = &look->recent[i];
        array =
            json_grown(array, json_pack("{s:s?, s:s, s:I}", "name", recent->known ? recent->known->name : NULL, "kind",
                                        picture_kind(recent->letter), "age_ms", (json_int_t)recent->age_ms));
    }
    return array;
}

static json_t *asked_of(const struct t87s__beat *beat) {
    json_t *array = json_array();
    for (size_t i = 0; i < beat->n_queries; i++)
        array = json_grown(array, json_pack("{s:s, s:o, s:o, s:o}", "name", beat->queries[i].name, "hits",
                                            integer(beat->queries[i].hits), "stale", integer(beat->queries[i].stale),
                                            "fetches", integer(beat->queries[i].fetches)));
    return array;
}

static json_t *process_of(const struct process *process) {
    const struct t87s__beat *beat = &process->beat;
    uint64_t hits;
    const uint64_t answers = picture_answers(beat, &hits);
    json_t *counters = json_object();
#define X(name)                                                                             \
    if (counters && json_object_set_new(counters, #name, integer(beat->stats.name)) != 0) { \
        json_decref(counters);                                                              \
        counters = NULL;                                                                    \
    }
    T87S__BEAT_COUNTERS(X)
#undef X
    return json_pack("{s:s, s:s, s:o, s:s, s:s?, s:I, s:o, s:o, s:o}", "id", process->id, "host", beat->host, "pid",
                     integer(beat->pid), "version", beat->version, "schema", *beat->schema ? beat->schema : NULL,
                     "age_ms", (json_int_t)process->age_ms, "hit_ratio",
                     answers ? json_real((double)hits / (double)answers) : json_null(), "counters", counters, "queries",
                     asked_of(beat));
}

static json_t *processes_of(const struct picture *picture, struct arena *arena) {
    const struct process **processes = picture_processes(picture, arena);
    json_t *array = json_array();
    for (size_t i = 0; i < picture->look->n_processes; i++)
        array = json_grown(array, process_of(processes[i]));
    return array;
}

static json_t *servers_of(const struct look *look) {
    json_t *array = json_array();
    for (unsigned i = 0; i < look->n_servers; i++)
        array = json_grown(array, json_pack("{s:s, s:s, s:s}", "address", look->servers[i].address, "version",
                                            look->servers[i].version, "role", look->servers[i].role));
    return array;
}

static json_t *all_of(const struct picture *picture, struct arena *arena) {
    const struct look *look = picture->look;
    char prefix[sizeof picture->layout->prefix + 1];
    snprintf(prefix, sizeof prefix, "%s", picture->layout->prefix);
    return json_pack("{s:s, s:s, s:s, s:o, s:{s:o, s:I, s:b, s:o}, s:o, s:o, s:o, s:o, s:o, s:o, s:I, s:o}", "schema",
                     picture->model->schema, "redis", picture->address, "prefix", prefix, "servers", servers_of(look),
                     "keys", "entries", integer(look->n_counted), "looked_into", (json_int_t)look->n_entries, "whole",
                     (int)look->whole, "foreign", integer(look->n_foreign), "queries", queries_of(picture, arena),
                     "entries", entries_of(picture, arena), "tags", tags_of(picture, arena), "stamps",
                     integer(look->n_stamps), "invalidations", invalidations_of(look), "invalidations_left_out",
                     integer(look->n_more), "window_ms", (json_int_t)LOOK_WINDOW_MS, "processes",
                     processes_of(picture, arena));
}

void json_append(struct text *out, const struct picture *picture, struct arena *arena, bool on_one_line) {
    if (on_one_line)
        append_json(out, all_of(picture, arena));
    else
        append_json_indented(out, all_of(picture, arena));
    text_append(out, out->size && out->data[out->size - 1] != '\n' ? "\n" : "");
}
