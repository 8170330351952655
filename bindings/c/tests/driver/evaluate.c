#include "evaluate.h"

#include <stdlib.h>

const struct kouling_policy *policy_named(struct command *command, struct kouling_report *report) {
    const struct kouling_policy *policy = NULL;
    struct kouling_text kind = next_text(command), text = next_text(command);
    kouling_status status = is(kind, "preset") ? kouling_policy_preset(text, &policy, report)
                                         : kouling_policy_parse(text, &policy, report);
    return status == KOULING_STATUS_OK ? policy : NULL;
}

/* The facts of a command: all fields after the password. */
static struct kouling_facts *facts_of(struct command *command, int64_t now) {
    struct kouling_facts *facts = NULL;
    bool good = kouling_facts_new(now, &facts) == KOULING_STATUS_OK;
    bool has_current = next_flag(command);
    struct kouling_text current = next_text(command);
    if (has_current) good = good && kouling_facts_set_current(facts, current) == KOULING_STATUS_OK;
    bool is_change = command->fields[command->next].length != 0;
    int64_t password_set = is_change ? next_number(command) : 0;
    if (!is_change) next_text(command);
    if (is_change) good = good && kouling_facts_set_password_set(facts, password_set) == KOULING_STATUS_OK;
    for (size_t left = next_count(command); left; left--) {
        struct kouling_text name = next_text(command), value = next_text(command);
        good = good && kouling_facts_add_attribute(facts, name, value) == KOULING_STATUS_OK;
    }
    for (size_t left = next_count(command); left; left--) {
        struct kouling_text hash = next_text(command);
        bool dated = command->fields[command->next].length != 0;
        int64_t at = dated ? next_number(command) : 0;
        if (!dated) next_text(command);
        good = good && kouling_facts_add_previous(facts, hash, dated ? &at : NULL) == KOULING_STATUS_OK;
    }
    if (good) return facts;
    kouling_facts_free(facts);
    return NULL;
}

static void put_numbers(struct answer *answer, const struct kouling_outcome *outcome, size_t index) {
    size_t count = kouling_outcome_number_count(outcome, KOULING_LIST_VIOLATIONS, index);
    put_number(answer, count);
    for (size_t number = 0; number < count; number++) {
        struct kouling_text name;
        uint64_t value;
        if (kouling_outcome_number(outcome, KOULING_LIST_VIOLATIONS, index, number, &name, &value) != KOULING_STATUS_OK)
            put_failure(answer, "a number cannot be read", NULL);
        put(answer, name);
        put_number(answer, value);
    }
}

static void put_codes(struct answer *answer, const struct kouling_outcome *outcome, kouling_list list) {
    size_t count = kouling_outcome_count(outcome, list);
    put_number(answer, count);
    for (size_t i = 0; i < count; i++) put(answer, kouling_outcome_code(outcome, list, i));
}

static void put_outcome(struct answer *answer, const struct kouling_outcome *outcome,
                        const struct kouling_contract *contract) {
    put_word(answer, "evaluated");
    put_number(answer, kouling_outcome_accepted(outcome));
    size_t count = kouling_outcome_count(outcome, KOULING_LIST_VIOLATIONS);
    put_number(answer, count);
    for (size_t i = 0; i < count; i++) {
        put(answer, kouling_outcome_code(outcome, KOULING_LIST_VIOLATIONS, i));
        put(answer, kouling_outcome_rule(outcome, KOULING_LIST_VIOLATIONS, i));
        put(answer, kouling_outcome_message(outcome, KOULING_LIST_VIOLATIONS, i, kouling_text_of("en")));
        put(answer, kouling_outcome_message(outcome, KOULING_LIST_VIOLATIONS, i, kouling_text_of("zh")));
        put(answer, kouling_outcome_message(outcome, KOULING_LIST_VIOLATIONS, i, kouling_text_of("zh-TW")));
        put(answer, kouling_outcome_contract_code(outcome, KOULING_LIST_VIOLATIONS, i, contract));
        put_numbers(answer, outcome, i);
    }
    static const kouling_list lists[] = {KOULING_LIST_WARNINGS, KOULING_LIST_NOTES};
    for (size_t list = 0; list < 2; list++) put_codes(answer, outcome, lists[list]);
}

/* The JSON and the explanation must agree with the outcome. */
static void compare_ways(struct answer *answer, const struct kouling_outcome *outcome,
                         const struct kouling_policy *policy, struct kouling_text password,
                         const struct kouling_facts *facts, const struct kouling_contract *contract,
                         struct kouling_report *report) {
    bool accepted = kouling_outcome_accepted(outcome);
    const char *said = accepted ? "\"accepted\":true" : "\"accepted\":false";
    struct kouling_text json, language = kouling_text_of("zh-CN");
    if (kouling_outcome_json(outcome, language, contract, &json, report) != KOULING_STATUS_OK || !holds_text(json, said))
        put_failure(answer, "the JSON differs from the outcome", report);
    struct kouling_outcome *explained = NULL;
    if (kouling_policy_explain(policy, password, facts, language, contract, &explained, &json, report) != KOULING_STATUS_OK ||
        kouling_outcome_accepted(explained) != accepted || !holds_text(json, said) ||
        kouling_outcome_count(explained, KOULING_LIST_VIOLATIONS) < kouling_outcome_count(outcome, KOULING_LIST_VIOLATIONS))
        put_failure(answer, "the explanation differs from the outcome", report);
    kouling_outcome_free(explained);
}

void evaluate(struct command *command, struct answer *answer, const struct kouling_contract *contract,
           struct kouling_report *report) {
    const struct kouling_policy *policy = policy_named(command, report);
    int64_t now = next_number(command);
    struct kouling_text password = next_text(command);
    struct kouling_facts *facts = facts_of(command, now);
    struct kouling_outcome *outcome = NULL;
    if (!policy) {
        put_failure(answer, "the policy does not load", report);
    } else if (!facts) {
        put_failure(answer, "the facts are refused", NULL);
    } else {
        kouling_status status = kouling_policy_evaluate(policy, password, facts, &outcome, report);
        if (status == KOULING_STATUS_OK) {
            put_outcome(answer, outcome, contract);
            compare_ways(answer, outcome, policy, password, facts, contract, report);
        } else {
            put_word(answer, "not_evaluated");
            put_number(answer, status);
            put(answer, kouling_report_code(report, 0));
        }
    }
    kouling_outcome_free(outcome);
    kouling_facts_free(facts);
    kouling_policy_free(policy);
}

static kouling_status load_from_memory(struct command *command, struct kouling_text path,
                                 const struct kouling_policy_set **set, struct kouling_report *report) {
    /* Without a function, only the added files are available. */
    struct kouling_source source = {.struct_size = sizeof source};
    struct kouling_loader *loader = NULL;
    kouling_status status = kouling_loader_new(&loader);
    if (status == KOULING_STATUS_OK) status = kouling_loader_set_source(loader, &source, report);
    for (size_t left = next_count(command); left; left--) {
        struct kouling_text name = next_text(command), bytes = next_text(command);
        if (status == KOULING_STATUS_OK) status = kouling_loader_add_file(loader, name, bytes, report);
    }
    if (status == KOULING_STATUS_OK) status = kouling_loader_load_set(loader, path, set, report);
    kouling_loader_free(loader);
    return status;
}

void load_policy(struct command *command, struct answer *answer, struct kouling_report *report) {
    const struct kouling_policy_set *set = NULL;
    kouling_status status;
    struct kouling_text place = next_text(command), path = next_text(command);
    if (is(place, "memory")) status = load_from_memory(command, path, &set, report);
    else status = kouling_policy_set_load(path, &set, report);
    if ((status == KOULING_STATUS_OK) != (set != NULL)) put_failure(answer, "the policy and the status do not agree", report);
    put_word(answer, "policy");
    put_number(answer, status);
    size_t count = kouling_report_count(report);
    put_number(answer, count);
    for (size_t i = 0; i < count; i++) {
        put(answer, kouling_report_file(report, i));
        put_number(answer, kouling_report_line(report, i));
        put_number(answer, kouling_report_column(report, i));
        put(answer, kouling_report_code(report, i));
        put(answer, kouling_report_message(report, i));
        put(answer, kouling_report_help(report, i));
    }
    kouling_policy_set_free(set);
}

void select_policy(struct command *command, struct answer *answer, struct kouling_report *report) {
    const struct kouling_policy_set *set = NULL;
    const struct kouling_policy *policy = NULL;
    struct kouling_facts *facts = NULL;
    struct kouling_outcome *outcome = NULL;
    struct kouling_text path = next_text(command);
    kouling_status status = load_from_memory(command, path, &set, report);
    int64_t now = next_number(command);
    if (status == KOULING_STATUS_OK) status = kouling_facts_new(now, &facts);
    for (size_t left = next_count(command); left; left--) {
        struct kouling_text name = next_text(command), value = next_text(command);
        if (status == KOULING_STATUS_OK) status = kouling_facts_add_attribute(facts, name, value);
    }
    struct kouling_text password = next_text(command);
    if (status == KOULING_STATUS_OK) status = kouling_policy_set_select(set, facts, &policy, report);
    if (status == KOULING_STATUS_OK) status = kouling_policy_evaluate(policy, password, facts, &outcome, report);
    if (status == KOULING_STATUS_OK) {
        static const kouling_list lists[] = {KOULING_LIST_VIOLATIONS, KOULING_LIST_WARNINGS};
        put_word(answer, "selected");
        put(answer, kouling_policy_population(policy));
        for (size_t list = 0; list < 2; list++) put_codes(answer, outcome, lists[list]);
    } else {
        put_word(answer, "not_selected");
        put(answer, kouling_report_code(report, 0));
    }
    kouling_outcome_free(outcome);
    kouling_policy_free(policy);
    kouling_facts_free(facts);
    kouling_policy_set_free(set);
}
