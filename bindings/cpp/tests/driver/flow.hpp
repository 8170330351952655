// The commands of the reset flow: each is a request as a server receives it, passed through the flow.
#ifndef KOULING_TESTS_FLOW_HPP
#define KOULING_TESTS_FLOW_HPP

#include "host.hpp"

// Runs the command of this name.
void run_flow(world& world, std::string_view name, command& command, answer& answer);

#endif
