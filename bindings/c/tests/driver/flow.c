#include "flow.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { RANDOM_BYTES = 80, PLACE = 237 };

static struct kouling_caller next_caller(struct command *command) {
    struct kouling_caller caller = {.struct_size = sizeof caller};
    caller.system = next_text(command);
    caller.fingerprint = next_text(command);
    caller.agent = next_text(command);
    caller.client = next_text(command);
    caller.client_is_registered = next_flag(command);
    return caller;
}

static kouling_channel next_channel(struct command *command) {
    return is(next_text(command), "email") ? KOULING_CHANNEL_EMAIL : KOULING_CHANNEL_MOBILE;
}

/* The identifier of the account with a user name; empty if the user name is. */
static struct kouling_text identifier(struct world *world, struct kouling_text username) {
    if (!username.length) return username;
    char *id = memory(NULL, username.length + 3);
    memcpy(id, "id-", 3);
    memcpy(id + 3, username.data, username.length);
    struct kouling_text text = {id, username.length + 3}, kept = keep(world, text);
    free(id);
    return kept;
}

static void put_answer(struct answer *answer, const struct kouling_response *wire, struct kouling_text token) {
    put_word(answer, "answer");
    put_number(answer, wire->status);
    put(answer, wire->code);
    put(answer, wire->message);
    if (wire->has_retry_after) put_number(answer, wire->retry_after);
    else put_word(answer, "");
    put(answer, token);
}

static void put_done(struct answer *answer, struct kouling_text token) {
    struct kouling_response done = {.struct_size = sizeof done, .status = 200};
    put_answer(answer, &done, token);
}

/* An error that the host detects itself. */
static void put_refusal(struct world *world, struct answer *answer, struct kouling_text language, const char *name) {
    struct kouling_response wire = {.struct_size = sizeof wire};
    struct kouling_text nothing = {NULL, 0};
    if (kouling_contract_response(world->contract, kouling_text_of(name), language, &wire, world->report) == KOULING_STATUS_OK)
        put_answer(answer, &wire, nothing);
    else
        put_failure(answer, name, world->report);
}

/* A refused step, or one that could not be evaluated. Its effects are applied nevertheless. */
static void put_step(struct world *world, struct answer *answer, struct kouling_text language,
                     const struct kouling_step *step) {
    struct kouling_response wire = {.struct_size = sizeof wire};
    struct kouling_text nothing = {NULL, 0};
    if (!apply(world, kouling_step_effects(step))) put_failure(answer, "the effects of a refusal have a condition", NULL);
    if (!kouling_step_code(step).length) put_failure(answer, "a refusal without a code", NULL);
    if (kouling_step_response(step, world->contract, language, &wire, world->report) != KOULING_STATUS_OK)
        put_failure(answer, "no response", world->report);
    if (wire.has_retry_after && wire.retry_after != kouling_step_retry_after(step) && kouling_step_retry_after(step))
        put_failure(answer, "the step and its response have different times", NULL);
    put_answer(answer, &wire, nothing);
}

static struct kouling_sending *sending(struct world *world, const struct kouling_caller *caller, kouling_purpose purpose,
                                       kouling_channel channel, struct kouling_text address, struct kouling_text token) {
    struct kouling_send_request request = {.struct_size = sizeof request, .caller = caller, .purpose = purpose,
                                           .channel = channel, .address = address, .captcha_token = token};
    struct kouling_sending *begun = NULL;
    request.client_ip = kouling_text_of("192.0.2.1");
    if (kouling_sending_new(world->policy, &request, &begun, world->report) != KOULING_STATUS_OK) fault("kouling_sending_new failed");
    return begun;
}

static struct kouling_step *decide(struct world *world, const struct kouling_sending *begun) {
    unsigned char randomness[RANDOM_BYTES];
    struct kouling_step *step = NULL;
    draw(world, randomness, sizeof randomness);
    struct kouling_text bytes = {(const char *)randomness, sizeof randomness};
    if (kouling_sending_decide(begun, world->keys, world->now, bytes, &step, world->report) != KOULING_STATUS_OK)
        fault("kouling_sending_decide failed");
    return step;
}

/* The caller is checked first: a request for a code without an address says whether it is accepted. */
static bool caller_is_good(struct world *world, const struct kouling_caller *caller, struct kouling_text language,
                           struct answer *answer) {
    struct kouling_text nothing = {NULL, 0};
    struct kouling_sending *begun =
        sending(world, caller, KOULING_PURPOSE_FORGOT_PASSWORD, KOULING_CHANNEL_EMAIL, nothing, nothing);
    struct kouling_step *step = decide(world, begun);
    bool good = is(kouling_step_code(step), "reset.email_missing");
    if (!good) put_step(world, answer, language, step);
    kouling_step_free(step);
    kouling_sending_free(begun);
    return good;
}

/* The normalized address, by which accounts are looked up. */
static struct kouling_text normalised(struct world *world, kouling_channel channel, struct kouling_text address) {
    struct kouling_caller nobody = {.struct_size = sizeof nobody};
    struct kouling_text nothing = {NULL, 0};
    struct kouling_sending *begun = sending(world, &nobody, KOULING_PURPOSE_FORGOT_PASSWORD, channel, address, nothing);
    struct kouling_text kept = keep(world, kouling_sending_address(begun));
    kouling_sending_free(begun);
    return kept;
}

void flow_account(struct world *world, struct command *command, struct answer *answer) {
    struct account *account = add(&world->store, ACCOUNTS);
    account->username = keep(world, next_text(command));
    account->name = keep(world, next_text(command));
    account->id = identifier(world, account->username);
    for (int number = 0; number < CHANNELS; number++) {
        kouling_channel channel = (kouling_channel)number;
        account->on_record[channel] = keep(world, next_text(command));
        account->normalised[channel] = normalised(world, channel, account->on_record[channel]);
    }
    account->is_active = !next_flag(command);
    for (size_t left = next_count(command); left; left--) {
        struct hash *hash = add(&world->store, HASHES);
        hash->account = account->id;
        hash->hash = hash_of(world, next_text(command));
        hash->at = world->now;
    }
    put_word(answer, "ok");
}

static void look_up_events(struct world *world, struct kouling_sending *begun) {
    int64_t *moments = memory(NULL, COUNT(&world->store, EVENTS) * sizeof *moments);
    for (size_t i = 0; i < kouling_sending_budget_count(begun); i++) {
        struct kouling_text key = kouling_sending_budget_key(begun, i);
        int64_t since = world->now - (int64_t)kouling_sending_budget_seconds(begun, i);
        size_t count = 0;
        for (size_t n = 0; n < COUNT(&world->store, EVENTS); n++) {
            struct event *event = &ALL(&world->store, EVENTS, event)[n];
            if (event->at >= since && same(event->key, key)) moments[count++] = event->at;
        }
        if (kouling_sending_set_events(begun, i, moments, count, world->report) != KOULING_STATUS_OK) fault("no events");
    }
    free(moments);
}

static void look_up(struct world *world, struct kouling_sending *begun, struct kouling_text token) {
    kouling_channel channel = kouling_sending_channel(begun);
    struct account *owner = owner_of(&world->store, channel, kouling_sending_address(begun));
    struct stored *captcha = captcha_of(&world->store, token);
    if (owner && kouling_sending_set_account(begun, owner->id, owner->on_record[channel], world->report) != KOULING_STATUS_OK)
        fault("no account");
    if (captcha) {
        struct kouling_record *record = NULL;
        if (kouling_record_read(captcha->bytes, &record, world->report) != KOULING_STATUS_OK ||
            kouling_sending_set_captcha(begun, record, world->report) != KOULING_STATUS_OK)
            fault("no captcha");
        kouling_record_free(record);
    }
    look_up_events(world, begun);
}

void flow_send(struct world *world, struct command *command, struct answer *answer) {
    struct kouling_caller caller = next_caller(command);
    struct kouling_text language = next_text(command), purpose = next_text(command);
    kouling_channel channel = next_channel(command);
    struct kouling_text address = next_text(command), token = next_text(command), nothing = {NULL, 0};
    if (is(purpose, "none")) {
        if (caller_is_good(world, &caller, language, answer)) put_refusal(world, answer, language, "reset.not_sent");
        return;
    }
    kouling_purpose number = is(purpose, "forgot") ? KOULING_PURPOSE_FORGOT_PASSWORD : KOULING_PURPOSE_UPDATE_PASSWORD;
    struct kouling_sending *begun = sending(world, &caller, number, channel, address, token);
    look_up(world, begun, token);
    struct kouling_step *step = decide(world, begun);
    if (kouling_step_kind(step) != KOULING_STEP_GRANTED) put_step(world, answer, language, step);
    else if (apply(world, kouling_step_effects(step))) put_done(answer, nothing);
    else put_refusal(world, answer, language, "reset.not_sent");
    kouling_step_free(step);
    kouling_sending_free(begun);
}

static struct kouling_facts *facts_of(const struct world *world, const struct account *account) {
    const struct store *store = &world->store;
    struct kouling_facts *facts = NULL;
    bool good = kouling_facts_new(world->now, &facts) == KOULING_STATUS_OK;
    const char *names[] = {"username", "name", "email", "phone"};
    struct kouling_text values[] = {account->username, account->name, account->on_record[KOULING_CHANNEL_EMAIL],
                                    account->on_record[KOULING_CHANNEL_MOBILE]};
    for (size_t i = 0; i < 4; i++)
        if (values[i].length)
            good = good && kouling_facts_add_attribute(facts, kouling_text_of(names[i]), values[i]) == KOULING_STATUS_OK;
    for (int64_t i = hash_before(store, account->id, COUNT(store, HASHES)); i >= 0;
         i = hash_before(store, account->id, (size_t)i)) {
        struct hash *hash = &ALL(store, HASHES, hash)[i];
        good = good && kouling_facts_add_previous(facts, hash->hash, &hash->at) == KOULING_STATUS_OK;
    }
    if (!good) fault("the facts are refused");
    return facts;
}

/* An account as the flow reads it. The caller frees its facts. */
static struct kouling_account known(const struct world *world, const struct account *account) {
    struct kouling_account known = {.struct_size = sizeof known, .id = account->id, .is_active = account->is_active};
    int64_t current = hash_before(&world->store, account->id, COUNT(&world->store, HASHES));
    known.has_password_set = current >= 0;
    known.password_set = current >= 0 ? ALL(&world->store, HASHES, hash)[current].at : 0;
    known.facts = facts_of(world, account);
    return known;
}

/* Hashes the password of an approval and applies its effects. */
static bool commit(struct world *world, struct kouling_step *step) {
    struct kouling_approved *approved = NULL;
    struct kouling_effects *effects = NULL;
    if (kouling_step_take_approved(step, &approved, world->report) != KOULING_STATUS_OK) fault("no approval");
    struct kouling_text hash = hash_of(world, kouling_approved_password(approved));
    if (kouling_approved_effects(approved, hash, &effects, world->report) != KOULING_STATUS_OK) fault("no effects of an approval");
    bool done = apply(world, effects);
    kouling_effects_free(effects);
    kouling_approved_free(approved);
    return done;
}

static kouling_status answer_challenge(struct world *world, struct kouling_redemption *redemption,
                                 const struct kouling_step *step, struct kouling_step **next) {
    struct kouling_record *record = NULL;
    struct stored *stored = newest_challenge(&world->store, step);
    if (stored && kouling_record_read(stored->bytes, &record, world->report) != KOULING_STATUS_OK) fault("no record");
    kouling_status status = kouling_redemption_challenge(redemption, record, next, world->report);
    kouling_record_free(record);
    return status;
}

static kouling_status answer_account(struct world *world, struct kouling_redemption *redemption,
                               const struct kouling_step *step, struct kouling_step **next) {
    struct account *owner = owner_of(&world->store, kouling_step_channel(step), kouling_step_address(step));
    if (!owner || !same(owner->id, kouling_step_account(step)))
        return kouling_redemption_account(redemption, NULL, next, world->report);
    struct kouling_account account = known(world, owner);
    kouling_status status = kouling_redemption_account(redemption, &account, next, world->report);
    kouling_facts_free((struct kouling_facts *)account.facts);
    return status;
}

/* Does what a step says and sets the next one; false at the end. */
static bool go_on(struct world *world, struct kouling_redemption *redemption, struct kouling_step **step) {
    struct kouling_step *next = NULL;
    kouling_status status;
    switch (kouling_step_kind(*step)) {
    case KOULING_STEP_LOOK_UP_CHALLENGE:
        status = answer_challenge(world, redemption, *step, &next);
        break;
    case KOULING_STEP_LOOK_UP_ACCOUNT:
        status = answer_account(world, redemption, *step, &next);
        break;
    case KOULING_STEP_APPLY:
        status = kouling_redemption_applied(redemption, apply(world, kouling_step_effects(*step)), &next, world->report);
        break;
    case KOULING_STEP_APPROVED:
        status = kouling_redemption_applied(redemption, commit(world, *step), &next, world->report);
        break;
    case KOULING_STEP_REFUSED:
    case KOULING_STEP_NOT_JUDGED:
    case KOULING_STEP_GRANTED:
    case KOULING_STEP_DONE:
    default:
        return false;
    }
    if (status != KOULING_STATUS_OK) fault("the redemption failed");
    kouling_step_free(*step);
    *step = next;
    return true;
}

void flow_redeem(struct world *world, struct command *command, struct answer *answer) {
    struct kouling_caller caller = next_caller(command);
    struct kouling_text language = next_text(command), nothing = {NULL, 0};
    struct kouling_redemption_request request = {.struct_size = sizeof request, .caller = &caller,
                                                 .verifier = &world->verifier};
    request.channel = next_channel(command);
    request.address = next_text(command);
    request.code = next_text(command);
    request.password = next_text(command);
    request.signed_in = identifier(world, next_text(command));
    struct kouling_redemption *redemption = NULL;
    struct kouling_step *step = NULL;
    if (kouling_redemption_begin(world->policy, world->keys, &request, world->now, &redemption, &step, world->report) !=
        KOULING_STATUS_OK)
        fault("kouling_redemption_begin failed");
    while (go_on(world, redemption, &step)) {}
    if (kouling_step_kind(step) == KOULING_STEP_DONE) put_done(answer, nothing);
    else put_step(world, answer, language, step);
    kouling_step_free(step);
    kouling_redemption_free(redemption);
}

void flow_change(struct world *world, struct command *command, struct answer *answer) {
    struct kouling_caller caller = next_caller(command);
    struct kouling_text language = next_text(command), nothing = {NULL, 0};
    struct account *account = account_of(&world->store, identifier(world, next_text(command)));
    if (!account) fault("no user is signed in");
    struct kouling_account as_known = known(world, account);
    struct kouling_change_request request = {.struct_size = sizeof request, .caller = &caller, .account = &as_known,
                                             .verifier = &world->verifier};
    request.old_password = next_text(command);
    request.password = next_text(command);
    if (!request.old_password.length) request.old_check = KOULING_OLD_PASSWORD_MISSING;
    else if (opens(&world->store, account->id, request.old_password)) request.old_check = KOULING_OLD_PASSWORD_CORRECT;
    else request.old_check = KOULING_OLD_PASSWORD_INCORRECT;
    struct kouling_step *step = NULL;
    if (kouling_policy_change(world->policy, &request, world->now, &step, world->report) != KOULING_STATUS_OK) fault("kouling_policy_change failed");
    if (kouling_step_kind(step) != KOULING_STEP_APPROVED) put_step(world, answer, language, step);
    else if (commit(world, step)) put_done(answer, nothing);
    else put_refusal(world, answer, language, "reset.old_password_refused");
    kouling_step_free(step);
    kouling_facts_free((struct kouling_facts *)as_known.facts);
}

void flow_captcha(struct world *world, struct command *command, struct answer *answer) {
    (void)command;
    unsigned char bytes[16];
    struct kouling_record *record = NULL;
    draw(world, bytes, sizeof bytes);
    struct kouling_text token = hexadecimal(world, bytes, sizeof bytes);
    if (kouling_captcha_new(token, PLACE, world->now, &record, world->report) != KOULING_STATUS_OK) fault("no captcha");
    struct stored *stored = add(&world->store, CAPTCHAS);
    stored->id = token;
    stored->bytes = keep(world, kouling_record_bytes(record));
    kouling_record_free(record);
    put_word(answer, "captcha");
    put(answer, token);
    put_number(answer, PLACE);
}

static double next_decimal(struct command *command) {
    struct kouling_text text = next_text(command);
    char *digits = memory(NULL, text.length + 1);
    memcpy(digits, text.data, text.length);
    digits[text.length] = 0;
    double number = strtod(digits, NULL);
    free(digits);
    return number;
}

void flow_verify_captcha(struct world *world, struct command *command, struct answer *answer) {
    struct kouling_caller caller = next_caller(command);
    struct kouling_text language = next_text(command);
    kouling_channel channel = next_channel(command);
    struct kouling_text address = next_text(command), token = next_text(command);
    double x = next_decimal(command);
    struct kouling_text point = next_text(command);
    if (!caller_is_good(world, &caller, language, answer)) return;
    struct stored *captcha = captcha_of(&world->store, token);
    struct kouling_record *record = NULL;
    struct kouling_step *step = NULL;
    if (captcha && kouling_record_read(captcha->bytes, &record, world->report) != KOULING_STATUS_OK) fault("no captcha");
    if (kouling_policy_verify_captcha(world->policy, record, x, point, channel, address, world->now, &step,
                                      world->report) != KOULING_STATUS_OK)
        fault("no verification");
    if (kouling_step_kind(step) != KOULING_STEP_GRANTED) put_step(world, answer, language, step);
    else if (apply(world, kouling_step_effects(step))) put_done(answer, kouling_step_token(step));
    else put_refusal(world, answer, language, "reset.captcha_failed");
    kouling_step_free(step);
    kouling_record_free(record);
}

void flow_codes(struct world *world, struct command *command, struct answer *answer) {
    (void)command;
    put_word(answer, "codes");
    put_number(answer, COUNT(&world->store, CODES));
    for (size_t i = 0; i < COUNT(&world->store, CODES); i++) put(answer, ALL(&world->store, CODES, kouling_text)[i]);
}

void flow_wait(struct world *world, struct command *command, struct answer *answer) {
    world->now += next_number(command);
    put_word(answer, "ok");
}

void flow_sign_in(struct world *world, struct command *command, struct answer *answer) {
    struct kouling_text id = identifier(world, next_text(command)), password = next_text(command);
    struct account *account = account_of(&world->store, id);
    bool signed_in = account && account->is_active && opens(&world->store, id, password);
    if (signed_in) *(struct kouling_text *)add(&world->store, SESSIONS) = id;
    put_word(answer, "signed_in");
    put_number(answer, signed_in);
}
