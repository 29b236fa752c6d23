/* SPDX-License-Identifier: MIT
 *
 * For bash: one function that finds the verb, looks up what may stand at the cursor, and asks compgen for it. Needs no
 * bash-completion, and works with bash 3.2.
 */
#include "completion.h"

static const char head[] = "# Completes t87sc in bash. Written by `t87sc completion bash`.\n"
                           "\n"
                           "# Offers what compgen makes of its arguments and the word at the cursor.\n"
                           "_t87sc_offer() {\n"
                           "    local reply\n"
                           "    while IFS= read -r reply; do\n"
                           "        COMPREPLY+=(\"$reply\")\n"
                           "    done < <(compgen \"$@\" -- \"$cur\")\n"
                           "}\n"
                           "\n"
                           "_t87sc() {\n"
                           "    local cur=${COMP_WORDS[COMP_CWORD]} prev=${COMP_WORDS[COMP_CWORD - 1]}\n"
                           "    local verb='' dashes='' offer='' words='' value='' options='' i\n"
                           "    COMPREPLY=()\n"
                           "    # In --option=value the = is a word of its own.\n"
                           "    if [[ $cur == = ]]; then\n"
                           "        cur=''\n"
                           "    elif [[ $prev == = ]]; then\n"
                           "        prev=${COMP_WORDS[COMP_CWORD - 2]}\n"
                           "    fi\n"
                           "    for ((i = 1; i < COMP_CWORD; i++)); do\n"
                           "        case ${COMP_WORDS[i]} in\n"
                           "        --) dashes=yes ;;\n"
                           "        -*) ;;\n"
                           "        *) verb=${verb:-${COMP_WORDS[i]}} ;;\n"
                           "        esac\n"
                           "    done\n"
                           "\n"
                           "    case $verb in\n";

static const char tail[] = "    esac\n"
                           "\n"
                           "    if [[ ! $dashes && $value ]]; then\n"
                           "        offer=$value\n"
                           "    elif [[ ! $dashes && $cur == -* ]]; then\n"
                           "        offer=words words=$options\n"
                           "    fi\n"
                           "    case $offer in\n"
                           "    words) _t87sc_offer -W \"$words\" ;;\n"
                           "    folder)\n"
                           "        compopt -o filenames 2>/dev/null\n"
                           "        _t87sc_offer -d\n"
                           "        ;;\n"
                           "    file)\n"
                           "        compopt -o filenames 2>/dev/null\n"
                           "        _t87sc_offer -f\n"
                           "        ;;\n"
                           "    schema)\n"
                           "        compopt -o filenames 2>/dev/null\n"
                           "        _t87sc_offer -d\n"
                           "        _t87sc_offer -f -X '!*.tags'\n"
                           "        ;;\n"
                           "    esac\n"
                           "}\n"
                           "\n"
                           "complete -F _t87sc t87sc\n";

static void append_rules(struct text *out) {
    for (size_t i = 0; i < DIAG_N_CODES; i++)
        text_printf(out, "%s%s", i ? " " : "", diag_rule((enum diag_code)i)->id);
}

static void append_warnings(struct text *out) {
    text_append(out, "all none");
    for (size_t i = 0; i < DIAG_N_CODES; i++) {
        const struct diag_rule *rule = diag_rule((enum diag_code)i);
        if (diag_is_switchable(rule))
            text_printf(out, " %s no-%s", rule->name, rule->name);
    }
}

static void append_options(struct text *out, const struct verb *verb) {
    const char *between = "";
    text_append(out, "        options='");
    for (const struct option *option = options_table; option->name; option++) {
        if (!option_belongs(option, verb))
            continue;
        text_printf(out, "%s%s", between, option->name);
        between = " ";
    }
    text_append(out, "'\n");
}

static void append_values(struct text *out, const struct verb *verb) {
    bool any = false;
    for (const struct option *option = options_table; option->name; option++) {
        if (!option->argument || !option_belongs(option, verb))
            continue;
        if (!any)
            text_append(out, "        case $prev in\n");
        any = true;
        text_printf(out, "        %s) value=", option->name);
        switch (offer_of_option(option)) {
        case OFFER_WORDS:
            text_printf(out, "words words='%s'", option->words);
            break;
        case OFFER_FILE:
            text_append(out, "'file'");
            break;
        case OFFER_FOLDER:
            text_append(out, "'folder'");
            break;
        case OFFER_SCHEMA:
            text_append(out, "'schema'");
            break;
        case OFFER_WARNING:
            text_append(out, "words words='");
            append_warnings(out);
            text_append(out, "'");
            break;
        default:
            text_append(out, "'nothing'");
            break;
        }
        text_append(out, " ;;\n");
    }
    if (any)
        text_append(out, "        esac\n");
}

static void append_arguments(struct text *out, const struct verb *verb) {
    switch (offer_of_verb(verb)) {
    case OFFER_SCHEMA:
        text_append(out, "        offer=schema\n");
        break;
    case OFFER_RULE:
        text_append(out, "        offer=words words='");
        append_rules(out);
        text_append(out, "'\n");
        break;
    case OFFER_WORDS:
        text_append(out, "        offer=words words='");
        append_verb_words(out, verb);
        text_append(out, "'\n");
        break;
    default:
        break;
    }
}

void complete_bash(struct text *out) {
    text_append(out, head);
    text_append(out, "    '')\n        offer=words words='");
    for (const struct verb *verb = verbs; verb->name; verb++)
        text_printf(out, "%s%s", verb == verbs ? "" : " ", verb->name);
    text_append(out, "'\n");
    append_options(out, NULL);
    text_append(out, "        ;;\n");
    for (const struct verb *verb = verbs; verb->name; verb++) {
        text_printf(out, "    %s)\n", verb->name);
        append_arguments(out, verb);
        append_options(out, verb);
        append_values(out, verb);
        text_append(out, "        ;;\n");
    }
    text_append(out, tail);
}
