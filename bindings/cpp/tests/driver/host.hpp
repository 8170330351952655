// A host of the reset flow in memory: a store, a clock that is set by commands, and randomness from a seed. Like a real host,
// it looks things up, calls the flow and applies effects. A store is a value: a transaction copies it, changes the copy, and
// replaces the store by it.
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
  // The stored and the normalized address of each channel.
  std::map<kouling::channel, std::string> on_record, normalised;
  bool is_active = true;
  // Oldest first.
  std::vector<hash> hashes;
};

// A challenge: its bytes, and the keys by which it is looked up.
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

  // Returns random bytes.
  std::string draw(std::size_t count);
  // Hashes a password.
  std::string hash_of(std::string_view password);
  // Applies all effects, or none if a condition does not hold.
  template <class Effects>
  bool apply(const Effects& effects) {
    store after = now_stored;
    for (const auto& effect : effects)
      if (!apply_one(after, effect)) return false;
    now_stored = std::move(after);
    return true;
  }

 private:
  bool apply_one(store& store, const kouling::effect& effect);
};

std::string hexadecimal(std::string_view bytes);
bool is_hash_of(std::string_view stored, std::string_view password);
// The verifier of this host.
kouling::hash_result compare(std::string_view password, std::string_view stored);

#endif
