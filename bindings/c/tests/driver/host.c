#include "host.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const size_t ITEM_SIZES[LISTS] = {
    sizeof(struct account), sizeof(struct hash),         sizeof(struct stored),
    sizeof(struct stored),  sizeof(struct event),        sizeof(struct kouling_text),
    sizeof(struct kouling_text), sizeof(struct kouling_text), sizeof(struct kouling_text),
};

static void *add_item(struct list *list) {
    list->items = memory(list->items, (list->count + 1) * list->item_size);
    void *item = (char *)list->items + list->count++ * list->item_size;
    memset(item, 0, list->item_size);
    return item;
}

void *add(struct store *store, int list) {
    return add_item(&store->lists[list]);
}

static struct store store_copy(const struct store *store) {
    struct store copy = *store;
    for (int i = 0; i < LISTS; i++) {
        struct list *list = &copy.lists[i];
        list->items = memory(NULL, list->count * list->item_size);
        if (list->count) memcpy(list->items, store->lists[i].items, list->count * list->item_size);
    }
    return copy;
}

static void store_free(struct store *store) {
    for (int i = 0; i < LISTS; i++) free(store->lists[i].items);
}

struct kouling_text keep(struct world *world, struct kouling_text text) {
    char *copy = memory(NULL, text.length);
    if (text.length) memcpy(copy, text.data, text.length);
    struct kouling_text *kept = add_item(&world->texts);
    kept->data = copy;
    kept->length = text.length;
    return *kept;
}

/* SplitMix64: good enough for a test, never for a real code. */
void draw(struct world *world, unsigned char *bytes, size_t count) {
    for (size_t i = 0; i < count; i++) {
        world->random += UINT64_C(0x9e3779b97f4a7c15);
        uint64_t mixed = world->random;
        mixed = (mixed ^ (mixed >> 30)) * UINT64_C(0xbf58476d1ce4e5b9);
        mixed = (mixed ^ (mixed >> 27)) * UINT64_C(0x94d049bb133111eb);
        bytes[i] = (unsigned char)((mixed ^ (mixed >> 31)) & 0xff);
    }
}

struct kouling_text hexadecimal(struct world *world, const unsigned char *bytes, size_t count) {
    char digits[2 * 32 + 1];
    for (size_t i = 0; i < count; i++) snprintf(digits + 2 * i, 3, "%02x", bytes[i]);
    return keep(world, kouling_text_of(digits));
}

/* `plain:`, 16 digits of salt, `:` and 16 digits of FNV-1a. Not a password hash: these tests are about the calls. */
enum { SALT = 6, SALT_DIGITS = 16, HASH_LENGTH = SALT + SALT_DIGITS + 1 + 16 };

static void toy_hash(char *hash, const char *salt, struct kouling_text password) {
    uint64_t sum = UINT64_C(0xcbf29ce484222325);
    for (size_t i = 0; i < SALT_DIGITS + password.length; i++) {
        char next = i < SALT_DIGITS ? salt[i] : password.data[i - SALT_DIGITS];
        sum = (sum ^ (unsigned char)next) * UINT64_C(0x100000001b3);
    }
    snprintf(hash, HASH_LENGTH + 1, "plain:%.*s:%016" PRIx64, SALT_DIGITS, salt, sum);
}

struct kouling_text hash_of(struct world *world, struct kouling_text password) {
    unsigned char salt[SALT_DIGITS / 2];
    char hash[HASH_LENGTH + 1];
    draw(world, salt, sizeof salt);
    toy_hash(hash, hexadecimal(world, salt, sizeof salt).data, password);
    return keep(world, kouling_text_of(hash));
}

static bool is_hash_of(struct kouling_text stored, struct kouling_text password) {
    char hash[HASH_LENGTH + 1];
    if (stored.length != HASH_LENGTH || memcmp(stored.data, "plain:", SALT)) return false;
    toy_hash(hash, stored.data + SALT, password);
    return is(stored, hash);
}

static kouling_hash_result verify(void *context, struct kouling_text password, struct kouling_text stored) {
    const struct world *world = context;
    if (world->verifier.context != context) fault("a callback received another context");
    if (stored.length < SALT || memcmp(stored.data, "plain:", SALT)) return KOULING_HASH_UNKNOWN;
    return is_hash_of(stored, password) ? KOULING_HASH_MATCHES : KOULING_HASH_DIFFERS;
}

bool world_begin(struct world *world, const struct kouling_policy *policy, const struct kouling_contract *contract,
                 struct kouling_report *report) {
    unsigned char key[32];
    *world = (struct world){.policy = policy, .contract = contract, .report = report, .now = 1795392000,
                            .random = UINT64_C(0x6b6f756c696e6700)};
    for (int i = 0; i < LISTS; i++) world->store.lists[i].item_size = ITEM_SIZES[i];
    world->texts.item_size = sizeof(struct kouling_text);
    world->verifier = (struct kouling_verifier){.struct_size = sizeof world->verifier, .context = world, .verify = verify};
    memset(key, 38, sizeof key);
    struct kouling_text bytes = {(const char *)key, sizeof key};
    return policy && kouling_code_keys_new(1, bytes, &world->keys, report) == KOULING_STATUS_OK;
}

void world_end(struct world *world) {
    store_free(&world->store);
    for (size_t i = 0; i < world->texts.count; i++) free((void *)((struct kouling_text *)world->texts.items)[i].data);
    free(world->texts.items);
    kouling_code_keys_free(world->keys);
    kouling_policy_free(world->policy);
    *world = (struct world){0};
}

struct account *account_of(const struct store *store, struct kouling_text id) {
    for (size_t i = 0; i < COUNT(store, ACCOUNTS); i++)
        if (same(ALL(store, ACCOUNTS, account)[i].id, id)) return &ALL(store, ACCOUNTS, account)[i];
    return NULL;
}

struct account *owner_of(const struct store *store, kouling_channel channel, struct kouling_text normalised) {
    for (size_t i = 0; normalised.length && i < COUNT(store, ACCOUNTS); i++) {
        struct account *account = &ALL(store, ACCOUNTS, account)[i];
        if (same(account->normalised[channel], normalised)) return account;
    }
    return NULL;
}

int64_t hash_before(const struct store *store, struct kouling_text account, size_t index) {
    while (index--)
        if (same(ALL(store, HASHES, hash)[index].account, account)) return (int64_t)index;
    return -1;
}

bool opens(const struct store *store, struct kouling_text account, struct kouling_text password) {
    int64_t current = hash_before(store, account, COUNT(store, HASHES));
    return current >= 0 && is_hash_of(ALL(store, HASHES, hash)[current].hash, password);
}

struct stored *newest_challenge(const struct store *store, const struct kouling_step *step) {
    struct kouling_text address = kouling_step_address(step), account = kouling_step_account(step);
    for (size_t i = COUNT(store, CHALLENGES); i--;) {
        struct stored *stored = &ALL(store, CHALLENGES, stored)[i];
        if (stored->purpose != kouling_step_purpose(step) || stored->channel != kouling_step_channel(step)) continue;
        if (!same(stored->requester, kouling_step_requester(step))) continue;
        if (address.length ? same(stored->address, address) : same(stored->account, account)) return stored;
    }
    return NULL;
}

static struct stored *stored_under(const struct store *store, int list, struct kouling_text id) {
    for (size_t i = 0; i < COUNT(store, list); i++)
        if (same(ALL(store, list, stored)[i].id, id)) return &ALL(store, list, stored)[i];
    return NULL;
}

struct stored *captcha_of(const struct store *store, struct kouling_text token) {
    for (size_t at = 0; at + 3 <= token.length; at++)
        if (!memcmp(token.data + at, "---", 3)) token.length = at;
    return stored_under(store, CAPTCHAS, token);
}

/* Applies an effect to a record; false if its condition does not hold. */
static bool apply_to_record(struct world *world, struct stored *stored, const struct kouling_effects *effects, size_t index) {
    struct kouling_record *record = NULL;
    uint32_t holds = 0;
    if (!stored || kouling_record_read(stored->bytes, &record, world->report) != KOULING_STATUS_OK) return false;
    if (!same(kouling_record_id(record), stored->id)) fault("a record has another identifier");
    if (kouling_record_after(record, effects, index, &holds, world->report) != KOULING_STATUS_OK) fault("an effect cannot be applied to a record");
    if (holds) stored->bytes = keep(world, kouling_record_bytes(record));
    kouling_record_free(record);
    return holds;
}

static bool count_event(struct world *world, struct store *store, const struct kouling_effect *effect) {
    size_t count = 0;
    int64_t *moments = memory(NULL, COUNT(store, EVENTS) * sizeof *moments);
    for (size_t i = 0; i < COUNT(store, EVENTS); i++) {
        struct event *event = &ALL(store, EVENTS, event)[i];
        if (same(event->key, effect->key)) moments[count++] = event->at;
    }
    uint64_t wait = kouling_retry_after(effect->max, effect->seconds, moments, count, effect->now);
    free(moments);
    if (wait) return false;
    struct event *event = add(store, EVENTS);
    event->key = keep(world, effect->key);
    event->at = effect->now;
    return true;
}

static bool release_event(struct store *store, const struct kouling_effect *effect) {
    struct event *events = ALL(store, EVENTS, event);
    for (size_t i = 0; i < COUNT(store, EVENTS); i++) {
        if (!same(events[i].key, effect->key) || events[i].at != effect->now) continue;
        memmove(events + i, events + i + 1, (--COUNT(store, EVENTS) - i) * sizeof *events);
        return true;
    }
    return false;
}

static void add_text(struct world *world, struct store *store, int list, struct kouling_text text) {
    *(struct kouling_text *)add(store, list) = keep(world, text);
}

static bool store_challenge(struct world *world, struct store *store, const struct kouling_effect *effect) {
    struct stored *stored = add(store, CHALLENGES);
    stored->id = keep(world, effect->challenge);
    stored->bytes = keep(world, effect->record);
    stored->address = keep(world, effect->address);
    stored->account = keep(world, effect->account);
    stored->requester = keep(world, effect->requester);
    stored->purpose = effect->purpose;
    stored->channel = effect->channel;
    return true;
}

static bool require_current(const struct store *store, const struct kouling_effect *effect) {
    int64_t current = hash_before(store, effect->account, COUNT(store, HASHES));
    if (!account_of(store, effect->account)) return false;
    if (current < 0) return !effect->hash.length;
    return same(ALL(store, HASHES, hash)[current].hash, effect->hash);
}

static bool set_password(struct world *world, struct store *store, const struct kouling_effect *effect) {
    struct account *account = account_of(store, effect->account);
    if (!account || !account->is_active) return false;
    struct hash *hash = add(store, HASHES);
    hash->account = account->id;
    hash->hash = keep(world, effect->hash);
    hash->at = effect->now;
    return true;
}

static bool revoke_sessions(struct store *store, const struct kouling_effect *effect) {
    struct kouling_text *sessions = ALL(store, SESSIONS, kouling_text);
    size_t left = 0;
    for (size_t i = 0; i < COUNT(store, SESSIONS); i++)
        if (!same(sessions[i], effect->account)) sessions[left++] = sessions[i];
    COUNT(store, SESSIONS) = left;
    return true;
}

static bool notify(struct world *world, struct store *store, const struct kouling_effect *effect) {
    struct account *account = account_of(store, effect->account);
    for (int channel = 0; account && channel < CHANNELS; channel++)
        if (account->on_record[channel].length) add_text(world, store, NOTICES, account->on_record[channel]);
    return account != NULL;
}

static bool apply_one(struct world *world, struct store *store, const struct kouling_effects *effects, size_t index) {
    struct kouling_effect effect = {.struct_size = sizeof effect};
    if (kouling_effects_at(effects, index, &effect) != KOULING_STATUS_OK) fault("an effect cannot be read");
    switch (effect.kind) {
    case KOULING_EFFECT_USE_CAPTCHA:
    case KOULING_EFFECT_SOLVE_CAPTCHA:
    case KOULING_EFFECT_FAIL_CAPTCHA:
        return apply_to_record(world, stored_under(store, CAPTCHAS, effect.token), effects, index);
    case KOULING_EFFECT_COUNT:
        return count_event(world, store, &effect);
    case KOULING_EFFECT_REVOKE_CHALLENGES:
        for (size_t i = 0; i < COUNT(store, CHALLENGES); i++)
            if (!apply_to_record(world, &ALL(store, CHALLENGES, stored)[i], effects, index)) return false;
        return true;
    case KOULING_EFFECT_STORE_CHALLENGE:
        return store_challenge(world, store, &effect);
    case KOULING_EFFECT_SEND_CODE:
        add_text(world, store, CODES, effect.code);
        return true;
    case KOULING_EFFECT_RELEASE_COUNT:
        return release_event(store, &effect);
    case KOULING_EFFECT_RESERVE_SUBMISSION:
    case KOULING_EFFECT_CONSUME_CHALLENGE:
        return apply_to_record(world, stored_under(store, CHALLENGES, effect.challenge), effects, index);
    case KOULING_EFFECT_REQUIRE_CURRENT:
        return require_current(store, &effect);
    case KOULING_EFFECT_SET_PASSWORD:
        return set_password(world, store, &effect);
    case KOULING_EFFECT_REVOKE_SESSIONS:
        return revoke_sessions(store, &effect);
    case KOULING_EFFECT_NOTIFY:
        return notify(world, store, &effect);
    case KOULING_EFFECT_AUDIT:
        add_text(world, store, AUDIT, effect.event);
        return true;
    case KOULING_EFFECT_NONE:
    default:
        fault("unknown effect");
        return false;
    }
}

bool apply(struct world *world, const struct kouling_effects *effects) {
    struct store after = store_copy(&world->store);
    bool done = true;
    for (size_t i = 0; done && i < kouling_effects_count(effects); i++) done = apply_one(world, &after, effects, i);
    struct store unwanted = done ? world->store : after;
    if (done) world->store = after;
    store_free(&unwanted);
    return done;
}
