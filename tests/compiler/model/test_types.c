/* SPDX-License-Identifier: MIT
 *
 * A type of another language gets the name that it has here.
 */
#include <stdio.h>

#include "load_text.h"
#include "suites.h"

static const struct {
    const char *name, *here;
} types[] = {
    {"int", "i32"},      {"long", "i64"},     {"int32_t", "i32"},  {"int64_t", "i64"}, {"uint32_t", "u32"},
    {"uint64_t", "u64"}, {"size_t", "u64"},   {"unsigned", "u32"}, {"string", "str"},  {"text", "str"},
    {"char", "str"},     {"boolean", "bool"}, {"_Bool", "bool"},
};

enum { N_TYPES = sizeof types / sizeof types[0] };

static void expect_here(const char *schema, size_t type, const char *here) {
    char text[200], message[100], help[100];
    snprintf(text, sizeof text, schema, types[type].name);
    snprintf(message, sizeof message, "unknown type '%s'", types[type].name);
    snprintf(help, sizeof help, here, types[type].here);
    expect_letter(text, "T0202", message, help);
}

START_TEST(a_parameter_and_a_value_get_the_name)
{
    for (size_t i = 0; i < N_TYPES; i++) {
        expect_here("schema s; root { a: Static; } cached q(key x: %s) -> u64 tagged a;", i, "write '%s'");
        expect_here("schema s; root { a: Static; } cached q() -> %s tagged a;", i, "write '%s'");
    }
}
END_TEST

START_TEST(a_wild_gets_the_name_if_it_can_be_of_that_type)
{
    for (size_t i = 0; i < N_TYPES; i++)
        expect_here("schema s; root { a: Wild(x: %s); }", i,
                    types[i].here[0] == 'b' ? "%s is a type of parameters; an enum of two items can be a wild"
                                            : "write '%s'");
}
END_TEST

START_TEST(an_enum_may_have_such_a_name)
{ expect_fine("schema s; enum text { a } root { w: Wild(x: text); } cached q(x: text) -> text tagged w(x);"); }
END_TEST

START_TEST(another_c_type_is_a_struct_or_a_codec)
{
    expect_letter("schema s; root { a: Static; } cached q() -> user tagged a;", "T0202", "unknown type 'user'",
                  "a C type is written 'struct user' or 'codec user'");
}
END_TEST

int main(void) {
    return run_suites(suite_of("names of types elsewhere", a_parameter_and_a_value_get_the_name,
                               a_wild_gets_the_name_if_it_can_be_of_that_type, an_enum_may_have_such_a_name,
                               another_c_type_is_a_struct_or_a_codec, NULL),
                      NULL);
}
