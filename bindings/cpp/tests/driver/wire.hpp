// Reads commands and writes answers: see `bindings/c/tests/driver/protocol.md`.
#ifndef KOULING_TESTS_WIRE_HPP
#define KOULING_TESTS_WIRE_HPP

#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

// Ends the driver.
[[noreturn]] inline void fault(const char* what) {
  std::fprintf(stderr, "driver: %s\n", what);
  std::exit(2);
}

// Ends the driver if a condition does not hold.
inline void must(bool so, const char* what) {
  if (!so) fault(what);
}

// A command: its fields. Each is a heap block of exactly its size, so that a sanitizer detects reads past its end.
class command {
 public:
  // Reads the next command; nothing at the end of the input.
  static std::optional<command> read() {
    const auto count = size('\n');
    if (!count) return std::nullopt;
    command read;
    for (std::size_t left = *count; left; left--) {
      const auto length = size(':');
      must(length.has_value(), "a record ends too early");
      field field{std::make_unique<char[]>(*length), *length};
      must(std::fread(field.bytes.get(), 1, *length, stdin) == *length && std::getchar() == '\n',
           "a field ends too early");
      read.fields_.push_back(std::move(field));
    }
    return read;
  }

  // Reads the next field. A missing field, or one that is not a number, ends the driver.
  std::string_view text() {
    must(next_ < fields_.size(), "a field is missing");
    const auto& taken = fields_[next_++];
    return {taken.bytes.get(), taken.length};
  }
  std::int64_t number() {
    const std::string digits(text());
    char* end = nullptr;
    const long long number = std::strtoll(digits.c_str(), &end, 10);
    must(!digits.empty() && !*end, "a field is not a number");
    return number;
  }
  std::optional<std::int64_t> number_or_nothing() {
    if (next_ < fields_.size() && fields_[next_].length == 0) return text(), std::nullopt;
    return number();
  }
  double decimal() { return std::strtod(std::string(text()).c_str(), nullptr); }
  bool flag() { return number() != 0; }
  // Calls a function for each item of a list.
  template <class Each>
  void each(Each each) {
    const std::int64_t count = number();
    must(count >= 0 && static_cast<std::size_t>(count) <= fields_.size(), "a list is longer than its command");
    for (std::int64_t left = count; left; left--) each();
  }

 private:
  struct field {
    std::unique_ptr<char[]> bytes;
    std::size_t length;
  };

  // Reads a decimal number up to `end`.
  static std::optional<std::size_t> size(char end) {
    int next = std::getchar();
    if (next == EOF) return std::nullopt;
    std::size_t size = 0;
    for (; next != end; next = std::getchar()) {
      must(next >= '0' && next <= '9' && size < SIZE_MAX / 16, "invalid number");
      size = size * 10 + static_cast<std::size_t>(next - '0');
    }
    return size;
  }

  std::vector<field> fields_;
  std::size_t next_ = 0;
};

// An answer that is being written.
class answer {
 public:
  // Adds a field.
  answer& put(std::string_view field) {
    if (failed_) return *this;
    bytes_.append(std::to_string(field.size())).append(":").append(field).append("\n");
    fields_++;
    return *this;
  }
  answer& put(std::uint64_t number) { return put(std::to_string(number)); }
  // Replaces the answer by `failed`, also if more fields are added later.
  void fail(std::string what) {
    if (failed_) return;
    bytes_.clear();
    fields_ = 0;
    put("failed").put(what);
    failed_ = true;
  }
  void send() const {
    std::printf("%zu\n", fields_);
    std::fwrite(bytes_.data(), 1, bytes_.size(), stdout);
    must(!std::fflush(stdout), "stdout is closed");
  }

 private:
  std::string bytes_;
  std::size_t fields_ = 0;
  bool failed_ = false;
};

#endif
