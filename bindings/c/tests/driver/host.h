/* A host of the reset flow in memory: a store, a clock that is set by commands, and randomness from a seed. Like a real
 * host, it looks things up, calls the flow and applies effects, all of a list or none.
 *
 * The lists of the store hold plain data, and their texts live until the world ends. A store is copied by copying its
 * lists. A transaction copies the store, changes the copy, and replaces the store by it. */
#ifndef KOULING_TESTS_HOST_H
#define KOULING_TESTS_HOST_H

#include "wire.h"

enum { CHANNELS = 2 };

struct account {
    struct kouling_text id, username, name;
    /* The stored and the normalized address of each channel; empty if there is none. */
    struct kouling_text on_record[CHANNELS], normalised[CHANNELS];
    bool is_active;
};

/* A stored hash; the last one of an account is the newest. */
struct hash {
    struct kouling_text account, hash;
    int64_t at;
};

/* A challenge or a captcha: its bytes, and the keys by which it is looked up. */
struct stored {
    struct kouling_text id, bytes, address, account, requester;
    kouling_purpose purpose;
    kouling_channel channel;
};

/* An event that was counted under a key. */
struct event {
    struct kouling_text key;
    int64_t at;
};

struct list {
    void *items;
    size_t count, item_size;
};

enum { ACCOUNTS, HASHES, CHALLENGES, CAPTCHAS, EVENTS, CODES, SESSIONS, NOTICES, AUDIT, LISTS };

struct store {
    struct list lists[LISTS];
};

struct world {
    const struct kouling_policy *policy;
    const struct kouling_contract *contract;
    struct kouling_code_keys *keys;
    struct kouling_report *report;
    struct store store;
    /* All texts that were ever in the store. */
    struct list texts;
    int64_t now;
    uint64_t random;
    /* The verifier of this host; its context is the world. */
    struct kouling_verifier verifier;
};

bool world_begin(struct world *world, const struct kouling_policy *policy, const struct kouling_contract *contract,
                 struct kouling_report *report);
void world_end(struct world *world);

/* The items of a list as an array. */
#define ALL(store, which, type) ((struct type *)(store)->lists[which].items)
#define COUNT(store, which) ((store)->lists[which].count)

void *add(struct store *store, int list);
/* Copies a text; the copy lives as long as the world. */
struct kouling_text keep(struct world *world, struct kouling_text text);

struct account *account_of(const struct store *store, struct kouling_text id);
struct account *owner_of(const struct store *store, kouling_channel channel, struct kouling_text normalised);
/* The index of the newest hash of an account before `index`; -1 if there is none. */
int64_t hash_before(const struct store *store, struct kouling_text account, size_t index);
struct stored *newest_challenge(const struct store *store, const struct kouling_step *step);
struct stored *captcha_of(const struct store *store, struct kouling_text token);

/* Writes random bytes; `hexadecimal` formats bytes as digits. */
void draw(struct world *world, unsigned char *bytes, size_t count);
struct kouling_text hexadecimal(struct world *world, const unsigned char *bytes, size_t count);
/* Hashes a password; compares a password with the current hash of an account. */
struct kouling_text hash_of(struct world *world, struct kouling_text password);
bool opens(const struct store *store, struct kouling_text account, struct kouling_text password);

/* Applies all effects, or none if a condition does not hold. */
bool apply(struct world *world, const struct kouling_effects *effects);

#endif
