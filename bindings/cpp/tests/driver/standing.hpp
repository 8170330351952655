// The command `standing`: whether the password of an account can be used.
#ifndef KOULING_TESTS_STANDING_HPP
#define KOULING_TESTS_STANDING_HPP

#include <kouling.hpp>

#include "wire.hpp"

void standing(command& command, answer& answer);

#endif
