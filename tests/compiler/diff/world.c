/* SPDX-License-Identifier: MIT */
#include "world.h"

#include <string.h>

static const char *const types[] = {"u64", "u32", "str", "e0", "e1"};
enum { N_TYPES = sizeof types / sizeof *types };

static int below(struct world *world, int n) {
    world->state = world->state * UINT64_C(6364136223846793005) + UINT64_C(1442695040888963407);
    return (int)((world->state >> 33) % (uint64_t)n);
}

static bool one_in(struct world *world, int n) { return below(world, n) == 0; }

/* ---- paths ---- */

static int wilds_of(const struct world *world, int node, int wilds[WORLD_WILDS]) {
    int n = 0, reversed[WORLD_NODES];
    for (; node; node = world->nodes[node].parent)
        if (world->nodes[node].is_wild)
            reversed[n++] = node;
    for (int i = 0; i < n; i++)
        wilds[i] = reversed[n - 1 - i];
    return n;
}

static int depth_of(const struct world *world, int node) {
    return node ? 1 + depth_of(world, world->nodes[node].parent) : 0;
}

/* -1 when there is none of this name under the parent. */
static int child_of(const struct world *world, int parent, bool is_wild, char name) {
    for (int i = 1; i < world->n_nodes; i++)
        if (!world->nodes[i].is_dead && world->nodes[i].parent == parent && world->nodes[i].is_wild == is_wild &&
            (is_wild || world->nodes[i].name == name))
            return i;
    return -1;
}

static void add_node(struct world *world) {
    int parent = below(world, world->n_nodes), wilds[WORLD_WILDS];
    bool is_wild = parent && one_in(world, 2);
    char name = (char)('a' + below(world, 3));
    if (world->n_nodes == WORLD_NODES || world->nodes[parent].is_dead || depth_of(world, parent) > 4 ||
        (is_wild && wilds_of(world, parent, wilds) == 3) || child_of(world, parent, is_wild, name) >= 0)
        return;
    world->nodes[world->n_nodes++] = (struct world_node){is_wild, false, parent, name, below(world, N_TYPES)};
}

/* ---- functions ---- */

/* A parameter of this type, made if there is none or by chance. */
static int param_for(struct world *world, struct world_function *function, int type) {
    int fitting[WORLD_PARAMS], n = 0;
    for (int i = 0; i < function->n_params; i++)
        if (function->params[i].type == type)
            fitting[n++] = i;
    if (n && (function->n_params == WORLD_PARAMS - 1 || !one_in(world, 4)))
        return fitting[below(world, n)];
    if (function->n_params == WORLD_PARAMS)
        return n ? fitting[0] : -1;
    function->params[function->n_params] = (struct world_param){world->n_names++, type};
    return function->n_params++;
}

static bool fill(struct world *world, struct world_function *function, struct world_spec *spec) {
    int wilds[WORLD_WILDS], n = wilds_of(world, spec->node, wilds);
    for (int i = 0; i < n; i++) {
        spec->params[i] = param_for(world, function, world->nodes[wilds[i]].type);
        if (spec->params[i] < 0)
            return false;
    }
    return true;
}

static bool can_carry(const struct world *world, int node) { return node && !world->nodes[node].is_dead; }

static void add_spec(struct world *world, struct world_function *function, bool is_mutation) {
    struct world_spec spec = {.node = below(world, world->n_nodes)};
    if (function->n_specs == WORLD_SPECS || !can_carry(world, spec.node) || !fill(world, function, &spec))
        return;
    if (is_mutation && one_in(world, 3))
        *(one_in(world, 2) ? &spec.exact : &spec.soft) = true;
    function->specs[function->n_specs++] = spec;
}

static void make_function(struct world *world, struct world_function *function, bool is_mutation) {
    *function = (struct world_function){.grace_s = below(world, 3) - 1};
    for (int i = 1 + below(world, 3); i > 0; i--)
        add_spec(world, function, is_mutation);
    function->exists = function->n_specs > 0;
}

static void copy_function(struct world *world, const struct world_function *from, struct world_function *to,
                          bool is_mutation) {
    *to = *from;
    if (to->n_specs == WORLD_SPECS)
        to->n_specs--;
    for (int i = 0; i < to->n_params; i++)
        to->params[i].name = world->n_names++;
    add_spec(world, to, is_mutation);
}

void world_make(struct world *world, uint64_t seed) {
    *world = (struct world){.state = seed, .n_nodes = 1, .n_items = {1, 2}};
    for (int i = 0; i < 12; i++)
        add_node(world);
    for (int i = 0; i < WORLD_FUNCTIONS; i++) {
        make_function(world, &world->queries[i], false);
        make_function(world, &world->mutations[i], true);
    }
    /* Some are like the first but for one tag; in a world of families, all. */
    world->has_families = one_in(world, 3);
    for (int i = 1; i < WORLD_FUNCTIONS; i++) {
        if (world->has_families || one_in(world, 3))
            copy_function(world, &world->queries[0], &world->queries[i], false);
        if (world->has_families || one_in(world, 3))
            copy_function(world, &world->mutations[0], &world->mutations[i], true);
    }
}

/* ---- edits ---- */

/* What fills the wilds it had stays, if the types are still right. */
static void move_spec(struct world *world, struct world_function *function, struct world_spec *spec, int node) {
    int old_wilds[WORLD_WILDS], wilds[WORLD_WILDS];
    int n_old = wilds_of(world, spec->node, old_wilds), n = wilds_of(world, node, wilds);
    struct world_spec moved = *spec;
    moved.node = node;
    for (int i = 0; i < n; i++) {
        bool stays = i < n_old && old_wilds[i] == wilds[i];
        moved.params[i] = stays ? spec->params[i] : param_for(world, function, world->nodes[wilds[i]].type);
        if (moved.params[i] < 0)
            return;
    }
    *spec = moved;
}

static void remove_spec(struct world_function *function, int at) {
    if (function->n_specs < 2)
        return;
    memmove(&function->specs[at], &function->specs[at + 1],
            (size_t)(function->n_specs - at - 1) * sizeof *function->specs);
    function->n_specs--;
}

static void swap_params(struct world_function *function, int a, int b) {
    struct world_param kept = function->params[a];
    function->params[a] = function->params[b];
    function->params[b] = kept;
    for (int i = 0; i < function->n_specs; i++)
        for (int j = 0; j < WORLD_WILDS; j++) {
            int *param = &function->specs[i].params[j];
            *param = *param == a ? b : *param == b ? a : *param;
        }
}

static void edit_function(struct world *world, struct world_function *function, bool is_mutation) {
    if (!function->exists) {
        make_function(world, function, is_mutation);
        return;
    }
    int at = below(world, function->n_specs), node = 0;
    struct world_spec *spec = &function->specs[at];
    switch (below(world, 9)) {
    case 0:
        add_spec(world, function, is_mutation);
        break;
    case 1:
        remove_spec(function, at);
        break;
    case 2: /* shorter */
        if (world->nodes[spec->node].parent)
            move_spec(world, function, spec, world->nodes[spec->node].parent);
        break;
    case 3: /* longer */
        for (int i = 1; i < world->n_nodes; i++)
            if (!world->nodes[i].is_dead && world->nodes[i].parent == spec->node && (!node || one_in(world, 2)))
                node = i;
        if (node)
            move_spec(world, function, spec, node);
        break;
    case 4:
        node = below(world, world->n_nodes);
        if (can_carry(world, node))
            move_spec(world, function, spec, node);
        break;
    case 5: /* other parameters in the wilds */
        (void)fill(world, function, spec);
        break;
    case 6:
        if (is_mutation) {
            spec->exact = !spec->exact && one_in(world, 2);
            spec->soft = !spec->soft && !spec->exact;
        } else {
            function->grace_s = below(world, 3) - 1;
        }
        break;
    case 7:
        if (function->n_params > 1)
            swap_params(function, 0, function->n_params - 1);
        break;
    default:
        function->exists = !one_in(world, 3);
    }
}

/* A wild is of another type, and so are all parameters that fill it, and all wilds that these fill. */
static void change_type(struct world *world, int from, int to) {
    for (int i = 1; i < world->n_nodes; i++)
        if (world->nodes[i].is_wild && world->nodes[i].type == from)
            world->nodes[i].type = to;
    for (int i = 0; i < 2 * WORLD_FUNCTIONS; i++) {
        struct world_function *function = i % 2 ? &world->queries[i / 2] : &world->mutations[i / 2];
        for (int j = 0; j < function->n_params; j++)
            if (function->params[j].type == from)
                function->params[j].type = to;
    }
}

/* All queries, or all mutations, leave a tag for another. */
static void move_all(struct world *world, bool is_mutation, int from, int to) {
    for (int i = 0; i < WORLD_FUNCTIONS; i++) {
        struct world_function *function = is_mutation ? &world->mutations[i] : &world->queries[i];
        for (int j = 0; j < function->n_specs; j++)
            if (function->specs[j].node == from)
                move_spec(world, function, &function->specs[j], to);
    }
}

/* From a tag that the first of them has, and so the whole family. */
static void move_all_of_first(struct world *world, bool is_mutation, int to) {
    const struct world_function *first = is_mutation ? &world->mutations[0] : &world->queries[0];
    if (first->n_specs)
        move_all(world, is_mutation, first->specs[below(world, first->n_specs)].node, to);
}

void world_edit(struct world *world) {
    int node = below(world, world->n_nodes), at = below(world, WORLD_FUNCTIONS);
    switch (below(world, 12)) {
    case 0:
        if (node && !world->nodes[node].is_wild &&
            child_of(world, world->nodes[node].parent, false, (char)('a' + at)) < 0)
            world->nodes[node].name = (char)('a' + at);
        break;
    case 1:
        add_node(world);
        break;
    case 2:
        change_type(world, below(world, N_TYPES), below(world, N_TYPES));
        break;
    case 3:
        world->n_items[at % WORLD_ENUMS] = 1 + below(world, 3);
        break;
    case 4:
        if (can_carry(world, node))
            move_all(world, one_in(world, 2), below(world, world->n_nodes), node);
        break;
    default:
        if (world->has_families && can_carry(world, node) && one_in(world, 2))
            move_all_of_first(world, one_in(world, 2), node);
        else if (one_in(world, 2))
            edit_function(world, &world->queries[at], false);
        else
            edit_function(world, &world->mutations[at], true);
    }
}

/* ---- text ---- */

static void print_below(const struct world *world, int parent, struct text *out) {
    for (int i = 1; i < world->n_nodes; i++) {
        const struct world_node *node = &world->nodes[i];
        if (node->is_dead || node->parent != parent)
            continue;
        if (node->is_wild)
            text_printf(out, " Wild(w: %s) {", types[node->type]);
        else
            text_printf(out, " %c: Static {", node->name);
        print_below(world, i, out);
        text_append(out, " }");
    }
}

static void print_spec(const struct world *world, const struct world_function *function, const struct world_spec *spec,
                       struct text *out) {
    int path[WORLD_NODES], n = 0, wild = 0;
    for (int node = spec->node; node; node = world->nodes[node].parent)
        path[n++] = node;
    for (int i = n - 1; i >= 0; i--) {
        const struct world_node *node = &world->nodes[path[i]];
        bool after_wild = i + 1 < n && world->nodes[path[i + 1]].is_wild,
             before_wild = i && world->nodes[path[i - 1]].is_wild;
        if (node->is_wild)
            text_printf(out, "%sp%d%s", after_wild ? ", " : "(", function->params[spec->params[wild++]].name,
                        before_wild ? "" : ")");
        else
            text_printf(out, "%s%c", i + 1 < n ? "." : "", node->name);
    }
    text_append(out, spec->exact ? " exact" : spec->soft ? " soft" : "");
}

static void print_function(const struct world *world, const struct world_function *function, bool is_mutation, int at,
                           struct text *out) {
    unsigned used = 0;
    if (!function->exists)
        return;
    for (int i = 0; i < function->n_specs; i++) {
        int wilds[WORLD_WILDS];
        for (int j = wilds_of(world, function->specs[i].node, wilds); j > 0; j--)
            used |= 1u << function->specs[i].params[j - 1];
    }
    text_printf(out, is_mutation ? "mutation m%d(" : "cached q%d(", at);
    for (int i = 0; i < function->n_params; i++)
        text_printf(out, "%s%sp%d: %s", i ? ", " : "", is_mutation || used >> i & 1 ? "" : "key ",
                    function->params[i].name, types[function->params[i].type]);
    text_append(out, is_mutation ? ") invalidates " : ") -> u64 tagged ");
    for (int i = 0; i < function->n_specs; i++) {
        text_append(out, i ? ", " : "");
        print_spec(world, function, &function->specs[i], out);
    }
    if (!is_mutation && function->grace_s >= 0)
        text_printf(out, " grace %ds", function->grace_s);
    text_append(out, ";\n");
}

void world_print(const struct world *world, struct text *out) {
    static const char *const items[] = {"x", "x, y", "x, y, z"};
    text_append(out, "schema s;\n");
    for (int i = 0; i < WORLD_ENUMS; i++)
        text_printf(out, "enum e%d { %s }\n", i, items[world->n_items[i] - 1]);
    text_append(out, "root {");
    print_below(world, 0, out);
    text_append(out, " }\n");
    for (int i = 0; i < WORLD_FUNCTIONS; i++)
        print_function(world, &world->queries[i], false, i, out);
    for (int i = 0; i < WORLD_FUNCTIONS; i++)
        print_function(world, &world->mutations[i], true, i, out);
}
