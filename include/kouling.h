// Kouling, a password and password-reset policy engine. This file is generated from bindings/c/src.
//
// Conventions, which hold for every function:
//
// - Names: `kouling_<noun>_<verb>`. Arguments: the object, inputs, outputs, the report.
// - Errors: a function that can fail returns `kouling_status`. Refusing a password is not a failure: ask
//   `kouling_outcome_accepted`. A failed call never means that a password is accepted.
// - Outputs are set on success and cleared on failure. Objects and outputs must not be NULL unless the comment says so;
//   NULL gives `KOULING_STATUS_INVALID_ARGUMENT`. Functions without a status return empty, 0 or false for NULL.
// - Reports: the last argument of many functions. May be NULL. The call clears it, and fills it if it fails.
// - Text is a pointer and a length, UTF-8. Text from the library is a view: it is owned by the object that it was read
//   from. Text to the library is read or copied before the call returns.
// - Ownership: handles are opaque. Policies, contracts and word lists are reference-counted. Every other handle has one
//   owner, who frees it by the `_free` function of its type. Passing NULL to `_free` is a no-op. Do not pass memory of the
//   library to `free`; the library never frees memory of the caller.
// - Threads: functions marked thread-safe may be called at any time. Reference-counted handles may be used by every thread
//   at the same time. Other handles may be read by several threads, as long as no thread changes or frees them.
// - Structs that the caller fills in begin with their size, so that they can grow:
//   `struct kouling_caller caller = { .struct_size = sizeof caller };`. A field that is zero has its default.
// - Enums: values that this header does not name give `KOULING_STATUS_INVALID_ARGUMENT`. Later versions may return new
//   values where the comment says so.
// - Callbacks receive their context first. They are called on the threads that load or evaluate; several threads may call
//   the same callback at the same time. They must not unwind or jump out. They must use the object that they are called
//   for only through the functions that receive it. A callback that fails means that the password cannot be evaluated,
//   never that it is accepted.
// - Pointers that are not NULL must be valid. Do not use a handle after it was freed.
// - Process state: the library reads no clock and no environment variables, and creates no threads. Do not fork while
//   another thread calls the library: the child could block permanently on a lock.
// - Stability: `KOULING_ABI` is incremented when a function, a struct or a value changes or is removed, not when one is
//   added.
#ifndef KOULING_H
#define KOULING_H


#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

// ABI version of this header. Incremented on breaking changes only; additions keep it. It is also the number in the
// SONAME of the shared library.
#define KOULING_ABI 0

// Status of a call. Refusing a password is not a failure: the call returns `KOULING_STATUS_OK`, and the outcome holds
// the violations. A callback of the host returns one of these values too.
enum kouling_status
#if defined(__cplusplus) || __STDC_VERSION__ >= 202311L
  : uint32_t
#endif // defined(__cplusplus) || __STDC_VERSION__ >= 202311L
 {
  // The call succeeded.
  KOULING_STATUS_OK = 0,
  // An argument is invalid: a required pointer is NULL, an index or a number is out of range, or the facts exceed a
  // limit.
  KOULING_STATUS_INVALID_ARGUMENT = 1,
  // The policy or the contract has errors. The report lists all of them with their locations.
  KOULING_STATUS_INVALID_POLICY = 2,
  // A text is not valid UTF-8, or a password contains a NUL.
  KOULING_STATUS_INVALID_TEXT = 3,
  // A file (policy, contract, word list or breach filter) or a stored record cannot be read or is damaged.
  KOULING_STATUS_UNAVAILABLE = 4,
  // The password could not be evaluated: the format of a stored hash is unknown, or a callback failed. This is neither
  // an acceptance nor a refusal, and must never be treated as acceptance.
  KOULING_STATUS_CANNOT_JUDGE = 5,
  // Internal error (a bug in Kouling). Please report it.
  KOULING_STATUS_INTERNAL = 6,
};
typedef enum kouling_status kouling_status;

// Result of a verifier for one stored hash.
enum kouling_hash_result
#if defined(__cplusplus) || __STDC_VERSION__ >= 202311L
  : uint32_t
#endif // defined(__cplusplus) || __STDC_VERSION__ >= 202311L
 {
  // The verifier does not know the format of the hash. The built-in formats are tried next.
  KOULING_HASH_UNKNOWN = 0,
  // The hash belongs to this password.
  KOULING_HASH_MATCHES = 1,
  // The hash belongs to another password.
  KOULING_HASH_DIFFERS = 2,
};
typedef enum kouling_hash_result kouling_hash_result;

// Whether the policy accepts the password at a sign-in.
enum kouling_accepts
#if defined(__cplusplus) || __STDC_VERSION__ >= 202311L
  : uint32_t
#endif // defined(__cplusplus) || __STDC_VERSION__ >= 202311L
 {
  // The password was not evaluated.
  KOULING_ACCEPTS_UNKNOWN = 0,
  // The policy accepts it.
  KOULING_ACCEPTS_YES = 1,
  // The policy refuses it.
  KOULING_ACCEPTS_NO = 2,
};
typedef enum kouling_accepts kouling_accepts;

// Whether the password of an account can be used. Later versions may add values: treat a value that the program does not
// know as `KOULING_STANDING_DISABLED`.
enum kouling_standing
#if defined(__cplusplus) || __STDC_VERSION__ >= 202311L
  : uint32_t
#endif // defined(__cplusplus) || __STDC_VERSION__ >= 202311L
 {
  // There is no decision.
  KOULING_STANDING_UNKNOWN = 0,
  // It can be used.
  KOULING_STANDING_FINE = 1,
  // It can be used, and expires in `kouling_decision_value` days.
  KOULING_STANDING_WARN = 2,
  // It must be changed before anything else.
  KOULING_STANDING_MUST_CHANGE = 3,
  // It has expired, and can be used for `kouling_decision_value` sign-ins, including this one.
  KOULING_STANDING_GRACE = 4,
  // Sign-ins are refused until the time `kouling_decision_value`.
  KOULING_STANDING_LOCKED = 5,
  // Sign-ins are refused until an administrator acts, or the password is reset.
  KOULING_STANDING_DISABLED = 6,
};
typedef enum kouling_standing kouling_standing;

// A list of an outcome.
enum kouling_list
#if defined(__cplusplus) || __STDC_VERSION__ >= 202311L
  : uint32_t
#endif // defined(__cplusplus) || __STDC_VERSION__ >= 202311L
 {
  // Violations that refuse the password, in policy order.
  KOULING_LIST_VIOLATIONS = 0,
  // Violations of rules with severity `warn`: shown to the user, but the password is accepted.
  KOULING_LIST_WARNINGS = 1,
  // Violations of rules with severity `shadow`: for metrics only, never shown to the user.
  KOULING_LIST_SHADOWS = 2,
  // Limits of this evaluation, such as that only the first part of a long password was estimated. Notes belong to no
  // rule.
  KOULING_LIST_NOTES = 3,
};
typedef enum kouling_list kouling_list;

// Kind of an effect. Apply the effects of one list in order and in one transaction, all or none. If a *condition* does
// not hold, or the host does not know a kind, apply nothing of the list and report 0 to `kouling_redemption_applied`.
// Later versions of the library may add kinds.
enum kouling_effect_kind
#if defined(__cplusplus) || __STDC_VERSION__ >= 202311L
  : uint32_t
#endif // defined(__cplusplus) || __STDC_VERSION__ >= 202311L
 {
  // No effect: there is none at this index.
  KOULING_EFFECT_NONE = 0,
  // Mark the captcha `token` as used (`kouling_record_after`). *Condition*: it is solved and not used.
  KOULING_EFFECT_USE_CAPTCHA = 1,
  // Mark the captcha `token` as solved for `address` (`kouling_record_after`). *Condition*: it is open.
  KOULING_EFFECT_SOLVE_CAPTCHA = 2,
  // Mark the captcha `token` as used: the client failed its only attempt (`kouling_record_after`).
  KOULING_EFFECT_FAIL_CAPTCHA = 3,
  // Record one event at `now` under `key`. *Condition*: fewer than `max` events are recorded under it within `seconds`
  // (`kouling_retry_after` returns 0).
  KOULING_EFFECT_COUNT = 4,
  // Revoke the challenges of `account` if it is not empty, and those of `address` and `channel` if it is not empty; if
  // `requester` is not empty, only those of that requester. Pass each of these records to `kouling_record_after`.
  KOULING_EFFECT_REVOKE_CHALLENGES = 5,
  // Store the challenge `record` under its identifier `challenge`. It is looked up by `purpose`, `channel`, `requester`
  // and either `address` or `account`.
  KOULING_EFFECT_STORE_CHALLENGE = 6,
  // Send `code` to `address` by `channel`; it expires at `expires`. Queue the message in the same transaction and send it
  // afterwards, so that a failing mail server does not change the response.
  KOULING_EFFECT_SEND_CODE = 7,
  // Use up one submission of `challenge` (`kouling_record_after`). *Condition*: it is valid and has a submission left.
  KOULING_EFFECT_RESERVE_SUBMISSION = 8,
  // Delete one event at `now` under `key`: the submitted code was correct.
  KOULING_EFFECT_RELEASE_COUNT = 9,
  // Mark `challenge` as used (`kouling_record_after`). *Condition*: it is valid.
  KOULING_EFFECT_CONSUME_CHALLENGE = 10,
  // *Condition*: the current stored hash of `account` is `hash`, or the account has none and `hash` is empty.
  KOULING_EFFECT_REQUIRE_CURRENT = 11,
  // Set the password of `account` to `hash` at `now`, and keep the previous hash as history. *Condition*: the account
  // exists and is active.
  KOULING_EFFECT_SET_PASSWORD = 12,
  // End every session of `account`.
  KOULING_EFFECT_REVOKE_SESSIONS = 13,
  // Notify every address of `account` that its password was changed at `now`.
  KOULING_EFFECT_NOTIFY = 14,
  // Write the audit event `event` at `now`, for `purpose`, for `channel` if `has_channel` is 1, and for `account` if it
  // is not empty.
  KOULING_EFFECT_AUDIT = 15,
};
typedef enum kouling_effect_kind kouling_effect_kind;

// Purpose of a code.
enum kouling_purpose
#if defined(__cplusplus) || __STDC_VERSION__ >= 202311L
  : uint32_t
#endif // defined(__cplusplus) || __STDC_VERSION__ >= 202311L
 {
  // A user who cannot sign in sets a new password.
  KOULING_PURPOSE_FORGOT_PASSWORD = 0,
  // A signed-in user sets a new password.
  KOULING_PURPOSE_UPDATE_PASSWORD = 1,
};
typedef enum kouling_purpose kouling_purpose;

// Channel by which a code is sent.
enum kouling_channel
#if defined(__cplusplus) || __STDC_VERSION__ >= 202311L
  : uint32_t
#endif // defined(__cplusplus) || __STDC_VERSION__ >= 202311L
 {
  // E-mail.
  KOULING_CHANNEL_EMAIL = 0,
  // Text message to a mobile phone.
  KOULING_CHANNEL_MOBILE = 1,
};
typedef enum kouling_channel kouling_channel;

// State of a record.
enum kouling_record_status
#if defined(__cplusplus) || __STDC_VERSION__ >= 202311L
  : uint32_t
#endif // defined(__cplusplus) || __STDC_VERSION__ >= 202311L
 {
  // A challenge whose code can be redeemed; a captcha that was shown and not yet attempted.
  KOULING_RECORD_VALID = 0,
  // A captcha that was solved. It allows one code.
  KOULING_RECORD_SOLVED = 1,
  // A challenge whose code set a password; a captcha that was used, or whose only attempt failed.
  KOULING_RECORD_USED = 2,
  // A challenge that was replaced by a newer code of the same requester or by a new password.
  KOULING_RECORD_REVOKED = 3,
};
typedef enum kouling_record_status kouling_record_status;

// What the host does next. Treat an unknown value as `KOULING_STEP_REFUSED`.
enum kouling_step_type
#if defined(__cplusplus) || __STDC_VERSION__ >= 202311L
  : uint32_t
#endif // defined(__cplusplus) || __STDC_VERSION__ >= 202311L
 {
  // Refused. Apply the effects nevertheless. `kouling_step_code` and `kouling_step_response` say why.
  KOULING_STEP_REFUSED = 0,
  // The password could not be evaluated, so it is not set. Apply the effects nevertheless.
  KOULING_STEP_NOT_JUDGED = 1,
  // Look up the newest challenge with the purpose, channel and requester of the step, and with its address or, if that
  // is empty, its account. Then call `kouling_redemption_challenge`.
  KOULING_STEP_LOOK_UP_CHALLENGE = 2,
  // Apply the effects. Then call `kouling_redemption_applied`.
  KOULING_STEP_APPLY = 3,
  // Look up the account that has both the identifier *and* the address of the step now. Then call
  // `kouling_redemption_account`, with NULL if there is none or the identifier is empty.
  KOULING_STEP_LOOK_UP_ACCOUNT = 4,
  // Approved: call `kouling_step_take_approved`, hash the password, and apply the effects of the approval. In a
  // redemption, then call `kouling_redemption_applied`.
  KOULING_STEP_APPROVED = 5,
  // Granted if the effects can be applied. If a condition does not hold, something changed since it was looked up:
  // look it up and ask again.
  KOULING_STEP_GRANTED = 6,
  // The password is set.
  KOULING_STEP_DONE = 7,
};
typedef enum kouling_step_type kouling_step_type;

// Result of the host's check of the old password in a request.
enum kouling_old_password
#if defined(__cplusplus) || __STDC_VERSION__ >= 202311L
  : uint32_t
#endif // defined(__cplusplus) || __STDC_VERSION__ >= 202311L
 {
  // The request has no old password. Only valid for an account that has no password.
  KOULING_OLD_PASSWORD_MISSING = 0,
  // The old password is the current password of the account.
  KOULING_OLD_PASSWORD_CORRECT = 1,
  // The old password is not the current password of the account, or the account has no password.
  KOULING_OLD_PASSWORD_INCORRECT = 2,
};
typedef enum kouling_old_password kouling_old_password;

// Authorization to set one password, once. The password in it is overwritten when the approval is used or freed. One
// owner.
typedef struct kouling_approved kouling_approved;

// The password under evaluation, and the facts about its user. Valid until the `check` callback returns.
typedef struct kouling_candidate kouling_candidate;

// Secret keys for the hashes of codes: one for new codes, and older ones that still verify codes in transit. One owner;
// once it is filled in, several threads may use it at the same time. Objects created with it stay valid when it is freed.
typedef struct kouling_code_keys kouling_code_keys;

// A wire contract: maps violations and refusals to the error codes and texts that existing clients expect. Immutable and
// reference-counted: every thread may use it at the same time.
typedef struct kouling_contract kouling_contract;

// The standing of an account, and what the host stores. One owner; several threads may read it at the same time. Its views
// are valid until it is freed.
typedef struct kouling_decision kouling_decision;

// A list of effects, in the order in which the host applies them. Codes in it are overwritten when it is freed.
typedef struct kouling_effects kouling_effects;

// What the host knows besides the password: the user's attributes, earlier password hashes, the current password and the
// time. One owner; once it is filled in, several threads may use it at the same time. What rules derive from the attributes,
// such as the spellings of a name, is computed once for each policy and stored in the object: create one object for a user
// and reuse it. Adding an attribute discards what was derived.
typedef struct kouling_facts kouling_facts;

// Receives the violations of a rule. Valid until the `check` callback returns.
typedef struct kouling_findings kouling_findings;

// Loads policies with rule kinds of the host and files from memory. One owner; once it is filled in, several threads may
// load with it at the same time.
typedef struct kouling_loader kouling_loader;

// Result of an evaluation: codes, numbers and messages, and never the password. One owner; several threads may read it at
// the same time. Its views are valid until it is freed, also after the policy was freed.
typedef struct kouling_outcome kouling_outcome;

// A compiled policy. Immutable and reference-counted: every thread may use it at the same time. Its views are valid until
// the last reference is released.
typedef struct kouling_policy kouling_policy;

// A file of a policy or a policy set that is reloaded when it, a layer or a word list changes on disk. One owner; every thread may call
// `kouling_policy_file_policy` and `kouling_policy_file_select` on it at the same time.
typedef struct kouling_policy_file kouling_policy_file;

// A policy set: populations in order, each with a condition on the attributes of the user and a policy. A policy is a set
// with one population. Immutable and reference-counted: every thread may use it at the same time. Its views are valid
// until the last reference is released.
typedef struct kouling_policy_set kouling_policy_set;

// A record that the host stores between requests: a challenge (a code that was sent) or a captcha. A challenge holds a
// keyed hash of the code, never the code. One owner.
typedef struct kouling_record kouling_record;

// One submission of a code and a password in progress. One owner. The secrets in it are overwritten when it is freed.
typedef struct kouling_redemption kouling_redemption;

// Problems of the last call that this report was passed to; empty if that call succeeded. Views of a report are valid
// until the report is passed to another call or freed. A report has one owner and must not be passed to two calls at
// the same time.
typedef struct kouling_report kouling_report;

// A request for a code in progress, with what the host looked up for it. One owner.
typedef struct kouling_sending kouling_sending;

// Receives the bytes of a file. Valid until the `read` callback returns.
typedef struct kouling_sink kouling_sink;

// What the host does next. One owner; several threads may read it at the same time. Its views are valid until it is
// freed.
typedef struct kouling_step kouling_step;

// The parameters of one rule in a policy. Valid until the `build` callback returns.
typedef struct kouling_table kouling_table;

// A word list in memory. Immutable and reference-counted: every thread may use it at the same time.
typedef struct kouling_words kouling_words;

// A text: `length` bytes of UTF-8 at `data`, not NUL-terminated. A text returned by the library is a view, owned by the
// object that it was read from, and must not be freed. A text passed to the library is read or copied before the call
// returns. `data` may be NULL if `length` is 0; the `data` of a password must not be NULL.
typedef struct kouling_text {
  const char *data;
  size_t length;
} kouling_text;

// A callback that compares a password with a stored hash.
typedef struct kouling_verifier {
  // Set to `sizeof(struct kouling_verifier)`.
  size_t struct_size;
  // Passed to every call of `verify`. Must be valid as long as the object that the verifier was passed to.
  void *context;
  // Compares `password` with the hash `stored` in constant time and returns a `KOULING_HASH_…` value. Any other value
  // means that the comparison failed, and the password cannot be evaluated. Both texts are valid until the function
  // returns. May be called concurrently from any thread. Must not unwind. If NULL, there is no verifier.
  kouling_hash_result (*verify)(void *context,
                                struct kouling_text password,
                                struct kouling_text stored);
} kouling_verifier;

// An error response as a contract defines it. Output of `kouling_contract_response` and `kouling_step_response`, which
// also say who owns the texts.
typedef struct kouling_response {
  // Set to `sizeof(struct kouling_response)` before the call.
  size_t struct_size;
  // HTTP status code, such as 400.
  uint32_t status;
  // 1 if `retry_after` is set, else 0.
  uint32_t has_retry_after;
  // Seconds until the client may try again.
  uint64_t retry_after;
  // Error code of the contract.
  struct kouling_text code;
  // Message for the user.
  struct kouling_text message;
} kouling_response;

// A named number of a violation, such as `min` = 8.
typedef struct kouling_number {
  // One of the names that the kind declares in `numbers`.
  struct kouling_text name;
  // The value.
  uint64_t value;
} kouling_number;

// A callback that serves the files which were not added to a loader.
typedef struct kouling_source {
  // Set to `sizeof(struct kouling_source)`.
  size_t struct_size;
  // Passed to every call of `read`. Must be valid as long as the loader.
  void *context;
  // Writes the file `name` into `sink` by `kouling_sink_write` and returns `KOULING_STATUS_OK`. Any other value means
  // that the file cannot be read, which is reported at the place in the policy that names the file. `name` is already
  // resolved against the file that names it. Called on any thread that loads. Must not unwind. If NULL, no other files
  // are available, not even on disk.
  kouling_status (*read)(void *context,
                         struct kouling_text name,
                         struct kouling_sink *sink);
} kouling_source;

// A kind of rule that the host implements. Its functions are called on any thread that loads or evaluates, by several at
// once, and must not unwind. Pointers passed to them are valid until they return.
typedef struct kouling_rule_kind {
  // Set to `sizeof(struct kouling_rule_kind)`.
  size_t struct_size;
  // Name of the kind in a policy, as in `[rules.<kind>]`: 1 to 64 of `a-z`, `0-9` and `_`.
  struct kouling_text kind;
  // All violation codes that `check` may report, each `<kind>.<word>`. At least one.
  const struct kouling_text *codes;
  // Number of `codes`, at most 256.
  size_t code_count;
  // Names of all numbers that `check` may report. Messages refer to them as `{name}`. May be NULL if there are none.
  const struct kouling_text *numbers;
  // Number of `numbers`, at most 256.
  size_t number_count;
  // Passed to every function of this struct.
  void *context;
  // Reads the parameters under `[rules.<kind>]` from `table`. May set `*rule` to an object that `check` receives. A key
  // that `build` does not read is reported to the policy's author as unknown, with a suggestion. Returns
  // `KOULING_STATUS_OK`; any other value means that the rule cannot be built, and the policy does not load. If NULL,
  // the kind has no parameters.
  kouling_status (*build)(void *context,
                          struct kouling_table *table,
                          void **rule);
  // Checks a password and reports violations by `kouling_findings_refuse`. Returns `KOULING_STATUS_OK`, also if it
  // reported violations. Any other value means that the rule could not be evaluated: there is then no outcome, and the
  // password is not accepted. Required.
  kouling_status (*check)(void *context,
                          void *rule,
                          const struct kouling_candidate *candidate,
                          struct kouling_findings *findings);
  // Frees an object that `build` set. Called once for each object that is not NULL. May be NULL.
  void (*free_rule)(void *context,
                    void *rule);
  // Frees the context. Called once, when neither the loader nor a policy needs it any more. May be NULL.
  void (*free_context)(void *context);
} kouling_rule_kind;

// One effect. `kind` says which fields are set; the others are empty or 0. Texts are views owned by the effects.
typedef struct kouling_effect {
  // Set to `sizeof(struct kouling_effect)` before the call.
  size_t struct_size;
  // A `KOULING_EFFECT_…` value.
  kouling_effect_kind kind;
  // A `KOULING_PURPOSE_…` value.
  kouling_purpose purpose;
  // A `KOULING_CHANNEL_…` value.
  kouling_channel channel;
  // 1 if an audit event belongs to a channel, else 0.
  uint32_t has_channel;
  // Time of the effect, in seconds since 1970-01-01T00:00:00Z.
  int64_t now;
  // Time from which a code is invalid, in seconds since 1970-01-01T00:00:00Z.
  int64_t expires;
  // Maximum number of events within `seconds`.
  uint64_t max;
  // Length of the window of `max`, in seconds.
  uint64_t seconds;
  // Identifier of an account.
  struct kouling_text account;
  // An address.
  struct kouling_text address;
  // Key of the client and device that requested a code.
  struct kouling_text requester;
  // Identifier of a challenge.
  struct kouling_text challenge;
  // A challenge as bytes, to be stored and passed to `kouling_record_read`.
  struct kouling_text record;
  // Key under which events are counted.
  struct kouling_text key;
  // A code. Secret.
  struct kouling_text code;
  // A password hash.
  struct kouling_text hash;
  // Token of a captcha.
  struct kouling_text token;
  // Stable name of an audit event, such as `code.issued` or `password.set`.
  struct kouling_text event;
} kouling_effect;

// The device and the client application that send a request. An empty text means that the client did not send it.
typedef struct kouling_caller {
  // Set to `sizeof(struct kouling_caller)`.
  size_t struct_size;
  // Operating system of the device, as sent by the client.
  struct kouling_text system;
  // Fingerprint of the device. A code is bound to it if the policy requires that.
  struct kouling_text fingerprint;
  // User agent, as sent by the client.
  struct kouling_text agent;
  // Identifier of the client application.
  struct kouling_text client;
  // 1 if the host knows this client application, else 0.
  uint32_t client_is_registered;
} kouling_caller;

// A request for a code.
typedef struct kouling_send_request {
  // Set to `sizeof(struct kouling_send_request)`.
  size_t struct_size;
  // Device and client application. Required.
  const struct kouling_caller *caller;
  // Purpose of the code, a `KOULING_PURPOSE_…` value.
  kouling_purpose purpose;
  // Channel to send the code by, a `KOULING_CHANNEL_…` value.
  kouling_channel channel;
  // Address as the user typed it.
  struct kouling_text address;
  // Token of a solved captcha; empty if the client sent none.
  struct kouling_text captcha_token;
  // IPv4 or IPv6 address of the client, as text. Required.
  struct kouling_text client_ip;
} kouling_send_request;

// A submission of a code and a new password.
typedef struct kouling_redemption_request {
  // Set to `sizeof(struct kouling_redemption_request)`.
  size_t struct_size;
  // Device and client application. Required.
  const struct kouling_caller *caller;
  // The host's verifier for earlier passwords; NULL if it has none. Its context must be valid as long as the redemption.
  const struct kouling_verifier *verifier;
  // Channel by which the code was sent, a `KOULING_CHANNEL_…` value.
  kouling_channel channel;
  // 1 to report only the first violation of the policy, 0 to report all.
  uint32_t reports_first;
  // Address as the user typed it. Ignored if `signed_in` is set.
  struct kouling_text address;
  // Code as the user typed it. Secret.
  struct kouling_text code;
  // New password as the user typed it. Secret.
  struct kouling_text password;
  // Identifier of the signed-in account; empty if the user is not signed in and forgot the password.
  struct kouling_text signed_in;
} kouling_redemption_request;

// An account as the host stores it.
typedef struct kouling_account {
  // Set to `sizeof(struct kouling_account)`.
  size_t struct_size;
  // Identifier of the account. Required.
  struct kouling_text id;
  // 1 if the account is active, else 0. The password of an inactive account is not reset.
  uint32_t is_active;
  // 1 if `password_set` is set, else 0.
  uint32_t has_password_set;
  // Time when the current password was set, in seconds since 1970-01-01T00:00:00Z.
  int64_t password_set;
  // The user's attributes and the stored hashes, the current one first. Other facts in it are ignored, also a verifier,
  // which the request has. Required.
  const struct kouling_facts *facts;
} kouling_account;

// A request of a signed-in user to change the password.
typedef struct kouling_change_request {
  // Set to `sizeof(struct kouling_change_request)`.
  size_t struct_size;
  // Device and client application. Required.
  const struct kouling_caller *caller;
  // The signed-in account. Required.
  const struct kouling_account *account;
  // The host's verifier for earlier passwords; NULL if it has none.
  const struct kouling_verifier *verifier;
  // Result of the host's check of `old_password`, a `KOULING_OLD_PASSWORD_…` value.
  kouling_old_password old_check;
  // 1 to report only the first violation of the policy, 0 to report all.
  uint32_t reports_first;
  // Old password as the user typed it. Rules such as `similarity` compare the new password with it. Secret.
  struct kouling_text old_password;
  // New password as the user typed it. Secret.
  struct kouling_text password;
} kouling_change_request;

#ifdef __cplusplus
extern "C" {
#endif // __cplusplus

// ---- The ABI version

// Returns the ABI version of the loaded library. A program may use the library if this equals `KOULING_ABI`.
// Thread-safe.
uint32_t kouling_abi(void);

// Returns the version of the loaded library, such as `0.1.0`. The view is valid for the lifetime of the process.
// Thread-safe.
struct kouling_text kouling_version(void);

// ---- Reports: the problems of a failed call, with locations and help

// Creates an empty report. `*report` receives it; the caller owns it and frees it by `kouling_report_free`.
// Returns `KOULING_STATUS_OK`, or `KOULING_STATUS_INVALID_ARGUMENT` if `report` is NULL. Thread-safe.
kouling_status kouling_report_new(struct kouling_report **report);

// Frees a report and the views of it. Passing NULL is a no-op.
void kouling_report_free(struct kouling_report *report);

// Returns all problems as text for people: one problem a line, each `file:line:column: message [code]`, with an
// indented `help:` line if there is help. The view is owned by `report`. Empty if the last call succeeded or `report` is
// NULL.
struct kouling_text kouling_report_text(const struct kouling_report *report);

// Returns the number of problems; 0 if the last call succeeded or `report` is NULL.
size_t kouling_report_count(const struct kouling_report *report);

// Returns the stable code of a problem, such as `unknown-key` or `stored_hash`. The view is owned by `report`. Empty if
// `index` is out of range or `report` is NULL.
struct kouling_text kouling_report_code(const struct kouling_report *report,
                                        size_t index);

// Returns the file or preset that a problem is in. The view is owned by `report`. Empty if the problem is in no file,
// `index` is out of range or `report` is NULL.
struct kouling_text kouling_report_file(const struct kouling_report *report,
                                        size_t index);

// Returns the line of a problem, from 1; 0 if the problem has no location, `index` is out of range or `report` is NULL.
size_t kouling_report_line(const struct kouling_report *report,
                           size_t index);

// Returns the column of a problem in characters, from 1; 0 if the column is unknown, `index` is out of range or `report`
// is NULL.
size_t kouling_report_column(const struct kouling_report *report,
                             size_t index);

// Returns the message of a problem, in English. The view is owned by `report`. Empty if `index` is out of range or
// `report` is NULL. A message never contains a password.
struct kouling_text kouling_report_message(const struct kouling_report *report,
                                           size_t index);

// Returns how to fix a problem, such as a suggested name. The view is owned by `report`. Empty if there is no suggestion,
// `index` is out of range or `report` is NULL.
struct kouling_text kouling_report_help(const struct kouling_report *report,
                                        size_t index);

// ---- Compiled policies: immutable, reference-counted, shared between threads

// Compiles a policy from TOML text. Files that it names are resolved against the working directory. `*policy` receives
// the policy; the caller owns one reference and releases it by `kouling_policy_free`. `report` may be NULL; on failure
// it lists all errors with their locations.
// Returns `KOULING_STATUS_OK`; `KOULING_STATUS_INVALID_POLICY` if the policy has errors; `KOULING_STATUS_UNAVAILABLE` if
// a file cannot be read; `KOULING_STATUS_INVALID_TEXT` if `text` is not UTF-8; `KOULING_STATUS_INVALID_ARGUMENT` if
// `policy` is NULL. `*policy` is NULL on failure. Thread-safe.
kouling_status kouling_policy_parse(struct kouling_text text,
                                    const struct kouling_policy **policy,
                                    struct kouling_report *report);

// Reads and compiles a policy file. `path` is a path or the name of a preset. Files that the policy names are resolved
// against its folder. `*policy` receives the policy; the caller owns one reference and releases it by
// `kouling_policy_free`. `report` may be NULL; on failure it lists all errors with their locations.
// Returns `KOULING_STATUS_OK`; `KOULING_STATUS_UNAVAILABLE` if a file cannot be read; `KOULING_STATUS_INVALID_POLICY` if
// the policy has errors; `KOULING_STATUS_INVALID_TEXT` if `path` is not UTF-8; `KOULING_STATUS_INVALID_ARGUMENT` if
// `policy` is NULL. `*policy` is NULL on failure. Thread-safe.
kouling_status kouling_policy_load(struct kouling_text path,
                                   const struct kouling_policy **policy,
                                   struct kouling_report *report);

// Compiles a preset: a policy that is part of the library, such as `standard` or `nist-800-63b-4`. `*policy` receives
// the policy; the caller owns one reference and releases it by `kouling_policy_free`. `report` may be NULL.
// Returns `KOULING_STATUS_OK`; `KOULING_STATUS_UNAVAILABLE` if there is no such preset; `KOULING_STATUS_INVALID_TEXT` if
// `name` is not UTF-8; `KOULING_STATUS_INVALID_ARGUMENT` if `policy` is NULL. `*policy` is NULL on failure. Thread-safe.
kouling_status kouling_policy_preset(struct kouling_text name,
                                     const struct kouling_policy **policy,
                                     struct kouling_report *report);

// Increments the reference count of a policy; balance it with `kouling_policy_free`. Passing NULL is a no-op.
// Thread-safe.
void kouling_policy_retain(const struct kouling_policy *policy);

// Releases one reference; frees the policy when none remain. Passing NULL is a no-op. Thread-safe.
void kouling_policy_free(const struct kouling_policy *policy);

// Returns the name of a policy. The view is owned by `policy`. Empty if `policy` is NULL. Thread-safe.
struct kouling_text kouling_policy_name(const struct kouling_policy *policy);

// Returns the SHA-256 digest of a policy, its layers and its word lists, as 64 hexadecimal digits. Two policies with the
// same digest accept the same passwords. The view is owned by `policy`. Empty if `policy` is NULL. Thread-safe.
struct kouling_text kouling_policy_digest(const struct kouling_policy *policy);

// Returns the name of the population that a policy set selected this policy for. If the set combines policies, the names
// are separated by a comma and a space. The view is owned by `policy`. Empty if the policy does not come from a set, or if
// `policy` is NULL. Thread-safe.
struct kouling_text kouling_policy_population(const struct kouling_policy *policy);

// Describes the requirements of a policy as a JSON object, to be shown before the user types: `policy`, `digest`,
// `language`, `checklist` (objects with `rule`, `codes`, `text`, `needs_account`), `regular_expression`,
// `passwordrules`, `min_length` and `max_length`. `language` is a tag such as `zh-CN`; an unknown tag means English.
// `*json` receives a view owned by `policy`. `report` may be NULL.
// Returns `KOULING_STATUS_OK`; `KOULING_STATUS_INVALID_TEXT` if `language` is not UTF-8;
// `KOULING_STATUS_INVALID_ARGUMENT` if `policy` or `json` is NULL. `*json` is empty on failure. Thread-safe.
kouling_status kouling_policy_describe(const struct kouling_policy *policy,
                                       struct kouling_text language,
                                       struct kouling_text *json,
                                       struct kouling_report *report);

// ---- Facts: what the host knows besides the password, such as the user, earlier passwords and the time

// Creates empty facts. `now` is the time of the evaluation in seconds since 1970-01-01T00:00:00Z; the library does not
// read a clock. `*facts` receives the object; the caller owns it and frees it by `kouling_facts_free`.
// Returns `KOULING_STATUS_OK`, or `KOULING_STATUS_INVALID_ARGUMENT` if `facts` is NULL. Thread-safe.
kouling_status kouling_facts_new(int64_t now,
                                 struct kouling_facts **facts);

// Frees facts and overwrites the current password in them. Passing NULL is a no-op.
void kouling_facts_free(struct kouling_facts *facts);

// Adds an attribute of the user: `username`, `name`, `phone`, `email`, or another one that a policy names. An attribute
// may be added several times with different values. Both texts are copied. Of a value, the first 256 characters count.
// Limits, which are checked by the evaluation: 64 attributes that rules of the policy read, and 512 in all.
// Returns `KOULING_STATUS_OK`; `KOULING_STATUS_INVALID_TEXT` if a text is not UTF-8; `KOULING_STATUS_INVALID_ARGUMENT`
// if `facts` is NULL or a text is invalid. Nothing is added on failure. Do not ignore the status: without the attribute
// the evaluation is weaker.
kouling_status kouling_facts_add_attribute(struct kouling_facts *facts,
                                           struct kouling_text name,
                                           struct kouling_text value);

// Adds the stored hash of an earlier password: the current one first, then newest to oldest. `set_at` is the time when
// that password was set, in seconds since 1970-01-01T00:00:00Z; NULL if unknown. The hash is copied.
// Returns `KOULING_STATUS_OK`; `KOULING_STATUS_INVALID_TEXT` if `hash` is not UTF-8; `KOULING_STATUS_INVALID_ARGUMENT`
// if `facts` is NULL or `hash` is invalid. Nothing is added on failure.
kouling_status kouling_facts_add_previous(struct kouling_facts *facts,
                                          struct kouling_text hash,
                                          const int64_t *set_at);

// Sets the current password in clear text, as the user typed it, if the host has it. Rules such as `similarity` compare
// the new password with it. The password is copied, and overwritten when the facts are freed.
// Returns `KOULING_STATUS_OK`, or `KOULING_STATUS_INVALID_ARGUMENT` if `facts` or the `data` of `password` is NULL.
kouling_status kouling_facts_set_current(struct kouling_facts *facts,
                                         struct kouling_text password);

// Sets the host's verifier of stored hashes. It is called before the built-in formats are tried. The struct is copied;
// its context must be valid as long as `facts`.
// Returns `KOULING_STATUS_OK`, or `KOULING_STATUS_INVALID_ARGUMENT` if `facts` or `verifier` is NULL or `struct_size` is
// not set.
kouling_status kouling_facts_set_verifier(struct kouling_facts *facts,
                                          const struct kouling_verifier *verifier);

// Sets the time when the current password was set, in seconds since 1970-01-01T00:00:00Z, for a change by the user: then
// `reset.min_password_age` of the policy applies. Do not call it for a first password and for a change that is required.
// Returns `KOULING_STATUS_OK`, or `KOULING_STATUS_INVALID_ARGUMENT` if `facts` is NULL.
kouling_status kouling_facts_set_password_set(struct kouling_facts *facts,
                                              int64_t password_set);

// Sets the time of the evaluation, in seconds since 1970-01-01T00:00:00Z, so that facts can be used again later.
// Returns `KOULING_STATUS_OK`, or `KOULING_STATUS_INVALID_ARGUMENT` if `facts` is NULL.
kouling_status kouling_facts_set_now(struct kouling_facts *facts,
                                     int64_t now);

// ---- Policy sets: which policy applies to which user

// Compiles a policy set, or a policy, from TOML text. Files that it names are resolved against the working directory.
// `*set` receives the set; the caller owns one reference and releases it by `kouling_policy_set_free`. `report` may be
// NULL; on failure it lists all errors with their locations.
// Returns `KOULING_STATUS_OK`; `KOULING_STATUS_INVALID_POLICY` if the set or one of its policies has errors;
// `KOULING_STATUS_UNAVAILABLE` if a file cannot be read; `KOULING_STATUS_INVALID_TEXT` if `text` is not UTF-8;
// `KOULING_STATUS_INVALID_ARGUMENT` if `set` is NULL. `*set` is NULL on failure. Thread-safe.
kouling_status kouling_policy_set_parse(struct kouling_text text,
                                        const struct kouling_policy_set **set,
                                        struct kouling_report *report);

// Reads and compiles the file of a policy set, or of a policy. Files that it names are resolved against its folder. `*set`
// receives the set; the caller owns one reference and releases it by `kouling_policy_set_free`. `report` may be NULL; on
// failure it lists all errors with their locations.
// Returns `KOULING_STATUS_OK`; `KOULING_STATUS_UNAVAILABLE` if a file cannot be read; `KOULING_STATUS_INVALID_POLICY` if
// the set or one of its policies has errors; `KOULING_STATUS_INVALID_TEXT` if `path` is not UTF-8;
// `KOULING_STATUS_INVALID_ARGUMENT` if `set` is NULL. `*set` is NULL on failure. Thread-safe.
kouling_status kouling_policy_set_load(struct kouling_text path,
                                       const struct kouling_policy_set **set,
                                       struct kouling_report *report);

// Increments the reference count of a policy set; balance it with `kouling_policy_set_free`. Passing NULL is a no-op.
// Thread-safe.
void kouling_policy_set_retain(const struct kouling_policy_set *set);

// Releases one reference; frees the policy set when none remain. Policies that it returned stay valid. Passing NULL is a
// no-op. Thread-safe.
void kouling_policy_set_free(const struct kouling_policy_set *set);

// Returns the name of a policy set. The view is owned by `set`. Empty if `set` is NULL. Thread-safe.
struct kouling_text kouling_policy_set_name(const struct kouling_policy_set *set);

// Returns the SHA-256 digest of a policy set and its policies, as 64 hexadecimal digits. The view is owned by `set`. Empty
// if `set` is NULL. Thread-safe.
struct kouling_text kouling_policy_set_digest(const struct kouling_policy_set *set);

// Returns the number of attributes that the conditions of a policy set read; 0 if there are none or `set` is NULL. A host
// adds these attributes to the facts, with an empty value if it knows that the user does not have one. Thread-safe.
size_t kouling_policy_set_attribute_count(const struct kouling_policy_set *set);

// Returns the name of an attribute that the conditions of a policy set read; each has one index. The view is owned by
// `set`. Empty if `index` is out of range or `set` is NULL. Thread-safe.
struct kouling_text kouling_policy_set_attribute(const struct kouling_policy_set *set,
                                                 size_t index);

// Gets the policy of the user whose attributes are in `facts`. `*policy` receives it; the caller owns one reference and
// releases it by `kouling_policy_free`. `kouling_policy_population` returns the population. `report` may be NULL.
// Returns `KOULING_STATUS_OK`; `KOULING_STATUS_CANNOT_JUDGE` if a condition needs an attribute that is not in `facts`, with
// the code `missing_fact` (add an attribute that the user does not have with an empty value);
// `KOULING_STATUS_INVALID_ARGUMENT` if `set`, `facts` or `policy` is NULL. `*policy` is NULL on failure. Thread-safe.
kouling_status kouling_policy_set_select(const struct kouling_policy_set *set,
                                         const struct kouling_facts *facts,
                                         const struct kouling_policy **policy,
                                         struct kouling_report *report);

// ---- Policy files: policies and policy sets that are reloaded when their files change

// Creates a policy file for a path. Nothing is read yet, so that a host can start while the policy has errors. `*file`
// receives the object; the caller owns it and frees it by `kouling_policy_file_free`. `report` may be NULL.
// Returns `KOULING_STATUS_OK`; `KOULING_STATUS_INVALID_TEXT` if `path` is not UTF-8; `KOULING_STATUS_INVALID_ARGUMENT`
// if `file` is NULL. `*file` is NULL on failure. Thread-safe.
kouling_status kouling_policy_file_new(struct kouling_text path,
                                       struct kouling_policy_file **file,
                                       struct kouling_report *report);

// Gets the current policy. Reloads it first if the file, a layer or a word list changed since the last call. `*policy`
// receives the policy; the caller owns one reference and releases it by `kouling_policy_free`. `report` may be NULL.
// Returns `KOULING_STATUS_OK`; `KOULING_STATUS_UNAVAILABLE` if a file cannot be read; `KOULING_STATUS_INVALID_POLICY` if
// the policy has errors, or is a policy set, whose policies depend on the user; `KOULING_STATUS_INVALID_ARGUMENT` if `file` or `policy` is NULL. `*policy` is NULL on failure,
// even if an earlier version loaded: the host then refuses every password and logs the report. Safe to call from several
// threads on one object.
kouling_status kouling_policy_file_policy(const struct kouling_policy_file *file,
                                          const struct kouling_policy **policy,
                                          struct kouling_report *report);

// Gets the current policy set; a policy is a set with one population. Reloads the file first, as
// `kouling_policy_file_policy` does. `*set` receives the set; the caller owns one reference and releases it by
// `kouling_policy_set_free`. A host that first asks which attributes the conditions read, and then selects, does both with
// this set, since the file could change in between. `report` may be NULL.
// Returns `KOULING_STATUS_OK`; `KOULING_STATUS_UNAVAILABLE` if a file cannot be read; `KOULING_STATUS_INVALID_POLICY` if
// the set or one of its policies has errors; `KOULING_STATUS_INVALID_ARGUMENT` if `file` or `set` is NULL. `*set` is NULL
// on failure. Safe to call from several threads on one object.
kouling_status kouling_policy_file_set(const struct kouling_policy_file *file,
                                       const struct kouling_policy_set **set,
                                       struct kouling_report *report);

// Gets the policy of the user whose attributes are in `facts`, from the file of a policy set or of a policy. Reloads the
// file first, as `kouling_policy_file_policy` does. `*policy` receives the policy; the caller owns one reference and
// releases it by `kouling_policy_free`. `kouling_policy_population` returns the population. `report` may be NULL.
// Returns `KOULING_STATUS_OK`; `KOULING_STATUS_UNAVAILABLE` if a file cannot be read; `KOULING_STATUS_INVALID_POLICY` if
// the set or one of its policies has errors; `KOULING_STATUS_CANNOT_JUDGE` if a condition needs an attribute that is not
// in `facts`; `KOULING_STATUS_INVALID_ARGUMENT` if `file`, `facts` or `policy` is NULL. `*policy` is NULL on failure.
// Safe to call from several threads on one object.
kouling_status kouling_policy_file_select(const struct kouling_policy_file *file,
                                          const struct kouling_facts *facts,
                                          const struct kouling_policy **policy,
                                          struct kouling_report *report);

// Frees a policy file. Policies that it returned stay valid. Passing NULL is a no-op.
void kouling_policy_file_free(struct kouling_policy_file *file);

// ---- Wire contracts: the error codes and texts that existing clients expect

// Loads a contract that is part of the library, such as `idaas-ciam`. `*contract` receives it; the caller owns one
// reference and releases it by `kouling_contract_free`. `report` may be NULL.
// Returns `KOULING_STATUS_OK`; `KOULING_STATUS_INVALID_ARGUMENT` if there is no such contract or `contract` is NULL;
// `KOULING_STATUS_INVALID_TEXT` if `name` is not UTF-8. `*contract` is NULL on failure. Thread-safe.
kouling_status kouling_contract_built_in(struct kouling_text name,
                                         const struct kouling_contract **contract,
                                         struct kouling_report *report);

// Reads a contract file. `*contract` receives the contract; the caller owns one reference and releases it by
// `kouling_contract_free`. `report` may be NULL; on failure it lists all errors with their locations.
// Returns `KOULING_STATUS_OK`; `KOULING_STATUS_UNAVAILABLE` if the file cannot be read; `KOULING_STATUS_INVALID_POLICY`
// if the contract has errors; `KOULING_STATUS_INVALID_TEXT` if `path` is not UTF-8; `KOULING_STATUS_INVALID_ARGUMENT` if
// `contract` is NULL. `*contract` is NULL on failure. Thread-safe.
kouling_status kouling_contract_load(struct kouling_text path,
                                     const struct kouling_contract **contract,
                                     struct kouling_report *report);

// Looks up an error that the host detects itself, such as `host.malformed` or `reset.old_password_refused`. An unknown
// `name` gives the response of an internal error. `language` is a tag such as `zh-CN`; an unknown tag means English.
// `response` receives the result; set its `struct_size` first. Its texts are views owned by `contract`. `report` may be
// NULL.
// Returns `KOULING_STATUS_OK`; `KOULING_STATUS_INVALID_TEXT` if a text is not UTF-8; `KOULING_STATUS_INVALID_ARGUMENT`
// if `contract` or `response` is NULL or `struct_size` is not set. `response` is cleared on failure. Thread-safe.
kouling_status kouling_contract_response(const struct kouling_contract *contract,
                                         struct kouling_text name,
                                         struct kouling_text language,
                                         struct kouling_response *response,
                                         struct kouling_report *report);

// Increments the reference count of a contract; balance it with `kouling_contract_free`. Passing NULL is a no-op.
// Thread-safe.
void kouling_contract_retain(const struct kouling_contract *contract);

// Releases one reference; frees the contract when none remain. Passing NULL is a no-op. Thread-safe.
void kouling_contract_free(const struct kouling_contract *contract);

// ---- Outcomes: the result of evaluating one password under one policy

// Evaluates a password, passed as the bytes that the user typed. Refusing the password is not a failure: the call returns
// `KOULING_STATUS_OK`, and `kouling_outcome_accepted` returns false. `facts` describe the user and the time. `*outcome`
// receives the result; the caller owns it and frees it by `kouling_outcome_free`. `report` may be NULL.
// Returns `KOULING_STATUS_OK`; `KOULING_STATUS_INVALID_TEXT` if the password is not UTF-8 or contains a NUL;
// `KOULING_STATUS_CANNOT_JUDGE` if a stored hash has an unknown format or a callback failed; `KOULING_STATUS_UNAVAILABLE`
// if a file of the policy cannot be read; `KOULING_STATUS_INVALID_ARGUMENT` if a pointer is NULL or the facts exceed a
// limit. `*outcome` is NULL on failure; the password is then not accepted. Thread-safe.
kouling_status kouling_policy_evaluate(const struct kouling_policy *policy,
                                       struct kouling_text password,
                                       const struct kouling_facts *facts,
                                       struct kouling_outcome **outcome,
                                       struct kouling_report *report);

// Evaluates a password with every rule, and explains the result as a JSON object: `outcome`, as `kouling_outcome_json`
// writes it, and `rules` (objects with `rule`, `kind`, `severity`, `exempt`, `demand`, `seen` and `found`). Slower than
// `kouling_policy_evaluate`; intended for tuning a policy. `language` is a tag such as `zh-CN`; an unknown tag means
// English. `contract` adds its error codes, and may be NULL. `*outcome` receives the result; the caller owns it and
// frees it by `kouling_outcome_free`. `*json` receives a view owned by `*outcome`. `report` may be NULL.
// Returns the statuses of `kouling_policy_evaluate`; also `KOULING_STATUS_INVALID_TEXT` if `language` is not UTF-8, and
// `KOULING_STATUS_INVALID_ARGUMENT` if `json` is NULL. Both outputs are cleared on failure. Thread-safe.
kouling_status kouling_policy_explain(const struct kouling_policy *policy,
                                      struct kouling_text password,
                                      const struct kouling_facts *facts,
                                      struct kouling_text language,
                                      const struct kouling_contract *contract,
                                      struct kouling_outcome **outcome,
                                      struct kouling_text *json,
                                      struct kouling_report *report);

// Frees an outcome and the views of it. Passing NULL is a no-op.
void kouling_outcome_free(struct kouling_outcome *outcome);

// Returns true if the password is accepted. Returns false if `outcome` is NULL. Thread-safe.
bool kouling_outcome_accepted(const struct kouling_outcome *outcome);

// Reads the estimated number of guesses as a decimal logarithm: 6.5 for about three million guesses. It is the estimate of
// the first `strength` rule of the policy. Do not log it: it is derived from the password. `*guesses_log10` receives the
// number.
// Returns true, or false if no `strength` rule ran or a pointer is NULL. `*guesses_log10` is then 0. Thread-safe.
bool kouling_outcome_guesses_log10(const struct kouling_outcome *outcome,
                                   double *guesses_log10);

// Writes an outcome as a JSON object, in the form that every binding of Kouling uses. `language` is a tag such as `zh-CN`;
// an unknown tag means English. `contract` adds its error codes, and may be NULL. `*json` receives a view owned by
// `outcome`. `report` may be NULL.
// Returns `KOULING_STATUS_OK`; `KOULING_STATUS_INVALID_TEXT` if `language` is not UTF-8;
// `KOULING_STATUS_INVALID_ARGUMENT` if `outcome` or `json` is NULL. `*json` is empty on failure. Thread-safe.
kouling_status kouling_outcome_json(const struct kouling_outcome *outcome,
                                    struct kouling_text language,
                                    const struct kouling_contract *contract,
                                    struct kouling_text *json,
                                    struct kouling_report *report);

// ---- Can the password of an account be used?

// Decides whether the password of an account can be used at the time `now`, in seconds since 1970-01-01T00:00:00Z.
// `account` is a JSON object with facts by name, such as `{"password_set": 1795392000, "grace_used": 0}`. The catalogue
// lists them; null is an unknown time or policy, and a fact that is absent was not supplied. `*decision` receives the
// result without effects; the caller owns it and frees it by `kouling_decision_free`. `report` may be NULL.
// Returns `KOULING_STATUS_OK`; `KOULING_STATUS_CANNOT_JUDGE` if the policy needs facts that are not supplied: never treat
// this as fine; `KOULING_STATUS_INVALID_TEXT` if `account` is not UTF-8; `KOULING_STATUS_INVALID_ARGUMENT` if a pointer is
// NULL or `account` is invalid. `*decision` is NULL on failure. Thread-safe.
kouling_status kouling_policy_standing(const struct kouling_policy *policy,
                                       struct kouling_text account,
                                       int64_t now,
                                       struct kouling_decision **decision,
                                       struct kouling_report *report);

// Counts a failed sign-in, before the password is verified: then parallel attempts cannot exceed the limit of the policy.
// Apply the effects (`kouling_decision_account`). If `kouling_decision_refuses_sign_in` returns true, do not verify the
// password. If the password is correct, call `kouling_policy_signed_in`. The arguments and the statuses are those of
// `kouling_policy_standing`. `*decision` receives the standing before the failure; the caller owns it and frees it by
// `kouling_decision_free`.
// Returns `KOULING_STATUS_OK`; `KOULING_STATUS_CANNOT_JUDGE`, `KOULING_STATUS_INVALID_TEXT` or
// `KOULING_STATUS_INVALID_ARGUMENT`: refuse the sign-in. `*decision` is NULL on failure. Thread-safe.
kouling_status kouling_policy_sign_in_failed(const struct kouling_policy *policy,
                                             struct kouling_text account,
                                             int64_t now,
                                             struct kouling_decision **decision,
                                             struct kouling_report *report);

// Decides whether a sign-in with the correct password opens a session. `account` is as it was passed to
// `kouling_policy_sign_in_failed`. `accepts` is a `KOULING_ACCEPTS_…` value: whether the policy accepts the password, if
// the host evaluated it. Apply the effects (`kouling_decision_account`), and open a session if
// `kouling_decision_permits_session` returns true. The other arguments are those of `kouling_policy_standing`. `*decision`
// receives the result; the caller owns it and frees it by `kouling_decision_free`.
// Returns `KOULING_STATUS_OK`; `KOULING_STATUS_CANNOT_JUDGE`, `KOULING_STATUS_INVALID_TEXT` or
// `KOULING_STATUS_INVALID_ARGUMENT`: refuse the sign-in. `*decision` is NULL on failure. Thread-safe.
kouling_status kouling_policy_signed_in(const struct kouling_policy *policy,
                                        struct kouling_text account,
                                        kouling_accepts accepts,
                                        int64_t now,
                                        struct kouling_decision **decision,
                                        struct kouling_report *report);

// Frees a decision and the views of it. Passing NULL is a no-op.
void kouling_decision_free(struct kouling_decision *decision);

// Returns the standing, a `KOULING_STANDING_…` value. Returns `KOULING_STANDING_UNKNOWN` if `decision` is NULL. Thread-safe.
kouling_standing kouling_decision_standing(const struct kouling_decision *decision);

// Returns true if a sign-in with the correct password opens a session. Returns false if `decision` is NULL. Thread-safe.
bool kouling_decision_permits_session(const struct kouling_decision *decision);

// Returns true if a sign-in is refused without verifying the password. Returns true if `decision` is NULL. Thread-safe.
bool kouling_decision_refuses_sign_in(const struct kouling_decision *decision);

// Returns the stable code, such as `standing.expired`. The view is owned by `decision`. Empty if `decision` is NULL.
// Thread-safe.
struct kouling_text kouling_decision_code(const struct kouling_decision *decision);

// Returns the number of the standing: days, sign-ins, or a time in seconds since 1970-01-01T00:00:00Z. Returns 0 if the
// standing has none or `decision` is NULL. Thread-safe.
int64_t kouling_decision_value(const struct kouling_decision *decision);

// Returns the message for the user. `language` is a tag such as `zh-CN`; an unknown tag means English. The view is owned
// by `decision`. Empty if `decision` is NULL or `language` is not UTF-8. Thread-safe.
struct kouling_text kouling_decision_message(const struct kouling_decision *decision,
                                             struct kouling_text language);

// Returns how many effects there are; 0 if `decision` is NULL. Thread-safe.
size_t kouling_decision_effect_count(const struct kouling_decision *decision);

// Returns an effect, for hosts that store each fact separately: a JSON object with `effect` (the name, such as
// `store_network_failures`), and `from` and `to`, `at`, or `digest`. Apply all effects in one transaction or none; one with
// `from` and one that uses a temporary password are conditions. The view is owned by `decision`. Empty if `index` is out of
// range or `decision` is NULL. Thread-safe.
struct kouling_text kouling_decision_effect(const struct kouling_decision *decision,
                                            size_t index);

// Applies all effects to an account, for hosts that store it as one record. `stored` is the account as it is stored now, in
// the form of `kouling_policy_standing`. `*account` receives the account to store, a view owned by `decision`. The account to
// store is empty if a condition does not hold: then another attempt was faster, nothing may be stored, and the sign-in
// begins again. `report` may be NULL.
// Returns `KOULING_STATUS_OK`; `KOULING_STATUS_INVALID_TEXT` if `stored` is not UTF-8; `KOULING_STATUS_INVALID_ARGUMENT` if
// a pointer is NULL or `stored` is invalid. `*account` is empty on failure. Thread-safe.
kouling_status kouling_decision_account(const struct kouling_decision *decision,
                                        struct kouling_text stored,
                                        struct kouling_text *account,
                                        struct kouling_report *report);

// Writes a decision as a JSON object, in the form that every binding of Kouling uses: `standing`, `code`, `reason`,
// `message`, `permits_session`, `refuses_sign_in`, the number by its name, and `effects`. `language` is a tag such as
// `zh-CN`; an unknown tag means English. `*json` receives a view owned by `decision`. `report` may be NULL.
// Returns `KOULING_STATUS_OK`; `KOULING_STATUS_INVALID_TEXT` if `language` is not UTF-8;
// `KOULING_STATUS_INVALID_ARGUMENT` if `decision` or `json` is NULL. `*json` is empty on failure. Thread-safe.
kouling_status kouling_decision_json(const struct kouling_decision *decision,
                                     struct kouling_text language,
                                     struct kouling_text *json,
                                     struct kouling_report *report);

// ---- The lists of an outcome: violations, warnings, shadow violations and notes, addressed by list and index

// Returns the length of a list; 0 if `outcome` is NULL or there is no such list. Thread-safe.
size_t kouling_outcome_count(const struct kouling_outcome *outcome,
                             kouling_list list);

// Returns the stable code of a list entry, such as `length.too_short`. The view is owned by `outcome`. Empty if there is
// no such entry or `outcome` is NULL. Thread-safe.
struct kouling_text kouling_outcome_code(const struct kouling_outcome *outcome,
                                         kouling_list list,
                                         size_t index);

// Returns the name, in the policy, of the rule that a list entry violates. The view is owned by `outcome`. Empty for a
// note, if there is no such entry, or if `outcome` is NULL. Thread-safe.
struct kouling_text kouling_outcome_rule(const struct kouling_outcome *outcome,
                                         kouling_list list,
                                         size_t index);

// Returns the kind, such as `length`, of the rule that a list entry violates. The view is owned by `outcome`. Empty for a
// note, if there is no such entry, or if `outcome` is NULL. Thread-safe.
struct kouling_text kouling_outcome_kind(const struct kouling_outcome *outcome,
                                         kouling_list list,
                                         size_t index);

// Returns the message of a list entry for the user. `language` is a tag such as `zh-CN`; an unknown tag means English. The
// view is owned by `outcome`. Empty if there is no such entry, `language` is not UTF-8 or `outcome` is NULL. Thread-safe.
struct kouling_text kouling_outcome_message(const struct kouling_outcome *outcome,
                                            kouling_list list,
                                            size_t index,
                                            struct kouling_text language);

// Returns the error code of a list entry in a contract. The view is owned by `outcome`. Empty for a note, if there is no
// such entry, or if `outcome` or `contract` is NULL. Thread-safe.
struct kouling_text kouling_outcome_contract_code(const struct kouling_outcome *outcome,
                                                  kouling_list list,
                                                  size_t index,
                                                  const struct kouling_contract *contract);

// Returns how many named numbers a list entry has; 0 if there is no such entry or `outcome` is NULL. Thread-safe.
size_t kouling_outcome_number_count(const struct kouling_outcome *outcome,
                                    kouling_list list,
                                    size_t index);

// Reads one named number of a list entry, such as `min` = 8. `*value` receives the number. `*name` receives its name, a
// view owned by `outcome`; `name` may be NULL.
// Returns `KOULING_STATUS_OK`, or `KOULING_STATUS_INVALID_ARGUMENT` if `outcome` or `value` is NULL, there is no such
// list, or an index is out of range. Outputs are cleared on failure. Thread-safe.
kouling_status kouling_outcome_number(const struct kouling_outcome *outcome,
                                      kouling_list list,
                                      size_t index,
                                      size_t number,
                                      struct kouling_text *name,
                                      uint64_t *value);

// ---- Word lists in memory: read once, shared by every policy that names them

// Reads a word list: plain (UTF-8, one word a line) or compiled, detected by the first bytes. Words match in any case,
// unless `case_sensitive` is not 0. `*words` receives the list; the caller owns one reference and releases it by
// `kouling_words_free`. `report` may be NULL.
// Returns `KOULING_STATUS_OK`; `KOULING_STATUS_UNAVAILABLE` if the list is damaged; `KOULING_STATUS_INVALID_ARGUMENT` if
// `words` is NULL or `bytes` is invalid. `*words` is NULL on failure. Thread-safe.
kouling_status kouling_words_read(struct kouling_text bytes,
                                  uint32_t case_sensitive,
                                  const struct kouling_words **words,
                                  struct kouling_report *report);

// Compiles a plain word list, most frequent word first. `source` says where the words come from and is stored in the
// list. Words match in any case, unless `case_sensitive` is not 0. A compiled list loads without parsing; write
// `kouling_words_bytes` to a file to store it. `*words` receives the list; the caller owns one reference and releases
// it by `kouling_words_free`. `report` may be NULL.
// Returns `KOULING_STATUS_OK`; `KOULING_STATUS_UNAVAILABLE` if the list has errors; `KOULING_STATUS_INVALID_TEXT` if
// `source` is not UTF-8; `KOULING_STATUS_INVALID_ARGUMENT` if `words` is NULL or a text is invalid. `*words` is NULL on
// failure. Thread-safe.
kouling_status kouling_words_compile(struct kouling_text text,
                                     uint32_t case_sensitive,
                                     struct kouling_text source,
                                     const struct kouling_words **words,
                                     struct kouling_report *report);

// Returns the bytes of a word list, as a file stores them. The view is owned by `words`; it is binary if the list is
// compiled. Empty if `words` is NULL. Thread-safe.
struct kouling_text kouling_words_bytes(const struct kouling_words *words);

// Returns the number of words in a list; 0 if `words` is NULL. Thread-safe.
size_t kouling_words_count(const struct kouling_words *words);

// Searches a list for a whole word. `*found` receives 1 if the list contains the word, else 0. `report` may be NULL.
// Returns `KOULING_STATUS_OK`; `KOULING_STATUS_INVALID_TEXT` if `word` is not UTF-8; `KOULING_STATUS_INVALID_ARGUMENT`
// if `words` or `found` is NULL. `*found` is 0 on failure. Thread-safe.
kouling_status kouling_words_find(const struct kouling_words *words,
                                  struct kouling_text word,
                                  uint32_t *found,
                                  struct kouling_report *report);

// Increments the reference count of a word list; balance it with `kouling_words_free`. Passing NULL is a no-op.
// Thread-safe.
void kouling_words_retain(const struct kouling_words *words);

// Releases one reference; frees the word list when none remain. Passing NULL is a no-op. Thread-safe.
void kouling_words_free(const struct kouling_words *words);

// ---- Sources: where a loader finds the files that policies name

// Appends bytes to the file that a `read` callback serves. The bytes are copied. To be called within the callback only.
// Returns `KOULING_STATUS_OK`, or `KOULING_STATUS_INVALID_ARGUMENT` if `sink` is NULL, `bytes` is invalid or the file
// exceeds the size limit; the file is then refused.
kouling_status kouling_sink_write(struct kouling_sink *sink,
                                  struct kouling_text bytes);

// ---- Rule kinds of the host: named in policies, exempted, composed and reported as the built-in kinds are

// Reads a whole-number parameter of the rule. Returns `default_value` if the policy does not set `key`. If the value is
// not a number from `min` to `max`, reports an error to the policy's author, and the policy does not load. Returns 0 if
// `table` is NULL.
uint64_t kouling_table_count(struct kouling_table *table,
                             struct kouling_text key,
                             uint64_t default_value,
                             uint64_t min,
                             uint64_t max);

// Reads a boolean parameter of the rule. Returns `default_value` if the policy does not set `key`. If the value is not a
// boolean, reports an error to the policy's author, and the policy does not load. Returns false if `table` is NULL.
bool kouling_table_flag(struct kouling_table *table,
                        struct kouling_text key,
                        bool default_value);

// Reads a text parameter of the rule. Empty if the policy does not set `key` or `table` is NULL. If the value is not a
// text, reports an error to the policy's author, and the policy does not load. The view is owned by `table`.
struct kouling_text kouling_table_text(struct kouling_table *table,
                                       struct kouling_text key);

// Reports an error in the value of `key` to the policy's author, with its location. The policy does not load. `message`
// is copied.
// Returns `KOULING_STATUS_OK`; `KOULING_STATUS_INVALID_TEXT` if a text is not UTF-8; `KOULING_STATUS_INVALID_ARGUMENT` if
// `table` is NULL or a text is invalid. If the error could not be reported, `build` should fail.
kouling_status kouling_table_add_error(struct kouling_table *table,
                                       struct kouling_text key,
                                       struct kouling_text message);

// Returns the password as it is evaluated, which is in Unicode normalization form C. The view is valid until `check`
// returns; do not store it. Empty if `candidate` is NULL.
struct kouling_text kouling_candidate_text(const struct kouling_candidate *candidate);

// Returns the password with differences of case removed, for comparisons. The view is valid until `check` returns; do not
// store it. Empty if `candidate` is NULL.
struct kouling_text kouling_candidate_folded(const struct kouling_candidate *candidate);

// Returns the case-folded password with its characters in reverse order. The view is valid until `check` returns; do not
// store it. Empty if `candidate` is NULL.
struct kouling_text kouling_candidate_reversed(const struct kouling_candidate *candidate);

// Returns the length of the password in code points; 0 if `candidate` is NULL.
size_t kouling_candidate_length(const struct kouling_candidate *candidate);

// Returns the value number `index`, from 0, of the user's attribute `name`. The view is valid until `check` returns. Empty
// if there is no such value, `name` is not UTF-8 or `candidate` is NULL.
struct kouling_text kouling_candidate_attribute(const struct kouling_candidate *candidate,
                                                struct kouling_text name,
                                                size_t index);

// Returns the time of the evaluation in seconds since 1970-01-01T00:00:00Z; 0 if `candidate` is NULL.
int64_t kouling_candidate_now(const struct kouling_candidate *candidate);

// Reports a violation: the password is refused with `code`. `code` is one of the codes that the kind declares; `numbers`
// is an array of `number_count` numbers that it declares, and may be NULL if there are none. All texts are copied.
// Returns `KOULING_STATUS_OK`; `KOULING_STATUS_INVALID_ARGUMENT` if `findings` is NULL, or the code or a number is not
// declared; `KOULING_STATUS_INVALID_TEXT` if a text is not UTF-8. Nothing is reported on failure; `check` should then
// fail too.
kouling_status kouling_findings_refuse(struct kouling_findings *findings,
                                       struct kouling_text code,
                                       const struct kouling_number *numbers,
                                       size_t number_count);

// ---- Loaders: policies with rule kinds of the host, and files from anywhere

// Creates a loader with the built-in rule kinds that reads files from disk. `*loader` receives it; the caller owns it and
// frees it by `kouling_loader_free`.
// Returns `KOULING_STATUS_OK`, or `KOULING_STATUS_INVALID_ARGUMENT` if `loader` is NULL. Thread-safe.
kouling_status kouling_loader_new(struct kouling_loader **loader);

// Frees a loader. Policies that it loaded stay valid. Passing NULL is a no-op.
void kouling_loader_free(struct kouling_loader *loader);

// Adds a file from memory, a policy or a word list, under the name that policies use for it, such as `lists/words.txt`.
// The bytes are copied. A file with the same name is replaced. A loader holds up to 4096 files. `report` may be NULL.
// Returns `KOULING_STATUS_OK`; `KOULING_STATUS_INVALID_TEXT` if `name` is not UTF-8; `KOULING_STATUS_INVALID_ARGUMENT`
// if `loader` is NULL, `bytes` is invalid or there are too many files.
kouling_status kouling_loader_add_file(struct kouling_loader *loader,
                                       struct kouling_text name,
                                       struct kouling_text bytes,
                                       struct kouling_report *report);

// Adds a word list under the name that policies use for it, such as `lists/words.txt`. The list is shared, not copied;
// the caller may release its reference at once. A file with the same name is replaced. `report` may be NULL.
// Returns `KOULING_STATUS_OK`; `KOULING_STATUS_INVALID_TEXT` if `name` is not UTF-8; `KOULING_STATUS_INVALID_ARGUMENT`
// if `loader` or `words` is NULL or there are too many files.
kouling_status kouling_loader_add_words(struct kouling_loader *loader,
                                        struct kouling_text name,
                                        const struct kouling_words *words,
                                        struct kouling_report *report);

// Sets the callback that serves all files which were not added. Without one, they are read from disk. The struct is
// copied; its context must be valid as long as the loader. `report` may be NULL.
// Returns `KOULING_STATUS_OK`, or `KOULING_STATUS_INVALID_ARGUMENT` if `loader` or `source` is NULL or `struct_size` is
// not set.
kouling_status kouling_loader_set_source(struct kouling_loader *loader,
                                         const struct kouling_source *source,
                                         struct kouling_report *report);

// Adds a rule kind of the host. A kind with the same name is replaced. The struct and its texts are copied. On success
// the library owns the context and calls `free_context` once; on failure the context stays with the caller. `report` may
// be NULL.
// Returns `KOULING_STATUS_OK`; `KOULING_STATUS_INVALID_TEXT` if a text is not UTF-8; `KOULING_STATUS_INVALID_ARGUMENT`
// if `loader`, `kind` or its `check` is NULL, `struct_size` is not set, or a name or code is invalid.
kouling_status kouling_loader_add_rule_kind(struct kouling_loader *loader,
                                            const struct kouling_rule_kind *kind,
                                            struct kouling_report *report);

// Reads and compiles a policy set, or a policy, whose files were added to the loader or are served by its source. `*set`
// receives the set; the caller owns one reference and releases it by `kouling_policy_set_free`. `report` may be NULL; on
// failure it lists all errors with their locations.
// Returns `KOULING_STATUS_OK`; `KOULING_STATUS_UNAVAILABLE` if a file cannot be read; `KOULING_STATUS_INVALID_POLICY` if
// the set or one of its policies has errors; `KOULING_STATUS_INVALID_TEXT` if `path` is not UTF-8;
// `KOULING_STATUS_INVALID_ARGUMENT` if `loader` or `set` is NULL. `*set` is NULL on failure. Safe to call from several
// threads on one loader.
kouling_status kouling_loader_load_set(const struct kouling_loader *loader,
                                       struct kouling_text path,
                                       const struct kouling_policy_set **set,
                                       struct kouling_report *report);

// Compiles a policy from TOML text. `name` is the file name in reports; files that the policy names are resolved against
// it. `*policy` receives the policy; the caller owns one reference and releases it by `kouling_policy_free`. `report` may
// be NULL; on failure it lists all errors with their locations.
// Returns `KOULING_STATUS_OK`; `KOULING_STATUS_INVALID_POLICY` if the policy has errors; `KOULING_STATUS_UNAVAILABLE` if
// a file cannot be read; `KOULING_STATUS_INVALID_TEXT` if a text is not UTF-8; `KOULING_STATUS_INVALID_ARGUMENT` if
// `loader` or `policy` is NULL. `*policy` is NULL on failure. Safe to call from several threads on one loader.
kouling_status kouling_loader_parse(const struct kouling_loader *loader,
                                    struct kouling_text name,
                                    struct kouling_text text,
                                    const struct kouling_policy **policy,
                                    struct kouling_report *report);

// Reads and compiles a policy file, which was added to the loader or is served by its source. `*policy` receives the
// policy; the caller owns one reference and releases it by `kouling_policy_free`. `report` may be NULL; on failure it
// lists all errors with their locations.
// Returns `KOULING_STATUS_OK`; `KOULING_STATUS_UNAVAILABLE` if a file cannot be read; `KOULING_STATUS_INVALID_POLICY` if
// the policy has errors; `KOULING_STATUS_INVALID_TEXT` if `path` is not UTF-8; `KOULING_STATUS_INVALID_ARGUMENT` if
// `loader` or `policy` is NULL. `*policy` is NULL on failure. Safe to call from several threads on one loader.
kouling_status kouling_loader_load(const struct kouling_loader *loader,
                                   struct kouling_text path,
                                   const struct kouling_policy **policy,
                                   struct kouling_report *report);

// ---- Code keys: the operator's secret keys for the hashes of codes

// Creates keys from the key for new codes. `bytes` are 32 random bytes, kept secret and the same on every server; `id`
// distinguishes the key from others. Both are copied. `*keys` receives the object; the caller owns it and frees it by
// `kouling_code_keys_free`. `report` may be NULL.
// Returns `KOULING_STATUS_OK`, or `KOULING_STATUS_INVALID_ARGUMENT` if `keys` is NULL or `bytes` has another length.
// `*keys` is NULL on failure. Thread-safe.
kouling_status kouling_code_keys_new(uint32_t id,
                                     struct kouling_text bytes,
                                     struct kouling_code_keys **keys,
                                     struct kouling_report *report);

// Adds an older key that still verifies codes, so that keys can be rotated while codes are in transit. `bytes` are the 32
// bytes of that key, `id` its number. Both are copied. `report` may be NULL.
// Returns `KOULING_STATUS_OK`, or `KOULING_STATUS_INVALID_ARGUMENT` if `keys` is NULL or `bytes` has another length.
kouling_status kouling_code_keys_add_older(struct kouling_code_keys *keys,
                                           uint32_t id,
                                           struct kouling_text bytes,
                                           struct kouling_report *report);

// Frees keys and overwrites them. Passing NULL is a no-op.
void kouling_code_keys_free(struct kouling_code_keys *keys);

// ---- What every request carries: the caller, the purpose and the channel; and the rate limits

// Returns the seconds until one more event is allowed by a limit of `max` events within `seconds`; 0 if it is allowed now.
// `events` is an array of the `event_count` recorded times; `now` and the events are in seconds since
// 1970-01-01T00:00:00Z. Use it for the conditions of `KOULING_EFFECT_COUNT` and `KOULING_EFFECT_RESERVE_SUBMISSION`.
// Returns `UINT64_MAX`, which means never, if `max` is 0, `events` is NULL with a count, or there are more than 1048576
// events. Thread-safe.
uint64_t kouling_retry_after(uint64_t max,
                             uint64_t seconds,
                             const int64_t *events,
                             size_t event_count,
                             int64_t now);

// ---- Effects: changes that the host makes, as data. All effects of one list in order and in one transaction, or none

// Returns the number of effects; 0 if `effects` is NULL.
size_t kouling_effects_count(const struct kouling_effects *effects);

// Reads one effect. `effect` receives it; set its `struct_size` first. Its texts are views owned by `effects`.
// Returns `KOULING_STATUS_OK`, or `KOULING_STATUS_INVALID_ARGUMENT` if `effects` or `effect` is NULL, `struct_size` is not
// set or `index` is out of range. `effect` is cleared on failure. Do not apply the list if one of its effects cannot be
// read.
kouling_status kouling_effects_at(const struct kouling_effects *effects,
                                  size_t index,
                                  struct kouling_effect *effect);

// Returns the stable name of an effect for logs, such as `set_password`. The view is owned by `effects`. Empty if `index`
// is out of range or `effects` is NULL.
struct kouling_text kouling_effects_name(const struct kouling_effects *effects,
                                         size_t index);

// Frees effects that `kouling_approved_effects` returned. Do not pass effects of a step: they are freed with it. Passing
// NULL is a no-op.
void kouling_effects_free(struct kouling_effects *effects);

// ---- Records: challenges and captchas, which the host stores as bytes

// Reads a record from the bytes that the host stored. `*record` receives it; the caller owns it and frees it by
// `kouling_record_free`. `report` may be NULL.
// Returns `KOULING_STATUS_OK`; `KOULING_STATUS_UNAVAILABLE` if the bytes are damaged or of another version: treat the
// record as if it did not exist; `KOULING_STATUS_INVALID_ARGUMENT` if `record` is NULL or `bytes` is invalid. `*record` is
// NULL on failure. Thread-safe.
kouling_status kouling_record_read(struct kouling_text bytes,
                                   struct kouling_record **record,
                                   struct kouling_report *report);

// Returns a record as bytes, to be stored. The view is owned by `record` and valid until `kouling_record_after` or
// `kouling_record_free`. Empty if `record` is NULL.
struct kouling_text kouling_record_bytes(const struct kouling_record *record);

// Applies effect number `index` of a list to a record. An effect on something else leaves the record unchanged. `*holds`
// receives 1, or 0 if the effect's condition does not hold: the record is then unchanged, and nothing of the list may be
// applied. Store the new `kouling_record_bytes` afterwards. `report` may be NULL.
// Returns `KOULING_STATUS_OK`, or `KOULING_STATUS_INVALID_ARGUMENT` if `record`, `effects` or `holds` is NULL or `index`
// is out of range. `*holds` is 0 on failure.
kouling_status kouling_record_after(struct kouling_record *record,
                                    const struct kouling_effects *effects,
                                    size_t index,
                                    uint32_t *holds,
                                    struct kouling_report *report);

// Returns the key under which the host stores a record: the identifier of a challenge or the token of a captcha. The view
// is owned by `record`. Empty if `record` is NULL.
struct kouling_text kouling_record_id(const struct kouling_record *record);

// Returns the requester of a challenge: the key of the client and device that requested the code. The host looks up
// challenges by it, and must not return those of another requester. The view is owned by `record`. Empty for a captcha or
// if `record` is NULL.
struct kouling_text kouling_record_requester(const struct kouling_record *record);

// Returns the state of a record, a `KOULING_RECORD_…` value. Does not check whether a challenge has expired. Returns
// `KOULING_RECORD_REVOKED` if `record` is NULL.
kouling_record_status kouling_record_state(const struct kouling_record *record);

// Returns how many submissions of a challenge are left; 0 for a captcha or if `record` is NULL.
uint64_t kouling_record_submissions_left(const struct kouling_record *record);

// Returns when a challenge expires, in seconds since 1970-01-01T00:00:00Z; 0 for a captcha or if `record` is NULL. The
// host may delete a record one day after that.
int64_t kouling_record_expires(const struct kouling_record *record);

// Frees a record and the views of it. Passing NULL is a no-op.
void kouling_record_free(struct kouling_record *record);

// ---- Approvals: the authorization to set one password. Only the flow creates one

// Returns the identifier of the account that gets the password. The view is owned by `approved`. Empty if the approval
// was used or `approved` is NULL.
struct kouling_text kouling_approved_account(const struct kouling_approved *approved);

// Returns the password exactly as it was evaluated. Hash all of it. The view is valid until `kouling_approved_effects` or
// `kouling_approved_free`. Empty if the approval was used or `approved` is NULL.
struct kouling_text kouling_approved_password(const struct kouling_approved *approved);

// Uses an approval: gives the effects that set the password. `hash` is the host's hash of `kouling_approved_password`; it
// is copied. `*effects` receives the effects; the caller owns them and frees them by `kouling_effects_free`. `report` may
// be NULL.
// Returns `KOULING_STATUS_OK`; `KOULING_STATUS_INVALID_TEXT` if `hash` is not UTF-8; `KOULING_STATUS_INVALID_ARGUMENT` if
// `approved` or `effects` is NULL, `hash` is empty or the approval was used. `*effects` is NULL on failure, and the
// approval stays unused.
kouling_status kouling_approved_effects(struct kouling_approved *approved,
                                        struct kouling_text hash,
                                        struct kouling_effects **effects,
                                        struct kouling_report *report);

// Frees an approval and overwrites the password in it. Passing NULL is a no-op.
void kouling_approved_free(struct kouling_approved *approved);

// ---- Steps: what the flow returns, and what the host does next

// Returns what the host does next, a `KOULING_STEP_…` value. Returns `KOULING_STEP_REFUSED` if `step` is NULL.
kouling_step_type kouling_step_kind(const struct kouling_step *step);

// Returns the purpose of the challenge to look up. Returns the value 0 for other steps or if `step` is NULL.
kouling_purpose kouling_step_purpose(const struct kouling_step *step);

// Returns the channel of the challenge or of the address to look up. Returns the value 0 for other steps or if `step` is
// NULL.
kouling_channel kouling_step_channel(const struct kouling_step *step);

// Returns the normalized address to look up. The view is owned by `step`. Empty for other steps, if a user is signed in,
// or if `step` is NULL.
struct kouling_text kouling_step_address(const struct kouling_step *step);

// Returns the identifier of the account to look up or whose password is set. The view is owned by `step`. Empty if there
// is none or `step` is NULL.
struct kouling_text kouling_step_account(const struct kouling_step *step);

// Returns the requester of the challenge to look up: the key of the client and device that sent the request. The host must
// not return challenges of another requester. The view is owned by `step`. Empty for other steps or if `step` is NULL.
struct kouling_text kouling_step_requester(const struct kouling_step *step);

// Returns the token of a solved captcha, which the client sends with its request for a code. The view is owned by `step`.
// Empty for other steps or if `step` is NULL.
struct kouling_text kouling_step_token(const struct kouling_step *step);

// Returns the effects of a step; they may be empty. They are owned by `step`, and freed with it. NULL if `step` is NULL.
const struct kouling_effects *kouling_step_effects(const struct kouling_step *step);

// Returns why a step is refused or could not be evaluated, as a stable code such as `reset.code_refused`,
// `length.too_short` or `stored_hash`. The view is owned by `step`. Empty for other steps or if `step` is NULL.
struct kouling_text kouling_step_code(const struct kouling_step *step);

// Returns the seconds until the client may try again; 0 if the refusal is not a rate limit or `step` is NULL.
uint64_t kouling_step_retry_after(const struct kouling_step *step);

// Returns the outcome that refused the password. It is owned by `step`, and freed with it. NULL if the password is not the
// reason for the refusal or `step` is NULL.
const struct kouling_outcome *kouling_step_outcome(const struct kouling_step *step);

// Maps a refused step to the error response of a contract. `language` is a tag such as `zh-CN`; an unknown tag means
// English. `response` receives the result; set its `struct_size` first. Its texts are views owned by `step`. `report` may
// be NULL.
// Returns `KOULING_STATUS_OK`; `KOULING_STATUS_INVALID_TEXT` if `language` is not UTF-8;
// `KOULING_STATUS_INVALID_ARGUMENT` if `step`, `contract` or `response` is NULL, `struct_size` is not set, or the step is
// neither `KOULING_STEP_REFUSED` nor `KOULING_STEP_NOT_JUDGED`. `response` is cleared on failure.
kouling_status kouling_step_response(const struct kouling_step *step,
                                     const struct kouling_contract *contract,
                                     struct kouling_text language,
                                     struct kouling_response *response,
                                     struct kouling_report *report);

// Takes the approval out of a `KOULING_STEP_APPROVED` step, once. `*approved` receives it; the caller owns it and frees it
// by `kouling_approved_free`. `report` may be NULL.
// Returns `KOULING_STATUS_OK`, or `KOULING_STATUS_INVALID_ARGUMENT` if `step` or `approved` is NULL, the step has no
// approval or it was already taken. `*approved` is NULL on failure.
kouling_status kouling_step_take_approved(struct kouling_step *step,
                                          struct kouling_approved **approved,
                                          struct kouling_report *report);

// Frees a step, its effects, its outcome, an approval that was not taken, and the views of it. Passing NULL is a no-op.
void kouling_step_free(struct kouling_step *step);

// ---- May a code be sent? A request for a code, and what the host looked up for it

// Begins a request for a code. The host then looks up, in this order: the account that has the address of
// `kouling_sending_address` (`kouling_sending_set_account`); the captcha that the token names, which is the part before
// `---` (`kouling_sending_set_captcha`); and for each budget the events recorded under its key within its window
// (`kouling_sending_set_events`). Then it calls `kouling_sending_decide`. `request` and its texts are copied. `*sending`
// receives the object; the caller owns it and frees it by `kouling_sending_free`. `report` may be NULL.
// Returns `KOULING_STATUS_OK`; `KOULING_STATUS_INVALID_TEXT` if a text is not UTF-8; `KOULING_STATUS_INVALID_ARGUMENT` if
// a pointer is NULL, `struct_size` is not set, `purpose` or `channel` is unknown, or `client_ip` is not an IP address.
// `*sending` is NULL on failure. Thread-safe.
kouling_status kouling_sending_new(const struct kouling_policy *policy,
                                   const struct kouling_send_request *request,
                                   struct kouling_sending **sending,
                                   struct kouling_report *report);

// Returns the normalized address, by which the host looks up the account. The view is owned by `sending`. Empty if the
// address in the request is not exactly one address, or `sending` is NULL; then there is nothing to look up, and the
// request will be refused.
struct kouling_text kouling_sending_address(const struct kouling_sending *sending);

// Returns the channel of the request. Returns the value 0 if `sending` is NULL.
kouling_channel kouling_sending_channel(const struct kouling_sending *sending);

// Sets the account that has the address, and the address as it is stored for the account: messages are sent to it, never
// to the address in the request. Both texts are copied. Resets the budgets and their events. Do not call it if no account
// has the address. `report` may be NULL.
// Returns `KOULING_STATUS_OK`; `KOULING_STATUS_INVALID_TEXT` if a text is not UTF-8; `KOULING_STATUS_INVALID_ARGUMENT` if
// `sending` is NULL or a text is empty.
kouling_status kouling_sending_set_account(struct kouling_sending *sending,
                                           struct kouling_text account,
                                           struct kouling_text address_on_record,
                                           struct kouling_report *report);

// Sets the record of the captcha that the token names. It is copied. Do not call it if there is none. `report` may be
// NULL.
// Returns `KOULING_STATUS_OK`, or `KOULING_STATUS_INVALID_ARGUMENT` if `sending` or `captcha` is NULL or the record is not
// a captcha.
kouling_status kouling_sending_set_captcha(struct kouling_sending *sending,
                                           const struct kouling_record *captcha,
                                           struct kouling_report *report);

// Returns the number of budgets (rate limits) that count the request; 0 if `sending` is NULL.
size_t kouling_sending_budget_count(const struct kouling_sending *sending);

// Returns the key under which the events of a budget are recorded. The view is owned by `sending`. Empty if `index` is out
// of range or `sending` is NULL.
struct kouling_text kouling_sending_budget_key(const struct kouling_sending *sending,
                                               size_t index);

// Returns the window of a budget in seconds; older events need not be looked up. Returns 0 if `index` is out of range or
// `sending` is NULL.
uint64_t kouling_sending_budget_seconds(const struct kouling_sending *sending,
                                        size_t index);

// Sets the events recorded under the key of a budget: an array of `event_count` times in seconds since
// 1970-01-01T00:00:00Z. Call it for every budget, also if there are no events: the request is refused otherwise. The
// array is copied, and may be NULL if the count is 0. `report` may be NULL.
// Returns `KOULING_STATUS_OK`, or `KOULING_STATUS_INVALID_ARGUMENT` if `sending` is NULL, `index` is out of range,
// `events` is NULL with a count, or there are more than 1048576 events.
kouling_status kouling_sending_set_events(struct kouling_sending *sending,
                                          size_t index,
                                          const int64_t *events,
                                          size_t event_count,
                                          struct kouling_report *report);

// Decides whether a code may be sent. `now` is in seconds since 1970-01-01T00:00:00Z. `randomness` is 80 bytes from the
// operating system's random number generator, new for every call. `*step` receives the result, `KOULING_STEP_GRANTED` or
// `KOULING_STEP_REFUSED`; the caller owns it and frees it by `kouling_step_free`. `report` may be NULL.
// Returns `KOULING_STATUS_OK`, or `KOULING_STATUS_INVALID_ARGUMENT` if a pointer is NULL or `randomness` has another
// length. `*step` is NULL on failure. Safe to call from several threads on one object.
kouling_status kouling_sending_decide(const struct kouling_sending *sending,
                                      const struct kouling_code_keys *keys,
                                      int64_t now,
                                      struct kouling_text randomness,
                                      struct kouling_step **step,
                                      struct kouling_report *report);

// Frees a request for a code. Steps that it returned stay valid. Passing NULL is a no-op.
void kouling_sending_free(struct kouling_sending *sending);

// ---- May this password be set? One submission of a code and a password, step by step

// Begins a redemption at the time `now`, in seconds since 1970-01-01T00:00:00Z. Every call on the redemption returns a
// step, which says what to do and which function to call next. A call that does not fit the step ends the redemption in a
// refusal. `request` and its texts are copied. `*redemption` and `*step` receive the objects; the caller owns both and
// frees them by `kouling_redemption_free` and `kouling_step_free`. `report` may be NULL.
// Returns `KOULING_STATUS_OK`; `KOULING_STATUS_INVALID_TEXT` if a text is not UTF-8; `KOULING_STATUS_INVALID_ARGUMENT` if
// a required pointer is NULL, `struct_size` is not set or `channel` is unknown. Both outputs are NULL on failure.
// Thread-safe.
kouling_status kouling_redemption_begin(const struct kouling_policy *policy,
                                        const struct kouling_code_keys *keys,
                                        const struct kouling_redemption_request *request,
                                        int64_t now,
                                        struct kouling_redemption **redemption,
                                        struct kouling_step **step,
                                        struct kouling_report *report);

// Continues after `KOULING_STEP_LOOK_UP_CHALLENGE`. `challenge` is the record that was found, which is copied; NULL if
// there is none. `*step` receives the next step; the caller owns it and frees it by `kouling_step_free`. `report` may be
// NULL.
// Returns `KOULING_STATUS_OK`, or `KOULING_STATUS_INVALID_ARGUMENT` if `redemption` or `step` is NULL or the record is not
// a challenge. `*step` is NULL on failure.
kouling_status kouling_redemption_challenge(struct kouling_redemption *redemption,
                                            const struct kouling_record *challenge,
                                            struct kouling_step **step,
                                            struct kouling_report *report);

// Continues after `KOULING_STEP_LOOK_UP_ACCOUNT`. `found` is the account, which is copied; NULL if there is none. `*step`
// receives the next step; the caller owns it and frees it by `kouling_step_free`. `report` may be NULL.
// Returns `KOULING_STATUS_OK`; `KOULING_STATUS_INVALID_TEXT` if a text is not UTF-8; `KOULING_STATUS_INVALID_ARGUMENT` if
// `redemption`, `step` or the `facts` of the account is NULL, `struct_size` is not set or the identifier is empty. `*step`
// is NULL on failure.
kouling_status kouling_redemption_account(struct kouling_redemption *redemption,
                                          const struct kouling_account *found,
                                          struct kouling_step **step,
                                          struct kouling_report *report);

// Continues after `KOULING_STEP_APPLY` and `KOULING_STEP_APPROVED`. `applied` is 1 if all effects were applied, 0 if none
// was. `*step` receives the next step; the caller owns it and frees it by `kouling_step_free`. `report` may be NULL.
// Returns `KOULING_STATUS_OK`, or `KOULING_STATUS_INVALID_ARGUMENT` if `redemption` or `step` is NULL. `*step` is NULL on
// failure.
kouling_status kouling_redemption_applied(struct kouling_redemption *redemption,
                                          uint32_t applied,
                                          struct kouling_step **step,
                                          struct kouling_report *report);

// Frees a redemption, complete or not, and overwrites the secrets in it. Steps that it returned stay valid. Passing NULL
// is a no-op.
void kouling_redemption_free(struct kouling_redemption *redemption);

// ---- May a signed-in user replace the old password by a new one?

// Decides whether a signed-in user may set a new password at the time `now`, in seconds since 1970-01-01T00:00:00Z.
// `*step` receives the result: `KOULING_STEP_APPROVED`, `KOULING_STEP_REFUSED` or `KOULING_STEP_NOT_JUDGED`; the caller
// owns it and frees it by `kouling_step_free`. If the effects of the approval cannot be applied, the password was changed
// meanwhile: respond with `reset.old_password_refused`. `report` may be NULL.
// Returns `KOULING_STATUS_OK`; `KOULING_STATUS_INVALID_TEXT` if a text is not UTF-8; `KOULING_STATUS_INVALID_ARGUMENT` if
// a required pointer is NULL, `struct_size` is not set or `old_check` is unknown. `*step` is NULL on failure. Thread-safe.
kouling_status kouling_policy_change(const struct kouling_policy *policy,
                                     const struct kouling_change_request *request,
                                     int64_t now,
                                     struct kouling_step **step,
                                     struct kouling_report *report);

// ---- Captchas: shown once, attempted once, and valid for one code to one address

// Creates the record of a captcha with a sliding piece, created at `now` in seconds since 1970-01-01T00:00:00Z. The piece
// belongs `place` pixels from the left edge; the host draws the picture. `token` is 32 random hexadecimal digits in lower
// case. `*captcha` receives the record; the caller owns it and frees it by `kouling_record_free`. `report` may be NULL.
// Returns `KOULING_STATUS_OK`; `KOULING_STATUS_INVALID_TEXT` if `token` is not UTF-8; `KOULING_STATUS_INVALID_ARGUMENT` if
// `captcha` is NULL or `token` has another form. `*captcha` is NULL on failure. Thread-safe.
kouling_status kouling_captcha_new(struct kouling_text token,
                                   uint32_t place,
                                   int64_t now,
                                   struct kouling_record **captcha,
                                   struct kouling_report *report);

// Decides whether a captcha is solved, at the time `now` in seconds since 1970-01-01T00:00:00Z. `captcha` is the record
// that the client's token names, or NULL if there is none. `x` is where the client moved the piece, and `point` the same
// as the client wrote it. The solution counts for one code to `address` by `channel`. `*step` receives the result:
// `KOULING_STEP_GRANTED`, with `kouling_step_token`, or `KOULING_STEP_REFUSED`; the caller owns it and frees it by
// `kouling_step_free`. Apply its effects in both cases: they use up the only attempt. `report` may be NULL.
// Returns `KOULING_STATUS_OK`; `KOULING_STATUS_INVALID_TEXT` if a text is not UTF-8; `KOULING_STATUS_INVALID_ARGUMENT` if
// `policy` or `step` is NULL, `channel` is unknown or the record is not a captcha. `*step` is NULL on failure. Thread-safe.
kouling_status kouling_policy_verify_captcha(const struct kouling_policy *policy,
                                             const struct kouling_record *captcha,
                                             double x,
                                             struct kouling_text point,
                                             kouling_channel channel,
                                             struct kouling_text address,
                                             int64_t now,
                                             struct kouling_step **step,
                                             struct kouling_report *report);

#ifdef __cplusplus
}  // extern "C"
#endif  // __cplusplus

// Returns a view of a NUL-terminated string, which must outlive it. Empty for NULL.
static inline struct kouling_text kouling_text_of(const char *string) {
  struct kouling_text text = { string, string ? strlen(string) : 0 };
  return text;
}

// Enums have 32 bits in the ABI; this fails to compile with `-fshort-enums`.
typedef char kouling_enums_have_32_bits[sizeof(enum kouling_status) == 4 ? 1 : -1];

#endif // KOULING_H
