/* The questions that need no world: what a policy says of a password, and what is wrong with a policy. */
#ifndef KOULING_TESTS_JUDGE_H
#define KOULING_TESTS_JUDGE_H

#include "wire.h"

/* A policy as a command names it: `preset` or `text`, and which; NULL where it does not load. */
const struct kouling_policy *policy_named(struct command *command, struct kouling_report *report);

void judge(struct command *command, struct answer *answer, const struct kouling_contract *contract,
           struct kouling_report *report);
void load_policy(struct command *command, struct answer *answer, struct kouling_report *report);

#endif
