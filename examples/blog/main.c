/* SPDX-License-Identifier: MIT */
/* blog-demo [DATABASE]: fills a database, reads it with and without the cache while a writer changes it, and checks
 * that the cache never told of the past. Exit: 0 all held, 1 something did not, 2 it could not be tried. */
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "now.h"
#include "report.h"

enum { READERS = 4, WRITES_PER_SECOND = 500, SHOWN_USER = 42 };

static int could_not(const char *what) {
    fprintf(stderr, "blog-demo: %s\n", what);
    return 2;
}

static int run(struct source *source, struct history *history, struct blog_cache *cache) {
    struct workload workload = {.source = source,
                                .history = history,
                                .readers = READERS,
                                .writes_per_second = WRITES_PER_SECOND,
                                .seconds = 1.2};
    static struct workload_result without, with;
    if (workload_run(&workload, &without) != 0)
        return could_not("no memory or threads");
    workload.cache = cache;
    workload.seconds = 3.5;
    if (workload_run(&workload, &with) != 0)
        return could_not("no memory or threads");

    struct t87s_stats stats;
    t87s_stats(blog_primitives(cache), &stats);
    report_workloads(&without, &with, &stats);

    struct touch touch;
    moment_touch(cache, SHOWN_USER, &touch);
    report_touch(&touch);

    struct revalidation moment;
    int as_promised = moment_revalidation(cache, source, SHOWN_USER, &moment);
    report_revalidation(&moment, as_promised == 0);

    report_verdict(&with);
    bool holds = with.verdict.too_old == 0 && with.verdict.checked > 0 && with.failures == 0;
    return holds && as_promised == 0 ? 0 : 1;
}

int main(int argc, char **argv) {
    char folder[] = "/tmp/t87s-blog-XXXXXX", in_folder[64];
    const char *path = argv[argc - 1];
    if (argc > 2)
        return could_not("usage: blog-demo [DATABASE]");
    if (argc < 2) {
        if (mkdtemp(folder) == NULL)
            return could_not("no temporary folder");
        snprintf(in_folder, sizeof in_folder, "%s/blog.db", folder);
        path = in_folder;
    }

    char problem[256];
    uint64_t start = now_ns();
    if (db_create(path, problem, sizeof problem) != 0)
        return could_not(problem);
    report_start(path, (double)(now_ns() - start) / 1e9, READERS, WRITES_PER_SECOND);

    static struct history history;
    struct source source = {.db = db_open(path)};
    struct blog_cache *cache = NULL;
    if (source.db == NULL)
        return could_not("no memory");
    enum t87s_status status = blog_open(NULL, &source, &cache);
    int result = status == T87S_OK ? run(&source, &history, cache) : could_not(t87s_strstatus(status));

    blog_close(cache);
    db_close(source.db);
    if (argc < 2) {
        unlink(path);
        rmdir(folder);
    }
    return result;
}
