/* SPDX-License-Identifier: MIT */
/* The shared library is loaded while threads run, used by them and by younger ones, and unloaded before they end. */
#include <dlfcn.h>
#include <pthread.h>
#include <stdio.h>
#include <string.h>

#include <t87s/t87s.h>

enum { THREADS = 3, ROUNDS = 4 };

static pthread_barrier_t loaded, used, unloaded;
static __typeof__(&t87s_open) open_cache;
static __typeof__(&t87s_set) set;
static __typeof__(&t87s_get) get;
static __typeof__(&t87s_value_release) release;
static __typeof__(&t87s_close) close_cache;
static struct t87s_cache *cache;
static int failures; /* of the main thread, then of threads that the barriers order */
static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;

static void fail(const char *what) {
    pthread_mutex_lock(&lock);
    failures++;
    fprintf(stderr, "FAILED: %s\n", what);
    pthread_mutex_unlock(&lock);
}

static void use(const char *key) {
    struct t87s_value value;
    memset(&value, 0, sizeof value);
    if (set(cache, key, strlen(key), "value", 5, NULL) != T87S_OK)
        fail("set");
    for (int i = 0; i < 1000; i++) {
        if (get(cache, key, strlen(key), &value) != T87S_OK || value.size != 5)
            fail("get");
        release(&value);
    }
}

static void *run(void *key) {
    pthread_barrier_wait(&loaded);
    use(key);
    pthread_barrier_wait(&used);
    pthread_barrier_wait(&unloaded);
    return NULL;
}

static void *run_young(void *key) {
    use(key);
    return NULL;
}

static void *load(const char *path) {
    void *library = dlopen(path, RTLD_NOW | RTLD_LOCAL);
    if (!library) {
        fail(dlerror());
        return NULL;
    }
    *(void **)&open_cache = dlsym(library, "t87s_open");
    *(void **)&set = dlsym(library, "t87s_set");
    *(void **)&get = dlsym(library, "t87s_get");
    *(void **)&release = dlsym(library, "t87s_value_release");
    *(void **)&close_cache = dlsym(library, "t87s_close");
    return library;
}

static int play(const char *path) {
    static char keys[THREADS + 1][2] = {"a", "b", "c", "d"};
    pthread_t threads[THREADS], young;
    for (int i = 0; i < THREADS; i++)
        if (pthread_create(&threads[i], NULL, run, keys[i]) != 0)
            return 1;
    void *library = load(path);
    if (!library || open_cache(NULL, &cache) != T87S_OK)
        return 1;
    pthread_barrier_wait(&loaded);
    if (pthread_create(&young, NULL, run_young, keys[THREADS]) != 0)
        return 1;
    pthread_join(young, NULL);
    pthread_barrier_wait(&used);
    close_cache(cache);
    if (dlclose(library) != 0)
        fail("dlclose");
    pthread_barrier_wait(&unloaded);
    for (int i = 0; i < THREADS; i++)
        pthread_join(threads[i], NULL);
    return failures != 0;
}

int main(int argc, char **argv) {
    if (argc != 2)
        return 2;
    pthread_barrier_init(&loaded, NULL, THREADS + 1);
    pthread_barrier_init(&used, NULL, THREADS + 1);
    pthread_barrier_init(&unloaded, NULL, THREADS + 1);
    for (int i = 0; i < ROUNDS; i++)
        if (play(argv[1]) != 0)
            return 1;
    puts("loaded, used, unloaded");
    return 0;
}
