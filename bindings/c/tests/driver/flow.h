/* The commands of the reset flow: each is a request as a server receives it, passed through the flow. */
#ifndef KOULING_TESTS_FLOW_H
#define KOULING_TESTS_FLOW_H

#include "host.h"

void flow_account(struct world *world, struct command *command, struct answer *answer);
void flow_send(struct world *world, struct command *command, struct answer *answer);
void flow_redeem(struct world *world, struct command *command, struct answer *answer);
void flow_change(struct world *world, struct command *command, struct answer *answer);
void flow_captcha(struct world *world, struct command *command, struct answer *answer);
void flow_verify_captcha(struct world *world, struct command *command, struct answer *answer);
void flow_codes(struct world *world, struct command *command, struct answer *answer);
void flow_wait(struct world *world, struct command *command, struct answer *answer);
void flow_sign_in(struct world *world, struct command *command, struct answer *answer);

#endif
