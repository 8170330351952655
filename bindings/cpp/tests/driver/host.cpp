#include "host.hpp"

#include <algorithm>

namespace {

const std::string_view PREFIX = "plain:";
const std::size_t SALT = 8;

// `plain:`, the salt, `:` and FNV-1a. Not a password hash: these tests are about the calls.
std::string toy_hash(std::string_view salt, std::string_view password) {
  std::uint64_t sum = UINT64_C(0xcbf29ce484222325);
  for (const auto part : {salt, password})
    for (const char next : part) sum = (sum ^ static_cast<unsigned char>(next)) * UINT64_C(0x100000001b3);
  return std::string(PREFIX).append(salt).append(":").append(std::to_string(sum));
}

// Applies an effect to a record; false if its condition does not hold.
bool apply_to_record(std::string_view id, std::string& bytes, const kouling::effect& effect) {
  auto record = kouling::record::read(bytes).value();
  must(record.id() == id, "a record has another identifier");
  if (!record.after(effect).value()) return false;
  bytes = record.bytes();
  return true;
}

bool apply_to_captcha(store& store, const kouling::effect& effect) {
  const auto captcha = store.captchas.find(effect.token);
  return captcha != store.captchas.end() && apply_to_record(captcha->first, captcha->second, effect);
}

bool apply_to_challenge(store& store, const kouling::effect& effect) {
  for (auto& challenge : store.challenges)
    if (challenge.id == effect.challenge) return apply_to_record(challenge.id, challenge.bytes, effect);
  return false;
}

bool count(store& store, const kouling::effect& effect) {
  std::vector<kouling::moment> moments;
  const auto [first, last] = store.events.equal_range(effect.key);
  for (auto event = first; event != last; ++event) moments.push_back(event->second);
  if (kouling::retry_after(effect.max, effect.seconds, moments, effect.now) != 0) return false;
  store.events.emplace(effect.key, effect.now);
  return true;
}

bool release(store& store, const kouling::effect& effect) {
  const auto [first, last] = store.events.equal_range(effect.key);
  const auto event = std::find_if(first, last, [&](const auto& each) { return each.second == effect.now; });
  if (event == last) return false;
  store.events.erase(event);
  return true;
}

bool store_challenge(store& store, const kouling::effect& effect) {
  const auto text = [](std::string_view view) { return std::string(view); };
  store.challenges.push_back({text(effect.challenge), text(effect.record), text(effect.address), text(effect.account),
                              text(effect.requester), effect.purpose, effect.channel});
  return true;
}

bool require_current(const user* user, const kouling::effect& effect) {
  return user && (user->hashes.empty() ? effect.hash.empty() : user->hashes.back().hash == effect.hash);
}

bool set_password(user* user, const kouling::effect& effect) {
  if (!user || !user->is_active) return false;
  user->hashes.push_back({std::string(effect.hash), effect.now});
  return true;
}

bool revoke_sessions(store& store, const kouling::effect& effect) {
  auto& sessions = store.sessions;
  sessions.erase(std::remove(sessions.begin(), sessions.end(), effect.account), sessions.end());
  return true;
}

bool notify(store& store, const user* user) {
  if (user)
    for (const auto& [channel, address] : user->on_record)
      if (!address.empty()) store.notices.push_back(address);
  return user != nullptr;
}

}  // namespace

std::string hexadecimal(std::string_view bytes) {
  std::string digits;
  for (const char byte : bytes)
    for (const int shift : {4, 0}) digits += "0123456789abcdef"[(static_cast<unsigned char>(byte) >> shift) & 15];
  return digits;
}

bool is_hash_of(std::string_view stored, std::string_view password) {
  if (stored.substr(0, PREFIX.size()) != PREFIX) return false;
  return stored == toy_hash(stored.substr(PREFIX.size(), 2 * SALT), password);
}

kouling::hash_result compare(std::string_view password, std::string_view stored) {
  if (stored.substr(0, PREFIX.size()) != PREFIX) return kouling::hash_result::unknown;
  return is_hash_of(stored, password) ? kouling::hash_result::matches : kouling::hash_result::differs;
}

user* store::find(std::string_view id) {
  const auto found = std::find_if(users.begin(), users.end(), [&](const user& each) { return each.id == id; });
  return found == users.end() ? nullptr : &*found;
}

user* store::owner(kouling::channel channel, std::string_view normalised) {
  const auto is_of = [&](user& each) { return !normalised.empty() && each.normalised[channel] == normalised; };
  const auto found = std::find_if(users.begin(), users.end(), is_of);
  return found == users.end() ? nullptr : &*found;
}

const stored* store::newest_challenge(const kouling::step& step) const {
  const auto is_asked_for = [&](const stored& each) {
    if (each.purpose != step.purpose() || each.channel != step.channel()) return false;
    if (each.requester != step.requester()) return false;
    return step.address().empty() ? each.account == step.account() : each.address == step.address();
  };
  const auto found = std::find_if(challenges.rbegin(), challenges.rend(), is_asked_for);
  return found == challenges.rend() ? nullptr : &*found;
}

std::optional<kouling::record> store::captcha(std::string_view token) const {
  const auto found = captchas.find(token.substr(0, token.find("---")));
  if (found == captchas.end()) return std::nullopt;
  return kouling::record::read(found->second).value();
}

// SplitMix64: good enough for a test, never for a real code.
std::string world::draw(std::size_t count) {
  std::string bytes;
  while (bytes.size() < count) {
    random += UINT64_C(0x9e3779b97f4a7c15);
    std::uint64_t mixed = random;
    mixed = (mixed ^ (mixed >> 30)) * UINT64_C(0xbf58476d1ce4e5b9);
    mixed = (mixed ^ (mixed >> 27)) * UINT64_C(0x94d049bb133111eb);
    bytes += static_cast<char>((mixed ^ (mixed >> 31)) & 0xff);
  }
  return bytes;
}

std::string world::hash_of(std::string_view password) { return toy_hash(hexadecimal(draw(SALT)), password); }

bool world::apply_one(store& store, const kouling::effect& effect) {
  using kind = kouling::effect_kind;
  user* const user = store.find(effect.account);
  switch (effect.kind) {
    case kind::use_captcha:
    case kind::solve_captcha:
    case kind::fail_captcha: return apply_to_captcha(store, effect);
    case kind::count: return count(store, effect);
    case kind::revoke_challenges: {
      auto& all = store.challenges;
      return std::all_of(all.begin(), all.end(), [&](stored& each) { return apply_to_record(each.id, each.bytes, effect); });
    }
    case kind::store_challenge: return store_challenge(store, effect);
    case kind::send_code: return store.codes.emplace_back(effect.code), true;
    case kind::release_count: return release(store, effect);
    case kind::reserve_submission:
    case kind::consume_challenge: return apply_to_challenge(store, effect);
    case kind::require_current: return require_current(user, effect);
    case kind::set_password: return set_password(user, effect);
    case kind::revoke_sessions: return revoke_sessions(store, effect);
    case kind::notify: return notify(store, user);
    case kind::audit: return store.audit.emplace_back(effect.event), true;
    case kind::none: break;
  }
  fault("unknown effect");
}
