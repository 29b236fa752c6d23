/* SPDX-License-Identifier: MIT */
#include <string.h>

#include "frames.h"
#include "suites.h"

/* A stream that gives its text in pieces of some size. */
struct script {
    const char *text;
    size_t size, at, piece;
    char written[256];
    size_t n_written;
};

static ptrdiff_t read_script(void *context, char *bytes, size_t size) {
    struct script *script = context;
    size_t n = script->size - script->at;
    n = n < script->piece ? n : script->piece;
    n = n < size ? n : size;
    memcpy(bytes, script->text + script->at, n);
    script->at += n;
    return (ptrdiff_t)n;
}

static bool is_script_ready(void *context) {
    (void)context;
    return false;
}

static bool write_script(void *context, const char *bytes, size_t size) {
    struct script *script = context;
    if (script->n_written + size > sizeof script->written)
        return false;
    memcpy(script->written + script->n_written, bytes, size);
    script->n_written += size;
    return true;
}

static struct script script;
static struct lsp_stream stream = {read_script, is_script_ready, write_script, &script};
static struct frames frames;

static void begin(const char *text, size_t piece) {
    script = (struct script){.text = text, .size = strlen(text), .piece = piece};
    frames_init(&frames, &stream);
}

static void expect(enum frame_status status, const char *expected) {
    const char *body = NULL;
    size_t size = 0;
    ck_assert_int_eq(frames_next(&frames, &body, &size), status);
    if (status == FRAME_MESSAGE)
        ck_assert(size == strlen(expected) && !memcmp(body, expected, size));
    else if (status == FRAME_MALFORMED)
        ck_assert_str_eq(body, expected);
}

START_TEST(messages_come_out_whole_in_whatever_pieces_they_come_in)
{
    static const char text[] = "Content-Length: 3\r\n\r\nabcContent-Type: x\r\nCONTENT-LENGTH:  0 \r\n\r\n"
                               "Content-Length: 5\n\nde\r\nfnothing";
    for (size_t piece = 1; piece <= sizeof text; piece++) {
        begin(text, piece);
        expect(FRAME_MESSAGE, "abc");
        expect(FRAME_MESSAGE, "");
        expect(FRAME_MESSAGE, "de\r\nf");
        expect(FRAME_END, NULL);
        frames_free(&frames);
    }
}
END_TEST

START_TEST(what_is_no_header_is_stepped_over_to_the_next_empty_line)
{
    for (size_t piece = 1; piece < 40; piece++) {
        begin("rubbish\r\nmore\r\n\r\nContent-Length: x\r\n\r\nContent-Length: 1\r\n\r\na", piece);
        expect(FRAME_MALFORMED, "a header without a Content-Length");
        expect(FRAME_MALFORMED, "a header without a Content-Length");
        expect(FRAME_MESSAGE, "a");
        frames_free(&frames);
    }
}
END_TEST

START_TEST(a_header_without_an_end_takes_no_memory)
{
    static char text[200000];
    memset(text, 'x', sizeof text);
    strcpy(text + sizeof text - 30, "\r\n\r\nContent-Length: 1\r\n\r\na");
    for (size_t piece = 1000; piece < 1003; piece++) {
        begin(text, piece);
        expect(FRAME_MALFORMED, "a header that is too long");
        ck_assert_uint_lt(frames.capacity, sizeof text);
        expect(FRAME_MESSAGE, "a");
        frames_free(&frames);
    }
}
END_TEST

START_TEST(a_message_that_is_whole_is_waiting_though_the_stream_is_not_ready)
{
    begin("Content-Length: 1\r\n\r\naContent-Length: 1\r\n\r\nbContent-Length: 9\r\n\r\nc", 1000);
    ck_assert(!frames_are_waiting(&frames)); /* nothing was read yet */
    expect(FRAME_MESSAGE, "a");
    ck_assert(frames_are_waiting(&frames));
    expect(FRAME_MESSAGE, "b");
    ck_assert(!frames_are_waiting(&frames)); /* a part of one */
    expect(FRAME_END, NULL);
    frames_free(&frames);
    begin("Content-Length: 1\r\n\r\na\r\n\r\n", 1000);
    expect(FRAME_MESSAGE, "a");
    ck_assert(frames_are_waiting(&frames)); /* for an error */
    frames_free(&frames);
}
END_TEST

START_TEST(a_message_goes_out_with_its_length)
{
    begin("", 1);
    ck_assert(frame_write(&stream, "{\"a\"}", 5));
    static const char expected[] = "Content-Length: 5\r\n\r\n{\"a\"}";
    ck_assert_uint_eq(script.n_written, sizeof expected - 1);
    ck_assert(!memcmp(script.written, expected, script.n_written));
    ck_assert(!frame_write(&stream, script.written, sizeof script.written));
    frames_free(&frames);
}
END_TEST

int main(void) {
    return run_suites(suite_of("frames", messages_come_out_whole_in_whatever_pieces_they_come_in,
                               what_is_no_header_is_stepped_over_to_the_next_empty_line,
                               a_header_without_an_end_takes_no_memory,
                               a_message_that_is_whole_is_waiting_though_the_stream_is_not_ready,
                               a_message_goes_out_with_its_length, NULL),
                      NULL);
}
