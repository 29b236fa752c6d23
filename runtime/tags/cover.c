/* SPDX-License-Identifier: MIT
 *
 * What covers those who carry a tag: the marks of its node and of all above it, and the floor of what is not there.
 */
#include "node.h"

struct t87s__epochs *t87s__tag_tree_epochs(struct t87s__tag_tree *tree) {
    return &tree->epochs;
}

t87s__stripe t87s__tag_tree_stripe(struct t87s__tag_tree *tree, t87s__node node) {
    return t87s__node_at(tree, node)->stripe;
}

static void add_soft(struct t87s__cover *cover, const struct t87s__soft *soft, uint64_t birth) {
    if (t87s__stamp_read(&soft->stamp) <= birth)
        return;
    int64_t at = atomic_load_explicit(&soft->ms, memory_order_acquire); /* pairs with the release in mark_soft() */
    if (!cover->soft || at < cover->soft_ms)
        cover->soft_ms = at;
    cover->soft = true;
    cover->soft_lost |= t87s__stamp_read(&soft->lost) > birth;
}

/* Of something that carries this node, or, without `exact`, a tag below it. */
static struct t87s__cover cover_node(struct t87s__tag_tree *tree, t87s__node node, uint64_t birth, bool exact) {
    struct t87s__cover cover = {0};
    while (node) {
        const struct t87s__node_cell *cell = t87s__node_at(tree, node);
        cover.hard |= t87s__stamp_read(&cell->hard) > birth;
        uint32_t side = atomic_load_explicit(&cell->side, memory_order_seq_cst); /* pairs with the store in side_of() */
        if (side) {
            const struct t87s__side *record = t87s__slab_at(&tree->sides, side);
            add_soft(&cover, &record->soft, birth);
            if (exact) {
                cover.hard |= t87s__stamp_read(&record->hard_exact) > birth;
                add_soft(&cover, &record->soft_exact, birth);
            }
        }
        node = cell->parent;
        exact = false;
    }
    return cover;
}

struct t87s__cover t87s__cover_both(struct t87s__cover a, struct t87s__cover b) {
    bool second = b.soft && (!a.soft || b.soft_ms < a.soft_ms);
    return (struct t87s__cover){a.hard || b.hard, a.soft || b.soft, second ? b.soft_ms : a.soft_ms,
                                a.soft_lost || b.soft_lost};
}

struct t87s__cover t87s__tag_tree_cover(struct t87s__tag_tree *tree, const t87s__node *nodes, size_t n,
                                        uint64_t birth) {
    struct t87s__cover cover = {0};
    for (size_t i = 0; i < n; i++)
        cover = t87s__cover_both(cover, cover_node(tree, nodes[i], birth, true));
    return cover;
}

/* From the end: the first prefix that is there knows all above it; what is not there is known by its floor alone, as
 * whoever made it would begin with. */
struct t87s__cover t87s__tag_tree_cover_path(struct t87s__tag_tree *tree, const unsigned char *path, size_t size,
                                             uint64_t birth) {
    struct t87s__cover cover = {0};
    uint64_t hashes[T87S_MAX_SEGMENTS];
    size_t depth = t87s__tag_hashes(tree, path, size, hashes);
    bool found = false;
    for (size_t i = depth; i > 0 && !found; i--) {
        struct t87s__tag_shard *shard = t87s__tag_shard_of(tree, hashes[i - 1]);
        pthread_mutex_lock(&shard->lock); /* while it is held the node and all above it stay */
        t87s__node node = t87s__node_find(tree, hashes, i);
        found = node != 0;
        if (found)
            cover = t87s__cover_both(cover, cover_node(tree, node, birth, i == depth));
        else if (t87s__stamp_read(t87s__tag_floor_of(tree, hashes[i - 1])) > birth)
            cover.hard = true;
        pthread_mutex_unlock(&shard->lock);
    }
    return cover;
}
