/* SPDX-License-Identifier: MIT */
#include "reference.h"

#include <assert.h>
#include <string.h>

enum { SOFT_MERGE_MS = 1000, SWEEP_AFTER_MS = 5000 };

static const struct possible nothing = {.soft = INT64_MAX};

void reference_init(struct reference *reference, bool evicts) {
    reference->evicts = evicts;
    reference->now = 1000000;
    reference->stamp = 0;
    reference->n_events = 0;
    for (unsigned key = 0; key < KEYS; key++) {
        reference->keys[key].n = 1;
        reference->keys[key].at[0].entry = nothing;
    }
}

uint64_t reference_stamp(struct reference *reference) { return ++reference->stamp; }

static void add_event(struct reference *reference, struct event event) {
    assert(reference->n_events < MOST_EVENTS);
    event.ms = reference->now;
    reference->events[reference->n_events++] = event;
}

void reference_invalidate(struct reference *reference, unsigned tag, unsigned flags) {
    add_event(reference, (struct event){EVENT_TAG, tag, flags, reference_stamp(reference), 0});
}

/* ---- possible entries ---- */

static bool same(const struct possible *a, const struct possible *b) {
    return a->present == b->present && a->birth == b->birth && a->serial == b->serial && a->tags == b->tags;
}

static void add_possible(struct views *views, const struct possible *entry) {
    for (unsigned i = 0; i < views->n; i++)
        if (same(&views->at[i].entry, entry))
            return;
    assert(views->n < MOST_POSSIBLE);
    views->at[views->n++].entry = *entry;
}

static void remove_born_before(struct views *views, uint64_t stamp) {
    struct views left = {.n = 0};
    for (unsigned i = 0; i < views->n; i++) {
        bool gone = views->at[i].entry.present && views->at[i].entry.birth < stamp;
        add_possible(&left, gone ? &nothing : &views->at[i].entry);
    }
    *views = left;
}

/* The entries of a key that are possible now: one may have left in the meantime. */
static struct views *fade(struct reference *reference, unsigned key) {
    struct views *possible = &reference->keys[key];
    bool left = reference->evicts;
    for (unsigned i = 0; i < possible->n; i++) {
        const struct possible *entry = &possible->at[i].entry;
        left |= entry->present && reference->now >= entry->expires + entry->grace + SWEEP_AFTER_MS;
    }
    if (left)
        add_possible(possible, &nothing);
    return possible;
}

void reference_delete(struct reference *reference, unsigned key) {
    uint64_t stamp = reference_stamp(reference);
    add_event(reference, (struct event){EVENT_KEY, key, 0, stamp, 0});
    remove_born_before(&reference->keys[key], stamp);
}

void reference_clear(struct reference *reference) {
    uint64_t stamp = reference_stamp(reference);
    add_event(reference, (struct event){EVENT_ALL, 0, 0, stamp, 0});
    for (unsigned key = 0; key < KEYS; key++)
        remove_born_before(&reference->keys[key], stamp);
}

void reference_settle(struct reference *reference, unsigned key, const struct views *views) {
    reference->keys[key].n = 0;
    for (unsigned i = 0; i < views->n; i++)
        add_possible(&reference->keys[key], &views->at[i].entry);
}

/* ---- what covers an entry ---- */

static bool is_above(unsigned above, unsigned tag) {
    for (int at = (int)tag; at >= 0; at = tag_parent((unsigned)at))
        if ((unsigned)at == above)
            return true;
    return false;
}

static bool covers(const struct event *event, unsigned tag) {
    return event->scope == EVENT_TAG &&
           (event->flags & T87S_EXACT ? event->target == tag : is_above(event->target, tag));
}

static bool covers_any(const struct event *event, unsigned whose) {
    unsigned tags[TAGS_OF_KEY], n = tags_of_key(whose, tags);
    for (unsigned i = 0; i < n; i++)
        if (covers(event, tags[i]))
            return true;
    return false;
}

static int64_t least(int64_t a, int64_t b) { return a < b ? a : b; }

struct cover {
    bool hard, soft;
    bool any;            /* some tag was invalidated at all */
    int64_t first, last; /* of the soft ones, if any */
};

static struct cover cover_of(const struct reference *reference, unsigned whose, uint64_t birth) {
    struct cover cover = {false, false, false, INT64_MAX, INT64_MIN};
    for (unsigned i = 0; i < reference->n_events; i++) {
        const struct event *event = &reference->events[i];
        if (event->stamp <= birth || event->scope != EVENT_TAG)
            continue;
        cover.any = true;
        if (!covers_any(event, whose))
            continue;
        if (!(event->flags & T87S_SOFT)) {
            cover.hard = true;
        } else {
            cover.soft = true;
            cover.first = least(cover.first, event->ms);
            cover.last = event->ms;
        }
    }
    return cover;
}

/* Soft invalidations of one tag, those of its kind alone: those within a second count as one, the first. Looked at now,
 * the time of the last of these is known (*ms); *lost: there were more since the entry's birth. False: none. */
static bool soft_marks(const struct reference *reference, unsigned tag, unsigned flags, const struct possible *entry,
                       int64_t *ms, bool *lost, bool *vague) {
    bool any = false;
    int64_t before = INT64_MIN / 2;
    *ms = before;
    for (unsigned i = 0; i < reference->n_events; i++) {
        const struct event *event = &reference->events[i];
        if (event->scope != EVENT_TAG || event->target != tag || event->flags != flags)
            continue;
        if (event->stamp <= entry->birth) {
            before = event->ms;
            continue;
        }
        if (!any)
            *vague |= event->ms - before < SOFT_MERGE_MS; /* if anybody carried the tag then, it counts as that one */
        else if (event->ms - *ms < SOFT_MERGE_MS)
            continue;
        *lost |= any;
        *ms = event->ms;
        any = true;
    }
    return any;
}

/* Since when a softly invalidated entry is stale, as far as the cache can know; remembers it, as each look does. */
static void look_soft(const struct reference *reference, struct possible *entry) {
    unsigned tags[TAGS_OF_KEY], n = tags_of_key(entry->tags, tags);
    int64_t since = INT64_MAX;
    bool lost = false;
    for (unsigned i = 0; i < n; i++) {
        for (int at = (int)tags[i]; at >= 0; at = tag_parent((unsigned)at)) {
            for (unsigned flags = T87S_SOFT; flags <= (T87S_SOFT | T87S_EXACT); flags += T87S_EXACT) {
                if (flags & T87S_EXACT && at != (int)tags[i])
                    continue;
                int64_t ms;
                if (soft_marks(reference, (unsigned)at, flags, entry, &ms, &lost, &entry->vague) && ms < since)
                    since = ms;
            }
        }
    }
    if (lost)
        since = entry->soft == INT64_MAX ? entry->created : entry->soft;
    if (since < entry->soft)
        entry->soft = since;
}

/* When something softly invalidated is stale at the earliest: from its making, or from an invalidation a moment before
 * that the first one counts as. */
static int64_t earliest(const struct possible *entry, const struct cover *cover) {
    return least(entry->created, cover->first - SOFT_MERGE_MS + 1);
}

/* And at the latest: from the first one; if there were several while it was fetched, from its making. */
static int64_t latest(const struct possible *entry, const struct cover *cover) {
    bool several = cover->last - cover->first >= SOFT_MERGE_MS;
    return several && !entry->old && entry->created > cover->first ? entry->created : cover->first;
}

static void look_at(const struct reference *reference, struct possible *entry, unsigned tags, struct view *view) {
    struct cover own = cover_of(reference, entry->tags, entry->birth), other = {.soft = false};
    if (tags < KEYS && tags != entry->tags)
        other = cover_of(reference, tags, entry->birth);
    int64_t first = INT64_MAX, last = INT64_MAX;
    if (own.soft && !own.hard)
        look_soft(reference, entry);
    entry->vague |= reference->evicts; /* who looks for something to evict remembers it, too */
    view->looks = 0;
    if (own.hard || other.hard) {
        view->looks = LOOK_GONE_INVALIDATED;
        first = last = reference->now;
    } else if (own.soft || other.soft) {
        if (own.soft)
            first = last = entry->soft;
        if (own.soft && entry->vague) {
            first = earliest(entry, &own);
            last = latest(entry, &own);
        }
        if (other.soft) {
            first = least(first, earliest(entry, &other));
            last = least(last, latest(entry, &other));
        }
        first = least(first, entry->expires);
        last = least(last, entry->expires);
        if (entry->grace > 0 && reference->now < last + entry->grace)
            view->looks |= LOOK_STALE_INVALIDATED;
        if (entry->grace == 0 || reference->now >= first + entry->grace)
            view->looks |= LOOK_GONE_INVALIDATED;
    } else if (reference->now < entry->expires) {
        view->looks = LOOK_FRESH;
        first = last = entry->expires;
    } else {
        bool graced = reference->now < entry->expires + entry->grace;
        first = last = entry->expires;
        view->looks = graced ? LOOK_STALE_EXPIRED : LOOK_GONE_EXPIRED;
    }
    if (other.any) /* of tags that nobody carries only a floor is known, which they share */
        view->looks |= LOOK_GONE_INVALIDATED;
    view->entry = *entry;
    view->since_first = first;
    view->since_last = last;
}

void reference_look(struct reference *reference, unsigned key, unsigned tags, struct views *views) {
    struct views *possible = fade(reference, key);
    views->n = possible->n;
    for (unsigned i = 0; i < possible->n; i++) {
        if (possible->at[i].entry.present)
            look_at(reference, &possible->at[i].entry, tags, &views->at[i]);
        else
            views->at[i] = (struct view){.entry = nothing, .looks = LOOK_ABSENT};
    }
}

/* ---- what is kept ---- */

/* A delete, set or clear since then; *near: one that may share the floor. */
static bool outdated(const struct reference *reference, unsigned key, uint64_t birth, bool *near) {
    for (unsigned i = 0; i < reference->n_events; i++) {
        const struct event *event = &reference->events[i];
        if (event->stamp <= birth || event->scope == EVENT_TAG)
            continue;
        if (event->scope == EVENT_ALL || event->target == key)
            return true;
        *near = true;
    }
    return false;
}

enum keeping reference_keeping(struct reference *reference, unsigned key, const struct possible *entry) {
    bool near = false;
    if (entry->expires == entry->created || cover_of(reference, entry->tags, entry->birth).hard)
        return KEEP_MUST_NOT;
    if (outdated(reference, key, entry->birth, &near))
        return KEEP_MUST_NOT;
    const struct views *possible = fade(reference, key);
    unsigned younger = 0;
    for (unsigned i = 0; i < possible->n; i++)
        younger += possible->at[i].entry.present && possible->at[i].entry.birth > entry->birth;
    if (younger == possible->n)
        return KEEP_MUST_NOT;
    return near || younger ? KEEP_MAY : KEEP_MUST;
}

void reference_fetched(struct reference *reference, unsigned key, const struct possible *entry, bool kept) {
    struct views *possible = &reference->keys[key];
    if (kept) {
        possible->n = 0;
        add_possible(possible, entry);
    } else if (entry->expires == entry->created || cover_of(reference, entry->tags, entry->birth).hard) {
        remove_born_before(possible, entry->birth); /* what was there is older than this answer */
    }
}

void reference_emptied(struct reference *reference, unsigned key, uint64_t birth) {
    remove_born_before(&reference->keys[key], birth);
}

void reference_set(struct reference *reference, unsigned key, const struct possible *entry) {
    struct views *possible = fade(reference, key), left = {.n = 0};
    bool old = entry->birth < reference->stamp, near = false;
    remove_born_before(possible, entry->birth);
    struct cover cover = cover_of(reference, entry->tags, entry->birth);
    bool kept = entry->expires > entry->created && !cover.hard && !outdated(reference, key, entry->birth, &near);
    /* With an old token, tags that nobody carried since are known by their floors alone. */
    bool lost = near || (old && cover.any);
    struct possible new = *entry;
    new.old = new.vague = old;
    for (unsigned i = 0; i < possible->n; i++) {
        const struct possible *there = &possible->at[i].entry;
        if (kept && !(there->present && there->birth > entry->birth))
            add_possible(&left, &new);
        if (!kept || lost || (there->present && there->birth > entry->birth))
            add_possible(&left, there);
    }
    *possible = left;
    add_event(reference, (struct event){EVENT_KEY, key, 0, entry->birth, 0});
}
