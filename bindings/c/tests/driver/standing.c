#include "standing.h"

#include "evaluate.h"

static kouling_status decide(struct command *command, const struct kouling_policy *policy,
                             struct kouling_decision **decision, struct kouling_report *report) {
    struct kouling_text call = next_text(command), accepts = next_text(command);
    int64_t now = next_number(command);
    struct kouling_text account = next_text(command);
    if (is(call, "standing")) return kouling_policy_standing(policy, account, now, decision, report);
    if (is(call, "sign_in_failed")) return kouling_policy_sign_in_failed(policy, account, now, decision, report);
    kouling_accepts answer = is(accepts, "") ? KOULING_ACCEPTS_UNKNOWN
                             : is(accepts, "1") ? KOULING_ACCEPTS_YES
                                                : KOULING_ACCEPTS_NO;
    return kouling_policy_signed_in(policy, account, answer, now, decision, report);
}

static void put_decision(struct answer *answer, const struct kouling_decision *decision, struct kouling_text stored,
                         struct kouling_report *report) {
    put_word(answer, "decided");
    put(answer, kouling_decision_code(decision));
    put_number(answer, (uint64_t)kouling_decision_value(decision));
    put_number(answer, kouling_decision_permits_session(decision));
    put_number(answer, kouling_decision_refuses_sign_in(decision));
    size_t count = kouling_decision_effect_count(decision);
    put_number(answer, count);
    for (size_t i = 0; i < count; i++) put(answer, kouling_decision_effect(decision, i));
    put(answer, kouling_decision_message(decision, kouling_text_of("en")));
    put(answer, kouling_decision_message(decision, kouling_text_of("zh")));
    put(answer, kouling_decision_message(decision, kouling_text_of("zh-TW")));
    struct kouling_text json, after;
    if (kouling_decision_json(decision, kouling_text_of("en"), &json, report) != KOULING_STATUS_OK)
        put_failure(answer, "no JSON", report);
    put(answer, json);
    if (kouling_decision_account(decision, stored, &after, report) != KOULING_STATUS_OK)
        put_failure(answer, "no account", report);
    put(answer, after);
}

void standing(struct command *command, struct answer *answer, struct kouling_report *report) {
    const struct kouling_policy *policy = policy_named(command, report);
    struct kouling_decision *decision = NULL;
    kouling_status status = decide(command, policy, &decision, report);
    if (status == KOULING_STATUS_OK) {
        put_decision(answer, decision, command->fields[command->next - 1], report);
    } else {
        put_word(answer, "not_decided");
        put_number(answer, status);
        put(answer, kouling_report_code(report, 0));
        put(answer, kouling_report_message(report, 0));
    }
    kouling_decision_free(decision);
    kouling_policy_free(policy);
}
