/* SPDX-License-Identifier: MIT */
#include "uri.h"

#include <string.h>

static int hex_of(char digit) {
    return digit >= '0' && digit <= '9'   ? digit - '0'
           : digit >= 'a' && digit <= 'f' ? digit - 'a' + 10
           : digit >= 'A' && digit <= 'F' ? digit - 'A' + 10
                                          : -1;
}

/* Copies [from, to), with %XX undone. */
static bool take(const char *from, const char *to, char *out, size_t room) {
    size_t n = 0;
    for (; from < to; from++) {
        char byte = *from;
        if (byte == '%') {
            if (to - from < 3 || hex_of(from[1]) < 0 || hex_of(from[2]) < 0)
                return false;
            byte = (char)(hex_of(from[1]) << 4 | hex_of(from[2]));
            from += 2;
        }
        if (n + 1 >= room || !byte)
            return false;
        out[n++] = byte;
    }
    out[n] = '\0';
    return true;
}

static bool number(const char *from, const char *to, int most, int *out) {
    int value = 0;
    if (from == to)
        return false;
    for (; from < to; from++) {
        if (*from < '0' || *from > '9' || value > most)
            return false;
        value = value * 10 + (*from - '0');
    }
    *out = value;
    return value <= most;
}

enum { MOST_PORT = 65535, MOST_DB = 1 << 20 };

static bool take_port(const char *from, const char *to, int *out) {
    return number(from, to, MOST_PORT, out) && *out > 0;
}

static bool take_pair(const char *from, const char *to, struct t87s__redis_uri *out, bool may_name_db) {
    static const char db[] = "db=", master[] = "master=";
    const size_t size = (size_t)(to - from);
    if (may_name_db && size >= sizeof db - 1 && !memcmp(from, db, sizeof db - 1))
        return number(from + sizeof db - 1, to, MOST_DB, &out->db);
    return size >= sizeof master && !memcmp(from, master, sizeof master - 1) &&
           take(from + sizeof master - 1, to, out->master, sizeof out->master);
}

/* NAME=VALUE, several with & between. */
static bool take_query(const char *from, struct t87s__redis_uri *out, bool may_name_db) {
    const size_t size = strcspn(from, "&");
    if (!take_pair(from, from + size, out, may_name_db))
        return false;
    return !from[size] || take_pair(from + size + 1, from + strlen(from), out, may_name_db);
}

/* [user:password@]host[:port][/db][?master=NAME] */
static bool take_tcp(const char *at, struct t87s__redis_uri *out) {
    const char *end = at + strlen(at), *slash = strchr(at, '/'), *account = NULL, *colon = NULL, *bracket = NULL;
    const char *query = strchr(slash ? slash : at, '?');
    if (query && !strchr(query, '@')) { /* else it is part of the password */
        if (!take_query(query + 1, out, false))
            return false;
        end = query;
    }
    if (slash && slash + 1 < end && !number(slash + 1, end, MOST_DB, &out->db))
        return false;
    if (slash)
        end = slash;
    for (const char *seek = at; seek < end; seek++)
        if (*seek == '@')
            account = seek; /* the last: a password may hold one */
    if (account) {
        const char *colon_of_user = strchr(at, ':');
        if (!colon_of_user || colon_of_user > account || !take(at, colon_of_user, out->user, sizeof out->user) ||
            !take(colon_of_user + 1, account, out->password, sizeof out->password))
            return false;
        at = account + 1;
    }
    if (*at == '[')
        bracket = strchr(at, ']');
    if (*at == '[' && (!bracket || bracket > end))
        return false;
    for (const char *seek = bracket ? bracket : at; seek < end; seek++)
        if (*seek == ':')
            colon = seek;
    if (colon && !take_port(colon + 1, end, &out->port))
        return false;
    if (colon)
        end = colon;
    if (bracket)
        return take(at + 1, bracket, out->host, sizeof out->host) && bracket + 1 == end && *out->host;
    return take(at, end, out->host, sizeof out->host) && *out->host;
}

static bool take_unix(const char *at, struct t87s__redis_uri *out) {
    const char *end = at + strlen(at), *query = strchr(at, '?');
    if (query && !take_query(query + 1, out, true))
        return false;
    return take(at, query ? query : end, out->path, sizeof out->path) && out->path[0] == '/' && out->path[1];
}

bool t87s__redis_uri_parse(const char *text, struct t87s__redis_uri *out) {
    static const char tcp[] = "redis://", socket[] = "unix://";
    *out = (struct t87s__redis_uri){.port = 6379};
    if (!text)
        text = "redis://127.0.0.1:6379";
    if (strchr(text, ',')) /* several; one that belongs to a name or a password is written %2C */
        return false;
    if (!strncmp(text, tcp, sizeof tcp - 1))
        return take_tcp(text + sizeof tcp - 1, out);
    return !strncmp(text, socket, sizeof socket - 1) && take_unix(text + sizeof socket - 1, out);
}
