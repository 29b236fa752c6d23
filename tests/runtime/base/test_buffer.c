/* SPDX-License-Identifier: MIT */
/* What a fetch writes into. */
#include "fault_allocator.h"
#include "suites.h"

#include <string.h>

START_TEST(bytes_stand_behind_each_other_through_every_growth)
{
    struct t87s_buffer buffer = {0};
    for (unsigned i = 0; i < 5000; i++) {
        unsigned char byte = (unsigned char)(i % 251);
        ck_assert_int_eq(t87s_buffer_append(&buffer, &byte, 1), T87S_OK);
        ck_assert_uint_eq(buffer.size, i + 1);
        ck_assert_uint_ge(buffer.capacity, buffer.size);
    }
    for (unsigned i = 0; i < 5000; i++)
        ck_assert_uint_eq(buffer.data[i], i % 251);
    t87s_buffer_release(&buffer);
}
END_TEST

START_TEST(one_append_may_be_larger_than_any_doubling)
{
    static char large[100000];
    memset(large, 'x', sizeof large);
    struct t87s_buffer buffer = {0};
    ck_assert_int_eq(t87s_buffer_append(&buffer, "ab", 2), T87S_OK);
    ck_assert_int_eq(t87s_buffer_append(&buffer, large, sizeof large), T87S_OK);
    ck_assert_uint_eq(buffer.size, 2 + sizeof large);
    ck_assert_mem_eq(buffer.data, "abx", 3);
    ck_assert_mem_eq(buffer.data + 2, large, sizeof large);
    t87s_buffer_release(&buffer);
}
END_TEST

START_TEST(nothing_can_be_appended_even_from_nowhere)
{
    struct t87s_buffer buffer = {0};
    ck_assert_int_eq(t87s_buffer_append(&buffer, NULL, 0), T87S_OK);
    ck_assert_int_eq(t87s_buffer_append(&buffer, "x", 0), T87S_OK);
    ck_assert_uint_eq(buffer.size, 0);
    ck_assert_ptr_null(buffer.data);
    t87s_buffer_release(&buffer);
}
END_TEST

START_TEST(wrong_arguments_are_refused)
{
    struct t87s_buffer buffer = {0};
    ck_assert_int_eq(t87s_buffer_append(NULL, "x", 1), T87S_E_INVALID);
    ck_assert_int_eq(t87s_buffer_append(&buffer, NULL, 1), T87S_E_INVALID);
    ck_assert_uint_eq(buffer.size, 0);
    t87s_buffer_release(NULL);
}
END_TEST

START_TEST(a_failed_append_leaves_everything_as_it_was)
{
    struct fault_allocator heap;
    fault_allocator_init(&heap, 1, true);
    struct t87s_buffer buffer = {.allocator = &heap.allocator};
    ck_assert_int_eq(t87s_buffer_append(&buffer, "kept", 4), T87S_OK);
    unsigned char *data = buffer.data;
    size_t capacity = buffer.capacity;
    static char large[10000];
    ck_assert_int_eq(t87s_buffer_append(&buffer, large, sizeof large), T87S_E_NOMEM);
    ck_assert_ptr_eq(buffer.data, data);
    ck_assert_uint_eq(buffer.capacity, capacity);
    ck_assert_uint_eq(buffer.size, 4);
    ck_assert_mem_eq(buffer.data, "kept", 4);
    ck_assert_int_eq(t87s_buffer_append(&buffer, "!", 1), T87S_OK); /* what still fits still goes in */
    t87s_buffer_release(&buffer);
    ck_assert_int_eq(atomic_load(&heap.live_blocks), 0);
}
END_TEST

START_TEST(a_size_beyond_the_address_space_is_no_memory)
{
    struct t87s_buffer buffer = {0};
    ck_assert_int_eq(t87s_buffer_append(&buffer, "x", 1), T87S_OK);
    ck_assert_int_eq(t87s_buffer_append(&buffer, "x", SIZE_MAX), T87S_E_NOMEM);
    ck_assert_uint_eq(buffer.size, 1);
    t87s_buffer_release(&buffer);
}
END_TEST

START_TEST(released_it_is_empty_and_can_be_used_again)
{
    struct fault_allocator heap;
    fault_allocator_init(&heap, FAULT_NEVER, false);
    struct t87s_buffer buffer = {.allocator = &heap.allocator};
    for (int round = 0; round < 2; round++) {
        ck_assert_int_eq(t87s_buffer_append(&buffer, "abc", 3), T87S_OK);
        ck_assert_int_eq(atomic_load(&heap.live_blocks), 1);
        t87s_buffer_release(&buffer);
        ck_assert_ptr_null(buffer.data);
        ck_assert_uint_eq(buffer.size, 0);
        ck_assert_uint_eq(buffer.capacity, 0);
        ck_assert_int_eq(atomic_load(&heap.live_blocks), 0);
    }
    t87s_buffer_release(&buffer); /* twice is harmless */
}
END_TEST

int main(void) {
    return run_suites(suite_of("a buffer grows, or stays as it was", bytes_stand_behind_each_other_through_every_growth,
                               one_append_may_be_larger_than_any_doubling, nothing_can_be_appended_even_from_nowhere,
                               wrong_arguments_are_refused, a_failed_append_leaves_everything_as_it_was,
                               a_size_beyond_the_address_space_is_no_memory, released_it_is_empty_and_can_be_used_again,
                               NULL),
                      NULL);
}
