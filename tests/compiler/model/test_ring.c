/* SPDX-License-Identifier: MIT */
#include <stdlib.h>
#include <string.h>

#include "golden.h"
#include "ring.h"
#include "suites.h"
#include "text.h"

enum { N = 6 };

/* Nodes named a to f and the edges between them, as "ab" pairs; what the walk told. */
struct graph {
    struct ring_node nodes[N];
    struct ring_edge edges[20];
    struct text told;
};

static void on_ring(void *context, struct ring_node *last, const struct ring_edge *edge) {
    struct graph *graph = context;
    text_append(&graph->told, "ring ");
    ring_describe(last, edge, &graph->told);
    text_append(&graph->told, "; ");
}

static void on_done(void *context, struct ring_node *node) {
    struct graph *graph = context;
    text_printf(&graph->told, "%s; ", node->name);
}

static void expect(const char *pairs, const char *told) {
    static const char *const names[N] = {"a", "b", "c", "d", "e", "f"};
    struct graph graph = {.nodes = {{0}}};
    text_init(&graph.told);
    for (size_t i = 0; i < N; i++)
        graph.nodes[i].name = names[i];
    for (size_t i = 0; *pairs; i++, pairs += strspn(pairs + 2, " ") + 2) {
        graph.edges[i].to = &graph.nodes[pairs[1] - 'a'];
        ring_add_edge(&graph.nodes[pairs[0] - 'a'], &graph.edges[i]);
    }
    for (size_t i = 0; i < 3; i++)
        ring_walk(&graph.nodes[i], &(struct ring_visitor){on_ring, on_done, &graph});
    expect_same_text("the walk", told, text_string(&graph.told));
    text_free(&graph.told);
}

START_TEST(what_a_node_names_is_done_before_it)
{ expect("ab bc ac ad", "c; b; d; a; "); }
END_TEST

START_TEST(each_edge_that_leads_back_is_told_once)
{
    expect("aa", "ring a -> a; a; b; c; ");
    expect("ab bc ca cb", "ring a -> b -> c -> a; ring b -> c -> b; c; b; a; ");
    expect("ab ac bd cd de eb", "ring b -> d -> e -> b; e; d; b; c; a; ");
}
END_TEST

START_TEST(a_diamond_is_no_ring)
{ expect("ab ac bd cd", "d; b; c; a; "); }
END_TEST

START_TEST(a_chain_of_a_million_needs_no_stack)
{
    size_t n = 1000000;
    struct ring_node *nodes = calloc(n, sizeof *nodes);
    struct ring_edge *edges = calloc(n, sizeof *edges);
    for (size_t i = 0; i < n; i++) {
        nodes[i].name = "n";
        edges[i].to = &nodes[(i + 1) % n];
        ring_add_edge(&nodes[i], &edges[i]);
    }
    struct graph graph = {.nodes = {{0}}};
    text_init(&graph.told);
    ring_walk(&nodes[0], &(struct ring_visitor){.on_ring = on_ring, .context = &graph});
    ck_assert(!strncmp(text_string(&graph.told), "ring n -> ... -> n -> ", 22));
    ck_assert_uint_lt(graph.told.size, 200);
    text_free(&graph.told);
    free(edges);
    free(nodes);
}
END_TEST

int main(void) {
    return run_suites(suite_of("rings", what_a_node_names_is_done_before_it, each_edge_that_leads_back_is_told_once,
                               a_diamond_is_no_ring, a_chain_of_a_million_needs_no_stack, NULL),
                      NULL);
}
