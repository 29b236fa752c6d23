/* SPDX-License-Identifier: MIT */
#include "diff.h"

#include "changes.h"

static const char *const category_names[] = {
    [DIFF_SOURCE] = "SOURCE", [DIFF_KEY] = "KEY", [DIFF_INVALIDATION] = "INVALIDATION"};

const char *diff_category_name(enum diff_category category) { return category_names[category]; }

enum diff_category diff_category_of(const struct diag_rule *rule) {
    switch (rule->id[2]) {
    case '1':
        return DIFF_SOURCE;
    case '2':
        return DIFF_KEY;
    default:
        return DIFF_INVALIDATION;
    }
}

struct job {
    struct diff *diff;
    const struct loaded *loaded[N_SIDES];
    const struct diff_options *options;
};

/* The files of both, the new ones first: where notes stand is the old schema, mostly. */
static void join_sources(struct diff *diff, const struct loaded *const loaded[N_SIDES]) {
    for (int side = NEW; side >= OLD; side--)
        for (const struct source *source = loaded[side]->sources.first; source; source = source->next) {
            struct source *copy = ARENA_NEW(&diff->arena, struct source);
            *copy = *source;
            copy->next = NULL;
            if (diff->sources.last)
                diff->sources.last->next = copy;
            else
                diff->sources.first = copy;
            diff->sources.last = copy;
            diff->sources.n++;
        }
}

static void work(void *argument) {
    struct job *job = argument;
    struct diff *diff = job->diff;
    struct arena *arena = &diff->arena;
    struct changes *changes = ARENA_NEW(arena, struct changes);
    struct pairs pairs;
    join_sources(diff, job->loaded);
    changes_find(changes, (const struct model *const[]){job->loaded[OLD]->model, job->loaded[NEW]->model}, arena);
    changes->diff = diff;
    changes->options = job->options;
    read_allowances(changes, job->loaded);
    tell_schema(changes);
    tell_tags(changes);
    tell_functions(changes);
    if (!job->options->left_out[DIFF_INVALIDATION]) {
        pairs_init(&pairs, changes);
        pairs_judge(&pairs, changes);
        tell_pairs(changes, &pairs);
    }
    tell_allowances(changes);
}

void changes_find(struct changes *changes, const struct model *const models[N_SIDES], struct arena *arena) {
    *changes = (struct changes){.models = {models[OLD], models[NEW]}, .arena = arena};
    intern_init(&changes->intern, arena);
    both_tags_make(&changes->tags, models, &changes->intern, arena);
    find_twins(changes);
}

bool diff_schemas(struct diff *diff, const struct loaded *old, const struct loaded *new,
                  const struct diff_options *options) {
    *diff = (struct diff){0};
    arena_init(&diff->arena);
    source_init(&diff->sources, &diff->arena);
    diag_init(&diff->diags, &diff->arena, &diff->sources);
    struct job job = {.diff = diff, .loaded = {old, new}, .options = options};
    return arena_run(&diff->arena, work, &job) && !diff->diags.failed;
}

void diff_free(struct diff *diff) {
    arena_free(&diff->arena);
    *diff = (struct diff){0};
}
