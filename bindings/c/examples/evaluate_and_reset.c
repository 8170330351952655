// Evaluates a password, then resets a forgotten one: the whole flow, with a store in memory.
//     cc evaluate_and_reset.c $(pkg-config --cflags --libs kouling) -o evaluate_and_reset && ./evaluate_and_reset
#include <kouling.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/random.h>
#include <time.h>
#define T kouling_text_of
#define SHOW(text) (int)(text).length, (text).data

// The store of one account: its hash, its newest challenge, the recorded events. Yours is a database.
static char hash[64], sent_code[16];
static struct kouling_record *challenge;
static struct { char key[256]; int64_t time; } events[64];
static size_t event_count;

static const struct kouling_policy *policy;
static struct kouling_code_keys *keys;
static struct kouling_report *report;
static const char address[] = "zhangsan@example.org";
static struct kouling_caller caller = { .struct_size = sizeof caller, .client_is_registered = 1 };

static void must(kouling_status status) { // fail closed: an error never means acceptance
  if (status == KOULING_STATUS_OK) return;
  fprintf(stderr, "%.*s\n", SHOW(kouling_report_text(report)));
  exit(2);
}

static void copy(char *to, size_t size, struct kouling_text text) {
  if (text.length >= size) exit(2);
  memcpy(to, text.data, text.length);
  to[text.length] = 0;
}

static bool equal(const char *string, struct kouling_text text) {
  return strlen(string) == text.length && memcmp(string, text.data, text.length) == 0;
}

static struct kouling_text random_bytes(char *bytes, size_t length) {
  if (getrandom(bytes, length, 0) != (ssize_t)length) exit(2);
  return (struct kouling_text){ bytes, length };
}

static void toy_hash(struct kouling_text password, char made[64]) { // NOT A PASSWORD HASH: use argon2id
  unsigned long mixed = 5381;
  for (size_t i = 0; i < password.length; i++) mixed = mixed * 33 + (unsigned char)password.data[i];
  snprintf(made, 64, "toy:%016lx", mixed);
}

// A real verifier compares in constant time, as the functions of password-hashing libraries do.
static kouling_hash_result verify(void *context, struct kouling_text password, struct kouling_text stored) {
  char made[64];
  (void)context, toy_hash(password, made);
  return equal(made, stored) ? KOULING_HASH_MATCHES : KOULING_HASH_DIFFERS;
}
static struct kouling_verifier verifier = { .struct_size = sizeof verifier, .verify = verify };

static size_t times_of(struct kouling_text key, int64_t times[64]) {
  size_t found = 0;
  for (size_t i = 0; i < event_count; i++)
    if (equal(events[i].key, key)) times[found++] = events[i].time;
  return found;
}

static bool count(const struct kouling_effect *effect) {
  int64_t times[64];
  if (event_count == sizeof events / sizeof *events) return false;
  if (kouling_retry_after(effect->max, effect->seconds, times, times_of(effect->key, times), effect->now)) return false;
  copy(events[event_count].key, sizeof events->key, effect->key);
  events[event_count++].time = effect->now;
  return true;
}

static void release(const struct kouling_effect *effect) {
  for (size_t i = event_count; i-- > 0;)
    if (equal(events[i].key, effect->key) && events[i].time == effect->now) {
      events[i] = events[--event_count];
      return;
    }
}

// Applies effects. Yours does so in one transaction, and rolls it back if a condition does not hold.
static bool apply(const struct kouling_effects *effects) {
  for (size_t i = 0; i < kouling_effects_count(effects); i++) {
    struct kouling_effect effect = { .struct_size = sizeof effect };
    uint32_t holds = 1;
    must(kouling_effects_at(effects, i, &effect));
    printf("  effect: %.*s\n", SHOW(kouling_effects_name(effects, i)));
    if (challenge) must(kouling_record_after(challenge, effects, i, &holds, report)); // it knows its own effects
    if (!holds) return false;
    switch (effect.kind) {
    case KOULING_EFFECT_COUNT:
      if (!count(&effect)) return false;
      break;
    case KOULING_EFFECT_RELEASE_COUNT: release(&effect); break;
    case KOULING_EFFECT_STORE_CHALLENGE:
      kouling_record_free(challenge);
      must(kouling_record_read(effect.record, &challenge, report));
      break;
    case KOULING_EFFECT_SEND_CODE: copy(sent_code, sizeof sent_code, effect.code); break;
    case KOULING_EFFECT_SET_PASSWORD: copy(hash, sizeof hash, effect.hash); break;
    case KOULING_EFFECT_RESERVE_SUBMISSION: case KOULING_EFFECT_CONSUME_CHALLENGE: // the record did it
    case KOULING_EFFECT_REVOKE_CHALLENGES: break;
    case KOULING_EFFECT_REVOKE_SESSIONS: case KOULING_EFFECT_NOTIFY: case KOULING_EFFECT_AUDIT: break; // none here
    default: return false; // an unknown effect: apply nothing
    }
  }
  return true;
}

static struct kouling_facts *zhangsan(void) {
  struct kouling_facts *facts;
  must(kouling_facts_new(time(NULL), &facts));
  must(kouling_facts_add_attribute(facts, T("username"), T("zhangsan")));
  must(kouling_facts_add_attribute(facts, T("name"), T("张三")));
  must(kouling_facts_set_verifier(facts, &verifier));
  if (*hash) must(kouling_facts_add_previous(facts, T(hash), NULL));
  return facts;
}

static void evaluate(const char *password) {
  struct kouling_facts *facts = zhangsan();
  struct kouling_outcome *outcome;
  must(kouling_policy_evaluate(policy, T(password), facts, &outcome, report));
  printf("%s\n", kouling_outcome_accepted(outcome) ? "accepted" : "refused");
  for (size_t i = 0; i < kouling_outcome_count(outcome, KOULING_LIST_VIOLATIONS); i++)
    printf("  %.*s: %.*s\n", SHOW(kouling_outcome_code(outcome, KOULING_LIST_VIOLATIONS, i)),
           SHOW(kouling_outcome_message(outcome, KOULING_LIST_VIOLATIONS, i, T("zh"))));
  kouling_outcome_free(outcome);
  kouling_facts_free(facts);
}

static bool send_code(void) {
  struct kouling_send_request request = { .struct_size = sizeof request, .caller = &caller, .address = T(address),
                                          .client_ip = T("192.0.2.1") };
  struct kouling_sending *sending;
  struct kouling_step *step;
  char randomness[80];
  int64_t times[64];
  must(kouling_sending_new(policy, &request, &sending, report));
  must(kouling_sending_set_account(sending, T("id-1"), T(address), report));
  for (size_t i = 0; i < kouling_sending_budget_count(sending); i++)
    must(kouling_sending_set_events(sending, i, times, times_of(kouling_sending_budget_key(sending, i), times), report));
  must(kouling_sending_decide(sending, keys, time(NULL), random_bytes(randomness, sizeof randomness), &step, report));
  bool sent = kouling_step_kind(step) == KOULING_STEP_GRANTED && apply(kouling_step_effects(step));
  kouling_step_free(step);
  kouling_sending_free(sending);
  return sent;
}

// Hashes the approved password and applies the effects of the approval.
static bool commit(struct kouling_step *step) {
  struct kouling_approved *approved;
  struct kouling_effects *effects;
  char made[64];
  must(kouling_step_take_approved(step, &approved, report));
  toy_hash(kouling_approved_password(approved), made);
  must(kouling_approved_effects(approved, T(made), &effects, report));
  bool applied = apply(effects);
  kouling_effects_free(effects);
  kouling_approved_free(approved);
  return applied;
}

static bool redeem(const char *code, const char *password) {
  struct kouling_redemption_request request = { .struct_size = sizeof request, .caller = &caller, .verifier = &verifier,
                                                .address = T(address), .code = T(code), .password = T(password) };
  struct kouling_redemption *redemption;
  struct kouling_step *step, *next;
  must(kouling_redemption_begin(policy, keys, &request, time(NULL), &redemption, &step, report));
  for (;; kouling_step_free(step), step = next) {
    kouling_step_type kind = kouling_step_kind(step);
    if (kind == KOULING_STEP_LOOK_UP_CHALLENGE) { // a real store looks up by what the step says
      must(kouling_redemption_challenge(redemption, challenge, &next, report));
    } else if (kind == KOULING_STEP_APPLY) {
      must(kouling_redemption_applied(redemption, apply(kouling_step_effects(step)), &next, report));
    } else if (kind == KOULING_STEP_LOOK_UP_ACCOUNT) {
      struct kouling_facts *facts = zhangsan();
      struct kouling_account account = { .struct_size = sizeof account, .id = T("id-1"), .is_active = 1, .facts = facts };
      must(kouling_redemption_account(redemption, &account, &next, report));
      kouling_facts_free(facts);
    } else if (kind == KOULING_STEP_APPROVED) {
      must(kouling_redemption_applied(redemption, commit(step), &next, report));
    } else { // done, refused or not evaluated
      bool done = kind == KOULING_STEP_DONE;
      if (!done) apply(kouling_step_effects(step));
      printf("%s%.*s\n", done ? "the password is set" : "refused: ", SHOW(kouling_step_code(step)));
      kouling_step_free(step);
      kouling_redemption_free(redemption);
      return done;
    }
  }
}

int main(void) {
  char key[32];
  caller.system = T("debian 12"), caller.fingerprint = T("4711"), caller.agent = T("example"), caller.client = T("c1");
  must(kouling_report_new(&report));
  must(kouling_policy_parse(T("format = 1\nextends = \"standard\"\n[reset.captcha]\nrequired = false\n"), &policy, report));
  must(kouling_code_keys_new(1, random_bytes(key, sizeof key), &keys, report)); // a real host stores its key
  evaluate("nasgnahz");
  evaluate("veer-Lantern-oboe-73");
  bool correct = send_code() && !redeem("wrong", "veer-Lantern-oboe-73") && redeem(sent_code, "veer-Lantern-oboe-73") &&
                 !redeem(sent_code, "quilt-Marble-saga-58"); // a code sets one password
  kouling_record_free(challenge);
  kouling_code_keys_free(keys);
  kouling_policy_free(policy);
  kouling_report_free(report);
  return correct ? 0 : 1;
}
