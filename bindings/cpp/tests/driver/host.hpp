// A host of the reset flow in memory: a store, a clock that stands until it is set, and randomness from a seed. It does what
// a real host does and nothing more: looks up, asks, and carries out effects. A store is a value, and a transaction is:
// copy, change the copy, and put it in the place of the other.
#ifndef KOULING_TESTS_HOST_HPP
#define KOULING_TESTS_HOST_HPP

#include <kouling.hpp>

#include <map>
#include <string>
#include <vector>

#include "wire.hpp"

// A stored hash.
struct hash {
  std::string hash;
  kouling::moment at;
};

struct user {
  std::string id, username, name;
  // As they stand on record and normalised, by channel.
  std::map<kouling::channel, std::string> on_record, normalised;
  bool is_active = true;
  // The newest last.
  std::vector<hash> hashes;
};

// A challenge: its bytes, and what it is looked up by.
struct stored {
  std::string id, bytes, address, account, requester;
  kouling::purpose purpose;
  kouling::channel channel;
};

struct store {
  std::vector<user> users;
  std::vector<stored> challenges;
  std::map<std::string, std::string, std::less<>> captchas;
  std::multimap<std::string, kouling::moment, std::less<>> events;
  std::vector<std::string> codes, sessions, notices, audit;

  user* find(std::string_view id);
  user* owner(kouling::channel channel, std::string_view normalised);
  const stored* newest_challenge(const kouling::step& step) const;
  // The record of the captcha that a token names.
  std::optional<kouling::record> captcha(std::string_view token) const;
};

struct world {
  kouling::policy policy;
  kouling::contract contract;
  kouling::code_keys keys;
  store now_stored{};
  kouling::moment now = 1795392000;
  std::uint64_t random = UINT64_C(0x6b6f756c696e6700);

  // Random bytes.
  std::string draw(std::size_t count);
  // The hash that this host makes of a password.
  std::string hash_of(std::string_view password);
  // Carries out all of the effects, or none when a condition does not hold.
  template <class Effects>
  bool apply(const Effects& effects) {
    store after = now_stored;
    for (const auto& effect : effects)
      if (!carry_out(after, effect)) return false;
    now_stored = std::move(after);
    return true;
  }

 private:
  bool carry_out(store& store, const kouling::effect& effect);
};

std::string hexadecimal(std::string_view bytes);
bool is_hash_of(std::string_view stored, std::string_view password);
// How this host compares.
kouling::hash_answer compare(std::string_view password, std::string_view stored);

#endif
