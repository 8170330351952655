// Judges a password, then lets somebody who forgot theirs set another: by a code that is sent, in a store in memory.
//
//     g++ -std=c++17 judge_and_reset.cpp $(pkg-config --cflags --libs kouling) -o judge_and_reset
#include <kouling.hpp>

#include <algorithm>
#include <ctime>
#include <iostream>
#include <map>
#include <random>
#include <string>
#include <vector>

namespace {

// THIS IS NO PASSWORD HASH. It has no salt, it costs nothing, and everybody who steals it has the password in a second.
// It stands where Argon2id, scrypt or bcrypt stands in a real host, so that the example needs no other library.
std::string toy_hash(std::string_view password) {
  return "toy:" + std::to_string(std::hash<std::string_view>()(password));
}

// Random bytes of the operating system.
std::string random_bytes(std::size_t count) {
  std::random_device device;
  std::string bytes(count, '\0');
  for (char& byte : bytes) byte = static_cast<char>(device() & 0xff);
  return bytes;
}

// What a database holds. It is a value, so that a transaction is: copy, change the copy, swap.
struct store {
  std::string id = "7", username = "zhangsan", name = "张三", email = "zhangsan@example.com", hash = toy_hash("Old-one-2020");
  kouling::moment password_set = 1577836800;
  std::string challenge_id, challenge;  // the newest one; a real store keeps them all
  std::multimap<std::string, kouling::moment, std::less<>> events;
  std::vector<std::string> outbox;

  std::vector<kouling::moment> events_under(std::string_view key) const {
    std::vector<kouling::moment> found;
    const auto [first, last] = events.equal_range(key);
    std::transform(first, last, std::back_inserter(found), [](const auto& event) { return event.second; });
    return found;
  }

  // Carries out one effect. False: its condition does not hold, so nothing of its list may be done.
  bool carry_out(const kouling::effect& effect) {
    using kind = kouling::effect_kind;
    switch (effect.kind) {
      case kind::count: return count(effect);
      case kind::revoke_challenges: return challenge.empty() || turn(effect);
      case kind::store_challenge: return challenge_id = effect.challenge, challenge = effect.record, true;
      case kind::send_code: return outbox.emplace_back(effect.code), true;
      case kind::reserve_submission: return effect.challenge == challenge_id && turn(effect);
      case kind::release_count: return events.erase(events.find(effect.key)), true;
      case kind::consume_challenge: return effect.challenge == challenge_id && turn(effect);
      case kind::require_current: return effect.account == id && effect.hash == hash;
      case kind::set_password: return hash = effect.hash, password_set = effect.now, true;
      case kind::revoke_sessions:
      case kind::notify:
      case kind::audit: std::cout << "  effect: " << effect.name << " " << effect.event << "\n"; return true;
      default: return false;  // captchas, which this policy does not ask for, and what a newer library may want
    }
  }

 private:
  bool count(const kouling::effect& effect) {
    const auto wait = kouling::retry_after(effect.most, effect.seconds, events_under(effect.key), effect.now);
    return wait == 0 && (events.emplace(effect.key, effect.now), true);
  }
  // A challenge knows itself what it is after an effect.
  bool turn(const kouling::effect& effect) {
    auto record = kouling::record::read(challenge);
    return record.after(effect) && (challenge = record.bytes(), true);
  }
};

// All effects or none.
template <class Effects>
bool apply(store& store, const Effects& effects) {
  auto after = store;
  for (const auto& effect : effects)
    if (!after.carry_out(effect)) return false;
  store = std::move(after);
  return true;
}

void judge(const kouling::policy& policy, std::string_view password, const kouling::facts& facts) {
  const auto outcome = policy.evaluate(password, facts);
  std::cout << password << ": " << (outcome ? "accepted" : "refused") << "\n";
  for (const auto& violation : outcome.violations()) {
    std::cout << "  " << violation.code() << ": " << violation.message("en") << " / " << violation.message("zh") << "\n";
  }
}

// Does what a step asks for and answers it.
kouling::step answer(store& store, kouling::redemption& redemption, kouling::step& step, const kouling::facts& facts) {
  switch (step.kind()) {
    case kouling::step_kind::look_up_challenge: {
      if (store.challenge.empty() || step.address() != store.email) return redemption.challenge(nullptr);
      const auto record = kouling::record::read(store.challenge);
      if (record.requester() != step.requester()) return redemption.challenge(nullptr);
      return redemption.challenge(&record);
    }
    case kouling::step_kind::look_up_account: {
      if (step.account() != store.id || step.address() != store.email) return redemption.account(nullptr);
      kouling::account account;
      account.id = store.id;
      account.is_active = true;
      account.password_set = store.password_set;
      account.facts = &facts;
      return redemption.account(&account);
    }
    case kouling::step_kind::apply: return redemption.applied(apply(store, step.effects()));
    case kouling::step_kind::approved: {
      auto approved = step.take_approved();
      const auto hash = toy_hash(approved.password());
      return redemption.applied(apply(store, approved.effects(hash)));
    }
    default: std::abort();
  }
}

}  // namespace

int main() try {
  const auto policy = kouling::policy::parse(
      "format = 1\nname = \"example\"\nextends = [\"standard\"]\n[reset.captcha]\nrequired = false\n");
  const kouling::moment now = std::time(nullptr);
  store store;
  kouling::facts facts(now);
  facts.add_attribute("username", store.username).add_attribute("name", store.name).add_attribute("email", store.email);
  facts.add_previous(store.hash, store.password_set);
  const kouling::verifier verifier([](std::string_view password, std::string_view stored) {
    return stored == toy_hash(password) ? kouling::hash_answer::matches : kouling::hash_answer::differs;
  });
  facts.set_verifier(verifier);
  judge(policy, "nasgnahz", facts);
  judge(policy, "veer-lantern-oboe-73-Quartz", facts);

  // May a code be sent?
  const kouling::code_keys keys(1, random_bytes(32));  // a real host keeps its key
  kouling::send_request ask;
  ask.caller.system = "Debian 12", ask.caller.fingerprint = "a-browser", ask.caller.agent = "example";
  ask.caller.client = "web", ask.caller.client_is_registered = true;
  ask.address = "ZhangSan@Example.com";
  ask.peer = "192.0.2.1";
  kouling::sending sending(policy, ask);
  if (sending.address() == store.email) sending.set_account(store.id, store.email);
  for (const auto& budget : sending.budgets()) sending.set_events(budget.index, store.events_under(budget.key));
  const auto sent = sending.decide(keys, now, random_bytes(80));
  if (sent.kind() != kouling::step_kind::granted || !apply(store, sent.effects())) {
    std::cout << "no code: " << sent.code() << "\n";
    return 1;
  }

  // May this password be set?
  kouling::redemption_request submit;
  submit.caller = ask.caller;
  submit.verifier = verifier;
  submit.address = ask.address;
  submit.code = store.outbox.back();  // the user reads it in the mail
  submit.password = "veer-lantern-oboe-73-Quartz";
  auto [redemption, step] = kouling::redemption::begin(policy, keys, submit, now);
  while (step.kind() != kouling::step_kind::done) {
    if (step.kind() == kouling::step_kind::refused || step.kind() == kouling::step_kind::not_judged) {
      apply(store, step.effects());
      std::cout << "reset: " << step.code() << "\n";
      return 1;
    }
    step = answer(store, redemption, step, facts);
  }
  std::cout << "reset: done\nsigned in: " << (store.hash == toy_hash(submit.password) ? "yes" : "no") << "\n";
} catch (const kouling::error& error) {
  std::cerr << error.what() << "\n";
  return 2;
}
