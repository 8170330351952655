/* The commands without a world: the evaluation of a password, and the errors of a policy. */
#ifndef KOULING_TESTS_EVALUATE_H
#define KOULING_TESTS_EVALUATE_H

#include "wire.h"

/* The policy that a command names: `preset` or `text`, and its name or text; NULL if it does not load. */
const struct kouling_policy *policy_named(struct command *command, struct kouling_report *report);

void evaluate(struct command *command, struct answer *answer, const struct kouling_contract *contract,
           struct kouling_report *report);
void load_policy(struct command *command, struct answer *answer, struct kouling_report *report);
void select_policy(struct command *command, struct answer *answer, struct kouling_report *report);

#endif
