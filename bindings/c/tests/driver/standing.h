/* The command `standing`: whether the password of an account can be used. */
#ifndef KOULING_TESTS_STANDING_H
#define KOULING_TESTS_STANDING_H

#include "wire.h"

void standing(struct command *command, struct answer *answer, struct kouling_report *report);

#endif
