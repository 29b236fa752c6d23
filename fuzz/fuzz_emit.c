/* SPDX-License-Identifier: MIT
 *
 * A schema that checks: its header, twice with the same bytes (law 9), the resolved schema as text and as JSON that
 * can be read, and its pictures. What does not check is of no interest here: fuzz_check has it.
 */
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <jansson.h>

#include "compiled.h"
#include "dump.h"
#include "emit_header.h"
#include "graph.h"
#include "rejected.h"

#define CHECK(condition) ((condition) ? (void)0 : fail(__LINE__, #condition))

static void fail(int line, const char *what) {
    fprintf(stderr, "fuzz_emit.c:%d: not so: %s\n", line, what);
    abort();
}

static void write_part(void *text, const char *bytes, size_t size) { text_append_bytes(text, bytes, size); }

static void emit(const struct emit_plan *plan, struct text *out) {
    static struct printer printer;
    text_init(out);
    printer_init(&printer, &plan->names, write_part, out);
    emit_header(&printer, plan);
    CHECK(!out->failed && out->size > 0);
}

static void emit_twice(const struct emit_plan *plan) {
    struct text first, second;
    emit(plan, &first);
    emit(plan, &second);
    CHECK(first.size == second.size && memcmp(first.data, second.data, first.size) == 0);
    text_free(&first);
    text_free(&second);
}

static void dump(const struct emit_plan *plan) {
    struct text text;
    text_init(&text);
    dump_json(&text, plan);
    CHECK(!text.failed);
    json_t *json = json_loadb(text.data, text.size, JSON_REJECT_DUPLICATES, NULL);
    CHECK(json_is_object(json));
    json_decref(json);
    dump_text(&text, plan);
    CHECK(!text.failed);
    text_free(&text);
}

static void draw(struct compiled *compiled) {
    struct graph graph;
    struct text text;
    text_init(&text);
    CHECK(graph_make(&graph, compiled->loaded.model, &compiled->loaded.arena));
    graph_dot(&text, &graph);
    graph_mermaid(&text, &graph);
    graph_html(&text, &graph);
    CHECK(!text.failed);
    text_free(&text);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    FILE *input = size ? fmemopen((void *)(uintptr_t)data, size, "rb") : NULL; /* which refuses nothing at all */
    if (!input)
        return 0;
    struct compiled compiled;
    enum load_status status = compile_schema(&(struct load_options){.path = "-", .input = input}, &compiled);
    fclose(input);
    if (status == LOAD_OK && compiled.loaded.diags.n_errors == 0) {
        emit_twice(&compiled.plan);
        dump(&compiled.plan);
        draw(&compiled);
    } else {
        rejected();
    }
    compiled_free(&compiled);
    return 0;
}
