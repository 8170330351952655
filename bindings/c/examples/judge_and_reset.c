// Judges a password, then resets one that was forgotten: the whole flow, with a store in memory.
//     cc judge_and_reset.c $(pkg-config --cflags --libs kouling) -o judge_and_reset && ./judge_and_reset
#include <kouling.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/random.h>
#include <time.h>
#define T kouling_text_of
#define SHOW(text) (int)(text).length, (text).data

// The store of one account: its hash, its challenge, when each budget was used. Yours is a database.
static char hash[64], mailed_code[16];
static struct kouling_record *challenge;
static struct { char key[128]; int64_t when; } counted[64];
static size_t counted_count;

static const struct kouling_policy *policy;
static struct kouling_code_keys *keys;
static struct kouling_report *report;
static const char address[] = "zhangsan@example.org";
static struct kouling_caller caller = { .struct_size = sizeof caller, .client_is_registered = 1 };

static void must(uint32_t status) { // nothing that goes wrong is ever a yes
  if (status == KOULING_OK) return;
  fprintf(stderr, "%.*s\n", SHOW(kouling_report_text(report)));
  exit(2);
}

static struct kouling_text random_bytes(char *bytes, size_t length) {
  if (getrandom(bytes, length, 0) != (ssize_t)length) exit(2);
  return (struct kouling_text){ bytes, length };
}

static void toy_hash(struct kouling_text password, char *made) { // NOT A PASSWORD HASH: yours is argon2id
  unsigned long mixed = 5381;
  for (size_t i = 0; i < password.length; i++) mixed = mixed * 33 + (unsigned char)password.data[i];
  sprintf(made, "toy:%016lx", mixed);
}

static uint32_t verify(void *context, struct kouling_text password, struct kouling_text stored) {
  char made[64];
  (void)context, toy_hash(password, made);
  return strncmp(made, stored.data, stored.length) == 0 ? KOULING_HASH_MATCHES : KOULING_HASH_DIFFERS;
}
static struct kouling_verifier verifier = { .struct_size = sizeof verifier, .verify = verify };

static size_t events_of(struct kouling_text key, int64_t *when) {
  size_t found = 0;
  for (size_t i = 0; i < counted_count; i++)
    if (strncmp(counted[i].key, key.data, key.length) == 0) when[found++] = counted[i].when;
  return found;
}

// Carries out effects. Yours does so in one transaction, and undoes it where a condition does not hold.
static bool apply(const struct kouling_effects *effects) {
  for (size_t i = 0; i < kouling_effects_count(effects); i++) {
    struct kouling_effect effect = { .struct_size = sizeof effect };
    int64_t when[64];
    uint32_t holds = 1;
    must(kouling_effects_at(effects, i, &effect));
    printf("  effect: %.*s\n", SHOW(kouling_effects_name(effects, i)));
    if (challenge) must(kouling_record_after(challenge, effects, i, &holds, report));
    if (!holds) return false;
    switch (effect.kind) {
    case KOULING_COUNT:
      if (kouling_retry_after(effect.most, effect.seconds, when, events_of(effect.key, when), effect.now)) return false;
      sprintf(counted[counted_count].key, "%.*s", SHOW(effect.key));
      counted[counted_count++].when = effect.now;
      break;
    case KOULING_RELEASE_COUNT: counted_count--; break;
    case KOULING_STORE_CHALLENGE: must(kouling_record_read(effect.record, &challenge, report)); break;
    case KOULING_SEND_CODE: sprintf(mailed_code, "%.*s", SHOW(effect.code)); break;
    case KOULING_SET_PASSWORD: sprintf(hash, "%.*s", SHOW(effect.hash)); break;
    case KOULING_RESERVE_SUBMISSION: case KOULING_CONSUME_CHALLENGE:
    case KOULING_REVOKE_CHALLENGES: break; // kouling_record_after has applied it
    case KOULING_REVOKE_SESSIONS: case KOULING_NOTIFY: case KOULING_AUDIT: break; // this store has none
    default: return false; // what is not understood is not done
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

static void judge(const char *password) {
  struct kouling_facts *facts = zhangsan();
  struct kouling_outcome *outcome;
  must(kouling_policy_evaluate(policy, T(password), facts, &outcome, report));
  printf("%s\n", kouling_outcome_accepted(outcome) ? "accepted" : "refused");
  for (size_t i = 0; i < kouling_outcome_count(outcome, KOULING_VIOLATIONS); i++)
    printf("  %.*s: %.*s\n", SHOW(kouling_outcome_code(outcome, KOULING_VIOLATIONS, i)),
           SHOW(kouling_outcome_message(outcome, KOULING_VIOLATIONS, i, T("zh"))));
  kouling_outcome_free(outcome);
  kouling_facts_free(facts);
}

static bool may_a_code_be_sent(void) {
  struct kouling_send_request request = { .struct_size = sizeof request, .caller = &caller, .address = T(address),
                                          .peer = T("192.0.2.1") };
  struct kouling_sending *sending;
  struct kouling_step *step;
  char randomness[80];
  int64_t when[64];
  must(kouling_sending_new(policy, &request, &sending, report));
  must(kouling_sending_set_account(sending, T("id-1"), T(address), report));
  for (size_t i = 0; i < kouling_sending_budget_count(sending); i++)
    must(kouling_sending_set_events(sending, i, when, events_of(kouling_sending_budget_key(sending, i), when), report));
  must(kouling_sending_decide(sending, keys, time(NULL), random_bytes(randomness, sizeof randomness), &step, report));
  bool sent = kouling_step_kind(step) == KOULING_GRANTED && apply(kouling_step_effects(step));
  kouling_step_free(step);
  kouling_sending_free(sending);
  return sent;
}

static bool may_this_password_be_set(const char *code, const char *password) {
  struct kouling_redemption_request request = { .struct_size = sizeof request, .caller = &caller, .verifier = &verifier,
                                                .address = T(address), .code = T(code), .password = T(password) };
  struct kouling_redemption *redemption;
  struct kouling_step *step, *next;
  must(kouling_redemption_begin(policy, keys, &request, time(NULL), &redemption, &step, report));
  for (;; kouling_step_free(step), step = next) {
    uint32_t kind = kouling_step_kind(step);
    if (kind == KOULING_LOOK_UP_CHALLENGE) {
      must(kouling_redemption_challenge(redemption, challenge, &next, report));
    } else if (kind == KOULING_APPLY) {
      must(kouling_redemption_applied(redemption, apply(kouling_step_effects(step)), &next, report));
    } else if (kind == KOULING_LOOK_UP_ACCOUNT) {
      struct kouling_facts *facts = zhangsan();
      struct kouling_account account = { .struct_size = sizeof account, .id = T("id-1"), .is_active = 1, .facts = facts };
      must(kouling_redemption_account(redemption, &account, &next, report));
      kouling_facts_free(facts);
    } else if (kind == KOULING_APPROVED) {
      struct kouling_approved *approved;
      struct kouling_effects *effects;
      char made[64];
      must(kouling_step_take_approved(step, &approved, report));
      toy_hash(kouling_approved_password(approved), made);
      must(kouling_approved_effects(approved, T(made), &effects, report));
      must(kouling_redemption_applied(redemption, apply(effects), &next, report));
      kouling_effects_free(effects);
      kouling_approved_free(approved);
    } else { // done, refused, or not judged
      bool done = kind == KOULING_DONE;
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
  must(kouling_code_keys_new(1, random_bytes(key, sizeof key), &keys, report));
  judge("nasgnahz");
  judge("veer-Lantern-oboe-73");
  bool right = may_a_code_be_sent() && !may_this_password_be_set("wrong", "veer-Lantern-oboe-73") &&
               may_this_password_be_set(mailed_code, "veer-Lantern-oboe-73") &&
               !may_this_password_be_set(mailed_code, "quilt-Marble-saga-58"); // a code is worth one password
  kouling_record_free(challenge);
  kouling_code_keys_free(keys);
  kouling_policy_free(policy);
  kouling_report_free(report);
  return right ? 0 : 1;
}
