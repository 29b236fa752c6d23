// SPDX-License-Identifier: MIT
// RocksDB's block caches: HyperClockCache, whose hits take two atomic additions, and LRUCache, a mutex a shard. Each
// row is charged 80 bytes and nothing for the metadata, so that a room of so many rows is just that.
#include <cstring>
#include <memory>

#include <rocksdb/cache.h>

#include "../contender.h"

namespace {

constexpr size_t charge = sizeof(row_key) + sizeof(row);

struct holder {
    std::shared_ptr<rocksdb::Cache> cache;
};

void *clock_open(size_t room) {
    rocksdb::HyperClockCacheOptions options(room * charge, charge, -1, false, nullptr,
                                            rocksdb::kDontChargeCacheMetadata);
    return new holder{options.MakeSharedCache()};
}

void *lru_open(size_t room) {
    return new holder{rocksdb::NewLRUCache(room * charge, -1, false, 0.0, nullptr, rocksdb::kDefaultToAdaptiveMutex,
                                           rocksdb::kDontChargeCacheMetadata)};
}

rocksdb::Slice slice_of(const row_key &key) { return rocksdb::Slice(reinterpret_cast<const char *>(&key), sizeof key); }

void insert(void *self, uint64_t first, size_t n) {
    rocksdb::Cache &cache = *static_cast<holder *>(self)->cache;
    for (uint64_t id = first; id < first + n; id++) {
        const row_key key = row_key_of(id);
        rocksdb::Status status =
            cache.Insert(slice_of(key), new row(row_of(id)), charge,
                         [](const rocksdb::Slice &, void *value) { delete static_cast<row *>(value); });
        status.PermitUncheckedError(); // what finds no place is counted as a wrong hit
    }
}

inline bool get(void *self, uint64_t id, row *out) {
    rocksdb::Cache &cache = *static_cast<holder *>(self)->cache;
    const row_key key = row_key_of(id);
    rocksdb::Cache::Handle *handle = cache.Lookup(slice_of(key));
    if (!handle)
        return false;
    *out = *static_cast<const row *>(cache.Value(handle));
    cache.Release(handle);
    return true;
}

T87S_BENCH_LOOP(hits, get)

void close(void *self) { delete static_cast<holder *>(self); }

} // namespace

const contender rocksdb_clock = {
    "RocksDB HyperClock", clock_open, insert, {hits_used, hits_stream}, close, nullptr, nullptr, true};
const contender rocksdb_lru = {
    "RocksDB LRUCache", lru_open, insert, {hits_used, hits_stream}, close, nullptr, nullptr, true};
