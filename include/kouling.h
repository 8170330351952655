// Kouling, the password and password-reset policy engine. This file is generated.
//
// Conventions, the same for every function:
//
// - `kouling_<noun>_<verb>`: the object first, then inputs, then outputs, then the report.
// - A `const` object is not changed. A function that can fail gives a status: `KOULING_OK`, or why not. That a password
//   is refused is no failure: ask the outcome. No failure means "accepted".
// - Outputs are set on success and cleared on failure. An output and an object may not be NULL, but where it is said; one
//   that is NULL is `KOULING_INVALID_ARGUMENT`. What is looked up without a status is empty, nought or false when the
//   object is NULL or there is no such thing.
// - A report may be NULL. It is emptied by each call that it is given to, and filled when the call fails.
// - Text is a pointer and a length, UTF-8. A text that comes out is a view: it lives as long as what it was asked of, and
//   nobody frees it. A text that goes in is copied or read before the call returns.
// - Handles are opaque. Policies and contracts are counted and may be used by every thread at once. Everything else has
//   one owner, and may be read by several threads while none changes or frees it. `_free` of NULL does nothing.
//   We never free what is yours, and what is ours is not for `free`.
// - A struct that is filled in begins with its size: `struct kouling_caller caller = { .struct_size = sizeof caller }`. What
//   is zero is the default, so that a struct may grow.
// - A callback gets its context first. It may be called on any thread that loads or judges, by several at once, must not
//   unwind or jump out, and must not use the handle that it is called for but by the functions that say so. One that
//   fails means "could not judge", never "accepted".
// - A pointer that is not NULL must point to what it says. A handle must not be used once it is freed.
// - The library has no clock, no threads, no environment variables and no state of the process that matters after `fork`.
// - Functions are added, never changed. `KOULING_ABI` grows when one is taken away.
#ifndef KOULING_H
#define KOULING_H


#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

// The number of this border. It grows when something is changed or taken away, never when something is added.
#define KOULING_ABI 0

// The call did what it says.
#define KOULING_OK 0

// The caller is wrong: a pointer that may not be NULL is, an index or a number is out of range, the facts are beyond
// their bounds.
#define KOULING_INVALID_ARGUMENT 1

// The policy is wrong, and the report says where.
#define KOULING_INVALID_POLICY 2

// A text is not UTF-8, or a password holds a NUL.
#define KOULING_INVALID_TEXT 3

// A file that is named, a policy or a word list, cannot be read or is damaged.
#define KOULING_UNAVAILABLE 4

// No judgement is possible: a stored hash of unknown form, or a callback that failed. It is not "accepted".
#define KOULING_CANNOT_JUDGE 5

// A fault of the library.
#define KOULING_INTERNAL 6

// A verifier answers: the hash is of a form that it does not know; the forms that the library knows are tried.
#define KOULING_HASH_FOREIGN 0

// A verifier answers: it is the hash of this password.
#define KOULING_HASH_MATCHES 1

// A verifier answers: it is the hash of another password.
#define KOULING_HASH_DIFFERS 2

// What the password is refused for, in policy order.
#define KOULING_VIOLATIONS 0

// What its owner should be told though it is accepted.
#define KOULING_WARNINGS 1

// What rules on trial would refuse it for; nobody is told.
#define KOULING_SHADOWS 2

// The limits of this judgement, such as that only the beginning was estimated. A note is of no rule.
#define KOULING_NOTES 3

// Somebody who cannot sign in sets a new password.
#define KOULING_FORGOT_PASSWORD 0

// Somebody who is signed in sets a new password.
#define KOULING_UPDATE_PASSWORD 1

// By e-mail.
#define KOULING_EMAIL 0

// To a mobile phone.
#define KOULING_MOBILE 1

// No effect.
#define KOULING_NO_EFFECT 0

// Mark the captcha of `token` as used. *Condition*: it is solved and not used (`kouling_record_after`).
#define KOULING_USE_CAPTCHA 1

// Mark the captcha of `token` as solved. *Condition*: it is open (`kouling_record_after`).
#define KOULING_SOLVE_CAPTCHA 2

// Mark the captcha of `token` as used without having been solved (`kouling_record_after`).
#define KOULING_SPEND_CAPTCHA 3

// Write `now` down under `key`. *Condition*: fewer than `most` are on record within `seconds` (`kouling_retry_after`).
#define KOULING_COUNT 4

// Kill every challenge of `account`, where it is not empty, and every one for `address`, where it is not empty: put
// every such record through `kouling_record_after`.
#define KOULING_KILL_CHALLENGES 5

// Keep the challenge `record`: `challenge` is its identifier, and it is looked up by `purpose`, `channel`, `address` and
// `account`.
#define KOULING_STORE_CHALLENGE 6

// Send `code` to `address` over `channel`; it dies at `dies`. Queue it in the same transaction and send it afterwards.
#define KOULING_SEND_CODE 7

// Count a submission of `challenge`. *Condition*: it is live with a submission left (`kouling_record_after`), and fewer
// than `most` are on record under `key` within `seconds`; then write `now` down under `key`.
#define KOULING_RESERVE_SUBMISSION 8

// Take one `now` from under `key` again: the code was right.
#define KOULING_RELEASE_SUBMISSION 9

// Spend `challenge`. *Condition*: it is live (`kouling_record_after`).
#define KOULING_CONSUME_CHALLENGE 10

// *Condition*: the current stored hash of `account` is `hash`, or it has none and `hash` is empty.
#define KOULING_REQUIRE_CURRENT 11

// Make `hash` the password of `account`, set at `now`, and keep the old one as history. *Condition*: the account exists
// and may be used.
#define KOULING_SET_PASSWORD 12

// End every session of `account`.
#define KOULING_REVOKE_SESSIONS 13

// Tell every address of `account` that its password was changed at `now`.
#define KOULING_NOTIFY 14

// Write down that `event` happened, for `purpose`, over `channel` where `has_channel` is not 0, to `account` where there
// is one, at `now`.
#define KOULING_AUDIT 15

// The record of a challenge: the code may be redeemed. Of a captcha: it was shown.
#define KOULING_LIVE 0

// The code has set a password. The captcha is solved and worth one code.
#define KOULING_CONSUMED 1

// The code is worth nothing any more. The captcha is used up.
#define KOULING_DEAD 2

// No. Carry out the effects all the same; the host tells `kouling_step_code` or `kouling_step_answer`.
#define KOULING_REFUSED 0

// No judgement is possible, and so no. Carry out the effects all the same.
#define KOULING_NOT_JUDGED 1

// Look up the newest challenge of this purpose and channel, for the address or, where that is empty, for the account;
// answer by `kouling_redemption_challenge`.
#define KOULING_LOOK_UP_CHALLENGE 2

// Carry out the effects, and answer by `kouling_redemption_applied`.
#define KOULING_APPLY 3

// Look up the account with this identifier *and* this address, as they are now, and answer by
// `kouling_redemption_account`. Where the account is empty, answer with none.
#define KOULING_LOOK_UP_ACCOUNT 4

// Yes: take the leave by `kouling_step_take_approved`, hash the password, carry out the effects of the leave, and answer
// by `kouling_redemption_applied`.
#define KOULING_APPROVED 5

// Yes, when the effects can be carried out. When they cannot, something has changed since it was looked up: look it up
// and ask again.
#define KOULING_GRANTED 6

// The password is set.
#define KOULING_DONE 7

// No old password came with the request; right only for an account that has none.
#define KOULING_OLD_MISSING 0

// The old password that came is the account's. An account without a stored hash has none that could be right.
#define KOULING_OLD_RIGHT 1

// It is not.
#define KOULING_OLD_WRONG 2

// Leave to set a password, once. The password in it is overwritten when it is spent or freed.
typedef struct kouling_approved kouling_approved;

// The password that is judged, and what is known beside it, while it is checked.
typedef struct kouling_candidate kouling_candidate;

// Keys: new codes are hashed with the first, and older ones still verify what was sent before. One owner, who fills it;
// then every thread may use it at once. What was begun with it goes on when it is freed.
typedef struct kouling_code_keys kouling_code_keys;

// A contract. Every thread may use it at once; it is freed as a policy is.
typedef struct kouling_contract kouling_contract;

// Effects, in the order in which they are carried out. Codes in them are overwritten when they are freed.
typedef struct kouling_effects kouling_effects;

// The facts of one judgement or of many. One owner, who fills it; then every thread may judge by it at once.
typedef struct kouling_facts kouling_facts;

// Where a rule puts what it finds.
typedef struct kouling_findings kouling_findings;

// A loader. One owner, who fills it; then every thread may load by it at once.
typedef struct kouling_loader kouling_loader;

// An outcome: codes and figures, and nothing of the password. One owner; every thread may read it at once. Its views
// live as long as it does, also when the policy is freed.
typedef struct kouling_outcome kouling_outcome;

// A policy. Every thread may use it at once. It lives until `kouling_policy_free` was called once for its making and
// once for each `kouling_policy_retain`.
typedef struct kouling_policy kouling_policy;

// A policy and the files that it is made of. One owner; every thread may ask it at once.
typedef struct kouling_policy_file kouling_policy_file;

// A record. Holds no code.
typedef struct kouling_record kouling_record;

// One submission on its way. One owner. The secrets in it are overwritten when it is freed.
typedef struct kouling_redemption kouling_redemption;

// A report of the last call that it was given to; empty when that succeeded. Views of it live until the next such
// call. One owner.
typedef struct kouling_report kouling_report;

// A request for a code, and what was looked up for it. One owner.
typedef struct kouling_sending kouling_sending;

// What a source writes a file into, while it is asked for it.
typedef struct kouling_sink kouling_sink;

// What the host does next. One owner. Its views live as long as it does.
typedef struct kouling_step kouling_step;

// What a policy says of one rule, while it is built.
typedef struct kouling_table kouling_table;

// A word list. Every thread may use it at once; it is freed as a policy is.
typedef struct kouling_words kouling_words;

// A text: `length` bytes of UTF-8 at `data`. One that comes out of the library is a view: it lives as long as what it
// was asked of, and nobody frees it. One that goes in is read before the call returns, and kept by nobody. `data` may
// be NULL when `length` is 0; of a password it may not.
typedef struct kouling_text {
  const char *data;
  size_t length;
} kouling_text;

// A number that a violation tells: `min = 8`.
typedef struct kouling_number {
  // Its name, one of those that the kind declares.
  struct kouling_text name;
  // The number.
  uint64_t value;
} kouling_number;

// Where files come from that were not added to the loader by themselves.
typedef struct kouling_source {
  // The size of this struct.
  size_t struct_size;
  // What is given back with every call. It must live as long as the loader.
  void *context;
  // Writes the file of this name into the sink, with `kouling_sink_write`, and gives `KOULING_OK`; everything else is
  // told as "cannot be read", at the place that names the file. A name is relative to the file it stands in, and
  // comes here put together. It must not unwind. NULL: there are no other files, not on disk either.
  uint32_t (*read)(void *context,
                   struct kouling_text name,
                   struct kouling_sink *sink);
} kouling_source;

// A kind of rule that the host judges by. The functions get the context first, may be called on any thread that loads
// or judges, by several at once, and must not unwind. What they are given lives until they return.
typedef struct kouling_rule_kind {
  // The size of this struct.
  size_t struct_size;
  // What a policy calls it: `[rules.<kind>]`.
  struct kouling_text kind;
  // Every violation code it can give: `<kind>.<word>`.
  const struct kouling_text *codes;
  // How many there are.
  size_t code_count;
  // The names of the numbers that it can give, which messages name as `{name}`.
  const struct kouling_text *numbers;
  // How many there are.
  size_t number_count;
  // What is given back with every call.
  void *context;
  // Reads what a policy says under `[rules.<kind>]` and may leave something of its own in `*rule` for `check`. What it
  // does not ask the table for is a mistake of the author's, and is told with the nearest name. Everything but
  // `KOULING_OK` means that the rule cannot be made. NULL: the rule has no parameters.
  uint32_t (*build)(void *context,
                    struct kouling_table *table,
                    void **rule);
  // Looks at a password and tells what is wrong by `kouling_findings_refuse`. Everything but `KOULING_OK` means that it
  // could not judge: there is then no outcome, and the password is not accepted.
  uint32_t (*check)(void *context,
                    void *rule,
                    const struct kouling_candidate *candidate,
                    struct kouling_findings *findings);
  // Lets go of what `build` left, once for each time that it left something that is not NULL. May be NULL.
  void (*free_rule)(void *context,
                    void *rule);
  // Lets go of the context, once, when neither the loader nor a policy of it needs it. May be NULL.
  void (*free_context)(void *context);
} kouling_rule_kind;

// A function that compares a password with a stored hash, in constant time. Every answer that is none of
// `KOULING_HASH_…` is a failure, and then no judgement is possible. It must not unwind.
typedef struct kouling_verifier {
  // The size of this struct.
  size_t struct_size;
  // What is given back with every call. It must live as long as what it was given to.
  void *context;
  // The function.
  uint32_t (*verify)(void *context,
                     struct kouling_text password,
                     struct kouling_text stored);
} kouling_verifier;

// What goes over the wire.
typedef struct kouling_answer {
  // The size of this struct, to be set before it is filled in.
  size_t struct_size;
  // The HTTP status.
  uint32_t status;
  // Whether `retry_after` says something: 1 or 0.
  uint32_t has_retry_after;
  // Seconds after which another try makes sense.
  uint64_t retry_after;
  // The contract's code.
  struct kouling_text code;
  // The text, in the reader's language.
  struct kouling_text message;
} kouling_answer;

// An effect. Which fields say something, its kind tells; the others are empty or 0. The texts are views that live as
// long as the effects.
typedef struct kouling_effect {
  // The size of this struct, to be set before it is filled in.
  size_t struct_size;
  // What to do: `KOULING_COUNT` and so on.
  uint32_t kind;
  // For what: `KOULING_FORGOT_PASSWORD` or `KOULING_UPDATE_PASSWORD`.
  uint32_t purpose;
  // How: `KOULING_EMAIL` or `KOULING_MOBILE`.
  uint32_t channel;
  // Whether an audit event is of a channel.
  uint32_t has_channel;
  // When, in seconds since 1970-01-01T00:00:00Z.
  int64_t now;
  // When a code dies.
  int64_t dies;
  // How many events may be on record.
  uint64_t most;
  // Within how many seconds.
  uint64_t seconds;
  // The identifier of an account.
  struct kouling_text account;
  // An address.
  struct kouling_text address;
  // The identifier of a challenge.
  struct kouling_text challenge;
  // A challenge as bytes.
  struct kouling_text record;
  // The key under which is counted.
  struct kouling_text key;
  // A code, a secret.
  struct kouling_text code;
  // A password hash.
  struct kouling_text hash;
  // The token of a captcha.
  struct kouling_text token;
  // An audit event as a stable word: `code.made`, `password.set`.
  struct kouling_text event;
} kouling_effect;

// Who calls. A field that is blank is one that the client did not say.
typedef struct kouling_caller {
  // The size of this struct.
  size_t struct_size;
  // The operating system of the device, as the client says.
  struct kouling_text system;
  // The fingerprint of the device; what a code is bound to when the policy says so.
  struct kouling_text fingerprint;
  // The agent, as the client says.
  struct kouling_text agent;
  // The client's identifier.
  struct kouling_text client;
  // Whether the host knows this client: 1 or 0.
  uint32_t client_is_registered;
} kouling_caller;

// Somebody asks for a code.
typedef struct kouling_send_request {
  // The size of this struct.
  size_t struct_size;
  // Who calls.
  const struct kouling_caller *caller;
  // For what: `KOULING_FORGOT_PASSWORD` or `KOULING_UPDATE_PASSWORD`.
  uint32_t purpose;
  // How the code shall travel: `KOULING_EMAIL` or `KOULING_MOBILE`.
  uint32_t channel;
  // The address as it was typed.
  struct kouling_text address;
  // The token of a solved captcha, where the client sent one.
  struct kouling_text captcha_token;
  // The peer's IPv4 or IPv6 address.
  struct kouling_text peer;
} kouling_send_request;

// Somebody submits a code and a password.
typedef struct kouling_redemption_request {
  // The size of this struct.
  size_t struct_size;
  // Who calls.
  const struct kouling_caller *caller;
  // The host's own verifier for the history; NULL where it has none. Its context must live as long as the redemption.
  const struct kouling_verifier *verifier;
  // Over which channel the code came: `KOULING_EMAIL` or `KOULING_MOBILE`.
  uint32_t channel;
  // Whether only the first thing that is wrong with the password shall be said: 1 or 0.
  uint32_t reports_first;
  // The address as it was typed; not asked for when somebody is signed in.
  struct kouling_text address;
  // The code as it was typed.
  struct kouling_text code;
  // The new password as it was typed.
  struct kouling_text password;
  // The account that is signed in and updates its password; empty when it was forgotten.
  struct kouling_text signed_in;
} kouling_redemption_request;

// An account as the host knows it.
typedef struct kouling_account {
  // The size of this struct.
  size_t struct_size;
  // Its identifier.
  struct kouling_text id;
  // Whether it may be used: 1 or 0. A locked account's password is not reset.
  uint32_t is_active;
  // Whether `password_set` is known: 1 or 0.
  uint32_t has_password_set;
  // When the current password was set, in seconds since 1970-01-01T00:00:00Z.
  int64_t password_set;
  // The attributes of its user, and its stored hashes, the current one first. The other facts in it are not
  // looked at, nor is a verifier: that comes with the request.
  const struct kouling_facts *facts;
} kouling_account;

// Somebody who is signed in wants another password.
typedef struct kouling_change_request {
  // The size of this struct.
  size_t struct_size;
  // Who calls.
  const struct kouling_caller *caller;
  // The account that is signed in.
  const struct kouling_account *account;
  // The host's own verifier for the history; NULL where it has none.
  const struct kouling_verifier *verifier;
  // What the host found out about the old password: `KOULING_OLD_RIGHT` and so on.
  uint32_t old;
  // Whether only the first thing that is wrong with the password shall be said: 1 or 0.
  uint32_t reports_first;
  // The old password as it was typed; a rule may compare the new one with it.
  struct kouling_text old_password;
  // The new password as it was typed.
  struct kouling_text password;
} kouling_change_request;

#ifdef __cplusplus
extern "C" {
#endif // __cplusplus

// The number of the border of the library that is running, to be compared with `KOULING_ABI`.
uint32_t kouling_abi(void);

// The version of the library that is running, such as `0.1.0`. Lives as long as the process.
struct kouling_text kouling_version(void);

// Makes an empty report.
uint32_t kouling_report_new(struct kouling_report **report);

// Frees a report.
void kouling_report_free(struct kouling_report *report);

// All of it as lines to print.
struct kouling_text kouling_report_text(const struct kouling_report *report);

// How many things are wrong.
size_t kouling_report_count(const struct kouling_report *report);

// What kind of thing it is, for machines: `unknown-key`, `stored_hash`.
struct kouling_text kouling_report_code(const struct kouling_report *report,
                                        size_t index);

// The file or preset that it stands in; empty where it stands in none.
struct kouling_text kouling_report_file(const struct kouling_report *report,
                                        size_t index);

// The line, from 1; 0 where it stands in none.
size_t kouling_report_line(const struct kouling_report *report,
                           size_t index);

// The column in characters, from 1; 0 where that is not known.
size_t kouling_report_column(const struct kouling_report *report,
                             size_t index);

// What is wrong.
struct kouling_text kouling_report_message(const struct kouling_report *report,
                                           size_t index);

// What would be right; empty where that is not known.
struct kouling_text kouling_report_help(const struct kouling_report *report,
                                        size_t index);

// Compiles a policy from a text in TOML. Files that it names are found from the working directory.
uint32_t kouling_policy_parse(struct kouling_text text,
                              const struct kouling_policy **policy,
                              struct kouling_report *report);

// Reads and compiles the policy in a file. Files that it names are found from its folder.
uint32_t kouling_policy_load(struct kouling_text path,
                             const struct kouling_policy **policy,
                             struct kouling_report *report);

// Compiles a policy that comes with the library: `standard`, `nist-800-63b-4`.
uint32_t kouling_policy_preset(struct kouling_text name,
                               const struct kouling_policy **policy,
                               struct kouling_report *report);

// Makes one owner more, who frees it too. NULL is nothing.
void kouling_policy_retain(const struct kouling_policy *policy);

// Frees a policy, when it is its last owner who does. NULL is nothing.
void kouling_policy_free(const struct kouling_policy *policy);

// Its name.
struct kouling_text kouling_policy_name(const struct kouling_policy *policy);

// SHA-256 over its layers and its word lists, in 64 hexadecimal digits.
struct kouling_text kouling_policy_digest(const struct kouling_policy *policy);

// What it demands, for a reader who has not typed anything yet, as JSON: `policy`, `digest`, `language`; `checklist`,
// of objects with `rule`, `codes`, `text`, `needs_account`; `regular_expression`, `passwordrules`, `min_length` and
// `max_length`. The language is a tag such as `zh-CN`; one that is not known is English. The view lives as long as
// the policy.
uint32_t kouling_policy_describe(const struct kouling_policy *policy,
                                 struct kouling_text language,
                                 struct kouling_text *json,
                                 struct kouling_report *report);

// Makes one of a path. Nothing is read yet, so that a host can start before its policy is right.
uint32_t kouling_policy_file_new(struct kouling_text path,
                                 struct kouling_policy_file **file,
                                 struct kouling_report *report);

// The policy as the file is now, and its layers and word lists: what changed since the last call is read anew. The
// caller owns it and frees it. When the file is wrong or gone there is none, whatever there was before: a host then
// refuses every password, and prints the report.
uint32_t kouling_policy_file_policy(const struct kouling_policy_file *file,
                                    const struct kouling_policy **policy,
                                    struct kouling_report *report);

// Frees it. A policy that it gave lives on. NULL is nothing.
void kouling_policy_file_free(struct kouling_policy_file *file);

// Reads a list, plain (UTF-8, a word a line) or compiled: the first bytes tell. Words are folded for case; with
// `as_typed` that is not 0 they keep their capitals.
uint32_t kouling_words_read(struct kouling_text bytes,
                            uint32_t as_typed,
                            const struct kouling_words **words,
                            struct kouling_report *report);

// Compiles a plain list, of which the order is the rank; `source` says where the words are from. What is compiled is
// searched as it lies, and loads at once: `kouling_words_bytes` gives it, to be kept in a file.
uint32_t kouling_words_compile(struct kouling_text text,
                               uint32_t as_typed,
                               struct kouling_text source,
                               const struct kouling_words **words,
                               struct kouling_report *report);

// The list as a file would hold it. The view lives as long as the list.
struct kouling_text kouling_words_bytes(const struct kouling_words *words);

// How many words it has.
size_t kouling_words_count(const struct kouling_words *words);

// Whether a word is in it, `*found` 1 or 0. The word is folded as the list is.
uint32_t kouling_words_find(const struct kouling_words *words,
                            struct kouling_text word,
                            uint32_t *found,
                            struct kouling_report *report);

// Makes one owner more, who frees it too. NULL is nothing.
void kouling_words_retain(const struct kouling_words *words);

// Frees a list, when it is its last owner who does. NULL is nothing.
void kouling_words_free(const struct kouling_words *words);

// Adds bytes to a file. They are copied.
uint32_t kouling_sink_write(struct kouling_sink *sink,
                            struct kouling_text bytes);

// A whole number of the rule; `otherwise` where it is not written, and a complaint to the author where it is none or
// out of range.
uint64_t kouling_table_count(struct kouling_table *table,
                             struct kouling_text key,
                             uint64_t otherwise,
                             uint64_t least,
                             uint64_t most);

// A yes or no of the rule.
bool kouling_table_flag(struct kouling_table *table,
                        struct kouling_text key,
                        bool otherwise);

// A text of the rule; empty where it is not written. The view lives until `build` returns.
struct kouling_text kouling_table_text(struct kouling_table *table,
                                       struct kouling_text key);

// Tells the author that what stands under a key is wrong, at its place. Then the policy does not load.
uint32_t kouling_table_complain(struct kouling_table *table,
                                struct kouling_text key,
                                struct kouling_text message);

// The password as it is judged: normalised. A view, to be forgotten when the check returns.
struct kouling_text kouling_candidate_text(const struct kouling_candidate *candidate);

// The same without differences of case.
struct kouling_text kouling_candidate_folded(const struct kouling_candidate *candidate);

// The folded form backwards.
struct kouling_text kouling_candidate_reversed(const struct kouling_candidate *candidate);

// How many code points it has.
size_t kouling_candidate_length(const struct kouling_candidate *candidate);

// An attribute of the user, the first, second and so on of its name; empty where there is none.
struct kouling_text kouling_candidate_attribute(const struct kouling_candidate *candidate,
                                                struct kouling_text name,
                                                size_t index);

// The moment of judging, in seconds since 1970-01-01T00:00:00Z.
int64_t kouling_candidate_now(const struct kouling_candidate *candidate);

// Refuses the password for a code that the kind declares, with numbers that it declares. A code or a number that it
// does not is `KOULING_INVALID_ARGUMENT`, and nothing is refused: the check should then fail.
uint32_t kouling_findings_refuse(struct kouling_findings *findings,
                                 struct kouling_text code,
                                 const struct kouling_number *numbers,
                                 size_t number_count);

// Makes a loader that knows what the library knows, and reads files from disk.
uint32_t kouling_loader_new(struct kouling_loader **loader);

// Frees a loader. The policies that it made live on.
void kouling_loader_free(struct kouling_loader *loader);

// Adds a file, a policy or a word list, by the name that policies call it: `words.txt`, `lists/words.txt`. The bytes are
// copied. One of the same name is replaced.
uint32_t kouling_loader_add_file(struct kouling_loader *loader,
                                 struct kouling_text name,
                                 struct kouling_text bytes,
                                 struct kouling_report *report);

// Adds a word list by the name that policies call it. It is shared, not copied, and may be freed at once.
uint32_t kouling_loader_add_words(struct kouling_loader *loader,
                                  struct kouling_text name,
                                  const struct kouling_words *words,
                                  struct kouling_report *report);

// Says where the files are that were not added.
uint32_t kouling_loader_set_source(struct kouling_loader *loader,
                                   const struct kouling_source *source,
                                   struct kouling_report *report);

// Adds a kind of rule; one of the same name is replaced. Where this fails, the context stays the caller's to free.
uint32_t kouling_loader_add_rule_kind(struct kouling_loader *loader,
                                      const struct kouling_rule_kind *kind,
                                      struct kouling_report *report);

// Compiles a policy from a text. `name` is what findings call it, and files that it names are found from there.
uint32_t kouling_loader_parse(const struct kouling_loader *loader,
                              struct kouling_text name,
                              struct kouling_text text,
                              const struct kouling_policy **policy,
                              struct kouling_report *report);

// Reads and compiles the policy in a file.
uint32_t kouling_loader_load(const struct kouling_loader *loader,
                             struct kouling_text path,
                             const struct kouling_policy **policy,
                             struct kouling_report *report);

// Makes facts about nobody, at a moment: seconds since 1970-01-01T00:00:00Z. The library has no clock.
uint32_t kouling_facts_new(int64_t now,
                           struct kouling_facts **facts);

// Frees facts; the current password in them is overwritten.
void kouling_facts_free(struct kouling_facts *facts);

// Adds an attribute of the user: `username`, `name`, `phone`, `email`, or one that a policy names. One name may come
// more than once. Beyond 64 attributes of 256 characters no judgement is made.
uint32_t kouling_facts_add_attribute(struct kouling_facts *facts,
                                     struct kouling_text name,
                                     struct kouling_text value);

// Adds an earlier password as it is stored, a hash: the current one first, then newest to oldest. `set_at` is when it
// was set, in seconds since 1970-01-01T00:00:00Z; NULL where that is not known.
uint32_t kouling_facts_add_previous(struct kouling_facts *facts,
                                    struct kouling_text hash,
                                    const int64_t *set_at);

// Sets the current password itself, as its owner typed it, where the host has it. It is copied.
uint32_t kouling_facts_set_current(struct kouling_facts *facts,
                                   struct kouling_text password);

// Sets the host's own verifier of stored hashes; it is asked before the forms that the library knows.
uint32_t kouling_facts_set_verifier(struct kouling_facts *facts,
                                    const struct kouling_verifier *verifier);

// Sets the moment of judging, so that the same facts serve later.
uint32_t kouling_facts_set_now(struct kouling_facts *facts,
                               int64_t now);

// How many findings a list has.
size_t kouling_outcome_count(const struct kouling_outcome *outcome,
                             uint32_t list);

// The stable code of a finding: `length.too_short`. Empty where there is no such finding.
struct kouling_text kouling_outcome_code(const struct kouling_outcome *outcome,
                                         uint32_t list,
                                         size_t index);

// The rule that found it, by its name in the policy. Empty for a note, and where there is no such finding.
struct kouling_text kouling_outcome_rule(const struct kouling_outcome *outcome,
                                         uint32_t list,
                                         size_t index);

// The kind of that rule.
struct kouling_text kouling_outcome_kind(const struct kouling_outcome *outcome,
                                         uint32_t list,
                                         size_t index);

// A finding in words, in a language by its tag, such as `zh-CN`; one that is not known is English.
struct kouling_text kouling_outcome_message(const struct kouling_outcome *outcome,
                                            uint32_t list,
                                            size_t index,
                                            struct kouling_text language);

// The code of a finding in a contract. Empty for a note, and where there is no such finding.
struct kouling_text kouling_outcome_wire(const struct kouling_outcome *outcome,
                                         uint32_t list,
                                         size_t index,
                                         const struct kouling_contract *contract);

// How many named numbers a finding has.
size_t kouling_outcome_number_count(const struct kouling_outcome *outcome,
                                    uint32_t list,
                                    size_t index);

// A number of a finding: its name and itself. `name` may be NULL.
uint32_t kouling_outcome_number(const struct kouling_outcome *outcome,
                                uint32_t list,
                                size_t index,
                                size_t number,
                                struct kouling_text *name,
                                uint64_t *value);

// Judges a password: bytes that were typed, as they were typed. That it is refused is no failure; the outcome says it.
uint32_t kouling_policy_evaluate(const struct kouling_policy *policy,
                                 struct kouling_text password,
                                 const struct kouling_facts *facts,
                                 struct kouling_outcome **outcome,
                                 struct kouling_report *report);

// Frees an outcome.
void kouling_outcome_free(struct kouling_outcome *outcome);

// Whether the password is accepted. NULL is not.
bool kouling_outcome_accepted(const struct kouling_outcome *outcome);

// Judges a password and says why, as JSON: `outcome`, as `kouling_outcome_json` writes it; `rules`, of objects with
// `rule`, `kind`, `severity`, `exempt`, `demand`, `seen` and `found`. `*explained` is the outcome, whose view `*json` is.
// For those who tune a policy: it takes longer than a judgement.
uint32_t kouling_policy_explain(const struct kouling_policy *policy,
                                struct kouling_text password,
                                const struct kouling_facts *facts,
                                struct kouling_text language,
                                const struct kouling_contract *contract,
                                struct kouling_outcome **explained,
                                struct kouling_text *json,
                                struct kouling_report *report);

// The outcome in the one form in which every surface writes it as JSON, with messages in a language, and with the
// codes of a contract; NULL: without.
uint32_t kouling_outcome_json(const struct kouling_outcome *outcome,
                              struct kouling_text language,
                              const struct kouling_contract *contract,
                              struct kouling_text *json,
                              struct kouling_report *report);

// A contract that comes with the library: `idaas-ciam`.
uint32_t kouling_contract_built_in(struct kouling_text name,
                                   const struct kouling_contract **contract,
                                   struct kouling_report *report);

// Reads the contract in a file.
uint32_t kouling_contract_load(struct kouling_text path,
                               const struct kouling_contract **contract,
                               struct kouling_report *report);

// What a host refuses by itself: `host.malformed`, `reset.old_password_refused`; a name that the contract does not have is
// a fault. `answer` has its `struct_size` set; its texts live as long as the contract.
uint32_t kouling_contract_answer(const struct kouling_contract *contract,
                                 struct kouling_text name,
                                 struct kouling_text language,
                                 struct kouling_answer *answer_out,
                                 struct kouling_report *report);

// Makes one owner more, who frees it too. NULL is nothing.
void kouling_contract_retain(const struct kouling_contract *contract);

// Frees a contract, when it is its last owner who does. NULL is nothing.
void kouling_contract_free(const struct kouling_contract *contract);

// Makes keys of the one that new codes are hashed with: 32 random bytes, and a number to know it by.
uint32_t kouling_code_keys_new(uint32_t id,
                               struct kouling_text bytes,
                               struct kouling_code_keys **keys,
                               struct kouling_report *report);

// Also verifies with an older key, so that keys can be changed while codes are on their way.
uint32_t kouling_code_keys_add_older(struct kouling_code_keys *keys,
                                     uint32_t id,
                                     struct kouling_text bytes,
                                     struct kouling_report *report);

// Frees keys and overwrites them.
void kouling_code_keys_free(struct kouling_code_keys *keys);

// Seconds until one more event fits under `most` within `seconds`, given the moments of those on record; 0: now. It is
// what the effects `KOULING_COUNT` and `KOULING_RESERVE_SUBMISSION` are conditional on. What is no array never fits, nor does anything where `most` is 0:
// `UINT64_MAX`.
uint64_t kouling_retry_after(uint64_t most,
                             uint64_t seconds,
                             const int64_t *events,
                             size_t event_count,
                             int64_t now);

// How many effects there are.
size_t kouling_effects_count(const struct kouling_effects *effects);

// Fills in an effect, of which `struct_size` is set.
uint32_t kouling_effects_at(const struct kouling_effects *effects,
                            size_t index,
                            struct kouling_effect *effect);

// The effect as a stable word for logs: `set_password`.
struct kouling_text kouling_effects_name(const struct kouling_effects *effects,
                                         size_t index);

// Frees effects that `kouling_approved_effects` gave. Those of a step are freed with it.
void kouling_effects_free(struct kouling_effects *effects);

// Reads a record from the bytes that were stored. One that is damaged is `KOULING_UNAVAILABLE`; it is worth nothing, and
// a host that cannot read it answers as if there were none.
uint32_t kouling_record_read(struct kouling_text bytes,
                             struct kouling_record **record,
                             struct kouling_report *report);

// The record as bytes, to be stored. The view lives as long as the record and is another after `kouling_record_after`.
struct kouling_text kouling_record_bytes(const struct kouling_record *record);

// Makes the record what it is after an effect of a list; one that is not about it leaves it as it is. `*holds` is 0 when
// the condition of the effect does not hold of it: it stays what it was, and nothing of the list may be done.
uint32_t kouling_record_after(struct kouling_record *record,
                              const struct kouling_effects *effects,
                              size_t index,
                              uint32_t *holds,
                              struct kouling_report *report);

// The identifier of a challenge, or the token of a captcha: what it is stored under.
struct kouling_text kouling_record_id(const struct kouling_record *record);

// Its state: `KOULING_LIVE`, `KOULING_CONSUMED`, `KOULING_DEAD`; NULL is dead.
uint32_t kouling_record_state(const struct kouling_record *record);

// How many submissions of a code are left.
uint64_t kouling_record_submissions_left(const struct kouling_record *record);

// When a code dies, in seconds since 1970-01-01T00:00:00Z; what is dead may be forgotten a day later.
int64_t kouling_record_dies(const struct kouling_record *record);

// Frees a record.
void kouling_record_free(struct kouling_record *record);

// The identifier of the account whose password is set. Empty when the leave is spent.
struct kouling_text kouling_approved_account(const struct kouling_approved *approved);

// The password exactly as it was judged: this is what must be hashed, all of it. A view until the leave is spent.
struct kouling_text kouling_approved_password(const struct kouling_approved *approved);

// Spends the leave: what to do, given the hash of its password. The caller owns the effects and frees them.
uint32_t kouling_approved_effects(struct kouling_approved *approved,
                                  struct kouling_text hash,
                                  struct kouling_effects **effects,
                                  struct kouling_report *report);

// Frees a leave.
void kouling_approved_free(struct kouling_approved *approved);

// What to do: `KOULING_REFUSED` and so on. NULL is refused.
uint32_t kouling_step_kind(const struct kouling_step *step);

// The purpose of the challenge that is looked up.
uint32_t kouling_step_purpose(const struct kouling_step *step);

// The channel of the challenge or of the address that is looked up.
uint32_t kouling_step_channel(const struct kouling_step *step);

// The address that is looked up, normalised.
struct kouling_text kouling_step_address(const struct kouling_step *step);

// The account that is looked up, or whose password is set.
struct kouling_text kouling_step_account(const struct kouling_step *step);

// The token of a captcha that was solved, which the client sends with its request for a code.
struct kouling_text kouling_step_token(const struct kouling_step *step);

// The effects, freed with the step. NULL of NULL.
const struct kouling_effects *kouling_step_effects(const struct kouling_step *step);

// Why it is refused or not judged: `reset.code_refused`, `length.too_short`, `stored_hash`. Empty when it is not.
struct kouling_text kouling_step_code(const struct kouling_step *step);

// Seconds after which another try makes sense; 0 where that says nothing.
uint64_t kouling_step_retry_after(const struct kouling_step *step);

// Everything that is wrong with the password, where that is why. Freed with the step; NULL where it is not.
const struct kouling_outcome *kouling_step_outcome(const struct kouling_step *step);

// The refusal as a contract has it. `answer` has its `struct_size` set; its texts live as long as the step. A step that
// neither refuses nor fails to judge has none.
uint32_t kouling_step_answer(const struct kouling_step *step,
                             const struct kouling_contract *contract,
                             struct kouling_text language,
                             struct kouling_answer *answer_out,
                             struct kouling_report *report);

// Takes the leave to set a password out of the step, once. The caller owns it and frees it.
uint32_t kouling_step_take_approved(struct kouling_step *step,
                                    struct kouling_approved **approved,
                                    struct kouling_report *report);

// Frees a step, and what was not taken out of it.
void kouling_step_free(struct kouling_step *step);

// Begins. Then the host looks up, in this order: whether an account has the address of `kouling_sending_address`
// (`kouling_sending_set_account`); the captcha that the token names, the part before `---`
// (`kouling_sending_set_captcha`); and for each budget the moments on record under its key within its window
// (`kouling_sending_set_events`). Then `kouling_sending_decide`.
uint32_t kouling_sending_new(const struct kouling_policy *policy,
                             const struct kouling_send_request *request,
                             struct kouling_sending **sending,
                             struct kouling_report *report);

// The address, normalised: what accounts are looked up by. Empty when it is not exactly one; then there is nothing to
// look up, and the answer is no.
struct kouling_text kouling_sending_address(const struct kouling_sending *sending);

// Its channel.
uint32_t kouling_sending_channel(const struct kouling_sending *sending);

// Says which account has the address, and the address as it stands on record: mail goes there, and never to what was
// typed. Events that were looked up are forgotten, since there are other budgets now. Not called: there is no account.
uint32_t kouling_sending_set_account(struct kouling_sending *sending,
                                     struct kouling_text account,
                                     struct kouling_text address_on_record,
                                     struct kouling_report *report);

// Gives the record of the captcha that the token names. It is copied. Not called: there is none.
uint32_t kouling_sending_set_captcha(struct kouling_sending *sending,
                                     const struct kouling_record *captcha,
                                     struct kouling_report *report);

// How many budgets the code is counted under.
size_t kouling_sending_budget_count(const struct kouling_sending *sending);

// The key of a budget: what events are written down under.
struct kouling_text kouling_sending_budget_key(const struct kouling_sending *sending,
                                               size_t index);

// The window of a budget in seconds: older events need not be looked up.
uint64_t kouling_sending_budget_seconds(const struct kouling_sending *sending,
                                        size_t index);

// Gives the moments on record under the key of a budget, in seconds since 1970-01-01T00:00:00Z; none is an answer too.
uint32_t kouling_sending_set_events(struct kouling_sending *sending,
                                    size_t index,
                                    const int64_t *events,
                                    size_t event_count,
                                    struct kouling_report *report);

// Decides: `KOULING_GRANTED` or `KOULING_REFUSED`. `now` is in seconds since 1970-01-01T00:00:00Z; `randomness` is 80
// bytes of the operating system's, fresh for every call.
uint32_t kouling_sending_decide(const struct kouling_sending *sending,
                                const struct kouling_code_keys *keys,
                                int64_t now,
                                struct kouling_text randomness,
                                struct kouling_step **step,
                                struct kouling_report *report);

// Frees a request for a code.
void kouling_sending_free(struct kouling_sending *sending);

// Begins, at `now`, in seconds since 1970-01-01T00:00:00Z. Every call gives a step, which says what to do and which call
// comes next; a call that does not fit is refused for good.
uint32_t kouling_redemption_begin(const struct kouling_policy *policy,
                                  const struct kouling_code_keys *keys,
                                  const struct kouling_redemption_request *request,
                                  int64_t now,
                                  struct kouling_redemption **redemption,
                                  struct kouling_step **step,
                                  struct kouling_report *report);

// Answers `KOULING_LOOK_UP_CHALLENGE`: the record, which is copied, or NULL where there is none.
uint32_t kouling_redemption_challenge(struct kouling_redemption *redemption,
                                      const struct kouling_record *challenge,
                                      struct kouling_step **step,
                                      struct kouling_report *report);

// Answers `KOULING_LOOK_UP_ACCOUNT`: the account, which is copied, or NULL where there is none.
uint32_t kouling_redemption_account(struct kouling_redemption *redemption,
                                    const struct kouling_account *known,
                                    struct kouling_step **step,
                                    struct kouling_report *report);

// Answers `KOULING_APPLY` and `KOULING_APPROVED`: 1 when all effects were carried out, 0 when none was.
uint32_t kouling_redemption_applied(struct kouling_redemption *redemption,
                                    uint32_t applied,
                                    struct kouling_step **step,
                                    struct kouling_report *report);

// Frees a redemption, ended or not.
void kouling_redemption_free(struct kouling_redemption *redemption);

// Decides: `KOULING_APPROVED`, `KOULING_REFUSED` or `KOULING_NOT_JUDGED`. When the effects of the leave cannot be carried
// out, the password was changed meanwhile, and the answer is `reset.old_password_refused`.
uint32_t kouling_policy_change(const struct kouling_policy *policy,
                               const struct kouling_change_request *request,
                               int64_t now,
                               struct kouling_step **step,
                               struct kouling_report *report);

// Makes the record of a captcha whose piece belongs `place` pixels from the left. How it is drawn is the host's. The
// token is 32 hexadecimal digits, random.
uint32_t kouling_captcha_new(struct kouling_text token,
                             uint32_t place,
                             int64_t now,
                             struct kouling_record **captcha,
                             struct kouling_report *report);

// Whether a captcha is solved: `KOULING_GRANTED`, with `kouling_step_token`, or `KOULING_REFUSED`. The one try is spent
// either way, by the effects. The client moved the piece to `x`, written as it wrote it in `point`, and wants a code for
// `address`. `captcha` is NULL where its token names none.
uint32_t kouling_policy_verify_captcha(const struct kouling_policy *policy,
                                       const struct kouling_record *captcha,
                                       double x,
                                       struct kouling_text point,
                                       uint32_t channel_number,
                                       struct kouling_text address,
                                       int64_t now,
                                       struct kouling_step **step,
                                       struct kouling_report *report);

#ifdef __cplusplus
}  // extern "C"
#endif  // __cplusplus

// A text of a string that ends with a NUL; of NULL, none.
static inline struct kouling_text kouling_text_of(const char *string) {
  struct kouling_text text = { string, string ? strlen(string) : 0 };
  return text;
}

#endif // KOULING_H
