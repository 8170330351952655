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

// What the password is refused for, in policy order.
#define KOULING_VIOLATIONS 0

// What its owner should be told though it is accepted.
#define KOULING_WARNINGS 1

// What rules on trial would refuse it for; nobody is told.
#define KOULING_SHADOWS 2

// The limits of this judgement, such as that only the beginning was estimated. A note is of no rule.
#define KOULING_NOTES 3

// A contract. Every thread may use it at once; it is freed as a policy is.
typedef struct kouling_contract kouling_contract;

// The facts of one judgement or of many. One owner, who fills it; then every thread may judge by it at once.
typedef struct kouling_facts kouling_facts;

// An outcome: codes and figures, and nothing of the password. One owner; every thread may read it at once. Its views
// live as long as it does, also when the policy is freed.
typedef struct kouling_outcome kouling_outcome;

// A policy. Every thread may use it at once. It lives until `kouling_policy_free` was called once for its making and
// once for each `kouling_policy_retain`.
typedef struct kouling_policy kouling_policy;

// A policy and the files that it is made of. One owner; every thread may ask it at once.
typedef struct kouling_policy_file kouling_policy_file;

// A report of the last call that it was given to; empty when that succeeded. Views of it live until the next such
// call. One owner.
typedef struct kouling_report kouling_report;

// A text: `length` bytes of UTF-8 at `data`. One that comes out of the library is a view: it lives as long as what it
// was asked of, and nobody frees it. One that goes in is read before the call returns, and kept by nobody. `data` may
// be NULL when `length` is 0; of a password it may not.
typedef struct kouling_text {
  const char *data;
  size_t length;
} kouling_text;

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

// The line, from 1; 0 where it stands in no file.
size_t kouling_report_line(const struct kouling_report *report,
                           size_t index);

// The column in characters, from 1; 0 where it stands in no file.
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

// Makes one owner more, who frees it too. NULL is nothing.
void kouling_contract_retain(const struct kouling_contract *contract);

// Frees a contract, when it is its last owner who does. NULL is nothing.
void kouling_contract_free(const struct kouling_contract *contract);

#ifdef __cplusplus
}  // extern "C"
#endif  // __cplusplus

// A text of a string that ends with a NUL; of NULL, none.
static inline struct kouling_text kouling_text_of(const char *string) {
  struct kouling_text text = { string, string ? strlen(string) : 0 };
  return text;
}

#endif // KOULING_H
