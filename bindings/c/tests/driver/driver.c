/* Evaluates the vectors through the C API: a command on stdin, an answer on stdout. See protocol.md. */
#include "flow.h"
#include "evaluate.h"
#include "standing.h"

#include <limits.h>
#include <stdlib.h>

static void version(struct answer *answer) {
    put_word(answer, "version");
    put_number(answer, KOULING_ABI);
    put_number(answer, kouling_abi());
    put(answer, kouling_version());
}

static void begin_world(struct world *world, struct command *command, struct answer *answer,
                        const struct kouling_contract *contract, struct kouling_report *report) {
    world_end(world);
    if (world_begin(world, policy_named(command, report), contract, report)) put_word(answer, "ok");
    else put_failure(answer, "no world", report);
}

/* Errors that a sanitizer must detect. */
static void break_something(struct command *command, struct answer *answer) {
    struct kouling_text what = next_text(command);
    char *volatile bytes = memory(NULL, 16);
    volatile int greatest = INT_MAX;
    if (is(what, "overflow")) bytes[16] = 1;
    if (is(what, "undefined")) greatest = greatest + 1;
    if (!is(what, "leak")) free(bytes);
    bytes = NULL;
    put_word(answer, "ok");
}

static const struct {
    const char *name;
    void (*run)(struct world *world, struct command *command, struct answer *answer);
} FLOW[] = {
    {"account", flow_account},
    {"send", flow_send},
    {"redeem", flow_redeem},
    {"change", flow_change},
    {"captcha", flow_captcha},
    {"verify-captcha", flow_verify_captcha},
    {"codes", flow_codes},
    {"wait", flow_wait},
    {"sign-in", flow_sign_in},
};

static void run_flow(struct world *world, struct kouling_text name, struct command *command, struct answer *answer) {
    for (size_t i = 0; i < sizeof FLOW / sizeof *FLOW; i++) {
        if (!is(name, FLOW[i].name)) continue;
        if (world->policy) FLOW[i].run(world, command, answer);
        else put_failure(answer, "there is no world", NULL);
        return;
    }
    put_failure(answer, "no such command", NULL);
}

int main(void) {
    const struct kouling_contract *contract = NULL;
    struct kouling_report *report = NULL;
    struct world world = {0};
    struct command command;
    if (kouling_report_new(&report) != KOULING_STATUS_OK) fault("no report");
    if (kouling_contract_built_in(kouling_text_of("idaas-ciam"), &contract, report) != KOULING_STATUS_OK) fault("no contract");
    while (command_read(&command)) {
        struct answer answer = {0};
        struct kouling_text name = next_text(&command);
        if (is(name, "version")) version(&answer);
        else if (is(name, "evaluate")) evaluate(&command, &answer, contract, report);
        else if (is(name, "standing")) standing(&command, &answer, report);
        else if (is(name, "policy")) load_policy(&command, &answer, report);
        else if (is(name, "select")) select_policy(&command, &answer, report);
        else if (is(name, "world")) begin_world(&world, &command, &answer, contract, report);
        else if (is(name, "break")) break_something(&command, &answer);
        else run_flow(&world, name, &command, &answer);
        answer_send(&answer);
        command_free(&command);
    }
    world_end(&world);
    kouling_contract_free(contract);
    kouling_report_free(report);
    return 0;
}
