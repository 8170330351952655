// The commands without a world: the evaluation of a password, and the errors of a policy.
#ifndef KOULING_TESTS_EVALUATE_HPP
#define KOULING_TESTS_EVALUATE_HPP

#include <kouling.hpp>

#include "wire.hpp"

// The policy that a command names: `preset` or `text`, and its name or text.
kouling::result<kouling::policy> policy_named(command& command);

void evaluate(command& command, answer& answer, const kouling::contract& contract);
void load_policy(command& command, answer& answer);
void select_policy(command& command, answer& answer);

#endif
