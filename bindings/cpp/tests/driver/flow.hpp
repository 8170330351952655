// The commands of the reset flow: each a request as a server has it, put through the flow with what the host looks up.
#ifndef KOULING_TESTS_FLOW_HPP
#define KOULING_TESTS_FLOW_HPP

#include "host.hpp"

// Carries out a command of this name.
void run_flow(world& world, std::string_view name, command& command, answer& answer);

#endif
