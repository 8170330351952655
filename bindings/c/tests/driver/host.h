/* A host of the reset flow in memory: a store, a clock that stands until it is set, and randomness from a seed. It does
 * what a real host does and nothing more: looks up, asks, and carries out effects, all of a list or none.
 *
 * What a list of the store holds is plain data, and the texts in it never change and stay until the world ends. So a store
 * is copied by copying its lists, and a transaction is: copy, change the copy, and put it in the place of the other. */
#ifndef KOULING_TESTS_HOST_H
#define KOULING_TESTS_HOST_H

#include "wire.h"

enum { CHANNELS = 2 };

struct account {
    struct kouling_text id, username, name;
    /* As they stand on record and normalised, by channel; empty where there is none. */
    struct kouling_text on_record[CHANNELS], normalised[CHANNELS];
    bool is_active;
};

/* A stored hash; the newest is the last of its account. */
struct hash {
    struct kouling_text account, hash;
    int64_t at;
};

/* A challenge or a captcha: its bytes, and what it is looked up by. */
struct stored {
    struct kouling_text id, bytes, address, account, requester;
    uint32_t purpose, channel;
};

/* A moment that is counted under a key. */
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
    /* Every text that the store ever held. */
    struct list texts;
    int64_t now;
    uint64_t random;
    /* How this host compares; its context is the world. */
    struct kouling_verifier verifier;
};

bool world_begin(struct world *world, const struct kouling_policy *policy, const struct kouling_contract *contract,
                 struct kouling_report *report);
void world_end(struct world *world);

/* The items of a list as an array. */
#define ALL(store, which, type) ((struct type *)(store)->lists[which].items)
#define COUNT(store, which) ((store)->lists[which].count)

void *add(struct store *store, int list);
/* A copy that lives as long as the world. */
struct kouling_text keep(struct world *world, struct kouling_text text);

struct account *account_of(const struct store *store, struct kouling_text id);
struct account *owner_of(const struct store *store, uint32_t channel, struct kouling_text normalised);
/* The newest hash of an account that stands before the one of this index; -1 where there is none. */
int64_t hash_before(const struct store *store, struct kouling_text account, size_t index);
struct stored *newest_challenge(const struct store *store, const struct kouling_step *step);
struct stored *captcha_of(const struct store *store, struct kouling_text token);

/* Writes random bytes, of which `hexadecimal` makes digits. */
void draw(struct world *world, unsigned char *bytes, size_t count);
struct kouling_text hexadecimal(struct world *world, const unsigned char *bytes, size_t count);
/* The hash that this host makes of a password, and whether one is of a password. */
struct kouling_text hash_of(struct world *world, struct kouling_text password);
bool opens(const struct store *store, struct kouling_text account, struct kouling_text password);

/* Carries out all of the effects, or none when a condition does not hold. */
bool apply(struct world *world, const struct kouling_effects *effects);

#endif
