// Kouling, the password and password-reset policy engine, for C++17. One header over `kouling.h`: nothing is decided here.
//
// Conventions, beside those of `kouling.h`:
//
// - `kouling_<noun>_<verb>` is `kouling::<noun>`, member `<verb>`; what is looked up is a member of its own name. The
//   sections are those of `kouling.h`.
// - What can fail comes twice. `try_<verb>` gives a `result` and never throws; `<verb>` throws a `kouling::error`, and is
//   left out where exceptions are (`-fno-exceptions`). A constructor that takes something throws, beside a `try_new`.
// - A `result` is no yes: it has no `operator bool`, and one that failed holds an outcome that accepts nothing.
// - `policy`, `contract` and `words` are shared by copying, also between threads. Everything else is moved. What was moved
//   from, and what is made by default, is empty: it is told as `invalid_argument`, and accepts nothing.
// - A `std::string_view` that comes out lives as long as what it was asked of. A password that is `std::string_view()`
//   is the empty one. No secret is copied here.
// - What an exception leaves in a callback is "could not judge", never "accepted"; it does not pass through the library.
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

// Seconds since 1970-01-01T00:00:00Z. The library has no clock.
using moment = std::int64_t;

// How a call ended.
enum class status : std::uint32_t {
  ok = KOULING_OK,
  invalid_argument = KOULING_INVALID_ARGUMENT,
  invalid_policy = KOULING_INVALID_POLICY,
  invalid_text = KOULING_INVALID_TEXT,
  unavailable = KOULING_UNAVAILABLE,
  cannot_judge = KOULING_CANNOT_JUDGE,
  internal = KOULING_INTERNAL,
};

// What a verifier answers of a stored hash.
enum class hash_answer : std::uint32_t {
  foreign = KOULING_HASH_FOREIGN,
  matches = KOULING_HASH_MATCHES,
  differs = KOULING_HASH_DIFFERS,
};

// For what a code is.
enum class purpose : std::uint32_t {
  forgot_password = KOULING_FORGOT_PASSWORD,
  update_password = KOULING_UPDATE_PASSWORD,
};

// How a code travels.
enum class channel : std::uint32_t { email = KOULING_EMAIL, mobile = KOULING_MOBILE };

// What the host carries out; `kouling.h` says what each asks for, and on which condition.
enum class effect_kind : std::uint32_t {
  no_effect = KOULING_NO_EFFECT,
  use_captcha = KOULING_USE_CAPTCHA,
  solve_captcha = KOULING_SOLVE_CAPTCHA,
  fail_captcha = KOULING_FAIL_CAPTCHA,
  count = KOULING_COUNT,
  revoke_challenges = KOULING_REVOKE_CHALLENGES,
  store_challenge = KOULING_STORE_CHALLENGE,
  send_code = KOULING_SEND_CODE,
  reserve_submission = KOULING_RESERVE_SUBMISSION,
  release_count = KOULING_RELEASE_COUNT,
  consume_challenge = KOULING_CONSUME_CHALLENGE,
  require_current = KOULING_REQUIRE_CURRENT,
  set_password = KOULING_SET_PASSWORD,
  revoke_sessions = KOULING_REVOKE_SESSIONS,
  notify = KOULING_NOTIFY,
  audit = KOULING_AUDIT,
};

// The state of a record.
enum class record_state : std::uint32_t { valid = KOULING_VALID, used = KOULING_USED, revoked = KOULING_REVOKED };

// What the host does next.
enum class step_kind : std::uint32_t {
  refused = KOULING_REFUSED,
  not_judged = KOULING_NOT_JUDGED,
  look_up_challenge = KOULING_LOOK_UP_CHALLENGE,
  apply = KOULING_APPLY,
  look_up_account = KOULING_LOOK_UP_ACCOUNT,
  approved = KOULING_APPROVED,
  granted = KOULING_GRANTED,
  done = KOULING_DONE,
};

// What the host found out about an old password.
enum class old_password : std::uint32_t {
  missing = KOULING_OLD_MISSING,
  right = KOULING_OLD_RIGHT,
  wrong = KOULING_OLD_WRONG,
};

class report;
class policy;
class words;
class outcome;
class facts;
class contract;
class step;
class record;
class effects;
struct explanation;
struct change_request;

// How the rest is made; no part of what is promised.
namespace detail {

inline kouling_text in(std::string_view text) noexcept { return {text.data(), text.size()}; }
inline kouling_text secret(std::string_view text) noexcept { return {text.data() ? text.data() : "", text.size()}; }
inline std::string_view out(kouling_text text) noexcept {
  return text.data ? std::string_view(text.data, text.length) : std::string_view();
}
template <class Enum>
constexpr std::uint32_t number(Enum value) noexcept { return static_cast<std::uint32_t>(value); }
template <class Struct>
Struct sized() noexcept {
  Struct made{};
  made.struct_size = sizeof made;
  return made;
}

// A handle that has one owner.
template <class Handle, void (*Free)(Handle*)>
class owner {
 public:
  using pointer = Handle*;

  // An empty one.
  owner() noexcept = default;
  // Takes over a handle of `kouling.h`, and frees it.
  explicit owner(pointer handle) noexcept : handle_(handle) {}
  // The handle, for calls of `kouling.h`; NULL when it is empty.
  pointer get() const noexcept { return handle_.get(); }

 private:
  struct freed {
    void operator()(pointer handle) const noexcept { Free(handle); }
  };
  std::unique_ptr<Handle, freed> handle_;
};

// A handle that is counted.
template <class Handle, void (*Retain)(const Handle*), void (*Free)(const Handle*)>
class counted {
 public:
  using pointer = const Handle*;

  // An empty one.
  counted() noexcept = default;
  // Takes over one count of a handle of `kouling.h`.
  explicit counted(pointer handle) noexcept : handle_(handle) {}
  counted(const counted& other) noexcept : handle_(other.handle_) { Retain(handle_); }
  counted(counted&& other) noexcept : handle_(std::exchange(other.handle_, nullptr)) {}
  counted& operator=(counted other) noexcept {
    std::swap(handle_, other.handle_);
    return *this;
  }
  ~counted() { Free(handle_); }
  // The handle, for calls of `kouling.h`; NULL when it is empty.
  pointer get() const noexcept { return handle_; }

 private:
  pointer handle_ = nullptr;
};

// What a callback answers; an exception is an answer too.
template <class Body>
std::uint32_t caught([[maybe_unused]] std::uint32_t otherwise, Body&& body) noexcept {
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

// Whether a function of the host's did its work: one that gives nothing did, when it returned.
template <class Function, class... Given>
bool did(Function& function, Given&&... given) {
  if constexpr (std::is_void_v<std::invoke_result_t<Function&, Given...>>) {
    function(std::forward<Given>(given)...);
    return true;
  } else {
    return static_cast<bool>(function(std::forward<Given>(given)...));
  }
}

}  // namespace detail

// A list that is looked up item by item: forward, sized, items by value.
template <class List>
class range {
 public:
  using value_type = typename List::value_type;

  // Walks over the list; lives as long as what the list was asked of, and may outlive the range.
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
  // One item; of one that is not there, an empty one.
  value_type operator[](std::size_t index) const { return list_.at(index); }

 private:
  List list_{};
};

// --- the library ------------------------------------------------------------------------------------------------------

// The number of the border that this header is of.
inline constexpr std::uint32_t header_abi = KOULING_ABI;
// The number of the border of the library that is running, to be compared with it.
inline std::uint32_t abi() noexcept { return kouling_abi(); }
// The version of the library that is running.
inline std::string_view version() noexcept { return detail::out(kouling_version()); }

// --- report, result, error --------------------------------------------------------------------------------------------

// One thing that is wrong, as a view of a report.
struct finding_view {
  // What kind of thing it is, for machines: `unknown-key`, `stored_hash`.
  std::string_view code{};
  // The file or preset that it stands in; empty where it stands in none.
  std::string_view file{};
  // The line, from 1; 0 where it stands in no file.
  std::size_t line = 0;
  // The column in characters, from 1; 0 where it stands in no file.
  std::size_t column = 0;
  // What is wrong.
  std::string_view message{};
  // What would be right; empty where that is not known.
  std::string_view help{};
};

// One thing that is wrong, kept; the fields are those of `finding_view`.
struct finding {
  std::string code{};
  std::string file{};
  std::size_t line = 0;
  std::size_t column = 0;
  std::string message{};
  std::string help{};
};

// Everything that is told beside a status.
class report : public detail::owner<kouling_report, kouling_report_free> {
 public:
  using owner::owner;
  // The findings as a list.
  struct list {
    using value_type = finding_view;
    const kouling_report* of = nullptr;
    std::size_t count() const noexcept { return kouling_report_count(of); }
    finding_view at(std::size_t index) const noexcept {
      return {detail::out(kouling_report_code(of, index)),
              detail::out(kouling_report_file(of, index)),
              kouling_report_line(of, index),
              kouling_report_column(of, index),
              detail::out(kouling_report_message(of, index)),
              detail::out(kouling_report_help(of, index))};
    }
  };

  // A new one, which calls of `kouling.h` may fill.
  static report make() noexcept {
    kouling_report* made = nullptr;
    kouling_report_new(&made);
    return report(made);
  }
  // All of it as lines to print.
  std::string_view text() const noexcept { return detail::out(kouling_report_text(get())); }
  // Everything that is wrong.
  range<list> findings() const& noexcept { return range(list{get()}); }
  range<list> findings() const&& = delete;
};

#if KOULING_EXCEPTIONS
// Why there is no answer. `what` is the text of the report; it holds no secret.
class error : public std::runtime_error {
 public:
  error(kouling::status status, const report& report)
      : std::runtime_error(report.text().empty() ? std::string("kouling: not done") : std::string(report.text())),
        status_(status) {
    std::vector<finding> kept;
    for (const auto& each : report.findings()) {
      kept.push_back({std::string(each.code), std::string(each.file), each.line, each.column,
                      std::string(each.message), std::string(each.help)});
    }
    findings_ = std::make_shared<const std::vector<finding>>(std::move(kept));
  }
  // How the call ended; never `ok`.
  kouling::status status() const noexcept { return status_; }
  // Everything that is wrong.
  const std::vector<finding>& findings() const noexcept { return *findings_; }

 private:
  kouling::status status_;
  std::shared_ptr<const std::vector<finding>> findings_;
};
// The caller is wrong.
struct invalid_argument : error { using error::error; };
// The policy is wrong; the findings say where.
struct invalid_policy : error { using error::error; };
// A text is not UTF-8, or a password holds a NUL.
struct invalid_text : error { using error::error; };
// A file that is named cannot be read, or is damaged.
struct unavailable : error { using error::error; };
// No judgement is possible.
struct cannot_judge : error { using error::error; };
// A fault of the library.
struct internal : error { using error::error; };
#endif

namespace detail {
#if KOULING_EXCEPTIONS
inline void need(status status, const report& report) {
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

// How a call ended, and what is told of it.
class ending {
 public:
  ending(kouling::status status, kouling::report report) noexcept : status_(status), report_(std::move(report)) {}
  // Whether the call did what it says. That is no yes to a password.
  [[nodiscard]] bool ok() const noexcept { return status_ == kouling::status::ok; }
  // How it ended.
  kouling::status status() const noexcept { return status_; }
  // What is wrong; empty when nothing is.
  const kouling::report& report() const& noexcept { return report_; }
  const kouling::report& report() const&& = delete;
  // The same, to be kept.
  kouling::report take() && noexcept { return std::move(report_); }
#if KOULING_EXCEPTIONS
  // Throws what is wrong.
  void or_throw() const { need(status_, report_); }
#endif

 private:
  kouling::status status_;
  kouling::report report_;
};
}  // namespace detail

// What a call gives, or why it does not.
template <class T>
class [[nodiscard]] result : public detail::ending {
 public:
  result(kouling::status status, kouling::report report, T value) noexcept
      : ending(status, std::move(report)), value_(std::move(value)) {}
  // What the call gives; an empty one when it failed.
  T& operator*() & noexcept { return value_; }
  const T& operator*() const& noexcept { return value_; }
  T&& operator*() && noexcept { return std::move(value_); }
  T* operator->() noexcept { return &value_; }
  const T* operator->() const noexcept { return &value_; }
#if KOULING_EXCEPTIONS
  // What the call gives; throws when it failed.
  T value() && {
    or_throw();
    return std::move(value_);
  }
#endif

 private:
  T value_;
};

// Whether a call did what it says.
template <>
class [[nodiscard]] result<void> : public detail::ending {
 public:
  using ending::ending;
};

namespace detail {
// Calls with a report at the end, and in front of it what is to be filled in.
template <class Function, class... Given>
result<void> done(Function function, Given... given) noexcept {
  report report = report::make();
  const auto ended = static_cast<status>(function(given..., report.get()));
  return {ended, std::move(report)};
}
template <class Made, class Function, class... Given>
result<Made> made(Function function, Given... given) noexcept {
  report report = report::make();
  typename Made::pointer handle = nullptr;
  const auto ended = static_cast<status>(function(given..., &handle, report.get()));
  return {ended, std::move(report), Made(handle)};
}
template <class Function, class... Given>
result<std::string_view> told(Function function, Given... given) noexcept {
  report report = report::make();
  kouling_text text{};
  const auto ended = static_cast<status>(function(given..., &text, report.get()));
  return {ended, std::move(report), out(text)};
}
template <class Function, class... Given>
result<bool> asked(Function function, Given... given) noexcept {
  report report = report::make();
  std::uint32_t yes = 0;
  const auto ended = static_cast<status>(function(given..., &yes, report.get()));
  return {ended, std::move(report), yes == 1};
}
// What has no report.
inline result<void> ended(std::uint32_t status) noexcept { return {static_cast<kouling::status>(status), report()}; }
}  // namespace detail

// --- policy -----------------------------------------------------------------------------------------------------------

// A policy, compiled.
class policy : public detail::counted<kouling_policy, kouling_policy_retain, kouling_policy_free> {
 public:
  using counted::counted;
  // Compiles a policy from a text in TOML. Files that it names are found from the working directory.
  static result<policy> try_parse(std::string_view text) noexcept {
    return detail::made<policy>(kouling_policy_parse, detail::in(text));
  }
  // Reads and compiles the policy in a file. Files that it names are found from its folder.
  static result<policy> try_load(std::string_view path) noexcept {
    return detail::made<policy>(kouling_policy_load, detail::in(path));
  }
  // Compiles a policy that comes with the library: `standard`, `nist-800-63b-4`.
  static result<policy> try_preset(std::string_view name) noexcept {
    return detail::made<policy>(kouling_policy_preset, detail::in(name));
  }
  // Its name.
  std::string_view name() const noexcept { return detail::out(kouling_policy_name(get())); }
  // SHA-256 over its layers and its word lists, in 64 hexadecimal digits.
  std::string_view digest() const noexcept { return detail::out(kouling_policy_digest(get())); }
  // What it demands, as JSON, in a language by its tag.
  result<std::string_view> try_describe(std::string_view language = "en") const noexcept {
    return detail::told(kouling_policy_describe, get(), detail::in(language));
  }
  // Judges a password: bytes that were typed, as they were typed.
  [[nodiscard]] result<outcome> try_evaluate(std::string_view password, const facts& facts) const noexcept;
  // Judges a password and says why, as JSON; with the codes of a contract, where one is given.
  [[nodiscard]] result<explanation> try_explain(std::string_view password, const facts& facts,
                                                std::string_view language = "en",
                                                const contract* contract = nullptr) const noexcept;
  // Whether somebody who is signed in may have this password: `approved`, `refused` or `not_judged`.
  [[nodiscard]] result<step> try_change(const change_request& request, moment now) const noexcept;
  // Whether a captcha is solved: `granted` or `refused`. The one try is spent either way, by the effects. `captcha` is
  // NULL where its token names none; `point` is `x` as the client wrote it.
  [[nodiscard]] result<step> try_verify_captcha(const record* captcha, double x, std::string_view point,
                                                channel channel, std::string_view address,
                                                moment now) const noexcept;
#if KOULING_EXCEPTIONS
  // The same, throwing.
  static policy parse(std::string_view text) { return try_parse(text).value(); }
  static policy load(std::string_view path) { return try_load(path).value(); }
  static policy preset(std::string_view name) { return try_preset(name).value(); }
  std::string_view describe(std::string_view language = "en") const { return try_describe(language).value(); }
  [[nodiscard]] outcome evaluate(std::string_view password, const facts& facts) const;
  [[nodiscard]] explanation explain(std::string_view password, const facts& facts, std::string_view language = "en",
                                    const contract* contract = nullptr) const;
  [[nodiscard]] step change(const change_request& request, moment now) const;
  [[nodiscard]] step verify_captcha(const record* captcha, double x, std::string_view point, channel channel,
                                    std::string_view address, moment now) const;
#endif
};

// A policy that follows its file. One owner; every thread may ask it at once.
class policy_file : public detail::owner<kouling_policy_file, kouling_policy_file_free> {
 public:
  using owner::owner;
  // Makes one of a path. Nothing is read yet.
  static result<policy_file> try_new(std::string_view path) noexcept {
    return detail::made<policy_file>(kouling_policy_file_new, detail::in(path));
  }
  // The policy as the file is now; none, when it is wrong or gone, whatever there was before.
  result<kouling::policy> try_policy() const noexcept {
    return detail::made<kouling::policy>(kouling_policy_file_policy, get());
  }
#if KOULING_EXCEPTIONS
  // The same, throwing.
  explicit policy_file(std::string_view path) : policy_file(try_new(path).value()) {}
  kouling::policy policy() const { return try_policy().value(); }
#endif
};

// A word list.
class words : public detail::counted<kouling_words, kouling_words_retain, kouling_words_free> {
 public:
  using counted::counted;
  // Reads a list, plain or compiled. Words are folded for case, unless they are wanted as typed.
  static result<words> try_read(std::string_view bytes, bool as_typed = false) noexcept {
    return detail::made<words>(kouling_words_read, detail::in(bytes), std::uint32_t{as_typed});
  }
  // Compiles a plain list, of which the order is the rank; `source` says where the words are from.
  static result<words> try_compile(std::string_view text, std::string_view source, bool as_typed = false) noexcept {
    return detail::made<words>(kouling_words_compile, detail::in(text), std::uint32_t{as_typed}, detail::in(source));
  }
  // The list as a file would hold it.
  std::string_view bytes() const noexcept { return detail::out(kouling_words_bytes(get())); }
  // How many words it has.
  std::size_t count() const noexcept { return kouling_words_count(get()); }
  // Whether a word is in it.
  result<bool> try_find(std::string_view word) const noexcept {
    return detail::asked(kouling_words_find, get(), detail::in(word));
  }
#if KOULING_EXCEPTIONS
  // The same, throwing.
  static words read(std::string_view bytes, bool as_typed = false) { return try_read(bytes, as_typed).value(); }
  static words compile(std::string_view text, std::string_view source, bool as_typed = false) {
    return try_compile(text, source, as_typed).value();
  }
  [[nodiscard]] bool find(std::string_view word) const { return try_find(word).value(); }
#endif
};

// --- what callbacks are given -----------------------------------------------------------------------------------------

// A number that a violation tells: `min = 8`.
struct number {
  // Its name.
  std::string_view name{};
  // The number.
  std::uint64_t value = 0;
};

// What a source writes a file into, while it is asked for it.
class sink {
 public:
  explicit sink(kouling_sink* handle) noexcept : handle_(handle) {}
  sink(const sink&) = delete;
  sink& operator=(const sink&) = delete;
  // Adds bytes to the file. False: there are too many, and the file is not taken.
  bool write(std::string_view bytes) noexcept { return kouling_sink_write(handle_, detail::in(bytes)) == KOULING_OK; }

 private:
  kouling_sink* handle_;
};

// What a policy says of one rule, while it is built.
class table {
 public:
  explicit table(kouling_table* handle) noexcept : handle_(handle) {}
  table(const table&) = delete;
  table& operator=(const table&) = delete;
  // A whole number; a complaint to the author where it is none or out of range.
  std::uint64_t count(std::string_view key, std::uint64_t otherwise, std::uint64_t least, std::uint64_t most) noexcept {
    return kouling_table_count(handle_, detail::in(key), otherwise, least, most);
  }
  // A yes or no.
  bool flag(std::string_view key, bool otherwise) noexcept {
    return kouling_table_flag(handle_, detail::in(key), otherwise);
  }
  // A text, empty where it is not written; a view until the rule is built.
  std::string_view text(std::string_view key) noexcept {
    return detail::out(kouling_table_text(handle_, detail::in(key)));
  }
  // Tells the author that what stands under a key is wrong. Then the policy does not load.
  void complain(std::string_view key, std::string_view message) noexcept {
    failed_ |= kouling_table_complain(handle_, detail::in(key), detail::in(message)) != KOULING_OK;
  }
  // Whether a complaint could not be made; then the rule is not made either.
  bool failed() const noexcept { return failed_; }

 private:
  kouling_table* handle_;
  bool failed_ = false;
};

// The password that is judged, and what is known beside it, while it is checked. Its views are to be forgotten then.
class candidate {
 public:
  explicit candidate(const kouling_candidate* handle) noexcept : handle_(handle) {}
  candidate(const candidate&) = delete;
  candidate& operator=(const candidate&) = delete;
  // The password as it is judged: normalised.
  std::string_view text() const noexcept { return detail::out(kouling_candidate_text(handle_)); }
  // The same without differences of case.
  std::string_view folded() const noexcept { return detail::out(kouling_candidate_folded(handle_)); }
  // The folded form backwards.
  std::string_view reversed() const noexcept { return detail::out(kouling_candidate_reversed(handle_)); }
  // How many code points it has.
  std::size_t length() const noexcept { return kouling_candidate_length(handle_); }
  // An attribute of the user, the first, second and so on of its name; empty where there is none.
  std::string_view attribute(std::string_view name, std::size_t index = 0) const noexcept {
    return detail::out(kouling_candidate_attribute(handle_, detail::in(name), index));
  }
  // The moment of judging.
  moment now() const noexcept { return kouling_candidate_now(handle_); }

 private:
  const kouling_candidate* handle_;
};

// Where a rule puts what it finds.
class findings {
 public:
  explicit findings(kouling_findings* handle) noexcept : handle_(handle) {}
  findings(const findings&) = delete;
  findings& operator=(const findings&) = delete;
  // Refuses the password, for a code and with numbers that the kind declares. With others the check fails.
  void refuse(std::string_view code, std::initializer_list<number> numbers = {}) {
    std::vector<kouling_number> given;
    for (const auto& each : numbers) given.push_back({detail::in(each.name), each.value});
    failed_ |= kouling_findings_refuse(handle_, detail::in(code), given.data(), given.size()) != KOULING_OK;
  }
  // Whether something could not be told; then no judgement is made.
  bool failed() const noexcept { return failed_; }

 private:
  kouling_findings* handle_;
  bool failed_ = false;
};

// Compares a password with a stored hash: any function `hash_answer(std::string_view password, std::string_view stored)`
// of the host's, in constant time, for any thread. Whatever it throws or answers else is "could not judge".
class verifier {
 public:
  verifier() noexcept = default;
  template <class Function, class = std::enable_if_t<std::is_invocable_r_v<hash_answer, const Function&,
                                                                         std::string_view, std::string_view>>>
  explicit verifier(Function function)
      : context_(std::make_shared<Function>(std::move(function))), verify_(call<Function>) {}
  // As `kouling.h` has it, a view of this one.
  kouling_verifier view() const noexcept {
    auto made = detail::sized<kouling_verifier>();
    made.context = context_.get();
    made.verify = verify_;
    return made;
  }

 private:
  template <class Function>
  static std::uint32_t call(void* context, kouling_text password, kouling_text stored) noexcept {
    return detail::caught(UINT32_MAX, [&] {
      const auto& function = *static_cast<const Function*>(context);
      return detail::number(function(detail::out(password), detail::out(stored)));
    });
  }

  std::shared_ptr<void> context_;
  std::uint32_t (*verify_)(void*, kouling_text, kouling_text) = nullptr;
};

// What a kind of rule is called, and what it can say.
struct rule_kind {
  // What a policy calls it: `[rules.<kind>]`.
  std::string_view kind{};
  // Every violation code it can give: `<kind>.<word>`.
  std::vector<std::string_view> codes{};
  // The names of the numbers that it can give.
  std::vector<std::string_view> numbers{};
};

// --- loader -----------------------------------------------------------------------------------------------------------

// Makes policies that know more than the library. One owner, who fills it; then every thread may load by it at once.
class loader : public detail::owner<kouling_loader, kouling_loader_free> {
 public:
  using owner::owner;
  // A loader that knows what the library knows, and reads files from disk.
  static loader make() noexcept {
    kouling_loader* made = nullptr;
    kouling_loader_new(&made);
    return loader(made);
  }
  // Adds a file, a policy or a word list, by the name that policies call it. The bytes are copied.
  result<void> try_add_file(std::string_view name, std::string_view bytes) noexcept {
    return detail::done(kouling_loader_add_file, get(), detail::in(name), detail::in(bytes));
  }
  // Adds a word list by the name that policies call it. It is shared.
  result<void> try_add_words(std::string_view name, const words& words) noexcept {
    return detail::done(kouling_loader_add_words, get(), detail::in(name), words.get());
  }
  // Says where the files are that were not added: `read(std::string_view name, sink&)` writes one. False, or whatever it
  // throws, is "cannot be read".
  template <class Read>
  result<void> try_set_source(Read read) {
    auto context = std::make_shared<Read>(std::move(read));
    auto given = detail::sized<kouling_source>();
    given.context = context.get();
    given.read = read_by<Read>;
    return set_source(given, std::move(context));
  }
  // Says that there are no other files, not on disk either.
  result<void> try_set_source(std::nullptr_t) { return set_source(detail::sized<kouling_source>(), nullptr); }
  // Adds a kind of rule. `build(table&)` gives what checks, `check(const candidate&, findings&)`: a function or an object
  // of a class, with the parameters in it. A rule that cannot judge gives false or throws; else it gives true or nothing.
  template <class Build>
  result<void> try_add_rule_kind(const rule_kind& kind, Build build) {
    using check = std::decay_t<std::invoke_result_t<const Build&, table&>>;
    std::vector<kouling_text> codes;
    std::vector<kouling_text> numbers;
    for (const auto each : kind.codes) codes.push_back(detail::in(each));
    for (const auto each : kind.numbers) numbers.push_back(detail::in(each));
    auto context = std::make_unique<Build>(std::move(build));
    auto given = detail::sized<kouling_rule_kind>();
    given.kind = detail::in(kind.kind);
    given.codes = codes.data();
    given.code_count = codes.size();
    given.numbers = numbers.data();
    given.number_count = numbers.size();
    given.context = context.get();
    given.build = build_by<Build, check>;
    given.check = check_by<check>;
    given.free_rule = [](void*, void* rule) { delete static_cast<check*>(rule); };
    given.free_context = [](void* of) { delete static_cast<Build*>(of); };
    auto added = detail::done(kouling_loader_add_rule_kind, get(), &given);
    if (added.ok()) static_cast<void>(context.release());
    return added;
  }
  // Adds a kind of rule that is a class, made of the table.
  template <class Rule>
  result<void> try_add_rule_kind(const rule_kind& kind) {
    return try_add_rule_kind(kind, [](table& table) { return Rule(table); });
  }
  // Compiles a policy from a text. `name` is what findings call it, and files that it names are found from there.
  result<policy> try_parse(std::string_view name, std::string_view text) const noexcept {
    return detail::made<policy>(kouling_loader_parse, get(), detail::in(name), detail::in(text));
  }
  // Reads and compiles the policy in a file.
  result<policy> try_load(std::string_view path) const noexcept {
    return detail::made<policy>(kouling_loader_load, get(), detail::in(path));
  }
#if KOULING_EXCEPTIONS
  // The same, throwing.
  void add_file(std::string_view name, std::string_view bytes) { try_add_file(name, bytes).or_throw(); }
  void add_words(std::string_view name, const words& words) { try_add_words(name, words).or_throw(); }
  template <class Read>
  void set_source(Read read) { try_set_source(std::move(read)).or_throw(); }
  template <class Build>
  void add_rule_kind(const rule_kind& kind, Build build) { try_add_rule_kind(kind, std::move(build)).or_throw(); }
  template <class Rule>
  void add_rule_kind(const rule_kind& kind) { try_add_rule_kind<Rule>(kind).or_throw(); }
  policy parse(std::string_view name, std::string_view text) const { return try_parse(name, text).value(); }
  policy load(std::string_view path) const { return try_load(path).value(); }
#endif

 private:
  result<void> set_source(const kouling_source& source, std::shared_ptr<void> context) {
    auto set = detail::done(kouling_loader_set_source, get(), &source);
    if (set.ok()) source_ = std::move(context);
    return set;
  }
  template <class Read>
  static std::uint32_t read_by(void* context, kouling_text name, kouling_sink* handle) noexcept {
    return detail::caught(KOULING_UNAVAILABLE, [&]() -> std::uint32_t {
      sink into(handle);
      const auto& read = *static_cast<const Read*>(context);
      return detail::did(read, detail::out(name), into) ? KOULING_OK : KOULING_UNAVAILABLE;
    });
  }
  template <class Build, class Check>
  static std::uint32_t build_by(void* context, kouling_table* handle, void** rule) noexcept {
    return detail::caught(KOULING_INVALID_POLICY, [&]() -> std::uint32_t {
      table of(handle);
      *rule = new Check((*static_cast<const Build*>(context))(of));
      return of.failed() ? KOULING_INVALID_POLICY : KOULING_OK;
    });
  }
  template <class Check>
  static std::uint32_t check_by(void*, void* rule, const kouling_candidate* handle, kouling_findings* into) noexcept {
    return detail::caught(KOULING_CANNOT_JUDGE, [&]() -> std::uint32_t {
      const candidate judged(handle);
      findings found(into);
      const bool could = detail::did(*static_cast<const Check*>(rule), judged, found);
      return could && !found.failed() ? KOULING_OK : KOULING_CANNOT_JUDGE;
    });
  }

  std::shared_ptr<void> source_;
};

// --- facts ------------------------------------------------------------------------------------------------------------

// What the host knows beside the password. One owner, who fills it; then every thread may judge by it at once.
class facts : public detail::owner<kouling_facts, kouling_facts_free> {
 public:
  using owner::owner;
  // Facts about nobody, at a moment.
  explicit facts(moment now) noexcept : owner(make(now)) {}
  // Adds an attribute of the user: `username`, `name`, `phone`, `email`, or one that a policy names.
  result<void> try_add_attribute(std::string_view name, std::string_view value) noexcept {
    return detail::ended(kouling_facts_add_attribute(get(), detail::in(name), detail::in(value)));
  }
  // Adds an earlier password as it is stored, a hash: the current one first, then newest to oldest.
  result<void> try_add_previous(std::string_view hash, std::optional<moment> set_at = {}) noexcept {
    return detail::ended(kouling_facts_add_previous(get(), detail::in(hash), set_at ? &*set_at : nullptr));
  }
  // Sets the current password itself, as its owner typed it. The library keeps it, and overwrites it.
  result<void> try_set_current(std::string_view password) noexcept {
    return detail::ended(kouling_facts_set_current(get(), detail::secret(password)));
  }
  // Sets the host's own verifier of stored hashes, and keeps it.
  result<void> try_set_verifier(kouling::verifier verifier) noexcept {
    const kouling_verifier given = verifier.view();
    auto set = detail::ended(kouling_facts_set_verifier(get(), &given));
    if (set.ok()) verifier_ = std::move(verifier);
    return set;
  }
  // Sets the moment of judging, so that the same facts serve later.
  result<void> try_set_now(moment now) noexcept { return detail::ended(kouling_facts_set_now(get(), now)); }
#if KOULING_EXCEPTIONS
  // The same, throwing.
  facts& add_attribute(std::string_view name, std::string_view value) {
    return try_add_attribute(name, value).or_throw(), *this;
  }
  facts& add_previous(std::string_view hash, std::optional<moment> set_at = {}) {
    return try_add_previous(hash, set_at).or_throw(), *this;
  }
  facts& set_current(std::string_view password) { return try_set_current(password).or_throw(), *this; }
  facts& set_verifier(kouling::verifier verifier) { return try_set_verifier(std::move(verifier)).or_throw(), *this; }
  facts& set_now(moment now) { return try_set_now(now).or_throw(), *this; }
#endif

 private:
  static kouling_facts* make(moment now) noexcept {
    kouling_facts* made = nullptr;
    kouling_facts_new(now, &made);
    return made;
  }
  kouling::verifier verifier_;
};

// --- outcome ----------------------------------------------------------------------------------------------------------

// One line of an outcome: a violation, a warning, what a rule on trial would refuse, or a note. A view.
class violation {
 public:
  violation(const kouling_outcome* outcome, std::uint32_t within, std::size_t index) noexcept
      : outcome_(outcome), list_(within), index_(index) {}
  // The numbers as a list.
  struct list {
    using value_type = number;
    const kouling_outcome* of = nullptr;
    std::uint32_t within = 0;
    std::size_t index = 0;
    std::size_t count() const noexcept { return kouling_outcome_number_count(of, within, index); }
    number at(std::size_t place) const noexcept {
      kouling_text name{};
      number found;
      kouling_outcome_number(of, within, index, place, &name, &found.value);
      found.name = detail::out(name);
      return found;
    }
  };
  // The stable code: `length.too_short`.
  std::string_view code() const noexcept { return detail::out(kouling_outcome_code(outcome_, list_, index_)); }
  // The rule that found it, by its name in the policy. Empty for a note.
  std::string_view rule() const noexcept { return detail::out(kouling_outcome_rule(outcome_, list_, index_)); }
  // The kind of that rule.
  std::string_view kind() const noexcept { return detail::out(kouling_outcome_kind(outcome_, list_, index_)); }
  // It in words, in a language by its tag, such as `zh-CN`; one that is not known is English.
  std::string_view message(std::string_view language = "en") const noexcept {
    return detail::out(kouling_outcome_message(outcome_, list_, index_, detail::in(language)));
  }
  // Its code in a contract. Empty for a note.
  std::string_view wire(const contract& contract) const noexcept;
  // Its named numbers.
  range<list> numbers() const noexcept { return range(list{outcome_, list_, index_}); }

 private:
  const kouling_outcome* outcome_;
  std::uint32_t list_;
  std::size_t index_;
};

// The findings of one list of an outcome.
struct violation_list {
  using value_type = violation;
  const kouling_outcome* of = nullptr;
  std::uint32_t within = KOULING_VIOLATIONS;
  std::size_t count() const noexcept { return kouling_outcome_count(of, within); }
  violation at(std::size_t index) const noexcept { return {of, within, index}; }
};
using violations = range<violation_list>;

// An outcome that something else owns: everything that is wrong with one password under one policy.
class outcome_view {
 public:
  explicit outcome_view(const kouling_outcome* handle = nullptr) noexcept : handle_(handle) {}
  // The handle, for calls of `kouling.h`; NULL where there is no outcome.
  const kouling_outcome* get() const noexcept { return handle_; }
  // Whether the password is accepted. No outcome accepts nothing.
  [[nodiscard]] bool accepted() const noexcept { return kouling_outcome_accepted(handle_); }
  // The same.
  explicit operator bool() const noexcept { return accepted(); }
  // What the password is refused for, in policy order.
  kouling::violations violations() const noexcept { return of(KOULING_VIOLATIONS); }
  // What its owner should be told though it is accepted.
  kouling::violations warnings() const noexcept { return of(KOULING_WARNINGS); }
  // What rules on trial would refuse it for; nobody is told.
  kouling::violations shadows() const noexcept { return of(KOULING_SHADOWS); }
  // The limits of this judgement. A note is of no rule.
  kouling::violations notes() const noexcept { return of(KOULING_NOTES); }
  // It in the one form in which every surface writes it as JSON; with the codes of a contract, where one is given.
  result<std::string_view> try_json(std::string_view language = "en", const contract* contract = nullptr) const noexcept;
#if KOULING_EXCEPTIONS
  // The same, throwing.
  std::string_view json(std::string_view language = "en", const contract* contract = nullptr) const {
    return try_json(language, contract).value();
  }
#endif

 private:
  kouling::violations of(std::uint32_t list) const noexcept { return kouling::violations({handle_, list}); }
  const kouling_outcome* handle_;
};

// An outcome. Its views live as long as it does, so a range of one that is about to vanish does not compile.
class outcome : public detail::owner<kouling_outcome, kouling_outcome_free> {
 public:
  using owner::owner;
  // A view of it.
  outcome_view view() const& noexcept { return outcome_view(get()); }
  outcome_view view() const&& = delete;
  // Members of the view.
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
  result<std::string_view> try_json(std::string_view language = "en", const contract* of = nullptr) const& noexcept {
    return view().try_json(language, of);
  }
  result<std::string_view> try_json(std::string_view = "en", const contract* = nullptr) const&& = delete;
#if KOULING_EXCEPTIONS
  std::string_view json(std::string_view language = "en", const contract* of = nullptr) const& {
    return view().json(language, of);
  }
  std::string_view json(std::string_view = "en", const contract* = nullptr) const&& = delete;
#endif
};

// An outcome, and why it is what it is.
struct explanation {
  // The outcome.
  outcome judged{};
  // The explanation as JSON; lives as long as the outcome, and moves with it.
  std::string_view json{};
};

// --- contract ---------------------------------------------------------------------------------------------------------

// What goes over the wire. A view.
struct answer {
  // The HTTP status.
  std::uint32_t http_status = 0;
  // Seconds after which another try makes sense.
  std::optional<std::uint64_t> retry_after{};
  // The contract's code.
  std::string_view code{};
  // The text, in the reader's language.
  std::string_view message{};
};

namespace detail {
template <class Function, class... Given>
result<answer> answered(Function function, Given... given) noexcept {
  auto into = sized<kouling_answer>();
  auto ended = done(function, given..., &into);
  answer told{into.status, std::nullopt, out(into.code), out(into.message)};
  if (into.has_retry_after != 0) told.retry_after = into.retry_after;
  return {ended.status(), std::move(ended).take(), told};
}
}  // namespace detail

// What existing clients expect to read.
class contract : public detail::counted<kouling_contract, kouling_contract_retain, kouling_contract_free> {
 public:
  using counted::counted;
  // A contract that comes with the library: `idaas-ciam`.
  static result<contract> try_built_in(std::string_view name) noexcept {
    return detail::made<contract>(kouling_contract_built_in, detail::in(name));
  }
  // Reads the contract in a file.
  static result<contract> try_load(std::string_view path) noexcept {
    return detail::made<contract>(kouling_contract_load, detail::in(path));
  }
  // What a host refuses by itself: `host.malformed`. Its texts live as long as the contract.
  result<kouling::answer> try_answer(std::string_view name, std::string_view language = "en") const noexcept {
    return detail::answered(kouling_contract_answer, get(), detail::in(name), detail::in(language));
  }
#if KOULING_EXCEPTIONS
  // The same, throwing.
  static contract built_in(std::string_view name) { return try_built_in(name).value(); }
  static contract load(std::string_view path) { return try_load(path).value(); }
  kouling::answer answer(std::string_view name, std::string_view language = "en") const {
    return try_answer(name, language).value();
  }
#endif
};

// --- code keys, limits ------------------------------------------------------------------------------------------------

// The operator's keys for the hashes of codes; one has 32 random bytes. Overwritten when they are freed.
class code_keys : public detail::owner<kouling_code_keys, kouling_code_keys_free> {
 public:
  using owner::owner;
  // Keys of the one that new codes are hashed with, and a number to know it by.
  static result<code_keys> try_new(std::uint32_t id, std::string_view bytes) noexcept {
    return detail::made<code_keys>(kouling_code_keys_new, id, detail::in(bytes));
  }
  // Also verifies with an older key.
  result<void> try_add_older(std::uint32_t id, std::string_view bytes) noexcept {
    return detail::done(kouling_code_keys_add_older, get(), id, detail::in(bytes));
  }
#if KOULING_EXCEPTIONS
  // The same, throwing.
  code_keys(std::uint32_t id, std::string_view bytes) : code_keys(try_new(id, bytes).value()) {}
  void add_older(std::uint32_t id, std::string_view bytes) { try_add_older(id, bytes).or_throw(); }
#endif
};

// Moments in a row: a view of an array, a `std::vector` and the like.
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

// Seconds until one more event fits under `most` within `seconds`, given those on record; 0: now.
[[nodiscard]] inline std::uint64_t retry_after(std::uint64_t most, std::uint64_t seconds, moments events,
                                               moment now) noexcept {
  return kouling_retry_after(most, seconds, events.data(), events.size(), now);
}

// --- effects, records, approved ---------------------------------------------------------------------------------------

// An effect. Which fields say something, its kind tells; the others are empty or 0. Its texts live as long as the effects.
struct effect {
  // What to do. `no_effect`: there is none in this place.
  effect_kind kind = effect_kind::no_effect;
  // The effect as a stable word for logs: `set_password`.
  std::string_view name{};
  // For what.
  kouling::purpose purpose = kouling::purpose::forgot_password;
  // How.
  kouling::channel channel = kouling::channel::email;
  // Whether an audit event is of a channel.
  bool has_channel = false;
  // When.
  moment now = 0;
  // When a code expires.
  moment expires = 0;
  // How many events may be on record.
  std::uint64_t most = 0;
  // Within how many seconds.
  std::uint64_t seconds = 0;
  // The identifier of an account.
  std::string_view account{};
  // An address.
  std::string_view address{};
  // The client and device that a code belongs to.
  std::string_view requester{};
  // The identifier of a challenge.
  std::string_view challenge{};
  // A challenge as bytes.
  std::string_view record{};
  // The key under which is counted.
  std::string_view key{};
  // A code, a secret.
  std::string_view code{};
  // A password hash.
  std::string_view hash{};
  // The token of a captcha.
  std::string_view token{};
  // An audit event as a stable word: `code.issued`, `password.set`.
  std::string_view event{};
  // The effects that it is one of, and its place there.
  const kouling_effects* of = nullptr;
  std::size_t index = 0;
};

// Effects in the order in which they are carried out, all or none; a view.
struct effect_list {
  using value_type = effect;
  const kouling_effects* of = nullptr;
  std::size_t count() const noexcept { return kouling_effects_count(of); }
  // One of them. What this border cannot say throws; without exceptions it is a `no_effect`, and then none may be done.
  effect at(std::size_t index) const {
    auto told = detail::sized<kouling_effect>();
    [[maybe_unused]] auto ended = detail::ended(kouling_effects_at(of, index, &told));
#if KOULING_EXCEPTIONS
    ended.or_throw();
#endif
    using detail::out;
    return {static_cast<effect_kind>(told.kind), out(kouling_effects_name(of, index)),
            static_cast<purpose>(told.purpose), static_cast<channel>(told.channel), told.has_channel != 0, told.now,
            told.expires, told.most, told.seconds, out(told.account), out(told.address), out(told.requester),
            out(told.challenge), out(told.record), out(told.key), out(told.code), out(told.hash), out(told.token), out(told.event), of,
            index};
  }
};
using effects_view = range<effect_list>;

// Effects that one owns. Codes in them are overwritten when they are freed.
class effects : public detail::owner<kouling_effects, kouling_effects_free> {
 public:
  using owner::owner;
  // A view of them.
  effects_view view() const& noexcept { return effects_view({get()}); }
  effects_view view() const&& = delete;
  // Members of the view.
  effects_view::iterator begin() const& noexcept { return view().begin(); }
  effects_view::iterator end() const& noexcept { return view().end(); }
  std::size_t size() const noexcept { return view().size(); }
  [[nodiscard]] bool empty() const noexcept { return size() == 0; }
};

// What the host keeps of the flow: a challenge or a captcha. Holds no code.
class record : public detail::owner<kouling_record, kouling_record_free> {
 public:
  using owner::owner;
  // Reads a record from the bytes that were stored. A host that cannot read one answers as if there were none.
  static result<record> try_read(std::string_view bytes) noexcept {
    return detail::made<record>(kouling_record_read, detail::in(bytes));
  }
  // Makes the record of a captcha whose piece belongs `place` pixels from the left; 32 random hexadecimal digits name it.
  static result<record> try_captcha(std::string_view token, std::uint32_t place, moment now) noexcept {
    return detail::made<record>(kouling_captcha_new, detail::in(token), place, now);
  }
  // The record as bytes, to be stored; a view until the record changes.
  std::string_view bytes() const noexcept { return detail::out(kouling_record_bytes(get())); }
  // Makes the record what it is after an effect. False: the effect's condition does not hold of it, and none may be done.
  result<bool> try_after(const effect& effect) noexcept {
    return detail::asked(kouling_record_after, get(), effect.of, effect.index);
  }
  // What it is stored under.
  std::string_view id() const noexcept { return detail::out(kouling_record_id(get())); }
  // How it stands with it.
  record_state state() const noexcept { return static_cast<record_state>(kouling_record_state(get())); }
  // How many submissions of a code are left.
  std::uint64_t submissions_left() const noexcept { return kouling_record_submissions_left(get()); }
  // The client and device that a code belongs to: what challenges are looked up by.
  std::string_view requester() const noexcept { return detail::out(kouling_record_requester(get())); }
  // When a code expires.
  moment expires() const noexcept { return kouling_record_expires(get()); }
#if KOULING_EXCEPTIONS
  // The same, throwing.
  static record read(std::string_view bytes) { return try_read(bytes).value(); }
  static record captcha(std::string_view token, std::uint32_t place, moment now) {
    return try_captcha(token, place, now).value();
  }
  [[nodiscard]] bool after(const effect& effect) { return try_after(effect).value(); }
#endif
};

// Leave to set a password, once. Only the flow makes one.
class approved : public detail::owner<kouling_approved, kouling_approved_free> {
 public:
  using owner::owner;
  // The identifier of the account whose password is set. Empty when the leave is spent.
  std::string_view account() const noexcept { return detail::out(kouling_approved_account(get())); }
  // The password exactly as it was judged: this is what must be hashed. A view until the leave is spent.
  std::string_view password() const noexcept { return detail::out(kouling_approved_password(get())); }
  // Spends the leave: what to do, given the hash of its password.
  [[nodiscard]] result<kouling::effects> try_effects(std::string_view hash) noexcept {
    return detail::made<kouling::effects>(kouling_approved_effects, get(), detail::in(hash));
  }
#if KOULING_EXCEPTIONS
  // The same, throwing.
  [[nodiscard]] kouling::effects effects(std::string_view hash) { return try_effects(hash).value(); }
#endif
};

// --- step -------------------------------------------------------------------------------------------------------------

// What the flow answers. Its views live as long as it does.
class step : public detail::owner<kouling_step, kouling_step_free> {
 public:
  using owner::owner;
  // What to do.
  [[nodiscard]] step_kind kind() const noexcept { return static_cast<step_kind>(kouling_step_kind(get())); }
  // The purpose of the challenge that is looked up.
  kouling::purpose purpose() const noexcept { return static_cast<kouling::purpose>(kouling_step_purpose(get())); }
  // The channel of the challenge or of the address that is looked up.
  kouling::channel channel() const noexcept { return static_cast<kouling::channel>(kouling_step_channel(get())); }
  // The address that is looked up, normalised.
  std::string_view address() const noexcept { return detail::out(kouling_step_address(get())); }
  // The account that is looked up, or whose password is set.
  std::string_view account() const noexcept { return detail::out(kouling_step_account(get())); }
  // The requester of the challenge to look up.
  std::string_view requester() const noexcept { return detail::out(kouling_step_requester(get())); }
  // The token of a captcha that was solved.
  std::string_view token() const noexcept { return detail::out(kouling_step_token(get())); }
  // The effects.
  effects_view effects() const& noexcept { return effects_view({kouling_step_effects(get())}); }
  effects_view effects() const&& = delete;
  // Why it is refused or not judged: `reset.code_refused`, `length.too_short`. Empty when it is not.
  std::string_view code() const noexcept { return detail::out(kouling_step_code(get())); }
  // Seconds after which another try makes sense; 0 where that says nothing.
  std::uint64_t retry_after() const noexcept { return kouling_step_retry_after(get()); }
  // Everything that is wrong with the password, where that is why; else one that has nothing and accepts nothing.
  outcome_view outcome() const& noexcept { return outcome_view(kouling_step_outcome(get())); }
  outcome_view outcome() const&& = delete;
  // The refusal as a contract has it.
  result<kouling::answer> try_answer(const contract& contract, std::string_view language = "en") const noexcept {
    return detail::answered(kouling_step_answer, get(), contract.get(), detail::in(language));
  }
  // Takes the leave to set a password out of the step, once.
  [[nodiscard]] result<approved> try_take_approved() noexcept {
    return detail::made<approved>(kouling_step_take_approved, get());
  }
#if KOULING_EXCEPTIONS
  // The same, throwing.
  kouling::answer answer(const contract& contract, std::string_view language = "en") const {
    return try_answer(contract, language).value();
  }
  [[nodiscard]] approved take_approved() { return try_take_approved().value(); }
#endif
};

// Who calls. A field that is blank is one that the client did not say.
struct caller {
  // The operating system of the device.
  std::string_view system{};
  // The fingerprint of the device.
  std::string_view fingerprint{};
  // The agent.
  std::string_view agent{};
  // The client's identifier.
  std::string_view client{};
  // Whether the host knows this client.
  bool client_is_registered = false;
};

// Somebody asks for a code.
struct send_request {
  // Who calls.
  kouling::caller caller{};
  // For what.
  kouling::purpose purpose = kouling::purpose::forgot_password;
  // How the code shall travel.
  kouling::channel channel = kouling::channel::email;
  // The address as it was typed.
  std::string_view address{};
  // The token of a solved captcha, where the client sent one.
  std::string_view captcha_token{};
  // The peer's IPv4 or IPv6 address.
  std::string_view peer{};
};

// Somebody submits a code and a password.
struct redemption_request {
  // Who calls.
  kouling::caller caller{};
  // The host's own verifier for the history, where it has one. The redemption keeps it.
  kouling::verifier verifier{};
  // Over which channel the code came.
  kouling::channel channel = kouling::channel::email;
  // Whether only the first thing that is wrong with the password shall be said.
  bool reports_first = false;
  // The address as it was typed; not asked for when somebody is signed in.
  std::string_view address{};
  // The code as it was typed.
  std::string_view code{};
  // The new password as it was typed.
  std::string_view password{};
  // The account that is signed in and updates its password; empty when it was forgotten.
  std::string_view signed_in{};
};

// An account as the host knows it.
struct account {
  // Its identifier.
  std::string_view id{};
  // Whether it may be used.
  bool is_active = false;
  // When the current password was set, where that is known.
  std::optional<moment> password_set{};
  // The attributes of its user, and its stored hashes, the current one first. It may not be NULL.
  const kouling::facts* facts = nullptr;
};

// Somebody who is signed in wants another password.
struct change_request {
  // Who calls.
  kouling::caller caller{};
  // The account that is signed in.
  kouling::account account{};
  // The host's own verifier for the history, where it has one.
  kouling::verifier verifier{};
  // What the host found out about the old password.
  old_password old = old_password::missing;
  // Whether only the first thing that is wrong with the password shall be said.
  bool reports_first = false;
  // The old password as it was typed.
  std::string_view old_typed{};
  // The new password as it was typed.
  std::string_view password{};
};

namespace detail {
inline kouling_caller of(const caller& caller) noexcept {
  auto made = sized<kouling_caller>();
  made.system = in(caller.system);
  made.fingerprint = in(caller.fingerprint);
  made.agent = in(caller.agent);
  made.client = in(caller.client);
  made.client_is_registered = caller.client_is_registered;
  return made;
}
inline kouling_account of(const account& account) noexcept {
  auto made = sized<kouling_account>();
  made.id = in(account.id);
  made.is_active = account.is_active;
  made.has_password_set = account.password_set.has_value();
  if (account.password_set) made.password_set = *account.password_set;
  made.facts = account.facts ? account.facts->get() : nullptr;
  return made;
}
}  // namespace detail

// --- sending ----------------------------------------------------------------------------------------------------------

// What a code is counted under. A view.
struct budget {
  // What events are written down under.
  std::string_view key{};
  // Its window: older events need not be looked up.
  std::uint64_t seconds = 0;
  // Its place among the budgets.
  std::size_t index = 0;
};

// A request for a code, and what was looked up for it. `kouling_sending_new` says in which order.
class sending : public detail::owner<kouling_sending, kouling_sending_free> {
 public:
  using owner::owner;
  // The budgets as a list.
  struct list {
    using value_type = budget;
    const kouling_sending* of = nullptr;
    std::size_t count() const noexcept { return kouling_sending_budget_count(of); }
    budget at(std::size_t index) const noexcept {
      return {detail::out(kouling_sending_budget_key(of, index)), kouling_sending_budget_seconds(of, index), index};
    }
  };
  // Begins.
  static result<sending> try_new(const policy& policy, const send_request& request) noexcept {
    const kouling_caller caller = detail::of(request.caller);
    auto given = detail::sized<kouling_send_request>();
    given.caller = &caller;
    given.purpose = detail::number(request.purpose);
    given.channel = detail::number(request.channel);
    given.address = detail::in(request.address);
    given.captcha_token = detail::in(request.captcha_token);
    given.peer = detail::in(request.peer);
    return detail::made<sending>(kouling_sending_new, policy.get(), &given);
  }
  // The address, normalised. Empty when it is not exactly one; then there is nothing to look up.
  std::string_view address() const noexcept { return detail::out(kouling_sending_address(get())); }
  // Its channel.
  kouling::channel channel() const noexcept { return static_cast<kouling::channel>(kouling_sending_channel(get())); }
  // Says which account has the address, and the address as it stands on record. There are other budgets then.
  result<void> try_set_account(std::string_view account, std::string_view address_on_record) noexcept {
    return detail::done(kouling_sending_set_account, get(), detail::in(account), detail::in(address_on_record));
  }
  // Gives the record of the captcha that the token names.
  result<void> try_set_captcha(const record& captcha) noexcept {
    return detail::done(kouling_sending_set_captcha, get(), captcha.get());
  }
  // The budgets that the code is counted under.
  range<list> budgets() const& noexcept { return range(list{get()}); }
  range<list> budgets() const&& = delete;
  // Gives the moments on record under the key of a budget; none is an answer too.
  result<void> try_set_events(std::size_t index, moments events) noexcept {
    return detail::done(kouling_sending_set_events, get(), index, events.data(), events.size());
  }
  // Decides: `granted` or `refused`. `randomness` is 80 bytes of the operating system's, fresh for every call.
  [[nodiscard]] result<step> try_decide(const code_keys& keys, moment now, std::string_view randomness) const noexcept {
    return detail::made<step>(kouling_sending_decide, get(), keys.get(), now, detail::in(randomness));
  }
#if KOULING_EXCEPTIONS
  // The same, throwing.
  sending(const policy& policy, const send_request& request) : sending(try_new(policy, request).value()) {}
  void set_account(std::string_view account, std::string_view address_on_record) {
    try_set_account(account, address_on_record).or_throw();
  }
  void set_captcha(const record& captcha) { try_set_captcha(captcha).or_throw(); }
  void set_events(std::size_t index, moments events) { try_set_events(index, events).or_throw(); }
  [[nodiscard]] step decide(const code_keys& keys, moment now, std::string_view randomness) const {
    return try_decide(keys, now, randomness).value();
  }
#endif
};

// --- redemption -------------------------------------------------------------------------------------------------------

struct begun;

// One submission of a code and a password on its way. The secrets in it are overwritten when it is freed.
class redemption : public detail::owner<kouling_redemption, kouling_redemption_free> {
 public:
  using owner::owner;
  // Begins. Every call gives a step, which says what to do and which call comes next.
  [[nodiscard]] static result<begun> try_begin(const policy& policy, const code_keys& keys,
                                               const redemption_request& request, moment now) noexcept;
  // Answers `look_up_challenge`; NULL where there is none.
  [[nodiscard]] result<step> try_challenge(const record* challenge) noexcept {
    return detail::made<step>(kouling_redemption_challenge, get(), challenge ? challenge->get() : nullptr);
  }
  // Answers `look_up_account`; NULL where there is none.
  [[nodiscard]] result<step> try_account(const kouling::account* known) noexcept {
    if (!known) return detail::made<step>(kouling_redemption_account, get(), nullptr);
    const kouling_account given = detail::of(*known);
    return detail::made<step>(kouling_redemption_account, get(), &given);
  }
  // Answers `apply` and `approved`: true when all effects were carried out, false when none was.
  [[nodiscard]] result<step> try_applied(bool all) noexcept {
    return detail::made<step>(kouling_redemption_applied, get(), std::uint32_t{all});
  }
#if KOULING_EXCEPTIONS
  // The same, throwing.
  [[nodiscard]] static begun begin(const policy& policy, const code_keys& keys, const redemption_request& request,
                                   moment now);
  [[nodiscard]] step challenge(const record* challenge) { return try_challenge(challenge).value(); }
  [[nodiscard]] step account(const kouling::account* known) { return try_account(known).value(); }
  [[nodiscard]] step applied(bool all) { return try_applied(all).value(); }
#endif

 private:
  kouling::verifier verifier_;
};

// A redemption and its first step.
struct begun {
  // The redemption.
  kouling::redemption redemption{};
  // What to do first.
  kouling::step step{};
};

inline result<begun> redemption::try_begin(const policy& policy, const code_keys& keys,
                                           const redemption_request& request, moment now) noexcept {
  const kouling_caller caller = detail::of(request.caller);
  const kouling_verifier verifier = request.verifier.view();
  auto given = detail::sized<kouling_redemption_request>();
  given.caller = &caller;
  given.verifier = &verifier;
  given.channel = detail::number(request.channel);
  given.reports_first = request.reports_first;
  given.address = detail::in(request.address);
  given.code = detail::in(request.code);
  given.password = detail::secret(request.password);
  given.signed_in = detail::in(request.signed_in);
  kouling_redemption* made = nullptr;
  auto first = detail::made<step>(kouling_redemption_begin, policy.get(), keys.get(), &given, now, &made);
  begun begun{redemption(made), *std::move(first)};
  begun.redemption.verifier_ = request.verifier;
  return {first.status(), std::move(first).take(), std::move(begun)};
}

// --- what waited for its answer ---------------------------------------------------------------------------------------

inline result<outcome> policy::try_evaluate(std::string_view password, const facts& facts) const noexcept {
  return detail::made<outcome>(kouling_policy_evaluate, get(), detail::secret(password), facts.get());
}

inline result<explanation> policy::try_explain(std::string_view password, const facts& facts,
                                               std::string_view language, const contract* contract) const noexcept {
  kouling_outcome* judged = nullptr;
  auto json = detail::told(kouling_policy_explain, get(), detail::secret(password), facts.get(), detail::in(language),
                           contract ? contract->get() : nullptr, &judged);
  return {json.status(), std::move(json).take(), explanation{outcome(judged), *json}};
}

inline result<step> policy::try_change(const change_request& request, moment now) const noexcept {
  const kouling_caller caller = detail::of(request.caller);
  const kouling_account account = detail::of(request.account);
  const kouling_verifier verifier = request.verifier.view();
  auto given = detail::sized<kouling_change_request>();
  given.caller = &caller;
  given.account = &account;
  given.verifier = &verifier;
  given.old = detail::number(request.old);
  given.reports_first = request.reports_first;
  given.old_password = detail::secret(request.old_typed);
  given.password = detail::secret(request.password);
  return detail::made<step>(kouling_policy_change, get(), &given, now);
}

inline result<step> policy::try_verify_captcha(const record* captcha, double x, std::string_view point,
                                               kouling::channel channel, std::string_view address,
                                               moment now) const noexcept {
  return detail::made<step>(kouling_policy_verify_captcha, get(), captcha ? captcha->get() : nullptr, x,
                            detail::in(point), detail::number(channel), detail::in(address), now);
}

inline std::string_view violation::wire(const contract& contract) const noexcept {
  return detail::out(kouling_outcome_wire(outcome_, list_, index_, contract.get()));
}

inline result<std::string_view> outcome_view::try_json(std::string_view language,
                                                       const contract* contract) const noexcept {
  return detail::told(kouling_outcome_json, handle_, detail::in(language), contract ? contract->get() : nullptr);
}

#if KOULING_EXCEPTIONS
inline outcome policy::evaluate(std::string_view password, const facts& facts) const {
  return try_evaluate(password, facts).value();
}
inline explanation policy::explain(std::string_view password, const facts& facts, std::string_view language,
                                   const contract* contract) const {
  return try_explain(password, facts, language, contract).value();
}
inline step policy::change(const change_request& request, moment now) const {
  return try_change(request, now).value();
}
inline step policy::verify_captcha(const record* captcha, double x, std::string_view point, kouling::channel channel,
                                   std::string_view address, moment now) const {
  return try_verify_captcha(captcha, x, point, channel, address, now).value();
}
inline begun redemption::begin(const policy& policy, const code_keys& keys, const redemption_request& request,
                               moment now) {
  return try_begin(policy, keys, request, now).value();
}
#endif

}  // namespace kouling

#if defined(__cpp_lib_ranges)
// An iterator may outlive its range: both look at what the range was asked of.
template <class List>
inline constexpr bool std::ranges::enable_borrowed_range<kouling::range<List>> = true;
template <class List>
inline constexpr bool std::ranges::enable_view<kouling::range<List>> = true;
#endif

#endif  // KOULING_HPP
