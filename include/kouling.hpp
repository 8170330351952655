// Kouling, a password and password-reset policy engine, for C++17. A header-only wrapper of `kouling.h`. This file is
// generated from bindings/cpp/kouling.hpp.in and kouling.h.
//
// Conventions, besides those of `kouling.h`:
//
// - `kouling_<noun>_<verb>` is the member `<verb>` of the class `kouling::<noun>`; `_new` is `make`.
// - A call that can fail returns a `result`. With exceptions, `.value()` returns the value or throws a `kouling::error`.
//   Without them (`-fno-exceptions`, or if you prefer), test `.ok()` and read `*result`. Both may be mixed.
// - A `result` has no `operator bool`, so that it cannot be mistaken for acceptance. A failed one holds an empty value, and
//   an empty outcome accepts nothing. Ignoring a `result` gives a warning (`[[nodiscard]]`).
// - `policy`, `contract` and `words` are reference-counted: copies share the object, also between threads. All other
//   classes are move-only. A moved-from or default-constructed object is empty: calls on it fail with `invalid_argument`.
// - A `std::string_view` that is returned is owned by the object that it was read from. A password that is
//   `std::string_view()` is the empty password. The header copies no secret.
// - An exception in a callback means that the password cannot be evaluated, never that it is accepted. It does not
//   propagate through the library.
#ifndef KOULING_HPP
#define KOULING_HPP

#include "kouling.h"

#include <cstddef>
#include <cstdint>
#include <initializer_list>
#include <iterator>
#include <memory>
#include <optional>
#include <stdexcept>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>
#include <vector>
#if __cplusplus > 201703L
#include <ranges>
#endif

#if defined(__cpp_exceptions) || defined(_CPPUNWIND)
#define KOULING_EXCEPTIONS 1
#else
#define KOULING_EXCEPTIONS 0
#endif

namespace kouling {

// Seconds since 1970-01-01T00:00:00Z. The library does not read a clock.
using moment = std::int64_t;

// Status of a call. A callback of the host returns one of these values too.
enum class status : std::uint32_t {
  // The call succeeded.
  ok = KOULING_STATUS_OK,
  //
  invalid_argument = KOULING_STATUS_INVALID_ARGUMENT,
  // The policy or the contract has errors. The report lists all of them with their locations.
  invalid_policy = KOULING_STATUS_INVALID_POLICY,
  // A text is not valid UTF-8, or a password contains a NUL.
  invalid_text = KOULING_STATUS_INVALID_TEXT,
  // A file (policy, contract, word list or breach filter) or a stored record cannot be read or is damaged.
  unavailable = KOULING_STATUS_UNAVAILABLE,
  // The password could not be evaluated: the format of a stored hash is unknown, or a callback failed. This is
  // neither an acceptance nor a refusal, and must never be treated as acceptance.
  cannot_judge = KOULING_STATUS_CANNOT_JUDGE,
  // Internal error (a bug in Kouling). Please report it.
  internal = KOULING_STATUS_INTERNAL,
};

// Result of a verifier for one stored hash.
enum class hash_result : std::uint32_t {
  // The verifier does not know the format of the hash. The built-in formats are tried next.
  unknown = KOULING_HASH_UNKNOWN,
  // The hash belongs to this password.
  matches = KOULING_HASH_MATCHES,
  // The hash belongs to another password.
  differs = KOULING_HASH_DIFFERS,
};

// Whether the password of an account can be used. Later versions may add values: treat a value that the program does
// not know as `KOULING_STANDING_DISABLED`.
enum class standing : std::uint32_t {
  // There is no decision.
  unknown = KOULING_STANDING_UNKNOWN,
  // It can be used.
  fine = KOULING_STANDING_FINE,
  // It can be used, and expires in `kouling_decision_value` days.
  warn = KOULING_STANDING_WARN,
  // It must be changed before anything else.
  must_change = KOULING_STANDING_MUST_CHANGE,
  // It has expired, and can be used for `kouling_decision_value` sign-ins, including this one.
  grace = KOULING_STANDING_GRACE,
  // Sign-ins are refused until the time `kouling_decision_value`.
  locked = KOULING_STANDING_LOCKED,
  // Sign-ins are refused until an administrator acts, or the password is reset.
  disabled = KOULING_STANDING_DISABLED,
};

// Whether the policy accepts the password at a sign-in.
enum class accepts : std::uint32_t {
  // The password was not evaluated.
  unknown = KOULING_ACCEPTS_UNKNOWN,
  // The policy accepts it.
  yes = KOULING_ACCEPTS_YES,
  // The policy refuses it.
  no = KOULING_ACCEPTS_NO,
};

// Purpose of a code.
enum class purpose : std::uint32_t {
  // A user who cannot sign in sets a new password.
  forgot_password = KOULING_PURPOSE_FORGOT_PASSWORD,
  // A signed-in user sets a new password.
  update_password = KOULING_PURPOSE_UPDATE_PASSWORD,
};

// Channel by which a code is sent.
enum class channel : std::uint32_t {
  // E-mail.
  email = KOULING_CHANNEL_EMAIL,
  // Text message to a mobile phone.
  mobile = KOULING_CHANNEL_MOBILE,
};

// Kind of an effect. Apply the effects of one list in order and in one transaction, all or none. If a *condition*
// does not hold, or the host does not know a kind, apply nothing of the list and report 0 to
// `kouling_redemption_applied`. Later versions of the library may add kinds.
enum class effect_kind : std::uint32_t {
  // No effect: there is none at this index.
  none = KOULING_EFFECT_NONE,
  // Mark the captcha `token` as used (`kouling_record_after`). *Condition*: it is solved and not used.
  use_captcha = KOULING_EFFECT_USE_CAPTCHA,
  // Mark the captcha `token` as solved for `address` (`kouling_record_after`). *Condition*: it is open.
  solve_captcha = KOULING_EFFECT_SOLVE_CAPTCHA,
  // Mark the captcha `token` as used: the client failed its only attempt (`kouling_record_after`).
  fail_captcha = KOULING_EFFECT_FAIL_CAPTCHA,
  // Record one event at `now` under `key`. *Condition*: fewer than `max` events are recorded under it within
  // `seconds` (`kouling_retry_after` returns 0).
  count = KOULING_EFFECT_COUNT,
  // Revoke the challenges of `account` if it is not empty, and those of `address` and `channel` if it is not empty;
  // if `requester` is not empty, only those of that requester. Pass each of these records to `kouling_record_after`.
  revoke_challenges = KOULING_EFFECT_REVOKE_CHALLENGES,
  // Store the challenge `record` under its identifier `challenge`. It is looked up by `purpose`, `channel`,
  // `requester` and either `address` or `account`.
  store_challenge = KOULING_EFFECT_STORE_CHALLENGE,
  // Send `code` to `address` by `channel`; it expires at `expires`. Queue the message in the same transaction and
  // send it afterwards, so that a failing mail server does not change the response.
  send_code = KOULING_EFFECT_SEND_CODE,
  // Use up one submission of `challenge` (`kouling_record_after`). *Condition*: it is valid and has a submission
  // left.
  reserve_submission = KOULING_EFFECT_RESERVE_SUBMISSION,
  // Delete one event at `now` under `key`: the submitted code was correct.
  release_count = KOULING_EFFECT_RELEASE_COUNT,
  // Mark `challenge` as used (`kouling_record_after`). *Condition*: it is valid.
  consume_challenge = KOULING_EFFECT_CONSUME_CHALLENGE,
  // *Condition*: the current stored hash of `account` is `hash`, or the account has none and `hash` is empty.
  require_current = KOULING_EFFECT_REQUIRE_CURRENT,
  // Set the password of `account` to `hash` at `now`, and keep the previous hash as history. *Condition*: the account
  // exists and is active.
  set_password = KOULING_EFFECT_SET_PASSWORD,
  // End every session of `account`.
  revoke_sessions = KOULING_EFFECT_REVOKE_SESSIONS,
  // Notify every address of `account` that its password was changed at `now`.
  notify = KOULING_EFFECT_NOTIFY,
  // Write the audit event `event` at `now`, for `purpose`, for `channel` if `has_channel` is 1, and for `account` if
  // it is not empty.
  audit = KOULING_EFFECT_AUDIT,
};

// State of a record.
enum class record_state : std::uint32_t {
  // A challenge whose code can be redeemed; a captcha that was shown and not yet attempted.
  valid = KOULING_RECORD_VALID,
  // A captcha that was solved. It allows one code.
  solved = KOULING_RECORD_SOLVED,
  // A challenge whose code set a password; a captcha that was used, or whose only attempt failed.
  used = KOULING_RECORD_USED,
  // A challenge that was replaced by a newer code of the same requester or by a new password.
  revoked = KOULING_RECORD_REVOKED,
};

// What the host does next. Treat an unknown value as `KOULING_STEP_REFUSED`.
enum class step_kind : std::uint32_t {
  // Refused. Apply the effects nevertheless. `kouling_step_code` and `kouling_step_response` say why.
  refused = KOULING_STEP_REFUSED,
  // The password could not be evaluated, so it is not set. Apply the effects nevertheless.
  not_judged = KOULING_STEP_NOT_JUDGED,
  // Look up the newest challenge with the purpose, channel and requester of the step, and with its address or, if
  // that is empty, its account. Then call `kouling_redemption_challenge`.
  look_up_challenge = KOULING_STEP_LOOK_UP_CHALLENGE,
  // Apply the effects. Then call `kouling_redemption_applied`.
  apply = KOULING_STEP_APPLY,
  // Look up the account that has both the identifier *and* the address of the step now.
  look_up_account = KOULING_STEP_LOOK_UP_ACCOUNT,
  // Approved: call `kouling_step_take_approved`, hash the password, and apply the effects of the approval. In a
  // redemption, then call `kouling_redemption_applied`.
  approved = KOULING_STEP_APPROVED,
  // Granted if the effects can be applied. If a condition does not hold, something changed since it was looked up:
  // look it up and ask again.
  granted = KOULING_STEP_GRANTED,
  // The password is set.
  done = KOULING_STEP_DONE,
};

// Result of the host's check of the old password in a request.
enum class old_password : std::uint32_t {
  // The request has no old password. Only valid for an account that has no password.
  missing = KOULING_OLD_PASSWORD_MISSING,
  // The old password is the current password of the account.
  correct = KOULING_OLD_PASSWORD_CORRECT,
  // The old password is not the current password of the account, or the account has no password.
  incorrect = KOULING_OLD_PASSWORD_INCORRECT,
};

class report;
class policy;
class words;
class outcome;
class decision;
class facts;
class contract;
class step;
class record;
class effects;
class approved;
class code_keys;
struct explanation;
struct change_request;

// Implementation details; not part of the API.
namespace detail {

inline kouling_text in(std::string_view text) noexcept { return {text.data(), text.size()}; }
inline kouling_text secret(std::string_view text) noexcept { return {text.data() ? text.data() : "", text.size()}; }
inline std::string_view out(kouling_text text) noexcept {
  return text.data ? std::string_view(text.data, text.length) : std::string_view();
}
template <class Struct>
Struct sized() noexcept {
  Struct filled{};
  filled.struct_size = sizeof filled;
  return filled;
}

// A handle with one owner.
template <class Handle, void (*Free)(Handle*)>
class owner {
 public:
  using pointer = Handle*;

  // Creates an empty object.
  owner() noexcept = default;
  // Takes ownership of a handle of `kouling.h`.
  explicit owner(pointer handle) noexcept : handle_(handle) {}
  // Returns the handle, for calls of `kouling.h`; NULL if the object is empty. The object keeps ownership.
  pointer get() const noexcept { return handle_.get(); }

 private:
  struct freed {
    void operator()(pointer handle) const noexcept { Free(handle); }
  };
  std::unique_ptr<Handle, freed> handle_;
};

// A reference-counted handle.
template <class Handle, void (*Retain)(const Handle*), void (*Free)(const Handle*)>
class counted {
 public:
  using pointer = const Handle*;

  // Creates an empty object.
  counted() noexcept = default;
  // Takes ownership of one reference of a handle of `kouling.h`.
  explicit counted(pointer handle) noexcept : handle_(handle) {}
  counted(const counted& other) noexcept : handle_(other.handle_) { Retain(handle_); }
  counted(counted&& other) noexcept : handle_(std::exchange(other.handle_, nullptr)) {}
  counted& operator=(counted other) noexcept {
    std::swap(handle_, other.handle_);
    return *this;
  }
  ~counted() { Free(handle_); }
  // Returns the handle, for calls of `kouling.h`; NULL if the object is empty. The object keeps ownership.
  pointer get() const noexcept { return handle_; }

 private:
  pointer handle_ = nullptr;
};

// Runs the body of a callback; returns `otherwise` if it throws.
template <class Value, class Body>
Value guarded([[maybe_unused]] Value otherwise, Body&& body) noexcept {
#if KOULING_EXCEPTIONS
  try {
    return body();
  } catch (...) {
    return otherwise;
  }
#else
  return body();
#endif
}

// Calls a function of the host. Returns its result as bool, or true if it returns void.
template <class Function, class... Arguments>
bool succeeds(Function& function, Arguments&&... arguments) {
  if constexpr (std::is_void_v<std::invoke_result_t<Function&, Arguments...>>) {
    function(std::forward<Arguments>(arguments)...);
    return true;
  } else {
    return static_cast<bool>(function(std::forward<Arguments>(arguments)...));
  }
}

}  // namespace detail

// A sized forward range over a list of the library. Items are created on access and returned by value.
template <class List>
class range {
 public:
  using value_type = typename List::value_type;

  // Valid as long as the object that the range was read from, also after the range itself is gone.
  class iterator {
   public:
    using value_type = typename List::value_type;
    using reference = value_type;
    using difference_type = std::ptrdiff_t;
    using iterator_category = std::input_iterator_tag;
#if defined(__cpp_lib_ranges) || defined(__cpp_concepts)
    using iterator_concept = std::forward_iterator_tag;
#endif
    class pointer {
     public:
      explicit pointer(value_type value) : value_(value) {}
      const value_type* operator->() const noexcept { return &value_; }

     private:
      value_type value_;
    };

    iterator() = default;
    iterator(List list, std::size_t index) noexcept : list_(list), index_(index) {}
    value_type operator*() const { return list_.at(index_); }
    pointer operator->() const { return pointer(**this); }
    iterator& operator++() noexcept {
      ++index_;
      return *this;
    }
    iterator operator++(int) noexcept {
      iterator before = *this;
      ++index_;
      return before;
    }
    friend bool operator==(const iterator& left, const iterator& right) noexcept {
      return left.index_ == right.index_;
    }
    friend bool operator!=(const iterator& left, const iterator& right) noexcept {
      return left.index_ != right.index_;
    }

   private:
    List list_{};
    std::size_t index_ = 0;
  };
  using const_iterator = iterator;

  range() = default;
  explicit range(List list) noexcept : list_(list) {}
  iterator begin() const noexcept { return {list_, 0}; }
  iterator end() const noexcept { return {list_, size()}; }
  std::size_t size() const noexcept { return list_.count(); }
  [[nodiscard]] bool empty() const noexcept { return size() == 0; }
  // Returns one item; an empty one if `index` is out of range.
  value_type operator[](std::size_t index) const { return list_.at(index); }

 private:
  List list_{};
};

// ---- The library

// ABI version of this header.
inline constexpr std::uint32_t header_abi = KOULING_ABI;
// Returns the ABI version of the loaded library. A program may use the library if this equals `KOULING_ABI`.
// Thread-safe.
inline std::uint32_t abi() noexcept { return kouling_abi(); }
// Returns the version of the loaded library, such as `0.1.0`. The view is valid for the lifetime of the process.
// Thread-safe.
inline std::string_view version() noexcept { return detail::out(kouling_version()); }

// ---- Report, result, error

// One problem of a report, as views owned by the report.
struct problem_view {
  // Stable code, such as `unknown-key` or `stored_hash`.
  std::string_view code{};
  // File or preset that the problem is in; empty if it is in no file.
  std::string_view file{};
  // Line, from 1; 0 if the problem has no location.
  std::size_t line = 0;
  // Column in characters, from 1; 0 if the column is unknown.
  std::size_t column = 0;
  // Message, in English.
  std::string_view message{};
  // How to fix it; empty if there is no help.
  std::string_view help{};
};

// One problem that owns its texts. The fields are those of `problem_view`.
struct problem {
  std::string code{};
  std::string file{};
  std::size_t line = 0;
  std::size_t column = 0;
  std::string message{};
  std::string help{};
};

// Problems of the last call that this report was passed to; empty if that call succeeded. Views of a report are valid
// until the report is passed to another call or freed. A report has one owner and must not be passed to two calls at
// the same time.
class report : public detail::owner<kouling_report, kouling_report_free> {
 public:
  using owner::owner;
  // The problems as a list for `range`.
  struct list {
    using value_type = problem_view;
    const kouling_report* of = nullptr;
    std::size_t count() const noexcept { return kouling_report_count(of); }
    problem_view at(std::size_t index) const noexcept {
      return {detail::out(kouling_report_code(of, index)),
              detail::out(kouling_report_file(of, index)),
              kouling_report_line(of, index),
              kouling_report_column(of, index),
              detail::out(kouling_report_message(of, index)),
              detail::out(kouling_report_help(of, index))};
    }
  };

  // Creates an empty report, for calls of `kouling.h`.
  static report make() noexcept {
    kouling_report* handle = nullptr;
    // On failure the handle stays NULL, and a call without a report still returns its status.
    static_cast<void>(kouling_report_new(&handle));
    return report(handle);
  }
  // Returns all problems as text for people: one problem a line, each `file:line:column: message [code]`, with an
  // indented `help:` line if there is help.
  std::string_view text() const noexcept { return detail::out(kouling_report_text(get())); }
  // Returns all problems.
  range<list> problems() const& noexcept { return range(list{get()}); }
  range<list> problems() const&& = delete;
};

#if KOULING_EXCEPTIONS
// Base class of the exceptions. `what()` is the text of the report; it contains no secret.
class error : public std::runtime_error {
 public:
  error(kouling::status status, const report& report)
      : std::runtime_error(report.text().empty() ? std::string("kouling: the call failed") : std::string(report.text())),
        status_(status) {
    std::vector<problem> problems;
    for (const auto& each : report.problems()) {
      problems.push_back({std::string(each.code), std::string(each.file), each.line, each.column,
                          std::string(each.message), std::string(each.help)});
    }
    problems_ = std::make_shared<const std::vector<problem>>(std::move(problems));
  }
  // Returns the status of the call; never `ok`.
  kouling::status status() const noexcept { return status_; }
  // Returns all problems.
  const std::vector<problem>& problems() const noexcept { return *problems_; }

 private:
  kouling::status status_;
  std::shared_ptr<const std::vector<problem>> problems_;
};
// Thrown for the status of the same name.
struct invalid_argument : error { using error::error; };
// Thrown for the status of the same name.
struct invalid_policy : error { using error::error; };
// Thrown for the status of the same name.
struct invalid_text : error { using error::error; };
// Thrown for the status of the same name.
struct unavailable : error { using error::error; };
// Thrown for the status of the same name.
struct cannot_judge : error { using error::error; };
// Thrown for the status of the same name, and for a status that this header does not know.
struct internal : error { using error::error; };
#endif

namespace detail {
#if KOULING_EXCEPTIONS
inline void throw_unless_ok(status status, const report& report) {
  switch (status) {
    case status::ok: return;
    case status::invalid_argument: throw invalid_argument(status, report);
    case status::invalid_policy: throw invalid_policy(status, report);
    case status::invalid_text: throw invalid_text(status, report);
    case status::unavailable: throw unavailable(status, report);
    case status::cannot_judge: throw cannot_judge(status, report);
    case status::internal: break;
  }
  throw internal(status, report);
}
#endif

// The status and the report of a call.
class call_status {
 public:
  call_status(kouling::status status, kouling::report report) noexcept
      : status_(status), report_(std::move(report)) {}
  // Returns true if the call succeeded. That does not mean that a password is accepted.
  [[nodiscard]] bool ok() const noexcept { return status_ == kouling::status::ok; }
  // Returns the status of the call.
  kouling::status status() const noexcept { return status_; }
  // Returns the problems; empty if the call succeeded.
  const kouling::report& report() const& noexcept { return report_; }
  const kouling::report& report() const&& = delete;
  // Moves the report out.
  kouling::report take_report() && noexcept { return std::move(report_); }

 protected:
#if KOULING_EXCEPTIONS
  void throw_unless_ok() const { detail::throw_unless_ok(status_, report_); }
#endif

 private:
  kouling::status status_;
  kouling::report report_;
};
}  // namespace detail

// The value of a call, or why it failed.
template <class T>
class [[nodiscard]] result : public detail::call_status {
 public:
  result(kouling::status status, kouling::report report, T value) noexcept
      : call_status(status, std::move(report)), value_(std::move(value)) {}
  // Returns the value without a check; an empty one if the call failed.
  T& operator*() & noexcept { return value_; }
  const T& operator*() const& noexcept { return value_; }
  T&& operator*() && noexcept { return std::move(value_); }
  T* operator->() noexcept { return &value_; }
  const T* operator->() const noexcept { return &value_; }
#if KOULING_EXCEPTIONS
  // Returns the value; throws a `kouling::error` if the call failed.
  T value() && {
    throw_unless_ok();
    return std::move(value_);
  }
  const T& value() const& {
    throw_unless_ok();
    return value_;
  }
#endif

 private:
  T value_;
};

// The status of a call without a value.
template <>
class [[nodiscard]] result<void> : public detail::call_status {
 public:
  using call_status::call_status;
#if KOULING_EXCEPTIONS
  // Throws a `kouling::error` if the call failed.
  void value() const { throw_unless_ok(); }
#endif
};

namespace detail {
// Each calls a function with these arguments, then an output, then a report.
template <class Function, class... Arguments>
result<void> call(Function function, Arguments... arguments) noexcept {
  report report = report::make();
  const auto ended = static_cast<status>(function(arguments..., report.get()));
  return {ended, std::move(report)};
}
template <class Object, class Function, class... Arguments>
result<Object> call_for(Function function, Arguments... arguments) noexcept {
  report report = report::make();
  typename Object::pointer handle = nullptr;
  const auto ended = static_cast<status>(function(arguments..., &handle, report.get()));
  return {ended, std::move(report), Object(handle)};
}
template <class Function, class... Arguments>
result<std::string_view> call_for_text(Function function, Arguments... arguments) noexcept {
  report report = report::make();
  kouling_text text{};
  const auto ended = static_cast<status>(function(arguments..., &text, report.get()));
  return {ended, std::move(report), out(text)};
}
template <class Function, class... Arguments>
result<bool> call_for_bool(Function function, Arguments... arguments) noexcept {
  report report = report::make();
  std::uint32_t yes = 0;
  const auto ended = static_cast<status>(function(arguments..., &yes, report.get()));
  return {ended, std::move(report), yes == 1};
}
// The result of a function without a report.
inline result<void> ended(kouling_status status) noexcept { return {static_cast<kouling::status>(status), report()}; }
}  // namespace detail

// ---- Policy

// A compiled policy. Immutable and reference-counted: every thread may use it at the same time. Its views are valid
// until the last reference is released.
class policy : public detail::counted<kouling_policy, kouling_policy_retain, kouling_policy_free> {
 public:
  using counted::counted;
  // Compiles a policy from TOML text. Files that it names are resolved against the working directory. Thread-safe.
  // Fails with `invalid_policy`, `unavailable`, `invalid_text`, `invalid_argument`.
  static result<kouling::policy> parse(std::string_view text) noexcept;
  // Reads and compiles a policy file. `path` is a path or the name of a preset. Files that the policy names are
  // resolved against its folder. Thread-safe. Fails with `unavailable`, `invalid_policy`, `invalid_text`,
  // `invalid_argument`.
  static result<kouling::policy> load(std::string_view path) noexcept;
  // Compiles a preset: a policy that is part of the library, such as `standard` or `nist-800-63b-4`. Thread-safe.
  // Fails with `unavailable`, `invalid_text`, `invalid_argument`.
  static result<kouling::policy> preset(std::string_view name) noexcept;
  // Returns the name of a policy. The view is owned by `policy`. Thread-safe.
  std::string_view name() const noexcept;
  // Returns the SHA-256 digest of a policy, its layers and its word lists, as 64 hexadecimal digits. Two policies
  // with the same digest accept the same passwords. The view is owned by `policy`. Thread-safe.
  std::string_view digest() const noexcept;
  // Returns the name of the population that a policy set selected this policy for. If the set combines policies, the
  // names are separated by a comma and a space. The view is owned by `policy`. Thread-safe.
  std::string_view population() const noexcept;
  // Describes the requirements of a policy as a JSON object, to be shown before the user types: `policy`, `digest`,
  // `language`, `checklist` (objects with `rule`, `codes`, `text`, `needs_account`), `regular_expression`,
  // `passwordrules`, `min_length` and `max_length`. `language` is a tag such as `zh-CN`; an unknown tag means
  // English. Thread-safe. Fails with `invalid_text`, `invalid_argument`.
  result<std::string_view> describe(std::string_view language = "en") const noexcept;
  // Evaluates a password, passed as the bytes that the user typed. `facts` describe the user and the time.
  // Thread-safe. Fails with `invalid_text`, `cannot_judge`, `unavailable`, `invalid_argument`.
  result<kouling::outcome> evaluate(std::string_view password, const kouling::facts& facts) const noexcept;
  // Decides whether the password of an account can be used at the time `now`, in seconds since 1970-01-01T00:00:00Z.
  // `account` is a JSON object with facts by name, such as `{"password_set": 1795392000, "grace_used": 0}`. The
  // catalogue lists them; null is an unknown time or policy, and a fact that is absent was not supplied. Thread-safe.
  // Fails with `cannot_judge`, `invalid_text`, `invalid_argument`.
  result<kouling::decision> standing(std::string_view account, moment now) const noexcept;
  // Counts a failed sign-in, before the password is verified: then parallel attempts cannot exceed the limit of the
  // policy. Apply the effects (`kouling_decision_account`). If `kouling_decision_refuses_sign_in` returns true, do
  // not verify the password. If the password is correct, call `kouling_policy_signed_in`. The arguments and the
  // statuses are those of `kouling_policy_standing`. Thread-safe. Fails with `cannot_judge`, `invalid_text`,
  // `invalid_argument`.
  result<kouling::decision> sign_in_failed(std::string_view account, moment now) const noexcept;
  // Decides whether a sign-in with the correct password opens a session. `account` is as it was passed to
  // `kouling_policy_sign_in_failed`. `accepts` is a `KOULING_ACCEPTS_…` value: whether the policy accepts the
  // password, if the host evaluated it. Apply the effects (`kouling_decision_account`), and open a session if
  // `kouling_decision_permits_session` returns true. The other arguments are those of `kouling_policy_standing`.
  // Thread-safe. Fails with `cannot_judge`, `invalid_text`, `invalid_argument`.
  result<kouling::decision> signed_in(std::string_view account, kouling::accepts accepts, moment now) const noexcept;
  // Evaluates a password with every rule, and explains the result as a JSON object: `outcome`, as
  // `kouling_outcome_json` writes it, and `rules` (objects with `rule`, `kind`, `severity`, `exempt`, `demand`,
  // `seen` and `found`). Slower than `kouling_policy_evaluate`; intended for tuning a policy. `language` is a tag
  // such as `zh-CN`; an unknown tag means English. Both outputs are cleared on failure. Thread-safe. Fails with
  // `invalid_text`, `invalid_argument`.
  result<explanation> explain(std::string_view password, const facts& facts, std::string_view language = "en",
                              const contract* contract = nullptr) const noexcept;
  // Decides whether a signed-in user may set a new password at the time `now`, in seconds since 1970-01-01T00:00:00Z.
  // If the effects of the approval cannot be applied, the password was changed meanwhile: respond with
  // `reset.old_password_refused`. Thread-safe. Fails with `invalid_text`, `invalid_argument`.
  result<step> change(const change_request& request, moment now) const noexcept;
  // Decides whether a captcha is solved, at the time `now` in seconds since 1970-01-01T00:00:00Z. `x` is where the
  // client moved the piece, and `point` the same as the client wrote it. The solution counts for one code to
  // `address` by `channel`. Apply its effects in both cases: they use up the only attempt. Thread-safe. Fails with
  // `invalid_text`, `invalid_argument`.
  // `captcha` may be NULL.
  result<step> verify_captcha(const record* captcha, double x, std::string_view point, channel channel,
                              std::string_view address, moment now) const noexcept;
};

// A policy set: populations in order, each with a condition on the attributes of the user and a policy. A policy is a
// set with one population. Immutable and reference-counted: every thread may use it at the same time. Its views are
// valid until the last reference is released.
class policy_set : public detail::counted<kouling_policy_set, kouling_policy_set_retain, kouling_policy_set_free> {
 public:
  using counted::counted;
  // Compiles a policy set, or a policy, from TOML text. Files that it names are resolved against the working
  // directory. Thread-safe. Fails with `invalid_policy`, `unavailable`, `invalid_text`, `invalid_argument`.
  static result<kouling::policy_set> parse(std::string_view text) noexcept;
  // Reads and compiles the file of a policy set, or of a policy. Files that it names are resolved against its folder.
  // Thread-safe. Fails with `unavailable`, `invalid_policy`, `invalid_text`, `invalid_argument`.
  static result<kouling::policy_set> load(std::string_view path) noexcept;
  // Returns the name of a policy set. The view is owned by `set`. Thread-safe.
  std::string_view name() const noexcept;
  // Returns the SHA-256 digest of a policy set and its policies, as 64 hexadecimal digits. The view is owned by
  // `set`. Thread-safe.
  std::string_view digest() const noexcept;
  // A host adds these attributes to the facts, with an empty value if it knows that the user does not have one.
  // Thread-safe.
  std::size_t attribute_count() const noexcept;
  // Returns the name of an attribute that the conditions of a policy set read; each has one index. The view is owned
  // by `set`. Thread-safe.
  std::string_view attribute(std::size_t index) const noexcept;
  // Gets the policy of the user whose attributes are in `facts`. `kouling_policy_population` returns the population.
  // Thread-safe. Fails with `cannot_judge`, `invalid_argument`.
  result<kouling::policy> select(const kouling::facts& facts) const noexcept;
};

// A file of a policy or a policy set that is reloaded when it, a layer or a word list changes on disk. One owner;
// every thread may call `kouling_policy_file_policy` and `kouling_policy_file_select` on it at the same time.
class policy_file : public detail::owner<kouling_policy_file, kouling_policy_file_free> {
 public:
  using owner::owner;
  // Creates a policy file for a path. Nothing is read yet, so that a host can start while the policy has errors.
  // Thread-safe. Fails with `invalid_text`, `invalid_argument`.
  static result<kouling::policy_file> make(std::string_view path) noexcept;
  // Gets the current policy. Reloads it first if the file, a layer or a word list changed since the last call. Safe
  // to call from several threads on one object. Fails with `unavailable`, `invalid_policy`, `invalid_argument`.
  result<kouling::policy> policy() const noexcept;
  // Gets the current policy set; a policy is a set with one population. Reloads the file first, as
  // `kouling_policy_file_policy` does. A host that first asks which attributes the conditions read, and then selects,
  // does both with this set, since the file could change in between. Safe to call from several threads on one object.
  // Fails with `unavailable`, `invalid_policy`, `invalid_argument`.
  result<kouling::policy_set> set() const noexcept;
  // Gets the policy of the user whose attributes are in `facts`, from the file of a policy set or of a policy.
  // Reloads the file first, as `kouling_policy_file_policy` does. `kouling_policy_population` returns the population.
  // Safe to call from several threads on one object. Fails with `unavailable`, `invalid_policy`, `cannot_judge`,
  // `invalid_argument`.
  result<kouling::policy> select(const kouling::facts& facts) const noexcept;
};

// A word list in memory. Immutable and reference-counted: every thread may use it at the same time.
class words : public detail::counted<kouling_words, kouling_words_retain, kouling_words_free> {
 public:
  using counted::counted;
  // Reads a word list: plain (UTF-8, one word a line) or compiled, detected by the first bytes. Words match in any
  // case, unless `case_sensitive` is not 0. Thread-safe. Fails with `unavailable`, `invalid_argument`.
  static result<words> read(std::string_view bytes, bool case_sensitive = false) noexcept {
    return detail::call_for<words>(kouling_words_read, detail::in(bytes), std::uint32_t{case_sensitive});
  }
  // Compiles a plain word list, most frequent word first. `source` says where the words come from and is stored in
  // the list. Words match in any case, unless `case_sensitive` is not 0. A compiled list loads without parsing; write
  // `kouling_words_bytes` to a file to store it. Thread-safe. Fails with `unavailable`, `invalid_text`,
  // `invalid_argument`.
  static result<words> compile(std::string_view text, std::string_view source, bool case_sensitive = false) noexcept {
    return detail::call_for<words>(kouling_words_compile, detail::in(text), std::uint32_t{case_sensitive},
                                   detail::in(source));
  }
  // Returns the bytes of a word list, as a file stores them. The view is owned by `words`; it is binary if the list
  // is compiled. Thread-safe.
  std::string_view bytes() const noexcept;
  // Thread-safe.
  std::size_t count() const noexcept;
  // Searches a list for a whole word. Thread-safe. Fails with `invalid_text`, `invalid_argument`.
  result<bool> find(std::string_view word) const noexcept;
};

// ---- Callbacks

// A named number of a violation, such as `min` = 8.
struct number {
  std::string_view name{};
  std::uint64_t value = 0;
};

// Receives the bytes of a file. Valid until the `read` callback returns.
class sink {
 public:
  explicit sink(kouling_sink* handle) noexcept : handle_(handle) {}
  sink(const sink&) = delete;
  sink& operator=(const sink&) = delete;
  // Appends bytes to the file. Returns false if the file exceeds the size limit; it is then refused.
  bool write(std::string_view bytes) noexcept {
    return kouling_sink_write(handle_, detail::in(bytes)) == KOULING_STATUS_OK;
  }

 private:
  kouling_sink* handle_;
};

// The parameters of one rule in a policy. Valid until the `build` callback returns.
class table {
 public:
  explicit table(kouling_table* handle) noexcept : handle_(handle) {}
  table(const table&) = delete;
  table& operator=(const table&) = delete;
  // Returns the handle, for calls of `kouling.h`.
  kouling_table* get() const noexcept { return handle_; }
  // Reads a whole-number parameter of the rule. Returns `default_value` if the policy does not set `key`. If the
  // value is not a number from `min` to `max`, reports an error to the policy's author, and the policy does not load.
  std::uint64_t count(std::string_view key, std::uint64_t default_value, std::uint64_t min, std::uint64_t max) noexcept;
  // Reads a boolean parameter of the rule. Returns `default_value` if the policy does not set `key`. If the value is
  // not a boolean, reports an error to the policy's author, and the policy does not load.
  [[nodiscard]] bool flag(std::string_view key, bool default_value) noexcept;
  // Reads a text parameter of the rule. If the value is not a text, reports an error to the policy's author, and the
  // policy does not load. The view is owned by `table`.
  std::string_view text(std::string_view key) noexcept;
  // Reports an error in the value of `key` to the policy's author, with its location. The policy does not load.
  void add_error(std::string_view key, std::string_view message) noexcept {
    failed_ |= kouling_table_add_error(handle_, detail::in(key), detail::in(message)) != KOULING_STATUS_OK;
  }
  // Returns true if an error could not be reported. The rule is then not built.
  bool failed() const noexcept { return failed_; }

 private:
  kouling_table* handle_;
  bool failed_ = false;
};

// The password under evaluation, and the facts about its user. Valid until the `check` callback returns.
class candidate {
 public:
  explicit candidate(const kouling_candidate* handle) noexcept : handle_(handle) {}
  candidate(const candidate&) = delete;
  candidate& operator=(const candidate&) = delete;
  // Returns the handle, for calls of `kouling.h`.
  const kouling_candidate* get() const noexcept { return handle_; }
  // Returns the password as it is evaluated, which is in Unicode normalization form C. The view is valid until
  // `check` returns; do not store it.
  std::string_view text() const noexcept;
  // Returns the password with differences of case removed, for comparisons. The view is valid until `check` returns;
  // do not store it.
  std::string_view folded() const noexcept;
  // Returns the case-folded password with its characters in reverse order. The view is valid until `check` returns;
  // do not store it.
  std::string_view reversed() const noexcept;
  //
  std::size_t length() const noexcept;
  //
  moment now() const noexcept;
  // Returns the value number `index`, from 0, of the user's attribute `name`. The view is valid until `check`
  // returns.
  std::string_view attribute(std::string_view name, std::size_t index = 0) const noexcept {
    return detail::out(kouling_candidate_attribute(handle_, detail::in(name), index));
  }

 private:
  const kouling_candidate* handle_;
};

// Receives the violations of a rule. Valid until the `check` callback returns.
class findings {
 public:
  explicit findings(kouling_findings* handle) noexcept : handle_(handle) {}
  findings(const findings&) = delete;
  findings& operator=(const findings&) = delete;
  // Reports a violation: the password is refused with `code`, one of the codes that the kind declares. `numbers` must be
  // declared too; otherwise the check fails.
  void refuse(std::string_view code, std::initializer_list<number> numbers = {}) {
    std::vector<kouling_number> array;
    for (const auto& each : numbers) array.push_back({detail::in(each.name), each.value});
    failed_ |= kouling_findings_refuse(handle_, detail::in(code), array.data(), array.size()) != KOULING_STATUS_OK;
  }
  // Returns true if a violation could not be reported. The password is then not evaluated.
  bool failed() const noexcept { return failed_; }

 private:
  kouling_findings* handle_;
  bool failed_ = false;
};

// Compares a password with a stored hash: any function `hash_result(std::string_view password, std::string_view stored)`
// of the host that runs in constant time and may be called on any thread. If it throws or returns another value, the
// password cannot be evaluated.
class verifier {
 public:
  verifier() noexcept = default;
  template <class Function, class = std::enable_if_t<std::is_invocable_r_v<hash_result, const Function&,
                                                                         std::string_view, std::string_view>>>
  explicit verifier(Function function)
      : context_(std::make_shared<Function>(std::move(function))), verify_(call<Function>) {}
  // Returns the struct of `kouling.h`. It is valid as long as this object or a copy of it.
  kouling_verifier view() const noexcept {
    auto view = detail::sized<kouling_verifier>();
    view.context = context_.get();
    view.verify = verify_;
    return view;
  }

 private:
  template <class Function>
  static kouling_hash_result call(void* context, kouling_text password, kouling_text stored) noexcept {
    return detail::guarded(static_cast<kouling_hash_result>(UINT32_MAX), [&] {
      const auto& function = *static_cast<const Function*>(context);
      return static_cast<kouling_hash_result>(function(detail::out(password), detail::out(stored)));
    });
  }

  std::shared_ptr<void> context_;
  kouling_hash_result (*verify_)(void*, kouling_text, kouling_text) = nullptr;
};

// The name of a kind of rule, and what it can report.
struct rule_kind {
  // Name of the kind in a policy, as in `[rules.<kind>]`: 1 to 64 of `a-z`, `0-9` and `_`.
  std::string_view kind{};
  // All violation codes that `check` may report, each `<kind>.<word>`. At least one.
  std::vector<std::string_view> codes{};
  // Names of all numbers that `check` may report. Messages refer to them as `{name}`.
  std::vector<std::string_view> numbers{};
};

// ---- Loader

// Loads policies with rule kinds of the host and files from memory. One owner; once it is filled in, several threads
// may load with it at the same time.
class loader : public detail::owner<kouling_loader, kouling_loader_free> {
 public:
  using owner::owner;
  // Creates a loader with the built-in rule kinds that reads files from disk. Thread-safe. Fails with
  // `invalid_argument`.
  static loader make() noexcept {
    kouling_loader* handle = nullptr;
    // On failure the handle stays NULL, and every call on the loader fails.
    static_cast<void>(kouling_loader_new(&handle));
    return loader(handle);
  }
  // Adds a file from memory, a policy or a word list, under the name that policies use for it, such as
  // `lists/words.txt`. The bytes are copied. A file with the same name is replaced. A loader holds up to 4096 files.
  // Fails with `invalid_text`, `invalid_argument`.
  result<void> add_file(std::string_view name, std::string_view bytes) noexcept;
  // Adds a word list under the name that policies use for it, such as `lists/words.txt`. The list is shared, not
  // copied; the caller may release its reference at once. A file with the same name is replaced. Fails with
  // `invalid_text`, `invalid_argument`.
  result<void> add_words(std::string_view name, const kouling::words& words) noexcept;
  // Reads and compiles a policy set, or a policy, whose files were added to the loader or are served by its source.
  // Safe to call from several threads on one loader. Fails with `unavailable`, `invalid_policy`, `invalid_text`,
  // `invalid_argument`.
  result<kouling::policy_set> load_set(std::string_view path) const noexcept;
  // Compiles a policy from TOML text. `name` is the file name in reports; files that the policy names are resolved
  // against it. Safe to call from several threads on one loader. Fails with `invalid_policy`, `unavailable`,
  // `invalid_text`, `invalid_argument`.
  result<kouling::policy> parse(std::string_view name, std::string_view text) const noexcept;
  // Reads and compiles a policy file, which was added to the loader or is served by its source. Safe to call from
  // several threads on one loader. Fails with `unavailable`, `invalid_policy`, `invalid_text`, `invalid_argument`.
  result<kouling::policy> load(std::string_view path) const noexcept;
  // Sets the function that serves all files which were not added: `read(std::string_view name, sink&)` writes one. It
  // returns true or nothing; if it returns false or throws, the file cannot be read.
  template <class Read>
  result<void> set_source(Read read) {
    auto context = std::make_shared<Read>(std::move(read));
    auto source = detail::sized<kouling_source>();
    source.context = context.get();
    source.read = read_by<Read>;
    return set_source_with(source, std::move(context));
  }
  // Makes only the added files available, none from disk.
  result<void> set_source(std::nullptr_t) { return set_source_with(detail::sized<kouling_source>(), nullptr); }
  // Adds a rule kind of the host. `build(table&)` reads the parameters and returns the function or object that checks a
  // password: `check(const candidate&, findings&)`. It returns true or nothing; if it returns false or throws, the
  // password cannot be evaluated. It is called by several threads at once.
  template <class Build>
  result<void> add_rule_kind(const rule_kind& kind, Build build) {
    using check = std::decay_t<std::invoke_result_t<const Build&, table&>>;
    std::vector<kouling_text> codes;
    std::vector<kouling_text> numbers;
    for (const auto each : kind.codes) codes.push_back(detail::in(each));
    for (const auto each : kind.numbers) numbers.push_back(detail::in(each));
    auto context = std::make_unique<Build>(std::move(build));
    auto options = detail::sized<kouling_rule_kind>();
    options.kind = detail::in(kind.kind);
    options.codes = codes.data();
    options.code_count = codes.size();
    options.numbers = numbers.data();
    options.number_count = numbers.size();
    options.context = context.get();
    options.build = build_by<Build, check>;
    options.check = check_by<check>;
    options.free_rule = [](void*, void* rule) { delete static_cast<check*>(rule); };
    options.free_context = [](void* of) { delete static_cast<Build*>(of); };
    auto added = detail::call(kouling_loader_add_rule_kind, get(), &options);
    if (added.ok()) static_cast<void>(context.release());
    return added;
  }
  // Adds a rule kind that is a class: constructed from a `table&`, called as `check` above.
  template <class Rule>
  result<void> add_rule_kind(const rule_kind& kind) {
    return add_rule_kind(kind, [](table& table) { return Rule(table); });
  }

 private:
  result<void> set_source_with(const kouling_source& source, std::shared_ptr<void> context) {
    auto set = detail::call(kouling_loader_set_source, get(), &source);
    if (set.ok()) source_ = std::move(context);
    return set;
  }
  template <class Read>
  static kouling_status read_by(void* context, kouling_text name, kouling_sink* handle) noexcept {
    return detail::guarded(KOULING_STATUS_UNAVAILABLE, [&] {
      sink into(handle);
      const auto& read = *static_cast<const Read*>(context);
      return detail::succeeds(read, detail::out(name), into) ? KOULING_STATUS_OK : KOULING_STATUS_UNAVAILABLE;
    });
  }
  template <class Build, class Check>
  static kouling_status build_by(void* context, kouling_table* handle, void** rule) noexcept {
    return detail::guarded(KOULING_STATUS_INVALID_POLICY, [&] {
      table parameters(handle);
      *rule = new Check((*static_cast<const Build*>(context))(parameters));
      return parameters.failed() ? KOULING_STATUS_INVALID_POLICY : KOULING_STATUS_OK;
    });
  }
  template <class Check>
  static kouling_status check_by(void*, void* rule, const kouling_candidate* handle,
                                 kouling_findings* into) noexcept {
    return detail::guarded(KOULING_STATUS_CANNOT_JUDGE, [&] {
      const candidate password(handle);
      findings found(into);
      const bool succeeded = detail::succeeds(*static_cast<const Check*>(rule), password, found);
      return succeeded && !found.failed() ? KOULING_STATUS_OK : KOULING_STATUS_CANNOT_JUDGE;
    });
  }

  std::shared_ptr<void> source_;
};

// ---- Facts

// What the host knows besides the password: the user's attributes, earlier password hashes, the current password and
// the time. One owner; once it is filled in, several threads may use it at the same time. What rules derive from the
// attributes, such as the spellings of a name, is computed once for each policy and stored in the object: create one
// object for a user and reuse it. Adding an attribute discards what was derived.
class facts : public detail::owner<kouling_facts, kouling_facts_free> {
 public:
  using owner::owner;
  // Creates empty facts. `now` is the time of the evaluation in seconds since 1970-01-01T00:00:00Z; the library does
  // not read a clock. Thread-safe. Fails with `invalid_argument`.
  static facts make(moment now) noexcept {
    kouling_facts* handle = nullptr;
    // On failure the handle stays NULL, and every call with these facts fails.
    static_cast<void>(kouling_facts_new(now, &handle));
    return facts(handle);
  }
  // Adds an attribute of the user: `username`, `name`, `phone`, `email`, or another one that a policy names. An
  // attribute may be added several times with different values. Both texts are copied. Of a value, the first 256
  // characters count. Limits, which are checked by the evaluation: 64 attributes that rules of the policy read, and
  // 512 in all. Nothing is added on failure. Do not ignore the status: without the attribute the evaluation is
  // weaker. Fails with `invalid_text`, `invalid_argument`.
  result<void> add_attribute(std::string_view name, std::string_view value) noexcept;
  // Sets the current password in clear text, as the user typed it, if the host has it. Rules such as `similarity`
  // compare the new password with it. The password is copied, and overwritten when the facts are freed. Fails with
  // `invalid_argument`.
  result<void> set_current(std::string_view password) noexcept;
  // Sets the time when the current password was set, in seconds since 1970-01-01T00:00:00Z, for a change by the user:
  // then `reset.min_password_age` of the policy applies. Do not call it for a first password and for a change that is
  // required. Fails with `invalid_argument`.
  result<void> set_password_set(moment password_set) noexcept;
  // Sets the time of the evaluation, in seconds since 1970-01-01T00:00:00Z, so that facts can be used again later.
  // Fails with `invalid_argument`.
  result<void> set_now(moment now) noexcept;
  // Adds the stored hash of an earlier password: the current one first, then newest to oldest. `set_at` is the time
  // when that password was set, in seconds since 1970-01-01T00:00:00Z. The hash is copied. Nothing is added on
  // failure. Fails with `invalid_text`, `invalid_argument`.
  result<void> add_previous(std::string_view hash, std::optional<moment> set_at = {}) noexcept {
    return detail::ended(kouling_facts_add_previous(get(), detail::in(hash), set_at ? &*set_at : nullptr));
  }
  // Sets the host's verifier of stored hashes, and stores a copy. It is called before the built-in formats are tried.
  result<void> set_verifier(kouling::verifier verifier) noexcept {
    const kouling_verifier view = verifier.view();
    auto set = detail::ended(kouling_facts_set_verifier(get(), &view));
    if (set.ok()) verifier_ = std::move(verifier);
    return set;
  }

 private:
  kouling::verifier verifier_;
};

// ---- Outcome

// One entry of a list of an outcome: a violation, a warning, a shadow violation or a note. A view owned by the outcome.
class violation {
 public:
  violation(const kouling_outcome* outcome, kouling_list list, std::size_t index) noexcept
      : outcome_(outcome), list_(list), index_(index) {}
  // The numbers as a list for `range`.
  struct number_list {
    using value_type = number;
    const kouling_outcome* of = nullptr;
    kouling_list list = KOULING_LIST_VIOLATIONS;
    std::size_t index = 0;
    std::size_t count() const noexcept { return kouling_outcome_number_count(of, list, index); }
    number at(std::size_t place) const noexcept {
      kouling_text name{};
      number found;
      // Out of range, both stay empty.
      static_cast<void>(kouling_outcome_number(of, list, index, place, &name, &found.value));
      found.name = detail::out(name);
      return found;
    }
  };
  // Returns the stable code of a list entry, such as `length.too_short`. The view is owned by `outcome`. Thread-safe.
  std::string_view code() const noexcept { return detail::out(kouling_outcome_code(outcome_, list_, index_)); }
  // Returns the name, in the policy, of the rule that a list entry violates. The view is owned by `outcome`.
  // Thread-safe.
  std::string_view rule() const noexcept { return detail::out(kouling_outcome_rule(outcome_, list_, index_)); }
  // Returns the kind, such as `length`, of the rule that a list entry violates. The view is owned by `outcome`.
  // Thread-safe.
  std::string_view kind() const noexcept { return detail::out(kouling_outcome_kind(outcome_, list_, index_)); }
  // Returns the message of a list entry for the user. `language` is a tag such as `zh-CN`; an unknown tag means
  // English. The view is owned by `outcome`. Thread-safe.
  std::string_view message(std::string_view language = "en") const noexcept {
    return detail::out(kouling_outcome_message(outcome_, list_, index_, detail::in(language)));
  }
  // Returns the error code of a list entry in a contract. The view is owned by `outcome`. Thread-safe.
  std::string_view contract_code(const contract& contract) const noexcept;
  // Returns the named numbers, such as `min` = 8.
  range<number_list> numbers() const noexcept { return range(number_list{outcome_, list_, index_}); }

 private:
  const kouling_outcome* outcome_;
  kouling_list list_;
  std::size_t index_;
};

// One list of an outcome, for `range`.
struct violation_list {
  using value_type = violation;
  const kouling_outcome* of = nullptr;
  kouling_list list = KOULING_LIST_VIOLATIONS;
  std::size_t count() const noexcept { return kouling_outcome_count(of, list); }
  violation at(std::size_t index) const noexcept { return {of, list, index}; }
};
using violations = range<violation_list>;

// A view of an outcome that another object owns.
class outcome_view {
 public:
  explicit outcome_view(const kouling_outcome* handle = nullptr) noexcept : handle_(handle) {}
  // Returns the handle, for calls of `kouling.h`; NULL if there is no outcome.
  const kouling_outcome* get() const noexcept { return handle_; }
  // Returns true if the password is accepted. Thread-safe.
  // Returns false if there is no outcome.
  [[nodiscard]] bool accepted() const noexcept { return kouling_outcome_accepted(handle_); }
  // Same as `accepted()`.
  explicit operator bool() const noexcept { return accepted(); }
  // Returns the violations that refuse the password, in policy order.
  kouling::violations violations() const noexcept { return of(KOULING_LIST_VIOLATIONS); }
  // Returns the violations of rules with severity `warn`: shown to the user, but the password is accepted.
  kouling::violations warnings() const noexcept { return of(KOULING_LIST_WARNINGS); }
  // Returns the violations of rules with severity `shadow`: for metrics only, never shown to the user.
  kouling::violations shadows() const noexcept { return of(KOULING_LIST_SHADOWS); }
  // Returns the limits of this evaluation. Notes belong to no rule.
  kouling::violations notes() const noexcept { return of(KOULING_LIST_NOTES); }
  // Reads the estimated number of guesses as a decimal logarithm: 6.5 for about three million guesses. It is the
  // estimate of the first `strength` rule of the policy. Do not log it: it is derived from the password. Thread-safe.
  // Returns no value if no `strength` rule ran.
  std::optional<double> guesses_log10() const noexcept {
    double guesses_log10 = 0;
    if (!kouling_outcome_guesses_log10(handle_, &guesses_log10)) return std::nullopt;
    return guesses_log10;
  }
  // Writes an outcome as a JSON object, in the form that every binding of Kouling uses. `language` is a tag such as
  // `zh-CN`; an unknown tag means English. Thread-safe. Fails with `invalid_text`, `invalid_argument`.
  result<std::string_view> json(std::string_view language = "en", const contract* contract = nullptr) const noexcept;

 private:
  kouling::violations of(kouling_list list) const noexcept { return kouling::violations({handle_, list}); }
  const kouling_outcome* handle_;
};

// Result of an evaluation: codes, numbers and messages, and never the password. One owner; several threads may read
// it at the same time. Its views are valid until it is freed, also after the policy was freed.
// Views of a temporary do not compile.
class outcome : public detail::owner<kouling_outcome, kouling_outcome_free> {
 public:
  using owner::owner;
  // Returns a view of the outcome. The members below are those of the view.
  outcome_view view() const& noexcept { return outcome_view(get()); }
  outcome_view view() const&& = delete;
  [[nodiscard]] bool accepted() const noexcept { return view().accepted(); }
  explicit operator bool() const noexcept { return accepted(); }
  kouling::violations violations() const& noexcept { return view().violations(); }
  kouling::violations violations() const&& = delete;
  kouling::violations warnings() const& noexcept { return view().warnings(); }
  kouling::violations warnings() const&& = delete;
  kouling::violations shadows() const& noexcept { return view().shadows(); }
  kouling::violations shadows() const&& = delete;
  kouling::violations notes() const& noexcept { return view().notes(); }
  kouling::violations notes() const&& = delete;
  std::optional<double> guesses_log10() const noexcept { return view().guesses_log10(); }
  result<std::string_view> json(std::string_view language = "en", const contract* of = nullptr) const& noexcept {
    return view().json(language, of);
  }
  result<std::string_view> json(std::string_view = "en", const contract* = nullptr) const&& = delete;
};

// An outcome with its explanation.
struct explanation {
  // The outcome.
  kouling::outcome outcome{};
  // The explanation as JSON. A view owned by the outcome; it stays valid when the outcome is moved.
  std::string_view json{};
};

// ---- Standing

// The standing of an account, and what the host stores. One owner; several threads may read it at the same time. Its
// views are valid until it is freed.
class decision : public detail::owner<kouling_decision, kouling_decision_free> {
 public:
  using owner::owner;
  // Returns the standing, a `KOULING_STANDING_…` value. Thread-safe.
  kouling::standing standing() const noexcept;
  // Returns true if a sign-in with the correct password opens a session. Thread-safe.
  [[nodiscard]] bool permits_session() const noexcept;
  // Returns true if a sign-in is refused without verifying the password. Thread-safe.
  [[nodiscard]] bool refuses_sign_in() const noexcept;
  // Returns the stable code, such as `standing.expired`. The view is owned by `decision`. Thread-safe.
  std::string_view code() const noexcept;
  // Returns the number of the standing: days, sign-ins, or a time in seconds since 1970-01-01T00:00:00Z. Thread-safe.
  moment value() const noexcept;
  // Returns the message for the user. `language` is a tag such as `zh-CN`; an unknown tag means English. The view is
  // owned by `decision`. Thread-safe.
  std::string_view message(std::string_view language = "en") const noexcept;
  // Thread-safe.
  std::size_t effect_count() const noexcept;
  // Returns an effect, for hosts that store each fact separately: a JSON object with `effect` (the name, such as
  // `store_network_failures`), and `from` and `to`, `at`, or `digest`. Apply all effects in one transaction or none;
  // one with `from` and one that uses a temporary password are conditions. The view is owned by `decision`.
  // Thread-safe.
  std::string_view effect(std::size_t index) const noexcept;
  // Applies all effects to an account, for hosts that store it as one record. `stored` is the account as it is stored
  // now, in the form of `kouling_policy_standing`. The account to store is empty if a condition does not hold: then
  // another attempt was faster, nothing may be stored, and the sign-in begins again. Thread-safe. Fails with
  // `invalid_text`, `invalid_argument`.
  result<std::string_view> account(std::string_view stored) const noexcept;
  // Writes a decision as a JSON object, in the form that every binding of Kouling uses: `standing`, `code`, `reason`,
  // `message`, `permits_session`, `refuses_sign_in`, the number by its name, and `effects`. `language` is a tag such
  // as `zh-CN`; an unknown tag means English. Thread-safe. Fails with `invalid_text`, `invalid_argument`.
  result<std::string_view> json(std::string_view language = "en") const noexcept;
};

// ---- Contract

// An error response as a contract defines it. A view.
struct response {
  // HTTP status code, such as 400.
  std::uint32_t http_status = 0;
  // Seconds until the client may try again.
  std::optional<std::uint64_t> retry_after{};
  // Error code of the contract.
  std::string_view code{};
  // Message for the user.
  std::string_view message{};
};

namespace detail {
template <class Function, class... Arguments>
result<response> call_for_response(Function function, Arguments... arguments) noexcept {
  auto output = sized<kouling_response>();
  auto called = call(function, arguments..., &output);
  response response{output.status, std::nullopt, out(output.code), out(output.message)};
  if (output.has_retry_after != 0) response.retry_after = output.retry_after;
  return {called.status(), std::move(called).take_report(), response};
}
}  // namespace detail

// A wire contract: maps violations and refusals to the error codes and texts that existing clients expect. Immutable
// and reference-counted: every thread may use it at the same time.
class contract : public detail::counted<kouling_contract, kouling_contract_retain, kouling_contract_free> {
 public:
  using counted::counted;
  // Loads a contract that is part of the library, such as `idaas-ciam`. Thread-safe. Fails with `invalid_argument`,
  // `invalid_text`.
  static result<kouling::contract> built_in(std::string_view name) noexcept;
  // Reads a contract file. Thread-safe. Fails with `unavailable`, `invalid_policy`, `invalid_text`,
  // `invalid_argument`.
  static result<kouling::contract> load(std::string_view path) noexcept;
  // Looks up an error that the host detects itself, such as `host.malformed` or `reset.old_password_refused`. An
  // unknown `name` gives the response of an internal error. `language` is a tag such as `zh-CN`; an unknown tag means
  // English. Its texts are views owned by `contract`. `response` is cleared on failure. Thread-safe. Fails with
  // `invalid_text`, `invalid_argument`.
  result<kouling::response> response(std::string_view name, std::string_view language = "en") const noexcept {
    return detail::call_for_response(kouling_contract_response, get(), detail::in(name), detail::in(language));
  }
};

// ---- Code keys, rate limits

// Secret keys for the hashes of codes: one for new codes, and older ones that still verify codes in transit. One
// owner; once it is filled in, several threads may use it at the same time. Objects created with it stay valid when
// it is freed.
class code_keys : public detail::owner<kouling_code_keys, kouling_code_keys_free> {
 public:
  using owner::owner;
  // Creates keys from the key for new codes. `bytes` are 32 random bytes, kept secret and the same on every server;
  // `id` distinguishes the key from others. Both are copied. Thread-safe. Fails with `invalid_argument`.
  static result<kouling::code_keys> make(std::uint32_t id, std::string_view bytes) noexcept;
  // Adds an older key that still verifies codes, so that keys can be rotated while codes are in transit. `bytes` are
  // the 32 bytes of that key, `id` its number. Both are copied. Fails with `invalid_argument`.
  result<void> add_older(std::uint32_t id, std::string_view bytes) noexcept;
};

// A view of an array of times: a `std::vector<moment>`, an array and the like.
class moments {
 public:
  constexpr moments() noexcept = default;
  constexpr moments(const moment* data, std::size_t size) noexcept : data_(data), size_(size) {}
  template <class Row, class = decltype(std::size(std::declval<const Row&>())),
            class = std::enable_if_t<std::is_convertible_v<decltype(std::data(std::declval<const Row&>())),
                                                           const moment*>>>
  constexpr moments(const Row& row) noexcept : data_(std::data(row)), size_(std::size(row)) {}
  constexpr const moment* data() const noexcept { return data_; }
  constexpr std::size_t size() const noexcept { return size_; }

 private:
  const moment* data_ = nullptr;
  std::size_t size_ = 0;
};

// Returns the seconds until one more event is allowed by a limit of `max` events within `seconds`; 0 if it is allowed
// now. `events` is an array of the `event_count` recorded times; `now` and the events are in seconds since
// 1970-01-01T00:00:00Z. Use it for the conditions of `KOULING_EFFECT_COUNT` and `KOULING_EFFECT_RESERVE_SUBMISSION`.
// Thread-safe.
[[nodiscard]] inline std::uint64_t retry_after(std::uint64_t max, std::uint64_t seconds, moments events,
                                               moment now) noexcept {
  return kouling_retry_after(max, seconds, events.data(), events.size(), now);
}

// ---- Effects, records, approvals

// One effect. `kind` says which fields are set; the others are empty or 0. Texts are views owned by the effects.
struct effect {
  // What to do. `none` means that there is no effect at this index.
  effect_kind kind = effect_kind::none;
  // Stable name for logs, such as `set_password`.
  std::string_view name{};
  kouling::purpose purpose = kouling::purpose::forgot_password;
  kouling::channel channel = kouling::channel::email;
  // True if an audit event belongs to a channel.
  bool has_channel = false;
  // Time of the effect.
  moment now = 0;
  // Time from which a code is invalid.
  moment expires = 0;
  // Maximum number of events within `seconds`.
  std::uint64_t max = 0;
  // Length of the window of `max`, in seconds.
  std::uint64_t seconds = 0;
  // Identifier of an account.
  std::string_view account{};
  // An address.
  std::string_view address{};
  // Key of the client and device that requested a code.
  std::string_view requester{};
  // Identifier of a challenge.
  std::string_view challenge{};
  // A challenge as bytes, to be stored and passed to `record::read`.
  std::string_view record{};
  // Key under which events are counted.
  std::string_view key{};
  // A code. Secret.
  std::string_view code{};
  // A password hash.
  std::string_view hash{};
  // Token of a captcha.
  std::string_view token{};
  // Stable name of an audit event, such as `code.issued` or `password.set`.
  std::string_view event{};
  // The list that the effect belongs to, and its index there.
  const kouling_effects* of = nullptr;
  std::size_t index = 0;
};

// A list of effects for `range`.
struct effect_list {
  using value_type = effect;
  const kouling_effects* of = nullptr;
  std::size_t count() const noexcept { return kouling_effects_count(of); }
  // Returns one effect. One that cannot be read throws a `kouling::error`; without exceptions it is `effect_kind::none`,
  // and nothing of the list may be applied.
  effect at(std::size_t index) const {
    auto output = detail::sized<kouling_effect>();
    [[maybe_unused]] const auto called = detail::ended(kouling_effects_at(of, index, &output));
#if KOULING_EXCEPTIONS
    called.value();
#endif
    using detail::out;
    return {static_cast<effect_kind>(output.kind), out(kouling_effects_name(of, index)),
            static_cast<purpose>(output.purpose), static_cast<channel>(output.channel), output.has_channel != 0,
            output.now, output.expires, output.max, output.seconds, out(output.account), out(output.address),
            out(output.requester), out(output.challenge), out(output.record), out(output.key), out(output.code),
            out(output.hash), out(output.token), out(output.event), of, index};
  }
};
using effects_view = range<effect_list>;

// A list of effects, in the order in which the host applies them. Codes in it are overwritten when it is freed.
class effects : public detail::owner<kouling_effects, kouling_effects_free> {
 public:
  using owner::owner;
  // Returns a view of the effects. The members below are those of the view.
  effects_view view() const& noexcept { return effects_view({get()}); }
  effects_view view() const&& = delete;
  effects_view::iterator begin() const& noexcept { return view().begin(); }
  effects_view::iterator end() const& noexcept { return view().end(); }
  std::size_t size() const noexcept { return view().size(); }
  [[nodiscard]] bool empty() const noexcept { return size() == 0; }
};

// A record that the host stores between requests: a challenge (a code that was sent) or a captcha. A challenge holds
// a keyed hash of the code, never the code. One owner.
class record : public detail::owner<kouling_record, kouling_record_free> {
 public:
  using owner::owner;
  // Reads a record from the bytes that the host stored. Thread-safe. Fails with `unavailable`, `invalid_argument`.
  static result<kouling::record> read(std::string_view bytes) noexcept;
  // Returns a record as bytes, to be stored. The view is owned by `record` and valid until `kouling_record_after` or
  // `kouling_record_free`.
  std::string_view bytes() const noexcept;
  // Returns the key under which the host stores a record: the identifier of a challenge or the token of a captcha.
  // The view is owned by `record`.
  std::string_view id() const noexcept;
  // Returns the requester of a challenge: the key of the client and device that requested the code. The host looks up
  // challenges by it, and must not return those of another requester. The view is owned by `record`.
  std::string_view requester() const noexcept;
  // Returns the state of a record, a `KOULING_RECORD_…` value. Does not check whether a challenge has expired.
  kouling::record_state state() const noexcept;
  //
  std::uint64_t submissions_left() const noexcept;
  // The host may delete a record one day after that.
  moment expires() const noexcept;
  // Creates the record of a captcha with a sliding piece, created at `now` in seconds since 1970-01-01T00:00:00Z. The
  // piece belongs `place` pixels from the left edge; the host draws the picture. `token` is 32 random hexadecimal
  // digits in lower case. Thread-safe. Fails with `invalid_text`, `invalid_argument`.
  static result<record> captcha(std::string_view token, std::uint32_t place, moment now) noexcept {
    return detail::call_for<record>(kouling_captcha_new, detail::in(token), place, now);
  }
  // Applies an effect to the record. An effect on something else leaves the record unchanged. The value is false if the
  // effect's condition does not hold: the record is then unchanged, and nothing of the list may be applied.
  result<bool> after(const effect& effect) noexcept {
    return detail::call_for_bool(kouling_record_after, get(), effect.of, effect.index);
  }
};

// Authorization to set one password, once. The password in it is overwritten when the approval is used or freed. One
// owner.
class approved : public detail::owner<kouling_approved, kouling_approved_free> {
 public:
  using owner::owner;
  // Returns the identifier of the account that gets the password. The view is owned by `approved`.
  std::string_view account() const noexcept;
  // Returns the password exactly as it was evaluated. Hash all of it. The view is valid until
  // `kouling_approved_effects` or `kouling_approved_free`.
  std::string_view password() const noexcept;
  // Uses an approval: gives the effects that set the password. `hash` is the host's hash of
  // `kouling_approved_password`; it is copied. Fails with `invalid_text`, `invalid_argument`.
  result<kouling::effects> effects(std::string_view hash) noexcept;
};

// ---- Step

// What the host does next. One owner; several threads may read it at the same time. Its views are valid until it is
// freed.
class step : public detail::owner<kouling_step, kouling_step_free> {
 public:
  using owner::owner;
  // Returns what the host does next, a `KOULING_STEP_…` value.
  kouling::step_kind kind() const noexcept;
  // Returns the purpose of the challenge to look up.
  kouling::purpose purpose() const noexcept;
  // Returns the channel of the challenge or of the address to look up.
  kouling::channel channel() const noexcept;
  // Returns the normalized address to look up. The view is owned by `step`.
  std::string_view address() const noexcept;
  // Returns the identifier of the account to look up or whose password is set. The view is owned by `step`.
  std::string_view account() const noexcept;
  // Returns the requester of the challenge to look up: the key of the client and device that sent the request. The
  // host must not return challenges of another requester. The view is owned by `step`.
  std::string_view requester() const noexcept;
  // Returns the token of a solved captcha, which the client sends with its request for a code. The view is owned by
  // `step`.
  std::string_view token() const noexcept;
  // Returns why a step is refused or could not be evaluated, as a stable code such as `reset.code_refused`,
  // `length.too_short` or `stored_hash`. The view is owned by `step`.
  std::string_view code() const noexcept;
  //
  std::uint64_t retry_after() const noexcept;
  // Takes the approval out of a `KOULING_STEP_APPROVED` step, once. Fails with `invalid_argument`.
  result<kouling::approved> take_approved() noexcept;
  // Returns the effects of the step, as a view owned by it.
  effects_view effects() const& noexcept { return effects_view({kouling_step_effects(get())}); }
  effects_view effects() const&& = delete;
  // Returns the outcome that refused the password, as a view owned by the step. If the password is not the reason for the
  // refusal, the view is empty and accepts nothing.
  outcome_view outcome() const& noexcept { return outcome_view(kouling_step_outcome(get())); }
  outcome_view outcome() const&& = delete;
  // Maps a refused step to the error response of a contract. `language` is a tag such as `zh-CN`; an unknown tag
  // means English. Its texts are views owned by `step`. `response` is cleared on failure. Fails with `invalid_text`,
  // `invalid_argument`.
  result<kouling::response> response(const contract& contract, std::string_view language = "en") const noexcept {
    return detail::call_for_response(kouling_step_response, get(), contract.get(), detail::in(language));
  }
};

// The device and the client application that send a request. An empty text means that the client did not send it.
struct caller {
  // Operating system of the device, as sent by the client.
  std::string_view system{};
  // Fingerprint of the device. A code is bound to it if the policy requires that.
  std::string_view fingerprint{};
  // User agent, as sent by the client.
  std::string_view agent{};
  // Identifier of the client application.
  std::string_view client{};
  // True if the host knows this client application.
  bool client_is_registered = false;
};

// A request for a code.
struct send_request {
  // Device and client application.
  kouling::caller caller{};
  // Purpose of the code.
  kouling::purpose purpose = kouling::purpose::forgot_password;
  // Channel to send the code by.
  kouling::channel channel = kouling::channel::email;
  // Address as the user typed it.
  std::string_view address{};
  // Token of a solved captcha; empty if the client sent none.
  std::string_view captcha_token{};
  // IPv4 or IPv6 address of the client, as text.
  std::string_view client_ip{};
};

// A submission of a code and a new password.
struct redemption_request {
  // Device and client application.
  kouling::caller caller{};
  // The host's verifier for earlier passwords, if it has one. The redemption stores a copy.
  kouling::verifier verifier{};
  // Channel by which the code was sent.
  kouling::channel channel = kouling::channel::email;
  // True to report only the first violation of the policy.
  bool reports_first = false;
  // Address as the user typed it. Ignored if `signed_in` is set.
  std::string_view address{};
  // Code as the user typed it. Secret.
  std::string_view code{};
  // New password as the user typed it. Secret.
  std::string_view password{};
  // Identifier of the signed-in account; empty if the user is not signed in and forgot the password.
  std::string_view signed_in{};
};

// An account as the host stores it.
struct account {
  // Identifier of the account.
  std::string_view id{};
  // True if the account is active. The password of an inactive account is not reset.
  bool is_active = false;
  // Time when the current password was set, if known.
  std::optional<moment> password_set{};
  // The user's attributes and the stored hashes, the current one first. Must not be NULL.
  const kouling::facts* facts = nullptr;
};

// A request of a signed-in user to change the password.
struct change_request {
  // Device and client application.
  kouling::caller caller{};
  // The signed-in account.
  kouling::account account{};
  // The host's verifier for earlier passwords, if it has one.
  kouling::verifier verifier{};
  // Result of the host's check of `old_password`.
  kouling::old_password old_check = kouling::old_password::missing;
  // True to report only the first violation of the policy.
  bool reports_first = false;
  // Old password as the user typed it. Rules such as `similarity` compare the new password with it. Secret.
  std::string_view old_password{};
  // New password as the user typed it. Secret.
  std::string_view password{};
};

namespace detail {
inline kouling_caller to_c(const caller& caller) noexcept {
  auto output = sized<kouling_caller>();
  output.system = in(caller.system);
  output.fingerprint = in(caller.fingerprint);
  output.agent = in(caller.agent);
  output.client = in(caller.client);
  output.client_is_registered = caller.client_is_registered;
  return output;
}
inline kouling_account to_c(const account& account) noexcept {
  auto output = sized<kouling_account>();
  output.id = in(account.id);
  output.is_active = account.is_active;
  output.has_password_set = account.password_set.has_value();
  if (account.password_set) output.password_set = *account.password_set;
  output.facts = account.facts ? account.facts->get() : nullptr;
  return output;
}
}  // namespace detail

// ---- Request for a code

// A budget (rate limit) that counts a request. A view owned by the request.
struct budget {
  // Key under which the events are recorded.
  std::string_view key{};
  // Window in seconds; older events need not be looked up.
  std::uint64_t seconds = 0;
  // Index among the budgets.
  std::size_t index = 0;
};

// A request for a code in progress, with what the host looked up for it. One owner.
class sending : public detail::owner<kouling_sending, kouling_sending_free> {
 public:
  using owner::owner;
  // The budgets as a list for `range`.
  struct list {
    using value_type = budget;
    const kouling_sending* of = nullptr;
    std::size_t count() const noexcept { return kouling_sending_budget_count(of); }
    budget at(std::size_t index) const noexcept {
      return {detail::out(kouling_sending_budget_key(of, index)), kouling_sending_budget_seconds(of, index), index};
    }
  };
  // Begins a request for a code. The host then looks up, in this order: the account that has the address of
  // `kouling_sending_address` (`kouling_sending_set_account`); the captcha that the token names, which is the part
  // before `---` (`kouling_sending_set_captcha`); and for each budget the events recorded under its key within its
  // window (`kouling_sending_set_events`). Then it calls `kouling_sending_decide`. `request` and its texts are
  // copied. Thread-safe. Fails with `invalid_text`, `invalid_argument`.
  static result<sending> make(const policy& policy, const send_request& request) noexcept {
    const kouling_caller caller = detail::to_c(request.caller);
    auto options = detail::sized<kouling_send_request>();
    options.caller = &caller;
    options.purpose = static_cast<kouling_purpose>(request.purpose);
    options.channel = static_cast<kouling_channel>(request.channel);
    options.address = detail::in(request.address);
    options.captcha_token = detail::in(request.captcha_token);
    options.client_ip = detail::in(request.client_ip);
    return detail::call_for<sending>(kouling_sending_new, policy.get(), &options);
  }
  // Returns the normalized address, by which the host looks up the account. The view is owned by `sending`.
  std::string_view address() const noexcept;
  // Returns the channel of the request.
  kouling::channel channel() const noexcept;
  // Sets the account that has the address, and the address as it is stored for the account: messages are sent to it,
  // never to the address in the request. Both texts are copied. Resets the budgets and their events. Do not call it
  // if no account has the address. Fails with `invalid_text`, `invalid_argument`.
  result<void> set_account(std::string_view account, std::string_view address_on_record) noexcept;
  // Sets the record of the captcha that the token names. It is copied. Do not call it if there is none. Fails with
  // `invalid_argument`.
  result<void> set_captcha(const kouling::record& captcha) noexcept;
  // Decides whether a code may be sent. `now` is in seconds since 1970-01-01T00:00:00Z. `randomness` is 80 bytes from
  // the operating system's random number generator, new for every call. Safe to call from several threads on one
  // object. Fails with `invalid_argument`.
  result<kouling::step> decide(const kouling::code_keys& keys, moment now, std::string_view randomness) const noexcept;
  // Returns the budgets that count the request.
  range<list> budgets() const& noexcept { return range(list{get()}); }
  range<list> budgets() const&& = delete;
  // Sets the events recorded under the key of a budget: an array of `event_count` times in seconds since
  // 1970-01-01T00:00:00Z. Call it for every budget, also if there are no events: the request is refused otherwise.
  // Fails with `invalid_argument`.
  result<void> set_events(std::size_t index, moments events) noexcept {
    return detail::call(kouling_sending_set_events, get(), index, events.data(), events.size());
  }
};

// ---- Redemption

struct begun;

// One submission of a code and a password in progress. One owner. The secrets in it are overwritten when it is freed.
class redemption : public detail::owner<kouling_redemption, kouling_redemption_free> {
 public:
  using owner::owner;
  // Begins a redemption at the time `now`, in seconds since 1970-01-01T00:00:00Z. Every call on the redemption
  // returns a step, which says what to do and which function to call next. A call that does not fit the step ends the
  // redemption in a refusal. `request` and its texts are copied. Thread-safe. Fails with `invalid_text`,
  // `invalid_argument`.
  static result<begun> begin(const policy& policy, const code_keys& keys, const redemption_request& request,
                             moment now) noexcept;
  // Continues after `look_up_challenge`. `challenge` is the record that was found; NULL if there is none.
  result<step> challenge(const record* challenge) noexcept {
    return detail::call_for<step>(kouling_redemption_challenge, get(), challenge ? challenge->get() : nullptr);
  }
  // Continues after `look_up_account`. `found` is the account; NULL if there is none.
  result<step> account(const kouling::account* found) noexcept {
    if (!found) return detail::call_for<step>(kouling_redemption_account, get(), nullptr);
    const kouling_account options = detail::to_c(*found);
    return detail::call_for<step>(kouling_redemption_account, get(), &options);
  }
  // Continues after `apply` and `approved`. `all` is true if all effects were applied, false if none was.
  result<step> applied(bool all) noexcept {
    return detail::call_for<step>(kouling_redemption_applied, get(), std::uint32_t{all});
  }

 private:
  kouling::verifier verifier_;
};

// A redemption and its first step.
struct begun {
  kouling::redemption redemption{};
  kouling::step step{};
};

// ---- Definitions of members that need classes declared after their own

inline result<begun> redemption::begin(const policy& policy, const code_keys& keys, const redemption_request& request,
                                       moment now) noexcept {
  const kouling_caller caller = detail::to_c(request.caller);
  const kouling_verifier verifier = request.verifier.view();
  auto options = detail::sized<kouling_redemption_request>();
  options.caller = &caller;
  options.verifier = &verifier;
  options.channel = static_cast<kouling_channel>(request.channel);
  options.reports_first = request.reports_first;
  options.address = detail::in(request.address);
  options.code = detail::in(request.code);
  options.password = detail::secret(request.password);
  options.signed_in = detail::in(request.signed_in);
  kouling_redemption* handle = nullptr;
  auto first = detail::call_for<step>(kouling_redemption_begin, policy.get(), keys.get(), &options, now, &handle);
  begun begun{redemption(handle), *std::move(first)};
  begun.redemption.verifier_ = request.verifier;
  return {first.status(), std::move(first).take_report(), std::move(begun)};
}

inline result<explanation> policy::explain(std::string_view password, const facts& facts, std::string_view language,
                                           const contract* contract) const noexcept {
  kouling_outcome* handle = nullptr;
  auto json = detail::call_for_text(kouling_policy_explain, get(), detail::secret(password), facts.get(),
                                    detail::in(language), contract ? contract->get() : nullptr, &handle);
  return {json.status(), std::move(json).take_report(), explanation{outcome(handle), *json}};
}

inline result<step> policy::change(const change_request& request, moment now) const noexcept {
  const kouling_caller caller = detail::to_c(request.caller);
  const kouling_account account = detail::to_c(request.account);
  const kouling_verifier verifier = request.verifier.view();
  auto options = detail::sized<kouling_change_request>();
  options.caller = &caller;
  options.account = &account;
  options.verifier = &verifier;
  options.old_check = static_cast<kouling_old_password>(request.old_check);
  options.reports_first = request.reports_first;
  options.old_password = detail::secret(request.old_password);
  options.password = detail::secret(request.password);
  return detail::call_for<step>(kouling_policy_change, get(), &options, now);
}

inline result<step> policy::verify_captcha(const record* captcha, double x, std::string_view point,
                                           kouling::channel channel, std::string_view address,
                                           moment now) const noexcept {
  return detail::call_for<step>(kouling_policy_verify_captcha, get(), captcha ? captcha->get() : nullptr, x,
                                detail::in(point), static_cast<kouling_channel>(channel), detail::in(address), now);
}

inline std::string_view violation::contract_code(const contract& contract) const noexcept {
  return detail::out(kouling_outcome_contract_code(outcome_, list_, index_, contract.get()));
}

inline result<std::string_view> outcome_view::json(std::string_view language, const contract* contract) const noexcept {
  return detail::call_for_text(kouling_outcome_json, handle_, detail::in(language),
                               contract ? contract->get() : nullptr);
}

inline result<kouling::policy> policy::parse(std::string_view text) noexcept {
  return detail::call_for<kouling::policy>(kouling_policy_parse, detail::in(text));
}
inline result<kouling::policy> policy::load(std::string_view path) noexcept {
  return detail::call_for<kouling::policy>(kouling_policy_load, detail::in(path));
}
inline result<kouling::policy> policy::preset(std::string_view name) noexcept {
  return detail::call_for<kouling::policy>(kouling_policy_preset, detail::in(name));
}
inline std::string_view policy::name() const noexcept {
  return detail::out(kouling_policy_name(get()));
}
inline std::string_view policy::digest() const noexcept {
  return detail::out(kouling_policy_digest(get()));
}
inline std::string_view policy::population() const noexcept {
  return detail::out(kouling_policy_population(get()));
}
inline result<std::string_view> policy::describe(std::string_view language) const noexcept {
  return detail::call_for_text(kouling_policy_describe, get(), detail::in(language));
}
inline result<kouling::outcome> policy::evaluate(std::string_view password, const kouling::facts& facts) const noexcept {
  return detail::call_for<kouling::outcome>(kouling_policy_evaluate, get(), detail::secret(password), facts.get());
}
inline result<kouling::decision> policy::standing(std::string_view account, moment now) const noexcept {
  return detail::call_for<kouling::decision>(kouling_policy_standing, get(), detail::in(account), now);
}
inline result<kouling::decision> policy::sign_in_failed(std::string_view account, moment now) const noexcept {
  return detail::call_for<kouling::decision>(kouling_policy_sign_in_failed, get(), detail::in(account), now);
}
inline result<kouling::decision> policy::signed_in(std::string_view account, kouling::accepts accepts, moment now) const noexcept {
  return detail::call_for<kouling::decision>(kouling_policy_signed_in, get(), detail::in(account), static_cast<kouling_accepts>(accepts), now);
}
inline result<kouling::policy_set> policy_set::parse(std::string_view text) noexcept {
  return detail::call_for<kouling::policy_set>(kouling_policy_set_parse, detail::in(text));
}
inline result<kouling::policy_set> policy_set::load(std::string_view path) noexcept {
  return detail::call_for<kouling::policy_set>(kouling_policy_set_load, detail::in(path));
}
inline std::string_view policy_set::name() const noexcept {
  return detail::out(kouling_policy_set_name(get()));
}
inline std::string_view policy_set::digest() const noexcept {
  return detail::out(kouling_policy_set_digest(get()));
}
inline std::size_t policy_set::attribute_count() const noexcept {
  return kouling_policy_set_attribute_count(get());
}
inline std::string_view policy_set::attribute(std::size_t index) const noexcept {
  return detail::out(kouling_policy_set_attribute(get(), index));
}
inline result<kouling::policy> policy_set::select(const kouling::facts& facts) const noexcept {
  return detail::call_for<kouling::policy>(kouling_policy_set_select, get(), facts.get());
}
inline result<kouling::policy_file> policy_file::make(std::string_view path) noexcept {
  return detail::call_for<kouling::policy_file>(kouling_policy_file_new, detail::in(path));
}
inline result<kouling::policy> policy_file::policy() const noexcept {
  return detail::call_for<kouling::policy>(kouling_policy_file_policy, get());
}
inline result<kouling::policy_set> policy_file::set() const noexcept {
  return detail::call_for<kouling::policy_set>(kouling_policy_file_set, get());
}
inline result<kouling::policy> policy_file::select(const kouling::facts& facts) const noexcept {
  return detail::call_for<kouling::policy>(kouling_policy_file_select, get(), facts.get());
}
inline std::string_view words::bytes() const noexcept {
  return detail::out(kouling_words_bytes(get()));
}
inline std::size_t words::count() const noexcept {
  return kouling_words_count(get());
}
inline result<bool> words::find(std::string_view word) const noexcept {
  return detail::call_for_bool(kouling_words_find, get(), detail::in(word));
}
inline std::uint64_t table::count(std::string_view key, std::uint64_t default_value, std::uint64_t min, std::uint64_t max) noexcept {
  return kouling_table_count(get(), detail::in(key), default_value, min, max);
}
inline bool table::flag(std::string_view key, bool default_value) noexcept {
  return kouling_table_flag(get(), detail::in(key), default_value);
}
inline std::string_view table::text(std::string_view key) noexcept {
  return detail::out(kouling_table_text(get(), detail::in(key)));
}
inline std::string_view candidate::text() const noexcept {
  return detail::out(kouling_candidate_text(get()));
}
inline std::string_view candidate::folded() const noexcept {
  return detail::out(kouling_candidate_folded(get()));
}
inline std::string_view candidate::reversed() const noexcept {
  return detail::out(kouling_candidate_reversed(get()));
}
inline std::size_t candidate::length() const noexcept {
  return kouling_candidate_length(get());
}
inline moment candidate::now() const noexcept {
  return kouling_candidate_now(get());
}
inline result<void> loader::add_file(std::string_view name, std::string_view bytes) noexcept {
  return detail::call(kouling_loader_add_file, get(), detail::in(name), detail::in(bytes));
}
inline result<void> loader::add_words(std::string_view name, const kouling::words& words) noexcept {
  return detail::call(kouling_loader_add_words, get(), detail::in(name), words.get());
}
inline result<kouling::policy_set> loader::load_set(std::string_view path) const noexcept {
  return detail::call_for<kouling::policy_set>(kouling_loader_load_set, get(), detail::in(path));
}
inline result<kouling::policy> loader::parse(std::string_view name, std::string_view text) const noexcept {
  return detail::call_for<kouling::policy>(kouling_loader_parse, get(), detail::in(name), detail::in(text));
}
inline result<kouling::policy> loader::load(std::string_view path) const noexcept {
  return detail::call_for<kouling::policy>(kouling_loader_load, get(), detail::in(path));
}
inline result<void> facts::add_attribute(std::string_view name, std::string_view value) noexcept {
  return detail::ended(kouling_facts_add_attribute(get(), detail::in(name), detail::in(value)));
}
inline result<void> facts::set_current(std::string_view password) noexcept {
  return detail::ended(kouling_facts_set_current(get(), detail::secret(password)));
}
inline result<void> facts::set_password_set(moment password_set) noexcept {
  return detail::ended(kouling_facts_set_password_set(get(), password_set));
}
inline result<void> facts::set_now(moment now) noexcept {
  return detail::ended(kouling_facts_set_now(get(), now));
}
inline kouling::standing decision::standing() const noexcept {
  return static_cast<kouling::standing>(kouling_decision_standing(get()));
}
inline bool decision::permits_session() const noexcept {
  return kouling_decision_permits_session(get());
}
inline bool decision::refuses_sign_in() const noexcept {
  return kouling_decision_refuses_sign_in(get());
}
inline std::string_view decision::code() const noexcept {
  return detail::out(kouling_decision_code(get()));
}
inline moment decision::value() const noexcept {
  return kouling_decision_value(get());
}
inline std::string_view decision::message(std::string_view language) const noexcept {
  return detail::out(kouling_decision_message(get(), detail::in(language)));
}
inline std::size_t decision::effect_count() const noexcept {
  return kouling_decision_effect_count(get());
}
inline std::string_view decision::effect(std::size_t index) const noexcept {
  return detail::out(kouling_decision_effect(get(), index));
}
inline result<std::string_view> decision::account(std::string_view stored) const noexcept {
  return detail::call_for_text(kouling_decision_account, get(), detail::in(stored));
}
inline result<std::string_view> decision::json(std::string_view language) const noexcept {
  return detail::call_for_text(kouling_decision_json, get(), detail::in(language));
}
inline result<kouling::contract> contract::built_in(std::string_view name) noexcept {
  return detail::call_for<kouling::contract>(kouling_contract_built_in, detail::in(name));
}
inline result<kouling::contract> contract::load(std::string_view path) noexcept {
  return detail::call_for<kouling::contract>(kouling_contract_load, detail::in(path));
}
inline result<kouling::code_keys> code_keys::make(std::uint32_t id, std::string_view bytes) noexcept {
  return detail::call_for<kouling::code_keys>(kouling_code_keys_new, id, detail::in(bytes));
}
inline result<void> code_keys::add_older(std::uint32_t id, std::string_view bytes) noexcept {
  return detail::call(kouling_code_keys_add_older, get(), id, detail::in(bytes));
}
inline result<kouling::record> record::read(std::string_view bytes) noexcept {
  return detail::call_for<kouling::record>(kouling_record_read, detail::in(bytes));
}
inline std::string_view record::bytes() const noexcept {
  return detail::out(kouling_record_bytes(get()));
}
inline std::string_view record::id() const noexcept {
  return detail::out(kouling_record_id(get()));
}
inline std::string_view record::requester() const noexcept {
  return detail::out(kouling_record_requester(get()));
}
inline kouling::record_state record::state() const noexcept {
  return static_cast<kouling::record_state>(kouling_record_state(get()));
}
inline std::uint64_t record::submissions_left() const noexcept {
  return kouling_record_submissions_left(get());
}
inline moment record::expires() const noexcept {
  return kouling_record_expires(get());
}
inline std::string_view approved::account() const noexcept {
  return detail::out(kouling_approved_account(get()));
}
inline std::string_view approved::password() const noexcept {
  return detail::out(kouling_approved_password(get()));
}
inline result<kouling::effects> approved::effects(std::string_view hash) noexcept {
  return detail::call_for<kouling::effects>(kouling_approved_effects, get(), detail::in(hash));
}
inline kouling::step_kind step::kind() const noexcept {
  return static_cast<kouling::step_kind>(kouling_step_kind(get()));
}
inline kouling::purpose step::purpose() const noexcept {
  return static_cast<kouling::purpose>(kouling_step_purpose(get()));
}
inline kouling::channel step::channel() const noexcept {
  return static_cast<kouling::channel>(kouling_step_channel(get()));
}
inline std::string_view step::address() const noexcept {
  return detail::out(kouling_step_address(get()));
}
inline std::string_view step::account() const noexcept {
  return detail::out(kouling_step_account(get()));
}
inline std::string_view step::requester() const noexcept {
  return detail::out(kouling_step_requester(get()));
}
inline std::string_view step::token() const noexcept {
  return detail::out(kouling_step_token(get()));
}
inline std::string_view step::code() const noexcept {
  return detail::out(kouling_step_code(get()));
}
inline std::uint64_t step::retry_after() const noexcept {
  return kouling_step_retry_after(get());
}
inline result<kouling::approved> step::take_approved() noexcept {
  return detail::call_for<kouling::approved>(kouling_step_take_approved, get());
}
inline std::string_view sending::address() const noexcept {
  return detail::out(kouling_sending_address(get()));
}
inline kouling::channel sending::channel() const noexcept {
  return static_cast<kouling::channel>(kouling_sending_channel(get()));
}
inline result<void> sending::set_account(std::string_view account, std::string_view address_on_record) noexcept {
  return detail::call(kouling_sending_set_account, get(), detail::in(account), detail::in(address_on_record));
}
inline result<void> sending::set_captcha(const kouling::record& captcha) noexcept {
  return detail::call(kouling_sending_set_captcha, get(), captcha.get());
}
inline result<kouling::step> sending::decide(const kouling::code_keys& keys, moment now, std::string_view randomness) const noexcept {
  return detail::call_for<kouling::step>(kouling_sending_decide, get(), keys.get(), now, detail::in(randomness));
}
}  // namespace kouling

#if defined(__cpp_lib_ranges)
// An iterator refers to the object that the range was read from, so it may outlive the range.
template <class List>
inline constexpr bool std::ranges::enable_borrowed_range<kouling::range<List>> = true;
template <class List>
inline constexpr bool std::ranges::enable_view<kouling::range<List>> = true;
#endif

#endif  // KOULING_HPP
