#include "flow.hpp"

#include <algorithm>

namespace {

using kouling::channel;
using kouling::purpose;

const std::uint32_t PLACE = 237;

kouling::caller next_caller(command& command) {
  kouling::caller caller;
  caller.system = command.text();
  caller.fingerprint = command.text();
  caller.agent = command.text();
  caller.client = command.text();
  caller.client_is_registered = command.flag();
  return caller;
}

channel next_channel(command& command) { return command.text() == "email" ? channel::email : channel::mobile; }

std::string identifier(std::string_view username) {
  return username.empty() ? std::string() : std::string("id-").append(username);
}

void put_answer(answer& answer, const kouling::response& wire, std::string_view token = "") {
  answer.put("answer").put(wire.http_status).put(wire.code).put(wire.message);
  wire.retry_after ? answer.put(*wire.retry_after) : answer.put("");
  answer.put(token);
}

void put_done(answer& answer, std::string_view token = "") {
  kouling::response done;
  done.http_status = 200;
  put_answer(answer, done, token);
}

// An error that the host detects itself.
void put_refusal(const world& world, answer& answer, std::string_view language, std::string_view name) {
  put_answer(answer, world.contract.response(name, language).value());
}

// A refused step, or one that could not be evaluated. Its effects are applied nevertheless.
void put_step(world& world, answer& answer, std::string_view language, const kouling::step& step) {
  if (!world.apply(step.effects())) answer.fail("the effects of a refusal have a condition");
  if (step.code().empty()) answer.fail("a refusal without a code");
  if (step.outcome()) answer.fail("a refusal that accepts");
  const auto wire = step.response(world.contract, language).value();
  if (wire.retry_after && step.retry_after() && *wire.retry_after != step.retry_after())
    answer.fail("the step and its response have different times");
  put_answer(answer, wire);
}

kouling::sending sending(const world& world, const kouling::caller& caller, purpose purpose, channel channel,
                         std::string_view address, std::string_view token = "") {
  kouling::send_request request;
  request.caller = caller;
  request.purpose = purpose;
  request.channel = channel;
  request.address = address;
  request.captcha_token = token;
  request.client_ip = "192.0.2.1";
  return kouling::sending::make(world.policy, request).value();
}

kouling::step decide(world& world, const kouling::sending& sending) {
  return sending.decide(world.keys, world.now, world.draw(80)).value();
}

// The caller is checked first: a request for a code without an address says whether it is accepted.
bool caller_is_good(world& world, const kouling::caller& caller, std::string_view language, answer& answer) {
  const auto step = decide(world, sending(world, caller, purpose::forgot_password, channel::email, ""));
  if (step.code() == "reset.email_missing") return true;
  put_step(world, answer, language, step);
  return false;
}

void account(world& world, command& command, answer& answer) {
  user user;
  user.username = command.text();
  user.name = command.text();
  user.id = identifier(user.username);
  for (const auto by : {channel::email, channel::mobile}) {
    user.on_record[by] = command.text();
    user.normalised[by] = sending(world, {}, purpose::forgot_password, by, user.on_record[by]).address();
  }
  user.is_active = !command.flag();
  command.each([&] { user.hashes.push_back({world.hash_of(command.text()), world.now}); });
  world.now_stored.users.push_back(std::move(user));
  answer.put("ok");
}

void look_up(world& world, kouling::sending& sending, std::string_view token) {
  auto& store = world.now_stored;
  if (auto* owner = store.owner(sending.channel(), sending.address()))
    sending.set_account(owner->id, owner->on_record[sending.channel()]).value();
  if (const auto captcha = store.captcha(token)) sending.set_captcha(*captcha).value();
  for (const auto& budget : sending.budgets()) {
    std::vector<kouling::moment> moments;
    const auto [first, last] = store.events.equal_range(budget.key);
    for (auto event = first; event != last; ++event)
      if (event->second >= world.now - static_cast<kouling::moment>(budget.seconds)) moments.push_back(event->second);
    sending.set_events(budget.index, moments).value();
  }
}

void send(world& world, command& command, answer& answer) {
  const auto caller = next_caller(command);
  const auto language = command.text();
  const auto wanted = command.text();
  const auto by = next_channel(command);
  const auto address = command.text();
  const auto token = command.text();
  if (wanted == "none") {
    if (caller_is_good(world, caller, language, answer)) put_refusal(world, answer, language, "reset.not_sent");
    return;
  }
  const auto purpose = wanted == "forgot" ? purpose::forgot_password : purpose::update_password;
  auto begun = sending(world, caller, purpose, by, address, token);
  look_up(world, begun, token);
  const auto step = decide(world, begun);
  if (step.kind() != kouling::step_kind::granted) return put_step(world, answer, language, step);
  if (world.apply(step.effects())) return put_done(answer);
  put_refusal(world, answer, language, "reset.not_sent");
}

kouling::facts facts_of(const world& world, const user& user) {
  auto facts = kouling::facts::make(world.now);
  const auto add = [&](std::string_view name, std::string_view value) {
    if (!value.empty()) facts.add_attribute(name, value).value();
  };
  add("username", user.username);
  add("name", user.name);
  add("email", user.on_record.at(channel::email));
  add("phone", user.on_record.at(channel::mobile));
  for (auto hash = user.hashes.rbegin(); hash != user.hashes.rend(); ++hash)
    facts.add_previous(hash->hash, hash->at).value();
  return facts;
}

kouling::account known(const user& user, const kouling::facts& facts) {
  kouling::account known;
  known.id = user.id;
  known.is_active = user.is_active;
  if (!user.hashes.empty()) known.password_set = user.hashes.back().at;
  known.facts = &facts;
  return known;
}

// Hashes the password of an approval and applies its effects.
bool commit(world& world, kouling::step& step) {
  auto approved = step.take_approved().value();
  const auto hash = world.hash_of(approved.password());
  must(step.account() == approved.account(), "the approval is for another account");
  return world.apply(approved.effects(hash).value());
}

// Does what a step says; returns nothing at the end.
std::optional<kouling::step> go_on(world& world, kouling::redemption& redemption, kouling::step& step) {
  auto& store = world.now_stored;
  switch (step.kind()) {
    case kouling::step_kind::look_up_challenge: {
      const auto* found = store.newest_challenge(step);
      if (!found) return redemption.challenge(nullptr).value();
      const auto record = kouling::record::read(found->bytes).value();
      return redemption.challenge(&record).value();
    }
    case kouling::step_kind::look_up_account: {
      const auto* owner = store.owner(step.channel(), step.address());
      if (!owner || owner->id != step.account()) return redemption.account(nullptr).value();
      const auto facts = facts_of(world, *owner);
      const auto account = known(*owner, facts);
      return redemption.account(&account).value();
    }
    case kouling::step_kind::apply: return redemption.applied(world.apply(step.effects())).value();
    case kouling::step_kind::approved: return redemption.applied(commit(world, step)).value();
    case kouling::step_kind::refused:
    case kouling::step_kind::not_judged:
    case kouling::step_kind::granted:
    case kouling::step_kind::done: break;
  }
  return std::nullopt;
}

void redeem(world& world, command& command, answer& answer) {
  kouling::redemption_request request;
  request.caller = next_caller(command);
  const auto language = command.text();
  request.verifier = kouling::verifier(compare);
  request.channel = next_channel(command);
  request.address = command.text();
  request.code = command.text();
  request.password = command.text();
  const auto signed_in = identifier(command.text());
  request.signed_in = signed_in;
  auto [redemption, step] = kouling::redemption::begin(world.policy, world.keys, request, world.now).value();
  // The redemption stores a copy of its verifier.
  request.verifier = kouling::verifier();
  while (auto next = go_on(world, redemption, step)) step = std::move(*next);
  if (step.kind() == kouling::step_kind::done) return put_done(answer);
  put_step(world, answer, language, step);
}

void change(world& world, command& command, answer& answer) {
  kouling::change_request request;
  request.caller = next_caller(command);
  const auto language = command.text();
  const auto* user = world.now_stored.find(identifier(command.text()));
  must(user, "no user is signed in");
  const auto facts = facts_of(world, *user);
  request.account = known(*user, facts);
  request.verifier = kouling::verifier(compare);
  request.old_password = command.text();
  request.password = command.text();
  const bool opens = !user->hashes.empty() && is_hash_of(user->hashes.back().hash, request.old_password);
  if (!request.old_password.empty())
    request.old_check = opens ? kouling::old_password::correct : kouling::old_password::incorrect;
  auto step = world.policy.change(request, world.now).value();
  if (step.kind() != kouling::step_kind::approved) return put_step(world, answer, language, step);
  if (commit(world, step)) return put_done(answer);
  put_refusal(world, answer, language, "reset.old_password_refused");
}

void captcha(world& world, command&, answer& answer) {
  const auto token = hexadecimal(world.draw(16));
  const auto record = kouling::record::captcha(token, PLACE, world.now).value();
  world.now_stored.captchas[token] = record.bytes();
  answer.put("captcha").put(token).put(PLACE);
}

void verify_captcha(world& world, command& command, answer& answer) {
  const auto caller = next_caller(command);
  const auto language = command.text();
  const auto by = next_channel(command);
  const auto address = command.text();
  const auto token = command.text();
  const double x = command.decimal();
  const auto point = command.text();
  if (!caller_is_good(world, caller, language, answer)) return;
  const auto record = world.now_stored.captcha(token);
  const auto step =
      world.policy.verify_captcha(record ? &*record : nullptr, x, point, by, address, world.now).value();
  if (step.kind() != kouling::step_kind::granted) return put_step(world, answer, language, step);
  if (world.apply(step.effects())) return put_done(answer, step.token());
  put_refusal(world, answer, language, "reset.captcha_failed");
}

void codes(world& world, command&, answer& answer) {
  answer.put("codes").put(world.now_stored.codes.size());
  for (const auto& code : world.now_stored.codes) answer.put(code);
}

void wait(world& world, command& command, answer& answer) {
  world.now += command.number();
  answer.put("ok");
}

void sign_in(world& world, command& command, answer& answer) {
  const auto* user = world.now_stored.find(identifier(command.text()));
  const auto password = command.text();
  const bool good = user && user->is_active && !user->hashes.empty() && is_hash_of(user->hashes.back().hash, password);
  if (good) world.now_stored.sessions.push_back(user->id);
  answer.put("signed_in").put(good);
}

constexpr struct {
  std::string_view name;
  void (*run)(world&, command&, answer&);
} FLOW[] = {
    {"account", account}, {"send", send},   {"redeem", redeem},
    {"change", change},   {"captcha", captcha}, {"verify-captcha", verify_captcha},
    {"codes", codes},     {"wait", wait},   {"sign-in", sign_in},
};

}  // namespace

void run_flow(world& world, std::string_view name, command& command, answer& answer) {
  for (const auto& [known, run] : FLOW)
    if (name == known) return run(world, command, answer);
  answer.fail("no such command");
}
