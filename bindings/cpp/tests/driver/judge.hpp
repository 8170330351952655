// The questions that need no world: what a policy says of a password, and what is wrong with a policy.
#ifndef KOULING_TESTS_JUDGE_HPP
#define KOULING_TESTS_JUDGE_HPP

#include <kouling.hpp>

#include "wire.hpp"

// A policy as a command names it: `preset` or `text`, and which.
kouling::result<kouling::policy> policy_named(command& command);

void judge(command& command, answer& answer, const kouling::contract& contract);
void load_policy(command& command, answer& answer);

#endif
