// Evaluates a password, then resets a forgotten one with a code, with a store in memory.
//
//     g++ -std=c++17 evaluate_and_reset.cpp $(pkg-config --cflags --libs kouling) -o evaluate_and_reset
#include <kouling.hpp>

#include <algorithm>
#include <ctime>
#include <iostream>
#include <map>
#include <random>
#include <string>
#include <vector>

namespace {

// NOT A PASSWORD HASH: it has no salt and can be reversed at once. It replaces Argon2id, scrypt or bcrypt, so that the
// example needs no other library.
std::string toy_hash(std::string_view password) {
  return "toy:" + std::to_string(std::hash<std::string_view>()(password));
}

// Random bytes from the operating system.
std::string random_bytes(std::size_t count) {
  std::random_device device;
  std::string bytes(count, '\0');
  for (char& byte : bytes) byte = static_cast<char>(device() & 0xff);
  return bytes;
}

// The contents of a database. It is a value: a transaction copies it, changes the copy, and replaces it by the copy.
struct store {
  std::string id = "7", username = "zhangsan", name = "张三", email = "zhangsan@example.com", hash = toy_hash("Old-one-2020");
  kouling::moment password_set = 1577836800;
  std::string challenge_id, challenge;  // the newest one; a real store keeps one for each requester
  std::multimap<std::string, kouling::moment, std::less<>> events;
  std::vector<std::string> outbox;

  std::vector<kouling::moment> events_under(std::string_view key) const {
    std::vector<kouling::moment> found;
    const auto [first, last] = events.equal_range(key);
    std::transform(first, last, std::back_inserter(found), [](const auto& event) { return event.second; });
    return found;
  }

  // Applies one effect. Returns false if its condition does not hold: then nothing of the list may be applied.
  bool apply_one(const kouling::effect& effect) {
    using kind = kouling::effect_kind;
    switch (effect.kind) {
      case kind::count: return count(effect);
      case kind::release_count: return release(effect);
      case kind::revoke_challenges: return challenge.empty() || apply_to_challenge(effect);
      case kind::store_challenge: return challenge_id = effect.challenge, challenge = effect.record, true;
      case kind::send_code: return outbox.emplace_back(effect.code), true;
      case kind::reserve_submission:
      case kind::consume_challenge: return effect.challenge == challenge_id && apply_to_challenge(effect);
      case kind::require_current: return effect.account == id && effect.hash == hash;
      case kind::set_password: return hash = effect.hash, password_set = effect.now, true;
      case kind::revoke_sessions:
      case kind::notify:
      case kind::audit: std::cout << "  effect: " << effect.name << " " << effect.event << "\n"; return true;
      default: return false;  // captchas, which this policy does not require, and effects of a newer library
    }
  }

 private:
  bool count(const kouling::effect& effect) {
    const auto wait = kouling::retry_after(effect.max, effect.seconds, events_under(effect.key), effect.now);
    return wait == 0 && (events.emplace(effect.key, effect.now), true);
  }
  bool release(const kouling::effect& effect) {
    const auto [first, last] = events.equal_range(effect.key);
    const auto event = std::find_if(first, last, [&](const auto& each) { return each.second == effect.now; });
    return event != last && (events.erase(event), true);
  }
  bool apply_to_challenge(const kouling::effect& effect) {
    auto record = kouling::record::read(challenge).value();
    return record.after(effect).value() && (challenge = record.bytes(), true);
  }
};

// Applies all effects or none.
template <class Effects>
bool apply(store& store, const Effects& effects) {
  auto after = store;
  for (const auto& effect : effects)
    if (!after.apply_one(effect)) return false;
  store = std::move(after);
  return true;
}

void evaluate(const kouling::policy& policy, std::string_view password, const kouling::facts& facts) {
  const auto outcome = policy.evaluate(password, facts).value();
  std::cout << password << ": " << (outcome ? "accepted" : "refused") << "\n";
  for (const auto& violation : outcome.violations()) {
    std::cout << "  " << violation.code() << ": " << violation.message("en") << " / " << violation.message("zh") << "\n";
  }
}

// Does what a step says, and returns the next one.
kouling::step next(store& store, kouling::redemption& redemption, kouling::step& step, const kouling::facts& facts) {
  switch (step.kind()) {
    case kouling::step_kind::look_up_challenge: {
      if (store.challenge.empty() || step.address() != store.email) return redemption.challenge(nullptr).value();
      const auto record = kouling::record::read(store.challenge).value();
      return redemption.challenge(&record).value();
    }
    case kouling::step_kind::look_up_account: {
      if (step.account() != store.id || step.address() != store.email) return redemption.account(nullptr).value();
      kouling::account account;
      account.id = store.id;
      account.is_active = true;
      account.password_set = store.password_set;
      account.facts = &facts;
      return redemption.account(&account).value();
    }
    case kouling::step_kind::apply: return redemption.applied(apply(store, step.effects())).value();
    case kouling::step_kind::approved: {
      auto approved = step.take_approved().value();
      const auto hash = toy_hash(approved.password());
      return redemption.applied(apply(store, approved.effects(hash).value())).value();
    }
    default: std::abort();
  }
}

}  // namespace

int main() try {
  const auto policy = kouling::policy::parse(
      "format = 1\nname = \"example\"\nextends = [\"standard\"]\n[reset.captcha]\nrequired = false\n").value();
  const kouling::moment now = std::time(nullptr);
  store store;
  auto facts = kouling::facts::make(now);
  facts.add_attribute("username", store.username).value();
  facts.add_attribute("name", store.name).value();
  facts.add_attribute("email", store.email).value();
  facts.add_previous(store.hash, store.password_set).value();
  const kouling::verifier verifier([](std::string_view password, std::string_view stored) {
    return stored == toy_hash(password) ? kouling::hash_result::matches : kouling::hash_result::differs;
  });
  facts.set_verifier(verifier).value();
  evaluate(policy, "nasgnahz", facts);
  evaluate(policy, "veer-lantern-oboe-73-Quartz", facts);

  // May a code be sent?
  const auto keys = kouling::code_keys::make(1, random_bytes(32)).value();  // a real host stores its key
  kouling::send_request request;
  request.caller.system = "Debian 12", request.caller.fingerprint = "a-browser", request.caller.agent = "example";
  request.caller.client = "web", request.caller.client_is_registered = true;
  request.address = "ZhangSan@Example.com";
  request.client_ip = "192.0.2.1";
  auto sending = kouling::sending::make(policy, request).value();
  if (sending.address() == store.email) sending.set_account(store.id, store.email).value();
  for (const auto& budget : sending.budgets()) sending.set_events(budget.index, store.events_under(budget.key)).value();
  const auto sent = sending.decide(keys, now, random_bytes(80)).value();
  if (sent.kind() != kouling::step_kind::granted || !apply(store, sent.effects())) {
    std::cout << "no code: " << sent.code() << "\n";
    return 1;
  }

  // May this password be set?
  kouling::redemption_request submission;
  submission.caller = request.caller;
  submission.verifier = verifier;
  submission.address = request.address;
  submission.code = store.outbox.back();  // the user reads it in the mail
  submission.password = "veer-lantern-oboe-73-Quartz";
  auto [redemption, step] = kouling::redemption::begin(policy, keys, submission, now).value();
  while (step.kind() != kouling::step_kind::done) {
    if (step.kind() == kouling::step_kind::refused || step.kind() == kouling::step_kind::not_judged) {
      apply(store, step.effects());
      std::cout << "reset: " << step.code() << "\n";
      return 1;
    }
    step = next(store, redemption, step, facts);
  }
  std::cout << "reset: done\nsigned in: " << (store.hash == toy_hash(submission.password) ? "yes" : "no") << "\n";
} catch (const kouling::error& error) {
  std::cerr << error.what() << "\n";
  return 2;
}
