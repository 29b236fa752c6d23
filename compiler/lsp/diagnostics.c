/* SPDX-License-Identifier: MIT
 *
 * Diagnostics as the protocol wants them: those of check, by the file that each is about.
 */
#include "json_parts.h"
#include "server.h"

/* Of one schema. Editors show no more of a file. */
enum { MAX_SHOWN = 1000 };

enum { TAG_UNNECESSARY = 1 }; /* of the protocol */

struct teller {
    struct server *server;
    const struct source_list *sources;
    json_t *all;
    /* of the file that the last one was about; they come file by file */
    struct place_map map;
    json_t *array;
};

static void begin_file(struct teller *teller, const char *file) {
    json_t *uri = json_of_uri(teller->server, file);
    const char *key = json_string_value(uri);
    place_map_init(&teller->map, teller->server, teller->sources, file);
    teller->array = key ? array_under(teller->all, key) : NULL;
    json_decref(uri);
}

static json_t *message_of(const struct diag *diag) {
    struct text text;
    text_init(&text);
    text_append(&text, diag->message);
    for (const struct diag_remark *remark = diag->remarks; remark; remark = remark->next)
        if (remark->kind == DIAG_HELP)
            text_printf(&text, "\nhelp: %s", remark->message);
    return json_of_built(&text);
}

static json_t *notes_of(struct teller *teller, const struct diag *diag) {
    json_t *notes = json_array();
    for (const struct diag_remark *remark = diag->remarks; remark; remark = remark->next)
        if (remark->kind == DIAG_NOTE)
            notes =
                json_grown(notes, json_pack("{s:o, s:o}", "location", json_of_place(teller->server, remark->place, 0),
                                            "message", json_of_text(remark->message)));
    return notes;
}

/* What could be left out: editors show it faintly. */
static bool is_unnecessary(const struct diag *diag) {
    static const enum diag_code codes[] = {T1001, T1003, T1005, T1006, T1015, T1016, T1017, T1018, T1103};
    for (size_t i = 0; i < sizeof codes / sizeof *codes; i++)
        if (diag->rule->code == codes[i])
            return true;
    return false;
}

static bool add_member(json_t *told, const char *name, json_t *value) {
    return told && json_object_set_new(told, name, value) == 0;
}

static bool tell(struct teller *teller, const struct diag *diag) {
    if (diag->place.file != teller->map.file)
        begin_file(teller, diag->place.file);
    json_t *told = json_pack(
        "{s:o, s:i, s:s, s:s, s:o}", "range", place_map_range(&teller->map, diag->place, diag->span), "severity",
        diag->level == DIAG_ERROR ? 1 : 2, "code", diag->rule->id, "source", "t87sc", "message", message_of(diag));
    bool whole = true;
    if (teller->server->has_related && diag->remarks)
        whole = add_member(told, "relatedInformation", notes_of(teller, diag));
    if (whole && teller->server->has_tags && is_unnecessary(diag))
        whole = add_member(told, "tags", json_pack("[i]", TAG_UNNECESSARY));
    if (!whole) {
        json_decref(told);
        return false;
    }
    return teller->array && json_array_append_new(teller->array, told) == 0;
}

/* Of a part nobody expects what only a schema has. */
static bool is_expected(const struct diag *diag, bool is_part) {
    return is_part && (diag->rule->code == T0214 || diag->rule->code == T0216);
}

json_t *json_of_diagnostics(struct server *server, bool is_part) {
    struct loaded *loaded = &server->knowledge.compiled.loaded;
    struct teller teller = {.server = server, .sources = &loaded->sources, .all = json_object()};
    size_t n = 0, n_hidden = 0;
    struct diag **shown = diag_select(&loaded->diags, MAX_SHOWN, &n, &n_hidden);
    bool whole = teller.all && !loaded->diags.failed;
    for (size_t i = 0, n_told = 0; i < n && n_told < MAX_SHOWN && whole; i++) {
        if (is_expected(shown[i], is_part))
            continue;
        whole = tell(&teller, shown[i]);
        n_told++;
    }
    if (whole)
        return teller.all;
    json_decref(teller.all);
    return NULL;
}
